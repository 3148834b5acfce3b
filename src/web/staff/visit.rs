//! One visit: in the panel beside the calendar, or on a page of its own.

use maud::{Markup, html};

use super::back::{Back, Done, with_query};
use super::sheet::Sheet;
use super::{by_hand, calendar, visit_forms};
use crate::app::booking::{self, doer};
use crate::app::desk::{self, Seen};
use crate::domain::appointment::{Appointment, Doer, Event, EventKind, Status};
use crate::domain::id::AppointmentId;
use crate::domain::notice::{Notice, NoticeKind, NoticeState};
use crate::domain::policy::Permission;
use crate::t;
use crate::web::ctx::Ctx;
use crate::web::fields::Fields;
use crate::web::layout::{self, Extra, Rail};
use crate::web::reply::Reply;
use crate::web::respond::{Handled, Trouble};
use crate::web::ui::button::{Button, Weight, actions, back_link};
use crate::web::ui::details::details;
use crate::web::ui::icon::Icon;
use crate::web::ui::tag::{Tone, tag};
use crate::web::ui::text::{their_paragraph, theirs, time};
use crate::web::ui::timeline::{Moment, timeline};

/// The path of a visit, with the way back.
pub fn path(id: AppointmentId, back: Option<&Back>) -> String {
    let back = back.map(Back::path).unwrap_or_default();
    let nothing = Fields::default();
    with_query(
        &format!("/staff/visits/{id}"),
        &nothing,
        &[],
        &[("back", back)],
    )
}

/// `GET /staff/visits/{visit}`
pub fn show(ctx: &Ctx) -> Handled {
    let id: AppointmentId = ctx.param("visit")?;
    let seen = seen(ctx, id)?;
    let here = Back::to(&path(id, Back::of(&ctx.query).as_ref()));
    let form = visit_forms::proposed(ctx, &seen, ctx.query.get("do"));
    let inside = match form {
        Some((form, sheet)) => visit_forms::view(ctx, &seen, form, &sheet, &here)?,
        None => facts(ctx, &seen, &here),
    };
    Ok(Reply::page(page(ctx, &seen, &inside, &here, false)))
}

/// What stands in the panel beside the calendar at `here`.
pub fn panel(ctx: &Ctx, id: AppointmentId, form: &str, here: &Back) -> Result<Markup, Trouble> {
    let seen = seen(ctx, id)?;
    let inside = match visit_forms::proposed(ctx, &seen, form) {
        Some((form, sheet)) => visit_forms::view(ctx, &seen, form, &sheet, here)?,
        None => facts(ctx, &seen, here),
    };
    Ok(framed(ctx, &seen, &inside, here))
}

/// A form with problems again, where it was sent from.
pub fn again(
    ctx: &Ctx,
    seen: &Seen,
    form: visit_forms::Kind,
    sheet: &Sheet,
    back: &Back,
) -> Result<Markup, Trouble> {
    let inside = visit_forms::view(ctx, seen, form, sheet, back)?;
    if back.place() == calendar::PATH {
        let panel = framed(ctx, seen, &inside, back);
        let asked = calendar::Asked::of(ctx, &back.query());
        calendar::page(ctx, &asked, Some(panel), true)
    } else {
        Ok(page(ctx, seen, &inside, back, true))
    }
}

/// A visit with all that belongs to it; the look is written down.
pub fn seen(ctx: &Ctx, id: AppointmentId) -> Result<Seen, Trouble> {
    let seen = desk::visit(&ctx.clinic, &ctx.caller(), id)?;
    ctx.saw([seen.patient.id]);
    Ok(seen)
}

fn page(ctx: &Ctx, seen: &Seen, inside: &Markup, here: &Back, has_problems: bool) -> Markup {
    let text = ctx.text;
    let name = seen.patient.name().full();
    let title = t!(text, "staff-visit-title", name = name.clone());
    let token = ctx.token();
    let to = Back::of(&here.query()).unwrap_or_else(|| Back::to("/staff"));
    let body = html! {
        (back_link(to.path(), &t!(text, "staff-visit-back")))
        h1 { (theirs(&name)) }
        div.stack.narrow { (inside) }
    };
    let done = Done::of(ctx, here, &token);
    Done::show(done.as_ref(), |toast| {
        let extra = Extra {
            has_problems,
            toast,
            ..Extra::default()
        };
        layout::staff(ctx, Rail::None, &title, extra, body)
    })
}

