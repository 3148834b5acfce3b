//! My own account: password, app, devices.

use maud::{Markup, html};

use super::{lock, phone};
use crate::app::Stop;
use crate::app::sessions::Known;
use crate::app::{second_factor, staff_access};
use crate::domain::refusal::Refused;
use crate::t;
use crate::web::cookies;
use crate::web::ctx::Ctx;
use crate::web::devices;
use crate::web::fields::Problems;
use crate::web::layout::{self, Extra, Rail};
use crate::web::question::{Question, refusal, wrong};
use crate::web::reply::Reply;
use crate::web::respond::{Handled, Trouble};
use crate::web::ui::button::{Button, actions};
use crate::web::ui::error_summary::error_summary;
use crate::web::ui::field::{Field, Kind};
use crate::web::ui::form::Form;

const PATH: &str = "/staff/account";
const APP: &str = "/staff/account/app";
const RECOVERY: &str = "/staff/account/recovery";
const DEVICES: &str = "/staff/account/devices";

fn known(ctx: &Ctx) -> Result<&Known, Trouble> {
    ctx.known.as_ref().ok_or(Trouble::SignIn)
}

/// `GET /staff/account`
pub fn show(ctx: &Ctx) -> Handled {
    Ok(Reply::page(view(ctx, &Problems::default())?))
}

fn view(ctx: &Ctx, problems: &Problems) -> Result<Markup, Trouble> {
    let text = ctx.text;
    let title = t!(text, "staff-account");
    let summary: Vec<(&str, &str)> = problems.iter().collect();
    let prefix = t!(text, "page-error-prefix");
    let login = &known(ctx)?.login;
    let has_app = login.has_totp();
    let app = if has_app {
        t!(text, "account-new-app")
    } else {
        t!(text, "account-set-up-app")
    };
    let form = Form::new(PATH, &ctx.token()).show(&html! {
        (Field::new("current", &t!(text, "account-current"))
            .kind(Kind::Password)
            .autocomplete("current-password")
            .wrong(wrong(problems, "current", &prefix))
            .show())
        (Field::new("new", &t!(text, "password-new"))
            .kind(Kind::Password)
            .hint(&t!(text, "password-hint"))
            .autocomplete("new-password")
            .wrong(wrong(problems, "new", &prefix))
            .show())
        (Button::secondary(&t!(text, "account-change")).submit())
    });
    let body = html! {
        @if !problems.is_empty() { (error_summary(&t!(text, "error-summary"), &summary)) }
        h1 { (title) }
        h2 { (t!(text, "staff-sign-in-password")) }
        div.narrow { (form) }
        h2 { (t!(text, "account-app")) }
        (actions(&Button::secondary(&app).link(APP)))
        @if has_app {
            h2 { (t!(text, "account-recovery")) }
            p { (t!(text, "account-recovery-left", count = login.recovery.len())) }
            (actions(&Button::secondary(&t!(text, "account-recovery-new")).link(RECOVERY)))
        }
        h2 { (t!(text, "me-devices")) }
        (devices::list(ctx, DEVICES)?)
    };
    let extra = Extra {
        has_problems: !problems.is_empty(),
        ..Extra::default()
    };
    Ok(layout::staff(ctx, Rail::None, &title, extra, body))
}

/// `POST /staff/account`: another password.
pub fn change_password(ctx: &Ctx) -> Handled {
    let form = ctx.only(&["current", "new"])?;
    let (current, new) = (
        form.find("current").unwrap_or(""),
        form.find("new").unwrap_or(""),
    );
    let visitor = ctx.at_the_door();
    match staff_access::change_password(&ctx.clinic, &visitor, known(ctx)?, current, new) {
        Ok(()) => Ok(Reply::see_other(PATH)),
        Err(stop) => {
            let weak = matches!(stop, Stop::Refused(Refused::WeakPassword(_)));
            let field = if weak { "new" } else { "current" };
            let problems = refusal(ctx, field, stop)?;
            Ok(Reply::problems(view(ctx, &problems)?))
        }
    }
}

/// `POST /staff/account/devices`: signs one device out, or all of them.
pub fn end_device(ctx: &Ctx) -> Handled {
    let cleared = cookies::clear(cookies::STAFF);
    devices::end(ctx, PATH, layout::STAFF_SIGN_IN, &cleared)
}

/// `GET /staff/account/app`: a first app, or a new phone.
pub fn app(ctx: &Ctx) -> Handled {
    app_view(ctx, &Problems::default())
}

/// `POST /staff/account/app`
pub fn confirm_app(ctx: &Ctx) -> Handled {
    let code = ctx.only(&["code"])?.get("code");
    match second_factor::confirm(&ctx.clinic, &ctx.at_the_door(), known(ctx)?, code) {
        Ok(codes) => Ok(phone::recovery(ctx, &codes, PATH)),
        Err(Stop::Refused(Refused::ProveAgain)) => Ok(prove_again(APP)),
        Err(stop) => app_view(ctx, &refusal(ctx, "code", stop)?),
    }
}

fn app_view(ctx: &Ctx, problems: &Problems) -> Handled {
    match second_factor::set_up(&ctx.clinic, known(ctx)?) {
        Ok(enrolment) => Ok(phone::set_up(ctx, &enrolment, (APP, PATH), problems)),
        Err(Stop::Refused(Refused::ProveAgain)) => Ok(prove_again(APP)),
        Err(stop) => Err(stop.into()),
    }
}

/// The password again is a fresh proof; then on to where they were going.
fn prove_again(to: &str) -> Reply {
    Reply::see_other(&lock::path(to))
}

/// `GET /staff/account/recovery`: what new recovery codes do to the old ones.
pub fn recovery(ctx: &Ctx) -> Handled {
    let text = ctx.text;
    match second_factor::may_renew_recovery(&ctx.clinic, known(ctx)?) {
        Ok(()) => Ok(Question {
            title: &t!(text, "account-recovery-title"),
            headed: false,
            lead: html! { p { (t!(text, "account-recovery-lead")) } },
            action: RECOVERY,
            fields: html! {},
            button: &t!(text, "account-recovery-new"),
            below: html! {},
            back: Some(PATH),
        }
        .show(ctx, &Problems::default())),
        Err(Refused::ProveAgain) => Ok(prove_again(RECOVERY)),
        // Without an app there is nothing to recover; their account says how to set one up.
        Err(Refused::NotFound) => Ok(Reply::see_other(PATH)),
        Err(refused) => Err(refused.into()),
    }
}

/// `POST /staff/account/recovery`
pub fn renew_recovery(ctx: &Ctx) -> Handled {
    ctx.only(&[])?;
    match second_factor::renew_recovery(&ctx.clinic, known(ctx)?, ctx.request) {
        Ok(codes) => Ok(phone::recovery(ctx, &codes, PATH)),
        Err(Stop::Refused(Refused::ProveAgain)) => Ok(prove_again(RECOVERY)),
        Err(stop) => Err(stop.into()),
    }
}
