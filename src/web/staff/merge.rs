//! Two charts of one person become one: choose the other, compare, confirm; and the way back.

use maud::{Markup, html};

use super::person::{born, contact, name_link, path, phone_shown};
use crate::app::charts::{self, Asked, Filter, Listed};
use crate::app::merging::{self, Preview};
use crate::domain::id::PatientId;
use crate::domain::merge::{Choices, Side};
use crate::domain::patient::{Patient, likeness};
use crate::domain::refusal::Refused;
use crate::t;
use crate::web::ctx::Ctx;
use crate::web::fields::Fields;
use crate::web::layout::{self, Extra, Rail};
use crate::web::reply::Reply;
use crate::web::respond::{Handled, Trouble};
use crate::web::ui::banner::banner;
use crate::web::ui::button::{Button, actions, back_link};
use crate::web::ui::choice_rows::{Choice, ChoiceRows};
use crate::web::ui::empty::empty;
use crate::web::ui::field::Field;
use crate::web::ui::form::{Form, search_form};
use crate::web::ui::icon::Icon;
use crate::web::ui::panel::interruption;
use crate::web::ui::table::{Column, Table};
use crate::web::ui::tag::Tone;
use crate::web::ui::text::theirs;

/// `GET /staff/patients/{patient}/merge`: which other chart?
pub fn choose(ctx: &Ctx) -> Handled {
    let id: PatientId = ctx.param("patient")?;
    let chart = charts::find(&ctx.clinic, &ctx.caller(), id)?;
    let typed = ctx.query.get("q");
    let mut others: Vec<Patient> = Vec::new();
    if typed.is_empty() {
        others.extend(chart.alike.into_iter().map(|a| a.patient));
    } else {
        let asked = Asked {
            typed: typed.chars().take(100).collect(),
            filter: Filter::All,
            after: None,
        };
        let found = charts::list(&ctx.clinic, &ctx.caller(), ctx.text, &asked)?;
        others.extend(found.rows.into_iter().map(|Listed { patient, .. }| patient));
    }
    others.retain(|p| p.id != id);
    ctx.saw(others.iter().map(|p| p.id).chain([id]));
    let mut reply = Reply::page(choose_view(ctx, &chart.patient, typed, &others));
    reply.compress = typed.is_empty();
    Ok(reply)
}

fn choose_view(ctx: &Ctx, patient: &Patient, typed: &str, others: &[Patient]) -> Markup {
    let text = ctx.text;
    let title = t!(text, "merge-choose-title");
    let find = t!(text, "patients-find");
    let go = t!(text, "patients-find-now");
    let body = html! {
        (back_link(&path(patient.id, ""), &t!(text, "chart-back")))
        h1 { (title) }
        p { (t!(text, "merge-choose-explain", name = patient.name().full())) }
        (search_form(&path(patient.id, "merge"), &find, Some("found"), &html! {
            (Field::new("q", &find).hint(&t!(text, "patients-find-hint")).value(typed).autocomplete("off").show())
            noscript { (Button::secondary(&go).submit()) }
        }))
        div.stack id="found" { (candidates(ctx, patient, others)) }
    };
    layout::staff(ctx, Rail::Patients, &title, Extra::default(), body)
}

fn candidates(ctx: &Ctx, patient: &Patient, others: &[Patient]) -> Markup {
    let text = ctx.text;
    if others.is_empty() {
        return empty(
            Icon::Search,
            &t!(text, "merge-nobody-title"),
            &t!(text, "merge-nobody"),
            &html! {},
        );
    }
    let compare = t!(text, "chart-compare");
    let heads = [
        t!(text, "patients-name"),
        t!(text, "patients-born"),
        t!(text, "patients-contact"),
        t!(text, "merge-choose"),
    ];
    let columns: Vec<Column<'_>> = heads.iter().map(|h| Column::words(h)).collect();
    let rows: Vec<Vec<Markup>> = others
        .iter()
        .map(|other| {
            let called = other.name().full();
            let to = path(patient.id, &format!("merge/{}", other.id));
            vec![
                name_link(other),
                born(ctx, other),
                contact(ctx, other),
                Button::secondary(&compare).about(&called).small().link(&to),
            ]
        })
        .collect();
    Table {
        id: "candidates",
        caption: &t!(text, "chart-alike"),
        caption_unseen: true,
        columns: &columns,
        rows: &rows,
        sums: None,
    }
    .show()
}

