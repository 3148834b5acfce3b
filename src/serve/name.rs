//! The names that a certificate may carry: host names and addresses, nothing else.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use rcgen::CidrSubnet;
use x509_parser::extensions::{GeneralName, NameConstraints};

/// One name by which a browser reaches this server: a host name or an IP address.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Name {
    /// A host name: lower case, no dot at the end, at most 253 characters.
    Host(String),
    /// An IP address.
    Address(IpAddr),
}

/// The text is neither a host name nor an IP address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotAName(pub String);

impl fmt::Display for NotAName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\" is not a host name or an IP address.", self.0)
    }
}

impl std::error::Error for NotAName {}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host(host) => f.write_str(host),
            Self::Address(address) => address.fmt(f),
        }
    }
}

impl From<IpAddr> for Name {
    /// An IPv4 address wrapped in IPv6 becomes the IPv4 address that people type.
    fn from(address: IpAddr) -> Self {
        Self::Address(address.to_canonical())
    }
}

impl FromStr for Name {
    type Err = NotAName;

    /// Reads `clinic.example`, `192.168.1.5`, `fd00::1` or `[fd00::1]`.
    fn from_str(text: &str) -> Result<Self, NotAName> {
        let trimmed = text.trim();
        let bare = trimmed
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
            .unwrap_or(trimmed);
        if let Ok(address) = bare.parse::<IpAddr>() {
            return Ok(Self::from(address));
        }
        let host = trimmed
            .strip_suffix('.')
            .unwrap_or(trimmed)
            .to_ascii_lowercase();
        // A last label of digits only would be read as a broken IPv4 address by browsers.
        let last_is_number = host
            .rsplit('.')
            .next()
            .is_some_and(|label| label.bytes().all(|byte| byte.is_ascii_digit()));
        if host.len() <= 253 && !last_is_number && host.split('.').all(is_label) {
            Ok(Self::Host(host))
        } else {
            Err(NotAName(text.to_owned()))
        }
    }
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// A part of the name space that an authority may sign for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Realm {
    /// This host name and everything below it.
    Below(String),
    /// The addresses that equal `base` where `mask` has ones; both 4 or both 16 bytes long.
    Subnet {
        /// The first address, in network byte order.
        base: Vec<u8>,
        /// The mask, in network byte order.
        mask: Vec<u8>,
    },
}

impl Realm {
    /// Where a clinic's own authority may always sign: names and addresses that the public
    /// internet does not route, so that a stolen key cannot stand in for another site.
    pub(super) fn local() -> Vec<Self> {
        let hosts = ["localhost", "local", "home.arpa", "internal"];
        let subnets = [
            (IpAddr::V4(Ipv4Addr::new(127, 0, 0, 0)), 8),
            (IpAddr::V4(Ipv4Addr::new(10, 0, 0, 0)), 8),
            (IpAddr::V4(Ipv4Addr::new(172, 16, 0, 0)), 12),
            (IpAddr::V4(Ipv4Addr::new(192, 168, 0, 0)), 16),
            (IpAddr::V4(Ipv4Addr::new(169, 254, 0, 0)), 16),
            (IpAddr::V6(Ipv6Addr::LOCALHOST), 128),
            (IpAddr::V6(Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0)), 7),
            (IpAddr::V6(Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0)), 10),
        ];
        hosts
            .into_iter()
            .map(|host| Self::Below(host.to_owned()))
            .chain(
                subnets
                    .into_iter()
                    .map(|(base, prefix)| Self::subnet(base, prefix)),
            )
            .collect()
    }

    /// The smallest realm that holds `name`.
    pub(super) fn of(name: &Name) -> Self {
        match name {
            Name::Host(host) => Self::Below(host.clone()),
            Name::Address(address @ IpAddr::V4(_)) => Self::subnet(*address, 32),
            Name::Address(address @ IpAddr::V6(_)) => Self::subnet(*address, 128),
        }
    }

    fn subnet(base: IpAddr, prefix: u8) -> Self {
        let (base, mask) = match CidrSubnet::from_addr_prefix(base, prefix) {
            CidrSubnet::V4(base, mask) => (base.to_vec(), mask.to_vec()),
            CidrSubnet::V6(base, mask) => (base.to_vec(), mask.to_vec()),
        };
        Self::Subnet { base, mask }
    }

    /// The realms that a certificate permits. Kinds of names we never sign are left out.
    pub(super) fn permitted(constraints: &NameConstraints<'_>) -> Vec<Self> {
        let subtrees = constraints.permitted_subtrees.iter().flatten();
        subtrees
            .filter_map(|subtree| {
                if let GeneralName::DNSName(host) = &subtree.base {
                    return Some(Self::Below((*host).to_owned()));
                }
                let GeneralName::IPAddress(bytes) = &subtree.base else {
                    return None;
                };
                let (base, mask) = bytes.split_at_checked(bytes.len() / 2)?;
                Some(Self::Subnet {
                    base: base.to_vec(),
                    mask: mask.to_vec(),
                })
            })
            .collect()
    }

    /// Whether `name` lies within this realm.
    pub(super) fn holds(&self, name: &Name) -> bool {
        match (self, name) {
            (Self::Below(base), Name::Host(host)) => host
                .strip_suffix(base.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('.')),
            (Self::Subnet { base, mask }, Name::Address(address)) => {
                let octets = match address {
                    IpAddr::V4(address) => address.octets().to_vec(),
                    IpAddr::V6(address) => address.octets().to_vec(),
                };
                octets.len() == base.len()
                    && octets
                        .iter()
                        .zip(base)
                        .zip(mask)
                        .all(|((octet, base), mask)| octet & mask == base & mask)
            }
            (Self::Below(_), Name::Address(_)) | (Self::Subnet { .. }, Name::Host(_)) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Name {
        text.parse().unwrap()
    }

    #[test]
    fn reads_hosts_and_addresses() {
        assert_eq!(
            name("Clinic.Example."),
            Name::Host("clinic.example".to_owned())
        );
        assert_eq!(name("[fd00::1]"), Name::Address("fd00::1".parse().unwrap()));
        assert_eq!(
            name("::ffff:10.0.0.1"),
            Name::Address("10.0.0.1".parse().unwrap())
        );
    }

    #[test]
    fn refuses_what_is_no_name() {
        for text in [
            "",
            ".",
            "a..b",
            "-a.local",
            "a b",
            "*.local",
            "10.0.0.256",
            "ü.local",
        ] {
            assert!(text.parse::<Name>().is_err(), "{text:?} was read as a name");
        }
    }

    #[test]
    fn local_realms_hold_local_names_only() {
        let realms = Realm::local();
        let held = |text: &str| realms.iter().any(|realm| realm.holds(&name(text)));
        for text in [
            "localhost",
            "a.localhost",
            "clinic.local",
            "box.home.arpa",
            "x.internal",
            "127.8.9.1",
            "10.1.2.3",
            "172.31.0.1",
            "192.168.0.9",
            "169.254.1.1",
            "::1",
            "fd12::1",
            "fe80::1",
        ] {
            assert!(held(text), "{text} should be local");
        }
        for text in [
            "clinic.example",
            "notlocal",
            "evil-local",
            "arpa",
            "172.32.0.1",
            "8.8.8.8",
            "::2",
            "2001:db8::1",
        ] {
            assert!(!held(text), "{text} should not be local");
        }
    }
}
