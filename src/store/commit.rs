//! Group commit. A durable commit costs an fsync, so one writer thread takes every waiting command,
//! runs them in one transaction, commits once, and then answers them all.
//!
//! Commands decide first and write after. One that is refused before writing costs nothing. One
//! that is refused after writing, or panics, spoils the transaction: it is given up, and each
//! command runs again on its own. So commands can be run again (`Fn`), and nobody is answered
//! before the commit, refusals included: they may rest on a neighbour's row.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use redb::{Database, WriteTransaction};

use super::failure::{Failure, Stop};
use super::tx::{Change, Head, Tx};
use crate::domain::audit::Cause;
use crate::domain::id::PatientId;

/// The most commands in one transaction.
const MAX_BATCH: usize = 256;
/// How long a look at a page may wait for company before it is written down.
const VIEW_DELAY: Duration = Duration::from_secs(1);

/// How a command ended, before the commit.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// What it wrote is to be kept, or it wrote nothing.
    Keep,
    /// It wrote something and then said no, failed, or panicked.
    Spoiled,
}

/// A command that waits for its turn.
pub(super) trait Command: Send {
    fn run(&mut self, tx: &mut Tx<'_>);
    /// Whether what it wrote must not be kept.
    fn spoiled(&self) -> bool;
    /// Answers: with the result, or with the failure of the commit.
    fn answer(self: Box<Self>, commit: Result<(), String>);
}

/// A look at a page, to be written down soon.
pub(super) struct View {
    pub cause: Cause,
    pub about: Vec<PatientId>,
    pub object: String,
}

/// What the writer thread is sent.
pub(super) enum Job {
    Command(Box<dyn Command>),
    View(View),
    /// Write down every view so far, then answer.
    Flush(SyncSender<()>),
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
    pub(super) fn new(cause: Cause, f: F) -> (Box<Self>, Receiver<Result<T, Stop>>) {
        let (reply, answer) = sync_channel(1);
        (
            Box::new(Self {
                cause,
                f,
                result: None,
                outcome: Outcome::Keep,
                reply,
            }),
            answer,
        )
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
            Err(_) => Outcome::Spoiled,
        };
        self.result = Some(result);
    }

    fn spoiled(&self) -> bool {
        self.outcome == Outcome::Spoiled
    }

    fn answer(self: Box<Self>, commit: Result<(), String>) {
        let result = match (commit, self.result) {
            (Ok(()), Some(result)) => result,
            // Its own answer says more than the transaction that was given up for it. A clean
            // refusal is no such answer: it may rest on a row that did not get kept.
            (Err(_), Some(Err(stop))) if self.outcome == Outcome::Spoiled => Err(stop),
            (Err(why), _) => Err(Stop::Failed(Failure::Other(why))),
            (Ok(()), None) => Err(Stop::Failed(Failure::Stopped)),
        };
        // Whoever asked may have gone; what was done is done.
        let _ = self.reply.send(result);
    }
}

/// Told of every commit that changed something.
pub type Hook = Box<dyn Fn(&BTreeSet<Change>) + Send + Sync>;

/// The writer thread's state.
pub(super) struct Writer {
    pub db: Arc<Database>,
    pub head: Head,
    pub hooks: Arc<Mutex<Vec<Hook>>>,
}

impl Writer {
    /// Runs until told to stop or until everybody who could ask is gone.
    pub(super) fn run(mut self, jobs: &Receiver<Job>) {
        let mut views: Vec<View> = Vec::new();
        let mut oldest_view: Option<Instant> = None;
        loop {
            let first = match oldest_view {
                None => jobs.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some(since) => jobs.recv_timeout(VIEW_DELAY.saturating_sub(since.elapsed())),
            };
            let mut stop = false;
            let mut commands = Vec::new();
            let mut flushes = Vec::new();
            let mut due = false;
            match first {
                Ok(job) => {
                    let mut next = Some(job);
                    while let Some(job) = next {
                        match job {
                            Job::Command(command) => commands.push(command),
                            Job::View(view) => {
                                oldest_view.get_or_insert_with(Instant::now);
                                views.push(view);
                            }
                            Job::Flush(done) => flushes.push(done),
                            Job::Stop => stop = true,
                        }
                        next = (commands.len() < MAX_BATCH && !stop)
                            .then(|| jobs.try_recv().ok())
                            .flatten();
                    }
                }
                Err(RecvTimeoutError::Timeout) => due = true,
                Err(RecvTimeoutError::Disconnected) => stop = true,
            }
            due |= oldest_view.is_some_and(|since| since.elapsed() >= VIEW_DELAY);
            if stop || due || !flushes.is_empty() || !commands.is_empty() {
                self.batch(commands, &std::mem::take(&mut views));
                oldest_view = None;
            }
            for done in flushes {
                let _ = done.send(());
            }
            if stop {
                return;
            }
        }
    }

    /// One transaction for all; each on its own if one of them spoils it.
    fn batch(&mut self, mut commands: Vec<Box<dyn Command>>, views: &[View]) {
        if commands.is_empty() && views.is_empty() {
            return;
        }
        match self.attempt(&mut commands, views) {
            Ok(true) => answer_all(commands, &Ok(())),
            Ok(false) => {
                if !views.is_empty()
                    && let Err(e) = self.attempt(&mut [], views)
                {
                    tracing::error!("views could not be written down: {e}");
                }
                for command in commands {
                    let mut alone = [command];
                    let result = match self.attempt(&mut alone, &[]) {
                        Ok(true) => Ok(()),
                        Ok(false) => Err(Failure::Panicked.to_string()),
                        Err(e) => Err(e.to_string()),
                    };
                    let [command] = alone;
                    command.answer(result);
                }
            }
            Err(e) => {
                tracing::error!("a commit failed: {e}");
                answer_all(commands, &Err(e.to_string()));
            }
        }
    }

    /// Runs and commits; `false` when the transaction was given up because a command spoiled it.
    fn attempt(
        &mut self,
        commands: &mut [Box<dyn Command>],
        views: &[View],
    ) -> Result<bool, Failure> {
        let txn = begin(&self.db)?;
        let mut tx = Tx::new(&txn, self.head);
        for command in commands.iter_mut() {
            command.run(&mut tx);
            if command.spoiled() {
                drop(tx);
                txn.abort()?;
                return Ok(false);
            }
        }
        for view in views {
            tx.begin_command();
            for patient in &view.about {
                tx.about(*patient);
            }
            tx.object(&view.object);
            tx.write_audit(&view.cause)?;
        }
        if tx.writes() == 0 {
            drop(tx);
            txn.abort()?;
            return Ok(true);
        }
        if tx.head() != self.head {
            tx.write_head()?;
        }
        let (head, changes) = (tx.head(), tx.take_changes());
        drop(tx);
        txn.commit()?;
        self.head = head;
        if !changes.is_empty()
            && let Ok(hooks) = self.hooks.lock()
        {
            for hook in hooks.iter() {
                // What is kept is kept: who only wanted to hear of it must not end the writer.
                if catch_unwind(AssertUnwindSafe(|| hook(&changes))).is_err() {
                    tracing::error!("someone who was told of a commit panicked");
                }
            }
        }
        Ok(true)
    }
}

fn answer_all(commands: Vec<Box<dyn Command>>, commit: &Result<(), String>) {
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
