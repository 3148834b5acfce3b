//! Order-preserving keys: fixed-width big-endian parts, so that byte order is logical order.

use jiff::Timestamp;

use crate::domain::id::Id;

/// A key under construction.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key(Vec<u8>);

impl Key {
    /// The empty key, which is before every other.
    pub fn new() -> Self {
        Self::default()
    }

    /// The key of a row by its identifier.
    pub fn of(id: impl Id) -> Self {
        Self::new().id(id)
    }

    /// An identifier: 16 bytes.
    #[must_use]
    pub fn id(mut self, id: impl Id) -> Self {
        self.0.extend_from_slice(&id.bytes());
        self
    }

    /// An instant to the second: 8 bytes, the sign bit flipped so that earlier is smaller.
    #[must_use]
    pub fn time(mut self, at: Timestamp) -> Self {
        let flipped = at.as_second() ^ i64::MIN;
        self.0.extend_from_slice(&flipped.to_be_bytes());
        self
    }

    /// An unsigned number: 8 bytes.
    #[must_use]
    pub fn number(mut self, n: u64) -> Self {
        self.0.extend_from_slice(&n.to_be_bytes());
        self
    }

    /// One byte.
    #[must_use]
    pub fn byte(mut self, b: u8) -> Self {
        self.0.push(b);
        self
    }

    /// Bytes of a fixed length, or at the end of a key.
    #[must_use]
    pub fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    /// A text that more parts follow: ended by a zero byte, which no text of ours contains.
    #[must_use]
    pub fn text(mut self, text: &str) -> Self {
        self.0.extend(text.bytes().filter(|b| *b != 0));
        self.0.push(0);
        self
    }

    /// The beginning of a text: every key whose text starts so has this prefix.
    #[must_use]
    pub fn start_of_text(mut self, text: &str) -> Self {
        self.0.extend(text.bytes().filter(|b| *b != 0));
        self
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The smallest key that is greater than every key with this prefix; `None` when there is none.
    pub fn after_prefix(&self) -> Option<Self> {
        let mut next = self.0.clone();
        while let Some(last) = next.pop() {
            if last < u8::MAX {
                next.push(last + 1);
                return Some(Self(next));
            }
        }
        None
    }
}

/// Bytes of an identifier in a key.
pub const ID_LENGTH: usize = 16;

/// The identifier with which an index key ends.
pub fn last_id<I: Id>(key: &[u8]) -> Option<I> {
    let start = key.len().checked_sub(ID_LENGTH)?;
    Some(I::from_bytes(key.get(start..)?.try_into().ok()?))
}

/// The instant that stands at an offset of a key.
pub fn time_in(key: &[u8], offset: usize) -> Option<Timestamp> {
    let bytes = key.get(offset..)?.first_chunk()?;
    Timestamp::from_second(i64::from_be_bytes(*bytes) ^ i64::MIN).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn byte_order_is_time_order(a in -9_000_000_000i64..9_000_000_000, b in -9_000_000_000i64..9_000_000_000) {
            let (t, u) = (Timestamp::from_second(a).unwrap(), Timestamp::from_second(b).unwrap());
            prop_assert_eq!(Key::new().time(t).cmp(&Key::new().time(u)), a.cmp(&b));
            prop_assert_eq!(time_in(Key::new().byte(7).time(t).as_bytes(), 1), Some(t));
        }

        #[test]
        fn byte_order_is_text_order(a in "[^\0]{0,9}", b in "[^\0]{0,9}", n in any::<u64>()) {
            let (x, y) = (Key::new().text(&a).number(n), Key::new().text(&b).number(n));
            prop_assert_eq!(x.cmp(&y), a.cmp(&b));
        }

        #[test]
        fn what_has_the_prefix_is_before_its_end(p in prop::collection::vec(any::<u8>(), 1..6),
                                                 rest in prop::collection::vec(any::<u8>(), 0..6)) {
            let prefix = Key::new().bytes(&p);
            let whole = Key::new().bytes(&p).bytes(&rest);
            prop_assert!(whole >= prefix);
            if let Some(end) = prefix.after_prefix() {
                prop_assert!(whole < end);
            }
        }
    }
}
