//! Set-up 4: when you see people. After this the first time can be booked.

use maud::html;

use super::{Screen, at};
use crate::app::setup;
use crate::domain::settings::SetupStep;
use crate::t;
use crate::web::ctx::Ctx;
use crate::web::fields::{Fields, Problems};
use crate::web::reply::Reply;
use crate::web::respond::Handled;
use crate::web::staff::settings::hours::{DAYS, read_week, week_pairs};
use crate::web::staff::settings::{Wrongs, line};
use crate::web::ui::button::Button;
use crate::web::ui::field::Field;
use crate::web::ui::form::Form;

/// `GET /setup/hours`
pub fn show(ctx: &Ctx) -> Handled {
    at(ctx, SetupStep::Hours)?;
    let mine = setup::mine(&ctx.clinic, &ctx.caller())?;
    let (name, week) = match mine {
        Some((one, rule)) => (
            one.name.full(),
            rule.map_or_else(setup::usual_hours, |rule| rule.hours),
        ),
        None => (ctx.caller().actor.name, setup::usual_hours()),
    };
    let mut pairs = week_pairs(&week);
    pairs.push(("name".to_owned(), name));
    Ok(page(ctx, &Fields::from_pairs(pairs), &Problems::default()))
}

/// `POST /setup/hours`
pub fn save(ctx: &Ctx) -> Handled {
    let form = ctx.only(&["name", "mon", "tue", "wed", "thu", "fri", "sat", "sun"])?;
    at(ctx, SetupStep::Hours)?;
    let text = ctx.text;
    let mut problems = Problems::default();
    let missing = Some(t!(text, "practitioner-error-name"));
    let name = line(ctx, form, &mut problems, "name", 100, missing);
    let week = read_week(ctx, form, &mut problems);
    if week.is_empty() && problems.is_empty() {
        problems.add("mon", t!(text, "setup-error-hours"));
    }
    if !problems.is_empty() {
        return Ok(page(ctx, form, &problems));
    }
    setup::save_hours(&ctx.clinic, &ctx.caller(), &name, week)?;
    Ok(Reply::see_other("/setup/look"))
}

fn page(ctx: &Ctx, typed: &Fields, problems: &Problems) -> Reply {
    let text = ctx.text;
    let wrongs = Wrongs::new(ctx, problems);
    let body = html! {
        p { (t!(text, "setup-hours-text")) }
        (Form::new("/setup/hours", &ctx.token()).show(&html! {
            (Field::new("name", &t!(text, "setup-hours-who")).hint(&t!(text, "setup-hours-who-hint"))
                .value(typed.get("name")).wrong(wrongs.of("name")).show())
            p.hint { (t!(text, "hours-day-hint")) }
            @for (day, weekday) in DAYS {
                (Field::new(day, &text.weekday(weekday)).value(typed.get(day)).wrong(wrongs.of(day)).show())
            }
            (Button::primary(&t!(text, "setup-continue")).submit())
        }))
    };
    Screen {
        step: SetupStep::Hours,
        title: t!(text, "setup-hours-title"),
        problems,
        body,
        scripts: &[],
    }
    .show(ctx)
}
