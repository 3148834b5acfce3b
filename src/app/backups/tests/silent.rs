//! Places that do not answer, from the start or from the middle on.

use std::cell::Cell;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::*;

/// How long a place may be silent. The one that is well is on a machine that is busy with other tests.
const SOON: Duration = Duration::from_secs(3);

#[test]
fn a_place_that_does_not_answer_holds_up_no_other() {
    let it = Setting::new();
    it.add("a-nas");
    it.add("stick");
    it.check_sheet();
    it.decide(Schedule::Every(1), &["a-nas", "stick"]);
    // Opening a pipe that nobody reads waits, as a mount does whose server is gone.
    let pipe = it.dir.path().join("a-nas/.anteroom-probe");
    let made = Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let tried = due::run_due_within(&it.stage.clinic, SOON, &|_, _| Ok(()));
    assert_eq!(tried.unwrap(), 2);
    assert_eq!((it.archives("a-nas"), it.archives("stick")), (0, 1));
    let last = it.target("a-nas").last.unwrap();
    let (fault, words) = last.fault.unwrap();
    assert_eq!(fault, Fault::Missing);
    assert!(words.contains("does not answer"), "{words}");
    assert_eq!(it.alarm(), Some(Alarm::Failed("a-nas".to_owned())));

    // It still waits, and nobody waits beside it, however long one would.
    it.stage.clock.forward_min(5);
    assert_eq!(it.run(), 1);
    assert_eq!(it.target("a-nas").last.unwrap().failures, 2);

    // The server is back: what waited goes on, and the next try is a backup.
    let read = fs::read(&pipe).unwrap();
    assert!(!read.is_empty());
    while pipe.exists() {
        std::thread::yield_now();
    }
    it.stage.clock.forward_min(60);
    while it.archives("a-nas") == 0 {
        it.run();
        it.stage.clock.forward_min(60);
    }
    assert_eq!(it.alarm(), None);
}

/// Two places; the first falls silent in the middle of its backup, by what `silence` does while it is
/// being made, and answers again after `heal`.
fn falls_silent_in_the_middle(it: &Setting, silence: &dyn Fn(), heal: &dyn Fn()) {
    it.check_sheet();
    it.decide(Schedule::Every(1), &["a-nas", "stick"]);
    let clinic = &it.stage.clinic;
    let is_silent = Cell::new(false);
    let step = |_, _| {
        let at_work = clinic.backups.at_work();
        if at_work.is_some_and(|w| w.to == "a-nas") && !is_silent.replace(true) {
            silence();
        }
        Ok(())
    };
    assert_eq!(due::run_due_within(clinic, SOON, &step).unwrap(), 2);
    assert!(is_silent.get(), "it was at work");
    assert_eq!(clinic.backups.at_work(), None);
    assert!(it.target("stick").proven.is_some(), "the other has its own");
    let failed = it.target("a-nas");
    let (fault, words) = failed.last.unwrap().fault.unwrap();
    assert_eq!(fault, Fault::Missing, "{words}");
    assert!(words.contains("does not answer"), "{words}");
    assert_eq!(failed.proven, None);
    assert_eq!(it.alarm(), Some(Alarm::Failed("a-nas".to_owned())));

    // The next is not sent after it, however much patience there is, and the other goes on.
    it.stage.clock.forward_min(60);
    let since = Instant::now();
    assert_eq!(it.run(), 2);
    assert!(since.elapsed().as_secs() < 30);
    assert_eq!(it.target("a-nas").last.unwrap().failures, 2);
    assert_eq!(it.target("stick").proven, Some(clinic.now()));
    assert!(
        clinic
            .store
            .write(clinic.own_cause("t", Action::Export), |_| Ok(()))
            .is_ok()
    );

    heal();
    let until = Instant::now() + Duration::from_secs(30);
    while it.target("a-nas").proven.is_none() {
        assert!(Instant::now() < until, "it answers again");
        it.stage.clock.forward_min(60);
        it.run();
    }
    assert_eq!(it.alarm(), None);
    let left = fs::read_dir(it.dir.path().join("a-nas")).unwrap();
    let names: Vec<_> = left.map(|e| e.unwrap().file_name()).collect();
    let is_half = |n: &std::ffi::OsString| n.to_string_lossy().ends_with(".part");
    assert!(!names.iter().any(is_half), "nothing is left: {names:?}");
}

