//! What is written about a patient, changed.

use maud::{Markup, html};

use super::patient_form::{self, FIELDS, Typed};
use super::person::path;
use crate::app::charts;
use crate::app::registration::{self, Details};
use crate::domain::id::PatientId;
use crate::domain::patient::Patient;
use crate::t;
use crate::web::ctx::Ctx;
use crate::web::fields::Problems;
use crate::web::layout::{self, Extra, Rail};
use crate::web::reply::Reply;
use crate::web::respond::Handled;
use crate::web::ui::button::{Button, actions, back_link};
use crate::web::ui::error_summary::error_summary;
use crate::web::ui::form::Form;

/// `GET /staff/patients/{patient}/details`
pub fn show(ctx: &Ctx) -> Handled {
    let patient = subject(ctx)?;
    let typed = Typed::from_details(ctx, &Details::of(&patient));
    let mut problems = Problems::default();
    // An invitation was wanted, and it asks for the birth date.
    if ctx.query.get("need") == "birth-date" && patient.birth_date.is_none() {
        problems.add("born", t!(ctx.text, "edit-need-birth-date"));
    }
    Ok(Reply::page(view(ctx, &patient, &typed, &problems)))
}

/// `POST /staff/patients/{patient}/details`
pub fn submit(ctx: &Ctx) -> Handled {
    let typed = Typed::from_form(ctx.only(&FIELDS)?);
    let patient = charts::patient(&ctx.clinic, &ctx.caller(), ctx.param("patient")?)?;
    let details = match patient_form::parse(ctx, &typed, &Details::of(&patient), false) {
        Ok(details) => details,
        Err(problems) => {
            ctx.saw([patient.id]);
            return Ok(Reply::problems(view(ctx, &patient, &typed, &problems)));
        }
    };
    registration::change(&ctx.clinic, &ctx.caller(), patient.id, &details)?;
    Ok(Reply::see_other(&format!(
        "{}?did=changed",
        path(patient.id, "")
    )))
}

/// The patient of the path.
fn subject(ctx: &Ctx) -> Result<Patient, crate::web::respond::Trouble> {
    let id: PatientId = ctx.param("patient")?;
    let patient = charts::patient(&ctx.clinic, &ctx.caller(), id)?;
    ctx.saw([patient.id]);
    Ok(patient)
}

fn view(ctx: &Ctx, patient: &Patient, typed: &Typed, problems: &Problems) -> Markup {
    let text = ctx.text;
    let title = t!(text, "edit-title", name = patient.name().full());
    let save = t!(text, "edit-save");
    let summary: Vec<(&str, &str)> = problems.iter().collect();
    let back = path(patient.id, "");
    let form = Form::new(&path(patient.id, "details"), &ctx.token()).show(&html! {
        (patient_form::questions(ctx, typed, problems, true))
        (actions(&Button::primary(&save).submit()))
    });
    let body = html! {
        (back_link(&back, &t!(text, "chart-back")))
        (error_summary(&t!(text, "error-summary"), &summary))
        h1 { (title) }
        (form)
    };
    let extra = Extra {
        has_problems: !problems.is_empty(),
        ..Extra::default()
    };
    layout::staff(ctx, Rail::Patients, &title, extra, body)
}
