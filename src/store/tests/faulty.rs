//! Disks that fail when a test wants it, and lose what was not synced when the power goes.

use std::io::{Error, ErrorKind, Result};
use std::ops::Bound;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use redb::backends::FileBackend;
use redb::{BackendError, StorageBackend};

use super::super::disk::Room;
use super::super::source::Medium;
use super::super::*;

/// How a disk fails from a certain operation on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// That one operation fails, and none after it.
    Once,
    /// Nothing is written or synced any more until it is mended.
    Writing,
    /// Nothing is read either.
    Everything,
}

/// A file on a disk that fails.
#[derive(Debug)]
pub(crate) struct Disk {
    file: PathBuf,
    fault: Fault,
    /// Operations so far, and at which of them the fault begins.
    done: AtomicU64,
    at: AtomicU64,
    broken: AtomicBool,
    free: AtomicU64,
}

impl Disk {
    pub(crate) fn new(directory: &Path, fault: Fault, at: u64) -> Arc<Self> {
        Arc::new(Self {
            file: directory.join(FILE_NAME),
            fault,
            done: AtomicU64::new(0),
            at: AtomicU64::new(at),
            broken: AtomicBool::new(false),
            free: AtomicU64::new(100 << 30),
        })
    }

    /// A store on it; the file is there already.
    pub(crate) fn store(self: &Arc<Self>) -> std::result::Result<Store, Failure> {
        let medium = On(self.clone());
        Store::with(medium.open()?, Box::new(medium))
    }

    /// Operations so far.
    pub(crate) fn done(&self) -> u64 {
        self.done.load(Ordering::SeqCst)
    }

    /// Whether the fault has begun.
    pub(crate) fn has_failed(&self) -> bool {
        self.done() >= self.at.load(Ordering::SeqCst)
    }

    /// From now on it works.
    pub(crate) fn mend(&self) {
        self.at.store(u64::MAX, Ordering::SeqCst);
        self.broken.store(false, Ordering::SeqCst);
    }

    /// From now on it fails.
    pub(crate) fn break_(&self) {
        self.at.store(self.done() + 1, Ordering::SeqCst);
    }

    /// How much room is left, in bytes.
    pub(crate) fn set_free(&self, bytes: u64) {
        self.free.store(bytes, Ordering::SeqCst);
    }

    fn operation(&self, writes: bool) -> Result<()> {
        let now = self.done.fetch_add(1, Ordering::SeqCst) + 1;
        let at = self.at.load(Ordering::SeqCst);
        if now == at && self.fault != Fault::Once {
            self.broken.store(true, Ordering::SeqCst);
        }
        let fails = match self.fault {
            Fault::Once => now == at,
            Fault::Writing => writes && self.broken.load(Ordering::SeqCst),
            Fault::Everything => self.broken.load(Ordering::SeqCst),
        };
        if fails {
            return Err(Error::new(
                ErrorKind::StorageFull,
                "the disk of the test fails",
            ));
        }
        Ok(())
    }
}

/// How a store reaches such a disk.
struct On(Arc<Disk>);

impl On {
    fn backend(&self, writes: bool) -> std::result::Result<Backend, Failure> {
        let file = fs::File::options()
            .read(true)
            .write(writes)
            .open(&self.0.file)?;
        Ok(Backend {
            disk: self.0.clone(),
            file: FileBackend::new(file)?,
        })
    }
}

impl Medium for On {
    fn open(&self) -> std::result::Result<Database, Failure> {
        Ok(builder(1 << 20).create_with_backend(self.backend(true)?)?)
    }

    fn open_beside(&self) -> std::result::Result<redb::ReadOnlyDatabase, Failure> {
        Ok(builder(1 << 20).open_read_only_with_backend(self.backend(false)?)?)
    }

    fn room(&self) -> Option<Result<Room>> {
        Some(Ok(Room {
            free: self.0.free.load(Ordering::SeqCst),
            total: 100 << 30,
        }))
    }

