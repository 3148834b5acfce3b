//! What those who work here see: dense, by keyboard, one file per page.

pub mod account;
pub mod activity;
pub mod archive;
pub mod back;
pub mod block;
pub mod by_hand;
pub mod calendar;
pub mod chart;
pub mod edit_patient;
pub mod grid;
pub mod hit;
pub mod invite;
pub mod lock;
pub mod member;
pub mod merge;
pub mod new_visit;
pub mod newer;
pub mod outbox;
pub mod patient_differences;
pub mod patient_form;
pub mod patients;
pub mod people;
pub mod person;
pub mod phone;
pub mod register;
pub mod requests;
pub mod settings;
pub mod sheet;
pub mod sign_in;
pub mod today;
pub mod visit;
pub mod visit_forms;
pub mod why;

use maud::Markup;

use self::back::with_query;
use super::ctx::Ctx;
use super::fields::Fields;
use super::layout::Rail;
use super::ui::tag::{Chip, Tone, chips};
use crate::app::desk;
use crate::domain::appointment::{Appointment, Status};
use crate::domain::id::PractitionerId;
use crate::domain::policy::Permission;
use crate::domain::practitioner::Practitioner;
use crate::t;

/// How much waits behind an entry of the rail, with the words for it.
pub fn waiting(ctx: &Ctx) -> Vec<(Rail, u32, String)> {
    let text = ctx.text;
    let mut counts = Vec::new();
    // A rail without its numbers is better than no page.
    let Ok(waiting) = desk::waiting(&ctx.clinic, &ctx.caller()) else {
        return counts;
    };
    if waiting.requests > 0 && ctx.may(Permission::ManageRequests) {
        let words = t!(text, "rail-requests-waiting", count = waiting.requests);
        counts.push((Rail::Requests, waiting.requests, words));
    }
    if waiting.failed > 0 && ctx.may(Permission::ViewOutbox) {
        let words = t!(text, "rail-outbox-waiting", count = waiting.failed);
        counts.push((Rail::Outbox, waiting.failed, words));
    }
    counts
}

/// Whose visits are asked for: the query's, else one's own, else everyone's.
pub fn chosen_practitioner(ctx: &Ctx) -> Option<PractitionerId> {
    if ctx.query.has("with") {
        return ctx.query.parsed("with");
    }
    ctx.known.as_ref().and_then(|k| k.actor.practitioner)
}

/// The choice of whose visits are shown. Nothing to choose where there is only one.
pub fn practitioner_chips(
    ctx: &Ctx,
    who: &[Practitioner],
    (path, query): (&str, &Fields),
    chosen: Option<PractitionerId>,
    region: &str,
) -> Markup {
    if who.len() < 2 {
        return maud::html! {};
    }
    let to = |with: &str| with_query(path, query, &["visit", "do"], &[("with", with)]);
    let mut all = vec![(
        to("all"),
        t!(ctx.text, "today-everyone"),
        None,
        chosen.is_none(),
    )];
    for one in who {
        let current = chosen == Some(one.id);
        all.push((
            to(&one.id.to_string()),
            one.called(),
            Some(one.hue),
            current,
        ));
    }
    let list: Vec<Chip<'_>> = all
        .iter()
        .map(|(href, label, hue, current)| Chip {
            href,
            label,
            hue: *hue,
            current: *current,
        })
        .collect();
    chips(&t!(ctx.text, "today-who"), Some(region), &list)
}

/// The word for where a visit stands, as staff read it.
pub fn state(ctx: &Ctx, visit: &Appointment) -> (String, Tone) {
    let text = ctx.text;
    match visit.status {
        Status::Pending => (t!(text, "staff-visit-pending"), Tone::Warn),
        Status::Booked if visit.end() <= ctx.now => {
            (t!(text, "staff-visit-unresolved"), Tone::Warn)
        }
        Status::Booked if visit.start < ctx.now => (t!(text, "staff-visit-late"), Tone::Bad),
        Status::Booked if visit.confirmed_at.is_some() => {
            (t!(text, "staff-visit-confirmed"), Tone::Ok)
        }
        Status::Booked => (t!(text, "staff-visit-booked"), Tone::Info),
        Status::Arrived => (t!(text, "staff-visit-arrived"), Tone::Ok),
        Status::CheckedIn => (t!(text, "staff-visit-started"), Tone::Ok),
        Status::Fulfilled => (t!(text, "staff-visit-done"), Tone::Neutral),
        Status::Cancelled => (t!(text, "staff-visit-cancelled"), Tone::Neutral),
        Status::NoShow => (t!(text, "staff-visit-missed"), Tone::Warn),
    }
}
