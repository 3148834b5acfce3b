//! Indexes: whatever is put, changed and deleted, each says what its rows say; and when one does
//! not, the check finds it.

use jiff::Timestamp;
use proptest::prelude::*;

use super::super::row::Row;
use super::super::*;
use super::{assert_clean, cause};
use crate::domain::appointment::{Appointment, Cancellation, Doer, Status};
use crate::domain::id::{AppointmentId, Id, NoticeId, PractitionerId, ServiceId};
use crate::domain::notice::{Notice, NoticeKind, NoticeState, NoticeSubject};
use crate::domain::patient::{Patient, PatientState};
use crate::domain::person::{Email, HumanName, Identifier};

fn at(minute: i64) -> Timestamp {
    Timestamp::from_second(1_795_000_000 + minute * 60).unwrap()
}

const NAMES: [&str; 4] = ["Amira Haddad", "Zoë Ödegård", "王 小明", "Ann Ann"];
const PHONES: [&str; 3] = ["+447700900001", "+447700900002", "+33123456789"];

fn patient() -> impl Strategy<Value = Patient> {
    let states = prop_oneof![
        4 => Just(PatientState::Active),
        1 => Just(PatientState::Provisional),
        1 => Just(PatientState::Archived { reason: "moved".into() }),
        1 => Just(PatientState::Deceased { on: None }),
        1 => Just(PatientState::Merged { into: PatientId::from_bytes([9; 16]) }),
    ];
    let contacts = (
        prop::option::of(0..3_usize),
        prop::collection::vec(0..3_usize, 0..3),
        prop::collection::vec(0..3_usize, 0..3),
    );
    (
        0..4_u8,
        0..4_usize,
        states,
        contacts,
        prop::option::of(0..9_i64),
    )
        .prop_map(|(id, name, state, (email, phones, identifiers), seen)| {
            let name = HumanName::from_full(NAMES[name]);
            let mut patient = Patient::new(PatientId::from_bytes([id; 16]), name, at(0));
            patient.state = state;
            patient.email = email.map(|e| {
                Email::try_from(["a@b.example", "A@B.example", "c@d.example"][e]).unwrap()
            });
            patient.phones = phones.into_iter().map(|p| PHONES[p].to_owned()).collect();
            patient.identifiers = identifiers
                .into_iter()
                .map(|i| Identifier {
                    system: "urn:s".into(),
                    value: format!("v{i}"),
                })
                .collect();
            patient.birth_date =
                seen.map(|s| jiff::civil::date(1980, 1, 1 + i8::try_from(s).unwrap()));
            patient.seen_at = seen.map(at);
            patient
        })
}

fn visit() -> impl Strategy<Value = Appointment> {
    (0..4_u8, 0..2_u8, 0..2_u8, -3..3_i64, 0..Status::ALL.len()).prop_map(
        |(id, patient, practitioner, minute, status)| Appointment {
            id: AppointmentId::from_bytes([id; 16]),
            reference: "ABC234".into(),
            patient: PatientId::from_bytes([patient; 16]),
            practitioner: PractitionerId::from_bytes([practitioner; 16]),
            service: ServiceId::from_bytes([1; 16]),
            start: at(minute),
            duration_min: 20,
            before_min: 0,
            after_min: 5,
            status: Status::ALL[status],
            confirmed_at: None,
            sequence: 0,
            overbooked: None,
            internal_note: String::new(),
            patient_note: String::new(),
            cancellation: (minute == 0).then(|| Cancellation {
                by: Doer::Patient,
                at: at(0),
                reason: "a cold".into(),
                late: true,
            }),
            history: Vec::new(),
        },
    )
}

fn notice() -> impl Strategy<Value = Notice> {
    (
        0..4_u8,
        0..3_u8,
        0..3_i64,
        0..NoticeState::ALL.len(),
        any::<bool>(),
    )
        .prop_map(|(id, visit, minute, state, whose)| Notice {
            id: NoticeId::from_bytes([id; 16]),
            kind: NoticeKind::Booked,
            subject: if whose {
                NoticeSubject::Visit(AppointmentId::from_bytes([visit; 16]), u32::from(id))
            } else {
                NoticeSubject::Patient(PatientId::from_bytes([id; 16]))
            },
            patient: whose.then(|| PatientId::from_bytes([visit; 16])),
            to: "a@b.example".into(),
            language: "en".into(),
            due: at(i64::from(id)),
            next_at: at(minute),
            state: NoticeState::ALL[state],
            attempts: 0,
            reply: String::new(),
            token: None,
            code: None,
            created_at: at(0),
            changed_at: at(minute),
        })
}

