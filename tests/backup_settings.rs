//! Backups as the owner sees them: the sheet on paper, then the places and the schedule, then what
//! came of it; and what everybody else does not see.

use std::fs;

use anteroom::app::people::console;
use anteroom::app::{Store, backups};
use anteroom::domain::account::{Role, Totp};
use anteroom::domain::audit::{Action, AuditEvent};
use anteroom::domain::backup::plan::Destination;
use anteroom::store::table::Read;
use anteroom::store::{access, schema};

use crate::support::World;
use crate::support::browser::Browser;

const PAGE: &str = "/staff/settings/backups";

/// What the log says about a kind of deed, in its own words.
fn said_in_log(world: &World, detail: &str) -> usize {
    let all = world.clinic.store.read(|rows| rows.all(&schema::AUDIT));
    let all: Vec<AuditEvent> = all.expect("the log");
    all.iter().filter(|e| e.detail == detail).count()
}

/// The form of the schedule, with other answers.
async fn decide(owner: &mut Browser, answers: &[(&str, &str)]) {
    owner.visit(PAGE).await;
    let (path, mut pairs) = owner.form_of("Save");
    assert_eq!(path, PAGE);
    pairs.retain(|(name, _)| !answers.iter().any(|(n, _)| n == name));
    pairs.extend(
        answers
            .iter()
            .filter(|(_, value)| *value != "-")
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned())),
    );
    owner.post(PAGE, pairs).await;
}

