//! All that is ever asked of a place for archives. Each question is one match on what kind of place it
//! is, so that another kind (a bucket, a server over SFTP) is a variant of [`Destination`] and one
//! more arm in each of them: nobody else writes, lists or removes anything there. (`anteroom restore`
//! reads an archive that somebody names, wherever it is.)
//!
//! Any of this may never come back, so the server has a [`super::Courier`] ask it; the commands that add
//! and list places ask it themselves, as somebody waits for them.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use super::super::disk;
use super::super::scratch::Scratch;
use super::{Problem, make_directory};
use crate::domain::backup::plan::Destination;

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

/// Whether a place is there, and is the one that was added.
///
/// # Errors
/// [`Problem::NoPlace`] when it is not.
pub fn ready(to: &Destination) -> Result<(), Problem> {
    match to {
        Destination::Directory(path) => {
            if Path::new(path).join(MARK).is_file() {
                Ok(())
            } else {
                Err(Problem::NoPlace(to.shown().to_owned()))
            }
        }
    }
}

/// Makes a place ready: there, for the account that owns the data alone, and marked.
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

/// Makes a place that nobody added, for one archive, if it is not there.
///
/// # Errors
/// When the file system says no.
pub fn make(to: &Destination) -> Result<(), Problem> {
    match to {
        Destination::Directory(path) => make_directory(Path::new(path)),
    }
}

/// Really writes to a place, and takes it away again.
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

/// An archive: the place, and what it is called there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Archive {
    to: Destination,
    name: String,
}

impl Archive {
    /// One that lies at a place, or shall.
    pub fn new(to: &Destination, name: &str) -> Self {
        Self {
            to: to.clone(),
            name: name.to_owned(),
        }
    }

    /// Where it is, in full: as people read it, and as a clinic remembers it.
    pub fn shown(&self) -> String {
        match &self.to {
            Destination::Directory(path) => Path::new(path)
                .join(&self.name)
                .to_string_lossy()
                .into_owned(),
        }
    }

    /// One that a clinic remembers, if it lies at this place.
    pub fn at(to: &Destination, shown: &str) -> Option<Self> {
        match to {
            Destination::Directory(path) => {
                let shown = Path::new(shown);
                let name = shown.file_name()?.to_str()?;
                (shown.parent() == Some(Path::new(path))).then(|| Self::new(to, name))
            }
        }
    }

    /// Whether it is there.
    ///
    /// # Errors
    /// When the place fails.
    pub fn is_there(&self) -> Result<bool, Problem> {
        match &self.to {
            Destination::Directory(_) => Ok(self.file().try_exists()?),
        }
    }

    /// Removes it, if it is there.
    ///
    /// # Errors
    /// When the place fails.
    pub fn remove(&self) -> Result<(), Problem> {
        match &self.to {
            Destination::Directory(_) => remove_file(&self.file()),
        }
    }

    /// What a kill left of it: its half is removed, and the size of a whole one is given back.
    ///
    /// # Errors
    /// When the place fails.
    pub fn tidy(&self) -> Result<Option<u64>, Problem> {
        match &self.to {
            Destination::Directory(_) => {
                let file = self.file();
                remove_file(&part(&file))?;
                match fs::metadata(file) {
                    Ok(whole) => Ok(Some(whole.len())),
                    Err(e) if e.kind() == ErrorKind::NotFound => Ok(None),
                    Err(e) => Err(e.into()),
                }
            }
        }
    }

    /// Begins it.
    pub(super) fn create(&self) -> Result<Box<dyn Half>, Problem> {
        if self.is_there()? {
            return Err(Problem::Taken(self.shown()));
        }
        match &self.to {
            Destination::Directory(_) => {
                let name = self.file();
                let part = Scratch::new(part(&name))?;
                let file = File::options()
                    .write(true)
                    .create_new(true)
                    .mode(0o600)
                    .open(part.path())?;
                Ok(Box::new(HalfFile {
                    file: Some(file),
                    lies: Some(part),
                    name,
                }))
            }
        }
    }

    /// Opens it to read.
    pub(super) fn open(&self) -> Result<Box<dyn Read + Send>, Problem> {
        match &self.to {
            Destination::Directory(_) => Ok(Box::new(File::open(self.file())?)),
        }
    }

