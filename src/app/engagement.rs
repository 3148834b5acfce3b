//! What a patient sees first: what needs them now, what comes next, and what they may want again.

use super::availability::{self, Except};
use super::booking::{self, Detailed};
use super::{Answer, Caller, Clinic, Failure};
use crate::domain::appointment::{Appointment, Status, after};
use crate::domain::feed::{self, Task};
use crate::domain::id::ServiceId;
use crate::domain::patient::Patient;
use crate::domain::policy::Permission;
use crate::domain::practitioner::Practitioner;
use crate::domain::refusal::Refused;
use crate::domain::schedule::Slot;
use crate::domain::service::Service;
use crate::store::table::Rows;
use crate::store::{appointments, hours, patients};

/// What home shows.
#[derive(Debug)]
pub struct Home {
    /// Whose it is.
    pub patient: Patient,
    /// The next visit, booked or asked for.
    pub next: Option<Detailed>,
    /// What needs the patient now.
    pub tasks: Vec<Task>,
    /// Why no further visit can be booked now.
    pub full: Option<Refused>,
    /// Times to book again what they had last.
    pub again: Option<Again>,
}

/// Times to book again.
#[derive(Debug)]
pub struct Again {
    /// What for.
    pub service: Service,
    /// With whom.
    pub practitioner: Practitioner,
    /// At most three times, on different days where there are enough.
    pub times: Vec<Slot>,
}

/// A patient's visits.
#[derive(Debug)]
pub struct Visits {
    /// Ahead, the next one first.
    pub ahead: Vec<Detailed>,
    /// Behind or cancelled, the latest first.
    pub behind: Vec<Detailed>,
}

/// How many visits behind are shown.
const BEHIND: usize = 50;
/// How many times are offered to book again.
const TIMES: usize = 3;

/// Home of the patient who asks.
pub fn home(clinic: &Clinic, caller: &Caller) -> Answer<Home> {
    caller.must(Permission::OwnAccess)?;
    let id = caller.own_chart()?;
    let now = clinic.now();
    let month_ago = after(now, -60 * 24 * 60);
    let (patient, visits, online, next, last) = clinic.store.read(|rows| {
        let patient = patients::find(rows, id)?.ok_or(Refused::NotFound)?;
        let visits = appointments::of_patient_from(rows, id, month_ago, 100)?;
        let next = visits
            .iter()
            .find(|v| v.end() > now && v.status.occupies())
            .cloned();
        let next = next.map(|v| booking::detail(rows, v)).transpose()?;
        let last = match last_kept(&visits) {
            Some(visit) => Some(visit.clone()),
            None => last_kept(&appointments::of_patient_before(rows, id, now, 10)?).cloned(),
        };
        let last = last.map(|v| booking::detail(rows, v)).transpose()?;
        // Most have lost none, and home is looked at often.
        let online = if visits.iter().all(|v| v.status.occupies()) {
            Vec::new()
        } else {
            bookable(rows)?
        };
        Ok::<_, super::Stop>((patient, visits, online, next, last))
    })?;
    let full = booking::limit(clinic, caller)?;
    let again = match last {
        Some(last) if full.is_none() && caller.must(Permission::OwnChart).is_ok() => {
            again(clinic, last)?
        }
        Some(_) | None => None,
    };
    let can_book = |id| online.iter().any(|s| s.id == id);
    let tasks = feed::tasks(&patient, &visits, &can_book, now);
    Ok(Home {
        patient,
        next,
        tasks,
        full,
        again,
    })
}

/// The last visit that took place.
fn last_kept(visits: &[Appointment]) -> Option<&Appointment> {
    visits
        .iter()
        .filter(|v| v.status == Status::Fulfilled)
        .max_by_key(|v| v.start)
}

/// Times for what the patient had last, with whom they had it; none when it cannot be booked online.
fn again(clinic: &Clinic, last: Detailed) -> Answer<Option<Again>> {
    let Detailed {
        service,
        practitioner,
        ..
    } = last;
    if !service.is_online() || !practitioner.active || !service.offered_by(practitioner.id) {
        return Ok(None);
    }
    let today = clinic.current().date(clinic.now());
    let with = Some(practitioner.id);
    let days = availability::next_days(clinic, &service, with, today, TIMES, Except::default())?;
    let times: Vec<Slot> = days
        .iter()
        .filter_map(|d| d.offers.first())
        .map(|o| o.slot)
        .take(TIMES)
        .collect();
    if times.is_empty() {
        return Ok(None);
    }
    Ok(Some(Again {
        service,
        practitioner,
        times,
    }))
}

