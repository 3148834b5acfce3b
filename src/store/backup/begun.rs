//! Archives that were begun and of which nothing is known yet, so that a kill leaves nothing behind for
//! ever. They are written down beside the data and not in it: what is in it comes along in the
//! archive, and a clinic that is restored would take the archive that it came from for one that was
//! broken off. Nor does anybody look for what lies at a place: the archives of another clinic, or those
//! that a restored one no longer knows, look just the same.

use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::super::scratch::Scratch;
use super::super::{disk, restrict};
use super::Problem;

/// The list, in the directory of the data.
const LIST: &str = "backup.begun";
/// A list that is not whole yet.
const WRITING: &str = "backup.begun.new";

/// An archive that was begun.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Begun {
    /// When its snapshot was taken.
    pub at: Timestamp,
    /// The archive, as a clinic remembers it.
    pub archive: String,
}

/// All that were begun. A list that cannot be read says nothing.
///
/// # Errors
/// When the file system fails.
pub fn all(data: &Path) -> Result<Vec<Begun>, Problem> {
    match fs::read(data.join(LIST)) {
        Ok(bytes) => Ok(serde_json::from_slice(&bytes).unwrap_or_default()),
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        Err(e) => Err(e.into()),
    }
}

/// Notes one before anything of it is there.
///
/// # Errors
/// When the file system fails.
pub fn note(data: &Path, begun: Begun) -> Result<(), Problem> {
    let mut list = all(data)?;
    list.push(begun);
    write(data, &list)
}

/// Forgets one: it is known to the clinic, or nothing of it is there.
///
/// # Errors
/// When the file system fails.
pub fn forget(data: &Path, archive: &str) -> Result<(), Problem> {
    let mut list = all(data)?;
    list.retain(|b| b.archive != archive);
    write(data, &list)
}

fn write(data: &Path, list: &[Begun]) -> Result<(), Problem> {
    let file = data.join(LIST);
    if list.is_empty() {
        return match fs::remove_file(file) {
            Err(e) if e.kind() != ErrorKind::NotFound => Err(e.into()),
            _ => Ok(()),
        };
    }
    let new = Scratch::new(data.join(WRITING))?;
    let bytes = serde_json::to_vec(list).map_err(std::io::Error::from)?;
    let mut out = fs::File::create(new.path())?;
    out.write_all(&bytes)?;
    out.sync_all()?;
    restrict(new.path(), 0o600)?;
    disk::give_to_owner_of(new.path(), data)?;
    Ok(new.become_(&file)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_begun_is_known_until_it_is_forgotten() {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path();
        assert_eq!(all(data).unwrap(), []);
        let one = |name: &str| Begun {
            at: Timestamp::UNIX_EPOCH,
            archive: name.into(),
        };
        note(data, one("/usb/a.age")).unwrap();
        note(data, one("/nas/b.age")).unwrap();
        forget(data, "/usb/a.age").unwrap();
        assert_eq!(all(data).unwrap(), [one("/nas/b.age")]);
        forget(data, "/nas/b.age").unwrap();
        assert_eq!(fs::read_dir(data).unwrap().count(), 0);
        fs::write(data.join(LIST), b"[{").unwrap();
        assert_eq!(all(data).unwrap(), [], "a torn list says nothing");
    }
}
