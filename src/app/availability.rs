//! Which times there are: the schedule of a practitioner, put together from what is kept.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::{Answer, Clinic, Current};
use crate::domain::appointment::{Status, after};
use crate::domain::id::{AppointmentId, HoldId, PractitionerId, ServiceId};
use crate::domain::practitioner::Practitioner;
use crate::domain::refusal::Refused;
use crate::domain::schedule::{
    Asker, Closure, DateException, DayAnswer, EmptyDay, HoursRule, Occupied, OccupiedKind,
    Schedule, Slot, sorted,
};
use crate::domain::service::Service;
use crate::store::table::Rows;
use crate::store::{Failure, appointments, hours};

/// Everything that decides about one practitioner's times for one service, loaded for a span.
#[derive(Debug)]
pub struct Loaded {
    zone: TimeZone,
    rules: Vec<HoursRule>,
    exceptions: Vec<DateException>,
    closures: Vec<Closure>,
    occupied: Vec<Occupied>,
}

/// What is left out when asking which times are free.
#[derive(Clone, Copy, Debug, Default)]
pub struct Except {
    /// The visit that is about to move.
    pub visit: Option<AppointmentId>,
    /// The hold of the person who asks.
    pub hold: Option<HoldId>,
}

impl Loaded {
    /// The schedule for a service.
    pub fn schedule(&self, service: &Service) -> Schedule<'_> {
        Schedule {
            zone: &self.zone,
            rules: &self.rules,
            exceptions: &self.exceptions,
            closures: &self.closures,
            timing: service.timing,
            online: service.is_online(),
            occupied: &self.occupied,
        }
    }

    /// As if these were the weekly patterns: for trying hours before they are published.
    #[must_use]
    pub fn with_rules(mut self, rules: Vec<HoursRule>) -> Self {
        self.rules = rules;
        self
    }

    /// As if these days were unlike their weekday, in place of what is kept about them.
    #[must_use]
    pub fn with_exceptions(mut self, days: Vec<DateException>) -> Self {
        self.exceptions
            .retain(|kept| days.iter().all(|day| day.date != kept.date));
        self.exceptions.extend(days);
        self
    }

    /// As if the clinic were closed then, too.
    #[must_use]
    pub fn with_closure(mut self, closure: Closure) -> Self {
        self.closures.push(closure);
        self
    }

    /// The first thing in the way of a span (end exclusive), inside the hours or outside them.
    pub fn taken(&self, from: Timestamp, until: Timestamp) -> Option<Occupied> {
        self.occupied
            .iter()
            .find(|o| o.overlaps(from, until))
            .copied()
    }
}

/// Loads what decides about a practitioner's times on the dates of a span (both inclusive).
pub fn load(
    rows: &dyn Rows,
    current: &Current,
    practitioner: PractitionerId,
    (from, until): (Date, Date),
    now: Timestamp,
    except: Except,
) -> Result<Loaded, Failure> {
    // A window may cross midnight, and what begins a day earlier may reach into the span.
    let start = after(current.midnight(from), -appointments::LONGEST_MIN);
    let end = after(current.midnight(until), 2 * appointments::LONGEST_MIN);
    // The last visit of the span may end two dates later, and hours end early before a closed date.
    let near = (from.saturating_sub(1.day()), until.saturating_add(3.days()));
    let mut occupied = Vec::new();
    for (id, start, visit) in appointments::taken(rows, practitioner, start, end)? {
        if visit.status.occupies() && except.visit != Some(id) {
            let kind = if visit.status == Status::Pending {
                OccupiedKind::Request
            } else {
                OccupiedKind::Appointment
            };
            let end = after(start, i64::from(visit.duration_min));
            let (before, after) = (visit.before_min, visit.after_min);
            occupied.push(Occupied::buffered(kind, start, end, before, after));
        }
    }
    for hold in appointments::holds_of(rows, practitioner, start, end)? {
        if hold.is_live(now) && except.hold != Some(hold.id) {
            let (before, after) = (hold.before_min, hold.after_min);
            let (start, end) = (hold.start, hold.end());
            occupied.push(Occupied::buffered(
                OccupiedKind::Hold,
                start,
                end,
                before,
                after,
            ));
        }
    }
    for block in appointments::blocks_of(rows, practitioner, start, end)? {
        occupied.push(Occupied::new(OccupiedKind::Block, block.start, block.end));
    }
    Ok(Loaded {
        zone: current.zone.clone(),
        rules: hours::rules(rows, practitioner)?
            .into_iter()
            .map(|k| k.rule)
            .collect(),
        exceptions: hours::exceptions_between(rows, practitioner, near)?
            .into_iter()
            .map(|k| k.exception)
            .collect(),
        closures: hours::closures(rows)?
            .into_iter()
            .map(|k| k.closure)
            .filter(|c| c.from <= near.1 && near.0 <= c.until)
            .collect(),
        occupied: sorted(occupied),
    })
}

