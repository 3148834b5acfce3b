//! Set-up 6: an app that shows codes, so that the password alone lets nobody in.

use maud::html;

use super::{Screen, at, onwards, path};
use crate::app::second_factor;
use crate::app::setup;
use crate::domain::settings::SetupStep;
use crate::t;
use crate::web::ctx::Ctx;
use crate::web::fields::Problems;
use crate::web::question::refusal;
use crate::web::respond::{Handled, Trouble};
use crate::web::staff::phone;
use crate::web::staff::settings::Wrongs;
use crate::web::ui::button::{Button, actions};
use crate::web::ui::field::{Field, Kind};
use crate::web::ui::form::Form;

/// `GET /setup/second-factor`
pub fn show(ctx: &Ctx) -> Handled {
    at(ctx, SetupStep::SecondFactor)?;
    page(ctx, &Problems::default())
}

/// `POST /setup/second-factor`: the first code, or later.
pub fn save(ctx: &Ctx) -> Handled {
    let form = ctx.only(&["code", "do"])?;
    at(ctx, SetupStep::SecondFactor)?;
    let known = ctx.known.as_ref().ok_or(Trouble::SignIn)?;
    if form.get("do") == "later" || known.login.has_totp() {
        setup::go_past(&ctx.clinic, &ctx.caller(), SetupStep::SecondFactor)?;
        return Ok(onwards(ctx));
    }
    let visitor = ctx.at_the_door();
    match second_factor::confirm(&ctx.clinic, &visitor, known, form.get("code")) {
        Ok(codes) => {
            setup::go_past(&ctx.clinic, &ctx.caller(), SetupStep::SecondFactor)?;
            Ok(phone::recovery(ctx, &codes, path(SetupStep::RecoverySheet)))
        }
        Err(stop) => page(ctx, &refusal(ctx, "code", stop)?),
    }
}

fn page(ctx: &Ctx, problems: &Problems) -> Handled {
    let text = ctx.text;
    let known = ctx.known.as_ref().ok_or(Trouble::SignIn)?;
    let wrongs = Wrongs::new(ctx, problems);
    let later = t!(text, "setup-later");
    let body = if known.login.has_totp() {
        html! {
            p { (t!(text, "setup-second-has")) }
            (Button::primary(&t!(text, "setup-continue")).post("/setup/second-factor", &ctx.token(), &[]))
        }
    } else {
        let enrolment = second_factor::set_up(&ctx.clinic, known)?;
        html! {
            (phone::told(ctx, &enrolment))
            (Form::new("/setup/second-factor", &ctx.token()).show(&html! {
                (Field::new("code", &t!(text, "app-code")).kind(Kind::Code).wrong(wrongs.of("code")).show())
                (actions(&html! {
                    (Button::primary(&t!(text, "app-go")).sends("do", "save").submit())
                    (Button::secondary(&later).sends("do", "later").submit())
                }))
            }))
        }
    };
    Ok(Screen {
        step: SetupStep::SecondFactor,
        title: t!(text, "app-title"),
        problems,
        body,
        scripts: &[],
    }
    .show(ctx))
}
