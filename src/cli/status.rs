//! `anteroom status`: how the clinic stands, in one line per figure.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde_json::Value;

use super::control;
use super::progress::Bar;
use super::{Sorry, running, say};
use crate::app::clock::{Clock as _, SystemClock};
use crate::app::status::{self, JobState, Place, Status};
use crate::app::{Clinic, Failure};
use crate::store::beside;

/// The verb that gives the figures; it has no parameters.
pub const STATUS: &str = "status";
/// Seconds by which a clock may be set, or stand before the last line of the log, without a word.
const CLOCK_SLACK_S: u64 = 300;
/// What the database may keep in memory.
const CACHE_BYTES: usize = 4 * 1024 * 1024;

/// Of which clinic the figures are.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  anteroom status --data /var/lib/anteroom
  anteroom status --data /var/lib/anteroom --json

It changes nothing, and may run beside a server.")]
pub struct StatusArgs {
    /// The directory of the clinic
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// For programs: everything as JSON, sizes in bytes and times in seconds
    #[arg(long)]
    json: bool,
}

/// Says how a clinic stands.
pub async fn run(args: StatusArgs) -> Result<(), Sorry> {
    let bar = Bar::new("Looking");
    let asked = control::ask_server(&args.data, STATUS, &Value::Null, &bar).await?;
    let status: Status = if let Some(status) = asked {
        status
    } else {
        let data = args.data.clone();
        let look = tokio::task::spawn_blocking(move || without_server(&data));
        look.await.map_err(Sorry::from_display)??
    };
    drop(bar);
    if args.json {
        let json = serde_json::to_string_pretty(&status).map_err(Sorry::from_display)?;
        say(&json);
        return Ok(());
    }
    let line = |name: &str, value: &str| say(&format!("{name:<16} {value}"));
    let size = |bytes: Option<u64>| bytes.map_or_else(|| "unknown".to_owned(), size);
    line("Version", &status.version);
    line("Schema", &status.schema.to_string());
    line(
        "Uptime",
        &status
            .uptime_s
            .map_or_else(|| "no server is running".to_owned(), span),
    );
    if let Some(why) = &status.read_only {
        line("Read-only", why);
    }
    line("Database", &size(status.database_bytes));
    line("Free disk", &size(status.free_bytes));
    if let Some(days) = status.certificate_days {
        line("Certificate", &format!("{days} days left"));
    }
    line(
        "Proven backup",
        &status
            .proven_age_s
            .map_or_else(|| "none yet".to_owned(), |age| format!("{} old", span(age))),
    );
    for place in &status.backups {
        line(&format!("Backup {}", place.name), &backup_state(place));
    }
    line("Outbox", &outbox(&status));
    line(
        "Failed sign-ins",
        &format!("{} within 24 h", status.failed_sign_ins),
    );
    for said in clock(&status) {
        line("Clock", &said);
    }
    for job in &status.jobs {
        line(&format!("Job {}", job.name), &job_state(job));
    }
    Ok(())
}

/// What is odd about the clock; nothing when it is right, as far as one can tell.
fn clock(status: &Status) -> Vec<String> {
    let mut said = Vec::new();
    let set = status.clock_set_s.unwrap_or(0);
    if set.unsigned_abs() > CLOCK_SLACK_S {
        let way = if set > 0 { "forward" } else { "back" };
        let by = span(set.unsigned_abs());
        said.push(format!("set {way} by {by} since the server started"));
    }
    if status.clock_behind_s > CLOCK_SLACK_S {
        let behind = span(status.clock_behind_s);
        said.push(format!("{behind} before the last line of the log"));
    }
    said
}

/// How the outbox stands.
fn outbox(status: &Status) -> String {
    let waiting = format!("{} waiting", status.outbox_waiting);
    match status.outbox_late_s {
        None => waiting,
        Some(late) => format!("{waiting}, the first for {}", span(late)),
    }
}

