//! What holds for every booking in a lived-in clinic, whatever is chosen.

use std::sync::{Arc, Barrier};

use anteroom::app::availability::{self, DayOffers, Except};
use anteroom::app::booking::{self, Wish};
use anteroom::app::{Caller, Stop};
use anteroom::domain::account::{Actor, LoginState, Role};
use anteroom::domain::appointment::Status;
use anteroom::domain::audit::Action;
use anteroom::domain::id::{PatientId, PractitionerId};
use anteroom::domain::patient::Patient;
use anteroom::domain::person::{Email, HumanName};
use anteroom::domain::refusal::Refused;
use anteroom::domain::service::Service;
use anteroom::store::table::Read;
use anteroom::store::{check, schema};
use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::support::World;

fn caller(patient: PatientId) -> Caller {
    let actor = Actor {
        login: None,
        role: Role::Patient,
        state: LoginState::Active,
        patient: Some(patient),
        practitioner: None,
        name: "Someone".to_owned(),
    };
    Caller { actor, request: 1 }
}

/// Patients with nothing ahead, so that their own visits are never in the way.
pub(crate) fn new_patients(world: &World, wanted: usize) -> Vec<Caller> {
    let clinic = &world.clinic;
    let charts: Vec<Patient> = (0..wanted)
        .map(|n| {
            let name = HumanName::from_full(&format!("Idle Number{n}"));
            let mut chart = Patient::new(clinic.new_id(), name, clinic.now());
            chart.email = Email::try_from(format!("idle{n}@example.com").as_str()).ok();
            chart
        })
        .collect();
    let callers = charts.iter().map(|chart| caller(chart.id)).collect();
    let cause = clinic.own_cause("test", Action::PatientRegister);
    let kept = clinic.store.write(cause, move |tx| {
        charts.iter().try_for_each(|chart| tx.put(chart))?;
        Ok(())
    });
    kept.expect("charts");
    callers
}

pub(crate) fn services(world: &World) -> Vec<Service> {
    let all: Vec<Service> = world
        .clinic
        .store
        .read(|rows| rows.all(&schema::SERVICES))
        .unwrap();
    all.into_iter().filter(Service::is_online).collect()
}

fn days(world: &World, service: &Service, with: Option<PractitionerId>) -> Vec<DayOffers> {
    let (current, now) = (world.clinic.current(), world.clinic.now());
    let today = current.date(now);
    let span = (today, today.saturating_add(20.days()));
    world
        .clinic
        .store
        .read(|rows| {
            availability::offers(rows, &current, service, with, span, now, Except::default())
        })
        .unwrap()
}

pub(crate) fn offers(world: &World, service: &Service, with: Option<PractitionerId>) -> Vec<Wish> {
    let all = days(world, service, with)
        .into_iter()
        .flat_map(|d| d.offers);
    all.flat_map(|offer| {
        offer
            .with
            .into_iter()
            .map(move |who| (who, offer.slot.start))
    })
    .map(|(who, start)| Wish {
        service: service.id,
        practitioner: Some(who),
        start,
    })
    .collect()
}

fn is_offered(world: &World, service: &Service, wish: Wish) -> bool {
    offers(world, service, wish.practitioner)
        .iter()
        .any(|w| w.start == wish.start)
}

fn refused<T>(answer: Result<T, Stop>) -> Option<Refused> {
    match answer {
        Ok(_) => None,
        Err(Stop::Refused(refused)) => Some(refused),
        Err(Stop::Failed(failure)) => panic!("{failure}"),
    }
}

fn assert_clean(world: &World) {
    let report = world.clinic.store.read(|rows| check::check(rows)).unwrap();
    assert_eq!(report.problems, Vec::<String>::new());
}

/// A few dozen random choices in one clinic, which grows fuller with each.
fn with_choices(cases: u32, mut test: impl FnMut(usize, usize)) {
    let config = ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let mut choices = Vec::new();
    let strategy = (any::<usize>(), any::<usize>());
    let mut runner = TestRunner::new(config);
    for _ in 0..cases {
        choices.push(strategy.new_tree(&mut runner).unwrap().current());
    }
    for (a, b) in choices {
        test(a, b);
    }
}

#[test]
fn whatever_is_offered_can_be_booked_and_undone() {
    let world = World::new();
    let (clinic, patient) = (&world.clinic, new_patients(&world, 1).remove(0));
    let services = services(&world);
    with_choices(24, |a, b| {
        let service = &services[a % services.len()];
        let all = offers(&world, service, None);
        let wish = all[b % all.len()];
        let hold = booking::hold(clinic, &patient, wish).expect("what is offered can be held");
        let visit =
            booking::book(clinic, &patient, hold.id, "").expect("what is held can be booked");
        assert_eq!(
            (visit.start, Some(visit.practitioner)),
            (wish.start, wish.practitioner)
        );
        assert!(!is_offered(&world, service, wish), "it is offered no more");
        let gone =
            booking::undo(clinic, &patient, visit.id).expect("a new visit can be taken back");
        assert_eq!(gone.status, Status::Cancelled);
        assert!(
            is_offered(&world, service, wish),
            "undo gives the time back"
        );
    });
    assert_clean(&world);
}

