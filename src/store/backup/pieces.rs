//! A backup does not flood the disk on which the clinic saves its own.
//!
//! Hundreds of megabytes that wait in memory go to the disk in one flood when somebody asks for it,
//! and whoever commits something small meanwhile waits behind it: tenths of a second, measured on
//! ext4, where in pieces of a few megabytes nobody notices. So an archive goes to the disk in pieces,
//! and a scratch database goes there when the system likes.

use std::io;
use std::ops::Bound;

use redb::backends::FileBackend;
use redb::{BackendError, StorageBackend};

/// Bytes that are handed to a file at once.
pub(super) const PIECE: usize = 1 << 20;
/// After so many bytes they must have reached the disk.
pub(super) const MOST_UNSYNCED: usize = 4 * PIECE;

/// The file of a database that counts only once it is whole, if at all: a rehearsal is thrown away,
/// and what is restored gets its name after all of it is on the disk. So its commits do not wait for
/// the disk, and most of a rehearsal is gone again before any of it had to be written there.
#[derive(Debug)]
pub(super) struct Unhurried(pub(super) FileBackend);

impl StorageBackend for Unhurried {
    fn len(&self) -> io::Result<u64> {
        self.0.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.0.read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.0.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.0.write(offset, data)
    }

    fn close(&self) -> io::Result<()> {
        self.0.close()
    }

    fn try_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.0.try_lock_range(start, end)
    }

    fn try_lock_shared_range(
        &self,
        start: Bound<u64>,
        end: Bound<u64>,
    ) -> Result<bool, BackendError> {
        self.0.try_lock_shared_range(start, end)
    }

    fn lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.0.lock_range(start, end)
    }

    fn lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.0.lock_shared_range(start, end)
    }

    fn unlock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.0.unlock_range(start, end)
    }

    fn query_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.0.query_lock_range(start, end)
    }
}
