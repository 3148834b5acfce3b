//! Visits, holds and blocks, by whose calendar and when.

use std::ops::ControlFlow;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::failure::Failure;
use super::key::{ID_LENGTH, Key, last_id, time_in};
use super::row::{Entry, Row};
use super::schema::{
    APPOINTMENTS, APPOINTMENTS_BY_PATIENT, APPOINTMENTS_BY_PRACTITIONER, APPOINTMENTS_OPEN,
    APPOINTMENTS_PENDING, BLOCKS, HOLDS,
};
use super::table::{Index, Read, Rows, Table, decode};
use super::tx::{Change, Tx};
use crate::domain::appointment::{Appointment, Block, Hold, Status, after};
use crate::domain::id::{AppointmentId, BlockId, HoldId, PatientId, PractitionerId};

/// No visit, hold or block is longer than this, so a look at a span must begin this much earlier.
pub const LONGEST_MIN: i64 = 24 * 60;

/// What a visit takes of its practitioner's time. It stands beside the visit's place in the
/// calendar, so that free times are found by one walk, without reading the visits themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// Where the visit stands.
    pub status: Status,
    /// How long it is.
    pub duration_min: u16,
    /// Buffer before.
    pub before_min: u16,
    /// Buffer after.
    pub after_min: u16,
}

/// The visits of practitioners as keys alone.
const BY_PRACTITIONER: Index = Index::new(APPOINTMENTS_BY_PRACTITIONER.name());

impl Row for Appointment {
    const TABLE: Table<Self> = APPOINTMENTS;

    fn key(&self) -> Key {
        Key::of(self.id)
    }

    fn entries(&self) -> Result<Vec<Entry>, Failure> {
        let when = |prefix: Key| prefix.time(self.start).id(self.id);
        let taken = Taken {
            status: self.status,
            duration_min: self.duration_min,
            before_min: self.before_min,
            after_min: self.after_min,
        };
        let mut entries = vec![
            Entry::with(
                &APPOINTMENTS_BY_PRACTITIONER,
                when(Key::of(self.practitioner)),
                &taken,
            )?,
            Entry::of(&APPOINTMENTS_BY_PATIENT, when(Key::of(self.patient))),
        ];
        if self.status == Status::Pending {
            entries.push(Entry::of(&APPOINTMENTS_PENDING, when(Key::new())));
        }
        if self.status.is_open() || self.status == Status::Arrived {
            entries.push(Entry::of(&APPOINTMENTS_OPEN, when(Key::new())));
        }
        Ok(entries)
    }
}

impl Row for Hold {
    const TABLE: Table<Self> = HOLDS;

    fn key(&self) -> Key {
        Key::of(self.practitioner).time(self.start).id(self.id)
    }
}

impl Row for Block {
    const TABLE: Table<Self> = BLOCKS;

    fn key(&self) -> Key {
        Key::of(self.practitioner).time(self.start).id(self.id)
    }
}

/// Keeps a visit and tells the open screens.
pub fn put(tx: &mut Tx<'_>, visit: &Appointment) -> Result<(), Failure> {
    tx.about(visit.patient);
    tx.object(visit.id);
    tx.changed(Change::Visits);
    tx.put(visit)
}

/// A visit.
pub fn find(rows: &dyn Rows, id: AppointmentId) -> Result<Option<Appointment>, Failure> {
    rows.find(&APPOINTMENTS, &Key::of(id))
}

fn load(rows: &dyn Rows, ids: Vec<AppointmentId>) -> Result<Vec<Appointment>, Failure> {
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        found.extend(find(rows, id)?);
    }
    Ok(found)
}

