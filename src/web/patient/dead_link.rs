//! A link that opens nothing any more: what may have happened, a new one with one tap, and whom to
//! call. The page is the same for links that expired, were used or replaced, and for those that never
//! were; and so is the answer to whoever asks for a new one.

use maud::{Markup, html};
use poem::http::StatusCode;

use crate::app::mail_sign_in;
use crate::t;
use crate::web::ctx::Ctx;
use crate::web::layout::{self, Extra};
use crate::web::reply::Reply;
use crate::web::respond::Handled;
use crate::web::ui::button::{Button, actions};

/// What the new mail says that it answers, in the query of the next page.
pub const ASKED: &str = "asked";

/// Where links of those who work here lead.
const WORK: &str = "/p/";

/// What links of a door are good for, in a sentence; `None` where no link leads.
fn why(ctx: &Ctx) -> Option<String> {
    let text = ctx.text;
    let door = ctx.route.split('/').nth(1)?;
    match door {
        "i" => Some(t!(text, "dead-link-invitation")),
        "s" | "sign-in" => Some(t!(text, "dead-link-sign-in")),
        "v" => Some(t!(text, "dead-link-visit")),
        "c" => Some(t!(text, "dead-link-address")),
        "p" => Some(t!(text, "dead-link-work")),
        _ => None,
    }
}

/// The page for a link that opens nothing; `None` where no link leads.
pub fn page(ctx: &Ctx) -> Option<Reply> {
    let text = ctx.text;
    let why = why(ctx)?;
    let title = t!(text, "dead-link-title");
    let body = html! {
        h1 { (title) }
        p { (why) }
        (ways_on(ctx))
        @if !ctx.route.starts_with(WORK) { (layout::help(ctx)) }
    };
    let page = layout::plain(ctx, &title, Extra::default(), body);
    Some(Reply::page(page).with_status(StatusCode::NOT_FOUND))
}

fn ways_on(ctx: &Ctx) -> Markup {
    let text = ctx.text;
    if ctx.route.starts_with(WORK) {
        let enter = t!(text, "staff-sign-in-go");
        return Button::primary(&enter).link(layout::STAFF_SIGN_IN);
    }
    if ctx.known.is_some() {
        return Button::primary(&t!(text, "dead-link-home")).link("/");
    }
    let token: String = ctx.param("token").unwrap_or_default();
    let (new, typed) = (t!(text, "dead-link-new"), t!(text, "dead-link-type"));
    html! {
        @if !ctx.clinic.sends_mail() {
            (Button::primary(&t!(text, "sign-in-letter")).link("/i"))
        } @else if token.is_empty() {
            (Button::primary(&typed).link(layout::SIGN_IN))
        } @else {
            p { (t!(text, "dead-link-where")) }
            (actions(&html! {
                (Button::primary(&new).post("/new-link", &ctx.token(), &[("token", &token)]))
                (Button::secondary(&typed).link(layout::SIGN_IN))
            }))
        }
    }
}

/// `POST /new-link`: to the address that we know for an old link, if we know one.
pub fn send(ctx: &Ctx) -> Handled {
    let token = ctx.only(&["token"])?.get("token");
    let language = ctx.text.language().tag();
    mail_sign_in::ask_by_link(&ctx.clinic, &ctx.at_the_door(), token, language)?;
    Ok(Reply::see_other(&format!("/sign-in/code?{ASKED}=link")))
}
