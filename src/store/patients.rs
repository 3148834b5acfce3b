//! Patients: by identifier, by name, by contact, and by what someone types.

use std::collections::{BTreeSet, HashMap};
use std::ops::ControlFlow;

use jiff::Timestamp;

use super::failure::Failure;
use super::key::{Key, last_id};
use super::row::{Entry, Row};
use super::schema::{
    ENCOUNTERS, ENCOUNTERS_BY_IDENTIFIER, ENCOUNTERS_BY_PATIENT, PATIENT_TERMS, PATIENTS,
    PATIENTS_BY_EMAIL, PATIENTS_BY_IDENTIFIER, PATIENTS_BY_NAME, PATIENTS_BY_PHONE,
};
use super::table::{Read, Rows, Table, decode};
use super::tx::Tx;
use crate::domain::encounter::Encounter;
use crate::domain::id::{EncounterId, PatientId};
use crate::domain::patient::{Patient, PatientState};
use crate::domain::person::{Email, Identifier};
use crate::domain::search;

impl Row for Patient {
    const TABLE: Table<Self> = PATIENTS;

    fn key(&self) -> Key {
        Key::of(self.id)
    }

    fn entries(&self) -> Result<Vec<Entry>, Failure> {
        let mut entries = Vec::new();
        for id in &self.identifiers {
            let key = Key::new().text(&id.system).text(&id.value).id(self.id);
            entries.push(Entry::of(&PATIENTS_BY_IDENTIFIER, key));
        }
        let seen = self.seen_at.map_or(0, Timestamp::as_second);
        // What is merged away is found through its other chart, to which its number leads; what is
        // only asked for, through its request.
        let (terms, chart) = match &self.state {
            PatientState::Provisional => return Ok(entries),
            PatientState::Merged { into } => (search::chart_terms(self), *into),
            PatientState::Active
            | PatientState::Archived { .. }
            | PatientState::Deceased { .. } => (search::index_terms(self), self.id),
        };
        for term in terms {
            let key = Key::new().text(&term).id(chart);
            entries.push(Entry::with(&PATIENT_TERMS, key, &seen)?);
        }
        if matches!(self.state, PatientState::Merged { .. }) {
            return Ok(entries);
        }
        entries.push(Entry::of(
            &PATIENTS_BY_NAME,
            Key::new().text(&search::sort_key(self)).id(self.id),
        ));
        if let Some(email) = &self.email {
            let key = Key::new().text(&email.folded()).id(self.id);
            entries.push(Entry::of(&PATIENTS_BY_EMAIL, key));
        }
        for phone in &self.phones {
            entries.push(Entry::of(
                &PATIENTS_BY_PHONE,
                Key::new().text(phone).id(self.id),
            ));
        }
        entries.sort();
        entries.dedup_by(|a, b| a.table == b.table && a.key == b.key);
        Ok(entries)
    }
}

impl Row for Encounter {
    const TABLE: Table<Self> = ENCOUNTERS;

    fn key(&self) -> Key {
        Key::of(self.id)
    }

    fn entries(&self) -> Result<Vec<Entry>, Failure> {
        let source = Key::new()
            .text(&self.identifier.system)
            .text(&self.identifier.value);
        Ok(vec![
            Entry::of(
                &ENCOUNTERS_BY_PATIENT,
                Key::of(self.patient).time(self.start).id(self.id),
            ),
            Entry::of(&ENCOUNTERS_BY_IDENTIFIER, source.id(self.id)),
        ])
    }
}

/// Makes the terms anew by which patients are found.
pub(super) fn rebuild_terms(tx: &mut Tx<'_>) -> Result<(), Failure> {
    let table = PATIENT_TERMS.name();
    let (mut old, mut new) = (Vec::new(), Vec::new());
    tx.walk(table, &[], None, false, &mut |(key, _)| {
        old.push(key.to_vec());
        Ok(ControlFlow::Continue(()))
    })?;
    tx.walk(PATIENTS.name(), &[], None, false, &mut |(_, value)| {
        let patient: Patient = decode(PATIENTS.name(), value)?;
        let entries = patient.entries()?.into_iter();
        new.extend(entries.filter(|entry| entry.table == table));
        Ok(ControlFlow::Continue(()))
    })?;
    for key in old {
        tx.remove_bytes(table, &key)?;
    }
    for entry in new {
        tx.put_bytes(table, entry.key.as_bytes(), &entry.value)?;
    }
    Ok(())
}

/// The number of the next chart.
pub fn next_chart(tx: &mut Tx<'_>) -> Result<u32, Failure> {
    let next = tx.next_number("chart")?;
    u32::try_from(next).map_err(|_| Failure::Other("there are no chart numbers left".to_owned()))
}

/// Whether there is any chart at all.
pub fn any(rows: &dyn Rows) -> Result<bool, Failure> {
    let first: Vec<Patient> = rows.rows_between(&PATIENTS, &Key::new(), None, 1)?;
    Ok(!first.is_empty())
}

/// A chart.
pub fn find(rows: &dyn Rows, id: PatientId) -> Result<Option<Patient>, Failure> {
    rows.find(&PATIENTS, &Key::of(id))
}

/// A chart, or the one that it was merged into.
pub fn follow(rows: &dyn Rows, id: PatientId) -> Result<Option<Patient>, Failure> {
    match find(rows, id)? {
        Some(Patient {
            state: PatientState::Merged { into },
            ..
        }) => find(rows, into),
        other => Ok(other),
    }
}

