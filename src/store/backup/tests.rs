//! What was written comes back, and what was altered is noticed.

use std::io::Write as _;
use std::path::PathBuf;

use super::super::{FILE_NAME, check, schema, settings};
use super::*;
use crate::domain::audit::{Action, AuditActor, Cause};
use crate::domain::backup::plan::Destination;
use crate::domain::settings::Settings;

const CACHE: usize = 1 << 20;

fn at() -> Timestamp {
    Timestamp::from_second(1_795_000_000).unwrap()
}

/// What a courier at the directory of an archive does with it.
fn by_courier<T>(archive: &Path, work: impl FnOnce(&Courier<'_>, &Archive) -> T) -> T {
    let there = Destination::directory(archive.parent().unwrap());
    let name = archive.file_name().unwrap().to_str().unwrap();
    let courier = Courier::send(&Away::default(), &there, PATIENCE, &|| false).unwrap();
    work(&courier, &Archive::new(&there, name))
}

fn write_it(store: &Store, archive: &Path, key: &RecoveryKey) -> Result<(Manifest, u64), Problem> {
    by_courier(archive, |courier, archive| {
        write(store, courier, archive, key, at(), &|_, _| Ok(()))
    })
}

fn cause() -> Cause {
    Cause {
        actor: AuditActor::system("test"),
        action: Action::SettingsChange,
        request: 0,
        at: at(),
    }
}

/// A clinic on disk with a secret and many settings, an archive of it, and the key.
struct Setting {
    dir: tempfile::TempDir,
    store: Store,
    key: RecoveryKey,
    manifest: Manifest,
}

impl Setting {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&dir.path().join("clinic"), CACHE).unwrap();
        for round in 0..40u8 {
            let mut set = Settings::unnamed("https://clinic.example");
            set.profile.name = format!("Clinic {round}");
            let write = store.write(cause(), move |tx| {
                settings::put_secret(tx, &format!("secret {round}"), &vec![round; 999])?;
                Ok(settings::put(tx, &set)?)
            });
            write.unwrap();
        }
        let key = RecoveryKey::generate();
        let archive = dir.path().join("one.age");
        let (manifest, bytes) = write_it(&store, &archive, &key).unwrap();
        assert_eq!(bytes, fs::metadata(&archive).unwrap().len());
        Self {
            dir,
            store,
            key,
            manifest,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.dir.path()).unwrap();
        let mut names: Vec<String> = entries
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    fn restore(&self, archive: &str, key: &RecoveryKey, to: &str) -> Result<Manifest, Problem> {
        restore(&self.path(archive), key, &self.path(to), false, &|_, _| {
            Ok(())
        })
    }
}

fn rows_of(store: &Store) -> Vec<(&'static str, Vec<u8>, Vec<u8>)> {
    let walked: Result<_, Failure> = store.read(|rows| {
        let mut all = Vec::new();
        for table in schema::NAMES {
            rows.walk(table, &[], None, false, &mut |(key, value)| {
                all.push((*table, key.to_vec(), value.to_vec()));
                Ok(std::ops::ControlFlow::Continue(()))
            })?;
        }
        Ok(all)
    });
    walked.unwrap()
}

#[test]
fn every_row_comes_back_elsewhere() {
    let clinic = Setting::new();
    // What is written after the snapshot is not in it.
    let before = rows_of(&clinic.store);
    let later = clinic.store.write(cause(), |tx| {
        Ok(settings::put_secret(tx, "later", &vec![1])?)
    });
    later.unwrap();
    assert_eq!(clinic.manifest.rows(), u64::try_from(before.len()).unwrap());
    assert_eq!(clinic.manifest.audit_seq, 40);
    let steps = std::cell::Cell::new((0, 0));
    let archive = clinic.path("one.age");
    let proven = by_courier(&archive, |courier, archive| {
        prove(
            courier,
            archive,
            &clinic.key,
            clinic.dir.path(),
            &|done, all| {
                steps.set((done, all));
                Ok(())
            },
        )
    });
    assert_eq!(proven.unwrap(), clinic.manifest);
    let all = clinic.manifest.rows();
    assert_eq!(steps.get(), (all, all));
    assert_eq!(clinic.names(), ["clinic", "one.age"], "no scratch stays");
    let restored = clinic.restore("one.age", &clinic.key, "new/place").unwrap();
    assert_eq!(restored, clinic.manifest);
    let store = Store::open(&clinic.path("new/place"), CACHE).unwrap();
    assert_eq!(rows_of(&store), before);
    let report: Result<_, Failure> = store.read(|rows| check::check(rows));
    assert_eq!(report.unwrap().problems, [""; 0]);
    // It goes on where it was.
    store
        .write(cause(), |tx| {
            Ok(settings::put_secret(tx, "more", &vec![1])?)
        })
        .unwrap();
    let verdict: Result<_, Failure> = store.read(|rows| audit::verify(rows));
    assert_eq!(verdict.unwrap(), Ok(41));
}

