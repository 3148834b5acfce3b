//! Home: what needs me now?

use maud::{Markup, html};

use super::{moment, place, slot_value, visit_path, what};
use crate::app::booking::Detailed;
use crate::app::engagement::{self, Home};
use crate::domain::appointment::Status;
use crate::domain::feed::Task;
use crate::t;
use crate::web::ctx::Ctx;
use crate::web::layout::{self, Extra, Tab};
use crate::web::reply::Reply;
use crate::web::respond::{Handled, sentence};
use crate::web::ui::button::Button;
use crate::web::ui::card::{Hero, facts};
use crate::web::ui::icon::Icon;
use crate::web::ui::row_list::{Row, row_list};
use crate::web::ui::slot_grid::{Slot, SlotGrid};
use crate::web::ui::tag::{Tone, tag};
use crate::web::ui::text::theirs;

/// `GET /`
pub fn show(ctx: &Ctx) -> Handled {
    let home = engagement::home(&ctx.clinic, &ctx.caller())?;
    ctx.saw([home.patient.id]);
    let title = t!(
        ctx.text,
        "home-title",
        name = home.patient.name().familiar().to_owned()
    );
    let body = view(ctx, &home, &title);
    Ok(Reply::page(layout::patient(
        ctx,
        Tab::Home,
        &title,
        Extra::default(),
        body,
    )))
}

fn view(ctx: &Ctx, home: &Home, title: &str) -> Markup {
    let text = ctx.text;
    html! {
        h1 { (title) }
        @if !ctx.current.settings.profile.welcome.is_empty() {
            p { (theirs(&ctx.current.settings.profile.welcome)) }
        }
        @match &home.next {
            Some(next) => (hero(ctx, next)),
            None => p { (t!(text, "home-no-visit")) },
        }
        @if home.tasks.is_empty() {
            @if home.next.is_some() { p.muted { (t!(text, "home-nothing-to-do")) } }
        } @else {
            h2 { (t!(text, "home-tasks", count = home.tasks.len())) }
            (tasks(ctx, &home.tasks))
        }
        (again(ctx, home))
    }
}

fn hero(ctx: &Ctx, next: &Detailed) -> Markup {
    let text = ctx.text;
    let state = if next.visit.status == Status::Pending {
        (t!(text, "visit-state-pending"), Tone::Warn)
    } else if next.visit.confirmed_at.is_some() {
        (t!(text, "visit-state-confirmed"), Tone::Ok)
    } else {
        let day = ctx.when().relative_day(next.visit.start, ctx.now);
        (day, Tone::Info)
    };
    let mut rows = vec![(Icon::Stethoscope, what(ctx, next))];
    rows.extend(place(ctx).map(|p| (Icon::MapPin, p)));
    let hero = Hero {
        eyebrow: html! { span { (t!(text, "home-next")) } " " (tag(&state.0, state.1)) },
        title: moment(ctx, next.visit.start),
        body: facts(&rows),
        action: Button::primary(&t!(text, "home-see-visit")).link(&visit_path(next.visit.id, "")),
    };
    hero.show()
}

fn tasks(ctx: &Ctx, tasks: &[Task]) -> Markup {
    let text = ctx.text;
    let rows: Vec<(String, String, String, Icon)> = tasks
        .iter()
        .map(|task| match task {
            Task::Confirm { visit, start } => (
                visit_path(*visit, ""),
                t!(text, "task-confirm", date = ctx.when().date_short(*start)),
                t!(text, "task-confirm-detail"),
                Icon::CalendarCheck,
            ),
            Task::BookAgain {
                service,
                missed: true,
            } => (
                format!("/visits/new/{service}"),
                t!(text, "task-missed"),
                t!(text, "task-missed-detail"),
                Icon::CalendarPlus,
            ),
            Task::BookAgain {
                service,
                missed: false,
            } => (
                format!("/visits/new/{service}"),
                t!(text, "task-cancelled"),
                t!(text, "task-cancelled-detail"),
                Icon::CalendarPlus,
            ),
            Task::AddEmail => (
                "/me/email".to_owned(),
                t!(text, "task-email"),
                t!(text, "task-email-detail"),
                Icon::Mail,
            ),
        })
        .collect();
    let rows: Vec<Row<'_>> = rows
        .iter()
        .map(|(href, title, detail, icon)| {
            Row::link(href, html! { (title) })
                .detail(html! { (detail) })
                .icon(*icon)
        })
        .collect();
    row_list(&rows)
}

fn again(ctx: &Ctx, home: &Home) -> Markup {
    let text = ctx.text;
    if let Some(refused) = &home.full {
        return html! {
            h2 { (t!(text, "home-book")) }
            p { (sentence(ctx, refused)) }
        };
    }
    let other = t!(text, "home-book-other");
    let other = Button::secondary(&other).icon(Icon::CalendarPlus);
    let Some(again) = &home.again else {
        return html! {
            h2 { (t!(text, "home-book")) }
            (Button::primary(&t!(text, "home-book-first")).link("/visits/new"))
        };
    };
    let when = ctx.when();
    let slots: Vec<(String, String, String)> = again
        .times
        .iter()
        .map(|slot| {
            (
                slot_value(slot.start, Some(again.practitioner.id)),
                when.time(slot.start),
                when.date_short(slot.start),
            )
        })
        .collect();
    let slots: Vec<Slot<'_>> = slots
        .iter()
        .map(|(value, time, date)| Slot {
            value,
            label: time,
            detail: Some(date),
            heard: None,
        })
        .collect();
    let service = again.service.id.to_string();
    let grid = SlotGrid {
        action: "/holds",
        token: &ctx.token(),
        name: "start",
        fields: &[("service", &service)],
        slots: &slots,
    };
    html! {
        h2 {
            (t!(
                text,
                "home-again",
                service = again.service.name.clone(),
                practitioner = again.practitioner.called()
            ))
        }
        (grid.show())
        (other.link("/visits/new"))
    }
}
