//! The calendar: days side by side, or one day with everyone side by side. A chosen visit opens
//! beside it.

use jiff::civil::{Date, Weekday};
use jiff::{Timestamp, ToSpan};
use maud::{Markup, html};

use super::back::{Back, Done, with_query};
use super::grid::{Hours, Place, ROW_MIN, closed_places, lanes};
use super::practitioner_chips;
use crate::app::desk::{self, Chip, Column, Span, Week};
use crate::domain::appointment::{Appointment, Block, Status};
use crate::domain::id::PractitionerId;
use crate::domain::policy::Permission;
use crate::t;
use crate::text::day::first_day_of_week;
use crate::web::ctx::Ctx;
use crate::web::fields::Fields;
use crate::web::layout::{self, Extra, Rail};
use crate::web::reply::Reply;
use crate::web::respond::{Handled, Trouble};
use crate::web::ui::button::Button;
use crate::web::ui::dialog::dialog;
use crate::web::ui::field::Field;
use crate::web::ui::form::Form;
use crate::web::ui::icon::{Icon, icon};
use crate::web::ui::page::Script;
use crate::web::ui::text::theirs;

/// The region: the grid with the panel beside it.
pub const REGION: &str = "week";
/// Where it is.
pub const PATH: &str = "/staff/calendar";
/// A time that can be clicked, in minutes.
const CLICK_MIN: u16 = 30;

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    query: Fields,
    date: Date,
    one_day: bool,
    with: Option<PractitionerId>,
}

impl Asked {
    /// From the query of the calendar itself, or of a page that goes back to it.
    pub fn of(ctx: &Ctx, query: &Fields) -> Self {
        let own = ctx.known.as_ref().and_then(|k| k.actor.practitioner);
        Self {
            query: query.clone(),
            date: query.parsed("date").unwrap_or_else(|| ctx.today()),
            one_day: query.get("view") == "day",
            with: if query.has("with") {
                query.parsed("with")
            } else {
                own
            },
        }
    }

    fn span(&self, ctx: &Ctx) -> Span {
        let (from, days) = if self.one_day {
            (self.date, 0)
        } else {
            let first = first_day_of_week(&ctx.current.settings.profile.country);
            let into = i64::from(self.date.weekday().since(first));
            (self.date.saturating_sub(into.days()), 6)
        };
        Span {
            from,
            until: from.saturating_add(days.days()),
            with: self.with,
        }
    }

    /// The calendar with some of its query changed, and without what was just done.
    fn to(&self, put: &[(&str, &str)]) -> String {
        with_query(PATH, &self.query, &["do"], put)
    }

    /// The path of what is shown.
    pub fn here(&self) -> Back {
        Back::to(&self.to(&[]))
    }
}

/// `GET /staff/calendar`
pub fn show(ctx: &Ctx) -> Handled {
    let asked = Asked::of(ctx, &ctx.query);
    let panel = match ctx.query.parsed("visit") {
        Some(id) => super::visit::panel(ctx, id, ctx.query.get("do"), &asked.here()).ok(),
        None => None,
    };
    page(ctx, &asked, panel, false).map(Reply::page)
}

