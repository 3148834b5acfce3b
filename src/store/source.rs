//! Where the rows are: the database, or a snapshot of it while the database cannot be written to.
//!
//! After any error of the disk redb gives the open database up: it writes no more, and reads only
//! what it has in memory. So the file is opened a second time, only to be read, while the first
//! still holds its locks; one snapshot of it serves every reader until the disk answers again. A
//! source is closed when the last of its readers is gone.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use arc_swap::ArcSwap;
use redb::{Database, ReadOnlyDatabase, ReadTransaction, ReadableDatabase};

use super::disk::{self, Room};
use super::failure::Failure;
use super::measure::Durations;
use super::standing::{Standing, Why};
use super::tx::Reader;
use super::{FILE_NAME, builder};

/// How the data file is reached, again and again.
pub(super) trait Medium: Send + Sync {
    /// Opens it to be written to.
    fn open(&self) -> Result<Database, Failure>;
    /// Opens it to be read, beside a database that still holds it.
    fn open_beside(&self) -> Result<ReadOnlyDatabase, Failure>;
    /// How much room is left; `None` where that is no question.
    fn room(&self) -> Option<io::Result<Room>>;
    /// How long to wait before a disk that failed is tried again; each time twice as long.
    fn pause(&self) -> Duration {
        Duration::from_secs(1)
    }
}

/// A data file in a directory.
pub(super) struct Files {
    pub directory: PathBuf,
    pub cache_bytes: usize,
}

impl Medium for Files {
    fn open(&self) -> Result<Database, Failure> {
        Ok(builder(self.cache_bytes).open(self.directory.join(FILE_NAME))?)
    }

    fn open_beside(&self) -> Result<ReadOnlyDatabase, Failure> {
        Ok(builder(self.cache_bytes).open_read_only(self.directory.join(FILE_NAME))?)
    }

    fn room(&self) -> Option<io::Result<Room>> {
        Some(disk::room(&self.directory))
    }
}

/// Memory, which neither fills nor fails, and cannot be opened twice.
pub(super) struct Memory;

impl Medium for Memory {
    fn open(&self) -> Result<Database, Failure> {
        Err(Failure::Stopped)
    }

    fn open_beside(&self) -> Result<ReadOnlyDatabase, Failure> {
        Err(Failure::Stopped)
    }

    fn room(&self) -> Option<io::Result<Room>> {
        None
    }
}

/// Where the rows are.
pub(super) enum Source {
    /// The database.
    Live(Database),
    /// What it held when it was given up.
    Still(Arc<Still>),
    /// Nowhere: the disk does not even read.
    Gone,
}

/// A snapshot that every reader shares.
pub(super) struct Still {
    pub txn: ReadTransaction,
    /// Closed after the snapshot.
    _db: ReadOnlyDatabase,
}

/// What the readers and the writer share.
pub(super) struct House {
    pub medium: Box<dyn Medium>,
    pub source: ArcSwap<Source>,
    pub standing: ArcSwap<Standing>,
    pub commits: Durations,
    /// The database that was given up, while readers still hold it. Locked while one is.
    given_up: Mutex<Weak<Source>>,
}

impl House {
    pub(super) fn new(medium: Box<dyn Medium>, db: Database) -> Self {
        Self {
            medium,
            source: ArcSwap::from_pointee(Source::Live(db)),
            standing: ArcSwap::from_pointee(Standing::now(None)),
            commits: Durations::default(),
            given_up: Mutex::default(),
        }
    }

    /// A reader of what is there now.
    pub(super) fn reader(&self) -> Result<(Arc<Source>, Reader), Failure> {
        let source = self.source.load_full();
        let reader = match &*source {
            Source::Live(db) => Reader::of(db.begin_read()?, source.clone()),
            Source::Still(still) => Reader::still(still.clone()),
            Source::Gone => return Err(Failure::ReadOnly(self.why())),
        };
        Ok((source, reader))
    }

    /// Why nothing can be written.
    pub(super) fn why(&self) -> Why {
        let standing = self.standing.load();
        let unsaid = || Why::Broken("it was given up".to_owned());
        standing.read_only.clone().unwrap_or_else(unsaid)
    }

    /// Whether a source is the one of now, and the one that can be written to.
    pub(super) fn is_broken(&self) -> bool {
        matches!(self.standing.load().read_only, Some(Why::Broken(_)))
    }

    /// Gives a source up, because of what the disk said: from now on readers get a snapshot, and
    /// nobody writes. Whether there is another source than that one.
    pub(super) fn give_up(&self, broken: &Arc<Source>, said: &str) -> bool {
        let mut given_up = self.lock();
        if !Arc::ptr_eq(broken, &self.source.load()) {
            return true;
        }
        if !self.is_broken() {
            tracing::error!("the disk failed, so nothing is written: {said}");
            let why = Some(Why::Broken(said.to_owned()));
            self.standing.store(Arc::new(Standing::now(why)));
        }
        let still = self.medium.open_beside().and_then(|db| {
            let txn = db.begin_read()?;
            Ok(Still { txn, _db: db })
        });
        match still {
            Ok(still) => {
                if matches!(**broken, Source::Live(_)) {
                    *given_up = Arc::downgrade(broken);
                }
                self.source.store(Arc::new(Source::Still(Arc::new(still))));
                true
            }
            Err(e) => {
                tracing::error!("the data cannot be opened to be read: {e}");
                false
            }
        }
    }

    /// Opens the database again, once nobody holds the one that was given up. `sound` looks at the
    /// new one before anybody may use it.
    pub(super) fn open_again<T>(
        &self,
        sound: impl FnOnce(&Reader) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let mut given_up = self.lock();
        if let Source::Live(_) = &**self.source.load() {
            *given_up = Arc::downgrade(&self.source.swap(Arc::new(Source::Gone)));
        }
        if given_up.strong_count() > 0 {
            return Err(Failure::Locked);
        }
        // redb may panic over a file that it does not understand.
        let opened = catch_unwind(AssertUnwindSafe(|| self.medium.open()));
        let db = opened.unwrap_or(Err(Failure::Panicked))?;
        let found = sound(&Reader::new(db.begin_read()?))?;
        self.source.store(Arc::new(Source::Live(db)));
        self.standing.store(Arc::new(Standing::now(None)));
        Ok(found)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Weak<Source>> {
        // Whoever panicked here left a pointer as good as any.
        self.given_up.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
