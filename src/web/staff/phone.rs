//! The app on a phone that shows codes: what it is told, and the recovery codes for when the phone
//! is lost.

use maud::{Markup, html};

use crate::app::second_factor::Enrolment;
use crate::t;
use crate::web::ctx::Ctx;
use crate::web::fields::Problems;
use crate::web::layout::{self, Extra};
use crate::web::question::{Question, wrong};
use crate::web::reply::Reply;
use crate::web::ui::button::Button;
use crate::web::ui::field::{Field, Kind};
use crate::web::ui::progress::code_list;
use crate::web::ui::qr::qr;

/// What the app is told: to scan, or to type.
pub fn told(ctx: &Ctx, enrolment: &Enrolment) -> Markup {
    let text = ctx.text;
    html! {
        p { (t!(text, "app-lead")) }
        (qr(&enrolment.uri, &t!(text, "app-qr")))
        p.anywhere { (t!(text, "app-typed")) " " code { (enrolment.typed) } }
    }
}

/// The page that sets an app up: it ends with a first code.
pub fn set_up(
    ctx: &Ctx,
    enrolment: &Enrolment,
    (action, back): (&str, &str),
    problems: &Problems,
) -> Reply {
    let text = ctx.text;
    let prefix = t!(text, "page-error-prefix");
    Question {
        title: &t!(text, "app-title"),
        headed: false,
        lead: told(ctx, enrolment),
        action,
        fields: Field::new("code", &t!(text, "app-code"))
            .kind(Kind::Code)
            .wrong(wrong(problems, "code", &prefix))
            .show(),
        button: &t!(text, "app-go"),
        below: html! {},
        back: Some(back),
    }
    .show(ctx, problems)
}

/// The recovery codes, shown this once; `next` is where they lead on to.
pub fn recovery(ctx: &Ctx, codes: &[String], next: &str) -> Reply {
    let text = ctx.text;
    let title = t!(text, "recovery-title");
    let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
    let body = html! {
        h1 { (title) }
        p { (t!(text, "recovery-lead")) }
        (code_list(&codes))
        (Button::primary(&t!(text, "recovery-done")).link(next))
    };
    // It shows secrets, so it is not compressed.
    let mut reply = Reply::page(layout::plain(ctx, &title, Extra::default(), body));
    reply.compress = false;
    reply
}