/// The calendar with a panel beside it.
pub fn page(
    ctx: &Ctx,
    asked: &Asked,
    panel: Option<Markup>,
    has_problems: bool,
) -> Result<Markup, Trouble> {
    let text = ctx.text;
    let span = asked.span(ctx);
    let week = desk::week(&ctx.clinic, &ctx.caller(), span)?;
    let token = ctx.token();
    let done = Done::of(ctx, &asked.here(), &token);
    let shown = week.columns.iter().flat_map(|c| &c.chips);
    let named = done.as_ref().and_then(|done| done.patient);
    ctx.saw(shown.map(|chip| chip.patient).chain(named));
    let title = if asked.one_day {
        text.date(span.from)
    } else {
        t!(
            text,
            "calendar-range",
            from = text.date_short(span.from),
            until = text.date_plain(span.until)
        )
    };
    let grid = Grid::new(ctx, asked, &week);
    let split = if panel.is_some() { "split" } else { "stack" };
    let body = html! {
        section.stack id=(REGION) data-live="/staff/live" {
            div.bar {
                h1 { (title) }
                (moves(ctx, asked, span))
                (views(ctx, asked))
            }
            div.bar {
                (practitioner_chips(ctx, &week.who, (PATH, &asked.query), asked.with, REGION))
                div.push.row-flex { (tools(ctx, asked)) }
            }
            @if !asked.one_day && week.shown.len() > 1 { p.hint { (t!(text, "calendar-everyone")) } }
            div class=(split) {
                (grid.show())
                @if let Some(panel) = panel {
                    aside.side id="panel" aria-label=(t!(text, "calendar-panel")) { (panel) }
                }
            }
            @if ctx.may(Permission::ManageVisits) { (moving(ctx, asked, &token)) }
        }
    };
    Ok(Done::show(done.as_ref(), |toast| {
        let extra = Extra {
            toast,
            has_problems,
            scripts: &[Script("calendar.js")],
        };
        layout::staff(ctx, Rail::Calendar, &title, extra, body)
    }))
}

fn moves(ctx: &Ctx, asked: &Asked, span: Span) -> Markup {
    let text = ctx.text;
    let step = if asked.one_day { 1 } else { 7 };
    let to = |days: i64| {
        let date = span.from.saturating_add(days.days()).to_string();
        asked.to(&[("date", &date), ("visit", "")])
    };
    html! {
        nav.group aria-label=(t!(text, "calendar-move")) {
            (Button::secondary(&t!(text, "calendar-before")).swap(REGION).link(&to(-step)))
            (Button::secondary(&t!(text, "calendar-now"))
                .swap(REGION)
                .link(&asked.to(&[("date", ""), ("visit", "")])))
            (Button::secondary(&t!(text, "calendar-after")).swap(REGION).link(&to(step)))
        }
    }
}

fn views(ctx: &Ctx, asked: &Asked) -> Markup {
    let text = ctx.text;
    let view = |label: String, to: &str, current: bool| {
        html! {
            a.btn.two href=(asked.to(&[("view", to)])) data-swap=(REGION)
                aria-current=[current.then_some("true")] { (label) }
        }
    };
    html! {
        nav.group aria-label=(t!(text, "calendar-view")) {
            (view(t!(text, "calendar-day"), "day", asked.one_day))
            (view(t!(text, "calendar-week"), "", !asked.one_day))
        }
    }
}

fn tools(ctx: &Ctx, asked: &Asked) -> Markup {
    let text = ctx.text;
    let back = asked.here();
    let to = |path: &str| {
        let with = asked.with.map(|id| id.to_string()).unwrap_or_default();
        let date = asked.date.to_string();
        let put = [
            ("date", date.as_str()),
            ("with", &with),
            ("back", back.path()),
        ];
        with_query(path, &Fields::default(), &[], &put)
    };
    html! {
        a href=(to("/staff/why")) { (t!(text, "calendar-why")) }
        @if ctx.may(Permission::ManageVisits) {
            (Button::secondary(&t!(text, "calendar-block")).small().link(&to("/staff/blocks/new")))
        }
    }
}

/// What the script needs to move visits: the form that it sends, and the question about overlaps.
fn moving(ctx: &Ctx, asked: &Asked, token: &str) -> Markup {
    let text = ctx.text;
    let back = asked.here();
    let question = html! {
        p { (t!(text, "calendar-overlap-body")) }
        (Form::new("/staff/calendar", token).show(&html! {
            (back.field())
            (Field::new("overlap", &t!(text, "calendar-overlap-reason")).show())
            (Button::primary(&t!(text, "calendar-overlap-keep")).submit())
        }))
    };
    html! {
        div id="moving" data-start=(t!(text, "calendar-say-start")) data-back=(t!(text, "calendar-say-back")) {
            (dialog(
                "overlap-ask",
                &t!(text, "calendar-overlap-title"),
                &question,
                &t!(text, "calendar-overlap-back"),
            ))
        }
    }
}

