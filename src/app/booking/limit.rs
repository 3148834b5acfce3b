//! How many visits a patient may have ahead.

use jiff::Timestamp;

use super::super::{Answer, Caller, Clinic, Current};
use crate::domain::appointment::{Appointment, after};
use crate::domain::id::{AppointmentId, PatientId};
use crate::domain::patient::Patient;
use crate::domain::refusal::Refused;
use crate::domain::service::Service;
use crate::store::table::Rows;
use crate::store::{Failure, appointments, patients};

/// Whether a patient may have one more visit at a time: none of their own overlaps it, and they
/// have not as many ahead as the clinic allows. A pending patient may ask for one.
pub(super) fn may_have_one_more(
    rows: &dyn Rows,
    current: &Current,
    patient: PatientId,
    service: &Service,
    start: Timestamp,
    now: Timestamp,
    moving: Option<AppointmentId>,
) -> Answer<()> {
    let chart = patients::find(rows, patient)?.ok_or(Refused::NotFound)?;
    if !chart.can_be_reached() {
        return Err(Refused::ChartNotActive.into());
    }
    let end = after(start, i64::from(service.timing.duration_min));
    let mut ahead = ahead_of(rows, patient, now)?;
    ahead.retain(|v| Some(v.id) != moving);
    if ahead.iter().any(|v| v.start < end && start < v.end()) {
        return Err(Refused::OverlapsOwn.into());
    }
    match limit_reached(&chart, current, &ahead) {
        // A visit that is moved is no further one.
        Some(Refused::TooManyVisits) if moving.is_some() => Ok(()),
        Some(refused) => Err(refused.into()),
        None => Ok(()),
    }
}

/// The visits of a patient that are not over.
fn ahead_of(
    rows: &dyn Rows,
    patient: PatientId,
    now: Timestamp,
) -> Result<Vec<Appointment>, Failure> {
    let from = after(now, -appointments::LONGEST_MIN);
    let mut ahead = appointments::of_patient_from(rows, patient, from, 200)?;
    ahead.retain(|v| v.status.occupies() && v.end() > now);
    Ok(ahead)
}

/// Why there can be no further visit beside these, whatever its time.
fn limit_reached(chart: &Patient, current: &Current, ahead: &[Appointment]) -> Option<Refused> {
    let open = ahead.iter().filter(|v| v.status.is_open()).count();
    if !chart.is_active() && open > 0 {
        Some(Refused::OneRequestOnly)
    } else if open >= usize::from(current.settings.limits.upcoming_per_patient) {
        Some(Refused::TooManyVisits)
    } else {
        None
    }
}

/// Why the patient who asks can book no further visit, whatever its time; `None` while they can.
pub fn limit(clinic: &Clinic, caller: &Caller) -> Answer<Option<Refused>> {
    let (patient, now) = (caller.own_chart()?, clinic.now());
    clinic.store.read(|rows| {
        let chart = patients::find(rows, patient)?.ok_or(Refused::NotFound)?;
        let ahead = ahead_of(rows, patient, now)?;
        Ok(limit_reached(&chart, &clinic.current(), &ahead))
    })
}
