//! The command line.

pub mod demo;
pub mod running;

use std::fmt::Display;
use std::io::Write as _;

use clap::Parser;

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
#[command(version, about = "The patient portal that a small clinic runs itself")]
enum Command {
    /// A believable clinic to try, with a sign-in link per person
    Demo(demo::DemoArgs),
}

/// Runs the command that the arguments ask for. The exit code: 0 done, 1 refused or failed; clap
/// itself exits with 2 for wrong usage.
pub fn main() -> u8 {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_max_level(tracing::Level::WARN)
        .init();
    let command = Command::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(e) => return sorry(&Sorry::from_display(e)),
    };
    let result = runtime.block_on(async {
        match command {
            Command::Demo(args) => demo::run(args).await,
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
