//! Book, step two: choose a time. Also the times for moving a visit.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use maud::{Markup, html};

use super::slot_value;
use crate::app::availability::{self, DayOffers, Except, Offer};
use crate::app::{booking, engagement};
use crate::domain::id::{PractitionerId, ServiceId};
use crate::domain::practitioner::Practitioner;
use crate::domain::refusal::Refused;
use crate::domain::service::Service;
use crate::t;
use crate::web::ctx::Ctx;
use crate::web::fields::Fields;
use crate::web::layout::{self, Extra, Tab};
use crate::web::reply::Reply;
use crate::web::respond::{Handled, Trouble, sentence};
use crate::web::ui::banner::banner;
use crate::web::ui::button::{Button, back_link};
use crate::web::ui::empty::empty;
use crate::web::ui::icon::Icon;
use crate::web::ui::slot_grid::{Slot, SlotGrid};
use crate::web::ui::tag::{Chip, Tone, chips};

/// How many days with times a page shows.
pub const DAYS: usize = 5;

/// Which times are asked for.
#[derive(Debug)]
pub struct Asked {
    /// With whom, if that matters.
    pub with: Option<PractitionerId>,
    /// From which date on.
    pub from: Date,
}

impl Asked {
    /// From the query: `with` and `from`.
    pub fn of(ctx: &Ctx) -> Self {
        Self {
            with: ctx.query.parsed("with"),
            from: ctx.query.parsed("from").unwrap_or_else(|| ctx.today()),
        }
    }

    /// From the fields of a form, by the same names.
    pub fn in_fields(ctx: &Ctx, form: &Fields) -> Self {
        Self {
            with: form.parsed("with"),
            from: form.parsed("from").unwrap_or_else(|| ctx.today()),
        }
    }
}

/// `GET /visits/new/{service}`
pub fn show(ctx: &Ctx) -> Handled {
    let id: ServiceId = ctx.param("service")?;
    if booking::limit(&ctx.clinic, &ctx.caller())?.is_some() {
        // The page before says why, with nothing to choose in vain.
        return Ok(Reply::see_other("/visits/new"));
    }
    page(ctx, id, &Asked::of(ctx), None, "").map(Reply::page)
}

/// The page of times, with a sentence on top when the chosen one has gone. The note that was typed
/// for it goes along with every button.
pub fn page(
    ctx: &Ctx,
    id: ServiceId,
    asked: &Asked,
    gone: Option<&Refused>,
    note: &str,
) -> Result<Markup, Trouble> {
    let text = ctx.text;
    let (service, who) = engagement::reason(&ctx.clinic, id)?;
    let base = format!("/visits/new/{id}");
    let title = t!(text, "book-time-title");
    let service_id = id.to_string();
    let times = Times {
        service: &service,
        who: &who,
        asked,
        base: &base,
        action: "/holds",
        fields: &[("service", service_id.as_str()), ("note", note)],
        carries: !note.is_empty(),
        except: Except::default(),
        now_at: None,
    };
    let body = html! {
        (back_link("/visits/new", &t!(text, "page-back")))
        h1 { (title) }
        p {
            (t!(
                text,
                "book-time-for",
                service = service.name.clone(),
                duration = text.duration(u32::from(service.timing.duration_min))
            ))
            " " a href="/visits/new" { (t!(text, "book-change")) }
        }
        @if let Some(gone) = gone { (banner(Tone::Warn, &gone_title(ctx, gone), &html! { p { (sentence(ctx, gone)) } })) }
        (times.show(ctx)?)
    };
    let extra = Extra {
        has_problems: gone.is_some(),
        ..Extra::default()
    };
    Ok(layout::patient(ctx, Tab::Visits, &title, extra, body))
}

/// What stands above the sentence that says no: another time helps, or it does not.
pub fn gone_title(ctx: &Ctx, refused: &Refused) -> String {
    if matches!(
        refused,
        Refused::SlotTaken | Refused::HoldExpired | Refused::OverlapsOwn
    ) {
        t!(ctx.text, "book-gone-title")
    } else {
        t!(ctx.text, "trouble-refused-title")
    }
}

/// Days with times to choose from, and the choice of practitioner above.
#[derive(Debug)]
pub struct Times<'a> {
    /// What for.
    pub service: &'a Service,
    /// Everyone who offers it.
    pub who: &'a [Practitioner],
    /// Which times are asked for.
    pub asked: &'a Asked,
    /// The path of the page itself.
    pub base: &'a str,
    /// Where a chosen time is sent.
    pub action: &'a str,
    /// Further hidden fields.
    pub fields: &'a [(&'a str, &'a str)],
    /// Whether the fields hold what was typed, so that other times are asked for with them too: by
    /// buttons, for what was typed belongs into no address.
    pub carries: bool,
    /// What is left out.
    pub except: Except,
    /// The time that the visit has now, which is no new time.
    pub now_at: Option<Timestamp>,
}

