//! What patients will see next.

use jiff::ToSpan;

use crate::app::availability::{self, Except};
use crate::app::{Answer, Caller, Clinic};
use crate::domain::id::{PractitionerId, ServiceId};
use crate::domain::policy::Permission;
use crate::domain::schedule::{Asker, HoursRule, Slot};
use crate::store::hours;

/// How many times are shown.
const SHOWN: usize = 6;

/// The times that patients will see next, or nothing because the service is not booked online or
/// there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Next {
    /// What for; empty when no service can be booked online.
    pub service: String,
    /// At most six times, in order.
    pub slots: Vec<Slot>,
}

/// The next times of a service (else of the first that is booked online and offered by the
/// practitioner) with a practitioner (else with anyone). `instead` tries weekly hours that are not
/// published yet.
pub fn preview(
    clinic: &Clinic,
    caller: &Caller,
    service: Option<ServiceId>,
    with: Option<PractitionerId>,
    instead: Option<&HoursRule>,
) -> Answer<Next> {
    caller.must(Permission::ViewSchedule)?;
    let (current, now) = (clinic.current(), clinic.now());
    let today = current.date(now);
    clinic.store.read(|rows| {
        let all = hours::services(rows)?;
        let service = match service {
            Some(id) => all.into_iter().find(|s| s.id == id),
            None => all
                .into_iter()
                .find(|s| s.is_online() && with.is_none_or(|w| s.offered_by(w))),
        };
        let Some(service) = service else {
            return Ok(Next::default());
        };
        let who = availability::who_offers(rows, &service)?;
        let mut slots: Vec<Slot> = Vec::new();
        for one in who.iter().filter(|p| with.is_none_or(|w| w == p.id)) {
            let last = today.saturating_add(i64::from(service.timing.horizon_days).days());
            let span = (today, last);
            let mut loaded =
                availability::load(rows, &current, one.id, span, now, Except::default())?;
            if let Some(rule) = instead {
                loaded = loaded.with_rule(rule);
            }
            let schedule = loaded.schedule(&service);
            let mut from = today;
            let mut taken = 0;
            while let Some(date) = schedule.next_free_day(from, last, now, Asker::Patient) {
                let answer = schedule.slots_on(date, now, Asker::Patient);
                taken += answer.slots().len();
                slots.extend(answer.slots().iter().take(SHOWN));
                if taken >= SHOWN {
                    break;
                }
                let Ok(next) = date.tomorrow() else { break };
                from = next;
            }
        }
        slots.sort_by_key(|slot| slot.start);
        slots.dedup_by_key(|slot| slot.start);
        slots.truncate(SHOWN);
        Ok(Next {
            service: service.name,
            slots,
        })
    })
}
