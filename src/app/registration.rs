//! Charts are opened, changed, put away and taken back.

use data_encoding::BASE32_NOPAD;
use jiff::civil::Date;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::charts::{Alike, existing};
use super::notices::Pen;
use super::{Answer, Caller, Clinic, Failure};
use crate::domain::audit::Action;
use crate::domain::id::PatientId;
use crate::domain::notice::{NoticeKind, NoticeSubject};
use crate::domain::patient::{Patient, PatientState, likeness};
use crate::domain::person::{Address, Email, Gender, HumanName};
use crate::domain::policy::Permission;
use crate::domain::refusal::Refused;
use crate::domain::search;
use crate::store::table::{Rows, encode};
use crate::store::{notices, patients};

/// What staff write about a patient.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Details {
    /// The name in use.
    pub name: HumanName,
    /// Day of birth.
    pub birth_date: Option<Date>,
    /// Administrative gender.
    pub gender: Option<Gender>,
    /// Telephone numbers in E.164; the first is called first.
    pub phones: Vec<String>,
    /// Where mail goes.
    pub email: Option<Email>,
    /// Postal address.
    pub address: Option<Address>,
    /// BCP 47 tag of the language the person reads.
    pub language: Option<String>,
    /// What the front desk wants to remember.
    pub desk_note: String,
    /// Whether the person wants no reminders.
    pub no_reminders: bool,
}

impl Details {
    /// What is written about a patient now.
    pub fn of(patient: &Patient) -> Self {
        Self {
            name: patient.name().clone(),
            birth_date: patient.birth_date,
            gender: patient.gender,
            phones: patient.phones.clone(),
            email: patient.email.clone(),
            address: patient.address.clone(),
            language: patient.language.clone(),
            desk_note: patient.desk_note.clone(),
            no_reminders: !patient.reminders,
        }
    }

    /// A short word that differs whenever the details do: a form carries it along, so that what two
    /// people save at once is noticed.
    pub fn mark(&self) -> Result<String, Failure> {
        let digest = Sha256::digest(encode(self)?);
        let start: Vec<u8> = digest.into_iter().take(MARK_BYTES).collect();
        Ok(BASE32_NOPAD.encode(&start).to_lowercase())
    }

    /// A chart with these details instead of its own. Further names stay.
    fn put_on(&self, patient: &Patient) -> Patient {
        let mut next = patient.clone();
        match next.names.first_mut() {
            Some(name) => self.name.clone_into(name),
            None => next.names.push(self.name.clone()),
        }
        next.birth_date = self.birth_date;
        next.gender = self.gender;
        next.phones.clone_from(&self.phones);
        next.email.clone_from(&self.email);
        next.address.clone_from(&self.address);
        next.language.clone_from(&self.language);
        next.desk_note.clone_from(&self.desk_note);
        next.reminders = !self.no_reminders;
        next
    }

    fn is_enough(&self) -> bool {
        !self.name.is_empty() && (!self.phones.is_empty() || self.email.is_some())
    }
}

/// Bytes of a digest in a mark: enough that no two states of one chart meet.
const MARK_BYTES: usize = 10;

/// How a registration ended.
#[derive(Clone, Debug)]
pub enum Registered {
    /// The chart is open.
    Done(Box<Patient>),
    /// Nothing was saved: these may be the same person, the likeliest first.
    Alike(Vec<Alike>),
}

/// Opens a chart. A name and a phone or e-mail are enough. Unless `anyway`, nothing is saved while
/// a chart may be of the same person.
///
/// # Errors
/// [`Refused::NoContact`] without a name, or without phone and e-mail.
pub fn register(
    clinic: &Clinic,
    caller: &Caller,
    details: &Details,
    anyway: bool,
) -> Answer<Registered> {
    caller.must(Permission::ManagePatients)?;
    if !details.is_enough() {
        return Err(Refused::NoContact.into());
    }
    let new = Patient::new(clinic.new_id(), details.name.clone(), clinic.now());
    let new = details.put_on(&new);
    if !anyway {
        let alike = clinic.store.read(|rows| alike_in(rows, &new))?;
        if !alike.is_empty() {
            return Ok(Registered::Alike(alike));
        }
    }
    let cause = clinic.cause(caller, Action::PatientRegister);
    clinic.store.write(cause, move |tx| {
        let mut chart = new.clone();
        chart.chart = patients::next_chart(tx)?;
        tx.about(chart.id);
        tx.object(chart.id);
        tx.put(&chart)?;
        Ok(Registered::Done(Box::new(chart)))
    })
}

/// Charts that may be of the same person, the likeliest first.
pub(super) fn alike_in(rows: &dyn Rows, new: &Patient) -> Result<Vec<Alike>, Failure> {
    let mut candidates = Vec::new();
    // Whoever has the same name has every word of it, so the longest one is enough.
    let words = search::words(&new.name().full());
    if let Some(word) = words.iter().max_by_key(|w| w.len()) {
        candidates.extend(patients::with_word(rows, word)?);
    }
    for run in search::runs(new.name()) {
        candidates.extend(patients::with_word(rows, &run)?);
    }
    for phone in &new.phones {
        candidates.extend(patients::with_phone(rows, phone)?);
    }
    if let Some(email) = &new.email {
        candidates.extend(patients::with_email(rows, email)?);
    }
    let mut found: Vec<Alike> = Vec::new();
    for patient in candidates {
        let known = found.iter().any(|a| a.patient.id == patient.id);
        if patient.id == new.id || known {
            continue;
        }
        if let Some(why) = likeness(new, &patient) {
            found.push(Alike { patient, why });
        }
    }
    found.sort_by_key(|a| {
        (
            std::cmp::Reverse(a.why),
            std::cmp::Reverse(a.patient.seen_at),
        )
    });
    found.truncate(10);
    Ok(found)
}

