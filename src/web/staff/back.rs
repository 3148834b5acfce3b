//! Where a form of the desk goes back to, and what it says there.

use std::fmt::Display;

use jiff::Timestamp;
use maud::Markup;

use crate::app::desk::{self, Seen};
use crate::app::{blocks, booking, requests};
use crate::domain::appointment::{EventKind, Status};
use crate::domain::id::{AppointmentId, BlockId, PatientId};
use crate::domain::notice::Notice;
use crate::domain::policy::Permission;
use crate::t;
use crate::web::ctx::Ctx;
use crate::web::fields::Fields;
use crate::web::reply::Reply;
use crate::web::ui::form::hidden;
use crate::web::ui::toast::{Toast, Undo};

/// The name of the hidden field.
pub const FIELD: &str = "back";

/// A page of the staff's to go back to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Back(String);

impl Back {
    /// This path with its query.
    pub fn to(path: &str) -> Self {
        Self(path.to_owned())
    }

    /// As a form or a link carried it, if it is one of our own.
    pub fn of(fields: &Fields) -> Option<Self> {
        const LONGEST: usize = 400;
        let path = fields.get(FIELD);
        let rest = path.strip_prefix("/staff")?;
        let ours = rest.is_empty() || rest.starts_with(['/', '?']);
        let plain = path.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
        (ours && plain && path.len() <= LONGEST && !path.contains("//")).then(|| Self(path.into()))
    }

    /// The path.
    pub fn path(&self) -> &str {
        &self.0
    }

    /// The part of the path before the query.
    pub fn place(&self) -> &str {
        self.0.split_once('?').map_or(&self.0, |(path, _)| path)
    }

    /// The query.
    pub fn query(&self) -> Fields {
        let query = self.0.split_once('?').map_or("", |(_, query)| query);
        Fields::parse(query.as_bytes())
    }

    /// The path without an open form: where one goes when it is done.
    pub fn without_form(&self) -> String {
        with_query(self.place(), &self.query(), &["do"], &[])
    }

    /// On to the path, which says what was done, and to what.
    pub fn done(&self, did: &str, to: impl Display) -> Reply {
        Reply::done_to(&self.without_form(), did, to)
    }

    /// The hidden field.
    pub fn field(&self) -> Markup {
        hidden(FIELD, &self.0)
    }
}

/// A path with the fields of a query, some left out and some put in. Empty values are left out.
pub fn with_query(path: &str, query: &Fields, without: &[&str], put: &[(&str, &str)]) -> String {
    let mut text = form_urlencoded::Serializer::new(String::new());
    for (name, value) in query.iter() {
        let replaced = without.contains(&name) || put.iter().any(|(n, _)| *n == name);
        if !replaced && !value.is_empty() {
            text.append_pair(name, value);
        }
    }
    for (name, value) in put {
        if !value.is_empty() {
            text.append_pair(name, value);
        }
    }
    let text = text.finish();
    if text.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{text}")
    }
}

/// What was just done, with the way back while there is one.
#[derive(Debug)]
pub struct Done {
    words: String,
    /// Whom the words name.
    pub patient: Option<PatientId>,
    undo: Option<String>,
    undo_label: String,
    close: String,
    token: String,
    back: String,
}

impl Done {
    /// What this page was told, if it is true. `here` is where undoing leads back to.
    pub fn of(ctx: &Ctx, here: &Back, token: &str) -> Option<Self> {
        let text = ctx.text;
        let did = ctx.flash.did();
        let seen = ctx
            .flash
            .to::<AppointmentId>()
            .and_then(|id| desk::visit(&ctx.clinic, &ctx.caller(), id).ok());
        let (words, patient) = match &seen {
            Some(seen) => (of_visit(ctx, did, seen)?, Some(seen.patient.id)),
            None if did == "person-declined" => of_person(ctx)?,
            None => (of_time(ctx, did)?, None),
        };
        let undo = seen
            .as_ref()
            .map(|seen| &seen.detailed.visit)
            .filter(|_| did != "undone" && did != "note" && ctx.may(Permission::ManageVisits))
            .filter(|visit| booking::can_undo(visit, booking::doer(&ctx.caller()), ctx.now))
            .map(|visit| format!("/staff/visits/{}/undo", visit.id));
        Some(Self {
            words,
            patient,
            undo,
            undo_label: t!(text, "toast-undo"),
            close: t!(text, "toast-close"),
            token: token.to_owned(),
            back: here.path().to_owned(),
        })
    }