/// An active chart.
pub(super) fn patient_named(id: PatientId, number: u8) -> Patient {
    let name = HumanName::from_full(NAMES[usize::from(number) % NAMES.len()]);
    let mut patient = Patient::new(id, name, at(i64::from(number)));
    patient.phones = vec![PHONES[usize::from(number) % PHONES.len()].to_owned()];
    patient
}

/// A message that waits, about the chart of that number.
pub(super) fn notice_about(number: u8) -> Notice {
    let patient = PatientId::from_bytes([number + 1; 16]);
    Notice {
        id: NoticeId::from_bytes([number + 1; 16]),
        kind: NoticeKind::Booked,
        subject: NoticeSubject::Patient(patient),
        patient: Some(patient),
        to: "a@b.example".into(),
        language: "en".into(),
        due: at(i64::from(number)),
        next_at: at(i64::from(number)),
        state: NoticeState::Held,
        attempts: 0,
        reply: String::new(),
        token: None,
        code: None,
        created_at: at(0),
        changed_at: at(0),
    }
}

#[derive(Clone, Debug)]
enum Step {
    PutPatient(Box<Patient>),
    PutVisit(Box<Appointment>),
    PutNotice(Box<Notice>),
    DeletePatient(u8),
    DeleteVisit(u8),
    DeleteNotice(u8),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => patient().prop_map(|p| Step::PutPatient(Box::new(p))),
        4 => visit().prop_map(|v| Step::PutVisit(Box::new(v))),
        4 => notice().prop_map(|n| Step::PutNotice(Box::new(n))),
        1 => (0..4_u8).prop_map(Step::DeletePatient),
        1 => (0..4_u8).prop_map(Step::DeleteVisit),
        1 => (0..4_u8).prop_map(Step::DeleteNotice),
    ]
}

