//! What is written about a patient, changed.

use maud::{Markup, html};
use poem::http::StatusCode;

use super::patient_differences::differences;
use super::patient_form::{self, FIELDS, Typed};
use super::person::path;
use crate::app::Stop;
use crate::app::charts;
use crate::app::registration::{self, Details};
use crate::domain::id::PatientId;
use crate::domain::patient::Patient;
use crate::domain::refusal::Refused;
use crate::t;
use crate::web::ctx::Ctx;
use crate::web::fields::Problems;
use crate::web::layout::{self, Extra, Rail};
use crate::web::reply::Reply;
use crate::web::respond::{Handled, Trouble};
use crate::web::ui::banner::banner;
use crate::web::ui::button::{Button, actions, back_link};
use crate::web::ui::error_summary::error_summary;
use crate::web::ui::form::{Form, hidden};
use crate::web::ui::tag::Tone;
use crate::web::ui::text::theirs;

/// What the form began with.
const SEEN: &str = "seen";

/// `GET /staff/patients/{patient}/details`
pub fn show(ctx: &Ctx) -> Handled {
    let patient = subject(ctx)?;
    let typed = Typed::from_details(ctx, &Details::of(&patient));
    let mut problems = Problems::default();
    // An invitation was wanted, and it asks for the birth date.
    if ctx.query.get("need") == "birth-date" && patient.birth_date.is_none() {
        problems.add("born", t!(ctx.text, "edit-need-birth-date"));
    }
    let seen = Details::of(&patient).mark()?;
    Ok(Reply::page(view(ctx, &patient, &typed, &problems, &seen)))
}

/// `POST /staff/patients/{patient}/details`
pub fn submit(ctx: &Ctx) -> Handled {
    let mut fields = FIELDS.to_vec();
    fields.push(SEEN);
    let typed = Typed::from_form(ctx.only(&fields)?);
    let patient = subject(ctx)?;
    patient_form::check_choices(&typed, &Details::of(&patient))?;
    let details = match patient_form::parse(ctx, &typed, &Details::of(&patient), false) {
        Ok(details) => details,
        Err(problems) => {
            let page = view(ctx, &patient, &typed, &problems, typed.get(SEEN));
            return Ok(Reply::problems(page));
        }
    };
    let caller = ctx.caller();
    match registration::change(&ctx.clinic, &caller, patient.id, typed.get(SEEN), &details) {
        Ok(_) => Ok(Reply::done(&path(patient.id, ""), "changed")),
        Err(Stop::Refused(Refused::Changed)) => {
            let now = charts::patient(&ctx.clinic, &caller, patient.id)?;
            let seen = Details::of(&now).mark()?;
            let page = view(ctx, &now, &typed, &Problems::default(), &seen);
            Ok(Reply::problems(page).with_status(StatusCode::CONFLICT))
        }
        Err(stop) => Err(stop.into()),
    }
}

/// The patient of the path.
fn subject(ctx: &Ctx) -> Result<Patient, Trouble> {
    let id: PatientId = ctx.param("patient")?;
    let patient = charts::patient(&ctx.clinic, &ctx.caller(), id)?;
    ctx.saw([patient.id]);
    Ok(patient)
}

/// The form. Where what was `seen` is not what the form began with, what somebody else wrote
/// meanwhile stands above it.
fn view(ctx: &Ctx, patient: &Patient, typed: &Typed, problems: &Problems, seen: &str) -> Markup {
    let text = ctx.text;
    let title = t!(text, "edit-title", name = patient.name().full());
    let save = t!(text, "edit-save");
    let summary: Vec<(&str, &str)> = problems.iter().collect();
    let back = path(patient.id, "");
    let overtaken = !typed.get(SEEN).is_empty() && typed.get(SEEN) != seen;
    let form = Form::new(&path(patient.id, "details"), &ctx.token()).show(&html! {
        (hidden(SEEN, seen))
        (patient_form::questions(ctx, typed, problems, true))
        (actions(&Button::primary(&save).submit()))
    });
    let body = html! {
        (back_link(&back, &t!(text, "chart-back")))
        (error_summary(&t!(text, "error-summary"), &summary))
        h1 { (title) }
        @if overtaken { (written_meanwhile(ctx, patient, typed)) }
        (form)
    };
    let extra = Extra {
        has_problems: !problems.is_empty() || overtaken,
        ..Extra::default()
    };
    layout::staff(ctx, Rail::Patients, &title, extra, body)
}

/// What is kept now, where it differs from what was typed.
fn written_meanwhile(ctx: &Ctx, patient: &Patient, typed: &Typed) -> Markup {
    let text = ctx.text;
    let kept = Typed::from_details(ctx, &Details::of(patient));
    let nothing = t!(text, "edit-kept-nothing");
    let rows = differences(ctx, typed, &kept);
    banner(
        Tone::Warn,
        &t!(text, "edit-changed-title"),
        &html! {
            p { (t!(text, "edit-changed")) }
            dl.summary {
                @for (label, value) in &rows {
                    div {
                        dt { (label) }
                        dd.pre { @if value.is_empty() { (nothing) } @else { (theirs(value)) } }
                    }
                }
            }
        },
    )
}

#[cfg(test)]
mod tests;
