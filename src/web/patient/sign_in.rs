//! A patient signs in: an address, a code or a link from the mail, and for the first time the birth
//! date. Someone new says who they are.

use maud::html;

use super::asking::{code_field, email_field, phone_field, read_email, read_phone};
use super::dead_link;
use super::languages::{keeping, language_row};
use crate::app::mail_sign_in::{self, Introduction, Needs, Step};
use crate::app::sessions::{self, NewSession};
use crate::domain::person::HumanName;
use crate::t;
use crate::web::cookies;
use crate::web::ctx::Ctx;
use crate::web::fields::Problems;
use crate::web::layout::{self, Extra};
use crate::web::question::{
    BIRTH_FIELD, BIRTH_FIELDS, Question, birth_date, read_birth_date, refusal, wrong,
};
use crate::web::reply::Reply;
use crate::web::respond::{Handled, Trouble};
use crate::web::ui::button::Button;
use crate::web::ui::field::Field;

/// The longest name, in characters.
const NAME_MAX: usize = 120;

/// On to the first page, signed in. The cookie of the nameless browser goes.
pub fn entered(new: &NewSession) -> Reply {
    Reply::see_other("/")
        .with_cookie(&cookies::patient(&new.token))
        .with_cookie(&cookies::clear(cookies::VISITOR))
}

/// `GET /sign-in`
pub fn show(ctx: &Ctx) -> Handled {
    if ctx.known.is_some() {
        return Ok(Reply::see_other("/"));
    }
    if !ctx.clinic.sends_mail() {
        return Ok(no_mail_view(ctx));
    }
    Ok(address_view(ctx, &Problems::default()))
}

/// `POST /sign-in`
pub fn ask(ctx: &Ctx) -> Handled {
    ctx.only(&["email"])?;
    if !ctx.clinic.sends_mail() {
        return Ok(no_mail_view(ctx));
    }
    let mut problems = Problems::default();
    let Some(email) = read_email(ctx, &mut problems) else {
        return Ok(address_view(ctx, &problems));
    };
    let language = ctx.text.language().tag();
    mail_sign_in::ask(&ctx.clinic, &ctx.at_the_door(), &email, language)?;
    Ok(Reply::see_other(&keeping(ctx, "/sign-in/code")))
}

fn address_view(ctx: &Ctx, problems: &Problems) -> Reply {
    let text = ctx.text;
    Question {
        title: &t!(text, "sign-in-title"),
        headed: false,
        lead: html! {
            (language_row(ctx, "/sign-in"))
            p { (t!(text, "sign-in-lead")) }
        },
        action: &keeping(ctx, "/sign-in"),
        fields: email_field(ctx, problems),
        button: &t!(text, "sign-in-send"),
        below: html! { p { a href=(keeping(ctx, "/i")) { (t!(text, "sign-in-letter")) } } },
        back: None,
    }
    .show(ctx, problems)
}

/// Where the clinic has no mail server, no code would ever come: a letter, or a call.
fn no_mail_view(ctx: &Ctx) -> Reply {
    let text = ctx.text;
    let title = t!(text, "sign-in-title");
    let letter = t!(text, "sign-in-letter");
    let body = html! {
        (language_row(ctx, "/sign-in"))
        h1 { (title) }
        p { (t!(text, "sign-in-no-mail")) }
        (Button::primary(&letter).link(&keeping(ctx, "/i")))
        (layout::help(ctx))
    };
    Reply::page(layout::plain(ctx, &title, Extra::default(), body))
}

/// `GET /sign-in/code`
pub fn code(ctx: &Ctx) -> Handled {
    Ok(code_view(ctx, &Problems::default()))
}

/// `POST /sign-in/code`
pub fn submit_code(ctx: &Ctx) -> Handled {
    let code = ctx.only(&["code"])?.get("code");
    match mail_sign_in::enter_code(&ctx.clinic, &ctx.at_the_door(), code) {
        Ok(step) => Ok(onwards(step)),
        Err(stop) => Ok(code_view(ctx, &refusal(ctx, "code", stop)?)),
    }
}

fn onwards(step: Step) -> Reply {
    match step {
        Step::SignedIn(new) => entered(&new),
        Step::More {
            token,
            needs: Needs::NameAndBirthDate,
        } => Reply::see_other(&format!("/s/{token}/name")),
        Step::More { token, .. } => Reply::see_other(&format!("/s/{token}")),
    }
}

fn code_view(ctx: &Ctx, problems: &Problems) -> Reply {
    let text = ctx.text;
    let lead = if ctx.query.get(dead_link::ASKED) == "link" {
        t!(text, "sign-in-code-by-link")
    } else {
        t!(text, "sign-in-code-lead")
    };
    Question {
        title: &t!(text, "sign-in-code-title"),
        headed: false,
        lead: html! { p { (lead) } },
        action: &keeping(ctx, "/sign-in/code"),
        fields: code_field(ctx, problems),
        button: &t!(text, "sign-in-go"),
        below: html! {
            p.muted { (t!(text, "sign-in-code-none")) }
            p { a href=(keeping(ctx, "/sign-in")) { (t!(text, "sign-in-code-again")) } }
        },
        back: Some("/sign-in"),
    }
    .show(ctx, problems)
}