/// The inside of the panel with its heading.
fn framed(ctx: &Ctx, seen: &Seen, inside: &Markup, here: &Back) -> Markup {
    html! {
        header {
            h2 { (theirs(&seen.patient.name().full())) }
            (calendar::close_panel(ctx, here))
        }
        (inside)
    }
}

/// What the visit is, and what can be done with it.
fn facts(ctx: &Ctx, seen: &Seen, here: &Back) -> Markup {
    let text = ctx.text;
    let visit = &seen.detailed.visit;
    let when = ctx.when();
    let (word, tone) = super::state(ctx, visit);
    let may = ctx.may(Permission::ManageVisits);
    html! {
        p {
            strong { (time(&when.attribute(visit.start), &when.date_range(visit.start, visit.end()))) }
            br;
            (t!(
                text,
                "staff-visit-what",
                service = seen.detailed.service.name.clone(),
                practitioner = seen.detailed.practitioner.called()
            ))
        }
        p.row-flex {
            (tag(&word, tone))
            @if visit.overbooked.is_some() { (tag(&t!(text, "today-flag-overbooked"), Tone::Warn)) }
            @if let Some(waits) = desk::waiting_min(visit, ctx.now) { (tag(&t!(text, "today-waits", count = waits), Tone::Info)) }
        }
        @if may { (buttons(ctx, visit, here)) }
        (notes(ctx, seen))
        (person(ctx, seen))
        (messages(ctx, seen))
        (details(&t!(text, "staff-visit-history"), &history(ctx, seen), false))
    }
}

/// One step on first, the rest behind it.
fn buttons(ctx: &Ctx, visit: &Appointment, here: &Back) -> Markup {
    let text = ctx.text;
    let token = ctx.token();
    let region = here.place() == calendar::PATH;
    let step = |label: &str, weight: Weight, to: Status| {
        let mut button = Button::new(label, weight).small();
        if region {
            button = button.swap(calendar::REGION);
        }
        let fields = [("to", to.code()), ("back", here.path())];
        button.post(
            &format!("/staff/visits/{}/status", visit.id),
            &token,
            &fields,
        )
    };
    let form = |label: &str, form: &str| {
        let href = with_query(here.place(), &here.query(), &[], &[("do", form)]);
        let mut button = Button::secondary(label).small();
        if region {
            button = button.swap(calendar::REGION);
        }
        button.link(&href)
    };
    let past = visit.end() <= ctx.now;
    let open = visit.status.is_open();
    let undo = t!(text, "staff-visit-undo");
    let can_undo = booking::can_undo(visit, doer(&ctx.caller()), ctx.now);
    html! {
        (actions(&html! {
            @match visit.status {
                Status::Booked => {
                    (step(&t!(text, "today-do-arrived"), Weight::Primary, Status::Arrived))
                    @if past { (step(&t!(text, "today-came"), Weight::Secondary, Status::Fulfilled)) }
                    @if visit.start <= ctx.now { (step(&t!(text, "today-do-missed"), Weight::Secondary, Status::NoShow)) }
                }
                Status::Arrived => (step(&t!(text, "today-do-start"), Weight::Primary, Status::CheckedIn)),
                Status::CheckedIn => (step(&t!(text, "today-do-done"), Weight::Primary, Status::Fulfilled)),
                Status::Pending => {
                    @if ctx.may(Permission::ManageRequests) {
                        (Button::primary(&t!(text, "today-do-answer")).small().link("/staff/requests"))
                    }
                }
                Status::Fulfilled | Status::Cancelled | Status::NoShow => {}
            }
            @if open { (form(&t!(text, "staff-visit-move"), "move")) }
            @if open || visit.status == Status::Arrived {
                (form(&t!(text, "staff-visit-length"), "length"))
                (form(&t!(text, "staff-visit-cancel"), "cancel"))
            }
            (form(&t!(text, "staff-visit-note"), "note"))
        }))
        @if can_undo {
            (Button::new(&undo, Weight::Quiet).icon(Icon::Undo2).small().post(
                &format!("/staff/visits/{}/undo", visit.id),
                &token,
                &[("back", here.path())],
            ))
        } @else {
            @match visit.status {
                Status::Arrived | Status::NoShow | Status::Fulfilled => {
                    (details(&t!(text, "staff-visit-step-back"), &step(&t!(text, "staff-visit-to-expected"), Weight::Secondary, Status::Booked), false))
                }
                Status::CheckedIn => {
                    (details(&t!(text, "staff-visit-step-back"), &step(&t!(text, "staff-visit-to-arrived"), Weight::Secondary, Status::Arrived), false))
                }
                Status::Pending | Status::Booked | Status::Cancelled => {}
            }
        }
    }
}

