//! Reverse proxies in front of the clinic: whom to believe about where a request came from.
//!
//! Nobody is believed unless the operator names them. Of what a named proxy says, only the part that
//! proxies wrote counts: whoever connects to them can write anything before it.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

use http::HeaderMap;
use http::header::{FORWARDED, HeaderName};

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
/// Nobody has more proxies in a row.
const MOST_HOPS: usize = 16;

/// One address, or all that begin alike: `127.0.0.1`, `10.0.0.0/8`, `fd00::/8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    base: u128,
    mask: u128,
}

/// The text is no address, and no network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotANetwork(String);

impl fmt::Display for NotANetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "\"{}\" is not an address like 127.0.0.1 or a network like 10.0.0.0/8",
            self.0
        )
    }
}

impl std::error::Error for NotANetwork {}

impl FromStr for Network {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        let wrong = || NotANetwork(text.to_owned());
        let (base, length) = match text.split_once('/') {
            None => (text, None),
            Some((base, length)) => (base, Some(length)),
        };
        let base: IpAddr = base.parse().map_err(|_| wrong())?;
        let all: u32 = if base.is_ipv4() { 32 } else { 128 };
        let length = match length {
            None => all,
            Some(digits) if digits.bytes().all(|b| b.is_ascii_digit()) => {
                digits.parse().map_err(|_| wrong())?
            }
            Some(_) => return Err(wrong()),
        };
        let free = all.checked_sub(length).ok_or_else(wrong)?;
        let mask = u128::MAX.checked_shl(free).unwrap_or(0);
        Ok(Self {
            base: number(base) & mask,
            mask,
        })
    }
}

impl Network {
    /// Whether an address is of this network.
    pub fn holds(&self, address: IpAddr) -> bool {
        number(address) & self.mask == self.base
    }
}

/// IPv4 addresses as those that IPv6 keeps for them.
fn number(address: IpAddr) -> u128 {
    let six = match address.to_canonical() {
        IpAddr::V4(four) => four.to_ipv6_mapped(),
        IpAddr::V6(six) => six,
    };
    six.to_bits()
}

/// The proxies that an operator has named, and what they may do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proxies {
    /// Whose word counts.
    pub trusted: Vec<Network>,
    /// Whether each of their connections begins with a PROXY header.
    pub send_header: bool,
    /// Whether those on this machine may ask for pages without TLS, having ended it themselves.
    pub end_tls: bool,
}

impl Proxies {
    /// Whether this address is that of a proxy.
    pub fn trust(&self, address: IpAddr) -> bool {
        self.trusted.iter().any(|network| network.holds(address))
    }

    /// Whether a peer may ask for pages without TLS.
    pub(super) fn may_ask_plainly(&self, peer: IpAddr) -> bool {
        self.end_tls && peer.to_canonical().is_loopback() && self.trust(peer)
    }

    /// Whose request this is, which came from `peer`.
    ///
    /// A proxy writes one of two headers and hands on the other as it came. So where both are there
    /// and do not agree, one of them is made up, and the proxy's own address is all that is known.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        if !self.trust(peer) {
            return peer;
        }
        let standard = self.walk(peer, &FORWARDED, headers, forwarded_for);
        let usual = self.walk(peer, &X_FORWARDED_FOR, headers, addresses);
        match (standard, usual) {
            (Some(one), None) | (None, Some(one)) => one,
            (Some(one), Some(other)) if one == other => one,
            _ => peer,
        }
    }

    /// The last address in a header that is not a proxy's; `None` without the header.
    fn walk(
        &self,
        peer: IpAddr,
        name: &HeaderName,
        headers: &HeaderMap,
        read: fn(&str) -> Option<Vec<Option<IpAddr>>>,
    ) -> Option<IpAddr> {
        headers.get(name)?;
        let mut hops = Vec::new();
        for value in headers.get_all(name) {
            let Some(more) = value.to_str().ok().and_then(read) else {
                return Some(peer);
            };
            hops.extend(more);
        }
        let mut last = peer;
        for hop in hops.into_iter().rev().take(MOST_HOPS) {
            // A proxy that hides whom it serves stands for them.
            let Some(hop) = hop else { break };
            last = hop;
            if !self.trust(hop) {
                break;
            }
        }
        Some(last)
    }
}

/// Whether a proxy says that it was asked over TLS. Every one of them must say so.
pub(super) fn was_asked_over_tls(headers: &HeaderMap) -> bool {
    let mut said = Vec::new();
    for value in headers.get_all(X_FORWARDED_PROTO) {
        let Ok(value) = value.to_str() else {
            return false;
        };
        said.extend(value.split(',').map(|word| word.trim().to_lowercase()));
    }
    for value in headers.get_all(FORWARDED) {
        let Some(elements) = value.to_str().ok().and_then(elements) else {
            return false;
        };
        let protos = elements.into_iter().flatten().filter(|(k, _)| k == "proto");
        said.extend(protos.map(|(_, word)| word.to_lowercase()));
    }
    !said.is_empty() && said.iter().all(|word| word == "https")
}

