//! The link about one visit, from a mail: say that you come, choose another time, or say that you
//! cannot come, without signing in. It shows the least that this needs: when and where, and no name.

use maud::{Markup, html};

use super::one_visit::{OneVisit, Said};
use super::visits::state;
use super::{moment, place};
use crate::app::booking::{self, Detailed};
use crate::domain::appointment::{Doer, Status};
use crate::t;
use crate::web::ctx::Ctx;
use crate::web::layout::Extra;
use crate::web::reply::Reply;
use crate::web::respond::Handled;
use crate::web::ui::button::{Button, Weight, actions};
use crate::web::ui::card::facts;
use crate::web::ui::icon::Icon;
use crate::web::ui::tag::tag;

/// `GET /v/{token}`
pub fn show(ctx: &Ctx) -> Handled {
    let text = ctx.text;
    let one = OneVisit::of(ctx)?;
    let detailed = one.look(ctx)?;
    let visit = &detailed.visit;
    let cancelled = visit.status == Status::Cancelled;
    let title = if cancelled {
        t!(text, "visit-link-cancelled")
    } else {
        t!(text, "visit-link-title")
    };
    let (word, tone) = state(ctx, visit);
    let body = html! {
        h1 { (title) }
        section.card.hero {
            p { (tag(&word, tone)) }
            h2 { (moment(ctx, visit.start)) }
            @if let Some(place) = place(ctx).filter(|_| !cancelled) {
                (facts(&[(Icon::MapPin, place)]))
            }
        }
        @if cancelled { (taken_back(ctx, &one, &detailed)) } @else { (choices(ctx, &one, &detailed)) }
    };
    let said = Said::of(ctx, &one, visit);
    let extra = Extra {
        toast: said.as_ref().map(Said::toast),
        ..Extra::default()
    };
    Ok(Reply::page(one.page(ctx, &title, extra, body)))
}

/// What can be done with a visit ahead: one thing first, the others below.
fn choices(ctx: &Ctx, one: &OneVisit, detailed: &Detailed) -> Markup {
    let text = ctx.text;
    let Detailed { visit, service, .. } = detailed;
    let wants_yes = visit.status == Status::Booked && visit.confirmed_at.is_none();
    let may_move = visit.may_patient_move(service, ctx.now);
    let (sure, change) = (t!(text, "visit-confirm"), t!(text, "visit-change"));
    let cancel = t!(text, "visit-cancel");
    html! {
        @if visit.confirmed_at.is_some() { p { (t!(text, "visit-link-confirmed")) } }
        (actions(&html! {
            @if wants_yes {
                (Button::primary(&sure)
                    .icon(Icon::CalendarCheck)
                    .post(&one.path("confirmation"), &ctx.token(), &[]))
            }
            @if may_move {
                (Button::secondary(&change)
                    .icon(Icon::CalendarClock)
                    .link(&one.path("time")))
            }
            (Button::new(&cancel, Weight::Quiet).link(&one.path("cancellation")))
        }))
        (one.take_back(ctx, visit))
        @if !may_move { p.muted { (t!(text, "visit-too-late-to-move")) } }
        p { a href="/sign-in" { (t!(text, "visit-link-more")) } }
    }
}

/// What is left to do about a visit that was cancelled: take it back, or book another.
fn taken_back(ctx: &Ctx, one: &OneVisit, detailed: &Detailed) -> Markup {
    let text = ctx.text;
    let (undo, again) = (t!(text, "visit-link-keep"), t!(text, "visit-link-again"));
    let by_patient = detailed
        .visit
        .cancellation
        .as_ref()
        .is_some_and(|c| c.by == Doer::Patient);
    html! {
        p {
            @if by_patient { (t!(text, "visit-link-cancelled-lead")) }
            @else { (t!(text, "visit-cancelled-by-clinic")) }
        }
        (actions(&html! {
            @if booking::can_undo(&detailed.visit, Doer::Patient, ctx.now) {
                (Button::secondary(&undo).post(&one.path("undo"), &ctx.token(), &[]))
            }
            (Button::secondary(&again).icon(Icon::CalendarPlus).link("/sign-in"))
        }))
    }
}
