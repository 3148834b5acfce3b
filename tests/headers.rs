//! S14: every answer of the running program carries the headers: pages, files, streams, redirects,
//! refusals, whatever it is.
//!
//! One kind does not: what is no HTTP at all, or has a head larger than any browser sends, is
//! answered by the HTTP library itself, before there is a request. Those answers have no body for
//! the headers to protect, and the connection ends with them; the last test holds them to that.

use std::net::SocketAddr;
use std::sync::Arc;

use anteroom::app::seed::Plan;
use anteroom::web::{cookies, csrf};
use rustls::ClientConfig;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::https::{Answer, Client};
use crate::support::people;
use crate::support::server::{self, Server};

/// Header and what it says, on every answer.
const EVERYWHERE: [(&str, &str); 8] = [
    ("content-security-policy", "default-src 'none'"),
    ("content-security-policy", "frame-ancestors 'none'"),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("x-frame-options", "DENY"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=()"),
];

fn lacks(answer: &Answer) -> Vec<String> {
    let mut wrong: Vec<String> = EVERYWHERE
        .iter()
        .filter(|(name, value)| !answer.header(name).is_some_and(|v| v.contains(value)))
        .map(|(name, _)| format!("lacks {name}"))
        .collect();
    if answer.header("cache-control").is_none() {
        wrong.push("lacks cache-control".to_owned());
    }
    for cookie in answer.head.lines() {
        let Some((name, cookie)) = cookie.split_once(": ") else {
            continue;
        };
        let held = cookie.contains("; Path=/; Secure; HttpOnly; SameSite=");
        if name.eq_ignore_ascii_case("set-cookie") && !(held && cookie.starts_with("__Host-")) {
            wrong.push(format!("sets {cookie}"));
        }
    }
    for told in [
        "server",
        "x-powered-by",
        "server-timing",
        "strict-transport-security",
    ] {
        if answer.header(told).is_some() {
            wrong.push(format!("has {told}"));
        }
    }
    wrong
}

async fn plain(server: SocketAddr, text: &str) -> Answer {
    let mut stream = TcpStream::connect(server).await.expect("a connection");
    stream.write_all(text.as_bytes()).await.expect("sent");
    let mut said = Vec::new();
    // A reset after the answer is an end too.
    let _ = stream.read_to_end(&mut said).await;
    let head = String::from_utf8_lossy(&said).into_owned();
    let status = head.split(' ').nth(1).and_then(|s| s.parse().ok());
    Answer {
        status: status.unwrap_or(0),
        head: head.split("\r\n\r\n").next().unwrap_or("").to_owned(),
        body: head
            .split_once("\r\n\r\n")
            .map_or_else(Vec::new, |(_, b)| b.as_bytes().to_vec()),
    }
}

struct House {
    server: Server,
    staff: String,
    patient: String,
    visit: String,
    _dir: tempfile::TempDir,
}

async fn house() -> House {
    let dir = tempfile::tempdir().expect("a directory");
    let plan = Plan {
        patients: 30,
        visits: Some(100),
        seed: 7,
    };
    let (clinic, seeded) = server::seeded(dir.path(), plan);
    let staff = people::sign_in(&clinic, seeded.owner);
    let patient = people::sign_in(&clinic, seeded.amira_login);
    let now = clinic.now();
    let ahead = |rows: &anteroom::store::Reader| {
        anteroom::store::appointments::of_patient_from(rows, seeded.amira, now, 1)
    };
    let visit = clinic
        .store
        .read(ahead)
        .expect("a read")
        .pop()
        .expect("a visit");
    clinic.store.close();
    drop(clinic);
    House {
        server: Server::start(env!("CARGO_BIN_EXE_anteroom"), dir.path()).await,
        staff,
        patient,
        visit: visit.id.to_string(),
        _dir: dir,
    }
}

impl House {
    fn trust(&self) -> &Arc<ClientConfig> {
        &self.server.trust
    }

    fn desk(&self) -> Client {
        let cookie = (cookies::STAFF, self.staff.clone());
        Client::with(self.trust(), self.server.address, cookie)
    }

    fn phone(&self) -> Client {
        Client::patient(self.trust(), self.server.address, &self.patient)
    }

    /// Any request, word for word but for the cookies.
    async fn raw(&self, line: &str, more: &str, body: &str) -> Answer {
        let request = format!(
            "{line} HTTP/1.1\r\nhost: {}\r\ncookie: {}={}; {}={}\r\n{more}content-length: {}\r\n\r\n{body}",
            self.server.address,
            cookies::STAFF,
            self.staff,
            cookies::PATIENT,
            self.patient,
            body.len()
        );
        self.phone().send(request).await.expect("an answer")
    }
}

#[allow(clippy::too_many_lines, reason = "one story, told in order")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_answer_of_the_program_carries_the_headers() {
    let house = house().await;
    let mut wrong = Vec::new();
    let mut check = |what: &str, status: u16, answer: &Answer| {
        if answer.status != status {
            wrong.push(format!("{what} → {} instead of {status}", answer.status));
        }
        wrong.extend(lacks(answer).into_iter().map(|l| format!("{what} {l}")));
    };
    let mut phone = house.phone();
    let home = phone.get_plain("/").await.expect("a page");
    check("home", 200, &home);
    let html = String::from_utf8(home.body).expect("text");
    let file = html
        .split('"')
        .find(|part| part.starts_with("/a/"))
        .expect("a file");
    let asset = phone.get(file).await.expect("a file");
    check("a file", 200, &asset);
    let etag = asset.header("etag").expect("an etag").to_owned();
    let again = house
        .raw(
            &format!("GET {file}"),
            &format!("accept-encoding: br\r\nif-none-match: {etag}\r\n"),
            "",
        )
        .await;
    check("a file that is known", 304, &again);
    for (path, status) in [
        ("/healthz", 200),
        ("/nothing/here", 404),
        ("/a/nothing.css", 404),
        ("/logo", 404),
        ("/visits/%00", 404),
        ("/visits/%ff", 404),
        ("/%2e%2e/%2e%2e/etc/passwd", 404),
        ("/staff", 303),
        ("/sign-in", 303),
    ] {
        let answer = phone.get(path).await.expect("an answer");
        let status = if path == "/sign-in" {
            answer.status
        } else {
            status
        };
        check(path, status, &answer);
    }
    let ics = phone
        .get(&format!("/visits/{}/calendar", house.visit))
        .await
        .expect("a file");
    assert!(
        ics.header("content-type")
            .is_some_and(|t| t.starts_with("text/calendar"))
    );
    check("a calendar file", 200, &ics);
    let mut desk = house.desk();
    for path in ["/staff", "/staff/day.print", "/staff/settings/audit"] {
        check(path, 200, &desk.get(path).await.expect("a page"));
    }
    let note = format!("/staff/visits/{}/note", house.visit);
    let kept = desk.post(&note, &[("note", "Call back")]);
    let kept = kept.await.expect("a redirect");
    check("what was done", 303, &kept);
    let told = format!("set-cookie: {}=", cookies::DONE);
    assert!(kept.head.contains(&told), "{}", kept.head);
    let csv = desk
        .post("/staff/patients/export", &[])
        .await
        .expect("a list");
    if csv.status == 200 {
        assert!(
            csv.header("content-type")
                .is_some_and(|t| t.starts_with("text/csv"))
        );
    }
    check("a list as a file", csv.status, &csv);
    let stream = house.desk().listen("/staff/live").await.expect("a stream");
    let stream = Answer {
        status: stream.status,
        head: stream.head.clone(),
        body: Vec::new(),
    };
    check("a stream", 200, &stream);
    let form = "content-type: application/x-www-form-urlencoded\r\nsec-fetch-site: same-origin\r\n";
    let proof = csrf::masked(&house.patient, [3; 16]);
    let huge = format!("csrf={proof}&note={}", "x".repeat(100_000));
    for (what, line, more, body, status) in [
        ("another method", "DELETE /visits", "", "", 405),
        ("HEAD", "HEAD /nothing", "", "", 404),
        ("OPTIONS", "OPTIONS /visits", "", "", 405),
        ("no proof", "POST /holds", form, "a=b", 403),
        (
            "a form of another kind",
            "POST /holds",
            "content-type: text/xml\r\n",
            "<a/>",
            415,
        ),
        (
            "no multipart",
            "POST /holds",
            "content-type: multipart/form-data\r\n",
            "x",
            400,
        ),
        ("too much", "POST /holds", form, huge.as_str(), 413),
        ("a range", "GET /healthz", "range: bytes=0-1\r\n", "", 200),
    ] {
        let answer = house.raw(line, more, body).await;
        check(what, status, &answer);
        if status == 413 {
            let page = String::from_utf8_lossy(&answer.body).into_owned();
            let back = "href=\"\"";
            assert!(page.contains(back), "no way back: {page}");
        }
    }
    for path in ["/", "/ca.pem", "/trust", "/staff", "/nothing"] {
        let text = format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n");
        let answer = plain(house.server.address, &text).await;
        check(&format!("without TLS: {path}"), answer.status, &answer);
        assert!(
            matches!(answer.status, 200 | 301..=308 | 404),
            "{path} → {}",
            answer.head
        );
    }
    let answer = plain(
        house.server.address,
        "POST /sign-in HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n\r\na=b",
    );
    let answer = answer.await;
    check("a form without TLS", answer.status, &answer);
    assert!(answer.status >= 300, "no form without TLS: {}", answer.head);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_request_is_answered_with_nothing() {
    let house = house().await;
    let long = "x".repeat(200_000);
    let many = "a: b\r\n".repeat(2_000);
    for (what, text) in [
        ("no HTTP", "HELO there\r\n\r\n".to_owned()),
        ("another version", "GET / HTTP/9.9\r\n\r\n".to_owned()),
        (
            "a long path",
            format!("GET /{long} HTTP/1.1\r\nhost: x\r\n\r\n"),
        ),
        (
            "a long header",
            format!("GET / HTTP/1.1\r\nhost: x\r\na: {long}\r\n\r\n"),
        ),
        (
            "many headers",
            format!("GET / HTTP/1.1\r\nhost: x\r\n{many}\r\n"),
        ),
        (
            "a bad length",
            "POST /sign-in HTTP/1.1\r\nhost: x\r\ncontent-length: x\r\n\r\n".to_owned(),
        ),
        (
            "a NUL",
            "GET / HTTP/1.1\r\nhost: x\r\na: \0\r\n\r\n".to_owned(),
        ),
    ] {
        // Without TLS the same library reads, and it is answered by the same code.
        let answer = plain(house.server.address, &text).await;
        if answer.status == 0 {
            continue; // Cut off without a word.
        }
        assert!(
            (400..500).contains(&answer.status),
            "{what}: {}",
            answer.head
        );
        assert!(answer.body.is_empty(), "{what}: {:?}", answer.body);
        let names: Vec<String> = answer
            .head
            .lines()
            .skip(1)
            .filter_map(|l| l.split_once(':'))
            .map(|(name, _)| name.to_lowercase())
            .collect();
        let few = ["connection", "content-length", "date"];
        assert!(
            names.iter().all(|n| few.contains(&n.as_str())),
            "{what}: {names:?}"
        );
    }
    assert_eq!(
        house
            .phone()
            .get("/healthz")
            .await
            .expect("an answer")
            .status,
        200
    );
}
