//! The front desk's day: who is here, who comes next, and what changes.

use anteroom::app::Change;
use anteroom::domain::account::Role;

use crate::support::World;
use crate::support::browser::{Browser, select};

/// A time that is surely free: next Sunday, when nobody works.
const SUNDAY: &str = "2026-11-29";

/// The path of the visit that the message with the way back is about.
fn done_to(desk: &Browser) -> String {
    let (undo, _) = desk.form_of("Undo");
    undo.strip_suffix("/undo").expect("a visit").to_owned()
}

/// Books a visit for someone new on a day when nobody works, and gives its path.
async fn newcomer(desk: &mut Browser, name: &str, time: &str) -> String {
    desk.visit(&format!(
        "/staff/visits/new?date={SUNDAY}&time={time}&new={name}"
    ))
    .await;
    desk.fill("Phone", "07700 900123");
    desk.press("Book").await;
    assert_eq!(desk.status(), 200, "{}", desk.words());
    done_to(desk)
}

#[tokio::test]
async fn a_visit_goes_through_the_day_one_press_each() {
    let world = World::new();
    let mut desk = world.signed_in(Role::FrontDesk).await;
    desk.visit("/staff").await;
    for lane in ["Expected", "Arrived", "With clinician", "Done"] {
        assert!(desk.says(lane), "{}", desk.words());
    }
    let path = newcomer(&mut desk, "Nowak", "10:00").await;
    desk.visit(&path).await;
    for (press, says) in [
        ("Arrived", "Nowak has arrived."),
        ("Start", "Nowak is with the clinician."),
        ("Done", "The visit of Nowak is done."),
    ] {
        desk.press(press).await;
        assert!(desk.says(says), "{press}: {}", desk.words());
    }
    desk.press("Undo").await;
    assert!(desk.says("With clinician") && desk.says("Nowak: it is as it was before."));
}

#[tokio::test]
async fn a_wrong_step_is_refused_and_nothing_changes() {
    let world = World::new();
    let mut desk = world.signed_in(Role::FrontDesk).await;
    let path = newcomer(&mut desk, "Nowak", "10:00").await;
    desk.visit(&path).await;
    let (action, mut form) = desk.form_of("Arrived");
    for pair in &mut form {
        if pair.0 == "to" {
            "checked-in".clone_into(&mut pair.1);
        }
    }
    desk.post(&action, form).await;
    assert_eq!(desk.status(), 409);
    desk.visit(&path).await;
    assert!(desk.has_button("Arrived"));
}

#[tokio::test]
async fn someone_new_needs_a_name_and_one_contact() {
    let world = World::new();
    let mut desk = world.signed_in(Role::FrontDesk).await;
    desk.visit(&format!(
        "/staff/visits/new?date={SUNDAY}&time=09:00&patient-text=Zzyzx"
    ))
    .await;
    assert!(desk.says("No patient found"), "{}", desk.words());
    desk.follow("New patient “Zzyzx”").await;
    desk.press("Book").await;
    assert_eq!(desk.status(), 422);
    assert!(desk.says("Enter a phone number or an e-mail address."));
    desk.fill("E-mail", "zz@example.org");
    desk.press("Book").await;
    assert!(
        desk.says("That time is outside the usual hours."),
        "{}",
        desk.words()
    );
    // The next search finds the new chart.
    desk.visit("/staff/visits/find?q=zzy").await;
    assert!(desk.html().contains("Zzyzx"), "{}", desk.html());
}

