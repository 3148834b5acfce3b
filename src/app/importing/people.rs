//! Taking over a list of people: row by row, each told by its number in the old system, else by
//! name and birth date, else by name and contact.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::chart::{self, Differs};
use super::desk::end_of_merges;
use super::gather::{Fate, Gathered};
use super::record::PatientRecord;
use super::{Count, new_ids};
use crate::app::{Answer, Caller, Clinic, Failure};
use crate::domain::audit::Action;
use crate::domain::id::PatientId;
use crate::domain::patient::Patient;
use crate::domain::person::HumanName;
use crate::domain::policy::Permission;
use crate::domain::search;
use crate::store::patients;
use crate::store::table::Rows;

/// Rows in one command, so that others who write need not wait long.
const AT_ONCE: usize = 256;

/// Why a row is not taken, although it can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyNot {
    /// There is a name and nothing that tells its bearer from another.
    OnlyAName,
    /// The number belongs to someone with another name and birth date.
    OtherPerson {
        /// Whose.
        chart: u32,
    },
    /// More than one chart fits.
    TwoCharts,
}

impl fmt::Display for WhyNot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OnlyAName => f.write_str(
                "a name alone is not enough: add a birth date, a phone, an e-mail or a number",
            ),
            Self::OtherPerson { chart } => write!(
                f,
                "chart {chart} has this number, but another name and birth date"
            ),
            Self::TwoCharts => f.write_str("more than one chart fits; merge them first"),
        }
    }
}

/// What became of the rows of a list. `line`s are those of the file, counted from 1.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roll {
    /// People.
    pub patients: Count,
    /// Rows that were not taken: line and reason.
    pub refused: Vec<(u64, String)>,
    /// Rows that say something otherwise than their chart: line and what.
    pub remarks: Vec<(u64, String)>,
}

/// Takes over people. With `dry_run` nothing is written, and the answer is what would have been.
/// Each record comes with its line in the file.
///
/// # Errors
/// Refused as not found when the caller may not manage patients; failed when the store fails. What
/// was taken before stays, and taking the list again finishes it.
pub fn take_people(
    clinic: &Clinic,
    caller: &Caller,
    people: &[(u64, PatientRecord)],
    dry_run: bool,
    progress: &dyn Fn(usize),
) -> Answer<Roll> {
    caller.must(Permission::ManagePatients)?;
    let mut roll = Roll::default();
    if dry_run {
        // All at once: what an earlier row would have made must be seen by a later one.
        let rows = Rowbook::new(clinic, people);
        roll.join(clinic.store.read(|r| rows.decide(r))?.0);
        return Ok(roll);
    }
    for (done, part) in people.chunks(AT_ONCE).enumerate() {
        progress(done * AT_ONCE);
        let rows = Rowbook::new(clinic, part);
        let cause = clinic.cause(caller, Action::Import);
        let part = clinic.store.write(cause, move |tx| {
            let (part, charts) = rows.decide(tx)?;
            let mut about = BTreeSet::new();
            for (row, fate) in charts.rows() {
                match fate {
                    Fate::Unchanged => continue,
                    Fate::Updated => tx.put(row)?,
                    Fate::Created => {
                        let chart = patients::next_chart(tx)?;
                        tx.put(&Patient {
                            chart,
                            ..row.clone()
                        })?;
                    }
                }
                about.insert(row.id);
            }
            for patient in about {
                tx.about(patient);
            }
            tx.object("csv");
            let count = part.patients;
            tx.detail(format!("patients +{} ~{}", count.created, count.updated));
            Ok(part)
        })?;
        roll.join(part);
    }
    progress(people.len());
    Ok(roll)
}

impl Roll {
    fn join(&mut self, other: Self) {
        self.patients.join(other.patients);
        self.refused.extend(other.refused);
        self.remarks.extend(other.remarks);
    }
}

/// The words of a name, in any order, and the birth date in days: what tells people apart who have
/// no number.
type Face = (Vec<String>, Option<jiff::civil::Date>);

fn face(name: &HumanName, born: Option<jiff::civil::Date>) -> Face {
    let mut words = search::words(&name.full());
    words.sort();
    (words, born)
}

struct Rowbook {
    people: Arc<[(u64, PatientRecord)]>,
    ids: Vec<PatientId>,
    now: jiff::Timestamp,
    home: String,
}

struct Charts {
    held: Gathered<Patient>,
    faces: HashMap<Face, Vec<Patient>>,
}

impl Rowbook {
    fn new(clinic: &Clinic, people: &[(u64, PatientRecord)]) -> Self {
        Self {
            people: people.into(),
            ids: new_ids(clinic, people),
            now: clinic.now(),
            home: clinic.current().settings.profile.country.clone(),
        }
    }