fn ids_between(
    rows: &dyn Rows,
    index: &Index,
    from: &Key,
    to: Option<&Key>,
    limit: usize,
    reverse: bool,
) -> Result<Vec<AppointmentId>, Failure> {
    let mut ids = Vec::new();
    rows.keys_between(index, from, to, reverse, &mut |key| {
        ids.extend(last_id::<AppointmentId>(key));
        if ids.len() < limit {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    })?;
    Ok(ids)
}

/// Visits of a practitioner that start in a span (end exclusive), in order.
pub fn of_practitioner(
    rows: &dyn Rows,
    practitioner: PractitionerId,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<Appointment>, Failure> {
    let (from, to) = (
        Key::of(practitioner).time(from),
        Key::of(practitioner).time(to),
    );
    let ids = ids_between(rows, &BY_PRACTITIONER, &from, Some(&to), usize::MAX, false)?;
    load(rows, ids)
}

/// What the visits of a practitioner that start in a span take, in order: which visit, its start,
/// and the rest.
pub fn taken(
    rows: &dyn Rows,
    practitioner: PractitionerId,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<(AppointmentId, Timestamp, Taken)>, Failure> {
    let (from, to) = (
        Key::of(practitioner).time(from),
        Key::of(practitioner).time(to),
    );
    let name = APPOINTMENTS_BY_PRACTITIONER.name();
    let mut found = Vec::new();
    rows.walk(
        name,
        from.as_bytes(),
        Some(to.as_bytes()),
        false,
        &mut |(key, value)| {
            let (id, start) = (last_id(key), time_in(key, ID_LENGTH));
            let (Some(id), Some(start)) = (id, start) else {
                return Err(Failure::Row(name, "a key of another length".to_owned()));
            };
            found.push((id, start, decode(name, value)?));
            Ok(ControlFlow::Continue(()))
        },
    )?;
    Ok(found)
}

/// Visits of a practitioner that start in a span and stand at a status, in order.
pub fn of_status(
    rows: &dyn Rows,
    practitioner: PractitionerId,
    (from, to): (Timestamp, Timestamp),
    status: Status,
) -> Result<Vec<Appointment>, Failure> {
    let all = taken(rows, practitioner, from, to)?.into_iter();
    let ids = all.filter(|(_, _, taken)| taken.status == status);
    load(rows, ids.map(|(id, _, _)| id).collect())
}

/// How many visits of a practitioner start in a span.
pub fn count_of_practitioner(
    rows: &dyn Rows,
    practitioner: PractitionerId,
    from: Timestamp,
    to: Timestamp,
) -> Result<usize, Failure> {
    let (from, to) = (
        Key::of(practitioner).time(from),
        Key::of(practitioner).time(to),
    );
    Ok(ids_between(rows, &BY_PRACTITIONER, &from, Some(&to), usize::MAX, false)?.len())
}

/// Visits of a patient that start at or after an instant, in order. At most `limit`.
pub fn of_patient_from(
    rows: &dyn Rows,
    patient: PatientId,
    from: Timestamp,
    limit: usize,
) -> Result<Vec<Appointment>, Failure> {
    let to = Key::of(patient).after_prefix();
    let from = Key::of(patient).time(from);
    load(
        rows,
        ids_between(
            rows,
            &APPOINTMENTS_BY_PATIENT,
            &from,
            to.as_ref(),
            limit,
            false,
        )?,
    )
}

/// Visits of a patient that start before an instant, latest first. At most `limit`.
pub fn of_patient_before(
    rows: &dyn Rows,
    patient: PatientId,
    before: Timestamp,
    limit: usize,
) -> Result<Vec<Appointment>, Failure> {
    let to = Key::of(patient).time(before);
    let from = Key::of(patient);
    load(
        rows,
        ids_between(
            rows,
            &APPOINTMENTS_BY_PATIENT,
            &from,
            Some(&to),
            limit,
            true,
        )?,
    )
}

/// Every visit of a patient, in order.
pub fn all_of_patient(rows: &dyn Rows, patient: PatientId) -> Result<Vec<Appointment>, Failure> {
    load(
        rows,
        rows.ids_under(&APPOINTMENTS_BY_PATIENT, &Key::of(patient))?,
    )
}

/// Requests that wait for an answer, earliest visit first.
pub fn pending(rows: &dyn Rows) -> Result<Vec<Appointment>, Failure> {
    load(rows, rows.ids_under(&APPOINTMENTS_PENDING, &Key::new())?)
}

/// How many requests wait for an answer.
pub fn count_pending(rows: &dyn Rows) -> Result<usize, Failure> {
    let all: Vec<AppointmentId> = rows.ids_under(&APPOINTMENTS_PENDING, &Key::new())?;
    Ok(all.len())
}

/// Visits that began before an instant and that nobody has said the end of, latest first. At most
/// `limit` of those that are wanted.
pub fn open_before(
    rows: &dyn Rows,
    before: Timestamp,
    limit: usize,
    wanted: &dyn Fn(&Appointment) -> bool,
) -> Result<Vec<Appointment>, Failure> {
    let to = Key::new().time(before);
    let ids = ids_between(
        rows,
        &APPOINTMENTS_OPEN,
        &Key::new(),
        Some(&to),
        usize::MAX,
        true,
    )?;
    let mut found = Vec::new();
    for id in ids {
        if found.len() >= limit {
            break;
        }
        found.extend(find(rows, id)?.filter(|visit| wanted(visit)));
    }
    Ok(found)
}

/// Visits ahead in a span that are booked or asked for, in order.
pub fn open_between(
    rows: &dyn Rows,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<Appointment>, Failure> {
    let (from, to) = (Key::new().time(from), Key::new().time(to));
    load(
        rows,
        ids_between(
            rows,
            &APPOINTMENTS_OPEN,
            &from,
            Some(&to),
            usize::MAX,
            false,
        )?,
    )
}

/// Holds of a practitioner whose visit would start in a span, dead ones included.
pub fn holds_of(
    rows: &dyn Rows,
    practitioner: PractitionerId,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<Hold>, Failure> {
    let (from, to) = (
        Key::of(practitioner).time(from),
        Key::of(practitioner).time(to),
    );
    rows.rows_between(&HOLDS, &from, Some(&to), usize::MAX)
}

/// A hold, wherever it is. There are few: those of the last minutes.
pub fn find_hold(rows: &dyn Rows, id: HoldId) -> Result<Option<Hold>, Failure> {
    Ok(rows.all(&HOLDS)?.into_iter().find(|h: &Hold| h.id == id))
}

/// Every hold, dead ones included.
pub fn holds(rows: &dyn Rows) -> Result<Vec<Hold>, Failure> {
    rows.all(&HOLDS)
}

/// Blocked time of a practitioner that touches a span.
pub fn blocks_of(
    rows: &dyn Rows,
    practitioner: PractitionerId,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<Block>, Failure> {
    let early = after(from, -LONGEST_MIN);
    let (start, end) = (
        Key::of(practitioner).time(early),
        Key::of(practitioner).time(to),
    );
    let blocks: Vec<Block> = rows.rows_between(&BLOCKS, &start, Some(&end), usize::MAX)?;
    Ok(blocks.into_iter().filter(|b| b.end > from).collect())
}

/// A block.
pub fn find_block(rows: &dyn Rows, id: BlockId) -> Result<Option<Block>, Failure> {
    Ok(rows.all(&BLOCKS)?.into_iter().find(|b: &Block| b.id == id))
}
