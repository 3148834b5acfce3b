//! Today: the day in four columns, from expected to done.

use jiff::ToSpan;
use jiff::civil::Date;
use maud::{Markup, html};

use super::back::{Back, Done, with_query};
use super::{chosen_practitioner, practitioner_chips};
use crate::app::desk::{self, AskBirth, Board, Ticket};
use crate::domain::appointment::{Appointment, Status};
use crate::domain::policy::Permission;
use crate::t;
use crate::web::ctx::Ctx;
use crate::web::layout::{self, Extra, Rail};
use crate::web::reply::Reply;
use crate::web::respond::Handled;
use crate::web::ui::button::Button;
use crate::web::ui::details::lasting_details;
use crate::web::ui::empty::empty;
use crate::web::ui::icon::Icon;
use crate::web::ui::row_list::{Row, row_list};
use crate::web::ui::table::{Column, Table};
use crate::web::ui::tag::{Tone, tag};
use crate::web::ui::text::{theirs, time};

/// The region that follows the day.
const REGION: &str = "board";
/// From this many minutes on, waiting is too long.
const LONG_WAIT_MIN: i64 = 15;

/// The day that is asked for.
fn asked(ctx: &Ctx) -> Result<(Date, Board), crate::app::Stop> {
    let date = ctx.query.parsed("date").unwrap_or_else(|| ctx.today());
    let board = desk::day(&ctx.clinic, &ctx.caller(), date, chosen_practitioner(ctx))?;
    Ok((date, board))
}

/// `GET /staff`
pub fn show(ctx: &Ctx) -> Handled {
    let here = Back::to(&with_query("/staff", &ctx.query, &[], &[]));
    let token = ctx.token();
    let done = Done::of(ctx, &here, &token);
    let (date, board) = asked(ctx)?;
    let seen = board.tickets.iter().chain(&board.unresolved);
    let named = done.as_ref().and_then(|d| d.patient);
    ctx.saw(seen.map(|t| t.patient).chain(named));
    let page = Today {
        ctx,
        board: &board,
        here: &here,
        token: &token,
    };
    let title = ctx.text.date(date);
    let body = page.show();
    Ok(Reply::page(Done::show(done.as_ref(), |toast| {
        let extra = Extra {
            toast,
            ..Extra::default()
        };
        layout::staff(ctx, Rail::Today, &title, extra, body)
    })))
}

struct Today<'a> {
    ctx: &'a Ctx,
    board: &'a Board,
    here: &'a Back,
    token: &'a str,
}

