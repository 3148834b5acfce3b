//! Two charts of one person become one, and can be parted again.

use jiff::Timestamp;

use super::charts::existing;
use super::{Answer, Caller, Clinic, Failure};
use crate::domain::account::LoginState;
use crate::domain::audit::Action;
use crate::domain::id::{MergeId, PatientId, RequestId};
use crate::domain::merge::{Choices, MergeRecord, combine, part};
use crate::domain::patient::{Patient, PatientState};
use crate::domain::policy::Permission;
use crate::domain::refusal::Refused;
use crate::domain::request::RequestState;
use crate::store::table::Rows;
use crate::store::{Change, Tx, access, appointments, merges, notices, patients, requests};

/// What a merge would do.
#[derive(Clone, Debug)]
pub struct Preview {
    /// The chart that stays.
    pub stays: Patient,
    /// The chart that goes.
    pub goes: Patient,
    /// Visits that would move over.
    pub visits: usize,
    /// Imported encounters that would move over.
    pub encounters: usize,
    /// Messages that would move over.
    pub messages: usize,
    /// Whether an access would move over.
    pub login_moves: bool,
    /// Whether an access would be closed, because both have one.
    pub login_closes: bool,
}

/// What a merge would do, before it is done.
///
/// # Errors
/// [`Refused::ChartNotActive`] when one of them was merged away already or they are the same.
pub fn preview(
    clinic: &Clinic,
    caller: &Caller,
    stays: PatientId,
    goes: PatientId,
) -> Answer<Preview> {
    caller.must(Permission::MergePatients)?;
    clinic.store.read(|rows| {
        let (stays, goes) = (mergeable(rows, stays)?, mergeable(rows, goes)?);
        if stays.id == goes.id {
            return Err(Refused::ChartNotActive.into());
        }
        let theirs = access::login_of_patient(rows, goes.id)?;
        let ours = access::login_of_patient(rows, stays.id)?;
        Ok(Preview {
            visits: appointments::all_of_patient(rows, goes.id)?.len(),
            encounters: patients::encounters(rows, goes.id)?.len(),
            messages: notices::of_patient(rows, goes.id)?.len(),
            login_moves: theirs.is_some() && ours.is_none(),
            login_closes: theirs.is_some() && ours.is_some(),
            stays,
            goes,
        })
    })
}

fn mergeable(rows: &dyn Rows, id: PatientId) -> Answer<Patient> {
    let patient = existing(rows, id)?;
    if matches!(patient.state, PatientState::Merged { .. }) {
        return Err(Refused::ChartNotActive.into());
    }
    Ok(patient)
}

/// Makes two charts one. The chart that goes becomes a pointer to the one that stays.
///
/// # Errors
/// [`Refused::ChartNotActive`] when one of them was merged away already or they are the same.
pub fn merge(
    clinic: &Clinic,
    caller: &Caller,
    stays: PatientId,
    goes: PatientId,
    choices: Choices,
) -> Answer<MergeRecord> {
    caller.must(Permission::MergePatients)?;
    let mut doing = Merging::new(clinic);
    doing.choices = choices;
    let cause = clinic.cause(caller, Action::PatientMerge);
    clinic.store.write(cause, move |tx| {
        let (stays, goes) = (mergeable(tx, stays)?, mergeable(tx, goes)?);
        tx.object(stays.id);
        doing.run(tx, &stays, &goes)
    })
}

/// What a merge needs beside the two charts; drawn before the command.
#[derive(Clone, Copy, Debug)]
pub(super) struct Merging {
    pub(super) id: MergeId,
    pub(super) at: Timestamp,
    pub(super) choices: Choices,
    pub(super) request: Option<RequestId>,
}

impl Merging {
    pub(super) fn new(clinic: &Clinic) -> Self {
        Self {
            id: clinic.new_id(),
            at: clinic.now(),
            choices: Choices::default(),
            request: None,
        }
    }

