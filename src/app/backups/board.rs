//! What is known of the backups without reading the store: pages ask for it with every look.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use jiff::Timestamp;

use crate::domain::backup::plan::{Alarm, Plan, Target, alarm};
use crate::store::backup::{Away, Problem, plan as kept};
use crate::store::{Failure, Store};

/// What was decided and which places there are, as of the last commit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// What the clinic has decided.
    pub plan: Plan,
    /// Every place, by name.
    pub targets: Vec<Target>,
}

impl Known {
    fn read(store: &Store) -> Result<Self, Failure> {
        store.read(|rows| {
            Ok(Self {
                plan: kept::plan(rows)?,
                targets: kept::targets(rows)?,
            })
        })
    }
}

/// A backup that is being made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AtWork {
    /// Where to: the name of a target, or a directory.
    pub to: String,
    /// When it began.
    pub since: Timestamp,
    /// How much of it is done.
    pub percent: u8,
}

/// What is known of the backups of a clinic.
#[derive(Debug)]
pub struct Board {
    known: ArcSwap<Known>,
    at_work: Mutex<Option<AtWork>>,
    stopping: AtomicBool,
    /// Places where somebody works, or is lost.
    pub(super) away: Away,
}

impl Board {
    /// As the store has it.
    pub(crate) fn open(store: &Store) -> Result<Self, Failure> {
        Ok(Self {
            known: ArcSwap::from_pointee(Known::read(store)?),
            at_work: Mutex::default(),
            stopping: AtomicBool::new(false),
            away: Away::default(),
        })
    }

    /// Takes what is kept now.
    pub(crate) fn reload(&self, store: &Store) {
        match Known::read(store) {
            Ok(known) => self.known.store(Arc::new(known)),
            Err(e) => tracing::error!("what is known of backups could not be read again: {e}"),
        }
    }

    /// What was decided and which places there are.
    pub fn known(&self) -> Arc<Known> {
        self.known.load_full()
    }

    /// What the owner should know without having to look for it.
    pub fn alarm(&self, now: Timestamp) -> Option<Alarm> {
        let known = self.known.load();
        alarm(&known.plan, &known.targets, now)
    }

    /// The backup that is being made, if one is.
    pub fn at_work(&self) -> Option<AtWork> {
        self.lock().clone()
    }

    /// Ends the backup that is being made, and lets none begin: the program ends.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    /// Whether the program ends.
    pub(super) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }

    /// From now until what is given back is dropped, a backup is being made.
    pub(super) fn begin(&self, to: String, since: Timestamp) -> Begun<'_> {
        *self.lock() = Some(AtWork {
            to,
            since,
            percent: 0,
        });
        Begun(self)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<AtWork>> {
        // Half a step is still a step.
        self.at_work.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A backup that is being made.
pub(super) struct Begun<'a>(&'a Board);

impl Begun<'_> {
    /// Notes how much is done, of how much; an error when the program ends.
    pub(super) fn step(&self, done: u64, all: u64) -> Result<(), Problem> {
        if self.0.is_stopping() {
            return Err(Problem::Stopped);
        }
        // A hundred steps are enough for whoever looks, and a million rows need no lock.
        let hundredth = (all / 100).max(1);
        if done.is_multiple_of(hundredth)
            && let Some(at_work) = self.0.lock().as_mut()
        {
            let percent = done.saturating_mul(100) / all.max(1);
            at_work.percent = u8::try_from(percent.min(100)).unwrap_or(100);
        }
        Ok(())
    }
}

impl Drop for Begun<'_> {
    fn drop(&mut self) {
        *self.0.lock() = None;
    }
}
