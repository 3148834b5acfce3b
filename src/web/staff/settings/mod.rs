//! Settings: a card for each thing that a clinic decides.

pub mod audit;
pub mod backups;
pub mod certificate;
pub mod clinic;
pub mod closures;
pub mod connection;
pub mod days;
pub mod health;
pub mod hours;
pub mod limits;
pub mod local_name;
pub mod look;
pub mod mail;
pub mod outside;
pub mod poster;
pub mod practitioner;
pub mod reminders;
pub mod service;
pub mod services;
#[cfg(test)]
mod tests;

use maud::{Markup, html};

use crate::app::practice::{LeftOutside, Next};
use crate::domain::policy::Permission;
use crate::t;
use crate::web::ctx::Ctx;
use crate::web::fields::{Fields, Problems};
use crate::web::layout::{self, Extra, Rail};
use crate::web::reply::Reply;
use crate::web::respond::Handled;
use crate::web::ui::banner::banner;
use crate::web::ui::button::back_link;
use crate::web::ui::card::card;
use crate::web::ui::error_summary::error_summary;
use crate::web::ui::field::Wrong;
use crate::web::ui::icon::Icon;
use crate::web::ui::page::Script;
use crate::web::ui::row_list::{Row, row_list};
use crate::web::ui::tag::{Tone, tag};
use crate::web::ui::text::theirs;
use crate::web::ui::toast::Toast;

/// The element with the times that patients will see next.
pub const NEXT: &str = "next";

/// The path of the index.
pub const INDEX: &str = "/staff/settings";

/// `GET /staff/settings`
pub fn show(ctx: &Ctx) -> Handled {
    use Permission::{ManagePeople, ManageServices, ManageSettings, ViewAudit};
    let text = ctx.text;
    let title = t!(text, "settings-title");
    let practice = [
        link(ctx, ManageServices, "services", Icon::ClipboardList),
        link(ctx, ManageServices, "hours", Icon::Clock),
        link(ctx, ManageServices, "closures", Icon::CalendarX),
    ];
    let looks = [
        link(ctx, ManageSettings, "look", Icon::Palette),
        link(ctx, ManageSettings, "clinic", Icon::Building2),
        link(ctx, ManageSettings, "poster", Icon::QrCode),
    ];
    let house = [
        link(ctx, ManagePeople, "people", Icon::Users),
        link(ctx, ManageSettings, "connection", Icon::Globe),
        link(ctx, ManageSettings, "mail", Icon::Mail),
        link(ctx, ManageSettings, "reminders", Icon::Bell),
        link(ctx, ManageSettings, "backups", Icon::Download),
        link(ctx, ManageSettings, "health", Icon::CircleCheck),
        link(ctx, ManageSettings, "limits", Icon::ShieldCheck),
        link(ctx, ManageSettings, "outside", Icon::Upload),
        link(ctx, ViewAudit, "audit", Icon::History),
    ];
    let groups = [
        (t!(text, "settings-group-practice"), Vec::from(practice)),
        (t!(text, "settings-group-look"), Vec::from(looks)),
        (t!(text, "settings-group-house"), Vec::from(house)),
    ];
    let groups: Vec<(String, Vec<Entry>)> = groups
        .into_iter()
        .map(|(name, entries)| (name, entries.into_iter().flatten().collect::<Vec<_>>()))
        .filter(|(_, entries)| !entries.is_empty())
        .collect();
    let alarm = if ctx.may(ManageSettings) {
        certificate::alarm(ctx, &crate::app::certificate::report(&ctx.clinic)?)
    } else {
        html! {}
    };
    let body = html! {
        h1 { (title) }
        (alarm)
        @if groups.is_empty() { p { (t!(text, "settings-none")) } }
        @for (name, entries) in &groups {
            h2 { (name) }
            (row_list(&entries.iter().map(Entry::row).collect::<Vec<_>>()))
        }
    };
    Ok(Reply::page(layout::staff(
        ctx,
        Rail::Settings,
        &title,
        Extra::default(),
        body,
    )))
}

