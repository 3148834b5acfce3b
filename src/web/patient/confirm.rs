//! Book, step three: check and book. Choosing a time is a POST that holds it for ten minutes.

use maud::{Markup, html};

use super::times::{self, Asked};
use super::{moment, parse_slot, place, visit_path};
use crate::app::booking::{self, Wish};
use crate::app::engagement;
use crate::domain::appointment::Hold;
use crate::domain::id::{HoldId, ServiceId};
use crate::domain::refusal::Refused;
use crate::domain::service::OnlineBooking;
use crate::t;
use crate::web::ctx::Ctx;
use crate::web::fields::Problems;
use crate::web::layout::{self, Extra, Tab};
use crate::web::reply::Reply;
use crate::web::respond::{Handled, Trouble, apology_with};
use crate::web::ui::button::{Button, back_link};
use crate::web::ui::error_summary::error_summary;
use crate::web::ui::field::{Field, Wrong};
use crate::web::ui::form::{Form, hidden};
use crate::web::ui::summary_list::{Answer, summary_list};
use crate::web::ui::text::theirs;
use poem::http::StatusCode;

/// The longest note that a patient can send with a visit, in characters.
const NOTE_MAX: usize = 500;

/// `POST /holds`. A note that was typed for a time that has gone comes along from the page of times,
/// and stands in the form again: it is in no address, so this page is the answer itself. Without a
/// time, the page of times is shown again, further on or for somebody else.
pub fn hold(ctx: &Ctx) -> Handled {
    let form = ctx.only(&["service", "start", "note", "with", "from"])?;
    let service: ServiceId = form.parsed("service").ok_or(Refused::NotFound)?;
    let note = form.get("note");
    if !note.is_empty() && form.get("start").is_empty() {
        let page = times::page(ctx, service, &Asked::in_fields(ctx, form), None, note)?;
        return Ok(uncompressed(Reply::page(page)));
    }
    let (start, practitioner) = parse_slot(form.get("start")).ok_or(Trouble::BadRequest)?;
    let wish = Wish {
        service,
        practitioner,
        start,
    };
    match booking::hold(&ctx.clinic, &ctx.caller(), wish).map_err(Trouble::from) {
        Ok(hold) if note.is_empty() => Ok(Reply::see_other(&format!("/holds/{}", hold.id))),
        Ok(hold) => {
            ctx.saw([hold.patient]);
            let page = view(ctx, &hold, note, &Problems::default())?;
            Ok(uncompressed(Reply::page(page)))
        }
        Err(Trouble::Refused(refused)) => gone(ctx, service, &refused, note),
        Err(other) => Err(other),
    }
}

/// A page that shows what was typed.
fn uncompressed(mut reply: Reply) -> Reply {
    reply.compress = false;
    reply
}

/// The page of times again, saying why the chosen one cannot be had. The note goes along.
fn gone(ctx: &Ctx, service: ServiceId, refused: &Refused, note: &str) -> Handled {
    if *refused == Refused::NotFound {
        return Err(Refused::NotFound.into());
    }
    let page = times::page(ctx, service, &Asked::of(ctx), Some(refused), note)?;
    let mut reply = Reply::problems(page);
    reply.status = StatusCode::CONFLICT;
    Ok(reply)
}

/// `GET /holds/{hold}`
pub fn show(ctx: &Ctx) -> Handled {
    let id: HoldId = ctx.param("hold")?;
    match booking::own_hold(&ctx.clinic, &ctx.caller(), id).map_err(Trouble::from) {
        Ok(hold) => {
            ctx.saw([hold.patient]);
            view(ctx, &hold, "", &Problems::default()).map(Reply::page)
        }
        Err(Trouble::Refused(_)) => ended(ctx, id),
        Err(other) => Err(other),
    }
}

/// A hold that keeps no time any more: on to the visit that came of it, or to the times. It says the
/// same of a hold of somebody else and of one that never was.
fn ended(ctx: &Ctx, id: HoldId) -> Handled {
    if let Some(visit) = booking::booked_from(&ctx.clinic, &ctx.caller(), id)? {
        return Ok(Reply::see_other(&visit_path(visit, "")));
    }
    let text = ctx.text;
    let times = match booking::held_service(&ctx.clinic, &ctx.caller(), id)? {
        Some(service) => format!("/visits/new/{service}"),
        None => "/visits/new".to_owned(),
    };
    let title = t!(text, "book-ended-title");
    let what = t!(text, "book-ended", count = booking::HOLD_MIN);
    let on = (times, t!(text, "book-time-title"));
    Ok(apology_with(
        ctx,
        (&title, &what),
        StatusCode::NOT_FOUND,
        false,
        &on,
    ))
}

