//! S1: what is somebody else's, what one may not see, and a link that is used up look like what was
//! never there, byte for byte.

use anteroom::app::people as staff;
use anteroom::app::{Caller, Clinic, enrolment, sessions};
use anteroom::domain::account::{Link, LinkPurpose, LoginState, Role};
use anteroom::domain::appointment::after;
use anteroom::domain::audit::Action;
use anteroom::domain::notice::{Notice, NoticeKind};
use anteroom::domain::person::Email;
use anteroom::store::table::Read;
use anteroom::store::{patients, schema};
use anteroom::web::{cookies, csrf};
use jiff::Timestamp;
use jiff::civil::Date;
use poem::http::Method;
use sha2::{Digest, Sha256};

use super::SAME;
use super::site::{Site, list};
use super::table::{
    Billing, FrontDesk, Owner, Patient, Pending, Practitioner, ReadOnly, Who, allowed,
};
use crate::support::ADDRESS;
use crate::support::browser::Browser;
use crate::support::people;

/// A secret that was never handed out.
const NEVER: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAA";

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
        let never = format!("{door}/{NEVER}");
        for method in [Method::GET, Method::POST] {
            for who in [Who::Anonymous, Patient, Owner] {
                let mut seen = Vec::new();
                for path in [void, &never] {
                    let (mut browser, visitor) = site.browser(who);
                    ask(&mut browser, &method, path, &visitor).await;
                    let (status, headers, page) = answer(&browser, path);
                    // The page sends the secret on to whoever wants a new link.
                    let (_, secret) = path.rsplit_once('/').expect("a token");
                    seen.push((status, headers, page.replace(secret, "…")));
                }
                assert!(seen[0].0 >= 400, "{method} {void}: {}", seen[0].0);
                assert_eq!(seen[0], seen[1], "{who:?}: {method} {void}");
            }
        }
    }
}

/// Wrong answers from one network that cost no time, until they are forgotten.
const FEW: usize = 15;

/// The visitor cookie of every browser that asks: some links are good in one browser only.
const VISITOR: &str = "0123456789abcdef0123456789abcdef";

/// A link as it was handed out a moment ago, and its secret.
fn link(clinic: &Clinic, purpose: LinkPurpose) -> (Link, String) {
    let token = data_encoding::BASE64URL_NOPAD.encode(&clinic.random::<20>());
    let now = clinic.now();
    let browser = Sha256::digest(b"the browser of someone else").into();
    let link = Link {
        key: Sha256::digest(token.as_bytes()).into(),
        purpose,
        code: None,
        browser: Some(browser),
        email: Some(Email::try_from("someone@example.org").expect("an address")),
        created_at: now,
        expires_at: after(now, 365 * 24 * 60),
        used_at: None,
        tries_left: 5,
    };
    (link, token)
}

/// A way in which a link ends.
type End = fn(&mut Link, Timestamp);