    fn pause(&self) -> Duration {
        Duration::from_millis(1)
    }
}

#[derive(Debug)]
struct Backend {
    disk: Arc<Disk>,
    file: FileBackend,
}

type Locked<T> = std::result::Result<T, BackendError>;

impl StorageBackend for Backend {
    fn len(&self) -> Result<u64> {
        self.disk.operation(false)?;
        self.file.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> Result<()> {
        self.disk.operation(false)?;
        self.file.read(offset, out)
    }

    fn set_len(&self, len: u64) -> Result<()> {
        self.disk.operation(true)?;
        self.file.set_len(len)
    }

    fn sync_data(&self) -> Result<()> {
        // What the kernel has is enough here; the power stays on.
        self.disk.operation(true)
    }

    fn write(&self, offset: u64, data: &[u8]) -> Result<()> {
        self.disk.operation(true)?;
        self.file.write(offset, data)
    }

    fn close(&self) -> Result<()> {
        self.file.close()
    }

    fn try_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Locked<bool> {
        self.file.try_lock_range(start, end)
    }

    fn try_lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Locked<bool> {
        self.file.try_lock_shared_range(start, end)
    }

    fn lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Locked<()> {
        self.file.lock_range(start, end)
    }

    fn lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Locked<()> {
        self.file.lock_shared_range(start, end)
    }

    fn unlock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Locked<()> {
        self.file.unlock_range(start, end)
    }

    fn query_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Locked<bool> {
        self.file.query_lock_range(start, end)
    }
}

/// A small generator, so that a run can be repeated from its seed (xorshift*).
#[derive(Clone, Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % end.max(1)
    }
}

/// What was asked of a disk since it last synced.
#[derive(Clone, Debug)]
enum Asked {
    Write(usize, Vec<u8>),
    Length(usize),
}

fn apply(bytes: &mut Vec<u8>, asked: &Asked) {
    match asked {
        Asked::Length(len) => bytes.resize(*len, 0),
        Asked::Write(at, data) => {
            let end = at + data.len();
            if bytes.len() < end {
                bytes.resize(end, 0);
            }
            bytes[*at..end].copy_from_slice(data);
        }
    }
}

/// What lies on the platter, what the kernel has in memory, and what is on its way.
#[derive(Debug, Default)]
struct Platter {
    kept: Vec<u8>,
    seen: Vec<u8>,
    on_the_way: Vec<Asked>,
    /// Operations until the power goes; none while it stays.
    power_s: Option<u64>,
    /// One sync of so many fails, and what it should have kept may never be.
    bad_syncs: u64,
    /// Whether a sync only says that it was done.
    lies: bool,
    dice: Option<Dice>,
}

impl Platter {
    fn below(&mut self, end: u64) -> u64 {
        self.dice.as_mut().map_or(0, |dice| dice.below(end))
    }

