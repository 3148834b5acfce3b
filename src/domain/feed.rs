//! What needs a patient now: a pure function of their visits and chart, so that home can be trusted
//! and tested.

use jiff::Timestamp;

use super::appointment::{Appointment, Doer, Status, after};
use super::id::{AppointmentId, ServiceId};
use super::patient::Patient;

/// Something for the patient to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Task {
    /// Say that you will come: the visit is near and not confirmed.
    Confirm {
        /// The visit.
        visit: AppointmentId,
        /// When it is.
        start: Timestamp,
    },
    /// A visit was missed, or the clinic cancelled it, and nothing was booked since.
    BookAgain {
        /// What it was for.
        service: ServiceId,
        /// Missed by the patient, not cancelled by the clinic.
        missed: bool,
    },
    /// Without an address no message arrives.
    AddEmail,
}

/// How near a visit is when it asks to be confirmed: two days.
const CONFIRM_WITHIN_MIN: i64 = 48 * 60;
/// How long ago a lost visit is still worth booking again: 30 days.
const LOST_WITHIN_MIN: i64 = 30 * 24 * 60;

/// What needs the patient now, the most pressing first. `visits` are all of theirs that matter: the
/// last month and everything ahead. Nobody is asked to book again what is not `bookable` online.
pub fn tasks(
    patient: &Patient,
    visits: &[Appointment],
    bookable: &dyn Fn(ServiceId) -> bool,
    now: Timestamp,
) -> Vec<Task> {
    let mut tasks = Vec::new();
    let mut near: Vec<&Appointment> = visits
        .iter()
        .filter(|v| v.status == Status::Booked && v.confirmed_at.is_none())
        .filter(|v| now < v.start && v.start <= after(now, CONFIRM_WITHIN_MIN))
        .collect();
    near.sort_by_key(|v| v.start);
    tasks.extend(near.iter().map(|v| Task::Confirm {
        visit: v.id,
        start: v.start,
    }));

    let latest_lost = visits
        .iter()
        .filter(|v| is_lost(v, now) && bookable(v.service))
        .max_by_key(|v| lost_at(v));
    if let Some(lost) = latest_lost {
        let booked_since = visits.iter().any(|v| {
            v.service == lost.service
                && v.id != lost.id
                && v.status.occupies()
                && v.start > lost.start.min(lost_at(lost))
        });
        if !booked_since {
            let missed = lost.status == Status::NoShow;
            tasks.push(Task::BookAgain {
                service: lost.service,
                missed,
            });
        }
    }
    if patient.email.is_none() {
        tasks.push(Task::AddEmail);
    }
    tasks
}

fn is_lost(visit: &Appointment, now: Timestamp) -> bool {
    let by_clinic = matches!(
        &visit.cancellation,
        Some(c) if matches!(c.by, Doer::Staff(_)) && visit.status == Status::Cancelled
    );
    (by_clinic || visit.status == Status::NoShow) && lost_at(visit) > after(now, -LOST_WITHIN_MIN)
}

fn lost_at(visit: &Appointment) -> Timestamp {
    visit.cancellation.as_ref().map_or(visit.start, |c| c.at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::appointment::NewAppointment;
    use crate::domain::appointment::tests::check_up;
    use crate::domain::id::{Id, LoginId, PatientId, PractitionerId};
    use crate::domain::person::{Email, HumanName};

    const NOW: i64 = 1_000_000_000;

    fn at(hours: i64) -> Timestamp {
        Timestamp::from_second(NOW + hours * 3600).unwrap()
    }

    fn visit(n: u8, hours: i64) -> Appointment {
        let new = NewAppointment {
            id: AppointmentId::from_bytes([n; 16]),
            reference: String::new(),
            patient: PatientId::from_bytes([0; 16]),
            practitioner: PractitionerId::from_bytes([0; 16]),
            start: at(hours),
            by: Doer::Patient,
            at: at(-1000),
            pending: false,
        };
        Appointment::new(new, &check_up())
    }

    /// Of a clinic where everything is booked online.
    fn tasks(patient: &Patient, visits: &[Appointment], now: Timestamp) -> Vec<Task> {
        super::tasks(patient, visits, &|_| true, now)
    }

    fn patient() -> Patient {
        let name = HumanName::from_full("A B");
        let mut p = Patient::new(PatientId::from_bytes([0; 16]), name, at(-9000));
        p.email = Email::try_from("a@b.example").ok();
        p
    }

    #[test]
    fn a_near_visit_asks_to_be_confirmed_until_it_is() {
        let near = visit(1, 40);
        let id = near.id;
        let asked = tasks(&patient(), &[visit(2, 60), near.clone()], at(0));
        assert_eq!(
            asked,
            [Task::Confirm {
                visit: id,
                start: at(40)
            }]
        );
        let sure = near.confirm(Doer::Patient, at(0)).unwrap();
        assert!(tasks(&patient(), &[sure], at(0)).is_empty());
        assert!(tasks(&patient(), &[near], at(41)).is_empty());
    }

    #[test]
    fn a_lost_visit_asks_to_be_booked_again_until_it_is() {
        let staff = Doer::Staff(LoginId::from_bytes([1; 16]));
        let lost = visit(1, 50).cancel(staff, "", false, at(-2)).unwrap();
        let again = Task::BookAgain {
            service: lost.service,
            missed: false,
        };
        assert_eq!(
            tasks(&patient(), std::slice::from_ref(&lost), at(0)),
            [again]
        );
        assert!(tasks(&patient(), &[lost.clone(), visit(2, 90)], at(0)).is_empty());
        let own = visit(1, 50)
            .cancel(Doer::Patient, "", false, at(-2))
            .unwrap();
        assert!(tasks(&patient(), &[own], at(0)).is_empty());
        let missed = visit(3, -5).become_(Status::NoShow, staff, at(-4)).unwrap();
        let again = Task::BookAgain {
            service: missed.service,
            missed: true,
        };
        assert_eq!(
            tasks(&patient(), std::slice::from_ref(&missed), at(0)),
            [again]
        );
        assert!(tasks(&patient(), &[missed], at(24 * 31)).is_empty());
    }

    #[test]
    fn without_an_address_it_is_asked_for_last() {
        let mut p = patient();
        p.email = None;
        let asked = tasks(&p, &[visit(1, 3)], at(0));
        assert_eq!(asked.last(), Some(&Task::AddEmail));
        assert_eq!(asked.len(), 2);
    }
}
