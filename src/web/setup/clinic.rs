//! Set-up 2: what the clinic is called, what it does, and where it is. The country decides the rest,
//! which can be changed below.

use maud::html;

use super::{Screen, at};
use crate::app::clinic_settings::Facts;
use crate::app::setup;
use crate::domain::settings::SetupStep;
use crate::t;
use crate::web::ctx::Ctx;
use crate::web::fields::{Fields, Problems};
use crate::web::reply::Reply;
use crate::web::respond::Handled;
use crate::web::staff::settings::Wrongs;
use crate::web::staff::settings::clinic::{FIELDS, first_fields, place_fields, read, typed, usual};
use crate::web::ui::button::{Button, actions};
use crate::web::ui::details::details;
use crate::web::ui::form::{Form, hidden};

/// `GET /setup/clinic`
pub fn show(ctx: &Ctx) -> Handled {
    at(ctx, SetupStep::Clinic)?;
    let mut facts = Facts::of(&ctx.current.settings);
    if ctx.current.settings.setup == SetupStep::Clinic {
        facts.name = String::new();
    }
    let typed = with_known(&typed(&facts));
    Ok(page(ctx, &typed, &Problems::default(), false))
}

/// `POST /setup/clinic`
pub fn save(ctx: &Ctx) -> Handled {
    let mut fields: Vec<&str> = FIELDS.to_vec();
    fields.push("known");
    let form = ctx.only(&fields)?;
    at(ctx, SetupStep::Clinic)?;
    if form.get("do") == "country" {
        let form = with_known(&usual(ctx, form));
        return Ok(page(ctx, &form, &Problems::default(), true));
    }
    // Another country than the one that the details were filled in for brings its own.
    let form = if form.get("known") == form.get("country") {
        form.clone()
    } else {
        with_known(&usual(ctx, form))
    };
    match read(ctx, &form)? {
        Ok(mut facts) => {
            let kept = Facts::of(&ctx.current.settings);
            (facts.phone, facts.address) = (kept.phone, kept.address);
            setup::save_clinic(&ctx.clinic, &ctx.caller(), facts)?;
            Ok(Reply::see_other("/setup/services"))
        }
        Err(problems) => Ok(page(ctx, &form, &problems, true)),
    }
}

/// Remembers for which country the details were filled in.
fn with_known(typed: &Fields) -> Fields {
    let mut pairs: Vec<(String, String)> = typed
        .iter()
        .filter(|(name, _)| *name != "known")
        .map(|(n, v)| (n.to_owned(), v.to_owned()))
        .collect();
    pairs.push(("known".to_owned(), typed.get("country").to_owned()));
    Fields::from_pairs(pairs)
}

fn page(ctx: &Ctx, typed: &Fields, problems: &Problems, open: bool) -> Reply {
    let text = ctx.text;
    let wrongs = Wrongs::new(ctx, problems);
    let body = Form::new("/setup/clinic", &ctx.token()).show(&html! {
        (hidden("known", typed.get("known")))
        (first_fields(ctx, typed, &wrongs))
        (details(&t!(text, "setup-clinic-more"), &html! {
            p { (Button::secondary(&t!(text, "clinic-usual")).small().sends("do", "country").submit()) }
            (place_fields(ctx, typed, &wrongs))
        }, open))
        (actions(&Button::primary(&t!(text, "setup-continue")).sends("do", "save").submit()))
    });
    Screen {
        step: SetupStep::Clinic,
        title: t!(text, "setup-clinic-title"),
        problems,
        body,
        scripts: &[],
    }
    .show(ctx)
}
