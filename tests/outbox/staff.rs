//! What staff may do with messages.

use anteroom::app::outbox::{self as desk, ByHand, Filter};
use anteroom::app::{Answer, Stop};
use anteroom::domain::account::Role;
use anteroom::domain::notice::NoticeState::{
    Accepted, ByHand as Delivered, Queued, Refused, Stopped, Uncertain,
};
use anteroom::domain::notice::{Notice, NoticeKind};
use anteroom::domain::refusal;
use anteroom::outbox::render;
use anteroom::store::access;
use sha2::{Digest, Sha256};

use super::world::{World, caller};

fn is_refused<T>(answer: &Answer<T>, why: &refusal::Refused) -> bool {
    matches!(answer, Err(Stop::Refused(refused)) if refused == why)
}

#[test]
fn who_may_not_see_the_outbox_finds_none() {
    let world = World::new();
    let id = world.enqueue("ok@mail.example");
    let clinic = &world.clinic;
    let no = refusal::Refused::NotFound;
    for role in [Role::Billing, Role::ReadOnly, Role::Patient] {
        let who = caller(role);
        assert!(is_refused(
            &desk::list(clinic, &who, Filter::default(), None, 9),
            &no
        ));
        assert!(is_refused(&desk::find(clinic, &who, id), &no));
        assert!(is_refused(&desk::counts(clinic, &who), &no));
    }
    for role in [
        Role::Practitioner,
        Role::Billing,
        Role::ReadOnly,
        Role::Patient,
    ] {
        let who = caller(role);
        assert!(is_refused(&desk::stop(clinic, &who, id), &no));
        assert!(is_refused(&desk::send_now(clinic, &who, id), &no));
        assert!(is_refused(&desk::retry(clinic, &who, id, true), &no));
        assert!(is_refused(
            &desk::record_by_hand(clinic, &who, id, ByHand::Copied),
            &no
        ));
    }
    assert_eq!(world.state(id), Queued);
    let seen = desk::list(
        clinic,
        &caller(Role::Practitioner),
        Filter::default(),
        None,
        9,
    );
    assert_eq!(seen.unwrap().notices.len(), 1);
}

#[test]
fn a_message_is_read_without_its_link_and_code() {
    let world = World::new();
    let mut notice = world.plain_notice("ok@mail.example");
    notice.kind = NoticeKind::SignIn;
    notice.token = Some("a-secret-token".into());
    notice.code = Some("814263".into());
    world.keep(&notice);
    let read = |mask| {
        let who = caller(Role::FrontDesk);
        let material = desk::material(&world.clinic, &who, notice.id, mask).unwrap();
        render::plain(&render::letter(&material))
    };
    let masked = read(Some("••••••"));
    assert!(masked.contains("••••••"), "{masked}");
    assert!(
        !masked.contains("814263") && !masked.contains("a-secret-token"),
        "{masked}"
    );
    // Only the demonstration asks for all of it.
    let whole = read(None);
    assert!(whole.contains("814263") && whole.contains("a-secret-token"));
    for role in [Role::Billing, Role::ReadOnly, Role::Patient] {
        let refused = desk::material(&world.clinic, &caller(role), notice.id, None);
        assert!(is_refused(&refused, &refusal::Refused::NotFound));
    }
}

