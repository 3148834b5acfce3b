//! Group commit: whoever is refused, fails or panics after writing leaves nothing, and the answers
//! of the others hold.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex};

use proptest::prelude::*;

use super::super::{commit, *};
use super::{PROBE, assert_log, cause, probe};
use crate::domain::refusal::Refused;

/// What a command does. `Take` decides on what is there, so it must never see what is not kept.
#[derive(Clone, Copy, Debug)]
enum Act {
    Write(u8),
    Take(u8),
    Look(u8),
    Refuse,
    RefuseAfter(u8),
    FailAfter(u8),
    Panic,
    PanicAfter(u8),
}

/// How a command was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    Done(bool),
    Refused,
    Failed,
    Panicked,
}

impl Act {
    fn run(self, tx: &mut Tx<'_>) -> Result<bool, Stop> {
        match self {
            Self::Write(key) => {
                tx.put_bytes(PROBE, &[key], b"w")?;
                Ok(true)
            }
            Self::Take(key) => {
                if probe(tx, key).is_some() {
                    return Err(Refused::SlotTaken.into());
                }
                tx.put_bytes(PROBE, &[key], b"t")?;
                Ok(true)
            }
            Self::Look(key) => Ok(probe(tx, key).is_some()),
            Self::Refuse => Err(Refused::SlotTaken.into()),
            Self::RefuseAfter(key) => {
                tx.put_bytes(PROBE, &[key], b"r")?;
                Err(Refused::SlotTaken.into())
            }
            Self::FailAfter(key) => {
                tx.put_bytes(PROBE, &[key], b"f")?;
                Err(Failure::Other("on purpose".into()).into())
            }
            Self::Panic => panic!("on purpose"),
            Self::PanicAfter(key) => {
                tx.put_bytes(PROBE, &[key], b"p").unwrap();
                panic!("on purpose")
            }
        }
    }

    /// What happens when commands run one after the other, each whole or nothing.
    fn model(self, kept: &mut std::collections::BTreeMap<u8, &'static [u8]>) -> Told {
        match self {
            Self::Write(key) => {
                kept.insert(key, b"w");
                Told::Done(true)
            }
            Self::Take(key) if kept.contains_key(&key) => Told::Refused,
            Self::Take(key) => {
                kept.insert(key, b"t");
                Told::Done(true)
            }
            Self::Look(key) => Told::Done(kept.contains_key(&key)),
            Self::Refuse | Self::RefuseAfter(_) => Told::Refused,
            Self::FailAfter(_) => Told::Failed,
            Self::Panic | Self::PanicAfter(_) => Told::Panicked,
        }
    }
}

#[allow(clippy::needless_pass_by_value, reason = "an answer is read once")]
fn told(answer: Result<bool, Stop>) -> Told {
    match answer {
        Ok(value) => Told::Done(value),
        Err(Stop::Refused(_)) => Told::Refused,
        Err(Stop::Failed(Failure::Panicked)) => Told::Panicked,
        Err(Stop::Failed(_)) => Told::Failed,
    }
}

type Answers = Vec<Receiver<Result<bool, Stop>>>;

/// Sends commands in this order while a first one keeps the writer busy, so that all the others
/// share a transaction.
fn send_together(store: &Store, acts: &[Act], runs: &Arc<AtomicU32>) -> Answers {
    let gate = Arc::new(Mutex::new(()));
    let shut = gate.lock().unwrap();
    let opened = gate.clone();
    let (begins, begun) = sync_channel(1);
    let (slow, first) = commit::Pending::with_answer(cause("slow"), move |_| {
        let _ = begins.try_send(());
        drop(opened.lock().unwrap());
        Ok(true)
    });
    store.jobs.send(commit::Job::Command(slow)).ok().unwrap();
    // Until it runs, the writer would take those behind it into the same transaction.
    begun.recv().unwrap();
    let mut answers = vec![first];
    for act in acts.iter().copied() {
        let runs = runs.clone();
        let (command, answer) = commit::Pending::with_answer(cause("act"), move |tx| {
            runs.fetch_add(1, Ordering::SeqCst);
            tx.changed(Change::Visits);
            act.run(tx)
        });
        store.jobs.send(commit::Job::Command(command)).ok().unwrap();
        answers.push(answer);
    }
    drop(shut);
    answers
}

fn hear(answers: Answers) -> Vec<Told> {
    let told = answers.into_iter().map(|a| told(a.recv().unwrap()));
    told.skip(1).collect()
}

#[test]
fn commands_that_wait_together_share_one_commit() {
    let store = Store::in_memory().unwrap();
    let commits = Arc::new(AtomicUsize::new(0));
    let count = commits.clone();
    store.on_commit(move |_| {
        count.fetch_add(1, Ordering::SeqCst);
    });
    let (acts, runs) = ((0..100).map(Act::Write).collect::<Vec<_>>(), Arc::default());
    let told = hear(send_together(&store, &acts, &runs));
    assert!(told.iter().all(|t| *t == Told::Done(true)));
    // One for all hundred; the slow one changed nothing that anybody waits for.
    assert_eq!(commits.load(Ordering::SeqCst), 1);
    assert_log(&store, 101);
}

#[test]
fn a_clean_refusal_does_not_spoil_the_others() {
    let store = Store::in_memory().unwrap();
    let runs = Arc::default();
    let acts = [Act::Write(1), Act::Refuse, Act::Take(1), Act::Take(2)];
    let told = hear(send_together(&store, &acts, &runs));
    let yes = Told::Done(true);
    assert_eq!(told, [yes, Told::Refused, Told::Refused, yes]);
    assert_eq!(runs.load(Ordering::SeqCst), 4, "nobody ran twice");
    assert_log(&store, 3);
}

