use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;

use jiff::ToSpan;

use super::*;
use crate::app::availability::{self, Except};
use crate::app::clock::{Clock, SystemRandom};
use crate::domain::appointment::Status;
use crate::domain::notice::{Notice, NoticeState};
use crate::domain::patient::likeness;
use crate::domain::schedule::Asker;
use crate::store::table::{Read, Rows};
use crate::store::{Reader, Store, check, hours, schema};

struct Fixed(Timestamp);

impl Clock for Fixed {
    fn now(&self) -> Timestamp {
        self.0
    }
}

/// A Tuesday morning in term time.
const MORNING: &str = "2026-11-24T10:40:00Z";

fn made(now: &str, plan: Plan) -> (Arc<Clinic>, Seeded) {
    let store = Store::in_memory().unwrap();
    let clock = Arc::new(Fixed(now.parse().unwrap()));
    let address = "https://127.0.0.1:8443";
    let clinic = Clinic::open(store, clock, Arc::new(SystemRandom), address).unwrap();
    let seeded = seed(&clinic, &plan).unwrap();
    (clinic, seeded)
}

fn read<T>(clinic: &Clinic, f: impl Fn(&Reader) -> Result<T, Failure>) -> T {
    clinic.store.read(f).unwrap()
}

fn all_visits(clinic: &Clinic) -> Vec<Appointment> {
    read(clinic, |rows| rows.all(&schema::APPOINTMENTS))
}

fn all_patients(clinic: &Clinic) -> Vec<Patient> {
    read(clinic, |rows| rows.all(&schema::PATIENTS))
}

fn digest(clinic: &Clinic) -> [u8; 32] {
    read(clinic, |rows| {
        let mut hash = Sha256::new();
        for name in schema::NAMES {
            rows.walk(name, &[], None, false, &mut |(key, value)| {
                hash.update(key);
                hash.update(value);
                Ok(std::ops::ControlFlow::Continue(()))
            })?;
        }
        Ok(hash.finalize().into())
    })
}

#[test]
fn the_same_seed_and_day_give_the_same_clinic() {
    let plan = Plan::default();
    let (one, seeded) = made(MORNING, plan);
    let (two, again) = made(MORNING, plan);
    assert_eq!(seeded, again);
    assert_eq!(
        demo_links(&one, &seeded).unwrap(),
        demo_links(&two, &again).unwrap()
    );
    assert_eq!(digest(&one), digest(&two));
    let (other, _) = made(MORNING, Plan { seed: 2, ..plan });
    assert_ne!(digest(&one), digest(&other));
    let foreseen = demo_links(&one, &seeded).unwrap();
    let unforeseen = secret_demo_links(&one, &seeded).unwrap();
    assert_ne!(unforeseen, secret_demo_links(&two, &again).unwrap());
    for (known, unknown) in foreseen.iter().zip(&unforeseen) {
        assert_eq!((&known.0, known.1), (&unknown.0, unknown.1));
        assert_ne!(known.2, unknown.2);
    }
    // Later on the same day nothing has another name, and only today has gone on.
    let (later, after_lunch) = made("2026-11-24T14:30:00Z", plan);
    assert_eq!(seeded, after_lunch);
    let today = one.current().date(one.now());
    let before = |clinic: &Clinic| -> Vec<Appointment> {
        let visits = all_visits(clinic).into_iter();
        visits
            .filter(|v| clinic.current().date(v.start) != today)
            .collect()
    };
    assert_eq!(before(&one), before(&later));
    assert!(
        seed(&one, &plan).is_err(),
        "a clinic with patients is left alone"
    );
}

#[test]
fn nothing_is_wrong_with_what_is_kept() {
    let begun = Instant::now();
    let (clinic, seeded) = made(MORNING, Plan::default());
    eprintln!(
        "{} patients, {} visits in {:?}",
        seeded.patients,
        seeded.visits,
        begun.elapsed()
    );
    let report = read(&clinic, |rows| check::check(rows));
    assert_eq!(report.problems, Vec::<String>::new());
    assert_eq!(seeded.patients, 400);
    assert_eq!(all_patients(&clinic).len(), 401);
    assert!(
        (2_000..6_000).contains(&seeded.visits),
        "{} visits",
        seeded.visits
    );
}

