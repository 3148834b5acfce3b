//! What pages about patients share: how a person, their portal and their messages are said.

use jiff::Timestamp;
use maud::{Markup, html};

use crate::app::charts::{Alike, Portal};
use crate::domain::id::PatientId;
use crate::domain::notice::{Notice, NoticeState};
use crate::domain::patient::{Likeness, Patient};
use crate::t;
use crate::text::phone;
use crate::web::ctx::Ctx;
use crate::web::ui::tag::{Tone, tag};
use crate::web::ui::text::{theirs, time};

/// A path below a patient's.
pub fn path(patient: PatientId, rest: &str) -> String {
    if rest.is_empty() {
        format!("/staff/patients/{patient}")
    } else {
        format!("/staff/patients/{patient}/{rest}")
    }
}

/// A patient's name as a link to their chart.
pub fn name_link(patient: &Patient) -> Markup {
    html! { a href=(path(patient.id, "")) { (theirs(&patient.name().sorted())) } }
}

/// Birth date and age; says so when it is not known.
pub fn born(ctx: &Ctx, patient: &Patient) -> Markup {
    let text = ctx.text;
    html! {
        @if let Some(born) = patient.birth_date {
            span.nowrap { (time(&born.to_string(), &text.date_of_birth(born))) }
            small { (text.age(born, ctx.today())) }
        } @else { span.muted { (t!(text, "patients-no-birth-date")) } }
    }
}

/// Birth date and age on one line.
pub fn born_line(ctx: &Ctx, patient: &Patient) -> Markup {
    let text = ctx.text;
    let words = patient.birth_date.map_or_else(
        || t!(text, "patients-no-birth-date"),
        |born| {
            t!(
                text,
                "patients-born-line",
                date = text.date_of_birth(born),
                age = text.age(born, ctx.today())
            )
        },
    );
    html! { (words) }
}

/// A telephone number as people write it here.
pub fn phone_shown(ctx: &Ctx, number: &str) -> String {
    phone::format(number, &ctx.current.settings.profile.country)
}

/// The number to call first and the e-mail, one below the other.
pub fn contact(ctx: &Ctx, patient: &Patient) -> Markup {
    html! {
        @if let Some(number) = patient.phone() { span dir="ltr" { (phone_shown(ctx, number)) } }
        @if let Some(email) = &patient.email { small dir="ltr" { (email.as_str()) } }
        @if patient.phone().is_none() && patient.email.is_none() {
            span.muted { (t!(ctx.text, "patients-no-contact")) }
        }
    }
}

/// A date, short, for tables; nothing when there is none.
pub fn day(ctx: &Ctx, at: Option<Timestamp>) -> Markup {
    let date = at.map(|at| ctx.current.date(at));
    html! {
        @if let Some(date) = date {
            span.nowrap { (time(&date.to_string(), &ctx.text.date_plain(date))) }
        } @else { span.muted { (t!(ctx.text, "patients-none")) } }
    }
}

/// How a portal stands, in a few words.
pub fn portal_tag(ctx: &Ctx, portal: Portal) -> Markup {
    html! { span.nowrap { (portal_words(ctx, portal)) } }
}

fn portal_words(ctx: &Ctx, portal: Portal) -> Markup {
    let text = ctx.text;
    let on = |at: Timestamp| text.date_short(ctx.current.date(at));
    let ago = |at: Timestamp| text.relative_day(ctx.current.date(at), ctx.today());
    match portal {
        Portal::Never => tag(&t!(text, "portal-never"), Tone::Neutral),
        Portal::Invited { at, .. } => tag(&t!(text, "portal-invited", date = on(at)), Tone::Info),
        Portal::Lapsed { at } => tag(&t!(text, "portal-lapsed", date = on(at)), Tone::Warn),
        Portal::Asked => tag(&t!(text, "portal-asked"), Tone::Info),
        Portal::Active { seen: Some(at) } => {
            tag(&t!(text, "portal-active-seen", when = ago(at)), Tone::Ok)
        }
        Portal::Active { seen: None } => tag(&t!(text, "portal-active"), Tone::Ok),
        Portal::Closed => tag(&t!(text, "portal-closed"), Tone::Warn),
    }
}

/// What speaks for two charts being one person.
pub fn likeness_words(ctx: &Ctx, why: Likeness) -> String {
    let text = ctx.text;
    match why {
        Likeness::SharedContact => t!(text, "alike-contact"),
        Likeness::SameName => t!(text, "alike-name"),
        Likeness::SameNameAndBirth => t!(text, "alike-name-and-birth"),
    }
}

/// A chart that may be of the same person, with what one needs to tell: name, birth date, contact.
pub fn alike_cells(ctx: &Ctx, alike: &Alike) -> [Markup; 4] {
    [
        name_link(&alike.patient),
        born(ctx, &alike.patient),
        contact(ctx, &alike.patient),
        html! { (likeness_words(ctx, alike.why)) },
    ]
}

/// Where a message stands.
pub fn notice_state(ctx: &Ctx, notice: &Notice) -> Markup {
    let text = ctx.text;
    match notice.state {
        NoticeState::Held => tag(&t!(text, "message-state-held"), Tone::Neutral),
        NoticeState::Queued => tag(&t!(text, "message-state-queued"), Tone::Info),
        NoticeState::Sending => tag(&t!(text, "message-state-sending"), Tone::Info),
        NoticeState::Accepted => tag(&t!(text, "message-state-accepted"), Tone::Ok),
        NoticeState::Refused => tag(&t!(text, "message-state-refused"), Tone::Bad),
        NoticeState::Uncertain => tag(&t!(text, "message-state-uncertain"), Tone::Warn),
        NoticeState::Stopped => tag(&t!(text, "message-state-stopped"), Tone::Neutral),
        NoticeState::Suppressed => tag(&t!(text, "message-state-suppressed"), Tone::Neutral),
        NoticeState::ByHand => tag(&t!(text, "message-state-by-hand"), Tone::Ok),
    }
}
