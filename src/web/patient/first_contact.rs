//! The first page a patient sees: one question, their birth date. No name before that.

use maud::html;

use super::languages::{keeping, language_row};
use super::sign_in::entered;
use crate::app::{Stop, enrolment};
use crate::domain::refusal::Refused;
use crate::t;
use crate::web::ctx::Ctx;
use crate::web::fields::Problems;
use crate::web::question::{
    BIRTH_FIELD, BIRTH_FIELDS, Question, birth_date, read_birth_date, refusal, wrong,
};
use crate::web::reply::Reply;
use crate::web::respond::Handled;
use crate::web::ui::field::{Field, Width};

/// `GET /i/{token}`
pub fn show(ctx: &Ctx) -> Handled {
    let token: String = ctx.param("token")?;
    enrolment::open(&ctx.clinic, &token)?;
    Ok(view(ctx, &token, &Problems::default()))
}

/// `POST /i/{token}`
pub fn submit(ctx: &Ctx) -> Handled {
    ctx.only(&BIRTH_FIELDS)?;
    let token: String = ctx.param("token")?;
    let mut problems = Problems::default();
    let Some(born) = read_birth_date(ctx, &mut problems) else {
        enrolment::open(&ctx.clinic, &token)?;
        return Ok(view(ctx, &token, &problems));
    };
    match enrolment::accept(&ctx.clinic, &ctx.at_the_door(), &token, born) {
        Ok(new) => Ok(entered(&new)),
        Err(stop) => Ok(view(ctx, &token, &refusal(ctx, BIRTH_FIELD, stop)?)),
    }
}

fn view(ctx: &Ctx, token: &str, problems: &Problems) -> Reply {
    let text = ctx.text;
    let clinic = ctx.current.settings.profile.name.clone();
    let path = format!("/i/{token}");
    Question {
        title: &t!(text, "first-title", clinic = clinic),
        headed: false,
        lead: html! {
            (language_row(ctx, &path))
            p { (t!(text, "first-lead")) }
        },
        action: &keeping(ctx, &path),
        fields: birth_date(ctx, false, problems),
        button: &t!(text, "first-open"),
        below: html! { p.muted { (t!(text, "first-not-me")) } },
        back: None,
    }
    .show(ctx, problems)
}

/// `GET /i`: the code of a printed letter.
pub fn letter(ctx: &Ctx) -> Handled {
    Ok(letter_view(ctx, &Problems::default()))
}

/// `POST /i`
pub fn submit_letter(ctx: &Ctx) -> Handled {
    let [day, month, year] = BIRTH_FIELDS;
    let code = ctx.only(&["code", day, month, year])?.get("code");
    let mut problems = Problems::default();
    if code.is_empty() {
        problems.add("code", t!(ctx.text, "error-letter-code"));
    }
    let born = read_birth_date(ctx, &mut problems);
    let Some(born) = born.filter(|_| problems.is_empty()) else {
        return Ok(letter_view(ctx, &problems));
    };
    match enrolment::accept_letter(&ctx.clinic, &ctx.at_the_door(), code, born) {
        Ok(new) => Ok(entered(&new)),
        // Most often a letter was misread.
        Err(Stop::Refused(Refused::LinkDead)) => {
            problems.add("code", t!(ctx.text, "error-letter-code-unknown"));
            Ok(letter_view(ctx, &problems))
        }
        Err(stop) => Ok(letter_view(ctx, &refusal(ctx, BIRTH_FIELD, stop)?)),
    }
}

fn letter_view(ctx: &Ctx, problems: &Problems) -> Reply {
    let text = ctx.text;
    let prefix = t!(text, "page-error-prefix");
    Question {
        title: &t!(text, "letter-title"),
        headed: false,
        lead: language_row(ctx, "/i"),
        action: &keeping(ctx, "/i"),
        fields: html! {
            (Field::new("code", &t!(text, "letter-code"))
                .hint(&t!(text, "letter-hint"))
                .width(Width::Ten)
                .autocomplete("off")
                .value(ctx.form.get("code"))
                .wrong(wrong(problems, "code", &prefix))
                .show())
            (birth_date(ctx, false, problems))
        },
        button: &t!(text, "first-open"),
        below: html! {},
        back: None,
    }
    .show(ctx, problems)
}
