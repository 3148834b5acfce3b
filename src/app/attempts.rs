//! The one count of wrong answers, for every door. It is written in the same command as the verdict,
//! so that no answer is given that was not counted.

use std::time::Duration;

use jiff::Timestamp;

use super::visitor::Visitor;
use super::{Answer, Clinic};
use crate::domain::account::{Attempts, MAX_ATTEMPTS};
use crate::domain::appointment::after;
use crate::domain::audit::Action;
use crate::domain::refusal::Refused;
use crate::store::table::Rows;
use crate::store::{Failure, Tx, access};

/// Something that can be guessed at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// The password of someone who works here; the subject is the e-mail that was typed.
    Password,
    /// Their password again, on a device that is signed in; the subject is the access.
    Unlock,
    /// The code of their authenticator app, or a recovery code; the subject is the access.
    SecondFactor,
    /// The six digits of a mail; the subject is the address that it went to.
    Code,
    /// The birth date of a person who is signed in; the subject is the access.
    BirthDate,
    /// The one-time code of the console.
    Setup,
    /// Asking for mail; the subject is the address. What is counted are mails, not mistakes.
    Mail,
}

impl Door {
    fn name(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Unlock => "unlock",
            Self::SecondFactor => "second-factor",
            Self::Code => "code",
            Self::BirthDate => "birth-date",
            Self::Setup => "setup",
            Self::Mail => "mail",
        }
    }

    /// Wrong answers in a row that close it until staff open it.
    fn most(self) -> u32 {
        match self {
            // At any time three codes are good, so a third of the tries gives the same chance.
            Self::SecondFactor => MAX_ATTEMPTS / 3,
            Self::Password | Self::Unlock | Self::Code | Self::BirthDate | Self::Setup => {
                MAX_ATTEMPTS
            }
            // Nothing is guessed here.
            Self::Mail => u32::MAX,
        }
    }
}

/// Refuses while a door is shut for a subject. Ask in the command that gives the verdict, too.
pub(super) fn check(rows: &dyn Rows, door: Door, subject: &str, now: Timestamp) -> Answer<()> {
    let count = access::attempts(rows, door.name(), subject)?;
    if count.failures >= door.most() {
        return Err(Refused::Shut { until: None }.into());
    }
    match count.shut_until {
        Some(until) if now < until => Err(Refused::Shut { until: Some(until) }.into()),
        _ => Ok(()),
    }
}

