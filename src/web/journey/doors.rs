use super::*;
use crate::app::second_factor::code_at;
use crate::app::stage::{BORN, Stage, email};
use crate::app::{enrolment, password, people};
use crate::domain::account::Role;
use crate::domain::notice::NoticeKind;

const BIRTH: [(&str, &str); 3] = [
    ("born-day", "17"),
    ("born-month", "5"),
    ("born-year", "1984"),
];

fn path(url: &str) -> String {
    url.replace("https://clinic.local:8443", "")
}

fn to(page: &Page) -> &str {
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.html);
    page.location.as_deref().unwrap()
}

#[tokio::test]
async fn an_invited_patient_opens_their_page_and_signs_out() {
    let stage = Stage::new();
    let amira = stage.patient("Amira Haddad", None, Some(BORN));
    let desk = stage.caller(Role::FrontDesk);
    let invitation = enrolment::invite(&stage.clinic, &desk, amira.id, false).unwrap();
    let link = path(&invitation.url);
    let mut phone = Browser::new(&stage.clinic);
    let page = phone.get(&link).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        !page.html.contains("Amira") && !page.html.contains("Haddad"),
        "no name before proof"
    );
    let wrong = phone
        .post(
            &link,
            &[
                ("born-day", "1"),
                ("born-month", "x"),
                ("born-year", "1984"),
            ],
        )
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.html.contains("value=\"x\""), "what was typed is kept");
    // A month may be typed as it is said.
    let by_word = [
        ("born-day", "17"),
        ("born-month", "may"),
        ("born-year", "1984"),
    ];
    let page = phone.post(&link, &by_word).await;
    assert_eq!(to(&page), "/");
    let home = phone.get("/").await;
    assert!(home.status == StatusCode::OK && home.html.contains("Amira"));
    assert_eq!(phone.get(&link).await.status, StatusCode::NOT_FOUND);
    phone.get("/me").await;
    let out = phone.post("/sign-out", &[]).await;
    assert_eq!(to(&out), "/sign-in");
    assert_eq!(to(&phone.get("/").await), "/sign-in");
}