impl Today<'_> {
    fn show(&self) -> Markup {
        let (ctx, text) = (self.ctx, self.ctx.text);
        html! {
            section.stack id=(REGION) data-live="/staff/live" data-minutes aria-label=(t!(text, "today-board")) {
                div.bar {
                    h1 { (t!(text, "today-title", date = text.date(self.board.date))) }
                    (self.days())
                    (Button::secondary(&t!(text, "today-print"))
                        .icon(Icon::Printer)
                        .link(&with_query("/staff/day.print", &ctx.query, &[], &[])))
                }
                (practitioner_chips(ctx, &self.board.who, ("/staff", &ctx.query), chosen_practitioner(ctx), REGION))
                (crate::web::setup::checklist(self.ctx))
                (self.strip())
                @if self.board.tickets.is_empty() {
                    (empty(
                        Icon::CalendarDays,
                        &t!(text, "today-none-title"),
                        &t!(text, "today-none"),
                        &html! {},
                    ))
                } @else {
                    (self.lanes())
                    (self.not_coming())
                }
                (self.unresolved())
            }
        }
    }

    fn days(&self) -> Markup {
        let (ctx, text) = (self.ctx, self.ctx.text);
        let to = |days: i64| {
            let date = self.board.date.saturating_add(days.days());
            let date = if date == ctx.today() {
                String::new()
            } else {
                date.to_string()
            };
            with_query("/staff", &ctx.query, &["date"], &[("date", &date)])
        };
        let today = with_query("/staff", &ctx.query, &["date"], &[]);
        html! {
            nav.group aria-label=(t!(text, "today-days")) {
                (Button::secondary(&t!(text, "today-before")).swap(REGION).link(&to(-1)))
                (Button::secondary(&t!(text, "today-now")).swap(REGION).link(&today))
                (Button::secondary(&t!(text, "today-after")).swap(REGION).link(&to(1)))
            }
        }
    }

    fn strip(&self) -> Markup {
        let text = self.ctx.text;
        let sums = &self.board.summary;
        let unresolved = self.board.unresolved.len();
        html! {
            p.strip {
                span { b { (sums.visits) } " " (t!(text, "today-visits", count = sums.visits)) }
                span { b { (sums.waiting) } " " (t!(text, "today-waiting")) }
                @if sums.waiting > 0 {
                    span {
                        b { (sums.longest_min) } " "
                        (t!(text, "today-longest", count = sums.longest_min))
                    }
                }
                @if sums.not_confirmed > 0 {
                    span { b { (sums.not_confirmed) } " " (t!(text, "today-not-confirmed")) }
                }
                @if unresolved > 0 {
                    a href="#unresolved" { (t!(text, "today-unresolved-link", count = unresolved)) }
                }
            }
        }
    }

    fn lanes(&self) -> Markup {
        let text = self.ctx.text;
        let lane = |title: &str, of: &[Status]| {
            let tickets: Vec<&Ticket> = self
                .board
                .tickets
                .iter()
                .filter(|t| of.contains(&t.visit.status))
                .collect();
            html! {
                section.lane {
                    h2 { (title) span.count { (tickets.len()) } }
                    @if tickets.is_empty() { p.muted { (t!(text, "today-nobody")) } }
                    @else { ul { @for ticket in &tickets { li { (self.ticket(ticket)) } } } }
                }
            }
        };
        html! {
            div.board {
                (lane(&t!(text, "today-expected"), &[Status::Pending, Status::Booked]))
                (lane(&t!(text, "today-arrived"), &[Status::Arrived]))
                (lane(&t!(text, "today-with-clinician"), &[Status::CheckedIn]))
                (lane(&t!(text, "today-done"), &[Status::Fulfilled]))
            }
        }
    }

    fn path(&self, visit: &Appointment) -> String {
        with_query(
            &format!("/staff/visits/{}", visit.id),
            &crate::web::fields::Fields::default(),
            &[],
            &[("back", self.here.path())],
        )
    }

    fn ticket(&self, ticket: &Ticket) -> Markup {
        let when = self.ctx.when();
        let visit = &ticket.visit;
        let class = match visit.status {
            Status::Booked if ticket.late_min.is_some() => "ticket late",
            Status::Arrived => "ticket arrived",
            Status::CheckedIn => "ticket now",
            Status::Pending
            | Status::Booked
            | Status::Fulfilled
            | Status::Cancelled
            | Status::NoShow => "ticket",
        };
        html! {
            article class=(class) id=(visit.id) {
                header {
                    (time(&when.attribute(visit.start), &when.time(visit.start)))
                    (self.clock(ticket))
                }
                h3 { a href=(self.path(visit)) { (theirs(&ticket.name.full())) } }
                p.muted { (self.what(ticket)) }
                (self.flags(ticket))
                (self.next(ticket))
            }
        }
    }

    fn what(&self, ticket: &Ticket) -> String {
        let text = self.ctx.text;
        let duration = text.duration(u32::from(ticket.visit.duration_min));
        let service = ticket.service.clone();
        if self.board.who.len() > 1 && chosen_practitioner(self.ctx).is_none() {
            t!(
                text,
                "today-what-with",
                service = service,
                duration = duration,
                practitioner = ticket.practitioner.clone()
            )
        } else {
            t!(text, "today-what", service = service, duration = duration)
        }
    }

    /// How long someone waits, or how late it is.
    fn clock(&self, ticket: &Ticket) -> Markup {
        let text = self.ctx.text;
        match (ticket.waits_min, ticket.late_min) {
            (Some(waits), _) => {
                let tone = if waits >= LONG_WAIT_MIN {
                    Tone::Warn
                } else {
                    Tone::Info
                };
                tag(&t!(text, "today-waits", count = waits), tone)
            }
            (None, Some(late)) => tag(&t!(text, "today-late", count = late), Tone::Bad),
            (None, None) => html! {},
        }
    }

    fn flags(&self, ticket: &Ticket) -> Markup {
        let text = self.ctx.text;
        let visit = &ticket.visit;
        let mut flags = Vec::new();
        if let (Some(_), Some(late)) = (ticket.waits_min, ticket.late_min) {
            flags.push((t!(text, "today-runs-late", count = late), Tone::Bad));
        }
        if visit.status == Status::Pending {
            flags.push((t!(text, "today-flag-request"), Tone::Warn));
        }
        if visit.status.is_open() || visit.status == Status::Arrived {
            if ticket.is_new {
                flags.push((t!(text, "today-flag-new"), Tone::Info));
            }
            match ticket.ask_birth {
                Some(AskBirth::SameName) => {
                    flags.push((t!(text, "today-flag-same-name"), Tone::Warn));
                }
                Some(AskBirth::Missing) => {
                    flags.push((t!(text, "today-flag-ask-birth"), Tone::Warn));
                }
                None => {}
            }
        }
        if visit.status == Status::Booked && visit.confirmed_at.is_none() {
            flags.push((t!(text, "today-flag-not-confirmed"), Tone::Neutral));
        }
        if visit.overbooked.is_some() {
            flags.push((t!(text, "today-flag-overbooked"), Tone::Warn));
        }
        if !visit.patient_note.is_empty() {
            flags.push((t!(text, "today-flag-patient-note"), Tone::Neutral));
        }
        if !visit.internal_note.is_empty() || !ticket.desk_note.is_empty() {
            flags.push((t!(text, "today-flag-note"), Tone::Neutral));
        }
        html! {
            @if !flags.is_empty() {
                div.flags { @for (words, tone) in &flags { (tag(words, *tone)) } }
            }
        }
    }

    /// The one button that moves a visit on.
    fn next(&self, ticket: &Ticket) -> Markup {
        let (ctx, text) = (self.ctx, self.ctx.text);
        let visit = &ticket.visit;
        if !ctx.may(Permission::ManageVisits) {
            return html! {};
        }
        let name = ticket.name.full();
        if visit.status == Status::Pending {
            return html! {
                @if ctx.may(Permission::ManageRequests) {
                    (Button::secondary(&t!(text, "today-do-answer"))
                        .about(&name)
                        .small()
                        .link("/staff/requests"))
                }
            };
        }
        let over = visit.end() <= ctx.now && visit.status == Status::Booked;
        html! {
            @match visit.status {
                Status::Booked => (self.button(visit, &name, &t!(text, "today-do-arrived"), Status::Arrived)),
                Status::Arrived => (self.button(visit, &name, &t!(text, "today-do-start"), Status::CheckedIn)),
                Status::CheckedIn => (self.button(visit, &name, &t!(text, "today-do-done"), Status::Fulfilled)),
                Status::Pending | Status::Fulfilled | Status::Cancelled | Status::NoShow => {}
            }
            @if over { (self.button(visit, &name, &t!(text, "today-do-missed"), Status::NoShow)) }
        }
    }

    fn button(&self, visit: &Appointment, name: &str, label: &str, to: Status) -> Markup {
        Button::secondary(label)
            .about(name)
            .small()
            .swap(REGION)
            .post(
                &format!("/staff/visits/{}/status", visit.id),
                self.token,
                &[("to", to.code()), ("back", self.here.path())],
            )
    }

    fn not_coming(&self) -> Markup {
        let (ctx, text) = (self.ctx, self.ctx.text);
        let gone: Vec<(String, &Ticket)> = self
            .board
            .tickets
            .iter()
            .filter(|t| !t.visit.status.occupies())
            .map(|t| (self.path(&t.visit), t))
            .collect();
        let rows: Vec<Row<'_>> = gone
            .iter()
            .map(|(path, ticket)| {
                let (word, tone) = super::state(ctx, &ticket.visit);
                Row::link(path, theirs(&ticket.name.full()))
                    .detail(html! { (ctx.when().time(ticket.visit.start)) ", " (ticket.service) })
                    .end(tag(&word, tone))
            })
            .collect();
        html! {
            @if !rows.is_empty() {
                (lasting_details("not-coming", &t!(text, "today-not-coming", count = rows.len()), &row_list(&rows)))
            }
        }
    }

    fn unresolved(&self) -> Markup {
        let (ctx, text) = (self.ctx, self.ctx.text);
        if self.board.unresolved.is_empty() {
            return html! {};
        }
        let may = ctx.may(Permission::ManageVisits);
        html! {
            section id="unresolved" {
                h2 { (t!(text, "today-unresolved")) }
                p.muted { (t!(text, "today-unresolved-hint")) }
                ul.stack-s {
                    @for ticket in &self.board.unresolved {
                        // It may stand on the board of the day as well.
                        li.card.row-flex id={ "past-" (ticket.visit.id) } {
                            span.grow {
                                a href=(self.path(&ticket.visit)) { (theirs(&ticket.name.full())) }
                                br;
                                span.muted { (ctx.when().date_time_short(ticket.visit.start)) ", " (self.what(ticket)) }
                            }
                            @if may { (self.outcomes(ticket)) }
                        }
                    }
                }
            }
        }
    }

    fn outcomes(&self, ticket: &Ticket) -> Markup {
        let text = self.ctx.text;
        let (visit, name) = (&ticket.visit, ticket.name.full());
        let cancel = t!(text, "today-cancelled");
        html! {
            @if visit.status != Status::Pending {
                (self.button(visit, &name, &t!(text, "today-came"), Status::Fulfilled))
            }
            // Whoever was with the clinician did come.
            @if visit.status != Status::CheckedIn {
                @if visit.status != Status::Pending {
                    (self.button(visit, &name, &t!(text, "today-missed"), Status::NoShow))
                }
                (Button::secondary(&cancel).about(&name).small().swap(REGION).post(
                    &format!("/staff/visits/{}/cancellation", visit.id),
                    self.token,
                    &[("back", self.here.path())],
                ))
            }
        }
    }
}