#[test]
fn visits_overlap_only_where_someone_gave_a_reason() {
    let (clinic, _) = made(MORNING, Plan::default());
    let mut of: BTreeMap<PractitionerId, Vec<Appointment>> = BTreeMap::new();
    let mut own: BTreeMap<PatientId, Vec<Appointment>> = BTreeMap::new();
    for visit in all_visits(&clinic)
        .into_iter()
        .filter(|v| v.status.occupies())
    {
        own.entry(visit.patient).or_default().push(visit.clone());
        of.entry(visit.practitioner).or_default().push(visit);
    }
    let mut over = 0;
    for (index, visits) in of.into_values().chain(own.into_values()).enumerate() {
        let mut visits = visits;
        visits.sort_by_key(|v| v.start);
        over += if index < 3 {
            visits.iter().filter(|v| v.overbooked.is_some()).count()
        } else {
            0
        };
        let plain: Vec<_> = visits
            .into_iter()
            .filter(|v| v.overbooked.is_none())
            .collect();
        for pair in plain.windows(2) {
            assert!(pair[0].occupied().1 <= pair[1].occupied().0, "{pair:?}");
        }
    }
    assert_eq!(over, 2);
}

#[test]
fn visits_lie_in_published_hours_and_histories_in_order() {
    let (clinic, _) = made(MORNING, Plan::default());
    let (current, now) = (clinic.current(), clinic.now());
    let services = read(&clinic, |rows| hours::services(rows));
    for visit in all_visits(&clinic) {
        let date = current.date(visit.start);
        let loaded = read(&clinic, |rows| {
            availability::load(
                rows,
                &current,
                visit.practitioner,
                (date, date),
                now,
                Except::default(),
            )
        });
        let service = services.iter().find(|s| s.id == visit.service).unwrap();
        assert!(service.offered_by(visit.practitioner), "{visit:?}");
        assert!(
            loaded
                .schedule(service)
                .lies_in_hours(visit.start, visit.end()),
            "{visit:?}"
        );
        assert!(
            visit.history.windows(2).all(|w| w[0].at <= w[1].at),
            "{visit:#?}"
        );
        assert!(visit.history.iter().all(|e| e.at <= now), "{visit:#?}");
    }
}

#[test]
fn everything_that_can_happen_has_happened() {
    let (clinic, _) = made(MORNING, Plan::default());
    let visits = all_visits(&clinic);
    for status in Status::ALL {
        assert!(visits.iter().any(|v| v.status == status), "{status:?}");
    }
    let now = clinic.now();
    let today = clinic.current().date(now);
    let past: Vec<_> = visits
        .iter()
        .filter(|v| clinic.current().date(v.start) < today)
        .collect();
    let share = |n: usize| n * 100 / past.len();
    let count = |s: Status| share(past.iter().filter(|v| v.status == s).count());
    assert!(
        (4..=8).contains(&count(Status::NoShow)),
        "{}",
        count(Status::NoShow)
    );
    assert!(
        (6..=13).contains(&count(Status::Cancelled)),
        "{}",
        count(Status::Cancelled)
    );
    let unresolved = past.iter().filter(|v| v.is_unresolved(now)).count();
    assert!((1..=3).contains(&unresolved), "{unresolved} unresolved");
    let late = |v: &&Appointment| v.cancellation.as_ref().is_some_and(|c| c.late);
    assert!(visits.iter().any(|v| late(&v)));
    assert!(visits.iter().any(|v| v.confirmed_at.is_some()));
    assert!(visits.iter().any(|v| v.last_move().is_some()));
    let references: BTreeSet<_> = visits.iter().map(|v| &v.reference).collect();
    assert_eq!(references.len(), visits.len());

    let mail: Vec<Notice> = read(&clinic, |rows| rows.all(&schema::NOTICES));
    for state in NoticeState::ALL {
        let there = mail.iter().any(|n| n.state == state);
        assert_eq!(there, state != NoticeState::Sending, "{state:?}");
    }
    assert!(
        mail.iter()
            .filter(|n| n.state == NoticeState::Held)
            .all(|n| n.due > now)
    );
    assert!(mail.iter().all(|n| n.created_at <= now));
}

