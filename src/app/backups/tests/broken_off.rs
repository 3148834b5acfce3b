//! Backups that are broken off: by a kill, by the end of the program, for want of room.

use super::*;
use crate::store::disk::LEAST_FREE_BYTES;
use crate::store::tests::faulty::{self, Disk};

fn place(it: &Setting) -> Place {
    Place {
        to: Destination::directory(&it.dir.path().join("usb")),
        scratch: it.dir.path().join("data"),
    }
}

/// The names in a directory that end so.
fn names(directory: &Path, end: &str) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let names = entries.map(|e| e.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|n| n.ends_with(end)).collect();
    names.sort();
    names
}

/// Everything outside the data file as a kill in the first or in the second half leaves it.
fn killed(it: &Setting, half: bool) {
    let place = place(it);
    let saved = it.dir.path().join("saved");
    let both = [lies(&place), place.scratch.as_path()];
    let is_ours = |name: &str| {
        [".age", ".part", ".begun"]
            .iter()
            .any(|e| name.ends_with(e))
    };
    let step = |done: u64, all: u64| {
        if (done * 2 > all) != half {
            return Ok(());
        }
        fs::create_dir(&saved).unwrap();
        for directory in both {
            for name in names(directory, "").iter().filter(|n| is_ours(n)) {
                fs::copy(directory.join(name), saved.join(name)).unwrap();
            }
        }
        Err(Problem::Stopped)
    };
    let ended = back_up(&it.stage.clinic, &place, &step);
    assert!(matches!(ended, Err(Problem::Stopped)), "{ended:?}");
    for name in names(&saved, "") {
        let home = both[usize::from(name.contains(".begun"))];
        fs::copy(saved.join(&name), home.join(&name)).unwrap();
    }
    fs::remove_dir_all(&saved).unwrap();
}

#[test]
fn what_a_kill_left_behind_is_found_and_goes_and_what_is_of_others_stays() {
    let it = Setting::new();
    it.add("usb");
    it.check_sheet();
    let (clinic, place) = (&it.stage.clinic, place(&it));
    let of_others = [
        "anteroom-20200101T000000Z.age",
        "anteroom-20200101T010000Z.age.part",
    ];
    for name in of_others {
        fs::write(lies(&place).join(name), b"of another clinic").unwrap();
    }
    killed(&it, false);
    assert_eq!(names(lies(&place), ".part").len(), 2);
    it.stage.clock.forward_min(60);
    // The stick is not there meanwhile, and another place gets its own.
    let elsewhere = Place {
        to: Destination::directory(&it.dir.path().join("nas")),
        ..place.clone()
    };
    back_up(clinic, &elsewhere, &|_, _| Ok(())).unwrap();
    assert_eq!(names(lies(&place), ".part").len(), 2);
    back_up(clinic, &place, &|_, _| Ok(())).unwrap();
    assert_eq!(names(lies(&place), ".part"), of_others[1..], "the half one");
    let all = || clinic.store.read(|rows| backup::all(rows)).unwrap();
    assert!(all().iter().all(|b| b.problem.is_empty()));

    it.stage.clock.forward_min(60);
    killed(&it, true);
    let whole = names(lies(&place), ".age");
    assert_eq!(whole.len(), 3);
    it.stage.clock.forward_min(60);
    back_up(clinic, &place, &|_, _| Ok(())).unwrap();
    let found = all().into_iter().find(|b| !b.problem.is_empty()).unwrap();
    assert!(found.proven_at.is_none() && found.bytes > 0);
    assert!(found.archive.ends_with(&whole[2]), "{found:?}");
    assert_eq!(it.target("usb").last.unwrap().fault, None);
    assert_eq!(
        prune(clinic, &place.to, "9,0,0,0".parse().unwrap()).unwrap(),
        1
    );
    assert!(!Path::new(&found.archive).exists());
    assert_eq!(names(lies(&place), ".age").len(), 3);
    assert!(of_others.iter().all(|n| lies(&place).join(n).exists()));
    assert_eq!(names(&place.scratch, ".begun"), [""; 0]);
}

#[test]
fn one_that_ends_and_cannot_be_removed_is_known_and_is_no_failure() {
    let it = Setting::new();
    it.add("usb");
    it.check_sheet();
    let (clinic, place) = (&it.stage.clinic, place(&it));
    let ended = back_up(clinic, &place, &|done, all| {
        if done * 2 <= all {
            return Ok(());
        }
        // What cannot be removed as a file is.
        let archive = lies(&place).join(names(lies(&place), ".age").pop().unwrap());
        fs::remove_file(&archive).unwrap();
        fs::create_dir(&archive).unwrap();
        Err(Problem::Stopped)
    });
    assert!(matches!(ended, Err(Problem::Stopped)), "{ended:?}");
    assert_eq!(it.target("usb").last, None, "no failure of the place");
    let all = clinic.store.read(|rows| backup::all(rows)).unwrap();
    assert_eq!(all.len(), 1);
    assert!(all[0].proven_at.is_none() && !all[0].problem.is_empty());
}

#[test]
fn a_disk_without_room_for_the_rehearsal_is_said_before_anything_is_written() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    Store::open(&data, 1 << 20).unwrap().close();
    let disk = Disk::new(&data, faulty::Fault::Once, u64::MAX);
    let stage = Stage::on(disk.store().unwrap());
    let place = Place {
        to: Destination::directory(&dir.path().join("usb")),
        scratch: data.clone(),
    };
    let needed = disk::data_bytes(&data).unwrap() + LEAST_FREE_BYTES;
    disk.set_free(needed - 1);
    let refused = back_up(&stage.clinic, &place, &|_, _| Ok(())).unwrap_err();
    assert!(refused.to_string().contains("on trial"), "{refused}");
    assert_eq!(fault(&refused), Fault::NoRoom);
    assert!(!lies(&place).exists(), "nothing is written");
    assert_eq!(stage.clinic.read_only(), None);
    disk.set_free(needed + (1 << 30));
    let made = back_up(&stage.clinic, &place, &|_, _| Ok(())).unwrap();
    assert_eq!(made.problem, "");
}
