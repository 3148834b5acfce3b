//! A patient books, moves, confirms and cancels.

use anteroom::app::people::console;
use anteroom::app::practice::{self, ServiceDraft};
use anteroom::domain::account::Role;
use anteroom::web::cookies;
use poem::http::Method;

use crate::support::World;
use crate::support::browser::{Browser, select};

#[tokio::test]
async fn amira_books_again_in_two_taps() {
    let world = World::new();
    let mut amira = world.amira().await;
    assert!(amira.says("Hello Amira"), "{}", amira.words());
    let (action, slot) = amira.first_slot();
    amira.post(&action, slot).await; // the first tap
    assert!(amira.says("Check and book"), "{}", amira.words());
    amira.press("Book this time").await; // the second
    assert!(amira.says("You are booked"), "{}", amira.words());
    amira.visit("/visits").await;
    assert!(amira.says("Coming up"));
}

#[tokio::test]
async fn a_new_reason_takes_four_taps_and_a_note_is_kept() {
    let world = World::new();
    let mut amira = world.amira().await;
    amira.follow("Book something else").await;
    amira.follow("Vaccination").await;
    let (action, slot) = amira.first_slot();
    amira.post(&action, slot).await;
    amira.fill("Anything we should know?", "I am <b>late</b>");
    amira.press("Book this time").await;
    assert!(amira.says("You are booked"));
    assert!(amira.html().contains("I am &lt;b&gt;late&lt;/b&gt;"));
}

#[tokio::test]
async fn a_note_that_is_too_long_is_kept_and_explained() {
    let world = World::new();
    let mut amira = world.amira().await;
    let (action, slot) = amira.first_slot();
    amira.post(&action, slot).await;
    let long = "x".repeat(501);
    amira.fill("Anything we should know?", &long);
    amira.press("Book this time").await;
    assert_eq!(amira.status(), 422);
    assert!(amira.says("There is a problem") && amira.says("Use 500 letters or fewer."));
    assert!(amira.html().contains(&long));
}

#[tokio::test]
async fn a_form_sent_twice_books_once() {
    let world = World::new();
    let mut amira = world.amira().await;
    let (action, slot) = amira.first_slot();
    amira.post(&action, slot).await;
    let (action, form) = amira.form_of("Book this time");
    amira.post(&action, form.clone()).await;
    let first = amira.path().to_owned();
    amira.post(&action, form).await;
    assert_eq!(amira.path(), first);
    assert!(amira.says("You are booked"));
}

#[tokio::test]
async fn she_moves_a_visit_and_takes_it_back() {
    let world = World::new();
    let mut amira = world.amira().await;
    amira.follow("See your visit").await;
    let visit = amira.path().to_owned();
    let before = amira.words();
    amira.follow("Change time").await;
    let (action, slot) = amira.first_slot();
    amira.post(&action, slot).await;
    assert!(amira.says("Moved to "), "{}", amira.words());
    amira.press("Undo").await;
    assert!(amira.says("It is as it was before."), "{}", amira.words());
    amira.visit(&visit).await;
    let when = |words: &str| words.split("When").nth(1).map(|w| w[..40].to_owned());
    assert_eq!(when(&amira.words()), when(&before));
}

