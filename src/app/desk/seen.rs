//! One visit as the desk sees it: with the patient, the messages about it, and who did what.

use super::super::booking::{self, Detailed};
use super::super::{Answer, Caller, Clinic};
use crate::domain::appointment::Doer;
use crate::domain::id::{AppointmentId, LoginId};
use crate::domain::notice::Notice;
use crate::domain::patient::Patient;
use crate::domain::policy::Permission;
use crate::domain::refusal::Refused;
use crate::store::{access, appointments, notices, patients};

/// A visit with all that belongs to it.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The visit, what it is for, and with whom.
    pub detailed: Detailed,
    /// The chart in use.
    pub patient: Patient,
    /// Messages about the visit, oldest first.
    pub notices: Vec<Notice>,
    /// The names of those who work here and did something to it.
    pub people: Vec<(LoginId, String)>,
}

/// A visit with all that belongs to it.
pub fn visit(clinic: &Clinic, caller: &Caller, id: AppointmentId) -> Answer<Seen> {
    caller.must(Permission::ViewSchedule)?;
    clinic.store.read(|rows| {
        let visit = appointments::find(rows, id)?.ok_or(Refused::NotFound)?;
        let patient = patients::follow(rows, visit.patient)?.ok_or(Refused::NotFound)?;
        let notices = notices::of_visit(rows, id)?;
        let mut people: Vec<(LoginId, String)> = Vec::new();
        for event in &visit.history {
            if let Doer::Staff(login) = event.by
                && !people.iter().any(|(known, _)| *known == login)
            {
                let name = access::login(rows, login)?.map(|l| l.name);
                people.push((login, name.unwrap_or_default()));
            }
        }
        Ok(Seen {
            detailed: booking::detail(rows, visit)?,
            patient,
            notices,
            people,
        })
    })
}
