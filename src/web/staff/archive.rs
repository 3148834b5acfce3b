//! A chart is put away, or taken back.

use maud::{Markup, html};

use super::patient_form::{NotADate, date_order, parse_date};
use super::person::path;
use crate::app::charts::{self, Chart};
use crate::app::registration::{self, PutAway};
use crate::domain::id::PatientId;
use crate::domain::refusal::Refused;
use crate::t;
use crate::web::ctx::Ctx;
use crate::web::fields::{Fields, Problems};
use crate::web::layout::{self, Extra, Rail};
use crate::web::reply::Reply;
use crate::web::respond::{Handled, Trouble};
use crate::web::ui::banner::banner;
use crate::web::ui::button::{Button, actions, back_link};
use crate::web::ui::choice_rows::{Choice, ChoiceRows};
use crate::web::ui::date3::{Date3, Part};
use crate::web::ui::error_summary::error_summary;
use crate::web::ui::field::{Field, Wrong};
use crate::web::ui::form::Form;
use crate::web::ui::tag::Tone;
use crate::web::ui::text::theirs;

/// The longest reason, in characters.
const REASON_MAX: usize = 300;

/// `GET /staff/patients/{patient}/archive`
pub fn show(ctx: &Ctx) -> Handled {
    let chart = chart(ctx)?;
    let page = view(ctx, &chart, &Fields::default(), &Problems::default());
    Ok(Reply::page(page))
}

/// `POST /staff/patients/{patient}/archive`
pub fn submit(ctx: &Ctx) -> Handled {
    let form = ctx.only(&["why", "reason", "on-day", "on-month", "on-year"])?;
    let text = ctx.text;
    let mut problems = Problems::default();
    let why = match form.get("why") {
        "archived" => {
            let reason = form.get("reason");
            if reason.is_empty() {
                problems.add("reason", t!(text, "archive-problem-reason"));
            } else if reason.chars().count() > REASON_MAX {
                problems.add("reason", t!(text, "error-too-long", max = REASON_MAX));
            }
            Some(PutAway::Archived(reason.to_owned()))
        }
        "deceased" => {
            let parts = (
                form.get("on-day"),
                form.get("on-month"),
                form.get("on-year"),
            );
            match parse_date(ctx, parts) {
                Ok(on) if on.is_none_or(|on| on <= ctx.today()) => Some(PutAway::Deceased(on)),
                Ok(_) | Err(NotADate) => {
                    problems.add("on", t!(text, "archive-problem-date"));
                    None
                }
            }
        }
        _ => {
            problems.add("why", t!(text, "archive-problem-why"));
            None
        }
    };
    let Some(why) = why.filter(|_| problems.is_empty()) else {
        let chart = chart(ctx)?;
        return Ok(Reply::problems(view(ctx, &chart, form, &problems)));
    };
    let id: PatientId = ctx.param("patient")?;
    registration::put_away(&ctx.clinic, &ctx.caller(), id, why)?;
    Ok(Reply::done(&path(id, ""), "put-away"))
}

/// `POST /staff/patients/{patient}/return`
pub fn take_back(ctx: &Ctx) -> Handled {
    ctx.only(&[])?;
    let id: PatientId = ctx.param("patient")?;
    registration::take_back(&ctx.clinic, &ctx.caller(), id)?;
    Ok(Reply::done(&path(id, ""), "taken-back"))
}

fn chart(ctx: &Ctx) -> Result<Chart, Trouble> {
    let chart = charts::find(&ctx.clinic, &ctx.caller(), ctx.param("patient")?)?;
    if !chart.patient.is_active() {
        return Err(Refused::ChartNotActive.into());
    }
    ctx.saw([chart.patient.id]);
    Ok(chart)
}

fn view(ctx: &Ctx, chart: &Chart, typed: &Fields, problems: &Problems) -> Markup {
    let text = ctx.text;
    let title = t!(text, "archive-title");
    let prefix = t!(text, "page-error-prefix");
    let wrong = |name: &str| {
        problems.of(name).map(|message| Wrong {
            prefix: &prefix,
            message,
        })
    };
    let (left, died) = (t!(text, "archive-left"), t!(text, "archive-died"));
    let choice = |value, label| Choice {
        value,
        label,
        detail: None,
        checked: typed.get("why") == value,
    };
    let (day, month, year) = (
        t!(text, "date-day"),
        t!(text, "date-month"),
        t!(text, "date-year"),
    );
    let part = |label, name| Part {
        label,
        value: typed.get(name),
    };
    let now = t!(text, "archive-now");
    let form = Form::new(&path(chart.patient.id, "archive"), &ctx.token()).show(&html! {
        (ChoiceRows {
            id: "why",
            legend: &t!(text, "archive-why"),
            heading: false,
            hint: None,
            wrong: wrong("why"),
            several: false,
            choices: &[choice("archived", &left), choice("deceased", &died)],
        }.show())
        (Field::new("reason", &t!(text, "archive-reason"))
            .hint(&t!(text, "archive-reason-hint"))
            .value(typed.get("reason"))
            .wrong(wrong("reason"))
            .show())
        (Date3 {
            id: "on",
            legend: &t!(text, "archive-on"),
            heading: false,
            hint: Some(&t!(text, "archive-on-hint")),
            wrong: wrong("on"),
            order: date_order(ctx),
            day: part(&day, "on-day"),
            month: part(&month, "on-month"),
            year: part(&year, "on-year"),
            own_birthday: false,
        }.show())
        (actions(&Button::danger(&now).submit()))
    });
    let summary: Vec<(&str, &str)> = problems.iter().collect();
    let body = html! {
        (back_link(&path(chart.patient.id, ""), &t!(text, "chart-back")))
        (error_summary(&t!(text, "error-summary"), &summary))
        h1 { (title) }
        p { (theirs(&chart.patient.name().full())) }
        p { (t!(text, "archive-explain")) }
        @if !chart.ahead.is_empty() {
            (banner(
                Tone::Warn,
                &t!(text, "archive-visits", count = chart.ahead.len()),
                &html! { p { (t!(text, "archive-visits-explain")) } },
            ))
        }
        (form)
    };
    let extra = Extra {
        has_problems: !problems.is_empty(),
        ..Extra::default()
    };
    layout::staff(ctx, Rail::Patients, &title, extra, body)
}
