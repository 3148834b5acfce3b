//! People who work here sign in: e-mail and password, then the app.

use maud::html;

use super::phone;
use crate::app::sessions::NewSession;
use crate::app::staff_access::{self, Next};
use crate::domain::person::Email;
use crate::domain::refusal::Refused;
use crate::t;
use crate::web::cookies;
use crate::web::ctx::Ctx;
use crate::web::fields::Problems;
use crate::web::layout;
use crate::web::question::{Question, refusal, wrong};
use crate::web::reply::Reply;
use crate::web::respond::{Handled, sentence};
use crate::web::ui::field::{Field, Kind, Width};

/// On to the day, signed in.
fn entered(new: &NewSession) -> Reply {
    Reply::see_other("/staff")
        .with_cookie(&cookies::staff(&new.token))
        .with_cookie(&cookies::clear(cookies::VISITOR))
}

fn onwards(next: &Next) -> Reply {
    match next {
        Next::Code { token } => Reply::see_other(&format!("/staff/sign-in/{token}")),
        Next::SetUp { token } => Reply::see_other(&format!("/staff/sign-in/{token}/app")),
    }
}

/// `GET /staff/sign-in`
pub fn show(ctx: &Ctx) -> Handled {
    if ctx.known.is_some() {
        return Ok(Reply::see_other("/staff"));
    }
    if layout::nobody_works_here(ctx) {
        return Ok(Reply::see_other(layout::SETUP));
    }
    Ok(view(ctx, &Problems::default()))
}

/// `POST /staff/sign-in`
pub fn submit(ctx: &Ctx) -> Handled {
    let form = ctx.only(&["email", "password"])?;
    // What is no address is nobody's: the same answer.
    let Ok(email) = Email::try_from(form.get("email")) else {
        let mut problems = Problems::default();
        let refused = Refused::Wrong { tries_left: None };
        problems.add("password", sentence(ctx, &refused));
        return Ok(view(ctx, &problems));
    };
    let password = form.find("password").unwrap_or("");
    match staff_access::sign_in(&ctx.clinic, &ctx.at_the_door(), &email, password) {
        Ok(next) => Ok(onwards(&next)),
        Err(stop) => Ok(view(ctx, &refusal(ctx, "password", stop)?)),
    }
}

fn view(ctx: &Ctx, problems: &Problems) -> Reply {
    let text = ctx.text;
    let prefix = t!(text, "page-error-prefix");
    Question {
        title: &t!(text, "staff-sign-in-title"),
        headed: false,
        lead: html! {},
        action: "/staff/sign-in",
        fields: html! {
            (Field::new("email", &t!(text, "staff-sign-in-email"))
                .kind(Kind::Email)
                .autocomplete("username")
                .value(ctx.form.get("email"))
                .show())
            (Field::new("password", &t!(text, "staff-sign-in-password"))
                .kind(Kind::Password)
                .autocomplete("current-password")
                .wrong(wrong(problems, "password", &prefix))
                .show())
        },
        button: &t!(text, "staff-sign-in-go"),
        below: html! { p.muted { (t!(text, "staff-sign-in-forgot")) } },
        back: None,
    }
    .show(ctx, problems)
}

/// `GET /staff/sign-in/{token}`
pub fn second(ctx: &Ctx) -> Handled {
    let token: String = ctx.param("token")?;
    Ok(second_view(ctx, &token, &Problems::default()))
}

/// `POST /staff/sign-in/{token}`
pub fn submit_second(ctx: &Ctx) -> Handled {
    let token: String = ctx.param("token")?;
    let code = ctx.only(&["code"])?.get("code");
    match staff_access::second_step(&ctx.clinic, &ctx.at_the_door(), &token, code) {
        Ok(new) => Ok(entered(&new)),
        Err(stop) => Ok(second_view(ctx, &token, &refusal(ctx, "code", stop)?)),
    }
}

fn second_view(ctx: &Ctx, token: &str, problems: &Problems) -> Reply {
    let text = ctx.text;
    let prefix = t!(text, "page-error-prefix");
    Question {
        title: &t!(text, "second-title"),
        headed: false,
        lead: html! { p { (t!(text, "second-lead")) } },
        action: &format!("/staff/sign-in/{token}"),
        fields: Field::new("code", &t!(text, "second-code"))
            .width(Width::Ten)
            .autocomplete("one-time-code")
            .wrong(wrong(problems, "code", &prefix))
            .show(),
        button: &t!(text, "staff-sign-in-go"),
        below: html! { p.muted { (t!(text, "second-lost")) } },
        back: Some("/staff/sign-in"),
    }
    .show(ctx, problems)
}

/// `GET /staff/sign-in/{token}/app`
pub fn app(ctx: &Ctx) -> Handled {
    let token: String = ctx.param("token")?;
    app_view(ctx, &token, &Problems::default())
}

/// `POST /staff/sign-in/{token}/app`
pub fn submit_app(ctx: &Ctx) -> Handled {
    let token: String = ctx.param("token")?;
    let code = ctx.only(&["code"])?.get("code");
    match staff_access::finish_set_up(&ctx.clinic, &ctx.at_the_door(), &token, code) {
        Ok((new, recovery)) => Ok(phone::recovery(ctx, &recovery, "/staff")
            .with_cookie(&cookies::staff(&new.token))
            .with_cookie(&cookies::clear(cookies::VISITOR))),
        Err(stop) => app_view(ctx, &token, &refusal(ctx, "code", stop)?),
    }
}

fn app_view(ctx: &Ctx, token: &str, problems: &Problems) -> Handled {
    let enrolment = staff_access::set_up(&ctx.clinic, &ctx.at_the_door(), token)?;
    let action = format!("/staff/sign-in/{token}/app");
    let ways = (action.as_str(), "/staff/sign-in");
    Ok(phone::set_up(ctx, &enrolment, ways, problems))
}

/// `GET /p/{token}`: a first or a new password.
pub fn password(ctx: &Ctx) -> Handled {
    let token: String = ctx.param("token")?;
    password_view(ctx, &token, &Problems::default())
}

/// `POST /p/{token}`
pub fn submit_password(ctx: &Ctx) -> Handled {
    let token: String = ctx.param("token")?;
    let form = ctx.only(&["email", "password"])?;
    let typed = form.find("password").unwrap_or("");
    match staff_access::set_password(&ctx.clinic, &ctx.at_the_door(), &token, typed) {
        Ok(next) => Ok(onwards(&next)),
        Err(stop) => password_view(ctx, &token, &refusal(ctx, "password", stop)?),
    }
}

fn password_view(ctx: &Ctx, token: &str, problems: &Problems) -> Handled {
    let text = ctx.text;
    let (name, email) = staff_access::open(&ctx.clinic, token)?;
    let prefix = t!(text, "page-error-prefix");
    Ok(Question {
        title: &t!(text, "password-title", name = name),
        headed: false,
        lead: html! { p { (t!(text, "password-lead")) } },
        action: &format!("/p/{token}"),
        fields: html! {
            (Field::new("email", &t!(text, "staff-sign-in-email"))
                .kind(Kind::Email)
                .autocomplete("username")
                .value(email.as_str())
                .show())
            (Field::new("password", &t!(text, "password-new"))
                .kind(Kind::Password)
                .hint(&t!(text, "password-hint"))
                .autocomplete("new-password")
                .wrong(wrong(problems, "password", &prefix))
                .show())
        },
        button: &t!(text, "password-go"),
        below: html! {},
        back: None,
    }
    .show(ctx, problems))
}
