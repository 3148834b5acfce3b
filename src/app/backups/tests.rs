//! What is kept, what is due, what fails, and who may decide about it.

mod broken_off;
mod silent;

use std::cell::RefCell;
use std::fs;
use std::path::Path;

use super::planning::Wish;
use super::*;
use crate::app::stage::{Stage, no};
use crate::app::{Caller, Store};
use crate::domain::account::Role;
use crate::domain::backup::plan::{Alarm, Plan, Schedule};
use crate::domain::refusal::Refused;

#[test]
fn only_what_this_clinic_wrote_and_the_rule_lets_go_is_removed() {
    let dir = tempfile::tempdir().unwrap();
    let stage = Stage::on(Store::open(&dir.path().join("data"), 1 << 20).unwrap());
    let place = Place {
        to: Destination::directory(&dir.path().join("usb")),
        scratch: dir.path().join("data"),
    };
    let back_up = || back_up(&stage.clinic, &place, &|_, _| Ok(())).unwrap();
    let rule: Retention = "2,0,0,0".parse().unwrap();
    let prune = || prune(&stage.clinic, &place.to, rule).unwrap();
    assert_eq!(prune(), 0, "nothing is there");
    let first = back_up();
    assert_eq!(first.problem, "");
    assert!(first.proven_at.is_some());
    let taken = super::back_up(&stage.clinic, &place, &|_, _| Ok(()));
    assert!(matches!(taken, Err(Problem::Taken(_))), "{taken:?}");
    for _ in 0..2 {
        stage.clock.forward_min(60);
        back_up();
    }
    let foreign = lies(&place).join("anteroom-20200101T000000Z.age");
    fs::write(&foreign, b"of another clinic").unwrap();
    assert_eq!(prune(), 1);
    assert!(!Path::new(&first.archive).exists());
    assert!(foreign.exists());
    let left = stage.clinic.store.read(|rows| backup::all(rows)).unwrap();
    assert_eq!(left.len(), 2);
    assert!(left.iter().all(|b| Path::new(&b.archive).exists()));
    assert_eq!(prune(), 0);
    stage.clock.forward_min(60);
    let both = back_up_and_prune(&stage.clinic, &place, Some(rule), &|_, _| Ok(()));
    assert_eq!(both.unwrap().1, 1, "by the one who made it");
}

#[test]
fn two_backups_do_not_share_a_scratch_database() {
    let dir = tempfile::tempdir().unwrap();
    let stage = Stage::on(Store::open(dir.path(), 1 << 20).unwrap());
    let place = Place {
        to: Destination::directory(&dir.path().join("usb")),
        scratch: dir.path().to_owned(),
    };
    let second = RefCell::new(None);
    let first = back_up(&stage.clinic, &place, &|_, _| {
        second
            .borrow_mut()
            .get_or_insert_with(|| back_up(&stage.clinic, &place, &|_, _| Ok(())));
        Ok(())
    });
    assert!(first.is_ok());
    let second = second.into_inner().unwrap();
    assert!(matches!(second, Err(Problem::Busy)), "{second:?}");
}

/// The directory where a place is.
fn lies(place: &Place) -> &Path {
    Path::new(place.to.shown())
}

/// A clinic on disk with places for its backups.
struct Setting {
    dir: tempfile::TempDir,
    stage: Stage,
    owner: Caller,
}

impl Setting {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let stage = Stage::on(Store::open(&dir.path().join("data"), 1 << 20).unwrap());
        let owner = stage.caller(Role::Owner);
        Self { dir, stage, owner }
    }

    fn place(&self, name: &str) -> Destination {
        Destination::directory(&self.dir.path().join(name))
    }

    /// Adds a place as the command does.
    fn add(&self, name: &str) {
        let to = self.place(name);
        prepare(&to, &self.dir.path().join("data")).unwrap();
        try_out(&to).unwrap();
        add(&self.stage.clinic, &self.owner, name, to).unwrap();
    }

    fn check_sheet(&self) {
        let word = recovery_key(&self.stage.clinic).unwrap().test_word();
        check_word(
            &self.stage.clinic,
            &self.owner,
            &format!(" {} ", word.to_uppercase()),
        )
        .unwrap();
    }

    fn run(&self) -> usize {
        run_due(&self.stage.clinic).unwrap()
    }

    fn target(&self, name: &str) -> Target {
        let known = self.stage.clinic.backups.known();
        known
            .targets
            .iter()
            .find(|t| t.name == name)
            .unwrap()
            .clone()
    }

    fn archives(&self, name: &str) -> usize {
        let entries = fs::read_dir(self.dir.path().join(name)).unwrap();
        let is_archive = |e: &fs::DirEntry| e.path().extension().is_some_and(|x| x == "age");
        entries.map(|e| e.unwrap()).filter(is_archive).count()
    }

    fn alarm(&self) -> Option<Alarm> {
        self.stage.clinic.backups.alarm(self.stage.clinic.now())
    }

    fn decide(&self, schedule: Schedule, targets: &[&str]) {
        let wish = Wish {
            schedule,
            keep: "2,0,0,0".parse().unwrap(),
            targets: targets.iter().map(|t| (*t).to_owned()).collect(),
        };
        decide(&self.stage.clinic, &self.owner, wish).unwrap();
    }
}

