//! Records from elsewhere: what comes in, that twice is once, and what a broken file does.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use anteroom::app::clock::{SystemClock, SystemRandom};
use anteroom::app::{Caller, Clinic, Failure, Store};
use anteroom::cli::control;
use anteroom::domain::account::{Actor, LoginState, Role};
use anteroom::domain::patient::PatientState;
use anteroom::domain::search;
use anteroom::interop::fhir::{self, Limits, Report};
use anteroom::serve::control::ControlSocket;
use anteroom::store::table::Rows;
use anteroom::store::{check, hours, patients, schema};
use tokio_util::sync::CancellationToken;
use zip::write::SimpleFileOptions;

const CACHE: usize = 4 << 20;

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/fhir")
}

fn clinic() -> Arc<Clinic> {
    open(Store::in_memory().unwrap())
}

fn open(store: Store) -> Arc<Clinic> {
    let (clock, random) = (Arc::new(SystemClock), Arc::new(SystemRandom));
    Clinic::open(store, clock, random, "https://clinic.example").unwrap()
}

fn caller(role: Role) -> Caller {
    Caller {
        actor: Actor {
            login: None,
            role,
            state: LoginState::Active,
            patient: None,
            practitioner: None,
            name: "test".to_owned(),
        },
        request: 0,
    }
}

fn import(clinic: &Clinic, path: &Path) -> Report {
    fhir::import(
        clinic,
        &caller(Role::Owner),
        path,
        Limits::default(),
        &|_, _| {},
    )
    .unwrap()
}

/// Every row and index entry but the log, as text.
fn digest(clinic: &Clinic) -> String {
    let done: Result<_, Failure> = clinic.store.read(|rows| {
        let mut all = String::new();
        for table in schema::NAMES.iter().filter(|t| !t.starts_with("audit")) {
            rows.walk(table, &[], None, false, &mut |(key, value)| {
                writeln!(all, "{table} {key:02x?} {value:02x?}").unwrap();
                Ok(ControlFlow::Continue(()))
            })?;
        }
        Ok(all)
    });
    done.unwrap()
}

fn check_is_clean(clinic: &Clinic) {
    let report = clinic.store.read(|rows| check::check(rows)).unwrap();
    assert_eq!(report.problems, [""; 0]);
}

fn search(clinic: &Clinic, typed: &str) -> Vec<anteroom::domain::patient::Patient> {
    let readings = search::readings(typed, &|_| None, None);
    clinic
        .store
        .read(|rows| patients::search(rows, &readings, 20))
        .unwrap()
}

#[test]
fn the_people_in_our_own_bundles_come_in_once() {
    let clinic = clinic();
    let report = import(&clinic, &golden());
    assert_eq!(report.broken, []);
    assert_eq!((report.files, report.skipped), (3, 0));
    let made = |count: anteroom::app::importing::Count| (count.created, count.updated);
    assert_eq!(made(report.tally.patients), (3, 0));
    assert_eq!(made(report.tally.practitioners), (1, 0));
    assert_eq!(made(report.tally.organizations), (1, 0));
    assert_eq!(made(report.tally.encounters), (2, 0));
    let others: Vec<_> = report
        .others
        .iter()
        .map(|(k, n)| (k.as_str(), *n))
        .collect();
    assert_eq!(
        others,
        [
            ("Condition", 1),
            ("Encounter (cancelled)", 1),
            ("Observation", 2)
        ]
    );
    // Sukarno's birth date is only a month.
    assert_eq!(report.tally.remarks.len(), 1, "{:?}", report.tally.remarks);

    let amira = &search(&clinic, "حداد")[0];
    assert_eq!(amira.name().formal(), "Dr. Amira Haddad");
    assert_eq!(amira.phones, ["+442079460018", "call the bakery"]);
    assert_eq!(amira.language.as_deref(), Some("ar"));
    assert!(amira.is_active());
    assert_eq!(search(&clinic, "amira")[0].id, amira.id);
    assert_eq!(search(&clinic, "7946")[0].id, amira.id);
    let joerg = &search(&clinic, "muller gros")[0];
    assert_eq!(joerg.phones, ["+4930901820"]);
    assert_eq!(joerg.seen_at, Some("2025-01-10T00:00:00Z".parse().unwrap()));
    let sukarno = &search(&clinic, "suk")[0];
    let died = Some(jiff::civil::date(1970, 6, 21));
    assert_eq!(sukarno.state, PatientState::Deceased { on: died });
    assert!(!sukarno.can_be_reached());

    // Files that point to people in a later file are understood, and those people book nothing yet.
    let (staff, visits) = clinic
        .store
        .read(|rows| {
            let staff = hours::practitioners(rows)?;
            let visits = [amira, joerg].map(|p| patients::encounters(rows, p.id));
            Ok::<_, Failure>((staff, visits))
        })
        .unwrap();
    assert_eq!(staff.len(), 1);
    assert!(!staff[0].active);
    for visit in visits {
        let [visit] = visit.unwrap().try_into().unwrap();
        assert_eq!(visit.practitioner, Some(staff[0].id));
    }

    let before = digest(&clinic);
    let again = import(&clinic, &golden());
    assert_eq!(digest(&clinic), before, "twice is once");
    assert_eq!(again.tally.patients.unchanged, 3);
    assert_eq!(again.tally.encounters.unchanged, 2);
    check_is_clean(&clinic);
}

