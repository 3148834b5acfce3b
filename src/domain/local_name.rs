//! The clinic's name in its own network: `riverside-clinic.local`, which needs no domain and stays
//! when the router gives the machine another number (RFC 6762).

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::certificate;

/// The longest label that we make or take: DNS ends at 63, and a neighbour of the same name costs
/// `-2` and so on.
pub const MOST_CHARS: usize = 40;
/// For a clinic whose name has no letter that we can write.
const NAMELESS: &str = "clinic";

/// Which name the server announces.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum LocalName {
    /// Made from the clinic's name, until somebody decides.
    #[default]
    FromClinic,
    /// None.
    Off,
    /// This label, without `.local`.
    Label(String),
}

impl LocalName {
    /// The label to announce for a clinic of this name.
    pub fn label(&self, clinic: &str) -> Option<String> {
        match self {
            Self::FromClinic => Some(label(clinic)),
            Self::Off => None,
            Self::Label(label) => Some(label.clone()),
        }
    }
}

/// The label that a name makes: lower-case Latin letters, digits and single hyphens.
pub fn label(name: &str) -> String {
    let mut made = String::new();
    for letter in any_ascii::any_ascii(name).chars() {
        if made.len() >= MOST_CHARS {
            break;
        }
        if letter.is_ascii_alphanumeric() {
            made.push(letter.to_ascii_lowercase());
        } else if !matches!(letter, '\'' | '`') && !made.is_empty() && !made.ends_with('-') {
            made.push('-');
        }
    }
    let made = made.trim_end_matches('-');
    // A name of digits alone would look like a part of a number.
    if made.bytes().any(|b| b.is_ascii_alphabetic()) {
        made.to_owned()
    } else {
        NAMELESS.to_owned()
    }
}

/// What somebody typed, as a choice: nothing turns the name off, `.local` at the end and capitals do
/// not matter. `None` when it is no label.
pub fn typed(text: &str) -> Option<LocalName> {
    let lower = text.trim().to_lowercase();
    let bare = lower.strip_suffix(".local").unwrap_or(&lower);
    if bare.is_empty() {
        return Some(LocalName::Off);
    }
    let is_label = bare.len() <= MOST_CHARS
        && label(bare) == bare
        // It already means this machine.
        && bare != "localhost";
    is_label.then(|| LocalName::Label(bare.to_owned()))
}

/// The host that a label stands for.
pub fn host(label: &str) -> String {
    format!("{label}.local")
}

/// Whether an address belongs to a network of one's own, where `.local` names live. IPv6 link-local
/// addresses do too, but browsers cannot use them: they would need the name of an interface.
pub fn is_at_home(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => ip.is_private() || ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_unique_local(),
    }
}

/// A name that the network has taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announced {
    /// The label, without `.local`. Where another machine had it first, it carries a number now.
    pub label: String,
    /// The port of HTTPS.
    pub port: u16,
}

impl Announced {
    /// The address under which the network finds the clinic.
    pub fn address(&self) -> String {
        let host = host(&self.label);
        match self.port {
            443 => format!("https://{host}"),
            port => format!("https://{host}:{port}"),
        }
    }
}

/// The address that works best for a phone in the building: the clinic's own, unless that is a number
/// and the network knows a name.
pub fn best_address(address: &str, announced: Option<&Announced>) -> String {
    let is_number = certificate::host(address).is_some_and(|h| h.parse::<IpAddr>().is_ok());
    match announced {
        Some(announced) if is_number => announced.address(),
        Some(_) | None => address.to_owned(),
    }
}

/// Whether an address leads somewhere only within the clinic's own network.
pub fn is_only_at_home(address: &str) -> bool {
    let Some(host) = certificate::host(address) else {
        return false;
    };
    match host.parse() {
        Ok(ip) => is_at_home(ip),
        Err(_) => is_below(host, "local"),
    }
}

/// Why a phone may not get to an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// It means the machine that asks, whichever that is.
    OnlyHere,
    /// It is a number that may change.
    Number,
    /// Older phones do not look for such names.
    OldPhones,
}

