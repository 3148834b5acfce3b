//! The front desk's day: what waits, who comes, what the calendar shows.

mod board;
mod seen;
mod week;

use std::collections::HashMap;

use jiff::Timestamp;

use super::booking::doer;
use super::{Answer, Caller, Clinic, Failure};
use crate::domain::appointment::{Appointment, Status};
use crate::domain::audit::Action;
use crate::domain::id::{AppointmentId, PatientId, ServiceId};
use crate::domain::patient::Patient;
use crate::domain::policy::Permission;
use crate::domain::practitioner::Practitioner;
use crate::domain::refusal::Refused;
use crate::domain::service::Service;
use crate::store::table::Rows;
use crate::store::{Tx, appointments, hours, notices, patients, requests};

pub use board::{AskBirth, Board, Summary, Ticket, day, waiting_min};
pub use seen::{Seen, visit};
pub use week::{Chip, Column, Span, Week, week};

/// What waits for someone, as the rail counts it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Requests for visits and of persons not known here.
    pub requests: u32,
    /// Messages that someone should look at.
    pub failed: u32,
}

/// What waits for someone.
pub fn waiting(clinic: &Clinic, caller: &Caller) -> Answer<Waiting> {
    caller.must(Permission::ViewSchedule)?;
    clinic.store.read(|rows| {
        let strangers = requests::open(rows)?;
        let mut visits = appointments::count_pending(rows)?;
        // A stranger's visit is part of the stranger's request.
        for stranger in &strangers {
            let theirs = appointments::all_of_patient(rows, stranger.chart)?;
            let theirs = theirs.iter().filter(|v| v.status == Status::Pending);
            visits = visits.saturating_sub(theirs.count());
        }
        let requests = u32::try_from(visits + strangers.len()).unwrap_or(u32::MAX);
        let failed = u32::try_from(notices::count_failed(rows)?).unwrap_or(u32::MAX);
        Ok(Waiting { requests, failed })
    })
}

/// One step on in the day, or back after a wrong click. Saying the same twice is saying it once.
pub fn advance(
    clinic: &Clinic,
    caller: &Caller,
    id: AppointmentId,
    to: Status,
) -> Answer<Appointment> {
    caller.must(Permission::ManageVisits)?;
    let (now, by) = (clinic.now(), doer(caller));
    clinic
        .store
        .write(clinic.cause(caller, Action::Advance), move |tx| {
            let visit = appointments::find(tx, id)?.ok_or(Refused::NotFound)?;
            if visit.status == to {
                return Ok(visit);
            }
            let next = visit.become_(to, by, now)?;
            tx.detail(to.code());
            appointments::put(tx, &next)?;
            if matches!(to, Status::Arrived | Status::Fulfilled) {
                was_seen(tx, next.patient, now.min(next.end()))?;
            }
            Ok(next)
        })
}

/// Remembers when a patient was last here: the order in which search finds them.
fn was_seen(tx: &mut Tx<'_>, patient: PatientId, at: Timestamp) -> Result<(), Failure> {
    if let Some(mut patient) = patients::follow(tx, patient)?
        && patient.seen_at.is_none_or(|seen| seen < at)
    {
        patient.seen_at = Some(at);
        tx.put(&patient)?;
    }
    Ok(())
}

/// What visits point to, each read once.
struct Named<'r> {
    rows: &'r dyn Rows,
    patients: HashMap<PatientId, Option<Patient>>,
    services: HashMap<ServiceId, Service>,
}

impl<'r> Named<'r> {
    fn new(rows: &'r dyn Rows) -> Result<Self, Failure> {
        let services = hours::services(rows)?;
        Ok(Self {
            rows,
            patients: HashMap::new(),
            services: services.into_iter().map(|s| (s.id, s)).collect(),
        })
    }

    fn patient(&mut self, id: PatientId) -> Result<Option<&Patient>, Failure> {
        if !self.patients.contains_key(&id) {
            let found = patients::follow(self.rows, id)?;
            self.patients.insert(id, found);
        }
        Ok(self.patients.get(&id).and_then(Option::as_ref))
    }

    fn service(&self, id: ServiceId) -> &str {
        self.services.get(&id).map_or("", |s| s.name.as_str())
    }
}

/// Those whose days are shown: everyone who can be booked, or one.
fn shown(
    rows: &dyn Rows,
    only: Option<crate::domain::id::PractitionerId>,
) -> Result<(Vec<Practitioner>, Vec<Practitioner>), Failure> {
    let all: Vec<Practitioner> = hours::practitioners(rows)?
        .into_iter()
        .filter(|p| p.active)
        .collect();
    let some = all
        .iter()
        .filter(|p| only.is_none_or(|o| o == p.id))
        .cloned()
        .collect();
    Ok((all, some))
}