fn take(step: &Step, tx: &mut Tx<'_>) -> Result<(), Stop> {
    match step {
        Step::PutPatient(row) => tx.put(row.as_ref())?,
        Step::PutVisit(row) => appointments::put(tx, row)?,
        Step::PutNotice(row) => notices::put(tx, row)?,
        Step::DeletePatient(id) => {
            tx.delete::<Patient>(&key::Key::new().bytes(&[*id; 16]))?;
        }
        Step::DeleteVisit(id) => {
            tx.delete::<Appointment>(&key::Key::new().bytes(&[*id; 16]))?;
        }
        Step::DeleteNotice(id) => {
            tx.delete::<Notice>(&key::Key::new().bytes(&[*id; 16]))?;
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn indexes_follow_their_rows(steps in prop::collection::vec(step(), 1..20)) {
        let store = Store::in_memory().unwrap();
        for step in steps {
            let now = step.clone();
            store.write(cause("step"), move |tx| take(&now, tx)).unwrap();
            let report = store.read(|rows| check::check(rows)).unwrap();
            prop_assert!(report.problems.is_empty(), "after {step:?}: {:?}", report.problems);
        }
    }
}

/// A clinic with a row in each of the three tables, and entries that carry values.
fn sample() -> Store {
    let store = Store::in_memory().unwrap();
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    for strategy in 0..3 {
        for _ in 0..12 {
            let step = match strategy {
                0 => patient()
                    .prop_map(|p| Step::PutPatient(Box::new(p)))
                    .boxed(),
                1 => visit().prop_map(|v| Step::PutVisit(Box::new(v))).boxed(),
                _ => notice().prop_map(|n| Step::PutNotice(Box::new(n))).boxed(),
            };
            let step = step.new_tree(&mut runner).unwrap().current();
            store
                .write(cause("sample"), move |tx| take(&step, tx))
                .unwrap();
        }
    }
    assert_clean(&store);
    store
}

/// Every table that follows from others and has something in it.
fn entries(store: &Store) -> Vec<(&'static str, Vec<u8>, Vec<u8>)> {
    let all = store.read(|rows| {
        let mut found = Vec::new();
        for table in check::DERIVED {
            table::Rows::walk(rows, table, &[], None, false, &mut |(key, value)| {
                found.push((*table, key.to_vec(), value.to_vec()));
                Ok(std::ops::ControlFlow::Continue(()))
            })?;
        }
        Ok::<_, Failure>(found)
    });
    all.unwrap()
}

type Tamper = fn(&mut Tx<'_>, &'static str, &[u8], &[u8]) -> Result<(), Failure>;

#[test]
fn an_entry_that_is_gone_added_or_altered_is_found_in_every_index() {
    let gone: Tamper = |tx, table, key, _| tx.remove_bytes(table, key);
    let added: Tamper = |tx, table, key, value| {
        let mut other = key.to_vec();
        other[0] ^= 0x55;
        tx.put_bytes(table, &other, value)
    };
    let altered: Tamper = |tx, table, key, value| {
        let mut other = value.to_vec();
        other.push(7);
        tx.put_bytes(table, key, &other)
    };
    let mut tables = std::collections::BTreeSet::new();
    for (table, key, value) in entries(&sample()) {
        if !tables.insert(table) {
            continue;
        }
        for (what, tamper) in [("gone", gone), ("added", added), ("altered", altered)] {
            let store = sample();
            let (k, v) = (key.clone(), value.clone());
            let done = store.write(cause("tamper"), move |tx| Ok(tamper(tx, table, &k, &v)?));
            done.unwrap();
            let problems = store.read(|rows| check::check(rows)).unwrap().problems;
            assert!(
                problems.iter().any(|p| p.starts_with(table)),
                "{what} in {table}: {problems:?}"
            );
        }
    }
    assert!(tables.len() >= 13, "only {tables:?} had entries");
}

#[test]
fn of_an_index_that_is_gone_or_foreign_the_first_few_entries_are_named() {
    let table = schema::PATIENT_TERMS.name();
    let all: Vec<_> = entries(&sample());
    let all = all.into_iter().filter(|(t, ..)| *t == table);
    let keys: Vec<Vec<u8>> = all.map(|(_, key, _)| key).collect();
    assert!(keys.len() > 20);
    let gone = sample();
    let done = gone.write(cause("tamper"), move |tx| {
        for key in &keys {
            tx.remove_bytes(table, key)?;
        }
        Ok(())
    });
    done.unwrap();
    let foreign = sample();
    let done = foreign.write(cause("tamper"), move |tx| {
        for n in 0..100_u32 {
            tx.put_bytes(table, &n.to_be_bytes(), b"")?;
        }
        Ok(())
    });
    done.unwrap();
    for (store, what) in [
        (gone, "a row has no entry"),
        (foreign, "an entry has no row"),
    ] {
        let problems = store.read(|rows| check::check(rows)).unwrap().problems;
        let (last, first) = problems.split_last().unwrap();
        assert_eq!(first, vec![format!("{table}: {what}"); 10]);
        assert!(last.contains("more"), "{last}");
    }
    let store = Store::in_memory().unwrap();
    let done = store.write(cause("tamper"), move |tx| {
        for n in 0..100_u32 {
            tx.put_bytes(schema::PATIENTS.name(), &n.to_be_bytes(), b"?")?;
        }
        Ok(())
    });
    done.unwrap();
    let problems = store.read(|rows| check::check(rows)).unwrap().problems;
    assert_eq!(problems.len(), 11);
    assert_eq!(problems[10], "patients: 90 more rows are wrong");
}

#[test]
fn a_row_that_cannot_be_read_or_stands_in_the_wrong_place_is_found() {
    for (what, key, value) in [
        ("unreadable", [1; 16], vec![1, 255, 255]),
        ("of another version", [1; 16], vec![2]),
        ("empty", [1; 16], Vec::new()),
    ] {
        let store = Store::in_memory().unwrap();
        let done = store.write(cause("tamper"), move |tx| {
            Ok(tx.put_bytes(schema::PATIENTS.name(), &key, &value)?)
        });
        done.unwrap();
        assert_eq!(
            store
                .read(|rows| check::check(rows))
                .unwrap()
                .problems
                .len(),
            1,
            "{what}"
        );
    }
    let store = Store::in_memory().unwrap();
    let patient = Patient::new(PatientId::from_bytes([1; 16]), HumanName::default(), at(0));
    let done = store.write(cause("tamper"), move |tx| {
        tx.put(&patient)?;
        let moved = table::encode(&patient)?;
        Ok(tx.put_bytes(Patient::TABLE.name(), &[2; 16], &moved)?)
    });
    done.unwrap();
    let problems = store.read(|rows| check::check(rows)).unwrap().problems;
    assert!(
        problems
            .iter()
            .any(|p| p.contains("under the key of another")),
        "{problems:?}"
    );
}
