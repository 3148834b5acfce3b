//! Move, lengthen, cancel and annotate a visit: short forms, each with one button.

use maud::{Markup, html};
use poem::http::StatusCode;

use super::back::Back;
use super::calendar;
use super::sheet::{self, Sheet};
use super::visit::{again, path, seen};
use crate::app::booking;
use crate::app::desk::{self, Seen};
use crate::app::desk_booking::{self, Cancel, LONGEST_MIN, NewTime};
use crate::domain::appointment::Status;
use crate::domain::id::AppointmentId;
use crate::t;
use crate::web::ctx::Ctx;
use crate::web::fields::Fields;
use crate::web::reply::Reply;
use crate::web::respond::{Handled, Trouble};
use crate::web::ui::button::{Button, Weight};
use crate::web::ui::field::{self, Field, Width};
use crate::web::ui::form::Form;

/// The shortest visit, in minutes.
const SHORTEST_MIN: u16 = 5;

/// One of the forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Another time, another practitioner.
    Move,
    /// Longer or shorter.
    Length,
    /// It will not take place.
    Cancel,
    /// What staff want to remember.
    Note,
}

impl Kind {
    fn of(word: &str) -> Option<Self> {
        match word {
            "move" => Some(Self::Move),
            "length" => Some(Self::Length),
            "cancel" => Some(Self::Cancel),
            "note" => Some(Self::Note),
            _ => None,
        }
    }

    fn action(self, id: AppointmentId) -> String {
        let end = match self {
            Self::Move => "time",
            Self::Length => "length",
            Self::Cancel => "cancellation",
            Self::Note => "note",
        };
        format!("/staff/visits/{id}/{end}")
    }
}

/// A form that is asked for, filled in with how things are.
pub fn proposed(ctx: &Ctx, seen: &Seen, word: &str) -> Option<(Kind, Sheet)> {
    let kind =
        Kind::of(word).filter(|_| ctx.may(crate::domain::policy::Permission::ManageVisits))?;
    let visit = &seen.detailed.visit;
    let sheet = match kind {
        Kind::Move => {
            let (date, time) = sheet::on_wall(ctx, visit.start);
            let with = visit.practitioner.to_string();
            let notify = yes(visit.start > ctx.now);
            Sheet::proposed(&[
                ("date", &date),
                ("time", &time),
                ("with", &with),
                ("notify", notify),
            ])
        }
        Kind::Length => Sheet::proposed(&[("minutes", &visit.duration_min.to_string())]),
        Kind::Cancel => Sheet::proposed(&[("notify", yes(visit.start > ctx.now))]),
        Kind::Note => Sheet::proposed(&[("note", &visit.internal_note)]),
    };
    Some((kind, sheet))
}

fn yes(is: bool) -> &'static str {
    if is { "yes" } else { "" }
}

/// The form.
pub fn view(
    ctx: &Ctx,
    seen: &Seen,
    kind: Kind,
    sheet: &Sheet,
    back: &Back,
) -> Result<Markup, Trouble> {
    let text = ctx.text;
    let id = seen.detailed.visit.id;
    let (title, now) = match kind {
        Kind::Move => (
            t!(text, "staff-visit-move-title"),
            t!(text, "staff-visit-move-now"),
        ),
        Kind::Length => (
            t!(text, "staff-visit-length-title"),
            t!(text, "staff-visit-length-now"),
        ),
        Kind::Cancel => (
            t!(text, "staff-visit-cancel-title"),
            t!(text, "staff-visit-cancel-now"),
        ),
        Kind::Note => (
            t!(text, "staff-visit-note-title"),
            t!(text, "staff-visit-note-now"),
        ),
    };
    let fields = match kind {
        Kind::Move => moving(ctx, sheet)?,
        Kind::Length => length(ctx, sheet),
        Kind::Cancel => cancelling(ctx, sheet),
        Kind::Note => note(ctx, sheet),
    };
    let weight = if kind == Kind::Cancel {
        Weight::Danger
    } else {
        Weight::Primary
    };
    let (token, action) = (ctx.token(), kind.action(id));
    let in_calendar = back.place() == calendar::PATH;
    let mut form = Form::new(&action, &token);
    let keep = t!(text, "staff-visit-keep");
    let mut leave = Button::new(&keep, Weight::Quiet);
    if in_calendar {
        form = form.swap(calendar::REGION);
        leave = leave.swap(calendar::REGION);
    }
    let when = ctx.when();
    let visit = &seen.detailed.visit;
    Ok(html! {
        (sheet.summary(ctx))
        h3 { (title) }
        p.muted { (when.date_range(visit.start, visit.end())) }
        (form.show(&html! {
            (back.field())
            (fields)
            div.actions {
                (Button::new(&now, weight).submit())
                (leave.link(&back.without_form()))
            }
        }))
    })
}