/// `GET /s/{token}`: one button, or the birth date.
pub fn link(ctx: &Ctx) -> Handled {
    let token: String = ctx.param("token")?;
    match mail_sign_in::open(&ctx.clinic, &token)? {
        Needs::NameAndBirthDate => Ok(Reply::see_other(&format!("/s/{token}/name"))),
        needs @ (Needs::Nothing | Needs::BirthDate) => {
            Ok(link_view(ctx, &token, needs, &Problems::default()))
        }
    }
}

/// `POST /s/{token}`
pub fn follow(ctx: &Ctx) -> Handled {
    ctx.only(&BIRTH_FIELDS)?;
    let token: String = ctx.param("token")?;
    let needs = mail_sign_in::open(&ctx.clinic, &token)?;
    let mut problems = Problems::default();
    let mut born = None;
    if needs == Needs::BirthDate {
        born = read_birth_date(ctx, &mut problems);
        if born.is_none() {
            return Ok(link_view(ctx, &token, needs, &problems));
        }
    }
    match mail_sign_in::follow(&ctx.clinic, &ctx.at_the_door(), &token, born) {
        Ok(step) => Ok(onwards(step)),
        Err(stop) => {
            let problems = refusal(ctx, BIRTH_FIELD, stop)?;
            Ok(link_view(ctx, &token, needs, &problems))
        }
    }
}

fn link_view(ctx: &Ctx, token: &str, needs: Needs, problems: &Problems) -> Reply {
    let text = ctx.text;
    let asks = needs == Needs::BirthDate;
    let clinic = ctx.current.settings.profile.name.clone();
    let name_page = format!("/s/{token}/name");
    Question {
        title: &t!(text, "sign-in-link-title", clinic = clinic),
        headed: false,
        lead: html! {},
        action: &format!("/s/{token}"),
        fields: if asks {
            birth_date(ctx, false, problems)
        } else {
            html! {}
        },
        button: &t!(text, "sign-in-go"),
        below: html! {
            @if asks { p { a href=(name_page) { (t!(text, "sign-in-new-here")) } } }
        },
        back: None,
    }
    .show(ctx, problems)
}

/// `GET /s/{token}/name`
pub fn name(ctx: &Ctx) -> Handled {
    let token: String = ctx.param("token")?;
    mail_sign_in::open(&ctx.clinic, &token)?;
    Ok(name_view(ctx, &token, &Problems::default()))
}

/// `POST /s/{token}/name`
pub fn introduce(ctx: &Ctx) -> Handled {
    let token: String = ctx.param("token")?;
    let [day, month, year] = BIRTH_FIELDS;
    let form = ctx.only(&["name", "phone", day, month, year])?;
    let mut problems = Problems::default();
    let name = HumanName::from_full(form.get("name"));
    if name.is_empty() {
        problems.add("name", t!(ctx.text, "error-name"));
    } else if form.get("name").chars().count() > NAME_MAX {
        problems.add("name", t!(ctx.text, "error-too-long", max = NAME_MAX));
    }
    let born = read_birth_date(ctx, &mut problems);
    let number = read_phone(ctx, &mut problems);
    let Some(birth_date) = born.filter(|_| problems.is_empty()) else {
        return Ok(name_view(ctx, &token, &problems));
    };
    let who = Introduction {
        name,
        birth_date,
        phone: number,
        language: Some(ctx.text.language().tag().to_owned()),
    };
    let new = mail_sign_in::introduce(&ctx.clinic, &ctx.at_the_door(), &token, who)?;
    Ok(entered(&new))
}

fn name_view(ctx: &Ctx, token: &str, problems: &Problems) -> Reply {
    let text = ctx.text;
    let prefix = t!(text, "page-error-prefix");
    Question {
        title: &t!(text, "introduce-title"),
        headed: false,
        lead: html! { p { (t!(text, "introduce-lead")) } },
        action: &format!("/s/{token}/name"),
        fields: html! {
            (Field::new("name", &t!(text, "introduce-name"))
                .autocomplete("name")
                .value(ctx.form.get("name"))
                .wrong(wrong(problems, "name", &prefix))
                .show())
            (birth_date(ctx, false, problems))
            (phone_field(ctx, &t!(text, "introduce-phone"), problems))
        },
        button: &t!(text, "introduce-go"),
        below: html! {},
        back: None,
    }
    .show(ctx, problems)
}

/// `POST /sign-out`
pub fn sign_out(ctx: &Ctx) -> Handled {
    ctx.only(&[])?;
    let Some(known) = &ctx.known else {
        return Err(Trouble::SignIn);
    };
    sessions::end(&ctx.clinic, &ctx.caller(), known.session.id)?;
    let mut reply = Reply::see_other("/sign-in").with_cookie(&cookies::clear(cookies::PATIENT));
    reply.set(
        poem::http::HeaderName::from_static("clear-site-data"),
        "\"cache\", \"storage\"",
    );
    Ok(reply)
}
