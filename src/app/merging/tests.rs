use std::collections::BTreeMap;
use std::ops::ControlFlow;

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::app::stage::{BORN, Stage, no};
use crate::app::{Clinic, finding};
use crate::domain::account::{Login, Role};
use crate::domain::appointment::tests::check_up;
use crate::domain::appointment::{Appointment, Doer, NewAppointment, after};
use crate::domain::encounter::Encounter;
use crate::domain::id::{AppointmentId, Id, LoginId, PractitionerId};
use crate::domain::merge::Side;
use crate::domain::notice::{Notice, NoticeKind, NoticeState, NoticeSubject};
use crate::domain::person::Identifier;
use crate::store::row::Row;
use crate::store::schema;
use crate::text::Text;

/// Every row of the data but the log, as bytes.
fn bytes(clinic: &Clinic) -> BTreeMap<(&'static str, Vec<u8>), Vec<u8>> {
    let read = clinic.store.read(|rows| {
        let mut all = BTreeMap::new();
        for table in schema::NAMES.iter().filter(|n| !n.starts_with("audit")) {
            rows.walk(table, &[], None, false, &mut |(key, value)| {
                all.insert((*table, key.to_vec()), value.to_vec());
                Ok(ControlFlow::Continue(()))
            })?;
        }
        Ok::<_, Failure>(all)
    });
    read.unwrap()
}

fn keep<R: Row + Clone + Send + 'static>(stage: &Stage, row: &R) {
    let row = row.clone();
    let cause = stage.clinic.own_cause("test", Action::Import);
    stage
        .clinic
        .store
        .write(cause, move |tx| Ok(tx.put(&row)?))
        .unwrap();
}

fn visit(stage: &Stage, patient: PatientId, days: i64) -> Appointment {
    let new = NewAppointment {
        id: stage.clinic.new_id(),
        reference: stage.clinic.new_reference(),
        patient,
        practitioner: PractitionerId::from_bytes([5; 16]),
        start: after(stage.clinic.now(), days * 24 * 60),
        by: Doer::Patient,
        at: stage.clinic.now(),
        pending: false,
    };
    let visit = Appointment::new(new, &check_up());
    keep(stage, &visit);
    visit
}

fn encounter(stage: &Stage, patient: PatientId) {
    let id = stage.clinic.new_id();
    let encounter = Encounter {
        id,
        patient,
        practitioner: None,
        organization: None,
        identifier: Identifier {
            system: "urn:test".to_owned(),
            value: id.to_string(),
        },
        start: stage.clinic.now(),
        end: None,
        class: "AMB".to_owned(),
        status: "finished".to_owned(),
        kind: "Check-up".to_owned(),
    };
    keep(stage, &encounter);
}

fn message(stage: &Stage, patient: PatientId) {
    let now = stage.clinic.now();
    let notice = Notice {
        id: stage.clinic.new_id(),
        kind: NoticeKind::Invitation,
        subject: NoticeSubject::Patient(patient),
        patient: Some(patient),
        to: "a@example.org".to_owned(),
        language: "en".to_owned(),
        due: now,
        next_at: now,
        state: NoticeState::Accepted,
        attempts: 1,
        reply: String::new(),
        token: None,
        code: None,
        created_at: now,
        changed_at: now,
    };
    keep(stage, &notice);
}

fn login(stage: &Stage, patient: PatientId) -> Login {
    let id: LoginId = stage.clinic.new_id();
    let mut login = Login::new(id, Role::Patient, "Someone", stage.clinic.now());
    login.patient = Some(patient);
    stage.keep(&login);
    login
}

fn visits_of(stage: &Stage, patient: PatientId) -> Vec<AppointmentId> {
    let read = |rows: &crate::store::Reader| appointments::all_of_patient(rows, patient);
    let mut ids: Vec<_> = stage
        .clinic
        .store
        .read(read)
        .unwrap()
        .iter()
        .map(|v| v.id)
        .collect();
    ids.sort();
    ids
}