/// Changes what is written about a patient. `seen` is the [`Details::mark`] of what was changed.
/// When the e-mail or a phone changes, the old address is told.
///
/// # Errors
/// [`Refused::ChartNotActive`] when the chart was merged away; [`Refused::Changed`] when somebody
/// else changed it since it was seen.
pub fn change(
    clinic: &Clinic,
    caller: &Caller,
    id: PatientId,
    seen: &str,
    details: &Details,
) -> Answer<Patient> {
    caller.must(Permission::ManagePatients)?;
    let seen = seen.to_owned();
    let (details, pen, notice_id) = (details.clone(), Pen::for_patient(clinic), clinic.new_id());
    let now = clinic.now();
    let cause = clinic.cause(caller, Action::PatientChange);
    clinic.store.write(cause, move |tx| {
        let before = existing(tx, id)?;
        if matches!(before.state, PatientState::Merged { .. }) {
            return Err(Refused::ChartNotActive.into());
        }
        if Details::of(&before).mark()? != seen {
            return Err(Refused::Changed.into());
        }
        let after = details.put_on(&before);
        tx.about(id);
        tx.object(id);
        tx.detail(changed_fields(&before, &after).join(" "));
        let same_address = match (&before.email, &after.email) {
            (Some(a), Some(b)) => a.folded() == b.folded(),
            (old, _) => old.is_none(),
        };
        tx.put(&after)?;
        pen.patient_changed(tx, &after)?;
        if !same_address || before.phones != after.phones {
            let subject = NoticeSubject::Patient(id);
            let kind = NoticeKind::ContactChanged;
            // To the chart as it was: the old address learns of it.
            if let Some(notice) = pen.to_patient(notice_id, kind, subject, &before, now) {
                notices::enqueue(tx, &notice)?;
            }
        }
        Ok(after)
    })
}

/// The names of the details that differ, for the log.
fn changed_fields(before: &Patient, after: &Patient) -> Vec<&'static str> {
    [
        ("name", before.names != after.names),
        ("birth-date", before.birth_date != after.birth_date),
        ("gender", before.gender != after.gender),
        ("phones", before.phones != after.phones),
        ("email", before.email != after.email),
        ("address", before.address != after.address),
        ("language", before.language != after.language),
        ("desk-note", before.desk_note != after.desk_note),
        ("reminders", before.reminders != after.reminders),
    ]
    .into_iter()
    .filter_map(|(name, differs)| differs.then_some(name))
    .collect()
}

/// Why a chart is put away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PutAway {
    /// The person comes no more, for this reason.
    Archived(String),
    /// The person has died, on that day if it is known.
    Deceased(Option<Date>),
}

/// Puts a chart away: no messages, no bookings. Visits ahead stay until someone cancels them.
///
/// # Errors
/// [`Refused::ChartNotActive`] when it is not in use.
pub fn put_away(clinic: &Clinic, caller: &Caller, id: PatientId, why: PutAway) -> Answer<Patient> {
    let state = match why {
        PutAway::Archived(reason) => PatientState::Archived { reason },
        PutAway::Deceased(on) => PatientState::Deceased { on },
    };
    become_(clinic, caller, id, state, Patient::is_active)
}

/// Takes a chart back that was put away.
///
/// # Errors
/// [`Refused::Changed`] when it is not put away.
pub fn take_back(clinic: &Clinic, caller: &Caller, id: PatientId) -> Answer<Patient> {
    let put_away = |p: &Patient| {
        matches!(
            p.state,
            PatientState::Archived { .. } | PatientState::Deceased { .. }
        )
    };
    become_(clinic, caller, id, PatientState::Active, put_away)
}

fn become_(
    clinic: &Clinic,
    caller: &Caller,
    id: PatientId,
    state: PatientState,
    from: fn(&Patient) -> bool,
) -> Answer<Patient> {
    caller.must(Permission::ManagePatients)?;
    let cause = clinic.cause(caller, Action::PatientArchive);
    clinic.store.write(cause, move |tx| {
        let mut chart = existing(tx, id)?;
        if !from(&chart) {
            return Err(if state == PatientState::Active {
                Refused::Changed.into()
            } else {
                Refused::ChartNotActive.into()
            });
        }
        chart.state = state.clone();
        tx.about(id);
        tx.object(id);
        tx.detail(match &chart.state {
            PatientState::Active => "taken back",
            PatientState::Deceased { .. } => "deceased",
            PatientState::Archived { .. }
            | PatientState::Provisional
            | PatientState::Merged { .. } => "archived",
        });
        tx.put(&chart)?;
        Ok(chart)
    })
}

#[cfg(test)]
mod tests;
