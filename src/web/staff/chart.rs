//! One patient: who they are, what comes and what was, what was sent, who looked.

use maud::{Markup, html};

use super::activity;
use super::outbox::kind_in_words;
use super::patient_form::language_name;
use super::person::{
    alike_cells, born_line, name_link, notice_state, path, phone_shown, portal_tag,
};
use crate::app::booking::Detailed;
use crate::app::charts::{self, Chart, Portal};
use crate::domain::appointment::Status;
use crate::domain::id::PatientId;
use crate::domain::patient::{Patient, PatientState};
use crate::domain::person::HumanName;
use crate::domain::policy::Permission;
use crate::t;
use crate::web::ctx::Ctx;
use crate::web::layout::{self, Extra, Rail};
use crate::web::reply::Reply;
use crate::web::respond::Handled;
use crate::web::ui::banner::banner;
use crate::web::ui::button::{Button, Weight, actions, back_link};
use crate::web::ui::details::details;
use crate::web::ui::icon::Icon;
use crate::web::ui::row_list::{Row, row_list};
use crate::web::ui::summary_list::{Answer, summary_list};
use crate::web::ui::table::{Column, Table};
use crate::web::ui::tag::{Tone, tag};
use crate::web::ui::text::{their_paragraph, theirs, time};
use crate::web::ui::toast::{Toast, Undo};

/// `GET /staff/patients/{patient}`
pub fn show(ctx: &Ctx) -> Handled {
    let id: PatientId = ctx.param("patient")?;
    let chart = charts::find(&ctx.clinic, &ctx.caller(), id)?;
    let others = chart.alike.iter().map(|a| a.patient.id);
    let gone = chart.merged.as_ref().map(|m| m.went.id);
    let into = chart.merged_into.as_ref().map(|p| p.id);
    ctx.saw(std::iter::once(id).chain(others).chain(gone).chain(into));
    Ok(Reply::page(view(ctx, &chart)))
}

fn view(ctx: &Ctx, chart: &Chart) -> Markup {
    let text = ctx.text;
    let patient = &chart.patient;
    let title = patient.name().full();
    let body = html! {
        (back_link(super::patients::LIST, &t!(text, "register-back")))
        (head(ctx, chart))
        (state(ctx, chart))
        div.split {
            div.stack {
                (buttons(ctx, chart))
                (visits(ctx, chart))
                (messages(ctx, chart))
                (details(&t!(text, "chart-activity"), &activity::list(ctx, &chart.activity), false))
            }
            div.stack {
                (alike(ctx, chart))
                (facts(ctx, patient))
                (merged(ctx, chart))
            }
        }
    };
    let (undo, close) = (t!(text, "toast-undo"), t!(text, "toast-close"));
    let (token, back) = (ctx.token(), path(patient.id, "return"));
    let did = ctx.flash.did();
    let toast = said(ctx, did, patient).map(|words| Toast {
        words: html! { (words) },
        undo: (did == "put-away").then_some(Undo {
            label: &undo,
            action: &back,
            token: &token,
            fields: &[],
        }),
        close: &close,
    });
    let extra = Extra {
        toast,
        ..Extra::default()
    };
    layout::staff(ctx, Rail::Patients, &title, extra, body)
}

/// What was just done to the chart, as long as it is so.
fn said(ctx: &Ctx, did: &str, patient: &Patient) -> Option<String> {
    let (text, active) = (ctx.text, patient.is_active());
    let name = || patient.name().full();
    match did {
        "registered" => Some(t!(text, "chart-registered")),
        "changed" => Some(t!(text, "chart-changed")),
        "put-away" if !active => Some(t!(text, "chart-put-away", name = name())),
        "taken-back" if active => Some(t!(text, "chart-taken-back", name = name())),
        "merged" => Some(t!(text, "chart-merged")),
        "parted" => Some(t!(text, "chart-parted")),
        "by-hand" => Some(t!(text, "chart-by-hand")),
        "closed" => Some(t!(text, "chart-access-closed")),
        "signed-out" => Some(t!(text, "chart-signed-out")),
        "matched" => Some(t!(text, "chart-matched")),
        _ => None,
    }
}

