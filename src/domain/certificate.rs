//! Which certificate browsers are shown, when it is renewed, and when somebody has to know.

use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

const MINUTE: SignedDuration = SignedDuration::from_mins(1);
const HOUR: SignedDuration = SignedDuration::from_hours(1);
/// An unanswered server is asked again soon, but never more often than this.
const AWAY_MOST: SignedDuration = HOUR;
/// A public authority allows few refused tries per hour.
const REFUSED_FIRST: SignedDuration = SignedDuration::from_mins(20);
const REFUSED_MOST: SignedDuration = SignedDuration::from_hours(12);
/// From this many days on, a renewal that fails is everybody's business.
pub const ALARM_DAYS: i64 = 14;

/// How a public authority is shown that the name is the clinic's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Proof {
    /// It asks this server on port 443 or 80 (TLS-ALPN-01, HTTP-01).
    Visit,
    /// It looks for a TXT record that a person puts into the name's zone (DNS-01).
    Record,
}

/// Where the certificate comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Plan {
    /// From the clinic's own authority.
    #[default]
    Own,
    /// From a public authority, over ACME.
    Public(Proof),
    /// From two PEM files on this machine: the chain and its key.
    Files {
        /// Absolute path of the certificate with those that signed it.
        cert: String,
        /// Absolute path of its private key.
        key: String,
    },
}

/// Whose certificate browsers get that ask for the clinic's address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// The clinic's own authority.
    Own,
    /// A public authority.
    Public,
    /// Files that the owner chose in the settings.
    Files,
    /// Files that were named when the server was started; settings do not change that.
    StartFiles,
}

/// What browsers are shown now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// Where it comes from.
    pub source: Source,
    /// The names and addresses in it.
    pub names: Vec<String>,
    /// From when on it is valid.
    pub starts: Timestamp,
    /// When it ends.
    pub ends: Timestamp,
}

/// A TXT record that a person has to put into a zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The record's name, without a dot at the end.
    pub name: String,
    /// Its value.
    pub value: String,
    /// Whether the person said that it is there.
    pub is_there: bool,
}

/// How the last try to get a certificate ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Try {
    /// When it ended.
    pub at: Timestamp,
    /// Why it failed, in the words of the one who refused; none when it went well.
    pub trouble: Option<String>,
}

/// How the certificate stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Report {
    /// What browsers are shown; none before the first start.
    pub shown: Option<Shown>,
    /// The last try.
    pub last: Option<Try>,
    /// Tries that failed since the last good one.
    pub failures: u32,
    /// When the next try is due; none when none is needed yet.
    pub next: Option<Timestamp>,
    /// What a person has to do before it goes on.
    pub record: Option<Record>,
}

/// What one has to know about the time left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alarm {
    /// It ends in so many days, and nothing that was tried has helped.
    EndsIn(i64),
    /// It is over.
    Ended,
}

impl Report {
    /// Whole days until what is shown ends; negative when it is over.
    pub fn days_left(&self, now: Timestamp) -> Option<i64> {
        let left = self.shown.as_ref()?.ends.duration_since(now);
        Some(left.as_hours().div_euclid(24))
    }

    /// Whether somebody has to know: 14 days or fewer are left, and renewal fails, waits for a
    /// person, or is not ours to do.
    pub fn alarm(&self, now: Timestamp) -> Option<Alarm> {
        let shown = self.shown.as_ref()?;
        let days = self.days_left(now)?;
        if shown.ends <= now {
            return Some(Alarm::Ended);
        }
        let by_hand = matches!(shown.source, Source::Files | Source::StartFiles);
        let stuck = by_hand || self.failures > 0 || self.record.is_some();
        (days <= ALARM_DAYS && stuck).then_some(Alarm::EndsIn(days))
    }
}

/// When a certificate is renewed unless its authority says otherwise: a third of its life is left.
pub fn renewal(starts: Timestamp, ends: Timestamp) -> Timestamp {
    let third = ends.duration_since(starts) / 3;
    ends.checked_sub(third).unwrap_or(starts)
}