#[tokio::test]
async fn someone_who_may_have_a_chart_is_shown_it_before_anything_is_kept() {
    let world = World::new();
    let mut desk = world.signed_in(Role::FrontDesk).await;
    newcomer(&mut desk, "Zzyzx", "10:00").await;
    let new = format!("/staff/visits/new?date={SUNDAY}&time=11:00&new=Zzyzx");
    desk.visit(&new).await;
    desk.fill("Phone", "07700 900456");
    desk.fill("Note for staff", "Comes <b>by bus</b>");
    desk.press("Book").await;
    assert_eq!(desk.status(), 409, "{}", desk.words());
    assert!(
        desk.says("This may be a patient we know")
            && desk.html().contains("07700 900456")
            && desk.html().contains("by bus"),
        "{}",
        desk.words()
    );
    // One press uses the chart, with what was typed about the visit.
    desk.press("Book for this patient").await;
    assert!(
        desk.says("Booked Zzyzx for Sun 29 Nov at 11:00."),
        "{}",
        desk.words()
    );
    let path = done_to(&desk);
    desk.visit(&path).await;
    assert!(desk.says("07700 900123") && desk.says("Comes <b>by bus</b>"));
    desk.visit("/staff/visits/find?q=zzyzx").await;
    assert_eq!(desk.html().matches("pat_").count(), 1, "{}", desk.html());
    // A namesake gets a chart, and is not asked twice when something else is in the way.
    desk.visit(&new).await;
    desk.fill("Phone", "07700 900456");
    desk.press("Book").await;
    desk.press("Open a new chart and book").await;
    assert_eq!(desk.status(), 409);
    desk.fill("Why may it overlap?", "They come together");
    desk.press("Book").await;
    assert!(desk.says("Booked Zzyzx"), "{}", desk.words());
    desk.visit("/staff/visits/find?q=zzyzx").await;
    assert_eq!(desk.html().matches("pat_").count(), 2, "{}", desk.html());
}

#[tokio::test]
async fn a_patient_without_mail_is_told_by_hand() {
    let world = World::new();
    let mut desk = world.signed_in(Role::FrontDesk).await;
    let path = newcomer(&mut desk, "Zzyzx", "10:00").await;
    // What is offered follows what was told: first that it is booked, then that it comes.
    for (press, words, told) in [
        ("Open in messages", "your visit is on Sun 29 Nov at 10am", 1),
        (
            "Copy the words",
            "you have a visit on Sun 29 Nov at 10am",
            2,
        ),
    ] {
        desk.visit(&path).await;
        desk.press(press).await;
        assert_eq!(desk.status(), 200, "{}", desk.words());
        assert!(desk.html().contains(words), "{}", desk.html());
        assert!(desk.html().contains("href=\"sms:+447700900123?body="));
        // The link in the words opens the visit on the phone.
        let html = desk.html();
        let link = html.split("/v/").nth(1).expect("a link");
        let token: String = link
            .chars()
            .take_while(|c| !c.is_whitespace() && *c != '<')
            .collect();
        let mut phone = world.browser();
        phone.visit(&format!("/v/{token}")).await;
        assert!(
            phone.status() == 200 && phone.says("10am"),
            "{}",
            phone.words()
        );
        desk.visit(&path).await;
        let by_hand = desk.words().matches("Given by hand").count();
        assert_eq!(by_hand, told, "{}", desk.words());
    }
    // A message that waits for the mail server is told in its place, and leaves no more.
    desk.visit(&format!(
        "/staff/visits/new?date={SUNDAY}&time=13:00&new=Mailer"
    ))
    .await;
    desk.fill("E-mail", "mailer@example.org");
    desk.press("Book").await;
    let path = done_to(&desk);
    desk.visit(&path).await;
    desk.press("Copy the words").await;
    assert!(
        desk.html().contains("your visit is on Sun 29 Nov at 1pm"),
        "{}",
        desk.html()
    );
    desk.visit(&path).await;
    assert!(desk.says("Given by hand"), "{}", desk.words());
}

