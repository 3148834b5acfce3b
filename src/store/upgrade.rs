//! A newer program opens older data, and back again, without a moment in which there is no clinic.
//!
//! The old file is copied, the copy is brought to the new schema in one transaction and checked, and
//! only then takes the old file's name. The old file itself stays beside it as the snapshot to which
//! [`Held::roll_back`] returns. Whatever kills the program, the clinic's file is the old one untouched or
//! the new one checked.

use std::fs::{self, File};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use redb::{Database, ReadableDatabase};

use super::failure::Failure;
use super::migrate::{self, Step};
use super::scratch::{self, Scratch};
use super::tx::Reader;
use super::{FILE_NAME, audit, builder, check, untouched};

/// A copy on its way to the new schema.
const COPY: &str = "clinic.redb.upgrading";
/// Before the schema of a snapshot.
const SNAPSHOT: &str = "clinic.redb.schema-";
/// Before the schema of a file that was gone back from.
const NEWER: &str = "clinic.redb.newer-";

/// How far an upgrade is; told before the next step begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// The old file is being copied.
    Copying,
    /// The copy is whole and on the disk.
    Copied,
    /// The copy has the new schema.
    Migrated,
    /// The copy has been checked.
    Checked,
    /// The old file has its second name.
    Kept,
    /// The new file has the clinic's name.
    Placed,
}

/// Opens a data file; one of an older schema is brought to `ours` first.
///
/// # Errors
/// [`Failure::Newer`] for a newer one, and [`Failure::NotUpgraded`] when an older one stays as it was.
pub(super) fn open(
    directory: &Path,
    cache_bytes: usize,
    (steps, ours): (&[Step], u32),
    at: &dyn Fn(Stage),
) -> Result<Database, Failure> {
    let file = directory.join(FILE_NAME);
    // Held until the end, so that nobody writes to the file that is being copied; what becomes the
    // snapshot is the old file to the last bit.
    let old = untouched::open(&file, cache_bytes)?;
    let theirs = migrate::schema(&old)?;
    if theirs > ours {
        return Err(Failure::Newer(theirs, ours));
    }
    if theirs < ours {
        tracing::warn!("bringing the data from schema {theirs} to {ours}");
        upgrade(directory, cache_bytes, theirs, (steps, ours), at)
            .map_err(|why| Failure::NotUpgraded(theirs, ours, why.to_string()))?;
    }
    old.close()?;
    Ok(builder(cache_bytes).open(&file)?)
}

fn upgrade(
    directory: &Path,
    cache_bytes: usize,
    theirs: u32,
    (steps, ours): (&[Step], u32),
    at: &dyn Fn(Stage),
) -> Result<(), Failure> {
    let file = directory.join(FILE_NAME);
    let copy = Scratch::new(directory.join(COPY))?;
    at(Stage::Copying);
    let mut to = File::options()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(copy.path())?;
    std::io::copy(&mut File::open(&file)?, &mut to)?;
    to.sync_all()?;
    drop(to);
    at(Stage::Copied);
    let db = builder(cache_bytes).open(copy.path())?;
    migrate::run(&db, steps, ours)?;
    at(Stage::Migrated);
    let reader = Reader::new(db.begin_read()?);
    let found = check::check(&reader)?;
    drop(reader);
    db.close()?;
    if let Some(first) = found.problems.into_iter().next() {
        return Err(Failure::Other(first));
    }
    File::open(copy.path())?.sync_all()?;
    at(Stage::Checked);
    for old in snapshots(directory)? {
        fs::remove_file(old.path)?;
    }
    let snapshot = Scratch::new(directory.join(format!("{SNAPSHOT}{theirs}")))?;
    fs::hard_link(&file, snapshot.path())?;
    snapshot.stays();
    at(Stage::Kept);
    copy.become_(&file)?;
    at(Stage::Placed);
    Ok(())
}

/// The file as it was before an upgrade.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// Its schema.
    pub schema: u32,
    /// Where it is.
    pub path: PathBuf,
}

