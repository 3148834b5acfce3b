//! The data file: who may open it, and what lies around it.

use super::super::*;
use super::{assert_clean, assert_log, cause};

const CACHE: usize = 1 << 20;

#[test]
fn what_a_crash_left_of_a_new_file_is_no_obstacle() {
    let dir = tempfile::tempdir().unwrap();
    let left = dir.path().join(format!("{FILE_NAME}.new"));
    fs::write(&left, b"half a database").unwrap();
    let store = Store::open(dir.path(), CACHE).unwrap();
    store.write(cause("first"), |_| Ok(())).unwrap();
    assert!(!left.exists());
    assert_clean(&store);
}

#[test]
fn a_second_opener_is_told_that_it_is_open_already() {
    let dir = tempfile::tempdir().unwrap();
    let first = Store::open(dir.path(), CACHE).unwrap();
    assert!(matches!(
        Store::open(dir.path(), CACHE).err(),
        Some(Failure::Locked)
    ));
    first.write(cause("still"), |_| Ok(())).unwrap();
    drop(first);
    assert_log(&Store::open(dir.path(), CACHE).unwrap(), 1);
}

#[test]
fn nobody_else_can_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    drop(Store::open(&data, CACHE).unwrap());
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&data), mode(&data.join(FILE_NAME))), (0o700, 0o600));
}

#[test]
fn a_closed_store_says_so() {
    let store = Store::in_memory().unwrap();
    store.close();
    let late: Result<(), Stop> = store.write(cause("late"), |_| Ok(()));
    assert!(matches!(late, Err(Stop::Failed(Failure::Stopped))));
    // Reading goes on.
    assert_log(&store, 0);
}

#[test]
fn a_file_that_is_no_database_is_a_failure_and_stays_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join(FILE_NAME), b"something else").unwrap();
    assert!(Store::open(dir.path(), CACHE).is_err());
    assert_eq!(
        fs::read(dir.path().join(FILE_NAME)).unwrap(),
        b"something else"
    );
}
