//! Change the time of a visit: the chosen time is taken at once, and can be given back.

use maud::{Markup, html};
use poem::http::StatusCode;

use super::one_visit::OneVisit;
use super::times::{Asked, Times};
use super::{moment, parse_slot};
use crate::app::availability::Except;
use crate::app::booking::Detailed;
use crate::app::engagement;
use crate::domain::refusal::Refused;
use crate::domain::service::OnlineBooking;
use crate::t;
use crate::web::ctx::Ctx;
use crate::web::layout::Extra;
use crate::web::reply::Reply;
use crate::web::respond::{Handled, Trouble, sentence};
use crate::web::ui::banner::banner;
use crate::web::ui::button::back_link;
use crate::web::ui::tag::Tone;

/// `GET /visits/{visit}/time`, `GET /v/{token}/time`
pub fn show(ctx: &Ctx) -> Handled {
    let one = OneVisit::of(ctx)?;
    let detailed = one.look(ctx)?;
    if !detailed.visit.status.is_open() {
        return Err(Refused::VisitNotOpen.into());
    }
    if !detailed.visit.may_patient_move(&detailed.service, ctx.now) {
        return Err(Refused::TooLateToMove.into());
    }
    view(ctx, &one, &detailed, None).map(Reply::page)
}

/// `POST /visits/{visit}/time`, `POST /v/{token}/time`
pub fn submit(ctx: &Ctx) -> Handled {
    let one = OneVisit::of(ctx)?;
    let form = ctx.only(&["start"])?;
    let (start, with) = parse_slot(form.get("start")).ok_or(Trouble::BadRequest)?;
    let moved = one.pass.move_to(&ctx.clinic, start, with);
    match moved.map_err(Trouble::from) {
        Ok(_) => Ok(one.did("moved")),
        Err(Trouble::Refused(refused @ (Refused::SlotTaken | Refused::OverlapsOwn))) => {
            let detailed = one.look(ctx)?;
            let gone = sentence(ctx, &refused);
            let mut reply = Reply::problems(view(ctx, &one, &detailed, Some(&gone))?);
            reply.status = StatusCode::CONFLICT;
            Ok(reply)
        }
        Err(other) => Err(other),
    }
}

fn view(
    ctx: &Ctx,
    one: &OneVisit,
    detailed: &Detailed,
    gone: Option<&str>,
) -> Result<Markup, Trouble> {
    let text = ctx.text;
    let (service, who) = engagement::offering(&ctx.clinic, detailed.service.id)?;
    let mut asked = Asked::of(ctx);
    // With the same person, unless the reader asks for anyone.
    if !ctx.query.has("with") {
        asked.with = Some(detailed.practitioner.id).filter(|id| who.iter().any(|p| p.id == *id));
    }
    let base = one.path("time");
    let title = t!(text, "move-title");
    let times = Times {
        service: &service,
        who: &who,
        asked: &asked,
        base: &base,
        action: &base,
        fields: &[],
        carries: false,
        except: Except {
            visit: Some(detailed.visit.id),
            hold: None,
        },
        now_at: Some(detailed.visit.start),
    };
    let body = html! {
        (back_link(&one.path(""), &t!(text, "page-back")))
        h1 { (title) }
        p { (t!(text, "move-now")) " " (moment(ctx, detailed.visit.start)) }
        @if detailed.service.online == OnlineBooking::Request { p { (t!(text, "move-asks")) } }
        @if let Some(gone) = gone {
            (banner(Tone::Warn, &t!(text, "book-gone-title"), &html! { p { (gone) } }))
        }
        (times.show(ctx)?)
    };
    let extra = Extra {
        has_problems: gone.is_some(),
        ..Extra::default()
    };
    Ok(one.page(ctx, &title, extra, body))
}
