//! S12: what a person tells the clinic stands on the pages that show it and nowhere else: not in the
//! log of the program, not in an address or a redirect, not in the words of the audit log, not on
//! the pages of errors, and nothing about health or birth in a mail.

use std::collections::BTreeSet;
use std::fs::File;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anteroom::app::seed::Plan;
use anteroom::domain::audit::{Action, AuditEvent};
use anteroom::store::table::Read;
use anteroom::store::{schema, settings};
use anteroom::web::cookies;

use crate::live_desk::send;
use crate::outbox::peer::Peer;
use crate::support::browser::select;
use crate::support::https::{Answer, Client};
use crate::support::people;
use crate::support::server::{self, Server};

const GIVEN: &str = "Kanarina";
const FAMILY: &str = "Zyxwvutska";
const PHONE: &str = "020 7946 0987";
const EMAIL: &str = "kanarina.zyx@example.org";
const STREET: &str = "77 Quetzalcoatl Row";
const DESK_NOTE: &str = "canary-of-the-desk";
const NOTE: &str = "canary-of-the-visit";
const REASON: &str = "canary-why-not";
const BORN: &str = "1953";

/// What belongs into no log and no address.
const PRIVATE: [&str; 9] = [
    GIVEN,
    FAMILY,
    "79460987",
    "7946 0987",
    "kanarina.zyx",
    "Quetzalcoatl",
    DESK_NOTE,
    NOTE,
    REASON,
];

/// Every address that an answer sends the browser to, or that stands on its page.
fn addresses(answer: &Answer) -> Vec<String> {
    let mut found: Vec<String> = answer
        .header("location")
        .map(str::to_owned)
        .into_iter()
        .collect();
    let page = String::from_utf8_lossy(&answer.body).into_owned();
    let page = scraper::Html::parse_document(&page);
    for part in page.select(&select("[href], [action], [src]")) {
        for name in ["href", "action", "src"] {
            found.extend(part.value().attr(name).map(str::to_owned));
        }
    }
    // What the phone itself does with a number or an address goes over no network.
    found.retain(|a| !["tel:", "mailto:", "sms:"].iter().any(|s| a.starts_with(s)));
    found
}

fn none_of(what: &str, text: &str, words: &[&str]) {
    let folded = text.to_lowercase();
    for word in words {
        assert!(
            !folded.contains(&word.to_lowercase()),
            "{word} is in {what}:\n{text}"
        );
    }
}

/// A page, whose addresses are looked through.
async fn look(client: &mut Client, path: &str) -> Answer {
    let answer = client.get_plain(path).await.expect("an answer");
    for address in addresses(&answer) {
        none_of(&format!("an address on {path}"), &address, &PRIVATE);
    }
    if answer.status >= 400 {
        none_of(path, &String::from_utf8_lossy(&answer.body), &PRIVATE);
    }
    answer
}

async fn post(client: &mut Client, path: &str, pairs: &[(&str, &str)], status: u16) -> Answer {
    let answer = client.post(path, pairs).await.expect("an answer");
    assert_eq!(answer.status, status, "{path}: {}", answer.head);
    none_of(path, answer.header("location").unwrap_or(""), &PRIVATE);
    none_of(path, &answer.head, &PRIVATE);
    answer
}

