//! What the owner sees of the certificate, and what a device sees that has to trust it.

use anteroom::app::certificate::{self, Part};
use anteroom::app::clinic_settings::set_connection;
use anteroom::domain::account::Role;
use anteroom::domain::certificate::{Plan, Proof, Record, Report, Shown, Source, Try};
use anteroom::serve::authority::Authority;
use jiff::SignedDuration;

use super::house::owner;
use crate::support::World;
use crate::support::browser::Browser;

const CONNECTION: &str = "/staff/settings/connection";
const CHOOSE: &str = "/staff/settings/connection/certificate";

/// A certificate of the clinic's own that ends in some days.
fn kept(world: &World, days: i64) -> Report {
    let now = world.in_hours(0);
    Report {
        shown: Some(Shown {
            source: Source::Public,
            names: vec!["clinic.example".into()],
            starts: now - SignedDuration::from_hours(24 * 80),
            ends: now + SignedDuration::from_hours(24 * days + 1),
        }),
        ..Report::default()
    }
}

/// The words of a page.
async fn words_of(browser: &mut Browser, path: &str) -> String {
    browser.visit(path).await;
    browser.words()
}

/// Sends the form of the choice with these answers.
async fn choose(browser: &mut Browser, answers: &[(&str, &str)]) {
    browser.visit(CHOOSE).await;
    let (action, mut pairs) = browser.form_of("Save");
    pairs.retain(|(name, _)| !answers.iter().any(|(n, _)| n == name));
    pairs.extend(
        answers
            .iter()
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned())),
    );
    browser.post(&action, pairs).await;
}

#[tokio::test]
async fn a_public_certificate_is_asked_for_with_a_name_and_consent() {
    let world = World::new();
    set_connection(&world.clinic, &owner(), "https://box.local", false).expect("an address");
    let mut browser = world.signed_in(Role::Owner).await;
    let text = words_of(&mut browser, CONNECTION).await;
    assert!(text.contains("You need a web name of your own"), "{text}");

    choose(&mut browser, &[("mode", "visit")]).await;
    assert_eq!(browser.status(), 422);
    assert!(
        browser
            .words()
            .contains("First enter a web address with a name of your own.")
    );

    let address = "https://clinic.example";
    set_connection(&world.clinic, &owner(), address, false).expect("an address");
    choose(&mut browser, &[("mode", "visit")]).await;
    assert_eq!(browser.status(), 422);
    assert!(
        browser.words().contains("Accept the terms"),
        "{}",
        browser.words()
    );
    choose(&mut browser, &[("mode", "visit"), ("agree", "yes")]).await;
    assert_eq!(browser.status(), 200, "{}", browser.words());
    let plan = certificate::plan(&world.clinic).expect("a plan");
    assert_eq!(plan, Plan::Public(Proof::Visit));

    choose(&mut browser, &[("mode", "files"), ("cert", "cert.pem")]).await;
    assert_eq!(browser.status(), 422);
    assert!(browser.words().contains("Enter a path that begins with /."));
    assert_eq!(certificate::plan(&world.clinic).expect("a plan"), plan);
}

#[tokio::test]
async fn trouble_and_the_record_stand_on_the_page_and_the_alarm_on_the_index() {
    let world = World::new();
    let mut browser = world.signed_in(Role::Owner).await;
    let keep = |report: &Report| {
        certificate::keep(&world.clinic, Part::Report, report, "test").expect("kept");
    };
    keep(&kept(&world, 10));
    assert!(
        !words_of(&mut browser, "/staff/settings")
            .await
            .contains("certificate ends")
    );
    let mut report = kept(&world, 10);
    report.failures = 1;
    report.last = Some(Try {
        at: world.in_hours(-1),
        trouble: Some("No <b>such</b> name (dns)".into()),
    });
    keep(&report);
    let index = words_of(&mut browser, "/staff/settings").await;
    assert!(
        index.contains("Your certificate ends in 10 days"),
        "{index}"
    );
    let text = words_of(&mut browser, CONNECTION).await;
    assert!(
        text.contains("10 days, until") && text.contains("No <b>such</b> name (dns)"),
        "{text}"
    );
    assert!(!browser.html().contains("<b>such"));

    report.record = Some(Record {
        name: "_acme-challenge.clinic.example".into(),
        value: "abc-123".into(),
        is_there: false,
    });
    keep(&report);
    let text = words_of(&mut browser, CONNECTION).await;
    assert!(text.contains("_acme-challenge.clinic.example") && text.contains("abc-123"));
    browser.press("It is there").await;
    assert_eq!(browser.status(), 200);
    let report = certificate::report(&world.clinic).expect("a report");
    assert!(report.record.expect("the record").is_there);
}

