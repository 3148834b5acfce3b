//! `anteroom check`: whether everything that is kept can be read and agrees with itself.

use std::path::{Path, PathBuf};

use super::progress::Bar;
use super::{Sorry, say};
use crate::app::clock::{Clock as _, SystemClock};
use crate::store::check::{self, Report};
use crate::store::{Failure, beside};

/// What the database may keep in memory.
const CACHE_BYTES: usize = 64 * 1024 * 1024;

/// What can be asked of a check.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  anteroom check --data /var/lib/anteroom

It may run beside a server. The checksums of the file can be verified only while none is running.
The exit code is 0 when all is well and 1 when something is wrong.")]
pub struct CheckArgs {
    /// The directory of the clinic
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
}

struct Found {
    /// `None` while a server runs.
    pages_sound: Option<bool>,
    report: Report,
    /// What is known of the last proven backup.
    backup: String,
}

/// Checks a clinic and says what was found.
pub async fn run(args: CheckArgs) -> Result<(), Sorry> {
    let bar = Bar::new("Checking");
    let checked = tokio::task::spawn_blocking(move || check(&args.data)).await;
    let found = checked.map_err(Sorry::from_display)??;
    drop(bar);
    for (table, rows) in found.report.rows.iter().filter(|(_, rows)| **rows > 0) {
        say(&format!("{rows:>10}  {table}"));
    }
    say(&format!(
        "{:>10}  lines of the log follow from one another",
        found.report.audit_lines
    ));
    say(&found.backup);
    let mut problems = found.report.problems;
    match found.pages_sound {
        Some(true) => say("The checksums of the file are right."),
        Some(false) => problems.push("some checksums of the file were wrong".to_owned()),
        None => say("A server is running, so the checksums of the file were not verified."),
    }
    for problem in &problems {
        say(&format!("PROBLEM  {problem}"));
    }
    match problems.len() {
        0 => {
            say("All is well.");
            Ok(())
        }
        1 => Err(Sorry("the check found 1 problem".to_owned())),
        many => Err(Sorry(format!("the check found {many} problems"))),
    }
}

fn check(data: &Path) -> Result<Found, Sorry> {
    if !beside::exists(data) {
        return Err(Sorry(format!("there is no clinic in {}", data.display())));
    }
    let pages_sound = match beside::verify_pages(data, CACHE_BYTES) {
        Ok(sound) => Some(sound),
        Err(Failure::Locked) => None,
        Err(other) => return Err(other.into()),
    };
    let clinic = beside::open_read_only(data, CACHE_BYTES)?;
    let report = clinic.read(|rows| check::check(rows).map_err(Sorry::from))?;
    let backup = super::backup::last_proven(&clinic, SystemClock.now())?;
    Ok(Found {
        pages_sound,
        report,
        backup,
    })
}
