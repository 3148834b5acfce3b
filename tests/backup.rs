//! R6, R7: a backup is taken while the clinic works, proven, and brings the same clinic back
//! elsewhere. What is wrong with an archive is said, and nothing is written.
//!
//! `ANTEROOM_BACKUP_PATIENTS=20000` prints the figures of a large clinic.

use std::fs;
use std::ops::ControlFlow;
use std::os::unix::fs::{MetadataExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anteroom::app::availability::{self, Except};
use anteroom::app::backups::{self, Place, RecoveryKey};
use anteroom::app::booking::{self, Wish};
use anteroom::app::seed::{Plan, Seeded};
use anteroom::app::{Caller, Clinic, Failure};
use anteroom::domain::account::{Actor, LoginState, Role};
use anteroom::domain::backup::plan::Destination;
use anteroom::domain::id::{AppointmentId, PatientId};
use anteroom::store::table::Rows;
use anteroom::store::{appointments, backup, check, hours, patients, schema};
use jiff::ToSpan;

use crate::support::server::{self, Server};

const BINARY: &str = env!("CARGO_BIN_EXE_anteroom");

fn anteroom(arguments: &[&str], typed: &str) -> Output {
    server::command(BINARY, arguments, typed)
}

fn said(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).expect("text")
}

fn refused(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    String::from_utf8(output.stderr.clone()).expect("text")
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a plain path")
}

/// Every row, but the log, what is known of backups, and the certificate that a start renews.
fn rows_of(clinic: &Clinic) -> Vec<(&'static str, Vec<u8>, Vec<u8>)> {
    let walked: Result<_, Failure> = clinic.store.read(|rows| {
        let mut all = Vec::new();
        let kept = |t: &&&str| !t.starts_with("audit") && **t != "backups" && **t != "links";
        for table in schema::NAMES.iter().filter(kept) {
            rows.walk(table, &[], None, false, &mut |(key, value)| {
                all.push((*table, key.to_vec(), value.to_vec()));
                Ok(ControlFlow::Continue(()))
            })?;
        }
        Ok(all)
    });
    walked.expect("rows")
}

