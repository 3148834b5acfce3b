//! A poster for the waiting room: the address as a QR code, and three steps.

use maud::html;

use super::INDEX;
use crate::t;
use crate::web::ctx::Ctx;
use crate::web::layout;
use crate::web::reply::Reply;
use crate::web::respond::Handled;
use crate::web::ui::icon::{Icon, icon};
use crate::web::ui::qr::qr;
use crate::web::ui::text::theirs;

/// `GET /staff/settings/poster`
pub fn show(ctx: &Ctx) -> Handled {
    let text = ctx.text;
    let settings = &ctx.current.settings;
    let address = &settings.address;
    let short = address.strip_prefix("https://").unwrap_or(address);
    let name = &settings.profile.name;
    let body = html! {
        article.letter.poster {
            header { p.strong { (theirs(name)) } h1 { (t!(text, "poster-headline")) } }
            (qr(&format!("{address}/"), &t!(text, "poster-qr", address = short)))
            p.url dir="ltr" { (short) }
            ol {
                li { (icon(Icon::Smartphone)) " " (t!(text, "poster-step-camera")) }
                li { (icon(Icon::QrCode)) " " (t!(text, "poster-step-point")) }
                li { (icon(Icon::CalendarCheck)) " " (t!(text, "poster-step-book")) }
            }
            @if settings.lan_only { p { (t!(text, "poster-wifi")) } }
        }
    };
    let title = t!(text, "poster-title");
    Ok(Reply::page(layout::print(ctx, &title, INDEX, body)))
}