#[test]
fn a_broken_file_is_named_and_nothing_of_it_is_taken() {
    let dir = tempfile::tempdir().unwrap();
    for name in ["amira.json", "staff.json"] {
        fs::copy(golden().join(name), dir.path().join(name)).unwrap();
    }
    let joerg = fs::read_to_string(golden().join("joerg.json")).unwrap();
    // The first patient is whole; the second has no such day.
    let wrong_day = joerg.replace("1970-06-21", "1970-06-31");
    fs::write(dir.path().join("joerg.json"), wrong_day).unwrap();
    fs::write(dir.path().join("cut.json"), &joerg[..joerg.len() / 2]).unwrap();
    fs::write(dir.path().join("notes.txt"), "no bundle").unwrap();
    let clinic = clinic();
    let report = import(&clinic, dir.path());
    assert_eq!((report.files, report.skipped), (2, 1));
    let broken: Vec<_> = report.broken.iter().map(|b| b.file.as_str()).collect();
    assert_eq!(broken, ["cut.json", "joerg.json"]);
    assert!(
        report.broken[1]
            .reason
            .starts_with("line 24, column 19 (entry 1)"),
        "{report:?}"
    );
    assert!(search(&clinic, "muller").is_empty());
    assert_eq!(search(&clinic, "haddad").len(), 1);
    check_is_clean(&clinic);
}

#[test]
fn an_identifier_of_someone_else_stops_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let clinic = clinic();
    import(&clinic, &golden().join("amira.json"));
    let before = digest(&clinic);
    let thief = r#"{"resourceType":"Patient","name":[{"text":"Someone Else"}],
        "birthDate":"1999-01-01","telecom":[{"system":"email","value":"evil@mail.example"}],
        "identifier":[{"system":"https://old.example/patients","value":"A-1"}]}"#;
    fs::write(dir.path().join("thief.json"), thief).unwrap();
    let report = import(&clinic, dir.path());
    assert_eq!(report.broken.len(), 1, "{report:?}");
    assert_eq!(digest(&clinic), before);
}

#[test]
fn only_those_who_manage_patients_import() {
    let clinic = clinic();
    let caller = caller(Role::Billing);
    let refused = fhir::import(&clinic, &caller, &golden(), Limits::default(), &|_, _| {});
    assert!(refused.is_err());
    assert!(search(&clinic, "amira").is_empty());
}

fn zip(path: &Path, files: &[(&str, &[u8])]) {
    let mut zip = zip::ZipWriter::new(fs::File::create(path).unwrap());
    for (name, bytes) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap();
}