#[tokio::test]
async fn a_visit_that_wants_a_yes_wants_it_again_when_it_is_moved() {
    let world = World::new();
    let mut amira = world.amira().await;
    let service = world.seeded.services.new_patient;
    amira
        .visit(&format!("/visits/new/{service}?from=2026-12-07"))
        .await;
    let (action, slot) = amira.first_slot();
    amira.post(&action, slot).await;
    amira.press("Ask for this time").await;
    let visit = amira.path().to_owned();
    let id = visit.rsplit('/').next().expect("an id").to_owned();
    let mut desk = world.signed_in(Role::FrontDesk).await;
    let answer = format!("/staff/requests/visits/{id}/acceptance");
    let accept = async |desk: &mut Browser| {
        desk.visit("/staff/requests").await;
        let page = desk.page();
        let button = select(&format!("form[action=\"{answer}\"] button"));
        let form = page.select(&button);
        let words = form.map(|b| b.text().collect::<String>()).next();
        let words = words.expect("it is among the requests");
        desk.press(&words).await;
    };
    accept(&mut desk).await;
    amira.visit(&visit).await;
    assert!(
        amira.says("Booked") && !amira.says("Waiting for our answer"),
        "{}",
        amira.words()
    );
    let when = |words: &str| words.split("When").nth(1).map(|w| w[..40].to_owned());
    let agreed = when(&amira.words());
    // She moves it: the page says first what that means.
    amira.follow("Change time").await;
    assert!(
        amira.says("We look at the new time first"),
        "{}",
        amira.words()
    );
    let (action, slot) = amira.first_slot();
    amira.post(&action, slot.clone()).await;
    assert!(
        amira.says("Asked for ") && amira.says("Waiting for our answer"),
        "{}",
        amira.words()
    );
    desk.visit("/staff/requests").await;
    assert!(desk.html().contains(&answer), "{}", desk.words());
    // Taken back, the clinic's yes is there again.
    amira.press("Undo").await;
    assert!(!amira.says("Waiting for our answer"), "{}", amira.words());
    assert_eq!(when(&amira.words()), agreed);
    desk.visit("/staff/requests").await;
    assert!(!desk.html().contains(&answer), "{}", desk.words());
    // Moved and agreed to, and taken back by the desk: it waits again, and is not cancelled.
    amira.post(&action, slot).await;
    accept(&mut desk).await;
    desk.press("Undo").await;
    desk.visit("/staff/requests").await;
    assert!(desk.html().contains(&answer), "{}", desk.words());
}

#[tokio::test]
async fn undo_ends_after_three_minutes() {
    let world = World::new();
    let mut amira = world.amira().await;
    amira.follow("See your visit").await;
    amira.follow("Change time").await;
    let (action, slot) = amira.first_slot();
    amira.post(&action, slot).await;
    let (undo, form) = amira.form_of("Undo");
    world.clock.forward_min(3);
    amira.post(&undo, form).await;
    assert_eq!(amira.status(), 409);
    assert!(amira.says("It is too late to undo this."));
}

#[tokio::test]
async fn she_says_she_will_come_and_then_that_she_cannot() {
    let world = World::new();
    let mut amira = world.amira().await;
    let (action, slot) = amira.first_slot();
    amira.post(&action, slot).await;
    amira.press("Book this time").await;
    let visit = amira.path().split('?').next().unwrap().to_owned();
    amira.visit(&visit).await;
    amira.press("Yes, I will come").await;
    assert!(amira.says("Confirmed"));
    amira.follow("Cancel visit").await;
    amira.fill("Why can you not come?", "A cold");
    amira.press("Cancel the visit").await;
    assert!(amira.says("You cancelled this visit.") && amira.says("A cold"));
    assert!(!amira.has_button("Yes, I will come"));
    // It stays among the visits before.
    amira.visit("/visits").await;
    assert!(amira.says("Cancelled"));
}

#[tokio::test]
async fn a_time_that_has_gone_leads_to_others() {
    let world = World::new();
    let mut amira = world.amira().await;
    let (action, slot) = amira.first_slot();
    let mut tablet = world.amira().await;
    let (same, first) = tablet.first_slot();
    tablet.post(&same, first).await;
    tablet.press("Book this time").await;
    assert!(tablet.says("You are booked"));
    amira.post(&action, slot).await;
    assert_eq!(amira.status(), 409);
    assert!(amira.says("Choose another time"), "{}", amira.words());
    assert!(amira.html().contains("button class=\"slot\""));
}

#[tokio::test]
async fn the_note_outlives_a_time_that_was_lost() {
    let world = World::new();
    let mut amira = world.amira().await;
    let (action, slot) = amira.first_slot();
    let mut tablet = world.amira().await;
    let (same, first) = tablet.first_slot();
    amira.post(&action, slot).await;
    let note = "Bring <b>two</b> keys";
    amira.fill("Anything we should know?", note);
    // She thinks for too long: somebody else takes the time.
    world.clock.forward_min(11);
    tablet.post(&same, first).await;
    tablet.press("Book this time").await;
    assert!(tablet.says("You are booked"));
    amira.press("Book this time").await;
    assert_eq!(amira.status(), 409, "{}", amira.words());
    // Later days keep it too.
    amira.press("Show more days").await;
    assert!(amira.status() == 200 && amira.says("Choose a time"));
    let (action, slot) = amira.first_slot();
    amira.post(&action, slot).await;
    assert!(amira.says("Check and book"), "{}", amira.words());
    assert!(
        !amira.path().contains("keys"),
        "it is in no address: {}",
        amira.path()
    );
    assert!(amira.html().contains("Bring &lt;b&gt;two&lt;/b&gt; keys"));
    amira.press("Book this time").await;
    assert!(amira.says("You are booked"), "{}", amira.words());
    assert!(amira.says(note));
}