#[allow(clippy::too_many_lines, reason = "one story, told in order")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_person_tells_stays_where_it_belongs() {
    let dir = tempfile::tempdir().expect("a directory");
    let plan = Plan {
        patients: 30,
        visits: Some(60),
        seed: 7,
    };
    let (clinic, seeded) = server::seeded(dir.path(), plan);
    let token = people::sign_in(&clinic, seeded.owner);
    let mail = Peer::start();
    let mut profile = clinic.current().settings.clone();
    profile.mail = Some(mail.server());
    let cause = clinic.own_cause("test", Action::SettingsChange);
    let kept = clinic
        .store
        .write(cause, move |tx| Ok(settings::put(tx, &profile)?));
    kept.expect("a mail server");
    let check_up = seeded.services.vaccination.to_string();
    clinic.store.close();
    drop(clinic);
    let log = dir.path().join("log");
    let stderr = Stdio::from(File::create(&log).expect("a file"));
    let binary = env!("CARGO_BIN_EXE_anteroom");
    let server = Server::start_with(binary, dir.path(), &["--log", "trace"], stderr).await;
    let cookie = (cookies::STAFF, token.clone());
    let mut desk = Client::with(&server.trust, server.address, cookie);

    // The desk writes down who it is; first with a mistake.
    let mut who = vec![
        ("given", GIVEN),
        ("family", FAMILY),
        ("phone", PHONE),
        ("email", "kanarina.zyx@"),
        ("born-day", "7"),
        ("born-month", "8"),
        ("born-year", BORN),
        ("address-lines", STREET),
        ("desk-note", DESK_NOTE),
    ];
    post(&mut desk, "/staff/patients", &who, 422).await;
    who[3].1 = EMAIL;
    let made = post(&mut desk, "/staff/patients", &who, 303).await;
    let chart = made.header("location").expect("the chart");
    let chart = chart.split('?').next().expect("a path").to_owned();
    let id = chart.rsplit('/').next().expect("an id").to_owned();
    let shown = look(&mut desk, &chart).await;
    assert!(
        String::from_utf8_lossy(&shown.body).contains(FAMILY),
        "the canary lives"
    );
    for page in [
        "/staff",
        "/staff/patients",
        "/staff/calendar",
        "/staff/outbox",
        "/staff/settings/audit",
    ] {
        look(&mut desk, page).await;
    }
    let details = format!("{chart}/details");
    look(&mut desk, &details).await;
    who[3].1 = "kanarina.zyx@@";
    post(&mut desk, &details, &who, 422).await;
    // A visit with a note of the desk's own, on a day that nobody else is booked on.
    let new = format!("/staff/visits/new?date=2049-01-05&time=10:00&patient={id}");
    let more = [("note", NOTE), ("service", check_up.as_str())];
    let status = send(&mut desk, &new, "/staff/visits", &more).await;
    assert_eq!(status, 303, "the note is kept");
    // The invitation goes out by mail, and opens on the phone.
    let invite = format!("{chart}/invitation");
    let status = send(&mut desk, &chart, &invite, &[("mail", "yes")]).await;
    assert!(status < 400, "{status}");
    let since = Instant::now();
    let letter = loop {
        let mails = mail.mails();
        let found = mails
            .into_iter()
            .find(|m| m.to.iter().any(|to| to == EMAIL));
        if let Some(found) = found {
            break found;
        }
        assert!(since.elapsed() < Duration::from_secs(20), "no invitation");
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    let told = letter.text.replace("=\r\n", "");
    none_of(
        "the invitation",
        &told,
        &[STREET, DESK_NOTE, NOTE, PHONE, BORN, "Vaccination"],
    );
    let subject = letter.header("Subject").expect("a subject");
    none_of("the subject", &subject, &PRIVATE);
    let secret = told.split("/i/").nth(1).expect("a link");
    let secret: String = secret
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c))
        .collect();
    let visitor = "0123456789abcdef0123456789abcdef".to_owned();
    let cookie = (cookies::VISITOR, visitor.clone());
    let mut phone = Client::with(&server.trust, server.address, cookie);
    let door = format!("/i/{secret}");
    look(&mut phone, &door).await;
    let wrong = [("born-day", "8"), ("born-month", "8"), ("born-year", BORN)];
    post(&mut phone, &door, &wrong, 422).await;
    let right = [("born-day", "7"), ("born-month", "8"), ("born-year", BORN)];
    let open = post(&mut phone, &door, &right, 303).await;
    let set = open.head.split(cookies::PATIENT).nth(1).expect("a cookie");
    let own = set
        .trim_start_matches('=')
        .split(';')
        .next()
        .expect("a value")
        .to_owned();
    let mut phone = Client::patient(&server.trust, server.address, &own);
    let home = look(&mut phone, "/").await;
    assert!(
        String::from_utf8_lossy(&home.body).contains(GIVEN),
        "signed in"
    );
    // The patient books with a note, and cancels with a reason.
    let times = look(&mut phone, &format!("/visits/new/{check_up}")).await;
    let times = String::from_utf8_lossy(&times.body).into_owned();
    let form = crate::support::form::forms(&scraper::Html::parse_document(&times));
    let slot = form
        .iter()
        .find(|f| f.action == "/holds")
        .expect("a time")
        .pairs();
    let slot: Vec<(&str, &str)> = slot
        .iter()
        .filter(|(n, _)| n != "csrf")
        .map(|(n, v)| (n.as_str(), v.as_str()))
        .collect();
    let hold = post(&mut phone, "/holds", &slot, 303).await;
    let hold = hold.header("location").expect("a hold").to_owned();
    look(&mut phone, &hold).await;
    let hold = hold.split('?').next().expect("a path").to_owned();
    let visit = post(&mut phone, &format!("{hold}/visit"), &[("note", NOTE)], 303).await;
    let visit = visit.header("location").expect("a visit");
    let visit = visit.split('?').next().expect("a path").to_owned();
    look(&mut phone, &visit).await;
    look(&mut phone, &format!("{visit}/calendar")).await;
    post(
        &mut phone,
        &format!("{visit}/cancellation"),
        &[("reason", REASON)],
        303,
    )
    .await;
    for page in [
        "/visits",
        "/me",
        "/me/looks",
        "/me/email",
        "/visits/apt_x",
        "/nothing",
    ] {
        look(&mut phone, page).await;
    }
    // Errors with everything in them.
    let all: Vec<(&str, &str)> = who.iter().copied().chain([("reason", REASON)]).collect();
    for path in [
        "/holds",
        "/me/phone",
        "/nothing/here",
        "/visits/apt_x/cancellation",
    ] {
        let answer = phone.post(path, &all).await.expect("an answer");
        assert!(
            (400..500).contains(&answer.status),
            "{path} → {}",
            answer.status
        );
        none_of(path, &String::from_utf8_lossy(&answer.body), &PRIVATE);
        none_of(path, &answer.head, &PRIVATE);
    }
    let health = look(&mut phone, "/healthz").await;
    none_of("health", &String::from_utf8_lossy(&health.body), &PRIVATE);
    // The mail server goes away: that is what the program logs.
    drop(mail);
    let cookie = (cookies::VISITOR, visitor.clone());
    let mut stranger = Client::with(&server.trust, server.address, cookie);
    post(&mut stranger, "/sign-in", &[("email", EMAIL)], 303).await;
    let since = Instant::now();
    while std::fs::metadata(&log).expect("a log").len() == 0 {
        assert!(
            since.elapsed() < Duration::from_secs(30),
            "the log is empty"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    server.kill();

    let log = std::fs::read_to_string(log).expect("a log");
    assert!(log.contains("the mail server cannot be used"), "{log}");
    none_of("the log", &log, &PRIVATE);
    none_of("the log", &log, &[&secret, &own, &token, &visitor]);
    let clinic = server::open(dir.path());
    let lines = clinic.store.read(|rows| rows.all(&schema::AUDIT));
    let lines: Vec<AuditEvent> = lines.expect("a read");
    let mut kinds = BTreeSet::new();
    for line in &lines {
        let words = format!("{} {}", line.object, line.detail);
        none_of("the audit log", &words, &PRIVATE);
        none_of("the audit log", &words, &[&secret, &own, &token]);
        kinds.insert(line.action.code());
    }
    assert!(kinds.len() > 6, "a whole journey: {kinds:?}");
    clinic.store.close();
}
