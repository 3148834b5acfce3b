//! Who may call what: every route against every role, both ways; forms that are not ours; pages that
//! must change nothing; and the headers that every answer carries.
//!
//! Forms are sent without their proof, so nothing happens: whoever may call a route is told that the
//! form is not ours (403), whoever may not is told that there is nothing (404), and who is not signed
//! in is shown the door (303).

use anteroom::app::booking::{self, Wish};
use anteroom::app::{Caller, sessions};
use anteroom::domain::account::{LoginState, Role};
use anteroom::domain::id::{AppointmentId, HoldId};
use anteroom::store::appointments;
use anteroom::store::table::Read;
use anteroom::web::{cookies, csrf, routes};
use poem::http::Method;

use crate::support::browser::Browser;
use crate::support::{World, people};

/// Who someone is, in which state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    Anonymous,
    Pending,
    Patient,
    Owner,
    Practitioner,
    FrontDesk,
    Billing,
    ReadOnly,
    /// An owner whose access was closed.
    DisabledStaff,
    DisabledPatient,
}

use Who::{Billing, FrontDesk, Owner, Patient, Pending, Practitioner, ReadOnly};

const EVERYBODY: &[Who] = &[
    Who::Anonymous,
    Pending,
    Patient,
    Owner,
    Practitioner,
    FrontDesk,
    Billing,
    ReadOnly,
    Who::DisabledStaff,
    Who::DisabledPatient,
];

/// Anybody at all, signed in or not.
const ANYONE: &[Who] = EVERYBODY;
const PATIENTS: &[Who] = &[Patient, Pending];
/// A chart of one's own is more than a request for one.
const CHART: &[Who] = &[Patient];
const OWNER: &[Who] = &[Owner];
/// Those who run the desk.
const DESK: &[Who] = &[Owner, FrontDesk];
/// Those who care for patients or for their visits.
const CARE: &[Who] = &[Owner, Practitioner, FrontDesk];
/// Those who may take lists out as files.
const TAKERS: &[Who] = &[Owner, FrontDesk, Billing];
const STAFF: &[Who] = &[Owner, Practitioner, FrontDesk, Billing, ReadOnly];

