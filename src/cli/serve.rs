//! `anteroom serve`: opens a clinic, or makes a new one, and serves it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use super::running::{self, Running};
use super::setup_code::Welcome;
use super::{Sorry, say, systemd};
use crate::app::staff_access;
use crate::serve::keeper::Given;
use crate::serve::{Network, Proxies, acme, ports};

/// What can be asked of a server.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  anteroom serve --data /var/lib/anteroom
  anteroom serve --data ./clinic --listen 127.0.0.1:8443
  anteroom serve --data ./clinic --cert clinic.pem --key clinic.key
  anteroom serve --data ./clinic --listen 127.0.0.1:8443 --trusted-proxy 127.0.0.1

A proxy in front has to set X-Forwarded-For or Forwarded, or to send a PROXY header. Where it ends
TLS itself (--plain-from-proxy), it also says X-Forwarded-Proto: https. Without --trusted-proxy
nothing of that is believed.

Without --cert, the credentials cert.pem and key.pem of systemd are used, where there are any.

The first start prints the address, a one-time set-up code, and the fingerprint of the certificate.")]
pub struct ServeArgs {
    /// The directory of the clinic; it is made if it does not exist
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Where to listen; may be given several times
    #[arg(long, value_name = "ADDR:PORT")]
    listen: Vec<SocketAddr>,
    /// A certificate of your own, as PEM, with those that signed it
    #[arg(long, value_name = "FILE", requires = "key")]
    cert: Option<PathBuf>,
    /// Its private key, as PEM
    #[arg(long, value_name = "FILE", requires = "cert")]
    key: Option<PathBuf>,
    /// The directory of the public authority, for a clinic that wants its certificate from one
    #[arg(long, value_name = "URL", default_value = acme::LETS_ENCRYPT)]
    acme_directory: String,
    /// The root certificate of that authority's own server, as PEM, instead of this machine's roots
    #[arg(long, value_name = "FILE")]
    acme_root: Option<PathBuf>,
    /// A reverse proxy, or a network of them, that is believed about whose requests it brings; may
    /// be given several times
    #[arg(long, value_name = "ADDR[/LEN]")]
    trusted_proxy: Vec<Network>,
    /// Every connection of a trusted proxy begins with a PROXY header, version 1 or 2
    #[arg(long, requires = "trusted_proxy")]
    proxy_protocol: bool,
    /// A trusted proxy on this machine ends TLS itself and asks over plain HTTP
    #[arg(long, requires = "trusted_proxy")]
    plain_from_proxy: bool,
}

/// The port unless another is asked for.
const PORT: u16 = 8443;

/// Serves until it is stopped.
pub async fn run(args: ServeArgs) -> Result<(), Sorry> {
    let mut listeners = systemd::sockets().map_err(Sorry::from_display)?;
    let wanted = if args.listen.is_empty() && listeners.is_empty() {
        vec![SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), PORT)]
    } else {
        args.listen
    };
    for address in wanted {
        listeners.push(ports::bind(address).await.map_err(Sorry::from_display)?);
    }
    let mut local = Vec::new();
    for listener in &listeners {
        local.push(listener.local_addr()?);
    }
    let patience = systemd::Patience::begin();
    let clinic = running::open(&args.data, &address(&local))?;
    drop(patience);
    let address = clinic.current().settings.address.clone();
    let given = Given {
        files: args.cert.zip(args.key).or_else(systemd::certificate),
        public: acme::Authority {
            directory: args.acme_directory,
            root: args.acme_root,
        },
    };
    let keeper = running::certificates(&clinic, given, local)?;
    let authority = keeper.authority();
    let fingerprint = authority.as_ref().map(|a| a.fingerprint());
    if let Some(authority) = &authority {
        running::show_authority(&args.data, authority);
    }
    let code = staff_access::new_setup_code(&clinic)?;
    let proxies = Proxies {
        trusted: args.trusted_proxy,
        send_header: args.proxy_protocol,
        end_tls: args.plain_from_proxy,
    };
    let running = Running::new(clinic, keeper, listeners, &args.data, false).await?;
    let running = running.behind(proxies);
    match code {
        Some(code) => Welcome {
            address,
            code,
            fingerprint,
        }
        .show(),
        None => say(&format!("Anteroom is open at {address}")),
    }
    running.serve().await;
    Ok(())
}

/// The address of a new clinic: where it listens, or this machine's own address in its network. The
/// port of plain HTTP is no address of ours; that of HTTPS goes without saying.
fn address(local: &[SocketAddr]) -> String {
    let first = ports::https(local);
    let port = first.map_or(PORT, |a| a.port());
    let outside = || running::own_address().unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
    let host = first
        .map(|a| a.ip())
        .filter(|ip| !ip.is_unspecified())
        .unwrap_or_else(outside);
    let address = format!("https://{}", SocketAddr::new(host, port));
    match address.strip_suffix(":443") {
        Some(short) if port == ports::HTTPS => short.to_owned(),
        Some(_) | None => address,
    }
}
