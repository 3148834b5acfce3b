//! Change how I am reached, once I have shown again that it is me; and the page that proves a new
//! address.

use maud::html;

use super::asking::{code_field, email_field, phone_field, read_email, read_phone};
use crate::app::sessions::Known;
use crate::app::{Stop, contact, me, proof};
use crate::domain::refusal::Refused;
use crate::t;
use crate::text::phone;
use crate::web::cookies;
use crate::web::ctx::Ctx;
use crate::web::fields::Problems;
use crate::web::layout::{self, Extra};
use crate::web::question::{
    BIRTH_FIELD, BIRTH_FIELDS, Question, birth_date, read_birth_date, refusal,
};
use crate::web::reply::Reply;
use crate::web::respond::{Handled, Trouble};
use crate::web::ui::button::{Button, back_link};

/// What the button that removes the number sends.
const REMOVE: &str = "remove";

/// Who is signed in, if they proved lately who they are; else on to the page where they do.
fn fresh<'a>(ctx: &'a Ctx, back: &str) -> Result<&'a Known, Trouble> {
    let known = ctx.known.as_ref().ok_or(Trouble::SignIn)?;
    if known.is_fresh(ctx.now) {
        return Ok(known);
    }
    let there = Reply::see_other(&format!("/me/proof/{back}"));
    Err(Trouble::Instead(Box::new(there)))
}

/// Where the clinic has no mail server, nothing that a mail has to prove can be changed here.
fn no_mail_view(ctx: &Ctx, title: &str) -> Reply {
    let text = ctx.text;
    let body = html! {
        (back_link("/me", &t!(text, "page-back")))
        h1 { (title) }
        p { (t!(text, "me-no-mail")) }
        (layout::help(ctx))
    };
    Reply::page(layout::plain(ctx, title, Extra::default(), body))
}

/// `GET /me/email`
pub fn email(ctx: &Ctx) -> Handled {
    fresh(ctx, "email")?;
    Ok(email_view(ctx, &Problems::default()))
}

/// `POST /me/email`
pub fn ask_email(ctx: &Ctx) -> Handled {
    ctx.only(&["email"])?;
    let known = fresh(ctx, "email")?;
    let mut problems = Problems::default();
    let Some(email) = read_email(ctx, &mut problems) else {
        return Ok(email_view(ctx, &problems));
    };
    match contact::ask_email(&ctx.clinic, known, &ctx.at_the_door(), &email) {
        Ok(()) => Ok(Reply::see_other("/me")),
        Err(stop) => Ok(email_view(ctx, &refusal(ctx, "email", stop)?)),
    }
}

fn email_view(ctx: &Ctx, problems: &Problems) -> Reply {
    let text = ctx.text;
    if !ctx.clinic.sends_mail() {
        return no_mail_view(ctx, &t!(text, "me-email-title"));
    }
    Question {
        title: &t!(text, "me-email-title"),
        headed: false,
        lead: html! { p { (t!(text, "me-email-lead")) } },
        action: "/me/email",
        fields: email_field(ctx, problems),
        button: &t!(text, "me-email-go"),
        below: html! {},
        back: Some("/me"),
    }
    .show(ctx, problems)
}

/// `GET /me/phone`
pub fn phone(ctx: &Ctx) -> Handled {
    fresh(ctx, "phone")?;
    phone_view(ctx, &Problems::default())
}

/// `POST /me/phone`: a new number, or none by a button of its own. An empty field asks for neither.
pub fn change_phone(ctx: &Ctx) -> Handled {
    let remove = ctx.only(&["phone", "do"])?.get("do") == REMOVE;
    let known = fresh(ctx, "phone")?;
    let mut problems = Problems::default();
    let number = read_phone(ctx, &mut problems).filter(|_| !remove);
    if number.is_none() && !remove && problems.is_empty() {
        problems.add("phone", t!(ctx.text, "error-no-phone"));
    }
    if !problems.is_empty() {
        return phone_view(ctx, &problems);
    }
    contact::change_phone(&ctx.clinic, known, ctx.request, number.as_deref())?;
    let did = if remove { "phone-removed" } else { "phone" };
    Ok(Reply::done("/me", did))
}

fn phone_view(ctx: &Ctx, problems: &Problems) -> Handled {
    let text = ctx.text;
    let chart = me::chart(&ctx.clinic, &ctx.caller())?;
    ctx.saw([chart.id]);
    let country = &ctx.current.settings.profile.country;
    let now = chart.phone().map(|p| phone::format(p, country));
    // Without a number there must be another way to reach the person.
    let removable = now.is_some() && chart.email.is_some();
    let remove = t!(text, "me-phone-remove");
    Ok(Question {
        title: &t!(text, "me-phone-title"),
        headed: false,
        lead: html! {
            @if let Some(now) = &now {
                p { (t!(text, "me-phone-now")) " " bdi dir="ltr" { (now) } }
            }
        },
        action: "/me/phone",
        fields: phone_field(ctx, &t!(text, "me-phone-new"), problems),
        button: &t!(text, "me-save"),
        below: html! {
            @if removable {
                p.muted { (t!(text, "me-phone-remove-explain")) }
                (Button::secondary(&remove).post("/me/phone", &ctx.token(), &[("do", REMOVE)]))
            }
        },
        back: Some("/me"),
    }
    .show(ctx, problems))
}

