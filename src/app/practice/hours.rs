//! When: weekly hours, single days, closures, and the visits that a change leaves outside.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::app::availability::{self, Except};
use crate::app::{Answer, Caller, Clinic};
use crate::domain::appointment::{Appointment, after};
use crate::domain::audit::Action;
use crate::domain::country::Country;
use crate::domain::holiday::{Holiday, holidays};
use crate::domain::id::{ClosureId, HoursId, PractitionerId};
use crate::domain::policy::Permission;
use crate::domain::refusal::Refused;
use crate::domain::schedule::{Closure, DateException, HoursRule, TimeRange};
use crate::store::hours::{self, KeptClosure, KeptException, KeptHours, exception_key};
use crate::store::row::Row as _;
use crate::store::{Change, Tx, appointments, patients};

/// How many dates one exception may cover.
pub const MAX_SPAN_DAYS: i32 = 366;
/// How far ahead visits are looked through after a change, in minutes: two years.
const LOOK_AHEAD_MIN: i64 = 2 * 366 * 24 * 60;

/// The weekly patterns of a practitioner, the one that came into effect last at the end.
pub fn weeks(clinic: &Clinic, caller: &Caller, who: PractitionerId) -> Answer<Vec<KeptHours>> {
    caller.must(Permission::ViewSchedule)?;
    let mut found = clinic.store.read(|rows| hours::rules(rows, who))?;
    found.sort_by_key(|kept| kept.rule.effective_from);
    Ok(found)
}

/// Publishes weekly hours: in place of a pattern, or as a new one beside the others.
pub fn set_hours(
    clinic: &Clinic,
    caller: &Caller,
    who: PractitionerId,
    instead_of: Option<HoursId>,
    rule: HoursRule,
) -> Answer<HoursId> {
    caller.must(Permission::ManageServices)?;
    let id = instead_of.unwrap_or_else(|| clinic.new_id());
    let cause = clinic.cause(caller, Action::HoursChange);
    clinic.store.write(cause, move |tx| {
        hours::practitioner(tx, who)?.ok_or(Refused::NotFound)?;
        if instead_of.is_some() && !hours::rules(tx, who)?.iter().any(|k| k.id == id) {
            return Err(Refused::NotFound.into());
        }
        tx.put(&KeptHours {
            id,
            practitioner: who,
            rule: rule.clone(),
        })?;
        changed(tx, who, "week");
        Ok(id)
    })
}

/// Takes weekly hours back.
pub fn drop_hours(
    clinic: &Clinic,
    caller: &Caller,
    who: PractitionerId,
    id: HoursId,
) -> Answer<()> {
    caller.must(Permission::ManageServices)?;
    let cause = clinic.cause(caller, Action::HoursChange);
    clinic.store.write(cause, move |tx| {
        let kept = hours::rules(tx, who)?.into_iter().find(|k| k.id == id);
        tx.delete::<KeptHours>(&kept.ok_or(Refused::NotFound)?.key())?;
        changed(tx, who, "week removed");
        Ok(())
    })
}

fn changed(tx: &mut Tx<'_>, who: PractitionerId, what: &str) {
    tx.object(who);
    tx.detail(what);
    tx.changed(Change::Services);
}

/// The days of a practitioner that differ from the week, from today on.
pub fn exceptions(
    clinic: &Clinic,
    caller: &Caller,
    who: PractitionerId,
) -> Answer<Vec<KeptException>> {
    caller.must(Permission::ViewSchedule)?;
    let today = clinic.current().date(clinic.now());
    let mut found = clinic.store.read(|rows| hours::exceptions(rows, who))?;
    found.retain(|kept| kept.exception.date >= today);
    Ok(found)
}

/// Sets the hours of each date of a span (both inclusive), in place of what the week says; no
/// windows are days off. A span that is backwards or longer than [`MAX_SPAN_DAYS`] is refused.
pub fn set_exception(
    clinic: &Clinic,
    caller: &Caller,
    who: PractitionerId,
    (from, until): (Date, Date),
    windows: Vec<TimeRange>,
    note: &str,
) -> Answer<usize> {
    caller.must(Permission::ManageServices)?;
    let dates = span(from, until).ok_or(Refused::NotFound)?;
    let note = note.to_owned();
    let cause = clinic.cause(caller, Action::HoursChange);
    clinic.store.write(cause, move |tx| {
        hours::practitioner(tx, who)?.ok_or(Refused::NotFound)?;
        for date in &dates {
            tx.put(&KeptException {
                practitioner: who,
                exception: DateException {
                    date: *date,
                    windows: windows.clone(),
                    note: note.clone(),
                },
            })?;
        }
        changed(tx, who, "days");
        Ok(dates.len())
    })
}

/// The dates of a span; nothing of one that is backwards or too long.
pub(super) fn span(from: Date, until: Date) -> Option<Vec<Date>> {
    let mut dates = Vec::new();
    let mut date = from;
    while date <= until {
        dates.push(date);
        if dates.len() > usize::try_from(MAX_SPAN_DAYS).unwrap_or(0) {
            return None;
        }
        date = date.checked_add(1.day()).ok()?;
    }
    Some(dates).filter(|dates| !dates.is_empty())
}

