//! Lists taken out of the building. Each leaves a line in the log that names every patient in it.

use super::{Answer, Caller, Clinic, Failure};
use crate::domain::appointment::Appointment;
use crate::domain::audit::Action;
use crate::domain::id::PatientId;
use crate::domain::patient::Patient;
use crate::domain::policy::Permission;
use crate::domain::practitioner::Practitioner;
use crate::domain::service::Service;
use crate::store::table::Read as _;
use crate::store::{hours, patients};

/// A visit with everything that a list says about it.
#[derive(Clone, Debug)]
pub struct VisitLine {
    /// The visit.
    pub visit: Appointment,
    /// Who comes.
    pub patient: Patient,
    /// What for.
    pub service: Service,
    /// With whom.
    pub practitioner: Practitioner,
}

/// Every chart but those merged away, by name.
pub fn take_patients(clinic: &Clinic, caller: &Caller) -> Answer<Vec<Patient>> {
    caller.must(Permission::Export)?;
    let all = clinic
        .store
        .read(|rows| patients::by_name(rows, None, usize::MAX))?;
    write_down(clinic, caller, "patients", all.iter().map(|p| p.id))?;
    Ok(all)
}

/// Every visit, cancelled ones included, by the time of its booking.
pub fn take_visits(clinic: &Clinic, caller: &Caller) -> Answer<Vec<VisitLine>> {
    caller.must(Permission::Export)?;
    let lines = clinic.store.read(|rows| {
        let services = hours::services(rows)?;
        let practitioners = hours::practitioners(rows)?;
        let mut lines = Vec::new();
        for visit in rows.all(&crate::store::schema::APPOINTMENTS)? {
            let visit: Appointment = visit;
            let service = services.iter().find(|s| s.id == visit.service);
            let practitioner = practitioners.iter().find(|p| p.id == visit.practitioner);
            let patient = patients::follow(rows, visit.patient)?;
            if let (Some(patient), Some(service), Some(practitioner)) =
                (patient, service, practitioner)
            {
                lines.push(VisitLine {
                    visit,
                    patient,
                    service: service.clone(),
                    practitioner: practitioner.clone(),
                });
            }
        }
        Ok::<_, Failure>(lines)
    })?;
    write_down(clinic, caller, "visits", lines.iter().map(|l| l.patient.id))?;
    Ok(lines)
}

/// The list leaves only after the log says so.
fn write_down(
    clinic: &Clinic,
    caller: &Caller,
    what: &'static str,
    patients: impl Iterator<Item = PatientId>,
) -> Answer<()> {
    let mut about: Vec<PatientId> = patients.collect();
    about.sort();
    about.dedup();
    let cause = clinic.cause(caller, Action::Export);
    clinic.store.write(cause, move |tx| {
        for patient in &about {
            tx.about(*patient);
        }
        tx.object(what);
        Ok(())
    })
}
