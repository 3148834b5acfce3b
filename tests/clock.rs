//! R11: the clock jumps by a day, forward and back, over the ends of summer time and over 2038. Nobody
//! who was shut out comes in again, no time is given twice, and no reminder goes out twice.

use anteroom::app::booking::{self, Wish};
use anteroom::app::{Caller, sessions};
use anteroom::domain::account::{Actor, Role};
use anteroom::domain::appointment::{Appointment, Status};
use anteroom::domain::id::{Id, ServiceId};
use anteroom::domain::notice::{NoticeKind, NoticeState};
use anteroom::outbox::record::{self, Claim, End};
use anteroom::store::table::Read;
use anteroom::store::{appointments, check, schema};
use anteroom::web::cookies;
use jiff::Timestamp;

use crate::crash::wishes;
use crate::outbox::world::World as Post;
use crate::support::browser::Browser;
use crate::support::{World, people};

const DAY: i64 = 24 * 60;

/// The token of who is signed in.
fn token(browser: &Browser, name: &str) -> String {
    browser.cookies()[name].clone()
}

fn is_in(world: &World, token: &str) -> bool {
    let known = sessions::resolve(&world.clinic, token).expect("a read");
    known.is_some_and(|k| !k.is_locked)
}

#[tokio::test]
async fn a_screen_that_locked_stays_locked_when_the_clock_goes_back() {
    let world = World::new();
    let desk = world.signed_in(Role::FrontDesk).await;
    let desk = token(&desk, cookies::STAFF);
    assert!(is_in(&world, &desk));
    world.clock.forward_min(11);
    assert!(!is_in(&world, &desk), "nobody used it");
    world.clock.forward_min(-11);
    assert!(!is_in(&world, &desk), "it stays locked");
    // And one that was used does not stay open for a day and ten minutes.
    let owner = world.signed_in(Role::Owner).await;
    let owner = token(&owner, cookies::STAFF);
    world.clock.forward_min(2);
    assert!(is_in(&world, &owner));
    world.clock.forward_min(-DAY);
    assert!(!is_in(&world, &owner));
}

#[tokio::test]
async fn a_session_that_ended_is_not_revived() {
    let world = World::new();
    let amira = world.amira().await;
    let amira = token(&amira, cookies::PATIENT);
    world.clock.forward_min(91 * DAY);
    assert!(!is_in(&world, &amira), "90 days are over");
    world.clock.forward_min(-91 * DAY);
    assert!(!is_in(&world, &amira), "they stay over");
    // A session of a day that turned out not to be: it does not live a day longer than others.
    let early = people::sign_in(&world.clinic, world.seeded.parent_login);
    assert!(is_in(&world, &early));
    world.clock.forward_min(-DAY);
    assert!(!is_in(&world, &early));
    world.clock.forward_min(DAY);
    assert!(!is_in(&world, &early), "refused once is refused");
    // A second that the time server takes back disturbs nobody.
    let steady = people::sign_in(&world.clinic, world.seeded.amira_login);
    world.clock.forward_min(-1);
    assert!(is_in(&world, &steady));
}

/// Whether any two visits of one practitioner, or a visit and itself, overlap.
fn doubled(world: &World) -> Option<(Appointment, Appointment)> {
    let all: Vec<Appointment> = world
        .clinic
        .store
        .read(|rows| rows.all(&schema::APPOINTMENTS))
        .expect("a read");
    let taking: Vec<&Appointment> = all
        .iter()
        .filter(|a| a.status != Status::Cancelled && a.overbooked.is_none())
        .collect();
    for (n, one) in taking.iter().enumerate() {
        for other in taking.iter().skip(n + 1) {
            let same = one.practitioner == other.practitioner;
            if same && one.start < other.end() && other.start < one.end() {
                return Some(((*one).clone(), (*other).clone()));
            }
        }
    }
    None
}

/// Books a time as a patient's phone does; whether it was given.
fn book(world: &World, caller: &Caller, (service, value): &(ServiceId, String)) -> bool {
    let (start, whom) = value.split_once('.').expect("a time");
    let start = Timestamp::from_second(start.parse().expect("seconds")).expect("a time");
    let wish = Wish {
        service: *service,
        practitioner: Some(whom.parse().expect("an id")),
        start,
    };
    let Ok(hold) = booking::hold(&world.clinic, caller, wish) else {
        return false;
    };
    booking::book(&world.clinic, caller, hold.id, "").is_ok()
}

