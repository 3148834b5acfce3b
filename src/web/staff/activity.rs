//! What was done about a patient and who looked, in plain words.

use maud::{Markup, html};

use crate::domain::account::Role;
use crate::domain::audit::{Action, AuditEvent};
use crate::t;
use crate::web::ctx::Ctx;
use crate::web::ui::text::{theirs, time};
use crate::web::ui::timeline::{Moment, timeline};

/// The lines, newest first.
pub fn list(ctx: &Ctx, events: &[AuditEvent]) -> Markup {
    let text = ctx.text;
    if events.is_empty() {
        return html! { p.muted { (t!(text, "activity-none")) } };
    }
    let when = ctx.when();
    let moments: Vec<Moment> = events
        .iter()
        .map(|event| Moment {
            title: html! { (action(ctx, event.action)) },
            detail: html! {
                (time(&when.attribute(event.at), &when.date_time(event.at)))
                " · " (who(ctx, event))
            },
            past: true,
        })
        .collect();
    timeline(&moments)
}

fn who(ctx: &Ctx, event: &AuditEvent) -> Markup {
    let text = ctx.text;
    let role = match event.actor.role {
        Some(Role::Owner) => t!(text, "role-owner"),
        Some(Role::Practitioner) => t!(text, "role-practitioner"),
        Some(Role::FrontDesk) => t!(text, "role-front-desk"),
        Some(Role::Billing) => t!(text, "role-billing"),
        Some(Role::ReadOnly) => t!(text, "role-read-only"),
        Some(Role::Patient) => t!(text, "role-patient"),
        None => t!(text, "role-system"),
    };
    html! {
        @if event.actor.role.is_some() && !event.actor.name.is_empty() { (theirs(&event.actor.name)) ", " }
        (role)
    }
}

/// What was done, in a few words.
fn action(ctx: &Ctx, action: Action) -> String {
    let text = ctx.text;
    match action {
        Action::ClinicCreate => t!(text, "activity-clinic-create"),
        Action::PageView => t!(text, "activity-page-view"),
        Action::Export => t!(text, "activity-export"),
        Action::SettingsChange => t!(text, "activity-settings"),
        Action::PractitionerChange => t!(text, "activity-practitioner"),
        Action::ServiceChange => t!(text, "activity-service"),
        Action::HoursChange => t!(text, "activity-hours"),
        Action::ClosureChange => t!(text, "activity-closure"),
        Action::BlockChange => t!(text, "activity-block"),
        Action::PatientRegister => t!(text, "activity-register"),
        Action::PatientChange => t!(text, "activity-change"),
        Action::PatientArchive => t!(text, "activity-archive"),
        Action::PatientMerge => t!(text, "activity-merge"),
        Action::Import => t!(text, "activity-import"),
        Action::Invite => t!(text, "activity-invite"),
        Action::LinkUse => t!(text, "activity-link"),
        Action::SignIn => t!(text, "activity-sign-in"),
        Action::SignOut => t!(text, "activity-sign-out"),
        Action::Lock => t!(text, "activity-lock"),
        Action::LoginChange => t!(text, "activity-login"),
        Action::Hold => t!(text, "activity-hold"),
        Action::Book => t!(text, "activity-book"),
        Action::Request => t!(text, "activity-request"),
        Action::Answer => t!(text, "activity-answer"),
        Action::Move => t!(text, "activity-move"),
        Action::Cancel => t!(text, "activity-cancel"),
        Action::Confirm => t!(text, "activity-confirm"),
        Action::Advance => t!(text, "activity-advance"),
        Action::Undo => t!(text, "activity-undo"),
        Action::Note => t!(text, "activity-note"),
        Action::Registration => t!(text, "activity-registration"),
        Action::Outbox => t!(text, "activity-outbox"),
        Action::Seen => t!(text, "activity-seen"),
    }
}