    /// The file of one in a directory.
    fn file(&self) -> PathBuf {
        match &self.to {
            Destination::Directory(path) => Path::new(path).join(&self.name),
        }
    }
}

/// An archive that is not whole yet. Dropped before it [stays](Half::stays), nothing of it is left.
pub(super) trait Half: Write + Send {
    /// Sees to it that what was written so far outlasts a power cut.
    fn sync(&mut self) -> io::Result<()>;
    /// All of it outlasts a power cut. How many bytes it has.
    fn settle(&mut self) -> io::Result<u64>;
    /// From here on it has its name.
    fn name(&mut self) -> io::Result<()>;
    /// Leaves it there.
    fn stays(self: Box<Self>);
}

struct HalfFile {
    /// `None` once all of it is there: to close a file may wait for a server that is gone, so that is
    /// done with the rest.
    file: Option<File>,
    /// `None` once naming it failed.
    lies: Option<Scratch>,
    name: PathBuf,
}

impl HalfFile {
    fn open(&mut self) -> io::Result<&mut File> {
        let closed = || io::Error::from(ErrorKind::BrokenPipe);
        self.file.as_mut().ok_or_else(closed)
    }
}

impl Write for HalfFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.open()?.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.open()?.flush()
    }
}

impl Half for HalfFile {
    fn sync(&mut self) -> io::Result<()> {
        self.open()?.sync_data()
    }

    fn settle(&mut self) -> io::Result<u64> {
        let file = self.open()?;
        file.sync_all()?;
        let bytes = file.metadata()?.len();
        self.file = None;
        Ok(bytes)
    }

    fn name(&mut self) -> io::Result<()> {
        if let Some(part) = self.lies.take() {
            self.lies = Some(part.renamed(&self.name)?);
        }
        Ok(())
    }

    fn stays(mut self: Box<Self>) {
        if let Some(named) = self.lies.take() {
            named.stays();
        }
    }
}

/// Where a file of this name lies while it is not whole.
fn part(name: &Path) -> PathBuf {
    let mut part = name.to_owned().into_os_string();
    part.push(".part");
    part.into()
}

fn remove_file(file: &Path) -> Result<(), Problem> {
    match fs::remove_file(file) {
        Err(e) if e.kind() != ErrorKind::NotFound => Err(e.into()),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_is_known_again_at_its_place_and_nowhere_else() {
        let usb = Destination::Directory("/mnt/usb".to_owned());
        let nas = Destination::Directory("/mnt/usb/nas".to_owned());
        let one = Archive::new(&usb, "a.age");
        assert_eq!(one.shown(), "/mnt/usb/a.age");
        assert_eq!(Archive::at(&usb, "/mnt/usb/a.age"), Some(one));
        assert_eq!(Archive::at(&nas, "/mnt/usb/a.age"), None);
        assert_eq!(Archive::at(&usb, "/mnt/usb/nas/a.age"), None);
    }

    #[test]
    fn what_a_kill_left_is_told_apart() {
        let dir = tempfile::tempdir().unwrap();
        let to = Destination::directory(dir.path());
        let archive = Archive::new(&to, "c.age");
        fs::write(dir.path().join("c.age.part"), b"half").unwrap();
        assert_eq!(archive.tidy().unwrap(), None);
        assert!(!dir.path().join("c.age.part").exists());
        fs::write(dir.path().join("c.age"), b"whole").unwrap();
        assert_eq!(archive.tidy().unwrap(), Some(5));
        assert!(matches!(archive.create(), Err(Problem::Taken(_))));
        archive.remove().unwrap();
        archive.remove().unwrap();
        assert!(!archive.is_there().unwrap());
    }

    #[test]
    fn a_half_leaves_nothing_unless_it_stays() {
        let dir = tempfile::tempdir().unwrap();
        let to = Destination::directory(dir.path());
        let archive = Archive::new(&to, "d.age");
        for named in [false, true] {
            let mut half = archive.create().unwrap();
            half.write_all(b"half").unwrap();
            if named {
                half.name().unwrap();
                assert!(archive.is_there().unwrap());
            }
            drop(half);
            assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
        }
        let mut half = archive.create().unwrap();
        half.write_all(b"whole").unwrap();
        assert_eq!(half.settle().unwrap(), 5);
        half.name().unwrap();
        half.stays();
        assert!(archive.is_there().unwrap());
    }
}
