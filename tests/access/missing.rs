//! S1: what is somebody else's, what one may not see, and a link that is used up look like what was
//! never there, byte for byte.

use anteroom::app::people as staff;
use anteroom::app::{Caller, enrolment, sessions};
use anteroom::web::csrf;
use poem::http::Method;

use super::SAME;
use super::site::{Site, list};
use super::table::{
    Billing, FrontDesk, Owner, Patient, Pending, Practitioner, ReadOnly, Who, allowed,
};
use crate::support::ADDRESS;
use crate::support::browser::Browser;
use crate::support::people;

/// Everything that a browser learns: status, headers and page, without what is drawn anew for each
/// answer and without the path that was asked for.
fn answer(browser: &Browser, asked: &str) -> (u16, Vec<String>, String) {
    let mut headers: Vec<String> = browser
        .headers()
        .iter()
        .filter(|(name, _)| !["date", "set-cookie"].contains(&name.as_str()))
        .map(|(n, v)| {
            format!(
                "{n}: {}",
                String::from_utf8_lossy(v.as_bytes()).replace(asked, "…")
            )
        })
        .collect();
    headers.sort();
    let proof = regex::Regex::new("name=\"csrf\" value=\"[0-9a-f]*\"").expect("a pattern");
    let html = browser.html().replace(asked, "…");
    // A path may also stand in the page as part of an address.
    let coded: String = form_urlencoded::byte_serialize(asked.as_bytes()).collect();
    let html = html.replace(&coded, "…");
    (
        browser.status(),
        headers,
        proof.replace_all(&html, "").into_owned(),
    )
}

async fn ask(browser: &mut Browser, method: &Method, path: &str, token: &str) {
    let form =
        (*method != Method::GET).then(|| vec![("csrf".to_owned(), csrf::masked(token, [3; 16]))]);
    browser.raw(method.clone(), path, form, &[SAME]).await;
}

/// A path of a pattern whose things are not there.
fn nowhere(pattern: &str) -> String {
    let parts = pattern.split('/').map(|part| match part {
        ":patient" | ":other" => "pat_00000000000000000000000000",
        ":visit" => "apt_00000000000000000000000000",
        ":login" => "lgn_00000000000000000000000000",
        ":practitioner" => "pra_00000000000000000000000000",
        ":service" => "svc_00000000000000000000000000",
        ":request" => "req_00000000000000000000000000",
        other => other,
    });
    parts.collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn what_one_may_not_see_looks_like_what_is_not_there() {
    let site = Site::new();
    let (mut wrong, mut compared) = (Vec::new(), 0);
    for (method, pattern, name) in list() {
        let Some(may) = allowed(&name) else { continue };
        if !pattern.starts_with("/staff") || nowhere(pattern) == pattern {
            continue;
        }
        for who in [
            Pending,
            Patient,
            Practitioner,
            FrontDesk,
            Billing,
            ReadOnly,
            Owner,
        ] {
            if may.contains(&who) {
                continue;
            }
            let mut seen = Vec::new();
            let paths = [site.path(pattern, Owner), nowhere(pattern)];
            for path in &paths {
                let (mut browser, token) = site.browser(who);
                ask(&mut browser, &method, path, &token).await;
                seen.push(answer(&browser, path));
            }
            if seen[0] != seen[1] || seen[0].0 != 404 {
                wrong.push(format!("{who:?}: {name}: {} {}", seen[0].0, seen[1].0));
            }
            compared += 1;
        }
    }
    assert!(compared > 60, "only {compared} were compared");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn a_link_that_is_used_up_looks_like_one_that_never_was() {
    let site = Site::new();
    let (clinic, seeded) = (&site.world.clinic, &site.world.seeded);
    let token = people::sign_in(clinic, seeded.owner);
    let actor = sessions::peek(clinic, &token)
        .expect("a read")
        .expect("signed in")
        .actor;
    let owner = Caller { actor, request: 1 };
    // Each of them is void: a newer one took its place.
    let invited = enrolment::invite(clinic, &owner, seeded.elder, false)
        .expect("invited")
        .url;
    enrolment::invite(clinic, &owner, seeded.elder, false).expect("invited again");
    let password = staff::renew_link(clinic, &owner, seeded.billing, false)
        .expect("a link")
        .url;
    staff::renew_link(clinic, &owner, seeded.billing, false).expect("another link");
    for url in [invited, password] {
        let void = url.strip_prefix(ADDRESS).expect("our address");
        let (door, _) = void.rsplit_once('/').expect("a token");
        let never = format!("{door}/AAAAAAAAAAAAAAAAAAAAAAAAAAA");
        for method in [Method::GET, Method::POST] {
            for who in [Who::Anonymous, Patient, Owner] {
                let mut seen = Vec::new();
                for path in [void, &never] {
                    let (mut browser, visitor) = site.browser(who);
                    ask(&mut browser, &method, path, &visitor).await;
                    seen.push(answer(&browser, path));
                }
                assert!(seen[0].0 >= 400, "{method} {void}: {}", seen[0].0);
                assert_eq!(seen[0], seen[1], "{who:?}: {method} {void}");
            }
        }
    }
}