/// The addresses of `X-Forwarded-For`; what is no address is `None`.
#[expect(clippy::unnecessary_wraps, reason = "it stands in for forwarded_for")]
fn addresses(value: &str) -> Option<Vec<Option<IpAddr>>> {
    Some(value.split(',').map(address).collect())
}

/// The addresses of `Forwarded` (RFC 7239); `None` when it is not written as it should be, as
/// quotation marks could hide what a proxy added.
fn forwarded_for(value: &str) -> Option<Vec<Option<IpAddr>>> {
    let elements = elements(value)?;
    let whose = |pairs: Vec<(String, String)>| {
        let whom = pairs.into_iter().find(|(key, _)| key == "for");
        whom.and_then(|(_, node)| address(&node))
    };
    Some(elements.into_iter().map(whose).collect())
}

/// The pairs of each element of a `Forwarded` header.
fn elements(value: &str) -> Option<Vec<Vec<(String, String)>>> {
    let mut elements = Vec::new();
    for element in split(value, ',')? {
        let mut pairs: Vec<(String, String)> = Vec::new();
        for pair in split(element, ';')? {
            let (key, word) = pair.split_once('=')?;
            let key = key.trim().to_lowercase();
            let word = word.trim();
            let word = match word.strip_prefix('"') {
                Some(rest) => rest.strip_suffix('"')?,
                None => word,
            };
            if word.contains('"') || pairs.iter().any(|(known, _)| *known == key) {
                return None;
            }
            pairs.push((key, word.to_owned()));
        }
        elements.push(pairs);
    }
    Some(elements)
}

/// The parts between separators outside quotation marks; `None` when a mark stays open. Escapes
/// within marks are of no use in addresses and are not read.
fn split(text: &str, separator: char) -> Option<Vec<&str>> {
    let mut quoted = false;
    let parts = text
        .split(|letter| {
            quoted ^= letter == '"';
            letter == separator && !quoted
        })
        .collect();
    (!quoted && !text.contains('\\')).then_some(parts)
}

