//! Why is this time offered to patients, or not? The rule that decided, in a sentence.

use maud::{Markup, html};

use super::back::{Back, with_query};
use super::calendar;
use super::sheet::{self, Sheet};
use crate::app::desk_booking::{self, Choices};
use crate::domain::id::ServiceId;
use crate::domain::refusal::Refused;
use crate::domain::schedule::{HoursSource, OccupiedKind, Verdict, WhyNot, Window};
use crate::t;
use crate::web::ctx::Ctx;
use crate::web::fields::Fields;
use crate::web::layout::{self, Extra, Rail};
use crate::web::reply::Reply;
use crate::web::respond::{Handled, Trouble};
use crate::web::ui::banner::banner;
use crate::web::ui::button::{Button, back_link};
use crate::web::ui::form::{hidden, search_form};
use crate::web::ui::select::Select;
use crate::web::ui::tag::Tone;

/// `GET /staff/why`
pub fn show(ctx: &Ctx) -> Handled {
    let text = ctx.text;
    let query = &ctx.query;
    let choices = desk_booking::choices(&ctx.clinic, &ctx.caller())?;
    let mut sheet = Sheet {
        fields: query.clone(),
        ..Sheet::default()
    };
    let answer = if query.has("time") {
        answer(ctx, &mut sheet)?
    } else {
        let date = match query.get("date") {
            "" => ctx.today().to_string(),
            date => date.to_owned(),
        };
        let fields = [
            ("date", date.as_str()),
            ("time", "09:00"),
            ("with", query.get("with")),
        ];
        sheet = Sheet::proposed(&fields);
        None
    };
    let title = t!(text, "why-title");
    let back = Back::of(query).unwrap_or_else(|| Back::to(calendar::PATH));
    let body = html! {
        (back_link(back.path(), &t!(text, "staff-visit-back")))
        (sheet.summary(ctx))
        h1 { (title) }
        @if let Some((offered, answer)) = &answer {
            (banner(
                if *offered { Tone::Ok } else { Tone::Info },
                &if *offered { t!(text, "why-offered") } else { t!(text, "why-not-offered") },
                answer,
            ))
        }
        div.form { (search_form("/staff/why", &title, None, &question(ctx, &sheet, &choices, &back))) }
    };
    let extra = Extra {
        has_problems: !sheet.problems.is_empty(),
        ..Extra::default()
    };
    Ok(Reply::page(layout::staff(
        ctx,
        Rail::Calendar,
        &title,
        extra,
        body,
    )))
}

fn question(ctx: &Ctx, sheet: &Sheet, choices: &Choices, back: &Back) -> Markup {
    let text = ctx.text;
    let names: Vec<(String, &str)> = choices
        .services
        .iter()
        .map(|s| (s.id.to_string(), s.name.as_str()))
        .collect();
    let options: Vec<(&str, &str)> = names
        .iter()
        .map(|(id, name)| (id.as_str(), *name))
        .collect();
    html! {
        div.stack {
            (hidden("back", back.path()))
            div.grid-form {
                (Select {
                    id: "service",
                    label: &t!(text, "new-visit-service"),
                    hint: None,
                    wrong: None,
                    options: &options,
                    chosen: sheet.fields.get("service"),
                    autocomplete: None,
                }
                .show())
                (sheet::with_field(ctx, sheet, &choices.practitioners))
                (sheet::when_fields(ctx, sheet))
            }
            (Button::primary(&t!(text, "why-ask")).submit())
        }
    }
}

/// Whether the time is offered, and the rule that decided.
fn answer(ctx: &Ctx, sheet: &mut Sheet) -> Result<Option<(bool, Markup)>, Trouble> {
    let Some(start) = sheet.instant(ctx, None) else {
        return Ok(None);
    };
    let service: ServiceId = sheet.fields.parsed("service").ok_or(Refused::NotFound)?;
    let with = sheet.fields.parsed("with").ok_or(Refused::NotFound)?;
    let verdict = desk_booking::why(&ctx.clinic, &ctx.caller(), service, with, start)?;
    let moment = ctx.when().date_range(verdict.start, verdict.end);
    let rule = match &verdict.outcome {
        Ok(()) => t!(ctx.text, "why-free"),
        Err(why) => because(ctx, why),
    };
    let from = where_from(ctx, &verdict);
    Ok(Some((
        verdict.outcome.is_ok(),
        html! {
            p { strong { (moment) } }
            p { (rule) }
            @if let Some(from) = from { p.muted { (from) } }
            @if verdict.outcome.is_ok() { p { (new_visit(ctx, sheet)) } }
        },
    )))
}