#[test]
fn whoever_rests_on_a_row_that_goes_is_asked_again() {
    for bad in [Act::PanicAfter(1), Act::RefuseAfter(1), Act::FailAfter(1)] {
        let store = Store::in_memory().unwrap();
        let runs = Arc::default();
        let acts = [Act::Write(9), bad, Act::Take(1), Act::Look(1)];
        let told = hear(send_together(&store, &acts, &runs));
        let yes = Told::Done(true);
        assert_eq!(
            told,
            [yes, bad.model(&mut BTreeMap::default()), yes, yes],
            "{bad:?}"
        );
        assert!(
            runs.load(Ordering::SeqCst) > 4,
            "{bad:?} made the batch run again"
        );
        let kept = store.read(|rows| Ok::<_, Failure>([probe(rows, 1), probe(rows, 9)]));
        assert_eq!(kept.unwrap(), [Some(b"t".to_vec()), Some(b"w".to_vec())]);
        assert_log(&store, 4);
    }
}

#[test]
fn what_must_be_remembered_although_the_answer_is_no_is_kept() {
    let store = Store::in_memory().unwrap();
    let verdict: Result<Result<(), Refused>, Stop> = store.write(cause("door"), |tx| {
        tx.put_bytes(PROBE, &[1], b"tried")?;
        Ok(Err(Refused::Wrong {
            tries_left: Some(4),
        }))
    });
    assert!(verdict.unwrap().is_err());
    let kept = store.read(|rows| Ok::<_, Failure>(probe(rows, 1)));
    assert_eq!(kept.unwrap(), Some(b"tried".to_vec()));
    assert_log(&store, 1);
}

#[test]
fn from_many_threads_each_answer_is_true() {
    let store = Arc::new(Store::in_memory().unwrap());
    let threads: Vec<_> = (0..16_u8)
        .map(|thread| {
            let store = store.clone();
            std::thread::spawn(move || {
                let mut done = 0_u64;
                for round in 0..24_u8 {
                    // Sixteen threads want the same key each round; some writers misbehave.
                    let act = match (thread + round) % 5 {
                        0 => Act::PanicAfter(round),
                        1 => Act::RefuseAfter(round),
                        _ => Act::Take(round),
                    };
                    let answer = told(store.write(cause("thread"), move |tx| act.run(tx)));
                    match act {
                        Act::Panic | Act::PanicAfter(_) => assert_eq!(answer, Told::Panicked),
                        Act::Refuse | Act::RefuseAfter(_) => assert_eq!(answer, Told::Refused),
                        Act::FailAfter(_) => assert_eq!(answer, Told::Failed),
                        Act::Take(_) | Act::Write(_) | Act::Look(_) => {
                            assert!(matches!(answer, Told::Done(true) | Told::Refused));
                        }
                    }
                    done += u64::from(answer == Told::Done(true));
                }
                done
            })
        })
        .collect();
    let done: u64 = threads.into_iter().map(|t| t.join().unwrap()).sum();
    assert_eq!(done, 24, "each key was taken exactly once");
    assert_log(&store, 24);
}

fn act() -> impl Strategy<Value = Act> {
    let key = 0..4_u8;
    prop_oneof![
        3 => key.clone().prop_map(Act::Write),
        6 => key.clone().prop_map(Act::Take),
        3 => key.clone().prop_map(Act::Look),
        2 => Just(Act::Refuse),
        1 => key.clone().prop_map(Act::RefuseAfter),
        1 => key.clone().prop_map(Act::FailAfter),
        1 => Just(Act::Panic),
        1 => key.prop_map(Act::PanicAfter),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    /// A batch answers and keeps exactly what its commands would one after the other.
    #[test]
    fn a_batch_is_as_good_as_one_by_one(acts in prop::collection::vec(act(), 1..24)) {
        let store = Store::in_memory().unwrap();
        let heard = hear(send_together(&store, &acts, &Arc::default()));
        let mut kept = std::collections::BTreeMap::new();
        let expected: Vec<Told> = acts.iter().map(|a| a.model(&mut kept)).collect();
        prop_assert_eq!(&heard, &expected);
        for key in 0..4 {
            let found = store.read(|rows| Ok::<_, Failure>(probe(rows, key))).unwrap();
            prop_assert_eq!(found.as_deref(), kept.get(&key).copied());
        }
        let done = heard.iter().filter(|t| matches!(t, Told::Done(_))).count();
        assert_log(&store, 1 + u64::try_from(done).unwrap());
    }
}

#[test]
fn a_hook_that_panics_stops_neither_the_writer_nor_the_next_hook() {
    let store = Store::in_memory().unwrap();
    let told = Arc::new(AtomicUsize::new(0));
    let heard = told.clone();
    store.on_commit(|_| panic!("on purpose"));
    store.on_commit(move |_| {
        heard.fetch_add(1, Ordering::SeqCst);
    });
    for key in [1, 2] {
        let done = store.write(cause("hook"), move |tx| {
            tx.put_bytes(PROBE, &[key], b"w")?;
            tx.changed(Change::Visits);
            Ok(())
        });
        assert!(done.is_ok(), "{done:?}");
    }
    assert_eq!(told.load(Ordering::SeqCst), 2);
    assert_log(&store, 2);
}
