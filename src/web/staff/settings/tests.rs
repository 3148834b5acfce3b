//! Every form with nothing, too much, and what a hostile person would type: a sentence, what was
//! typed is kept, nothing is changed.

use std::sync::Arc;

use poem::http::StatusCode;

use crate::app::stage::Stage;
use crate::app::{backups, certificate, clinic_settings, people};
use crate::domain::account::Role;
use crate::domain::backup::plan::{Destination, Schedule};
use crate::domain::certificate::{Plan, Proof};
use crate::domain::local_name::Announced;
use crate::web::journey::{Browser, Page};

const HOSTILE: &str = "\"><script>alert(1)</script>\u{202e}\u{0}=1+1";

/// The owner, signed in.
async fn owner(stage: &Stage) -> Browser {
    let login = stage.staff("Rosa Lind", Role::Owner, "rosa@clinic.example");
    let url = people::demo_link(&stage.clinic, login.id).unwrap();
    let path = url.replace("https://clinic.local:8443", "");
    let mut browser = Browser::at_a_demonstration(&stage.clinic);
    browser.get(&path).await;
    let page = browser.post(&path, &[]).await;
    assert_eq!(page.location.as_deref(), Some("/staff"), "{}", page.html);
    browser
}

fn to(page: &Page) -> String {
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.html);
    page.location.clone().unwrap()
}

/// Forms with a field for words: path, the field, and what else must be there.
type Filled = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
);
const FORMS: &[Filled] = &[
    ("/staff/settings/services/new", "name", SERVICE),
    ("/staff/settings/practitioners/new", "name", &[("hue", "1")]),
    (
        "/staff/settings/closures",
        "name",
        &[("day", "2026-12-24"), ("last", "")],
    ),
    (
        "/staff/settings/look",
        "name",
        &[("colour", "#0b7285"), ("welcome", "")],
    ),
    ("/staff/settings/clinic", "name", CLINIC),
    (
        "/staff/settings/connection",
        "address",
        &[("reach", "home")],
    ),
    (
        "/staff/settings/limits",
        "upcoming",
        &[
            ("lock", "10"),
            ("per-address", "256"),
            ("connections", "2000"),
        ],
    ),
    ("/staff/settings/mail", "host", MAIL),
];

const SERVICE: &[(&str, &str)] = &[
    ("duration", "20"),
    ("before", "0"),
    ("after", "0"),
    ("step", "10"),
    ("lead", "2"),
    ("horizon", "60"),
    ("cancel", "24"),
    ("move", "24"),
    ("online", "instant"),
    ("price", ""),
];

const CLINIC: &[(&str, &str)] = &[
    ("kind", "general"),
    ("country", "GB"),
    ("language", "en"),
    ("currency", "GBP"),
    ("zone", "Europe/London"),
    ("emergency", "999"),
    ("phone", ""),
    ("address", ""),
];

const MAIL: &[(&str, &str)] = &[
    ("port", "587"),
    ("security", "starttls"),
    ("user", ""),
    ("password", ""),
    ("from", "front@clinic.example"),
    ("to", ""),
];

#[tokio::test]
async fn a_form_with_nothing_or_too_much_says_what_to_do() {
    let stage = Stage::new();
    let mut browser = owner(&stage).await;
    let huge = "x".repeat(5_000);
    for (path, field, rest) in FORMS {
        for typed in ["", huge.as_str()] {
            browser.get(path).await;
            let before = stage.clinic.current().settings.clone();
            let mut fields = rest.to_vec();
            fields.push((field, typed));
            let page = browser.post(path, &fields).await;
            assert_eq!(
                page.status,
                StatusCode::UNPROCESSABLE_ENTITY,
                "{path}: {}",
                page.html
            );
            assert!(page.html.contains("There is a problem"), "{path}");
            assert!(page.html.contains(&format!("href=\"#{field}\"")), "{path}");
            assert!(page.html.contains(typed), "{path}: what was typed is kept");
            assert_eq!(stage.clinic.current().settings, before, "{path}");
        }
    }
}

