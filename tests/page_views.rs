//! S11: whoever looks at a page that shows patients leaves one line in the log, and it names every
//! patient on the page and nobody else. A screen that looks again by itself leaves none.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use anteroom::app::{Clinic, Failure};
use anteroom::domain::account::Role;
use anteroom::domain::audit::{Action, AuditEvent};
use anteroom::domain::id::PatientId;
use anteroom::domain::patient::Patient;
use anteroom::store::schema;
use anteroom::store::table::Read;
use anteroom::web::cookies;
use poem::http::Method;

use crate::forms::{route_of, stations};
use crate::support::World;
use crate::support::browser::{Browser, select, squeeze, text};

/// A screen says so when it looks again by itself.
const QUIET: (&str, &str) = ("x-quiet", "1");
const SAME: (&str, &str) = ("sec-fetch-site", "same-origin");

/// Every line about a page view, oldest first.
fn views(clinic: &Clinic) -> Vec<AuditEvent> {
    clinic.store.flush_views();
    let read = clinic.store.read(|rows| rows.all(&schema::AUDIT));
    let mut lines: Vec<AuditEvent> = read.expect("a read");
    lines.retain(|l| l.action == Action::PageView);
    lines
}

fn charts(clinic: &Clinic) -> Vec<Patient> {
    let read = clinic.store.read(|rows| rows.all(&schema::PATIENTS));
    let charts: Result<Vec<Patient>, Failure> = read;
    charts.expect("a read")
}

/// The names that stand on a page, in words or in what is read aloud.
fn named(browser: &Browser, charts: &[Patient]) -> BTreeSet<String> {
    let page = browser.page();
    let mut words = vec![squeeze(&text(&page.root_element()))];
    for part in page.select(&select("[aria-label]")) {
        words.push(part.value().attr("aria-label").unwrap_or("").to_owned());
    }
    let words = words.join(" | ");
    let there = |p: &&Patient| {
        let name = p.name();
        words.contains(&squeeze(&name.full())) || words.contains(&squeeze(&name.sorted()))
    };
    let found = charts.iter().filter(there);
    found.map(|p| p.name().full()).collect()
}

/// Pages that show a patient without the whole name: an address, a number, a box in the calendar.
const OTHERWISE: [&str; 5] = [
    "/staff/outbox",
    "/staff/settings/audit",
    "/staff/visits/find",
    "/staff/calendar",
    "/staff/patients/:patient/parting",
];