/// Every route and who gets past the guard. A new route is written down here by hand: the table in
/// the guard is what is tested, so it is not asked.
const TABLE: &[(&str, &[Who])] = &[
    ("GET /healthz", ANYONE),
    ("GET /demo/:token", ANYONE),
    ("POST /demo/:token", ANYONE),
    // Doors of patients.
    ("GET /i", ANYONE),
    ("POST /i", ANYONE),
    ("GET /i/:token", ANYONE),
    ("POST /i/:token", ANYONE),
    ("GET /sign-in", ANYONE),
    ("POST /sign-in", ANYONE),
    ("GET /sign-in/code", ANYONE),
    ("POST /sign-in/code", ANYONE),
    ("GET /s/:token", ANYONE),
    ("POST /s/:token", ANYONE),
    ("GET /s/:token/name", ANYONE),
    ("POST /s/:token/name", ANYONE),
    ("POST /sign-out", PATIENTS),
    ("GET /stay", PATIENTS),
    ("POST /stay", PATIENTS),
    ("GET /staff/stay", STAFF),
    ("POST /staff/stay", STAFF),
    // Doors of those who work here.
    ("GET /staff/sign-in", ANYONE),
    ("POST /staff/sign-in", ANYONE),
    ("GET /staff/sign-in/:token", ANYONE),
    ("POST /staff/sign-in/:token", ANYONE),
    ("GET /staff/sign-in/:token/app", ANYONE),
    ("POST /staff/sign-in/:token/app", ANYONE),
    ("GET /p/:token", ANYONE),
    ("POST /p/:token", ANYONE),
    ("GET /staff/lock", STAFF),
    ("POST /staff/lock", STAFF),
    ("POST /staff/lock/password", STAFF),
    ("POST /staff/sign-out", STAFF),
    // A patient's pages.
    ("GET /", PATIENTS),
    ("GET /visits", PATIENTS),
    ("GET /visits/new", PATIENTS),
    ("GET /visits/new/:service", PATIENTS),
    ("POST /holds", PATIENTS),
    ("GET /holds/:hold", PATIENTS),
    ("POST /holds/:hold/visit", PATIENTS),
    ("GET /visits/:visit", PATIENTS),
    ("GET /visits/:visit/time", PATIENTS),
    ("POST /visits/:visit/time", PATIENTS),
    ("GET /visits/:visit/cancellation", PATIENTS),
    ("POST /visits/:visit/cancellation", PATIENTS),
    ("POST /visits/:visit/confirmation", PATIENTS),
    ("POST /visits/:visit/undo", PATIENTS),
    ("GET /visits/:visit/calendar", PATIENTS),
    // Staff.
    ("GET /staff", STAFF),
    ("GET /v/:token", ANYONE),
    ("POST /v/:token/confirmation", ANYONE),
    ("GET /v/:token/time", ANYONE),
    ("POST /v/:token/time", ANYONE),
    ("GET /v/:token/cancellation", ANYONE),
    ("POST /v/:token/cancellation", ANYONE),
    ("POST /v/:token/undo", ANYONE),
    ("POST /new-link", ANYONE),
    ("GET /me", PATIENTS),
    ("POST /me/wishes", PATIENTS),
    ("POST /me/devices", PATIENTS),
    ("GET /me/looks", CHART),
    ("GET /me/email", CHART),
    ("POST /me/email", CHART),
    ("GET /me/phone", CHART),
    ("POST /me/phone", CHART),
    ("GET /me/proof/:goal", CHART),
    ("POST /me/proof/:goal", CHART),
    ("POST /me/proof/:goal/code", CHART),
    ("GET /c/:token", ANYONE),
    ("POST /c/:token", ANYONE),
    ("GET /staff/account", STAFF),
    ("POST /staff/account", STAFF),
    ("POST /staff/account/devices", STAFF),
    ("GET /staff/account/app", STAFF),
    ("POST /staff/account/app", STAFF),
    ("GET /staff/people", OWNER),
    ("POST /staff/people", OWNER),
    ("GET /staff/people/:login", OWNER),
    ("POST /staff/people/:login", OWNER),
    ("GET /staff/outbox", CARE),
    ("POST /staff/outbox/:notice/sending", DESK),
    ("POST /staff/outbox/:notice/stop", DESK),
    ("POST /staff/outbox/:notice/retry", DESK),
    ("GET /staff/settings", STAFF),
    ("GET /staff/settings/services", OWNER),
    ("GET /staff/settings/services/new", OWNER),
    ("POST /staff/settings/services/new", OWNER),
    ("GET /staff/settings/services/:service", OWNER),
    ("POST /staff/settings/services/:service", OWNER),
    ("POST /staff/settings/services/:service/position", OWNER),
    ("GET /staff/settings/practitioners/new", OWNER),
    ("POST /staff/settings/practitioners/new", OWNER),
    ("GET /staff/settings/practitioners/:practitioner", OWNER),
    ("POST /staff/settings/practitioners/:practitioner", OWNER),
    ("GET /staff/settings/hours", OWNER),
    ("GET /staff/settings/hours/:practitioner", OWNER),
    ("POST /staff/settings/hours/:practitioner", OWNER),
    ("POST /staff/settings/hours/:practitioner/removal", OWNER),
    ("POST /staff/settings/hours/:practitioner/days", OWNER),
    (
        "POST /staff/settings/hours/:practitioner/days/removal",
        OWNER,
    ),
    ("GET /staff/settings/closures", OWNER),
    ("POST /staff/settings/closures", OWNER),
    ("POST /staff/settings/closures/holidays", OWNER),
    ("POST /staff/settings/closures/:closure/removal", OWNER),
    ("GET /logo", ANYONE),
    ("GET /staff/settings/look", OWNER),
    ("POST /staff/settings/look", OWNER),
    ("POST /staff/settings/look/undo", OWNER),
    ("GET /staff/settings/clinic", OWNER),
    ("POST /staff/settings/clinic", OWNER),
    ("GET /staff/settings/connection", OWNER),
    ("POST /staff/settings/connection", OWNER),
    ("GET /staff/settings/reminders", OWNER),
    ("POST /staff/settings/reminders", OWNER),
    ("GET /staff/settings/limits", OWNER),
    ("POST /staff/settings/limits", OWNER),
    ("GET /staff/settings/mail", OWNER),
    ("POST /staff/settings/mail", OWNER),
    ("GET /staff/settings/poster", OWNER),
    ("GET /staff/settings/audit", OWNER),
    ("POST /staff/settings/audit/file", OWNER),
    ("GET /setup", ANYONE),
    ("POST /setup", ANYONE),
    ("GET /setup/clinic", OWNER),
    ("POST /setup/clinic", OWNER),
    ("GET /setup/services", OWNER),
    ("POST /setup/services", OWNER),
    ("GET /setup/hours", OWNER),
    ("POST /setup/hours", OWNER),
    ("GET /setup/look", OWNER),
    ("POST /setup/look", OWNER),
    ("GET /setup/second-factor", OWNER),
    ("POST /setup/second-factor", OWNER),
    ("GET /setup/done", OWNER),
    ("GET /staff/patients", STAFF),
    ("POST /staff/patients", CARE),
    ("GET /staff/patients/new", CARE),
    ("POST /staff/patients/export", TAKERS),
    ("POST /staff/visits/export", TAKERS),
    ("GET /staff/patients/:patient", STAFF),
    ("GET /staff/patients/:patient/details", CARE),
    ("POST /staff/patients/:patient/details", CARE),
    ("GET /staff/patients/:patient/archive", CARE),
    ("POST /staff/patients/:patient/archive", CARE),
    ("POST /staff/patients/:patient/return", CARE),
    ("POST /staff/patients/:patient/invitation", CARE),
    ("POST /staff/patients/:patient/invitation/letter", CARE),
    ("POST /staff/patients/:patient/invitation/by-hand", CARE),
    ("GET /staff/patients/:patient/access", CARE),
    ("POST /staff/patients/:patient/access", CARE),
    ("GET /staff/patients/:patient/merge", DESK),
    ("GET /staff/patients/:patient/merge/:other", DESK),
    ("POST /staff/patients/:patient/merge/:other", DESK),
    ("GET /staff/patients/:patient/parting", DESK),
    ("POST /staff/patients/:patient/parting", DESK),
    ("GET /staff/requests", CARE),
    ("POST /staff/requests/visits/:visit/acceptance", CARE),
    ("GET /staff/requests/visits/:visit/refusal", CARE),
    ("POST /staff/requests/visits/:visit/refusal", CARE),
    ("POST /staff/requests/visits/:visit/undo", CARE),
    ("GET /staff/requests/people/:request", CARE),
    ("POST /staff/requests/people/:request/match", CARE),
    ("POST /staff/requests/people/:request/chart", CARE),
    ("GET /staff/requests/people/:request/refusal", CARE),
    ("POST /staff/requests/people/:request/refusal", CARE),
    ("GET /staff/live", STAFF),
    ("GET /staff/day.print", STAFF),
    ("GET /staff/calendar", STAFF),
    ("GET /staff/visits/new", CARE),
    ("GET /staff/visits/find", CARE),
    ("POST /staff/visits", CARE),
    ("GET /staff/blocks/new", CARE),
    ("POST /staff/blocks", CARE),
    ("GET /staff/blocks/:block", STAFF),
    ("POST /staff/blocks/:block/removal", CARE),
    ("GET /staff/why", STAFF),
    ("GET /staff/visits/:visit", STAFF),
    ("POST /staff/visits/:visit/status", CARE),
    ("POST /staff/visits/:visit/time", CARE),
    ("POST /staff/visits/:visit/length", CARE),
    ("POST /staff/visits/:visit/cancellation", CARE),
    ("POST /staff/visits/:visit/note", CARE),
    ("POST /staff/visits/:visit/undo", CARE),
];