impl Times<'_> {
    /// The region.
    pub fn show(&self, ctx: &Ctx) -> Result<Markup, Trouble> {
        let text = ctx.text;
        let days = availability::next_days(
            &ctx.clinic,
            self.service,
            self.asked.with,
            self.asked.from,
            DAYS,
            self.except,
        )?;
        let more = days.len() == DAYS;
        let others = |d: &DayOffers| d.offers.iter().any(|o| self.now_at != Some(o.slot.start));
        let days: Vec<DayOffers> = days.into_iter().filter(others).collect();
        let token = ctx.token();
        Ok(html! {
            div.days id="times" {
                (self.practitioners(ctx, &token))
                (self.sooner(ctx)?)
                @for day in &days { (self.day(ctx, day, &token)) }
                @if days.is_empty() {
                    (empty(
                        Icon::CalendarX,
                        &t!(text, "book-no-times-title"),
                        &t!(text, "book-no-times"),
                        &html! {},
                    ))
                } @else if more {
                    (self.more(ctx, &days, &token))
                }
            }
        })
    }

    /// Whom to ask for a time today, where it is only too late to choose one here.
    fn sooner(&self, ctx: &Ctx) -> Result<Markup, Trouble> {
        let from_today = self.asked.from <= ctx.today();
        let Some(phone) = ctx.current.phone().filter(|_| from_today) else {
            return Ok(html! {});
        };
        let (service, with) = (self.service, self.asked.with);
        if !availability::is_today_too_soon(&ctx.clinic, service, with, self.except)? {
            return Ok(html! {});
        }
        Ok(html! { p { (t!(ctx.text, "book-sooner", phone = phone)) } })
    }

    fn query(&self, with: Option<PractitionerId>, from: Option<Date>) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if let Some(with) = with {
            query.append_pair("with", &with.to_string());
        }
        if let Some(from) = from {
            query.append_pair("from", &from.to_string());
        }
        let query = query.finish();
        if query.is_empty() {
            self.base.to_owned()
        } else {
            format!("{}?{query}", self.base)
        }
    }

    /// A button to other times that takes the fields along.
    fn other(
        &self,
        button: &Button<'_>,
        token: &str,
        with: Option<PractitionerId>,
        from: Option<Date>,
    ) -> Markup {
        let with = with.map(|id| id.to_string()).unwrap_or_default();
        let from = from.map(|date| date.to_string()).unwrap_or_default();
        let fields: Vec<(&str, &str)> = self
            .fields
            .iter()
            .copied()
            .chain([("with", with.as_str()), ("from", from.as_str())])
            .collect();
        button.post(self.action, token, &fields)
    }

    fn practitioners(&self, ctx: &Ctx, token: &str) -> Markup {
        if self.who.len() < 2 {
            return html! {};
        }
        let text = ctx.text;
        let anyone = t!(text, "book-anyone");
        if self.carries {
            let label = t!(text, "book-with");
            let button = |label: &str, with| {
                self.other(&Button::secondary(label).small(), token, with, None)
            };
            return html! {
                p { (label) }
                div.row-flex {
                    @if self.asked.with.is_some() { (button(&anyone, None)) }
                    @for one in self.who.iter().filter(|p| self.asked.with != Some(p.id)) {
                        (button(&one.called(), Some(one.id)))
                    }
                }
            };
        }
        let mut entries = vec![(self.query(None, None), anyone, self.asked.with.is_none())];
        for one in self.who {
            let current = self.asked.with == Some(one.id);
            entries.push((self.query(Some(one.id), None), one.called(), current));
        }
        let list: Vec<Chip<'_>> = entries
            .iter()
            .map(|(href, label, current)| Chip {
                href,
                label,
                hue: None,
                current: *current,
            })
            .collect();
        chips(&t!(text, "book-with"), Some("times"), &list)
    }

    fn day(&self, ctx: &Ctx, day: &DayOffers, token: &str) -> Markup {
        let when = ctx.when();
        let alone = self.asked.with.is_some() || self.who.len() < 2;
        let named = |offer: &Offer| {
            // With several free, the clinic chooses who has the least to do.
            let only = offer
                .with
                .first()
                .filter(|_| offer.with.len() == 1 && !alone)?;
            self.who
                .iter()
                .find(|p| p.id == *only)
                .map(Practitioner::called)
        };
        let slots: Vec<(String, String, String, Option<String>)> = day
            .offers
            .iter()
            .filter(|offer| self.now_at != Some(offer.slot.start))
            .map(|offer| {
                let start = offer.slot.start;
                (
                    slot_value(start, self.asked.with),
                    when.time(start),
                    when.date_time(start),
                    named(offer),
                )
            })
            .collect();
        let slots: Vec<Slot<'_>> = slots
            .iter()
            .map(|(value, label, heard, detail)| Slot {
                value,
                label,
                detail: detail.as_deref(),
                heard: detail.is_none().then_some(heard.as_str()),
            })
            .collect();
        let grid = SlotGrid {
            action: self.action,
            token,
            name: "start",
            fields: self.fields,
            slots: &slots,
        };
        html! {
            h2 { (ctx.text.date(day.date)) }
            (grid.show())
        }
    }

    fn more(&self, ctx: &Ctx, days: &[DayOffers], token: &str) -> Markup {
        let next = days.last().and_then(|d| d.date.checked_add(1.day()).ok());
        let path = self.query(self.asked.with, next);
        let label = t!(ctx.text, "book-more-days");
        let button = Button::secondary(&label);
        if self.carries {
            self.other(&button, token, self.asked.with, next)
        } else {
            button.swap("times").link(&path)
        }
    }
}
