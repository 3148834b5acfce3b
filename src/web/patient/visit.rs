//! One visit: what it is, what can be done with it, what happened to it.

use maud::{Markup, html};

use super::one_visit::{OneVisit, Said};
use super::visits::state;
use super::{moment, place};
use crate::app::booking::{self, Detailed};
use crate::domain::appointment::{Doer, EventKind, Status};
use crate::interop::icalendar::{self, Event, Method};
use crate::t;
use crate::web::ctx::Ctx;
use crate::web::layout::Extra;
use crate::web::reply::Reply;
use crate::web::respond::{Handled, Trouble};
use crate::web::ui::button::{Button, Weight, actions, back_link};
use crate::web::ui::details::details;
use crate::web::ui::icon::Icon;
use crate::web::ui::panel::panel_done;
use crate::web::ui::summary_list::{Answer, summary_list};
use crate::web::ui::tag::tag;
use crate::web::ui::text::{their_paragraph, theirs};
use crate::web::ui::timeline::{Moment, timeline};

/// `GET /visits/{visit}`
pub fn show(ctx: &Ctx) -> Handled {
    let one = OneVisit::of(ctx)?;
    let detailed = one.look(ctx)?;
    Ok(Reply::page(view(ctx, &one, &detailed)?))
}

/// `POST /visits/{visit}/confirmation`, `POST /v/{token}/confirmation`
pub fn confirm(ctx: &Ctx) -> Handled {
    ctx.only(&[])?;
    let one = OneVisit::of(ctx)?;
    one.pass.confirm(&ctx.clinic)?;
    Ok(one.did("confirmed"))
}

/// `POST /visits/{visit}/undo`, `POST /v/{token}/undo`
pub fn undo(ctx: &Ctx) -> Handled {
    ctx.only(&[])?;
    let one = OneVisit::of(ctx)?;
    one.pass.undo(&ctx.clinic)?;
    Ok(one.did("undone"))
}

/// `GET /visits/{visit}/calendar`: the visit as an iCalendar file.
pub fn calendar(ctx: &Ctx) -> Handled {
    let detailed = OneVisit::of(ctx)?.look(ctx)?;
    let visit = &detailed.visit;
    let settings = &ctx.current.settings;
    let uid = visit.calendar_uid();
    let summary = t!(
        ctx.text,
        "visit-calendar-title",
        clinic = settings.profile.name.clone()
    );
    let place = settings.profile.address.join(", ");
    let status = match visit.status {
        Status::Cancelled | Status::NoShow => icalendar::Status::Cancelled,
        Status::Pending => icalendar::Status::Tentative,
        Status::Booked | Status::Arrived | Status::CheckedIn | Status::Fulfilled => {
            icalendar::Status::Confirmed
        }
    };
    let event = Event {
        uid: &uid,
        sequence: visit.sequence,
        stamp: visit.history.last().map_or(ctx.now, |e| e.at),
        start: visit.start,
        end: visit.end(),
        status,
        summary: &summary,
        location: (!place.is_empty()).then_some(&place),
        description: settings.profile.phone.as_deref(),
        url: None,
        organizer: None,
        attendee: None,
    };
    let file = icalendar::calendar(Method::Publish, &[event]);
    Ok(Reply::file(
        "text/calendar; charset=utf-8",
        "visit.ics",
        file.into_bytes(),
    ))
}

fn view(ctx: &Ctx, one: &OneVisit, detailed: &Detailed) -> Result<Markup, Trouble> {
    let text = ctx.text;
    let Detailed {
        visit,
        service,
        practitioner,
    } = detailed;
    let done = Said::just_booked(ctx, visit).then(|| {
        if visit.status == Status::Pending {
            t!(text, "visit-requested-title")
        } else {
            t!(text, "visit-booked-title")
        }
    });
    let title = t!(
        text,
        "visit-title",
        service = service.name.clone(),
        practitioner = practitioner.called()
    );
    let (word, tone) = state(ctx, visit);
    let reminds = done.is_some() && booking::will_remind(&ctx.clinic, &ctx.caller(), visit.id)?;
    let body = html! {
        (back_link("/visits", &t!(text, "visit-back")))
        @match &done {
            Some(done) => {
                (panel_done(done, &moment(ctx, visit.start)))
                p {
                    @if visit.status == Status::Pending { (t!(text, "visit-requested-next")) }
                    @else if reminds { (t!(text, "visit-booked-next")) }
                    @else { (t!(text, "visit-booked-next-quiet")) }
                }
                h2 { (title) }
            }
            None => { h1 { (title) } p { (tag(&word, tone)) } }
        }
        (facts(ctx, detailed))
        (buttons(ctx, one, detailed, done.is_some()))
        (one.take_back(ctx, visit))
        (cancelled(ctx, detailed))
        (details(&t!(text, "visit-timeline"), &history(ctx, detailed), false))
    };
    let page_title = done.unwrap_or(title);
    let said = Said::of(ctx, one, visit);
    let extra = Extra {
        toast: said.as_ref().map(Said::toast),
        ..Extra::default()
    };
    Ok(one.page(ctx, &page_title, extra, body))
}