#[test]
fn a_place_that_falls_silent_while_it_is_read_back_holds_up_no_other() {
    let it = Setting::new();
    it.add("a-nas");
    it.add("stick");
    let nas = it.dir.path().join("a-nas");
    let pipe = it.dir.path().join("pipe");
    // What stands in the place of the archive is never opened, as nobody writes to it.
    let silence = || {
        let made = Command::new("mkfifo").arg(&pipe).status();
        assert!(made.unwrap().success());
        let entries = fs::read_dir(&nas).unwrap().map(|e| e.unwrap().path());
        let mut parts = entries.filter(|p| p.extension().is_some_and(|x| x == "part"));
        fs::rename(&pipe, parts.next().unwrap()).unwrap();
    };
    let heal = || {
        use std::os::unix::fs::FileTypeExt as _;
        let entries = fs::read_dir(&nas).unwrap().map(|e| e.unwrap());
        let mut pipes = entries.filter(|e| e.file_type().unwrap().is_fifo());
        let pipe = pipes.next().unwrap().path();
        drop(File::options().write(true).open(pipe).unwrap());
    };
    falls_silent_in_the_middle(&it, &silence, &heal);
}

/// A file system of its own that can be frozen: who writes to it waits in the kernel, as with a server
/// that is gone.
struct Icy {
    at: PathBuf,
    thaw: Option<Child>,
}

impl Icy {
    /// `None` where the machine does not let one be mounted.
    fn mount(at: &Path, image: &Path) -> Option<Self> {
        fs::create_dir(at).unwrap();
        File::create(image).unwrap().set_len(32 << 20).unwrap();
        let done = |program: &str, arguments: &[&str], path: &Path, more: &[&Path]| {
            let mut command = Command::new(program);
            command.args(arguments).arg(path).args(more);
            command.output().is_ok_and(|o| o.status.success())
        };
        let is_there = done("mkfs.ext4", &["-q", "-F"], image, &[])
            && done("mount", &["-o", "loop"], image, &[at]);
        if !is_there {
            return None;
        }
        // It thaws when this test lets go, and after a minute even if it was killed: a process that
        // waits for a frozen file system cannot end.
        let thaw = Command::new("setsid")
            .args(["sh", "-c"])
            .arg("timeout 60 cat >/dev/null; fsfreeze -u \"$0\" 2>/dev/null; umount -l \"$0\"")
            .arg(at)
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        Some(Self {
            at: at.to_owned(),
            thaw: Some(thaw),
        })
    }

    fn fsfreeze(&self, how: &str) {
        let done = Command::new("fsfreeze").arg(how).arg(&self.at).status();
        assert!(done.unwrap().success(), "fsfreeze {how}");
    }
}

impl Drop for Icy {
    fn drop(&mut self) {
        if let Some(mut thaw) = self.thaw.take() {
            drop(thaw.stdin.take());
            let _ = thaw.wait();
        }
    }
}

#[test]
fn a_place_that_freezes_while_it_is_written_to_holds_up_no_other() {
    let it = Setting::new();
    let (at, image) = (it.dir.path().join("a-nas"), it.dir.path().join("image"));
    let Some(icy) = Icy::mount(&at, &image) else {
        eprintln!("NOT RUN: a place that freezes: no file system could be mounted here");
        return;
    };
    it.add("a-nas");
    it.add("stick");
    falls_silent_in_the_middle(&it, &|| icy.fsfreeze("-f"), &|| icy.fsfreeze("-u"));
}