#[test]
fn people_are_of_all_kinds() {
    let (clinic, seeded) = made(MORNING, Plan::default());
    let patients = all_patients(&clinic);
    let today = clinic.current().date(clinic.now());
    let share = |n: usize| n * 100 / patients.len();
    let mails = share(patients.iter().filter(|p| p.email.is_some()).count());
    assert!((68..=82).contains(&mails), "{mails} % with e-mail");
    let logins: Vec<Login> = read(&clinic, |rows| rows.all(&schema::LOGINS));
    let portal = share(logins.iter().filter(|l| l.role == Role::Patient).count());
    assert!((36..=54).contains(&portal), "{portal} % with access");
    for state in [
        LoginState::Active,
        LoginState::Pending,
        LoginState::Disabled,
    ] {
        assert!(logins.iter().any(|l| l.state == state), "{state:?}");
    }
    assert!(
        patients
            .iter()
            .any(|p| matches!(p.state, PatientState::Archived { .. }))
    );
    assert!(
        patients
            .iter()
            .any(|p| matches!(p.state, PatientState::Deceased { .. }))
    );
    let charts: BTreeSet<_> = patients.iter().map(|p| p.chart).collect();
    assert_eq!(charts.len(), patients.len());
    let mails: BTreeSet<_> = patients.iter().filter_map(|p| p.email.as_ref()).collect();
    // The child writes from her father's address, one double from the first chart's.
    assert!(mails.len() + 3 >= patients.iter().filter(|p| p.email.is_some()).count());
    for script in [
        'Α'..='ω',
        'А'..='я',
        'א'..='ת',
        'ا'..='ي',
        '一'..='龥',
        'अ'..='ह',
        'à'..='ž',
    ] {
        let written = |p: &&Patient| p.name().full().chars().any(|c| script.contains(&c));
        assert!(patients.iter().any(|p| written(&p)), "{script:?}");
    }
    let doubles = patients
        .iter()
        .enumerate()
        .flat_map(|(i, a)| patients.iter().skip(i + 1).map(move |b| (a, b)));
    let doubles = doubles
        .filter(|(a, b)| likeness(a, b) > Some(crate::domain::patient::Likeness::SharedContact));
    assert!((2..=6).contains(&doubles.count()));
    let age = |id| {
        let born = patients
            .iter()
            .find(|p| p.id == id)
            .and_then(|p| p.birth_date)
            .unwrap();
        crate::domain::person::age_years(born, today).unwrap()
    };
    assert_eq!(age(seeded.elder), 80);
    assert!(age(seeded.child) < 8);
    let old = |p: &&Patient| {
        p.birth_date
            .is_some_and(|b| crate::domain::person::age_years(b, today).is_none())
    };
    assert!(!patients.iter().any(|p| old(&p)), "nobody is born tomorrow");
}

#[test]
fn amira_has_something_ahead_and_something_to_book_again() {
    let (clinic, seeded) = made(MORNING, Plan::default());
    let visits = read(&clinic, |rows| {
        appointments::all_of_patient(rows, seeded.amira)
    });
    let (now, current) = (clinic.now(), clinic.current());
    let next = visits
        .iter()
        .find(|v| v.start > now && v.status == Status::Booked)
        .unwrap();
    assert_eq!(days_between(current.date(now), current.date(next.start)), 2);
    assert_eq!(next.service, seeded.services.check_up);
    assert_eq!(next.practitioner, seeded.practitioners[0]);
    assert!(
        visits
            .iter()
            .filter(|v| v.status == Status::Fulfilled)
            .count()
            >= 3
    );
    let request = read(&clinic, |rows| requests::open(rows));
    assert_eq!(
        request.iter().map(|r| r.id).collect::<Vec<_>>(),
        [seeded.stranger]
    );
    assert!(request[0].visit.is_some());
    let links = demo_links(&clinic, &seeded).unwrap();
    assert_eq!(links.iter().map(|l| l.1).collect::<BTreeSet<_>>().len(), 6);
    for (_, role, token) in links {
        let key: [u8; 32] = Sha256::digest(token.as_bytes()).into();
        let link = read(&clinic, |rows| access::link(rows, &key)).unwrap();
        assert!(link.is_live(now), "{role:?}");
    }
}