fn moving(ctx: &Ctx, sheet: &Sheet) -> Result<Markup, Trouble> {
    let who = desk_booking::choices(&ctx.clinic, &ctx.caller())?.practitioners;
    Ok(html! {
        div.grid-form {
            (sheet::when_fields(ctx, sheet))
            (sheet::with_field(ctx, sheet, &who))
        }
        (sheet::overlap_field(ctx, sheet))
        (notify(ctx, sheet))
    })
}

fn notify(ctx: &Ctx, sheet: &Sheet) -> Markup {
    let text = ctx.text;
    let (legend, label) = (t!(text, "sheet-message"), t!(text, "sheet-notify"));
    sheet::tick(
        "notify",
        &legend,
        &label,
        sheet.fields.get("notify") == "yes",
    )
}

fn length(ctx: &Ctx, sheet: &Sheet) -> Markup {
    let prefix = t!(ctx.text, "page-error-prefix");
    html! {
        (Field::new("minutes", &t!(ctx.text, "sheet-minutes"))
            .kind(field::Kind::Digits).width(Width::Four)
            .value(sheet.fields.get("minutes"))
            .wrong(sheet.wrong(&prefix, "minutes"))
            .show())
        (sheet::overlap_field(ctx, sheet))
    }
}

fn cancelling(ctx: &Ctx, sheet: &Sheet) -> Markup {
    let text = ctx.text;
    let prefix = t!(text, "page-error-prefix");
    let (legend, label) = (
        t!(text, "staff-visit-who-asked"),
        t!(text, "staff-visit-asked"),
    );
    html! {
        (Field::new("reason", &t!(text, "staff-visit-reason"))
            .hint(&t!(text, "staff-visit-reason-hint"))
            .value(sheet.fields.get("reason"))
            .wrong(sheet.wrong(&prefix, "reason"))
            .show())
        (sheet::tick("asked", &legend, &label, sheet.fields.get("asked") == "yes"))
        (notify(ctx, sheet))
    }
}

fn note(ctx: &Ctx, sheet: &Sheet) -> Markup {
    let text = ctx.text;
    let prefix = t!(text, "page-error-prefix");
    Field::new("note", &t!(text, "staff-visit-internal"))
        .hint(&t!(text, "staff-visit-note-hint"))
        .lines(4)
        .value(sheet.fields.get("note"))
        .wrong(sheet.wrong(&prefix, "note"))
        .show()
}

/// Where a form goes back to: where it came from, else the page of the visit.
fn back(fields: &Fields, id: AppointmentId) -> Back {
    Back::of(fields).unwrap_or_else(|| Back::to(&path(id, None)))
}

/// The form again with what is wrong, or on to where it came from.
fn finish(ctx: &Ctx, id: AppointmentId, kind: Kind, sheet: &Sheet, done: Option<&str>) -> Handled {
    let back = back(&sheet.fields, id);
    if let Some(did) = done {
        return Ok(back.done(did, id));
    }
    let seen = seen(ctx, id)?;
    let mut reply = Reply::problems(again(ctx, &seen, kind, sheet, &back)?);
    if sheet.overlaps {
        reply.status = StatusCode::CONFLICT;
    }
    Ok(reply)
}

/// `POST /staff/visits/{visit}/time`
pub fn submit_move(ctx: &Ctx) -> Handled {
    let id: AppointmentId = ctx.param("visit")?;
    let form = ctx.only(&["date", "time", "with", "overlap", "notify", "back"])?;
    let mut sheet = Sheet::sent(form);
    let visit = booking::find(&ctx.clinic, &ctx.caller(), id)?;
    let start = sheet.instant(ctx, Some(visit.start));
    let overlap = sheet.reason(ctx);
    let done = match start {
        Some(start) if sheet.problems.is_empty() => {
            let to = NewTime {
                start,
                practitioner: form.parsed("with").unwrap_or(visit.practitioner),
                duration_min: None,
                overlap,
                notify: form.get("notify") == "yes",
            };
            match desk_booking::move_visit(&ctx.clinic, &ctx.caller(), id, to) {
                Ok(kept) if kept.outside => Some("moved-outside"),
                Ok(_) => Some("moved"),
                Err(stop) => {
                    sheet.refuse(ctx, "time", stop.into())?;
                    None
                }
            }
        }
        _ => None,
    };
    finish(ctx, id, Kind::Move, &sheet, done)
}

