//! Bad input: every form of every page, for everybody who can reach it, with empty, huge, wrong and
//! hostile values. The answer is a page that says what to do, with what was typed; nothing breaks,
//! nothing that was typed runs, and no form of the site map is left out.

mod attacks;
pub mod stations;
mod verdict;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Instant;

use anteroom::web::guard::Needs;
use anteroom::web::routes;
use poem::http::Method;

use self::attacks::{Attack, RAW, SCRIPT, attacks};
use self::stations::{Copy, Person, Town, town};
use self::verdict::{hurts, judge};
use crate::support::browser::{Browser, select};
use crate::support::form::{PageForm, forms};

/// How many pages of a pattern are looked at: some show a form only in some states.
const PAGES_PER_PATTERN: usize = 5;

/// The pattern of the site map that answers a path, and who may call it.
pub fn route_of(method: &Method, path: &str) -> Option<(&'static str, Needs)> {
    let path = path.split(['?', '#']).next().unwrap_or("");
    let fits = |pattern: &str| {
        let (have, want): (Vec<&str>, Vec<&str>) =
            (path.split('/').collect(), pattern.split('/').collect());
        have.len() == want.len()
            && want
                .iter()
                .zip(have)
                .all(|(w, h)| *w == h || (w.starts_with(':') && !h.is_empty()))
    };
    let site = routes::site();
    let mut found: Vec<_> = site
        .iter()
        .filter(|e| e.method == *method && fits(e.path))
        .collect();
    // A word beats a part that may be anything.
    found.sort_by_key(|e| e.path.matches(':').count());
    found.first().map(|e| (e.path, e.needs))
}

/// A form and where it stands.
#[derive(Clone)]
struct Found {
    person: usize,
    page: String,
    /// The form that has to be sent first, as it stands: this one is on the page after it.
    after: Option<Box<Found>>,
    route: &'static str,
    at_a_door: bool,
    shape: String,
}

