//! Settings: one practitioner.

use maud::{Markup, html};

use super::hours::PATH as HOURS;
use super::{Frame, Wrongs, line, reply};
use crate::app::practice::{self, PractitionerDraft};
use crate::domain::id::PractitionerId;
use crate::t;
use crate::web::ctx::Ctx;
use crate::web::fields::{Fields, Problems};
use crate::web::reply::Reply;
use crate::web::respond::{Handled, Trouble};
use crate::web::ui::button::{Button, actions};
use crate::web::ui::choice_rows::{Choice, ChoiceRows, switch};
use crate::web::ui::field::{Field, Width};
use crate::web::ui::form::Form;

/// The path above each practitioner.
pub const PATH: &str = "/staff/settings/practitioners";

const FIELDS: [&str; 5] = ["prefix", "name", "role", "hue", "active"];

/// `GET /staff/settings/practitioners/new`
pub fn new(ctx: &Ctx) -> Handled {
    let everyone = practice::practitioners(&ctx.clinic, &ctx.caller())?;
    let hue = practice::next_hue(&everyone).to_string();
    let typed = Fields::from_pairs(vec![
        ("hue".to_owned(), hue),
        ("active".to_owned(), "on".to_owned()),
    ]);
    Ok(page(ctx, None, &typed, &Problems::default()))
}

/// `POST /staff/settings/practitioners/new`
pub fn add(ctx: &Ctx) -> Handled {
    let form = ctx.only(&FIELDS)?;
    match read(ctx, form)? {
        Ok(draft) => {
            let one = practice::add_practitioner(&ctx.clinic, &ctx.caller(), &draft)?;
            Ok(Reply::see_other(&format!("{HOURS}/{}", one.id)))
        }
        Err(problems) => Ok(page(ctx, None, form, &problems)),
    }
}

/// `GET /staff/settings/practitioners/{practitioner}`
pub fn show(ctx: &Ctx) -> Handled {
    let id: PractitionerId = ctx.param("practitioner")?;
    let one = practice::practitioner(&ctx.clinic, &ctx.caller(), id)?;
    let mut pairs = vec![
        ("prefix", one.name.prefix.clone()),
        ("name", one.name.full()),
        ("role", one.role.clone()),
        ("hue", one.hue.to_string()),
    ];
    if one.active {
        pairs.push(("active", "on".to_owned()));
    }
    let typed = Fields::from_pairs(pairs.into_iter().map(|(n, v)| (n.to_owned(), v)).collect());
    Ok(page(ctx, Some(id), &typed, &Problems::default()))
}

/// `POST /staff/settings/practitioners/{practitioner}`
pub fn save(ctx: &Ctx) -> Handled {
    let id: PractitionerId = ctx.param("practitioner")?;
    let form = ctx.only(&FIELDS)?;
    match read(ctx, form)? {
        Ok(draft) => {
            practice::change_practitioner(&ctx.clinic, &ctx.caller(), id, draft)?;
            Ok(Reply::done(&format!("{HOURS}/{id}"), "saved"))
        }
        Err(problems) => Ok(page(ctx, Some(id), form, &problems)),
    }
}

fn read(ctx: &Ctx, form: &Fields) -> Result<Result<PractitionerDraft, Problems>, Trouble> {
    let mut problems = Problems::default();
    let missing = Some(t!(ctx.text, "practitioner-error-name"));
    let draft = PractitionerDraft {
        title: line(ctx, form, &mut problems, "prefix", 20, None),
        name: line(ctx, form, &mut problems, "name", 100, missing),
        role: line(ctx, form, &mut problems, "role", 60, None),
        hue: form.parsed("hue").ok_or(Trouble::BadRequest)?,
        active: form.has("active"),
    };
    Ok(if problems.is_empty() {
        Ok(draft)
    } else {
        Err(problems)
    })
}

fn page(ctx: &Ctx, id: Option<PractitionerId>, typed: &Fields, problems: &Problems) -> Reply {
    let text = ctx.text;
    let wrongs = Wrongs::new(ctx, problems);
    let action = id.map_or_else(|| format!("{PATH}/new"), |id| format!("{PATH}/{id}"));
    let back = id.map_or_else(|| HOURS.to_owned(), |id| format!("{HOURS}/{id}"));
    let title = match id {
        Some(_) => t!(text, "practitioner-title"),
        None => t!(text, "practitioner-add"),
    };
    let body = Form::new(&action, &ctx.token()).show(&html! {
        (Field::new("prefix", &t!(text, "practitioner-prefix")).hint(&t!(text, "practitioner-prefix-hint"))
            .width(Width::Ten).value(typed.get("prefix")).wrong(wrongs.of("prefix")).show())
        (Field::new("name", &t!(text, "practitioner-name")).value(typed.get("name")).wrong(wrongs.of("name")).show())
        (Field::new("role", &t!(text, "practitioner-role")).hint(&t!(text, "practitioner-role-hint"))
            .value(typed.get("role")).wrong(wrongs.of("role")).show())
        (hues(ctx, typed.get("hue")))
        (switch("active", &t!(text, "practitioner-active"), typed.has("active")))
        (actions(&Button::primary(&t!(text, "settings-save")).submit()))
    });
    let page = Frame::new(title, problems).back(&back).show(ctx, &body);
    reply(page, problems)
}

fn hues(ctx: &Ctx, chosen: &str) -> Markup {
    let text = ctx.text;
    let named = [
        t!(text, "practitioner-hue-1"),
        t!(text, "practitioner-hue-2"),
        t!(text, "practitioner-hue-3"),
        t!(text, "practitioner-hue-4"),
        t!(text, "practitioner-hue-5"),
        t!(text, "practitioner-hue-6"),
        t!(text, "practitioner-hue-7"),
        t!(text, "practitioner-hue-8"),
    ];
    let values = ["1", "2", "3", "4", "5", "6", "7", "8"];
    let choices: Vec<Choice<'_>> = values
        .iter()
        .zip(&named)
        .map(|(value, label)| Choice {
            value,
            label,
            detail: None,
            checked: chosen == *value,
        })
        .collect();
    ChoiceRows {
        id: "hue",
        legend: &t!(text, "practitioner-hue"),
        heading: false,
        hint: None,
        wrong: None,
        several: false,
        choices: &choices,
    }
    .show()
}