fn facts(ctx: &Ctx, detailed: &Detailed) -> Markup {
    let text = ctx.text;
    let visit = &detailed.visit;
    let (when, long, where_, reference, note) = (
        t!(text, "book-when"),
        t!(text, "visit-duration"),
        t!(text, "book-where"),
        t!(text, "visit-reference"),
        t!(text, "book-note"),
    );
    let mut answers = vec![
        Answer::fixed(&when, moment(ctx, visit.start)),
        Answer::fixed(
            &long,
            html! { (text.duration(u32::from(visit.duration_min))) },
        ),
    ];
    answers.extend(place(ctx).map(|place| Answer::fixed(&where_, place)));
    answers.push(Answer::fixed(&reference, html! { (visit.reference) }));
    if !visit.patient_note.is_empty() {
        answers.push(Answer::fixed(&note, their_paragraph(&visit.patient_note)));
    }
    summary_list(&answers)
}

/// What can be done with a visit now. One thing is first: confirm, or get the calendar entry.
fn buttons(ctx: &Ctx, one: &OneVisit, detailed: &Detailed, just_booked: bool) -> Markup {
    let text = ctx.text;
    let Detailed { visit, service, .. } = detailed;
    if !visit.may_patient_cancel(ctx.now) {
        let again = t!(text, "visit-again");
        return html! {
            @if service.is_online() {
                (Button::primary(&again)
                    .icon(Icon::CalendarPlus)
                    .link(&format!("/visits/new/{}", service.id)))
            }
        };
    }
    let token = ctx.token();
    let calendar = t!(text, "visit-add-to-calendar");
    let calendar = Button::secondary(&calendar).icon(Icon::CalendarPlus);
    let sure = t!(text, "visit-confirm");
    let wants_yes = visit.status == Status::Booked && visit.confirmed_at.is_none() && !just_booked;
    let (change, cancel) = (t!(text, "visit-change"), t!(text, "visit-cancel"));
    html! {
        @if wants_yes {
            (Button::primary(&sure)
                .icon(Icon::CalendarCheck)
                .post(&one.path("confirmation"), &token, &[]))
        }
        (actions(&html! {
            @if visit.may_patient_move(service, ctx.now) {
                (Button::secondary(&change)
                    .icon(Icon::CalendarClock)
                    .link(&one.path("time")))
            }
            @if visit.status == Status::Booked {
                (calendar.link(&one.path("calendar")))
            }
            (Button::new(&cancel, Weight::Quiet).link(&one.path("cancellation")))
        }))
        @if visit.status == Status::Booked && !visit.may_patient_move(service, ctx.now) {
            p.muted { (t!(text, "visit-too-late-to-move")) }
        }
    }
}

fn cancelled(ctx: &Ctx, detailed: &Detailed) -> Markup {
    let Some(cancellation) = &detailed.visit.cancellation else {
        return html! {};
    };
    let text = ctx.text;
    html! {
        p {
            @match cancellation.by {
                Doer::Patient => (t!(text, "visit-cancelled-by-you")),
                Doer::Staff(_) | Doer::System => (t!(text, "visit-cancelled-by-clinic")),
            }
        }
        @if !cancellation.reason.is_empty() { p { (theirs(&cancellation.reason)) } }
        @if cancellation.late { p.muted { (t!(text, "visit-cancelled-late")) } }
    }
}

fn history(ctx: &Ctx, detailed: &Detailed) -> Markup {
    let text = ctx.text;
    let moments: Vec<Moment> = detailed
        .visit
        .history
        .iter()
        .map(|event| {
            let title = match &event.kind {
                EventKind::Requested => t!(text, "event-requested"),
                EventKind::Booked => t!(text, "event-booked"),
                EventKind::Confirmed => t!(text, "event-confirmed"),
                EventKind::Moved { from, .. } => {
                    t!(
                        text,
                        "event-moved",
                        from = ctx.when().date_time_short(*from)
                    )
                }
                EventKind::Resized { .. } => t!(text, "event-resized"),
                EventKind::Undone => t!(text, "event-undone"),
                EventKind::Became(Status::Arrived) => t!(text, "event-arrived"),
                EventKind::Became(Status::CheckedIn) => t!(text, "event-started"),
                EventKind::Became(Status::Fulfilled) => t!(text, "event-done"),
                EventKind::Became(Status::Cancelled) => t!(text, "event-cancelled"),
                EventKind::Became(Status::NoShow) => t!(text, "event-missed"),
                EventKind::Became(Status::Pending) => t!(text, "event-asks-again"),
                EventKind::Became(Status::Booked) => t!(text, "event-corrected"),
            };
            Moment {
                title: html! { (title) },
                detail: moment(ctx, event.at),
                past: true,
            }
        })
        .collect();
    timeline(&moments)
}