#[test]
fn a_zip_file_that_unpacks_without_end_is_cut_off() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("bomb.zip");
    let amira = fs::read(golden().join("amira.json")).unwrap();
    let bomb = vec![b' '; 2 << 20];
    zip(
        &path,
        &[
            ("../../a.json", &amira),
            ("b.json", &bomb),
            ("c.json", &amira),
            ("d.txt", b""),
        ],
    );
    // Enough for the first file and for the part of the second that is looked at.
    let total_bytes = (1 << 20) + u64::try_from(amira.len()).unwrap();
    let limits = Limits {
        file_bytes: 1 << 20,
        total_bytes,
    };
    let owner = caller(Role::Owner);
    let clinic = clinic();
    let report = fhir::import(&clinic, &owner, &path, limits, &|_, _| {}).unwrap();
    assert_eq!((report.files, report.skipped), (1, 1), "{report:?}");
    let broken: Vec<_> = report.broken.iter().map(|b| b.file.as_str()).collect();
    assert_eq!(broken, ["b.json", "c.json"]);

    fs::write(&path, b"PK\x03\x04 and then nothing").unwrap();
    assert!(fhir::import(&clinic, &owner, &path, limits, &|_, _| {}).is_err());
}

#[test]
fn the_shared_patients_come_in_once() {
    const NAME: &str = "synthea-r4-24-patients.zip";
    let shared = std::env::var_os("ANTEROOM_SHARED_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"),
        PathBuf::from,
    );
    let path = shared.join(NAME);
    if !path.exists() {
        eprintln!("NOT RUN: {NAME} is not here");
        return;
    }
    let clinic = clinic();
    let report = import(&clinic, &path);
    assert_eq!(report.broken, []);
    assert_eq!(report.tally.remarks, [""; 0]);
    assert_eq!(report.tally.patients.created, 24);
    assert_eq!(report.tally.encounters.created, 654);
    // 41 in the files, but each identifier is one row.
    let staff = (
        report.tally.practitioners.created,
        report.tally.organizations.created,
    );
    assert_eq!(staff, (31, 31));
    assert_eq!(report.others["Observation"], 3260);
    assert_eq!(report.others.values().sum::<u64>(), 6340);
    let nikki = &search(&clinic, "oreil")[0];
    assert_eq!(nikki.name().formal(), "Mrs. Nikki Ferry");
    assert_eq!(nikki.phones, ["+15553857811"]);
    let alive = clinic
        .store
        .read(|rows| patients::by_name(rows, None, 100))
        .unwrap();
    assert_eq!(alive.len(), 24);
    assert_eq!(alive.iter().filter(|p| p.is_active()).count(), 17);
    let before = digest(&clinic);
    let again = import(&clinic, &path);
    assert_eq!(digest(&clinic), before, "twice is once");
    assert_eq!(again.tally.encounters.unchanged, 654);
    check_is_clean(&clinic);
}

fn anteroom(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_anteroom"));
    command
        .args(arguments)
        .env_remove("ANTEROOM_LOG")
        .output()
        .unwrap()
}

#[track_caller]
fn ends(arguments: &[&str], code: i32) -> (String, String) {
    let output = anteroom(arguments);
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(
        output.status.code(),
        Some(code),
        "{arguments:?}\n{out}\n{err}"
    );
    if code == 1 {
        let last = err.lines().last().unwrap_or_default();
        assert!(last.starts_with("anteroom: "), "{err}");
    }
    (out, err)
}

