//! Settings: with whom the machine speaks, and what about.

use maud::{Markup, html};

use super::{Frame, mail};
use crate::app::outside::{self, Outside};
use crate::t;
use crate::web::ctx::Ctx;
use crate::web::fields::Problems;
use crate::web::reply::Reply;
use crate::web::respond::Handled;
use crate::web::ui::icon::Icon;
use crate::web::ui::row_list::{Row, row_list};
use crate::web::ui::text::theirs;

/// `GET /staff/settings/outside`
pub fn show(ctx: &Ctx) -> Handled {
    let text = ctx.text;
    let all = outside::all(&ctx.clinic, &ctx.caller())?;
    let rows: Vec<Row<'_>> = all.iter().map(|one| row(ctx, one)).collect();
    let body = html! {
        @if rows.is_empty() {
            p { (t!(text, "outside-nobody")) }
        } @else {
            p { (t!(text, "outside-lead")) }
            (row_list(&rows))
        }
        p {
            @if !rows.is_empty() { (t!(text, "outside-nothing-else")) " " }
            (t!(text, "outside-quiet"))
        }
    };
    let problems = Problems::default();
    let frame = Frame::new(t!(text, "outside-title"), &problems);
    Ok(Reply::page(frame.show(ctx, &body)))
}

/// With whom, what about, and where that is decided.
fn row<'a>(ctx: &Ctx, one: &Outside) -> Row<'a> {
    let text = ctx.text;
    let (path, icon, who, what): (&str, Icon, Markup, String) = match one {
        Outside::Mail(server) => {
            let place = format!("{}:{}", server.host, server.port);
            let who = html! { (t!(text, "mailserver-host")) " " (theirs(&place)) };
            (mail::PATH, Icon::Mail, who, t!(text, "outside-mail"))
        }
        Outside::Authority => (
            "/staff/settings/connection/certificate",
            Icon::ShieldCheck,
            html! { (t!(text, "outside-authority")) },
            t!(text, "outside-authority-detail"),
        ),
        Outside::Neighbours(address) => (
            super::local_name::PATH,
            Icon::Globe,
            html! { (t!(text, "outside-neighbours")) },
            t!(text, "outside-neighbours-detail", address = address.clone()),
        ),
        Outside::Backups(name, to) => (
            super::backups::PATH,
            Icon::Upload,
            html! { (t!(text, "outside-backups", name = name.clone())) " " (theirs(to)) },
            t!(text, "outside-backups-detail"),
        ),
    };
    Row::link(path, who).icon(icon).detail(html! { (what) })
}
