//! What patients will see next.

use jiff::ToSpan;
use jiff::civil::Date;

use super::ServiceDraft;
use super::hours::span;
use crate::app::availability::{self, Except, Loaded};
use crate::app::{Answer, Caller, Clinic};
use crate::domain::id::{HoursId, PractitionerId, ServiceId};
use crate::domain::policy::Permission;
use crate::domain::schedule::{Asker, Closure, DateException, HoursRule, Slot, TimeRange};
use crate::store::table::Rows;
use crate::store::{Failure, hours};

/// How many times are shown.
const SHOWN: usize = 6;

/// The times that patients will see next, or nothing because the service is not booked online or
/// there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Next {
    /// What for; empty when no service can be booked online.
    pub service: String,
    /// The first day that is looked at, where that is not today.
    pub from: Option<Date>,
    /// At most six times, in order.
    pub slots: Vec<Slot>,
}

/// What is tried before it is saved.
#[derive(Clone, Copy, Debug, Default)]
pub struct Trial<'a> {
    /// A service as it would be, and which one that is; a new one is none yet.
    pub service: Option<(Option<ServiceId>, &'a ServiceDraft)>,
    /// A weekly pattern, and in place of which one; a new one stands beside the others.
    pub week: Option<(Option<HoursId>, &'a HoursRule)>,
    /// The hours of each day of a span (both ends included); no windows are days off.
    pub days: Option<((Date, Date), &'a [TimeRange])>,
    /// Days on which the clinic would be closed.
    pub closure: Option<&'a Closure>,
}

impl Trial<'_> {
    /// The first of the days that it is about, where it is about some days only.
    fn first_day(&self) -> Option<Date> {
        let days = self.days.map(|((first, _), _)| first);
        days.or_else(|| self.closure.map(|closure| closure.from))
    }

    /// What decides about somebody's times, as if this were saved.
    fn on(&self, rows: &dyn Rows, who: PractitionerId, loaded: Loaded) -> Result<Loaded, Failure> {
        let mut loaded = loaded;
        if let Some((place, rule)) = self.week {
            let mut rules = hours::rules(rows, who)?;
            rules.retain(|kept| Some(kept.id) != place);
            let mut rules: Vec<HoursRule> = rules.into_iter().map(|kept| kept.rule).collect();
            rules.push(rule.clone());
            loaded = loaded.with_rules(rules);
        }
        if let Some(((first, last), windows)) = self.days {
            let dates = span(first, last).unwrap_or_default();
            let day = |date| DateException {
                date,
                windows: windows.to_vec(),
                note: String::new(),
            };
            loaded = loaded.with_exceptions(dates.into_iter().map(day).collect());
        }
        if let Some(closure) = self.closure {
            loaded = loaded.with_closure(closure.clone());
        }
        Ok(loaded)
    }
}

/// The next times of a service (else of the first that is booked online and offered by the
/// practitioner) with a practitioner (else with anyone), as if what is tried were saved.
///
/// A trial of some days begins at the first of them, unless nobody can book that far ahead yet.
pub fn preview(
    clinic: &Clinic,
    caller: &Caller,
    service: Option<ServiceId>,
    with: Option<PractitionerId>,
    trial: Trial<'_>,
) -> Answer<Next> {
    caller.must(Permission::ViewSchedule)?;
    let new_id = clinic.new_id();
    let (current, now) = (clinic.current(), clinic.now());
    let today = current.date(now);
    clinic.store.read(|rows| {
        let all = hours::services(rows)?;
        let tried = trial.service.map(|(id, draft)| {
            let draft = draft.clone();
            draft.into_service(id.unwrap_or(new_id), 0)
        });
        let service = match service {
            _ if tried.is_some() => tried,
            Some(id) => all.into_iter().find(|s| s.id == id),
            None => all
                .into_iter()
                .find(|s| s.is_online() && with.is_none_or(|w| s.offered_by(w))),
        };
        let Some(service) = service else {
            return Ok(Next::default());
        };
        let mut who = availability::who_offers(rows, &service)?;
        who.retain(|_| service.is_online());
        let last = today.saturating_add(i64::from(service.timing.horizon_days).days());
        let days = today..=last;
        let from = trial.first_day().filter(|first| days.contains(first));
        let mut slots: Vec<Slot> = Vec::new();
        for one in who.iter().filter(|p| with.is_none_or(|w| w == p.id)) {
            let (span, except) = ((today, last), Except::default());
            let loaded = availability::load(rows, &current, one.id, span, now, except)?;
            let loaded = trial.on(rows, one.id, loaded)?;
            let schedule = loaded.schedule(&service);
            let mut day = from.unwrap_or(today);
            let mut taken = 0;
            while let Some(date) = schedule.next_free_day(day, last, now, Asker::Patient) {
                let answer = schedule.slots_on(date, now, Asker::Patient);
                taken += answer.slots().len();
                slots.extend(answer.slots().iter().take(SHOWN));
                if taken >= SHOWN {
                    break;
                }
                let Ok(next) = date.tomorrow() else { break };
                day = next;
            }
        }
        slots.sort_by_key(|slot| slot.start);
        slots.dedup_by_key(|slot| slot.start);
        slots.truncate(SHOWN);
        Ok(Next {
            service: service.name,
            from: from.filter(|from| *from != today),
            slots,
        })
    })
}