/// Minutes after midnight of a date at which an instant stands on the wall; 0 before that date and
/// 1440 after it.
fn minute(ctx: &Ctx, date: Date, at: Timestamp) -> u16 {
    let wall = ctx.current.zone.to_datetime(at);
    match wall.date().cmp(&date) {
        std::cmp::Ordering::Less => 0,
        std::cmp::Ordering::Greater => 24 * 60,
        std::cmp::Ordering::Equal => {
            u16::try_from(i32::from(wall.hour()) * 60 + i32::from(wall.minute())).unwrap_or(0)
        }
    }
}

/// One column of the grid: a date, with one practitioner or several.
struct Shown<'a> {
    date: Date,
    closed: Option<&'a str>,
    head: String,
    with: Option<PractitionerId>,
    columns: Vec<&'a Column>,
}

/// Whose visit, among those that stand side by side.
#[derive(Clone, Copy)]
struct Whose {
    hue: u8,
    /// Which of several people in one column.
    number: Option<usize>,
}

/// What takes time on a day.
enum Item<'a> {
    Visit(Whose, &'a Chip),
    Block(&'a Block),
    Hold,
}

struct Grid<'a> {
    ctx: &'a Ctx,
    asked: &'a Asked,
    hours: Hours,
    shown: Vec<Shown<'a>>,
}

impl<'a> Grid<'a> {
    fn new(ctx: &'a Ctx, asked: &'a Asked, week: &'a Week) -> Self {
        let text = ctx.text;
        let closed = |date: Date| {
            let day = week.days.iter().find(|(d, _)| *d == date);
            day.and_then(|(_, name)| name.as_deref())
        };
        let shown = if asked.one_day {
            week.columns
                .iter()
                .zip(&week.shown)
                .map(|(column, who)| Shown {
                    date: column.date,
                    closed: closed(column.date),
                    head: who.called(),
                    with: Some(column.practitioner),
                    columns: vec![column],
                })
                .collect()
        } else {
            let only = week.shown.first().filter(|_| week.shown.len() == 1);
            week.days
                .iter()
                .map(|(date, closed)| Shown {
                    date: *date,
                    closed: closed.as_deref(),
                    head: text.date_short(*date),
                    with: only.map(|p| p.id),
                    columns: week.columns.iter().filter(|c| c.date == *date).collect(),
                })
                .filter(is_worth_showing)
                .collect()
        };
        let spans = week.columns.iter().flat_map(|column| {
            let of = move |from, until| {
                (
                    minute(ctx, column.date, from),
                    minute(ctx, column.date, until),
                )
            };
            let windows = column.windows.iter().map(move |w| of(w.start, w.end));
            windows.chain(
                column
                    .chips
                    .iter()
                    .map(move |c| of(c.visit.start, c.visit.end())),
            )
        });
        Self {
            ctx,
            asked,
            hours: Hours::around(spans),
            shown,
        }
    }

    fn show(&self) -> Markup {
        let text = self.ctx.text;
        let count = self.shown.len();
        html! {
            div class=(format!("cal d{count}")) role="region" tabindex="0" aria-label=(t!(text, "calendar-grid"))
                data-first=(self.hours.first) data-rows=(self.hours.rows()) data-step=(ROW_MIN) {
                div.corner {}
                ol.hours aria-hidden="true" {
                    @for hour in self.hours.first..self.hours.last { li { span { (self.hour(hour)) } } }
                }
                @for shown in &self.shown { (self.day(shown)) }
            }
        }
    }

    fn head(&self, shown: &Shown<'_>) -> Markup {
        let date = shown.date.to_string();
        html! {
            @if self.asked.one_day { (theirs(&shown.head)) }
            @else {
                a href=(self.asked.to(&[("date", &date), ("view", "day"), ("visit", "")])) data-swap=(REGION) { (shown.head) }
            }
        }
    }

    fn hour(&self, hour: u16) -> String {
        let time = i8::try_from(hour)
            .ok()
            .and_then(|h| jiff::civil::Time::new(h, 0, 0, 0).ok());
        time.map(|t| self.ctx.when().time_of_day(t))
            .unwrap_or_default()
    }