/// `GET /staff/day.print`: the day on paper.
pub fn print(ctx: &Ctx) -> Handled {
    let text = ctx.text;
    let (date, board) = asked(ctx)?;
    let title = t!(text, "today-list-title", date = text.date(date));
    let heads = [
        t!(text, "today-list-time"),
        t!(text, "today-list-patient"),
        t!(text, "today-list-birth"),
        t!(text, "today-list-phone"),
        t!(text, "today-list-what"),
        t!(text, "today-list-notes"),
    ];
    let columns: Vec<Column<'_>> = heads.iter().map(|head| Column::words(head)).collect();
    let listed = || {
        let all = board.tickets.iter();
        all.filter(|t| t.visit.status.occupies())
    };
    ctx.saw(listed().map(|t| t.patient));
    let rows: Vec<Vec<Markup>> = listed().map(|t| on_paper(ctx, t)).collect();
    let body = html! {
        article.letter {
            h1 { (title) }
            @if rows.is_empty() { p { (t!(text, "today-none-title")) } }
            @else {
                (Table {
                    id: "day",
                    caption: &title,
                    caption_unseen: true,
                    columns: &columns,
                    rows: &rows,
                    sums: None,
                }
                .show())
            }
        }
    };
    let back = with_query("/staff", &ctx.query, &[], &[]);
    Ok(Reply::page(layout::print(ctx, &title, &back, body)))
}

fn on_paper(ctx: &Ctx, ticket: &Ticket) -> Vec<Markup> {
    let (text, visit) = (ctx.text, &ticket.visit);
    let country = &ctx.current.settings.profile.country;
    let what = t!(
        text,
        "today-what-with",
        service = ticket.service.clone(),
        duration = text.duration(u32::from(visit.duration_min)),
        practitioner = ticket.practitioner.clone()
    );
    vec![
        html! { (ctx.when().time(visit.start)) },
        theirs(&ticket.name.full()),
        html! { @if let Some(born) = ticket.birth_date { (text.date_of_birth(born)) } },
        html! { @if let Some(phone) = &ticket.phone { bdi dir="ltr" { (crate::text::phone::format(phone, country)) } } },
        html! { (what) },
        html! {
            @for note in [&ticket.desk_note, &visit.internal_note, &visit.patient_note] {
                @if !note.is_empty() { div.pre.anywhere dir="auto" { (note) } }
            }
        },
    ]
}
