//! Finding a patient while the desk types.

use jiff::civil::Date;

use super::{Answer, Caller, Clinic};
use crate::domain::id::{PatientId, ServiceId};
use crate::domain::patient::Patient;
use crate::domain::policy::Permission;
use crate::domain::refusal::Refused;
use crate::domain::search::{self, Dialling};
use crate::store::{appointments, patients};
use crate::text::{Text, phone};

/// How many are found at once.
const HITS: usize = 20;
/// How many digits of a phone number tell two people apart.
const PHONE_END: usize = 4;

/// A patient who matches what was typed, with what tells them from another of that name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Which patient.
    pub id: PatientId,
    /// "Haddad, Amira"
    pub name: String,
    /// Day of birth, where it is known.
    pub birth_date: Option<Date>,
    /// The last digits of the phone number, where one is known.
    pub phone_end: Option<String>,
    /// The number of the chart.
    pub chart: u32,
    /// Whether the chart is in use, so that visits can be booked.
    pub active: bool,
}

impl Hit {
    fn of(patient: &Patient) -> Self {
        let end = |phone: &str| {
            let from = phone.len().saturating_sub(PHONE_END);
            phone.get(from..).unwrap_or(phone).to_owned()
        };
        Self {
            id: patient.id,
            name: patient.name().sorted(),
            birth_date: patient.birth_date,
            phone_end: patient.phone().map(end),
            chart: patient.chart,
            active: patient.is_active(),
        }
    }
}

/// Patients who match everything typed, latest seen first. At most 20. A month may be typed in the
/// words of `text`.
pub fn search(clinic: &Clinic, caller: &Caller, text: Text, typed: &str) -> Answer<Vec<Hit>> {
    caller.must(Permission::ViewPatients)?;
    let readings = readings(clinic, text, typed);
    let found = clinic
        .store
        .read(|rows| patients::search(rows, &readings, HITS))?;
    Ok(found.iter().map(Hit::of).collect())
}

/// What somebody who reads `text` may mean by what they typed.
pub(super) fn readings(clinic: &Clinic, text: Text, typed: &str) -> Vec<Vec<String>> {
    let home = phone::dialling(&clinic.current().settings.profile.country);
    let at_home = home
        .as_ref()
        .map(|(prefix, code)| Dialling { prefix, code });
    search::readings(typed, &|word| text.month_from(word), at_home)
}

/// A patient who was chosen, with the service of their last visit.
pub fn chosen(clinic: &Clinic, caller: &Caller, id: PatientId) -> Answer<(Hit, Option<ServiceId>)> {
    caller.must(Permission::ViewPatients)?;
    let now = clinic.now();
    clinic.store.read(|rows| {
        let patient = patients::follow(rows, id)?.ok_or(Refused::NotFound)?;
        let last = appointments::of_patient_before(rows, patient.id, now, 1)?;
        Ok((Hit::of(&patient), last.first().map(|v| v.service)))
    })
}
