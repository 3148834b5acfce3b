//! Requests: visits that want a yes, and persons not known here. One click each.

use maud::{Markup, html};

use super::back::{Back, Done};
use super::person::{alike_cells, born, born_line, contact, name_link, path, phone_shown};
use crate::app::booking::Detailed;
use crate::app::charts::{self, Asked, Filter};
use crate::app::requests::{self, Stranger, VisitRequest, Waiting};
use crate::domain::id::{AppointmentId, PatientId, RequestId};
use crate::domain::patient::Patient;
use crate::t;
use crate::web::ctx::Ctx;
use crate::web::fields::Problems;
use crate::web::layout::{self, Extra, Rail};
use crate::web::patient::what;
use crate::web::reply::Reply;
use crate::web::respond::Handled;
use crate::web::ui::button::{Button, actions, back_link};
use crate::web::ui::card::card;
use crate::web::ui::empty::empty;
use crate::web::ui::error_summary::error_summary;
use crate::web::ui::field::{Field, Wrong};
use crate::web::ui::form::{Form, search_form};
use crate::web::ui::icon::Icon;
use crate::web::ui::table::{Column, Table};
use crate::web::ui::text::{their_paragraph, theirs, time};

/// The path of the page.
const PAGE: &str = "/staff/requests";
/// The longest reason, in characters.
const REASON_MAX: usize = 300;

/// `GET /staff/requests`
pub fn show(ctx: &Ctx) -> Handled {
    let waiting = requests::waiting(&ctx.clinic, &ctx.caller())?;
    let visits = waiting.visits.iter().map(|v| v.patient.id);
    let strangers = waiting
        .strangers
        .iter()
        .flat_map(|s| s.alike.iter().map(|a| a.patient.id).chain([s.chart.id]));
    let done = Done::of(ctx, &Back::to(PAGE), &ctx.token());
    let named = done.as_ref().and_then(|done| done.patient);
    ctx.saw(visits.chain(strangers).chain(named));
    Ok(Reply::page(view(ctx, &waiting, done.as_ref())))
}

fn view(ctx: &Ctx, waiting: &Waiting, done: Option<&Done>) -> Markup {
    let text = ctx.text;
    let title = t!(text, "requests-title");
    let body = html! {
        h1 { (title) }
        @if waiting.visits.is_empty() && waiting.strangers.is_empty() {
            (empty(Icon::Inbox, &t!(text, "requests-empty-title"), &t!(text, "requests-empty"), &html! {}))
        }
        @if !waiting.strangers.is_empty() {
            h2 { (t!(text, "requests-people")) }
            div.stack { @for one in &waiting.strangers { (stranger(ctx, one)) } }
        }
        @if !waiting.visits.is_empty() {
            h2 { (t!(text, "requests-visits")) }
            div.stack { @for one in &waiting.visits { (visit(ctx, one)) } }
        }
    };
    Done::show(done, |toast| {
        let extra = Extra {
            toast,
            ..Extra::default()
        };
        layout::staff(ctx, Rail::Requests, &title, extra, body)
    })
}

/// When, what for, with whom, and what the person wrote.
fn wanted(ctx: &Ctx, wanted: &Detailed) -> Markup {
    let when = ctx.when();
    let at = wanted.visit.start;
    html! {
        p.strong { (time(&when.attribute(at), &when.date_time(at))) }
        p { (what(ctx, wanted)) }
        @if !wanted.visit.patient_note.is_empty() { (their_paragraph(&wanted.visit.patient_note)) }
    }
}

fn visit(ctx: &Ctx, request: &VisitRequest) -> Markup {
    let text = ctx.text;
    let (accept, decline) = (t!(text, "requests-accept"), t!(text, "requests-decline"));
    let token = ctx.token();
    let id = request.wanted.visit.id;
    let called = request.patient.name().full();
    card(
        None,
        &html! {
            h3 { (name_link(&request.patient)) }
            p.muted { (born_line(ctx, &request.patient)) }
            (wanted(ctx, &request.wanted))
            (actions(&html! {
                (Button::primary(&accept).about(&called)
                    .post(&format!("{PAGE}/visits/{id}/acceptance"), &token, &[]))
                (Button::secondary(&decline).about(&called)
                    .link(&format!("{PAGE}/visits/{id}/refusal")))
            }))
        },
    )
}