#[test]
fn a_wrong_key_a_cut_end_and_every_altered_byte_are_refused_and_leave_nothing() {
    let clinic = Setting::new();
    let before = clinic.names();
    let refused = |archive: &str, key: &RecoveryKey| {
        let problem = clinic.restore(archive, key, "place").unwrap_err();
        assert!(!clinic.path("place").exists(), "{problem}");
        problem
    };
    let other = RecoveryKey::generate();
    assert!(matches!(refused("one.age", &other), Problem::WrongKey));
    let whole = fs::read(clinic.path("one.age")).unwrap();
    for length in [0, 1, 100, whole.len() / 2, whole.len() - 1] {
        fs::write(clinic.path("bad"), &whole[..length]).unwrap();
        refused("bad", &clinic.key);
    }
    // Every byte of the header, and bytes all over the rest.
    let places = (0..250).chain((250..whole.len()).step_by(whole.len() / 60));
    for place in places {
        let mut bytes = whole.clone();
        bytes[place] ^= 1;
        fs::write(clinic.path("bad"), &bytes).unwrap();
        refused("bad", &clinic.key);
    }
    let mut bytes = whole.clone();
    bytes.push(0);
    fs::write(clinic.path("bad"), &bytes).unwrap();
    refused("bad", &clinic.key);
    fs::write(clinic.path("bad"), b"PK\x03\x04 something else").unwrap();
    assert!(matches!(refused("bad", &clinic.key), Problem::NotABackup));
    fs::remove_file(clinic.path("bad")).unwrap();
    assert_eq!(clinic.names(), before);
}

#[test]
fn rows_that_are_not_those_of_the_manifest_are_noticed() {
    let clinic = Setting::new();
    let mut plain = Vec::new();
    let reader = clinic.store.reader().unwrap().1;
    archive::write(&reader, at(), &mut plain, &|_, _| Ok(())).unwrap();
    drop(reader);
    let refused = |bytes: &[u8]| {
        let mut sealed = clinic.key.seal(Vec::new()).unwrap();
        sealed.write_all(bytes).unwrap();
        fs::write(clinic.path("made"), sealed.finish().unwrap()).unwrap();
        clinic.restore("made", &clinic.key, "place").unwrap_err()
    };
    // Whoever has the key can write an archive; a slip in one is noticed all the same.
    for place in (20..plain.len()).step_by(plain.len() / 40) {
        let mut bytes = plain.clone();
        bytes[place] ^= 1;
        let problem = refused(&bytes);
        assert!(!clinic.path("place").exists(), "{problem}");
    }
    let text = String::from_utf8_lossy(&plain).into_owned();
    let from = text.find("\"schema\":1,").unwrap();
    let mut newer = plain.clone();
    newer[from + 9] = b'9';
    assert!(matches!(refused(&newer), Problem::Newer(9, _)));
}

#[test]
fn a_clinic_that_is_there_is_left_alone_or_put_aside() {
    let clinic = Setting::new();
    let place = clinic.path("clinic");
    let again = |replace| {
        restore(
            &clinic.path("one.age"),
            &clinic.key,
            &place,
            replace,
            &|_, _| Ok(()),
        )
    };
    assert!(matches!(again(false), Err(Problem::Occupied(_))));
    let running = again(true);
    assert!(matches!(running, Err(Problem::Store(Failure::Locked))));
    clinic
        .store
        .write(cause(), |tx| {
            Ok(settings::put_secret(tx, "later", &vec![7])?)
        })
        .unwrap();
    clinic.store.close();
    let Setting {
        dir, store, key, ..
    } = clinic;
    drop(store);
    let archive = dir.path().join("one.age");
    restore(&archive, &key, &place, true, &|_, _| Ok(())).unwrap();
    let secret = |file: &str| {
        let store = Store::open(&place, CACHE).unwrap();
        let found: Result<_, Failure> = store.read(|rows| settings::secret(rows, "later"));
        store.close();
        (file.to_owned(), found.unwrap())
    };
    assert_eq!(secret("restored").1, None);
    fs::rename(
        place.join("clinic.redb.before-restore"),
        place.join(FILE_NAME),
    )
    .unwrap();
    assert_eq!(secret("put aside").1, Some(vec![7]));
}

#[test]
fn a_table_outside_the_plan_stops_the_backup() {
    let clinic = Setting::new();
    let put = clinic
        .store
        .write(cause(), |tx| Ok(tx.put_bytes("forgotten", b"k", b"v")?));
    put.unwrap();
    let archive = clinic.path("two.age");
    let problem = write_it(&clinic.store, &archive, &clinic.key).unwrap_err();
    assert!(problem.to_string().contains("forgotten"), "{problem}");
    assert_eq!(clinic.names(), ["clinic", "one.age"], "nothing was written");
}