/// `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]:4711`.
fn address(node: &str) -> Option<IpAddr> {
    let node = node.trim();
    let bare = match node.strip_prefix('[') {
        Some(rest) => {
            let (six, _) = rest.split_once(']')?;
            return six
                .parse::<Ipv6Addr>()
                .ok()
                .map(|ip| IpAddr::V6(ip).to_canonical());
        }
        None if node.contains('.') => node.split_once(':').map_or(node, |(four, _)| four),
        None => node,
    };
    let found: Option<IpAddr> = bare.parse().or_else(|_| node.parse()).ok();
    found.map(|ip| ip.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn proxies(networks: &[&str]) -> Proxies {
        Proxies {
            trusted: networks.iter().map(|n| n.parse().unwrap()).collect(),
            ..Proxies::default()
        }
    }

    fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn networks_hold_what_begins_alike() {
        for (network, address, held) in [
            ("127.0.0.1", "127.0.0.1", true),
            ("127.0.0.1", "127.0.0.2", false),
            ("10.1.2.3/8", "10.200.0.1", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("10.0.0.0/8", "::ffff:10.0.0.1", true),
            ("fd00::/8", "fd12::1", true),
            ("fd00::/8", "fe80::1", false),
            ("0.0.0.0/0", "203.0.113.7", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("::/0", "203.0.113.7", true),
        ] {
            let read: Network = network.parse().unwrap();
            assert_eq!(read.holds(ip(address)), held, "{network} {address}");
        }
        for wrong in [
            "",
            "10.0.0.0/33",
            "10.0.0.0/+8",
            "10.0.0.0/",
            "x",
            "::/129",
            "10.0.0/8",
        ] {
            assert!(wrong.parse::<Network>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn nobody_is_believed_who_was_not_named() {
        let said = headers(&[("x-forwarded-for", "1.2.3.4"), ("forwarded", "for=1.2.3.4")]);
        let peer = ip("203.0.113.7");
        assert_eq!(Proxies::default().client(peer, &said), peer);
        assert_eq!(proxies(&["127.0.0.1"]).client(peer, &said), peer);
    }

    #[test]
    fn the_last_address_that_is_no_proxys_counts() {
        let named = proxies(&["127.0.0.1", "10.0.0.0/8"]);
        let client = |lines: &[(&'static str, &str)]| {
            named.client(ip("127.0.0.1"), &headers(lines)).to_string()
        };
        for (value, meant) in [
            ("198.51.100.1", "198.51.100.1"),
            ("6.6.6.6, 198.51.100.1", "198.51.100.1"),
            ("6.6.6.6, 198.51.100.1, 10.0.0.9", "198.51.100.1"),
            ("6.6.6.6, unknown, 10.0.0.9", "10.0.0.9"),
            ("6.6.6.6, unknown", "127.0.0.1"),
            ("198.51.100.1:4711", "198.51.100.1"),
            ("[2001:db8::1]:4711", "2001:db8::1"),
            ("2001:db8::1", "2001:db8::1"),
            ("::ffff:198.51.100.1", "198.51.100.1"),
            ("", "127.0.0.1"),
        ] {
            assert_eq!(client(&[("x-forwarded-for", value)]), meant, "{value}");
        }
        for (value, meant) in [
            ("for=198.51.100.1", "198.51.100.1"),
            ("For=\"[2001:db8::1]:4711\";proto=https", "2001:db8::1"),
            ("for=6.6.6.6, for=198.51.100.1;by=10.0.0.1", "198.51.100.1"),
            ("for=198.51.100.1, for=10.0.0.9", "198.51.100.1"),
            ("for=_hidden, for=10.0.0.9", "10.0.0.9"),
            ("by=10.0.0.1", "127.0.0.1"),
            // A mark that stays open would swallow what the proxy added.
            ("for=6.6.6.6;x=\", for=198.51.100.1", "127.0.0.1"),
            ("for=6.6.6.6;x=\", for=\"[2001:db8::1]\"", "127.0.0.1"),
            ("for=6.6.6.6;for=198.51.100.1", "127.0.0.1"),
        ] {
            assert_eq!(client(&[("forwarded", value)]), meant, "{value}");
        }
        let lines = [
            ("x-forwarded-for", "6.6.6.6"),
            ("x-forwarded-for", "198.51.100.1"),
        ];
        assert_eq!(client(&lines), "198.51.100.1");
    }

    #[test]
    fn two_headers_that_do_not_agree_say_nothing() {
        let named = proxies(&["127.0.0.1"]);
        let peer = ip("127.0.0.1");
        let both = |standard: &str, usual: &str| {
            let lines = [("forwarded", standard), ("x-forwarded-for", usual)];
            named.client(peer, &headers(&lines))
        };
        assert_eq!(both("for=6.6.6.6", "198.51.100.1"), peer);
        assert_eq!(both("for=198.51.100.1", "198.51.100.1"), ip("198.51.100.1"));
    }

    #[test]
    fn tls_is_what_all_of_them_say() {
        for (lines, meant) in [
            (vec![("x-forwarded-proto", "https")], true),
            (vec![("x-forwarded-proto", "HTTPS")], true),
            (vec![("forwarded", "for=1.2.3.4;proto=https")], true),
            (vec![("x-forwarded-proto", "http")], false),
            (vec![("x-forwarded-proto", "https, http")], false),
            (
                vec![("forwarded", "proto=https"), ("x-forwarded-proto", "http")],
                false,
            ),
            (vec![], false),
        ] {
            assert_eq!(was_asked_over_tls(&headers(&lines)), meant, "{lines:?}");
        }
    }

    #[test]
    fn pages_without_tls_are_for_named_proxies_on_this_machine() {
        let mut named = proxies(&["127.0.0.1", "10.0.0.1"]);
        assert!(!named.may_ask_plainly(ip("127.0.0.1")));
        named.end_tls = true;
        assert!(named.may_ask_plainly(ip("127.0.0.1")));
        assert!(!named.may_ask_plainly(ip("127.0.0.2")));
        assert!(!named.may_ask_plainly(ip("10.0.0.1")));
    }

    proptest! {
        /// Whatever a client writes, a proxy that adds its address to the end is believed, or only
        /// the proxy itself: never what the client wrote.
        #[test]
        fn what_a_client_writes_is_never_believed(
            written in "([ -~]{0,60}|(for=|\"|,|;|6\\.6\\.6\\.6| ){0,12})",
            standard in any::<bool>(),
        ) {
            let named = proxies(&["127.0.0.1"]);
            let (name, added) = if standard {
                ("forwarded", "for=\"[2001:db8::1]\"")
            } else {
                ("x-forwarded-for", "2001:db8::1")
            };
            let value = format!("{written}, {added}");
            let client = named.client(ip("127.0.0.1"), &headers(&[(name, &value)]));
            prop_assert!(
                client == ip("2001:db8::1") || standard && client == ip("127.0.0.1"),
                "{value}: {client}"
            );
        }
    }
}