#[test]
fn the_list_is_paged_and_filtered_and_shows_no_secrets() {
    let world = World::new();
    let who = caller(Role::FrontDesk);
    let mut all: Vec<Notice> = Vec::new();
    for n in 0..7 {
        world.pass(1);
        let mut notice = world.plain_notice(&format!("ok{n}@mail.example"));
        notice.token = Some("secret".into());
        notice.code = Some("123456".into());
        notice.state = [Queued, Refused, Uncertain, Accepted][n % 4];
        world.keep(&notice);
        all.push(notice);
    }
    all.reverse();
    let mut seen = Vec::new();
    let mut before = None;
    loop {
        let page = desk::list(&world.clinic, &who, Filter::default(), before, 3).unwrap();
        assert!(page.notices.len() <= 3);
        seen.extend(page.notices);
        match page.next {
            Some(next) => before = Some(next),
            None => break,
        }
    }
    let ids = |list: &[Notice]| list.iter().map(|n| n.id).collect::<Vec<_>>();
    assert_eq!(ids(&seen), ids(&all));
    assert!(seen.iter().all(|n| n.token.is_none() && n.code.is_none()));
    for state in [Queued, Refused, Uncertain, Accepted] {
        let filter = Filter {
            state: Some(state),
            ..Filter::default()
        };
        let page = desk::list(&world.clinic, &who, filter, None, 50).unwrap();
        let wanted: Vec<Notice> = all.iter().filter(|n| n.state == state).cloned().collect();
        assert_eq!(ids(&page.notices), ids(&wanted), "{state:?}");
    }
    let filter = Filter {
        needs_a_look: true,
        ..Filter::default()
    };
    let page = desk::list(&world.clinic, &who, filter, None, 2).unwrap();
    assert_eq!((page.notices.len(), page.next.is_some()), (2, true));
    let rest = desk::list(&world.clinic, &who, filter, page.next, 2).unwrap();
    assert_eq!((rest.notices.len(), rest.next), (2, None));
    assert_eq!(desk::counts(&world.clinic, &who).unwrap().need_a_look, 4);
}

#[test]
fn stop_send_now_and_retry() {
    let world = World::new();
    let who = caller(Role::FrontDesk);
    let clinic = &world.clinic;
    let amira = world.patient("old@mail.example");
    let visit = world.book(&amira, 20);
    let booked = world.one(visit.id, NoticeKind::Booked).id;
    let sent = desk::send_now(clinic, &who, booked).unwrap();
    assert_eq!((sent.state, sent.next_at), (Queued, world.now()));
    assert_eq!(desk::stop(clinic, &who, booked).unwrap().state, Stopped);
    let changed = refusal::Refused::Changed;
    assert!(is_refused(&desk::stop(clinic, &who, booked), &changed));
    assert!(is_refused(&desk::send_now(clinic, &who, booked), &changed));
    assert!(is_refused(
        &desk::retry(clinic, &who, booked, true),
        &changed
    ));

    let reminder = world.one(visit.id, NoticeKind::Reminder7);
    world.keep(&reminder.become_(Refused, "550 No", world.now()));
    let mut corrected = amira.clone();
    corrected.email = Some("new@mail.example".try_into().unwrap());
    world.keep_patient(&corrected);
    let again = desk::retry(clinic, &who, reminder.id, false).unwrap();
    assert_eq!((again.state, again.attempts), (Queued, 0));
    assert_eq!(again.to, "new@mail.example");
}

#[test]
fn what_is_delivered_by_hand_carries_a_link_of_its_own() {
    let world = World::new();
    let who = caller(Role::FrontDesk);
    let amira = world.patient("amira@mail.example");
    let visit = world.book(&amira, 20);
    let booked = world.one(visit.id, NoticeKind::Booked).id;
    let material = desk::record_by_hand(&world.clinic, &who, booked, ByHand::Sms).unwrap();
    let notice = world.notice(booked);
    assert_eq!((notice.state, notice.reply.as_str()), (Delivered, "sms"));
    let text = render::short(&material);
    let token = material.token.unwrap();
    let wanted = format!(
        "Riverside Clinic: your visit is on Sun 13 Dec at 2pm.\n\
         Confirm, move or cancel: https://riverside.example:8443/v/{token}"
    );
    assert_eq!(text, wanted);
    let key: [u8; 32] = Sha256::digest(token.as_bytes()).into();
    let link = world.clinic.store.read(|rows| access::link(rows, &key));
    assert_eq!(link.unwrap().unwrap().expires_at, visit.start);
    assert_eq!(
        render::sms("+447700900123", &text)
            .split_once('?')
            .unwrap()
            .0,
        "sms:+447700900123"
    );

    world.pass(5);
    let kind = NoticeKind::Reminder2;
    desk::write_by_hand(&world.clinic, &who, visit.id, kind, ByHand::Copied).unwrap();
    let about = world.of_visit(visit.id);
    assert!(
        about
            .iter()
            .any(|n| n.kind == kind && n.state == Delivered && n.to.is_empty())
    );
}