#[test]
fn a_move_keeps_the_reference_and_its_undo_gives_everything_back() {
    let world = World::new();
    let (clinic, patient) = (&world.clinic, new_patients(&world, 1).remove(0));
    let services = services(&world);
    with_choices(12, |a, b| {
        let service = &services[a % services.len()];
        let late = world.in_hours(5 * 24);
        let all: Vec<Wish> = offers(&world, service, None)
            .into_iter()
            .filter(|w| w.start > late)
            .collect();
        let (from, to) = (all[b % all.len()], all[(b / 7 + 1) % all.len()]);
        if from.start == to.start {
            return;
        }
        let hold = booking::hold(clinic, &patient, from).expect("a hold");
        let visit = booking::book(clinic, &patient, hold.id, "").expect("a visit");
        let to_who = to.practitioner;
        let moved = booking::move_own(clinic, &patient, visit.id, to.start, to_who).expect("moved");
        assert_eq!((moved.id, &moved.reference), (visit.id, &visit.reference));
        assert!(
            moved.sequence > visit.sequence,
            "calendars take the newer one"
        );
        assert_eq!((moved.start, Some(moved.practitioner)), (to.start, to_who));
        assert!(
            !is_offered(&world, service, from),
            "the old time is kept for undo"
        );
        let back = booking::undo(clinic, &patient, visit.id).expect("taken back");
        assert_eq!(
            (back.start, back.practitioner),
            (visit.start, visit.practitioner)
        );
        assert!(back.sequence > moved.sequence);
        assert_eq!(back.reference, visit.reference);
        booking::cancel_own(clinic, &patient, visit.id, "").expect("cancelled");
        assert!(is_offered(&world, service, from) && is_offered(&world, service, to));
    });
    assert_clean(&world);
}

#[test]
fn a_held_time_is_nobody_elses_until_it_expires() {
    let world = World::new();
    let clinic = &world.clinic;
    for service in services(&world) {
        let mut two = new_patients(&world, 2);
        let (one, other) = (two.remove(0), two.remove(0));
        let wish = *offers(&world, &service, None).last().expect("an offer");
        let hold = booking::hold(clinic, &one, wish).expect("a hold");
        assert!(!is_offered(&world, &service, wish));
        assert_eq!(
            refused(booking::hold(clinic, &other, wish)),
            Some(Refused::SlotTaken)
        );
        // The holder may go on, and a hold of another person is nobody's business.
        assert!(booking::own_hold(clinic, &one, hold.id).is_ok());
        assert_eq!(
            refused(booking::own_hold(clinic, &other, hold.id)),
            Some(Refused::NotFound)
        );
        assert_eq!(
            refused(booking::book(clinic, &other, hold.id, "")),
            Some(Refused::HoldExpired)
        );
        world.clock.forward_min(booking::HOLD_MIN);
        assert!(
            is_offered(&world, &service, wish),
            "an expired hold keeps nothing"
        );
        let taken = booking::hold(clinic, &other, wish).expect("free again");
        booking::book(clinic, &other, taken.id, "").expect("booked");
        assert!(refused(booking::book(clinic, &one, hold.id, "")).is_some());
    }
    assert_clean(&world);
}

/// Everybody wants the same time at once, straight from the verbs: no page, no network between.
#[test]
fn of_many_who_want_one_time_exactly_one_gets_it() {
    const BOOKERS: usize = 12;
    let world = World::new();
    for service in services(&world) {
        // Whoever won an earlier round might have a visit at this time.
        let patients = new_patients(&world, BOOKERS);
        let wish = *offers(&world, &service, None).last().expect("an offer");
        let start = Arc::new(Barrier::new(BOOKERS));
        let threads: Vec<_> = patients
            .iter()
            .cloned()
            .map(|patient| {
                let (clinic, start) = (world.clinic.clone(), start.clone());
                std::thread::spawn(move || {
                    start.wait();
                    let hold = match booking::hold(&clinic, &patient, wish) {
                        Ok(hold) => hold,
                        Err(stop) => return refused::<()>(Err(stop)),
                    };
                    refused(booking::book(&clinic, &patient, hold.id, ""))
                })
            })
            .collect();
        let answers: Vec<_> = threads.into_iter().map(|t| t.join().unwrap()).collect();
        assert_eq!(
            answers.iter().filter(|a| a.is_none()).count(),
            1,
            "{answers:?}"
        );
        assert!(
            answers.iter().flatten().all(|a| *a == Refused::SlotTaken),
            "{answers:?}"
        );
        assert_eq!(visits_at(&world, wish.practitioner.unwrap(), wish.start), 1);
    }
    assert_clean(&world);
}

/// Expired holds of one time: each may still be booked as long as nobody else was faster.
#[test]
fn of_many_with_an_expired_hold_exactly_one_gets_the_time() {
    let world = World::new();
    let service = services(&world).remove(0);
    let wish = *offers(&world, &service, None).last().expect("an offer");
    let held: Vec<_> = new_patients(&world, 4)
        .into_iter()
        .map(|patient| {
            let hold = booking::hold(&world.clinic, &patient, wish);
            world.clock.forward_min(booking::HOLD_MIN);
            (patient, hold.expect("the one before has expired").id)
        })
        .collect();
    let threads: Vec<_> = held
        .into_iter()
        .map(|(patient, hold)| {
            let clinic = world.clinic.clone();
            std::thread::spawn(move || refused(booking::book(&clinic, &patient, hold, "")))
        })
        .collect();
    let answers: Vec<_> = threads.into_iter().map(|t| t.join().unwrap()).collect();
    assert_eq!(
        answers.iter().filter(|a| a.is_none()).count(),
        1,
        "{answers:?}"
    );
    assert_eq!(visits_at(&world, wish.practitioner.unwrap(), wish.start), 1);
    assert_clean(&world);
}

fn visits_at(world: &World, who: PractitionerId, at: Timestamp) -> usize {
    let visits = world.clinic.store.read(|rows| {
        let end = at + jiff::SignedDuration::from_secs(1);
        anteroom::store::appointments::of_practitioner(rows, who, at, end)
    });
    visits
        .unwrap()
        .iter()
        .filter(|v| v.status.occupies())
        .count()
}