/// When a certificate is renewed if its authority suggests an instant, or does not. One that lies in
/// the last sixth of its life would leave too little time to try again.
pub fn agreed(starts: Timestamp, ends: Timestamp, suggested: Option<Timestamp>) -> Timestamp {
    let own = renewal(starts, ends);
    let sixth = ends.duration_since(starts) / 6;
    let latest = ends.checked_sub(sixth).unwrap_or(own);
    suggested.map_or(own, |at| at.min(latest))
}

/// An instant in a window, chosen by a random number, so that not all clinics come at once. A window
/// that ends no later than it starts is as good as none (RFC 9773, 4.2).
pub fn within(start: Timestamp, end: Timestamp, random: u32) -> Option<Timestamp> {
    if end <= start {
        return None;
    }
    let seconds = end.duration_since(start).as_secs();
    let span = i64::from(u32::MAX);
    // Windows of years would overflow; nobody suggests such.
    let offset = seconds.saturating_mul(i64::from(random)) / span;
    start.checked_add(SignedDuration::from_secs(offset)).ok()
}

/// Why a try failed, for the time until the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failed {
    /// Nobody answered.
    Away,
    /// The answer was no.
    Refused,
}

/// How long to wait after `failures` failed tries in a row (at least 1): twice as long each time.
pub fn patience(failed: Failed, failures: u32) -> SignedDuration {
    let (first, most) = match failed {
        Failed::Away => (MINUTE, AWAY_MOST),
        Failed::Refused => (REFUSED_FIRST, REFUSED_MOST),
    };
    let doubled = failures.saturating_sub(1).min(16);
    first
        .checked_mul(1_i32.checked_shl(doubled).unwrap_or(i32::MAX))
        .map_or(most, |wait| wait.min(most))
}

/// Endings of names that no public authority signs for.
const LOCAL_ENDINGS: [&str; 6] = [
    "local",
    "localhost",
    "home.arpa",
    "internal",
    "lan",
    "invalid",
];

/// The host of an address (`https://host[:port]`).
pub fn host(address: &str) -> Option<&str> {
    let rest = address.strip_prefix("https://")?;
    match rest.strip_prefix('[') {
        Some(six) => six.split(']').next(),
        None => rest.split(':').next(),
    }
}

