//! The people who work here: who they are, what each role may do, and a link for someone new.

use maud::{Markup, html};

use crate::app::people::{self, NewPerson, PasswordLink};
use crate::domain::account::{Login, LoginState, Role};
use crate::domain::person::Email;
use crate::domain::policy::{Permission, role_may};
use crate::t;
use crate::web::ctx::Ctx;
use crate::web::fields::Problems;
use crate::web::layout::{self, Extra, Rail};
use crate::web::question::wrong;
use crate::web::reply::Reply;
use crate::web::respond::{Handled, Trouble, sentence};
use crate::web::ui::button::{Button, actions, back_link};
use crate::web::ui::choice_rows::{Choice, ChoiceRows};
use crate::web::ui::details::details;
use crate::web::ui::error_summary::error_summary;
use crate::web::ui::field::{Field, Kind, Wrong};
use crate::web::ui::form::Form;
use crate::web::ui::icon::{Icon, icon};
use crate::web::ui::table::{Column, Table};
use crate::web::ui::tag::{Tone, tag};
use crate::web::ui::text::theirs;

/// The longest name, in characters.
const NAME_MAX: usize = 120;

/// `GET /staff/people`
pub fn show(ctx: &Ctx) -> Handled {
    Ok(Reply::page(view(ctx, &Problems::default())?))
}

fn view(ctx: &Ctx, problems: &Problems) -> Result<Markup, Trouble> {
    let text = ctx.text;
    let title = t!(text, "people-title");
    let (name, what, seen, state) = (
        t!(text, "people-name"),
        t!(text, "people-role"),
        t!(text, "people-seen"),
        t!(text, "people-state"),
    );
    let two = t!(text, "people-two-step");
    let columns = [
        Column::words(&name),
        Column::words(&what),
        Column::words(&state),
        Column::words(&two),
        Column::words(&seen),
    ];
    let rows: Vec<Vec<Markup>> = people::list(&ctx.clinic, &ctx.caller())?
        .iter()
        .map(|login| {
            let href = format!("/staff/people/{}", login.id);
            let day = login.seen_at.map(|at| ctx.when().relative_day(at, ctx.now));
            vec![
                html! { a href=(href) { (theirs(&login.name)) } },
                html! { (role_title(ctx, login.role)) },
                state_of(ctx, login),
                two_step(ctx, login),
                html! { (day.unwrap_or_else(|| t!(text, "people-never"))) },
            ]
        })
        .collect();
    let table = Table {
        id: "people",
        caption: &title,
        caption_unseen: true,
        columns: &columns,
        rows: &rows,
        sums: None,
    };
    let summary: Vec<(&str, &str)> = problems.iter().collect();
    let body = html! {
        @if !problems.is_empty() { (error_summary(&t!(text, "error-summary"), &summary)) }
        h1 { (title) }
        (table.show())
        h2 { (t!(text, "people-invite")) }
        div.narrow { (invite_form(ctx, problems)) }
        h2 { (t!(text, "people-roles-title")) }
        @for role in staff_roles() {
            (details(&role_title(ctx, role), &can_and_cannot(ctx, role), false))
        }
    };
    let extra = Extra {
        has_problems: !problems.is_empty(),
        ..Extra::default()
    };
    Ok(layout::staff(ctx, Rail::Settings, &title, extra, body))
}

/// Whether they may sign in, and until when.
pub fn state_of(ctx: &Ctx, login: &Login) -> Markup {
    let text = ctx.text;
    let leaves = login
        .leaves_on
        .filter(|_| login.state != LoginState::Disabled);
    let state = match (login.state, leaves) {
        (LoginState::Disabled, _) => tag(&t!(text, "people-closed"), Tone::Neutral),
        (_, Some(day)) if day < ctx.today() => tag(&t!(text, "people-left"), Tone::Neutral),
        (LoginState::Pending, _) => tag(&t!(text, "people-invited"), Tone::Info),
        (LoginState::Active, _) => tag(&t!(text, "people-active"), Tone::Ok),
    };
    html! {
        (state)
        @if let Some(day) = leaves {
            small { (t!(text, "people-last-day", date = text.date_short(day))) }
        }
    }
}

