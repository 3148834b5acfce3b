//! A public certificate, from Debian's `pebble`.

use anteroom::app::certificate::{self, Part};
use anteroom::domain::certificate::{Plan, Proof, Source, renewal};
use anteroom::serve::keeper::Given;
use instant_acme::{CertificateIdentifier, RevocationRequest};

use super::house::{self, HOST, House, ask, issuer};
use super::pebble::{self, Asks, Pebble, free_port};

fn given(pebble: &Pebble) -> Given {
    Given {
        files: None,
        public: pebble.authority(),
    }
}

fn asks(port: u16) -> Asks {
    Asks {
        tls: port,
        http: port,
        refused_nonces: 5,
    }
}

/// Whether an answer to the clinic's name carries HSTS.
async fn says_insist(house: &House) -> bool {
    let (mut tls, _) = house.shake(HOST).await;
    house::head(&mut tls)
        .await
        .contains("strict-transport-security: max-age=31536000")
}

const VISIT: Plan = Plan::Public(Proof::Visit);

#[tokio::test]
async fn a_certificate_is_got_and_renewed_while_a_connection_stays_open() {
    if !pebble::is_here("issue, renew, swap") {
        return;
    }
    let (port, mut pebble) = (free_port(), Pebble::new());
    pebble.start(asks(port)).await;
    let house = House::open(port, given(&pebble), VISIT).await;
    let (mut early, own) = house.shake("localhost").await;
    assert!(issuer(&own).contains("Anteroom"), "{}", issuer(&own));
    assert_eq!(ask(&mut early).await, 200);

    let report = house.until("issued", |r| r.last.is_some()).await;
    assert_eq!(
        report.last.as_ref().unwrap().trouble,
        None,
        "{}",
        pebble.log()
    );
    let shown = report.shown.unwrap();
    assert_eq!(
        (shown.source, shown.names),
        (Source::Public, vec![HOST.to_owned()])
    );
    let first = house.shown(HOST).await;
    assert!(issuer(&first).contains("Pebble"), "{}", issuer(&first));
    assert!(
        says_insist(&house).await,
        "browsers are told to insist on TLS"
    );
    // Devices that come by a local name still get the certificate that they trust.
    assert_eq!(house.shown("localhost").await, own);
    assert_eq!(ask(&mut early).await, 200, "the open connection goes on");

    // Two thirds of its life are not over: nothing happens.
    let life = shown.ends.duration_since(shown.starts).as_hours() / 24;
    house.later_days(life * 2 / 3 - 1);
    house.keeper.look().await;
    assert_eq!(house.shown(HOST).await, first);
    house.later_days(3);
    let (mut before, _) = house.shake(HOST).await;
    house.keeper.look().await;
    let report = house.report();
    assert_eq!(
        (report.failures, report.next),
        (0, None),
        "{}",
        pebble.log()
    );
    let second = house.shown(HOST).await;
    assert!(issuer(&second).contains("Pebble"), "{}", issuer(&second));
    assert!(second != first, "{report:#?} {}", pebble.log());
    assert_eq!(ask(&mut before).await, 200, "the open connection goes on");
    drop((early, before));
    house.close().await;
}

#[tokio::test]
async fn a_certificate_is_renewed_when_its_authority_asks_for_it_early() {
    if !pebble::newer_is_here("renewal information") {
        return;
    }
    let (port, mut pebble) = (free_port(), Pebble::newer());
    pebble.start(asks(port)).await;
    let asked = |pebble: &Pebble| pebble.log().matches("/renewalInfo/ -> ").count();
    let house = House::open(port, given(&pebble), VISIT).await;
    let report = house.until("issued", |r| r.last.is_some()).await;
    assert_eq!(report.last.unwrap().trouble, None, "{}", pebble.log());
    let shown = report.shown.unwrap();
    let first = house.shown(HOST).await;

    // Two thirds of its life are not over, and the authority does not mind.
    house.keeper.look().await;
    assert_eq!(asked(&pebble), 1, "{}", pebble.log());
    assert_eq!(house.shown(HOST).await, first);

    // It has changed its mind, but said that nobody needs to ask within six hours.
    let kept = certificate::find::<serde_json::Value>(&house.clinic, Part::Account);
    let kept = kept.expect("a store").expect("an account");
    let account = pebble.account(kept["credentials"].clone()).await;
    let revocation = RevocationRequest {
        certificate: &first,
        reason: None,
    };
    account.revoke(&revocation).await.expect("revoked");
    house.later_hours(5);
    house.keeper.look().await;
    assert_eq!(asked(&pebble), 1, "{}", pebble.log());
    assert_eq!(house.shown(HOST).await, first);

    house.later_hours(1);
    house.keeper.look().await;
    assert_eq!(asked(&pebble), 2, "{}", pebble.log());
    let own = renewal(shown.starts, shown.ends);
    assert!(house.clinic.now() < own, "two thirds are not over");
    let second = house.shown(HOST).await;
    let report = house.report();
    assert!(second != first, "{report:#?} {}", pebble.log());
    assert!(issuer(&second).contains("Pebble"), "{}", issuer(&second));
    assert_eq!((report.failures, report.next), (0, None));
    // The order said which certificate it replaces.
    let mut order = account
        .order(pebble.newest_order())
        .await
        .expect("an order");
    let replaced = CertificateIdentifier::try_from(&first).expect("a name");
    assert_eq!(order.state().replaces, Some(replaced), "{}", pebble.log());

    // What it thought of the old one is not held against the new one.
    house.keeper.look().await;
    assert_eq!(asked(&pebble), 3, "{}", pebble.log());
    assert_eq!(house.shown(HOST).await, second);
    house.close().await;
}