/// The host of an address (`https://host[:port]`), where a public authority could sign for it: a
/// name with a dot that is neither a number nor local.
pub fn public_host(address: &str) -> Option<&str> {
    let host = host(address)?;
    let is_local = LOCAL_ENDINGS.iter().any(|ending| {
        host.strip_suffix(ending)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    });
    let is_public = host.contains('.') && host.parse::<IpAddr>().is_err() && !is_local;
    is_public.then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn report(source: Source, ends: &str) -> Report {
        Report {
            shown: Some(Shown {
                source,
                names: vec!["clinic.example".into()],
                starts: at("2026-09-01T00:00:00Z"),
                ends: at(ends),
            }),
            ..Report::default()
        }
    }

    #[test]
    fn renewal_is_due_when_a_third_is_left() {
        let (starts, ends) = (at("2026-01-01T00:00:00Z"), at("2026-04-01T00:00:00Z"));
        assert_eq!(renewal(starts, ends), at("2026-03-02T00:00:00Z"));
        // Six days, as short-lived ones have.
        let ends = at("2026-01-07T00:00:00Z");
        assert_eq!(renewal(starts, ends), at("2026-01-05T00:00:00Z"));
    }

    #[test]
    fn a_suggestion_is_followed_while_there_is_time_to_try_again() {
        let (starts, ends) = (at("2026-01-01T00:00:00Z"), at("2026-04-01T00:00:00Z"));
        let on = |suggested| agreed(starts, ends, suggested);
        assert_eq!(on(None), renewal(starts, ends));
        let (early, late) = (at("2026-01-03T00:00:00Z"), at("2026-03-10T00:00:00Z"));
        assert_eq!((on(Some(early)), on(Some(late))), (early, late));
        for much_too_late in ["2026-03-31T00:00:00Z", "2027-01-01T00:00:00Z"] {
            assert_eq!(on(Some(at(much_too_late))), at("2026-03-17T00:00:00Z"));
        }
    }

    #[test]
    fn a_moment_in_a_window_stays_inside() {
        let (start, end) = (at("2026-01-01T00:00:00Z"), at("2026-01-03T00:00:00Z"));
        assert_eq!(within(start, end, 0), Some(start));
        assert_eq!(within(start, end, u32::MAX), Some(end));
        assert_eq!(
            within(start, end, u32::MAX / 2 + 1),
            Some(at("2026-01-02T00:00:00Z"))
        );
        assert_eq!(within(end, start, 7), None, "a window that is upside down");
        assert_eq!(within(start, start, 7), None, "a window without room");
    }

    #[test]
    fn waiting_grows_and_ends_growing() {
        let minutes = |f, n| patience(f, n).as_mins();
        assert_eq!([1, 2, 3].map(|n| minutes(Failed::Away, n)), [1, 2, 4]);
        assert_eq!(minutes(Failed::Away, 99), 60);
        assert_eq!([1, 2, 3].map(|n| minutes(Failed::Refused, n)), [20, 40, 80]);
        assert_eq!(minutes(Failed::Refused, u32::MAX), 12 * 60);
    }

    #[test]
    fn an_alarm_needs_little_time_and_a_reason() {
        let now = at("2026-11-23T12:00:00Z");
        let mut public = report(Source::Public, "2026-12-07T13:00:00Z");
        assert_eq!((public.days_left(now), public.alarm(now)), (Some(14), None));
        public.failures = 1;
        assert_eq!(public.alarm(now), Some(Alarm::EndsIn(14)));
        assert_eq!(public.alarm(at("2026-11-20T12:00:00Z")), None);
        assert_eq!(public.alarm(at("2026-12-07T13:00:00Z")), Some(Alarm::Ended));
        let files = report(Source::Files, "2026-11-24T11:00:00Z");
        assert_eq!(files.alarm(now), Some(Alarm::EndsIn(0)));
    }

    #[test]
    fn public_names_are_told_from_local_ones() {
        for (address, meant) in [
            (
                "https://portal.clinic.example",
                Some("portal.clinic.example"),
            ),
            ("https://clinic.example:8443", Some("clinic.example")),
            ("https://clinic.local", None),
            ("https://box.home.arpa", None),
            ("https://notlocal.example", Some("notlocal.example")),
            ("https://localhost:8443", None),
            ("https://anteroom", None),
            ("https://192.168.1.5:8443", None),
            ("https://[fd00::1]", None),
            ("http://clinic.example", None),
        ] {
            assert_eq!(public_host(address), meant, "{address}");
        }
    }

    #[test]
    fn what_is_kept_is_read_again() {
        let kept = r#"{"shown":{"source":"public","names":["clinic.example"],
            "starts":"2026-09-01T00:00:00Z","ends":"2026-12-01T00:00:00Z"},
            "last":{"at":"2026-11-23T12:00:00Z","trouble":"no"},"failures":2,
            "next":"2026-11-23T13:00:00Z",
            "record":{"name":"_acme-challenge.clinic.example","value":"v","is_there":false}}"#;
        let read: Report = serde_json::from_str(kept).unwrap();
        assert_eq!((read.failures, read.record.unwrap().is_there), (2, false));
        assert_eq!(
            serde_json::from_str::<Report>("{}").unwrap(),
            Report::default()
        );
        for (kept, meant) in [
            (r#""own""#, Plan::Own),
            (r#"{"public":"record"}"#, Plan::Public(Proof::Record)),
            (r#"{"public":"visit"}"#, Plan::Public(Proof::Visit)),
        ] {
            assert_eq!(serde_json::from_str::<Plan>(kept).unwrap(), meant);
            assert_eq!(serde_json::to_string(&meant).unwrap(), kept);
        }
    }
}