fn allowed(route: &str) -> Option<&'static [Who]> {
    TABLE.iter().find(|(r, _)| *r == route).map(|(_, who)| *who)
}

struct Site {
    world: World,
    /// A visit and a hold of Amira's, and of the pending patient's the visit.
    own_visit: AppointmentId,
    own_hold: HoldId,
    pending_visit: AppointmentId,
    other_visit: AppointmentId,
    other_hold: HoldId,
}

impl Site {
    fn new() -> Self {
        let world = World::new();
        let seeded = &world.seeded;
        let visit_of = |patient| {
            let now = world.in_hours(0);
            let ahead = |rows: &anteroom::store::Reader| {
                appointments::of_patient_from(rows, patient, now, 1)
            };
            world
                .clinic
                .store
                .read(ahead)
                .unwrap()
                .pop()
                .expect("a visit ahead")
        };
        let own_visit = visit_of(seeded.amira).id;
        let stranger = world
            .clinic
            .store
            .read(|rows| anteroom::store::access::login(rows, seeded.stranger_login));
        let stranger_chart = stranger
            .unwrap()
            .expect("the stranger")
            .patient
            .expect("a chart");
        let pending_visit = visit_of(stranger_chart).id;
        let parent = world.clinic.store.read(|rows| {
            appointments::of_patient_before(rows, seeded.parent, world.in_hours(9000), 1)
        });
        let other_visit = parent.unwrap().pop().expect("a visit of someone else").id;
        let own_hold = hold(&world, seeded.amira_login, 0);
        let other_hold = hold(&world, seeded.parent_login, 1);
        Self {
            world,
            own_visit,
            own_hold,
            pending_visit,
            other_visit,
            other_hold,
        }
    }