#[tokio::test]
async fn hostile_words_are_words() {
    let stage = Stage::new();
    let mut browser = owner(&stage).await;
    for (path, field, rest) in FORMS {
        browser.get(path).await;
        let mut fields = rest.to_vec();
        fields.push((field, HOSTILE));
        let mut page = browser.post(path, &fields).await;
        assert_ne!(page.status, StatusCode::INTERNAL_SERVER_ERROR, "{path}");
        if page.status == StatusCode::SEE_OTHER {
            page = browser.get(&to(&page)).await;
        }
        assert!(!page.html.contains("<script>alert"), "{path}");
        assert!(page.html.contains("&lt;script&gt;"), "{path}");
    }
    // A field that no page has is no typing mistake.
    browser.get("/staff/settings/limits").await;
    let page = browser
        .post("/staff/settings/limits", &[("role", "owner")])
        .await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn hours_are_typed_tried_copied_and_kept() {
    let stage = Stage::new();
    let mut browser = owner(&stage).await;
    browser.get("/staff/settings/services/new").await;
    let mut service = SERVICE.to_vec();
    service.push(("name", "Check-up"));
    service.push(("active", "on"));
    let page = browser.post("/staff/settings/services/new", &service).await;
    browser.get(&to(&page)).await;
    let one = [
        ("prefix", "Dr"),
        ("name", "Ana Silva"),
        ("role", "GP"),
        ("hue", "2"),
        ("active", "on"),
    ];
    let page = browser
        .post("/staff/settings/practitioners/new", &one)
        .await;
    let path = to(&page);
    let page = browser.get(&path).await;
    assert!(page.html.contains("No free times for Check-up."));

    let wrong = [("mon", "9-5"), ("tue", "nine to five"), ("do", "save")];
    let page = browser.post(&path, &wrong).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.html.contains("value=\"nine to five\"") && page.html.contains("value=\"9-5\""));
    assert!(page.html.contains("href=\"#tue\"") && !page.html.contains("href=\"#mon\""));

    let page = browser.post(&path, &[("mon", "9-5"), ("do", "copy")]).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.html.matches("value=\"9-5\"").count(), 5);
    let page = browser
        .post(
            &path,
            &[
                ("mon", "9-5"),
                ("tue", "9-5"),
                ("wed", "9-5"),
                ("thu", "9-5"),
                ("fri", "9-5"),
                ("do", "preview"),
            ],
        )
        .await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.html.contains("Not saved yet") && !page.html.contains("No free times"));
    let page = browser.get(&path).await;
    assert!(page.html.contains("No free times"), "trying keeps nothing");

    let page = browser
        .post(
            &path,
            &[
                ("mon", "9-5"),
                ("tue", "9-5"),
                ("wed", "9-5"),
                ("thu", "9-5"),
                ("fri", "9-5"),
                ("do", "save"),
            ],
        )
        .await;
    let page = browser.get(&to(&page)).await;
    assert_eq!(page.html.matches("value=\"09:00–17:00\"").count(), 5);
    assert!(!page.html.contains("No free times"));

    let days = format!("{path}/days");
    let page = browser
        .post(&days, &[("day", "2026-12-24"), ("last", "2026-12-01")])
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let tried = [
        ("day", "2026-12-24"),
        ("windows", "9-10"),
        ("do", "preview"),
    ];
    let page = browser.post(&days, &tried).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.html.contains("Not saved yet") && page.html.contains("value=\"2026-12-24\""));
    assert!(
        page.html.contains("From Thursday 24 December 2026"),
        "{}",
        page.html
    );
    let page = browser
        .post(&days, &[("day", "2026-12-24"), ("note", "Home")])
        .await;
    let page = browser.get(&to(&page)).await;
    assert!(page.html.contains("Day off") && page.html.contains("Home"));

    // The whole clinic closes: tried without a reason, kept with one.
    let closures = "/staff/settings/closures";
    browser.get(closures).await;
    let tried = [
        ("day", "2026-12-21"),
        ("last", "2026-12-23"),
        ("do", "preview"),
    ];
    let page = browser.post(closures, &tried).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.html.contains("Not saved yet") && page.html.contains("No closed days ahead"));
    let page = browser.post(closures, &tried[..2]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.html.contains("href=\"#name\"") && !page.html.contains("Not saved yet"));
}

#[tokio::test]
async fn the_mail_password_is_never_shown_and_never_told_to_another_server() {
    let stage = Stage::new();
    let mut browser = owner(&stage).await;
    let with = |changes: &[(&'static str, &'static str)]| {
        let mut fields: Vec<(&str, &str)> = MAIL
            .iter()
            .filter(|(name, _)| !changes.iter().any(|(n, _)| n == name))
            .copied()
            .collect();
        fields.extend(changes);
        fields
    };
    let path = "/staff/settings/mail";
    browser.get(path).await;
    let first = with(&[
        ("host", "mail.clinic.example"),
        ("user", "front"),
        ("password", " hunter2"),
    ]);
    let page = browser.post(path, &first).await;
    let page = browser.get(&to(&page)).await;
    assert!(!page.html.contains("hunter2"));
    let kept = || {
        let server = stage.clinic.current().settings.mail.clone().unwrap();
        server.login.map(|l| l.1)
    };
    assert_eq!(kept().as_deref(), Some(" hunter2"));
    let same = with(&[("host", "mail.clinic.example"), ("user", "front")]);
    to(&browser.post(path, &same).await);
    assert_eq!(kept().as_deref(), Some(" hunter2"), "empty keeps it");
    let other = with(&[("host", "evil.example"), ("user", "front")]);
    let page = browser.post(path, &other).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.html.contains("href=\"#password\""));
    let open = with(&[
        ("host", "mail.clinic.example"),
        ("user", "front"),
        ("security", "plain"),
    ]);
    let page = browser.post(path, &open).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn the_log_is_found_paged_and_taken_out() {
    let stage = Stage::new();
    let mut browser = owner(&stage).await;
    let page = browser
        .get("/staff/settings/audit?action=settings.change")
        .await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.html.contains("Settings changed"));
    let page = browser
        .get("/staff/settings/audit?from=yesterday&patient-text=Bob%3Cb%3E")
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.html.contains("value=\"Bob&lt;b&gt;\"") && page.html.contains("find nobody"));
    browser.get("/staff/settings/audit").await;
    let page = browser.post("/staff/settings/audit/file", &[]).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.html.contains("position,time,who"));
}

