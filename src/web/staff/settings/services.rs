//! Settings: what can be booked, in order.

use maud::{Markup, html};

use super::Frame;
use crate::app::practice::{self, Direction};
use crate::domain::id::ServiceId;
use crate::domain::service::{OnlineBooking, Service};
use crate::t;
use crate::web::ctx::Ctx;
use crate::web::fields::Problems;
use crate::web::reply::Reply;
use crate::web::respond::{Handled, Trouble};
use crate::web::ui::button::Button;
use crate::web::ui::empty::empty;
use crate::web::ui::icon::Icon;
use crate::web::ui::table::{Column, Table};
use crate::web::ui::tag::{Tone, tag};
use crate::web::ui::text::theirs;

/// The path of the page.
pub const PATH: &str = "/staff/settings/services";

/// `GET /staff/settings/services`
pub fn show(ctx: &Ctx) -> Handled {
    let text = ctx.text;
    let services = practice::services(&ctx.clinic, &ctx.caller())?;
    let add = t!(text, "services-add");
    let new = Button::primary(&add)
        .icon(Icon::Plus)
        .link("/staff/settings/services/new");
    let body = html! {
        @if services.is_empty() {
            (empty(Icon::ClipboardList, &t!(text, "services-none-title"), &t!(text, "services-none"), &new))
        } @else {
            p { (new) }
            (table(ctx, &services))
        }
    };
    let none = Problems::default();
    let page = Frame::new(t!(text, "services-title"), &none).show(ctx, &body);
    Ok(Reply::page(page))
}

fn table(ctx: &Ctx, services: &[Service]) -> Markup {
    let text = ctx.text;
    let title = t!(text, "services-title");
    let heads = [
        t!(text, "services-head-name"),
        t!(text, "services-head-length"),
        t!(text, "services-head-price"),
        t!(text, "services-head-online"),
        t!(text, "services-head-order"),
    ];
    let [name, length, price, online, order] = &heads;
    let columns = [
        Column::words(name),
        Column::words(length),
        Column::numbers(price),
        Column::words(online),
        Column::words(order),
    ];
    let (up, down) = (t!(text, "services-up"), t!(text, "services-down"));
    let token = ctx.token();
    let rows: Vec<Vec<Markup>> = services
        .iter()
        .map(|service| {
            let path = format!("{PATH}/{}", service.id);
            let position = format!("{path}/position");
            let step = |label: &str, value: &str| {
                Button::secondary(label)
                    .about(&service.name)
                    .small()
                    .swap("services")
                    .post(&position, &token, &[("direction", value)])
            };
            let amount = service
                .price
                .map(|p| text.money(p.minor, p.currency.as_str()));
            vec![
                html! { a href=(path) { (theirs(&service.name)) } },
                html! { (text.duration(u32::from(service.timing.duration_min))) },
                html! { (amount.unwrap_or_default()) },
                state(ctx, service),
                html! { div.row-flex { (step(&up, "up")) (step(&down, "down")) } },
            ]
        })
        .collect();
    html! {
        div id="services" {
            (Table { id: "services-list", caption: &title, caption_unseen: true, columns: &columns, rows: &rows, sums: None }.show())
        }
    }
}

/// How patients get a time online, in a word.
fn state(ctx: &Ctx, service: &Service) -> Markup {
    let text = ctx.text;
    if !service.active {
        return tag(&t!(text, "services-state-off"), Tone::Neutral);
    }
    match service.online {
        OnlineBooking::Off => tag(&t!(text, "services-state-desk"), Tone::Info),
        OnlineBooking::Instant => tag(&t!(text, "services-state-instant"), Tone::Ok),
        OnlineBooking::Request => tag(&t!(text, "services-state-request"), Tone::Ok),
    }
}

/// `POST /staff/settings/services/{service}/position`
pub fn reorder(ctx: &Ctx) -> Handled {
    let id: ServiceId = ctx.param("service")?;
    let direction = match ctx.only(&["direction"])?.get("direction") {
        "up" => Direction::Up,
        "down" => Direction::Down,
        _ => return Err(Trouble::BadRequest),
    };
    practice::move_service(&ctx.clinic, &ctx.caller(), id, direction)?;
    Ok(Reply::see_other(PATH))
}