#[test]
fn backups_begin_with_the_word_of_the_sheet_and_go_on_by_the_schedule() {
    let it = Setting::new();
    it.add("usb");
    assert_eq!(it.run(), 0, "nobody could open them yet");
    let clinic = &it.stage.clinic;
    assert_eq!(
        no(check_word(clinic, &it.owner, "")),
        Refused::Wrong { tries_left: None }
    );
    recovery_key(clinic).unwrap();
    assert_eq!(
        no(check_word(clinic, &it.owner, "wrong")),
        Refused::Wrong { tries_left: None }
    );
    assert_eq!(no(ask(clinic, &it.owner)), Refused::Changed);
    assert_eq!(it.run(), 0);
    it.check_sheet();
    it.decide(Schedule::Every(1), &["usb"]);
    assert_eq!(it.run(), 1, "the first at once");
    assert_eq!(it.run(), 0);
    let usb = it.target("usb");
    assert_eq!(usb.proven, Some(clinic.now()));
    let last = usb.last.unwrap();
    assert!(last.bytes > 0 && last.proven_at.is_some() && last.fault.is_none());
    assert_eq!(clinic.backups.at_work(), None);
    for _ in 0..3 {
        it.stage.clock.forward_min(60);
        assert_eq!(it.run(), 1);
    }
    assert_eq!(it.archives("usb"), 2, "what is not kept is removed");
    it.stage.clock.forward_min(1);
    ask(clinic, &it.owner).unwrap();
    assert_eq!((it.run(), it.run()), (1, 0));
    assert_eq!(it.alarm(), None);
    it.decide(Schedule::Every(1), &[]);
    it.stage.clock.forward_min(600);
    assert_eq!(it.run(), 0, "the place rests");
    let whole = overview(clinic, &it.owner, 1).unwrap();
    assert_eq!(whole.newest.len(), 1);
    assert!(whole.newest[0].at > last.at, "the newest first");
}

#[test]
fn a_place_that_fails_is_tried_again_later_and_hurts_no_other() {
    let it = Setting::new();
    it.add("a-stick");
    it.add("nas");
    it.check_sheet();
    it.decide(Schedule::Every(1), &["a-stick", "nas"]);
    assert_eq!(it.run(), 2);
    // The stick is pulled out; the empty directory that it was mounted on stays.
    let (stick, drawer) = (it.dir.path().join("a-stick"), it.dir.path().join("drawer"));
    fs::rename(&stick, &drawer).unwrap();
    fs::create_dir(&stick).unwrap();
    it.stage.clock.forward_min(60);
    assert_eq!(it.run(), 2);
    assert_eq!(
        fs::read_dir(&stick).unwrap().count(),
        0,
        "nothing is written below it"
    );
    let (failed, fine) = (it.target("a-stick"), it.target("nas"));
    let last = failed.last.clone().unwrap();
    assert_eq!(last.fault.unwrap().0, Fault::Missing);
    assert_eq!((last.bytes, last.failures), (0, 1));
    assert!(failed.proven < fine.proven, "what was proven stays known");
    assert!(fine.last.unwrap().fault.is_none());
    assert_eq!(it.alarm(), Some(Alarm::Failed("a-stick".to_owned())));
    assert_eq!(it.run(), 0, "not at once");
    it.stage.clock.forward_min(5);
    assert_eq!(it.run(), 1);
    assert_eq!(it.target("a-stick").last.unwrap().failures, 2);
    it.stage.clock.forward_min(9);
    assert_eq!(it.run(), 0, "each time later");
    fs::remove_dir(&stick).unwrap();
    fs::rename(&drawer, &stick).unwrap();
    it.stage.clock.forward_min(1);
    assert_eq!(it.run(), 1);
    assert_eq!(it.alarm(), None);
    assert_eq!(it.archives("a-stick"), 2);
}

#[test]
fn one_by_hand_to_a_place_counts_for_it_and_two_are_never_at_once() {
    let it = Setting::new();
    it.add("usb");
    it.check_sheet();
    it.decide(Schedule::Off, &["usb"]);
    let clinic = &it.stage.clinic;
    let place = Place {
        to: Destination::directory(&it.dir.path().join("usb")),
        scratch: it.dir.path().join("data"),
    };
    ask(clinic, &it.owner).unwrap();
    let seen = RefCell::new(Vec::new());
    back_up(clinic, &place, &|_, _| {
        if seen.borrow().is_empty() {
            // The loop wakes up meanwhile and leaves it alone.
            assert_eq!(run_due(clinic).unwrap(), 0);
        }
        seen.borrow_mut().push(clinic.backups.at_work().unwrap());
        Ok(())
    })
    .unwrap();
    let seen = seen.into_inner();
    assert_eq!(seen[0].to, "usb");
    assert!(seen[0].percent < 50 && seen.last().unwrap().percent == 100);
    let usb = it.target("usb");
    assert_eq!(usb.proven, Some(clinic.now()));
    assert!(!usb.asked, "what was asked for is there");
    // Another in the same second is none, and no failure.
    ask(clinic, &it.owner).unwrap();
    assert_eq!(it.run(), 0);
    assert!(it.target("usb").last.unwrap().fault.is_none());
    it.stage.clock.forward_min(1);
    assert_eq!(it.run(), 1);
}