/// `POST /holds/{hold}/visit`
pub fn submit(ctx: &Ctx) -> Handled {
    let id: HoldId = ctx.param("hold")?;
    let form = ctx.only(&["note", "service"])?;
    let note = form.get("note");
    if note.chars().count() > NOTE_MAX {
        let hold = booking::own_hold(&ctx.clinic, &ctx.caller(), id)?;
        let mut problems = Problems::default();
        problems.add("note", t!(ctx.text, "error-too-long", max = NOTE_MAX));
        return view(ctx, &hold, note, &problems).map(Reply::problems);
    }
    match booking::book(&ctx.clinic, &ctx.caller(), id, note).map_err(Trouble::from) {
        Ok(visit) => Ok(Reply::done(&visit_path(visit.id, ""), "booked")),
        Err(Trouble::Refused(refused)) => {
            let held = booking::held_service(&ctx.clinic, &ctx.caller(), id)?;
            // A hold that ran out is cleared away; the form still knows what it was for.
            match held.or_else(|| form.parsed("service")) {
                Some(service) => gone(ctx, service, &refused, note),
                None => ended(ctx, id),
            }
        }
        Err(other) => Err(other),
    }
}

fn view(ctx: &Ctx, hold: &Hold, note: &str, problems: &Problems) -> Result<Markup, Trouble> {
    let text = ctx.text;
    let (service, who) = engagement::reason(&ctx.clinic, hold.service)?;
    let with = who
        .iter()
        .find(|p| p.id == hold.practitioner)
        .ok_or(Refused::SlotTaken)?;
    let request = service.online == OnlineBooking::Request
        || !ctx.may(crate::domain::policy::Permission::OwnChart);
    let title = if request {
        t!(text, "book-ask-title")
    } else {
        t!(text, "book-check-title")
    };
    let times_path = format!("/visits/new/{}", service.id);
    let (what, who_key, when, where_, cost, change, notice) = (
        t!(text, "book-what"),
        t!(text, "book-who"),
        t!(text, "book-when"),
        t!(text, "book-where"),
        t!(text, "book-price"),
        t!(text, "book-change"),
        t!(text, "book-notice"),
    );
    let mut answers = vec![
        Answer::fixed(&when, moment(ctx, hold.start)).change(&times_path, &change, &when),
        Answer::fixed(
            &what,
            html! { (theirs(&service.name)) ", " (text.duration(u32::from(hold.duration_min))) },
        )
        .change("/visits/new", &change, &what),
        Answer::fixed(&who_key, theirs(&with.called())),
    ];
    answers.extend(place(ctx).map(|place| Answer::fixed(&where_, place)));
    if let Some(price) = &service.price {
        let amount = text.money(price.minor, price.currency.as_str());
        answers.push(Answer::fixed(&cost, html! { (amount) }));
    }
    // A time that is nearer than the notice leaves only "as soon as you can".
    let hours = if service.is_late_to_cancel(hold.start, ctx.now) {
        0
    } else {
        service.cancel_notice_min.div_ceil(60)
    };
    answers.push(Answer::fixed(
        &notice,
        html! { (t!(text, "book-notice-rule", hours = hours)) },
    ));
    let prefix = t!(text, "page-error-prefix");
    let wrong = |name: &str| {
        problems.of(name).map(|message| Wrong {
            prefix: &prefix,
            message,
        })
    };
    let button = if request {
        t!(text, "book-ask")
    } else {
        t!(text, "book-this-time")
    };
    let form = Form::new(&format!("/holds/{}/visit", hold.id), &ctx.token()).show(&html! {
        (hidden("service", &service.id.to_string()))
        (Field::new("note", &t!(text, "book-note"))
            .hint(&t!(text, "book-note-hint"))
            .value(note)
            .lines(3)
            .wrong(wrong("note"))
            .show())
        (Button::primary(&button).submit())
    });
    let summary: Vec<(&str, &str)> = problems.iter().collect();
    let body = html! {
        (back_link(&times_path, &t!(text, "page-back")))
        @if !problems.is_empty() { (error_summary(&t!(text, "error-summary"), &summary)) }
        h1 { (title) }
        (summary_list(&answers))
        @if request { p { (t!(text, "book-ask-explain")) } }
        (form)
        p.muted { (t!(text, "book-held-until", time = ctx.when().time(hold.expires_at))) }
    };
    let extra = Extra {
        has_problems: !problems.is_empty(),
        ..Extra::default()
    };
    Ok(layout::patient(ctx, Tab::Visits, &title, extra, body))
}