/// Charts with an e-mail address.
pub fn with_email(rows: &dyn Rows, email: &Email) -> Result<Vec<Patient>, Failure> {
    load(
        rows,
        rows.ids_under(&PATIENTS_BY_EMAIL, &Key::new().text(&email.folded()))?,
    )
}

/// Charts with a phone number in E.164.
pub fn with_phone(rows: &dyn Rows, phone: &str) -> Result<Vec<Patient>, Failure> {
    load(
        rows,
        rows.ids_under(&PATIENTS_BY_PHONE, &Key::new().text(phone))?,
    )
}

/// Charts that carry an identifier of another system.
pub fn with_identifier(rows: &dyn Rows, id: &Identifier) -> Result<Vec<Patient>, Failure> {
    let key = Key::new().text(&id.system).text(&id.value);
    load(rows, rows.ids_under(&PATIENTS_BY_IDENTIFIER, &key)?)
}

/// Charts whose name has a word, folded.
pub fn with_word(rows: &dyn Rows, word: &str) -> Result<Vec<Patient>, Failure> {
    load(
        rows,
        rows.ids_under(&PATIENT_TERMS_INDEX, &Key::new().text(word))?,
    )
}

/// The search terms as keys alone.
const PATIENT_TERMS_INDEX: super::table::Index = super::table::Index::new(PATIENT_TERMS.name());

/// Every chart but those merged away, by name, after a key (`None` for the start). At most `limit`.
pub fn by_name(
    rows: &dyn Rows,
    after: Option<&Patient>,
    limit: usize,
) -> Result<Vec<Patient>, Failure> {
    let from = match after {
        Some(p) => Key::new().text(&search::sort_key(p)).id(p.id).byte(0),
        None => Key::new(),
    };
    let mut ids = Vec::new();
    rows.keys_between(&PATIENTS_BY_NAME, &from, None, false, &mut |key| {
        ids.extend(last_id::<PatientId>(key));
        if ids.len() < limit {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    })?;
    load(rows, ids)
}

fn load(rows: &dyn Rows, ids: Vec<PatientId>) -> Result<Vec<Patient>, Failure> {
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        found.extend(find(rows, id)?);
    }
    Ok(found)
}

/// Patients who match every term of one of the readings: latest seen first, then by chart order. At
/// most `limit`.
pub fn search(
    rows: &dyn Rows,
    readings: &[Vec<String>],
    limit: usize,
) -> Result<Vec<Patient>, Failure> {
    let mut matches = HashMap::new();
    for terms in readings {
        matches.extend(matching(rows, terms)?);
    }
    let mut ranked = BTreeSet::new();
    for (id, seen) in matches {
        ranked.insert((std::cmp::Reverse(seen), id));
        if ranked.len() > limit {
            ranked.pop_last();
        }
    }
    load(rows, ranked.into_iter().map(|(_, id)| id).collect())
}

/// Whoever matches each of the terms, with when they were last seen.
fn matching(rows: &dyn Rows, terms: &[String]) -> Result<HashMap<PatientId, i64>, Failure> {
    let mut matches: Option<HashMap<PatientId, i64>> = None;
    // The longest term matches the fewest, so the others only have to be looked up in its matches.
    let mut terms: Vec<&String> = terms.iter().collect();
    terms.sort_by_key(|t| std::cmp::Reverse(t.len()));
    for term in terms {
        let prefix = Key::new().start_of_text(term);
        let to = prefix.after_prefix();
        let mut these = HashMap::new();
        let to = to.as_ref().map(Key::as_bytes);
        rows.walk(
            PATIENT_TERMS.name(),
            prefix.as_bytes(),
            to,
            false,
            &mut |(key, value)| {
                if let Some(id) = last_id::<PatientId>(key)
                    && matches.as_ref().is_none_or(|m| m.contains_key(&id))
                {
                    these.insert(id, decode(PATIENT_TERMS.name(), value)?);
                }
                Ok(ControlFlow::Continue(()))
            },
        )?;
        matches = Some(these);
    }
    Ok(matches.unwrap_or_default())
}

/// An imported encounter.
pub fn encounter(rows: &dyn Rows, id: EncounterId) -> Result<Option<Encounter>, Failure> {
    rows.find(&ENCOUNTERS, &Key::of(id))
}

/// Visits of a patient according to imported records, latest first.
pub fn encounters(rows: &dyn Rows, patient: PatientId) -> Result<Vec<Encounter>, Failure> {
    let ids = rows.ids_under(&ENCOUNTERS_BY_PATIENT, &Key::of(patient))?;
    let mut found = Vec::new();
    for id in ids.into_iter().rev() {
        let id: crate::domain::id::EncounterId = id;
        found.extend(rows.find(&ENCOUNTERS, &Key::of(id))?);
    }
    Ok(found)
}

/// The encounter that came from a record, if it was imported before.
pub fn encounter_of(rows: &dyn Rows, source: &Identifier) -> Result<Option<Encounter>, Failure> {
    let key = Key::new().text(&source.system).text(&source.value);
    let ids: Vec<crate::domain::id::EncounterId> =
        rows.ids_under(&ENCOUNTERS_BY_IDENTIFIER, &key)?;
    match ids.first() {
        Some(id) => rows.find(&ENCOUNTERS, &Key::of(*id)),
        None => Ok(None),
    }
}