/// A card of the index.
struct Entry {
    href: String,
    title: String,
    detail: String,
    icon: Icon,
}

impl Entry {
    fn row(&self) -> Row<'_> {
        Row::link(&self.href, html! { (self.title) })
            .icon(self.icon)
            .detail(html! { (self.detail) })
    }
}

fn link(ctx: &Ctx, permission: Permission, name: &str, icon: Icon) -> Option<Entry> {
    let text = ctx.text;
    let (title, detail) = match name {
        "services" => (t!(text, "services-title"), t!(text, "services-detail")),
        "hours" => (t!(text, "hours-title"), t!(text, "hours-detail")),
        "closures" => (t!(text, "closures-title"), t!(text, "closures-detail")),
        "look" => (t!(text, "look-title"), t!(text, "look-detail")),
        "clinic" => (t!(text, "clinic-title"), t!(text, "clinic-detail")),
        "poster" => (t!(text, "poster-title"), t!(text, "poster-detail")),
        "people" => (
            t!(text, "settings-people-title"),
            t!(text, "settings-people-detail"),
        ),
        "connection" => (t!(text, "connection-title"), t!(text, "connection-detail")),
        "mail" => (t!(text, "mailserver-title"), t!(text, "mailserver-detail")),
        "reminders" => (t!(text, "reminders-title"), t!(text, "reminders-detail")),
        "backups" => (t!(text, "backups-title"), t!(text, "backups-detail")),
        "health" => (t!(text, "health-title"), t!(text, "health-detail")),
        "outside" => (t!(text, "outside-title"), t!(text, "outside-detail")),
        "limits" => (t!(text, "limits-title"), t!(text, "limits-detail")),
        _ => (t!(text, "audit-title"), t!(text, "audit-detail")),
    };
    ctx.may(permission).then(|| Entry {
        href: if name == "people" {
            "/staff/people".to_owned()
        } else {
            format!("{INDEX}/{name}")
        },
        title,
        detail,
        icon,
    })
}

/// What every page of settings has: the way back, problems on top, what was just done.
pub struct Frame<'a> {
    /// The heading.
    pub title: String,
    /// Where "Back" leads.
    pub back: &'a str,
    /// What is wrong with the form.
    pub problems: &'a Problems,
    /// What was just done.
    pub toast: Option<Toast<'a>>,
    /// Scripts that only this page has.
    pub scripts: &'static [Script],
}

impl<'a> Frame<'a> {
    /// A page that shows a form.
    pub fn new(title: String, problems: &'a Problems) -> Self {
        Self {
            title,
            back: INDEX,
            problems,
            toast: None,
            scripts: &[],
        }
    }

    /// With "Back" leading elsewhere.
    #[must_use]
    pub fn back(mut self, back: &'a str) -> Self {
        self.back = back;
        self
    }

    /// The page around its content; `body` comes after the heading.
    pub fn show(self, ctx: &Ctx, body: &Markup) -> Markup {
        let text = ctx.text;
        let summary: Vec<(&str, &str)> = self.problems.iter().collect();
        let close = t!(text, "toast-close");
        let saved = (ctx.flash.did() == "saved" && self.problems.is_empty()).then(|| Toast {
            words: html! { (t!(text, "settings-saved")) },
            undo: None,
            close: &close,
        });
        let inside = html! {
            (back_link(self.back, &t!(text, "page-back")))
            (error_summary(&t!(text, "error-summary"), &summary))
            h1 { (self.title) }
            (body)
        };
        let extra = Extra {
            has_problems: !self.problems.is_empty(),
            toast: self.toast.or(saved),
            scripts: self.scripts,
        };
        layout::staff(ctx, Rail::Settings, &self.title, extra, inside)
    }
}

/// The page of a form: 200 while nothing is wrong, 422 with what was typed otherwise.
pub fn reply(page: Markup, problems: &Problems) -> Reply {
    if problems.is_empty() {
        Reply::page(page)
    } else {
        Reply::problems(page)
    }
}

