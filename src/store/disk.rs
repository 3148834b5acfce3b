//! What the file system says: how large the data file is, how much room is left, and whose files
//! these are.

use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt as _, chown};
use std::path::Path;

use super::FILE_NAME;

/// How large the data file in a directory is, in bytes.
///
/// # Errors
/// When there is none.
pub fn data_bytes(directory: &Path) -> io::Result<u64> {
    Ok(fs::metadata(directory.join(FILE_NAME))?.len())
}

/// Less than this is left of the disk: nothing more is written, so that there is always room to
/// open the data again and for the operator to move about. 256 MB as the goal R10 has it.
pub const LEAST_FREE_BYTES: u64 = 256 << 20;
/// So much is left again: writing goes on. More than the least, so that it does not flicker.
pub const ENOUGH_FREE_BYTES: u64 = LEAST_FREE_BYTES + (32 << 20);
/// Less than so many of a hundred are left: the owner is told.
pub const LOW_PERCENT: u64 = 10;

/// The room of a disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// Bytes that may still be written.
    pub free: u64,
    /// Bytes in all.
    pub total: u64,
}

impl Room {
    /// Whether the owner should make room soon.
    pub fn is_low(self) -> bool {
        self.free < self.total / 100 * LOW_PERCENT || self.free < ENOUGH_FREE_BYTES
    }
}

/// How much may still be written to the disk of a directory.
///
/// # Errors
/// When the file system does not say.
pub fn room(directory: &Path) -> io::Result<Room> {
    let disk = rustix::fs::statvfs(directory)?;
    Ok(Room {
        free: disk.f_bavail.saturating_mul(disk.f_frsize),
        total: disk.f_blocks.saturating_mul(disk.f_frsize),
    })
}

/// Gives a file to whoever owns another one: what root makes beside a server, the server must be
/// able to use. Nobody else can give anything away, so nothing happens then.
///
/// # Errors
/// When the file system says no.
pub fn give_to_owner_of(path: &Path, like: &Path) -> io::Result<()> {
    if !am_root() {
        return Ok(());
    }
    let (file, model) = (fs::metadata(path)?, fs::metadata(like)?);
    if (file.uid(), file.gid()) == (model.uid(), model.gid()) {
        return Ok(());
    }
    chown(path, Some(model.uid()), Some(model.gid()))
}

/// Whether root owns a file.
///
/// # Errors
/// When there is none.
pub fn is_of_root(path: &Path) -> io::Result<bool> {
    Ok(fs::metadata(path)?.uid() == 0)
}

/// Whether this program runs as root.
pub fn am_root() -> bool {
    is_of_root(Path::new("/proc/self")).unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_owner_is_told_at_a_tenth_and_before_nothing_can_be_written() {
        let low = |free, total| Room { free, total }.is_low();
        assert!(!low(11 << 30, 100 << 30) && low(9 << 30, 100 << 30));
        assert!(low(LEAST_FREE_BYTES, 512 << 20));
    }

    #[test]
    fn a_disk_says_how_much_is_left_and_whose_a_file_is() {
        let dir = tempfile::tempdir().unwrap();
        let room = room(dir.path()).unwrap();
        assert!(room.free > 0 && room.free <= room.total);
        assert!(data_bytes(dir.path()).is_err());
        fs::write(dir.path().join(FILE_NAME), b"12345").unwrap();
        assert_eq!(data_bytes(dir.path()).unwrap(), 5);
        let file = dir.path().join("made");
        fs::write(&file, b"").unwrap();
        give_to_owner_of(&file, dir.path()).unwrap();
        if am_root() {
            chown(dir.path(), Some(4_711), Some(4_711)).unwrap();
            give_to_owner_of(&file, dir.path()).unwrap();
            assert_eq!(fs::metadata(&file).unwrap().uid(), 4_711);
        } else {
            eprintln!("NOT RUN: only root can give a file away");
        }
    }
}
