//! How it is kept: the only room that knows redb, postcard and the data file.
//!
//! [`Store::read`] and [`Store::write`] are the only doors. Writing wants a [`Cause`], so a change
//! that is not in the log cannot be made. The log is a chain of hashes and has no update or delete.

pub mod access;
pub mod appointments;
pub mod audit;
pub mod backup;
pub mod beside;
pub mod check;
mod commit;
pub mod disk;
pub mod failure;
pub mod hours;
pub mod key;
pub mod measure;
pub mod merges;
mod migrate;
pub mod notices;
pub mod patients;
pub mod requests;
pub mod row;
pub mod schema;
mod scratch;
pub mod settings;
mod source;
pub mod standing;
pub mod table;
#[cfg(test)]
pub(crate) mod tests;
mod tx;
mod untouched;
pub mod upgrade;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use redb::backends::InMemoryBackend;
use redb::{Builder, ConcurrencyMode, Database, ReadableDatabase};

use self::disk::Room;
pub use self::failure::{Failure, Stop};
use self::source::{Files, House, Medium, Memory, Source};
pub use self::standing::{Standing, Why};
pub use self::table::Read;
pub use self::tx::{Change, Head, Reader, Tx};
use crate::domain::audit::Cause;
use crate::domain::id::PatientId;

/// The data file in the data directory.
pub const FILE_NAME: &str = "clinic.redb";

/// Commands that may wait before those who ask must wait themselves.
const QUEUE: usize = 1024;

/// The clinic's data.
pub struct Store {
    house: Arc<House>,
    jobs: SyncSender<commit::Job>,
    writer: Mutex<Option<JoinHandle<()>>>,
    hooks: Arc<Mutex<Vec<commit::Hook>>>,
    /// Where the data file lies; `None` in memory.
    directory: Option<PathBuf>,
}

impl Store {
    /// Opens the data file in a directory, or makes it. `cache_bytes` is what the database may keep
    /// in memory. Data of an older version is brought to this one first.
    ///
    /// # Errors
    /// [`Failure::Locked`] when another process has it open, [`Failure::Newer`] when a newer
    /// version wrote it, [`Failure::NotUpgraded`] when data of an older one stays as it was.
    pub fn open(directory: &Path, cache_bytes: usize) -> Result<Self, Failure> {
        let path = directory.join(FILE_NAME);
        if !path.exists() {
            create(directory, &path)?;
        }
        let ours = (migrate::STEPS, schema::VERSION);
        let db = upgrade::open(directory, cache_bytes, ours, &|_| ())?;
        migrate::bring_up_to_date(&db)?;
        let medium = Files {
            directory: directory.to_owned(),
            cache_bytes,
        };
        let mut store = Self::with(db, Box::new(medium))?;
        store.directory = Some(directory.to_owned());
        Ok(store)
    }

    /// The directory with the data file; `None` when the data is only in memory.
    pub fn directory(&self) -> Option<&Path> {
        self.directory.as_deref()
    }

    /// A store that is gone when it is dropped.
    pub fn in_memory() -> Result<Self, Failure> {
        let db = Database::builder().create_with_backend(InMemoryBackend::new())?;
        migrate::bring_up_to_date(&db)?;
        Self::with(db, Box::new(Memory))
    }

