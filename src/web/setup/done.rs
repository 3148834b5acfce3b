//! The end of set-up: what can be done now.

use maud::html;

use super::{Screen, path};
use crate::domain::settings::SetupStep;
use crate::t;
use crate::web::ctx::Ctx;
use crate::web::fields::Problems;
use crate::web::reply::Reply;
use crate::web::respond::Handled;
use crate::web::ui::icon::Icon;
use crate::web::ui::row_list::{Row, row_list};

/// `GET /setup/done`
pub fn show(ctx: &Ctx) -> Handled {
    let text = ctx.text;
    let now = ctx.current.settings.setup;
    if now != SetupStep::Done {
        return Ok(Reply::see_other(path(now)));
    }
    let row = |href, words: String, icon| Row::link(href, html! { (words) }).icon(icon);
    let rows = [
        row(
            "/staff/visits/new",
            t!(text, "setup-done-visit"),
            Icon::CalendarPlus,
        ),
        row("/", t!(text, "setup-done-patient"), Icon::Smartphone),
        row(
            "/staff/settings/poster",
            t!(text, "setup-done-poster"),
            Icon::QrCode,
        ),
        row(
            "/staff/settings/backups",
            t!(text, "setup-done-backups"),
            Icon::ShieldCheck,
        ),
        row("/staff", t!(text, "setup-done-today"), Icon::ListChecks),
    ];
    let none = Problems::default();
    Ok(Screen {
        step: SetupStep::Done,
        title: t!(text, "setup-done-title"),
        problems: &none,
        body: html! { p { (t!(text, "setup-done-text")) } (row_list(&rows)) },
        scripts: &[],
    }
    .show(ctx))
}
