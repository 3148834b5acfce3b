//! The command line.

pub mod backup;
pub mod check;
pub mod control;
pub mod demo;
pub mod import;
mod log;
mod progress;
mod question;
pub mod rollback;
pub mod running;
pub mod serve;
pub mod setup_code;
pub mod status;
mod systemd;
pub mod target;
pub mod user;

use std::fmt::Display;
use std::io::Write as _;

use clap::{Parser, Subcommand};

use crate::app::Failure;

/// Why a command could not do its work, in one sentence for the terminal.
#[derive(Debug)]
pub struct Sorry(pub String);

impl Sorry {
    /// From something that says it well already.
    pub fn from_display(what: impl Display) -> Self {
        Self(what.to_string())
    }
}

impl From<Failure> for Sorry {
    fn from(failure: Failure) -> Self {
        Self::from_display(failure)
    }
}

impl From<std::io::Error> for Sorry {
    fn from(error: std::io::Error) -> Self {
        Self::from_display(error)
    }
}

/// One line on standard output. A reader that has gone is no reason to stop.
pub(crate) fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

#[derive(Parser)]
#[command(
    version,
    about = "The patient portal that a small clinic runs itself",
    after_help = "\
Examples:
  anteroom demo
  anteroom serve --data /var/lib/anteroom
  anteroom import fhir bundles.zip --data /var/lib/anteroom
  anteroom user list --data /var/lib/anteroom
  anteroom check --data /var/lib/anteroom
  anteroom backup --data /var/lib/anteroom --to /mnt/usb
  anteroom backup-target add /mnt/usb/anteroom --data /var/lib/anteroom
  anteroom status --data /var/lib/anteroom

Exit codes: 0 done, 1 refused or failed, 2 wrong usage."
)]
struct Arguments {
    /// How much to log on standard error: error, warn, info, debug, or a filter; else
    /// `ANTEROOM_LOG`, else warn
    #[arg(long, global = true, value_name = "LEVEL", value_parser = log::filter)]
    log: Option<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// A believable clinic to try, with a sign-in link per person
    Demo(demo::DemoArgs),
    /// Open a clinic, or make a new one, and serve it
    Serve(serve::ServeArgs),
    /// Say again where a new clinic is set up, and with which code
    SetupCode(setup_code::SetupCodeArgs),
    /// Take over patients from another system
    #[command(subcommand)]
    Import(import::Import),
    /// Add people who work here, and let them back in
    #[command(subcommand)]
    User(user::User),
    /// Check the database, its indexes and the log
    Check(check::CheckArgs),
    /// Write the whole clinic to one encrypted file, and prove that it can be restored
    Backup(backup::BackupArgs),
    /// Add places where backups go by themselves
    #[command(subcommand)]
    BackupTarget(target::BackupTarget),
    /// Bring a clinic back from a backup
    Restore(backup::RestoreArgs),
    /// Print the key that opens the backups
    RecoverySheet(backup::SheetArgs),
    /// Say how the clinic stands: sizes, free disk, backups, messages that wait
    Status(status::StatusArgs),
    /// Go back to the data as it was before the last upgrade
    Rollback(rollback::RollbackArgs),
}

/// Runs the command that the arguments ask for. The exit code: 0 done, 1 refused or failed; clap
/// itself exits with 2 for wrong usage.
pub fn main() -> u8 {
    let Arguments { log, command } = Arguments::parse();
    log::start(log);
    // Half of them may draw pages and wait for the disk (`web::guard`); the rest stay with the network.
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2 * cores)
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(e) => return sorry(&Sorry::from_display(e)),
    };
    let result = runtime.block_on(async {
        match command {
            Command::Demo(args) => demo::run(args).await,
            Command::Serve(args) => serve::run(args).await,
            Command::SetupCode(args) => setup_code::run(args).await,
            Command::Import(import) => import::run(import).await,
            Command::User(user) => user::run(user).await,
            Command::Check(args) => check::run(args).await,
            Command::Backup(args) => backup::run(args).await,
            Command::Restore(args) => backup::restore(args).await,
            Command::BackupTarget(what) => target::run(what).await,
            Command::RecoverySheet(args) => backup::sheet(args).await,
            Command::Status(args) => status::run(args).await,
            Command::Rollback(args) => rollback::run(args).await,
        }
    });
    match result {
        Ok(()) => 0,
        Err(why) => sorry(&why),
    }
}

fn sorry(why: &Sorry) -> u8 {
    let _ = writeln!(std::io::stderr(), "anteroom: {}", why.0);
    1
}