#[tokio::test]
async fn what_is_not_hers_is_not_there() {
    let world = World::new();
    let mut amira = world.amira().await;
    let missing = "/visits/apt_00000000000000000000000000";
    amira.visit(missing).await;
    assert_eq!(amira.status(), 404);
    let nothing = amira.words();
    let other = world
        .clinic
        .store
        .read(|rows| {
            anteroom::store::appointments::of_patient_before(
                rows,
                world.seeded.parent,
                world.in_hours(24 * 365),
                1,
            )
        })
        .unwrap()
        .pop()
        .expect("someone else's visit");
    amira.visit(&format!("/visits/{}", other.id)).await;
    assert_eq!((amira.status(), amira.words()), (404, nothing));
}

#[tokio::test]
async fn what_was_done_is_said_once_and_only_while_it_is_true() {
    let world = World::new();
    let mut amira = world.amira().await;
    amira.follow("See your visit").await;
    let visit = amira.path().to_owned();
    for did in ["cancelled", "moved", "booked", "confirmed", "undone"] {
        amira.visit(&format!("{visit}?did={did}")).await;
        let quiet = !amira.html().contains("data-toast") && !amira.says("You are booked");
        assert!(quiet, "the address says {did}: {}", amira.words());
    }
    amira.follow("Change time").await;
    let (action, slot) = amira.first_slot();
    let same = [("sec-fetch-site", "same-origin")];
    let status = amira
        .raw(Method::POST, &action, Some(slot.clone()), &same)
        .await;
    assert_eq!(status, 303);
    assert_eq!(amira.header("location"), visit, "the address is plain");
    let told = amira.cookies()[cookies::DONE].clone();
    // Another page, and a screen that looks again by itself, leave the message where it is.
    amira.visit("/visits").await;
    amira
        .raw(Method::GET, &visit, None, &[("x-quiet", "1")])
        .await;
    assert!(!amira.html().contains("data-toast"));
    assert_eq!(amira.cookies().get(cookies::DONE), Some(&told));
    amira.visit(&visit).await;
    assert!(amira.says("Moved to "), "{}", amira.words());
    assert_eq!(amira.cookies().get(cookies::DONE), None);
    amira.visit(&visit).await;
    assert!(!amira.says("Moved to "), "said once");
    // The page of the visit keeps the way back for as long as there is one.
    assert!(amira.has_button("Take back the last change"));
    amira.press("Take back the last change").await;
    assert!(amira.says("It is as it was before."), "{}", amira.words());
    assert!(!amira.has_button("Take back the last change"));
    // What is no longer so is not said.
    amira.take_cookie(cookies::DONE, &told);
    amira.visit(&visit).await;
    assert!(!amira.says("Moved to "), "{}", amira.words());
}

#[tokio::test]
async fn a_time_that_is_no_longer_kept_says_so_and_leads_on() {
    let world = World::new();
    let mut amira = world.amira().await;
    let (action, slot) = amira.first_slot();
    amira.post(&action, slot).await;
    let hold = amira.path().to_owned();
    assert!(hold.starts_with("/holds/"), "{hold}");
    // Its form, asked for as a page, is on that page.
    amira.visit(&format!("{hold}/visit")).await;
    assert!(amira.path() == hold && amira.says("Check and book"));
    world.clock.forward_min(11);
    amira.visit(&hold).await;
    assert_eq!(amira.status(), 404);
    assert!(
        amira.says("We keep a chosen time for 10 minutes."),
        "{}",
        amira.words()
    );
    amira.follow("Choose a time").await; // one tap
    assert!(amira.says("Choose a time") && amira.status() == 200);
    let (action, slot) = amira.first_slot();
    amira.post(&action, slot).await;
    let hold = amira.path().to_owned();
    amira.press("Book this time").await;
    let visit = amira.path().to_owned();
    amira.visit(&hold).await;
    assert_eq!(amira.path(), visit, "the visit that came of it");
}