#[test]
fn everybody_has_time_in_the_next_five_working_days() {
    let (clinic, seeded) = made(MORNING, Plan::default());
    let (current, now) = (clinic.current(), clinic.now());
    let today = current.date(now);
    let services = read(&clinic, |rows| hours::services(rows));
    for id in seeded.practitioners {
        let service = services
            .iter()
            .find(|s| s.is_online() && s.offered_by(id))
            .unwrap();
        let until = today.saturating_add(7.days());
        let loaded = read(&clinic, |rows| {
            availability::load(rows, &current, id, (today, until), now, Except::default())
        });
        let next = loaded
            .schedule(service)
            .next_free_day(today, until, now, Asker::Patient);
        assert!(next.is_some(), "{id}");
    }
}

#[test]
fn the_board_has_someone_everywhere_at_any_hour() {
    let hours = [
        "2026-11-24T03:10:00Z",
        "2026-11-24T08:35:00Z",
        "2026-11-24T10:40:00Z",
        "2026-11-24T12:50:00Z",
        "2026-11-25T13:45:00Z",
        "2026-11-24T16:40:00Z",
        "2026-11-24T21:15:00Z",
        "2026-11-28T15:00:00Z",
        "2026-11-29T11:00:00Z",
        "2026-12-25T13:00:00Z",
        "2026-07-05T18:20:00Z",
        "2027-03-28T00:55:00Z",
    ];
    for now in hours {
        for seed in 1..4 {
            let (clinic, _) = made(
                now,
                Plan {
                    patients: 400,
                    visits: Some(600),
                    seed,
                },
            );
            let (at, current) = (clinic.now(), clinic.current());
            let today: Vec<Appointment> = all_visits(&clinic)
                .into_iter()
                .filter(|v| current.date(v.start) == current.date(at))
                .collect();
            let has = |f: &dyn Fn(&Appointment) -> bool| today.iter().any(f);
            assert!(
                has(&|v| v.status == Status::Arrived),
                "waiting at {now} with {seed}"
            );
            assert!(
                has(&|v| v.status == Status::CheckedIn),
                "with a clinician at {now} with {seed}"
            );
            let expected = |v: &Appointment| v.status == Status::Booked;
            assert!(
                has(&|v| expected(v) && v.start > at),
                "expected at {now} with {seed}"
            );
            assert!(
                has(&|v| expected(v) && v.start < at),
                "late at {now} with {seed}"
            );
            assert!(
                has(&|v| v.status == Status::Fulfilled),
                "done at {now} with {seed}"
            );
            let mut with = BTreeSet::new();
            for v in today.iter().filter(|v| v.status == Status::CheckedIn) {
                assert!(
                    with.insert(v.practitioner),
                    "two at once at {now} with {seed}"
                );
            }
        }
    }
}

#[test]
fn a_number_of_visits_is_reached() {
    for visits in [200, 1_000, 5_000] {
        let plan = Plan {
            patients: 1_000,
            visits: Some(visits),
            seed: 5,
        };
        let (clinic, seeded) = made(MORNING, plan);
        // The deliberate overbookings and an extra session come on top.
        assert!(
            (visits..visits + 20).contains(&seeded.visits),
            "{}",
            seeded.visits
        );
        assert_eq!(all_visits(&clinic).len(), seeded.visits + 1);
    }
}