#[test]
fn the_command_line_imports_and_checks() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("clinic");
    let (at, bundles) = (data.to_str().unwrap(), golden());
    let bundles = bundles.to_str().unwrap();
    for nothing in [
        &["import", "fhir", bundles, "--data", at][..],
        &["check", "--data", at],
    ] {
        assert!(ends(nothing, 1).1.contains("there is no clinic"));
        assert!(!data.exists(), "a mistyped directory is not made");
    }
    drop(open(Store::open(&data, CACHE).unwrap()));
    let (out, _) = ends(&["import", "fhir", bundles, "--data", at], 0);
    assert!(out.contains("Observation"), "{out}");
    assert!(
        ends(&["check", "--data", at], 0)
            .0
            .contains("checksums of the file are right")
    );
    ends(&["import", "fhir", "/no/such/file", "--data", at], 1);

    let list = dir.path().join("list.csv");
    let people = "Name;Geburtsdatum;Telefon;Bemerkung;Sprache\nJörg Éamon Müller-Groß;9.3.1948;;;\nNeu Hier;1.2.1990;020 7946 0099;x;Deutsch\nOhne Datum;;;;Deutsch\n";
    fs::write(&list, people).unwrap();
    let list = list.to_str().unwrap();
    let csv = ["import", "csv", list, "--data", at];
    let with = |more: &[&'static str]| [&csv[..], more].concat();
    assert!(ends(&csv, 1).1.contains("--yes"));
    let (out, _) = ends(&with(&["--dry-run"]), 1);
    assert!(out.contains("line 4: a name alone is not enough"), "{out}");
    assert!(out.contains("nothing was written"), "{out}");
    assert!(out.contains("line 3: the language \"Deutsch\""), "{out}");
    assert!(!out.contains("line 4: the language"), "{out}");
    let (out, _) = ends(&with(&["--yes"]), 1);
    // Jörg is known by name and birth date; the new one is new.
    assert!(
        out.lines()
            .any(|l| l.split_whitespace().eq(["patients", "1", "0", "1"])),
        "{out}"
    );
    let (out, _) = ends(&with(&["--yes"]), 1);
    assert!(
        out.lines()
            .any(|l| l.split_whitespace().eq(["patients", "0", "0", "2"])),
        "{out}"
    );
    ends(
        &with(&["--map", "Bemerkung=family", "--map", "nothing=-", "--yes"]),
        1,
    );
    ends(&["check", "--data", at], 0);

    ends(&with(&["--map", "Bemerkung=colour"]), 2);
    ends(&["import", "fhir"], 2);
    ends(&["dance"], 2);
    ends(&["check", "--data", at, "--log", "loud"], 2);
    assert!(
        ends(&["--version"], 0)
            .0
            .contains(env!("CARGO_PKG_VERSION"))
    );
    for help in [
        &["--help"][..],
        &["import", "--help"],
        &["import", "csv", "--help"],
        &["import", "fhir", "--help"],
        &["check", "--help"],
        &["user", "--help"],
        &["user", "add", "--help"],
        &["user", "reset", "--help"],
        &["user", "list", "--help"],
        &["demo", "--help"],
    ] {
        assert!(
            ends(help, 0).0.contains("Examples:\n  anteroom"),
            "{help:?}"
        );
    }
}

#[test]
fn the_command_line_lets_people_in() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path().to_str().unwrap();
    drop(open(Store::open(dir.path(), CACHE).unwrap()));
    let sam = [
        "--name",
        "Sam Hill",
        "--email",
        "sam@clinic.example",
        "--data",
        at,
    ];
    let add = |role| [&["user", "add", "--role", role][..], &sam].concat();
    let (first, _) = ends(&add("front-desk"), 0);
    assert!(first.starts_with("https://clinic.example/p/"), "{first}");
    assert!(
        ends(&add("owner"), 1)
            .1
            .contains("somebody has this e-mail already")
    );
    ends(&add("patient"), 2);
    let reset = |email| ["user", "reset", email, "--lost-phone", "--data", at];
    let (second, _) = ends(&reset("SAM@clinic.example"), 0);
    assert!(second.starts_with("https://clinic.example/p/"), "{second}");
    assert_ne!(first, second);
    ends(&reset("nobody@clinic.example"), 1);
    ends(&reset("nobody"), 1);
    let (list, _) = ends(&["user", "list", "--data", at], 0);
    let words: Vec<&str> = list.split_whitespace().collect();
    assert_eq!(
        words,
        ["front-desk", "pending", "sam@clinic.example", "Sam", "Hill"]
    );
    ends(&["check", "--data", at], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_asks_a_running_server() {
    let dir = tempfile::tempdir().unwrap();
    let clinic = open(Store::open(dir.path(), CACHE).unwrap());
    let stop = CancellationToken::new();
    let socket = ControlSocket::open(dir.path()).await.unwrap();
    let server = tokio::spawn(socket.serve(control::verbs(clinic.clone()), stop.clone()));
    let at = dir.path().to_str().unwrap().to_owned();
    let asking = tokio::task::spawn_blocking(move || {
        let bundles = golden();
        ends(
            &["import", "fhir", bundles.to_str().unwrap(), "--data", &at],
            0,
        );
        let (out, _) = ends(&["check", "--data", &at], 0);
        assert!(out.contains("A server is running"), "{out}");
    });
    asking.await.unwrap();
    stop.cancel();
    server.await.unwrap();
    // What the command did, the server's own clinic sees.
    assert_eq!(search(&clinic, "amira").len(), 1);
}
