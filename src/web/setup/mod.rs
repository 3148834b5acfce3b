//! The first start: from an empty folder to the first time that can be booked. Everything has a
//! default, Back always works, and a lost tab goes on where it was.

mod clinic;
mod done;
mod hours;
mod look;
mod recovery_sheet;
mod second_factor;
mod services;
#[cfg(test)]
mod tests;
mod you;

use maud::{Markup, html};

pub use self::clinic::{save as save_clinic, show as clinic};
pub use self::done::show as done;
pub use self::hours::{save as save_hours, show as hours};
pub use self::look::{save as save_look, show as look};
pub use self::recovery_sheet::{save as save_recovery_sheet, show as recovery_sheet};
pub use self::second_factor::{save as save_second_factor, show as second_factor};
pub use self::services::{save as save_services, show as services};
pub use self::you::{save as save_you, show as you};

use super::ctx::Ctx;
use super::fields::Problems;
use super::layout::{self, Extra, STAFF_SIGN_IN};
use super::reply::Reply;
use super::respond::Trouble;
use super::ui::button::back_link;
use super::ui::card::card;
use super::ui::error_summary::error_summary;
use super::ui::icon::{Icon, icon};
use super::ui::page::Script;
use super::ui::progress::{meter, wizard};
use super::ui::tag::{Tone, tag};
use crate::app::setup::{self, Checklist};
use crate::domain::policy::Permission;
use crate::domain::settings::SetupStep;
use crate::t;

/// Where a step is.
const fn path(step: SetupStep) -> &'static str {
    match step {
        SetupStep::You => "/setup",
        SetupStep::Clinic => "/setup/clinic",
        SetupStep::Services => "/setup/services",
        SetupStep::Hours => "/setup/hours",
        SetupStep::Look => "/setup/look",
        SetupStep::SecondFactor => "/setup/second-factor",
        SetupStep::RecoverySheet => "/setup/recovery-sheet",
        SetupStep::Done => "/setup/done",
    }
}

/// On to where set-up stands now.
fn onwards(ctx: &Ctx) -> Reply {
    Reply::see_other(path(ctx.clinic.current().settings.setup))
}

/// Whether this screen is to be shown: not before the ones before it, and not when all is done.
fn at(ctx: &Ctx, step: SetupStep) -> Result<(), Trouble> {
    let now = ctx.current.settings.setup;
    if now == SetupStep::Done || now < step {
        return Err(Trouble::Instead(Box::new(onwards(ctx))));
    }
    Ok(())
}

/// Whoever comes to the front of set-up and is no longer needed there.
fn elsewhere(ctx: &Ctx) -> Reply {
    if ctx.may(Permission::ManageSettings) {
        onwards(ctx)
    } else {
        Reply::see_other(STAFF_SIGN_IN)
    }
}

/// A screen: steps on top, problems, heading, content.
struct Screen<'a> {
    step: SetupStep,
    title: String,
    problems: &'a Problems,
    body: Markup,
    scripts: &'static [Script],
}

impl Screen<'_> {
    fn show(self, ctx: &Ctx) -> Reply {
        let text = ctx.text;
        let names = [
            t!(text, "setup-step-you"),
            t!(text, "setup-step-clinic"),
            t!(text, "setup-step-services"),
            t!(text, "setup-step-hours"),
            t!(text, "setup-step-look"),
            t!(text, "setup-step-second-factor"),
            t!(text, "setup-step-recovery-sheet"),
        ];
        let names = names.each_ref().map(String::as_str);
        let (current, before) = match self.step {
            SetupStep::You => (0, None),
            SetupStep::Clinic => (1, None),
            SetupStep::Services => (2, Some(SetupStep::Clinic)),
            SetupStep::Hours => (3, Some(SetupStep::Services)),
            SetupStep::Look => (4, Some(SetupStep::Hours)),
            SetupStep::SecondFactor => (5, Some(SetupStep::Look)),
            SetupStep::RecoverySheet => (6, Some(SetupStep::SecondFactor)),
            SetupStep::Done => (7, None),
        };
        let summary: Vec<(&str, &str)> = self.problems.iter().collect();
        let body = html! {
            (wizard(&t!(text, "setup-steps"), &names, current))
            @if let Some(before) = before { (back_link(path(before), &t!(text, "page-back"))) }
            (error_summary(&t!(text, "error-summary"), &summary))
            h1 { (self.title) }
            (self.body)
        };
        let extra = Extra {
            has_problems: !self.problems.is_empty(),
            scripts: self.scripts,
            ..Extra::default()
        };
        let page = layout::plain(ctx, &self.title, extra, body);
        if self.problems.is_empty() {
            Reply::page(page)
        } else {
            Reply::problems(page)
        }
    }
}

/// What is left to do after the first start, for the owner's Today; nothing when all is done.
pub fn checklist(ctx: &Ctx) -> Markup {
    let text = ctx.text;
    if !ctx.may(Permission::ManageSettings) {
        return html! {};
    }
    // Today without its checklist is better than no page.
    let Ok(list) = setup::checklist(&ctx.clinic, &ctx.caller()) else {
        return html! {};
    };
    let done = list.done();
    if done == Checklist::STEPS {
        return html! {};
    }
    let steps = [
        (list.open, "/setup", t!(text, "setup-todo-open")),
        (
            list.look,
            "/staff/settings/look",
            t!(text, "setup-todo-look"),
        ),
        (
            list.second_factor,
            "/staff/account",
            t!(text, "setup-todo-second-factor"),
        ),
        (
            list.sheet,
            "/staff/settings/backups",
            t!(text, "setup-todo-sheet"),
        ),
        (
            list.mail,
            "/staff/settings/mail",
            t!(text, "setup-todo-mail"),
        ),
        (list.people, "/staff/people", t!(text, "setup-todo-people")),
        (
            list.patients,
            "/staff/patients/new",
            t!(text, "setup-todo-patients"),
        ),
    ];
    let inside = html! {
        (meter("setup-done", &t!(text, "setup-todo-label"), done, Checklist::STEPS,
            &t!(text, "setup-todo-count", done = done, all = Checklist::STEPS)))
        ul.facts {
            @for (is_done, href, words) in &steps {
                li {
                    (icon(if *is_done { Icon::CircleCheck } else { Icon::Circle }))
                    @if *is_done { span { (words) " " (tag(&t!(text, "setup-todo-done"), Tone::Ok)) } }
                    @else { a href=(href) { (words) } }
                }
            }
        }
    };
    card(Some(&t!(text, "setup-todo-title")), &inside)
}
