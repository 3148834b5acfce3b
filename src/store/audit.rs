//! The log: rows are appended by the writer alone, and each carries the hash of the one before.

use std::ops::ControlFlow;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::failure::Failure;
use super::key::Key;
use super::row::Entry;
use super::schema::{AUDIT, AUDIT_BY_LOGIN, AUDIT_BY_PATIENT, AUDIT_HEAD};
use super::table::{Read, Rows, decode};
use super::tx::Head;
use crate::domain::audit::AuditEvent;
use crate::domain::id::{LoginId, PatientId};

pub(super) fn entries(event: &AuditEvent) -> Vec<Entry> {
    let mut entries: Vec<Entry> = event
        .about
        .iter()
        .map(|p| Entry::of(&AUDIT_BY_PATIENT, Key::of(*p).number(event.seq)))
        .collect();
    if let Some(login) = event.actor.login {
        entries.push(Entry::of(&AUDIT_BY_LOGIN, Key::of(login).number(event.seq)));
    }
    entries
}

/// Under which the end of the chain is kept.
pub(super) fn head_key() -> Key {
    Key::new().text("head")
}

/// The end of the chain.
pub fn head(rows: &dyn Rows) -> Result<Head, Failure> {
    let mut head = Head {
        seq: 0,
        hash: [0; 32],
    };
    rows.walk(AUDIT.name(), &[], None, true, &mut |(_, value)| {
        let event: AuditEvent = decode(AUDIT.name(), value)?;
        head = Head {
            seq: event.seq,
            hash: Sha256::digest(value).into(),
        };
        Ok(ControlFlow::Break(()))
    })?;
    Ok(head)
}

/// Whether the chain goes through an end that it, or another, once had.
pub fn goes_on_from(rows: &dyn Rows, end: &Head) -> Result<bool, Failure> {
    let after: Option<AuditEvent> = rows.find(&AUDIT, &Key::new().number(end.seq + 1))?;
    Ok(match after {
        Some(next) => next.before == end.hash,
        None => *end == head(rows)?,
    })
}

/// The newest lines before a position (exclusive; 0 for the end), newest first, that a filter lets
/// through. At most `limit`.
pub fn newest(
    rows: &dyn Rows,
    before: u64,
    limit: usize,
    wanted: &dyn Fn(&AuditEvent) -> bool,
) -> Result<Vec<AuditEvent>, Failure> {
    let to = (before > 0).then(|| Key::new().number(before));
    let mut found = Vec::new();
    rows.walk(
        AUDIT.name(),
        &[],
        to.as_ref().map(Key::as_bytes),
        true,
        &mut |(_, value)| {
            let event = decode(AUDIT.name(), value)?;
            if wanted(&event) {
                found.push(event);
            }
            Ok(if found.len() < limit {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            })
        },
    )?;
    Ok(found)
}

/// Lines among which the latest is looked for: a clock that was set back writes on, and shall be
/// noticed all the same.
const LATEST_OF: usize = 50;

/// The latest instant in the last lines; `None` for an empty log.
pub fn latest(rows: &dyn Rows) -> Result<Option<Timestamp>, Failure> {
    let last = newest(rows, 0, LATEST_OF, &|_| true)?;
    Ok(last.into_iter().map(|event| event.at).max())
}

/// The newest lines about a patient, newest first.
pub fn about(
    rows: &dyn Rows,
    patient: PatientId,
    before: u64,
    limit: usize,
) -> Result<Vec<AuditEvent>, Failure> {
    by_index(
        rows,
        AUDIT_BY_PATIENT.name(),
        &Key::of(patient),
        before,
        limit,
    )
}

/// The newest lines by an access, newest first.
pub fn by(
    rows: &dyn Rows,
    login: LoginId,
    before: u64,
    limit: usize,
) -> Result<Vec<AuditEvent>, Failure> {
    by_index(rows, AUDIT_BY_LOGIN.name(), &Key::of(login), before, limit)
}

fn by_index(
    rows: &dyn Rows,
    index: &'static str,
    prefix: &Key,
    before: u64,
    limit: usize,
) -> Result<Vec<AuditEvent>, Failure> {
    let to = if before > 0 {
        Some(prefix.clone().number(before))
    } else {
        prefix.after_prefix()
    };
    let mut seqs = Vec::new();
    let to = to.as_ref().map(Key::as_bytes);
    rows.walk(index, prefix.as_bytes(), to, true, &mut |(key, _)| {
        seqs.extend(
            key.get(16..)
                .and_then(|k| k.try_into().ok())
                .map(u64::from_be_bytes),
        );
        Ok(if seqs.len() < limit {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        })
    })?;
    let mut found = Vec::new();
    for seq in seqs {
        found.extend(rows.find(&AUDIT, &Key::new().number(seq))?);
    }
    Ok(found)
}

/// Walks the chain from its start to the kept end. The count of lines, or the first line that does
/// not follow from the one before, is missing at the end, or is not the one that was kept.
pub fn verify(rows: &dyn Rows) -> Result<Result<u64, u64>, Failure> {
    let mut at = Head {
        seq: 0,
        hash: [0; 32],
    };
    let mut broken = None;
    rows.walk(AUDIT.name(), &[], None, false, &mut |(key, value)| {
        let expected = at.seq + 1;
        let sound = decode::<AuditEvent>(AUDIT.name(), value).is_ok_and(|event| {
            event.seq == expected
                && event.before == at.hash
                && key == Key::new().number(expected).as_bytes()
        });
        if !sound {
            broken = Some(expected);
            return Ok(ControlFlow::Break(()));
        }
        at = Head {
            seq: expected,
            hash: Sha256::digest(value).into(),
        };
        Ok(ControlFlow::Continue(()))
    })?;
    if broken.is_none() {
        let (seq, hash) = rows.find(&AUDIT_HEAD, &head_key())?.unwrap_or((0, [0; 32]));
        if seq != at.seq {
            broken = Some(at.seq.min(seq) + 1);
        } else if hash != at.hash {
            broken = Some(at.seq);
        }
    }
    Ok(broken.map_or(Ok(at.seq), Err))
}
