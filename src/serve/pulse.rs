//! What one connection is doing, seen from outside: the watch and the crowd read it.
//!
//! A client can hold a connection in more ways than silence: it can answer pings for ever, or ask
//! for a page and never take it. So the question is not "did bytes move" but "whose turn is it".
//! While a handler works or a stream waits for its next event it is ours, and the connection may
//! live. Otherwise it is the client's, and its time runs.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::limits::Limits;

/// How a connection stands when room is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Standing {
    /// No complete request head yet.
    Fresh,
    /// Has asked before, asks nothing now.
    Idle,
    /// A request is going on.
    Busy,
}

/// The state of one connection.
#[derive(Debug)]
pub(super) struct Pulse {
    born: Instant,
    /// Bytes of answers that hyper holds and the network has not taken.
    unsent: AtomicU64,
    /// Bytes of answers that the network has taken. Pongs and other chatter do not count: a
    /// client could call for those for ever.
    sent: AtomicU64,
    turns: Mutex<Turns>,
}

#[derive(Debug)]
struct Turns {
    asked: bool,
    open: usize,
    ours: usize,
    quiet_since: Instant,
    sent_when_quiet: u64,
}

impl Pulse {
    pub(super) fn new() -> Arc<Self> {
        let now = Instant::now();
        Arc::new(Self {
            born: now,
            unsent: AtomicU64::new(0),
            sent: AtomicU64::new(0),
            turns: Mutex::new(Turns {
                asked: false,
                open: 0,
                ours: 0,
                quiet_since: now,
                sent_when_quiet: 0,
            }),
        })
    }

    /// When the connection was accepted.
    pub(super) fn born(&self) -> Instant {
        self.born
    }

    /// The network took `bytes` from us, of answers first.
    pub(super) fn wrote(&self, bytes: usize) {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        let mut taken = 0;
        // The order does not matter: the two counters only meet in a rate over seconds.
        let _always_set =
            self.unsent
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |unsent| {
                    taken = unsent.min(bytes);
                    Some(unsent - taken)
                });
        self.sent.fetch_add(taken, Ordering::Relaxed);
    }

    pub(super) fn standing(&self) -> Standing {
        let turns = self.turns();
        match (turns.asked, turns.open) {
            (false, _) => Standing::Fresh,
            (true, 0) => Standing::Idle,
            (true, _) => Standing::Busy,
        }
    }

    /// Resolves when the client has used up its time: no first request, nothing asked for `idle`,
    /// or an answer left untaken.
    pub(super) async fn overstays(&self, limits: &Limits, idle: Duration) {
        loop {
            match self.next_look(limits, idle, Instant::now()) {
                Some(at) => tokio::time::sleep_until(at).await,
                None => return,
            }
        }
    }

    /// When to look again; `None` when the time is used up.
    fn next_look(&self, limits: &Limits, idle: Duration, now: Instant) -> Option<Instant> {
        let mut turns = self.turns();
        if !turns.asked {
            // Looks in between as well, so that what follows a quick request is seen in time.
            let deadline = self.born + limits.first_request;
            let next = deadline.min(now + idle.min(limits.stalled));
            return Some(next).filter(|_| deadline > now);
        }
        let span = if turns.open == 0 {
            idle
        } else {
            limits.stalled
        };
        if turns.ours > 0 {
            return Some(now + span);
        }
        let deadline = turns.quiet_since + span;
        if deadline > now {
            return Some(deadline);
        }
        // A big answer that a slow line still takes is no idleness, if it moves at all.
        let sent = self.sent.load(Ordering::Relaxed);
        let seconds = now.duration_since(turns.quiet_since).as_secs().max(1);
        if sent.saturating_sub(turns.sent_when_quiet) < limits.min_rate.saturating_mul(seconds) {
            return None;
        }
        turns.quiet_since = now;
        turns.sent_when_quiet = sent;
        Some(now + span)
    }

    fn turns(&self) -> MutexGuard<'_, Turns> {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_ours(&self, turns: &mut Turns, begins: bool) {
        if begins {
            turns.ours += 1;
        } else {
            turns.ours = turns.ours.saturating_sub(1);
        }
        if turns.ours == 0 {
            turns.quiet_since = Instant::now();
            turns.sent_when_quiet = self.sent.load(Ordering::Relaxed);
        }
    }
}