/// Where each field finds what is wrong with it.
pub struct Wrongs<'a> {
    prefix: String,
    problems: &'a Problems,
}

impl<'a> Wrongs<'a> {
    /// For the problems of a form.
    pub fn new(ctx: &Ctx, problems: &'a Problems) -> Self {
        Self {
            prefix: t!(ctx.text, "page-error-prefix"),
            problems,
        }
    }

    /// What is wrong with a field, if anything.
    pub fn of(&self, field: &str) -> Option<Wrong<'_>> {
        let message = self.problems.of(field)?;
        Some(Wrong {
            prefix: &self.prefix,
            message,
        })
    }
}

/// A typed line without control characters and with single spaces; longer than `max` characters is
/// a problem, and so is nothing at all where `missing` says what to do.
pub fn line(
    ctx: &Ctx,
    typed: &Fields,
    problems: &mut Problems,
    field: &'static str,
    max: usize,
    missing: Option<String>,
) -> String {
    let plain: String = typed
        .get(field)
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    if plain.chars().count() > max {
        problems.add(field, t!(ctx.text, "error-too-long", max = max));
    }
    if plain.is_empty()
        && let Some(missing) = missing
    {
        problems.add(field, missing);
    }
    plain
}

/// A typed whole number between two bounds; anything else is a problem and gives the lower bound.
pub fn number(
    ctx: &Ctx,
    typed: &Fields,
    problems: &mut Problems,
    field: &'static str,
    (min, max): (u32, u32),
) -> u32 {
    match typed.get(field).parse::<u32>() {
        Ok(number) if (min..=max).contains(&number) => number,
        _ => {
            problems.add(
                field,
                t!(ctx.text, "settings-error-number", min = min, max = max),
            );
            min
        }
    }
}

/// A number as `u16`; [`number`] has held it below that.
pub fn short(number: u32) -> u16 {
    u16::try_from(number).unwrap_or(u16::MAX)
}

/// The card with the times that patients will see next.
///
/// `tried`: what is typed is not saved yet.
pub fn next_times(ctx: &Ctx, next: &Next, tried: bool) -> Markup {
    let (text, when) = (ctx.text, ctx.when());
    let inside = html! {
        @if tried { p { (tag(&t!(text, "hours-not-saved"), Tone::Warn)) } }
        @if next.service.is_empty() { p { (t!(text, "hours-next-no-service")) } }
        @else if next.slots.is_empty() {
            @if let Some(from) = next.from { p { (t!(text, "hours-next-none-from", service = next.service.clone(), date = text.date(from))) } }
            @else { p { (t!(text, "hours-next-none", service = next.service.clone())) } }
        }
        @else {
            p.muted { (theirs(&next.service)) }
            @if let Some(from) = next.from { p.muted { (t!(text, "hours-next-from", date = text.date(from))) } }
            ul { @for slot in &next.slots { li { (when.date_time_short(slot.start)) } } }
        }
    };
    html! { div.next id=(NEXT) { (card(Some(&t!(text, "hours-next-title")), &inside)) } }
}

/// Visits that no longer lie in published hours, each with its link; nothing when there are none.
pub fn outside_hours(ctx: &Ctx, left: &[LeftOutside]) -> Markup {
    if left.is_empty() {
        return html! {};
    }
    let (text, when) = (ctx.text, ctx.when());
    ctx.saw(left.iter().map(|one| one.visit.patient));
    let title = t!(text, "hours-outside-title", count = left.len());
    banner(
        Tone::Warn,
        &title,
        &html! {
            p { (t!(text, "hours-outside-text")) }
            ul {
                @for one in left {
                    li { a href=(format!("/staff/visits/{}", one.visit.id)) {
                        (when.date_time_short(one.visit.start)) ", " (theirs(&one.patient)) ", "
                        (theirs(&one.practitioner))
                    } }
                }
            }
        },
    )
}
