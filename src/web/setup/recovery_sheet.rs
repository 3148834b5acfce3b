//! Set-up 7: the recovery sheet on paper, because only its key opens the backups.

use maud::html;

use super::{Screen, at, onwards, path};
use crate::app::{backups, setup};
use crate::domain::settings::SetupStep;
use crate::t;
use crate::web::ctx::Ctx;
use crate::web::fields::Problems;
use crate::web::respond::{Handled, Trouble};
use crate::web::staff::settings::backups::{on_paper, typed_back, word_field};
use crate::web::ui::button::{Button, actions};
use crate::web::ui::form::Form;

const STEP: SetupStep = SetupStep::RecoverySheet;

/// `GET /setup/recovery-sheet`
pub fn show(ctx: &Ctx) -> Handled {
    at(ctx, STEP)?;
    page(ctx, "", &Problems::default())
}

/// `POST /setup/recovery-sheet`: the sheet for paper, its test word typed back, or later.
pub fn save(ctx: &Ctx) -> Handled {
    let form = ctx.only(&["word", "do"])?;
    at(ctx, STEP)?;
    match form.get("do") {
        "sheet" => return on_paper(ctx, path(STEP)),
        "check" => {
            if let Err(problems) = typed_back(ctx, form)? {
                return page(ctx, form.get("word"), &problems);
            }
        }
        "later" => {}
        _ => return Err(Trouble::BadRequest),
    }
    setup::go_past(&ctx.clinic, &ctx.caller(), STEP)?;
    Ok(onwards(ctx))
}

fn page(ctx: &Ctx, typed: &str, problems: &Problems) -> Handled {
    let text = ctx.text;
    let token = ctx.token();
    let (here, show) = (path(STEP), t!(text, "backups-sheet-show"));
    let plan = backups::overview(&ctx.clinic, &ctx.caller(), 0)?.known.plan;
    let body = if let Some(at) = plan.sheet_checked_at {
        html! {
            p { (t!(text, "backups-sheet-checked", date = ctx.when().date(at))) }
            (Button::primary(&t!(text, "setup-continue")).post(here, &token, &[("do", "later")]))
        }
    } else {
        html! {
            p { (t!(text, "setup-sheet-text")) }
            (Button::secondary(&show).post(here, &token, &[("do", "sheet")]))
            (Form::new(here, &token).show(&html! {
                (word_field(ctx, typed, problems))
                (actions(&html! {
                    (Button::primary(&t!(text, "backups-word-check")).sends("do", "check").submit())
                    (Button::secondary(&t!(text, "setup-later")).sends("do", "later").submit())
                }))
            }))
        }
    };
    Ok(Screen {
        step: STEP,
        title: t!(text, "backups-sheet-title"),
        problems,
        body,
        scripts: &[],
    }
    .show(ctx))
}
