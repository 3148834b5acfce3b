//! What leaves the building: mail.
//!
//! The delivery loop is woken by every commit that touches the outbox and by the next due time.
//! Several messages are under way at once, each over a connection of its own, so that one bad or
//! slow recipient never holds up another; tries after a failure get at most half of the places.
//!
//! A message is never sent twice: it becomes *sending* in a durable commit in the last moment
//! before its text is handed over. What breaks before is tried again; what breaks after is
//! *uncertain*, is shown, and is sent again only by a person. While nothing can be written nothing is
//! sent; what became of a message in that very moment is written down as soon as it can be.

mod deliver;
mod html;
pub mod mail;
pub mod probe;
pub mod record;
pub mod render;
pub mod smtp;
mod words;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use tokio::sync::broadcast::error::RecvError;
use tokio::task::{self, JoinHandle, JoinSet};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use self::deliver::{Done, Health, deliver};
use self::record::End;
use self::smtp::{Patience, Trust};
use crate::app::jobs::Job;
use crate::app::{Change, Clinic, Failure};
use crate::domain::id::NoticeId;

/// Waiting messages that are looked at in one round.
const ROUND: usize = 256;

/// How mail is delivered.
#[derive(Clone, Debug)]
pub struct Options {
    /// Whether anything is sent at all; the demonstration keeps its mail in the outbox.
    pub deliver: bool,
    /// How many messages are under way at once.
    pub at_once: usize,
    /// How long the mail server may take.
    pub patience: Patience,
    /// Whose certificates are believed, besides those that the machine believes.
    pub trust: Trust,
    /// The longest time without a look at what is due.
    pub look_every: Duration,
    /// The first pause after the mail server failed as a whole; later ones double, up to ten times
    /// as long.
    pub pause: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            deliver: true,
            at_once: 8,
            patience: Patience::default(),
            trust: Trust::default(),
            look_every: Duration::from_secs(30),
            pause: Duration::from_secs(15),
        }
    }
}

/// Starts the delivery loop. It ends after `stop`, when what is being handed over is out.
pub fn start(clinic: Arc<Clinic>, options: Options, stop: CancellationToken) -> JoinHandle<()> {
    tokio::spawn(async move { run(clinic, options, stop).await })
}

/// The delivery loop, until `stop`.
pub async fn run(clinic: Arc<Clinic>, options: Options, stop: CancellationToken) {
    if !options.deliver {
        stop.cancelled().await;
        return;
    }
    let mut changes = clinic.watch();
    let mut desk = Desk {
        clinic,
        options: Arc::new(options),
        stop: stop.clone(),
        running: JoinSet::new(),
        under_way: HashMap::new(),
        not_kept: HashMap::new(),
        recovered: false,
        illness: None,
    };
    loop {
        let wait = desk.round().await;
        let is_well = desk.illness.is_none() && desk.not_kept.is_empty();
        desk.clinic.job_ran(Job::Delivery, is_well, wait);
        tokio::select! {
            () = stop.cancelled() => break,
            Some(done) = desk.running.join_next_with_id() => desk.done(done).await,
            change = changes.recv() => match change {
                Ok(Change::Settings) => desk.illness = None,
                Ok(_) | Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => break,
            },
            () = tokio::time::sleep(wait) => {}
        }
    }
    while let Some(done) = desk.running.join_next_with_id().await {
        desk.done(done).await;
    }
}

/// A message that is under way.
#[derive(Clone, Copy)]
struct UnderWay {
    notice: NoticeId,
    again: bool,
}

/// The server failed as a whole: nothing is tried until then, and then one message first.
#[derive(Clone, Copy)]
struct Illness {
    pause: Duration,
    until: Instant,
}

/// What the loop knows.
struct Desk {
    clinic: Arc<Clinic>,
    options: Arc<Options>,
    stop: CancellationToken,
    running: JoinSet<Done>,
    under_way: HashMap<task::Id, UnderWay>,
    /// What became of messages, where that could not be written down.
    not_kept: HashMap<NoticeId, End>,
    /// Whether what a process that died left is written down.
    recovered: bool,
    illness: Option<Illness>,
}

impl Desk {
    /// Starts what can be started. How long to wait if nothing happens.
    async fn round(&mut self) -> Duration {
        let longest = self.options.look_every;
        if !self.can_record().await {
            return longest;
        }
        if self.clinic.current().settings.mail.is_none() {
            return longest;
        }
        let mut places = self.options.at_once.saturating_sub(self.running.len());
        if let Some(illness) = self.illness {
            let left = illness.until.saturating_duration_since(Instant::now());
            if !left.is_zero() {
                return left.min(longest);
            }
            // One message tries whether the server is well again.
            places = usize::from(self.running.is_empty());
        }
        if places == 0 {
            return longest;
        }
        let ahead = SignedDuration::try_from(longest).unwrap_or_default();
        let now = self.clinic.now();
        let until = now.saturating_add(ahead).unwrap_or(now);
        let limit = ROUND + self.under_way.len();
        let clinic = self.clinic.clone();
        let due = task::spawn_blocking(move || record::due(&clinic, until, limit)).await;
        let due = match due {
            Ok(Ok(due)) => due,
            Ok(Err(failure)) => {
                tracing::error!("the outbox could not be read: {failure}");
                return longest;
            }
            Err(_) => return longest,
        };
        let half = (self.options.at_once / 2).max(1);
        let mut again = self.under_way.values().filter(|u| u.again).count();
        for notice in due {
            if notice.next_at > now {
                return record::until(notice.next_at, now).min(longest);
            }
            let is_again = notice.attempts > 0;
            let is_under_way = self.under_way.values().any(|u| u.notice == notice.id);
            if is_under_way || (is_again && again >= half) {
                continue;
            }
            if places == 0 {
                return longest;
            }
            places -= 1;
            again += usize::from(is_again);
            let (clinic, options) = (self.clinic.clone(), self.options.clone());
            let work = deliver(clinic, notice.id, options, self.stop.clone());
            let handle = self.running.spawn(work);
            let entry = UnderWay {
                notice: notice.id,
                again: is_again,
            };
            self.under_way.insert(handle.id(), entry);
        }
        longest
    }

