//! Backups: an archive is written while the clinic works, then restored into a scratch database and
//! compared. Only then does it count as proven.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::{Answer, Clinic};
use crate::domain::audit::Action;
use crate::domain::backup::{Backup, Retention};
use crate::store::{Failure, Stop, backup, settings};

pub use crate::store::backup::{Problem, RecoveryKey};

/// The name under which the recovery key is kept.
const KEY: &str = "recovery-key";
/// Held while a backup is at work, so that two do not share a scratch database.
const LOCK: &str = "backup.lock";

/// Where a backup goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The directory for the archive; it is made if it is not there.
    pub to: PathBuf,
    /// The directory for the scratch database: the one of the data, as it is not encrypted.
    pub scratch: PathBuf,
}

/// The key that opens the clinic's archives; it is made when it is asked for the first time. The log
/// says that it was taken out.
///
/// # Errors
/// When the store fails.
pub fn recovery_key(clinic: &Clinic) -> Answer<RecoveryKey> {
    let new = RecoveryKey::generate().text().into_bytes();
    let cause = clinic.own_cause("recovery-key", Action::Export);
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

/// The key for a backup: nobody sees it, so the log says nothing once it is there.
fn own_key(clinic: &Clinic) -> Result<RecoveryKey, Problem> {
    let kept: Option<Vec<u8>> = clinic.store.read(|rows| settings::secret(rows, KEY))?;
    match kept {
        Some(kept) => Ok(read_key(kept)?),
        None => recovery_key(clinic).map_err(failure),
    }
}

/// Writes an archive and proves it. `step` is told how much is done, of how much. An archive that
/// is not proven stays, and what came of it is remembered with its problem.
///
/// # Errors
/// When no archive could be written; then nothing was.
pub fn back_up(clinic: &Clinic, place: &Place, step: &dyn Fn(u64, u64)) -> Result<Backup, Problem> {
    let lock = File::create(place.scratch.join(LOCK))?;
    lock.try_lock().map_err(|_| Problem::Busy)?;
    let key = own_key(clinic)?;
    backup::make_directory(&place.to)?;
    let at = clinic.now();
    let name = format!("anteroom-{}.age", at.strftime("%Y%m%dT%H%M%SZ"));
    let archive = place.to.join(name);
    // Writing is the first half and proving the second.
    let (manifest, bytes) = backup::write(&clinic.store, &archive, &key, at, &|done, all| {
        step(done, all.saturating_mul(2));
    })?;
    let proven = backup::prove(&archive, &key, &place.scratch, &|done, all| {
        step(all.saturating_add(done), all.saturating_mul(2));
    });
    let problem = match proven {
        Ok(found) if found == manifest => String::new(),
        Ok(_) => "another archive stands in its place".to_owned(),
        Err(problem) => problem.to_string(),
    };
    let made = Backup {
        at,
        archive: archive.to_string_lossy().into_owned(),
        bytes,
        rows: manifest.rows(),
        audit_seq: manifest.audit_seq,
        proven_at: problem.is_empty().then(|| clinic.now()),
        problem,
    };
    let kept = made.clone();
    let cause = clinic.own_cause("backup", Action::Export);
    let written = clinic.store.write(cause, move |tx| {
        tx.detail(if kept.problem.is_empty() {
            "backup proven"
        } else {
            "backup not proven"
        });
        Ok(tx.put(&kept)?)
    });
    written.map_err(failure)?;
    Ok(made)
}

/// Removes archives in a directory that a rule does not keep, and forgets them. Only archives that
/// this clinic wrote itself are touched, and none while there is no proven one. How many went.
///
/// # Errors
/// When the file system or the store fails.
pub fn prune(clinic: &Clinic, directory: &Path, rule: Retention) -> Result<usize, Problem> {
    let all = clinic.store.read(|rows| backup::all(rows))?;
    let here: Vec<Backup> = all
        .into_iter()
        .filter(|b| Path::new(&b.archive).parent() == Some(directory))
        .collect();
    let is_proven = |b: &&Backup| b.proven_at.is_some();
    let proven: BTreeSet<Timestamp> = here.iter().filter(is_proven).map(|b| b.at).collect();
    let Some(newest) = proven.last().copied() else {
        return Ok(0);
    };
    let kept = rule.keep(&proven, &clinic.current().zone);
    let stays = |b: &Backup| match b.proven_at {
        Some(_) => kept.contains(&b.at),
        // What is wrong with the newest ones is still to be looked at.
        None => b.at > newest,
    };
    let gone: Vec<Backup> = here.into_iter().filter(|b| !stays(b)).collect();
    for old in &gone {
        match fs::remove_file(&old.archive) {
            Err(e) if e.kind() != ErrorKind::NotFound => return Err(e.into()),
            _ => {}
        }
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
mod tests {
    use super::*;
    use crate::app::stage::Stage;
    use crate::store::Store;

    #[test]
    fn only_what_this_clinic_wrote_and_the_rule_lets_go_is_removed() {
        let dir = tempfile::tempdir().unwrap();
        let stage = Stage::on(Store::open(&dir.path().join("data"), 1 << 20).unwrap());
        let place = Place {
            to: dir.path().join("usb"),
            scratch: dir.path().join("data"),
        };
        let back_up = || back_up(&stage.clinic, &place, &|_, _| ()).unwrap();
        let rule: Retention = "2,0,0,0".parse().unwrap();
        let prune = || prune(&stage.clinic, &place.to, rule).unwrap();
        assert_eq!(prune(), 0, "nothing is proven");
        let first = back_up();
        assert_eq!(first.problem, "");
        assert!(first.proven_at.is_some());
        let taken = super::back_up(&stage.clinic, &place, &|_, _| ());
        assert!(matches!(taken, Err(Problem::Taken(_))), "{taken:?}");
        for _ in 0..2 {
            stage.clock.forward_min(60);
            back_up();
        }
        let foreign = place.to.join("anteroom-20200101T000000Z.age");
        fs::write(&foreign, b"of another clinic").unwrap();
        assert_eq!(prune(), 1);
        assert!(!Path::new(&first.archive).exists());
        assert!(foreign.exists());
        let left = stage.clinic.store.read(|rows| backup::all(rows)).unwrap();
        assert_eq!(left.len(), 2);
        assert!(left.iter().all(|b| Path::new(&b.archive).exists()));
        assert_eq!(prune(), 0);
    }

    #[test]
    fn two_backups_do_not_share_a_scratch_database() {
        let dir = tempfile::tempdir().unwrap();
        let stage = Stage::on(Store::open(dir.path(), 1 << 20).unwrap());
        let place = Place {
            to: dir.path().join("usb"),
            scratch: dir.path().to_owned(),
        };
        let second = std::cell::RefCell::new(None);
        let first = back_up(&stage.clinic, &place, &|_, _| {
            second
                .borrow_mut()
                .get_or_insert_with(|| back_up(&stage.clinic, &place, &|_, _| ()));
        });
        assert!(first.is_ok());
        let second = second.into_inner().unwrap();
        assert!(matches!(second, Err(Problem::Busy)), "{second:?}");
    }
}