/// What someone said about themselves, on a page of their own.
fn who_alone(ctx: &Ctx, stranger: &Stranger) -> Markup {
    html! {
        h2 { (theirs(&stranger.request.name.full())) }
        (who(ctx, stranger))
    }
}

/// What someone said about themselves, below their name.
fn who(ctx: &Ctx, stranger: &Stranger) -> Markup {
    let request = &stranger.request;
    let at = request.created_at;
    let when = ctx.when();
    html! {
        p { (born_line(ctx, &stranger.chart)) }
        p { bdi.anywhere dir="ltr" { (request.email.as_str()) } }
        @if let Some(number) = &request.phone { p { bdi dir="ltr" { (phone_shown(ctx, number)) } } }
        p.muted { (t!(ctx.text, "requests-asked", when = when.date_time(at))) }
        @if let Some(visit) = &stranger.wanted { (wanted(ctx, visit)) }
    }
}

fn stranger(ctx: &Ctx, stranger: &Stranger) -> Markup {
    let text = ctx.text;
    let id = stranger.request.id;
    let (create, decline, other) = (
        t!(text, "requests-create"),
        t!(text, "requests-decline"),
        t!(text, "requests-other"),
    );
    let create_and_book = t!(text, "requests-create-and-book");
    let token = ctx.token();
    let called = stranger.request.name.full();
    let action = format!("{PAGE}/people/{id}/chart");
    let alike: Vec<Patient> = stranger.alike.iter().map(|a| a.patient.clone()).collect();
    let new = if alike.is_empty() {
        Button::primary
    } else {
        Button::secondary
    };
    card(
        None,
        &html! {
            h3 { (theirs(&stranger.request.name.full())) }
            (who(ctx, stranger))
            @if !alike.is_empty() { (suggestions(ctx, stranger)) }
            (actions(&html! {
                @if stranger.wanted.is_some() {
                    (new(&create_and_book).about(&called).post(&action, &token, &[("book", "yes")]))
                    (Button::secondary(&create).about(&called).post(&action, &token, &[]))
                } @else {
                    (new(&create).about(&called).post(&action, &token, &[]))
                }
                (Button::secondary(&other).about(&called).link(&format!("{PAGE}/people/{id}")))
                (Button::secondary(&decline).about(&called).link(&format!("{PAGE}/people/{id}/refusal")))
            }))
        },
    )
}

/// Charts that may be theirs, with a button each.
fn suggestions(ctx: &Ctx, stranger: &Stranger) -> Markup {
    let text = ctx.text;
    let id = stranger.request.id.to_string();
    let heads = [
        t!(text, "patients-name"),
        t!(text, "patients-born"),
        t!(text, "patients-contact"),
        t!(text, "alike-why"),
        t!(text, "requests-match"),
    ];
    let columns: Vec<Column<'_>> = heads.iter().map(|h| Column::words(h)).collect();
    let rows: Vec<Vec<Markup>> = stranger
        .alike
        .iter()
        .map(|one| {
            let mut cells: Vec<Markup> = alike_cells(ctx, one).into();
            cells.push(match_buttons(ctx, stranger, &one.patient));
            cells
        })
        .collect();
    Table {
        id: &format!("alike-{id}"),
        caption: &t!(text, "requests-alike"),
        caption_unseen: false,
        columns: &columns,
        rows: &rows,
        sums: None,
    }
    .show()
}

fn match_buttons(ctx: &Ctx, stranger: &Stranger, patient: &Patient) -> Markup {
    let text = ctx.text;
    let (this, book) = (
        t!(text, "requests-this"),
        t!(text, "requests-this-and-book"),
    );
    let token = ctx.token();
    let called = patient.name().full();
    let chart = patient.id.to_string();
    let action = format!("{PAGE}/people/{}/match", stranger.request.id);
    html! {
        div.row-flex {
            @if stranger.wanted.is_some() {
                (Button::secondary(&book).small().about(&called)
                    .post(&action, &token, &[("patient", &chart), ("book", "yes")]))
            }
            (Button::secondary(&this).small().about(&called)
                .post(&action, &token, &[("patient", &chart)]))
        }
    }
}

