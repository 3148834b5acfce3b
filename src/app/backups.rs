//! Backups: an archive is written while the clinic works, then restored into a scratch database and
//! compared. Only then does it count as proven.

mod board;
mod due;
mod planning;
mod targets;

use std::collections::BTreeSet;
use std::fs::File;
use std::io::ErrorKind;
use std::path::PathBuf;

use jiff::Timestamp;

pub use self::board::{AtWork, Board, Known};
pub use self::due::run_due;
pub use self::planning::{Overview, Wish, ask, check_word, decide, overview, sheet};
pub use self::targets::{add, remove};
use super::{Answer, Clinic};
use crate::domain::audit::{Action, Cause};
use crate::domain::backup::plan::{Attempt, Destination, Fault, Target};
use crate::domain::backup::{Backup, Retention};
use crate::store::backup::plan as kept;
use crate::store::{Failure, Stop, Tx, Why, backup, disk, settings};

use crate::store::backup::begun::{self, Begun};
use crate::store::backup::place;
pub use crate::store::backup::place::{prepare, try_out};
use crate::store::backup::{Archive, Courier, PATIENCE};
pub use crate::store::backup::{Problem, RecoveryKey, Told};

/// The name under which the recovery key is kept.
const KEY: &str = "recovery-key";
/// Held while a backup is at work, so that two do not share a scratch database.
const LOCK: &str = "backup.lock";

/// Where a backup goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Where the archive goes; a directory is made if it is not there.
    pub to: Destination,
    /// The directory for the scratch database: the one of the data, as it is not encrypted.
    pub scratch: PathBuf,
}

/// The key that opens the clinic's archives; it is made when it is asked for the first time. The log
/// says that it was taken out.
///
/// # Errors
/// When the store fails.
pub fn recovery_key(clinic: &Clinic) -> Answer<RecoveryKey> {
    take_key(clinic, clinic.own_cause("recovery-key", Action::Export))
}

fn take_key(clinic: &Clinic, cause: Cause) -> Answer<RecoveryKey> {
    let new = RecoveryKey::generate().text().into_bytes();
    let kept = clinic.store.write(cause, move |tx| {
        tx.detail("recovery key");
        if let Some(kept) = settings::secret(tx, KEY)? {
            return Ok(kept);
        }
        settings::put_secret(tx, KEY, &new)?;
        Ok(new.clone())
    })?;
    Ok(read_key(kept)?)
}

fn read_key(kept: Vec<u8>) -> Result<RecoveryKey, Failure> {
    let text = String::from_utf8(kept).ok();
    let key = text.and_then(|k| RecoveryKey::parse(&k));
    key.ok_or_else(|| Failure::Other("the recovery key is damaged".to_owned()))
}

/// The key, if there is one yet. Nobody sees it, so the log says nothing.
fn kept_key(clinic: &Clinic) -> Result<Option<RecoveryKey>, Failure> {
    let kept: Option<Vec<u8>> = clinic.store.read(|rows| settings::secret(rows, KEY))?;
    kept.map(read_key).transpose()
}

/// Writes an archive and proves it. `step` is told how much is done, of how much. An archive that
/// is not proven stays, and what came of it is remembered with its problem. Where the place is
/// that of a target, the target remembers it too.
///
/// # Errors
/// When no archive could be written; then nothing was.
pub fn back_up(clinic: &Clinic, place: &Place, step: Told<'_>) -> Result<Backup, Problem> {
    Ok(back_up_and_prune(clinic, place, None, step)?.0)
}

/// The same, and then what a rule does not keep is removed, if there is one and the new archive is
/// proven. How many went.
///
/// # Errors
/// As [`back_up`] and [`prune`].
pub fn back_up_and_prune(
    clinic: &Clinic,
    place: &Place,
    rule: Option<Retention>,
    step: Told<'_>,
) -> Result<(Backup, usize), Problem> {
    let is_stopping = || clinic.backups.is_stopping();
    let at = clinic.now();
    let made = Courier::send(&clinic.backups.away, &place.to, PATIENCE, &is_stopping).and_then(
        |courier| {
            let made = back_up_by(clinic, &courier, place, step)?;
            Ok((courier, made))
        },
    );
    let (courier, made) = noted(clinic, place, at, made)?;
    let removed = match rule.filter(|_| made.proven_at.is_some()) {
        Some(rule) => prune_by(clinic, &courier, &place.to, rule)?,
        None => 0,
    };
    Ok((made, removed))
}

