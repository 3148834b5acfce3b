//! Group commit. A durable commit costs an fsync, so one writer thread takes every waiting command,
//! runs them in one transaction, commits once, and then answers them all.
//!
//! Commands decide first and write after. One that is refused before writing costs nothing. One
//! that is refused after writing, or panics, spoils the transaction: it is given up, and each
//! command runs again on its own. So commands can be run again (`Fn`), and nobody is answered
//! before the commit, refusals included: they may rest on a neighbour's row.
//!
//! When the disk is nearly full, or fails, nothing is written until there is room again or the
//! database could be opened anew: every command is told so at once, and looks at pages wait in
//! bounded memory. An fsync that failed is never tried again: what it should have kept is read back
//! from the file by the next opening, like after a power cut.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use redb::{Database, WriteTransaction};

use super::disk::{ENOUGH_FREE_BYTES, LEAST_FREE_BYTES};
use super::failure::{Failure, Stop};
use super::source::{House, Source};
use super::standing::{Standing, Why};
use super::tx::{Change, Head, Tx};
use crate::domain::audit::{AuditActor, Cause};
use crate::domain::id::PatientId;

/// The most commands in one transaction.
const MAX_BATCH: usize = 256;
/// How long a look at a page may wait for company before it is written down.
const VIEW_DELAY: Duration = Duration::from_secs(1);

/// The room of the disk is looked at no more often than this.
const LOOK: Duration = Duration::from_secs(1);
/// And no less often, when nobody writes.
const IDLE_LOOK: Duration = Duration::from_secs(5);
/// The longest time between two tries to open a database that was given up.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);
/// Patients in looks that wait while nothing can be written: 1 MB of them.
const MOST_WAITING: usize = 65_536;

/// How a command ended, before the commit.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// What it wrote is to be kept, or it wrote nothing.
    Keep,
    /// It wrote something and then said no, failed, or panicked.
    Spoiled,
    /// The disk failed under it.
    Broken,
}

/// Why a batch was not kept.
#[derive(Clone, Debug)]
enum NotKept {
    /// Nothing can be written; nothing was.
    ReadOnly(Why),
    /// The commit itself failed: it may be kept or not.
    NotSure(String),
    /// For another reason.
    Other(String),
}

impl NotKept {
    fn failure(self) -> Failure {
        match self {
            Self::ReadOnly(why) => Failure::ReadOnly(why),
            Self::NotSure(said) => Failure::NotSure(said),
            Self::Other(said) => Failure::Other(said),
        }
    }
}

impl From<Failure> for NotKept {
    fn from(failure: Failure) -> Self {
        if failure.is_of_disk() {
            Self::ReadOnly(Why::Broken(failure.to_string()))
        } else {
            Self::Other(failure.to_string())
        }
    }
}