    fn decide(&self, rows: &dyn Rows) -> Result<(Roll, Gathered<Patient>), Failure> {
        let mut roll = Roll::default();
        let mut charts = Charts {
            held: Gathered::new(),
            faces: HashMap::new(),
        };
        for ((line, record), id) in self.people.iter().zip(&self.ids) {
            let known = match charts.known(rows, record)? {
                Ok(known) => known,
                Err(why) => {
                    roll.refused.push((*line, why.to_string()));
                    continue;
                }
            };
            let before = known.clone();
            let mut row = known.unwrap_or_else(|| Patient {
                names: Vec::new(),
                ..Patient::new(*id, HumanName::default(), self.now)
            });
            let differs = chart::fill(&mut row, record, before.is_none(), &self.home, "");
            if !differs.is_empty() && row.chart > 0 {
                let what: Vec<&str> = differs.into_iter().map(Differs::noun).collect();
                let what = what.join(", ");
                let chart = row.chart;
                roll.remarks.push((
                    *line,
                    format!("chart {chart} has another {what}; it was kept"),
                ));
            }
            let fate = match &before {
                None => Fate::Created,
                Some(before) if *before == row => Fate::Unchanged,
                Some(_) => Fate::Updated,
            };
            roll.patients.add(fate);
            charts.hold(before, row);
        }
        Ok((roll, charts.held))
    }
}

impl Charts {
    fn hold(&mut self, before: Option<Patient>, row: Patient) {
        let identifiers = row.identifiers.clone();
        let faces = self
            .faces
            .entry(face(row.name(), row.birth_date))
            .or_default();
        faces.retain(|p| p.id != row.id);
        faces.push(row.clone());
        self.held.hold(before, row, &identifiers);
    }

    fn known(
        &self,
        rows: &dyn Rows,
        record: &PatientRecord,
    ) -> Result<Result<Option<Patient>, WhyNot>, Failure> {
        if let Some(number) = record.telling().next() {
            let mut found = Vec::new();
            if let Some(held) = self.held.with(number) {
                found.push(held.clone());
            } else {
                for chart in patients::with_identifier(rows, number)? {
                    found.extend(end_of_merges(rows, Some(chart))?);
                }
            }
            if let Some(known) = self.only(found) {
                return Ok(match known {
                    Ok(chart) if record.contradicts(&chart) => {
                        Err(WhyNot::OtherPerson { chart: chart.chart })
                    }
                    other => other.map(Some),
                });
            }
        }
        let mut found = self.alike(rows, record)?;
        // Another number of the same system is another person.
        found.retain(|chart| {
            record.telling().all(|ours| {
                let theirs = chart.identifiers.iter().find(|i| i.system == ours.system);
                theirs.is_none_or(|i| i == ours)
            })
        });
        let told = record.birth_date.is_some() || record.telling().next().is_some();
        if !told && record.phones.is_empty() && record.email.is_none() {
            return Ok(Err(WhyNot::OnlyAName));
        }
        Ok(self.only(found).transpose())
    }

    /// The one chart among these, as it is going to be; `None` when there is none.
    fn only(&self, found: Vec<Patient>) -> Option<Result<Patient, WhyNot>> {
        let mut found = found.into_iter();
        let first = found.next()?;
        if found.any(|other| other.id != first.id) {
            return Some(Err(WhyNot::TwoCharts));
        }
        Some(Ok(self.held.current(first)))
    }

    /// Charts with the same name and birth date; without a birth date, with the same name and a
    /// contact in common.
    fn alike(&self, rows: &dyn Rows, record: &PatientRecord) -> Result<Vec<Patient>, Failure> {
        let Some(name) = record.names.first() else {
            return Ok(Vec::new());
        };
        let wanted = face(name, record.birth_date);
        let mut found = self.faces.get(&wanted).cloned().unwrap_or_default();
        if let Some(longest) = wanted.0.iter().max_by_key(|w| w.len()) {
            let known = patients::with_word(rows, longest)?;
            found.extend(
                known
                    .into_iter()
                    .map(|chart| self.held.current(chart))
                    .filter(|chart| face(chart.name(), chart.birth_date) == wanted),
            );
        }
        if record.birth_date.is_none() {
            found.retain(|chart| {
                let mail = record
                    .email
                    .as_ref()
                    .map(crate::domain::person::Email::folded);
                let same_mail = mail.is_some()
                    && mail
                        == chart
                            .email
                            .as_ref()
                            .map(crate::domain::person::Email::folded);
                same_mail || record.phones.iter().any(|p| calls(chart, p))
            });
        }
        Ok(found)
    }
}

/// Whether a chart has a number, however it is written.
fn calls(chart: &Patient, written: &str) -> bool {
    let digits = |text: &str| -> String { text.chars().filter(char::is_ascii_digit).collect() };
    let wanted = digits(written);
    let wanted = wanted.trim_start_matches('0');
    chart
        .phones
        .iter()
        .any(|p| p == written || (wanted.len() > 5 && digits(p).ends_with(wanted)))
}
