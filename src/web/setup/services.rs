//! Set-up 3: what you offer. Ticked, untick what does not fit; minutes and prices can be changed.

use maud::{Markup, html};

use super::{Screen, at};
use crate::app::practice::{self, ServiceDraft};
use crate::app::setup;
use crate::domain::money::Money;
use crate::domain::settings::SetupStep;
use crate::t;
use crate::web::ctx::Ctx;
use crate::web::fields::{Fields, Problems};
use crate::web::reply::Reply;
use crate::web::respond::Handled;
use crate::web::staff::settings::service::price;
use crate::web::staff::settings::{Wrongs, line, number, short};
use crate::web::ui::button::Button;
use crate::web::ui::choice_rows::tick_box;
use crate::web::ui::field::{Field, Kind, Width};
use crate::web::ui::form::{Form, hidden};
use crate::web::ui::text::theirs;

/// The names of a row's fields.
struct Row {
    on: &'static str,
    name: &'static str,
    minutes: &'static str,
    price: &'static str,
}

macro_rules! rows {
    ($($n:literal),*) => {
        [$(Row {
            on: concat!("on-", $n),
            name: concat!("name-", $n),
            minutes: concat!("minutes-", $n),
            price: concat!("price-", $n),
        }),*]
    };
}

/// Rows of the form; the last one is for a service of one's own.
static ROWS: [Row; 9] = rows!("1", "2", "3", "4", "5", "6", "7", "8", "9");

/// `GET /setup/services`
pub fn show(ctx: &Ctx) -> Handled {
    at(ctx, SetupStep::Services)?;
    let known = practice::services(&ctx.clinic, &ctx.caller())?;
    let mut shown: Vec<(bool, String, u16, Option<Money>)> = known
        .iter()
        .filter(|s| s.active)
        .map(|s| (true, s.name.clone(), s.timing.duration_min, s.price))
        .collect();
    let first = shown.is_empty();
    let kind = ctx.current.settings.profile.kind;
    for (name, minutes) in setup::suggestions(kind, ctx.text) {
        if !shown.iter().any(|(_, known, ..)| *known == name) {
            shown.push((first, name, minutes, None));
        }
    }
    shown.truncate(ROWS.len() - 1);
    let mut pairs: Vec<(String, String)> = Vec::new();
    for (row, (on, name, minutes, price)) in ROWS.iter().zip(shown) {
        if on {
            pairs.push((row.on.to_owned(), "yes".to_owned()));
        }
        pairs.push((row.name.to_owned(), name));
        pairs.push((row.minutes.to_owned(), minutes.to_string()));
        let price = price.map(Money::plain).unwrap_or_default();
        pairs.push((row.price.to_owned(), price));
    }
    Ok(page(ctx, &Fields::from_pairs(pairs), &Problems::default()))
}

/// `POST /setup/services`
pub fn save(ctx: &Ctx) -> Handled {
    let fields: Vec<&str> = ROWS
        .iter()
        .flat_map(|row| [row.on, row.name, row.minutes, row.price])
        .collect();
    let form = ctx.only(&fields)?;
    at(ctx, SetupStep::Services)?;
    let mut problems = Problems::default();
    let drafts = read(ctx, form, &mut problems);
    if !problems.is_empty() {
        return Ok(page(ctx, form, &problems));
    }
    setup::save_services(&ctx.clinic, &ctx.caller(), drafts)?;
    Ok(Reply::see_other("/setup/hours"))
}

fn read(ctx: &Ctx, form: &Fields, problems: &mut Problems) -> Vec<ServiceDraft> {
    let text = ctx.text;
    let mut drafts: Vec<ServiceDraft> = Vec::new();
    for (at, row) in ROWS.iter().enumerate() {
        let own = at + 1 == ROWS.len();
        let name = line(ctx, form, problems, row.name, 80, None);
        // One's own service needs no tick: its name is the tick.
        if name.is_empty() || !(own || form.has(row.on)) {
            continue;
        }
        if drafts.iter().any(|d| d.name == name) {
            problems.add(row.name, t!(text, "setup-error-twice"));
        }
        let minutes = short(number(ctx, form, problems, row.minutes, (5, 480)));
        let mut draft = ServiceDraft::usual(&name, minutes);
        match price(ctx, form.get(row.price)) {
            Ok(price) => draft.price = price,
            Err(sentence) => problems.add(row.price, sentence),
        }
        drafts.push(draft);
    }
    if drafts.is_empty() && problems.is_empty() {
        problems.add("on-1", t!(text, "setup-error-services"));
    }
    drafts
}

fn page(ctx: &Ctx, typed: &Fields, problems: &Problems) -> Reply {
    let text = ctx.text;
    let wrongs = Wrongs::new(ctx, problems);
    let body = html! {
        p { (t!(text, "setup-services-text")) }
        (Form::new("/setup/services", &ctx.token()).show(&html! {
            @for (at, row) in ROWS.iter().enumerate() {
                @if at + 1 == ROWS.len() || !typed.get(row.name).is_empty() {
                    (one(ctx, row, at + 1 == ROWS.len(), typed, &wrongs))
                }
            }
            (Button::primary(&t!(text, "setup-continue")).submit())
        }))
    };
    Screen {
        step: SetupStep::Services,
        title: t!(text, "setup-services-title"),
        problems,
        body,
        scripts: &[],
    }
    .show(ctx)
}

/// One line where there is room: what it is, how long, how much.
fn one(ctx: &Ctx, row: &Row, own: bool, typed: &Fields, wrongs: &Wrongs<'_>) -> Markup {
    let text = ctx.text;
    let name = typed.get(row.name);
    let currency = &ctx.current.settings.profile.currency;
    html! {
        fieldset.offer {
            @if own {
                legend.sr { (t!(text, "setup-services-own")) }
                (Field::new(row.name, &t!(text, "setup-services-own")).value(name).wrong(wrongs.of(row.name)).show())
            } @else {
                legend.sr { (theirs(name)) }
                (hidden(row.name, name))
                (tick_box(row.on, name, typed.has(row.on), wrongs.of(row.on).or(wrongs.of(row.name))))
            }
            (Field::new(row.minutes, &t!(text, "setup-services-minutes")).kind(Kind::Digits).width(Width::Four)
                .value(typed.get(row.minutes)).wrong(wrongs.of(row.minutes)).show())
            (Field::new(row.price, &t!(text, "setup-services-price", currency = currency.clone())).kind(Kind::Decimal)
                .width(Width::Ten).value(typed.get(row.price)).wrong(wrongs.of(row.price)).show())
        }
    }
}
