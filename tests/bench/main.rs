//! Speed and size in one run: `cargo bench --bench speed`. The real binary serves a large clinic
//! over TLS from the same machine, with sessions, policy, log and outbox on; every wanted figure
//! stands beside the measured one. Figures that fall short are printed as they are.
//!
//! `ANTEROOM_BENCH_PATIENTS` and `ANTEROOM_BENCH_VISITS` make the clinic smaller for a try. With `bulk`
//! as an argument it is a clinic of a gigabyte, its backup and its restore; with `doors`, whether times
//! tell who is known here.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a benchmark prints, and stops at the first surprise"
)]

mod bare;
mod bulk;
mod doors;
mod inside;
mod over_tls;
#[path = "../support/mod.rs"]
#[allow(dead_code, reason = "the tests use the rest of it")]
mod support;

use std::time::{Duration, Instant};

use anteroom::app::seed::Plan;

use support::{people, server};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The binary that is measured, of the same build.
const BINARY: &str = env!("CARGO_BIN_EXE_anteroom");

/// Clients that book at once.
const CLIENTS: usize = 32;

fn number(variable: &str, otherwise: usize) -> usize {
    std::env::var(variable)
        .ok()
        .and_then(|v| v.parse().ok())
        .unwrap_or(otherwise)
}

/// Times of one thing, done often.
struct Times(Vec<Duration>);

impl Times {
    fn at(&self, share: f64) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort();
        let at = (sorted.len() as f64 * share) as usize;
        sorted
            .get(at.min(sorted.len().saturating_sub(1)))
            .copied()
            .unwrap_or_default()
    }
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// One line: what, how much, and what was wanted.
fn line(what: &str, got: &str, wanted: &str, good: Option<bool>) {
    let verdict = match good {
        Some(true) => "ok",
        Some(false) => "SHORT",
        None => "",
    };
    println!("{what:<52} {got:>20}   {wanted:<28} {verdict}");
}

/// Does something for a second and gives how often per second it was done.
fn per_second(mut work: impl FnMut()) -> f64 {
    let since = Instant::now();
    let mut done = 0_u32;
    while since.elapsed() < Duration::from_secs(1) {
        work();
        done += 1;
    }
    f64::from(done) / since.elapsed().as_secs_f64()
}

fn main() {
    // Cargo runs benchmarks with this; anything else only asks for a list.
    if !std::env::args().any(|a| a == "--bench") {
        return;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    if std::env::args().any(|a| a == "bulk") {
        runtime.block_on(bulk::run());
        return;
    }
    if std::env::args().any(|a| a == "doors") {
        doors::run();
        return;
    }
    let patients = number("ANTEROOM_BENCH_PATIENTS", 20_000);
    let visits = number("ANTEROOM_BENCH_VISITS", 100_000);
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    println!(
        "Anteroom {}, {cores} cores, client and server together",
        env!("CARGO_PKG_VERSION")
    );
    println!("{patients} patients, {visits} visits; TLS, sessions, policy, log and outbox on\n");
    let dir = tempfile::tempdir().expect("a directory");
    let since = Instant::now();
    let plan = Plan {
        patients,
        visits: Some(visits),
        seed: 1,
    };
    let (clinic, seeded) = server::seeded(dir.path(), plan);
    line(
        "seeding, s",
        &format!("{:.1}", since.elapsed().as_secs_f64()),
        "",
        None,
    );

    inside::slots(&clinic, &seeded);
    let rows = inside::rows_per_booking();
    let bare = bare::measure(dir.path(), rows, CLIENTS);
    let phones = people::phones(&clinic, 2_000);
    let wishes = inside::wishes(&clinic);
    let week = inside::week_of(&clinic, 150);
    clinic.store.close();
    drop(clinic);

    runtime.block_on(async {
        let server = over_tls::starts(dir.path()).await;
        over_tls::memory(&server).await;
        over_tls::first_view(&server, &phones).await;
        over_tls::home(&server, &phones).await;
        over_tls::bookings(&server, &phones, &wishes, &bare).await;
        over_tls::staff(server, &seeded, dir.path(), week).await;
    });
}