/// Lets the week decide about a date again.
pub fn drop_exception(
    clinic: &Clinic,
    caller: &Caller,
    who: PractitionerId,
    date: Date,
) -> Answer<()> {
    caller.must(Permission::ManageServices)?;
    let cause = clinic.cause(caller, Action::HoursChange);
    clinic.store.write(cause, move |tx| {
        if !tx.delete::<KeptException>(&exception_key(who, date))? {
            return Err(Refused::NotFound.into());
        }
        changed(tx, who, "day removed");
        Ok(())
    })
}

/// The closures of the whole clinic that are not over, in order.
pub fn closures(clinic: &Clinic, caller: &Caller) -> Answer<Vec<KeptClosure>> {
    caller.must(Permission::ViewSchedule)?;
    let today = clinic.current().date(clinic.now());
    let mut found = clinic.store.read(|rows| hours::closures(rows))?;
    found.retain(|kept| kept.closure.until >= today);
    found.sort_by_key(|kept| (kept.closure.from, kept.id));
    Ok(found)
}

/// Closes the whole clinic on some days. Nothing that is booked is cancelled.
pub fn close(clinic: &Clinic, caller: &Caller, closures: Vec<Closure>) -> Answer<()> {
    caller.must(Permission::ManageServices)?;
    let kept: Vec<KeptClosure> = closures
        .into_iter()
        .filter(|closure| closure.from <= closure.until)
        .map(|closure| KeptClosure {
            id: clinic.new_id(),
            closure,
        })
        .collect();
    let cause = clinic.cause(caller, Action::ClosureChange);
    clinic.store.write(cause, move |tx| {
        for one in &kept {
            tx.put(one)?;
            tx.object(one.id);
        }
        tx.detail("added");
        tx.changed(Change::Services);
        Ok(())
    })
}

/// Takes a closure back.
pub fn open_again(clinic: &Clinic, caller: &Caller, id: ClosureId) -> Answer<()> {
    caller.must(Permission::ManageServices)?;
    let cause = clinic.cause(caller, Action::ClosureChange);
    clinic.store.write(cause, move |tx| {
        let kept = hours::closures(tx)?.into_iter().find(|k| k.id == id);
        tx.delete::<KeptClosure>(&kept.ok_or(Refused::NotFound)?.key())?;
        tx.object(id);
        tx.detail("removed");
        tx.changed(Change::Services);
        Ok(())
    })
}

/// The public holidays of the next twelve months on which the clinic is not closed yet, and would
/// otherwise be open: those on a weekend are left out, their substitutes are not.
pub fn holiday_suggestions(clinic: &Clinic, caller: &Caller) -> Answer<Vec<Holiday>> {
    caller.must(Permission::ManageServices)?;
    let current = clinic.current();
    let today = current.date(clinic.now());
    let Ok(country) = Country::try_from(current.settings.profile.country.as_str()) else {
        return Ok(Vec::new());
    };
    let last = today.saturating_add(12.months());
    let closed = clinic.store.read(|rows| hours::closures(rows))?;
    let mut found: Vec<Holiday> = [today.year(), today.year().saturating_add(1)]
        .into_iter()
        .flat_map(|year| holidays(country, year))
        .filter(|day| today <= day.date && day.date <= last)
        .filter(|day| day.date.weekday().to_monday_zero_offset() < 5)
        .filter(|day| !closed.iter().any(|k| k.closure.covers(day.date)))
        .collect();
    found.sort_by_key(|day| day.date);
    Ok(found)
}

/// A visit that no longer lies in published hours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOutside {
    /// The visit.
    pub visit: Appointment,
    /// Whose.
    pub patient: String,
    /// With whom.
    pub practitioner: String,
}

/// The visits ahead that do not lie in published hours, by start: of one practitioner, or of all.
pub fn left_outside(
    clinic: &Clinic,
    caller: &Caller,
    who: Option<PractitionerId>,
) -> Answer<Vec<LeftOutside>> {
    caller.must(Permission::ViewSchedule)?;
    caller.must(Permission::ViewPatients)?;
    let (current, now) = (clinic.current(), clinic.now());
    let today = current.date(now);
    clinic.store.read(|rows| {
        let services = hours::services(rows)?;
        let mut found = Vec::new();
        for one in hours::practitioners(rows)? {
            if who.is_some_and(|id| id != one.id) {
                continue;
            }
            let until = after(now, LOOK_AHEAD_MIN);
            let visits = appointments::of_practitioner(rows, one.id, now, until)?;
            let Some(last) = visits.last() else {
                continue;
            };
            // Closures and single days count up to the last of them.
            let span = (today, current.date(last.end()));
            let loaded = availability::load(rows, &current, one.id, span, now, Except::default())?;
            for visit in visits.into_iter().filter(|v| v.status.is_open()) {
                // Hours do not depend on the service; any one lends the schedule its shape.
                let service = services.iter().find(|s| s.id == visit.service);
                let fits = service.is_none_or(|service| {
                    loaded
                        .schedule(service)
                        .lies_in_hours(visit.start, visit.end())
                });
                if fits {
                    continue;
                }
                let patient = patients::follow(rows, visit.patient)?;
                found.push(LeftOutside {
                    patient: patient.map(|p| p.name().full()).unwrap_or_default(),
                    practitioner: one.called(),
                    visit,
                });
            }
        }
        found.sort_by_key(|left| left.visit.start);
        Ok(found)
    })
}
