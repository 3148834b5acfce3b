//! `anteroom rollback`: back to the data as it was before the last upgrade.

use std::path::PathBuf;

use super::{Sorry, question, say};
use crate::store::upgrade::{self, WayBack};

/// What the database may keep in memory.
const CACHE_BYTES: usize = 16 * 1024 * 1024;

/// Which clinic goes back.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  anteroom rollback --data /var/lib/anteroom
  anteroom rollback --data /var/lib/anteroom --yes

An upgrade that changes the data keeps the file as it was before. This goes back to it and keeps the
newer file under another name. Stop the server first, and install the older Anteroom afterwards.")]
pub struct RollbackArgs {
    /// The directory of the clinic
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Go back without asking
    #[arg(long)]
    yes: bool,
}

/// Says what would be lost, asks, and goes back.
pub async fn run(args: RollbackArgs) -> Result<(), Sorry> {
    let work = move || {
        let Some(held) = upgrade::way_back(&args.data, CACHE_BYTES)? else {
            let data = args.data.display();
            return Err(Sorry(format!(
                "there is nothing to go back to in {data}: no upgrade has changed the data"
            )));
        };
        say(&would_be_lost(held.way()));
        if !args.yes {
            let no = "nothing was changed: confirm it with --yes";
            question::confirm("Go back?", no)?;
        }
        let schema = held.way().snapshot.schema;
        let kept = held.roll_back()?;
        say(&format!(
            "The data is that of schema {schema} again. The newer file is kept as {}.",
            kept.display()
        ));
        say(
            "Install the older Anteroom before you start the server: this one would upgrade again.",
        );
        Ok(())
    };
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(Sorry::from_display)?
}

fn would_be_lost(way: &WayBack) -> String {
    let until = match way.until {
        Some(at) => format!("as it was on {at:.0}"),
        None => "as it was when it was new".to_owned(),
    };
    let lost = match way.lost {
        None => {
            "What is here today does not come from that data, as after a backup was restored: all of it is lost."
        }
        Some(0) => "Nothing was changed or looked at since.",
        Some(1) => "One change or look since then is lost.",
        Some(many) => &format!("{many} changes and looks since then are lost."),
    };
    format!("This goes back to the data {until}. {lost}")
}
