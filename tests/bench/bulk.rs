//! A clinic of a gigabyte (R5, R6): how soon it answers after a kill, what a backup costs those who
//! book meanwhile, and how long a restore takes. `cargo bench --bench speed -- bulk`;
//! `ANTEROOM_BENCH_MB` makes it smaller for a try.

use std::fs;
use std::path::Path;
use std::process::Output;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anteroom::app::seed::Plan;
use anteroom::domain::id::{PatientId, ServiceId};
use anteroom::store::disk;

use crate::over_tls::{confirm, hold};
use crate::support::https::Client;
use crate::support::people;
use crate::support::server::{self, Server};
use crate::{BINARY, Times, inside, line, ms, number};

/// Bytes that a visit takes with its patient, its messages and its lines in the log, about.
const BYTES_PER_VISIT: usize = 1_080;
const VISITS_PER_PATIENT: usize = 5;

type Wish = (ServiceId, String);

/// The whole run.
pub async fn run() {
    let mb = number("ANTEROOM_BENCH_MB", 1_024);
    let dir = tempfile::tempdir().expect("a directory");
    let (data, usb) = (dir.path().join("clinic"), dir.path().join("usb"));
    let visits = mb * 1_024 * 1_024 / BYTES_PER_VISIT;
    let plan = Plan {
        patients: visits / VISITS_PER_PATIENT,
        visits: Some(visits),
        seed: 1,
    };
    let (clinic, _) = server::seeded(&data, plan);
    let phones = people::phones(&clinic, 2_000);
    let wishes = inside::wishes(&clinic);
    clinic.store.close();
    drop(clinic);
    let bytes = disk::data_bytes(&data).expect("a data file");
    let what = format!("{visits} visits, data file, MB");
    line(&what, &format!("{:.0}", megabytes(bytes)), "", None);
    let key = recovery_key(&data);
    let first = Server::start(BINARY, &data).await;
    let mut wishes = wishes.into_iter();
    let mut phones = phones.into_iter();
    // It falls in the middle of its work.
    for (_, token) in phones.by_ref().take(20) {
        let mut client = Client::patient(&first.trust, first.address, &token);
        book(&mut client, wishes.next()).await;
    }
    first.kill();
    let server = Server::start(BINARY, &data).await;
    let again = ms(server.start);
    let good = Some(again <= 2_000.0);
    line(
        "kill -9 to the first 200, ms",
        &format!("{again:.0}"),
        "≤ 2,000",
        good,
    );

    let until = AtomicBool::new(false);
    let alone = {
        let after = tokio::time::sleep(Duration::from_secs(15));
        let booking = bookings(&server, &mut phones, &mut wishes, &until);
        let (times, ()) = tokio::join!(booking, async {
            after.await;
            until.store(true, Ordering::Relaxed);
        });
        times
    };
    let until = Arc::new(AtomicBool::new(false));
    let (data_then, usb_then, ended) = (data.clone(), usb.clone(), until.clone());
    let backup = tokio::task::spawn_blocking(move || {
        let since = Instant::now();
        let arguments = [
            "backup",
            "--data",
            text(&data_then),
            "--to",
            text(&usb_then),
        ];
        let told = anteroom(&arguments, "");
        ended.store(true, Ordering::Relaxed);
        (since.elapsed(), told)
    });
    let beside = bookings(&server, &mut phones, &mut wishes, &until).await;
    let (took, told) = backup.await.expect("a backup");
    assert!(told.status.success(), "{told:?}");
    let seconds = took.as_secs_f64();
    let good = Some(seconds <= 60.0);
    line(
        "backup with its rehearsal, s",
        &format!("{seconds:.1}"),
        "≤ 60",
        good,
    );
    let (before, during) = (ms(alone.at(0.99)), ms(beside.at(0.99)));
    let got = format!("{during:.2} = {:.2} ×", during / before);
    let wanted = format!("≤ 2 × {before:.2} ms without");
    let good = Some(during <= 2.0 * before);
    line("a booking meanwhile, p99 ms", &got, &wanted, good);
    let (before, during) = (ms(alone.at(0.5)), ms(beside.at(0.5)));
    let counts = format!(
        "{before:.2} without; {} and {}",
        alone.0.len(),
        beside.0.len()
    );
    line("  p50 ms", &format!("{during:.2}"), &counts, None);
    weigh(server.pid());
    server.kill();

    let told = String::from_utf8(told.stdout).expect("text");
    let archive = told.lines().next().expect("a path").to_owned();
    let size = fs::metadata(&archive).expect("an archive").len();
    line("archive, MB", &format!("{:.0}", megabytes(size)), "", None);
    let elsewhere = dir.path().join("elsewhere");
    let since = Instant::now();
    let restored = anteroom(&["restore", &archive, "--data", text(&elsewhere)], &key);
    assert!(restored.status.success(), "{restored:?}");
    let seconds = since.elapsed().as_secs_f64();
    let good = Some(seconds <= 600.0);
    line("restore, s", &format!("{seconds:.1}"), "≤ 600", good);
}

/// Books one time after the other, each by another patient, until it is told to stop.
async fn bookings(
    server: &Server,
    phones: &mut impl Iterator<Item = (PatientId, String)>,
    wishes: &mut impl Iterator<Item = Wish>,
    until: &AtomicBool,
) -> Times {
    let mut times = Vec::new();
    while !until.load(Ordering::Relaxed) {
        let Some((_, token)) = phones.next() else {
            // Nobody is left who may book: the rest goes unmeasured.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let mut client = Client::patient(&server.trust, server.address, &token);
        times.extend(book(&mut client, wishes.next()).await);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Times(times)
}

/// How long the confirming step took; `None` when the time could not be held.
async fn book(client: &mut Client, wish: Option<Wish>) -> Option<Duration> {
    let hold = hold(client, &wish?).await?;
    let since = Instant::now();
    confirm(client, hold).await.then(|| since.elapsed())
}

/// The key that opens the backups, as the printed sheet has it.
fn recovery_key(data: &Path) -> String {
    let sheet = anteroom(&["recovery-sheet", "--data", text(data)], "");
    let sheet = String::from_utf8(sheet.stdout).expect("text");
    let mut words = sheet.split_whitespace();
    let key = words.find(|w| w.starts_with("AGE-SECRET-KEY-1"));
    key.expect("a key").to_owned()
}

/// The most memory that the server ever had, as the kernel says it: it made the backup and its
/// rehearsal, and its unit gives it a gigabyte.
fn weigh(server: u32) {
    let status = fs::read_to_string(format!("/proc/{server}/status")).expect("a process");
    let mut lines = status.lines();
    let peak = lines.find_map(|l| l.strip_prefix("VmHWM:"));
    let kilobytes = peak.and_then(|p| p.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    let peak = megabytes(kilobytes.expect("its peak") << 10);
    let good = Some(peak <= 1_024.0);
    let got = format!("{peak:.0}");
    line("most memory of the server, MB", &got, "≤ 1,024", good);
}

fn anteroom(arguments: &[&str], typed: &str) -> Output {
    server::command(BINARY, arguments, typed)
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a plain path")
}

fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}