    /// Each write that is on its way is kept, dropped, or torn into sectors. The length of a file is
    /// the file system's own: it is the old one or the new one and never something between, and what
    /// was written behind the end of the old one is gone with the new one.
    fn lose(&mut self) {
        for asked in std::mem::take(&mut self.on_the_way) {
            match (self.below(3), asked) {
                (0, Asked::Length(len)) => self.kept.resize(len, 0),
                (0, Asked::Write(at, data)) => self.keep(at, &data),
                (1, Asked::Write(at, data)) => {
                    for (n, sector) in data.chunks(512).enumerate() {
                        if self.below(2) == 0 {
                            self.keep(at + n * 512, sector);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    fn keep(&mut self, at: usize, data: &[u8]) {
        let room = self.kept.get_mut(at..).unwrap_or_default();
        let count = room.len().min(data.len());
        room[..count].copy_from_slice(&data[..count]);
    }

    fn operation(&mut self) -> Result<()> {
        match &mut self.power_s {
            Some(0) => Err(Error::new(ErrorKind::BrokenPipe, "the power is gone")),
            Some(left) => {
                *left -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn ask(&mut self, asked: Asked) -> Result<()> {
        self.operation()?;
        apply(&mut self.seen, &asked);
        self.on_the_way.push(asked);
        Ok(())
    }
}

/// A disk in memory whose power can go at any operation.
#[derive(Clone, Debug, Default)]
pub(crate) struct Powered(Arc<Mutex<Platter>>);

impl Powered {
    /// With a file on it.
    pub(crate) fn with(file: Vec<u8>, dice: Dice, bad_syncs: u64) -> Self {
        Self(Arc::new(Mutex::new(Platter {
            kept: file.clone(),
            seen: file,
            bad_syncs,
            dice: Some(dice),
            ..Platter::default()
        })))
    }

    pub(crate) fn store(&self) -> std::result::Result<Store, Failure> {
        Store::with(self.open()?, Box::new(self.clone()))
    }

    /// After so many more operations, nothing happens any more.
    pub(crate) fn power_for(&self, operations: u64) {
        self.0.lock().unwrap().power_s = Some(operations);
    }

    /// The power comes back, and finds what lies on the platter.
    pub(crate) fn power_on(&self) {
        let mut platter = self.0.lock().unwrap();
        platter.lose();
        platter.power_s = None;
        platter.bad_syncs = 0;
        platter.lies = false;
        platter.seen = platter.kept.clone();
    }

    /// Whether the power is there.
    pub(crate) fn has_power(&self) -> bool {
        self.0.lock().unwrap().power_s != Some(0)
    }

    /// From now on a sync says that all is well and does nothing.
    pub(crate) fn lie(&self) {
        self.0.lock().unwrap().lies = true;
    }
}

impl Medium for Powered {
    fn open(&self) -> std::result::Result<Database, Failure> {
        let mut builder = Database::builder();
        builder.set_cache_size(1 << 20);
        Ok(builder.create_with_backend(self.clone())?)
    }

    fn open_beside(&self) -> std::result::Result<redb::ReadOnlyDatabase, Failure> {
        Err(Failure::Locked)
    }

    fn room(&self) -> Option<Result<Room>> {
        None
    }

    fn pause(&self) -> Duration {
        Duration::from_millis(1)
    }
}

impl StorageBackend for Powered {
    fn len(&self) -> Result<u64> {
        let mut platter = self.0.lock().unwrap();
        platter.operation()?;
        Ok(u64::try_from(platter.seen.len()).unwrap())
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> Result<()> {
        let mut platter = self.0.lock().unwrap();
        platter.operation()?;
        let at = usize::try_from(offset).unwrap();
        let seen = platter.seen.get(at..at + out.len());
        out.copy_from_slice(seen.ok_or(ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, len: u64) -> Result<()> {
        let len = usize::try_from(len).unwrap();
        self.0.lock().unwrap().ask(Asked::Length(len))
    }

    fn write(&self, offset: u64, data: &[u8]) -> Result<()> {
        let at = usize::try_from(offset).unwrap();
        self.0.lock().unwrap().ask(Asked::Write(at, data.to_vec()))
    }

    fn sync_data(&self) -> Result<()> {
        let mut platter = self.0.lock().unwrap();
        platter.operation()?;
        if platter.lies {
            return Ok(());
        }
        let one_of = platter.bad_syncs;
        if one_of > 0 && platter.below(one_of) == 0 {
            // The kernel says so once, and then takes what it has for clean.
            platter.lose();
            return Err(Error::other("the sync failed"));
        }
        for asked in std::mem::take(&mut platter.on_the_way) {
            apply(&mut platter.kept, &asked);
        }
        // A length that an earlier sync lost is known to the kernel all the same.
        let len = platter.seen.len();
        platter.kept.resize(len, 0);
        Ok(())
    }
}
