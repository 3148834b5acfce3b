//! From an archive back to a data file: to live in, or only to prove that it could be.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::Path;

use redb::backends::FileBackend;
use redb::{Database, ReadableDatabase};

use super::super::scratch::{self, Scratch};
use super::super::tx::{Head, Reader, Tx};
use super::super::{FILE_NAME, check, commit, disk, migrate};
use super::courier::{Courier, Inward};
use super::pieces::{PIECE, Unhurried};
use super::{Archive, Manifest, Problem, RecoveryKey, Told, archive};
use crate::store::Failure;

/// What the scratch database may keep in memory.
const CACHE_BYTES: usize = 64 * 1024 * 1024;
/// The scratch database of a rehearsal.
const REHEARSAL: &str = "rehearsal.redb";
/// A data file that is not whole yet.
const RESTORING: &str = "clinic.redb.restoring";
/// The data file that a restored one took the place of.
const PUT_ASIDE: &str = "clinic.redb.before-restore";

/// Restores an archive that a courier reads into a scratch database in a directory, compares it with its manifest, checks
/// every row, index and line of the log, and throws it away. `step` is told how many rows are done,
/// of how many. The scratch database is not encrypted, so it belongs beside the data itself.
///
/// # Errors
/// What is wrong with the archive, or with the disk.
pub fn prove(
    courier: &Courier<'_>,
    archive: &Archive,
    key: &RecoveryKey,
    directory: &Path,
    step: Told<'_>,
) -> Result<Manifest, Problem> {
    let scratch = Scratch::new(directory.join(REHEARSAL))?;
    let archive = BufReader::with_capacity(PIECE, Inward::open(courier, archive)?);
    fill(archive, key, scratch.path(), step)
}

/// Restores an archive to a data directory. A clinic that is there is put aside under
/// `clinic.redb.before-restore` (with a number when that is taken) when `replace` allows it, and left
/// alone otherwise. `step` is told how many rows are done, of how many.
///
/// # Errors
/// What is wrong with the archive, the directory or the disk: then nothing has changed.
pub fn restore(
    archive: &Path,
    key: &RecoveryKey,
    directory: &Path,
    replace: bool,
    step: Told<'_>,
) -> Result<Manifest, Problem> {
    let file = directory.join(FILE_NAME);
    let there = file.exists();
    if there && !replace {
        return Err(Problem::Occupied(directory.to_owned()));
    }
    // A server that has it open would go on writing to the file that is put aside.
    let held = there.then(|| open(&file)).transpose()?;
    let is_new = !directory.exists();
    super::make_directory(directory)?;
    let restored = fill_and_place(archive, key, directory, held, step);
    if restored.is_err() && is_new {
        fs::remove_dir(directory)?;
    }
    restored
}

fn fill_and_place(
    archive: &Path,
    key: &RecoveryKey,
    directory: &Path,
    held: Option<Database>,
    step: Told<'_>,
) -> Result<Manifest, Problem> {
    let scratch = Scratch::new(directory.join(RESTORING))?;
    let archive = BufReader::new(File::open(archive)?);
    let manifest = fill(archive, key, scratch.path(), step)?;
    // Restored by root, it is still opened by the account of the service.
    disk::give_to_owner_of(scratch.path(), directory)?;
    File::open(scratch.path())?.sync_all()?;
    let file = directory.join(FILE_NAME);
    if let Some(held) = held {
        held.close().map_err(Failure::from)?;
        // A second name, not another one: at no moment is there no clinic here.
        scratch::keep(&file, &directory.join(PUT_ASIDE))?;
    }
    scratch.become_(&file)?;
    Ok(manifest)
}

fn open(file: &Path) -> Result<Database, Failure> {
    Ok(super::super::builder(CACHE_BYTES).open(file)?)
}

/// Makes a database of an archive and compares it with what the archive says.
fn fill(
    archive: impl BufRead,
    key: &RecoveryKey,
    file: &Path,
    step: Told<'_>,
) -> Result<Manifest, Problem> {
    let opened = key.open(archive)?;
    let mut input = BufReader::with_capacity(64 * 1024, opened);
    let mut options = File::options();
    let new = options.read(true).write(true).create(true).truncate(false);
    let backend = FileBackend::new(new.open(file)?).map_err(Failure::from)?;
    let db = Database::builder()
        .set_cache_size(CACHE_BYTES)
        .create_with_backend(Unhurried(backend))
        .map_err(Failure::from)?;
    super::super::restrict(file, 0o600)?;
    let txn = commit::begin(&db)?;
    let mut tx = Tx::new(
        &txn,
        Head {
            seq: 0,
            hash: [0; 32],
        },
    );
    let put = &mut |table, key: &[u8], value: &[u8]| tx.put_bytes(table, key, value);
    let manifest = archive::read(&mut input, put, step)?;
    drop(tx);
    txn.commit().map_err(Failure::from)?;
    compare(&db, &manifest)?;
    // An archive of an older version has old rows until here.
    migrate::bring_up_to_date(&db)?;
    let reader = Reader::new(db.begin_read().map_err(Failure::from)?);
    let found = check::check(&reader)?;
    drop(reader);
    db.close().map_err(Failure::from)?;
    match found.problems.into_iter().next() {
        None => Ok(manifest),
        Some(first) => Err(Problem::Damaged(first)),
    }
}

fn compare(db: &Database, manifest: &Manifest) -> Result<(), Problem> {
    let txn = db.begin_read().map_err(Failure::from)?;
    let counts = archive::counts(&txn)?;
    for (table, rows) in &manifest.tables {
        if !counts.contains(&(table.clone(), *rows)) {
            return Err(Problem::Damaged(format!("{table} has not {rows} rows")));
        }
    }
    let (seq, hash) = super::log_end(&Reader::new(txn))?;
    if (seq, &hash) != (manifest.audit_seq, &manifest.audit_hash) {
        return Err(Problem::Damaged("the log ends elsewhere".to_owned()));
    }
    Ok(())
}