/// Every way in which a link opens nothing, in words, with its secret.
fn dead(clinic: &Clinic, purpose: LinkPurpose, now: Timestamp) -> Vec<(&'static str, String)> {
    let ends: [(&'static str, End); 3] = [
        ("used up", |l, now| l.used_at = Some(now)),
        ("too old", |l, now| l.expires_at = now),
        ("guessed at too often", |l, _| l.tries_left = 0),
    ];
    let mut found = Vec::new();
    for (what, end) in ends {
        let (mut link, token) = link(clinic, purpose);
        end(&mut link, now);
        keep(clinic, &link);
        found.push((what, token));
    }
    found
}

fn keep(clinic: &Clinic, link: &Link) {
    let (link, cause) = (link.clone(), clinic.own_cause("test", Action::Invite));
    let kept = clinic.store.write(cause, move |tx| Ok(tx.put(&link)?));
    kept.expect("a link");
}

/// Every page and form that a secret in the path opens, as the routes say.
fn doors() -> Vec<(Method, &'static str)> {
    let all = list().into_iter();
    all.filter(|(_, pattern, _)| pattern.contains(":token"))
        .map(|(method, pattern, _)| (method, pattern))
        .collect()
}

/// Everything that a form at these doors asks for, filled in: what is wrong is the link alone.
fn filled(pattern: &str) -> Vec<(String, String)> {
    let born = [
        ("born-day", "9"),
        ("born-month", "3"),
        ("born-year", "1948"),
    ];
    let pairs: &[(&str, &str)] = match pattern {
        "/s/:token" | "/i/:token" => &born,
        "/s/:token/name" => &[
            ("name", "Someone New"),
            ("phone", "020 7946 0123"),
            ("born-day", "9"),
            ("born-month", "3"),
            ("born-year", "1948"),
        ],
        "/p/:token" => &[
            ("email", "x@example.org"),
            ("password", "seven green apples sing"),
        ],
        "/v/:token/cancellation" => &[("reason", "ill")],
        "/staff/sign-in/:token" | "/staff/sign-in/:token/app" => &[("code", "123456")],
        _ => &[],
    };
    let pairs = pairs.iter();
    pairs
        .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
        .collect()
}

async fn open(site: &Site, who: Who, method: &Method, pattern: &str, token: &str) -> Answered {
    let path = pattern.replace(":token", token);
    let (mut browser, mut proof) = site.browser(who);
    if who == Who::Anonymous {
        browser.take_cookie(cookies::VISITOR, VISITOR);
        VISITOR.clone_into(&mut proof);
    }
    let form = (*method != Method::GET).then(|| {
        let mut pairs = filled(pattern);
        pairs.push(("csrf".to_owned(), csrf::masked(&proof, [3; 16])));
        pairs
    });
    browser.raw(method.clone(), &path, form, &[SAME]).await;
    let (status, headers, page) = answer(&browser, &path);
    // The page of a dead link sends the secret on to whoever wants a new one.
    let headers = headers.iter().map(|h| h.replace(token, "…")).collect();
    (status, headers, page.replace(token, "…"))
}

type Answered = (u16, Vec<String>, String);

#[tokio::test]
async fn every_dead_or_foreign_secret_looks_like_a_random_one() {
    let site = Site::new();
    let (clinic, seeded) = (&site.world.clinic, &site.world.seeded);
    let now = clinic.now();
    let closed = people::access_of(clinic, Role::Owner, LoginState::Disabled, None);
    let gone = Some(seeded.child);
    let closed_patient = people::access_of(clinic, Role::Patient, LoginState::Disabled, gone);
    let purposes = [
        ("i", LinkPurpose::Invitation(seeded.amira)),
        ("s", LinkPurpose::SignIn(seeded.amira_login)),
        ("s", LinkPurpose::Register),
        ("v", LinkPurpose::Visit(site.own_visit)),
        ("p", LinkPurpose::StaffPassword(seeded.billing)),
        ("c", LinkPurpose::ConfirmEmail(seeded.amira)),
        ("staff", LinkPurpose::SecondStep(seeded.billing)),
    ];
    let mut secrets = Vec::new();
    for (door, purpose) in purposes {
        for (what, token) in dead(clinic, purpose, now) {
            secrets.push((None, format!("{purpose:?}, {what}"), token));
        }
        // Still good, but at its own door only.
        let (live, token) = link(clinic, purpose);
        keep(clinic, &live);
        secrets.push((Some(door), format!("{purpose:?}, of another door"), token));
    }
    // Good links of people who may not come in any more.
    for purpose in [
        LinkPurpose::SignIn(closed_patient),
        LinkPurpose::StaffPassword(closed),
        LinkPurpose::SecondStep(closed),
    ] {
        let (live, token) = link(clinic, purpose);
        keep(clinic, &live);
        secrets.push((None, format!("{purpose:?}, of a closed access"), token));
    }
    let (mut wrong, mut compared) = (Vec::new(), 0);
    for (method, pattern) in doors() {
        let door = pattern.split('/').nth(1).expect("a door");
        let others = secrets.iter().filter(|s| s.0 != Some(door));
        let others: Vec<_> = others.collect();
        for who in [Who::Anonymous, Patient, Owner] {
            for few in others.chunks(FEW) {
                site.world.clock.forward_min(16);
                let never = open(&site, who, &method, pattern, NEVER).await;
                for (_, what, token) in few {
                    let seen = open(&site, who, &method, pattern, token).await;
                    if seen != never {
                        wrong.push(format!(
                            "{who:?}: {method} {pattern}: {what}: {} and {}",
                            seen.0, never.0
                        ));
                    }
                    compared += 1;
                }
            }
        }
    }
    assert!(compared > 900, "only {compared} were compared");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A phone that signed in long enough ago that a code is wanted, and asked for one.
async fn asked(site: &Site) -> (Browser, String) {
    let (clinic, seeded) = (&site.world.clinic, &site.world.seeded);
    let token = people::sign_in(clinic, seeded.amira_login);
    let mut browser = site.world.browser();
    browser.take_cookie(cookies::PATIENT, &token);
    site.world.clock.forward_min(16);
    let path = "/me/proof/email/code";
    ask(&mut browser, &Method::POST, path, &token).await;
    assert_eq!(browser.status(), 303, "{}", browser.words());
    (browser, token)
}

/// The code of the newest sign-in mail.
fn newest_code(clinic: &Clinic) -> String {
    let all = clinic.store.read(|rows| rows.all(&schema::NOTICES));
    let all: Vec<Notice> = all.expect("a read");
    let mails = all.into_iter().filter(|n| n.kind == NoticeKind::SignIn);
    let newest = mails.max_by_key(|n| (n.created_at, n.id)).expect("a mail");
    newest.code.expect("a code")
}

/// What the page of the proof answers to a code.
async fn proof(browser: &mut Browser, token: &str, born: Date, typed: &str) -> Answered {
    let path = "/me/proof/email";
    let pairs = [
        ("csrf", csrf::masked(token, [3; 16])),
        ("code", typed.to_owned()),
        ("born-day", born.day().to_string()),
        ("born-month", born.month().to_string()),
        ("born-year", born.year().to_string()),
    ];
    let form = pairs.map(|(n, v)| (n.to_owned(), v)).to_vec();
    browser.raw(Method::POST, path, Some(form), &[SAME]).await;
    let (status, headers, page) = answer(browser, path);
    (status, headers, page.replace(typed, "…"))
}

#[tokio::test]
async fn a_used_or_foreign_code_proves_no_more_than_a_random_one() {
    let site = Site::new();
    let (clinic, seeded) = (&site.world.clinic, &site.world.seeded);
    let chart = |id| {
        let found = clinic.store.read(|rows| patients::find(rows, id));
        found.expect("a read").expect("a chart")
    };
    let born = chart(seeded.amira).birth_date.expect("a birth date");
    let wrong = |code: &str| {
        let number: u32 = code.parse().expect("digits");
        format!("{:06}", (number + 1) % 1_000_000)
    };
    // Someone else's code, good in the browser that asked for it.
    let other = chart(seeded.parent).email.expect("an address");
    let (mut stranger, visitor) = site.browser(Who::Anonymous);
    let form = vec![
        ("csrf".to_owned(), csrf::masked(&visitor, [3; 16])),
        ("email".to_owned(), other.as_str().to_owned()),
    ];
    stranger
        .raw(Method::POST, "/sign-in", Some(form), &[SAME])
        .await;
    assert_eq!(stranger.status(), 303);
    let foreign = newest_code(clinic);
    let (mut phone, token) = asked(&site).await;
    let own = newest_code(clinic);
    assert_ne!(own, foreign);
    let to_foreign = proof(&mut phone, &token, born, &foreign).await;
    let (mut phone, token) = asked(&site).await;
    let own = newest_code(clinic);
    let to_random = proof(&mut phone, &token, born, &wrong(&own)).await;
    assert_eq!(to_foreign.0, 422);
    assert_eq!(to_foreign, to_random);
    // The right one opens the door, once.
    let right = proof(&mut phone, &token, born, &own).await;
    assert_eq!(right.0, 303, "{}", phone.words());
    let mut seen = Vec::new();
    for typed in [own.clone(), wrong(&own)] {
        let token = people::sign_in(clinic, seeded.amira_login);
        let mut phone = site.world.browser();
        phone.take_cookie(cookies::PATIENT, &token);
        site.world.clock.forward_min(16);
        seen.push(proof(&mut phone, &token, born, &typed).await);
    }
    assert_eq!(seen[0].0, 422);
    assert_eq!(seen[0], seen[1]);
}
