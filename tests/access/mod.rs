//! Who may call what: every route against every role, both ways; forms that are not ours; pages that
//! must change nothing; and the headers that every answer carries.
//!
//! Forms are sent without their proof, so nothing happens: whoever may call a route is told that the
//! form is not ours (403), whoever may not is told that there is nothing (404), and who is not signed
//! in is shown the door (303).

mod missing;
pub mod site;
mod table;

use anteroom::domain::id::HoldId;
use anteroom::store::table::Read;
use anteroom::web::csrf;
use poem::http::Method;

use self::site::{Site, list};
use self::table::{EVERYBODY, FrontDesk, Owner, Patient, Pending, TABLE, Who, allowed};
use crate::support::browser::Browser;
use crate::support::people;

#[test]
fn every_route_is_in_the_table_and_no_other() {
    let routes = list();
    let missing: Vec<&String> = routes
        .iter()
        .map(|(_, _, name)| name)
        .filter(|n| allowed(n).is_none())
        .collect();
    assert!(
        missing.is_empty(),
        "say in TABLE who may call: {missing:#?}"
    );
    let gone: Vec<_> = TABLE
        .iter()
        .filter(|(n, _)| !routes.iter().any(|(_, _, r)| r == n))
        .collect();
    assert!(gone.is_empty(), "in TABLE, but nowhere else: {gone:#?}");
}

/// Parts of paths for which the clinic of the tests has nothing to show.
const MAY_BE_GONE: &[&str] = &[
    ":token",
    ":block",
    ":closure",
    ":notice",
    ":goal",
    "/logo",
    // It asks for a token of its own; tests/health.rs has one.
    "/metrics",
    "/trust",
    "/ca.",
    "/setup",
    "/parting",
    "/merge",
    "/account/app",
];

/// Pages that go on for as long as someone looks.
const LIVE: &[&str] = &["/live"];

/// Asks, and waits no longer than it takes to see how the answer begins: a live page never ends.
async fn ask(
    browser: &mut Browser,
    method: Method,
    path: &str,
    form: Option<Vec<(String, String)>>,
    headers: &[(&str, &str)],
) -> u16 {
    let live = path
        .split('?')
        .next()
        .is_some_and(|p| LIVE.iter().any(|l| p.ends_with(l)));
    if live {
        let wait = std::time::Duration::from_millis(300);
        let answer = browser.raw(method, path, form, headers);
        let _ = tokio::time::timeout(wait, answer).await;
    } else {
        browser.raw(method, path, form, headers).await;
    }
    browser.status()
}

const SAME: (&str, &str) = ("sec-fetch-site", "same-origin");