#[tokio::test]
async fn an_overlap_needs_a_reason_and_keeps_it() {
    let world = World::new();
    let mut desk = world.signed_in(Role::FrontDesk).await;
    newcomer(&mut desk, "First", "10:00").await;
    desk.visit(&format!(
        "/staff/visits/new?date={SUNDAY}&time=10:05&new=Second"
    ))
    .await;
    desk.fill("Phone", "07700 900456");
    desk.press("Book").await;
    assert_eq!(desk.status(), 409, "{}", desk.words());
    assert!(
        desk.says("First has a visit then: 10:00 to 10:20.")
            && desk.html().contains("07700 900456"),
        "{}",
        desk.words()
    );
    desk.fill("Why may it overlap?", "They come <b>together</b>");
    desk.press("Book").await;
    assert!(
        desk.says("Booked Second for Sun 29 Nov at 10:05."),
        "{}",
        desk.words()
    );
    let path = done_to(&desk);
    desk.visit(&path).await;
    assert!(
        desk.says("Overlap")
            && desk
                .html()
                .contains("They come &lt;b&gt;together&lt;/b&gt;")
    );
}

#[tokio::test]
async fn a_form_sent_twice_books_once() {
    let world = World::new();
    let mut desk = world.signed_in(Role::FrontDesk).await;
    desk.visit(&format!(
        "/staff/visits/new?date={SUNDAY}&time=10:00&new=Twice"
    ))
    .await;
    desk.fill("Phone", "07700 900123");
    let (action, form) = desk.form_of("Book");
    desk.post(&action, form.clone()).await;
    let first = done_to(&desk);
    desk.post(&action, form).await;
    assert_eq!((desk.status(), done_to(&desk)), (200, first));
    desk.visit("/staff/visits/find?q=twice").await;
    assert_eq!(desk.html().matches("pat_").count(), 1, "{}", desk.html());
}

#[tokio::test]
async fn a_visit_is_moved_lengthened_and_cancelled_by_forms() {
    let world = World::new();
    let mut desk = world.signed_in(Role::FrontDesk).await;
    let path = newcomer(&mut desk, "Nowak", "10:00").await;
    desk.visit(&path).await;
    desk.follow("Move").await;
    desk.fill("Time", "25:99");
    desk.press("Move it").await;
    assert_eq!(desk.status(), 422);
    assert!(desk.says("Enter a time, such as 9:30.") && desk.html().contains("25:99"));
    desk.fill("Time", "11:30");
    desk.press("Move it").await;
    assert!(
        desk.says("Moved Nowak to Sun 29 Nov at 11:30.") && desk.says("11:30 to"),
        "{}",
        desk.words()
    );
    desk.press("Undo").await;
    assert!(desk.says("10:00 to"), "{}", desk.words());
    desk.follow("Lengthen").await;
    desk.fill("Minutes", "9000");
    desk.press("Change the length").await;
    assert!(desk.says("Enter between 5 and 480 minutes."));
    desk.fill("Minutes", "90");
    desk.press("Change the length").await;
    assert!(desk.says("10:00 to 11:30"), "{}", desk.words());
    desk.follow("Cancel visit").await;
    desk.fill("Why", "Flood in the street");
    desk.press("Cancel the visit").await;
    assert!(
        desk.says("Cancelled: Nowak, Sun 29 Nov at 10:00.") && desk.says("Flood in the street")
    );
    desk.visit(&format!("{path}?do=note")).await;
    desk.fill("Note for staff", "Call back");
    desk.press("Keep the note").await;
    assert!(desk.says("Call back"), "{}", desk.words());
}

#[tokio::test]
async fn time_is_blocked_explained_and_freed() {
    let world = World::new();
    let mut desk = world.signed_in(Role::FrontDesk).await;
    desk.visit("/staff/calendar?date=2026-11-25").await;
    desk.follow("Block time").await;
    desk.fill("Time", "09:00");
    desk.fill("Until", "08:00");
    desk.press("Block this time").await;
    assert!(
        desk.says("Choose an end after the start."),
        "{}",
        desk.words()
    );
    desk.fill("Until", "20:00");
    desk.fill("What for", "Training");
    desk.press("Block this time").await;
    assert!(
        desk.says("Blocked: Wednesday 25 November 2026, 09:00 to 20:00") && desk.says("Training"),
        "{}",
        desk.words()
    );
    desk.follow("Training").await;
    desk.press("Free this time").await;
    assert!(
        desk.says("Free again: Wednesday 25 November 2026, 09:00 to 20:00.")
            && !desk.says("Training")
    );
    desk.visit("/staff/why").await;
    assert!(desk.says("Why is a time not offered?"));
}

