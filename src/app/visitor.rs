//! Someone at a door, before anything about them is proven.

use std::net::IpAddr;

use super::device::in_words;
use super::{Caller, Clinic};
use crate::domain::account::{Actor, LoginState, Role};
use crate::domain::audit::{Action, Cause};

/// Someone at a door, before anything about them is proven.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// The request, as the log of the server names it.
    pub request: u64,
    /// SHA-256 of the secret that their browser keeps.
    pub browser: [u8; 32],
    /// The network they come from: an IPv4 address, or the first half of an IPv6 address.
    pub network: String,
    /// What the device says it is, in plain words.
    pub device: String,
    /// BCP 47 tag of the language that they chose at the door, if they did.
    pub language: Option<String>,
}

impl Visitor {
    /// From what a request tells: its number, the SHA-256 of the browser's secret, the other end,
    /// and what the browser calls itself.
    pub fn new(request: u64, browser: [u8; 32], from: Option<IpAddr>, user_agent: &str) -> Self {
        Self {
            request,
            browser,
            network: from.map_or_else(String::new, network),
            device: in_words(user_agent),
            language: None,
        }
    }

    /// Having chosen a language (BCP 47).
    #[must_use]
    pub fn reading(mut self, language: Option<&str>) -> Self {
        self.language = language.map(str::to_owned);
        self
    }

    /// Why something is written because of them.
    pub(super) fn cause(&self, clinic: &Clinic, action: Action) -> Cause {
        clinic.cause(&self.caller(), action)
    }

    /// As someone who may do nothing yet.
    pub(super) fn caller(&self) -> Caller {
        Caller {
            actor: Actor {
                login: None,
                role: Role::Patient,
                state: LoginState::Pending,
                patient: None,
                practitioner: None,
                name: "visitor".to_owned(),
            },
            request: self.request,
        }
    }
}

/// The network that an address belongs to. A home has one /64 of IPv6, and a waiting room one IPv4
/// address.
fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(four) => four.to_string(),
        IpAddr::V6(six) => {
            let [a, b, c, d, ..] = six.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_home_is_one_network() {
        let of = |text: &str| network(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2::3"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::3"), of("2001:db8:1:3::3"));
        assert_eq!(of("::ffff:192.0.2.7"), of("192.0.2.7"));
    }
}