/// Who it is, always in sight: name, birth date and age, number, language, portal, contact.
pub fn head(ctx: &Ctx, chart: &Chart) -> Markup {
    let text = ctx.text;
    let patient = &chart.patient;
    html! {
        header.person.stick {
            h1 { (theirs(&patient.name().full())) }
            span { (born_line(ctx, patient)) }
            span { (t!(text, "chart-number", number = patient.chart)) }
            @if let Some(language) = &patient.language {
                span lang=(language) { (theirs(language_name(language))) }
            }
            @if let Some(number) = patient.phone() { bdi dir="ltr" { (phone_shown(ctx, number)) } }
            @if let Some(email) = &patient.email { bdi.anywhere dir="ltr" { (email.as_str()) } }
            (portal_tag(ctx, chart.portal))
        }
    }
}

/// What is special about the chart: put away, deceased, merged away.
fn state(ctx: &Ctx, chart: &Chart) -> Markup {
    let text = ctx.text;
    let patient = &chart.patient;
    let back = t!(text, "chart-take-back");
    let token = ctx.token();
    let return_button = html! {
        @if ctx.may(Permission::ManagePatients) {
            (Button::secondary(&back).small().post(&path(patient.id, "return"), &token, &[]))
        }
    };
    match &patient.state {
        PatientState::Active | PatientState::Provisional => html! {},
        PatientState::Archived { reason } => banner(
            Tone::Warn,
            &t!(text, "chart-archived"),
            &html! { @if !reason.is_empty() { p { (theirs(reason)) } } (return_button) },
        ),
        PatientState::Deceased { on } => banner(
            Tone::Warn,
            &t!(text, "chart-deceased"),
            &html! {
                @if let Some(on) = on { p { (time(&on.to_string(), &text.date(*on))) } }
                (return_button)
            },
        ),
        PatientState::Merged { .. } => banner(
            Tone::Info,
            &t!(text, "chart-is-merged"),
            &html! { @if let Some(into) = &chart.merged_into { p { (name_link(into)) } } },
        ),
    }
}

fn buttons(ctx: &Ctx, chart: &Chart) -> Markup {
    let text = ctx.text;
    let patient = &chart.patient;
    if matches!(patient.state, PatientState::Merged { .. }) {
        return html! {};
    }
    let token = ctx.token();
    let (visit, invite, again) = (
        t!(text, "chart-new-visit"),
        t!(text, "chart-invite"),
        t!(text, "chart-invite-again"),
    );
    let (edit, merge, archive, revoke) = (
        t!(text, "chart-edit"),
        t!(text, "chart-merge"),
        t!(text, "chart-archive"),
        t!(text, "chart-revoke"),
    );
    let active = patient.is_active();
    let uses = matches!(chart.portal, Portal::Active { .. });
    let invite = if chart.portal == Portal::Never {
        Button::primary(&invite)
    } else {
        Button::secondary(&again)
    };
    actions(&html! {
        @if active && ctx.may(Permission::ManagePatients) {
            (invite.icon(Icon::QrCode).post(&path(patient.id, "invitation"), &token, &[]))
        }
        @if active && ctx.may(Permission::ManageVisits) {
            (Button::secondary(&visit).icon(Icon::CalendarPlus)
                .link(&format!("/staff/visits/new?patient={}", patient.id)))
        }
        @if ctx.may(Permission::ManagePatients) {
            (Button::secondary(&edit).icon(Icon::Pencil).link(&path(patient.id, "details")))
        }
        @if ctx.may(Permission::MergePatients) {
            (Button::new(&merge, Weight::Quiet).link(&path(patient.id, "merge")))
        }
        @if active && ctx.may(Permission::ManagePatients) {
            @if uses { (Button::new(&revoke, Weight::Quiet).link(&path(patient.id, "access"))) }
            (Button::new(&archive, Weight::Quiet).link(&path(patient.id, "archive")))
        }
    })
}

