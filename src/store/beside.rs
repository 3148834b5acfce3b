//! Reading beside a running server, and verifying the file when none is running.

use std::path::Path;

use redb::{ReadOnlyDatabase, ReadableDatabase};

use super::failure::Failure;
use super::key::Key;
use super::schema::{META, VERSION};
use super::table::Read;
use super::tx::Reader;
use super::{FILE_NAME, builder};

/// The clinic's data, opened only to be read; another process may write to it meanwhile.
pub struct ReadOnly {
    db: ReadOnlyDatabase,
}

/// Whether there is a clinic in a directory.
pub fn exists(directory: &Path) -> bool {
    directory.join(FILE_NAME).is_file()
}

/// Opens the data file in a directory to be read, whether or not a server has it open.
/// `cache_bytes` is what the database may keep in memory.
///
/// # Errors
/// When there is no data file, or another version wrote it.
pub fn open_read_only(directory: &Path, cache_bytes: usize) -> Result<ReadOnly, Failure> {
    let db = builder(cache_bytes).open_read_only(directory.join(FILE_NAME))?;
    let data = ReadOnly { db };
    let schema = data.read(|rows| rows.find(&META, &Key::new().text("schema")))?;
    match schema {
        Some(theirs) if theirs > VERSION => Err(Failure::Newer(theirs, VERSION)),
        Some(theirs) if theirs < VERSION => Err(Failure::Older(theirs, VERSION)),
        _ => Ok(data),
    }
}

/// Verifies the checksum of every page. `false` when some were wrong; redb then went back to the
/// last state that is whole.
///
/// # Errors
/// [`Failure::Locked`] while a server has the file open, or when the file cannot be repaired.
pub fn verify_pages(directory: &Path, cache_bytes: usize) -> Result<bool, Failure> {
    let mut db = builder(cache_bytes).open(directory.join(FILE_NAME))?;
    let sound = db.check_integrity()?;
    db.close()?;
    Ok(sound)
}

impl ReadOnly {
    /// Reads from one snapshot.
    pub fn read<T, E: From<Failure>>(
        &self,
        f: impl FnOnce(&Reader) -> Result<T, E>,
    ) -> Result<T, E> {
        let txn = self.db.begin_read().map_err(Failure::from)?;
        f(&Reader::new(txn))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Store, check, settings};
    use super::*;
    use crate::domain::audit::{Action, AuditActor, Cause};
    use crate::domain::settings::Settings;

    const CACHE: usize = 1 << 20;

    fn write(store: &Store, name: &str) {
        let mut settings = Settings::unnamed("https://clinic.example");
        settings.profile.name = name.to_owned();
        let cause = Cause {
            actor: AuditActor::system("test"),
            action: Action::SettingsChange,
            request: 0,
            at: jiff::Timestamp::UNIX_EPOCH,
        };
        store
            .write(cause, move |tx| Ok(settings::put(tx, &settings)?))
            .unwrap();
    }

    #[test]
    fn a_reader_follows_the_writer_beside_it() {
        let dir = tempfile::tempdir().unwrap();
        assert!(!exists(dir.path()));
        assert!(open_read_only(dir.path(), CACHE).is_err());
        let store = Store::open(dir.path(), CACHE).unwrap();
        write(&store, "First");
        let beside = open_read_only(dir.path(), CACHE).unwrap();
        let name = || {
            let found: Result<_, Failure> = beside.read(|rows| settings::find(rows));
            found.unwrap().unwrap().profile.name
        };
        assert_eq!(name(), "First");
        write(&store, "Second");
        assert_eq!(name(), "Second");
        let report: Result<_, Failure> = beside.read(|rows| check::check(rows));
        assert_eq!(report.unwrap().problems, [""; 0]);
        let locked = verify_pages(dir.path(), CACHE);
        assert!(matches!(locked, Err(Failure::Locked)), "{locked:?}");
        store.close();
        drop(store);
        drop(beside);
        assert!(verify_pages(dir.path(), CACHE).unwrap());
    }

    #[test]
    fn an_altered_page_is_found() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path(), CACHE).unwrap();
        write(&store, "A name that stands in the file");
        store.close();
        drop(store);
        let path = dir.path().join(FILE_NAME);
        let mut bytes = std::fs::read(&path).unwrap();
        let needle = b"A name that stands";
        let places: Vec<usize> = (0..bytes.len() - needle.len())
            .filter(|at| bytes[*at..].starts_with(needle))
            .collect();
        assert!(!places.is_empty());
        for at in places {
            bytes[at] ^= 1;
        }
        std::fs::write(&path, bytes).unwrap();
        let verdict = verify_pages(dir.path(), CACHE);
        assert!(!matches!(verdict, Ok(true)), "{verdict:?}");
    }
}
