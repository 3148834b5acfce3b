//! The link about one visit, from a mail: say that you come, or that you cannot, without signing in.
//! It shows the least that this needs: when, and no name.

use maud::html;

use super::moment;
use crate::app::action_link::{self, Pass};
use crate::app::booking;
use crate::domain::refusal::Refused;
use crate::t;
use crate::web::ctx::Ctx;
use crate::web::layout::{self, Extra};
use crate::web::reply::Reply;
use crate::web::respond::{Handled, Trouble};
use crate::web::ui::button::{Button, actions};

/// What the link of the path opens.
fn pass(ctx: &Ctx) -> Result<(String, Pass), Trouble> {
    let token: String = ctx.param("token")?;
    let pass = action_link::open(&ctx.clinic, &token, ctx.request)?;
    Ok((token, pass))
}

/// `GET /v/{token}`
pub fn show(ctx: &Ctx) -> Handled {
    let text = ctx.text;
    let (token, pass) = pass(ctx)?;
    let detailed = booking::find_detailed(&ctx.clinic, &pass.caller, pass.visit)?;
    let visit = &detailed.visit;
    let (form, action) = (ctx.token(), format!("/v/{token}"));
    let button = |label: String, what: &str, loud: bool| {
        let button = if loud {
            Button::primary(&label)
        } else {
            Button::danger(&label)
        };
        button.post(&action, &form, &[("do", what)])
    };
    let late = visit.is_late_to_cancel(&detailed.service, ctx.now);
    let title = t!(text, "visit-link-title");
    let body = html! {
        h1 { (title) }
        p { (moment(ctx, visit.start)) }
        @if visit.confirmed_at.is_some() { p { (t!(text, "visit-link-confirmed")) } }
        @if late {
            p {
                (t!(text, "cancel-late", hours = detailed.service.cancel_notice_min.div_ceil(60)))
            }
        }
        (actions(&html! {
            @if visit.confirmed_at.is_none() {
                (button(t!(text, "visit-link-confirm"), "confirm", true))
            }
            (button(t!(text, "cancel-now"), "cancel", false))
        }))
        p { a href="/sign-in" { (t!(text, "visit-link-more")) } }
        (layout::help(ctx))
    };
    ctx.clinic
        .note_view(&pass.caller, ctx.route, vec![visit.patient]);
    let extra = Extra::default();
    Ok(Reply::page(layout::plain(ctx, &title, extra, body)))
}

/// `POST /v/{token}`
pub fn submit(ctx: &Ctx) -> Handled {
    let text = ctx.text;
    let (token, pass) = pass(ctx)?;
    match ctx.only(&["do"])?.get("do") {
        "confirm" => {
            booking::confirm(&ctx.clinic, &pass.caller, pass.visit)?;
            Ok(Reply::see_other(&format!("/v/{token}")))
        }
        "cancel" => {
            booking::cancel_own(&ctx.clinic, &pass.caller, pass.visit, "")?;
            let title = t!(text, "visit-link-cancelled");
            let body = html! {
                h1 { (title) }
                p { (t!(text, "visit-link-cancelled-lead")) }
                p { a href="/sign-in" { (t!(text, "visit-link-more")) } }
                (layout::help(ctx))
            };
            let extra = Extra::default();
            Ok(Reply::page(layout::plain(ctx, &title, extra, body)))
        }
        _ => Err(Refused::NotFound.into()),
    }
}