/// What stands between a phone and an address.
pub fn obstacle(address: &str) -> Option<Obstacle> {
    let host = certificate::host(address)?;
    if let Ok(ip) = host.parse::<IpAddr>() {
        let here = ip.to_canonical().is_loopback() || ip.is_unspecified();
        return Some(if here {
            Obstacle::OnlyHere
        } else {
            Obstacle::Number
        });
    }
    if is_below(host, "localhost") {
        return Some(Obstacle::OnlyHere);
    }
    is_below(host, "local").then_some(Obstacle::OldPhones)
}

/// Whether a host is `top` or a name below it.
fn is_below(host: &str, top: &str) -> bool {
    host.rsplit('.').next() == Some(top)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_clinic_gets_a_label_that_people_can_type() {
        for (name, meant) in [
            ("Riverside Clinic", "riverside-clinic"),
            ("Dr. O'Neill & Partners", "dr-oneill-partners"),
            ("Zahnarztpraxis Müller", "zahnarztpraxis-muller"),
            ("Клиника", "klinika"),
            ("  24/7  ", "clinic"),
            ("", "clinic"),
            ("---", "clinic"),
        ] {
            assert_eq!(label(name), meant, "{name}");
        }
    }

    #[test]
    fn what_is_typed_is_a_label_or_nothing() {
        let some = |label: &str| Some(LocalName::Label(label.to_owned()));
        for (text, meant) in [
            ("River", some("river")),
            (" river.local ", some("river")),
            ("river-2", some("river-2")),
            ("", Some(LocalName::Off)),
            ("  ", Some(LocalName::Off)),
            ("a.b", None),
            ("-river", None),
            ("river_1", None),
            ("münchen", None),
            ("localhost", None),
            ("192", None),
            (&"a".repeat(MOST_CHARS + 1), None),
        ] {
            assert_eq!(typed(text), meant, "{text}");
        }
    }

    #[test]
    fn only_networks_of_ones_own_hear_the_name() {
        for (ip, meant) in [
            ("192.168.1.5", true),
            ("10.0.0.1", true),
            ("169.254.3.4", true),
            ("fd12::1", true),
            ("::ffff:172.16.0.1", true),
            ("127.0.0.1", false),
            ("203.0.113.7", false),
            ("2001:db8::1", false),
            ("fe80::1", false),
            ("::1", false),
        ] {
            assert_eq!(is_at_home(ip.parse().unwrap()), meant, "{ip}");
        }
    }

    #[test]
    fn a_phone_gets_the_best_address_and_a_warning_where_it_is_needed() {
        let announced = Announced {
            label: "river-2".to_owned(),
            port: 8443,
        };
        for (address, best, obstacle_of_best) in [
            ("https://river.example", "https://river.example", None),
            ("https://box.home.arpa", "https://box.home.arpa", None),
            (
                "https://192.168.1.5:8443",
                "https://river-2.local:8443",
                Some(Obstacle::OldPhones),
            ),
            (
                "https://[fd00::5]:8443",
                "https://river-2.local:8443",
                Some(Obstacle::OldPhones),
            ),
        ] {
            let found = best_address(address, Some(&announced));
            assert_eq!(found, best, "{address}");
            assert_eq!(obstacle(&found), obstacle_of_best, "{address}");
            assert_eq!(best_address(address, None), address);
        }
        for (address, meant) in [
            ("https://192.168.1.5", Some(Obstacle::Number)),
            ("https://127.0.0.1:8443", Some(Obstacle::OnlyHere)),
            ("https://[::1]:8443", Some(Obstacle::OnlyHere)),
            ("https://localhost:8443", Some(Obstacle::OnlyHere)),
        ] {
            assert_eq!(obstacle(address), meant, "{address}");
        }
        for (address, meant) in [
            ("https://192.168.1.5", true),
            ("https://river.local:8443", true),
            ("https://203.0.113.7", false),
            ("https://127.0.0.1:8443", false),
            ("https://river.example", false),
        ] {
            assert_eq!(is_only_at_home(address), meant, "{address}");
        }
        let usual = Announced {
            port: 443,
            ..announced
        };
        assert_eq!(usual.address(), "https://river-2.local");
    }

    proptest! {
        #[test]
        fn every_name_makes_a_label_that_may_be_typed(name in "\\PC{0,80}") {
            let made = label(&name);
            prop_assert!(!made.is_empty() && made.len() <= MOST_CHARS);
            prop_assume!(made != "localhost");
            prop_assert_eq!(typed(&made), Some(LocalName::Label(made.clone())));
        }
    }
}