    fn day(&self, shown: &Shown<'_>) -> Markup {
        let (ctx, text) = (self.ctx, self.ctx.text);
        let open = self.open_rows(shown);
        let with = shown.with.map(|id| id.to_string());
        let now = (shown.date == ctx.today())
            .then(|| minute(ctx, shown.date, ctx.now))
            .and_then(|m| self.hours.place(m, m + ROW_MIN));
        let items = self.items(shown);
        let places: Vec<Place> = items.iter().map(|(place, _)| *place).collect();
        html! {
            section.date aria-label=(shown.head) {
              h2 aria-current=[(shown.date == ctx.today() && !self.asked.one_day).then_some("date")] {
                  (self.head(shown))
                  @if let Some(name) = shown.closed { small { (t!(text, "calendar-closed", name = name)) } }
              }
              div.day data-date=(shown.date) data-with=[with] {
                @for place in closed_places(&open) { div class=(format!("closed {}", place.class())) {} }
                @if ctx.may(Permission::ManageVisits) { (self.free(shown, &open)) }
                ul {
                    @for ((place, item), lane) in items.iter().zip(lanes(&places)) {
                        @let at = format!("{}{}", place.class(), lane.class());
                        @match item {
                            Item::Visit(whose, chip) => (self.chip(&at, whose, chip)),
                            Item::Block(block) => li class=(at) { (self.block(block)) },
                            Item::Hold => li class=(at) { div.appt.held { span { (t!(text, "calendar-held")) } } },
                        }
                    }
                }
                @if let Some(place) = now { div class=(format!("now-line r{}", place.row)) {} }
                @if shown.columns.iter().all(|c| c.chips.is_empty()) { p.nothing { (t!(text, "today-none-title")) } }
              }
            }
        }
    }

    /// Cancelled visits would hide what took their place; one day has room for them.
    fn is_shown(&self, visit: &Appointment) -> bool {
        visit.status != Status::Cancelled || (self.asked.one_day && self.asked.with.is_some())
    }

    /// Which rows lie in somebody's hours.
    fn open_rows(&self, shown: &Shown<'_>) -> Vec<bool> {
        let mut open = vec![false; usize::from(self.hours.rows())];
        for window in shown.columns.iter().flat_map(|c| &c.windows) {
            let (from, until) = (
                minute(self.ctx, shown.date, window.start),
                minute(self.ctx, shown.date, window.end),
            );
            let first = from.saturating_sub(self.hours.first * 60) / ROW_MIN;
            let last = until.saturating_sub(self.hours.first * 60) / ROW_MIN;
            for row in open
                .iter_mut()
                .take(usize::from(last))
                .skip(usize::from(first))
            {
                *row = true;
            }
        }
        open
    }

    /// Times to click, under the visits.
    fn free(&self, shown: &Shown<'_>, open: &[bool]) -> Markup {
        let rows = CLICK_MIN / ROW_MIN;
        let date = shown.date.to_string();
        let with = shown.with.map(|id| id.to_string()).unwrap_or_default();
        let back = self.asked.here();
        let slots = (0..self.hours.rows() / rows)
            .map(|n| n * rows)
            .filter(|row| open.get(usize::from(*row)) == Some(&true));
        html! {
            @for row in slots {
                @let minute = self.hours.first * 60 + row * ROW_MIN;
                @let time = format!("{:02}:{:02}", minute / 60, minute % 60);
                @let put = [("date", date.as_str()), ("time", &time), ("with", &with), ("back", back.path())];
                a class=(format!("free r{} h{rows}", row + 1)) data-time=(time) tabindex="-1" aria-hidden="true"
                    href=(with_query("/staff/visits/new", &Fields::default(), &[], &put)) {}
            }
        }
    }

