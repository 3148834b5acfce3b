//! Work at a place whose disk or server may fall silent, in the middle as well as at the start.
//!
//! A call to the file system of a server that is gone may never come back, and nothing can take back a
//! thread that made one. So every call to a place is made by a courier on a thread of its own, in
//! small pieces, and who waits for a piece gives it up when it takes too long. What was in its hands is
//! left to the courier, who tidies up should it ever come back. Until then nobody is sent after it:
//! there is never more than one thread that is lost at a place.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::Problem;
use super::pieces::MOST_UNSYNCED;
use super::place::{Archive, Half};
use crate::domain::backup::plan::Destination;

/// How long one piece of work may take at a place: disks that sleep take seconds to wake up.
pub const PATIENCE: Duration = Duration::from_mins(1);
/// How long one may take that the program does not wait for, as it ends: enough to tidy up where all
/// is well.
const FAREWELL: Duration = Duration::from_secs(2);
/// How often the one who waits looks whether the program ends.
const LOOK: Duration = Duration::from_millis(200);

/// The places where a courier is, and whether it was given up there.
#[derive(Clone, Debug, Default)]
pub struct Away(Arc<Mutex<BTreeMap<Destination, Arc<AtomicBool>>>>);

impl Away {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<Destination, Arc<AtomicBool>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

type Order = Box<dyn FnOnce() + Send>;

/// Who works at one place. Dropped, it comes home.
pub struct Courier<'a> {
    place: Destination,
    patience: Duration,
    is_stopping: &'a dyn Fn() -> bool,
    away: Away,
    is_lost: Arc<AtomicBool>,
    orders: mpsc::Sender<Order>,
}

impl<'a> Courier<'a> {
    /// Sends one to a place. Nothing is done there yet.
    ///
    /// # Errors
    /// [`Problem::Silent`] while an earlier one is lost there, [`Problem::Busy`] while one works there.
    pub fn send(
        away: &Away,
        place: &Destination,
        patience: Duration,
        is_stopping: &'a dyn Fn() -> bool,
    ) -> Result<Self, Problem> {
        let (orders, taken) = mpsc::channel::<Order>();
        let is_lost = Arc::new(AtomicBool::new(false));
        {
            let mut places = away.lock();
            match places.get(place) {
                Some(lost) if lost.load(Ordering::Acquire) => {
                    return Err(Problem::Silent(place.shown().to_owned()));
                }
                Some(_) => return Err(Problem::Busy),
                None => places.insert(place.clone(), is_lost.clone()),
            };
        }
        let courier = Self {
            place: place.clone(),
            patience,
            is_stopping,
            away: away.clone(),
            is_lost: is_lost.clone(),
            orders,
        };
        let back = Back {
            place: place.clone(),
            away: away.clone(),
            is_lost,
        };
        std::thread::Builder::new()
            .name("backup place".to_owned())
            .spawn(move || {
                let _back = back;
                for order in taken {
                    order();
                }
            })?;
        Ok(courier)
    }

    /// Does something at the place, and waits for it no longer than patience lasts.
    ///
    /// # Errors
    /// [`Problem::Silent`] when the place does not answer: then this courier is of no more use.
    /// [`Problem::Stopped`] when it does not answer while the program ends.
    pub fn run<T: Send + 'static>(
        &self,
        order: impl FnOnce() -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        if self.is_lost() {
            return Err(self.silent());
        }
        let (say, hear) = mpsc::channel();
        let order = Box::new(move || {
            // What nobody waits for any more goes here, on the thread that may wait.
            drop(say.send(order()));
        });
        if self.orders.send(order).is_err() {
            return Err(io::Error::other("the thread of a backup place ended").into());
        }
        let mut until = Instant::now() + self.patience;
        let mut ends = false;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            match hear.recv_timeout(LOOK.min(left)) {
                Ok(answer) => return answer,
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(io::Error::other("work at a backup place broke off").into());
                }
                Err(RecvTimeoutError::Timeout) if left.is_zero() => break,
                Err(RecvTimeoutError::Timeout) => {}
            }
            if !ends && (self.is_stopping)() {
                ends = true;
                until = until.min(Instant::now() + FAREWELL);
            }
        }
        self.is_lost.store(true, Ordering::Release);
        Err(if ends {
            Problem::Stopped
        } else {
            self.silent()
        })
    }

    fn is_lost(&self) -> bool {
        self.is_lost.load(Ordering::Acquire)
    }

    fn silent(&self) -> Problem {
        Problem::Silent(self.place.shown().to_owned())
    }
}