#[allow(clippy::too_many_lines, reason = "one story, told in order")]
#[tokio::test]
async fn every_look_is_one_line_that_names_whom_the_page_shows() {
    let town = stations::town().await;
    let mut wrong = Vec::new();
    let mut with_people = BTreeSet::new();
    for person in town.people.iter().filter(|p| p.clinic == 0) {
        let is_staff = person.cookies.contains_key(cookies::STAFF);
        let copy = town.snapshots[0].copy();
        let charts = charts(&copy.clinic);
        let mut browser = copy.browser(person);
        let mut waiting: VecDeque<String> = person.starts.iter().cloned().collect();
        waiting.extend(["/staff/visits/find?q=ha", "/staff/patients?q=ha"].map(str::to_owned));
        let mut seen: BTreeSet<String> = waiting.iter().cloned().collect();
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        let mut before = views(&copy.clinic).len();
        while let Some(path) = waiting.pop_front() {
            let Some((pattern, _)) = route_of(&Method::GET, &path) else {
                continue;
            };
            let count = counts.entry(pattern).or_default();
            *count += 1;
            if *count > 4 && !person.starts.contains(&path) {
                continue;
            }
            let status = browser.raw(Method::GET, &path, None, &[SAME]).await;
            let lines = views(&copy.clinic);
            let new = &lines[before..];
            before = lines.len();
            let about: BTreeSet<PatientId> =
                new.iter().flat_map(|l| l.about.iter().copied()).collect();
            let name = |id: &PatientId| {
                let chart = charts.iter().find(|c| c.id == *id);
                chart.map_or_else(|| id.to_string(), |c| c.name().full())
            };
            // Some have one name: it is enough that the name is there.
            let logged: BTreeSet<String> = about.iter().map(name).collect();
            let shown = if status == 200 {
                named(&browser, &charts)
            } else {
                BTreeSet::new()
            };
            if new.len() > 1 {
                wrong.push(format!("{}: {path}: {} lines", person.name, new.len()));
            }
            for line in new {
                if line.object != pattern {
                    wrong.push(format!("{path}: the line is about {}", line.object));
                }
            }
            let unnamed: Vec<_> = shown.difference(&logged).collect();
            if !unnamed.is_empty() {
                wrong.push(format!(
                    "{}: {path} shows {unnamed:?}, the log does not",
                    person.name
                ));
            }
            // A patient's own pages show things of theirs without a name.
            let invented: Vec<_> = logged.difference(&shown).collect();
            if is_staff && !OTHERWISE.contains(&pattern) && !invented.is_empty() {
                wrong.push(format!(
                    "{}: {path} shows nothing of {invented:?}",
                    person.name
                ));
            }
            if !is_staff && about.len() > 1 {
                wrong.push(format!("{}: {path}: {about:?}", person.name));
            }
            if !about.is_empty() {
                with_people.insert(pattern);
            }
            if status == 200 && browser.header("content-type").starts_with("text/html") {
                for link in browser.page().select(&select("a[href]")) {
                    let href = link.value().attr("href").unwrap_or("");
                    let href = href.split('#').next().unwrap_or("").to_owned();
                    let ours = href.starts_with('/') && !href.ends_with("/live");
                    if ours && seen.insert(href.clone()) {
                        waiting.push_back(href);
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(with_people.len() > 15, "only {with_people:?} show patients");
}

#[tokio::test]
async fn a_screen_that_looks_again_by_itself_is_one_view() {
    let town = stations::town().await;
    let copy = town.snapshots[0].copy();
    let owner = town.people.iter().find(|p| p.name == "owner");
    let mut browser = copy.browser(owner.expect("the owner"));
    for page in ["/staff", "/staff/calendar"] {
        let before = views(&copy.clinic).len();
        browser.raw(Method::GET, page, None, &[SAME]).await;
        assert_eq!(views(&copy.clinic).len(), before + 1, "{page}");
        for _ in 0..5 {
            let status = browser.raw(Method::GET, page, None, &[SAME, QUIET]).await;
            assert_eq!(status, 200);
        }
        assert_eq!(
            views(&copy.clinic).len(),
            before + 1,
            "{page} again by itself"
        );
        browser.raw(Method::GET, page, None, &[SAME]).await;
        assert_eq!(
            views(&copy.clinic).len(),
            before + 2,
            "{page} again by hand"
        );
    }
    // Whoever was not shown on this page is written down, whatever the request says of itself.
    let before = views(&copy.clinic);
    let known: BTreeSet<PatientId> = before.iter().flat_map(|l| l.about.clone()).collect();
    for day in 10..=20 {
        let page = format!("/staff?date=2026-11-{day}");
        browser.raw(Method::GET, &page, None, &[SAME, QUIET]).await;
        assert_eq!(browser.status(), 200);
    }
    let lines = views(&copy.clinic);
    let new: Vec<PatientId> = lines[before.len()..]
        .iter()
        .flat_map(|l| l.about.clone())
        .collect();
    let once: BTreeSet<&PatientId> = new.iter().collect();
    assert_eq!(once.len(), new.len(), "nobody twice");
    assert!(new.iter().any(|p| !known.contains(p)), "others were shown");
    let before = lines.len();
    // Another person's screen is another view.
    let desk = town.people.iter().find(|p| p.name == "front desk");
    let mut other = copy.browser(desk.expect("the desk"));
    other.raw(Method::GET, "/staff", None, &[SAME, QUIET]).await;
    assert_eq!(views(&copy.clinic).len(), before + 1);
}

/// What was just done is said by name, and that is a look as well.
#[tokio::test]
async fn a_message_on_top_of_a_page_names_whom_the_log_names() {
    let world = World::new();
    let stranger = world.seeded.stranger;
    let charts = charts(&world.clinic);
    let noor = charts.iter().find(|c| c.name().full() == "Noor van Dijk");
    let noor = noor.expect("the stranger").id;
    let mut desk = world.signed_in(Role::FrontDesk).await;
    desk.visit(&format!("/staff/requests/people/{stranger}/refusal"))
        .await;
    desk.fill("Reason", "We take no new patients now");
    let before = views(&world.clinic).len();
    desk.press("Decline").await;
    assert!(desk.says("Declined: Noor van Dijk."), "{}", desk.words());
    let lines = views(&world.clinic);
    let about: Vec<PatientId> = lines[before..]
        .iter()
        .flat_map(|l| l.about.clone())
        .collect();
    assert!(about.contains(&noor), "{about:?}");
}