#[tokio::test]
async fn refused_nonces_do_not_matter() {
    if !pebble::is_here("nonce rejects") {
        return;
    }
    let (port, mut pebble) = (free_port(), Pebble::new());
    let hard = Asks {
        refused_nonces: 80,
        ..asks(port)
    };
    pebble.start(hard).await;
    let house = House::open(port, given(&pebble), VISIT).await;
    let report = house.until("tried", |r| r.last.is_some()).await;
    assert_eq!((report.last.unwrap().trouble, report.failures), (None, 0));
    // It takes eight requests when no number is refused.
    let requests = pebble.log().matches("POST /").count();
    assert!(requests > 8, "{}", pebble.log());
    house.close().await;
}

#[tokio::test]
async fn plain_http_proves_the_name_where_tls_cannot() {
    if !pebble::is_here("HTTP-01") {
        return;
    }
    let (port, mut pebble) = (free_port(), Pebble::new());
    let blocked = Asks {
        tls: free_port(),
        ..asks(port)
    };
    pebble.start(blocked).await;
    let house = House::open(port, given(&pebble), VISIT).await;
    let report = house.until("tried", |r| r.last.is_some()).await;
    assert_eq!(report.last.unwrap().trouble, None, "{}", pebble.log());
    assert!(issuer(&house.shown(HOST).await).contains("Pebble"));
    house.close().await;
}

#[tokio::test]
async fn a_refused_challenge_is_said_in_the_authoritys_words_and_tried_later() {
    if !pebble::is_here("refused challenge") {
        return;
    }
    let (port, mut pebble) = (free_port(), Pebble::new());
    let blocked = Asks {
        tls: free_port(),
        http: free_port(),
        ..asks(port)
    };
    pebble.start(blocked).await;
    let house = House::open(port, given(&pebble), VISIT).await;
    let report = house.until("tried", |r| r.failures > 0).await;
    let words = report.last.unwrap().trouble.expect("trouble");
    assert!(
        words.contains("TLS-ALPN-01: ") && words.contains(" HTTP-01: "),
        "{words}"
    );
    assert!(
        words.contains("connection refused") || words.contains("connect: "),
        "{words}"
    );
    let wait = report.next.unwrap().duration_since(house.clinic.now());
    assert!((15..=20).contains(&wait.as_mins()), "{wait}");
    assert!(issuer(&house.shown(HOST).await).contains("Anteroom"));
    // Not again before its time.
    house.keeper.look().await;
    assert_eq!(house.report().failures, 1);
    house.close().await;
}

#[tokio::test]
async fn an_authority_that_is_away_does_not_keep_the_clinic_from_opening() {
    if !pebble::is_here("server away at start-up") {
        return;
    }
    let (port, mut pebble) = (free_port(), Pebble::new());
    let house = House::open(port, given(&pebble), VISIT).await;
    let (mut early, own) = house.shake(HOST).await;
    assert!(issuer(&own).contains("Anteroom"));
    assert_eq!(ask(&mut early).await, 200);
    let report = house.until("tried", |r| r.failures > 0).await;
    let words = report.last.unwrap().trouble.expect("trouble");
    assert!(words.contains("refused"), "{words}");

    pebble.start(asks(port)).await;
    certificate::try_now(&house.clinic, &house::owner()).expect("asked for");
    let report = house.until("issued", |r| r.failures == 0).await;
    assert_eq!(report.last.unwrap().trouble, None);
    assert!(issuer(&house.shown(HOST).await).contains("Pebble"));
    drop(early);
    house.close().await;
}

#[tokio::test]
async fn a_record_in_the_zone_proves_the_name_of_a_clinic_that_nobody_can_visit() {
    if !pebble::is_here("DNS-01") {
        return;
    }
    let (port, mut pebble) = (free_port(), Pebble::new());
    let unreachable = Asks {
        tls: free_port(),
        http: free_port(),
        ..asks(port)
    };
    pebble.start(unreachable).await;
    let house = House::open(port, given(&pebble), Plan::Public(Proof::Record)).await;
    let report = house.until("asked for", |r| r.record.is_some()).await;
    let first = report.record.unwrap();
    assert_eq!(first.name, format!("_acme-challenge.{HOST}"));
    assert_eq!(report.failures, 0);
    // Looking again asks for nothing new.
    house.keeper.look().await;
    assert_eq!(house.report().record, Some(first.clone()));

    // Said too early: the authority's words, and a new record after the wait.
    certificate::record_is_there(&house.clinic, &house::owner()).expect("said");
    let report = house.until("refused", |r| r.failures > 0).await;
    let words = report.last.unwrap().trouble.expect("trouble");
    assert!(words.contains("TXT"), "{words}");
    certificate::try_now(&house.clinic, &house::owner()).expect("asked for");
    let again = house.until("asked for", |r| r.record.is_some()).await;
    let second = again.record.unwrap();
    assert!(second.value != first.value && !second.is_there);

    pebble.put_record(&second.name, &second.value).await;
    certificate::record_is_there(&house.clinic, &house::owner()).expect("said");
    let report = house
        .until("issued", |r| r.failures == 0 && r.record.is_none())
        .await;
    assert_eq!(
        report.shown.unwrap().source,
        Source::Public,
        "{}",
        pebble.log()
    );
    assert!(issuer(&house.shown(HOST).await).contains("Pebble"));
    house.close().await;
}