#[test]
fn a_server_that_ends_breaks_off_and_leaves_nothing() {
    let it = Setting::new();
    it.add("usb");
    it.check_sheet();
    let clinic = &it.stage.clinic;
    let place = Place {
        to: Destination::directory(&it.dir.path().join("usb")),
        scratch: it.dir.path().join("data"),
    };
    for half in [false, true] {
        let it_ends = |done: u64, all: u64| {
            if (done * 2 > all) == half {
                return Err(Problem::Stopped);
            }
            Ok(())
        };
        let ended = back_up(clinic, &place, &it_ends);
        assert!(matches!(ended, Err(Problem::Stopped)), "{ended:?}");
        assert_eq!(
            fs::read_dir(lies(&place)).unwrap().count(),
            1,
            "only the mark"
        );
        assert!(!place.scratch.join("rehearsal.redb").exists());
    }
    assert_eq!(it.target("usb").last, None, "that is no failure");
    clinic.backups.stop();
    assert_eq!(it.run(), 0);
    let none = back_up(clinic, &place, &|_, _| Ok(()));
    assert!(matches!(none, Err(Problem::Stopped)), "{none:?}");
}

#[test]
fn an_archive_that_is_not_proven_is_a_failure_and_they_do_not_pile_up() {
    let it = Setting::new();
    it.add("usb");
    it.check_sheet();
    it.decide(Schedule::Every(1), &["usb"]);
    let clinic = &it.stage.clinic;
    let place = Place {
        to: Destination::directory(&it.dir.path().join("usb")),
        scratch: it.dir.path().join("data"),
    };
    assert_eq!(it.run(), 1);
    for failures in 1..4 {
        it.stage.clock.forward_min(60);
        // The rehearsal fails, as it does when the scratch disk is full.
        let made = back_up(clinic, &place, &|done, all| {
            if done * 4 > all * 3 {
                return Err(Problem::Io(ErrorKind::StorageFull.into()));
            }
            Ok(())
        });
        let made = made.unwrap();
        assert!(made.proven_at.is_none() && made.problem.contains("no storage space"));
        let last = it.target("usb").last.unwrap();
        assert_eq!(
            (last.fault.unwrap().0, last.failures),
            (Fault::Full, failures)
        );
        prune(clinic, &place.to, clinic.backups.known().plan.keep).unwrap();
        assert_eq!(
            it.archives("usb"),
            2,
            "the proven one, and the newest that is not"
        );
    }
    assert_eq!(it.alarm(), Some(Alarm::Failed("usb".to_owned())));
}

#[test]
fn only_an_owner_decides_and_a_name_or_place_is_there_once() {
    let it = Setting::new();
    it.add("usb");
    let (clinic, desk) = (&it.stage.clinic, it.stage.caller(Role::FrontDesk));
    let wish = Wish {
        schedule: Schedule::Off,
        keep: "1,1,1,1".parse().unwrap(),
        targets: BTreeSet::new(),
    };
    assert_eq!(no(decide(clinic, &desk, wish)), Refused::NotFound);
    assert_eq!(no(ask(clinic, &desk)), Refused::NotFound);
    assert_eq!(no(check_word(clinic, &desk, "x")), Refused::NotFound);
    assert_eq!(no(overview(clinic, &desk, 1)), Refused::NotFound);
    assert_eq!(
        no(add(clinic, &desk, "b", it.place("b"))),
        Refused::NotFound
    );
    assert_eq!(no(remove(clinic, &desk, "usb")), Refused::NotFound);
    assert_eq!(clinic.backups.known().plan, Plan::default());
    let again = add(clinic, &it.owner, "usb", it.place("elsewhere"));
    assert_eq!(no(again), Refused::Duplicate);
    let again = add(clinic, &it.owner, "other", it.place("usb"));
    assert_eq!(no(again), Refused::Duplicate);
    assert_eq!(
        no(add(clinic, &it.owner, "../x", it.place("x"))),
        Refused::NotFound
    );
    remove(clinic, &it.owner, "usb").unwrap();
    assert_eq!(no(remove(clinic, &it.owner, "usb")), Refused::NotFound);
    assert!(it.dir.path().join("usb").is_dir(), "what lies there stays");
    assert!(clinic.backups.known().targets.is_empty());
}