/// Notes a failure with the target, where the directory is that of one.
fn noted<T>(
    clinic: &Clinic,
    place: &Place,
    at: Timestamp,
    made: Result<T, Problem>,
) -> Result<T, Problem> {
    match &made {
        // One that is made just now, or was in this very second, is no failure.
        Ok(_) | Err(Problem::Busy | Problem::Stopped | Problem::Taken(_)) => {}
        Err(problem) => note_failure(clinic, place.to.clone(), at, problem),
    }
    made
}

/// The same by a courier who is at the place; that it failed is not noted.
fn back_up_by(
    clinic: &Clinic,
    courier: &Courier<'_>,
    place: &Place,
    step: Told<'_>,
) -> Result<Backup, Problem> {
    let lock_file = place.scratch.join(LOCK);
    let lock = File::create(&lock_file)?;
    disk::give_to_owner_of(&lock_file, &place.scratch)?;
    lock.try_lock().map_err(|_| Problem::Busy)?;
    note_and_make(clinic, courier, place, clinic.now(), step)
}

/// Notes with the target of a destination, if there is one, that nothing came of a try.
fn note_failure(clinic: &Clinic, to: Destination, at: Timestamp, problem: &Problem) {
    let attempt = Attempt {
        at,
        bytes: 0,
        proven_at: None,
        fault: Some((fault(problem), problem.to_string())),
        failures: 0,
    };
    let cause = clinic.own_cause("backup", Action::Export);
    let noted = clinic.store.write(cause, move |tx| {
        tx.detail("backup failed");
        note(tx, &to, &attempt)
    });
    if let Err(stop) = noted {
        tracing::error!("that a backup failed could not be noted: {stop:?}");
    }
}

/// The same, noted beside the data while nothing else knows of the archive.
fn note_and_make(
    clinic: &Clinic,
    courier: &Courier<'_>,
    place: &Place,
    at: Timestamp,
    step: Told<'_>,
) -> Result<Backup, Problem> {
    has_room(clinic, place)?;
    let known = clinic.backups.known();
    let target = known.targets.iter().find(|t| t.to == place.to);
    let shown = target.map_or(place.to.shown(), |t| t.name.as_str());
    let working = clinic.backups.begin(shown.to_owned(), at);
    let told = |done: u64, all: u64| {
        working.step(done, all)?;
        step(done, all)
    };
    let name = format!("anteroom-{}.age", at.strftime("%Y%m%dT%H%M%SZ"));
    let archive = Archive::new(&place.to, &name);
    let (is_target, there, named) = (target.is_some(), place.to.clone(), archive.clone());
    courier.run(move || {
        if is_target {
            place::ready(&there)?;
        } else {
            place::make(&there)?;
        }
        // One that is there already was not begun here.
        if named.is_there()? {
            return Err(Problem::Taken(named.shown()));
        }
        Ok(())
    })?;
    take_up(clinic, courier, place)?;
    let noted = Begun {
        at,
        archive: archive.shown(),
    };
    begun::note(&place.scratch, noted)?;
    let made = write_and_prove(clinic, courier, place, at, &archive, &told);
    let left = archive.clone();
    let is_settled = made.is_ok() || matches!(courier.run(move || left.tidy()), Ok(None));
    // What stays noted is looked at once more with the next.
    if is_settled && let Err(e) = begun::forget(&place.scratch, &archive.shown()) {
        tracing::warn!("that a backup was begun could not be forgotten: {e}");
    }
    made
}

