//! What a patient is told when one change follows another, and where it goes.

use anteroom::app::booking::{self, Wish};
use anteroom::app::desk_booking::{self, Cancel};
use anteroom::app::visitor::Visitor;
use anteroom::app::{Caller, contact, me, registration};
use anteroom::domain::account::{Actor, LinkPurpose, LoginState, Role};
use anteroom::domain::appointment::Appointment;
use anteroom::domain::id::PatientId;
use anteroom::domain::notice::{Notice, NoticeKind, NoticeState};
use anteroom::domain::patient::Patient;
use anteroom::domain::person::Email;
use anteroom::outbox::record;
use anteroom::store::{notices, patients};
use jiff::ToSpan;

use crate::booking_properties::{new_patients, offers, services};
use crate::support::{World, people};

fn desk() -> Caller {
    let actor = Actor {
        login: None,
        role: Role::FrontDesk,
        state: LoginState::Active,
        patient: None,
        practitioner: None,
        name: "Grace".to_owned(),
    };
    Caller { actor, request: 1 }
}

/// Times at least so many days ahead, on different days.
fn times(world: &World, days: i64) -> Vec<Wish> {
    let service = services(world).remove(0);
    let from = world.in_hours(days * 24);
    let mut all = offers(world, &service, None);
    all.retain(|wish| wish.start > from);
    let current = world.clinic.current();
    all.dedup_by_key(|wish| current.date(wish.start));
    all
}

fn book(world: &World, patient: &Caller, wish: Wish) -> Appointment {
    let hold = booking::hold(&world.clinic, patient, wish).expect("a hold");
    booking::book(&world.clinic, patient, hold.id, "").expect("a visit")
}

fn all(world: &World, visit: &Appointment) -> Vec<Notice> {
    let found = world
        .clinic
        .store
        .read(|rows| notices::of_visit(rows, visit.id));
    found.expect("notices")
}

/// What waits about a visit: kinds and the revision that they tell of.
fn waiting(world: &World, visit: &Appointment) -> Vec<NoticeKind> {
    let mut kinds: Vec<NoticeKind> = all(world, visit)
        .into_iter()
        .filter(|n| n.state.is_waiting() && !n.kind.is_reminder())
        .map(|n| n.kind)
        .collect();
    kinds.sort_by_key(|kind| kind.code());
    kinds
}

fn reminders(world: &World, visit: &Appointment) -> Vec<Notice> {
    let mut found = all(world, visit);
    found.retain(|n| n.state.is_waiting() && n.kind.is_reminder());
    found
}

/// Everything that is due leaves.
fn deliver(world: &World) {
    world.clock.forward_min(5);
    let clinic = &world.clinic;
    for notice in record::due(clinic, clinic.now(), 1_000).expect("what is due") {
        let Some(notice) = record::look(clinic, notice.id).expect("a look") else {
            continue;
        };
        if let record::Claim::Ours(_) = record::claim(clinic, notice.id, &notice.to).expect("it") {
            record::settle(clinic, notice.id, &record::End::Accepted(String::new())).expect("kept");
        }
    }
}

#[test]
fn what_was_not_told_yet_is_told_however_often_the_visit_changes_meanwhile() {
    let world = World::new();
    let clinic = &world.clinic;
    let patient = new_patients(&world, 1).remove(0);
    let times = times(&world, 3);
    let visit = book(&world, &patient, times[0]);
    assert_eq!(waiting(&world, &visit), [NoticeKind::Booked]);

    // The desk lengthens it, which is no news.
    desk_booking::resize(
        clinic,
        &desk(),
        visit.id,
        visit.duration_min + 5,
        Some("room".into()),
    )
    .expect("longer");
    assert_eq!(waiting(&world, &visit), [NoticeKind::Booked]);

    // Moved before anybody heard of it: they hear that it is booked.
    let to = times[1];
    let moved = booking::move_own(clinic, &patient, visit.id, to.start, to.practitioner);
    moved.expect("moved");
    assert_eq!(waiting(&world, &visit), [NoticeKind::Booked]);
    booking::undo(clinic, &patient, visit.id).expect("back");
    assert_eq!(waiting(&world, &visit), [NoticeKind::Booked]);

    booking::cancel_own(clinic, &patient, visit.id, "").expect("cancelled");
    assert_eq!(waiting(&world, &visit), [NoticeKind::Cancelled]);
    booking::undo(clinic, &patient, visit.id).expect("it takes place");
    assert_eq!(waiting(&world, &visit), [NoticeKind::Booked]);

    deliver(&world);
    assert_eq!(waiting(&world, &visit), []);
    let told: Vec<NoticeKind> = all(&world, &visit)
        .into_iter()
        .filter(|n| n.state == NoticeState::Accepted)
        .map(|n| n.kind)
        .collect();
    assert_eq!(told, [NoticeKind::Booked], "once");

    // From here on a change that is taken back leaves no trace with the patient.
    let moved = booking::move_own(clinic, &patient, visit.id, to.start, to.practitioner);
    moved.expect("moved");
    assert_eq!(waiting(&world, &visit), [NoticeKind::Moved]);
    booking::undo(clinic, &patient, visit.id).expect("back");
    assert_eq!(waiting(&world, &visit), []);

    // Moved twice, and the second move taken back: the first is told.
    for to in [times[1], times[2]] {
        booking::move_own(clinic, &patient, visit.id, to.start, to.practitioner).expect("moved");
        world.clock.forward_min(1);
    }
    booking::undo(clinic, &patient, visit.id).expect("back");
    assert_eq!(waiting(&world, &visit), [NoticeKind::Moved]);

    // Where the desk cancels without a word, nothing is left to be told.
    desk_booking::cancel(clinic, &desk(), visit.id, Cancel::default()).expect("gone");
    assert_eq!(waiting(&world, &visit), []);
}

