//! What a table of any size says, in a few numbers: two that add up to the same have the same entries.
//!
//! Each entry is hashed and the hashes are added, so that the order does not matter: entries come in
//! one order from their rows and in another from their table. The keys are dealt out to a thousand
//! shares, each with a sum of its own; where two sums differ, only the entries of that share have to
//! be looked at one by one.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hasher as _};

use sha2::{Digest, Sha256};

/// Shares of a table. A million entries leave about a thousand in each.
const SHARES: u16 = 1_024;

/// How many entries a share has, and their hashes, added up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sum {
    count: u64,
    hashes: u128,
}

/// A share of a table.
pub(super) type Share = (&'static str, u16);

/// The sums of tables. Their size does not depend on how much is added.
#[derive(Debug, Default)]
pub(super) struct Sums(BTreeMap<&'static str, Vec<Sum>>);

impl Sums {
    /// Adds an entry of a table.
    pub(super) fn add(&mut self, table: &'static str, key: &[u8], value: &[u8]) {
        let empty = || vec![Sum::default(); usize::from(SHARES)];
        let shares = self.0.entry(table).or_insert_with(empty);
        if let Some(sum) = shares.get_mut(usize::from(share(key))) {
            sum.count += 1;
            sum.hashes = sum.hashes.wrapping_add(hash(key, value));
        }
    }

    /// The shares that another has otherwise, with how many entries these here have.
    pub(super) fn other_than(&self, other: &Self) -> Vec<(Share, u64)> {
        let mut tables: Vec<&'static str> = self.0.keys().chain(other.0.keys()).copied().collect();
        tables.sort_unstable();
        tables.dedup();
        let mut found = Vec::new();
        for table in tables {
            for share in 0..SHARES {
                let here = self.sum(table, share);
                if here != other.sum(table, share) {
                    found.push(((table, share), here.count));
                }
            }
        }
        found
    }

    fn sum(&self, table: &str, share: u16) -> Sum {
        let shares = self.0.get(table);
        let sum = shares.and_then(|s| s.get(usize::from(share)));
        sum.copied().unwrap_or_default()
    }
}

/// The share to which a key belongs. The value has no say in it: an entry with a wrong one belongs to
/// the share in which its row is looked for.
pub(super) fn share(key: &[u8]) -> u16 {
    let mut hasher = DefaultHasher::new();
    hasher.write(key);
    u16::try_from(hasher.finish() % u64::from(SHARES)).unwrap_or_default()
}

fn hash(key: &[u8], value: &[u8]) -> u128 {
    let mut hash = Sha256::new();
    for part in [key, value] {
        // What ends one may not begin the other.
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part);
    }
    let hash: [u8; 32] = hash.finalize().into();
    let first = hash.first_chunk().copied().unwrap_or_default();
    u128::from_be_bytes(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sums(entries: &[(&[u8], &[u8])]) -> Sums {
        let mut sums = Sums::default();
        for (key, value) in entries {
            sums.add("table", key, value);
        }
        sums
    }

    #[test]
    fn the_order_does_not_matter_and_everything_else_does() {
        let all = sums(&[(b"a", b"1"), (b"b", b"2"), (b"c", b"")]);
        let differs = |entries: &[(&[u8], &[u8])]| {
            let shares = sums(entries).other_than(&all);
            shares.into_iter().map(|((_, share), _)| share).collect()
        };
        let none: Vec<u16> = differs(&[(b"c", b""), (b"a", b"1"), (b"b", b"2")]);
        assert_eq!(none, [0; 0]);
        assert_eq!(differs(&[(b"a", b"1"), (b"b", b"2")]), [share(b"c")]);
        let twice: Vec<u16> = differs(&[(b"a", b"1"), (b"b", b"2"), (b"c", b""), (b"c", b"")]);
        assert_eq!(twice, [share(b"c")]);
        assert_eq!(
            differs(&[(b"a", b"1"), (b"b", b"3"), (b"c", b"")]),
            [share(b"b")],
            "another value is found where its key is"
        );
        assert_eq!(sums(&[]).other_than(&all).len(), 3);
        assert_ne!(hash(b"ab", b"c"), hash(b"a", b"bc"));
        let mut elsewhere = Sums::default();
        elsewhere.add("another", b"a", b"1");
        assert_eq!(elsewhere.other_than(&sums(&[(b"a", b"1")])).len(), 2);
    }
}