/// A command that waits for its turn.
trait Command: Send {
    fn run(&mut self, tx: &mut Tx<'_>);
    fn outcome(&self) -> Outcome;
    /// Answers: with the result, or with the failure of the commit.
    fn answer(self: Box<Self>, commit: Result<(), NotKept>);
}

/// A look at a page, to be written down soon.
pub(super) struct View {
    pub cause: Cause,
    pub about: Vec<PatientId>,
    pub object: String,
}

/// A command that somebody waits for.
pub(super) struct Waiting(Box<dyn Command>);

/// What the writer thread is sent.
pub(super) enum Job {
    Command(Waiting),
    View(View),
    /// Write down every view so far, then answer.
    Flush(SyncSender<()>),
    /// See whether the disk still answers.
    Look,
    Stop,
}

/// A command with its closure and the place for its answer.
pub(super) struct Pending<T, F> {
    cause: Cause,
    f: F,
    result: Option<Result<T, Stop>>,
    outcome: Outcome,
    reply: SyncSender<Result<T, Stop>>,
}

impl<T, F> Pending<T, F>
where
    T: Send + 'static,
    F: Fn(&mut Tx<'_>) -> Result<T, Stop> + Send + 'static,
{
    pub(super) fn with_answer(cause: Cause, f: F) -> (Waiting, Receiver<Result<T, Stop>>) {
        let (reply, answer) = sync_channel(1);
        let pending = Self {
            cause,
            f,
            result: None,
            outcome: Outcome::Keep,
            reply,
        };
        (Waiting(Box::new(pending)), answer)
    }
}

impl<T, F> Command for Pending<T, F>
where
    T: Send + 'static,
    F: Fn(&mut Tx<'_>) -> Result<T, Stop> + Send + 'static,
{
    fn run(&mut self, tx: &mut Tx<'_>) {
        let before = tx.writes();
        tx.begin_command();
        let result = catch_unwind(AssertUnwindSafe(|| {
            let value = (self.f)(tx)?;
            tx.write_audit(&self.cause)?;
            Ok(value)
        }));
        let result = result.unwrap_or(Err(Stop::Failed(Failure::Panicked)));
        self.outcome = match &result {
            Ok(_) => Outcome::Keep,
            Err(Stop::Refused(_)) if tx.writes() == before => Outcome::Keep,
            Err(Stop::Failed(failure)) if failure.is_of_disk() => Outcome::Broken,
            Err(_) => Outcome::Spoiled,
        };
        self.result = Some(result);
    }

    fn outcome(&self) -> Outcome {
        self.outcome
    }

    fn answer(self: Box<Self>, commit: Result<(), NotKept>) {
        let result = match (commit, self.result) {
            (Ok(()), Some(result)) => result,
            // Its own answer says more than the transaction that was given up for it. A clean
            // refusal is no such answer: it may rest on a row that did not get kept.
            (Err(_), Some(Err(stop))) if self.outcome == Outcome::Spoiled => Err(stop),
            (Err(why), _) => Err(Stop::Failed(why.failure())),
            (Ok(()), None) => Err(Stop::Failed(Failure::Stopped)),
        };
        // Whoever asked may have gone; what was done is done.
        let _ = self.reply.send(result);
    }
}

/// Told of every commit that changed something.
pub type Hook = Box<dyn Fn(&BTreeSet<Change>) + Send + Sync>;

/// Looks at pages that are not written down yet.
#[derive(Default)]
struct Views {
    waiting: Vec<View>,
    /// Patients in them, and one for each.
    size: usize,
    oldest: Option<Instant>,
    /// Looks for which there was no more room.
    dropped: u64,
    /// A commit with the first so many failed, which would have ended the log here.
    not_sure: Option<(usize, Head)>,
}

impl Views {
    fn push(&mut self, view: View) {
        let size = view.about.len() + 1;
        if self.size + size > MOST_WAITING {
            self.dropped += 1;
            return;
        }
        self.size += size;
        self.oldest.get_or_insert_with(Instant::now);
        self.waiting.push(view);
    }

    fn are_due(&self) -> bool {
        self.oldest
            .is_some_and(|since| since.elapsed() >= VIEW_DELAY)
    }

    fn written(&mut self) {
        *self = Self::default();
    }

    /// The database was opened again, and its log ends here.
    fn reopened(&mut self, head: Head) {
        if let Some((count, end)) = self.not_sure.take()
            && head.seq >= end.seq
        {
            // They were kept after all.
            self.waiting.drain(..count.min(self.waiting.len()));
            self.size = self.waiting.iter().map(|v| v.about.len() + 1).sum();
            self.dropped = 0;
        }
        if self.waiting.is_empty() {
            self.oldest = None;
        }
    }
}

/// The writer thread's state.
pub(super) struct Writer {
    house: Arc<House>,
    head: Head,
    hooks: Arc<Mutex<Vec<Hook>>>,
    views: Views,
    /// When the room of the disk was last looked at.
    looked: Instant,
    /// When a database that was given up is tried next, and how long to wait after that.
    next_try: Option<(Instant, Duration)>,
    /// The standing of which everybody was told.
    told: Arc<Standing>,
}

impl Writer {
    pub(super) fn new(house: Arc<House>, head: Head, hooks: Arc<Mutex<Vec<Hook>>>) -> Self {
        let told = house.standing.load_full();
        Self {
            house,
            head,
            hooks,
            views: Views::default(),
            looked: Instant::now(),
            next_try: None,
            told,
        }
    }

    /// Runs until told to stop or until everybody who could ask is gone.
    pub(super) fn run(mut self, jobs: &Receiver<Job>) {
        self.look_at_room();
        loop {
            let first = match self.wait() {
                None => jobs.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some(wait) => jobs.recv_timeout(wait),
            };
            let mut stop = false;
            let mut commands = Vec::new();
            let mut flushes = Vec::new();
            match first {
                Ok(job) => {
                    let mut next = Some(job);
                    while let Some(job) = next {
                        match job {
                            Job::Command(Waiting(command)) => commands.push(command),
                            Job::View(view) => self.views.push(view),
                            Job::Flush(done) => flushes.push(done),
                            Job::Look => {}
                            Job::Stop => stop = true,
                        }
                        next = (commands.len() < MAX_BATCH && !stop)
                            .then(|| jobs.try_recv().ok())
                            .flatten();
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => stop = true,
            }
            self.tend();
            if stop || self.views.are_due() || !flushes.is_empty() || !commands.is_empty() {
                self.batch(commands);
            }
            self.tell_standing();
            for done in flushes {
                let _ = done.send(());
            }
            if stop {
                let lost = self.views.waiting.len();
                if lost > 0 {
                    tracing::error!("{lost} looks at pages were not written down");
                }
                return;
            }
        }
    }

    /// How long to wait for a job; `None` for ever.
    fn wait(&self) -> Option<Duration> {
        if self.house.is_broken() {
            let until = self.next_try.map_or(Duration::ZERO, |(at, _)| {
                at.saturating_duration_since(Instant::now())
            });
            return Some(until.min(LOOK));
        }
        if self.house.standing.load().read_only.is_some() {
            return Some(LOOK);
        }
        let views = self
            .views
            .oldest
            .map(|s| VIEW_DELAY.saturating_sub(s.elapsed()));
        let room = self.house.medium.room().map(|_| IDLE_LOOK);
        views.into_iter().chain(room).min()
    }

    /// Looks after the disk: whether there is room, and whether one that failed answers again.
    fn tend(&mut self) {
        let is_broken = self.house.is_broken();
        if self.looked.elapsed() >= LOOK || is_broken {
            self.look_at_room();
        }
        if !is_broken {
            return;
        }
        let now = Instant::now();
        let pause = self.house.medium.pause();
        let (at, pause) = *self.next_try.get_or_insert((now, pause));
        if now < at || self.is_full() {
            return;
        }
        let known = self.head;
        let opened = self.house.open_again(|rows| {
            let head = super::audit::head(rows)?;
            if head.seq < known.seq {
                let why = "the data in the file is older than what was last kept";
                return Err(Failure::Other(why.to_owned()));
            }
            Ok(head)
        });
        match opened {
            Ok(head) => {
                tracing::warn!("the disk answers again, and everything can be written");
                self.head = head;
                self.views.reopened(head);
                self.next_try = None;
            }
            Err(e) => {
                if !matches!(e, Failure::Locked) {
                    tracing::error!("the data cannot be opened again: {e}");
                }
                self.next_try = Some((now + pause, (pause * 2).min(LONGEST_PAUSE)));
            }
        }
    }

    /// Whether too little room is left to begin to write again.
    fn is_full(&self) -> bool {
        let room = self.house.medium.room();
        room.is_some_and(|room| room.is_ok_and(|room| room.free < ENOUGH_FREE_BYTES))
    }

    /// Stops writing before the disk is full, and goes on when there is room again.
    fn look_at_room(&mut self) {
        self.looked = Instant::now();
        let Some(Ok(room)) = self.house.medium.room() else {
            return;
        };
        let standing = self.house.standing.load();
        let next = match standing.read_only {
            None if room.free < LEAST_FREE_BYTES => {
                tracing::error!("only {} bytes are free, so nothing is written", room.free);
                Some(Why::Full)
            }
            Some(Why::Full) if room.free >= ENOUGH_FREE_BYTES => {
                tracing::warn!("there is room again, so everything can be written");
                None
            }
            _ => return,
        };
        // A reader may have found in this very moment that the disk does not read.
        let next = Arc::new(Standing::now(next));
        self.house.standing.compare_and_swap(&standing, next);
    }

    /// Tells everybody that nothing can be written, or that everything can be again.
    fn tell_standing(&mut self) {
        let standing = self.house.standing.load_full();
        if !Arc::ptr_eq(&standing, &self.told) {
            self.told = standing;
            self.tell(&BTreeSet::from([Change::Standing]));
        }
    }

    fn tell(&self, changes: &BTreeSet<Change>) {
        let Ok(hooks) = self.hooks.lock() else { return };
        for hook in hooks.iter() {
            // What is kept is kept: who only wanted to hear of it must not end the writer.
            if catch_unwind(AssertUnwindSafe(|| hook(changes))).is_err() {
                tracing::error!("someone who was told of a commit panicked");
            }
        }
    }

    /// The database, if it can be written to.
    fn writable(&self) -> Result<Arc<Source>, Why> {
        match &self.house.standing.load().read_only {
            Some(why) => Err(why.clone()),
            None => Ok(self.house.source.load_full()),
        }
    }

    /// One transaction for all; each on its own if one of them spoils it.
    fn batch(&mut self, mut commands: Vec<Box<dyn Command>>) {
        if commands.is_empty() && self.views.waiting.is_empty() {
            return;
        }
        match self.attempt(&mut commands, true) {
            Ok(true) => answer_all(commands, &Ok(())),
            Ok(false) => {
                if !self.views.waiting.is_empty()
                    && let Err(e) = self.attempt(&mut [], true)
                {
                    tracing::error!("views could not be written down yet: {e:?}");
                }
                for command in commands {
                    let mut alone = [command];
                    let result = match self.attempt(&mut alone, false) {
                        Ok(true) => Ok(()),
                        Ok(false) => Err(NotKept::Other(Failure::Panicked.to_string())),
                        Err(e) => Err(e),
                    };
                    let [command] = alone;
                    command.answer(result);
                }
            }
            Err(e) => {
                if !matches!(e, NotKept::ReadOnly(_)) {
                    tracing::error!("a commit failed: {e:?}");
                }
                answer_all(commands, &Err(e));
            }
        }
    }

    /// Runs and commits; `false` when the transaction was given up because a command spoiled it.
    /// Looks that wait go with it, if they are meant to.
    fn attempt(
        &mut self,
        commands: &mut [Box<dyn Command>],
        with_views: bool,
    ) -> Result<bool, NotKept> {
        let source = self.writable().map_err(NotKept::ReadOnly)?;
        let Source::Live(db) = &*source else {
            return Err(NotKept::ReadOnly(self.house.why()));
        };
        let tried = catch_unwind(AssertUnwindSafe(|| self.try_on(db, commands, with_views)));
        // redb gives a database up in which a transaction panicked.
        let panicked = Err(NotKept::NotSure(Failure::Panicked.to_string()));
        let tried = tried.unwrap_or(panicked);
        match &tried {
            Ok(_) | Err(NotKept::Other(_)) => {}
            Err(NotKept::ReadOnly(why)) => {
                self.house.give_up(&source, &why.to_string());
            }
            Err(NotKept::NotSure(said)) => {
                self.house.give_up(&source, said);
            }
        }
        tried
    }

    fn try_on(
        &mut self,
        db: &Database,
        commands: &mut [Box<dyn Command>],
        with_views: bool,
    ) -> Result<bool, NotKept> {
        let txn = begin(db)?;
        let mut tx = Tx::new(&txn, self.head);
        for command in commands.iter_mut() {
            command.run(&mut tx);
            let outcome = command.outcome();
            if outcome == Outcome::Broken {
                drop(tx);
                let _ = txn.abort();
                let why = "a command could not read or write".to_owned();
                return Err(NotKept::ReadOnly(Why::Broken(why)));
            }
            if outcome == Outcome::Spoiled {
                drop(tx);
                txn.abort().map_err(Failure::from)?;
                return Ok(false);
            }
        }
        if with_views {
            self.put_views(&mut tx)?;
        }
        if tx.writes() == 0 {
            drop(tx);
            txn.abort().map_err(Failure::from)?;
            return Ok(true);
        }
        if tx.head() != self.head {
            tx.write_head()?;
        }
        let (head, changes) = (tx.head(), tx.take_changes());
        drop(tx);
        let began = Instant::now();
        if let Err(e) = txn.commit() {
            if with_views {
                self.views.not_sure = Some((self.views.waiting.len(), head));
            }
            return Err(NotKept::NotSure(e.to_string()));
        }
        self.house.commits.note(began.elapsed());
        self.head = head;
        if with_views {
            self.views.written();
        }
        if !changes.is_empty() {
            self.tell(&changes);
        }
        Ok(true)
    }

    fn put_views(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        for view in &self.views.waiting {
            tx.begin_command();
            for patient in &view.about {
                tx.about(*patient);
            }
            tx.object(&view.object);
            tx.write_audit(&view.cause)?;
        }
        let dropped = self.views.dropped;
        if dropped > 0
            && let Some(last) = self.views.waiting.last()
        {
            tx.begin_command();
            tx.detail(format!(
                "{dropped} more looks while nothing could be written"
            ));
            let cause = Cause {
                actor: AuditActor::system("store"),
                ..last.cause.clone()
            };
            tx.write_audit(&cause)?;
        }
        Ok(())
    }
}

fn answer_all(commands: Vec<Box<dyn Command>>, commit: &Result<(), NotKept>) {
    for command in commands {
        command.answer(commit.clone());
    }
}

/// The one place where a write transaction begins. Every commit is durable, in two phases, and
/// leaves a file that opens at once after a crash.
pub(super) fn begin(db: &Database) -> Result<WriteTransaction, Failure> {
    #[allow(
        clippy::disallowed_methods,
        reason = "this is the door that the ban points to"
    )]
    let mut txn = db.begin_write()?;
    txn.set_quick_repair(true);
    Ok(txn)
}