#[allow(clippy::too_many_lines, reason = "one story, told in order")]
#[tokio::test]
async fn the_owner_sets_backups_up_and_hears_when_one_fails() {
    let dir = tempfile::tempdir().expect("a directory");
    let data = dir.path().join("clinic");
    let world = World::seeded_in(Store::open(&data, 4 << 20).expect("a store"));
    let clinic = &world.clinic;
    let mut owner = world.signed_in(Role::Owner).await;
    owner.visit("/staff/settings").await;
    owner.follow("Backups").await;
    assert_eq!(owner.path(), PAGE);
    assert!(
        owner.says("There is no place for backups yet"),
        "{}",
        owner.words()
    );
    assert!(!owner.has_button("Back up now") && !owner.has_button("Save"));

    // An administrator adds a place.
    let usb = dir.path().join("usb");
    let to = Destination::Directory(usb.to_str().expect("a path").to_owned());
    backups::prepare(&to, &data).expect("a place");
    backups::add(clinic, &console("test"), "usb", to).expect("added");
    owner.visit(PAGE).await;
    assert!(owner.says("None proven yet"), "{}", owner.words());
    assert!(!owner.has_button("Back up now"), "nobody could open it");
    assert_eq!(backups::run_due(clinic).expect("a look"), 0);

    // The key is behind no address: only the answer to the form carries it.
    owner.fill("Test word", "nonsense");
    owner.press("Check the word").await;
    assert_eq!(owner.status(), 422);
    assert!(owner.says("This is not the word on the sheet"));
    assert!(
        owner.html().contains("value=\"nonsense\""),
        "typed text is kept"
    );
    owner.visit(PAGE).await;
    assert!(!owner.html().contains("AGE-SECR"));
    owner.press("Show the sheet to print it").await;
    assert_eq!(owner.status(), 200);
    assert_eq!(owner.header("cache-control"), "no-store");
    let key = backups::recovery_key(clinic).expect("a key");
    let shown: String = owner.words().split_whitespace().collect();
    assert!(shown.contains(&key.text()), "{}", owner.words());
    assert!(owner.says(&key.test_word()) && owner.html().contains("class=\"qr\""));
    assert_eq!(
        said_in_log(&world, "recovery key"),
        2,
        "each time it was taken out"
    );
    owner.visit(PAGE).await;
    owner.fill(
        "Test word",
        &format!(" {} ", key.test_word().to_uppercase()),
    );
    owner.press("Check the word").await;
    assert_eq!(owner.status(), 200, "{}", owner.words());
    assert!(owner.says("You have it on paper"), "{}", owner.words());
    assert_eq!(said_in_log(&world, "recovery sheet checked"), 1);

    // What is wrong is said, and what was typed is kept.
    decide(
        &mut owner,
        &[
            ("schedule", "daily"),
            ("time", "half past"),
            ("weeks", "many"),
        ],
    )
    .await;
    assert_eq!(owner.status(), 422);
    assert!(owner.says("Enter a time like 01:30") && owner.says("Enter a number from 0 to 999"));
    assert!(
        owner.html().contains("value=\"half past\"") && owner.html().contains("value=\"many\"")
    );
    decide(&mut owner, &[("schedule", "sometimes")]).await;
    assert_eq!(owner.status(), 400);
    decide(
        &mut owner,
        &[("schedule", "1"), ("hours", "2"), ("target", "-")],
    )
    .await;
    assert_eq!(owner.status(), 200, "{}", owner.words());
    assert!(!clinic.backups.known().targets[0].chosen);
    decide(&mut owner, &[("target", "usb")]).await;
    assert!(clinic.backups.known().targets[0].chosen);
    assert_eq!(clinic.backups.known().plan.keep.hours, 2);

    owner.visit(PAGE).await;
    owner.press("Back up now").await;
    assert_eq!(owner.path(), PAGE);
    assert!(
        owner.says("A backup begins in a moment"),
        "{}",
        owner.words()
    );
    assert_eq!(backups::run_due(clinic).expect("a backup"), 1);
    owner.follow("Look again").await;
    assert!(
        owner.says("Proven less than 1 hour ago"),
        "{}",
        owner.words()
    );
    assert!(owner.has_button("Back up now"));
    assert_eq!(said_in_log(&world, "backup asked for"), 1);
    assert_eq!(said_in_log(&world, "backup proven"), 1);

    // The stick is pulled out: every page of the owner says so, nobody else's does.
    let alarm = "The last backup to usb failed";
    owner.visit("/staff").await;
    assert!(!owner.says(alarm));
    fs::rename(&usb, dir.path().join("drawer")).expect("gone");
    world.clock.forward_min(3 * 60);
    assert_eq!(backups::run_due(clinic).expect("a try"), 1);
    let mut owner = world.signed_in(Role::Owner).await;
    owner.visit("/staff/calendar").await;
    assert!(owner.says(alarm), "{}", owner.words());
    owner.follow("See what to do").await;
    assert_eq!(owner.path(), PAGE);
    assert!(owner.says("The disk is not there"), "{}", owner.words());
    assert!(owner.says("Proven 3 hours ago"), "{}", owner.words());
    for role in [Role::FrontDesk, Role::Practitioner] {
        let mut other = world.signed_in(role).await;
        other.visit("/staff").await;
        assert_eq!(other.status(), 200);
        assert!(!other.says(alarm), "{role:?}");
        other.visit(PAGE).await;
        assert_eq!(other.status(), 404);
    }
    fs::rename(dir.path().join("drawer"), &usb).expect("back");
    world.clock.forward_min(10);
    assert_eq!(backups::run_due(clinic).expect("a backup"), 1);
    owner.visit("/staff").await;
    assert!(!owner.says(alarm));
}

#[tokio::test]
async fn an_owner_with_an_app_proves_again_before_the_key_is_shown() {
    let world = World::new();
    let mut owner = world.signed_in(Role::Owner).await;
    let staff = world.clinic.store.read(|rows| access::staff(rows));
    let mut login = staff
        .expect("accesses")
        .into_iter()
        .find(|l| l.role == Role::Owner)
        .expect("the owner");
    login.totp = Some(Totp {
        secret: vec![7; 20],
        last_step: 0,
        confirmed: true,
    });
    let cause = world.clinic.own_cause("test", Action::LoginChange);
    let kept = world
        .clinic
        .store
        .write(cause, move |tx| Ok(tx.put(&login)?));
    kept.expect("an app");
    owner.visit(PAGE).await;
    owner.press("Show the sheet to print it").await;
    assert!(owner.html().contains("AGE-SECR"), "a fresh proof is enough");
    owner.visit(PAGE).await;
    let (path, pairs) = owner.form_of("Show the sheet to print it");
    // At work all the time, so the screen is not locked.
    for _ in 0..2 {
        world.clock.forward_min(8);
        owner.visit(PAGE).await;
        assert_eq!(owner.path(), PAGE);
    }
    owner.post(&path, pairs).await;
    assert!(!owner.html().contains("AGE-SECR"), "{}", owner.html());
    assert!(owner.path().starts_with("/staff/lock"), "{}", owner.path());
}
