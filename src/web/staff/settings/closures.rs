//! Settings: days on which the whole clinic is closed, and the holidays that it may keep.

use jiff::civil::Date;
use maud::{Markup, html};

use super::hours::day;
use super::{Frame, NEXT, Wrongs, line, next_times, outside_hours, reply};
use crate::app::practice::{self, KeptClosure, Trial};
use crate::domain::holiday::Holiday;
use crate::domain::id::ClosureId;
use crate::domain::schedule::Closure;
use crate::t;
use crate::web::ctx::Ctx;
use crate::web::fields::{Fields, Problems};
use crate::web::reply::Reply;
use crate::web::respond::{Handled, Trouble};
use crate::web::ui::button::{Button, actions};
use crate::web::ui::choice_rows::{Choice, ChoiceRows};
use crate::web::ui::field::{Field, Kind, Width};
use crate::web::ui::form::Form;
use crate::web::ui::icon::Icon;
use crate::web::ui::text::theirs;

/// The path of the page.
const PATH: &str = "/staff/settings/closures";

/// `GET /staff/settings/closures`
pub fn show(ctx: &Ctx) -> Handled {
    page(ctx, &Fields::default(), &Problems::default(), None)
}

/// `POST /staff/settings/closures`: keep, or try.
pub fn add(ctx: &Ctx) -> Handled {
    let text = ctx.text;
    let form = ctx.only(&["day", "last", "name", "do"])?;
    let trying = form.get("do") == "preview";
    let mut problems = Problems::default();
    if form.get("day").is_empty() {
        problems.add("day", t!(text, "closures-error-day"));
    }
    let first = day(ctx, form, &mut problems, "day");
    let last = day(ctx, form, &mut problems, "last").or(first);
    // When patients can come does not depend on why they cannot.
    let missing = (!trying).then(|| t!(text, "closures-error-name"));
    let name = line(ctx, form, &mut problems, "name", 80, missing);
    if first.is_some() && last < first {
        problems.add("last", t!(text, "settings-error-date-order"));
    }
    let (Some(from), Some(until), true) = (first, last, problems.is_empty()) else {
        return page(ctx, form, &problems, None);
    };
    let closure = Closure { from, until, name };
    if trying {
        return page(ctx, form, &problems, Some(&closure));
    }
    practice::close(&ctx.clinic, &ctx.caller(), vec![closure])?;
    Ok(Reply::done(PATH, "saved"))
}

/// `POST /staff/settings/closures/holidays`: keeps the ticked ones.
pub fn confirm(ctx: &Ctx) -> Handled {
    let form = ctx.only(&["holiday"])?;
    let suggested = practice::holiday_suggestions(&ctx.clinic, &ctx.caller())?;
    let mut closures = Vec::new();
    for value in form.all("holiday") {
        let date: Date = value.parse().map_err(|_| Trouble::BadRequest)?;
        // One that meanwhile is kept already needs nothing.
        if let Some(holiday) = suggested.iter().find(|h| h.date == date) {
            closures.push(Closure {
                from: date,
                until: date,
                name: holiday.name.to_owned(),
            });
        }
    }
    if !closures.is_empty() {
        practice::close(&ctx.clinic, &ctx.caller(), closures)?;
    }
    Ok(Reply::done(PATH, "saved"))
}

/// `POST /staff/settings/closures/{closure}/removal`
pub fn remove(ctx: &Ctx) -> Handled {
    ctx.only(&[])?;
    let id: ClosureId = ctx.param("closure")?;
    practice::open_again(&ctx.clinic, &ctx.caller(), id)?;
    Ok(Reply::done(PATH, "saved"))
}

fn page(ctx: &Ctx, form: &Fields, problems: &Problems, tried: Option<&Closure>) -> Handled {
    let text = ctx.text;
    let caller = ctx.caller();
    let closures = practice::closures(&ctx.clinic, &caller)?;
    let holidays = practice::holiday_suggestions(&ctx.clinic, &caller)?;
    let left = practice::left_outside(&ctx.clinic, &caller, None)?;
    let trial = Trial {
        closure: tried,
        ..Trial::default()
    };
    let next = practice::preview(&ctx.clinic, &caller, None, None, trial)?;
    let wrongs = Wrongs::new(ctx, problems);
    let add = html! {
        div.grid-form {
            (Field::new("day", &t!(text, "closures-first")).kind(Kind::Date).width(Width::Ten)
                .value(form.get("day")).wrong(wrongs.of("day")).show())
            (Field::new("last", &t!(text, "days-last")).kind(Kind::Date).width(Width::Ten)
                .hint(&t!(text, "days-last-hint")).value(form.get("last")).wrong(wrongs.of("last")).show())
            (Field::new("name", &t!(text, "closures-name")).hint(&t!(text, "closures-name-hint"))
                .value(form.get("name")).wrong(wrongs.of("name")).show())
        }
        (actions(&html! {
            (Button::primary(&t!(text, "closures-add")).sends("do", "save").submit())
            (Button::secondary(&t!(text, "hours-preview")).sends("do", "preview").submit())
        }))
    };
    let body = html! {
        (outside_hours(ctx, &left))
        @if closures.is_empty() { p.muted { (t!(text, "closures-none")) } }
        @else { (list(ctx, &closures)) }
        div.split {
            div.stack {
                h2 { (t!(text, "closures-add-title")) }
                (Form::new(PATH, &ctx.token()).preview(NEXT).show(&add))
                (suggestions(ctx, &holidays))
            }
            (next_times(ctx, &next, tried.is_some()))
        }
    };
    let page = Frame::new(t!(text, "closures-title"), problems).show(ctx, &body);
    Ok(reply(page, problems))
}

fn list(ctx: &Ctx, closures: &[KeptClosure]) -> Markup {
    let text = ctx.text;
    let token = ctx.token();
    let remove = t!(text, "closures-remove");
    html! {
        ul.rows {
            @for kept in closures {
                @let Closure { from, until, name } = &kept.closure;
                li { div.row.bare.tagged {
                    span {
                        b { (theirs(name)) }
                        small {
                            @if from == until { (text.date(*from)) }
                            @else { (t!(text, "closures-span", from = text.date(*from), until = text.date(*until))) }
                        }
                    }
                    div.end {
                        (Button::secondary(&remove).about(name).small().icon(Icon::Trash2)
                            .post(&format!("{PATH}/{}/removal", kept.id), &token, &[]))
                    }
                } }
            }
        }
    }
}

fn suggestions(ctx: &Ctx, holidays: &[Holiday]) -> Markup {
    let text = ctx.text;
    if holidays.is_empty() {
        return html! {};
    }
    let shown: Vec<(String, String)> = holidays
        .iter()
        .map(|day| (day.date.to_string(), text.date(day.date)))
        .collect();
    let choices: Vec<Choice<'_>> = holidays
        .iter()
        .zip(&shown)
        .map(|(day, (value, date))| Choice {
            value,
            label: day.name,
            detail: Some(date),
            checked: true,
        })
        .collect();
    let rows = ChoiceRows {
        id: "holiday",
        legend: &t!(text, "closures-holidays"),
        heading: false,
        hint: Some(&t!(text, "closures-holidays-hint")),
        wrong: None,
        several: true,
        choices: &choices,
    };
    html! {
        section.stack {
            (Form::new(&format!("{PATH}/holidays"), &ctx.token()).show(&html! {
                (rows.show())
                (actions(&Button::secondary(&t!(text, "closures-holidays-keep")).submit()))
            }))
        }
    }
}