/// Looks at every page that someone can reach, and notes every form that nobody met before. Forms
/// that only ask are sent at once with bad values.
#[allow(clippy::too_many_lines, reason = "one story, told in order")]
async fn crawl(
    nth: usize,
    person: &Person,
    copy: &Copy,
    met: &mut BTreeSet<(&'static str, String)>,
    wrong: &mut Vec<String>,
) -> Vec<Found> {
    let mut found = Vec::new();
    let mut browser = copy.browser(person);
    let mut waiting: VecDeque<String> = person.starts.iter().cloned().collect();
    let mut seen: BTreeSet<String> = waiting.iter().cloned().collect();
    let mut of_pattern: BTreeMap<&'static str, usize> = BTreeMap::new();
    while let Some(path) = waiting.pop_front() {
        let Some((pattern, _)) = route_of(&Method::GET, &path) else {
            continue;
        };
        let count = of_pattern.entry(pattern).or_default();
        *count += 1;
        // Where someone begins is always looked at.
        if *count > PAGES_PER_PATTERN && !person.starts.contains(&path) {
            continue;
        }
        let status = browser
            .raw(
                Method::GET,
                &path,
                None,
                &[("sec-fetch-site", "same-origin")],
            )
            .await;
        if status >= 500 {
            wrong.push(format!("{}: GET {path} → {status}", person.name));
        }
        if status == 303 {
            let location = browser.header("location").to_owned();
            if seen.insert(location.clone()) {
                waiting.push_back(location);
            }
        }
        // A page about a link that is no more has a form too.
        let is_page = browser.header("content-type").starts_with("text/html");
        if ![200, 404].contains(&status) || !is_page {
            continue;
        }
        let (links, here, questions) = read(&browser);
        for link in links {
            let ours =
                link.starts_with('/') && !link.starts_with("/a/") && !link.ends_with("/live");
            if ours && seen.insert(link.clone()) {
                waiting.push_back(link);
            }
        }
        found.extend(unmet(nth, &path, None, here, met, wrong));
        for (action, names) in questions {
            for value in [
                SCRIPT,
                "a\0b\u{202e}c",
                "99999999999999999999",
                "2026-02-31",
            ] {
                let query: String = form_urlencoded::Serializer::new(String::new())
                    .extend_pairs(names.iter().map(|n| (n, value)))
                    .finish();
                let asked = format!("{action}?{query}");
                let status = browser.raw(Method::GET, &asked, None, &[]).await;
                let mut bad = hurts(&browser);
                if ![200, 303, 404, 422].contains(&status) {
                    bad.push(format!("→ {status}"));
                }
                for bad in bad {
                    wrong.push(format!("{}: GET {asked}: {bad}", person.name));
                }
            }
        }
    }
    found
}

/// The form about overlaps in the calendar: a script sends it, to the path of the visit that was
/// dragged. The same fields go there from the page of the visit.
const BY_SCRIPT: &str = "/staff/calendar";

/// Those of the forms of a page that nobody met before.
fn unmet(
    person: usize,
    page: &str,
    after: Option<&Found>,
    here: Vec<PageForm>,
    met: &mut BTreeSet<(&'static str, String)>,
    wrong: &mut Vec<String>,
) -> Vec<Found> {
    let mut found = Vec::new();
    for form in here {
        if form.action == BY_SCRIPT {
            continue;
        }
        let Some((route, needs)) = route_of(&Method::POST, &form.action) else {
            wrong.push(format!("{page}: a form leads to {}", form.action));
            continue;
        };
        let closes = ["/lock", "/proof"].iter().any(|part| route.contains(part));
        if met.insert((route, form.shape())) {
            found.push(Found {
                person,
                page: page.to_owned(),
                after: after.cloned().map(Box::new),
                route,
                at_a_door: needs == Needs::Nothing || closes,
                shape: form.shape(),
            });
        }
    }
    found
}

/// The forms on the page that comes after a form: the way back, and what follows.
async fn beyond(
    town: &Town,
    found: &Found,
    met: &mut BTreeSet<(&'static str, String)>,
    wrong: &mut Vec<String>,
) -> Vec<Found> {
    let person = &town.people[found.person];
    let copy = town.snapshots[person.clinic].copy();
    let mut browser = copy.browser(person);
    let Some(form) = form_again(&mut browser, found).await else {
        return Vec::new();
    };
    browser.post(&form.action, form.pairs()).await;
    if browser.status() >= 500 {
        wrong.push(format!(
            "{} as it stands → {}",
            found.route,
            browser.status()
        ));
    }
    if !browser.header("content-type").starts_with("text/html") {
        return Vec::new();
    }
    let here = forms(&browser.page());
    let page = browser.path().to_owned();
    unmet(found.person, &page, Some(found), here, met, wrong)
}

type Read = (Vec<String>, Vec<PageForm>, Vec<(String, Vec<String>)>);

/// The links of a page, its forms that change something, and those that only ask.
fn read(browser: &Browser) -> Read {
    let page = browser.page();
    let links = page
        .select(&select("a[href]"))
        .filter_map(|a| a.value().attr("href"))
        .map(|href| href.split('#').next().unwrap_or("").to_owned())
        .collect();
    let here = browser.path().split('?').next().unwrap_or("").to_owned();
    let questions = page
        .select(&select("form:not([method=post])"))
        .map(|form| {
            let action = form.value().attr("action").unwrap_or(&here).to_owned();
            let names: Vec<String> = form
                .select(&select("input[type=text][name], input[type=search][name], input[type=date][name], input:not([type])[name]"))
                .filter_map(|f| f.value().attr("name"))
                .map(str::to_owned)
                .collect();
            (action, names)
        })
        .collect();
    (links, forms(&page), questions)
}

/// The form of a page again, if it is still there.
async fn form_again(browser: &mut Browser, found: &Found) -> Option<PageForm> {
    let fits = |f: &PageForm, found: &Found| {
        f.shape() == found.shape
            && route_of(&Method::POST, &f.action).is_some_and(|(r, _)| r == found.route)
    };
    let first = found.after.as_deref().unwrap_or(found);
    browser
        .raw(
            Method::GET,
            &first.page,
            None,
            &[("sec-fetch-site", "same-origin")],
        )
        .await;
    let mut here = forms(&browser.page());
    if found.after.is_some() {
        let form = here.into_iter().find(|f| fits(f, first))?;
        browser.post(&form.action, form.pairs()).await;
        here = forms(&browser.page());
    }
    here.into_iter().find(|f| fits(f, found))
}

/// Pages on which most of what was typed is shown.
const SHOWN_AGAIN: [&str; 14] = [
    "/staff",
    "/staff/calendar",
    "/staff/day.print",
    "/staff/patients",
    "/staff/requests",
    "/staff/outbox",
    "/staff/people",
    "/staff/account",
    "/staff/settings/services",
    "/staff/settings/hours",
    "/staff/settings/closures",
    "/staff/settings/audit",
    "/staff/settings/look",
    "/staff/settings/mail",
];

/// What the pages of the owner and of Amira look like after something was taken.
async fn afterwards(town: &Town, copy: &Copy, clinic: usize) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, paths) in [
        ("owner", &SHOWN_AGAIN[..]),
        ("Amira", &["/", "/visits", "/me"]),
    ] {
        let person = town
            .people
            .iter()
            .find(|p| p.name == name && p.clinic == clinic);
        let Some(person) = person else { continue };
        let mut browser = copy.browser(person);
        for path in paths {
            browser.raw(Method::GET, path, None, &[]).await;
            if browser.status() >= 500 {
                wrong.push(format!("{name}: {path} → {}", browser.status()));
            }
            wrong.extend(
                hurts(&browser)
                    .into_iter()
                    .map(|w| format!("{name}: {path}: {w}")),
            );
        }
    }
    wrong
}

fn body(form: &PageForm, attack: &Attack) -> (String, Vec<u8>) {
    if form.has_file {
        let mut body = String::new();
        for (name, value) in &attack.pairs {
            let value = value.replace(RAW, "\u{fffd}");
            for part in [
                "--edge\r\ncontent-disposition: form-data; name=\"",
                name,
                "\"\r\n\r\n",
                &value,
                "\r\n",
            ] {
                body.push_str(part);
            }
        }
        body += "--edge--\r\n";
        (
            "multipart/form-data; boundary=edge".to_owned(),
            body.into_bytes(),
        )
    } else {
        let mut text = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&attack.pairs)
            .finish();
        if let Some(raw) = attack.raw {
            text = text.replace(RAW, raw);
        }
        (
            "application/x-www-form-urlencoded".to_owned(),
            text.into_bytes(),
        )
    }
}