/// `GET /staff/patients/{patient}/merge/{other}`: side by side, and what would move.
pub fn show(ctx: &Ctx) -> Handled {
    let (stays, goes) = (ctx.param("patient")?, ctx.param("other")?);
    let preview = merging::preview(&ctx.clinic, &ctx.caller(), stays, goes)?;
    ctx.saw([preview.stays.id, preview.goes.id]);
    Ok(Reply::page(preview_view(ctx, &preview)))
}

/// `POST /staff/patients/{patient}/merge/{other}`
pub fn submit(ctx: &Ctx) -> Handled {
    let form = ctx.only(&[
        "name",
        "birth-date",
        "phone",
        "email",
        "address",
        "language",
    ])?;
    let (stays, goes) = (ctx.param("patient")?, ctx.param("other")?);
    let choices = choices(form)?;
    let record = merging::merge(&ctx.clinic, &ctx.caller(), stays, goes, choices)?;
    let to = path(record.stayed.id, "");
    Ok(Reply::done(&to, "merged"))
}

fn choices(form: &Fields) -> Result<Choices, Trouble> {
    let side = |name: &str| match form.get(name) {
        "" | "stays" => Ok(Side::Stays),
        "goes" => Ok(Side::Goes),
        _ => Err(Trouble::BadRequest),
    };
    Ok(Choices {
        name: side("name")?,
        birth_date: side("birth-date")?,
        phone: side("phone")?,
        email: side("email")?,
        address: side("address")?,
        language: side("language")?,
    })
}

fn preview_view(ctx: &Ctx, preview: &Preview) -> Markup {
    let text = ctx.text;
    let Preview { stays, goes, .. } = preview;
    let title = t!(text, "merge-title");
    let now = t!(text, "merge-now");
    let swap = t!(text, "merge-swap");
    let action = path(stays.id, &format!("merge/{}", goes.id));
    let form = Form::new(&action, &ctx.token()).show(&html! {
        (differences(ctx, stays, goes))
        (actions(&html! {
            (Button::primary(&now).submit())
            (Button::secondary(&swap).link(&path(goes.id, &format!("merge/{}", stays.id))))
        }))
    });
    let body = html! {
        (back_link(&path(stays.id, "merge"), &t!(text, "page-back")))
        h1 { (title) }
        (side_by_side(ctx, stays, goes))
        @if likeness(stays, goes).is_none() {
            (banner(Tone::Warn, &t!(text, "merge-unlike-title"), &html! { p { (t!(text, "merge-unlike")) } }))
        }
        h2 { (t!(text, "merge-moves")) }
        ul {
            li { (t!(text, "merge-moves-visits", count = preview.visits)) }
            @if preview.encounters > 0 { li { (t!(text, "merge-moves-encounters", count = preview.encounters)) } }
            @if preview.messages > 0 { li { (t!(text, "merge-moves-messages", count = preview.messages)) } }
            @if preview.login_moves { li { (t!(text, "merge-moves-login")) } }
            @if preview.login_closes { li { (t!(text, "merge-closes-login")) } }
        }
        p { (t!(text, "merge-explain")) }
        (form)
    };
    layout::staff(ctx, Rail::Patients, &title, Extra::default(), body)
}

