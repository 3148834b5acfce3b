//! A patient books, moves, confirms and cancels.

use crate::support::World;

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
    assert!(amira.says("Your visit is moved."), "{}", amira.words());
    amira.press("Undo").await;
    assert!(amira.says("It is as it was before."), "{}", amira.words());
    amira.visit(&visit).await;
    let when = |words: &str| words.split("When").nth(1).map(|w| w[..40].to_owned());
    assert_eq!(when(&amira.words()), when(&before));
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
