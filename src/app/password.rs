//! Passwords of people who work here: judged, hashed with argon2id, and never more at once than the
//! machine can bear.

use std::sync::{Condvar, Mutex, OnceLock, PoisonError};

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};

use super::{Answer, Clinic, Failure};
use crate::domain::password::{LONGEST, SHORTEST, SHORTEST_ALONE, judge};
use crate::domain::refusal::Refused;

/// Memory of one hash, in KiB.
const MEMORY_KIB: u32 = 19 * 1024;
/// Passes over it.
const PASSES: u32 = 2;
/// How many may wait for each hash that runs.
const WAITING_PER_RUNNING: usize = 16;

/// What everybody tries first, one per line.
const COMMON: &str = include_str!("../../assets/common-passwords.txt");

/// A password that nobody has, so that an unknown account costs what a known one does.
const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$YW50ZXJvb20tbm9ib2R5$\
                       AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

fn common() -> &'static [&'static str] {
    static LIST: OnceLock<Vec<&'static str>> = OnceLock::new();
    LIST.get_or_init(|| {
        COMMON
            .lines()
            .map(str::trim)
            .filter(|l| !l.is_empty() && !l.starts_with('#'))
            .collect()
    })
}

/// Refuses a password that is too easy to guess. `second_factor` says whether something else is
/// asked for as well; `person` are the person's name and address, whose words do not count.
pub fn must_be_good(
    clinic: &Clinic,
    password: &str,
    second_factor: bool,
    person: &[&str],
) -> Result<(), Refused> {
    let current = clinic.current();
    let texts = person.iter().copied().chain([
        current.settings.profile.name.as_str(),
        "anteroom clinic practice surgery",
    ]);
    let ours: Vec<&str> = texts
        .flat_map(|t| t.split(|c: char| !c.is_alphanumeric()))
        .filter(|w| !w.is_empty())
        .collect();
    let least = if second_factor {
        SHORTEST
    } else {
        SHORTEST_ALONE
    };
    judge(password, least, common(), &ours).map_err(Refused::WeakPassword)
}

/// The hash of a password, as a PHC string.
///
/// # Errors
/// [`Refused::Busy`] when too many wait already.
pub fn hash(clinic: &Clinic, password: &str) -> Answer<String> {
    let salt: [u8; 16] = clinic.random();
    let _turn = gate().enter()?;
    let hashed: Result<PasswordHash, _> =
        argon2()?.hash_password_with_salt(password.as_bytes(), &salt);
    Ok(hashed.map_err(failure)?.to_string())
}

/// Whether a password is the one behind a hash. Without a hash the answer is no, and takes as long.
///
/// # Errors
/// [`Refused::Busy`] when too many wait already.
pub fn holds(password: &str, hash: Option<&str>) -> Answer<bool> {
    // Longer ones were never taken, and must not cost more than others.
    let known = hash.filter(|_| password.chars().count() <= LONGEST);
    let hash = PasswordHash::new(known.unwrap_or(NOBODYS)).map_err(failure)?;
    let tried: String = password.chars().take(LONGEST).collect();
    let _turn = gate().enter()?;
    let right = argon2()?.verify_password(tried.as_bytes(), &hash).is_ok();
    Ok(right && known.is_some())
}

fn argon2() -> Result<Argon2<'static>, Failure> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).map_err(failure)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn failure(e: impl std::fmt::Display) -> Failure {
    Failure::Other(format!("a password could not be hashed: {e}"))
}

/// Lets a few through at a time, and turns away whoever would wait too long.
struct Gate {
    state: Mutex<Turns>,
    free: Condvar,
    most: usize,
}

#[derive(Default)]
struct Turns {
    running: usize,
    waiting: usize,
}

/// A turn at the gate; given back when dropped.
struct Turn<'g>(&'g Gate);

impl Gate {
    fn new(most: usize) -> Self {
        Self {
            state: Mutex::default(),
            free: Condvar::new(),
            most,
        }
    }

    fn enter(&self) -> Result<Turn<'_>, Refused> {
        let mut turns = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if turns.running >= self.most {
            if turns.waiting >= self.most * WAITING_PER_RUNNING {
                return Err(Refused::Busy);
            }
            turns.waiting += 1;
            while turns.running >= self.most {
                turns = self
                    .free
                    .wait(turns)
                    .unwrap_or_else(PoisonError::into_inner);
            }
            turns.waiting -= 1;
        }
        turns.running += 1;
        Ok(Turn(self))
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut turns = self.0.state.lock().unwrap_or_else(PoisonError::into_inner);
        turns.running -= 1;
        drop(turns);
        self.0.free.notify_one();
    }
}

/// One core is left for everybody who is not signing in.
fn gate() -> &'static Gate {
    static GATE: OnceLock<Gate> = OnceLock::new();
    GATE.get_or_init(|| {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Gate::new(cores.saturating_sub(1).max(1))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::stage::Stage;
    use crate::domain::password::Weak;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn a_hash_holds_for_its_password_only() {
        let stage = Stage::new();
        let kept = hash(&stage.clinic, "tulip wagon nine").unwrap();
        assert!(
            kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{kept}"
        );
        assert!(holds("tulip wagon nine", Some(&kept)).unwrap());
        assert!(!holds("tulip wagon ten", Some(&kept)).unwrap());
        assert!(!holds("tulip wagon nine", None).unwrap());
        assert!(!holds(&"x".repeat(200), Some(&kept)).unwrap());
    }

    #[test]
    fn the_list_is_in_the_form_in_which_it_is_looked_up() {
        assert!(common().len() >= 300);
        for word in common() {
            assert_eq!(*word, word.to_lowercase());
        }
    }

    #[test]
    fn words_of_the_clinic_and_the_person_do_not_count() {
        let stage = Stage::new();
        let judged = |p: &str| must_be_good(&stage.clinic, p, true, &["Ines Silva", "ines@x.org"]);
        let ours = Err(Refused::WeakPassword(Weak::OurWords));
        assert_eq!(judged("anteroom2026"), ours);
        assert_eq!(judged("Silva-Ines-1980"), ours);
        assert_eq!(
            judged("password1"),
            Err(Refused::WeakPassword(Weak::Common))
        );
        assert_eq!(judged("tulip wagon nine"), Ok(()));
        let alone = must_be_good(&stage.clinic, "tulip wagon", false, &[]);
        assert_eq!(alone, Err(Refused::WeakPassword(Weak::Short(15))));
    }

    #[test]
    fn the_gate_lets_few_in_and_turns_the_rest_away() {
        let gate = Gate::new(1);
        let first = gate.enter().unwrap();
        let inside = AtomicUsize::new(1);
        std::thread::scope(|scope| {
            for _ in 0..WAITING_PER_RUNNING {
                scope.spawn(|| {
                    let turn = gate.enter().unwrap();
                    assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
                    inside.fetch_sub(1, Ordering::SeqCst);
                    drop(turn);
                });
            }
            while gate.state.lock().unwrap().waiting < WAITING_PER_RUNNING {
                std::thread::yield_now();
            }
            assert!(matches!(gate.enter(), Err(Refused::Busy)));
            inside.fetch_sub(1, Ordering::SeqCst);
            drop(first);
        });
        assert!(gate.enter().is_ok());
    }
}
