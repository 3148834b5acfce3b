//! Change the time of a visit: the chosen time is taken at once, and can be given back.

use maud::{Markup, html};
use poem::http::StatusCode;

use super::times::{Asked, Times};
use super::{moment, own_visit, parse_slot, visit_path};
use crate::app::availability::Except;
use crate::app::booking::{self, Detailed};
use crate::app::engagement;
use crate::domain::id::AppointmentId;
use crate::domain::refusal::Refused;
use crate::t;
use crate::web::ctx::Ctx;
use crate::web::layout::{self, Extra, Tab};
use crate::web::reply::Reply;
use crate::web::respond::{Handled, Trouble, sentence};
use crate::web::ui::banner::banner;
use crate::web::ui::button::back_link;
use crate::web::ui::tag::Tone;

/// `GET /visits/{visit}/time`
pub fn show(ctx: &Ctx) -> Handled {
    let detailed = own_visit(ctx)?;
    if !detailed.visit.status.is_open() {
        return Err(Refused::VisitNotOpen.into());
    }
    if !detailed.visit.may_patient_move(&detailed.service, ctx.now) {
        return Err(Refused::TooLateToMove.into());
    }
    view(ctx, &detailed, None).map(Reply::page)
}

/// `POST /visits/{visit}/time`
pub fn submit(ctx: &Ctx) -> Handled {
    let id: AppointmentId = ctx.param("visit")?;
    let form = ctx.only(&["start"])?;
    let (start, with) = parse_slot(form.get("start")).ok_or(Trouble::BadRequest)?;
    match booking::move_own(&ctx.clinic, &ctx.caller(), id, start, with).map_err(Trouble::from) {
        Ok(visit) => Ok(Reply::see_other(&format!(
            "{}?did=moved",
            visit_path(visit.id, "")
        ))),
        Err(Trouble::Refused(refused @ (Refused::SlotTaken | Refused::OverlapsOwn))) => {
            let detailed = own_visit(ctx)?;
            let mut reply = Reply::problems(view(ctx, &detailed, Some(&sentence(ctx, &refused)))?);
            reply.status = StatusCode::CONFLICT;
            Ok(reply)
        }
        Err(other) => Err(other),
    }
}

fn view(ctx: &Ctx, detailed: &Detailed, gone: Option<&str>) -> Result<Markup, Trouble> {
    let text = ctx.text;
    let (service, who) = engagement::offering(&ctx.clinic, detailed.service.id)?;
    let mut asked = Asked::of(ctx);
    // With the same person, unless the reader asks for anyone.
    if !ctx.query.has("with") {
        asked.with = Some(detailed.practitioner.id).filter(|id| who.iter().any(|p| p.id == *id));
    }
    let base = visit_path(detailed.visit.id, "time");
    let title = t!(text, "move-title");
    let times = Times {
        service: &service,
        who: &who,
        asked: &asked,
        base: &base,
        action: &base,
        fields: &[],
        except: Except {
            visit: Some(detailed.visit.id),
            hold: None,
        },
        now_at: Some(detailed.visit.start),
    };
    let body = html! {
        (back_link(&visit_path(detailed.visit.id, ""), &t!(text, "page-back")))
        h1 { (title) }
        p { (t!(text, "move-now")) " " (moment(ctx, detailed.visit.start)) }
        @if let Some(gone) = gone {
            (banner(Tone::Warn, &t!(text, "book-gone-title"), &html! { p { (gone) } }))
        }
        (times.show(ctx)?)
    };
    let extra = Extra {
        has_problems: gone.is_some(),
        ..Extra::default()
    };
    Ok(layout::patient(ctx, Tab::Visits, &title, extra, body))
}
