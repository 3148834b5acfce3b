//! My visits: ahead and behind.

use maud::{Markup, html};

use super::{visit_path, what};
use crate::app::booking::Detailed;
use crate::app::engagement;
use crate::domain::appointment::{Appointment, Status};
use crate::t;
use crate::web::ctx::Ctx;
use crate::web::layout::{self, Extra, Tab};
use crate::web::reply::Reply;
use crate::web::respond::Handled;
use crate::web::ui::button::Button;
use crate::web::ui::empty::empty;
use crate::web::ui::icon::Icon;
use crate::web::ui::row_list::{Row, row_list};
use crate::web::ui::tag::{Tone, tag};

/// `GET /visits`
pub fn show(ctx: &Ctx) -> Handled {
    let text = ctx.text;
    let mine = engagement::visits(&ctx.clinic, &ctx.caller())?;
    ctx.saw([ctx.own_chart()?]);
    let title = t!(text, "visits-title");
    let book = Button::primary(&t!(text, "visits-book"))
        .icon(Icon::CalendarPlus)
        .link("/visits/new");
    let body = html! {
        h1 { (title) }
        @if mine.ahead.is_empty() {
            (empty(
                Icon::CalendarDays,
                &t!(text, "visits-none-title"),
                &t!(text, "visits-none"),
                &book,
            ))
        } @else {
            h2 { (t!(text, "visits-ahead")) }
            (list(ctx, &mine.ahead))
            (book)
        }
        @if !mine.behind.is_empty() {
            h2 { (t!(text, "visits-behind")) }
            (list(ctx, &mine.behind))
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

/// The word for where a visit stands.
pub fn state(ctx: &Ctx, visit: &Appointment) -> (String, Tone) {
    let text = ctx.text;
    match visit.status {
        Status::Pending => (t!(text, "visit-state-pending"), Tone::Warn),
        Status::Booked if visit.end() <= ctx.now => (t!(text, "visit-state-past"), Tone::Neutral),
        Status::Booked if visit.confirmed_at.is_some() => {
            (t!(text, "visit-state-confirmed"), Tone::Ok)
        }
        Status::Booked => (t!(text, "visit-state-booked"), Tone::Info),
        Status::Arrived | Status::CheckedIn => (t!(text, "visit-state-arrived"), Tone::Ok),
        Status::Fulfilled => (t!(text, "visit-state-fulfilled"), Tone::Neutral),
        Status::Cancelled => (t!(text, "visit-state-cancelled"), Tone::Neutral),
        Status::NoShow => (t!(text, "visit-state-missed"), Tone::Warn),
    }
}

fn list(ctx: &Ctx, visits: &[Detailed]) -> Markup {
    let paths: Vec<String> = visits.iter().map(|v| visit_path(v.visit.id, "")).collect();
    let rows: Vec<Row<'_>> = visits
        .iter()
        .zip(&paths)
        .map(|(v, path)| {
            let (word, tone) = state(ctx, &v.visit);
            Row::link(path, html! { (ctx.when().date_time(v.visit.start)) })
                .detail(what(ctx, v))
                .end(tag(&word, tone))
        })
        .collect();
    row_list(&rows)
}
