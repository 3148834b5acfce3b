//! A new patient: a name and a way to reach them are enough. Charts that may be of the same person
//! are shown before anything is saved.

use maud::{Markup, html};
use poem::http::StatusCode;

use super::patient_form::{self, FIELDS, Typed};
use super::person::{alike_cells, path};
use crate::app::charts::Alike;
use crate::app::registration::{self, Details, Registered};
use crate::t;
use crate::web::ctx::Ctx;
use crate::web::fields::Problems;
use crate::web::layout::{self, Extra, Rail};
use crate::web::reply::Reply;
use crate::web::respond::Handled;
use crate::web::ui::banner::banner;
use crate::web::ui::button::{Button, actions, back_link};
use crate::web::ui::error_summary::error_summary;
use crate::web::ui::form::Form;
use crate::web::ui::table::{Column, Table};
use crate::web::ui::tag::Tone;

/// `GET /staff/patients/new`: a name that was searched for stands in the form already.
pub fn show(ctx: &Ctx) -> Handled {
    let name = crate::domain::person::HumanName::from_full(ctx.query.get("name"));
    let typed = Typed::default()
        .with("given", &name.given)
        .with("family", &name.family);
    Ok(Reply::page(view(ctx, &typed, &Problems::default(), &[])))
}

/// `POST /staff/patients`
pub fn submit(ctx: &Ctx) -> Handled {
    let form = ctx.only(&FIELDS)?;
    let typed = Typed::from_form(form);
    patient_form::check_choices(&typed, &Details::default())?;
    let details = match patient_form::parse(ctx, &typed, &Details::default(), true) {
        Ok(details) => details,
        Err(problems) => return Ok(Reply::problems(view(ctx, &typed, &problems, &[]))),
    };
    let anyway = form.has("anyway");
    match registration::register(&ctx.clinic, &ctx.caller(), &details, anyway)? {
        Registered::Done(patient) => Ok(Reply::done(&path(patient.id, ""), "registered")),
        Registered::Alike(alike) => {
            ctx.saw(alike.iter().map(|a| a.patient.id));
            let page = view(ctx, &typed, &Problems::default(), &alike);
            Ok(Reply::problems(page).with_status(StatusCode::CONFLICT))
        }
    }
}

fn view(ctx: &Ctx, typed: &Typed, problems: &Problems, alike: &[Alike]) -> Markup {
    let text = ctx.text;
    let title = t!(text, "register-title");
    let save = t!(text, "register-save");
    let anyway = t!(text, "register-anyway");
    let summary: Vec<(&str, &str)> = problems.iter().collect();
    let form = Form::new("/staff/patients", &ctx.token()).show(&html! {
        (patient_form::questions(ctx, typed, problems, false))
        (actions(&html! {
            @if alike.is_empty() { (Button::primary(&save).submit()) }
            @else { (Button::primary(&anyway).sends("anyway", "yes").submit()) }
        }))
    });
    let body = html! {
        (back_link("/staff/patients", &t!(text, "register-back")))
        (error_summary(&t!(text, "error-summary"), &summary))
        h1 { (title) }
        @if !alike.is_empty() { (likely(ctx, alike)) }
        (form)
    };
    let extra = Extra {
        has_problems: !problems.is_empty() || !alike.is_empty(),
        ..Extra::default()
    };
    layout::staff(ctx, Rail::Patients, &title, extra, body)
}

fn likely(ctx: &Ctx, alike: &[Alike]) -> Markup {
    let text = ctx.text;
    let (name, born, contact, why) = (
        t!(text, "patients-name"),
        t!(text, "patients-born"),
        t!(text, "patients-contact"),
        t!(text, "alike-why"),
    );
    let rows: Vec<Vec<Markup>> = alike.iter().map(|a| alike_cells(ctx, a).into()).collect();
    let caption = t!(text, "alike-title");
    html! {
        (banner(Tone::Warn, &caption, &html! { p { (t!(text, "alike-explain")) } }))
        (Table {
            id: "alike",
            caption: &caption,
            caption_unseen: true,
            columns: &[
                Column::words(&name),
                Column::words(&born),
                Column::words(&contact),
                Column::words(&why),
            ],
            rows: &rows,
            sums: None,
        }.show())
    }
}