#[tokio::test]
async fn those_who_only_look_find_no_buttons_and_no_doors() {
    let world = World::new();
    let mut desk = world.signed_in(Role::FrontDesk).await;
    let path = newcomer(&mut desk, "Nowak", "10:00").await;
    let mut looker = world.signed_in(Role::ReadOnly).await;
    looker.visit(&path).await;
    assert!(looker.says("Nowak") && !looker.has_button("Arrived"));
    looker.visit(&format!("{path}?do=cancel")).await;
    assert!(!looker.has_button("Cancel the visit"));
    looker.visit("/staff/visits/new").await;
    assert_eq!(looker.status(), 404);
    looker
        .visit(&format!("/staff/calendar?date={SUNDAY}"))
        .await;
    assert!(looker.says("Nowak") && !looker.says("Block time"));
}

#[tokio::test]
async fn the_week_is_small_enough_to_send() {
    let world = World::new();
    let mut desk = world.signed_in(Role::FrontDesk).await;
    desk.visit("/staff/calendar").await;
    assert_eq!(desk.status(), 200);
    assert!(!desk.html().contains("style="), "positions are classes");
    desk.visit("/staff/day.print").await;
    assert!(
        desk.says("Day list for Tuesday 24 November 2026"),
        "{}",
        desk.words()
    );
}

#[tokio::test]
async fn a_change_is_told_to_those_who_watch() {
    let world = World::new();
    let mut changes = world.clinic.watch();
    let mut desk = world.signed_in(Role::FrontDesk).await;
    newcomer(&mut desk, "Nowak", "10:00").await;
    let mut told = false;
    while let Ok(change) = changes.try_recv() {
        told |= change == Change::Visits;
    }
    assert!(told);
}