/// One request and its answer, from the complete head to the last byte handed over.
#[derive(Debug)]
pub(super) struct Turn {
    pulse: Arc<Pulse>,
    ours: bool,
}

impl Turn {
    /// A complete request head has come.
    pub(super) fn begin(pulse: &Arc<Pulse>) -> Self {
        let mut turns = pulse.turns();
        turns.asked = true;
        turns.open += 1;
        pulse.is_ours(&mut turns, true);
        drop(turns);
        Self {
            pulse: Arc::clone(pulse),
            ours: true,
        }
    }

    /// Hyper took `bytes` of the answer and is to send them.
    pub(super) fn handed(&self, bytes: usize) {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        self.pulse.unsent.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Says whose move it is: ours (working, or waiting for our own next event) or the client's
    /// (it has to take what we have).
    pub(super) fn ours(&mut self, ours: bool) {
        if self.ours != ours {
            self.ours = ours;
            self.pulse.is_ours(&mut self.pulse.turns(), ours);
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.ours(false);
        let mut turns = self.pulse.turns();
        turns.open = turns.open.saturating_sub(1);
        // The time between requests starts with the end of the last one.
        if turns.ours == 0 {
            turns.quiet_since = Instant::now();
            turns.sent_when_quiet = self.pulse.sent.load(Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> Limits {
        Limits {
            first_request: Duration::from_secs(10),
            stalled: Duration::from_secs(30),
            min_rate: 100,
            ..Limits::default()
        }
    }

    const IDLE: Duration = Duration::from_secs(20);

    fn after(pulse: &Pulse, seconds: u64) -> Option<Instant> {
        pulse.next_look(
            &limits(),
            IDLE,
            Instant::now() + Duration::from_secs(seconds),
        )
    }

    #[test]
    fn silence_ends_at_the_first_request_limit() {
        let pulse = Pulse::new();
        assert!(after(&pulse, 9).is_some());
        assert!(after(&pulse, 11).is_none());
        assert_eq!(pulse.standing(), Standing::Fresh);
    }

    #[test]
    fn our_own_work_never_ends_a_connection() {
        let pulse = Pulse::new();
        let turn = Turn::begin(&pulse);
        assert!(after(&pulse, 3_600).is_some());
        assert_eq!(pulse.standing(), Standing::Busy);
        drop(turn);
        assert_eq!(pulse.standing(), Standing::Idle);
        assert!(after(&pulse, 19).is_some());
        assert!(after(&pulse, 21).is_none());
    }

    #[test]
    fn an_answer_left_untaken_ends_a_connection() {
        let pulse = Pulse::new();
        let mut turn = Turn::begin(&pulse);
        turn.ours(false);
        assert!(after(&pulse, 29).is_some());
        assert!(after(&pulse, 31).is_none());
        turn.ours(true);
        assert!(after(&pulse, 31).is_some());
    }

    #[test]
    fn a_slow_download_lives_while_it_moves() {
        let pulse = Pulse::new();
        let turn = Turn::begin(&pulse);
        turn.handed(1_000_000);
        drop(turn);
        pulse.wrote(2_100);
        let later = Instant::now() + Duration::from_secs(21);
        assert!(pulse.next_look(&limits(), IDLE, later).is_some());
        pulse.wrote(2_099);
        let later = later + Duration::from_secs(21);
        assert!(pulse.next_look(&limits(), IDLE, later).is_none());
    }

    #[test]
    fn chatter_that_is_no_answer_does_not_count() {
        let pulse = Pulse::new();
        let turn = Turn::begin(&pulse);
        turn.handed(500);
        drop(turn);
        pulse.wrote(1_000_000);
        assert!(after(&pulse, 21).is_none());
    }
}
