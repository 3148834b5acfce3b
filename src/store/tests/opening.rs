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

#[test]
fn terms_of_an_earlier_search_are_made_anew() {
    use super::super::key::Key;
    use super::super::schema::{META, PATIENT_TERMS};
    use super::super::table::encode;
    use crate::domain::id::{Id, PatientId};
    use crate::domain::patient::Patient;
    use crate::domain::person::HumanName;
    use crate::domain::search;

    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), CACHE).unwrap();
    let id = PatientId::from_bytes([7; 16]);
    let patient = Patient::new(
        id,
        HumanName::from_full("伟 张"),
        jiff::Timestamp::UNIX_EPOCH,
    );
    let put = store.write(cause("patient"), move |tx| Ok(tx.put(&patient)?));
    put.unwrap();
    // As an earlier program left it: terms that are not ours, and no word of whose they are.
    let earlier = store.write(cause("earlier"), move |tx| {
        let term = |text: &str| Key::new().text(text).id(id);
        tx.remove_bytes(META.name(), Key::new().text("terms").as_bytes())?;
        tx.remove_bytes(PATIENT_TERMS.name(), term("张伟").as_bytes())?;
        let seen = encode(&0_i64)?;
        Ok(tx.put_bytes(PATIENT_TERMS.name(), term("gone").as_bytes(), &seen)?)
    });
    earlier.unwrap();
    drop(store);
    let store = Store::open(dir.path(), CACHE).unwrap();
    assert_clean(&store);
    let found = |typed: &str| {
        let readings = search::readings(typed, &|_| None, None);
        let found = store.read(|rows| patients::search(rows, &readings, 9));
        found.unwrap().len()
    };
    assert_eq!((found("张伟"), found("gone")), (1, 0));
}