    fn with(db: Database, medium: Box<dyn Medium>) -> Result<Self, Failure> {
        let head = audit::head(&Reader::new(db.begin_read()?))?;
        let hooks = Arc::new(Mutex::new(Vec::new()));
        let (jobs, waiting) = sync_channel(QUEUE);
        let house = Arc::new(House::new(medium, db));
        let writer = commit::Writer::new(house.clone(), head, hooks.clone());
        let thread = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || writer.run(&waiting))?;
        Ok(Self {
            house,
            jobs,
            writer: Mutex::new(Some(thread)),
            hooks,
            directory: None,
        })
    }

    /// Reads from one snapshot. When the disk fails in the middle it is read once more, from what
    /// can still be read.
    pub fn read<T, E: From<Failure>>(&self, f: impl Fn(&Reader) -> Result<T, E>) -> Result<T, E> {
        let (source, reader) = self.reader()?;
        let result = f(&reader);
        match reader.ill() {
            Some(said) if self.give_up(&source, &said) => f(&self.reader()?.1),
            Some(_) | None => result,
        }
    }

    fn reader(&self) -> Result<(Arc<Source>, Reader), Failure> {
        let broken = self.house.source.load_full();
        match self.house.reader() {
            Err(e) if e.is_of_disk() && self.give_up(&broken, &e.to_string()) => {
                self.house.reader()
            }
            other => other,
        }
    }

    fn give_up(&self, broken: &Arc<Source>, said: &str) -> bool {
        let is_other = self.house.give_up(broken, said);
        // A writer that is busy looks by itself.
        let _ = self.jobs.try_send(commit::Job::Look);
        is_other
    }

    /// Whether anything can be written, and why not.
    pub fn standing(&self) -> Arc<Standing> {
        self.house.standing.load_full()
    }

    /// How much room the disk has; `None` when the data is only in memory, or the disk does not say.
    pub fn room(&self) -> Option<Room> {
        self.house.medium.room()?.ok()
    }

    /// How long commits took.
    pub fn commits(&self) -> measure::Counted {
        self.house.commits.counted()
    }

    /// Runs a command and waits until it is durably kept, or refused. The command may run more than
    /// once; only the last run counts.
    pub fn write<T, F>(&self, cause: Cause, f: F) -> Result<T, Stop>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T, Stop> + Send + 'static,
    {
        let (command, answer) = commit::Pending::with_answer(cause, f);
        self.jobs
            .send(commit::Job::Command(command))
            .map_err(|_| Failure::Stopped)?;
        answer.recv().map_err(|_| Failure::Stopped)?
    }

    /// Writes down that a page was looked at, without making the page wait. A power cut may cost
    /// the last second of looks, never a change.
    pub fn note_view(&self, cause: Cause, about: Vec<PatientId>, object: String) {
        let view = commit::View {
            cause,
            about,
            object,
        };
        // Stopped means shutting down: the page is already on its way and cannot be called back.
        let _ = self.jobs.send(commit::Job::View(view));
    }

    /// Waits until every look so far is written down.
    pub fn flush_views(&self) {
        let (done, flushed) = sync_channel(1);
        if self.jobs.send(commit::Job::Flush(done)).is_ok() {
            let _ = flushed.recv();
        }
    }

    /// Calls a hook after every commit that says it changed something.
    pub fn on_commit(&self, hook: impl Fn(&BTreeSet<Change>) + Send + Sync + 'static) {
        if let Ok(mut hooks) = self.hooks.lock() {
            hooks.push(Box::new(hook));
        }
    }

    /// Finishes what waits, then closes the database.
    pub fn close(&self) {
        let thread = self.writer.lock().ok().and_then(|mut w| w.take());
        if let Some(thread) = thread {
            let _ = self.jobs.send(commit::Job::Stop);
            let _ = thread.join();
        }
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.close();
    }
}

/// How every data file is opened: one process writes, and others may read beside it.
fn builder(cache_bytes: usize) -> Builder {
    let mut builder = Database::builder();
    builder
        .set_cache_size(cache_bytes)
        .set_concurrency_mode(ConcurrencyMode::SingleWriter);
    builder
}

/// A crash while redb makes a file leaves one that does not open, so it is made under another name
/// and appears only when it is whole.
fn create(directory: &Path, path: &Path) -> Result<(), Failure> {
    fs::create_dir_all(directory)?;
    restrict(directory, 0o700)?;
    let making: PathBuf = directory.join(format!("{FILE_NAME}.new"));
    if making.exists() {
        fs::remove_file(&making)?;
    }
    let db = Database::builder().create(&making)?;
    migrate::bring_up_to_date(&db)?;
    db.close()?;
    restrict(&making, 0o600)?;
    fs::File::open(&making)?.sync_all()?;
    fs::rename(&making, path)?;
    Ok(scratch::sync_directory(path)?)
}

fn restrict(path: &Path, mode: u32) -> Result<(), Failure> {
    use std::os::unix::fs::PermissionsExt;
    Ok(fs::set_permissions(path, fs::Permissions::from_mode(mode))?)
}
