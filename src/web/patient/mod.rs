//! What patients see: phone first, one file per page.

pub mod action_link;
pub mod asking;
pub mod cancel;
pub mod confirm;
pub mod contact;
pub mod dead_link;
pub mod first_contact;
pub mod home;
pub mod languages;
pub mod me;
pub mod moving;
pub mod one_visit;
pub mod reasons;
pub mod sign_in;
pub mod times;
pub mod visit;
pub mod visits;

use jiff::Timestamp;
use maud::{Markup, html};

use super::ctx::Ctx;
use super::ui::text::time;
use crate::app::booking::Detailed;
use crate::domain::id::{AppointmentId, Id, PractitionerId};
use crate::t;

/// A date with its time, marked up for machines too.
pub fn moment(ctx: &Ctx, at: Timestamp) -> Markup {
    let when = ctx.when();
    time(&when.attribute(at), &when.date_time(at))
}

/// "Check-up with Dr Silva, 20 minutes".
pub fn what(ctx: &Ctx, detailed: &Detailed) -> Markup {
    let text = ctx.text;
    html! {
        (t!(
            text,
            "visit-what",
            service = detailed.service.name.clone(),
            practitioner = detailed.practitioner.called(),
            duration = text.duration(u32::from(detailed.visit.duration_min))
        ))
    }
}

/// Where the clinic is, with the way there.
pub fn place(ctx: &Ctx) -> Option<Markup> {
    let lines = &ctx.current.settings.profile.address;
    if lines.is_empty() {
        return None;
    }
    let address = lines.join(", ");
    let last = lines.len().saturating_sub(1);
    let query = percent_encoding::utf8_percent_encode(&address, percent_encoding::NON_ALPHANUMERIC);
    let href = format!("geo:0,0?q={query}");
    Some(html! {
        // A line of the address is broken only where it must be: a postcode is one word.
        bdi {
            @for (nth, line) in lines.iter().enumerate() {
                span.line { (line) @if nth < last { "," } } " "
            }
        }
        a href=(href) { (t!(ctx.text, "visit-directions")) }
    })
}

/// A time as forms send it: seconds since the epoch, and who, where that was chosen.
pub fn slot_value(start: Timestamp, practitioner: Option<PractitionerId>) -> String {
    match practitioner {
        Some(id) => format!("{}.{id}", start.as_second()),
        None => start.as_second().to_string(),
    }
}

/// A time as forms sent it.
pub fn parse_slot(value: &str) -> Option<(Timestamp, Option<PractitionerId>)> {
    let (second, who) = match value.split_once('.') {
        Some((second, who)) => (second, Some(who.parse().ok()?)),
        None => (value, None),
    };
    Some((Timestamp::from_second(second.parse().ok()?).ok()?, who))
}

/// A path below `/visits`.
pub fn visit_path(visit: AppointmentId, rest: &str) -> String {
    debug_assert!(AppointmentId::PREFIX == "apt", "the route says `:visit`");
    if rest.is_empty() {
        format!("/visits/{visit}")
    } else {
        format!("/visits/{visit}/{rest}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_survives_its_form() {
        let at = Timestamp::from_second(1_795_000_000).unwrap();
        let who = PractitionerId::from_bytes([9; 16]);
        assert_eq!(parse_slot(&slot_value(at, None)), Some((at, None)));
        assert_eq!(
            parse_slot(&slot_value(at, Some(who))),
            Some((at, Some(who)))
        );
        for bad in ["", "x", "1.", "1.pat_0", "99999999999999999999"] {
            assert_eq!(parse_slot(bad), None, "{bad}");
        }
    }
}