#[tokio::test]
async fn a_device_finds_the_certificate_its_fingerprint_and_the_steps() {
    let world = World::new();
    let mut browser = world.browser();
    for path in ["/trust", "/ca.crt", "/ca.pem", "/ca.mobileconfig"] {
        browser.visit(path).await;
        assert_eq!(browser.status(), 404, "nothing to trust yet: {path}");
    }
    let name = "box.local".parse().expect("a name");
    let made = Authority::create("C", &[name], world.in_hours(0)).expect("an authority");
    let authority = Authority::open(made.clone()).expect("an authority");
    certificate::keep(&world.clinic, Part::Authority, &made, "test").expect("kept");
    let text = words_of(&mut browser, "/trust").await;
    assert!(text.contains(&authority.fingerprint()), "{text}");
    for system in ["iPhone", "Android", "Windows", "Mac", "Firefox"] {
        assert!(text.contains(system), "{system}");
    }
    let html = browser.html();
    assert!(html.contains("href=\"/ca.mobileconfig\"") && html.contains("href=\"/ca.crt\""));
    for (path, kind) in [
        ("/ca.crt", "application/x-x509-ca-cert"),
        ("/ca.pem", "application/x-pem-file"),
        ("/ca.mobileconfig", "application/x-apple-aspen-config"),
    ] {
        browser.visit(path).await;
        assert_eq!(
            (browser.status(), browser.header("content-type")),
            (200, kind),
            "{path}"
        );
        assert!(!browser.html().contains("PRIVATE KEY"), "{path}");
    }
}

#[tokio::test]
async fn a_name_in_the_network_is_chosen_offered_and_not_lost_by_a_slip() {
    use anteroom::domain::local_name::{Announced, LocalName};
    const NAME: &str = "/staff/settings/connection/name";
    let world = World::new();
    let settings = || world.clinic.current().settings.clone();
    let mut browser = world.signed_in(Role::Owner).await;
    let send = async |browser: &mut Browser, answers: &[(&str, &str)]| {
        browser.visit(NAME).await;
        let (action, mut pairs) = browser.form_of("Save");
        pairs.retain(|(name, _)| name != "label");
        let answers = answers
            .iter()
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()));
        pairs.extend(answers);
        browser.post(&action, pairs).await;
    };
    send(&mut browser, &[("label", "two words")]).await;
    assert_eq!(browser.status(), 422);
    assert!(browser.words().contains("letters, digits and hyphens"));
    send(&mut browser, &[("label", "River.local")]).await;
    assert_eq!(settings().local_name, LocalName::Label("river".into()));

    // The network gave another, and the address is a number.
    let address = "https://192.168.1.5:8443";
    set_connection(&world.clinic, &owner(), address, false).expect("an address");
    let got = Announced {
        label: "river-2".into(),
        port: 8443,
    };
    world.clinic.local_name.store(Some(got.into()));
    let text = words_of(&mut browser, CONNECTION).await;
    assert!(text.contains("This name is taken here"), "{text}");
    let (action, pairs) = browser.form_of("Use it as your address");
    browser.post(&action, pairs).await;
    assert_eq!(settings().address, "https://river-2.local:8443");
    assert!(settings().lan_only);

    // A name that is the address is not lost by a slip; then the address goes along.
    set_connection(&world.clinic, &owner(), "https://river.local:8443", true).expect("an address");
    send(&mut browser, &[("label", "brook")]).await;
    assert_eq!(browser.status(), 422);
    assert!(browser.words().contains("Everyone signs in again"));
    send(&mut browser, &[("label", "brook"), ("sure", "yes")]).await;
    assert_eq!(settings().address, "https://brook.local:8443");
}

