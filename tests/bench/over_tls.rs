//! What the real program does for people, over TLS.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anteroom::app::seed::Seeded;
use anteroom::domain::id::{HoldId, PatientId, PractitionerId, ServiceId};
use anteroom::web::cookies;
use jiff::civil::Date;
use tokio::sync::Barrier;

use crate::bare::Bare;
use crate::support::https::Client;
use crate::support::people;
use crate::support::server::{self, Server};
use crate::{BINARY, CLIENTS, Times, line, ms};

type Phones = [(PatientId, String)];

/// From the start of the program to its first answer, in order and after a kill.
pub async fn starts(data: &Path) -> Server {
    let first = Server::start(BINARY, data).await;
    let cold = ms(first.start);
    line(
        "cold start to the first 200, ms",
        &format!("{cold:.0}"),
        "≤ 150",
        Some(cold <= 150.0),
    );
    first.kill();
    let again = Server::start(BINARY, data).await;
    let killed = ms(again.start);
    let good = Some(killed <= 150.0);
    line(
        "  after kill -9, ms",
        &format!("{killed:.0}"),
        "≤ 150",
        good,
    );
    again
}

/// Memory of a server that was asked next to nothing.
pub async fn memory(server: &Server) {
    tokio::time::sleep(Duration::from_secs(2)).await;
    let mb = resident_mb(server);
    line(
        "idle memory, MB",
        &format!("{mb:.1}"),
        "≤ 40",
        Some(mb <= 40.0),
    );
}

fn resident_mb(server: &Server) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid()));
    let status = status.unwrap_or_default();
    let line = status
        .lines()
        .find(|l| l.starts_with("VmRSS:"))
        .unwrap_or("");
    let kb: f64 = line
        .split_whitespace()
        .nth(1)
        .and_then(|n| n.parse().ok())
        .unwrap_or(0.0);
    kb / 1024.0
}

/// What a patient's phone loads the first time: the page and everything that it asks for.
pub async fn first_view(server: &Server, phones: &Phones) {
    let mut client = Client::patient(&server.trust, server.address, &phones[0].1);
    let page = client.get("/").await.expect("an answer");
    let mut bytes = page.head.len() + page.body.len();
    // The page comes compressed; what it asks for is read from an uncompressed copy.
    let plain = client.get_plain("/").await.expect("an answer");
    let text = String::from_utf8_lossy(&plain.body).into_owned();
    let mut files: Vec<String> = Vec::new();
    for part in text.split('"').filter(|p| p.starts_with("/a/")) {
        let file = part.split('#').next().unwrap_or(part).to_owned();
        if !files.contains(&file) {
            files.push(file);
        }
    }
    let requests = 1 + files.len();
    for file in files {
        let answer = client.get(&file).await.expect("an answer");
        bytes += answer.head.len() + answer.body.len();
    }
    let kb = bytes as f64 / 1024.0;
    line(
        "a patient's first view, KB",
        &format!("{kb:.1}"),
        "≤ 65",
        Some(kb <= 65.0),
    );
    line(
        "  requests",
        &requests.to_string(),
        "≤ 8",
        Some(requests <= 8),
    );
}

/// Signed-in home pages per second.
pub async fn home(server: &Server, phones: &Phones) {
    let tasks: Vec<_> = (0..CLIENTS)
        .map(|n| {
            let token = &phones[n % phones.len()].1;
            let mut client = Client::patient(&server.trust, server.address, token);
            tokio::spawn(async move {
                client.get("/").await.expect("an answer");
                let since = Instant::now();
                let mut done = 0_u32;
                while since.elapsed() < Duration::from_secs(5) {
                    assert_eq!(client.get("/").await.expect("an answer").status, 200);
                    done += 1;
                }
                f64::from(done) / since.elapsed().as_secs_f64()
            })
        })
        .collect();
    let mut rate = 0.0;
    for task in tasks {
        rate += task.await.expect("a client");
    }
    let good = Some(rate >= 10_000.0);
    line(
        "signed-in home, per s, 32 clients",
        &format!("{rate:.0}"),
        "≥ 10,000",
        good,
    );
}

