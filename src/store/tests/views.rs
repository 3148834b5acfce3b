//! Looks at pages are written down within a second, at the latest when the store closes.

use std::time::{Duration, Instant};

use super::super::*;
use super::{assert_clean, assert_log, cause, lines};
use crate::domain::audit::Action;
use crate::domain::id::{Id, PatientId};

fn looked(store: &Store, patients: &[u8], page: &str) {
    let about = patients
        .iter()
        .map(|p| PatientId::from_bytes([*p; 16]))
        .collect();
    let mut cause = cause("reader");
    cause.action = Action::PageView;
    store.note_view(cause, about, page.to_owned());
}

#[test]
fn a_look_is_written_down_within_a_second_and_names_every_patient() {
    let store = Store::in_memory().unwrap();
    looked(&store, &[3, 1, 2], "/staff");
    let since = Instant::now();
    assert!(lines(&store).is_empty(), "nobody waits for it");
    while lines(&store).is_empty() {
        assert!(
            since.elapsed() < Duration::from_secs(5),
            "it was never written down"
        );
        std::thread::sleep(Duration::from_millis(10));
    }
    assert!(
        since.elapsed() > Duration::from_millis(500),
        "it waited for company"
    );
    let line = lines(&store).remove(0);
    assert_eq!(
        (line.action, line.object.as_str()),
        (Action::PageView, "/staff")
    );
    assert_eq!(
        line.about,
        [1, 2, 3].map(|p| PatientId::from_bytes([p; 16]))
    );
    assert_clean(&store);
}

#[test]
fn looks_join_the_next_change() {
    let store = Store::in_memory().unwrap();
    for n in 0..50 {
        looked(&store, &[n], "/staff/patients/:patient");
    }
    store.write(cause("change"), |_| Ok(())).unwrap();
    // Sent before the change, so written down with it or before.
    assert_log(&store, 51);
}

#[test]
fn a_command_that_spoils_the_batch_costs_no_look() {
    let store = Store::in_memory().unwrap();
    looked(&store, &[1], "/staff");
    let bad: Result<(), Stop> = store.write(cause("bad"), |tx| {
        tx.put_bytes(super::PROBE, b"k", b"v")?;
        Err(crate::domain::refusal::Refused::SlotTaken.into())
    });
    assert!(matches!(bad, Err(Stop::Refused(_))));
    assert_log(&store, 1);
}

#[test]
fn looks_are_written_down_when_asked_and_at_the_end() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), 1 << 20).unwrap();
    looked(&store, &[1], "/staff");
    store.flush_views();
    assert_log(&store, 1);
    looked(&store, &[1, 2], "/staff");
    store.close();
    drop(store);
    let store = Store::open(dir.path(), 1 << 20).unwrap();
    assert_log(&store, 2);
    let of_two = store.read(|rows| audit::about(rows, PatientId::from_bytes([2; 16]), 0, 9));
    assert_eq!(of_two.unwrap().len(), 1);
}