#[tokio::test]
async fn a_new_address_is_confirmed_after_a_fresh_proof() {
    let stage = Stage::new();
    let amira = stage.patient("Amira Haddad", Some("old@example.org"), Some(BORN));
    let desk = stage.caller(Role::FrontDesk);
    let invitation = enrolment::invite(&stage.clinic, &desk, amira.id, false).unwrap();
    let link = path(&invitation.url);
    let mut phone = Browser::new(&stage.clinic);
    phone.get(&link).await;
    phone.post(&link, &BIRTH).await;
    stage.clock.forward_min(60);
    assert_eq!(to(&phone.get("/me/email").await), "/me/proof/email");
    phone.get("/me/proof/email").await;
    assert_eq!(
        to(&phone.post("/me/proof/email/code", &[]).await),
        "/me/proof/email"
    );
    phone.get("/me/proof/email").await;
    let letter = stage.letters(NoticeKind::SignIn).pop().unwrap();
    let mut fields = BIRTH.to_vec();
    fields.push(("code", letter.code.as_deref().unwrap()));
    assert_eq!(
        to(&phone.post("/me/proof/email", &fields).await),
        "/me/email"
    );
    phone.get("/me/email").await;
    let form = [("email", "new@example.org")];
    assert_eq!(to(&phone.post("/me/email", &form).await), "/me");
    assert!(phone.get("/me").await.html.contains("new@example.org"));
    let token = stage
        .letters(NoticeKind::ConfirmContact)
        .pop()
        .unwrap()
        .token
        .unwrap();
    let mut elsewhere = Browser::new(&stage.clinic);
    let link = format!("/c/{token}");
    assert_eq!(elsewhere.get(&link).await.status, StatusCode::OK);
    assert_eq!(
        stage.chart(amira.id).email,
        Some(email("old@example.org")),
        "GET changes nothing"
    );
    assert_eq!(elsewhere.post(&link, &[]).await.status, StatusCode::OK);
    assert_eq!(stage.chart(amira.id).email, Some(email("new@example.org")));
    let wishes = [("language", "en"), ("theme", "dark")];
    phone.get("/me").await;
    assert_eq!(to(&phone.post("/me/wishes", &wishes).await), "/me");
    assert!(!stage.chart(amira.id).reminders);
    let saved = "Your wishes are saved.";
    assert!(phone.get("/me").await.html.contains(saved));
    assert!(!phone.get("/me").await.html.contains(saved), "said once");
    assert_eq!(phone.get("/me/looks").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_link_about_a_visit_confirms_and_cancels_without_signing_in() {
    let stage = Stage::new();
    let amira = stage.patient("Amira Haddad", None, Some(BORN));
    let (_, token) = stage.visit(amira.id);
    let link = format!("/v/{token}");
    let mut phone = Browser::new(&stage.clinic);
    let page = phone.get(&link).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.html.contains("Amira") && !page.html.contains("Check-up"));
    let done = phone.post(&format!("{link}/confirmation"), &[]).await;
    assert_eq!(to(&done), link);
    let page = phone.get(to(&done)).await;
    assert!(!page.html.contains(&format!("{link}/confirmation")));
    let asks = phone.get(&format!("{link}/cancellation")).await;
    assert!(asks.status == StatusCode::OK && !asks.html.contains("Check-up"));
    let done = phone.post(&format!("{link}/cancellation"), &[]).await;
    let page = phone.get(to(&done)).await;
    assert!(page.html.contains("Your visit is cancelled"));
    // A slip is taken back with one tap, for three minutes.
    let done = phone.post(&format!("{link}/undo"), &[]).await;
    assert_eq!(to(&done), link);
    phone.get(&link).await;
    phone.post(&format!("{link}/cancellation"), &[]).await;
    stage.clock.forward_min(3);
    let page = phone.get(&link).await;
    assert!(page.status == StatusCode::OK && !page.html.contains(&format!("{link}/undo")));
    let refused = phone.post(&format!("{link}/confirmation"), &[]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert_eq!(to(&phone.get("/").await), "/sign-in", "nobody is signed in");
}

#[tokio::test]
async fn a_stranger_proves_an_address_and_asks() {
    let stage = Stage::new();
    let mut phone = Browser::new(&stage.clinic);
    phone.get("/sign-in").await;
    let bad = phone.post("/sign-in", &[("email", "nonsense")]).await;
    assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = phone
        .post("/sign-in", &[("email", "new@example.org")])
        .await;
    assert_eq!(to(&page), "/sign-in/code");
    phone.get("/sign-in/code").await;
    let letter = stage.letters(NoticeKind::SignIn).pop().unwrap();
    let page = phone
        .post(
            "/sign-in/code",
            &[("code", letter.code.as_deref().unwrap())],
        )
        .await;
    let next = to(&page).to_owned();
    assert!(next.ends_with("/name"), "{next}");
    phone.get(&next).await;
    let mut fields = BIRTH.to_vec();
    fields.push(("name", "Bo <Li>"));
    fields.push(("phone", ""));
    assert_eq!(to(&phone.post(&next, &fields).await), "/");
    let home = phone.get("/").await;
    assert_eq!(home.status, StatusCode::OK);
    assert!(!home.html.contains("<Li>"));
}

#[tokio::test]
async fn a_code_is_good_in_its_own_browser_only() {
    let stage = Stage::new();
    let (mut mine, mut theirs) = (Browser::new(&stage.clinic), Browser::new(&stage.clinic));
    mine.get("/sign-in").await;
    mine.post("/sign-in", &[("email", "new@example.org")]).await;
    let letter = stage.letters(NoticeKind::SignIn).pop().unwrap();
    theirs.get("/sign-in/code").await;
    let page = theirs
        .post(
            "/sign-in/code",
            &[("code", letter.code.as_deref().unwrap())],
        )
        .await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_dead_link_leads_on_and_answers_everybody_alike() {
    let stage = Stage::new();
    let clinic = &stage.clinic;
    let amira = stage.patient("Amira Haddad", Some("amira@example.org"), Some(BORN));
    let desk = stage.caller(Role::FrontDesk);
    let invitation = enrolment::invite(clinic, &desk, amira.id, false).unwrap();
    let (_, visit) = stage.visit(amira.id);
    stage.clock.forward_min(14 * 24 * 60);
    let known = path(&invitation.url);
    let mut answers = Vec::new();
    for link in [
        known.as_str(),
        "/i/never-was",
        "/s/never-was",
        "/c/never-was",
    ] {
        let token = link.rsplit('/').next().unwrap();
        let mut phone = Browser::new(clinic);
        let page = phone.get(link).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
        assert!(page.html.contains("Send me a new link"), "{}", page.html);
        assert!(!page.html.contains("amira"), "no address");
        let sent = phone.post("/new-link", &[("token", token)]).await;
        let (next, form) = (to(&sent).to_owned(), phone.token.clone());
        let page = phone.get(&next).await;
        let html = page.html.replace(&phone.token, "").replace(&form, "");
        answers.push((next, html));
    }
    assert!(answers.iter().all(|a| *a == answers[0]));
    let letters = stage.letters(NoticeKind::SignIn);
    assert_eq!(letters.len(), 1, "one of them was known");
    assert_eq!(letters[0].to, "amira@example.org");
    // What came works: with the birth date, because she has not been here before.
    let mut phone = Browser::new(clinic);
    let link = format!("/s/{}", letters[0].token.as_deref().unwrap());
    phone.get(&link).await;
    assert_eq!(to(&phone.post(&link, &BIRTH).await), "/");
    // The link in a mail about a visit that is over goes the same way.
    let mut phone = Browser::new(clinic);
    let page = phone.get(&format!("/v/{visit}/time")).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    phone.post("/new-link", &[("token", &visit)]).await;
    assert_eq!(stage.letters(NoticeKind::SignIn).len(), 2);
    // Whoever presses again and again writes no more mail than the door lets through.
    for _ in 0..20 {
        phone.get(&format!("/v/{visit}")).await;
        phone.post("/new-link", &[("token", &visit)]).await;
    }
    assert!(stage.letters(NoticeKind::SignIn).len() < 8);
}

#[tokio::test]
async fn someone_reads_the_first_page_in_their_own_language() {
    let stage = Stage::new();
    let amira = stage.patient("Amira Haddad", None, Some(BORN));
    let desk = stage.caller(Role::FrontDesk);
    let invitation = enrolment::invite(&stage.clinic, &desk, amira.id, false).unwrap();
    let link = path(&invitation.url);
    // One language is no choice.
    let mut phone = Browser::new(&stage.clinic);
    let page = phone.get(&link).await;
    assert!(!page.html.contains("hreflang"));
    let page = phone.get(&format!("{link}?language=ar-XB")).await;
    assert!(
        page.html.contains("lang=\"en\""),
        "nor one that is for tests"
    );
    let mut phone = Browser::at_a_demonstration(&stage.clinic);
    let page = phone.get(&link).await;
    assert_eq!(page.html.matches("hreflang").count(), 3);
    let chosen = format!("{link}?language=ar-XB");
    let page = phone.get(&chosen).await;
    assert!(page.html.contains("lang=\"ar-XB\" dir=\"rtl\""));
    assert!(
        page.html.contains(&format!("action=\"{chosen}\"")),
        "it is kept"
    );
    let page = phone.post(&chosen, &[("born-day", "1")]).await;
    assert!(page.status == StatusCode::UNPROCESSABLE_ENTITY && page.html.contains("dir=\"rtl\""));
    assert_eq!(to(&phone.post(&chosen, &BIRTH).await), "/");
    assert!(
        phone
            .get("/")
            .await
            .html
            .contains("lang=\"ar-XB\" dir=\"rtl\"")
    );
}

#[tokio::test]
async fn a_language_chosen_at_the_door_is_kept_to_the_code() {
    let stage = Stage::new();
    let mut phone = Browser::at_a_demonstration(&stage.clinic);
    let page = phone.get("/sign-in").await;
    assert_eq!(page.html.matches("hreflang").count(), 3);
    let chosen = "/sign-in?language=ar-XB";
    let page = phone.get(chosen).await;
    assert!(page.html.contains(&format!("action=\"{chosen}\"")));
    let asked = phone.post(chosen, &[("email", "new@example.org")]).await;
    assert_eq!(to(&asked), "/sign-in/code?language=ar-XB");
    let page = phone.get(to(&asked)).await;
    assert!(page.html.contains("lang=\"ar-XB\" dir=\"rtl\""));
}

#[tokio::test]
async fn an_old_link_to_work_says_what_to_do() {
    let stage = Stage::new();
    stage.caller(Role::Owner);
    let page = Browser::new(&stage.clinic).get("/p/NOTHING").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(page.html.contains("This link does not work any more"));
    assert!(
        page.html
            .contains("Ask an owner of the clinic for a new one.")
    );
    assert!(page.html.contains("href=\"/staff/sign-in\""));
}

#[tokio::test]
async fn a_misread_letter_is_read_again() {
    let stage = Stage::new();
    let mut phone = Browser::new(&stage.clinic);
    phone.get("/i").await;
    let mut fields = BIRTH.to_vec();
    fields.push(("code", "7K2M-9QXA-0BTC"));
    let page = phone.post("/i", &fields).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.html.contains("value=\"7K2M-9QXA-0BTC\"") && page.html.contains("1984"));
}

#[tokio::test]
async fn a_form_without_its_proof_does_nothing() {
    let stage = Stage::new();
    let mut phone = Browser::new(&stage.clinic);
    let page = phone
        .post("/sign-in", &[("email", "new@example.org")])
        .await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(stage.letters(NoticeKind::SignIn).is_empty());
}

#[tokio::test]
async fn someone_who_works_here_sets_a_password_and_an_app_locks_and_unlocks() {
    let stage = Stage::new();
    let person = people::NewPerson {
        name: "Ines Silva".to_owned(),
        email: email("ines@clinic.org"),
        role: Role::FrontDesk,
        practitioner: None,
    };
    let owner = stage.caller(Role::Owner);
    let link = people::invite(&stage.clinic, &owner, &person, false).unwrap();
    let link = path(&link.url);
    let mut desk = Browser::new(&stage.clinic);
    assert!(desk.get(&link).await.html.contains("Ines Silva"));
    let weak = desk.post(&link, &[("password", "password1")]).await;
    assert_eq!(weak.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = desk.post(&link, &[("password", "tulip wagon nine")]).await;
    let app = to(&page).to_owned();
    let page = desk.get(&app).await;
    let secret = page
        .html
        .split("<code>")
        .nth(1)
        .unwrap()
        .split('<')
        .next()
        .unwrap();
    let secret = secret.replace(' ', "");
    let secret = data_encoding::BASE32_NOPAD
        .decode(secret.as_bytes())
        .unwrap();
    let code = code_at(&secret, stage.clinic.now());
    let page = desk.post(&app, &[("code", &code)]).await;
    assert_eq!(page.html.matches("<li><code>").count(), 10);
    assert_eq!(desk.get("/staff").await.status, StatusCode::OK);
    stage.clock.forward_min(30);
    let page = desk.get("/staff").await;
    let lock = to(&page).to_owned();
    assert_eq!(lock, "/staff/lock?to=%2Fstaff");
    desk.get(&lock).await;
    let wrong = [("to", "/staff"), ("password", "wrong horse")];
    let page = desk.post("/staff/lock/password", &wrong).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let right = [("to", "/staff"), ("password", "tulip wagon nine")];
    assert_eq!(
        to(&desk.post("/staff/lock/password", &right).await),
        "/staff"
    );
    assert_eq!(desk.get("/staff").await.status, StatusCode::OK);
    desk.get("/staff/lock").await;
    assert_eq!(
        to(&desk.post("/staff/sign-out", &[]).await),
        "/staff/sign-in"
    );
    // The next day: password, then the app.
    desk.get("/staff/sign-in").await;
    let form = [
        ("email", "ines@clinic.org"),
        ("password", "tulip wagon nine"),
    ];
    let page = desk.post("/staff/sign-in", &form).await;
    let second = to(&page).to_owned();
    desk.get(&second).await;
    let code = code_at(&secret, stage.clinic.now());
    assert_eq!(to(&desk.post(&second, &[("code", &code)]).await), "/staff");
}

#[tokio::test]
async fn an_owner_invites_changes_and_closes_and_nobody_else_may() {
    let stage = Stage::new();
    let clinic = &stage.clinic;
    let owner = stage.staff("Owen Price", Role::Owner, "owen@clinic.org");
    let ines = stage.staff("Ines Silva", Role::FrontDesk, "ines@clinic.org");
    let mut desk = Browser::new(clinic);
    for (who, sees) in [(&ines, StatusCode::NOT_FOUND), (&owner, StatusCode::OK)] {
        let link = path(&people::demo_link(clinic, who.id).unwrap());
        let new = people::demo_sign_in(
            clinic,
            &crate::app::stage::visitor(),
            link.rsplit('/').next().unwrap(),
        );
        desk.cookies
            .insert(super::super::cookies::STAFF.to_owned(), new.unwrap().token);
        assert_eq!(desk.get("/staff/account").await.status, StatusCode::OK);
        assert_eq!(desk.get("/staff/people").await.status, sees);
    }
    let form = [
        ("name", "<b>New"),
        ("email", "new@clinic.org"),
        ("role", "billing"),
        ("by", "link"),
    ];
    let page = desk.post("/staff/people", &form).await;
    assert!(
        page.status == StatusCode::OK && page.html.contains("/p/") && !page.html.contains("<b>New")
    );
    let page = desk.post("/staff/people", &form).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let at = format!("/staff/people/{}", ines.id);
    let page = desk.get(&at).await;
    assert!(page.html.contains("Ines Silva"));
    let seen = page.html.split_once("name=\"seen\" value=\"").unwrap().1;
    let seen = seen.split_once('"').unwrap().0;
    let role = [
        ("role", "practitioner"),
        ("calendar", ""),
        ("last-day", ""),
        ("seen", seen),
    ];
    let saved = desk.post(&at, &role).await;
    assert_eq!(to(&saved), at);
    assert_eq!(stage.login(&ines).role, Role::Practitioner);
    let own = format!("/staff/people/{}/access", owner.id);
    let page = desk.post(&own, &[("do", "close")]).await;
    assert_eq!(page.status, StatusCode::CONFLICT, "the last owner stays");
    assert_eq!(desk.get("/staff/account/app").await.status, StatusCode::OK);
}

#[tokio::test]
async fn unknown_people_get_the_page_of_a_wrong_password() {
    let stage = Stage::new();
    let mut login = stage.staff("Ines", Role::Owner, "ines@clinic.org");
    login.password = Some(password::hash(&stage.clinic, "tulip wagon nine").unwrap());
    stage.keep(&login);
    let mut pages = Vec::new();
    for mail in ["ines@clinic.org", "nobody@clinic.org", "no address"] {
        let mut desk = Browser::new(&stage.clinic);
        desk.get("/staff/sign-in").await;
        let form = [("email", mail), ("password", "wrong horse")];
        let page = desk.post("/staff/sign-in", &form).await;
        let token = desk.token.clone();
        pages.push((page.status, page.html.replace(mail, "").replace(&token, "")));
    }
    assert_eq!(pages[0], pages[1]);
    assert_eq!(pages[0], pages[2]);
}