fn side_by_side(ctx: &Ctx, stays: &Patient, goes: &Patient) -> Markup {
    let text = ctx.text;
    let heads = [
        t!(text, "merge-which"),
        t!(text, "patients-name"),
        t!(text, "merge-number"),
        t!(text, "patients-born"),
        t!(text, "patients-contact"),
    ];
    let columns: Vec<Column<'_>> = heads.iter().map(|h| Column::words(h)).collect();
    let row = |which: String, patient: &Patient| {
        vec![
            html! { (which) },
            name_link(patient),
            html! { (patient.chart) },
            born(ctx, patient),
            contact(ctx, patient),
        ]
    };
    Table {
        id: "charts",
        caption: &t!(text, "merge-both"),
        caption_unseen: true,
        columns: &columns,
        rows: &[
            row(t!(text, "merge-stays"), stays),
            row(t!(text, "merge-goes"), goes),
        ],
        sums: None,
    }
    .show()
}

/// A choice for each detail that both charts have and that differs.
fn differences(ctx: &Ctx, stays: &Patient, goes: &Patient) -> Markup {
    let text = ctx.text;
    let name = |p: &Patient| Some(p.name().full());
    let birth = |p: &Patient| p.birth_date.map(|d| text.date_of_birth(d));
    let phone = |p: &Patient| p.phone().map(|n| phone_shown(ctx, n));
    let email = |p: &Patient| p.email.as_ref().map(|e| e.as_str().to_owned());
    let address = |p: &Patient| p.address.as_ref().map(|a| a.shown().join(", "));
    let language = |p: &Patient| {
        p.language
            .as_deref()
            .map(|l| super::patient_form::language_name(l).to_owned())
    };
    let all = [
        ("name", t!(text, "merge-name"), name(stays), name(goes)),
        (
            "birth-date",
            t!(text, "merge-birth-date"),
            birth(stays),
            birth(goes),
        ),
        ("phone", t!(text, "merge-phone"), phone(stays), phone(goes)),
        ("email", t!(text, "merge-email"), email(stays), email(goes)),
        (
            "address",
            t!(text, "merge-address"),
            address(stays),
            address(goes),
        ),
        (
            "language",
            t!(text, "merge-language"),
            language(stays),
            language(goes),
        ),
    ];
    html! {
        @for (id, legend, ours, theirs) in &all {
            @if let (Some(ours), Some(theirs)) = (ours, theirs) {
                @if ours != theirs {
                    (ChoiceRows {
                        id,
                        legend,
                        heading: false,
                        hint: None,
                        wrong: None,
                        several: false,
                        choices: &[
                            Choice { value: "stays", label: ours, detail: None, checked: true },
                            Choice { value: "goes", label: theirs, detail: None, checked: false },
                        ],
                    }.show())
                }
            }
        }
    }
}

/// `GET /staff/patients/{patient}/parting`
pub fn show_parting(ctx: &Ctx) -> Handled {
    let id: PatientId = ctx.param("patient")?;
    let chart = charts::find(&ctx.clinic, &ctx.caller(), id)?;
    let record = chart.merged.ok_or(Refused::TooLateToUndo)?;
    ctx.saw([id, record.went.id]);
    let text = ctx.text;
    let (title, now, keep) = (
        t!(text, "merge-part-title"),
        t!(text, "merge-part-now"),
        t!(text, "merge-part-keep"),
    );
    let token = ctx.token();
    let sentence = html! {
        (t!(text, "merge-part-explain", count = record.moved()))
        " " (theirs(&record.went.name().full()))
    };
    let body = interruption(
        &title,
        &sentence,
        &html! {
            (Button::danger(&now).post(&path(id, "parting"), &token, &[]))
            (Button::secondary(&keep).link(&path(id, "")))
        },
    );
    Ok(Reply::page(layout::staff(
        ctx,
        Rail::Patients,
        &title,
        Extra::default(),
        body,
    )))
}

/// `POST /staff/patients/{patient}/parting`
pub fn part(ctx: &Ctx) -> Handled {
    ctx.only(&[])?;
    let record = merging::part_again(&ctx.clinic, &ctx.caller(), ctx.param("patient")?)?;
    let to = path(record.stayed.id, "");
    Ok(Reply::done(&to, "parted"))
}
