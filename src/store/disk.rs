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

/// How many bytes may still be written to the disk of a directory.
///
/// # Errors
/// When the file system does not say.
pub fn free_bytes(directory: &Path) -> io::Result<u64> {
    let disk = rustix::fs::statvfs(directory)?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
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
    fn a_disk_says_how_much_is_left_and_whose_a_file_is() {
        let dir = tempfile::tempdir().unwrap();
        assert!(free_bytes(dir.path()).unwrap() > 0);
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