#[test]
fn a_merge_moves_everything_and_parting_gives_every_byte_back() {
    let stage = Stage::new();
    let desk = stage.caller(Role::FrontDesk);
    let zoe = stage.patient("Zoe Muller", None, Some(BORN));
    let twin = stage.patient("Zoë Müller", Some("zoe@example.org"), None);
    visit(&stage, zoe.id, 3);
    visit(&stage, twin.id, 5);
    visit(&stage, twin.id, -9);
    encounter(&stage, twin.id);
    message(&stage, twin.id);
    let access = login(&stage, twin.id);
    let before = bytes(&stage.clinic);

    let seen = preview(&stage.clinic, &desk, zoe.id, twin.id).unwrap();
    assert_eq!((seen.visits, seen.encounters, seen.messages), (2, 1, 1));
    assert!(seen.login_moves && !seen.login_closes);
    let record = merge(&stage.clinic, &desk, zoe.id, twin.id, Choices::default()).unwrap();
    assert_eq!(record.moved(), 4);
    assert_eq!(visits_of(&stage, zoe.id).len(), 3);
    assert!(visits_of(&stage, twin.id).is_empty());
    assert_eq!(stage.login(&access).patient, Some(zoe.id));
    let one = stage.chart(zoe.id);
    assert_eq!(
        (one.birth_date, one.email),
        (Some(BORN), twin.email.clone())
    );
    assert_eq!(
        stage.chart(twin.id).state,
        PatientState::Merged { into: zoe.id }
    );

    part_again(&stage.clinic, &desk, zoe.id).unwrap();
    assert_eq!(bytes(&stage.clinic), before);
    let report = stage
        .clinic
        .store
        .read(|rows| crate::store::check::check(rows));
    assert_eq!(report.unwrap().problems, Vec::<String>::new());
    assert_eq!(
        no(part_again(&stage.clinic, &desk, zoe.id)),
        Refused::TooLateToUndo
    );
}

#[test]
fn the_log_names_both_charts() {
    let stage = Stage::new();
    let desk = stage.caller(Role::FrontDesk);
    let (one, two) = (
        stage.patient("A B", None, None),
        stage.patient("A B", None, None),
    );
    merge(&stage.clinic, &desk, one.id, two.id, Choices::default()).unwrap();
    for id in [one.id, two.id] {
        let lines = stage
            .clinic
            .store
            .read(|rows| crate::store::audit::about(rows, id, 0, 1))
            .unwrap();
        assert_eq!(lines[0].action, Action::PatientMerge);
        assert!(lines[0].about.contains(&one.id) && lines[0].about.contains(&two.id));
    }
}

#[test]
fn one_person_keeps_one_access() {
    let stage = Stage::new();
    let desk = stage.caller(Role::Owner);
    let (stays, goes) = (
        stage.patient("A B", None, None),
        stage.patient("A B", None, None),
    );
    let (kept, closed) = (login(&stage, stays.id), login(&stage, goes.id));
    let before = bytes(&stage.clinic);
    assert!(
        preview(&stage.clinic, &desk, stays.id, goes.id)
            .unwrap()
            .login_closes
    );
    merge(&stage.clinic, &desk, stays.id, goes.id, Choices::default()).unwrap();
    assert_eq!(stage.login(&closed).state, LoginState::Disabled);
    assert_eq!(stage.login_of(stays.id).unwrap().id, kept.id);
    part_again(&stage.clinic, &desk, stays.id).unwrap();
    assert_eq!(bytes(&stage.clinic), before);
}

#[test]
fn a_merged_chart_can_be_merged_on_and_parted_step_by_step() {
    let stage = Stage::new();
    let desk = stage.caller(Role::FrontDesk);
    let [a, b, c] = ["A", "B", "C"].map(|name| stage.patient(name, None, None));
    for id in [a.id, b.id, c.id] {
        visit(&stage, id, 4);
    }
    let start = bytes(&stage.clinic);
    merge(&stage.clinic, &desk, b.id, a.id, Choices::default()).unwrap();
    let between = bytes(&stage.clinic);
    merge(&stage.clinic, &desk, c.id, b.id, Choices::default()).unwrap();
    assert_eq!(visits_of(&stage, c.id).len(), 3);
    // Old addresses lead to where everything is, in one step.
    assert_eq!(stage.chart(a.id).state, PatientState::Merged { into: c.id });
    assert_eq!(
        no(part_again(&stage.clinic, &desk, b.id)),
        Refused::TooLateToUndo
    );
    assert_eq!(
        no(merge(&stage.clinic, &desk, c.id, a.id, Choices::default())),
        Refused::ChartNotActive
    );
    part_again(&stage.clinic, &desk, c.id).unwrap();
    assert_eq!(bytes(&stage.clinic), between);
    part_again(&stage.clinic, &desk, b.id).unwrap();
    assert_eq!(bytes(&stage.clinic), start);
}

#[test]
fn what_is_booked_after_the_merge_stays() {
    let stage = Stage::new();
    let desk = stage.caller(Role::FrontDesk);
    let (stays, goes) = (
        stage.patient("A B", None, None),
        stage.patient("A C", None, None),
    );
    let old = visit(&stage, goes.id, 4);
    merge(&stage.clinic, &desk, stays.id, goes.id, Choices::default()).unwrap();
    let new = visit(&stage, stays.id, 6);
    part_again(&stage.clinic, &desk, stays.id).unwrap();
    assert_eq!(visits_of(&stage, stays.id), [new.id]);
    assert_eq!(visits_of(&stage, goes.id), [old.id]);
}

