//! A clinic that has no mail server yet promises no mail.

use std::time::Duration;

use anteroom::app::jobs::Job;
use anteroom::domain::account::Role;
use anteroom::domain::audit::Action;
use anteroom::domain::settings::{MailSecurity, MailServer};
use anteroom::store::settings;

use crate::support::World;
use crate::support::browser::Browser;

/// A clinic whose messages are delivered, as soon as there is a server for them.
fn world() -> World {
    let world = World::new();
    world
        .clinic
        .job_begins(Job::Delivery, Duration::from_secs(5));
    world
}

fn set_up_mail(world: &World) {
    let mut kept = world.clinic.current().settings.clone();
    kept.mail = Some(MailServer {
        host: "localhost".into(),
        port: 25,
        security: MailSecurity::Plain,
        login: None,
        from: "desk@riverside.example".try_into().expect("an address"),
    });
    let cause = world.clinic.own_cause("test", Action::Outbox);
    let written = world
        .clinic
        .store
        .write(cause, move |tx| Ok(settings::put(tx, &kept)?));
    written.expect("settings");
}

async fn book(world: &World, amira: &mut Browser) {
    let check_up = world.seeded.services.check_up;
    amira
        .visit(&format!("/visits/new/{check_up}?from=2026-12-07"))
        .await;
    let (action, slot) = amira.first_slot();
    amira.post(&action, slot).await;
    amira.press("Book this time").await;
    assert!(amira.says("You are booked"), "{}", amira.words());
}

#[tokio::test]
async fn a_reminder_is_promised_only_where_it_can_leave() {
    let world = world();
    let mut amira = world.amira().await;
    book(&world, &mut amira).await;
    assert!(amira.says("We send no reminder before this visit."));
    set_up_mail(&world);
    book(&world, &mut amira).await;
    assert!(amira.says("We remind you before the visit."));
}

#[tokio::test]
async fn nobody_waits_for_a_code_that_cannot_come() {
    let world = world();
    let mut someone = world.browser();
    someone.visit("/sign-in").await;
    assert!(
        someone.says("We cannot send you a code by email yet."),
        "{}",
        someone.words()
    );
    assert!(someone.says("I have a code from a letter") && !someone.has_button("Send me a code"));
    let token = "A".repeat(43);
    someone.visit(&format!("/s/{token}")).await;
    assert_eq!(someone.status(), 404);
    assert!(
        !someone.has_button("Send me a new link"),
        "{}",
        someone.words()
    );
    set_up_mail(&world);
    someone.visit("/sign-in").await;
    assert!(someone.has_button("Send me a code"));
    someone.visit(&format!("/s/{token}")).await;
    assert!(
        someone.has_button("Send me a new link"),
        "{}",
        someone.words()
    );
}

#[tokio::test]
async fn what_a_mail_would_have_to_prove_is_not_asked_for() {
    let world = world();
    let mut amira = world.amira().await;
    let told = "We cannot send you an email yet";
    amira.visit("/me/email").await;
    assert!(amira.says(told), "{}", amira.words());
    // Later it would take a code to show that it is her.
    world.clock.forward_min(30);
    amira.visit("/me/phone").await;
    assert!(amira.says(told), "{}", amira.words());
    assert!(!amira.has_button("Send me a code"));
    let mut owner = world.signed_in(Role::Owner).await;
    owner.visit("/staff/people").await;
    assert!(
        !owner.has_button("Send the link by email"),
        "{}",
        owner.words()
    );
    set_up_mail(&world);
    amira.visit("/me/phone").await;
    assert!(amira.has_button("Send me a code"), "{}", amira.words());
    owner.visit("/staff/people").await;
    assert!(
        owner.has_button("Send the link by email"),
        "{}",
        owner.words()
    );
}

#[tokio::test]
async fn the_desk_is_told_to_use_another_way() {
    let world = world();
    let mut desk = world.signed_in(Role::FrontDesk).await;
    let path = format!("/staff/patients/{}", world.seeded.parent);
    for mail in [false, true] {
        desk.visit(&path).await;
        desk.press("Invite again").await;
        let told = "There is no mail server yet. Use one of the other ways.";
        assert_eq!(desk.says(told), !mail, "{}", desk.words());
        assert_eq!(desk.has_button("Send by mail"), mail);
        set_up_mail(&world);
    }
}

#[tokio::test]
async fn who_is_declined_is_named_and_told_where_that_can_leave() {
    for mail in [false, true] {
        let world = world();
        if mail {
            set_up_mail(&world);
        }
        let mut desk = world.signed_in(Role::FrontDesk).await;
        let stranger = world.seeded.stranger;
        desk.visit(&format!("/staff/requests/people/{stranger}/refusal"))
            .await;
        desk.fill("Reason", "We take no new patients now");
        desk.press("Decline").await;
        assert!(desk.says("Declined: Noor van Dijk."), "{}", desk.words());
        assert_eq!(desk.says("We tell them now."), mail);
    }
}