/// Counts one wrong answer.
pub(super) fn wrong(
    tx: &mut Tx<'_>,
    door: Door,
    subject: &str,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<(), Failure> {
    let mut count = access::attempts(tx, door.name(), subject)?.failed(now);
    if door == Door::Mail {
        count.failures = count.failures.min(MAX_ATTEMPTS - 1);
    }
    access::put_attempts(tx, door.name(), subject, &count)?;
    wrong_from(tx, visitor, now)
}

/// Forgets the wrong answers at a door, after a right one, or because staff open it again.
pub(super) fn forget(tx: &mut Tx<'_>, door: Door, subject: &str) -> Result<(), Failure> {
    access::put_attempts(tx, door.name(), subject, &Attempts::default())
}

/// Days without a wrong answer after which a count is forgotten.
const KEPT_DAYS: i64 = 90;

/// Forgets old counts of what anybody may type: networks and addresses. Known and unknown
/// addresses are treated alike, so that what is forgotten tells nobody who is known. Counts of
/// accesses are as few as the accesses, and a closed door stays closed until staff open it.
///
/// # Errors
/// When the store fails.
pub fn sweep(clinic: &Clinic) -> Answer<usize> {
    let now = clinic.now();
    let old = after(now, -KEPT_DAYS * 24 * 60);
    let cause = clinic.own_cause("sweep", Action::SignOut);
    clinic.store.write(cause, move |tx| {
        let removed = access::sweep_attempts(tx, &|door, count| {
            let over = |by: Timestamp| count.shut_until.is_none_or(|until| until <= by);
            if door == NETWORK {
                over(now)
            } else {
                let typed = [Door::Password, Door::Code, Door::Mail];
                let open = |d: &Door| d.name() == door && count.failures < d.most();
                typed.iter().any(open) && over(old)
            }
        })?;
        tx.detail(format!("{removed} counts"));
        Ok(removed)
    })
}

/// The count that makes a network wait.
const NETWORK: &str = "network";
/// Wrong answers from one network that cost nothing.
const FREE_PER_NETWORK: u32 = 20;
/// What each further one costs, in milliseconds.
const STEP_MS: u64 = 100;
/// The longest wait, in milliseconds.
const LONGEST_MS: u64 = 3_000;
/// Minutes without a wrong answer after which a network is as good as new.
const MEMORY_MIN: i64 = 15;

/// Counts a wrong answer against the network that it came from.
pub(super) fn wrong_from(
    tx: &mut Tx<'_>,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<(), Failure> {
    let before = access::attempts(tx, NETWORK, &visitor.network)?;
    let forgotten = before.shut_until.is_none_or(|until| until <= now);
    let failures = if forgotten { 0 } else { before.failures };
    let count = Attempts {
        failures: failures.saturating_add(1),
        shut_until: Some(after(now, MEMORY_MIN)),
    };
    access::put_attempts(tx, NETWORK, &visitor.network, &count)
}

/// How long someone has to wait before a door even looks at their answer. A waiting room is one
/// network, so it slows down and is never shut.
pub fn delay(clinic: &Clinic, visitor: &Visitor) -> Answer<Duration> {
    let now = clinic.now();
    let count = clinic
        .store
        .read(|rows| access::attempts(rows, NETWORK, &visitor.network))?;
    let forgotten = count.shut_until.is_none_or(|until| until <= now);
    let over = count.failures.saturating_sub(FREE_PER_NETWORK);
    let ms = if forgotten {
        0
    } else {
        (u64::from(over) * STEP_MS).min(LONGEST_MS)
    };
    Ok(Duration::from_millis(ms))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::stage::{Stage, visitor};
    use crate::store::{Stop, Store};

    fn fail(stage: &Stage, door: Door, times: u32) {
        let (now, from) = (stage.clinic.now(), visitor());
        let cause = from.cause(&stage.clinic, Action::SignIn);
        stage
            .clinic
            .store
            .write(cause, move |tx| {
                for _ in 0..times {
                    wrong(tx, door, "someone", &from, now)?;
                }
                Ok(())
            })
            .unwrap();
    }

    fn state(store: &Store, door: Door, now: Timestamp) -> Result<(), Refused> {
        match store.read(|rows| check(rows, door, "someone", now)) {
            Ok(()) => Ok(()),
            Err(Stop::Refused(refused)) => Err(refused),
            Err(Stop::Failed(failure)) => panic!("{failure}"),
        }
    }

    #[test]
    fn a_closed_door_stays_closed_and_only_for_its_subject() {
        let stage = Stage::new();
        fail(&stage, Door::Password, MAX_ATTEMPTS);
        stage.clock.forward_min(60 * 24 * 365);
        let now = stage.clinic.now();
        let closed = Err(Refused::Shut { until: None });
        assert_eq!(state(&stage.clinic.store, Door::Password, now), closed);
        assert_eq!(state(&stage.clinic.store, Door::Unlock, now), Ok(()));
    }

    #[test]
    fn guessing_at_any_door_is_hopeless() {
        let codes = 1e6;
        let chance = |door: Door, good: f64| f64::from(door.most()) * good / codes;
        assert!(chance(Door::Code, 1.0) <= 1e-4);
        assert!(chance(Door::SecondFactor, 3.0) <= 1e-4);
    }

    #[test]
    fn the_count_survives_reopening() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path(), 1 << 20).unwrap();
        let stage = Stage::on(store);
        fail(&stage, Door::Code, 6);
        let now = stage.clinic.now();
        drop(stage);
        let store = Store::open(directory.path(), 1 << 20).unwrap();
        assert!(matches!(
            state(&store, Door::Code, now),
            Err(Refused::Shut { until: Some(_) })
        ));
    }

    #[test]
    fn a_network_slows_down_and_is_forgiven() {
        let stage = Stage::new();
        let wait = || delay(&stage.clinic, &visitor()).unwrap();
        fail(&stage, Door::Code, 20);
        assert_eq!(wait(), Duration::ZERO);
        fail(&stage, Door::Code, 10);
        assert_eq!(wait(), Duration::from_secs(1));
        fail(&stage, Door::Code, 300);
        assert_eq!(wait(), Duration::from_secs(3));
        stage.clock.forward_min(MEMORY_MIN);
        assert_eq!(wait(), Duration::ZERO);
    }

    #[test]
    fn old_counts_of_what_anybody_types_are_forgotten() {
        let stage = Stage::new();
        fail(&stage, Door::Mail, 1);
        fail(&stage, Door::Password, 1);
        fail(&stage, Door::Code, MAX_ATTEMPTS);
        fail(&stage, Door::SecondFactor, 3);
        let failures = |door: Door| {
            let read = |rows: &crate::store::Reader| access::attempts(rows, door.name(), "someone");
            stage.clinic.store.read(read).unwrap().failures
        };
        stage.clock.forward_min(KEPT_DAYS * 24 * 60 - 1);
        // The network alone, which is forgiven much sooner.
        assert_eq!(sweep(&stage.clinic).unwrap(), 1);
        assert_eq!(failures(Door::Password), 1);
        stage.clock.forward_min(20);
        assert_eq!(sweep(&stage.clinic).unwrap(), 2);
        assert_eq!((failures(Door::Mail), failures(Door::Password)), (0, 0));
        assert_eq!(failures(Door::Code), MAX_ATTEMPTS, "closed stays closed");
        assert_eq!(
            failures(Door::SecondFactor),
            3,
            "an access is no typed text"
        );
        assert_eq!(sweep(&stage.clinic).unwrap(), 0);
    }
}