#[test]
fn only_those_who_may_merge_merge() {
    let stage = Stage::new();
    let (one, two) = (
        stage.patient("A B", None, None),
        stage.patient("A B", None, None),
    );
    let before = bytes(&stage.clinic);
    for role in [
        Role::Practitioner,
        Role::Billing,
        Role::ReadOnly,
        Role::Patient,
    ] {
        let caller = stage.caller(role);
        let clinic = &stage.clinic;
        assert_eq!(
            no(preview(clinic, &caller, one.id, two.id)),
            Refused::NotFound
        );
        let merged = merge(clinic, &caller, one.id, two.id, Choices::default());
        assert_eq!(no(merged), Refused::NotFound);
        assert_eq!(no(part_again(clinic, &caller, one.id)), Refused::NotFound);
    }
    assert_eq!(bytes(&stage.clinic), before);
    let desk = stage.caller(Role::FrontDesk);
    let same = merge(&stage.clinic, &desk, one.id, one.id, Choices::default());
    assert_eq!(no(same), Refused::ChartNotActive);
}

fn side() -> impl Strategy<Value = Side> {
    prop_oneof![Just(Side::Stays), Just(Side::Goes)]
}

#[test]
fn what_went_leads_to_what_stays() {
    let stage = Stage::new();
    let desk = stage.caller(Role::FrontDesk);
    let [stays, mut goes] =
        ["Amira Haddad", "Amira Hadad"].map(|n| stage.patient(n, None, Some(BORN)));
    (goes.chart, goes.phones) = (41, vec!["+441512345678".to_owned()]);
    keep(&stage, &goes);
    merge(&stage.clinic, &desk, stays.id, goes.id, Choices::default()).unwrap();
    let found = |typed: &str| -> Vec<PatientId> {
        let hits = finding::search(&stage.clinic, &desk, Text::default(), typed).unwrap();
        hits.iter().map(|hit| hit.id).collect()
    };
    let number = format!("#{}", goes.chart);
    for typed in [
        &number,
        "hadad",
        "0151 2345678",
        &format!("haddad {number}"),
    ] {
        assert_eq!(found(typed), [stays.id], "{typed}");
    }
    // Apart again, each has its own.
    part_again(&stage.clinic, &desk, stays.id).unwrap();
    for typed in [&number, "hadad", "0151 2345678"] {
        assert_eq!(found(typed), [goes.id], "{typed}");
    }
    assert_eq!(found(&format!("haddad {number}")), []);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn no_merge_loses_a_visit(
        days in prop::collection::vec((0usize..4, -50i64..50), 0..12),
        steps in prop::collection::vec((0usize..4, 0usize..4, side(), side()), 1..5),
    ) {
        let stage = Stage::new();
        let desk = stage.caller(Role::FrontDesk);
        let people = [("A", 1), ("B", 2), ("C", 3), ("D", 4)].map(|(name, chart)| {
            let mut person = stage.patient(name, None, Some(date(2000, 1, 1)));
            person.chart = chart;
            keep(&stage, &person);
            person
        });
        let mut all: Vec<_> = days.iter().map(|(who, day)| visit(&stage, people[*who].id, *day).id).collect();
        all.sort();
        let start = bytes(&stage.clinic);
        let mut done = Vec::new();
        for (stays, goes, name, phone) in steps {
            let choices = Choices { name, phone, ..Choices::default() };
            let (stays, goes) = (people[stays].id, people[goes].id);
            if merge(&stage.clinic, &desk, stays, goes, choices).is_ok() {
                done.push(stays);
            }
            let mut held: Vec<_> = people.iter().flat_map(|p| visits_of(&stage, p.id)).collect();
            held.sort();
            prop_assert_eq!(&held, &all);
            for person in &people {
                // A number on an old letter always leads to the chart that is in use.
                let mut now = person.id;
                if let PatientState::Merged { into } = stage.chart(person.id).state {
                    now = into;
                }
                let number = format!("#{}", person.chart);
                let found = finding::search(&stage.clinic, &desk, Text::default(), &number).unwrap();
                prop_assert_eq!(found.iter().map(|h| h.id).collect::<Vec<_>>(), [now]);
                if let PatientState::Merged { into } = stage.chart(person.id).state {
                    prop_assert!(visits_of(&stage, person.id).is_empty());
                    let lands = !matches!(stage.chart(into).state, PatientState::Merged { .. });
                    prop_assert!(lands);
                }
            }
        }
        while let Some(stays) = done.pop() {
            part_again(&stage.clinic, &desk, stays).unwrap();
        }
        prop_assert_eq!(bytes(&stage.clinic), start);
    }
}
