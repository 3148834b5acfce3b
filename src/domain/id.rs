//! The one registry of identifier types.
//!
//! Every identifier is a `UUIDv7` (RFC 9562 §5.7): 48 bits of Unix milliseconds, then random bits, so
//! that byte order is creation order. Printed, it carries the prefix of its kind (`pat_…`), and the
//! wrong kind does not parse.

use std::fmt;
use std::str::FromStr;

use data_encoding::{Encoding, Specification};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A text that is no identifier of the wanted kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnId;

impl fmt::Display for NotAnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an identifier of this kind")
    }
}

impl std::error::Error for NotAnId {}

/// What every identifier type can do.
pub trait Id: Copy + Ord + fmt::Display + FromStr<Err = NotAnId> + Send + Sync + 'static {
    /// The printed prefix, without the underscore.
    const PREFIX: &'static str;
    /// From the sixteen stored bytes.
    fn from_bytes(bytes: [u8; 16]) -> Self;
    /// The sixteen stored bytes, whose order is creation order.
    fn bytes(&self) -> [u8; 16];

    /// A new identifier from the time of creation and ten random bytes.
    fn new(at: Timestamp, random: [u8; 10]) -> Self {
        Self::from_bytes(uuid_v7(at, random))
    }
}

/// Crockford's alphabet in lower case: no letter that is taken for a digit.
fn alphabet() -> Encoding {
    static ALPHABET: std::sync::OnceLock<Encoding> = std::sync::OnceLock::new();
    ALPHABET
        .get_or_init(|| {
            let mut spec = Specification::new();
            spec.symbols.push_str("0123456789abcdefghjkmnpqrstvwxyz");
            spec.encoding().unwrap_or(data_encoding::BASE32HEX_NOPAD)
        })
        .clone()
}

fn uuid_v7(at: Timestamp, random: [u8; 10]) -> [u8; 16] {
    let millis = at.as_millisecond().max(0).to_be_bytes();
    let mut bytes = [0; 16];
    let parts = millis.iter().skip(2).chain(&random);
    for (byte, part) in bytes.iter_mut().zip(parts) {
        *byte = *part;
    }
    let [.., version, _, variant, _, _, _, _, _, _, _] = &mut bytes;
    *version = 0x70 | (*version & 0x0f);
    *variant = 0x80 | (*variant & 0x3f);
    bytes
}

fn parse(prefix: &str, text: &str) -> Result<[u8; 16], NotAnId> {
    let body = text
        .strip_prefix(prefix)
        .and_then(|t| t.strip_prefix('_'))
        .ok_or(NotAnId)?;
    let bytes = alphabet().decode(body.as_bytes()).map_err(|_| NotAnId)?;
    bytes.try_into().map_err(|_| NotAnId)
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub struct $name([u8; 16]);

        impl Id for $name {
            const PREFIX: &'static str = $prefix;
            fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }
            fn bytes(&self) -> [u8; 16] {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}_{}", $prefix, alphabet().encode(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                parse($prefix, text).map(Self)
            }
        }
    )*};
}

ids! {
    /// A person cared for.
    PatientId = "pat";
    /// A person who cares.
    PractitionerId = "pra";
    /// An organisation named by imported records.
    OrganizationId = "org";
    /// Something that can be booked.
    ServiceId = "svc";
    /// A visit, booked or asked for.
    AppointmentId = "apt";
    /// A time kept for a moment while someone decides.
    HoldId = "hld";
    /// Time that a practitioner is not free.
    BlockId = "blk";
    /// A weekly pattern with its effective dates.
    HoursId = "hrs";
    /// A span of days on which the whole clinic is closed.
    ClosureId = "cls";
    /// A visit that took place according to an imported record.
    EncounterId = "enc";
    /// A person's access.
    LoginId = "lgn";
    /// One signed-in device, named in lists; the secret is elsewhere.
    SessionId = "ses";
    /// Someone not yet known who wants to be a patient.
    RequestId = "req";
    /// A message that leaves the building.
    NoticeId = "ntc";
    /// Two charts made one.
    MergeId = "mrg";
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_wrong_kind_does_not_parse() {
        let id = PatientId::new(Timestamp::UNIX_EPOCH, [7; 10]);
        assert_eq!(id.to_string().parse::<PatientId>(), Ok(id));
        assert!(id.to_string().parse::<AppointmentId>().is_err());
        assert!("pat_".parse::<PatientId>().is_err());
    }

    proptest! {
        #[test]
        fn prints_and_parses(ms in 0i64..253_000_000_000_000, r in any::<[u8; 10]>()) {
            let id = ServiceId::new(Timestamp::from_millisecond(ms).unwrap(), r);
            prop_assert_eq!(id.to_string().parse::<ServiceId>(), Ok(id));
        }

        #[test]
        fn byte_order_is_creation_order(a in 0i64..253_000_000_000_000, b in 0i64..253_000_000_000_000,
                                        r in any::<[u8; 10]>(), q in any::<[u8; 10]>()) {
            prop_assume!(a != b);
            let one = ServiceId::new(Timestamp::from_millisecond(a).unwrap(), r);
            let two = ServiceId::new(Timestamp::from_millisecond(b).unwrap(), q);
            prop_assert_eq!(one.bytes() < two.bytes(), a < b);
        }
    }
}
