//! Settings: single days of a practitioner that are unlike their weekday.

use jiff::civil::Date;
use maud::{Markup, html};

use super::hours::{self, PATH, day};
use super::{NEXT, Wrongs, line};
use crate::app::practice::{self, KeptException, Trial};
use crate::domain::id::PractitionerId;
use crate::domain::schedule::TimeRange;
use crate::t;
use crate::text::hours as words;
use crate::web::ctx::Ctx;
use crate::web::fields::{Fields, Problems};
use crate::web::reply::Reply;
use crate::web::respond::{Handled, Trouble};
use crate::web::ui::button::{Button, actions};
use crate::web::ui::field::{Field, Kind, Width};
use crate::web::ui::form::Form;
use crate::web::ui::icon::Icon;
use crate::web::ui::text::theirs;

/// `POST /staff/settings/hours/{practitioner}/days`: keep, or try.
pub fn add(ctx: &Ctx) -> Handled {
    let who: PractitionerId = ctx.param("practitioner")?;
    let form = ctx.only(&["day", "last", "windows", "note", "do"])?;
    let mut problems = Problems::default();
    match read(ctx, form, &mut problems) {
        Some((span, windows, _)) if problems.is_empty() && form.get("do") == "preview" => {
            let trial = Trial {
                days: Some((span, &windows)),
                ..Trial::default()
            };
            hours::page_with_days(ctx, form, &problems, Some(trial))
        }
        Some((span, windows, note)) if problems.is_empty() => {
            practice::set_exception(&ctx.clinic, &ctx.caller(), who, span, windows, &note)?;
            Ok(Reply::done(&format!("{PATH}/{who}"), "saved"))
        }
        _ => hours::page_with_days(ctx, form, &problems, None),
    }
}

type Exception = ((Date, Date), Vec<TimeRange>, String);

fn read(ctx: &Ctx, form: &Fields, problems: &mut Problems) -> Option<Exception> {
    let text = ctx.text;
    if form.get("day").is_empty() {
        problems.add("day", t!(text, "days-error-day"));
    }
    let first = day(ctx, form, problems, "day");
    let last = day(ctx, form, problems, "last").or(first);
    let windows = match words::parse(form.get("windows")) {
        Ok(windows) => windows,
        Err(problem) => {
            problems.add("windows", text.hours_problem(&problem));
            return None;
        }
    };
    let note = line(ctx, form, problems, "note", 100, None);
    let (first, last) = (first?, last?);
    let length = first.until(last).map_or(i32::MAX, |span| span.get_days());
    if last < first {
        problems.add("last", t!(text, "settings-error-date-order"));
    } else if length >= practice::MAX_SPAN_DAYS {
        problems.add("last", t!(text, "days-error-long"));
    }
    Some(((first, last), windows, note))
}

/// `POST /staff/settings/hours/{practitioner}/days/removal`
pub fn remove(ctx: &Ctx) -> Handled {
    let who: PractitionerId = ctx.param("practitioner")?;
    let date = ctx.only(&["day"])?.parsed("day");
    let date: Date = date.ok_or(Trouble::BadRequest)?;
    practice::drop_exception(&ctx.clinic, &ctx.caller(), who, date)?;
    Ok(Reply::done(&format!("{PATH}/{who}"), "saved"))
}

/// The list of such days and the form for another one.
pub fn section(ctx: &Ctx, form: &Fields, problems: &Problems) -> Result<Markup, Trouble> {
    let text = ctx.text;
    let who: PractitionerId = ctx.param("practitioner")?;
    let kept = practice::exceptions(&ctx.clinic, &ctx.caller(), who)?;
    let wrongs = Wrongs::new(ctx, problems);
    let path = format!("{PATH}/{who}/days");
    let inside = html! {
        div.grid-form {
            (Field::new("day", &t!(text, "days-day")).kind(Kind::Date).width(Width::Ten)
                .value(form.get("day")).wrong(wrongs.of("day")).show())
            (Field::new("last", &t!(text, "days-last")).kind(Kind::Date).width(Width::Ten)
                .hint(&t!(text, "days-last-hint")).value(form.get("last")).wrong(wrongs.of("last")).show())
            (Field::new("windows", &t!(text, "days-windows")).hint(&t!(text, "days-windows-hint"))
                .value(form.get("windows")).wrong(wrongs.of("windows")).show())
            (Field::new("note", &t!(text, "days-note")).value(form.get("note")).wrong(wrongs.of("note")).show())
        }
        (actions(&html! {
            (Button::primary(&t!(text, "days-add")).sends("do", "save").submit())
            (Button::secondary(&t!(text, "hours-preview")).sends("do", "preview").submit())
        }))
    };
    Ok(html! {
        section.stack {
            h2 { (t!(text, "days-title")) }
            @if kept.is_empty() { p.muted { (t!(text, "days-none")) } }
            @else { (list(ctx, &path, &kept)) }
            (Form::new(&path, &ctx.token()).swap("hours").preview(NEXT).show(&inside))
        }
    })
}

fn list(ctx: &Ctx, path: &str, kept: &[KeptException]) -> Markup {
    let text = ctx.text;
    let token = ctx.token();
    let (remove, removal) = (t!(text, "days-remove"), format!("{path}/removal"));
    html! {
        ul.rows {
            @for one in kept {
                @let date = text.date(one.exception.date);
                li { div.row.bare.tagged {
                    span {
                        b { (date) }
                        small {
                            @if one.exception.windows.is_empty() { (t!(text, "days-off")) }
                            @else { (words::write(&one.exception.windows)) }
                            @if !one.exception.note.is_empty() { ", " (theirs(&one.exception.note)) }
                        }
                    }
                    div.end {
                        (Button::secondary(&remove).about(&date).small().icon(Icon::Trash2)
                            .post(&removal, &token, &[("day", &one.exception.date.to_string())]))
                    }
                } }
            }
        }
    }
}
