//! The files of an import: one file, the `.json` files of a folder, or those in a ZIP file.
//! Nothing is unpacked to disk, so names in a ZIP file lead nowhere.

use std::collections::HashSet;
use std::fmt;
use std::fs::{self, File};
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use zip::ZipArchive;

use super::convert::clean;

/// How deep folders are looked into.
const MAX_DEPTH: usize = 8;
/// The most files of one import.
const MAX_FILES: usize = 1_000_000;

/// How much is read.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Of one file, unpacked.
    pub file_bytes: u64,
    /// Of all files, unpacked.
    pub total_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 128 << 20,
            total_bytes: 64 << 30,
        }
    }
}

/// Why a source cannot be read.
#[derive(Debug)]
pub enum Unreadable {
    /// The system says no.
    Io(PathBuf, std::io::Error),
    /// The ZIP file is damaged or of an unknown kind.
    Zip(PathBuf, String),
    /// There is no `.json` file in it.
    Empty(PathBuf),
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(path, e) => write!(f, "{} cannot be read: {e}", path.display()),
            Self::Zip(path, e) => {
                write!(
                    f,
                    "{} is not a ZIP file that can be read: {e}",
                    path.display()
                )
            }
            Self::Empty(path) => write!(f, "there is no .json file in {}", path.display()),
        }
    }
}

impl std::error::Error for Unreadable {}

enum Files {
    Disk(Vec<PathBuf>),
    Zip(Box<ZipArchive<BufReader<File>>>, Vec<usize>),
}

/// The files of an import, in the order of their names.
pub(super) struct Source {
    files: Files,
    names: Vec<String>,
    /// Files that are not `.json`.
    pub(super) skipped: u64,
    limits: Limits,
    left_bytes: u64,
    counted: HashSet<usize>,
}

impl Source {
    pub(super) fn open(path: &Path, limits: Limits) -> Result<Self, Unreadable> {
        let io = |e| Unreadable::Io(path.to_owned(), e);
        let mut source = Self {
            files: Files::Disk(Vec::new()),
            names: Vec::new(),
            skipped: 0,
            limits,
            left_bytes: limits.total_bytes,
            counted: HashSet::new(),
        };
        if fs::metadata(path).map_err(io)?.is_dir() {
            let mut found = Vec::new();
            source.walk(path, 0, &mut found)?;
            found.sort();
            let name = |p: &PathBuf| p.strip_prefix(path).unwrap_or(p).display().to_string();
            source.names = found.iter().map(|p| clean(&name(p), 200)).collect();
            source.files = Files::Disk(found);
        } else {
            let mut file = File::open(path).map_err(io)?;
            let mut magic = [0; 4];
            let is_zip = file.read_exact(&mut magic).is_ok() && magic.starts_with(b"PK");
            if is_zip {
                source.open_zip(path)?;
            } else {
                let name = path.file_name().unwrap_or(path.as_os_str());
                source.names = vec![clean(&name.to_string_lossy(), 200)];
                source.files = Files::Disk(vec![path.to_owned()]);
            }
        }
        if source.names.is_empty() {
            return Err(Unreadable::Empty(path.to_owned()));
        }
        Ok(source)
    }

    fn open_zip(&mut self, path: &Path) -> Result<(), Unreadable> {
        let file = File::open(path).map_err(|e| Unreadable::Io(path.to_owned(), e))?;
        let archive = ZipArchive::new(BufReader::new(file))
            .map_err(|e| Unreadable::Zip(path.to_owned(), e.to_string()))?;
        let mut entries = Vec::new();
        for (at, name) in archive.file_names_raw().enumerate().take(MAX_FILES) {
            let name = String::from_utf8_lossy(name);
            if is_json(&name) {
                entries.push((clean(&name, 200), at));
            } else if !name.ends_with('/') {
                self.skipped += 1;
            }
        }
        entries.sort();
        let (names, at) = entries.into_iter().unzip();
        self.names = names;
        self.files = Files::Zip(Box::new(archive), at);
        Ok(())
    }

    /// Links are not followed, so a folder that holds itself ends.
    fn walk(
        &mut self,
        folder: &Path,
        depth: usize,
        found: &mut Vec<PathBuf>,
    ) -> Result<(), Unreadable> {
        let io = |e| Unreadable::Io(folder.to_owned(), e);
        for entry in fs::read_dir(folder).map_err(io)? {
            let entry = entry.map_err(io)?;
            let kind = entry.file_type().map_err(io)?;
            if kind.is_dir() && depth < MAX_DEPTH {
                self.walk(&entry.path(), depth + 1, found)?;
            } else if kind.is_file() && is_json(&entry.file_name().to_string_lossy()) {
                if found.len() < MAX_FILES {
                    found.push(entry.path());
                }
            } else {
                self.skipped += 1;
            }
        }
        Ok(())
    }

    /// How many files there are.
    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    /// What people call a file.
    pub(super) fn name(&self, at: usize) -> String {
        self.names.get(at).cloned().unwrap_or_default()
    }

    /// What is in a file, or why it cannot be read. What was read before a limit was met counts; a
    /// file that is read again does not count again.
    pub(super) fn read(&mut self, at: usize) -> Result<Vec<u8>, String> {
        let again = self.counted.contains(&at);
        let left = if again { u64::MAX } else { self.left_bytes };
        let limit = self.limits.file_bytes.min(left);
        let bytes = match &mut self.files {
            Files::Disk(paths) => {
                let path = paths.get(at).ok_or("there is no such file")?;
                let file = File::open(path).map_err(|e| e.to_string())?;
                take(file, limit)
            }
            Files::Zip(archive, entries) => {
                let entry = *entries.get(at).ok_or("there is no such file")?;
                let file = archive.by_index(entry).map_err(|e| e.to_string())?;
                take(file, limit)
            }
        }
        .map_err(|e| clean(&e.to_string(), 200))?;
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if self.counted.insert(at) {
            self.left_bytes = self.left_bytes.saturating_sub(length);
        }
        if length <= limit {
            return Ok(bytes);
        }
        let mib = |n: u64| n.div_ceil(1 << 20);
        Err(if limit == self.limits.file_bytes {
            format!("it is larger than {} MiB", mib(limit))
        } else {
            let total = mib(self.limits.total_bytes);
            format!("together the files are larger than {total} MiB")
        })
    }
}

/// One byte more than the limit, so that one can tell what is too large.
fn take(from: impl Read, limit: u64) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn is_json(name: &str) -> bool {
    Path::new(name)
        .extension()
        .is_some_and(|e| e.eq_ignore_ascii_case("json"))
}
