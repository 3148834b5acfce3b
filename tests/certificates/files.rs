//! A certificate that the owner brings in two files.

use std::path::Path;

use anteroom::app::clock::{Clock, SystemClock};
use anteroom::domain::certificate::{Plan, Source};
use anteroom::serve::authority::Authority;
use anteroom::serve::keeper::Given;
use jiff::SignedDuration;

use super::house::{HOST, House, ask, issuer, plain};
use super::pebble::free_port;

/// Writes a certificate for a host, signed by an authority of this name some days ago.
fn bring(dir: &Path, signer: &str, host: &str, days_ago: i64) -> (String, String) {
    let then = SystemClock.now() - SignedDuration::from_hours(24 * days_ago);
    let name = host.parse().expect("a name");
    let made = Authority::create(signer, &[name], then).expect("a certificate");
    let (cert, key) = (dir.join("cert.pem"), dir.join("key.pem"));
    std::fs::write(&cert, format!("{}{}", made.leaf_cert_pem, made.ca_cert_pem)).expect("written");
    std::fs::write(&key, made.leaf_key_pem).expect("written");
    let text = |path: &Path| path.to_str().expect("a path").to_owned();
    (text(&cert), text(&key))
}

#[tokio::test]
async fn files_are_checked_and_read_again_and_bad_ones_change_nothing() {
    let dir = tempfile::tempdir().expect("a directory");
    let (cert, key) = bring(dir.path(), "First Signer", HOST, 1);
    let plan = Plan::Files { cert, key };
    let house = House::open(free_port(), Given::default(), plan).await;
    let shown = house.report().shown.expect("something is shown");
    assert_eq!(
        (shown.source, shown.names),
        (Source::Files, vec![HOST.to_owned()])
    );
    let first = house.shown(HOST).await;
    assert!(issuer(&first).contains("First Signer"));
    assert!(!issuer(&house.shown("localhost").await).contains("First Signer"));
    let (mut open, _) = house.shake(HOST).await;

    for (what, host, days_ago, words) in [
        ("ended", HOST, 91, "The certificate ended at"),
        (
            "for another name",
            "other.example",
            1,
            "The certificate is not for clinic.example.",
        ),
    ] {
        bring(dir.path(), "Bad Signer", host, days_ago);
        house.keeper.look().await;
        let trouble = house.report().last.and_then(|last| last.trouble);
        assert!(
            trouble.as_ref().is_some_and(|t| t.starts_with(words)),
            "{what}: {trouble:?}"
        );
        assert_eq!(house.shown(HOST).await, first, "{what}");
    }
    std::fs::write(dir.path().join("key.pem"), "").expect("written");
    house.keeper.look().await;
    assert!(house.report().failures >= 3);
    assert_eq!(house.shown(HOST).await, first);

    bring(dir.path(), "Second Signer", HOST, 0);
    house.keeper.look().await;
    let report = house.report();
    assert_eq!((report.failures, report.last.unwrap().trouble), (0, None));
    assert!(issuer(&house.shown(HOST).await).contains("Second Signer"));
    assert_eq!(ask(&mut open).await, 200, "the open connection goes on");
    drop(open);
    house.close().await;
}

#[tokio::test]
async fn files_named_at_the_start_are_read_again_as_well() {
    let dir = tempfile::tempdir().expect("a directory");
    let (cert, key) = bring(dir.path(), "First Signer", HOST, 1);
    let given = Given {
        files: Some((cert.into(), key.into())),
        ..Given::default()
    };
    let house = House::open(free_port(), given, Plan::Own).await;
    assert!(issuer(&house.shown("localhost").await).contains("First Signer"));
    bring(dir.path(), "Second Signer", HOST, 0);
    house.keeper.look().await;
    assert!(issuer(&house.shown(HOST).await).contains("Second Signer"));
    assert_eq!(house.report().shown.unwrap().source, Source::StartFiles);
    house.close().await;
}

#[tokio::test]
async fn without_tls_a_device_gets_the_steps_in_the_clinics_colours_and_the_profile() {
    let house = House::open(free_port(), Given::default(), Plan::Own).await;
    let page = plain(&house, "/trust").await;
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("Certificate Trust Settings"));
    let theme = page.split('"').find(|part| part.starts_with("/a/theme-"));
    let theme = plain(&house, theme.expect("a theme")).await;
    assert!(theme.starts_with("HTTP/1.1 200"), "{theme}");
    let profile = plain(&house, "/ca.mobileconfig").await;
    assert!(profile.contains("content-type: application/x-apple-aspen-config\r\n"));
    assert!(profile.contains("com.apple.security.root") && !profile.contains("strict-transport"));
    let elsewhere = plain(&house, "/.well-known/acme-challenge/x").await;
    assert!(elsewhere.starts_with("HTTP/1.1 308"), "{elsewhere}");
    house.close().await;
}
