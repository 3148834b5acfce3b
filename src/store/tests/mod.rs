//! The store proves what it promises: one command is whole or nothing, the log has no gaps, and
//! every index says what its rows say.

mod commands;
mod disks;
pub(crate) mod faulty;
mod indexes;
mod log;
mod opening;
mod views;

use jiff::Timestamp;

use super::schema::COUNTERS;
use super::table::{Read, Rows};
use super::*;
use crate::domain::audit::{Action, AuditActor};

/// A table of no meaning, for commands that need a row to write.
const PROBE: &str = "probe";

fn cause(part: &str) -> Cause {
    Cause {
        actor: AuditActor::system(part),
        action: Action::Book,
        request: 7,
        at: Timestamp::from_second(1_795_000_000).unwrap(),
    }
}

fn probe(rows: &dyn Rows, key: u8) -> Option<Vec<u8>> {
    rows.get_bytes(PROBE, &[key]).unwrap()
}

fn lines(store: &Store) -> Vec<crate::domain::audit::AuditEvent> {
    store
        .read(|rows| rows.all::<crate::domain::audit::AuditEvent>(&schema::AUDIT))
        .unwrap()
}

/// The log is whole, numbered without gaps from one, and as long as it should be.
fn assert_log(store: &Store, length: u64) {
    let lines = lines(store);
    let seqs: Vec<u64> = lines.iter().map(|l| l.seq).collect();
    assert_eq!(seqs, (1..=length).collect::<Vec<_>>());
    let verdict = store.read(|rows| audit::verify(rows)).unwrap();
    assert_eq!(verdict, Ok(length));
}

fn assert_clean(store: &Store) {
    let report = store.read(|rows| check::check(rows)).unwrap();
    assert_eq!(report.problems, Vec::<String>::new());
}

#[test]
fn a_running_number_goes_on_where_it_was() {
    let store = Store::in_memory().unwrap();
    for expected in 1..=3 {
        let got = store.write(cause("count"), |tx| Ok(tx.next_number("chart")?));
        assert_eq!(got.unwrap(), expected);
    }
    let kept = store.read(|rows| rows.find(&COUNTERS, &key::Key::new().text("chart")));
    assert_eq!(kept.unwrap(), Some(3));
}
