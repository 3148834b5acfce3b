use super::*;
use crate::app::people;
use crate::app::stage::{BORN, Stage, visitor};
use crate::app::{enrolment, sessions};
use crate::domain::account::{Login, Role};
use crate::web::cookies;

/// A screen at which someone who works here is signed in, and its token.
fn desk(stage: &Stage) -> (Browser, String) {
    let login: Login = stage.staff("Ines Silva", Role::FrontDesk, "ines@clinic.org");
    let link = people::demo_link(&stage.clinic, login.id).unwrap();
    let token = link.rsplit('/').next().unwrap();
    let new = people::demo_sign_in(&stage.clinic, &visitor(), token).unwrap();
    let mut desk = Browser::new(&stage.clinic);
    let cookie = cookies::STAFF.to_owned();
    desk.cookies.insert(cookie, new.token.clone());
    (desk, new.token)
}

#[tokio::test]
async fn a_staff_screen_knows_when_it_locks_and_one_press_puts_it_off() {
    let stage = Stage::new();
    let (mut desk, token) = desk(&stage);
    let page = desk.get("/staff/account").await;
    assert!(
        page.html.contains("data-end=\"locks\" data-after=\"540\""),
        "{}",
        page.html
    );
    assert!(page.html.contains("Stay signed in"));
    stage.clock.forward_min(9);
    desk.ask_by_script("x-quiet");
    assert_eq!(desk.get("/staff/stay").await.html, "locks 0");
    assert_eq!(
        desk.get("/staff/stay").await.html,
        "locks 0",
        "to look is no use of it"
    );
    desk.ask_by_script("x-swap");
    assert_eq!(desk.post("/staff/stay", &[]).await.html, "locks 540");
    stage.clock.forward_min(9);
    let known = sessions::peek(&stage.clinic, &token).unwrap().unwrap();
    assert!(!known.is_locked, "it was put off");
    stage.clock.forward_min(1);
    desk.ask_by_script("x-quiet");
    assert_eq!(
        desk.get("/staff/stay").await.status,
        StatusCode::SEE_OTHER,
        "locked"
    );
}

#[tokio::test]
async fn the_end_of_the_day_cannot_be_put_off() {
    let stage = Stage::new();
    let (mut desk, _) = desk(&stage);
    for _ in 0..89 {
        stage.clock.forward_min(8);
        desk.get("/staff/account").await;
    }
    // Twelve hours but eight minutes after signing in, the end comes before the lock.
    let page = desk.get("/staff/account").await;
    assert!(
        page.html.contains("data-end=\"out\" data-after=\"420\""),
        "{}",
        page.html
    );
    stage.clock.forward_min(7);
    desk.ask_by_script("x-swap");
    assert_eq!(desk.post("/staff/stay", &[]).await.html, "out 0");
}

#[tokio::test]
async fn a_patients_page_warns_after_90_days_and_a_door_never_does() {
    let stage = Stage::new();
    let amira = stage.patient("Amira Haddad", None, Some(BORN));
    let clerk = stage.caller(Role::FrontDesk);
    let invitation = enrolment::invite(&stage.clinic, &clerk, amira.id, false).unwrap();
    let new = enrolment::accept_letter(&stage.clinic, &visitor(), &invitation.code, BORN);
    let mut phone = Browser::new(&stage.clinic);
    assert!(!phone.get("/sign-in").await.html.contains("session-end"));
    let cookie = cookies::PATIENT.to_owned();
    phone.cookies.insert(cookie, new.unwrap().token);
    let after = format!("data-end=\"out\" data-after=\"{}\"", 90 * 24 * 3600 - 60);
    assert!(phone.get("/me").await.html.contains(&after));
    assert_eq!(phone.post("/stay", &[]).await.status, StatusCode::SEE_OTHER);
}