/// The confirming step: many at once, and one alone. Each round holds its times first, unmeasured.
pub async fn bookings(
    server: &Server,
    phones: &Phones,
    wishes: &[(ServiceId, String)],
    bare: &Bare,
) {
    const ALONE: usize = 60;
    let mut wishes = wishes.iter().cloned();
    let mut alone = Vec::new();
    for (_, token) in phones.iter().take(ALONE) {
        let Some(wish) = wishes.next() else { break };
        let mut client = Client::patient(&server.trust, server.address, token);
        let Some(hold) = hold(&mut client, &wish).await else {
            continue;
        };
        let since = Instant::now();
        if confirm(&mut client, hold).await {
            alone.push(since.elapsed());
        }
    }
    let p50 = ms(Times(alone).at(0.5));
    let limit = 3.0 * ms(bare.commit) + 1.0;
    let wanted = format!("≤ 3 × {:.2} + 1 = {limit:.2}", ms(bare.commit));
    line(
        "a booking, one client, p50 ms",
        &format!("{p50:.2}"),
        &wanted,
        Some(p50 <= limit),
    );

    let (mut busy, mut done, mut rounds) = (Duration::ZERO, 0_usize, 0_usize);
    let mut times = Vec::new();
    for phones in phones[ALONE..].chunks_exact(CLIENTS).take(40) {
        let gate = Arc::new(Barrier::new(CLIENTS + 1));
        let mut tasks = Vec::new();
        for (_, token) in phones {
            let mut client = Client::patient(&server.trust, server.address, token);
            let (wish, gate) = (wishes.next(), gate.clone());
            tasks.push(tokio::spawn(async move {
                let hold = match wish {
                    Some(wish) => hold(&mut client, &wish).await,
                    None => None,
                };
                gate.wait().await;
                let since = Instant::now();
                let booked = match hold {
                    Some(hold) => confirm(&mut client, hold).await,
                    None => false,
                };
                (booked, since.elapsed())
            }));
        }
        gate.wait().await;
        let since = Instant::now();
        let mut booked = 0;
        for task in tasks {
            let (done, time) = task.await.expect("a client");
            if done {
                booked += 1;
                times.push(time);
            }
        }
        // A round in which many were refused says nothing about many at once.
        if booked * 4 >= CLIENTS * 3 {
            busy += since.elapsed();
            done += booked;
            rounds += 1;
        }
    }
    let rate = done as f64 / busy.as_secs_f64();
    let what = format!("bookings per s, {CLIENTS} clients ({rounds} rounds)");
    let wanted = format!("≥ 0.5 × {:.0}", bare.bookings_per_s);
    let ratio = rate / bare.bookings_per_s;
    line(
        &what,
        &format!("{rate:.0} = {ratio:.2} ×"),
        &wanted,
        Some(ratio >= 0.5),
    );
    let p99 = ms(Times(times).at(0.99));
    line("  p99 ms", &format!("{p99:.1}"), "", None);
}

/// Holds a time, as choosing it does.
pub async fn hold(client: &mut Client, (service, start): &(ServiceId, String)) -> Option<HoldId> {
    let service = service.to_string();
    let form = [("service", service.as_str()), ("start", start.as_str())];
    let answer = client.post("/holds", &form).await.expect("an answer");
    answer.header("location")?.rsplit('/').next()?.parse().ok()
}

/// Confirms a hold: the visit is booked.
pub async fn confirm(client: &mut Client, hold: HoldId) -> bool {
    let path = format!("/holds/{hold}/visit");
    client
        .post(&path, &[("note", "")])
        .await
        .expect("an answer")
        .status
        == 303
}

