//! Chance that repeats: the same seed and the same stream draw the same numbers on every machine.

/// A `SplitMix64` generator. Good enough to scatter people and times, useless for secrets.
#[derive(Clone, Debug)]
pub(super) struct Chance(u64);

/// The streams, so that a change in one part of the clinic leaves the others as they were.
#[derive(Clone, Copy, Debug)]
pub(super) enum Stream {
    Practice,
    People,
    Person,
    Day,
    Story,
    Extra,
    Board,
    Mail,
    Links,
}

fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

impl Stream {
    fn number(self) -> u64 {
        match self {
            Self::Practice => 1,
            Self::People => 2,
            Self::Person => 3,
            Self::Day => 4,
            Self::Story => 5,
            Self::Extra => 6,
            Self::Board => 7,
            Self::Mail => 8,
            Self::Links => 9,
        }
    }
}

impl Chance {
    /// The numbers of one stream; `index` tells its members apart.
    pub(super) fn new(seed: u64, stream: Stream, index: u64) -> Self {
        Self(mix(
            mix(seed ^ mix(stream.number())).wrapping_add(mix(index))
        ))
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// A number below `n`; 0 for 0.
    pub(super) fn below(&mut self, n: u64) -> u64 {
        u64::try_from((u128::from(self.next()) * u128::from(n)) >> 64).unwrap_or(0)
    }

    /// A number from `low` to `high`, both inclusive; `low` when there is nothing between.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = u64::try_from(high.saturating_sub(low).saturating_add(1)).unwrap_or(0);
        low.saturating_add(i64::try_from(self.below(span)).unwrap_or(0))
    }

    /// Whether something that happens in so many of a hundred cases happens now.
    pub(super) fn per_cent(&mut self, n: u64) -> bool {
        self.below(100) < n
    }

    /// A place in a list of this length.
    pub(super) fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(u64::try_from(length).unwrap_or(0))).unwrap_or(0)
    }

    /// One of a list.
    pub(super) fn pick<T: Copy>(&mut self, of: &[T]) -> Option<T> {
        of.get(self.index(of.len())).copied()
    }

    /// One of a list of texts; empty for an empty list.
    pub(super) fn word(&mut self, of: &[&'static str]) -> &'static str {
        self.pick(of).unwrap_or_default()
    }

    /// Bytes.
    pub(super) fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        for chunk in bytes.chunks_mut(8) {
            for (to, from) in chunk.iter_mut().zip(self.next().to_le_bytes()) {
                *to = from;
            }
        }
        bytes
    }

    /// Six letters and digits that are hard to confuse.
    pub(super) fn reference(&mut self) -> String {
        const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
        let letter = |b: &u8| LETTERS.get(usize::from(b % 32)).copied().map(char::from);
        self.bytes::<6>().iter().filter_map(letter).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_repeat_and_streams_differ() {
        let draw = |seed, stream, index| Chance::new(seed, stream, index).bytes::<16>();
        assert_eq!(draw(1, Stream::Day, 2), draw(1, Stream::Day, 2));
        assert_ne!(draw(1, Stream::Day, 2), draw(1, Stream::Day, 3));
        assert_ne!(draw(1, Stream::Day, 2), draw(1, Stream::Mail, 2));
        assert_ne!(draw(1, Stream::Day, 2), draw(2, Stream::Day, 2));
    }

    #[test]
    fn draws_stay_inside_and_reach_both_ends() {
        let mut chance = Chance::new(7, Stream::People, 0);
        let drawn: Vec<i64> = (0..1_000).map(|_| chance.between(-2, 3)).collect();
        assert_eq!(drawn.iter().min(), Some(&-2));
        assert_eq!(drawn.iter().max(), Some(&3));
        assert_eq!(chance.below(0), 0);
        assert_eq!(chance.between(5, 4), 5);
    }
}
