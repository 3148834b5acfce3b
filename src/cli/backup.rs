//! `anteroom backup`, `restore` and `recovery-sheet`: the clinic in one encrypted file, and back.

use std::io::{BufRead as _, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use fast_qr::QRBuilder;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::control::{self, Step};
use super::progress::Bar;
use super::{Sorry, running, say};
use crate::app::backups::{self, Place, Problem, RecoveryKey};
use crate::app::{Clinic, Failure};
use crate::domain::backup::plan::Destination;
use crate::domain::backup::{Backup, Retention};
use crate::store::{backup as archives, beside};

/// The verb that writes an archive and proves it; its parameters are [`Job`].
pub const BACKUP: &str = "backup";
/// The verb that gives the recovery key; it has no parameters.
pub const SHEET: &str = "recovery-sheet";

/// What can be asked of a backup.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  anteroom backup --data /var/lib/anteroom
  anteroom backup --data /var/lib/anteroom --to /mnt/usb/anteroom --keep 24,7,4,12

It may run beside a server: one state of the data is written while the clinic works.
The archive is then restored into a scratch database and checked; only then is it proven.
Only the key on the recovery sheet opens it. Certificates of your own are not in it.")]
pub struct BackupArgs {
    /// The directory of the clinic
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The directory for the archive; else `backups` in the directory of the clinic
    #[arg(long, value_name = "DIR")]
    to: Option<PathBuf>,
    /// Afterwards keep the newest of so many hours, days, weeks and months; remove the other
    /// archives that this clinic wrote there
    #[arg(long, value_name = "H,D,W,M")]
    keep: Option<Retention>,
}

/// What can be asked of a restore.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  anteroom restore anteroom-20261123T060000Z.age --data /var/lib/anteroom
  anteroom restore anteroom-20261123T060000Z.age --data ./clinic --key key.txt

It asks for the recovery key unless a file has it. Stop the server first.
Nothing is written unless the whole archive is sound.")]
pub struct RestoreArgs {
    /// The archive
    #[arg(value_name = "ARCHIVE")]
    archive: PathBuf,
    /// The directory of the clinic; it is made if it does not exist
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// A file with the recovery key
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// Put the clinic that is there aside, as clinic.redb.before-restore, with a number when that is taken
    #[arg(long)]
    replace: bool,
}

/// Whose recovery sheet is printed.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  anteroom recovery-sheet --data /var/lib/anteroom | lp

Keep the sheet away from the machine: whoever has it and an archive can read everything.")]
pub struct SheetArgs {
    /// The directory of the clinic
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
}

/// Where a backup goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Job {
    /// The directory for the archive, by its whole path.
    pub to: PathBuf,
    /// The directory of the clinic, by its whole path.
    pub data: PathBuf,
    /// Which archives there are kept afterwards; none for all.
    pub keep: Option<Retention>,
}

/// What came of a backup.
#[derive(Serialize, Deserialize)]
struct Made {
    backup: Backup,
    removed: usize,
}

#[derive(Serialize, Deserialize)]
struct Sheet {
    clinic: String,
    key: String,
    word: String,
}

impl From<Problem> for Sorry {
    fn from(problem: Problem) -> Self {
        Self::from_display(problem)
    }
}

pub(super) fn whole(path: &Path) -> Result<PathBuf, Sorry> {
    Ok(std::path::absolute(path)?)
}

fn count(n: u64) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}

/// Writes an archive, proves it, and says so.
pub async fn run(args: BackupArgs) -> Result<(), Sorry> {
    let data = whole(&args.data)?;
    let to = match args.to {
        Some(to) => whole(&to)?,
        None => data.join("backups"),
    };
    if to.to_str().is_none() {
        return Err(Sorry("the name of the directory is not UTF-8".to_owned()));
    }
    let job = Job {
        to,
        data: data.clone(),
        keep: args.keep,
    };
    let bar = Bar::new("Backing up");
    let Made {
        backup: made,
        removed,
    } = control::ask(&data, BACKUP, &job, &bar).await?;
    drop(bar);
    say(&made.archive);
    if made.proven_at.is_none() {
        let why = &made.problem;
        return Err(Sorry(format!("the archive is not proven: {why}")));
    }
    let size = made.bytes.div_ceil(1024);
    let rows = made.rows;
    say(&format!(
        "{size} KiB. Proven: restored into a scratch database, {rows} rows checked."
    ));
    if removed > 0 {
        say(&format!(
            "Archives that were not to be kept: {removed}, removed."
        ));
    }
    say("Only the key on the recovery sheet opens it: anteroom recovery-sheet prints it.");
    Ok(())
}