/// What stands in the fields of the form for a new visit.
fn filled(desk: &Browser, name: &str) -> String {
    let page = desk.page();
    let field = page.select(&select(&format!("input[name={name}]"))).next();
    let field = field.expect("the field");
    field.value().attr("value").unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_new_visit_proposes_a_time_that_is_free() {
    let world = World::new();
    let mut desk = world.signed_in(Role::FrontDesk).await;
    let mut before = (String::new(), String::new());
    // Each visit that is booked takes its time, so the next is offered a later one.
    for name in ["Uno", "Due", "Tre"] {
        desk.visit(&format!("/staff/visits/new?new={name}")).await;
        let proposed = (filled(&desk, "date"), filled(&desk, "time"));
        assert!(proposed > before, "{proposed:?} after {before:?}");
        desk.fill("E-mail", &format!("{name}@example.org"));
        desk.press("Book").await;
        assert_eq!(desk.status(), 200, "{}", desk.words());
        assert!(
            desk.says(&format!("Booked {name} for ")),
            "{}",
            desk.words()
        );
        before = proposed;
    }
    // In the night it is a time of the hours, not the next quarter.
    world.clock.forward_min(15 * 60);
    let mut desk = world.signed_in(Role::FrontDesk).await;
    desk.visit("/staff/visits/new?new=Night").await;
    assert!(filled(&desk, "date").as_str() > "2026-11-24");
    desk.fill("E-mail", "night@example.org");
    desk.press("Book").await;
    assert!(desk.says("Booked Night for "), "{}", desk.words());
    // On a day without hours none is guessed.
    desk.visit(&format!("/staff/visits/new?new=Sunday&date={SUNDAY}"))
        .await;
    let proposed = (filled(&desk, "date"), filled(&desk, "time"));
    assert_eq!(proposed, (SUNDAY.to_owned(), String::new()));
}

#[tokio::test]
async fn what_is_in_the_way_is_named() {
    let world = World::new();
    let mut desk = world.signed_in(Role::FrontDesk).await;
    desk.visit(&format!("/staff/blocks/new?date={SUNDAY}"))
        .await;
    desk.fill("What for", "Fire drill");
    let (_, form) = desk.form_of("Block this time");
    let with = &form.iter().find(|p| p.0 == "with").expect("whose time").1;
    desk.press("Block this time").await;
    assert_eq!(desk.status(), 200, "{}", desk.words());
    desk.visit(&format!(
        "/staff/visits/new?date={SUNDAY}&time=12:30&new=Second&with={with}"
    ))
    .await;
    desk.fill("Phone", "07700 900456");
    desk.press("Book").await;
    assert_eq!(desk.status(), 409, "{}", desk.words());
    assert!(
        desk.says("That time is blocked for Fire drill: 12:00 to 13:00."),
        "{}",
        desk.words()
    );
}

#[tokio::test]
async fn one_rule_says_why_a_time_is_not_offered() {
    let world = World::new();
    let mut desk = world.signed_in(Role::FrontDesk).await;
    desk.visit("/staff/why").await;
    let ask = |date: &str, time: &str, form: &[(String, String)]| {
        let of = |name: &str| {
            form.iter()
                .find(|p| p.0 == name)
                .expect("a field")
                .1
                .clone()
        };
        let (service, with) = (of("service"), of("with"));
        format!("/staff/why?service={service}&with={with}&date={date}&time={time}")
    };
    let (_, form) = desk.form_of("Ask");
    // Nobody works on a Sunday: the weekly hours are no reason beside that, but the reason.
    desk.visit(&ask(SUNDAY, "10:00", &form)).await;
    assert!(
        desk.says("No hours are set for that day."),
        "{}",
        desk.words()
    );
    assert!(!desk.says("hold on that day"), "{}", desk.words());
    // What is over is over, whatever the hours are.
    desk.visit(&ask("2026-11-23", "10:00", &form)).await;
    assert!(desk.says("It has passed."), "{}", desk.words());
    assert!(!desk.says("weekly hours"), "{}", desk.words());
    desk.visit(&ask("2029-11-26", "10:00", &form)).await;
    assert!(desk.says("It is too far ahead."), "{}", desk.words());
    assert!(!desk.says("weekly hours"), "{}", desk.words());
    // In the middle of the night the hours decide, so it is said where they come from.
    desk.visit(&ask("2026-11-26", "03:00", &form)).await;
    assert!(desk.says("It lies outside the hours"), "{}", desk.words());
    assert!(desk.says("weekly hours"), "{}", desk.words());
}

#[tokio::test]
async fn a_message_can_be_read_and_its_code_is_shown_in_the_demonstration() {
    let world = World::new();
    let mut amira = world.browser();
    amira.visit("/sign-in").await;
    amira.fill("Your email address", "amira.haddad@example.org");
    amira.press("Send me a code").await;
    let mut desk = world.signed_in(Role::FrontDesk).await;
    desk.visit("/staff/outbox").await;
    desk.follow("Sign-in code").await;
    assert_eq!(desk.status(), 200, "{}", desk.words());
    assert!(desk.says("nothing leaves"), "{}", desk.words());
    let words = desk.words();
    let code = words.split("Your code: ").nth(1).expect("a code");
    let code: String = code.chars().take(6).collect();
    amira.fill("6-digit code", &code);
    amira.press("Sign in").await;
    assert!(amira.says("Hello"), "{}", amira.words());
}

#[tokio::test]
async fn in_the_demonstration_a_button_unlocks_the_screen() {
    let world = World::new();
    let mut desk = world.signed_in(Role::FrontDesk).await;
    desk.visit("/staff/lock").await;
    desk.press("Lock now").await;
    desk.visit("/staff").await;
    assert!(desk.says("nobody here has a password"), "{}", desk.words());
    desk.press("Unlock").await;
    assert!(desk.says("Expected"), "{}", desk.words());
}