/// The snapshots in a directory, the newest schema first.
///
/// # Errors
/// When the directory cannot be read.
pub fn snapshots(directory: &Path) -> Result<Vec<Snapshot>, Failure> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|n| n.to_str());
        let schema = name.and_then(|n| n.strip_prefix(SNAPSHOT)?.parse().ok());
        if let Some(schema) = schema {
            found.push(Snapshot { schema, path });
        }
    }
    found.sort_by_key(|s| std::cmp::Reverse(s.schema));
    Ok(found)
}

/// What going back to the last snapshot would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WayBack {
    /// Where it leads.
    pub snapshot: Snapshot,
    /// The last line of the snapshot's log; none when there is no line.
    pub until: Option<Timestamp>,
    /// Lines that were written to the log since: changes and looks that would be lost. `None` when
    /// today's log does not go on from that of the snapshot, as after a backup was restored: then all
    /// of today is lost.
    pub lost: Option<u64>,
}

/// How far going back is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Return {
    /// Nobody has the file of today open.
    Closed,
    /// The file of today has its second name.
    Kept,
    /// The snapshot has the clinic's name.
    Back,
}

/// A clinic that can go back, held so that nobody writes to it meanwhile.
pub struct Held {
    db: Database,
    schema: u32,
    directory: PathBuf,
    way: WayBack,
}

/// Looks at the way back to the last snapshot; nothing changes.
///
/// # Errors
/// [`Failure::Locked`] while a server has the clinic open; `None` when there is no snapshot.
pub fn way_back(directory: &Path, cache_bytes: usize) -> Result<Option<Held>, Failure> {
    let Some(snapshot) = snapshots(directory)?.into_iter().next() else {
        return Ok(None);
    };
    let db = builder(cache_bytes).open(directory.join(FILE_NAME))?;
    let schema = migrate::schema(&db)?;
    let old = untouched::open(&snapshot.path, cache_bytes)?;
    let before = Reader::new(old.begin_read()?);
    let (ended, until) = (audit::head(&before)?, last_line(&before)?);
    drop(before);
    old.close()?;
    let today = Reader::new(db.begin_read()?);
    let goes_on = audit::goes_on_from(&today, &ended)?;
    let since = audit::head(&today)?.seq.checked_sub(ended.seq);
    drop(today);
    let way = WayBack {
        snapshot,
        until,
        lost: since.filter(|_| goes_on),
    };
    Ok(Some(Held {
        db,
        schema,
        directory: directory.to_owned(),
        way,
    }))
}

fn last_line(rows: &Reader) -> Result<Option<Timestamp>, Failure> {
    let last = audit::newest(rows, 0, 1, &|_| true)?;
    Ok(last.into_iter().next().map(|event| event.at))
}

impl Held {
    /// What going back would do.
    pub fn way(&self) -> &WayBack {
        &self.way
    }

    /// Goes back: the snapshot is the clinic again, and the file of today stays under another name,
    /// which is given back.
    ///
    /// # Errors
    /// When the file system says no: the clinic is then the one of today.
    pub fn roll_back(self) -> Result<PathBuf, Failure> {
        self.roll_back_told(&|_| ())
    }

