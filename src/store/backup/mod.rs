//! Backups: one encrypted archive that holds every table, and with them all that a clinic elsewhere
//! needs: sign-ins, keys, certificates, the log.
//!
//! redb's savepoints roll a file back and do not leave it, so they are no backup, and neither is a
//! copy of a file that is written to. An archive is therefore written from a read transaction: one
//! state of the data, while the clinic goes on writing. It is encrypted with `age` to the clinic's
//! recovery key, so that the published tool opens it as well. Inside:
//!
//! | part | is |
//! |---|---|
//! | first line | `anteroom backup 1` |
//! | manifest | length (u32, big-endian) and JSON: [`Manifest`] |
//! | rows | table by table in the manifest's order: length of the key, of the value (u32), key, value |
//! | foot | length (u32) and JSON: the SHA-256 of every table's rows |
//!
//! An archive appears under its name only when it is whole and on the disk. One that was restored
//! into a scratch database and compared with its manifest is *proven*.

mod archive;
pub mod begun;
mod courier;
mod pieces;
pub mod place;
pub mod plan;
mod problem;
mod restore;
mod seal;

use std::fs;
use std::io::BufWriter;
use std::path::Path;

use jiff::Timestamp;

pub use self::archive::Manifest;
use self::courier::Outward;
pub use self::courier::{Away, Courier, PATIENCE};
use self::pieces::PIECE;
pub use self::place::Archive;
pub use self::problem::Problem;
pub use self::restore::{prove, restore};
pub use self::seal::RecoveryKey;
use super::failure::Failure;
use super::key::Key;
use super::row::Row;
use super::schema::BACKUPS;
use super::table::{Read, Rows, Table, decode};
use super::{Store, Tx, audit};
use crate::domain::backup::Backup;

/// Told how many rows are done, of how many. Its error ends the work, and nothing of it stays.
pub type Told<'a> = &'a dyn Fn(u64, u64) -> Result<(), Problem>;

impl Row for Backup {
    const TABLE: Table<Self> = BACKUPS;

    fn key(&self) -> Key {
        Key::new().time(self.at).text(&self.archive)
    }
}

/// The newest backup that a rule, told the backup, lets through.
pub fn newest(
    rows: &dyn Rows,
    wanted: &dyn Fn(&Backup) -> bool,
) -> Result<Option<Backup>, Failure> {
    let mut found = None;
    rows.walk(BACKUPS.name(), &[], None, true, &mut |(_, value)| {
        found = Some(decode::<Backup>(BACKUPS.name(), value)?).filter(|b| wanted(b));
        Ok(match found {
            Some(_) => std::ops::ControlFlow::Break(()),
            None => std::ops::ControlFlow::Continue(()),
        })
    })?;
    Ok(found)
}

/// The last backups, newest first.
pub fn last(rows: &dyn Rows, limit: usize) -> Result<Vec<Backup>, Failure> {
    let mut found = Vec::new();
    if limit == 0 {
        return Ok(found);
    }
    rows.walk(BACKUPS.name(), &[], None, true, &mut |(_, value)| {
        found.push(decode::<Backup>(BACKUPS.name(), value)?);
        Ok(if found.len() < limit {
            std::ops::ControlFlow::Continue(())
        } else {
            std::ops::ControlFlow::Break(())
        })
    })?;
    Ok(found)
}

/// Every backup that is remembered, oldest first.
pub fn all(rows: &dyn Rows) -> Result<Vec<Backup>, Failure> {
    rows.all(&BACKUPS)
}

/// Forgets a backup whose archive is gone.
pub fn remove(tx: &mut Tx<'_>, backup: &Backup) -> Result<bool, Failure> {
    tx.delete::<Backup>(&backup.key())
}

/// Lets a courier write an archive of the data as it is now. `step` is told how many rows are done, of how many.
/// What the archive holds, and how many bytes it has.
///
/// # Errors
/// When the disk or the store fails, or there is an archive of this name: then nothing was written.
pub fn write(
    store: &Store,
    courier: &Courier<'_>,
    archive: &Archive,
    key: &RecoveryKey,
    at: Timestamp,
    step: Told<'_>,
) -> Result<(Manifest, u64), Problem> {
    let out = Outward::create(courier, archive)?;
    let mut sealed = key.seal(BufWriter::with_capacity(PIECE, out))?;
    let manifest = archive::write(&store.reader()?.1, at, &mut sealed, step)?;
    let out = sealed.finish()?.into_inner();
    let out = out.map_err(|e| Problem::from(e.into_error()))?;
    let bytes = out.finish()?;
    Ok((manifest, bytes))
}

/// Makes a directory if it is not there, for this account alone.
///
/// # Errors
/// When the file system says no.
pub fn make_directory(directory: &Path) -> Result<(), Problem> {
    if !directory.exists() {
        fs::create_dir_all(directory)?;
        super::restrict(directory, 0o700)?;
    }
    Ok(())
}

/// The end of the log in what can be read: position and hash.
fn log_end(rows: &dyn Rows) -> Result<(u64, String), Failure> {
    let head = audit::head(rows)?;
    Ok((head.seq, data_encoding::HEXLOWER.encode(&head.hash)))
}

#[cfg(test)]
mod tests;