/// Every attack on one form. A clinic that was changed is thrown away.
async fn attack_form(town: &Town, found: &Found) -> Vec<String> {
    let person = &town.people[found.person];
    let snapshot = &town.snapshots[person.clinic];
    let mut copy = snapshot.copy();
    let mut browser = copy.browser(person);
    let mut form = form_again(&mut browser, found).await.expect("the form");
    let mut wrong = Vec::new();
    for nth in 0..attacks(&form).len() {
        let all = attacks(&form);
        let attack = &all[nth];
        let (kind, body) = body(&form, attack);
        let since = Instant::now();
        browser.post_bytes(&form.action, &kind, body).await;
        let status = browser.status();
        let mut bad = judge(&form, attack, &browser, since.elapsed(), found.at_a_door);
        let taken = matches!(status, 200 | 303);
        if taken {
            if status == 303 {
                let next = browser.header("location").to_owned();
                browser.raw(Method::GET, &next, None, &[]).await;
                if browser.status() >= 400 && !found.at_a_door {
                    bad.push(format!("leads to {next} → {}", browser.status()));
                }
                bad.extend(hurts(&browser));
            }
            if attack
                .pairs
                .iter()
                .any(|(_, v)| v.contains("evil") || v.contains('\0'))
            {
                bad.extend(afterwards(town, &copy, person.clinic).await);
            }
        }
        wrong.extend(bad.into_iter().map(|b| {
            format!(
                "{}: POST {} on {} [{}]: {}: {b}",
                person.name, found.route, found.page, found.shape, attack.name
            )
        }));
        let untouched = matches!(status, 400 | 403 | 413 | 422) && !found.at_a_door;
        if !untouched {
            copy = snapshot.copy();
            browser = copy.browser(person);
            form = form_again(&mut browser, found)
                .await
                .expect("the form again");
        }
    }
    wrong
}

async fn spoil(part: usize, parts: usize) {
    let town = town().await;
    let (mut met, mut wrong, mut found) = (BTreeSet::new(), Vec::new(), Vec::new());
    for (nth, person) in town.people.iter().enumerate() {
        let copy = town.snapshots[person.clinic].copy();
        found.extend(crawl(nth, person, &copy, &mut met, &mut wrong).await);
    }
    let first = found.clone();
    for form in &first {
        found.extend(beyond(&town, form, &mut met, &mut wrong).await);
    }
    let met: BTreeSet<&str> = met.iter().map(|(route, _)| *route).collect();
    let site = routes::site();
    for entry in site.iter().filter(|e| e.method == Method::POST) {
        if !met.contains(entry.path) {
            wrong.push(format!("POST {}: no page leads there", entry.path));
        }
    }
    eprintln!("{} forms of {} routes", found.len(), met.len());
    for (nth, found) in found.iter().enumerate() {
        if nth % parts == part {
            wrong.extend(attack_form(&town, found).await);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn bad_input_breaks_no_form_first_half() {
    spoil(0, 2).await;
}

#[tokio::test]
async fn bad_input_breaks_no_form_second_half() {
    spoil(1, 2).await;
}