/// The practitioners who can be booked for a service, in the order in which they were added.
pub fn who_offers(rows: &dyn Rows, service: &Service) -> Result<Vec<Practitioner>, Failure> {
    Ok(hours::practitioners(rows)?
        .into_iter()
        .filter(|p| p.active && service.offered_by(p.id))
        .collect())
}

/// A time that is offered, with those who are free then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The time.
    pub slot: Slot,
    /// Who is free, in the order in which they were added.
    pub with: Vec<PractitionerId>,
}

/// The offers of one date, or why there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayOffers {
    /// The date on the clinic's wall.
    pub date: Date,
    /// The times in order; empty with a reason.
    pub offers: Vec<Offer>,
    /// Why there is none.
    pub why_empty: Option<EmptyDay>,
}

/// The offers of a service on a span of dates (both inclusive), with one practitioner or with
/// anyone who offers it.
pub fn offers(
    rows: &dyn Rows,
    current: &Current,
    service: &Service,
    with: Option<PractitionerId>,
    (from, until): (Date, Date),
    now: Timestamp,
    except: Except,
) -> Result<Vec<DayOffers>, Failure> {
    let schedules = schedules(rows, current, service, with, (from, until), now, except)?;
    Ok(dates(from, until)
        .map(|date| day_offers(&schedules, service, date, now))
        .collect())
}

/// What decides about the times of a service, for each of those who are asked for.
fn schedules(
    rows: &dyn Rows,
    current: &Current,
    service: &Service,
    with: Option<PractitionerId>,
    span: (Date, Date),
    now: Timestamp,
    except: Except,
) -> Result<Vec<(PractitionerId, Loaded)>, Failure> {
    who_offers(rows, service)?
        .into_iter()
        .map(|p| p.id)
        .filter(|id| with.is_none_or(|w| w == *id))
        .map(|id| Ok((id, load(rows, current, id, span, now, except)?)))
        .collect()
}

/// The dates of a span, both ends included.
fn dates(from: Date, until: Date) -> impl Iterator<Item = Date> {
    from.series(1.day()).take_while(move |date| *date <= until)
}

fn day_offers(
    schedules: &[(PractitionerId, Loaded)],
    service: &Service,
    date: Date,
    now: Timestamp,
) -> DayOffers {
    let mut offers: Vec<Offer> = Vec::new();
    let mut why_empty: Option<EmptyDay> = None;
    for (id, loaded) in schedules {
        match loaded.schedule(service).slots_on(date, now, Asker::Patient) {
            DayAnswer::Slots(slots) => {
                for slot in slots {
                    match offers.binary_search_by_key(&slot.start, |o| o.slot.start) {
                        Ok(at) => offers
                            .get_mut(at)
                            .map(|o| o.with.push(*id))
                            .unwrap_or_default(),
                        Err(at) => offers.insert(
                            at,
                            Offer {
                                slot,
                                with: vec![*id],
                            },
                        ),
                    }
                }
            }
            DayAnswer::Empty(why) => {
                // Of several reasons, the one that is nearest to a free time says the most.
                if why_empty
                    .as_ref()
                    .is_none_or(|known| rank(&why) > rank(known))
                {
                    why_empty = Some(why);
                }
            }
        }
    }
    let why_empty = if offers.is_empty() {
        Some(why_empty.unwrap_or(EmptyDay::NonePublished))
    } else {
        None
    };
    DayOffers {
        date,
        offers,
        why_empty,
    }
}