/// `GET /staff/requests/people/{request}`: find the chart by hand.
pub fn person(ctx: &Ctx) -> Handled {
    let id: RequestId = ctx.param("request")?;
    let stranger = requests::find_stranger(&ctx.clinic, &ctx.caller(), id)?;
    let typed: String = ctx.query.get("q").chars().take(100).collect();
    let mut found = Vec::new();
    if !typed.is_empty() {
        let asked = Asked {
            typed: typed.clone(),
            filter: Filter::All,
            after: None,
        };
        let listing = charts::list(&ctx.clinic, &ctx.caller(), ctx.text, &asked)?;
        found.extend(listing.rows.into_iter().map(|row| row.patient));
        found.retain(Patient::is_active);
    }
    ctx.saw(found.iter().map(|p| p.id).chain([stranger.chart.id]));
    let text = ctx.text;
    let title = t!(text, "requests-find-title");
    let (label, go) = (t!(text, "patients-find"), t!(text, "patients-find-now"));
    let heads = [
        t!(text, "patients-name"),
        t!(text, "patients-born"),
        t!(text, "patients-contact"),
        t!(text, "requests-match"),
    ];
    let columns: Vec<Column<'_>> = heads.iter().map(|h| Column::words(h)).collect();
    let rows: Vec<Vec<Markup>> = found
        .iter()
        .map(|patient| {
            vec![
                name_link(patient),
                born(ctx, patient),
                contact(ctx, patient),
                match_buttons(ctx, &stranger, patient),
            ]
        })
        .collect();
    let body = html! {
        (back_link(PAGE, &t!(text, "requests-back")))
        h1 { (title) }
        (card(None, &who_alone(ctx, &stranger)))
        (search_form(&format!("{PAGE}/people/{id}"), &label, Some("found"), &html! {
            (Field::new("q", &label).hint(&t!(text, "patients-find-hint")).value(&typed).autocomplete("off").show())
            noscript { (Button::secondary(&go).submit()) }
        }))
        div.stack id="found" {
            @if !rows.is_empty() {
                (Table {
                    id: "people",
                    caption: &t!(text, "requests-match"),
                    caption_unseen: true,
                    columns: &columns,
                    rows: &rows,
                    sums: None,
                }.show())
            } @else if !typed.is_empty() {
                (empty(Icon::Search, &t!(text, "patients-not-found-title"), &t!(text, "patients-not-found"), &html! {}))
            }
        }
    };
    let mut reply = Reply::page(layout::staff(
        ctx,
        Rail::Requests,
        &title,
        Extra::default(),
        body,
    ));
    reply.compress = typed.is_empty();
    Ok(reply)
}

/// `POST /staff/requests/people/{request}/match`
pub fn match_person(ctx: &Ctx) -> Handled {
    let form = ctx.only(&["patient", "book"])?;
    let id: RequestId = ctx.param("request")?;
    let patient: PatientId = form
        .parsed("patient")
        .ok_or(crate::domain::refusal::Refused::NotFound)?;
    let book = form.has("book");
    let known = requests::match_to(&ctx.clinic, &ctx.caller(), id, patient, book)?;
    Ok(Reply::done(&path(known.id, ""), "matched"))
}

/// `POST /staff/requests/people/{request}/chart`
pub fn create(ctx: &Ctx) -> Handled {
    let book = ctx.only(&["book"])?.has("book");
    let id: RequestId = ctx.param("request")?;
    let chart = requests::create(&ctx.clinic, &ctx.caller(), id, book)?;
    Ok(Reply::done(&path(chart.id, ""), "registered"))
}

/// `POST /staff/requests/visits/{visit}/acceptance`
pub fn accept(ctx: &Ctx) -> Handled {
    ctx.only(&[])?;
    let visit = requests::accept_visit(&ctx.clinic, &ctx.caller(), ctx.param("visit")?)?;
    Ok(Reply::done_to(PAGE, "accepted", visit.id))
}

/// `GET /staff/requests/visits/{visit}/refusal`
pub fn ask_reason_visit(ctx: &Ctx) -> Handled {
    let request = requests::find_visit(&ctx.clinic, &ctx.caller(), ctx.param("visit")?)?;
    ctx.saw([request.patient.id]);
    let problems = Problems::default();
    Ok(Reply::page(visit_reason(ctx, &request, "", &problems)))
}