/// Whether the disk of the data has room for the rehearsal, which is as large as the data. It would
/// take the last room from the clinic, which could then only be read until the rehearsal is over.
fn has_room(clinic: &Clinic, place: &Place) -> Result<(), Problem> {
    let Some(room) = clinic.store.room() else {
        return Ok(());
    };
    let needed = disk::data_bytes(&place.scratch)?.saturating_add(disk::LEAST_FREE_BYTES);
    if room.free < needed {
        return Err(Problem::NoRoom(room.free, needed));
    }
    Ok(())
}

/// What was begun at a place before and broken off is removed, or known from now on as not proven.
fn take_up(clinic: &Clinic, courier: &Courier<'_>, place: &Place) -> Result<(), Problem> {
    for old in begun::all(&place.scratch)? {
        let Some(left) = Archive::at(&place.to, &old.archive) else {
            continue;
        };
        if let Some(bytes) = courier.run(move || left.tidy())? {
            let found = Backup {
                at: old.at,
                archive: old.archive.clone(),
                bytes,
                rows: 0,
                audit_seq: 0,
                proven_at: None,
                problem: "it was broken off before it was proven".to_owned(),
            };
            let cause = clinic.own_cause("backup", Action::Export);
            let kept = clinic.store.write(cause, move |tx| {
                tx.detail("backup not proven");
                // The kill may have come after all that.
                if backup::all(tx)?.iter().all(|b| b.archive != found.archive) {
                    tx.put(&found)?;
                }
                Ok(())
            });
            kept.map_err(failure)?;
        }
        begun::forget(&place.scratch, &old.archive)?;
    }
    Ok(())
}

fn write_and_prove(
    clinic: &Clinic,
    courier: &Courier<'_>,
    place: &Place,
    at: Timestamp,
    archive: &Archive,
    told: Told<'_>,
) -> Result<Backup, Problem> {
    let to = place.to.clone();
    let key = match kept_key(clinic)? {
        Some(key) => key,
        None => recovery_key(clinic).map_err(failure)?,
    };
    // Writing is the first half and proving the second.
    let (manifest, bytes) =
        backup::write(&clinic.store, courier, archive, &key, at, &|done, all| {
            told(done, all.saturating_mul(2))
        })?;
    let proven = backup::prove(courier, archive, &key, &place.scratch, &|done, all| {
        told(all.saturating_add(done), all.saturating_mul(2))
    });
    let problem = match proven {
        Ok(found) if found == manifest => None,
        Ok(_) => Some(Problem::Damaged(
            "another archive stands in its place".to_owned(),
        )),
        Err(problem) => Some(problem),
    };
    let is_stopped = matches!(problem, Some(Problem::Stopped));
    if is_stopped {
        // Nobody would ever prove it.
        let archive = archive.clone();
        if courier.run(move || archive.remove()).is_ok() {
            return Err(Problem::Stopped);
        }
    }
    let proven_at = problem.is_none().then(|| clinic.now());
    let attempt = Attempt {
        at,
        bytes,
        proven_at,
        fault: problem.as_ref().map(|p| (fault(p), p.to_string())),
        failures: 0,
    };
    let made = Backup {
        at,
        archive: archive.shown(),
        bytes,
        rows: manifest.rows(),
        audit_seq: manifest.audit_seq,
        proven_at,
        problem: problem.map(|p| p.to_string()).unwrap_or_default(),
    };
    let kept = made.clone();
    let cause = clinic.own_cause("backup", Action::Export);
    let written = clinic.store.write(cause, move |tx| {
        tx.detail(if kept.problem.is_empty() {
            "backup proven"
        } else {
            "backup not proven"
        });
        tx.put(&kept)?;
        if is_stopped {
            // It is still there, and pruning shall know it. The place has done nothing wrong.
            return Ok(());
        }
        note(tx, &to, &attempt)
    });
    written.map_err(failure)?;
    if is_stopped {
        return Err(Problem::Stopped);
    }
    Ok(made)
}

/// Notes a try with the target of a destination, if there is one.
fn note(tx: &mut Tx<'_>, to: &Destination, attempt: &Attempt) -> Result<(), Stop> {
    let mut all = kept::targets(tx)?.into_iter();
    if let Some(target) = all.find(|t: &Target| t.to == *to) {
        tx.object(&target.name);
        kept::put_target(tx, &target.with(attempt.clone()))?;
    }
    Ok(())
}

