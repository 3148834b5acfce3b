//! What is remembered of a backup, and which backups are kept.

pub mod plan;

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// One archive that was written, and whether it was proven by restoring it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backup {
    /// When its snapshot was taken.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub at: Timestamp,
    /// The archive, by its whole path.
    pub archive: String,
    /// How large the archive is.
    pub bytes: u64,
    /// How many rows and index entries it holds.
    pub rows: u64,
    /// The last line of the log that it holds; 0 for an empty log.
    pub audit_seq: u64,
    /// When it was restored into a scratch database and found whole. `None` when it was not.
    #[serde(with = "jiff::fmt::serde::timestamp::second::optional")]
    pub proven_at: Option<Timestamp>,
    /// What the rehearsal found wrong, in one sentence; empty when it is proven.
    pub problem: String,
}

/// How many backups are kept: the newest of each of so many hours, days, weeks and months that have
/// one. Written `24,7,4,12`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retention {
    /// Hours with a backup.
    pub hours: u16,
    /// Days with a backup, on the clinic's wall.
    pub days: u16,
    /// Weeks with a backup; they begin on Monday.
    pub weeks: u16,
    /// Months with a backup.
    pub months: u16,
}

/// It is not four whole numbers with commas between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotFourNumbers;

impl fmt::Display for NotFourNumbers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("write hours, days, weeks and months as four numbers, such as 24,7,4,12")
    }
}

impl std::error::Error for NotFourNumbers {}

impl FromStr for Retention {
    type Err = NotFourNumbers;

    fn from_str(written: &str) -> Result<Self, NotFourNumbers> {
        let numbers: Result<Vec<u16>, _> = written.split(',').map(|n| n.trim().parse()).collect();
        match numbers.as_deref() {
            Ok([hours, days, weeks, months]) => Ok(Self {
                hours: *hours,
                days: *days,
                weeks: *weeks,
                months: *months,
            }),
            _ => Err(NotFourNumbers),
        }
    }
}

impl Retention {
    /// Which of these backups are kept. The newest always is.
    pub fn keep(self, taken: &BTreeSet<Timestamp>, zone: &TimeZone) -> BTreeSet<Timestamp> {
        let mut kept: BTreeSet<Timestamp> = taken.last().copied().into_iter().collect();
        let date = |at: Timestamp| zone.to_datetime(at).date();
        newest_of_each(taken, self.hours, &mut kept, |at| {
            at.as_second().div_euclid(3_600)
        });
        newest_of_each(taken, self.days, &mut kept, date);
        newest_of_each(taken, self.weeks, &mut kept, |at| {
            let week = date(at).iso_week_date();
            (week.year(), week.week())
        });
        newest_of_each(taken, self.months, &mut kept, |at| {
            (date(at).year(), date(at).month())
        });
        kept
    }
}

/// Keeps the newest of each of the last `most` periods that have one.
fn newest_of_each<P: PartialEq>(
    taken: &BTreeSet<Timestamp>,
    most: u16,
    kept: &mut BTreeSet<Timestamp>,
    period: impl Fn(Timestamp) -> P,
) {
    let (mut last, mut periods) = (None, 0);
    for at in taken.iter().rev() {
        let of = Some(period(*at));
        if of == last {
            continue;
        }
        if periods == most {
            return;
        }
        periods += 1;
        last = of;
        kept.insert(*at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn zone() -> TimeZone {
        TimeZone::get("Europe/London").unwrap()
    }

    fn at(hours: i64) -> Timestamp {
        // A Monday, before the clocks go back.
        Timestamp::from_second(1_792_972_800 + hours * 3_600 + 60).unwrap()
    }

    #[test]
    fn a_year_of_hourly_backups_leaves_what_the_rule_says() {
        let rule: Retention = "24,7,4,12".parse().unwrap();
        let mut kept = BTreeSet::new();
        for hour in 0..366 * 24 {
            kept.insert(at(hour));
            kept = rule.keep(&kept, &zone());
        }
        let days: BTreeSet<_> = kept.iter().map(|t| zone().to_datetime(*t).date()).collect();
        let newest = *kept.last().unwrap();
        let hourly = kept
            .iter()
            .filter(|t| newest.duration_since(**t).as_hours() < 24);
        assert_eq!(hourly.count(), 24, "each of the last 24 hours");
        assert!(kept.len() <= 24 + 7 + 4 + 12);
        let months: BTreeSet<_> = days.iter().map(|d| (d.year(), d.month())).collect();
        assert_eq!(months.len(), 12, "pruning every hour loses no month");
        let today = *days.last().unwrap();
        for back in 0..7 {
            let day = today.saturating_sub(jiff::Span::new().days(back));
            assert!(days.contains(&day), "{day}");
        }
    }

    #[test]
    fn a_rule_is_read() {
        assert!("24,7,4".parse::<Retention>().is_err());
        assert!("24,7,4,x".parse::<Retention>().is_err());
        assert!("24,7,4,-1".parse::<Retention>().is_err());
        let none: Retention = "0, 0, 0, 0".parse().unwrap();
        let two = BTreeSet::from([at(1), at(2)]);
        assert_eq!(none.keep(&two, &zone()), BTreeSet::from([at(2)]));
    }

    proptest! {
        #[test]
        fn the_newest_stays_and_keeping_twice_is_keeping_once(
            taken in prop::collection::btree_set(0i64..40_000, 0..60),
            hours in 0u16..30, days in 0u16..10, weeks in 0u16..6, months in 0u16..14,
        ) {
            let rule = Retention { hours, days, weeks, months };
            let taken: BTreeSet<Timestamp> = taken.into_iter().map(at).collect();
            let kept = rule.keep(&taken, &zone());
            prop_assert!(kept.is_subset(&taken));
            prop_assert_eq!(kept.last(), taken.last());
            prop_assert!(kept.len() <= usize::from(hours + days + weeks + months).max(1));
            prop_assert_eq!(rule.keep(&kept, &zone()), kept.clone());
            // A wider rule keeps no less.
            let wider = Retention { days: days + 1, ..rule };
            prop_assert!(kept.is_subset(&wider.keep(&taken, &zone())));
        }
    }
}