/// The visits of the patient who asks.
pub fn visits(clinic: &Clinic, caller: &Caller) -> Answer<Visits> {
    caller
        .must(Permission::OwnChart)
        .or_else(|_| caller.must(Permission::OwnRequest))?;
    let id = caller.own_chart()?;
    let now = clinic.now();
    clinic.store.read(|rows| {
        let all = |visits: Vec<Appointment>| {
            visits
                .into_iter()
                .map(|v| booking::detail(rows, v))
                .collect::<Answer<Vec<_>>>()
        };
        let early = after(now, -appointments::LONGEST_MIN);
        let (ahead, gone): (Vec<_>, Vec<_>) = appointments::of_patient_from(rows, id, early, 200)?
            .into_iter()
            .partition(|v| v.end() > now && v.status.occupies());
        let mut behind = appointments::of_patient_before(rows, id, early, BEHIND)?;
        behind.extend(gone);
        behind.sort_by_key(|v| std::cmp::Reverse(v.start));
        behind.truncate(BEHIND);
        Ok(Visits {
            ahead: all(ahead)?,
            behind: all(behind)?,
        })
    })
}

/// What patients can book.
fn bookable(rows: &dyn Rows) -> Result<Vec<Service>, Failure> {
    let all = hours::services(rows)?.into_iter();
    Ok(all.filter(Service::is_online).collect())
}

/// What a patient can book, what they had last first.
pub fn reasons(clinic: &Clinic, caller: &Caller) -> Answer<Vec<Service>> {
    let id = caller.own_chart()?;
    let now = clinic.now();
    clinic.store.read(|rows| {
        let last = appointments::of_patient_before(rows, id, now, 1)?
            .pop()
            .map(|v| v.service);
        let mut services = bookable(rows)?;
        services.sort_by_key(|s| Some(s.id) != last);
        Ok(services)
    })
}

/// A service that patients can book, with those who offer it.
pub fn reason(clinic: &Clinic, id: ServiceId) -> Answer<(Service, Vec<Practitioner>)> {
    let (service, who) = offering(clinic, id)?;
    if service.is_online() {
        Ok((service, who))
    } else {
        Err(Refused::NotFound.into())
    }
}

/// A service with those who offer it.
pub fn offering(clinic: &Clinic, id: ServiceId) -> Answer<(Service, Vec<Practitioner>)> {
    clinic.store.read(|rows| {
        let service = hours::service(rows, id)?.ok_or(Refused::NotFound)?;
        let who = availability::who_offers(rows, &service)?;
        Ok((service, who))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::stage::{BORN, Stage, visitor};
    use crate::app::{enrolment, sessions};
    use crate::domain::account::Role;
    use crate::domain::appointment::Doer;
    use crate::domain::audit::Action;
    use crate::domain::service::OnlineBooking;

    #[test]
    fn nobody_is_asked_to_book_again_what_is_not_booked_online() {
        let stage = Stage::new();
        let clinic = &stage.clinic;
        let amira = stage.patient("Amira Haddad", Some("amira@example.org"), Some(BORN));
        let (visit, _) = stage.visit(amira.id);
        let staff = stage.staff("Ines Silva", Role::FrontDesk, "ines@clinic.org");
        let desk = Stage::as_caller(&staff);
        let invitation = enrolment::invite(clinic, &desk, amira.id, false).unwrap();
        let new = enrolment::accept_letter(clinic, &visitor(), &invitation.code, BORN).unwrap();
        let known = sessions::resolve(clinic, &new.token).unwrap().unwrap();
        let (now, by) = (clinic.now(), Doer::Staff(staff.id));
        let keep = |online: OnlineBooking| {
            let gone = visit.cancel(by, "", false, now).unwrap();
            let cause = clinic.own_cause("test", Action::Cancel);
            let kept = clinic.store.write(cause, move |tx| {
                let mut service = hours::service(tx, gone.service)?.ok_or(Refused::NotFound)?;
                service.online = online;
                tx.put(&service)?;
                Ok(appointments::put(tx, &gone)?)
            });
            kept.unwrap();
            home(clinic, &known.caller(1)).unwrap().tasks
        };
        let again = Task::BookAgain {
            service: visit.service,
            missed: false,
        };
        assert_eq!(keep(OnlineBooking::Request), [again]);
        assert_eq!(keep(OnlineBooking::Off), []);
    }
}
