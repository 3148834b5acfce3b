//! Messages that leave the building.

use std::ops::ControlFlow;

use jiff::Timestamp;

use super::failure::Failure;
use super::key::{Key, last_id};
use super::row::{Entry, Row};
use super::schema::{
    NOTICES, NOTICES_BY_PATIENT, NOTICES_BY_STATE, NOTICES_BY_VISIT, NOTICES_DUE, NOTICES_UNIQUE,
};
use super::table::{Read, Rows, Table};
use super::tx::{Change, Tx};
use crate::domain::id::{AppointmentId, Id, NoticeId, PatientId};
use crate::domain::notice::{Notice, NoticeState, NoticeSubject};

impl Row for Notice {
    const TABLE: Table<Self> = NOTICES;

    fn key(&self) -> Key {
        Key::of(self.id)
    }

    fn entries(&self) -> Result<Vec<Entry>, Failure> {
        let unique = Key::new().text(&self.unique_key());
        let mut entries = vec![Entry::with(&NOTICES_UNIQUE, unique, &self.id.bytes())?];
        if self.state.is_waiting() {
            entries.push(Entry::of(
                &NOTICES_DUE,
                Key::new().time(self.next_at).id(self.id),
            ));
        } else {
            entries.push(Entry::of(
                &NOTICES_BY_STATE,
                Key::new().text(self.state.code()).id(self.id),
            ));
        }
        if let Some(patient) = self.patient {
            let key = Key::of(patient).time(self.created_at).id(self.id);
            entries.push(Entry::of(&NOTICES_BY_PATIENT, key));
        }
        if let NoticeSubject::Visit(visit, _) = self.subject {
            entries.push(Entry::of(&NOTICES_BY_VISIT, Key::of(visit).id(self.id)));
        }
        Ok(entries)
    }
}

/// Writes a message down, unless the same one exists; whether it was new.
pub fn enqueue(tx: &mut Tx<'_>, notice: &Notice) -> Result<bool, Failure> {
    let unique = Key::new().text(&notice.unique_key());
    if tx.find(&NOTICES_UNIQUE, &unique)?.is_some() {
        return Ok(false);
    }
    put(tx, notice)?;
    Ok(true)
}

/// Keeps a message and wakes the delivery loop.
pub fn put(tx: &mut Tx<'_>, notice: &Notice) -> Result<(), Failure> {
    tx.changed(Change::Outbox);
    tx.put(notice)
}

/// A message.
pub fn find(rows: &dyn Rows, id: NoticeId) -> Result<Option<Notice>, Failure> {
    rows.find(&NOTICES, &Key::of(id))
}

fn load(rows: &dyn Rows, ids: Vec<NoticeId>) -> Result<Vec<Notice>, Failure> {
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        found.extend(find(rows, id)?);
    }
    Ok(found)
}

/// Waiting messages whose next try is at or before an instant, earliest first. At most `limit`.
pub fn due(rows: &dyn Rows, now: Timestamp, limit: usize) -> Result<Vec<Notice>, Failure> {
    let to = Key::new().time(now).after_prefix();
    let mut ids = Vec::new();
    rows.keys_between(&NOTICES_DUE, &Key::new(), to.as_ref(), false, &mut |key| {
        ids.extend(last_id::<NoticeId>(key));
        if ids.len() < limit {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    })?;
    load(rows, ids)
}

/// Messages, newest first, that a filter lets through, written before an identifier (`None` for
/// the end). At most `limit`.
pub fn newest(
    rows: &dyn Rows,
    before: Option<NoticeId>,
    limit: usize,
    wanted: &dyn Fn(&Notice) -> bool,
) -> Result<Vec<Notice>, Failure> {
    let to = before.map(Key::of);
    let mut found = Vec::new();
    let to = to.as_ref().map(Key::as_bytes);
    rows.walk(NOTICES.name(), &[], to, true, &mut |(_, value)| {
        let notice = super::table::decode(NOTICES.name(), value)?;
        if wanted(&notice) {
            found.push(notice);
        }
        Ok(if found.len() < limit {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        })
    })?;
    Ok(found)
}

/// Messages in a state that is not waiting, newest first, that a filter lets through, written before
/// an identifier (`None` for the end). At most `limit`.
pub fn newest_in_state(
    rows: &dyn Rows,
    state: NoticeState,
    before: Option<NoticeId>,
    limit: usize,
    wanted: &dyn Fn(&Notice) -> bool,
) -> Result<Vec<Notice>, Failure> {
    let from = Key::new().text(state.code());
    let to = match before {
        Some(id) => Some(Key::new().text(state.code()).id(id)),
        None => from.after_prefix(),
    };
    let mut ids = Vec::new();
    rows.keys_between(&NOTICES_BY_STATE, &from, to.as_ref(), true, &mut |key| {
        ids.extend(last_id::<NoticeId>(key));
        ControlFlow::Continue(())
    })?;
    let mut found = Vec::new();
    for id in ids {
        if found.len() == limit {
            break;
        }
        found.extend(find(rows, id)?.filter(|n| wanted(n)));
    }
    Ok(found)
}

/// How many messages someone should look at.
pub fn count_failed(rows: &dyn Rows) -> Result<usize, Failure> {
    let mut count = 0;
    for state in NoticeState::ALL.into_iter().filter(|s| s.needs_a_look()) {
        let prefix = Key::new().text(state.code());
        let found: Vec<NoticeId> = rows.ids_under(&NOTICES_BY_STATE, &prefix)?;
        count += found.len();
    }
    Ok(count)
}

/// How many messages wait to be sent.
pub fn count_waiting(rows: &dyn Rows) -> Result<u64, Failure> {
    let mut count = 0;
    rows.keys_between(&NOTICES_DUE, &Key::new(), None, false, &mut |_| {
        count += 1;
        ControlFlow::Continue(())
    })?;
    Ok(count)
}

/// How many messages there are, by the word of their state; those that wait are `waiting`.
pub fn counts(rows: &dyn Rows) -> Result<Vec<(&'static str, u64)>, Failure> {
    let mut all = vec![("waiting", count_waiting(rows)?)];
    for state in NoticeState::ALL.into_iter().filter(|s| !s.is_waiting()) {
        let prefix = Key::new().text(state.code());
        let to = prefix.after_prefix();
        let mut count = 0;
        let each = &mut |_: &[u8]| {
            count += 1;
            ControlFlow::Continue(())
        };
        rows.keys_between(&NOTICES_BY_STATE, &prefix, to.as_ref(), false, each)?;
        all.push((state.code(), count));
    }
    Ok(all)
}

/// Messages about a patient, newest first.
pub fn of_patient(rows: &dyn Rows, patient: PatientId) -> Result<Vec<Notice>, Failure> {
    let mut ids = rows.ids_under(&NOTICES_BY_PATIENT, &Key::of(patient))?;
    ids.reverse();
    load(rows, ids)
}

/// Messages about a visit, oldest first.
pub fn of_visit(rows: &dyn Rows, visit: AppointmentId) -> Result<Vec<Notice>, Failure> {
    load(rows, rows.ids_under(&NOTICES_BY_VISIT, &Key::of(visit))?)
}
