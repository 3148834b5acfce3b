//! `anteroom demo`: a believable clinic in seconds, with a ready sign-in link per person.

use std::net::SocketAddr;
use std::path::PathBuf;

use super::running::{self, Running};
use super::{Sorry, say};
use crate::app::seed::{self, Plan};
use crate::serve::keeper::Given;
use crate::serve::ports;

/// What can be asked of a demonstration.
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Examples:\n  anteroom demo\n  anteroom demo --listen 127.0.0.1:9443 --patients 50\n  anteroom demo --data /tmp/clinic --seed 7 --json"
)]
pub struct DemoArgs {
    /// Where to listen; the next free port if it is taken
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:8443")]
    listen: SocketAddr,
    /// A directory to keep the clinic in; without it, it is gone at the end
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// How many patients
    #[arg(long, value_name = "N", default_value_t = 400)]
    patients: usize,
    /// The same number and day give the same clinic
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Print one line of JSON when it is ready
    #[arg(long)]
    json: bool,
}

/// How many ports are tried.
const PORTS: u16 = 50;

/// Runs the demonstration until it is stopped.
pub async fn run(args: DemoArgs) -> Result<(), Sorry> {
    let listener = ports::bind_or_next_free(args.listen, PORTS)
        .await
        .map_err(Sorry::from_display)?;
    let local = listener.local_addr()?;
    let url = format!("https://{local}");
    let temporary = args.data.is_none();
    let data = args.data.unwrap_or_else(|| {
        let name = format!("anteroom-demo-{}-{}", std::process::id(), local.port());
        std::env::temp_dir().join(name)
    });
    let result = serve(&data, &url, listener, args.patients, args.seed, args.json).await;
    if temporary && let Err(e) = std::fs::remove_dir_all(&data) {
        tracing::warn!("the temporary clinic in {} stays: {e}", data.display());
    }
    result
}

async fn serve(
    data: &std::path::Path,
    url: &str,
    listener: tokio::net::TcpListener,
    patients: usize,
    seed: u64,
    json: bool,
) -> Result<(), Sorry> {
    let local = listener.local_addr()?;
    let clinic = running::open(data, url)?;
    if clinic.current().settings.setup > crate::domain::settings::SetupStep::You {
        return Err(Sorry(format!(
            "there is a clinic in {} already; choose another directory for a demonstration",
            data.display()
        )));
    }
    let plan = Plan {
        patients,
        seed,
        ..Plan::default()
    };
    let seeded = seed::seed(&clinic, &plan)?;
    // The same seed gives the same clinic; secrets only where nobody else can type them.
    let links = if local.ip().is_loopback() {
        seed::demo_links(&clinic, &seeded)?
    } else {
        seed::secret_demo_links(&clinic, &seeded)?
    };
    let keeper = running::certificates(&clinic, Given::default(), vec![local])?;
    let ca = running::authority_file(data);
    if let Some(authority) = keeper.authority() {
        running::show_authority(data, &authority);
    }
    let people: Vec<(String, &str, String)> = links
        .into_iter()
        .map(|(name, role, token)| (name, role.code(), format!("{url}/demo/{token}")))
        .collect();
    let running = Running::new(clinic, keeper, vec![listener], data, true).await?;
    if json {
        let people: Vec<serde_json::Value> = people
            .iter()
            .map(|(name, role, link)| serde_json::json!({"name": name, "role": role, "sign_in": link}))
            .collect();
        say(&serde_json::json!({"url": url, "ca": ca, "people": people}).to_string());
    } else {
        say(&format!("Riverside Clinic is open at {url}\n"));
        say("Nothing here is real, and no mail leaves. Sign in as:");
        for (name, role, link) in &people {
            say(&format!("  {role:<13} {name:<22} {link}"));
        }
        say(&format!(
            "\nYour browser will warn you until it trusts {}",
            ca.display()
        ));
        say("Ctrl-C ends it.");
    }
    running.serve().await;
    Ok(())
}