/// Does what [`BACKUP`] asks. It blocks; `step` is told how far it is.
pub(super) fn make(
    clinic: &Clinic,
    job: &Job,
    step: &dyn Fn(usize, usize),
) -> Result<Value, Sorry> {
    let place = Place {
        to: Destination::directory(&job.to),
        scratch: job.data.clone(),
    };
    let told = thousandth(step);
    let (backup, removed) = backups::back_up_and_prune(clinic, &place, job.keep, &told)?;
    let made = Made { backup, removed };
    serde_json::to_value(made).map_err(Sorry::from_display)
}

/// Passes on every thousandth row: nobody reads faster.
fn thousandth(step: &dyn Fn(usize, usize)) -> impl Fn(u64, u64) -> Result<(), Problem> {
    move |done, all| {
        if done % 1_000 == 0 || done == all {
            step(count(done), count(all));
        }
        Ok(())
    }
}

/// Restores an archive, and says what to do next.
pub async fn restore(args: RestoreArgs) -> Result<(), Sorry> {
    let key = read_key(args.key.as_deref())?;
    let bar = Bar::new("Restoring");
    let shown = bar.clone();
    let data = args.data.clone();
    let work = move || {
        let show = move |done, of| {
            shown.step(serde_json::to_value(Step { done, of }).unwrap_or_default());
        };
        let told = thousandth(&show);
        let (archive, data) = (&args.archive, &args.data);
        let found = archives::restore(archive, &key, data, args.replace, &told)?;
        let clinic = running::open(data, "https://localhost:8443")?;
        backups::note_restore(&clinic, found.at)?;
        clinic.store.close();
        Ok::<_, Sorry>(found)
    };
    let done = tokio::task::spawn_blocking(work).await;
    let found = done.map_err(Sorry::from_display)??;
    drop(bar);
    let (rows, at, program) = (found.rows(), found.at, &found.program);
    say(&format!(
        "Restored {rows} rows as they were at {at}, written by Anteroom {program}."
    ));
    say("Sign-ins, keys and certificates are those of the archive.");
    say(&format!(
        "Go on with: anteroom serve --data {}",
        data.display()
    ));
    Ok(())
}

/// The recovery key, from a file or from whoever sits at the terminal. Never from the arguments:
/// every account of the machine can read those.
fn read_key(file: Option<&Path>) -> Result<RecoveryKey, Sorry> {
    let typed = if let Some(file) = file {
        std::fs::read_to_string(file)?
    } else {
        if std::io::stdin().is_terminal() {
            let mut error = std::io::stderr();
            let _ = write!(error, "Recovery key (AGE-SECRET-KEY-1…): ");
            let _ = error.flush();
        }
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line)?;
        line
    };
    // A file of the age tool has comments beside the key.
    let lines = typed.lines().filter(|l| !l.trim_start().starts_with('#'));
    let plain: String = lines.collect();
    RecoveryKey::parse(&plain).ok_or_else(|| Sorry("this is no recovery key".to_owned()))
}

/// Prints the recovery sheet.
pub async fn sheet(args: SheetArgs) -> Result<(), Sorry> {
    let bar = Bar::new("Working");
    let sheet: Sheet = control::ask(&args.data, SHEET, &Value::Null, &bar).await?;
    drop(bar);
    say("RECOVERY SHEET\n");
    say(&format!("Clinic        {}", sheet.clinic));
    say(&format!("Recovery key  {}", sheet.key));
    say(&format!("Test word     {}\n", sheet.word));
    say("With this key and one backup, the clinic comes back on any machine:");
    say("  anteroom restore ARCHIVE --data DIR\n");
    say("Without it nobody can open a backup, and nobody can make the key again.");
    say("Keep this sheet away from the machine, where you keep what must not be lost.");
    // A terminal that cannot show it still shows the key.
    if let Ok(qr) = QRBuilder::new(sheet.key).build() {
        say(&format!("\n{}", qr.to_str()));
    }
    Ok(())
}

/// Does what [`SHEET`] asks.
pub(super) fn give_sheet(clinic: &Clinic) -> Result<Value, Sorry> {
    let key = backups::recovery_key(clinic)?;
    let sheet = Sheet {
        clinic: clinic.current().settings.profile.name.clone(),
        key: key.text(),
        word: key.test_word(),
    };
    serde_json::to_value(sheet).map_err(Sorry::from_display)
}

/// What `check` says about the last proven backup of a data directory.
pub(super) fn last_proven(clinic: &beside::ReadOnly, now: Timestamp) -> Result<String, Failure> {
    let proven = |b: &Backup| b.proven_at.is_some();
    let found = clinic.read(|rows| archives::newest(rows, &proven))?;
    Ok(match found {
        None => "No backup is proven yet.".to_owned(),
        Some(found) => {
            let hours = now.duration_since(found.at).as_hours().max(0);
            format!("The last proven backup is {hours} h old: {}", found.archive)
        }
    })
}
