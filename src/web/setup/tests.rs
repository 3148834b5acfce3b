use std::sync::Arc;

use poem::http::StatusCode;
use regex::Regex;

use crate::app::Clinic;
use crate::app::practice_world::world;
use crate::app::staff_access;
use crate::domain::settings::SetupStep;
use crate::web::journey::{Browser, Page};

const PASSWORD: &str = "seven green bottles hang";

fn step(clinic: &Arc<Clinic>) -> SetupStep {
    clinic.current().settings.setup
}

fn to(page: &Page) -> &str {
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.html);
    page.location.as_deref().unwrap()
}

async fn owner_at_screen_two(clinic: &Arc<Clinic>) -> Browser {
    let code = staff_access::new_setup_code(clinic).unwrap().unwrap();
    let mut browser = Browser::new(clinic);
    browser.get("/setup").await;
    let page = browser
        .post(
            "/setup",
            &[
                ("code", &code),
                ("name", "Rosa Lind"),
                ("email", "rosa@clinic.example"),
                ("password", PASSWORD),
            ],
        )
        .await;
    assert_eq!(to(&page), "/setup/clinic");
    browser
}

#[tokio::test]
async fn four_screens_and_the_first_time_can_be_booked() {
    let clinic = world();
    let mut browser = owner_at_screen_two(&clinic).await;

    let mut patient = Browser::new(&clinic);
    for door in ["/", "/sign-in", "/visits/new"] {
        let page = patient.get(door).await;
        assert_eq!(page.status, StatusCode::CONFLICT, "{door}");
        assert!(page.html.contains("not open here yet"));
    }

    let page = browser.get("/setup/clinic").await;
    assert!(page.html.contains("aria-current=\"step\""));
    let typed = [
        ("name", "Riverside"),
        ("kind", "dental"),
        ("country", "FR"),
        ("known", "GB"),
        ("language", "en"),
        ("currency", "GBP"),
        ("zone", "Europe/London"),
        ("emergency", "999"),
        ("do", "save"),
    ];
    let page = browser.post("/setup/clinic", &typed).await;
    assert_eq!(to(&page), "/setup/services");
    // Another country brought its own money and time.
    let profile = clinic.current().settings.profile.clone();
    assert_eq!(
        (profile.currency.as_str(), profile.zone.as_str()),
        ("EUR", "Europe/Paris")
    );

    let page = browser.get("/setup/services").await;
    assert!(page.html.contains("Toothache"), "prefilled by kind");
    let rows = [
        ("on-1", "yes"),
        ("name-1", "Check of your teeth"),
        ("minutes-1", "30"),
        ("price-1", "45,50"),
        ("name-2", "Cleaning"),
        ("minutes-2", "45"),
        ("price-2", ""),
    ];
    let page = browser.post("/setup/services", &rows).await;
    assert_eq!(to(&page), "/setup/hours");

    // A lost tab goes on where it was.
    assert_eq!(to(&browser.get("/setup").await), "/setup/hours");
    let page = browser.get("/setup/hours").await;
    assert!(page.html.contains("09:00–13:00, 14:00–17:00") && page.html.contains("Rosa Lind"));
    let hours = [("name", "Rosa Lind"), ("mon", "9-5"), ("tue", "9-12, 1-5")];
    let page = browser.post("/setup/hours", &hours).await;
    assert_eq!(to(&page), "/setup/look");
    assert!(clinic.current().settings.is_open());
    let page = browser.get("/setup/look").await;
    assert!(page.html.contains("Patients will see next") && page.html.contains("<li>"));

    let page = browser.post("/setup/look", &[("do", "skip")]).await;
    assert_eq!(to(&page), "/setup/second-factor");
    let page = browser.get("/setup/second-factor").await;
    assert!(page.html.contains("<svg class=\"qr\""));
    let page = browser
        .post("/setup/second-factor", &[("do", "later"), ("code", "")])
        .await;
    assert_eq!(to(&page), "/setup/recovery-sheet");
    let path = "/setup/recovery-sheet";
    assert!(browser.get(path).await.html.contains("name=\"word\""));
    let paper = browser.post(path, &[("do", "sheet"), ("word", "")]).await;
    assert_eq!(paper.status, StatusCode::OK);
    assert!(paper.html.contains("AGE-SECR"));
    let word = Regex::new("class=\"bigcode\"[^>]*>([^<]+)<").unwrap();
    let word = word.captures(&paper.html).unwrap()[1].to_owned();
    let page = browser
        .post(path, &[("do", "check"), ("word", "<b>")])
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.html.contains("href=\"#word\"") && page.html.contains("value=\"&lt;b&gt;\""));
    assert_eq!(step(&clinic), SetupStep::RecoverySheet);
    let page = browser
        .post(path, &[("do", "check"), ("word", &word)])
        .await;
    assert_eq!(to(&page), "/setup/done");
    assert_eq!(step(&clinic), SetupStep::Done);
    assert_eq!(browser.get("/setup/done").await.status, StatusCode::OK);
    assert_eq!(to(&browser.get("/setup/clinic").await), "/setup/done");
}

#[tokio::test]
async fn without_the_code_nobody_becomes_the_owner() {
    let clinic = world();
    staff_access::new_setup_code(&clinic).unwrap().unwrap();
    let mut browser = Browser::new(&clinic);
    browser.get("/setup").await;
    let mut typed = [
        ("code", "WRONGWRONG"),
        ("name", "Eve <b>"),
        ("email", "eve@clinic.example"),
        ("password", PASSWORD),
    ];
    let page = browser.post("/setup", &typed).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        page.html.contains("Eve &lt;b&gt;"),
        "what was typed is kept"
    );
    assert!(!page.html.contains(PASSWORD), "but for the password");
    typed[0].1 = "";
    let page = browser.post("/setup", &typed).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(step(&clinic), SetupStep::You);
    for closed in ["/setup/clinic", "/setup/hours", "/setup/done"] {
        assert_eq!(to(&browser.get(closed).await), "/setup", "{closed}");
    }
}

#[tokio::test]
async fn before_the_first_owner_every_door_leads_to_set_up() {
    let clinic = world();
    let mut browser = Browser::new(&clinic);
    for door in ["/", "/sign-in", "/staff", "/staff/sign-in", "/staff/people"] {
        assert_eq!(to(&browser.get(door).await), "/setup", "{door}");
    }
    assert!(browser.get("/setup").await.html.contains("name=\"code\""));

    // From the second screen on there is somebody who can sign in.
    owner_at_screen_two(&clinic).await;
    let mut browser = Browser::new(&clinic);
    assert_eq!(to(&browser.get("/staff").await), "/staff/sign-in");
    let page = browser.get("/").await;
    assert!(page.html.contains("href=\"/staff/sign-in\""));
}

#[tokio::test]
async fn screens_are_not_jumped() {
    let clinic = world();
    let mut browser = owner_at_screen_two(&clinic).await;
    for later in ["/setup/services", "/setup/hours", "/setup/look"] {
        assert_eq!(to(&browser.get(later).await), "/setup/clinic", "{later}");
    }
    browser.get("/setup/clinic").await;
    let page = browser.post("/setup/look", &[("do", "skip")]).await;
    assert_eq!(to(&page), "/setup/clinic");
    assert_eq!(step(&clinic), SetupStep::Clinic);
}