/// How a job stands.
fn job_state(job: &JobState) -> String {
    let minute = |at: Timestamp| at.strftime("%Y-%m-%d %H:%M UTC").to_string();
    let last = job.last.map_or_else(|| "not yet".to_owned(), minute);
    let trouble = match (job.late, job.went_well) {
        (true, _) => "; it should have run by now",
        (false, false) => "; the last run did not go well",
        (false, true) => "",
    };
    format!("last {last}, next {}{trouble}", minute(job.next))
}

/// What is known of the backups at a place.
pub(super) fn backup_state(place: &Place) -> String {
    let proven = match place.proven_age_s {
        None => "none proven yet".to_owned(),
        Some(age) => format!("proven {} ago", span(age)),
    };
    match &place.problem {
        None => proven,
        Some(problem) => format!("{proven}; the last one failed: {problem}"),
    }
}

fn without_server(data: &Path) -> Result<Status, Sorry> {
    if !beside::exists(data) {
        return Err(Sorry(format!("there is no clinic in {}", data.display())));
    }
    match beside::open_read_only(data, CACHE_BYTES) {
        Ok(clinic) => {
            let now = SystemClock.now();
            let status = clinic.read(|rows| status::of_rows(rows, Some(data), now));
            Ok(status?)
        }
        Err(newer @ Failure::Newer(..)) => Err(newer.into()),
        // After a crash the file is repaired by whoever may write to it.
        Err(_) => {
            let clinic = running::open(data, "https://localhost:8443")?;
            let status = status::of(&clinic)?;
            clinic.store.close();
            Ok(Status {
                uptime_s: None,
                ..status
            })
        }
    }
}

/// Does what [`STATUS`] asks.
pub(super) fn give(clinic: &Clinic) -> Result<Value, Sorry> {
    serde_json::to_value(status::of(clinic)?).map_err(Sorry::from_display)
}

fn size(bytes: u64) -> String {
    const KIB: u64 = 1 << 10;
    const MIB: u64 = 1 << 20;
    const GIB: u64 = 1 << 30;
    let tenths = |unit: u64| (bytes / unit, bytes % unit * 10 / unit);
    let (whole, tenth, unit) = match bytes {
        GIB.. => (tenths(GIB).0, tenths(GIB).1, "GiB"),
        MIB.. => (tenths(MIB).0, tenths(MIB).1, "MiB"),
        _ => (tenths(KIB).0, tenths(KIB).1, "KiB"),
    };
    format!("{whole}.{tenth} {unit}")
}

fn span(seconds: u64) -> String {
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    match (days, hours) {
        (0, 0) => format!("{minutes} min"),
        (0, _) => format!("{hours} h {} min", minutes % 60),
        _ => format!("{days} d {} h", hours % 24),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_said_in_the_unit_that_fits() {
        assert_eq!(size(0), "0.0 KiB");
        assert_eq!(size(1_536), "1.5 KiB");
        assert_eq!(size(12 << 20), "12.0 MiB");
        assert_eq!(size((5 << 30) + (1 << 29)), "5.5 GiB");
        assert_eq!(span(59), "0 min");
        assert_eq!(span(3_600 + 120), "1 h 2 min");
        assert_eq!(span(2 * 86_400 + 3 * 3_600), "2 d 3 h");
    }

    #[test]
    fn a_clock_that_was_set_is_named_with_its_way() {
        let stage = crate::app::stage::Stage::new();
        let status = status::of(&stage.clinic).unwrap();
        let said = |clock_set_s, clock_behind_s| {
            clock(&Status {
                clock_set_s: Some(clock_set_s),
                clock_behind_s,
                ..status.clone()
            })
        };
        assert_eq!(said(300, 300), [""; 0]);
        assert_eq!(
            said(7_200, 0),
            ["set forward by 2 h 0 min since the server started"]
        );
        assert_eq!(
            said(-7_200, 7_200),
            [
                "set back by 2 h 0 min since the server started",
                "2 h 0 min before the last line of the log"
            ]
        );
    }
}