impl Drop for Courier<'_> {
    fn drop(&mut self) {
        // One that is lost takes its name off itself, when it comes back.
        if !self.is_lost() {
            self.away.lock().remove(&self.place);
        }
    }
}

/// Takes the name of a lost courier off when its thread ends, however it ends.
struct Back {
    place: Destination,
    away: Away,
    is_lost: Arc<AtomicBool>,
}

impl Drop for Back {
    fn drop(&mut self) {
        if self.is_lost.load(Ordering::Acquire) {
            self.away.lock().remove(&self.place);
        }
    }
}

/// A new archive at a place. It goes away unless it is finished.
pub(super) struct Outward<'a> {
    courier: &'a Courier<'a>,
    /// `None` once a piece was not written.
    half: Option<Box<dyn Half>>,
    unsynced: usize,
}

impl<'a> Outward<'a> {
    /// Begins an archive.
    pub(super) fn create(courier: &'a Courier<'a>, archive: &Archive) -> Result<Self, Problem> {
        let archive = archive.clone();
        let half = courier.run(move || archive.create())?;
        Ok(Self {
            courier,
            half: Some(half),
            unsynced: 0,
        })
    }

    fn take(&mut self) -> Result<Box<dyn Half>, Problem> {
        let broken = || io::Error::from(io::ErrorKind::BrokenPipe).into();
        self.half.take().ok_or_else(broken)
    }

    /// Gives it its name once all of it is safe there. How many bytes it has.
    pub(super) fn finish(mut self) -> Result<u64, Problem> {
        let mut half = self.take()?;
        // Two orders: one that is lost while it waits for the disk leaves no archive that nobody
        // knows of.
        let (bytes, mut half) = self.courier.run(move || Ok((half.settle()?, half)))?;
        let named = self.courier.run(move || {
            half.name()?;
            Ok(half)
        })?;
        named.stays();
        Ok(bytes)
    }
}

impl Write for Outward<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut half = self.take().map_err(said)?;
        let piece = bytes.to_vec();
        let count = piece.len();
        self.unsynced += count;
        // Left to the end, a slow disk would have minutes of work in one order.
        let sync = self.unsynced >= MOST_UNSYNCED;
        if sync {
            self.unsynced = 0;
        }
        let written = self.courier.run(move || {
            half.write_all(&piece)?;
            if sync {
                half.sync()?;
            }
            Ok(half)
        });
        self.half = Some(written.map_err(said)?);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Outward<'_> {
    fn drop(&mut self) {
        if let Some(half) = self.half.take() {
            // That it does not answer even to this says nothing new.
            let _ = self.courier.run(move || {
                drop(half);
                Ok(())
            });
        }
    }
}

/// An archive at a place, to read.
pub(super) struct Inward<'a> {
    courier: &'a Courier<'a>,
    /// `None` once a piece was not read.
    file: Option<Box<dyn Read + Send>>,
}

impl<'a> Inward<'a> {
    pub(super) fn open(courier: &'a Courier<'a>, archive: &Archive) -> Result<Self, Problem> {
        let archive = archive.clone();
        let file = courier.run(move || archive.open())?;
        Ok(Self {
            courier,
            file: Some(file),
        })
    }
}

impl Read for Inward<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let broken = || io::Error::from(io::ErrorKind::BrokenPipe);
        let mut file = self.file.take().ok_or_else(broken)?;
        let mut piece = vec![0; out.len()];
        let read = self.courier.run(move || {
            let count = file.read(&mut piece)?;
            Ok((file, piece, count))
        });
        let (file, piece, count) = read.map_err(said)?;
        self.file = Some(file);
        if let (Some(out), Some(piece)) = (out.get_mut(..count), piece.get(..count)) {
            out.copy_from_slice(piece);
        }
        Ok(count)
    }
}

impl Drop for Inward<'_> {
    fn drop(&mut self) {
        if let Some(file) = self.file.take() {
            // To close a file may wait for a server that is gone, as everything else may.
            let _ = self.courier.run(move || {
                drop(file);
                Ok(())
            });
        }
    }
}