fn notes(ctx: &Ctx, seen: &Seen) -> Markup {
    let text = ctx.text;
    let visit = &seen.detailed.visit;
    let overlap = visit.overbooked.clone().unwrap_or_default();
    let cancelled = visit.cancellation.as_ref();
    let reason = cancelled.map(|c| c.reason.clone()).unwrap_or_default();
    let all = [
        (t!(text, "staff-visit-internal"), &visit.internal_note),
        (t!(text, "staff-visit-patient-note"), &visit.patient_note),
        (t!(text, "staff-visit-desk-note"), &seen.patient.desk_note),
        (t!(text, "staff-visit-overlap"), &overlap),
        (t!(text, "staff-visit-cancel-reason"), &reason),
    ];
    html! {
        @for (label, note) in &all {
            @if !note.is_empty() { div { strong { (label) } (their_paragraph(note)) } }
        }
        @if cancelled.is_some_and(|c| c.late) { p { (t!(text, "staff-visit-cancel-late")) } }
    }
}

fn person(ctx: &Ctx, seen: &Seen) -> Markup {
    let text = ctx.text;
    let patient = &seen.patient;
    let country = &ctx.current.settings.profile.country;
    let born = patient.birth_date.map(|date| {
        t!(
            text,
            "staff-visit-born-age",
            date = text.date_of_birth(date),
            age = text.age(date, ctx.today())
        )
    });
    html! {
        ul.stack-s {
            @if let Some(born) = born { (fact(&t!(text, "staff-visit-born"), &html! { (born) })) }
            @if let Some(number) = patient.phone() {
                (fact(&t!(text, "staff-visit-phone"), &html! {
                    a href=(format!("tel:{number}")) { bdi dir="ltr" { (crate::text::phone::format(number, country)) } }
                }))
            }
            @if let Some(address) = &patient.email {
                (fact(&t!(text, "staff-visit-email"), &html! { span.anywhere { (theirs(address.as_str())) } }))
            }
            (fact(&t!(text, "staff-visit-reference"), &html! { (seen.detailed.visit.reference) }))
        }
        @if ctx.may(Permission::ViewPatients) {
            p { a href=(format!("/staff/patients/{}", patient.id)) { (t!(text, "staff-visit-chart")) } }
        }
    }
}

fn fact(label: &str, value: &Markup) -> Markup {
    html! { li { span.muted.small { (label) } br; (value) } }
}

fn messages(ctx: &Ctx, seen: &Seen) -> Markup {
    let text = ctx.text;
    let body = html! {
        @if seen.notices.is_empty() { p.muted { (t!(text, "staff-visit-no-messages")) } }
        @else {
            ul.stack-s {
                @for notice in &seen.notices {
                    @let (word, tone) = stands(ctx, notice);
                    li.row-flex.spread { span { (about(ctx, notice.kind)) } (tag(&word, tone)) }
                }
            }
        }
        (by_hand::offers(ctx, seen))
    };
    let trouble = seen.notices.iter().any(|n| n.state.needs_a_look());
    details(&t!(text, "staff-visit-messages"), &body, trouble)
}

