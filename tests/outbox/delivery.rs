//! What becomes of a message, whatever the mail server does.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use anteroom::app::Stop;
use anteroom::app::outbox as desk;
use anteroom::domain::account::Role;
use anteroom::domain::notice::NoticeState::{
    Accepted, Queued, Refused, Sending, Suppressed, Uncertain,
};
use anteroom::domain::notice::{NoticeKind, NoticeState};
use anteroom::domain::patient::PatientState;
use anteroom::domain::refusal;
use anteroom::domain::settings::MailSecurity;
use anteroom::store::notices;

use super::peer::{Peer, server};
use super::world::{World, at, caller, options};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_message_goes_out_once() {
    let peer = Peer::start();
    let world = World::with_mail(peer.server());
    let ids: Vec<_> = (0..40)
        .map(|n| world.enqueue(&format!("ok{n}@mail.example")))
        .collect();
    let running = world.start();
    world
        .until("all are out", |w| {
            ids.iter().all(|id| w.state(*id) == Accepted)
        })
        .await;
    world.pass(86_400);
    world.a_while().await;
    running.end().await;

    let mails = peer.mails();
    let names: BTreeSet<String> = mails
        .iter()
        .map(|m| m.header("Message-ID").unwrap())
        .collect();
    let wanted: BTreeSet<String> = ids
        .iter()
        .map(|id| format!("<{id}@riverside.example>"))
        .collect();
    assert_eq!(names, wanted);
    assert_eq!(mails.len(), ids.len(), "none twice");
    for id in ids {
        let notice = world.notice(id);
        assert_eq!(notice.reply, "250 2.0.0 Taken as 4711");
        assert_eq!(notice.attempts, 1);
    }
    assert!(
        mails
            .iter()
            .all(|m| m.from == "desk@riverside.example" && m.to.len() == 1)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_servers_words_are_kept_and_decide() {
    let peer = Peer::start();
    let world = World::with_mail(peer.server());
    let cases = [
        (
            "refuse@mail.example",
            Refused,
            "550 5.1.1 No such user here",
        ),
        (
            "later@mail.example",
            Queued,
            "451 4.7.1 Greylisted, come back later",
        ),
        ("full@mail.example", Queued, "452 4.2.2 Mailbox full"),
        (
            "spam@mail.example",
            Refused,
            "554 5.7.1 We do not like this",
        ),
    ];
    let ids = cases.map(|(to, _, _)| world.enqueue(to));
    let running = world.start();
    world
        .until("all were tried", |w| {
            ids.iter().all(|id| w.notice(*id).attempts == 1)
        })
        .await;
    for (id, (to, state, reply)) in ids.into_iter().zip(cases) {
        let notice = world.notice(id);
        assert_eq!(
            (notice.state, notice.reply.as_str()),
            (state, reply),
            "{to}"
        );
    }
    let later = world.notice(ids[1]);
    assert_eq!(later.next_at, at(world.now().as_second() + 60));
    world.a_while().await;
    assert_eq!(world.notice(ids[1]).attempts, 1, "not before its time");
    world.pass(60);
    world
        .until("it is tried again", |w| w.notice(ids[1]).attempts == 2)
        .await;
    let again = world.notice(ids[1]);
    assert_eq!(again.next_at, at(world.now().as_second() + 120));
    assert_eq!(world.notice(ids[0]).attempts, 1, "no is no");
    running.end().await;
    assert!(peer.mails().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_given_up_after_two_days_of_not_now() {
    let peer = Peer::start();
    let world = World::with_mail(peer.server());
    let id = world.enqueue("later@mail.example");
    let running = world.start();
    let mut days = 0;
    for attempts in 1..=16 {
        world
            .until("it is tried", |w| w.notice(id).attempts == attempts)
            .await;
        let left = world.notice(id).next_at.as_second() - world.now().as_second();
        world.pass(left.max(0));
        days += left.max(0);
    }
    running.end().await;
    let notice = world.notice(id);
    assert_eq!(notice.state, Refused);
    assert_eq!(notice.reply, "451 4.7.1 Greylisted, come back later");
    assert!((40 * 3_600..60 * 3_600).contains(&days), "{days} s");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bad_recipient_holds_up_nobody() {
    let peer = Peer::start();
    let world = World::with_mail(peer.server());
    let hanging = [1, 2, 3].map(|n| world.enqueue(&format!("hang{n}@mail.example")));
    let refused = world.enqueue("refuse@mail.example");
    let good: Vec<_> = (0..10)
        .map(|n| world.enqueue(&format!("ok{n}@mail.example")))
        .collect();
    let mut options = options();
    options.at_once = 4;
    let began = Instant::now();
    let running = world.start_with(options.clone());
    world
        .until("the good are out", |w| {
            good.iter().all(|id| w.state(*id) == Accepted)
        })
        .await;
    assert!(
        began.elapsed() < options.patience.command,
        "{:?}",
        began.elapsed()
    );
    assert_eq!(world.state(refused), Refused);
    world
        .until("the hanging were given up for now", |w| {
            hanging.iter().all(|id| w.notice(*id).attempts == 1)
        })
        .await;
    for id in hanging {
        assert_eq!(world.state(id), Queued, "nothing of it was handed over");
    }
    running.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_broke_inside_the_text_is_uncertain_and_waits_for_a_person() {
    let peer = Peer::start();
    let world = World::with_mail(peer.server());
    let middle = world.enqueue("drop-middle@mail.example");
    let end = world.enqueue("drop-end@mail.example");
    let running = world.start();
    world
        .until("both are uncertain", |w| {
            w.state(middle) == Uncertain && w.state(end) == Uncertain
        })
        .await;
    assert!(!world.notice(middle).reply.is_empty());
    world.pass(7 * 86_400);
    world.a_while().await;
    running.end().await;
    let running = world.start();
    world.a_while().await;
    assert_eq!(
        peer.mails().len(),
        1,
        "one had arrived, and is not sent again"
    );
    assert_eq!(
        (world.state(middle), world.state(end)),
        (Uncertain, Uncertain)
    );

    let desk_person = caller(Role::FrontDesk);
    let refused = desk::retry(&world.clinic, &desk_person, end, false);
    assert!(matches!(
        refused,
        Err(Stop::Refused(refusal::Refused::Changed))
    ));
    desk::retry(&world.clinic, &desk_person, end, true).unwrap();
    world
        .until("it went out again", |_| peer.mails().len() == 2)
        .await;
    running.end().await;
    let names: BTreeSet<_> = peer
        .mails()
        .iter()
        .map(|m| m.header("Message-ID"))
        .collect();
    assert_eq!(names.len(), 1, "a second copy can be recognised as one");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_dead_process_was_sending_is_uncertain() {
    let peer = Peer::start();
    let dir = tempfile::TempDir::new().unwrap();
    let (claimed, waiting) = {
        let world = World::in_directory(dir.path());
        let claimed = world.plain_notice("ok1@mail.example");
        world.keep(&claimed.become_(Sending, "", world.now()));
        let mut waiting = world.plain_notice("ok2@mail.example");
        waiting.attempts = 1;
        world.keep(&waiting);
        world.clinic.store.close();
        (claimed.id, waiting.id)
    };
    let world = World::in_directory(dir.path());
    world.set(|s| s.mail = Some(peer.server()));
    let running = world.start();
    world
        .until("the waiting one is out", |w| w.state(waiting) == Accepted)
        .await;
    world.a_while().await;
    running.end().await;
    assert_eq!(world.state(claimed), Uncertain);
    let to: Vec<_> = peer.mails().into_iter().flat_map(|m| m.to).collect();
    assert_eq!(to, ["ok2@mail.example"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_down_loses_nothing() {
    let port = {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        free.local_addr().unwrap().port()
    };
    let world = World::with_mail(server(port, MailSecurity::Plain, None));
    let ids: Vec<_> = (0..5)
        .map(|n| world.enqueue(&format!("ok{n}@mail.example")))
        .collect();
    let since = world.now();
    let running = world.start();
    world
        .until("all were tried", |w| {
            ids.iter().all(|id| w.notice(*id).attempts > 0)
        })
        .await;
    world.pass(5 * 60);
    world.a_while().await;
    assert!(ids.iter().all(|id| world.state(*id) == Queued));
    let counts = desk::counts(&world.clinic, &caller(Role::FrontDesk)).unwrap();
    assert_eq!((counts.late, counts.need_a_look), (5, 0));
    let (waiting, said) = counts.waiting_since.unwrap();
    assert_eq!(waiting, since);
    assert!(said.to_lowercase().contains("refused"), "{said}");

    let peer = Peer::with(&["--port", &port.to_string()]);
    world.pass(6 * 3_600);
    world
        .until("all are out", |w| {
            ids.iter().all(|id| w.state(*id) == Accepted)
        })
        .await;
    running.end().await;
    assert_eq!(peer.mails().len(), 5);
    let counts = desk::counts(&world.clinic, &caller(Role::FrontDesk)).unwrap();
    assert_eq!((counts.late, counts.waiting_since), (0, None));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_server_and_in_the_demonstration_mail_stays() {
    let peer = Peer::start();
    let world = World::new();
    let id = world.enqueue("ok@mail.example");
    let running = world.start();
    world.a_while().await;
    assert_eq!((world.state(id), world.notice(id).attempts), (Queued, 0));
    running.end().await;

    world.set(|s| s.mail = Some(peer.server()));
    let sending = world
        .plain_notice("ok2@mail.example")
        .become_(Sending, "", world.now());
    world.keep(&sending);
    let mut demo = options();
    demo.deliver = false;
    let running = world.start_with(demo);
    world.a_while().await;
    running.end().await;
    assert_eq!(
        (world.state(id), world.state(sending.id)),
        (Queued, Sending)
    );
    assert!(peer.mails().is_empty());

    let running = world.start();
    world.until("it leaves", |w| w.state(id) == Accepted).await;
    running.end().await;
}

#[test]
fn the_same_message_is_written_down_once() {
    let world = World::new();
    let notice = world.plain_notice("ok@mail.example");
    let mut same = notice.clone();
    same.id = world.clinic.new_id();
    let mut later = same.clone();
    later.due = at(world.now().as_second() + 1);
    let new = world.write(move |tx| {
        Ok([
            notices::enqueue(tx, &notice)?,
            notices::enqueue(tx, &same)?,
            notices::enqueue(tx, &later)?,
        ])
    });
    assert_eq!(new, [true, false, true]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_is_told_after_three_minutes_unless_it_is_taken_back() {
    let peer = Peer::start();
    let world = World::with_mail(peer.server());
    let amira = world.patient("ok@mail.example");
    let kept = world.book(&amira, 20);
    let taken_back = world.book(&amira, 21);
    let running = world.start();
    world.pass(179);
    world.a_while().await;
    assert!(peer.mails().is_empty(), "held for three minutes");
    let gone = taken_back
        .cancel(
            anteroom::domain::appointment::Doer::Patient,
            "",
            false,
            world.now(),
        )
        .unwrap();
    let quiet = gone.clone();
    let pen = anteroom::app::notices::Pen::new(&world.clinic);
    world.write(move |tx| {
        anteroom::store::appointments::put(tx, &quiet)?;
        Ok(pen.visit_changed(tx, &quiet, NoticeKind::Cancelled, false)?)
    });
    world.pass(1);
    world
        .until("it is told", |w| {
            w.one(kept.id, NoticeKind::Booked).state == Accepted
        })
        .await;
    world.a_while().await;
    assert_eq!(peer.mails().len(), 1);
    assert!(
        world
            .of_visit(gone.id)
            .iter()
            .all(|n| n.state == Suppressed)
    );

    // Seven and two days before, in London's time.
    world.pass(18 * 86_400 + 6 * 3_600);
    world
        .until("both reminders were decided", |w| {
            let state = |kind| w.one(kept.id, kind).state;
            state(NoticeKind::Reminder7) == Accepted && state(NoticeKind::Reminder2) == Accepted
        })
        .await;
    running.end().await;
    assert_eq!(peer.mails().len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reminder_that_is_no_longer_right_is_not_sent() {
    let peer = Peer::start();
    let world = World::with_mail(peer.server());
    let mut deceased = world.patient("ok1@mail.example");
    let mut silent = world.patient("ok2@mail.example");
    let moved = world.patient("ok3@mail.example");
    let visits = [&deceased, &silent, &moved].map(|p| world.book(p, 5));
    for visit in &visits {
        let told = world.one(visit.id, NoticeKind::Booked);
        world.keep(&told.become_(NoticeState::Stopped, "", world.now()));
    }
    deceased.state = PatientState::Deceased { on: None };
    silent.reminders = false;
    world.keep_patient(&deceased);
    world.keep_patient(&silent);
    // Moved behind the outbox's back: the revision no longer fits.
    let mut elsewhere = visits[2].clone();
    elsewhere.sequence += 1;
    world.write(move |tx| Ok(anteroom::store::appointments::put(tx, &elsewhere)?));
    let running = world.start();
    world.pass(4 * 86_400);
    world
        .until("all are suppressed", |w| {
            visits
                .iter()
                .all(|v| w.one(v.id, NoticeKind::Reminder2).state == Suppressed)
        })
        .await;
    running.end().await;
    assert!(peer.mails().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_can_be_slipped_into_a_mail() {
    let peer = Peer::start();
    let world = World::with_mail(peer.server());
    let recipients = [
        "ok@mail.example\r\nRCPT TO:<thief@mail.example>",
        "ok@mail.example>\r\nDATA\r\nBcc: thief@mail.example",
        "ok@mail.example\nBcc: thief@mail.example",
        "ok@mail.example, thief@mail.example",
        "ok\0@mail.example",
    ];
    let ids = recipients.map(|to| world.enqueue(to));
    let running = world.start();
    world
        .until("all are refused", |w| {
            ids.iter().all(|id| w.state(*id) == Refused)
        })
        .await;
    world.set(|s| s.profile.name = "Riverside\r\nBcc: thief@mail.example".into());
    let named = world.enqueue("ok7@mail.example");
    world
        .until("the name is refused", |w| w.state(named) == Refused)
        .await;
    // A name that only looks like an address stays a name.
    world.set(|s| s.profile.name = "Riverside\" <thief@mail.example>, \"x".into());
    let odd = world.enqueue("ok8@mail.example");
    world.until("it is out", |w| w.state(odd) == Accepted).await;
    running.end().await;
    let mails = peer.mails();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].to, ["ok8@mail.example"]);
    assert_eq!(mails[0].header("Bcc"), None);
    let from = mails[0].header("From").unwrap();
    assert!(from.ends_with("<desk@riverside.example>"), "{from}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stopping_finishes_what_is_being_handed_over_and_nothing_else() {
    let peer = Peer::start();
    let world = World::with_mail(peer.server());
    let slow = world.enqueue("slow@mail.example");
    let hanging = world.enqueue("hang@mail.example");
    let running = world.start();
    world
        .until("the text is handed over", |w| {
            w.state(slow) == Sending && !peer.mails().is_empty()
        })
        .await;
    let began = Instant::now();
    running.end().await;
    assert!(
        began.elapsed() < Duration::from_millis(1_900),
        "{:?}",
        began.elapsed()
    );
    assert_eq!(world.state(slow), Accepted);
    assert_eq!(
        (world.state(hanging), world.notice(hanging).attempts),
        (Queued, 0)
    );
}