fn visits(ctx: &Ctx, chart: &Chart) -> Markup {
    let text = ctx.text;
    html! {
        h2 { (t!(text, "chart-ahead")) }
        @if chart.ahead.is_empty() { p.muted { (t!(text, "chart-ahead-none")) } }
        @else { (visit_rows(ctx, &chart.ahead)) }
        @if !chart.behind.is_empty() {
            h2 { (t!(text, "chart-behind")) }
            (visit_rows(ctx, &chart.behind))
        }
        @if !chart.encounters.is_empty() {
            h2 { (t!(text, "chart-encounters")) }
            (encounters(ctx, chart))
        }
    }
}

fn visit_rows(ctx: &Ctx, visits: &[Detailed]) -> Markup {
    let when = ctx.when();
    let rows: Vec<(String, Markup, Markup, Markup)> = visits
        .iter()
        .map(|one| {
            let at = one.visit.start;
            (
                format!("/staff/visits/{}", one.visit.id),
                time(&when.attribute(at), &when.date_time(at)),
                html! { (crate::web::patient::what(ctx, one)) },
                visit_state(ctx, one.visit.status),
            )
        })
        .collect();
    let rows: Vec<Row<'_>> = rows
        .iter()
        .map(|(href, title, detail, end)| {
            Row::link(href, title.clone())
                .detail(detail.clone())
                .end(end.clone())
        })
        .collect();
    row_list(&rows)
}

fn visit_state(ctx: &Ctx, status: Status) -> Markup {
    let text = ctx.text;
    match status {
        Status::Pending => tag(&t!(text, "chart-visit-pending"), Tone::Warn),
        Status::Booked => tag(&t!(text, "chart-visit-booked"), Tone::Info),
        Status::Arrived => tag(&t!(text, "chart-visit-arrived"), Tone::Info),
        Status::CheckedIn => tag(&t!(text, "chart-visit-started"), Tone::Info),
        Status::Fulfilled => tag(&t!(text, "chart-visit-done"), Tone::Ok),
        Status::Cancelled => tag(&t!(text, "chart-visit-cancelled"), Tone::Neutral),
        Status::NoShow => tag(&t!(text, "chart-visit-missed"), Tone::Bad),
    }
}

fn encounters(ctx: &Ctx, chart: &Chart) -> Markup {
    let rows: Vec<Row<'_>> = chart
        .encounters
        .iter()
        .map(|e| {
            let date = ctx.current.date(e.start);
            Row::fact(html! { (time(&date.to_string(), &ctx.text.date(date))) })
                .detail(theirs(&e.kind))
        })
        .collect();
    row_list(&rows)
}

fn messages(ctx: &Ctx, chart: &Chart) -> Markup {
    let text = ctx.text;
    let when = ctx.when();
    let rows: Vec<Row<'_>> = chart
        .messages
        .iter()
        .map(|notice| {
            let at = notice.changed_at;
            let detail = html! {
                (time(&when.attribute(at), &when.date_time(at)))
                @if !notice.to.is_empty() { " · " bdi dir="ltr" { (notice.to) } }
                @if !notice.reply.is_empty() && notice.state.needs_a_look() { br; (theirs(&notice.reply)) }
            };
            Row::fact(html! { (kind_in_words(ctx, notice.kind)) })
                .detail(detail)
                .end(notice_state(ctx, notice))
        })
        .collect();
    html! {
        h2 { (t!(text, "chart-messages")) }
        @if rows.is_empty() { p.muted { (t!(text, "chart-messages-none")) } }
        @else { (row_list(&rows)) }
    }
}

