//! The log: what was written down cannot be changed without being found.

use std::ops::ControlFlow;

use proptest::prelude::*;

use super::super::table::{Pair, Rows};
use super::super::*;
use super::{assert_log, cause};
use crate::domain::id::{Id, PatientId};

fn store_with_lines(count: u8) -> Store {
    let store = Store::in_memory().unwrap();
    for n in 0..count {
        let done = store.write(cause("line"), move |tx| {
            tx.about(PatientId::from_bytes([n; 16]));
            tx.object(format!("row {n}"));
            tx.detail("birth_date");
            Ok(())
        });
        done.unwrap();
    }
    store
}

/// What is kept, but for one line of the log.
struct Edited<'a> {
    rows: &'a Reader,
    seq: u64,
    instead: Option<Vec<u8>>,
}

impl Rows for Edited<'_> {
    fn get_bytes(&self, table: &'static str, key: &[u8]) -> Result<Option<Vec<u8>>, Failure> {
        self.rows.get_bytes(table, key)
    }

    fn walk(
        &self,
        table: &'static str,
        from: &[u8],
        to: Option<&[u8]>,
        reverse: bool,
        each: &mut dyn FnMut(Pair<'_>) -> Result<ControlFlow<()>, Failure>,
    ) -> Result<(), Failure> {
        let edited = key::Key::new().number(self.seq);
        self.rows
            .walk(table, from, to, reverse, &mut |(key, value)| {
                if table != schema::AUDIT.name() || key != edited.as_bytes() {
                    return each((key, value));
                }
                match &self.instead {
                    Some(value) => each((key, value)),
                    None => Ok(ControlFlow::Continue(())),
                }
            })
    }
}

fn verdict(rows: &Reader, seq: u64, instead: Option<Vec<u8>>) -> Result<u64, u64> {
    audit::verify(&Edited { rows, seq, instead }).unwrap()
}

fn line(rows: &Reader, seq: u64) -> Vec<u8> {
    let key = key::Key::new().number(seq);
    rows.get_bytes(schema::AUDIT.name(), key.as_bytes())
        .unwrap()
        .unwrap()
}

#[test]
fn each_command_is_one_line_that_follows_from_the_one_before() {
    let store = store_with_lines(5);
    assert_log(&store, 5);
    let lines = super::lines(&store);
    assert_eq!(lines[0].before, [0; 32]);
    assert_eq!(lines[3].object, "row 3");
    assert_eq!(lines[3].about, [PatientId::from_bytes([3; 16])]);
    assert_eq!(
        (lines[3].detail.as_str(), lines[3].request),
        ("birth_date", 7)
    );
}

#[test]
fn a_line_that_is_gone_is_missed_wherever_it_stood() {
    let store = store_with_lines(6);
    let all = store.read(|rows| {
        for seq in 1..=6 {
            assert!(verdict(rows, seq, None).is_err(), "line {seq} is gone");
        }
        Ok::<_, Failure>(())
    });
    all.unwrap();
}

#[test]
fn the_log_goes_on_after_it_was_closed() {
    let dir = tempfile::tempdir().unwrap();
    for expected in 1..=3 {
        let store = Store::open(dir.path(), 1 << 20).unwrap();
        store.write(cause("again"), |_| Ok(())).unwrap();
        store.close();
        drop(store);
        let store = Store::open(dir.path(), 1 << 20).unwrap();
        assert_log(&store, expected);
    }
}

/// A thousand random edits of one byte: every one is found, in the last line too.
#[test]
fn every_edited_byte_is_found() {
    let store = store_with_lines(12);
    let all = store.read(|rows| {
        let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
            cases: 1000,
            failure_persistence: None,
            ..ProptestConfig::default()
        });
        let edits = (1..=12_u64, any::<prop::sample::Index>(), 1..=255_u8);
        let outcome = runner.run(&edits, |(seq, at, flip)| {
            let mut value = line(rows, seq);
            let at = at.index(value.len());
            value[at] ^= flip;
            prop_assert!(
                verdict(rows, seq, Some(value)).is_err(),
                "byte {at} of line {seq}"
            );
            Ok(())
        });
        outcome.unwrap();
        Ok::<_, Failure>(())
    });
    all.unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Two lines that change places are found, and so is one that is put in twice.
    #[test]
    fn lines_in_the_wrong_place_are_found(a in 1..=8_u64, b in 1..=8_u64) {
        prop_assume!(a != b);
        let store = store_with_lines(8);
        let found = store.read(|rows| {
            let other = line(rows, b);
            Ok::<_, Failure>(verdict(rows, a, Some(other)))
        });
        prop_assert!(found.unwrap().is_err());
    }
}
