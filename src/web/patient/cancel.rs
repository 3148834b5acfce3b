//! Say that you cannot come. A late cancellation is still better than an empty chair.

use maud::{Markup, html};

use super::moment;
use super::one_visit::OneVisit;
use crate::app::booking::Detailed;
use crate::domain::appointment::Status;
use crate::domain::refusal::Refused;
use crate::t;
use crate::web::ctx::Ctx;
use crate::web::fields::Problems;
use crate::web::layout::Extra;
use crate::web::reply::Reply;
use crate::web::respond::Handled;
use crate::web::ui::button::{Button, Weight, actions, back_link};
use crate::web::ui::error_summary::error_summary;
use crate::web::ui::field::{Field, Wrong};
use crate::web::ui::form::Form;

/// The longest reason, in characters.
const REASON_MAX: usize = 200;

/// `GET /visits/{visit}/cancellation`, `GET /v/{token}/cancellation`
pub fn show(ctx: &Ctx) -> Handled {
    let one = OneVisit::of(ctx)?;
    let detailed = one.look(ctx)?;
    if !detailed.visit.may_patient_cancel(ctx.now) {
        return Err(Refused::VisitNotOpen.into());
    }
    let nothing = Problems::default();
    Ok(Reply::page(view(ctx, &one, &detailed, "", &nothing)))
}

/// `POST /visits/{visit}/cancellation`, `POST /v/{token}/cancellation`
pub fn submit(ctx: &Ctx) -> Handled {
    let one = OneVisit::of(ctx)?;
    let reason = ctx.only(&["reason"])?.get("reason");
    if reason.chars().count() > REASON_MAX {
        let detailed = one.look(ctx)?;
        let mut problems = Problems::default();
        problems.add("reason", t!(ctx.text, "error-too-long", max = REASON_MAX));
        let page = view(ctx, &one, &detailed, reason, &problems);
        return Ok(Reply::problems(page));
    }
    one.pass.cancel(&ctx.clinic, reason)?;
    Ok(one.did("cancelled"))
}

fn view(
    ctx: &Ctx,
    one: &OneVisit,
    detailed: &Detailed,
    reason: &str,
    problems: &Problems,
) -> Markup {
    let text = ctx.text;
    let Detailed { visit, service, .. } = detailed;
    let title = t!(text, "cancel-title");
    let late = visit.status == Status::Booked && visit.is_late_to_cancel(service, ctx.now);
    let prefix = t!(text, "page-error-prefix");
    let wrong = problems.of("reason").map(|message| Wrong {
        prefix: &prefix,
        message,
    });
    let back = one.path("");
    let (go, keep) = (t!(text, "cancel-now"), t!(text, "cancel-keep"));
    let form = Form::new(&one.path("cancellation"), &ctx.token()).show(&html! {
        (Field::new("reason", &t!(text, "cancel-reason"))
            .hint(&t!(text, "cancel-reason-hint"))
            .value(reason)
            .wrong(wrong)
            .show())
        (actions(&html! {
            (Button::new(&go, Weight::Danger).submit())
            (Button::secondary(&keep).link(&back))
        }))
    });
    let summary: Vec<(&str, &str)> = problems.iter().collect();
    let body = html! {
        (back_link(&back, &t!(text, "page-back")))
        @if !problems.is_empty() { (error_summary(&t!(text, "error-summary"), &summary)) }
        h1 { (title) }
        p { (moment(ctx, visit.start)) }
        @if late {
            p { (t!(text, "cancel-late", hours = service.cancel_notice_min.div_ceil(60))) }
        }
        (form)
    };
    let extra = Extra {
        has_problems: !problems.is_empty(),
        ..Extra::default()
    };
    one.page(ctx, &title, extra, body)
}