    /// Moves everything over and leaves a pointer.
    pub(super) fn run(
        self,
        tx: &mut Tx<'_>,
        stays: &Patient,
        goes: &Patient,
    ) -> Answer<MergeRecord> {
        if stays.id == goes.id {
            return Err(Refused::ChartNotActive.into());
        }
        let mut record = MergeRecord {
            id: self.id,
            stayed: stays.clone(),
            combined: combine(stays, goes, self.choices),
            went: goes.clone(),
            visits: Vec::new(),
            encounters: Vec::new(),
            notices: Vec::new(),
            login: None,
            closed: None,
            pointers: Vec::new(),
            request: self.request,
            at: self.at,
        };
        for visit in appointments::all_of_patient(tx, goes.id)? {
            record.visits.push(visit.id);
        }
        for encounter in patients::encounters(tx, goes.id)? {
            record.encounters.push(encounter.id);
        }
        for notice in notices::of_patient(tx, goes.id)? {
            record.notices.push(notice.id);
        }
        hand_over(tx, &record, goes.id, stays.id)?;
        if let Some(mut login) = access::login_of_patient(tx, goes.id)? {
            let before = (login.id, login.state);
            if access::login_of_patient(tx, stays.id)?.is_some() {
                // One person, one access: two would have to be watched and closed one by one.
                login.state = LoginState::Disabled;
                record.closed = Some(before);
            } else {
                login.patient = Some(stays.id);
                if login.state == LoginState::Pending {
                    login.state = LoginState::Active;
                }
                record.login = Some(before);
            }
            tx.put(&login)?;
        }
        for earlier in merges::into_chart(tx, goes.id)? {
            record.pointers.push(earlier.went.id);
            record.pointers.extend(earlier.pointers);
        }
        for pointer in &record.pointers {
            point(tx, *pointer, stays.id)?;
        }
        point(tx, goes.id, stays.id)?;
        tx.put(&record.combined)?;
        tx.put(&record)?;
        note(tx, &record);
        Ok(record)
    }
}

/// Everything of a record that belongs to one chart belongs to another.
fn hand_over(
    tx: &mut Tx<'_>,
    record: &MergeRecord,
    from: PatientId,
    to: PatientId,
) -> Result<(), Failure> {
    for id in &record.visits {
        if let Some(mut visit) = appointments::find(tx, *id)?.filter(|v| v.patient == from) {
            visit.patient = to;
            tx.put(&visit)?;
        }
    }
    for id in &record.encounters {
        if let Some(mut encounter) = patients::encounter(tx, *id)?.filter(|e| e.patient == from) {
            encounter.patient = to;
            tx.put(&encounter)?;
        }
    }
    for id in &record.notices {
        if let Some(mut notice) = notices::find(tx, *id)?.filter(|n| n.patient == Some(from)) {
            notice.patient = Some(to);
            tx.put(&notice)?;
        }
    }
    Ok(())
}

fn point(tx: &mut Tx<'_>, from: PatientId, into: PatientId) -> Result<(), Failure> {
    if let Some(mut chart) = patients::find(tx, from)? {
        chart.state = PatientState::Merged { into };
        tx.put(&chart)?;
    }
    Ok(())
}

fn note(tx: &mut Tx<'_>, record: &MergeRecord) {
    tx.about(record.stayed.id);
    tx.about(record.went.id);
    tx.changed(Change::Visits);
    tx.changed(Change::Outbox);
}

/// Parts the chart that was last merged into this one again. What moved over goes back; what was
/// written since stays where it is.
///
/// # Errors
/// [`Refused::TooLateToUndo`] when nothing was merged into it, or it was itself merged away.
pub fn part_again(clinic: &Clinic, caller: &Caller, stays: PatientId) -> Answer<MergeRecord> {
    caller.must(Permission::MergePatients)?;
    let cause = clinic.cause(caller, Action::PatientMerge);
    clinic.store.write(cause, move |tx| {
        let chart = existing(tx, stays)?;
        if matches!(chart.state, PatientState::Merged { .. }) {
            return Err(Refused::TooLateToUndo.into());
        }
        let record = merges::into_chart(tx, stays)?.pop();
        let record = record.ok_or(Refused::TooLateToUndo)?;
        let went = record.went.id;
        hand_over(tx, &record, stays, went)?;
        if let Some((id, state)) = record.login
            && let Some(mut login) = access::login(tx, id)?.filter(|l| l.patient == Some(stays))
        {
            login.patient = Some(went);
            // Closed meanwhile stays closed.
            if login.state == LoginState::Active {
                login.state = state;
            }
            tx.put(&login)?;
        }
        if let Some((id, state)) = record.closed
            && let Some(mut login) = access::login(tx, id)?.filter(|l| l.patient == Some(went))
        {
            login.state = state;
            tx.put(&login)?;
        }
        for pointer in &record.pointers {
            point(tx, *pointer, went)?;
        }
        tx.put(&record.went)?;
        tx.put(&part(&chart, &record))?;
        if let Some(request) = record.request
            && let Some(mut request) = requests::find(tx, request)?
        {
            request.state = RequestState::Open;
            requests::put(tx, &request)?;
        }
        merges::remove(tx, &record)?;
        tx.object(stays);
        tx.detail("parted");
        note(tx, &record);
        Ok(record)
    })
}

#[cfg(test)]
mod tests;