    /// A message is no longer under way.
    async fn done(&mut self, done: Result<(task::Id, Done), task::JoinError>) {
        let (id, health) = match done {
            Ok((id, done)) => {
                let notice = self.under_way.get(&id).map(|entry| entry.notice);
                self.not_kept.extend(notice.zip(done.not_kept));
                (id, Some(done.health))
            }
            Err(e) => (e.id(), None),
        };
        let entry = self.under_way.remove(&id);
        match health {
            Some(Health::Well) => self.illness = None,
            Some(Health::Ill) => {
                let first = self.options.pause;
                let pause = self
                    .illness
                    .map_or(first, |i| (i.pause * 2).min(first * 10));
                // Several may have failed at once: that is one failure.
                if self.illness.is_none_or(|i| i.until <= Instant::now()) {
                    self.illness = Some(Illness {
                        pause,
                        until: Instant::now() + pause,
                    });
                }
            }
            Some(Health::Unknown) => {}
            None => {
                tracing::error!("the delivery of a message broke off");
                if let Some(entry) = entry {
                    self.broke_off(entry.notice).await;
                }
            }
        }
    }

    /// Nobody knows how far it had come.
    async fn broke_off(&mut self, notice: NoticeId) {
        let end = End::Uncertain("the delivery broke off".to_owned());
        self.not_kept.insert(notice, end);
        self.can_record().await;
    }

    /// Writes down what is still to be written down; whether all of it is. Nothing may be sent
    /// before that: it might be sent twice.
    async fn can_record(&mut self) -> bool {
        if self.clinic.read_only().is_some() {
            return false;
        }
        let (clinic, ends) = (self.clinic.clone(), self.not_kept.clone());
        // What is being sent just now is not left by anybody.
        let recover = !self.recovered && self.running.is_empty();
        let work = move || {
            let mut kept = Vec::new();
            for (id, end) in ends {
                record::settle(&clinic, id, &end).map_err(|e| (kept.clone(), e))?;
                kept.push(id);
            }
            let left = if recover {
                record::recover(&clinic)
            } else {
                Ok(0)
            };
            Ok((kept.clone(), left.map_err(|e| (kept, e))?))
        };
        let done: Result<(Vec<NoticeId>, usize), (Vec<NoticeId>, Failure)> =
            match task::spawn_blocking(work).await {
                Ok(done) => done,
                Err(_) => Err((Vec::new(), Failure::Panicked)),
            };
        let (kept, failure) = match done {
            Ok((kept, left)) => {
                if left > 0 {
                    tracing::warn!("{left} messages may or may not have arrived");
                }
                self.recovered |= recover;
                (kept, None)
            }
            Err((kept, failure)) => (kept, Some(failure)),
        };
        self.not_kept.retain(|id, _| !kept.contains(id));
        if let Some(failure) = failure {
            tracing::error!("what became of a message could not be written down: {failure}");
            return false;
        }
        self.recovered
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Store;
    use crate::app::stage::Stage;
    use crate::domain::notice::NoticeState;
    use crate::store::notices;
    use crate::store::tests::faulty::{Disk, Fault};

    fn loop_of(clinic: &Arc<Clinic>) -> Desk {
        Desk {
            clinic: clinic.clone(),
            options: Arc::default(),
            stop: CancellationToken::new(),
            running: JoinSet::new(),
            under_way: HashMap::new(),
            not_kept: HashMap::new(),
            recovered: true,
            illness: None,
        }
    }

    #[tokio::test]
    async fn what_became_of_a_message_while_the_disk_failed_is_written_down_before_anything_is_sent()
     {
        let dir = tempfile::tempdir().unwrap();
        Store::open(dir.path(), 1 << 20).unwrap().close();
        let disk = Disk::new(dir.path(), Fault::Writing, u64::MAX);
        let stage = Stage::on(disk.store().unwrap());
        let clinic = &stage.clinic;
        let patient = stage.patient("Amira Haddad", Some("amira@home.example"), None);
        let (sent, unsent) = (stage.message(&patient, 1), stage.message(&patient, 2));
        let became = |id| {
            let found = clinic.store.read(|rows| notices::find(rows, id));
            found.unwrap().unwrap().state
        };
        let mut delivery = loop_of(clinic);
        assert!(delivery.can_record().await);
        assert!(matches!(
            record::claim(clinic, sent, "amira@home.example"),
            Ok(record::Claim::Ours(_))
        ));
        // Its text is handed over, and then the disk fails.
        disk.break_();
        let taken = End::Accepted("250 ok".to_owned());
        assert!(record::settle(clinic, sent, &taken).is_err());
        delivery.not_kept.insert(sent, taken);
        assert!(
            record::claim(clinic, unsent, "amira@home.example").is_err(),
            "nothing is begun now"
        );
        delivery.not_kept.insert(unsent, End::Later(String::new()));
        assert!(!delivery.can_record().await, "so nothing is sent");
        assert_eq!(delivery.round().await, delivery.options.look_every);
        assert!(delivery.running.is_empty());
        disk.mend();
        let since = Instant::now();
        while !delivery.can_record().await {
            assert!(since.elapsed() < Duration::from_secs(30), "never again");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        assert!(delivery.not_kept.is_empty());
        assert_eq!(became(sent), NoticeState::Accepted);
        assert_eq!(became(unsent), NoticeState::Queued);
    }
}