    /// The toast.
    pub fn show<R>(this: Option<&Self>, page: impl FnOnce(Option<Toast<'_>>) -> R) -> R {
        let Some(done) = this else { return page(None) };
        let fields = [(FIELD, done.back.as_str())];
        page(Some(Toast {
            words: maud::html! { (done.words) },
            undo: done.undo.as_deref().map(|action| Undo {
                label: &done.undo_label,
                action,
                token: &done.token,
                fields: &fields,
            }),
            close: &done.close,
        }))
    }
}

/// What was done to a visit, as long as it is the last thing that happened to it.
fn of_visit(ctx: &Ctx, did: &str, seen: &Seen) -> Option<String> {
    let (text, visit) = (ctx.text, &seen.detailed.visit);
    let name = seen.patient.name().full();
    let when = ctx.when().date_time_short(visit.start);
    let last = &visit.history.last()?.kind;
    let booked = matches!(last, EventKind::Booked | EventKind::Requested);
    let moved = matches!(last, EventKind::Moved { .. });
    let resized = matches!(last, EventKind::Resized { .. });
    let long = || text.duration(u32::from(visit.duration_min));
    let soon = |n: &Notice| n.state.is_waiting() && !n.kind.is_reminder();
    let told = u32::from(ctx.clinic.sends_mail() && seen.notices.iter().any(soon));
    let became = |status| *last == EventKind::Became(status);
    Some(match did {
        "arrived" if became(Status::Arrived) => t!(text, "did-arrived", name = name),
        "checked-in" if became(Status::CheckedIn) => t!(text, "did-checked-in", name = name),
        "fulfilled" if became(Status::Fulfilled) => t!(text, "did-fulfilled", name = name),
        "noshow" if became(Status::NoShow) => t!(text, "did-noshow", name = name),
        "booked" if became(Status::Booked) => t!(text, "did-booked-again", name = name),
        "cancelled" if became(Status::Cancelled) => {
            t!(text, "did-cancelled", name = name, when = when)
        }
        "declined" if became(Status::Cancelled) => {
            t!(text, "did-declined", name = name, when = when, told = told)
        }
        "accepted" if booked => {
            t!(text, "did-accepted", name = name, when = when, told = told)
        }
        "created" if booked => t!(text, "did-created", name = name, when = when),
        "created-outside" if booked => {
            t!(text, "did-created-outside", name = name, when = when)
        }
        "moved" if moved => t!(text, "did-moved", name = name, when = when),
        "moved-outside" if moved => t!(text, "did-moved-outside", name = name, when = when),
        "resized" if resized => t!(text, "did-resized", name = name, duration = long()),
        "resized-outside" if resized => {
            t!(text, "did-resized-outside", name = name, duration = long())
        }
        "note" => t!(text, "did-note", name = name),
        "undone" if *last == EventKind::Undone => t!(text, "did-undone", name = name),
        _ => return None,
    })
}

/// Who was declined, and whether they hear of it.
fn of_person(ctx: &Ctx) -> Option<(String, Option<PatientId>)> {
    let chart = requests::declined(&ctx.clinic, &ctx.caller(), ctx.flash.to()?).ok()?;
    let told = chart.can_be_reached() && chart.email.is_some() && ctx.clinic.sends_mail();
    let (name, told) = (chart.name().full(), u32::from(told));
    let words = t!(
        ctx.text,
        "requests-person-declined",
        name = name,
        told = told
    );
    Some((words, Some(chart.id)))
}

/// What was done to time that is for no visit, and to what is no longer there.
fn of_time(ctx: &Ctx, did: &str) -> Option<String> {
    let (text, when) = (ctx.text, ctx.when());
    match did {
        "blocked" => {
            let id: BlockId = ctx.flash.to()?;
            let (block, whose) = blocks::find(&ctx.clinic, &ctx.caller(), id).ok()?;
            let time = when.date_range(block.start, block.end);
            let visits = blocks::visits_in(&ctx.clinic, &ctx.caller(), &block).ok()?;
            Some(t!(
                text,
                "did-blocked",
                when = time,
                who = whose.called(),
                count = visits
            ))
        }
        "unblocked" => {
            let span: String = ctx.flash.to()?;
            let (start, end) = span.split_once('-')?;
            let at = |second: &str| Timestamp::from_second(second.parse().ok()?).ok();
            let time = when.date_range(at(start)?, at(end)?);
            Some(t!(text, "did-unblocked", when = time))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(path: &str) -> Option<Back> {
        Back::of(&Fields::from_pairs(vec![(
            FIELD.to_owned(),
            path.to_owned(),
        )]))
    }

    #[test]
    fn only_our_own_pages_are_gone_back_to() {
        for good in [
            "/staff",
            "/staff?date=2026-11-23",
            "/staff/calendar?view=day",
        ] {
            assert_eq!(sent(good), Some(Back::to(good)));
        }
        for bad in [
            "",
            "/",
            "/staffx",
            "https://staff",
            "//staff",
            "/staff//x.example",
            "/staff/\\x",
            "/staff\r\nset-cookie: a=b",
        ] {
            assert_eq!(sent(bad), None, "{bad}");
        }
    }

    #[test]
    fn what_is_done_leads_back_without_its_form() {
        let back = Back::to("/staff?date=2026-11-23&do=move");
        assert_eq!(back.without_form(), "/staff?date=2026-11-23");
    }
}
