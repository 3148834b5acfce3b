//! The disk fails, at every single operation of a clinic's day; it fills; the power goes. Whatever
//! happens: what was answered is kept, what was refused is not, and readers go on.
//!
//! `ANTEROOM_CUTS=1000000` is the long mode of the power cuts; `ANTEROOM_SEED` repeats a run.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use super::super::disk::Room;
use super::super::*;
use super::faulty::{Dice, Disk, Fault, Powered};
use super::indexes::{notice_about, patient_named};
use super::{assert_clean, cause};
use crate::domain::audit::Action;
use crate::domain::id::{Id, PatientId};
use crate::domain::patient::Patient;

/// Acts of a day.
const ACTS: u8 = 10;

fn id(act: u8) -> PatientId {
    PatientId::from_bytes([act + 1; 16])
}

/// One act: several rows of several tables, and their entries in the indexes.
fn act(store: &Store, number: u8) -> Result<u64, Stop> {
    let (patient, notice) = (patient_named(id(number), number), notice_about(number));
    store.write(cause("day"), move |tx| {
        tx.about(patient.id);
        tx.object(patient.id);
        tx.put(&patient)?;
        notices::enqueue(tx, &notice)?;
        Ok(tx.next_number("chart")?)
    })
}

/// Which acts are there, each whole.
fn acts(store: &Store) -> Result<BTreeSet<u8>, Failure> {
    store.read(|rows| {
        let mut found = BTreeSet::new();
        for number in 0..=ACTS {
            let patient: Option<Patient> = patients::find(rows, id(number))?;
            let notices = notices::of_patient(rows, id(number))?;
            assert_eq!(
                patient.is_some(),
                notices.len() == 1,
                "act {number} is halved"
            );
            if patient.is_some() {
                found.insert(number);
            }
        }
        Ok(found)
    })
}

/// What one must be able to say of the acts at any time.
#[derive(Debug, Default)]
struct Known {
    kept: BTreeSet<u8>,
    /// Those of which nobody knows.
    perhaps: BTreeSet<u8>,
}

impl Known {
    fn answered<T>(&mut self, number: u8, answer: &Result<T, Stop>) {
        match answer {
            Ok(_) => {
                self.kept.insert(number);
            }
            Err(Stop::Failed(Failure::NotSure(_))) => {
                self.perhaps.insert(number);
            }
            // Nothing was kept, for sure.
            Err(Stop::Failed(Failure::ReadOnly(_) | Failure::Stopped)) => {}
            Err(other) => panic!("act {number}: {other:?}"),
        }
    }

    fn holds(&self, found: &BTreeSet<u8>) -> bool {
        self.kept.is_subset(found)
            && found
                .iter()
                .all(|n| self.kept.contains(n) || self.perhaps.contains(n))
    }
}

fn looks(store: &Store, number: u8) {
    let mut cause = cause("reader");
    cause.action = Action::PageView;
    store.note_view(cause, vec![id(number)], format!("/look/{number}"));
}

/// A directory with an empty clinic.
fn new_clinic() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    Store::open(dir.path(), 1 << 20).unwrap().close();
    dir
}

