//! Set-up 5: one colour and a logo. May be skipped; the clinic is open already.

use maud::html;

use super::{Screen, at};
use crate::app::clinic_settings::{self, Look};
use crate::app::practice;
use crate::app::setup;
use crate::domain::settings::{Logo, SetupStep};
use crate::t;
use crate::web::ctx::Ctx;
use crate::web::fields::{Fields, Problems};
use crate::web::reply::Reply;
use crate::web::respond::Handled;
use crate::web::staff::settings::look::{
    CHOSEN, NO_LOGO, PREVIEW, as_it_is, colour, logo_field, picture, preview_region, samples,
    with_sample,
};
use crate::web::staff::settings::{Wrongs, next_times};
use crate::web::ui::button::{Button, actions};
use crate::web::ui::field::{Field, Width};
use crate::web::ui::form::Form;
use crate::web::ui::page::Script;

/// `GET /setup/look`
pub fn show(ctx: &Ctx) -> Handled {
    at(ctx, SetupStep::Look)?;
    let logo = ctx.current.settings.profile.logo.as_ref();
    page(ctx, &as_it_is(ctx), &Problems::default(), logo)
}

/// `POST /setup/look`: keep it, only look, or skip.
pub fn save(ctx: &Ctx) -> Handled {
    let form = ctx.only(&["colour", "sample", "logo", CHOSEN, NO_LOGO, "do"])?;
    at(ctx, SetupStep::Look)?;
    if form.get("do") != "skip" {
        let form = with_sample(form);
        let mut problems = Problems::default();
        let brand = colour(ctx, &form, &mut problems);
        let picture = picture(ctx, &form, &mut problems);
        let Some(brand) = brand.filter(|_| problems.is_empty() && form.get("do") != "preview")
        else {
            return page(ctx, &form, &problems, picture.as_ref());
        };
        let profile = &ctx.current.settings.profile;
        let look = Look {
            name: profile.name.clone(),
            welcome: profile.welcome.clone(),
            brand: brand.to_string(),
            logo: picture.filter(|_| !form.has(NO_LOGO)),
        };
        clinic_settings::publish_look(&ctx.clinic, &ctx.caller(), look)?;
    }
    setup::go_past(&ctx.clinic, &ctx.caller(), SetupStep::Look)?;
    Ok(Reply::see_other("/setup/second-factor"))
}

fn page(ctx: &Ctx, typed: &Fields, problems: &Problems, picture: Option<&Logo>) -> Handled {
    let text = ctx.text;
    let wrongs = Wrongs::new(ctx, problems);
    let next = practice::preview(
        &ctx.clinic,
        &ctx.caller(),
        None,
        None,
        practice::Trial::default(),
    )?;
    let brand = colour(ctx, typed, &mut Problems::default());
    let name = &ctx.current.settings.profile.name;
    let (go, preview, skip) = (
        t!(text, "setup-continue"),
        t!(text, "look-preview"),
        t!(text, "setup-skip"),
    );
    let body = html! {
        (next_times(ctx, &next, false))
        p { (t!(text, "setup-look-text")) }
        div.stack id="look" {
            (Form::new("/setup/look", &ctx.token()).preview(PREVIEW).with_files().show(&html! {
                (samples(ctx, typed.get("colour")))
                (Field::new("colour", &t!(text, "look-colour")).width(Width::Ten).hint(&t!(text, "look-colour-hint"))
                    .value(typed.get("colour")).wrong(wrongs.of("colour")).show())
                (logo_field(ctx, &wrongs, typed, picture))
                (actions(&html! {
                    (Button::primary(&go).sends("do", "save").submit())
                    (Button::secondary(&preview).sends("do", "preview").submit())
                    (Button::secondary(&skip).sends("do", "skip").submit())
                }))
            }))
            (preview_region(ctx, brand, name, "", picture.filter(|_| !typed.has(NO_LOGO))))
        }
    };
    Ok(Screen {
        step: SetupStep::Look,
        title: t!(text, "setup-look-title"),
        problems,
        body,
        scripts: &[Script("look.js")],
    }
    .show(ctx))
}
