use poem::http::StatusCode;

use crate::app::people;
use crate::app::stage::Stage;
use crate::domain::account::{LoginState, Role, Totp};
use crate::web::journey::{Browser, Page};

/// The owner, signed in, with an app on a phone.
async fn owner(stage: &Stage) -> Browser {
    let mut login = stage.staff("Rosa Lind", Role::Owner, "rosa@clinic.example");
    login.totp = Some(Totp {
        secret: vec![7; 20],
        last_step: 0,
        confirmed: true,
    });
    login.recovery = vec![[1; 32]];
    stage.keep(&login);
    let url = people::demo_link(&stage.clinic, login.id).unwrap();
    let path = url.replace("https://clinic.local:8443", "");
    let mut browser = Browser::at_a_demonstration(&stage.clinic);
    browser.get(&path).await;
    browser.post(&path, &[]).await;
    browser
}

fn seen_of(page: &Page) -> String {
    let (_, rest) = page.html.split_once("name=\"seen\" value=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_page_says_in_words_what_the_policy_says() {
    let stage = Stage::new();
    let mut rosa = owner(&stage).await;
    let ines = stage.staff("Ines Silva", Role::Billing, "ines@clinic.example");
    let page = rosa.get(&format!("/staff/people/{}", ines.id)).await;
    let (can, cannot) = page.html.split_once("Cannot").unwrap();
    assert!(can.contains("Take lists out as files"));
    assert!(cannot.contains("Book, move and cancel visits") && cannot.contains("Read the log"));
    let all = rosa.get("/staff/people").await;
    assert_eq!(
        all.html.matches("Take lists out as files").count(),
        5,
        "one per role"
    );
}

#[tokio::test]
async fn a_last_day_is_kept_shown_and_not_in_the_past() {
    let stage = Stage::new();
    let mut rosa = owner(&stage).await;
    let ines = stage.staff("Ines Silva", Role::FrontDesk, "ines@clinic.example");
    let path = format!("/staff/people/{}", ines.id);
    let seen = seen_of(&rosa.get(&path).await);
    let form = |day| [("role", "front-desk"), ("calendar", ""), ("last-day", day)];
    for bad in ["2001-02-03", "soon", "2026-13-01", "\"><b>"] {
        let mut fields = form(bad).to_vec();
        fields.push(("seen", &seen));
        let page = rosa.post(&path, &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{bad}");
        assert!(!page.html.contains("\"><b>"));
        assert_eq!(stage.login(&ines).leaves_on, None);
    }
    let today = stage.clinic.current().date(stage.clinic.now());
    let day = today.tomorrow().unwrap().to_string();
    let mut fields = form(day.as_str()).to_vec();
    fields.push(("seen", &seen));
    let page = rosa.post(&path, &fields).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.html);
    assert_eq!(stage.login(&ines).leaves_on, today.tomorrow().ok());
    assert!(rosa.get("/staff/people").await.html.contains("Last day"));

    // Another owner's page still shows what was: told, and what was typed is kept.
    let mut fields = vec![("role", "billing"), ("calendar", ""), ("last-day", "")];
    fields.push(("seen", &seen));
    let page = rosa.post(&path, &fields).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.html.contains("Someone else changed this"));
    assert!(
        page.html.contains("value=\"billing\" checked"),
        "{}",
        page.html
    );
    assert_eq!(stage.login(&ines).role, Role::FrontDesk);

    rosa.get(&path).await;
    rosa.post(&format!("{path}/access"), &[("do", "close")])
        .await;
    assert_eq!(stage.login(&ines).state, LoginState::Disabled);
}

#[tokio::test]
async fn new_recovery_codes_want_a_fresh_password_and_end_the_old_ones() {
    let stage = Stage::new();
    let mut rosa = owner(&stage).await;
    let page = rosa.get("/staff/account").await;
    assert!(page.html.contains("You have one code left"));
    rosa.get("/staff/account/recovery").await;
    let page = rosa.post("/staff/account/recovery", &[]).await;
    assert_eq!(page.html.matches("<li><code>").count(), 10);
    let rosa_now = people::list(&stage.clinic, &stage.caller(Role::Owner)).unwrap();
    let kept = rosa_now.iter().find(|l| l.name == "Rosa Lind").unwrap();
    assert!(kept.recovery.len() == 10 && !kept.recovery.contains(&[1; 32]));

    // A quarter of an hour later the password is asked for first. The screen is not locked yet.
    stage.clock.forward_min(9);
    rosa.get("/staff/account").await;
    stage.clock.forward_min(7);
    let page = rosa.get("/staff/account/recovery").await;
    let lock = Some("/staff/lock?to=%2Fstaff%2Faccount%2Frecovery");
    assert_eq!(page.location.as_deref(), lock);
    rosa.get("/staff/account").await;
    let page = rosa.post("/staff/account/recovery", &[]).await;
    assert_eq!(page.location.as_deref(), lock);
}
