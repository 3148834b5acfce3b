//! Files in the making: whoever looks finds a file whole under its own name, or not at all.

use std::fs::{self, File};
use std::io::{ErrorKind, Result};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// A file that goes away unless it becomes what it was made for.
pub(super) struct Scratch {
    path: PathBuf,
    keep: bool,
}

impl Scratch {
    /// At a path; what a killed program left there is removed.
    pub(super) fn new(path: PathBuf) -> Result<Self> {
        match fs::remove_file(&path) {
            Err(e) if e.kind() != ErrorKind::NotFound => Err(e),
            _ => Ok(Self { path, keep: false }),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Leaves it where it is.
    pub(super) fn stays(mut self) {
        self.keep = true;
    }

    /// Gives it its name; it still goes away under that one, unless it [`stays`](Self::stays).
    pub(super) fn renamed(mut self, name: &Path) -> Result<Self> {
        fs::rename(&self.path, name)?;
        name.clone_into(&mut self.path);
        sync_directory(name)?;
        Ok(self)
    }

    /// Gives it its name, and keeps the name whatever happens to the power.
    pub(super) fn become_(mut self, name: &Path) -> Result<()> {
        fs::rename(&self.path, name)?;
        self.keep = true;
        sync_directory(name)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if !self.keep
            && self.path.exists()
            && let Err(e) = fs::remove_file(&self.path)
        {
            tracing::error!("a scratch file stays behind: {e}");
        }
    }
}

/// Gives a file a second name, under which it stays: this one, or the first with a number behind it
/// that no other file has. What a killed program gave it is as good. The name.
pub(super) fn keep(of: &Path, name: &Path) -> Result<PathBuf> {
    let kept = fs::metadata(of)?;
    let mut wanted = name.to_owned();
    let mut number = 1_u32;
    while let Err(e) = fs::hard_link(of, &wanted) {
        if e.kind() != ErrorKind::AlreadyExists {
            return Err(e);
        }
        let there = fs::symlink_metadata(&wanted)?;
        if (there.dev(), there.ino()) == (kept.dev(), kept.ino()) {
            break;
        }
        number += 1;
        let mut next = name.to_owned().into_os_string();
        next.push(format!("-{number}"));
        wanted = next.into();
    }
    sync_directory(&wanted)?;
    Ok(wanted)
}

/// Keeps the names in the directory of a file as they are now, whatever happens to the power.
pub(super) fn sync_directory(of: &Path) -> Result<()> {
    let directory = of.parent().filter(|d| !d.as_os_str().is_empty());
    File::open(directory.unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_takes_no_name_from_another() {
        let dir = tempfile::tempdir().unwrap();
        let (file, name) = (dir.path().join("now"), dir.path().join("kept"));
        fs::write(&file, b"now").unwrap();
        assert_eq!(keep(&file, &name).unwrap(), name);
        assert_eq!(keep(&file, &name).unwrap(), name, "it has it");
        fs::remove_file(&file).unwrap();
        fs::write(&file, b"later").unwrap();
        let second = dir.path().join("kept-2");
        assert_eq!(keep(&file, &name).unwrap(), second);
        assert_eq!(keep(&file, &name).unwrap(), second, "it has it");
        assert_eq!(fs::read(&name).unwrap(), b"now");
        assert_eq!(fs::read(&second).unwrap(), b"later");
    }
}
