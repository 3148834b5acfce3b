//! What Anteroom does by itself, again and again: when each of these jobs last ran, when it runs next,
//! and whether it should have run by now.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

use super::Clinic;

/// A job that runs by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Job {
    /// Messages are sent.
    Delivery,
    /// Backups that are due are made.
    Backups,
    /// The certificate is renewed in time.
    Certificate,
    /// Accesses that end are closed, and what is old is forgotten.
    Cleaning,
}

impl Job {
    /// The word in figures.
    pub fn code(self) -> &'static str {
        match self {
            Self::Delivery => "delivery",
            Self::Backups => "backups",
            Self::Certificate => "certificate",
            Self::Cleaning => "cleaning",
        }
    }

    /// How long after its last run one may begin to wonder: many times its usual pause, and long
    /// enough for the longest run.
    fn patience(self) -> Duration {
        match self {
            Self::Delivery => Duration::from_mins(15),
            Self::Certificate => Duration::from_mins(30),
            Self::Cleaning => Duration::from_hours(3),
            Self::Backups => Duration::from_hours(6),
        }
    }
}

/// How a job stands.
#[derive(Clone, Debug)]
pub struct Run {
    /// When it last ended; `None` when it has not yet.
    pub last: Option<Timestamp>,
    /// When it runs next, if nothing wakes it before.
    pub next: Timestamp,
    /// Whether the last run did what it should.
    pub went_well: bool,
    /// By a clock that nobody sets.
    heard_of: Instant,
}

impl Run {
    fn is_late(&self, job: Job, now: Instant) -> bool {
        now.saturating_duration_since(self.heard_of) > job.patience()
    }
}

/// The jobs of a running clinic; none while no server runs.
#[derive(Debug, Default)]
pub struct Jobs {
    runs: Mutex<BTreeMap<Job, Run>>,
}

impl Jobs {
    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<Job, Run>> {
        // Every state of the list is one to show.
        self.runs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Every job that was begun, with whether it is late.
    pub fn all(&self) -> Vec<(Job, Run, bool)> {
        let now = Instant::now();
        let runs = self.lock();
        let all = runs.iter();
        all.map(|(job, run)| (*job, run.clone(), run.is_late(*job, now)))
            .collect()
    }

    /// Whether a job was begun.
    pub fn has(&self, job: Job) -> bool {
        self.lock().contains_key(&job)
    }
}

impl Clinic {
    /// Whether messages leave the house, so that pages may promise them. In the demonstration, which
    /// delivers nothing, they do as if.
    pub fn sends_mail(&self) -> bool {
        self.current().settings.mail.is_some() || !self.jobs.has(Job::Delivery)
    }

    /// A job begins to run again and again, for the first time after a pause.
    pub fn job_begins(&self, job: Job, pause: Duration) {
        self.note_job(job, None, true, pause);
    }

    /// A job ended a run, and pauses.
    pub fn job_ran(&self, job: Job, went_well: bool, pause: Duration) {
        self.note_job(job, Some(self.now()), went_well, pause);
    }

    fn note_job(&self, job: Job, last: Option<Timestamp>, went_well: bool, pause: Duration) {
        let now = self.now();
        let pause = SignedDuration::try_from(pause).unwrap_or_default();
        let run = Run {
            last,
            next: now.saturating_add(pause).unwrap_or(now),
            went_well,
            heard_of: Instant::now(),
        };
        self.jobs.lock().insert(job, run);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::stage::Stage;

    #[test]
    fn a_job_is_late_when_nothing_was_heard_of_it_for_long() {
        let stage = Stage::new();
        let clinic = &stage.clinic;
        assert!(clinic.jobs.all().is_empty() && !clinic.jobs.has(Job::Cleaning));
        clinic.job_begins(Job::Cleaning, Duration::from_hours(1));
        let all = clinic.jobs.all();
        let (job, run, late) = &all[0];
        assert_eq!((*job, run.last, *late), (Job::Cleaning, None, false));
        assert_eq!(run.next.duration_since(clinic.now()).as_secs(), 3_600);
        let later = |hours| run.heard_of + Duration::from_hours(hours);
        assert!(!run.is_late(*job, later(2)) && run.is_late(*job, later(4)));
        clinic.job_ran(Job::Cleaning, false, Duration::from_hours(1));
        let run = &clinic.jobs.all()[0].1;
        assert_eq!((run.last, run.went_well), (Some(clinic.now()), false));
    }
}
