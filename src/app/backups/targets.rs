//! The places where archives go. An administrator of the machine adds them, since only they can let
//! a hardened service write there; the owner chooses among them.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::super::{Answer, Caller, Clinic};
use crate::domain::audit::Action;
use crate::domain::backup::plan::{Destination, Target, is_name};
use crate::domain::policy::Permission;
use crate::domain::refusal::Refused;
use crate::store::backup::{Problem, make_directory, plan as kept};
use crate::store::disk;

/// Lies in every directory that was added. Where a disk is not mounted it is missing, and nothing is
/// written to the place below it.
const MARK: &str = "anteroom-target.txt";
/// What the mark says to whoever finds it.
const MARK_SAYS: &str = "\
Anteroom writes its encrypted backups here.
This file shows that the right disk is mounted. Leave it where it is.
";
/// Written and removed again to see whether one may write.
const PROBE: &str = ".anteroom-probe";

/// The directory of a destination.
pub(super) fn directory(to: &Destination) -> PathBuf {
    match to {
        Destination::Directory(path) => PathBuf::from(path),
    }
}

/// Whether a destination is there, and is the one that was added.
pub(super) fn ready(to: &Destination) -> Result<(), Problem> {
    match to {
        Destination::Directory(path) => {
            let path = Path::new(path);
            if path.join(MARK).is_file() {
                Ok(())
            } else {
                Err(Problem::NoPlace(path.to_owned()))
            }
        }
    }
}

/// Makes a destination ready: there, for the account that owns the data alone, and marked.
///
/// # Errors
/// When the file system says no.
pub fn prepare(to: &Destination, data: &Path) -> Result<(), Problem> {
    match to {
        Destination::Directory(path) => {
            let path = Path::new(path);
            let is_new = !path.exists();
            make_directory(path)?;
            let mark = path.join(MARK);
            if !mark.is_file() {
                fs::write(&mark, MARK_SAYS)?;
                disk::give_to_owner_of(&mark, data)?;
            }
            // What others keep in a directory of theirs stays theirs.
            if is_new || disk::is_of_root(path)? {
                disk::give_to_owner_of(path, data)?;
            }
            Ok(())
        }
    }
}

/// Really writes to a destination, and takes it away again.
///
/// # Errors
/// What the file system says.
pub fn try_out(to: &Destination) -> Result<(), Problem> {
    match to {
        Destination::Directory(path) => {
            let probe = Path::new(path).join(PROBE);
            let written = File::create(&probe).and_then(|mut file| {
                file.write_all(MARK_SAYS.as_bytes())?;
                file.sync_all()
            });
            let removed = fs::remove_file(&probe);
            written?;
            Ok(removed?)
        }
    }
}

/// Adds a place that is ready. Backups go there from now on.
///
/// # Errors
/// [`Refused::Duplicate`] when its name or its place is taken.
pub fn add(clinic: &Clinic, caller: &Caller, name: &str, to: Destination) -> Answer<Target> {
    caller.must(Permission::ManageSettings)?;
    if !is_name(name) {
        return Err(Refused::NotFound.into());
    }
    let target = Target {
        name: name.to_owned(),
        to,
        added_at: clinic.now(),
        chosen: true,
        asked: false,
        last: None,
        proven: None,
    };
    let cause = clinic.cause(caller, Action::SettingsChange);
    clinic.store.write(cause, move |tx| {
        let taken = |t: &Target| t.name == target.name || t.to == target.to;
        if kept::targets(tx)?.iter().any(taken) {
            return Err(Refused::Duplicate.into());
        }
        tx.object(&target.name);
        tx.detail("backup target added");
        kept::put_target(tx, &target)?;
        Ok(target.clone())
    })
}

/// Forgets a place. The archives there stay.
///
/// # Errors
/// [`Refused::NotFound`] when there is none of this name.
pub fn remove(clinic: &Clinic, caller: &Caller, name: &str) -> Answer<Target> {
    caller.must(Permission::ManageSettings)?;
    let name = name.to_owned();
    let cause = clinic.cause(caller, Action::SettingsChange);
    clinic.store.write(cause, move |tx| {
        let target = kept::target(tx, &name)?.ok_or(Refused::NotFound)?;
        tx.object(&name);
        tx.detail("backup target removed");
        kept::remove_target(tx, &name)?;
        Ok(target)
    })
}