/// The pages of those who work here, and everybody's pages while passwords are tried.
pub async fn staff(
    server: Server,
    seeded: &Seeded,
    data: &Path,
    (monday, who, visits): (Date, PractitionerId, usize),
) {
    // The server has the file; the access is signed in while it is down, and it is started anew.
    server.kill();
    let clinic = server::open(data);
    let token = people::sign_in(&clinic, seeded.front_desk);
    let phones = people::phones(&clinic, 4);
    clinic.store.close();
    drop(clinic);
    let server = Server::start(BINARY, data).await;
    let desk = || {
        Client::with(
            &server.trust,
            server.address,
            (cookies::STAFF, token.clone()),
        )
    };
    let week = format!("calendar week, {visits} visits");
    let week_path = format!("/staff/calendar?date={monday}&with={who}");
    for (what, path, wanted_ms, share, wanted_kb) in [
        (week.as_str(), week_path.as_str(), 3.0, 0.5, Some(20.0)),
        (
            "patient typeahead",
            "/staff/visits/find?q=an",
            5.0,
            0.99,
            None,
        ),
    ] {
        let mut client = desk();
        let mut times = Vec::new();
        let mut bytes = 0;
        let mut status = 0;
        for _ in 0..300 {
            let since = Instant::now();
            let answer = client.get(path).await.expect("an answer");
            times.push(since.elapsed());
            (bytes, status) = (answer.body.len(), answer.status);
        }
        if status != 200 {
            line(
                what,
                &format!("{path}: {status}"),
                "not in this build",
                None,
            );
            continue;
        }
        let time = ms(Times(times).at(share));
        let name = format!("{what}, p{:.0} ms", share * 100.0);
        let wanted = format!("≤ {wanted_ms}");
        line(
            &name,
            &format!("{time:.2}"),
            &wanted,
            Some(time <= wanted_ms),
        );
        if let Some(most) = wanted_kb {
            let kb = bytes as f64 / 1024.0;
            let good = Some(kb <= most);
            line(
                "  KB, brotli",
                &format!("{kb:.1}"),
                &format!("≤ {most}"),
                good,
            );
        }
    }
    guessing(&server, &phones).await;
}

/// A hundred passwords a second are tried while patients read their pages.
async fn guessing(server: &Server, phones: &Phones) {
    const SECONDS: u64 = 5;
    let until = Instant::now() + Duration::from_secs(SECONDS);
    let guessers: Vec<_> = (0..100_u8)
        .map(|n| {
            let visitor = (cookies::VISITOR, format!("visitor{n:03}"));
            let mut client = Client::with(&server.trust, server.address, visitor)
                .from(std::net::Ipv4Addr::new(127, 0, 1, n + 1));
            tokio::spawn(async move {
                let mut answered = 0_u32;
                let mut tried = 0_u32;
                let mut tick = tokio::time::interval(Duration::from_secs(1));
                while Instant::now() < until {
                    tick.tick().await;
                    let email = format!("nobody{n}@example.com");
                    let form = [
                        ("email", email.as_str()),
                        ("password", "not the password 1"),
                    ];
                    tried += 1;
                    let rest = until.saturating_duration_since(Instant::now());
                    let answer = client.post("/staff/sign-in", &form);
                    match tokio::time::timeout(rest, answer).await {
                        Ok(Ok(answer)) if answer.status == 422 || answer.status == 200 => {
                            answered += 1;
                        }
                        Ok(_) => {}
                        Err(_) => break,
                    }
                }
                (tried, answered)
            })
        })
        .collect();
    let mut times = Vec::new();
    let mut client = Client::patient(&server.trust, server.address, &phones[0].1);
    while Instant::now() < until {
        let since = Instant::now();
        client.get("/visits").await.expect("an answer");
        times.push(since.elapsed());
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let (mut tried, mut answered) = (0, 0);
    for guesser in guessers {
        let (t, a) = guesser.await.expect("a guesser");
        tried += t;
        answered += a;
    }
    let p99 = ms(Times(times).at(0.99));
    let what = format!(
        "others' p99 ms, {} passwords tried per s",
        u64::from(tried) / SECONDS
    );
    line(&what, &format!("{p99:.1}"), "< 50", Some(p99 < 50.0));
    let hashes = f64::from(answered) / SECONDS as f64;
    line(
        "  completed hashes per s",
        &format!("{hashes:.0}"),
        "",
        None,
    );
}
