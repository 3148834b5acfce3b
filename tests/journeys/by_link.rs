//! A patient follows the link of a mail about a visit, without signing in.

use anteroom::domain::appointment::Appointment;
use anteroom::domain::audit::Action;
use anteroom::domain::id::PatientId;
use anteroom::domain::notice::NoticeKind;
use anteroom::store::table::Read;
use anteroom::store::{appointments, audit, notices};

use crate::support::{World, people};

fn next_visit(world: &World, patient: PatientId) -> Appointment {
    let now = world.in_hours(0);
    let ahead = |rows: &anteroom::store::Reader| {
        let all = appointments::of_patient_from(rows, patient, now, 10)?;
        Ok::<_, anteroom::app::Failure>(all.into_iter().find(|v| v.status.is_open()))
    };
    world
        .clinic
        .store
        .read(ahead)
        .unwrap()
        .expect("a visit ahead")
}

fn visit_now(world: &World, visit: &Appointment) -> Appointment {
    let read = |rows: &anteroom::store::Reader| appointments::find(rows, visit.id);
    world.clinic.store.read(read).unwrap().expect("the visit")
}

/// The link of a mail about a visit.
fn link(world: &World, visit: &Appointment, token: &str) -> String {
    people::visit_link(&world.clinic, visit, token)
}

#[tokio::test]
async fn she_moves_a_visit_in_three_taps_and_takes_it_back() {
    let world = World::new();
    let visit = next_visit(&world, world.seeded.amira);
    let link = link(&world, &visit, "booking-mail");
    let mut phone = world.browser();
    phone.visit(&link).await; // the first tap, in the mail
    assert!(phone.says("Your visit"), "{}", phone.words());
    assert_eq!(phone.header("referrer-policy"), "no-referrer");
    assert_eq!(phone.header("cache-control"), "no-store");
    phone.follow("Change time").await; // the second
    assert!(phone.path().starts_with(&link));
    let (action, slot) = phone.first_slot();
    phone.post(&action, slot).await; // the third
    assert!(phone.says("Moved to "), "{}", phone.words());
    let moved = visit_now(&world, &visit);
    assert_ne!(moved.start, visit.start);
    let told = |rows: &anteroom::store::Reader| {
        let of = |n: &anteroom::domain::notice::Notice| n.kind == NoticeKind::Moved;
        notices::newest(rows, None, 5, &of)
    };
    let letters = world.clinic.store.read(told).unwrap();
    assert_eq!(letters[0].patient, Some(world.seeded.amira));
    let log = |rows: &anteroom::store::Reader| audit::about(rows, world.seeded.amira, 0, 5);
    let log = world.clinic.store.read(log).unwrap();
    let done = log
        .iter()
        .find(|e| e.action == Action::Move)
        .expect("a row");
    assert_eq!(done.actor.login, None, "by the link, not by an access");
    assert!(
        !format!("{log:?}").contains("booking-mail"),
        "no secret in the log"
    );
    phone.press("Undo").await;
    assert!(phone.says("It is as it was before."), "{}", phone.words());
    assert_eq!(visit_now(&world, &visit).start, visit.start);
    phone.visit("/visits").await;
    assert!(phone.path().starts_with("/sign-in"), "nobody is signed in");
}

#[tokio::test]
async fn a_link_says_no_name_and_leads_only_to_its_own_visit() {
    let world = World::new();
    let visit = next_visit(&world, world.seeded.amira);
    let link = link(&world, &visit, "reminder");
    let mut phone = world.browser();
    for page in ["", "/time", "/cancellation"] {
        phone.visit(&format!("{link}{page}")).await;
        assert_eq!(phone.status(), 200, "{page}");
        assert!(!phone.says("Amira") && !phone.says("Haddad"), "{page}");
        assert!(!phone.says("Check-up"), "{page}: not what the visit is for");
        assert!(!phone.html().contains("/visits"), "{page}");
        assert!(!phone.html().contains(&visit.id.to_string()), "{page}");
    }
    let before = visit_now(&world, &visit);
    for page in ["/confirmation", "/undo"] {
        phone.visit(&format!("{link}{page}")).await;
        assert_eq!(
            phone.path(),
            link,
            "a GET does nothing, and leads to the page"
        );
    }
    assert_eq!(visit_now(&world, &visit), before);
}

#[tokio::test]
async fn a_time_that_has_gone_is_said_with_others_to_choose() {
    let world = World::new();
    let visit = next_visit(&world, world.seeded.amira);
    let link = link(&world, &visit, "reminder");
    let mut phone = world.browser();
    phone.visit(&format!("{link}/time")).await;
    let (action, slot) = phone.first_slot();
    let mut other = world.browser();
    // Someone else with a link to a visit like this one takes the time first.
    let parent = next_visit_like(&world, &visit);
    let theirs = self::link(&world, &parent, "another-mail");
    other.visit(&format!("{theirs}/time")).await;
    let (to, mut form) = other.first_slot();
    let start = |form: &[(String, String)]| form.iter().find(|f| f.0 == "start").cloned();
    form.retain(|f| f.0 != "start");
    form.extend(start(&slot));
    other.post(&to, form).await;
    assert!(other.says("Moved to "), "{}", other.words());
    phone.post(&action, slot).await;
    assert_eq!(phone.status(), 409);
    assert!(phone.says("Choose another time"), "{}", phone.words());
    let (action, slot) = phone.first_slot();
    phone.post(&action, slot).await;
    assert!(phone.says("Moved to "), "{}", phone.words());
}

/// A visit of somebody else, for the same reason with the same person.
fn next_visit_like(world: &World, visit: &Appointment) -> Appointment {
    let now = world.in_hours(0);
    let all = |rows: &anteroom::store::Reader| rows.all(&anteroom::store::schema::APPOINTMENTS);
    let like = |v: &Appointment| {
        v.patient != visit.patient
            && v.service == visit.service
            && v.practitioner == visit.practitioner
            && v.status.is_open()
            && v.start > now + jiff::SignedDuration::from_hours(72)
    };
    let all = world.clinic.store.read(all).unwrap();
    all.into_iter()
        .find(like)
        .expect("a visit of somebody else")
}

#[tokio::test]
async fn every_mail_about_a_visit_keeps_its_link() {
    let world = World::new();
    let visit = next_visit(&world, world.seeded.amira);
    let (first, second) = (
        link(&world, &visit, "booked"),
        link(&world, &visit, "reminder"),
    );
    let mut phone = world.browser();
    phone.visit(&first).await;
    phone.press("Yes, I will come").await;
    assert!(
        phone.says("You told us that you will come."),
        "{}",
        phone.words()
    );
    phone.visit(&second).await;
    assert!(phone.says("You told us that you will come."));
    phone.follow("Cancel visit").await;
    phone.press("Cancel the visit").await;
    assert!(phone.says("Your visit is cancelled"), "{}", phone.words());
    phone.visit(&first).await;
    assert!(phone.says("Your visit is cancelled"));
    phone.press("Undo, I want to keep it").await;
    assert!(phone.says("It is as it was before."), "{}", phone.words());
    world
        .clock
        .forward_min((visit.start - world.in_hours(0)).get_minutes().abs() + 60 * 24 * 9);
    phone.visit(&first).await;
    assert_eq!(phone.status(), 404);
    assert!(phone.says("This link does not work any more") && phone.says("Send me a new link"));
    phone.press("Send me a new link").await;
    assert!(phone.says("If we know your address"), "{}", phone.words());
}