fn new_visit(ctx: &Ctx, sheet: &Sheet) -> Markup {
    let fields = &sheet.fields;
    let put: Vec<(&str, &str)> = ["date", "time", "with", "service", "back"]
        .iter()
        .map(|name| (*name, fields.get(name)))
        .collect();
    let href = with_query(super::new_visit::PATH, &Fields::default(), &[], &put);
    html! {
        @if ctx.may(crate::domain::policy::Permission::ManageVisits) {
            a href=(href) { (t!(ctx.text, "why-book")) }
        }
    }
}

/// The sentence for a rule.
fn because(ctx: &Ctx, why: &WhyNot) -> String {
    let (text, when) = (ctx.text, ctx.when());
    match why {
        WhyNot::Past => t!(text, "why-past"),
        WhyNot::BeyondHorizon { last } => t!(text, "why-beyond", date = text.date(*last)),
        WhyNot::Closed { name, from, until } if from == until => {
            t!(text, "why-closed", name = name.clone())
        }
        WhyNot::Closed { name, from, until } => t!(
            text,
            "why-closed-days",
            name = name.clone(),
            from = text.date(*from),
            until = text.date(*until)
        ),
        WhyNot::NonePublished => t!(text, "why-no-hours"),
        WhyNot::NotOffered => t!(text, "why-not-offered-by"),
        WhyNot::NotBookableOnline => t!(text, "why-not-online"),
        WhyNot::OutsideHours { windows } if windows.is_empty() => t!(text, "why-outside-all"),
        WhyNot::OutsideHours { windows } => {
            t!(text, "why-outside", hours = spoken(ctx, windows))
        }
        WhyNot::RunsPastEnd { closes } => t!(text, "why-runs-past", time = when.time(*closes)),
        WhyNot::Taken { by } => {
            let span = when.range(by.start, by.end);
            match by.kind {
                OccupiedKind::Appointment => t!(text, "why-taken-visit", span = span),
                OccupiedKind::Request => t!(text, "why-taken-request", span = span),
                OccupiedKind::Hold => t!(text, "why-taken-hold", span = span),
                OccupiedKind::Block => t!(text, "why-taken-block", span = span),
            }
        }
        WhyNot::TooSoon { earliest } => {
            t!(text, "why-too-soon", time = when.date_time_short(*earliest))
        }
        WhyNot::OffGrid { previous, next } => match (previous, next) {
            (Some(previous), Some(next)) => t!(
                text,
                "why-off-grid",
                before = when.time(*previous),
                after = when.time(*next)
            ),
            (Some(one), None) | (None, Some(one)) => {
                t!(text, "why-off-grid-one", time = when.time(*one))
            }
            (None, None) => t!(text, "why-off-grid-none"),
        },
    }
}

/// The hours of a day in words.
fn spoken(ctx: &Ctx, windows: &[Window]) -> String {
    let all: Vec<String> = windows
        .iter()
        .map(|w| ctx.when().range(w.start, w.end))
        .collect();
    all.join("; ")
}

/// Where the hours of the day come from, where they had a part in the answer: beside another rule
/// it would only contradict it.
fn where_from(ctx: &Ctx, verdict: &Verdict) -> Option<String> {
    let text = ctx.text;
    let none = match &verdict.outcome {
        Err(WhyNot::NonePublished) => true,
        Ok(()) | Err(WhyNot::OutsideHours { .. } | WhyNot::RunsPastEnd { .. }) => false,
        Err(
            WhyNot::Past
            | WhyNot::BeyondHorizon { .. }
            | WhyNot::Closed { .. }
            | WhyNot::NotOffered
            | WhyNot::NotBookableOnline
            | WhyNot::Taken { .. }
            | WhyNot::TooSoon { .. }
            | WhyNot::OffGrid { .. },
        ) => return None,
    };
    Some(match &verdict.hours {
        HoursSource::NoRule => t!(text, "why-hours-none"),
        HoursSource::Weekly { .. } if none => t!(text, "why-hours-weekly-free"),
        HoursSource::Weekly {
            effective_from: Some(from),
        } => t!(text, "why-hours-weekly-since", date = text.date(*from)),
        HoursSource::Weekly {
            effective_from: None,
        } => t!(text, "why-hours-weekly"),
        HoursSource::Exception { note } if note.is_empty() => t!(text, "why-hours-exception"),
        HoursSource::Exception { note } => {
            t!(text, "why-hours-exception-note", note = note.clone())
        }
    })
}