fn alike(ctx: &Ctx, chart: &Chart) -> Markup {
    let text = ctx.text;
    if chart.alike.is_empty() {
        return html! {};
    }
    let compare = t!(text, "chart-compare");
    let (name, born, contact, why) = (
        t!(text, "patients-name"),
        t!(text, "patients-born"),
        t!(text, "patients-contact"),
        t!(text, "alike-why"),
    );
    let rows: Vec<Vec<Markup>> = chart
        .alike
        .iter()
        .map(|one| {
            let [name, born, contact, why] = alike_cells(ctx, one);
            let other = one.patient.id.to_string();
            let called = one.patient.name().full();
            let why = html! {
                (why)
                @if ctx.may(Permission::MergePatients) {
                    " " (Button::secondary(&compare).about(&called).small()
                        .link(&path(chart.patient.id, &format!("merge/{other}"))))
                }
            };
            vec![name, born, contact, why]
        })
        .collect();
    let caption = t!(text, "chart-alike");
    Table {
        id: "alike",
        caption: &caption,
        caption_unseen: false,
        columns: &[
            Column::words(&name),
            Column::words(&born),
            Column::words(&contact),
            Column::words(&why),
        ],
        rows: &rows,
        sums: None,
    }
    .show()
}

fn facts(ctx: &Ctx, patient: &Patient) -> Markup {
    let text = ctx.text;
    let (phones, email, address, language) = (
        t!(text, "chart-phones"),
        t!(text, "register-email"),
        t!(text, "register-address"),
        t!(text, "register-language"),
    );
    let (names, ids, note, reminders) = (
        t!(text, "chart-other-names"),
        t!(text, "chart-identifiers"),
        t!(text, "register-desk-note"),
        t!(text, "chart-reminders"),
    );
    let mut answers = Vec::new();
    if !patient.desk_note.is_empty() {
        answers.push(Answer::fixed(&note, their_paragraph(&patient.desk_note)));
    }
    if !patient.phones.is_empty() {
        let list = html! {
            @for number in &patient.phones {
                a href=(format!("tel:{number}")) dir="ltr" { (phone_shown(ctx, number)) } br;
            }
        };
        answers.push(Answer::fixed(&phones, list));
    }
    if let Some(address) = &patient.email {
        let shown = html! { bdi.anywhere dir="ltr" { (address.as_str()) } };
        answers.push(Answer::fixed(&email, shown));
    }
    if let Some(lines) = &patient.address {
        answers.push(Answer::fixed(
            &address,
            their_paragraph(&lines.shown().join("\n")),
        ));
    }
    if let Some(tag) = &patient.language {
        answers.push(Answer::fixed(&language, theirs(language_name(tag))));
    }
    let others: Vec<String> = patient
        .names
        .iter()
        .skip(1)
        .map(HumanName::formal)
        .collect();
    if !others.is_empty() {
        answers.push(Answer::fixed(&names, their_paragraph(&others.join("\n"))));
    }
    if !patient.identifiers.is_empty() {
        let list = html! {
            @for id in &patient.identifiers {
                p.anywhere { bdi { (id.value) } br; small.muted { bdi { (id.system) } } }
            }
        };
        answers.push(Answer::fixed(&ids, list));
    }
    if !patient.reminders {
        let no = html! { (t!(text, "chart-no-reminders")) };
        answers.push(Answer::fixed(&reminders, no));
    }
    html! {
        @if !answers.is_empty() { section { h2 { (t!(text, "chart-details")) } (summary_list(&answers)) } }
    }
}

/// The last merge into this chart, with the way back.
fn merged(ctx: &Ctx, chart: &Chart) -> Markup {
    let text = ctx.text;
    let Some(record) = &chart.merged else {
        return html! {};
    };
    let part = t!(text, "merge-part");
    let words = t!(
        text,
        "chart-merged-from",
        name = record.went.name().full(),
        date = text.date_plain(ctx.current.date(record.at))
    );
    banner(
        Tone::Info,
        &words,
        &html! {
            @if ctx.may(Permission::MergePatients) {
                (Button::secondary(&part).small().link(&path(chart.patient.id, "parting")))
            }
        },
    )
}