#[tokio::test]
async fn a_name_that_patients_may_know_does_not_change_with_the_clinics() {
    use anteroom::app::clinic_settings::{Look, publish_look, set_local_name};
    use anteroom::domain::local_name::LocalName;
    let world = World::new();
    set_local_name(&world.clinic, &owner(), LocalName::FromClinic).expect("a name");
    let look = |name: &str| Look {
        name: name.into(),
        welcome: String::new(),
        brand: "#0b7285".into(),
        logo: None,
    };
    let settings = || world.clinic.current().settings.clone();
    publish_look(&world.clinic, &owner(), look("Riverside Clinic")).expect("a look");
    assert_eq!(settings().local_name, LocalName::FromClinic);
    publish_look(&world.clinic, &owner(), look("Brook Clinic")).expect("a look");
    assert_eq!(settings().profile.name, "Brook Clinic");
    let label = LocalName::Label("riverside-clinic".into());
    assert_eq!(settings().local_name, label);
}

#[tokio::test]
async fn going_back_to_our_own_certificate_says_what_browsers_remember() {
    let world = World::new();
    let address = "https://clinic.example";
    set_connection(&world.clinic, &owner(), address, false).expect("an address");
    let public = Plan::Public(Proof::Visit);
    certificate::set_plan(&world.clinic, &owner(), public.clone()).expect("a plan");
    certificate::keep(&world.clinic, Part::Report, &kept(&world, 60), "test").expect("kept");
    let mut browser = world.signed_in(Role::Owner).await;
    choose(&mut browser, &[("mode", "own")]).await;
    assert_eq!(browser.status(), 422);
    assert!(
        browser.words().contains("lasts 365 days"),
        "{}",
        browser.words()
    );
    assert_eq!(certificate::plan(&world.clinic).expect("a plan"), public);
    choose(&mut browser, &[("mode", "own"), ("sure", "yes")]).await;
    assert_eq!(certificate::plan(&world.clinic).expect("a plan"), Plan::Own);
}

#[tokio::test]
async fn the_poster_shows_the_address_that_works_and_says_what_stops_phones() {
    use anteroom::domain::local_name::Announced;
    const POSTER: &str = "/staff/settings/poster";
    let world = World::new();
    let mut browser = world.signed_in(Role::Owner).await;
    let here = "https://127.0.0.1:8443";
    set_connection(&world.clinic, &owner(), here, false).expect("an address");
    let text = words_of(&mut browser, POSTER).await;
    assert!(text.contains("Phones cannot open this address"), "{text}");

    let number = "https://192.168.1.5:8443";
    set_connection(&world.clinic, &owner(), number, false).expect("an address");
    let text = words_of(&mut browser, POSTER).await;
    assert!(text.contains("192.168.1.5:8443"), "{text}");
    assert!(text.contains("This address may change"), "{text}");
    assert!(text.contains("Phones will warn"), "{text}");

    let got = Announced {
        label: "river-2".into(),
        port: 443,
    };
    world.clinic.local_name.store(Some(got.into()));
    let text = words_of(&mut browser, POSTER).await;
    assert!(
        text.contains("river-2.local") && !text.contains("192.168"),
        "{text}"
    );
    assert!(
        text.contains("Some older phones") && text.contains("our Wi-Fi"),
        "{text}"
    );

    let name = "https://clinic.example";
    set_connection(&world.clinic, &owner(), name, false).expect("an address");
    certificate::keep(&world.clinic, Part::Report, &kept(&world, 60), "test").expect("kept");
    let text = words_of(&mut browser, POSTER).await;
    assert!(
        text.contains("clinic.example") && !text.contains("river-2"),
        "{text}"
    );
    assert!(
        !text.contains("hones will") && !text.contains("Wi-Fi"),
        "{text}"
    );
}