/// A problem on its way through those who know only errors of files.
fn said(problem: Problem) -> io::Error {
    if let Problem::Io(e) = problem {
        e
    } else {
        io::Error::other(problem)
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::path::Path;
    use std::process::Command;

    use super::super::super::scratch::Scratch;
    use super::super::pieces::PIECE;
    use super::*;

    fn never() -> bool {
        false
    }

    fn is_silent<T>(answer: &Result<T, Problem>) -> bool {
        matches!(answer, Err(Problem::Silent(_)))
    }

    #[test]
    fn one_that_is_lost_is_followed_by_nobody_until_it_is_back() {
        let dir = tempfile::tempdir().unwrap();
        let (here, pipe) = (dir.path(), dir.path().join("pipe"));
        let made = Command::new("mkfifo").arg(&pipe).status();
        assert!(made.unwrap().success());
        let (away, soon) = (Away::default(), Duration::from_millis(100));
        let send = || Courier::send(&away, &Destination::directory(here), soon, &never);
        let courier = send().unwrap();
        assert!(matches!(send(), Err(Problem::Busy)), "it works there");
        assert_eq!(courier.run(|| Ok(7)).unwrap(), 7);
        // A pipe that nobody writes to cannot be opened, as a file cannot whose server is gone. What
        // was in its hands is left to it.
        let left = Scratch::new(here.join("left")).unwrap();
        std::fs::write(left.path(), b"half").unwrap();
        let (path, from) = (left.path().to_owned(), pipe.clone());
        let lost = courier.run(move || Ok((left, File::open(from)?)));
        assert!(is_silent(&lost));
        assert!(is_silent(&courier.run(|| Ok(7))), "of no more use");
        drop(courier);
        assert!(is_silent(&send()), "and nobody goes after it");
        let elsewhere = Courier::send(
            &away,
            &Destination::directory(Path::new("/elsewhere")),
            soon,
            &never,
        );
        assert_eq!(elsewhere.unwrap().run(|| Ok(8)).unwrap(), 8);
        assert!(path.exists());
        drop(File::options().write(true).open(&pipe).unwrap());
        while !away.lock().is_empty() {
            std::thread::yield_now();
        }
        assert!(!path.exists(), "it has tidied up");
        assert_eq!(send().unwrap().run(|| Ok(9)).unwrap(), 9);
    }

    #[test]
    fn nobody_waits_when_the_program_ends() {
        let dir = tempfile::tempdir().unwrap();
        let away = Away::default();
        let courier = Courier::send(
            &away,
            &Destination::directory(dir.path()),
            PATIENCE,
            &|| true,
        )
        .unwrap();
        assert_eq!(courier.run(|| Ok(7)).unwrap(), 7, "what is quick is done");
        let (never_said, waited_for) = mpsc::channel::<()>();
        let since = Instant::now();
        let ended = courier.run(move || Ok(waited_for.recv().is_ok()));
        assert!(matches!(ended, Err(Problem::Stopped)));
        assert!(since.elapsed() < PATIENCE / 2);
        drop(never_said);
    }

    #[test]
    fn a_file_goes_there_and_back_in_pieces_or_not_at_all() {
        let dir = tempfile::tempdir().unwrap();
        let (away, to) = (Away::default(), Destination::directory(dir.path()));
        let name = Archive::new(&to, "file");
        let courier =
            Courier::send(&away, &Destination::directory(dir.path()), PATIENCE, &never).unwrap();
        let bytes: Vec<u8> = (0..=u8::MAX).cycle().take(9 * PIECE + 5).collect();
        let mut out = Outward::create(&courier, &name).unwrap();
        for piece in bytes.chunks(PIECE) {
            out.write_all(piece).unwrap();
        }
        assert!(!name.is_there().unwrap(), "not before it is whole");
        let count = out.finish().unwrap();
        assert_eq!(count, u64::try_from(bytes.len()).unwrap());
        let mut back = Vec::new();
        let mut inward = Inward::open(&courier, &name).unwrap();
        inward.read_to_end(&mut back).unwrap();
        assert!(back == bytes);
        let taken = Outward::create(&courier, &name);
        assert!(matches!(taken, Err(Problem::Taken(_))));
        let mut half = Outward::create(&courier, &Archive::new(&to, "half")).unwrap();
        half.write_all(b"half").unwrap();
        drop(half);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_problem_comes_through_an_error_of_a_file() {
        let silent = Problem::Silent("/mnt".into());
        assert!(matches!(
            Problem::from(said(silent)),
            Problem::Silent(place) if place == "/mnt"
        ));
        let full = io::Error::from(io::ErrorKind::StorageFull);
        assert!(matches!(
            Problem::from(said(Problem::Io(full))),
            Problem::Io(e) if e.kind() == io::ErrorKind::StorageFull
        ));
    }
}
