//! `anteroom setup-code`: where a new clinic is set up and with which code, for whoever did not see the
//! server start: beside a service, or after an installation.

use std::path::PathBuf;

use fast_qr::QRBuilder;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::control;
use super::progress::Bar;
use super::{Sorry, say};
use crate::app::{Clinic, certificate, staff_access};

/// The verb that makes a new code; it has no parameters.
pub const SETUP_CODE: &str = "setup-code";

/// Which clinic is set up.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  anteroom setup-code --data /var/lib/anteroom

It asks the running server. The code works once, and the one before it no longer does.")]
pub struct SetupCodeArgs {
    /// The directory of the clinic
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
}

/// The way into a new clinic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Welcome {
    /// The address of the clinic.
    pub(super) address: String,
    /// The one-time code.
    pub(super) code: String,
    /// SHA-256 of the clinic's own authority; none when the certificate is not ours.
    pub(super) fingerprint: Option<String>,
}

/// Makes a new code, and says where it is typed.
pub async fn run(args: SetupCodeArgs) -> Result<(), Sorry> {
    let data = args.data;
    let bar = Bar::new("Working");
    // Without a server there would be nobody to type it to, and the next start makes another.
    let asked = control::ask_server(&data, SETUP_CODE, &(), &bar).await?;
    drop(bar);
    let stopped = || {
        Sorry(format!(
            "no server is running in {}: start it first",
            data.display()
        ))
    };
    let welcome: Welcome = asked.ok_or_else(stopped)?;
    welcome.show();
    Ok(())
}

/// Does what [`SETUP_CODE`] asks.
pub(super) fn give(clinic: &Clinic) -> Result<Value, Sorry> {
    let address = clinic.current().settings.address.clone();
    let Some(code) = staff_access::new_setup_code(clinic)? else {
        return Err(Sorry(format!(
            "this clinic is set up already: sign in at {address}/staff"
        )));
    };
    let authority = certificate::own_authority(clinic)?;
    let welcome = Welcome {
        address,
        code,
        fingerprint: authority.map(|a| a.fingerprint()),
    };
    serde_json::to_value(welcome).map_err(Sorry::from_display)
}

impl Welcome {
    /// Says where to go on, and with which code.
    pub(super) fn show(&self) {
        let link = format!("{}/setup", self.address);
        say("A new clinic. Set it up in a browser:\n");
        say(&format!("  Address      {link}"));
        say(&format!("  Set-up code  {}   (it works once)", self.code));
        if let Some(fingerprint) = &self.fingerprint {
            say(&format!("  Certificate  SHA-256 {fingerprint}"));
            say("\nYour browser will warn you, because this clinic signs its own certificate.");
            say("Compare the fingerprint, then go on.");
        }
        // A terminal that cannot show it still shows the address.
        if let Ok(qr) = QRBuilder::new(link).build() {
            say(&format!("\n{}", qr.to_str()));
        }
    }
}