fn about(ctx: &Ctx, kind: NoticeKind) -> String {
    let text = ctx.text;
    match kind {
        NoticeKind::Booked => t!(text, "staff-notice-booked"),
        NoticeKind::Requested => t!(text, "staff-notice-requested"),
        NoticeKind::Declined => t!(text, "staff-notice-declined"),
        NoticeKind::Moved => t!(text, "staff-notice-moved"),
        NoticeKind::Cancelled => t!(text, "staff-notice-cancelled"),
        NoticeKind::Reminder7 => t!(text, "staff-notice-reminder7"),
        NoticeKind::Reminder2 => t!(text, "staff-notice-reminder2"),
        NoticeKind::Invitation
        | NoticeKind::SignIn
        | NoticeKind::ConfirmContact
        | NoticeKind::ContactChanged
        | NoticeKind::Welcome
        | NoticeKind::TurnedAway
        | NoticeKind::StaffInvitation => t!(text, "staff-notice-other"),
    }
}

fn stands(ctx: &Ctx, notice: &Notice) -> (String, Tone) {
    let text = ctx.text;
    match notice.state {
        NoticeState::Held => {
            let when = ctx.when().date_time_short(notice.due);
            (t!(text, "staff-notice-held", when = when), Tone::Info)
        }
        NoticeState::Queued | NoticeState::Sending => (t!(text, "staff-notice-queued"), Tone::Info),
        NoticeState::Accepted => (t!(text, "staff-notice-sent"), Tone::Ok),
        NoticeState::Refused => (t!(text, "staff-notice-refused"), Tone::Bad),
        NoticeState::Uncertain => (t!(text, "staff-notice-uncertain"), Tone::Warn),
        NoticeState::Stopped => (t!(text, "staff-notice-stopped"), Tone::Neutral),
        NoticeState::Suppressed => (t!(text, "staff-notice-not-needed"), Tone::Neutral),
        NoticeState::ByHand => (t!(text, "staff-notice-by-hand"), Tone::Ok),
    }
}

fn history(ctx: &Ctx, seen: &Seen) -> Markup {
    let moments: Vec<Moment> = seen
        .detailed
        .visit
        .history
        .iter()
        .map(|event| Moment {
            title: html! { (what_happened(ctx, event)) },
            detail: html! {
                (t!(
                    ctx.text,
                    "staff-visit-by",
                    when = ctx.when().date_time_short(event.at),
                    who = by(ctx, seen, event.by)
                ))
            },
            past: true,
        })
        .collect();
    timeline(&moments)
}

fn by(ctx: &Ctx, seen: &Seen, doer: Doer) -> String {
    match doer {
        Doer::Patient => t!(ctx.text, "staff-visit-by-patient"),
        Doer::System => t!(ctx.text, "staff-visit-by-system"),
        Doer::Staff(login) => seen
            .people
            .iter()
            .find(|(id, _)| *id == login)
            .map(|(_, name)| name.clone())
            .unwrap_or_default(),
    }
}

fn what_happened(ctx: &Ctx, event: &Event) -> String {
    let text = ctx.text;
    match &event.kind {
        EventKind::Requested => t!(text, "event-requested"),
        EventKind::Booked => t!(text, "event-booked"),
        EventKind::Confirmed => t!(text, "staff-visit-confirmed"),
        EventKind::Moved { from, .. } => {
            let from = ctx.when().date_time_short(*from);
            t!(text, "event-moved", from = from)
        }
        EventKind::Resized { .. } => t!(text, "event-resized"),
        EventKind::Undone => t!(text, "event-undone"),
        EventKind::Became(Status::Arrived) => t!(text, "staff-visit-arrived"),
        EventKind::Became(Status::CheckedIn) => t!(text, "staff-visit-started"),
        EventKind::Became(Status::Fulfilled) => t!(text, "staff-visit-done"),
        EventKind::Became(Status::Cancelled) => t!(text, "staff-visit-cancelled"),
        EventKind::Became(Status::NoShow) => t!(text, "staff-visit-missed"),
        EventKind::Became(Status::Pending) => t!(text, "event-asks-again"),
        EventKind::Became(Status::Booked) => t!(text, "event-corrected"),
    }
}
