//! Opening the ports that the server listens on.

use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};

use tokio::net::TcpListener;

/// The port of plain HTTP, which leads on to HTTPS.
pub const HTTP: u16 = 80;
/// The port of HTTPS that browsers leave out.
pub const HTTPS: u16 = 443;

/// The listener that people are sent to: all speak HTTPS, but the port of plain HTTP is no address.
pub fn https(listeners: &[SocketAddr]) -> Option<SocketAddr> {
    listeners.iter().find(|l| l.port() != HTTP).copied()
}

/// Whether other machines can come in.
pub fn reach_outside(listeners: &[SocketAddr]) -> bool {
    listeners
        .iter()
        .any(|l| !l.ip().to_canonical().is_loopback())
}

/// Whether somebody who asks for this port of this address is heard.
pub fn hear(listeners: &[SocketAddr], port: u16, address: IpAddr) -> bool {
    listeners.iter().filter(|l| l.port() == port).any(|l| {
        let ip = l.ip();
        // One socket for all IPv6 addresses hears IPv4 as well, as systemd opens it.
        ip == address || ip.is_unspecified() && (ip.is_ipv6() || address.is_ipv4())
    })
}

/// A port could not be opened. Prints as one sentence for the operator.
#[derive(Debug)]
pub struct CannotBind {
    /// The address that was asked for.
    pub address: SocketAddr,
    /// What the system said.
    pub error: io::Error,
}

impl fmt::Display for CannotBind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (ip, port) = (self.address.ip(), self.address.port());
        let kind = self.error.kind();
        if kind == io::ErrorKind::AddrInUse {
            write!(f, "Another program already uses port {port} on {ip}.")
        } else if kind == io::ErrorKind::PermissionDenied {
            write!(f, "This account may not open port {port}.")
        } else if kind == io::ErrorKind::AddrNotAvailable {
            write!(f, "This computer does not have the address {ip}.")
        } else {
            write!(f, "Port {port} on {ip} cannot be opened: {}.", self.error)
        }
    }
}

impl std::error::Error for CannotBind {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}

/// Listens on exactly `address`; port 0 lets the system choose.
///
/// # Errors
/// When the port is taken or not allowed.
pub async fn bind(address: SocketAddr) -> Result<TcpListener, CannotBind> {
    TcpListener::bind(address)
        .await
        .map_err(|error| CannotBind { address, error })
}

/// Listens on `address`, or on the next free port among the `tries` ports from there.
///
/// # Errors
/// When all of them are taken, the error names the first; any other trouble ends the search.
pub async fn bind_or_next_free(address: SocketAddr, tries: u16) -> Result<TcpListener, CannotBind> {
    let first = match bind(address).await {
        Err(taken) if taken.error.kind() == io::ErrorKind::AddrInUse => taken,
        done => return done,
    };
    for step in 1..tries {
        let Some(port) = address.port().checked_add(step) else {
            break;
        };
        match bind(SocketAddr::new(address.ip(), port)).await {
            Err(taken) if taken.error.kind() == io::ErrorKind::AddrInUse => {}
            done => return done,
        }
    }
    Err(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_listeners_tell_who_can_come_in() {
        let all = |texts: &[&str]| -> Vec<SocketAddr> {
            texts.iter().map(|t| t.parse().unwrap()).collect()
        };
        let ip = |text: &str| text.parse().unwrap();
        let systemd = all(&["[::]:80", "[::]:443"]);
        assert_eq!(https(&systemd), Some("[::]:443".parse().unwrap()));
        assert!(reach_outside(&systemd));
        assert!(hear(&systemd, 443, ip("192.168.1.5")));
        assert!(hear(&systemd, 443, ip("fd00::5")));
        let four = all(&["0.0.0.0:8443"]);
        assert!(hear(&four, 8443, ip("10.0.0.1")) && !hear(&four, 8443, ip("fd00::5")));
        let one = all(&["127.0.0.1:8443", "192.168.1.5:9443"]);
        assert!(reach_outside(&one) && !reach_outside(&one[..1]));
        assert!(!hear(&one, 8443, ip("192.168.1.5")) && hear(&one, 9443, ip("192.168.1.5")));
        assert_eq!(https(&all(&["0.0.0.0:80"])), None);
    }

    #[tokio::test]
    async fn a_taken_port_leads_to_the_next_or_to_a_sentence() {
        let first = bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let taken = first.local_addr().unwrap();
        let refused = bind(taken).await.unwrap_err();
        assert_eq!(
            refused.to_string(),
            format!(
                "Another program already uses port {} on 127.0.0.1.",
                taken.port()
            )
        );
        assert!(bind_or_next_free(taken, 1).await.is_err());
        let next = bind_or_next_free(taken, 50).await.unwrap();
        assert!(next.local_addr().unwrap().port() > taken.port());
    }
}