fn wait_until(what: &str, holds: impl Fn() -> bool) {
    let since = Instant::now();
    while !holds() {
        assert!(since.elapsed() < Duration::from_secs(30), "never {what}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn can_be_written(store: &Store) -> bool {
    store.standing().read_only.is_none()
}

/// A day on a disk: what is known after it, and how many reads did not succeed.
fn day(store: &Store, known: &mut Known) -> usize {
    let mut unread = 0;
    for number in 0..ACTS {
        let answer = act(store, number);
        known.answered(number, &answer);
        looks(store, number);
        match acts(store) {
            Ok(found) => assert!(known.holds(&found), "act {number}: {known:?} {found:?}"),
            Err(_) => unread += 1,
        }
    }
    unread
}

/// Breaks the disk at the k-th operation of a day, for every k.
fn every_operation(fault: Fault) -> u64 {
    let empty = new_clinic();
    let mut tried = 0;
    for at in 1.. {
        let dir = tempfile::tempdir().unwrap();
        fs::copy(empty.path().join(FILE_NAME), dir.path().join(FILE_NAME)).unwrap();
        let disk = Disk::new(dir.path(), fault, at);
        let Ok(store) = disk.store() else {
            // It failed while it was opened: a start that says so, and another that succeeds.
            disk.mend();
            assert_clean(&disk.store().unwrap());
            continue;
        };
        let mut known = Known::default();
        let unread = day(&store, &mut known);
        let was_hit = disk.has_failed();
        if fault != Fault::Everything {
            assert_eq!(unread, 0, "operation {at}: readers stay up");
        }
        disk.mend();
        wait_until("can it be written again", || can_be_written(&store));
        let again = act(&store, ACTS);
        assert!(again.is_ok(), "operation {at}: {again:?}");
        known.answered(ACTS, &again);
        store.flush_views();
        assert!(known.holds(&acts(&store).unwrap()), "operation {at}");
        let views = |store: &Store| {
            let lines = super::lines(store);
            let looks = lines.iter().filter(|l| l.action == Action::PageView);
            looks.map(|l| l.object.clone()).collect::<Vec<_>>()
        };
        let expected: Vec<String> = (0..ACTS).map(|n| format!("/look/{n}")).collect();
        assert_eq!(views(&store), expected, "operation {at}: each look once");
        assert_clean(&store);
        store.close();
        drop(store);
        let store = Store::open(dir.path(), 1 << 20).unwrap();
        assert!(
            known.holds(&acts(&store).unwrap()),
            "operation {at}: reopened"
        );
        assert_clean(&store);
        tried = at;
        if !was_hit {
            break;
        }
    }
    tried
}

#[test]
fn one_operation_fails_whichever_it_is() {
    let tried = every_operation(Fault::Once);
    eprintln!(
        "operations of a day, each of which failed once: {}",
        tried - 1
    );
    assert!(tried > 50, "{tried}");
}

#[test]
fn nothing_is_written_from_any_operation_on() {
    let tried = every_operation(Fault::Writing);
    assert!(tried > 50, "{tried}");
}

#[test]
fn the_disk_is_gone_from_any_operation_on() {
    let tried = every_operation(Fault::Everything);
    assert!(tried > 50, "{tried}");
}

#[test]
fn a_full_disk_is_only_read_until_there_is_room_again() {
    let dir = new_clinic();
    let disk = Disk::new(dir.path(), Fault::Once, u64::MAX);
    let store = disk.store().unwrap();
    let told = Arc::new(Mutex::new(Vec::new()));
    let (hear, standing) = (told.clone(), store.house.clone());
    store.on_commit(move |changes| {
        if changes.contains(&Change::Standing) {
            hear.lock()
                .unwrap()
                .push(standing.standing.load().read_only.clone());
        }
    });
    act(&store, 0).unwrap();
    disk.set_free(disk::LEAST_FREE_BYTES - 1);
    wait_until("is it read-only", || act(&store, 1).is_err());
    let refused = act(&store, 2);
    assert!(
        matches!(refused, Err(Stop::Failed(Failure::ReadOnly(Why::Full)))),
        "{refused:?}"
    );
    looks(&store, 0);
    store.flush_views();
    assert!(acts(&store).unwrap().contains(&0), "readers go on");
    let written = super::lines(&store).len();
    // A little room is not enough, so that it does not flicker.
    disk.set_free(disk::LEAST_FREE_BYTES + 1);
    std::thread::sleep(Duration::from_millis(1_100));
    assert!(act(&store, 2).is_err());
    assert_eq!(super::lines(&store).len(), written, "looks wait");
    disk.set_free(disk::ENOUGH_FREE_BYTES);
    wait_until("can it be written again", || can_be_written(&store));
    act(&store, 3).unwrap();
    store.flush_views();
    assert_eq!(super::lines(&store).len(), written + 2);
    let told = told.lock().unwrap().clone();
    assert_eq!(told, [Some(Why::Full), None]);
    assert_clean(&store);
}

#[test]
fn looks_wait_in_bounded_memory_and_those_beyond_are_counted() {
    let dir = new_clinic();
    let disk = Disk::new(dir.path(), Fault::Once, u64::MAX);
    let store = disk.store().unwrap();
    disk.set_free(0);
    wait_until("is it read-only", || !can_be_written(&store));
    let many: Vec<PatientId> = (0..1_000).map(|_| id(1)).collect();
    for _ in 0..100 {
        store.note_view(cause("reader"), many.clone(), "/staff".to_owned());
    }
    store.flush_views();
    assert!(super::lines(&store).is_empty());
    disk.set_free(1 << 40);
    wait_until("can it be written again", || can_be_written(&store));
    store.flush_views();
    let lines = super::lines(&store);
    // 65,536 patients and pages fit: 65 looks of a thousand, and a line about the other 35.
    assert_eq!(lines.len(), 66);
    assert_eq!(
        lines[65].detail,
        "35 more looks while nothing could be written"
    );
    assert_clean(&store);
}

#[test]
fn a_reader_in_the_middle_of_the_swap_reads_on() {
    let dir = new_clinic();
    let disk = Disk::new(dir.path(), Fault::Writing, u64::MAX);
    let store = disk.store().unwrap();
    act(&store, 0).unwrap();
    let (source, reader) = store.reader().unwrap();
    disk.break_();
    let failed = act(&store, 1);
    assert!(failed.is_err());
    assert!(!can_be_written(&store));
    disk.mend();
    drop(source);
    // As long as somebody reads from the old database it stays, and so does read-only.
    std::thread::sleep(Duration::from_millis(50));
    assert!(!can_be_written(&store));
    let still = store.reader().unwrap();
    assert!(patients::find(&still.1, id(0)).unwrap().is_some());
    drop(reader);
    wait_until("can it be written again", || can_be_written(&store));
    act(&store, 2).unwrap();
    let found = patients::find(&still.1, id(0)).unwrap();
    assert!(found.is_some(), "the snapshot outlives the swap");
    drop(still);
    assert_clean(&store);
}

/// A disk in memory, really full; nobody asks beforehand how much room there is.
#[test]
fn a_disk_that_is_really_full_is_got_over() {
    struct Unasked(Files);
    impl Medium for Unasked {
        fn open(&self) -> Result<Database, Failure> {
            self.0.open()
        }
        fn open_beside(&self) -> Result<redb::ReadOnlyDatabase, Failure> {
            self.0.open_beside()
        }
        fn room(&self) -> Option<std::io::Result<Room>> {
            None
        }
    }
    let dir = tempfile::tempdir().unwrap();
    let mount = |args: &[&str]| {
        let mut command = std::process::Command::new(args[0]);
        let done = command.args(&args[1..]).arg(dir.path()).output();
        done.is_ok_and(|o| o.status.success())
    };
    if !mount(&["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs"]) {
        eprintln!("NOT RUN: this account may not mount a disk");
        return;
    }
    Store::open(dir.path(), 1 << 20).unwrap().close();
    let files = Files {
        directory: dir.path().to_owned(),
        cache_bytes: 1 << 20,
    };
    let store = Store::with(files.open().unwrap(), Box::new(Unasked(files))).unwrap();
    act(&store, 0).unwrap();
    let ballast = dir.path().join("ballast");
    // It ends with an error: the disk is full.
    let block = vec![7; 4_096];
    let mut file = fs::File::create(&ballast).unwrap();
    while std::io::Write::write_all(&mut file, &block).is_ok() {}
    let put = |n: u8| {
        let name = format!("blob {n}");
        store.write(cause("blob"), move |tx| {
            Ok(settings::put_secret(tx, &name, &vec![n; 200_000])?)
        })
    };
    let failed = (0..200).find_map(|n| put(n).err().map(|e| (n, e)));
    let (kept, stop) = failed.expect("it is full");
    assert!(
        matches!(
            stop,
            Stop::Failed(Failure::NotSure(_) | Failure::ReadOnly(_))
        ),
        "{stop:?}"
    );
    wait_until("does it say so", || {
        !can_be_written(&store) || put(201).is_err()
    });
    assert!(acts(&store).unwrap().contains(&0), "readers go on");
    drop(file);
    fs::remove_file(&ballast).unwrap();
    wait_until("can it be written again", || act(&store, 1).is_ok());
    for n in 0..kept {
        let name = format!("blob {n}");
        let found = store.read(|rows| settings::secret(rows, &name)).unwrap();
        assert_eq!(found, Some(vec![n; 200_000]), "what was answered is kept");
    }
    assert_clean(&store);
    store.close();
    drop(store);
    assert!(beside::verify_pages(dir.path(), 1 << 20).unwrap());
    mount(&["umount"]);
}

fn number(variable: &str, otherwise: u64) -> u64 {
    let set = std::env::var(variable).ok();
    set.and_then(|v| v.parse().ok()).unwrap_or(otherwise)
}

/// One life of a clinic: acts until the power goes, then whatever the platter kept.
fn life(empty: &[u8], seed: u64, lies: bool) -> Result<(), String> {
    let mut dice = Dice::new(seed);
    let bad_syncs = if dice.below(2) == 0 { 0 } else { 4 };
    let disk = Powered::with(empty.to_vec(), dice.clone(), bad_syncs);
    if lies {
        disk.lie();
    }
    let mut known = Known::default();
    disk.power_for(20 + dice.below(400));
    if let Ok(store) = disk.store() {
        for number in 0..ACTS {
            known.answered(number, &act(&store, number));
            // A sync that failed is got over, if the power is still there.
            while !can_be_written(&store) && disk.has_power() {
                std::thread::sleep(Duration::from_micros(200));
            }
            if !disk.has_power() {
                break;
            }
        }
    }
    disk.power_on();
    for _ in 0..4 {
        if dice.below(4) > 0 {
            break;
        }
        // It goes again while the file is repaired.
        disk.power_for(dice.below(40));
        drop(disk.store());
        disk.power_on();
    }
    let store = disk.store().map_err(|e| format!("unopenable: {e}"))?;
    let found = acts(&store).map_err(|e| e.to_string())?;
    if !known.holds(&found) {
        return Err(format!("{known:?} but {found:?}"));
    }
    let report = store.read(|rows| check::check(rows));
    let problems = report.map_err(|e| e.to_string())?.problems;
    if !problems.is_empty() {
        return Err(problems.join("; "));
    }
    act(&store, ACTS).map(drop).map_err(|e| format!("{e:?}"))
}

fn empty_file() -> Vec<u8> {
    fs::read(new_clinic().path().join(FILE_NAME)).unwrap()
}

#[test]
fn the_power_goes_at_any_moment() {
    let empty = empty_file();
    let usual = if number("ANTEROOM_LONG", 0) == 1 {
        5_000
    } else {
        200
    };
    let (cuts, seed) = (number("ANTEROOM_CUTS", usual), number("ANTEROOM_SEED", 1));
    eprintln!("{cuts} power cuts from seed {seed}");
    for n in 0..cuts {
        if let Err(problem) = life(&empty, seed + n, false) {
            panic!("seed {}: {problem}", seed + n);
        }
    }
}

/// A harness that finds nothing proves nothing.
#[test]
fn a_disk_that_lies_about_what_it_synced_is_found_out() {
    let empty = empty_file();
    let lives = |n: u64| {
        let lived = std::panic::catch_unwind(|| life(&empty, 7_000 + n, true));
        !matches!(lived, Ok(Ok(())))
    };
    let found = (0..40).filter(|n| lives(*n)).count();
    assert!(found > 20, "only {found} of 40 lives showed it");
}