#[test]
fn a_late_change_that_is_taken_back_costs_no_reminder() {
    let world = World::new();
    let clinic = &world.clinic;
    let patient = new_patients(&world, 1).remove(0);
    let wish = times(&world, 12)[0];
    let visit = book(&world, &patient, wish);
    assert_eq!(reminders(&world, &visit).len(), 2);
    let day = visit.start - (8 * 24).hours();
    let minutes = day.duration_since(clinic.now()).as_mins();
    world.clock.forward_min(minutes);
    let longer = visit.duration_min + 5;
    desk_booking::resize(clinic, &desk(), visit.id, longer, Some("room".into())).expect("longer");
    assert_eq!(reminders(&world, &visit).len(), 2);
    booking::undo(clinic, &desk(), visit.id).expect("as before");
    assert_eq!(reminders(&world, &visit).len(), 2);
}

fn chart(world: &World, id: PatientId) -> Patient {
    let found = world.clinic.store.read(|rows| patients::find(rows, id));
    found.expect("a read").expect("a chart")
}

/// Staff change a chart as one would in the form.
fn change(world: &World, id: PatientId, how: impl FnOnce(&mut registration::Details)) {
    let before = registration::Details::of(&chart(world, id));
    let mut details = before.clone();
    how(&mut details);
    let seen = before.mark().expect("a mark");
    registration::change(&world.clinic, &desk(), id, &seen, &details).expect("changed");
}

#[test]
fn messages_about_a_visit_go_where_the_patient_is_now() {
    let world = World::new();
    let clinic = &world.clinic;
    let patient = new_patients(&world, 1).remove(0);
    let id = patient.actor.patient.expect("a chart");
    let visit = book(&world, &patient, times(&world, 12)[0]);
    let new = || Email::try_from("new@example.org").expect("an address");
    change(&world, id, |details| details.email = Some(new()));
    let booked = all(&world, &visit)
        .into_iter()
        .find(|n| n.kind == NoticeKind::Booked);
    let booked = booked.expect("booked");
    let looked = record::look(clinic, booked.id).expect("a look");
    assert_eq!(looked.expect("it waits").to, "new@example.org");
    // What the server was told to send to the old address is not ours to hand over any more.
    let claimed = record::claim(clinic, booked.id, &booked.to).expect("a claim");
    assert!(matches!(claimed, record::Claim::Gone), "{claimed:?}");
    let claimed = record::claim(clinic, booked.id, "new@example.org").expect("a claim");
    assert!(matches!(claimed, record::Claim::Ours(_)));
    let kept = clinic.store.read(|rows| notices::find(rows, booked.id));
    assert_eq!(kept.expect("a read").expect("it").to, "new@example.org");

    // Nobody is written to who has no address any more.
    change(&world, id, |details| {
        details.email = None;
        details.phones = vec!["+447700900123".to_owned()];
    });
    let reminder = reminders(&world, &visit).remove(0);
    assert!(record::look(clinic, reminder.id).expect("a look").is_none());
}

#[test]
fn an_address_or_a_wish_that_comes_later_still_brings_reminders() {
    let world = World::new();
    let clinic = &world.clinic;
    let mut patients = new_patients(&world, 3);
    let wishes = times(&world, 12);
    let (by_desk, by_wish, by_link) = (patients.remove(0), patients.remove(0), patients.remove(0));
    let own = |caller: &Caller| caller.actor.patient.expect("a chart");
    // Without an address, or without the wish, nothing is planned.
    for one in [&by_desk, &by_link] {
        change(&world, own(one), |details| {
            details.email = None;
            details.phones = vec!["+447700900123".to_owned()];
        });
    }
    me::set_reminders(clinic, &by_wish, false).expect("off");
    let visits: Vec<Appointment> = [&by_desk, &by_wish, &by_link]
        .into_iter()
        .zip(&wishes)
        .map(|(who, wish)| book(&world, who, *wish))
        .collect();
    for visit in &visits {
        assert_eq!(reminders(&world, visit), []);
    }
    change(&world, own(&by_desk), |details| {
        details.email = Email::try_from("later@example.org").ok();
    });
    me::set_reminders(clinic, &by_wish, true).expect("on");
    for visit in visits.iter().take(2) {
        let planned = reminders(&world, visit);
        assert_eq!(planned.len(), 2, "{planned:?}");
    }
    // Twice is once.
    me::set_reminders(clinic, &by_wish, true).expect("on");
    assert_eq!(reminders(&world, &visits[1]).len(), 2);
    confirm_new_address(&world, own(&by_link), "proven@example.org");
    let planned = reminders(&world, &visits[2]);
    assert_eq!(planned.len(), 2);
    assert!(planned.iter().all(|n| n.to == "proven@example.org"));
}

/// A patient opens the link that went to their new address.
fn confirm_new_address(world: &World, patient: PatientId, address: &str) {
    let clinic = &world.clinic;
    let token = "B".repeat(43);
    let purpose = LinkPurpose::ConfirmEmail(patient);
    let email = Email::try_from(address).ok();
    people::keep_link(clinic, purpose, email, world.in_hours(24), &token);
    let visitor = Visitor::new(1, [7; 32], None, "Firefox on Linux");
    contact::confirm_email(clinic, &visitor, &token).expect("it is theirs");
}