/// `POST /staff/visits/{visit}/length`
pub fn submit_length(ctx: &Ctx) -> Handled {
    let id: AppointmentId = ctx.param("visit")?;
    let form = ctx.only(&["minutes", "overlap", "notify", "back"])?;
    let mut sheet = Sheet::sent(form);
    let minutes = minutes(ctx, &mut sheet);
    let overlap = sheet.reason(ctx);
    let done = match minutes {
        Some(minutes) if sheet.problems.is_empty() => {
            match desk_booking::resize(&ctx.clinic, &ctx.caller(), id, minutes, overlap) {
                Ok(kept) if kept.outside => Some("resized-outside"),
                Ok(_) => Some("resized"),
                Err(stop) => {
                    sheet.refuse(ctx, "minutes", stop.into())?;
                    None
                }
            }
        }
        _ => None,
    };
    finish(ctx, id, Kind::Length, &sheet, done)
}

/// The length that was typed, if it can be one.
pub fn minutes(ctx: &Ctx, sheet: &mut Sheet) -> Option<u16> {
    let minutes: Option<u16> = sheet.fields.parsed("minutes");
    let minutes = minutes.filter(|m| (SHORTEST_MIN..=LONGEST_MIN).contains(m));
    if minutes.is_none() {
        let sentence = t!(ctx.text, "sheet-error-minutes", max = LONGEST_MIN);
        sheet.problems.add("minutes", sentence);
    }
    minutes
}

/// `POST /staff/visits/{visit}/cancellation`
pub fn submit_cancel(ctx: &Ctx) -> Handled {
    let id: AppointmentId = ctx.param("visit")?;
    let form = ctx.only(&["reason", "asked", "notify", "back"])?;
    let mut sheet = Sheet::sent(form);
    let how = Cancel {
        reason: sheet.note(ctx, "reason"),
        asked_by_patient: form.get("asked") == "yes",
        notify: form.get("notify") == "yes",
    };
    let mut done = None;
    if sheet.problems.is_empty() {
        match desk_booking::cancel(&ctx.clinic, &ctx.caller(), id, how) {
            Ok(_) => done = Some("cancelled"),
            Err(stop) => sheet.refuse(ctx, "reason", stop.into())?,
        }
    }
    finish(ctx, id, Kind::Cancel, &sheet, done)
}

/// `POST /staff/visits/{visit}/note`
pub fn submit_note(ctx: &Ctx) -> Handled {
    let id: AppointmentId = ctx.param("visit")?;
    let form = ctx.only(&["note", "back"])?;
    let mut sheet = Sheet::sent(form);
    let text = sheet.note(ctx, "note");
    let mut done = None;
    if sheet.problems.is_empty() {
        desk_booking::note(&ctx.clinic, &ctx.caller(), id, &text)?;
        done = Some("note");
    }
    finish(ctx, id, Kind::Note, &sheet, done)
}

/// `POST /staff/visits/{visit}/undo`
pub fn undo(ctx: &Ctx) -> Handled {
    let id: AppointmentId = ctx.param("visit")?;
    let form = ctx.only(&["back"])?;
    booking::undo(&ctx.clinic, &ctx.caller(), id)?;
    Ok(back(form, id).done("undone", id))
}

/// `POST /staff/visits/{visit}/status`: one step on, or back.
pub fn step(ctx: &Ctx) -> Handled {
    let id: AppointmentId = ctx.param("visit")?;
    let form = ctx.only(&["to", "back"])?;
    let to = Status::ALL
        .into_iter()
        .find(|s| s.code() == form.get("to"))
        .ok_or(Trouble::BadRequest)?;
    let visit = desk::advance(&ctx.clinic, &ctx.caller(), id, to)?;
    Ok(back(form, id).done(visit.status.code(), id))
}