#[tokio::test]
async fn the_limit_is_told_before_anything_is_chosen() {
    let world = World::new();
    let mut amira = world.amira().await;
    amira.visit("/visits/new").await;
    assert!(amira.says("What do you need?"));
    let held = amira.path().to_owned();
    let service = format!("/visits/new/{}", world.seeded.services.check_up);
    let mut booked = 0;
    let told = "You have as many visits ahead as you can book here.";
    for _ in 0..20 {
        amira.visit(&service).await;
        if amira.says(told) {
            break;
        }
        let (action, slot) = amira.first_slot();
        amira.post(&action, slot).await;
        if amira.status() == 200 {
            amira.press("Book this time").await;
            booked += 1;
        } else {
            world.clock.forward_min(60);
        }
    }
    assert!(
        booked > 0 && amira.says(told),
        "{booked}: {}",
        amira.words()
    );
    assert_eq!(amira.path(), held, "the times are not shown in vain");
    amira.visit("/").await;
    assert!(amira.says(told) && !amira.html().contains("class=\"slot"));
}

#[tokio::test]
async fn reminders_and_notice_are_said_as_they_are() {
    let world = World::new();
    let mut amira = world.amira().await;
    let reminds = "We remind you before the visit.";
    let form = [("language", "en"), ("theme", "auto"), ("reminders", "on")];
    let mut wishes: Vec<(String, String)> = form
        .iter()
        .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
        .collect();
    let service = format!(
        "/visits/new/{}?from=2026-12-07",
        world.seeded.services.check_up
    );
    for on in [true, false] {
        wishes.truncate(if on { 3 } else { 2 });
        amira.visit("/me").await;
        let (action, form) = amira.form_of("Save");
        let proof = form.into_iter().find(|f| f.0 == "csrf").expect("a proof");
        let sent = wishes.iter().cloned().chain([proof]).collect();
        amira.post(&action, sent).await;
        amira.visit(&service).await;
        let (action, slot) = amira.first_slot();
        amira.post(&action, slot).await;
        assert!(
            amira.says("Tell us 24 hours before or earlier."),
            "{}",
            amira.words()
        );
        amira.press("Book this time").await;
        assert_eq!(amira.says(reminds), on, "{}", amira.words());
        assert_eq!(amira.says("We send no reminder before this visit."), !on);
    }
    // The first time there is begins soon: nothing can be told a day before.
    world.clock.forward_min(60 * 24);
    amira.visit("/visits/new").await;
    amira
        .visit(&format!(
            "/visits/new/{}",
            world.seeded.services.vaccination
        ))
        .await;
    let (action, slot) = amira.first_slot();
    amira.post(&action, slot).await;
    assert!(
        amira.says("Tell us as soon as you can."),
        "{}",
        amira.words()
    );
    amira.press("Book this time").await;
    assert!(!amira.says(reminds), "{}", amira.words());
}

#[tokio::test]
async fn an_empty_number_is_asked_about_and_removed_only_by_its_button() {
    let world = World::new();
    let mut amira = world.amira().await;
    amira.visit("/me/phone").await;
    assert!(amira.says("Your number now:"), "{}", amira.words());
    amira.fill("New phone number", "");
    amira.press("Save").await;
    assert_eq!(amira.status(), 422);
    assert!(amira.says("To have no number here, use the button below."));
    amira.press("Remove my number").await;
    assert!(amira.says("Your number is removed."), "{}", amira.words());
    amira.visit("/me/phone").await;
    assert!(!amira.says("Your number now:") && !amira.has_button("Remove my number"));
}

#[tokio::test]
async fn where_it_is_too_late_for_today_she_is_told_to_call() {
    let world = World::new();
    let (clinic, owner) = (&world.clinic, console("test"));
    let mut amira = world.amira().await;
    let call = "To ask for a time today, call us on";
    let services = practice::services(clinic, &owner).expect("services");
    let jab = services.iter().find(|s| s.name == "Vaccination");
    let jab = jab.expect("a service");
    let path = format!("/visits/new/{}", jab.id);
    for (lead_min, told) in [(0, false), (24 * 60, true)] {
        let mut draft = ServiceDraft::of(jab);
        draft.timing.lead_min = lead_min;
        practice::change_service(clinic, &owner, jab.id, draft).expect("changed");
        amira.visit(&path).await;
        assert_eq!(amira.says(call), told, "{}", amira.words());
    }
    // Further days have nothing to do with today.
    amira.visit(&format!("{path}?from=2026-11-30")).await;
    assert!(!amira.says(call));
}