    fn roll_back_told(self, at: &dyn Fn(Return)) -> Result<PathBuf, Failure> {
        let file = self.directory.join(FILE_NAME);
        self.db.close()?;
        at(Return::Closed);
        // A second name, not another one: at no moment is there no clinic here.
        let name = format!("{NEWER}{}", self.schema);
        let kept = scratch::keep(&file, &self.directory.join(name))?;
        at(Return::Kept);
        fs::rename(&self.way.snapshot.path, &file)?;
        scratch::sync_directory(&file)?;
        at(Return::Back);
        Ok(kept)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt as _;
    use std::process::Command;

    use sha2::{Digest as _, Sha256};

    use super::super::commit;
    use super::super::key::Key;
    use super::super::schema::{META, SETTINGS, VERSION};
    use super::super::settings;
    use super::super::table::{Rows as _, encode};
    use super::super::tx::{Head, Tx};
    use super::super::{Store, beside};
    use super::*;
    use crate::domain::audit::{Action, AuditActor, Cause};
    use crate::domain::settings::Settings;

    const CACHE: usize = 1 << 20;
    /// Where the child finds its clinic, and at which stage it dies.
    const CHILD: &str = "ANTEROOM_TEST_UPGRADE";
    const STAGES: [Stage; 6] = [
        Stage::Copying,
        Stage::Copied,
        Stage::Migrated,
        Stage::Checked,
        Stage::Kept,
        Stage::Placed,
    ];

    /// The schema after ours: one row more.
    const NEXT: u32 = VERSION + 1;
    const GOOD: Step = |tx| {
        let key = Key::new().text("next");
        tx.put_bytes(META.name(), key.as_bytes(), &encode(&1_u32)?)
    };
    const BAD: Step = |tx| {
        GOOD(tx)?;
        Err(Failure::Other("a row does not fit".to_owned()))
    };

    /// As many steps as lead to the next schema, of which only the last does something.
    fn to_next(last: Step) -> Vec<Step> {
        let nothing: Step = |_| Ok(());
        let mut steps = vec![nothing; usize::try_from(VERSION - 1).unwrap()];
        steps.push(last);
        steps
    }

    fn named(directory: &Path, name: &str) {
        rename(&Store::open(directory, CACHE).unwrap(), name);
    }

    fn rename(store: &Store, name: &str) {
        let mut settings = Settings::unnamed("https://clinic.example");
        settings.profile.name = name.to_owned();
        let cause = Cause {
            actor: AuditActor::system("test"),
            action: Action::SettingsChange,
            // It stands in the log, so that no two names have one log.
            request: name.bytes().map(u64::from).sum(),
            at: Timestamp::UNIX_EPOCH,
        };
        let put = store.write(cause, move |tx| Ok(settings::put(tx, &settings)?));
        put.unwrap();
    }

    /// The SHA-256 of every bit of a file.
    fn bits(file: &Path) -> String {
        data_encoding::HEXLOWER.encode(&Sha256::digest(fs::read(file).unwrap()))
    }

    fn name_in(db: &Database) -> String {
        let reader = Reader::new(db.begin_read().unwrap());
        settings::find(&reader).unwrap().unwrap().profile.name
    }

    fn has_next(db: &Database) -> bool {
        let reader = Reader::new(db.begin_read().unwrap());
        let row = reader.get_bytes(META.name(), Key::new().text("next").as_bytes());
        row.unwrap().is_some()
    }

    fn upgrade_to_next(directory: &Path, last: Step) -> Result<Database, Failure> {
        open(directory, CACHE, (&to_next(last), NEXT), &|_| ())
    }

    fn files(directory: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(directory)
            .unwrap()
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn older_data_is_brought_up_and_the_old_file_is_kept() {
        let dir = tempfile::tempdir().unwrap();
        named(dir.path(), "Before");
        let old = bits(&dir.path().join(FILE_NAME));
        let db = upgrade_to_next(dir.path(), GOOD).unwrap();
        assert!(has_next(&db) && name_in(&db) == "Before");
        drop(db);
        let snapshot = format!("{SNAPSHOT}{VERSION}");
        assert_eq!(files(dir.path()), [FILE_NAME, &snapshot]);
        assert_eq!(bits(&dir.path().join(&snapshot)), old);
        // The program before it says what it found, and touches nothing.
        let newer = Store::open(dir.path(), CACHE).map(|_| ()).unwrap_err();
        assert!(matches!(newer, Failure::Newer(NEXT, VERSION)), "{newer}");
        // Once more is nothing to do.
        let again = upgrade_to_next(dir.path(), BAD).unwrap();
        assert!(has_next(&again));
    }

    #[test]
    fn a_failed_upgrade_leaves_the_file_as_it_was_and_says_why() {
        let dir = tempfile::tempdir().unwrap();
        named(dir.path(), "Before");
        let old = bits(&dir.path().join(FILE_NAME));
        let failed = upgrade_to_next(dir.path(), BAD).map(|_| ()).unwrap_err();
        assert!(
            failed.to_string().contains("a row does not fit"),
            "{failed}"
        );
        assert_eq!(bits(&dir.path().join(FILE_NAME)), old);
        assert_eq!(files(dir.path()), [FILE_NAME]);
        // A step that writes what does not fit the rest is found by the check.
        let torn: Step = |tx| tx.put_bytes(SETTINGS.name(), b"settings", b"torn");
        let failed = upgrade_to_next(dir.path(), torn).map(|_| ()).unwrap_err();
        assert!(matches!(failed, Failure::NotUpgraded(..)), "{failed}");
        assert_eq!(bits(&dir.path().join(FILE_NAME)), old);
    }

    #[test]
    fn beside_a_server_older_data_is_not_read_as_if_it_were_ours() {
        let dir = tempfile::tempdir().unwrap();
        named(dir.path(), "Before");
        let db = builder(CACHE).open(dir.path().join(FILE_NAME)).unwrap();
        let txn = commit::begin(&db).unwrap();
        let head = Head {
            seq: 0,
            hash: [0; 32],
        };
        let key = Key::new().text("schema");
        let put = Tx::new(&txn, head).put_bytes(
            META.name(),
            key.as_bytes(),
            &encode(&(VERSION - 1)).unwrap(),
        );
        put.unwrap();
        txn.commit().unwrap();
        drop(db);
        let older = beside::open_read_only(dir.path(), CACHE).map(|_| ());
        assert!(matches!(older, Err(Failure::Older(..))), "{older:?}");
    }

    #[test]
    fn the_way_back_says_what_is_lost_and_keeps_the_newer_file() {
        let dir = tempfile::tempdir().unwrap();
        named(dir.path(), "Before");
        assert!(way_back(dir.path(), CACHE).unwrap().is_none());
        let running = Store::with(
            upgrade_to_next(dir.path(), GOOD).unwrap(),
            Box::new(super::super::Memory),
        )
        .unwrap();
        rename(&running, "After");
        let locked = way_back(dir.path(), CACHE).map(|_| ()).unwrap_err();
        assert!(matches!(locked, Failure::Locked), "{locked}");
        running.close();
        drop(running);
        let held = way_back(dir.path(), CACHE).unwrap().unwrap();
        assert_eq!(held.way().lost, Some(1));
        let kept = held.roll_back().unwrap();
        let back = builder(CACHE).open(dir.path().join(FILE_NAME)).unwrap();
        assert!(name_in(&back) == "Before" && !has_next(&back));
        let kept = builder(CACHE).open(&kept).unwrap();
        assert_eq!(name_in(&kept), "After");
        assert!(snapshots(dir.path()).unwrap().is_empty());
    }

    #[test]
    fn going_back_again_keeps_both_newer_files() {
        let dir = tempfile::tempdir().unwrap();
        named(dir.path(), "Before");
        let back = |name: &str| {
            let db = upgrade_to_next(dir.path(), GOOD).unwrap();
            let store = Store::with(db, Box::new(super::super::Memory)).unwrap();
            rename(&store, name);
            store.close();
            drop(store);
            let held = way_back(dir.path(), CACHE).unwrap().unwrap();
            let kept = held.roll_back().unwrap();
            (kept.clone(), bits(&kept))
        };
        let (first, was) = back("First");
        let (second, _) = back("Second");
        assert_ne!(first, second);
        assert_eq!(bits(&first), was);
        let kept = builder(CACHE).open(&second).unwrap();
        assert_eq!(name_in(&kept), "Second");
    }

    #[test]
    fn a_snapshot_that_today_does_not_come_from_loses_all_of_today() {
        let dir = tempfile::tempdir().unwrap();
        named(dir.path(), "Before");
        rename(&Store::open(dir.path(), CACHE).unwrap(), "Before");
        drop(upgrade_to_next(dir.path(), GOOD).unwrap());
        let lost = || way_back(dir.path(), CACHE).unwrap().unwrap().way().lost;
        assert_eq!(lost(), Some(0));
        // Another clinic takes its place, as one that is restored does: shorter, as long, and longer.
        let other = tempfile::tempdir().unwrap();
        for name in ["One", "Two", "Three"] {
            named(other.path(), name);
            fs::copy(other.path().join(FILE_NAME), dir.path().join(FILE_NAME)).unwrap();
            assert_eq!(lost(), None, "{name}");
        }
    }

    #[test]
    fn killed_on_the_way_back_the_clinic_is_the_old_one_or_the_new_one() {
        for stage in [Return::Closed, Return::Kept, Return::Back] {
            let dir = tempfile::tempdir().unwrap();
            named(dir.path(), "Before");
            let file = dir.path().join(FILE_NAME);
            let old = bits(&file);
            drop(upgrade_to_next(dir.path(), GOOD).unwrap());
            die_in_a_child("dies_on_the_way_back", &stage, dir.path());
            let is_back = stage == Return::Back;
            assert_eq!(bits(&file) == old, is_back, "{stage:?}");
            if !is_back {
                let held = way_back(dir.path(), CACHE).unwrap().unwrap();
                assert_eq!(held.way().lost, Some(0), "{stage:?}");
                held.roll_back().unwrap();
            }
            assert_eq!(bits(&file), old, "{stage:?}");
            let newer = format!("{NEWER}{NEXT}");
            assert_eq!(files(dir.path()), [FILE_NAME, &newer], "{stage:?}");
            let newer = builder(CACHE).open(dir.path().join(newer)).unwrap();
            assert!(has_next(&newer) && name_in(&newer) == "Before", "{stage:?}");
        }
    }

    #[test]
    fn killed_at_any_step_the_clinic_is_the_old_one_or_the_new_one() {
        for stage in STAGES {
            let dir = tempfile::tempdir().unwrap();
            named(dir.path(), "Before");
            let file = dir.path().join(FILE_NAME);
            let old = bits(&file);
            die_in_a_child("dies_on_the_way", &stage, dir.path());
            assert_eq!(bits(&file) == old, stage != Stage::Placed, "{stage:?}");
            let db = untouched::open(&file, CACHE).unwrap();
            assert_eq!(name_in(&db), "Before", "{stage:?}");
            assert_eq!(has_next(&db), stage == Stage::Placed, "{stage:?}");
            drop(db);
            let db = upgrade_to_next(dir.path(), GOOD).unwrap();
            assert!(has_next(&db), "{stage:?}");
            drop(db);
            assert_eq!(
                files(dir.path()).len(),
                2,
                "{stage:?}: nothing stays behind"
            );
            let held = way_back(dir.path(), CACHE).unwrap().unwrap();
            held.roll_back().unwrap();
            assert_eq!(bits(&file), old, "{stage:?}");
            let back = Store::open(dir.path(), CACHE).unwrap();
            let settings = back.read(|rows| settings::find(rows)).unwrap();
            assert_eq!(settings.unwrap().profile.name, "Before", "{stage:?}");
        }
    }

    /// Lets another process come as far as a stage and die there, as in a power cut: without
    /// cleaning up.
    fn die_in_a_child(test: &str, stage: &dyn std::fmt::Debug, directory: &Path) {
        let test = format!("store::upgrade::tests::{test}");
        let died = Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", &test])
            .env(CHILD, format!("{stage:?} {}", directory.display()))
            .output()
            .unwrap();
        assert_eq!(died.status.signal(), Some(9), "{stage:?}: {died:?}");
    }

    /// Where the other process works, and what kills it at the stage it was told.
    fn told() -> (PathBuf, impl Fn(&dyn std::fmt::Debug)) {
        let told = std::env::var(CHILD).expect("where, and at which stage");
        let (stage, directory) = told.split_once(' ').expect("both");
        let (stage, directory) = (stage.to_owned(), PathBuf::from(directory));
        let die = move |at: &dyn std::fmt::Debug| {
            if format!("{at:?}") == stage {
                let me = std::process::id().to_string();
                let _ = Command::new("kill").args(["-9", &me]).status();
                std::thread::sleep(std::time::Duration::from_secs(10));
            }
        };
        (directory, die)
    }

    #[test]
    #[ignore = "it kills its own process; a test above runs it"]
    fn dies_on_the_way() {
        let (directory, die) = told();
        let steps = to_next(GOOD);
        let _ = open(&directory, CACHE, (&steps, NEXT), &|at| die(&at));
        panic!("it went on");
    }

    #[test]
    #[ignore = "it kills its own process; a test above runs it"]
    fn dies_on_the_way_back() {
        let (directory, die) = told();
        let held = way_back(&directory, CACHE).unwrap().unwrap();
        let _ = held.roll_back_told(&|at| die(&at));
        panic!("it went on");
    }
}