/// Whether the password alone lets nobody in.
pub fn two_step(ctx: &Ctx, login: &Login) -> Markup {
    let text = ctx.text;
    if login.has_totp() {
        tag(&t!(text, "people-two-step-on"), Tone::Ok)
    } else {
        tag(&t!(text, "people-two-step-off"), Tone::Warn)
    }
}

/// What one can be here.
pub fn staff_roles() -> impl Iterator<Item = Role> {
    Role::ALL.into_iter().filter(|r| r.is_staff())
}

/// What a role lets do and what not, as the policy says.
pub fn can_and_cannot(ctx: &Ctx, role: Role) -> Markup {
    let text = ctx.text;
    let (can, cannot): (Vec<Permission>, Vec<Permission>) = Permission::ALL
        .into_iter()
        .filter(|p| !matches!(p, Permission::OwnChart | Permission::OwnRequest))
        .partition(|p| role_may(role, *p));
    let list = |title: String, sign: Icon, all: &[Permission]| {
        html! {
            @if !all.is_empty() {
                section {
                    h3 { (title) }
                    ul.facts { @for one in all { li { (icon(sign)) span { (deed(ctx, *one)) } } } }
                }
            }
        }
    };
    html! {
        div.can-cannot {
            (list(t!(text, "people-can"), Icon::Check, &can))
            (list(t!(text, "people-cannot"), Icon::X, &cannot))
        }
    }
}

/// A permission as something that one does.
fn deed(ctx: &Ctx, permission: Permission) -> String {
    let text = ctx.text;
    match permission {
        Permission::OwnChart => t!(text, "deed-own-chart"),
        Permission::OwnRequest => t!(text, "deed-own-request"),
        Permission::ViewSchedule => t!(text, "deed-view-schedule"),
        Permission::ManageVisits => t!(text, "deed-manage-visits"),
        Permission::ViewPatients => t!(text, "deed-view-patients"),
        Permission::ManagePatients => t!(text, "deed-manage-patients"),
        Permission::MergePatients => t!(text, "deed-merge-patients"),
        Permission::Export => t!(text, "deed-export"),
        Permission::ManageRequests => t!(text, "deed-manage-requests"),
        Permission::ViewOutbox => t!(text, "deed-view-outbox"),
        Permission::ManageOutbox => t!(text, "deed-manage-outbox"),
        Permission::ManageServices => t!(text, "deed-manage-services"),
        Permission::ManageSettings => t!(text, "deed-manage-settings"),
        Permission::ManagePeople => t!(text, "deed-manage-people"),
        Permission::ViewAudit => t!(text, "deed-view-audit"),
        Permission::OwnAccess => t!(text, "deed-own-access"),
    }
}

/// The question for a role: one row each.
pub fn role_rows(ctx: &Ctx, chosen: Role, wrong: Option<Wrong<'_>>) -> Markup {
    let text = ctx.text;
    let rows: Vec<(Role, String, String)> = staff_roles()
        .map(|one| (one, role_title(ctx, one), role_in_short(ctx, one)))
        .collect();
    let choices: Vec<Choice<'_>> = rows
        .iter()
        .map(|(one, word, short)| Choice {
            value: one.code(),
            label: word,
            detail: Some(short),
            checked: *one == chosen,
        })
        .collect();
    ChoiceRows {
        id: "role",
        legend: &t!(text, "people-role"),
        heading: false,
        hint: None,
        wrong,
        several: false,
        choices: &choices,
    }
    .show()
}

/// A role by itself, not in a sentence.
pub fn role_title(ctx: &Ctx, role: Role) -> String {
    let text = ctx.text;
    match role {
        Role::Owner => t!(text, "role-title-owner"),
        Role::Practitioner => t!(text, "role-title-practitioner"),
        Role::FrontDesk => t!(text, "role-title-front-desk"),
        Role::Billing => t!(text, "role-title-billing"),
        Role::ReadOnly => t!(text, "role-title-read-only"),
        Role::Patient => t!(text, "role-title-patient"),
    }
}

