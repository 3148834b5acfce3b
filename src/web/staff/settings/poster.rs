//! A poster for the waiting room: the address as a QR code, and three steps. What keeps phones from
//! getting there is said above it, and is not printed.

use maud::{Markup, html};

use super::INDEX;
use crate::app::certificate;
use crate::domain::certificate::Source;
use crate::domain::local_name::{Obstacle, best_address, is_only_at_home, obstacle};
use crate::t;
use crate::web::ctx::Ctx;
use crate::web::layout;
use crate::web::reply::Reply;
use crate::web::respond::{Handled, Trouble};
use crate::web::ui::banner::banner;
use crate::web::ui::icon::{Icon, icon};
use crate::web::ui::qr::qr;
use crate::web::ui::tag::Tone;
use crate::web::ui::text::theirs;

/// Where one does something about it.
const CONNECTION: &str = "/staff/settings/connection";

/// `GET /staff/settings/poster`
pub fn show(ctx: &Ctx) -> Handled {
    let text = ctx.text;
    let settings = &ctx.current.settings;
    let announced = ctx.clinic.local_name.load_full();
    let address = best_address(&settings.address, announced.as_deref());
    let short = address.strip_prefix("https://").unwrap_or(&address);
    let name = &settings.profile.name;
    let at_home = settings.lan_only || is_only_at_home(&address);
    let body = html! {
        (warnings(ctx, &address)?)
        article.letter.poster {
            header { p.strong { (theirs(name)) } h1 { (t!(text, "poster-headline")) } }
            (qr(&format!("{address}/"), &t!(text, "poster-qr", address = short)))
            p.url dir="ltr" { (short) }
            ol {
                li { (icon(Icon::Smartphone)) " " (t!(text, "poster-step-camera")) }
                li { (icon(Icon::QrCode)) " " (t!(text, "poster-step-point")) }
                li { (icon(Icon::CalendarCheck)) " " (t!(text, "poster-step-book")) }
            }
            @if at_home { p { (t!(text, "poster-wifi")) } }
        }
    };
    let title = t!(text, "poster-title");
    Ok(Reply::page(layout::print(ctx, &title, INDEX, body)))
}

/// What a phone would stumble over.
fn warnings(ctx: &Ctx, address: &str) -> Result<Markup, Trouble> {
    let text = ctx.text;
    let mut found = Vec::new();
    match obstacle(address) {
        None => {}
        Some(Obstacle::OnlyHere) => found.push((
            Tone::Bad,
            t!(text, "poster-here"),
            t!(text, "poster-here-detail"),
        )),
        Some(Obstacle::Number) => found.push((
            Tone::Warn,
            t!(text, "poster-number"),
            t!(text, "poster-number-detail"),
        )),
        Some(Obstacle::OldPhones) => found.push((
            Tone::Warn,
            t!(text, "poster-old-phones"),
            t!(text, "poster-old-phones-detail"),
        )),
    }
    let shown = certificate::report(&ctx.clinic)?.shown;
    let is_own = shown.is_none_or(|shown| shown.source == Source::Own);
    // Phones that come by the proxy in front see its certificate and never ours.
    if is_own && !ctx.secured_in_front() {
        found.push((
            Tone::Warn,
            t!(text, "poster-untrusted"),
            t!(text, "poster-untrusted-detail"),
        ));
    }
    Ok(html! {
        @if !found.is_empty() {
            div.stack.no-print {
                @for (tone, title, detail) in &found {
                    (banner(*tone, title, &html! { p { (detail) } }))
                }
                p { a href=(CONNECTION) { (t!(text, "poster-fix")) } }
            }
        }
    })
}