#[tokio::test]
async fn no_time_is_given_twice_and_none_is_lost_when_the_clock_jumps() {
    let world = World::new();
    let phones: Vec<Caller> = people::phones(&world.clinic, 12)
        .into_iter()
        .map(|(_, token)| {
            let known = sessions::resolve(&world.clinic, &token).expect("a read");
            let known = known.expect("signed in");
            Caller {
                actor: Actor::of(&known.login),
                request: 1,
            }
        })
        .collect();
    let (mut given, mut refused) = (0, 0);
    for (n, jump) in [0, DAY, -DAY, -DAY, DAY, 9, -9, 60, -60]
        .into_iter()
        .enumerate()
    {
        world.clock.forward_min(jump);
        let all = wishes(&world.clinic);
        assert!(
            !all.is_empty(),
            "times are still offered after a jump of {jump} min"
        );
        let wish = &all[all.len() / 2];
        // Two want the same time; at most one gets it, and somebody gets what is offered.
        let first = book(&world, &phones[n % phones.len()], wish);
        let second = book(&world, &phones[(n + 5) % phones.len()], wish);
        assert!(!(first && second), "given twice after {jump} min");
        given += usize::from(first || second);
        refused += usize::from(!(first && second));
        assert_eq!(doubled(&world), None, "after {jump} min");
    }
    assert!(
        given >= 6 && refused >= 6,
        "{given} given, {refused} refused"
    );
    let report = world.clinic.store.read(|rows| check::check(rows));
    assert_eq!(report.expect("a read").problems, Vec::<String>::new());
}

/// Sends what is due, as the delivery loop does, without a server. How many.
fn deliver(post: &Post) -> usize {
    let due = record::due(&post.clinic, post.now(), 1_000).expect("a read");
    let mut sent = 0;
    for notice in due {
        if record::look(&post.clinic, notice.id)
            .expect("a read")
            .is_none()
        {
            continue;
        }
        if let Claim::Ours(_) = record::claim(&post.clinic, notice.id, &notice.to).expect("a claim")
        {
            sent += 1;
            let end = End::Accepted("250 ok".to_owned());
            record::settle(&post.clinic, notice.id, &end).expect("kept");
        }
    }
    sent
}

#[test]
fn no_reminder_goes_out_twice_and_none_is_lost() {
    let post = Post::new();
    let patient = post.patient("amira@home.example");
    let visit = post.book(&patient, 20);
    // Now and then the clock goes back by a day, or by an hour as at the end of summer time.
    let hour = 3_600;
    let mut sent = 0;
    for step in 0..(21 * 24) {
        post.pass(hour);
        sent += deliver(&post);
        if step % 37 == 0 {
            post.pass(-24 * hour);
            sent += deliver(&post);
            post.pass(25 * hour);
            sent += deliver(&post);
        }
        if step % 11 == 0 {
            post.pass(-hour);
            sent += deliver(&post);
        }
    }
    let all = post.of_visit(visit.id);
    let reminders = all.iter().filter(|n| n.kind.is_reminder()).count();
    assert_eq!(reminders, 2, "a week and two days before");
    let accepted = all
        .iter()
        .filter(|n| n.state == NoticeState::Accepted)
        .count();
    assert_eq!(sent, accepted, "each once");
    assert_eq!(accepted, all.len(), "and each: {all:?}");
    // The visit is moved while the clock is wrong: still each reminder once.
    let moved = post.book(&patient, 20);
    post.pass(-24 * hour);
    post.change_visit(&moved, NoticeKind::Moved);
    post.change_visit(&moved, NoticeKind::Moved);
    let again = post.of_visit(moved.id);
    let of = |kind| again.iter().filter(|n| n.kind == kind).count();
    for kind in again.iter().map(|n| n.kind).filter(|k| k.is_reminder()) {
        assert_eq!(of(kind), 1, "{kind:?}");
    }
}

#[test]
fn years_after_2038_are_years_like_others() {
    let post = Post::new();
    let second: i64 = i64::from(i32::MAX);
    post.pass(second - 12 * 3_600 - post.now().as_second());
    let patient = post.patient("amira@home.example");
    let visits = [
        post.book(&patient, 0),
        post.book(&patient, 1),
        post.book(&patient, 20),
    ];
    assert!(visits[1].start.as_second() > second);
    let found = post.clinic.store.read(|rows| {
        let ahead = appointments::of_patient_from(rows, patient.id, post.now(), 9)?;
        Ok::<_, anteroom::app::Failure>(ahead)
    });
    let found: Vec<_> = found.expect("a read").into_iter().map(|v| v.id).collect();
    assert_eq!(found, visits.map(|v| v.id), "in their order");
    post.pass(19 * 86_400);
    assert!(deliver(&post) >= 2, "reminders of 2038");
    let id: anteroom::domain::id::NoticeId = post.clinic.new_id();
    assert!(
        id.bytes() > visits_bytes(&found),
        "identifiers go on in order"
    );
    let report = post.clinic.store.read(|rows| check::check(rows));
    assert_eq!(report.expect("a read").problems, Vec::<String>::new());
}

fn visits_bytes(ids: &[anteroom::domain::id::AppointmentId]) -> [u8; 16] {
    ids.iter().map(Id::bytes).max().expect("one")
}