/// What kind of thing went wrong.
fn fault(problem: &Problem) -> Fault {
    match problem {
        Problem::NoPlace(_) | Problem::Silent(_) => Fault::Missing,
        Problem::WrongKey | Problem::NotABackup | Problem::Damaged(_) | Problem::Newer(..) => {
            Fault::NotProven
        }
        Problem::NoRoom(..) => Fault::NoRoom,
        Problem::Io(e) => fault_of(e.kind()),
        Problem::Store(Failure::ReadOnly(Why::Full)) => Fault::Full,
        // The scratch database is on a disk as well.
        Problem::Store(failure) => failure.io().map_or(Fault::Other, |e| fault_of(e.kind())),
        Problem::Occupied(_) | Problem::Taken(_) | Problem::Busy | Problem::Stopped => Fault::Other,
    }
}

fn fault_of(kind: ErrorKind) -> Fault {
    if kind == ErrorKind::NotFound {
        Fault::Missing
    } else if matches!(
        kind,
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem
    ) {
        Fault::NotAllowed
    } else if matches!(kind, ErrorKind::StorageFull | ErrorKind::QuotaExceeded) {
        Fault::Full
    } else {
        Fault::Other
    }
}

/// Removes archives at a place that a rule does not keep, and forgets them. Only archives that
/// this clinic wrote itself are touched, and never the newest proven one. How many went.
///
/// # Errors
/// When the file system or the store fails.
pub fn prune(clinic: &Clinic, from: &Destination, rule: Retention) -> Result<usize, Problem> {
    let is_stopping = || clinic.backups.is_stopping();
    let courier = Courier::send(&clinic.backups.away, from, PATIENCE, &is_stopping)?;
    prune_by(clinic, &courier, from, rule)
}

/// The same by a courier who is there.
fn prune_by(
    clinic: &Clinic,
    courier: &Courier<'_>,
    from: &Destination,
    rule: Retention,
) -> Result<usize, Problem> {
    let all = clinic.store.read(|rows| backup::all(rows))?;
    let here: Vec<Backup> = all
        .into_iter()
        .filter(|b| Archive::at(from, &b.archive).is_some())
        .collect();
    let is_proven = |b: &&Backup| b.proven_at.is_some();
    let proven: BTreeSet<Timestamp> = here.iter().filter(is_proven).map(|b| b.at).collect();
    let newest = here.iter().map(|b| b.at).max();
    let kept = rule.keep(&proven, &clinic.current().zone);
    let stays = |b: &Backup| match b.proven_at {
        Some(_) => kept.contains(&b.at),
        // What is wrong with the newest one is still to be looked at; more would fill the disk.
        None => Some(b.at) == newest,
    };
    let gone: Vec<Backup> = here.into_iter().filter(|b| !stays(b)).collect();
    for archive in gone.iter().filter_map(|b| Archive::at(from, &b.archive)) {
        courier.run(move || archive.remove())?;
    }
    let count = gone.len();
    if count > 0 {
        let cause = clinic.own_cause("backup", Action::Export);
        let forgotten = clinic.store.write(cause, move |tx| {
            tx.detail(format!("{count} old backups removed"));
            for old in &gone {
                backup::remove(tx, old)?;
            }
            Ok(())
        });
        forgotten.map_err(failure)?;
    }
    Ok(count)
}

/// Remembers in the log that the data came from an archive, whose snapshot is of an instant.
///
/// # Errors
/// When the store fails.
pub fn note_restore(clinic: &Clinic, of: Timestamp) -> Answer<()> {
    let cause = clinic.own_cause("restore", Action::Import);
    clinic.store.write(cause, move |tx| {
        tx.object(of);
        tx.detail("restored from a backup");
        Ok(())
    })
}

fn failure(stop: Stop) -> Problem {
    match stop {
        Stop::Failed(failure) => Problem::Store(failure),
        // No rule says no to a backup.
        Stop::Refused(_) => Problem::Store(Failure::Stopped),
    }
}

#[cfg(test)]
mod tests;
