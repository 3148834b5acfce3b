//! What those who work here see: dense, by keyboard, one file per page.

pub mod account;
pub mod lock;
pub mod people;
pub mod outbox;
pub mod settings;
pub mod sign_in;
pub mod activity;
pub mod archive;
pub mod chart;
pub mod edit_patient;
pub mod invite;
pub mod merge;
pub mod patient_form;
pub mod patients;
pub mod person;
pub mod register;
pub mod requests;
pub mod today;

use super::ctx::Ctx;
use super::layout::Rail;
use crate::app::desk;
use crate::domain::policy::Permission;
use crate::t;

/// How much waits behind an entry of the rail, with the words for it.
pub fn waiting(ctx: &Ctx) -> Vec<(Rail, u32, String)> {
    let text = ctx.text;
    let mut counts = Vec::new();
    // A rail without its numbers is better than no page.
    let Ok(waiting) = desk::waiting(&ctx.clinic, &ctx.caller()) else {
        return counts;
    };
    if waiting.requests > 0 && ctx.may(Permission::ManageRequests) {
        let words = t!(text, "rail-requests-waiting", count = waiting.requests);
        counts.push((Rail::Requests, waiting.requests, words));
    }
    if waiting.failed > 0 && ctx.may(Permission::ViewOutbox) {
        let words = t!(text, "rail-outbox-waiting", count = waiting.failed);
        counts.push((Rail::Outbox, waiting.failed, words));
    }
    counts
}
