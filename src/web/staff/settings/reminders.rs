//! Settings: which reminders go out.

use maud::html;

use super::Frame;
use crate::app::clinic_settings;
use crate::domain::settings::Reminders;
use crate::t;
use crate::web::ctx::Ctx;
use crate::web::fields::Problems;
use crate::web::reply::Reply;
use crate::web::respond::Handled;
use crate::web::ui::button::{Button, actions};
use crate::web::ui::choice_rows::switch;
use crate::web::ui::form::Form;

/// The path of the page.
const PATH: &str = "/staff/settings/reminders";

/// `GET /staff/settings/reminders`
pub fn show(ctx: &Ctx) -> Handled {
    let text = ctx.text;
    let Reminders {
        week_before,
        two_days_before,
        name_the_cost,
    } = ctx.current.settings.reminders;
    let body = Form::new(PATH, &ctx.token()).show(&html! {
        p { (t!(text, "reminders-text")) }
        div.card {
            (switch("week", &t!(text, "reminders-week"), week_before))
            (switch("days", &t!(text, "reminders-days"), two_days_before))
            (switch("cost", &t!(text, "reminders-cost"), name_the_cost))
        }
        p.hint { (t!(text, "reminders-cost-hint")) }
        (actions(&Button::primary(&t!(text, "settings-save")).submit()))
    });
    let none = Problems::default();
    let page = Frame::new(t!(text, "reminders-title"), &none).show(ctx, &body);
    Ok(Reply::page(page))
}

/// `POST /staff/settings/reminders`
pub fn save(ctx: &Ctx) -> Handled {
    let form = ctx.only(&["week", "days", "cost"])?;
    let reminders = Reminders {
        week_before: form.has("week"),
        two_days_before: form.has("days"),
        name_the_cost: form.has("cost"),
    };
    clinic_settings::set_reminders(&ctx.clinic, &ctx.caller(), reminders)?;
    Ok(Reply::done(PATH, "saved"))
}
