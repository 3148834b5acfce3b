//! How long things take, counted without a lock: so many below each bound.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Upper bounds of the counts, in microseconds. What takes longer than the last is counted apart.
pub const BOUNDS_US: [u64; 10] = [
    1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000, 5_000_000,
];

/// Counts of durations.
#[derive(Debug, Default)]
pub struct Durations {
    below: [AtomicU64; BOUNDS_US.len()],
    longer: AtomicU64,
    sum_us: AtomicU64,
}

/// The counts at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// For each bound, how many took at most that long: each includes those before.
    pub at_most: Vec<u64>,
    /// How many there were.
    pub count: u64,
    /// All together, in microseconds.
    pub sum_us: u64,
}

impl Durations {
    /// Counts one.
    pub fn note(&self, took: Duration) {
        let us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let mut places = BOUNDS_US.iter().zip(&self.below);
        let place = places.find(|(bound, _)| us <= **bound);
        place
            .map_or(&self.longer, |(_, count)| count)
            .fetch_add(1, Ordering::Relaxed);
        self.sum_us.fetch_add(us, Ordering::Relaxed);
    }

    /// The counts so far.
    pub fn counted(&self) -> Counted {
        let mut count = 0;
        let at_most = self.below.iter().map(|below| {
            count += below.load(Ordering::Relaxed);
            count
        });
        let at_most = at_most.collect();
        Counted {
            at_most,
            count: count + self.longer.load(Ordering::Relaxed),
            sum_us: self.sum_us.load(Ordering::Relaxed),
        }
    }
}

impl Counted {
    /// The smallest bound that so many of a hundred keep, in microseconds; `None` when there is
    /// nothing to judge by, or when even the last bound is too small.
    pub fn percentile_us(&self, percent: u64) -> Option<u64> {
        let wanted = (self.count * percent).div_ceil(100);
        let mut places = BOUNDS_US.iter().zip(&self.at_most);
        let place = places.find(|(_, count)| wanted > 0 && **count >= wanted);
        place.map(|(bound, _)| *bound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_duration_is_counted_below_its_bound() {
        let all = Durations::default();
        assert_eq!(all.counted().percentile_us(50), None);
        for us in [1, 1_000, 1_001, 40_000, 9_000_000] {
            all.note(Duration::from_micros(us));
        }
        let counted = all.counted();
        assert_eq!(counted.at_most, [2, 3, 3, 3, 3, 4, 4, 4, 4, 4]);
        assert_eq!((counted.count, counted.sum_us), (5, 9_042_002));
        assert_eq!(counted.percentile_us(40), Some(1_000));
        assert_eq!(counted.percentile_us(80), Some(50_000));
        assert_eq!(counted.percentile_us(99), None, "longer than any bound");
    }
}