/// `POST /staff/requests/visits/{visit}/refusal`
pub fn decline_visit(ctx: &Ctx) -> Handled {
    let reason = ctx.only(&["reason"])?.get("reason");
    let id: AppointmentId = ctx.param("visit")?;
    let problems = check_reason(ctx, reason);
    if !problems.is_empty() {
        let request = requests::find_visit(&ctx.clinic, &ctx.caller(), id)?;
        ctx.saw([request.patient.id]);
        return Ok(Reply::problems(visit_reason(
            ctx, &request, reason, &problems,
        )));
    }
    requests::decline_visit(&ctx.clinic, &ctx.caller(), id, reason)?;
    Ok(Reply::done_to(PAGE, "declined", id))
}

fn visit_reason(ctx: &Ctx, request: &VisitRequest, typed: &str, problems: &Problems) -> Markup {
    let about = html! {
        h2 { (theirs(&request.patient.name().full())) }
        (wanted(ctx, &request.wanted))
    };
    let action = format!("{PAGE}/visits/{}/refusal", request.wanted.visit.id);
    let title = t!(ctx.text, "requests-decline-visit");
    reason_page(ctx, &title, &action, &about, typed, problems)
}

/// `GET /staff/requests/people/{request}/refusal`
pub fn ask_reason_person(ctx: &Ctx) -> Handled {
    let stranger = requests::find_stranger(&ctx.clinic, &ctx.caller(), ctx.param("request")?)?;
    ctx.saw([stranger.chart.id]);
    let problems = Problems::default();
    Ok(Reply::page(person_reason(ctx, &stranger, "", &problems)))
}

/// `POST /staff/requests/people/{request}/refusal`
pub fn decline_person(ctx: &Ctx) -> Handled {
    let reason = ctx.only(&["reason"])?.get("reason");
    let id: RequestId = ctx.param("request")?;
    let problems = check_reason(ctx, reason);
    if !problems.is_empty() {
        let stranger = requests::find_stranger(&ctx.clinic, &ctx.caller(), id)?;
        ctx.saw([stranger.chart.id]);
        return Ok(Reply::problems(person_reason(
            ctx, &stranger, reason, &problems,
        )));
    }
    requests::decline(&ctx.clinic, &ctx.caller(), id, reason)?;
    Ok(Reply::done_to(PAGE, "person-declined", id))
}

fn person_reason(ctx: &Ctx, stranger: &Stranger, typed: &str, problems: &Problems) -> Markup {
    let action = format!("{PAGE}/people/{}/refusal", stranger.request.id);
    let title = t!(ctx.text, "requests-decline-person");
    reason_page(
        ctx,
        &title,
        &action,
        &who_alone(ctx, stranger),
        typed,
        problems,
    )
}

fn check_reason(ctx: &Ctx, reason: &str) -> Problems {
    let mut problems = Problems::default();
    if reason.is_empty() {
        problems.add("reason", t!(ctx.text, "requests-problem-reason"));
    } else if reason.chars().count() > REASON_MAX {
        problems.add("reason", t!(ctx.text, "error-too-long", max = REASON_MAX));
    }
    problems
}

fn reason_page(
    ctx: &Ctx,
    title: &str,
    action: &str,
    about: &Markup,
    typed: &str,
    problems: &Problems,
) -> Markup {
    let text = ctx.text;
    let prefix = t!(text, "page-error-prefix");
    let wrong = problems.of("reason").map(|message| Wrong {
        prefix: &prefix,
        message,
    });
    let now = t!(text, "requests-decline-now");
    let form = Form::new(action, &ctx.token()).show(&html! {
        (Field::new("reason", &t!(text, "requests-reason"))
            .hint(&t!(text, "requests-reason-hint"))
            .value(typed)
            .lines(3)
            .wrong(wrong)
            .show())
        (actions(&Button::danger(&now).submit()))
    });
    let summary: Vec<(&str, &str)> = problems.iter().collect();
    let body = html! {
        (back_link(PAGE, &t!(text, "requests-back")))
        (error_summary(&t!(text, "error-summary"), &summary))
        h1 { (title) }
        (card(None, about))
        (form)
    };
    let extra = Extra {
        has_problems: !problems.is_empty(),
        ..Extra::default()
    };
    layout::staff(ctx, Rail::Requests, title, extra, body)
}
