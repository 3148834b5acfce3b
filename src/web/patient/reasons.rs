//! Book, step one: what do you need?

use maud::html;

use crate::app::{booking, engagement};
use crate::domain::refusal::Refused;
use crate::t;
use crate::web::ctx::Ctx;
use crate::web::layout::{self, Extra, Tab};
use crate::web::reply::Reply;
use crate::web::respond::{Handled, sentence};
use crate::web::ui::button::{Button, back_link};
use crate::web::ui::empty::empty;
use crate::web::ui::icon::Icon;
use crate::web::ui::row_list::{Row, row_list};
use crate::web::ui::text::theirs;

/// `GET /visits/new`
pub fn show(ctx: &Ctx) -> Handled {
    let text = ctx.text;
    if let Some(refused) = booking::limit(&ctx.clinic, &ctx.caller())? {
        return Ok(full(ctx, &refused));
    }
    let services = engagement::reasons(&ctx.clinic, &ctx.caller())?;
    let title = t!(text, "book-reason-title");
    let paths: Vec<String> = services
        .iter()
        .map(|s| format!("/visits/new/{}", s.id))
        .collect();
    let rows: Vec<Row<'_>> = services
        .iter()
        .zip(&paths)
        .map(|(service, path)| {
            let minutes = text.duration(u32::from(service.timing.duration_min));
            let detail = match &service.price {
                Some(price) => t!(
                    text,
                    "book-reason-price",
                    duration = minutes,
                    price = text.money(price.minor, price.currency.as_str())
                ),
                None => minutes,
            };
            Row::link(path, theirs(&service.name)).detail(html! {
                (detail)
                @if !service.description.is_empty() { br; (theirs(&service.description)) }
            })
        })
        .collect();
    let body = html! {
        (back_link("/", &t!(text, "page-back")))
        h1 { (title) }
        @if rows.is_empty() {
            (empty(Icon::Phone, &t!(text, "book-none-title"), &t!(text, "book-none"), &html! {}))
        } @else {
            (row_list(&rows))
        }
    };
    Ok(Reply::page(layout::patient(
        ctx,
        Tab::Visits,
        &title,
        Extra::default(),
        body,
    )))
}

/// Before anything is chosen: no further visit can be booked now.
fn full(ctx: &Ctx, refused: &Refused) -> Reply {
    let text = ctx.text;
    let title = t!(text, "book-full-title");
    let (why, visits) = (sentence(ctx, refused), t!(text, "visit-back"));
    let body = html! {
        (back_link("/", &t!(text, "page-back")))
        h1 { (title) }
        p { (why) }
        (Button::secondary(&visits).link("/visits"))
    };
    let extra = Extra::default();
    Reply::page(layout::patient(ctx, Tab::Visits, &title, extra, body))
}