#[tokio::test]
async fn every_role_gets_what_is_its_own_and_nothing_else() {
    let site = Site::new();
    let before = people::digest(&site.world.clinic);
    let mut wrong = Vec::new();
    for (method, pattern, name) in list() {
        let Some(may) = allowed(&name) else { continue };
        for who in EVERYBODY.iter().copied() {
            let path = site.path(pattern, who);
            let (mut browser, _) = site.browser(who);
            let form = (method != Method::GET).then(Vec::new);
            let status = ask(&mut browser, method.clone(), &path, form, &[SAME]).await;
            let to_door = status == 303 && browser.header("location").contains("/sign-in");
            // Once it is set up, set-up leads everybody to the door.
            let set_up = pattern == "/setup" && to_door;
            let unknown = matches!(
                who,
                Who::Anonymous | Who::DisabledStaff | Who::DisabledPatient
            );
            // Not every thing in a path is there for everybody who may ask: a pending patient has
            // no hold, and a made-up token is no token.
            let may_be_gone = MAY_BE_GONE.iter().any(|part| pattern.contains(part))
                || (who == Pending && pattern.contains(':'));
            let good = match (may.contains(&who), method == Method::GET) {
                (true, false) => status == 403,
                (true, true) => {
                    (!to_door || set_up)
                        && status < 500
                        && status != 403
                        && (status != 404 || may_be_gone)
                }
                (false, _) if unknown => to_door,
                (false, _) => status == 404,
            };
            if !good {
                wrong.push(format!(
                    "{who:?}: {name} → {status} {}",
                    browser.header("location")
                ));
            }
            let lost = missing_headers(&browser, false);
            if !lost.is_empty() {
                wrong.push(format!("{who:?}: {name} lacks {lost:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // Signing in wrote accesses and devices; nothing else may have changed.
    let after = people::digest(&site.world.clinic);
    let changed: Vec<_> = after
        .iter()
        .filter(|(t, d)| before.get(*t) != Some(*d))
        .collect();
    for (table, _) in &changed {
        let of_devices = [
            "logins",
            "logins_by_patient",
            "sessions",
            "sessions_by_login",
        ];
        assert!(of_devices.contains(table), "{table} changed");
    }
}

#[tokio::test]
async fn the_address_of_a_form_leads_to_its_page() {
    let site = Site::new();
    let routes = list();
    let is_page = |path: &str| {
        let mut pages = routes.iter().filter(|(m, ..)| *m == Method::GET);
        pages.any(|(_, p, _)| *p == path)
    };
    let forms: Vec<_> = routes
        .iter()
        .filter(|(method, path, _)| *method == Method::POST && !is_page(path))
        .collect();
    assert!(forms.len() > 30, "only {} forms", forms.len());
    let mut wrong = Vec::new();
    for (_, pattern, name) in forms {
        let Some(may) = allowed(name) else { continue };
        for who in EVERYBODY.iter().copied() {
            let path = site.path(pattern, who);
            let (mut browser, _) = site.browser(who);
            let before = people::digest(&site.world.clinic);
            let status = browser.raw(Method::GET, &path, None, &[SAME]).await;
            let to = browser.header("location").to_owned();
            let unknown = matches!(
                who,
                Who::Anonymous | Who::DisabledStaff | Who::DisabledPatient
            );
            // Whoever may send the form is led to a page, never to another form.
            let good = if may.contains(&who) {
                status == 303 && to.starts_with('/') && to != path
            } else if unknown {
                status == 303 && to.contains("/sign-in")
            } else {
                status == 404
            };
            if !good {
                wrong.push(format!("{who:?}: GET {path} → {status} {to}"));
            }
            let lost = missing_headers(&browser, false);
            if !lost.is_empty() {
                wrong.push(format!("{who:?}: GET {path} lacks {lost:?}"));
            }
            if good && may.contains(&who) && !unknown {
                let there = browser.raw(Method::GET, &to, None, &[SAME]).await;
                let to_door = there == 303 && browser.header("location").contains("/sign-in");
                let gone = MAY_BE_GONE.iter().any(|part| pattern.contains(part))
                    || (who == Pending && pattern.contains(':'));
                if there >= 500 || there == 405 || to_door || (there == 404 && !gone) {
                    wrong.push(format!("{who:?}: GET {path} leads to {to} → {there}"));
                }
            }
            assert_eq!(
                before,
                people::digest(&site.world.clinic),
                "{who:?}: {path}"
            );
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn another_method_is_answered_by_a_page() {
    let site = Site::new();
    for (path, allow) in [
        ("/visits", "GET, HEAD"),
        ("/holds", "GET, HEAD, POST"),
        ("/staff/visits/apt_x/status", "GET, HEAD, POST"),
        ("/sign-in", "GET, HEAD, POST"),
    ] {
        for who in [Who::Anonymous, Patient, Owner] {
            let (mut browser, _) = site.browser(who);
            let status = browser.raw(Method::DELETE, path, None, &[SAME]).await;
            assert_eq!(status, 405, "{who:?}: {path}");
            assert_eq!(browser.header("allow"), allow, "{path}");
            assert!(
                browser.says("This address does not work like that."),
                "{path}"
            );
            assert_eq!(missing_headers(&browser, false), Vec::<&str>::new());
        }
    }
}

#[tokio::test]
async fn looking_changes_nothing() {
    let site = Site::new();
    for (method, pattern, name) in list() {
        if method != Method::GET {
            continue;
        }
        for who in [Who::Anonymous, Pending, Patient, Owner, FrontDesk] {
            let path = site.path(pattern, who);
            let (mut browser, _) = site.browser(who);
            let before = people::digest(&site.world.clinic);
            ask(&mut browser, Method::GET, &path, None, &[SAME]).await;
            let query = format!("{path}?q=a&from=2026-12-01&day=2026-12-01&with=x");
            ask(&mut browser, Method::GET, &query, None, &[SAME]).await;
            let after = people::digest(&site.world.clinic);
            assert_eq!(before, after, "{who:?}: {name} changed something");
        }
    }
}

#[tokio::test]
async fn a_form_that_is_not_ours_is_refused_and_changes_nothing() {
    let site = Site::new();
    let mut wrong = Vec::new();
    for (method, pattern, name) in list() {
        if method == Method::GET {
            continue;
        }
        let Some(may) = allowed(&name) else { continue };
        let who = may
            .iter()
            .copied()
            .find(|w| matches!(w, Patient | Owner | Who::Anonymous));
        let who = who.unwrap_or(may[0]);
        let path = site.path(pattern, who);
        let (mut browser, bound_to) = site.browser(who);
        let (_, foreign) = site.browser(who);
        let ours = || vec![("csrf".to_owned(), csrf::masked(&bound_to, [3; 16]))];
        let theirs = vec![("csrf".to_owned(), csrf::masked(&foreign, [3; 16]))];
        let before = people::digest(&site.world.clinic);
        let here = ("origin", crate::support::ADDRESS);
        for (what, form, headers) in [
            ("no proof", Vec::new(), vec![SAME]),
            ("no proof, our origin", Vec::new(), vec![here]),
            ("another's proof", theirs, vec![SAME]),
            (
                "a foreign origin",
                ours(),
                vec![("origin", "https://evil.example")],
            ),
            ("no origin at all", ours(), vec![]),
            ("an origin of nothing", ours(), vec![("origin", "null")]),
            (
                "another site",
                ours(),
                vec![("sec-fetch-site", "cross-site"), here],
            ),
            (
                "a sister site",
                ours(),
                vec![("sec-fetch-site", "same-site"), here],
            ),
        ] {
            let status = browser
                .raw(method.clone(), &path, Some(form), &headers)
                .await;
            if status != 403 {
                wrong.push(format!("{who:?}: {name} with {what} → {status}"));
            }
        }
        assert_eq!(
            before,
            people::digest(&site.world.clinic),
            "{name} changed something"
        );
        // The refusals above are about the proof: with it, and from here, the form is ours.
        for headers in [[SAME], [here]] {
            let (mut browser, bound_to) = site.browser(who);
            let form = vec![("csrf".to_owned(), csrf::masked(&bound_to, [3; 16]))];
            let status = browser
                .raw(method.clone(), &path, Some(form), &headers)
                .await;
            if status == 403 || status >= 500 {
                wrong.push(format!("{who:?}: {name}, all as it should be → {status}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn what_is_anothers_looks_like_what_is_not_there() {
    let site = Site::new();
    let pairs = [
        (
            ":visit",
            site.other_visit.to_string(),
            "apt_00000000000000000000000000".to_owned(),
        ),
        (":hold", site.other_hold.to_string(), missing_hold()),
    ];
    let mut compared = 0;
    for (method, pattern, name) in list() {
        for (part, other, missing) in &pairs {
            if !pattern.contains(part) || pattern.starts_with("/staff") {
                continue;
            }
            let (mut browser, token) = site.browser(Patient);
            let proof = || vec![("csrf".to_owned(), csrf::masked(&token, [3; 16]))];
            let form = || (method != Method::GET).then(proof);
            let mut seen = Vec::new();
            for id in [other, missing] {
                let path = pattern.replace(part, id);
                let status = browser.raw(method.clone(), &path, form(), &[SAME]).await;
                seen.push((status, browser.html().replace(id.as_str(), "…")));
            }
            // Forms that need more than an identifier may be refused before it is looked up; what
            // matters is that both look the same.
            assert!(
                matches!(seen[0].0, 400 | 404 | 409),
                "{name} → {}",
                seen[0].0
            );
            assert!(
                method != Method::GET || seen[0].0 == 404,
                "{name} → {}",
                seen[0].0
            );
            assert_eq!(seen[0], seen[1], "{name}");
            compared += 1;
        }
    }
    assert!(compared >= 9, "only {compared} routes were compared");
    let visits = site.world.clinic.store.read(|rows| {
        rows.find(
            &anteroom::store::schema::APPOINTMENTS,
            &anteroom::store::key::Key::of(site.other_visit),
        )
    });
    assert!(visits.unwrap().expect("still there").cancellation.is_none());
}

fn missing_hold() -> String {
    use anteroom::domain::id::Id;
    HoldId::from_bytes([0; 16]).to_string()
}

/// What an answer lacks of the headers that every answer carries.
fn missing_headers(browser: &Browser, is_file: bool) -> Vec<&'static str> {
    let wanted = [
        ("content-security-policy", "default-src 'none'"),
        ("content-security-policy", "frame-ancestors 'none'"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("x-frame-options", "DENY"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("permissions-policy", "camera=()"),
        (
            "cache-control",
            if is_file { "immutable" } else { "no-store" },
        ),
    ];
    let lacks = |(name, value): &(&'static str, &str)| !browser.header(name).contains(value);
    wanted
        .iter()
        .filter(|w| lacks(w))
        .map(|(name, _)| *name)
        .collect()
}

#[tokio::test]
async fn every_answer_carries_the_headers() {
    let site = Site::new();
    let (mut browser, _) = site.browser(Patient);
    browser.raw(Method::GET, "/", None, &[SAME]).await;
    assert_eq!(browser.status(), 200);
    let page = browser.html();
    let files: Vec<&str> = page
        .split('"')
        .filter(|part| part.starts_with("/a/"))
        .collect();
    assert!(files.len() > 2, "the page asks for no files: {files:?}");
    for file in files {
        let status = browser.raw(Method::GET, file, None, &[]).await;
        assert_eq!(status, 200, "{file}");
        assert_eq!(
            missing_headers(&browser, true),
            Vec::<&str>::new(),
            "{file}"
        );
    }
    for (method, path) in [
        (Method::GET, "/nothing/here"),
        (Method::GET, "/a/nothing.css"),
        (Method::GET, "/visits/%00"),
        (Method::GET, "/visits/new/svc_x"),
        (Method::DELETE, "/visits"),
        (Method::POST, "/visits"),
        (Method::POST, "/nothing/here"),
    ] {
        let status = browser.raw(method.clone(), path, None, &[SAME]).await;
        assert!((400..500).contains(&status), "{method} {path} → {status}");
        let lacks = missing_headers(&browser, false);
        assert_eq!(lacks, Vec::<&str>::new(), "{method} {path} → {status}");
    }
}
