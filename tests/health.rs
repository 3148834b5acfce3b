//! The page about health, the warning on every page, and the figures for programs.

use std::time::Duration;

use anteroom::app::jobs::Job;
use anteroom::domain::account::Role;
use poem::http::Method;

use crate::support::World;

const PAGE: &str = "/staff/settings/health";

#[tokio::test]
async fn an_owner_reads_what_is_well_and_what_needs_a_hand() {
    let world = World::new();
    let mut owner = world.signed_in(Role::Owner).await;
    owner.visit("/staff/settings").await;
    owner.follow("Health").await;
    assert_eq!((owner.path(), owner.status()), (PAGE, 200));
    assert!(owner.says("Nothing is backed up"), "{}", owner.words());
    assert!(owner.says("Nothing runs by itself just now"));
    world
        .clinic
        .job_begins(Job::Cleaning, Duration::from_hours(1));
    world
        .clinic
        .job_ran(Job::Certificate, false, Duration::from_mins(1));
    owner.visit(PAGE).await;
    assert!(owner.says("Cleaning up") && owner.says("Not yet"));
    assert!(owner.says("Did not go well"), "{}", owner.words());
    owner.visit("/staff").await;
    assert!(
        !owner.says("See what to do"),
        "no backup is no alarm on every page"
    );
    // The clock goes back by two hours: what is in the log is still to come.
    world.clinic.store.flush_views();
    world.clock.forward_min(-4);
    owner.visit("/staff").await;
    assert!(!owner.says("The clock of this machine is wrong"));
    world.clock.forward_min(-2);
    let mut owner = world.signed_in(Role::Owner).await;
    owner.visit("/staff").await;
    assert!(
        owner.says("The clock of this machine is wrong"),
        "{}",
        owner.words()
    );
    owner.follow("See what to do").await;
    assert!(owner.says("Set the clock"));
    let mut desk = world.signed_in(Role::FrontDesk).await;
    desk.visit("/staff").await;
    assert!(!desk.says("The clock of this machine is wrong"));
    desk.visit(PAGE).await;
    assert_eq!(desk.status(), 404);
    owner.visit(PAGE).await;
    assert!(owner.says("Set back by"), "{}", owner.words());
    world.clock.forward_min(6 + 120);
    let mut owner = world.signed_in(Role::Owner).await;
    owner.visit(PAGE).await;
    assert!(owner.says("Set forward by"), "{}", owner.words());
}

#[tokio::test]
async fn a_program_needs_the_token_that_was_made_last() {
    let world = World::new();
    let mut owner = world.signed_in(Role::Owner).await;
    let figures = |token: Option<String>| {
        let mut program = world.browser();
        async move {
            let bearer = token.map(|t| format!("Bearer {t}"));
            let headers: Vec<(&str, &str)> = bearer
                .iter()
                .map(|b| ("authorization", b.as_str()))
                .collect();
            let status = program.raw(Method::GET, "/metrics", None, &headers).await;
            (status, program.html())
        }
    };
    assert_eq!(figures(None).await.0, 404);
    assert_eq!(figures(Some(String::new())).await.0, 404);
    owner.visit(PAGE).await;
    owner.press("Make a token").await;
    let shown = owner.words();
    let token = shown.split_once("Bearer ").expect("a token").1;
    let token = token.split_whitespace().next().expect("a token").to_owned();
    let (status, text) = figures(Some(token.clone())).await;
    assert_eq!(status, 200);
    assert!(text.contains("anteroom_build_info{version="), "{text}");
    for patient in ["Haddad", "@", "+44"] {
        assert!(!text.contains(patient), "{patient} in the figures");
    }
    owner.visit(PAGE).await;
    owner.press("Make a new token").await;
    assert_eq!(figures(Some(token)).await.0, 404, "the one before is over");
    owner.visit(PAGE).await;
    owner.press("End the token").await;
    assert!(owner.has_button("Make a token"));
}