fn small() -> Plan {
    Plan {
        patients: 60,
        visits: Some(200),
        seed: 1,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_beside_a_server_brings_the_same_clinic_back_elsewhere() {
    let dir = tempfile::tempdir().expect("a directory");
    let (data, usb, elsewhere) = (
        dir.path().join("clinic"),
        dir.path().join("usb"),
        dir.path().join("elsewhere"),
    );
    let (clinic, _) = server::seeded(&data, small());
    clinic.store.close();
    drop(clinic);
    let sheet = said(&anteroom(&["recovery-sheet", "--data", text(&data)], ""));
    let key = sheet
        .split_whitespace()
        .find(|w| w.starts_with("AGE-SECRET-KEY-1"))
        .expect("a key");
    let word = RecoveryKey::parse(key).expect("a key").test_word();
    assert!(sheet.contains(&word), "{sheet}");

    let running = Server::start(BINARY, &data).await;
    let ca = fs::read(data.join("ca.pem")).expect("a certificate");
    let arguments = ["backup", "--data", text(&data), "--to", text(&usb)];
    let told = said(&anteroom(&arguments, ""));
    assert!(told.contains("Proven"), "{told}");
    let archive = PathBuf::from(told.lines().next().expect("a path"));
    assert_eq!(archive.parent(), Some(usb.as_path()));
    assert_eq!(fs::read_dir(&usb).expect("a directory").count(), 1);
    assert!(!data.join("rehearsal.redb").exists());
    let again = said(&anteroom(&["recovery-sheet", "--data", text(&data)], ""));
    assert_eq!(again, sheet, "the same key from the running server");
    let checked = said(&anteroom(&["check", "--data", text(&data)], ""));
    assert!(checked.contains("The last proven backup is 0 h old"));

    // What is wrong is said, and nothing is written.
    let restore = |archive: &Path, data: &Path, typed: &str| {
        let arguments = ["restore", text(archive), "--data", text(data)];
        anteroom(&arguments, typed)
    };
    let other = RecoveryKey::generate().text();
    let why = refused(&restore(&archive, &elsewhere, &other));
    assert!(why.contains("does not open"), "{why}");
    let why = refused(&restore(&archive, &elsewhere, "nonsense"));
    assert!(why.contains("no recovery key"), "{why}");
    let whole = fs::read(&archive).expect("an archive");
    let bad = dir.path().join("bad.age");
    fs::write(&bad, &whole[..whole.len() - 100]).expect("a file");
    let why = refused(&restore(&bad, &elsewhere, key));
    assert!(why.contains("damaged"), "{why}");
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 4;
    fs::write(&bad, &flipped).expect("a file");
    let why = refused(&restore(&bad, &elsewhere, key));
    assert!(why.contains("damaged"), "{why}");
    assert!(!elsewhere.exists());
    let why = refused(&restore(&archive, &data, key));
    assert!(why.contains("--replace"), "{why}");
    let arguments = [
        "restore",
        text(&archive),
        "--data",
        text(&data),
        "--replace",
    ];
    let why = refused(&anteroom(&arguments, key));
    assert!(why.contains("stop it first"), "{why}");
    running.kill();

    // As the directory of a service is: root restores, and the account of the service opens the file.
    // Nobody but root can give it away.
    fs::create_dir(&elsewhere).expect("a directory");
    let _ = chown(&elsewhere, Some(64_414), Some(64_414));
    said(&restore(&archive, &elsewhere, key));
    let owner = |path: &Path| fs::metadata(path).expect("it").uid();
    assert_eq!(owner(&elsewhere.join("clinic.redb")), owner(&elsewhere));
    // The machine is gone; the new one is trusted by the same devices.
    let (before, after) = (server::open(&data), server::open(&elsewhere));
    assert_eq!(rows_of(&before), rows_of(&after));
    let clean = check::check;
    let report: Result<_, Failure> = after.store.read(|rows| clean(rows));
    assert_eq!(report.expect("a report").problems, [""; 0]);
    after.store.close();
    drop(after);
    let running = Server::start(BINARY, &elsewhere).await;
    assert_eq!(fs::read(elsewhere.join("ca.pem")).expect("it"), ca);
    running.kill();
    debian_age(&archive, key, dir.path());
}

/// The published tool opens it without us.
fn debian_age(archive: &Path, key: &str, dir: &Path) {
    if Command::new("age").arg("--version").output().is_err() {
        eprintln!("NOT RUN: the archive was not opened with Debian's age, as it is not installed");
        return;
    }
    let identity = dir.join("key.txt");
    fs::write(&identity, format!("# recovery key\n{key}\n")).expect("a file");
    let arguments = ["--decrypt", "--identity", text(&identity), text(archive)];
    let opened = Command::new("age")
        .args(arguments)
        .output()
        .expect("it runs");
    assert!(opened.status.success(), "{opened:?}");
    assert!(opened.stdout.starts_with(b"anteroom backup 1\n"));
    let head = String::from_utf8_lossy(&opened.stdout[..4000]).into_owned();
    // Sixty, and the stranger who waits to be one.
    assert!(head.contains("[\"patients\",61]"), "{head}");
    eprintln!("Debian's age opened {} bytes", opened.stdout.len());
}

/// Wishes that do not touch one another.
fn wishes(clinic: &Clinic, seeded: &Seeded) -> Vec<Wish> {
    let (current, now) = (clinic.current(), clinic.now());
    let today = current.date(now);
    let (from, until) = (
        today.saturating_add(2.days()),
        today.saturating_add(27.days()),
    );
    let found: Result<Vec<Wish>, Failure> = clinic.store.read(|rows| {
        let service = hours::service(rows, seeded.services.check_up)?.expect("a service");
        let days = availability::offers(
            rows,
            &current,
            &service,
            None,
            (from, until),
            now,
            Except::default(),
        )?;
        let mut last = std::collections::BTreeMap::new();
        let mut found = Vec::new();
        for offer in days.into_iter().flat_map(|d| d.offers) {
            for who in offer.with {
                let start = offer.slot.start.as_second();
                let free_at = last.entry(who).or_insert(i64::MIN);
                if *free_at <= start {
                    *free_at = start + 3_600;
                    found.push(Wish {
                        service: service.id,
                        practitioner: Some(who),
                        start: offer.slot.start,
                    });
                }
            }
        }
        Ok(found)
    });
    found.expect("wishes")
}

fn as_patient(patient: PatientId) -> Caller {
    let actor = Actor {
        login: None,
        role: Role::Patient,
        state: LoginState::Active,
        patient: Some(patient),
        practitioner: None,
        name: "test".to_owned(),
    };
    Caller { actor, request: 0 }
}

/// Four people at a time book until they are told to stop or nothing is left. How long each took.
fn book(
    clinic: &Clinic,
    left: &Mutex<Vec<(Wish, PatientId)>>,
    booked: &Mutex<Vec<AppointmentId>>,
    stop: &AtomicBool,
) -> Vec<Duration> {
    let one = || {
        let mut took = Vec::new();
        while !stop.load(Ordering::SeqCst) {
            let Some((wish, patient)) = left.lock().expect("wishes").pop() else {
                break;
            };
            let (caller, since) = (as_patient(patient), Instant::now());
            let Ok(hold) = booking::hold(clinic, &caller, wish) else {
                continue;
            };
            if let Ok(visit) = booking::book(clinic, &caller, hold.id, "") {
                took.push(since.elapsed());
                booked.lock().expect("visits").push(visit.id);
            }
        }
        took
    };
    std::thread::scope(|scope| {
        let all: Vec<_> = (0..4).map(|_| scope.spawn(one)).collect();
        let joined = all.into_iter().flat_map(|t| t.join().expect("a thread"));
        let mut took: Vec<Duration> = joined.collect();
        took.sort();
        took
    })
}

fn figures(what: &str, took: &[Duration]) {
    let at = |share: usize| took.get(took.len() * share / 100).copied();
    let (half, most) = (at(50).unwrap_or_default(), at(99).unwrap_or_default());
    eprintln!(
        "{what}: {} bookings, p50 {half:?}, p99 {most:?}",
        took.len()
    );
}

#[test]
fn what_was_answered_before_a_backup_is_in_it_while_people_book() {
    let asked = std::env::var("ANTEROOM_BACKUP_PATIENTS").ok();
    let asked: Option<usize> = asked.and_then(|n| n.parse().ok());
    let dir = tempfile::tempdir().expect("a directory");
    let plan = asked.map_or_else(small, |patients| Plan {
        patients,
        ..Plan::default()
    });
    let (clinic, seeded) = server::seeded(dir.path(), plan);
    let names: Result<Vec<_>, Failure> = clinic
        .store
        .read(|rows| patients::by_name(rows, None, 2_000));
    let people: Vec<PatientId> = names.expect("charts").into_iter().map(|p| p.id).collect();
    let all = wishes(&clinic, &seeded);
    assert!(all.len() >= 60, "{} wishes", all.len());
    let mut pairs: Vec<_> = all.into_iter().zip(people.into_iter().cycle()).collect();
    let rest = pairs.split_off(pairs.len() / 2);
    let booked = Mutex::new(Vec::new());
    let go = AtomicBool::new(false);
    let alone = book(&clinic, &Mutex::new(pairs), &booked, &go);
    figures("without a backup", &alone);
    let answered = booked.lock().expect("visits").clone();
    assert!(answered.len() >= 20, "{} visits", answered.len());

    let place = Place {
        to: Destination::directory(&dir.path().join("usb")),
        scratch: dir.path().to_owned(),
    };
    let left = Mutex::new(rest);
    let (made, beside) = std::thread::scope(|scope| {
        let work = scope.spawn(|| {
            let since = Instant::now();
            let made = backups::back_up(&clinic, &place, &|_, _| Ok(())).expect("an archive");
            let took = since.elapsed();
            go.store(true, Ordering::SeqCst);
            (made, took)
        });
        let beside = book(&clinic, &left, &booked, &go);
        (work.join().expect("a backup"), beside)
    });
    figures("beside a backup", &beside);
    let (made, took) = made;
    eprintln!(
        "{} rows, {} KiB, written and proven in {took:?}",
        made.rows,
        made.bytes / 1024
    );
    assert_eq!(made.problem, "");
    assert!(made.proven_at.is_some());

    let key = backups::recovery_key(&clinic).expect("the key");
    let restored = dir.path().join("restored");
    let since = Instant::now();
    let archive = Path::new(&made.archive);
    let manifest = backup::restore(archive, &key, &restored, false, &|_, _| Ok(())).expect("it");
    eprintln!("restored in {:?}", since.elapsed());
    assert_eq!(manifest.rows(), made.rows);
    let copy = server::open(&restored);
    for visit in answered {
        let found = copy.store.read(|rows| appointments::find(rows, visit));
        assert!(found.expect("a read").is_some(), "{visit} is missing");
    }
}