fn role_in_short(ctx: &Ctx, role: Role) -> String {
    let text = ctx.text;
    match role {
        Role::Owner => t!(text, "role-short-owner"),
        Role::Practitioner => t!(text, "role-short-practitioner"),
        Role::FrontDesk => t!(text, "role-short-front-desk"),
        Role::Billing => t!(text, "role-short-billing"),
        Role::ReadOnly | Role::Patient => t!(text, "role-short-read-only"),
    }
}

fn invite_form(ctx: &Ctx, problems: &Problems) -> Markup {
    let text = ctx.text;
    let prefix = t!(text, "page-error-prefix");
    let chosen = Role::from_code(ctx.form.get("role")).unwrap_or(Role::FrontDesk);
    let (mail, link) = (t!(text, "people-by-mail"), t!(text, "people-by-link"));
    Form::new("/staff/people", &ctx.token()).show(&html! {
        (Field::new("name", &t!(text, "people-name"))
            .value(ctx.form.get("name"))
            .wrong(wrong(problems, "name", &prefix))
            .show())
        (Field::new("email", &t!(text, "staff-sign-in-email"))
            .kind(Kind::Email)
            .value(ctx.form.get("email"))
            .wrong(wrong(problems, "email", &prefix))
            .show())
        (role_rows(ctx, chosen, None))
        (actions(&html! {
            @if ctx.clinic.sends_mail() {
                (Button::primary(&mail).sends("by", "mail").submit())
                (Button::secondary(&link).sends("by", "link").submit())
            } @else {
                (Button::primary(&link).sends("by", "link").submit())
            }
        }))
    })
}

/// `POST /staff/people`
pub fn invite(ctx: &Ctx) -> Handled {
    let text = ctx.text;
    let form = ctx.only(&["name", "email", "role", "by"])?;
    let role = Role::from_code(form.get("role")).ok_or(Trouble::BadRequest)?;
    let by_mail = match form.get("by") {
        "mail" => true,
        "link" => false,
        _ => return Err(Trouble::BadRequest),
    };
    let mut problems = Problems::default();
    let name = form.get("name");
    if name.is_empty() {
        problems.add("name", t!(text, "error-name"));
    } else if name.chars().count() > NAME_MAX {
        problems.add("name", t!(text, "error-too-long", max = NAME_MAX));
    }
    let email = Email::try_from(form.get("email"));
    if email.is_err() {
        problems.add("email", t!(text, "error-email"));
    }
    let Ok(email) = email else {
        return Ok(Reply::problems(view(ctx, &problems)?));
    };
    if !problems.is_empty() {
        return Ok(Reply::problems(view(ctx, &problems)?));
    }
    let person = NewPerson {
        name: name.to_owned(),
        email,
        role,
        practitioner: None,
    };
    match people::invite(&ctx.clinic, &ctx.caller(), &person, by_mail) {
        Ok(link) => Ok(handed_out(ctx, &link, by_mail)),
        Err(crate::app::Stop::Refused(refused)) => {
            problems.add("email", sentence(ctx, &refused));
            Ok(Reply::problems(view(ctx, &problems)?))
        }
        Err(failed) => Err(failed.into()),
    }
}

/// The link, shown this once.
pub fn handed_out(ctx: &Ctx, link: &PasswordLink, mailed: bool) -> Reply {
    let text = ctx.text;
    let title = t!(text, "people-link-title", name = link.login.name.clone());
    let until = ctx.when().date(link.expires_at);
    let body = html! {
        (back_link("/staff/people", &t!(text, "page-back")))
        h1 { (title) }
        @if mailed && ctx.clinic.sends_mail() { p { (t!(text, "people-link-mailed")) } }
        p { (t!(text, "people-link-lead", date = until)) }
        p { code { (link.url) } }
    };
    let extra = Extra::default();
    // It shows a secret, so it is not compressed.
    let mut reply = Reply::page(layout::staff(ctx, Rail::Settings, &title, extra, body));
    reply.compress = false;
    reply
}