    /// Everything that takes time on a date, in order of time.
    fn items(&self, shown: &Shown<'a>) -> Vec<(Place, Item<'a>)> {
        let several = shown.columns.len() > 1;
        let mut found: Vec<(Timestamp, Place, Item<'a>)> = Vec::new();
        let mut add = |start: Timestamp, end: Timestamp, item: Item<'a>| {
            let from = minute(self.ctx, shown.date, start);
            let until = minute(self.ctx, shown.date, end);
            if let Some(place) = self.hours.place(from, until.max(from + 1)) {
                found.push((start, place, item));
            }
        };
        for (n, column) in shown.columns.iter().enumerate() {
            let whose = Whose {
                hue: column.hue,
                number: several.then_some(n),
            };
            for chip in column.chips.iter().filter(|c| self.is_shown(&c.visit)) {
                add(chip.visit.start, chip.visit.end(), Item::Visit(whose, chip));
            }
            for block in &column.blocks {
                add(block.start, block.end, Item::Block(block));
            }
            for hold in &column.holds {
                add(hold.start, hold.end(), Item::Hold);
            }
        }
        // What began on the day before stands first.
        found.sort_by_key(|(start, place, _)| (place.row, *start));
        found.into_iter().map(|(_, at, item)| (at, item)).collect()
    }

    fn block(&self, block: &Block) -> Markup {
        let (ctx, text) = (self.ctx, self.ctx.text);
        let back = self.asked.here();
        let path = format!("/staff/blocks/{}", block.id);
        let href = with_query(&path, &Fields::default(), &[], &[("back", back.path())]);
        html! {
            a.appt.held.block href=(href) {
                b { @if block.note.is_empty() { (t!(text, "calendar-blocked")) } @else { (theirs(&block.note)) } }
                span { (ctx.when().range(block.start, block.end)) }
            }
        }
    }

    /// A visit. The script needs to know what its breaks keep free, and of whom the visits are that
    /// stand side by side.
    fn chip(&self, at: &str, whose: &Whose, chip: &Chip) -> Markup {
        let ctx = self.ctx;
        let visit = &chip.visit;
        let id = visit.id.to_string();
        let chosen = self.asked.query.get("visit") == id;
        let word = self.word(visit);
        let hue = whose.hue;
        let breaks = |min: u16| (min > 0).then_some(min);
        let (family, given) = match chip.name.split_once(", ") {
            Some((family, given)) => (family, Some(given)),
            None => (chip.name.as_str(), None),
        };
        html! {
            li class=(at) data-who=[whose.number] data-before=[breaks(visit.before_min)] data-after=[breaks(visit.after_min)] {
                a id=(id) class=(format!("appt k{hue}{}", class(ctx, visit))) data-swap=(REGION)
                    href=(self.asked.to(&[("visit", &id)])) aria-current=[chosen.then_some("true")] {
                    b { bdi { (family) @if let Some(given) = given { span { ", " (given) } } } }
                    span { (ctx.when().time(visit.start)) " " (chip.service) }
                    @if let Some(word) = word { span { (word) } }
                }
            }
        }
    }

    /// The state in a word, where it is not what one expects.
    fn word(&self, visit: &Appointment) -> Option<String> {
        let usual = visit.status == Status::Booked
            && visit.start >= self.ctx.now
            && visit.confirmed_at.is_none();
        (!usual).then(|| super::state(self.ctx, visit).0)
    }
}

/// How a visit stands out.
fn class(ctx: &Ctx, visit: &Appointment) -> &'static str {
    match visit.status {
        Status::Pending => " held",
        Status::Booked if visit.end() <= ctx.now => " past",
        Status::Booked if visit.start < ctx.now => " late",
        Status::Booked => "",
        Status::Arrived | Status::CheckedIn => " arrived",
        Status::Fulfilled => " past",
        Status::NoShow => " missed",
        Status::Cancelled => " gone",
    }
}

/// Days at the end of the week stand there only when something is on.
fn is_worth_showing(shown: &Shown<'_>) -> bool {
    let weekend = matches!(shown.date.weekday(), Weekday::Saturday | Weekday::Sunday);
    !weekend
        || shown
            .columns
            .iter()
            .any(|c| !c.windows.is_empty() || !c.chips.is_empty())
}

/// The link that closes the panel.
pub fn close_panel(ctx: &Ctx, here: &Back) -> Markup {
    let href = with_query(here.place(), &here.query(), &["visit", "do"], &[]);
    html! {
        a.btn.quiet.small href=(href) data-swap=(REGION) data-close-panel {
            (icon(Icon::X)) span.sr { (t!(ctx.text, "calendar-close")) }
        }
    }
}
