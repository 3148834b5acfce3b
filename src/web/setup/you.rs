//! Set-up 1: who you are, and the code from the terminal that proves it.

use maud::html;

use super::{Screen, elsewhere};
use crate::app::staff_access::{self, Owner};
use crate::domain::person::Email;
use crate::domain::settings::SetupStep;
use crate::t;
use crate::web::cookies;
use crate::web::ctx::Ctx;
use crate::web::fields::{Fields, Problems};
use crate::web::question::refusal;
use crate::web::reply::Reply;
use crate::web::respond::Handled;
use crate::web::staff::settings::{Wrongs, line};
use crate::web::ui::button::Button;
use crate::web::ui::field::{Field, Kind, Width};
use crate::web::ui::form::Form;

/// `GET /setup`
pub fn show(ctx: &Ctx) -> Handled {
    if ctx.current.settings.setup != SetupStep::You {
        return Ok(elsewhere(ctx));
    }
    let typed = Fields::from_pairs(vec![("code".to_owned(), ctx.query.get("code").to_owned())]);
    Ok(page(ctx, &typed, &Problems::default()))
}

/// `POST /setup`
pub fn save(ctx: &Ctx) -> Handled {
    let form = ctx.only(&["code", "name", "email", "password"])?;
    if ctx.current.settings.setup != SetupStep::You {
        return Ok(elsewhere(ctx));
    }
    let text = ctx.text;
    let mut problems = Problems::default();
    let missing = Some(t!(text, "setup-error-code"));
    let code = line(ctx, form, &mut problems, "code", 60, missing);
    let missing = Some(t!(text, "setup-error-name"));
    let name = line(ctx, form, &mut problems, "name", 100, missing);
    let email = Email::try_from(form.get("email"));
    let password = form.find("password").unwrap_or("").to_owned();
    if email.is_err() {
        problems.add("email", t!(text, "setup-error-email"));
    }
    if password.is_empty() {
        problems.add("password", t!(text, "setup-error-password"));
    }
    let (Ok(email), true) = (email, problems.is_empty()) else {
        return Ok(page(ctx, form, &problems));
    };
    let owner = Owner {
        name,
        email,
        password,
    };
    match staff_access::first_owner(&ctx.clinic, &ctx.at_the_door(), &code, &owner) {
        Ok(new) => Ok(Reply::see_other("/setup/clinic")
            .with_cookie(&cookies::staff(&new.token))
            .with_cookie(&cookies::clear(cookies::VISITOR))),
        Err(stop) => {
            let weak = matches!(
                &stop,
                crate::app::Stop::Refused(crate::domain::refusal::Refused::WeakPassword(_))
            );
            let field = if weak { "password" } else { "code" };
            Ok(page(ctx, form, &refusal(ctx, field, stop)?))
        }
    }
}

fn page(ctx: &Ctx, typed: &Fields, problems: &Problems) -> Reply {
    let text = ctx.text;
    let wrongs = Wrongs::new(ctx, problems);
    let body = html! {
        p { (t!(text, "setup-you-text")) }
        (Form::new("/setup", &ctx.token()).show(&html! {
            (Field::new("code", &t!(text, "setup-code")).width(Width::Ten).hint(&t!(text, "setup-code-hint"))
                .autocomplete("off").value(typed.get("code")).wrong(wrongs.of("code")).show())
            (Field::new("name", &t!(text, "setup-name")).autocomplete("name")
                .value(typed.get("name")).wrong(wrongs.of("name")).show())
            (Field::new("email", &t!(text, "staff-sign-in-email")).kind(Kind::Email).autocomplete("username")
                .value(typed.get("email")).wrong(wrongs.of("email")).show())
            (Field::new("password", &t!(text, "password-new")).kind(Kind::Password).autocomplete("new-password")
                .hint(&t!(text, "password-hint")).wrong(wrongs.of("password")).show())
            (Button::primary(&t!(text, "setup-continue")).submit())
        }))
    };
    Screen {
        step: SetupStep::You,
        title: t!(text, "setup-you-title"),
        problems,
        body,
        scripts: &[],
    }
    .show(ctx)
}