/// The page to go on to after a proof.
fn goal(ctx: &Ctx) -> Result<&'static str, Trouble> {
    match ctx.param::<String>("goal")?.as_str() {
        "email" => Ok("email"),
        "phone" => Ok("phone"),
        _ => Err(Refused::NotFound.into()),
    }
}

/// `GET /me/proof/{goal}`
pub fn prove(ctx: &Ctx) -> Handled {
    Ok(proof_view(ctx, goal(ctx)?, &Problems::default()))
}

/// `POST /me/proof/{goal}/code`: sends a code to the address on file.
pub fn send_code(ctx: &Ctx) -> Handled {
    ctx.only(&[])?;
    let goal = goal(ctx)?;
    proof::ask_again(&ctx.clinic, &ctx.caller(), &ctx.at_the_door())?;
    Ok(Reply::see_other(&format!("/me/proof/{goal}")))
}

/// `POST /me/proof/{goal}`
pub fn submit_proof(ctx: &Ctx) -> Handled {
    let [day, month, year] = BIRTH_FIELDS;
    let goal = goal(ctx)?;
    let code = ctx.only(&["code", day, month, year])?.get("code");
    let known = ctx.known.as_ref().ok_or(Trouble::SignIn)?;
    let mut problems = Problems::default();
    let Some(born) = read_birth_date(ctx, &mut problems) else {
        return Ok(proof_view(ctx, goal, &problems));
    };
    match proof::prove_again(&ctx.clinic, &ctx.at_the_door(), known, code, born) {
        Ok(new) => {
            Ok(Reply::see_other(&format!("/me/{goal}")).with_cookie(&cookies::patient(&new.token)))
        }
        Err(Stop::Refused(Refused::LinkDead)) => {
            problems.add("code", t!(ctx.text, "error-no-code"));
            Ok(proof_view(ctx, goal, &problems))
        }
        Err(stop) => {
            // Only a code has a number of tries.
            let code = matches!(
                &stop,
                Stop::Refused(Refused::Wrong {
                    tries_left: Some(_)
                })
            );
            let field = if code { "code" } else { BIRTH_FIELD };
            Ok(proof_view(ctx, goal, &refusal(ctx, field, stop)?))
        }
    }
}

fn proof_view(ctx: &Ctx, goal: &str, problems: &Problems) -> Reply {
    let text = ctx.text;
    let with_code = ctx
        .known
        .as_ref()
        .is_some_and(|known| proof::needs_code(known, ctx.now));
    if with_code && !ctx.clinic.sends_mail() {
        return no_mail_view(ctx, &t!(text, "proof-title"));
    }
    let send = format!("/me/proof/{goal}/code");
    Question {
        title: &t!(text, "proof-title"),
        headed: false,
        lead: html! {
            p { (t!(text, "proof-lead")) }
            @if with_code {
                (Button::secondary(&t!(text, "sign-in-send")).post(&send, &ctx.token(), &[]))
            }
        },
        action: &format!("/me/proof/{goal}"),
        fields: html! {
            @if with_code { (code_field(ctx, problems)) }
            (birth_date(ctx, false, problems))
        },
        button: &t!(text, "proof-go"),
        below: html! {},
        back: Some("/me"),
    }
    .show(ctx, problems)
}

/// `GET /c/{token}`: one button.
pub fn open(ctx: &Ctx) -> Handled {
    let token: String = ctx.param("token")?;
    contact::open(&ctx.clinic, &token)?;
    let text = ctx.text;
    Ok(Question {
        title: &t!(text, "confirm-email-title"),
        headed: false,
        lead: html! { p { (t!(text, "confirm-email-lead")) } },
        action: &format!("/c/{token}"),
        fields: html! {},
        button: &t!(text, "confirm-email-go"),
        below: html! {},
        back: None,
    }
    .show(ctx, &Problems::default()))
}

/// `POST /c/{token}`
pub fn confirm(ctx: &Ctx) -> Handled {
    ctx.only(&[])?;
    let token: String = ctx.param("token")?;
    contact::confirm_email(&ctx.clinic, &ctx.at_the_door(), &token)?;
    let title = t!(ctx.text, "confirm-email-done");
    let body = html! {
        h1 { (title) }
        p { a href="/" { (t!(ctx.text, "trouble-home")) } }
    };
    let extra = Extra::default();
    Ok(Reply::page(layout::plain(ctx, &title, extra, body)))
}