fn rank(why: &EmptyDay) -> u8 {
    match why {
        EmptyDay::Past => 0,
        EmptyDay::NonePublished => 1,
        EmptyDay::Closed { .. } => 2,
        EmptyDay::BeyondHorizon { .. } => 3,
        EmptyDay::NotBookableOnline => 4,
        EmptyDay::FullyBooked => 5,
        EmptyDay::GapTooShort { .. } => 6,
        EmptyDay::TooSoon { .. } => 7,
    }
}

/// A service that patients can book, or refused as if it did not exist.
pub fn online_service(rows: &dyn Rows, id: ServiceId) -> Answer<Service> {
    match hours::service(rows, id)? {
        Some(service) if service.is_online() => Ok(service),
        _ => Err(Refused::NotFound.into()),
    }
}

/// Whether patients get no time today only because it would be too soon: someone who calls may get
/// one of those that are free.
pub fn is_today_too_soon(
    clinic: &Clinic,
    service: &Service,
    with: Option<PractitionerId>,
    except: Except,
) -> Result<bool, Failure> {
    let (current, now) = (clinic.current(), clinic.now());
    let today = current.date(now);
    let span = (today, today);
    let days = clinic
        .store
        .read(|rows| offers(rows, &current, service, with, span, now, except))?;
    let too_soon = |day: &DayOffers| matches!(day.why_empty, Some(EmptyDay::TooSoon { .. }));
    Ok(days.iter().any(too_soon))
}

/// The next days on which a service has times: at most `wanted` days, none of them empty, from a
/// date on.
pub fn next_days(
    clinic: &Clinic,
    service: &Service,
    with: Option<PractitionerId>,
    from: Date,
    wanted: usize,
    except: Except,
) -> Result<Vec<DayOffers>, Failure> {
    const WEEK: i64 = 7;
    let (current, now) = (clinic.current(), clinic.now());
    let last = current
        .date(now)
        .saturating_add(i64::from(service.timing.horizon_days).days());
    clinic.store.read(|rows| {
        let mut found = Vec::new();
        let mut from = from.max(current.date(now));
        while found.len() < wanted && from <= last {
            let until = from.saturating_add((WEEK - 1).days()).min(last);
            let schedules = schedules(rows, &current, service, with, (from, until), now, except)?;
            // Days that nobody will see are not worked out.
            let days = dates(from, until).map(|date| day_offers(&schedules, service, date, now));
            let missing = wanted - found.len();
            found.extend(days.filter(|d| !d.offers.is_empty()).take(missing));
            from = until.saturating_add(1.day());
        }
        Ok(found)
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Weekday, date};

    use super::*;
    use crate::app::practice::{self, PractitionerDraft, ServiceDraft};
    use crate::app::practice_world::{owner, world};
    use crate::domain::schedule::{Closure, HoursRule, TimeRange, WeeklyHours};

    #[test]
    fn today_is_too_soon_where_times_are_free_that_nobody_may_choose() {
        // Monday, 8:00.
        let clinic = world();
        let draft = PractitionerDraft {
            title: String::new(),
            name: "Ana Silva".into(),
            role: String::new(),
            hue: 1,
            active: true,
        };
        let who = practice::add_practitioner(&clinic, &owner(), &draft).unwrap();
        let open = TimeRange::minutes(9 * 60, 12 * 60).unwrap();
        let week = HoursRule {
            effective_from: None,
            effective_until: None,
            hours: WeeklyHours::opening(&[Weekday::Monday], open, &[]),
        };
        practice::set_hours(&clinic, &owner(), who.id, None, week).unwrap();
        let with_lead = |lead_min| {
            let mut draft = ServiceDraft::usual("Check-up", 30);
            draft.timing.lead_min = lead_min;
            practice::add_service(&clinic, &owner(), draft).unwrap()
        };
        let too_soon = |service: &Service| {
            is_today_too_soon(&clinic, service, None, Except::default()).unwrap()
        };
        let (now, tomorrow) = (with_lead(0), with_lead(24 * 60));
        assert!(!too_soon(&now), "there are times");
        assert!(too_soon(&tomorrow));
        let today = date(2026, 11, 23);
        let closed = Closure {
            from: today,
            until: today,
            name: "Training".into(),
        };
        practice::close(&clinic, &owner(), vec![closed]).unwrap();
        assert!(!too_soon(&tomorrow), "nobody is there whom one could ask");
    }
}
