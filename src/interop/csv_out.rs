//! Lists that leave the building: patients and visits as CSV.
//!
//! The headers are fixed words, so that scripts can rely on them and our own import reads them. A
//! cell that a spreadsheet would calculate gets an apostrophe in front. UTF-8 with its mark, which
//! spreadsheets need to show names rightly, and lines as RFC 4180 ends them.

use jiff::tz::TimeZone;

use crate::domain::appointment::Appointment;
use crate::domain::patient::{Patient, PatientState};
use crate::domain::person::{Address, Gender};
use crate::domain::practitioner::Practitioner;
use crate::domain::service::Service;

/// What tells a spreadsheet that the bytes are UTF-8.
const MARK: &str = "\u{feff}";

/// Headers of a list of patients.
pub const PATIENT_HEADERS: [&str; 17] = [
    "chart",
    "title",
    "given",
    "family",
    "birth",
    "gender",
    "phone",
    "phone2",
    "email",
    "address",
    "city",
    "region",
    "postcode",
    "country",
    "language",
    "state",
    "last seen",
];

/// Headers of a list of visits.
pub const VISIT_HEADERS: [&str; 13] = [
    "reference",
    "date",
    "time",
    "minutes",
    "state",
    "service",
    "practitioner",
    "chart",
    "family_name",
    "given_name",
    "birth_date",
    "late_cancellation",
    "cancel_reason",
];

/// Whether a spreadsheet would calculate a cell instead of showing it.
pub fn is_formula(cell: &str) -> bool {
    cell.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// A list that is being written.
struct Sheet(csv::Writer<Vec<u8>>);

impl Sheet {
    fn new(headers: &[&str]) -> Result<Self, csv::Error> {
        let writer = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .from_writer(MARK.as_bytes().to_vec());
        let mut sheet = Self(writer);
        sheet.row(headers.iter().map(|h| (*h).to_owned()))?;
        Ok(sheet)
    }

    fn row(&mut self, cells: impl Iterator<Item = String>) -> Result<(), csv::Error> {
        self.0.write_record(cells.map(|cell| {
            if is_formula(&cell) {
                format!("'{cell}")
            } else {
                cell
            }
        }))
    }

    fn finish(self) -> Result<Vec<u8>, csv::Error> {
        self.0.into_inner().map_err(|e| e.into_error().into())
    }
}

/// Any list: a head and rows.
///
/// # Errors
/// Only when memory cannot be written to.
pub fn file<const N: usize>(
    head: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> Result<Vec<u8>, csv::Error> {
    let mut sheet = Sheet::new(&head)?;
    for row in rows {
        sheet.row(row.into_iter())?;
    }
    sheet.finish()
}

/// A list of patients. Times are told in a zone.
///
/// # Errors
/// Only when memory cannot be written to.
pub fn patients<'a>(
    charts: impl IntoIterator<Item = &'a Patient>,
    zone: &TimeZone,
) -> Result<Vec<u8>, csv::Error> {
    let mut sheet = Sheet::new(&PATIENT_HEADERS)?;
    for chart in charts {
        let nowhere = Address::default();
        let (name, address) = (chart.name(), chart.address.as_ref().unwrap_or(&nowhere));
        let phone = |at: usize| chart.phones.get(at).cloned().unwrap_or_default();
        let seen = chart
            .seen_at
            .map(|at| zone.to_datetime(at).date().to_string());
        let cells = [
            chart.chart.to_string(),
            name.prefix.clone(),
            name.given.clone(),
            name.family.clone(),
            chart.birth_date.map(|d| d.to_string()).unwrap_or_default(),
            chart.gender.map_or("", gender).to_owned(),
            phone(0),
            phone(1),
            chart.email.as_ref().map_or("", |e| e.as_str()).to_owned(),
            address.lines.join(", "),
            address.city.clone(),
            address.region.clone(),
            address.postal_code.clone(),
            address.country.clone(),
            chart.language.clone().unwrap_or_default(),
            state(&chart.state).to_owned(),
            seen.unwrap_or_default(),
        ];
        sheet.row(cells.into_iter())?;
    }
    sheet.finish()
}

/// A visit with everyone and everything that it names.
#[derive(Clone, Copy, Debug)]
pub struct Visit<'a> {
    /// The visit.
    pub visit: &'a Appointment,
    /// For whom.
    pub patient: &'a Patient,
    /// With whom.
    pub practitioner: &'a Practitioner,
    /// What for.
    pub service: &'a Service,
}

/// A list of visits. Times are told in a zone. Notes are not in it.
///
/// # Errors
/// Only when memory cannot be written to.
pub fn visits<'a>(
    visits: impl IntoIterator<Item = Visit<'a>>,
    zone: &TimeZone,
) -> Result<Vec<u8>, csv::Error> {
    let rows = visits.into_iter().map(|visit| visit_row(visit, zone));
    file(VISIT_HEADERS, rows)
}

fn visit_row(line: Visit<'_>, zone: &TimeZone) -> [String; 13] {
    let Visit {
        visit,
        patient,
        practitioner,
        service,
    } = line;
    let local = zone.to_datetime(visit.start);
    let gone = visit.cancellation.as_ref();
    let born = patient.birth_date.map(|d| d.to_string());
    [
        visit.reference.clone(),
        local.date().to_string(),
        local.strftime("%H:%M").to_string(),
        visit.duration_min.to_string(),
        visit.status.code().to_owned(),
        service.name.clone(),
        practitioner.name.formal(),
        patient.chart.to_string(),
        patient.name().family.clone(),
        patient.name().given.clone(),
        born.unwrap_or_default(),
        gone.is_some_and(|c| c.late).to_string(),
        gone.map_or_else(String::new, |c| c.reason.clone()),
    ]
}

fn gender(gender: Gender) -> &'static str {
    match gender {
        Gender::Female => "female",
        Gender::Male => "male",
        Gender::Other => "other",
        Gender::Unknown => "unknown",
    }
}

fn state(state: &PatientState) -> &'static str {
    match state {
        PatientState::Active => "active",
        PatientState::Provisional => "provisional",
        PatientState::Archived { .. } => "archived",
        PatientState::Deceased { .. } => "deceased",
        PatientState::Merged { .. } => "merged",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::{Id, PatientId};
    use crate::domain::person::HumanName;
    use jiff::Timestamp;

    #[test]
    fn no_cell_is_calculated() {
        for wicked in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            let name = HumanName {
                given: wicked.to_owned(),
                family: "a\"b,c\nd".to_owned(),
                ..HumanName::default()
            };
            let id = PatientId::from_bytes([0; 16]);
            let chart = Patient::new(id, name, Timestamp::UNIX_EPOCH);
            let bytes = patients([&chart], &TimeZone::UTC).unwrap();
            let body = bytes.strip_prefix(MARK.as_bytes()).unwrap();
            let mut reader = csv::Reader::from_reader(body);
            assert_eq!(reader.headers().unwrap(), PATIENT_HEADERS.as_slice());
            let row = reader.records().next().unwrap().unwrap();
            assert_eq!(row[2], format!("'{wicked}"));
            assert_eq!(&row[3], "a\"b,c\nd");
            assert!(row.iter().all(|cell| !is_formula(cell)));
        }
    }
}