    /// A browser on which someone is signed in: the cookie that the guard of a route looks at.
    fn browser(&self, who: Who) -> (Browser, String) {
        let (clinic, seeded) = (&self.world.clinic, &self.world.seeded);
        let login = match who {
            Who::Anonymous => None,
            Pending => Some(seeded.stranger_login),
            Patient => Some(seeded.amira_login),
            Owner => Some(seeded.owner),
            Practitioner => Some(seeded.practitioner),
            FrontDesk => Some(seeded.front_desk),
            Billing => Some(seeded.billing),
            ReadOnly => Some(seeded.read_only),
            Who::DisabledStaff => Some(people::access_of(
                clinic,
                Role::Owner,
                LoginState::Disabled,
                None,
            )),
            Who::DisabledPatient => {
                let chart = Some(seeded.child);
                Some(people::access_of(
                    clinic,
                    Role::Patient,
                    LoginState::Disabled,
                    chart,
                ))
            }
        };
        let mut browser = self.world.browser();
        let visitor = data_encoding::HEXLOWER.encode(&clinic.random::<16>());
        browser.take_cookie(cookies::VISITOR, &visitor);
        let Some(login) = login else {
            return (browser, visitor);
        };
        let token = people::sign_in(clinic, login);
        // Whatever someone is, they send their cookie under both names: the guard must not mind.
        browser.take_cookie(cookies::PATIENT, &token);
        browser.take_cookie(cookies::STAFF, &token);
        let known = sessions::peek(clinic, &token).expect("a read").is_some();
        (browser, if known { token } else { visitor })
    }

    /// A path of a pattern, with things that belong to who asks.
    fn path(&self, pattern: &str, who: Who) -> String {
        let seeded = &self.world.seeded;
        let pending = who == Pending || pattern.contains("/requests/");
        let visit = if pending {
            self.pending_visit
        } else {
            self.own_visit
        };
        pattern
            .replace(":patient", &seeded.amira.to_string())
            .replace(":other", &seeded.elder.to_string())
            .replace(":login", &seeded.billing.to_string())
            .replace(":practitioner", &seeded.practitioners[0].to_string())
            .replace(":request", &seeded.stranger.to_string())
            .replace(":visit", &visit.to_string())
            .replace(":hold", &self.own_hold.to_string())
            .replace(":service", &self.world.seeded.services.check_up.to_string())
            .replace(":token", "AAAAAAAAAAAAAAAAAAAAAAAAAAA")
    }
}

fn hold(world: &World, login: anteroom::domain::id::LoginId, nth: usize) -> HoldId {
    let token = people::sign_in(&world.clinic, login);
    let actor = sessions::peek(&world.clinic, &token)
        .unwrap()
        .expect("signed in")
        .actor;
    let service = world.seeded.services.vaccination;
    let (service, _) = anteroom::app::engagement::reason(&world.clinic, service).unwrap();
    let today = world.clinic.current().date(world.clinic.now());
    let days = anteroom::app::availability::next_days(
        &world.clinic,
        &service,
        None,
        today,
        5,
        anteroom::app::availability::Except::default(),
    );
    let slot = days.unwrap().pop().expect("a day").offers[nth].slot;
    let wish = Wish {
        service: service.id,
        practitioner: None,
        start: slot.start,
    };
    booking::hold(&world.clinic, &Caller { actor, request: 1 }, wish)
        .expect("a hold")
        .id
}

fn list() -> Vec<(Method, &'static str, String)> {
    let entries = routes::site().into_iter();
    entries
        .map(|e| (e.method.clone(), e.path, format!("{} {}", e.method, e.path)))
        .collect()
}

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
            let query = format!("{path}?q=a&from=2026-12-01&day=2026-12-01&did=booked&with=x");
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