#[tokio::test]
async fn the_log_of_one_patient_is_found_by_name_and_taken_out_alone() {
    let stage = Stage::new();
    let mut browser = owner(&stage).await;
    let born = Some(crate::app::stage::BORN);
    let amira = stage.patient("Amira Haddad", None, born);
    let omar = stage.patient("Omar Haddad", None, born);
    for one in [&amira, &omar] {
        browser.get(&format!("/staff/patients/{}", one.id)).await;
    }
    let one = format!("/staff/settings/audit?patient={}", amira.id);
    for path in [one.as_str(), "/staff/settings/audit?patient-text=amira"] {
        let page = browser.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(page.html.contains("value=\"Haddad, Amira\""));
        assert!(!page.html.contains(&format!("/staff/patients/{}", omar.id)));
    }
    let id = amira.id.to_string();
    let page = browser
        .post("/staff/settings/audit/file", &[("patient", &id)])
        .await;
    assert!(page.html.contains(&id) && !page.html.contains(&omar.id.to_string()));
    let page = browser
        .post("/staff/settings/audit/file", &[("patient", "Bob")])
        .await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);

    // What follows shows both, and so stands in the log of both.
    let page = browser
        .get("/staff/settings/audit?patient-text=haddad")
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.html.contains("Choose one below"));
    assert!(
        page.html.contains(&format!("href=\"{one}\"")),
        "{}",
        page.html
    );

    let found = browser.get("/staff/patients/find?q=hadd").await;
    assert!(found.html.contains("Haddad, Omar") && !found.html.contains("new."));
}

#[tokio::test]
async fn with_whom_the_machine_speaks_is_said() {
    let stage = Stage::new();
    let mut browser = owner(&stage).await;
    let path = "/staff/settings/outside";
    let page = browser.get(path).await;
    assert!(page.html.contains("Nobody. This machine answers"));
    let mut fields = MAIL.to_vec();
    fields.push(("host", "mail.clinic.example"));
    browser.get("/staff/settings/mail").await;
    to(&browser.post("/staff/settings/mail", &fields).await);
    let page = browser.get(path).await;
    assert!(
        page.html.contains("mail.clinic.example:587"),
        "{}",
        page.html
    );
    assert!(!page.html.contains("Let’s Encrypt"));
    stage.clinic.local_name.store(Some(Arc::new(Announced {
        label: "riverside".to_owned(),
        port: 8443,
    })));
    let (clinic, caller) = (&stage.clinic, stage.caller(Role::Owner));
    clinic_settings::set_connection(clinic, &caller, "https://riverside.example", false).unwrap();
    certificate::set_plan(clinic, &caller, Plan::Public(Proof::Visit)).unwrap();
    let page = browser.get(path).await;
    assert!(page.html.contains("Let’s Encrypt"), "{}", page.html);
    assert!(
        page.html.contains("https://riverside.local:8443"),
        "{}",
        page.html
    );
    assert!(!page.html.contains("Nobody."));
}

#[tokio::test]
async fn a_service_is_shown_as_it_would_be_and_not_saved() {
    let stage = Stage::new();
    let mut browser = owner(&stage).await;
    let path = "/staff/settings/services/new";
    let mut fields = SERVICE.to_vec();
    fields.extend([("name", "Long talk"), ("active", "on"), ("do", "preview")]);
    browser.get(path).await;
    let page = browser.post(path, &fields).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.html);
    assert!(page.html.contains("Patients will see next") && page.html.contains("Not saved yet"));
    assert!(
        page.html.contains("value=\"Long talk\""),
        "what was typed is kept"
    );
    let page = browser.get("/staff/settings/services").await;
    assert!(!page.html.contains("Long talk"));
}

#[tokio::test]
async fn a_place_for_backups_is_one_with_whom_the_machine_speaks() {
    let stage = Stage::new();
    let (clinic, caller) = (&stage.clinic, stage.caller(Role::Owner));
    let to = Destination::Directory("/mnt/nas/clinic".to_owned());
    backups::add(clinic, &caller, "nas", to).unwrap();
    let mut browser = owner(&stage).await;
    let path = "/staff/settings/outside";
    let page = browser.get(path).await.html;
    assert!(page.contains("/mnt/nas/clinic") && page.contains("Only the recovery sheet"));
    assert!(!page.contains("Nobody."));
    let wish = backups::Wish {
        schedule: Schedule::Off,
        keep: "1,1,1,1".parse().unwrap(),
        targets: std::collections::BTreeSet::new(),
    };
    backups::decide(clinic, &caller, wish).unwrap();
    assert!(browser.get(path).await.html.contains("Nobody."), "it rests");
}
