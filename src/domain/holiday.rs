//! Public holidays, as suggestions: what a clinic's calendar offers to close on.
//!
//! Country-wide days only; regions add their own, and a clinic decides for itself. Rules, not
//! lists, so that a year ahead needs no new version.

mod table;

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use super::country::Country;

/// A day a country keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holiday {
    /// The date.
    pub date: Date,
    /// The name in English.
    pub name: &'static str,
    /// The working day given in place of a holiday that falls on a weekend; that day itself is
    /// listed as well.
    pub substitute: bool,
}

/// How a holiday finds its date in a year.
#[derive(Clone, Copy, Debug)]
enum Day {
    /// A month and day.
    Fixed(i8, i8),
    /// Days after Easter Sunday.
    Easter(i64),
    /// A weekday of a month by number, from the end when negative.
    Nth(i8, Weekday, i8),
    /// The first such weekday on or after a month and day.
    From(i8, i8, Weekday),
    /// The last such weekday on or before a month and day.
    UpTo(i8, i8, Weekday),
    /// The first day of a month if that is a Friday, else the first Monday.
    FirstFridayOrMonday(i8),
    /// A month and day; the day before when that is a Sunday.
    FixedNotSunday(i8, i8),
    /// Dates set by law: year, month, day.
    Set(&'static [(i16, i8, i8)]),
}

/// What happens when a holiday falls on a weekend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Weekend {
    /// Nothing.
    Stays,
    /// The next working day that is not a holiday is free as well.
    NextWorkingDay,
    /// Saturday gives the Friday before, Sunday the Monday after.
    Nearest,
}

/// One line of a country's list.
#[derive(Clone, Copy, Debug)]
struct Rule {
    name: &'static str,
    day: Day,
    weekend: Weekend,
    /// First year in which it is kept.
    since: i16,
    /// Kept in years divisible by this.
    every: i16,
}

/// Easter Sunday of the western churches, by the Gregorian computus; `None` outside 1583–9998.
pub fn easter(year: i16) -> Option<Date> {
    if !(1583..=9998).contains(&year) {
        return None;
    }
    let y = i32::from(year);
    // The place in the 19-year cycle of the moon, then the corrections of the Gregorian reform.
    let golden = y % 19;
    let (century, of_century) = (y / 100, y % 100);
    let moon_shift = (century - (century + 8) / 25 + 1) / 3;
    let full_moon = (19 * golden + century - century / 4 - moon_shift + 15) % 30;
    let to_sunday =
        (32 + 2 * (century % 4) + 2 * (of_century / 4) - full_moon - of_century % 4) % 7;
    let late = (golden + 11 * full_moon + 22 * to_sunday) / 451;
    let days = full_moon + to_sunday - 7 * late + 114;
    let month = i8::try_from(days / 31).ok()?;
    let day = i8::try_from(days % 31 + 1).ok()?;
    Date::new(year, month, day).ok()
}

impl Day {
    /// The date in a year, if there is one.
    fn in_year(self, year: i16) -> Option<Date> {
        let date = |month, day| Date::new(year, month, day).ok();
        match self {
            Self::Fixed(month, day) => date(month, day),
            Self::Easter(after) => easter(year)?.checked_add(after.days()).ok(),
            Self::Nth(month, weekday, nth) => {
                date(month, 1)?.nth_weekday_of_month(nth, weekday).ok()
            }
            Self::From(month, day, weekday) => date(month, day)?
                .yesterday()
                .ok()?
                .nth_weekday(1, weekday)
                .ok(),
            Self::UpTo(month, day, weekday) => date(month, day)?
                .tomorrow()
                .ok()?
                .nth_weekday(-1, weekday)
                .ok(),
            Self::FirstFridayOrMonday(month) => {
                let first = date(month, 1)?;
                if first.weekday() == Weekday::Friday {
                    Some(first)
                } else {
                    first.nth_weekday_of_month(1, Weekday::Monday).ok()
                }
            }
            Self::FixedNotSunday(month, day) => {
                let day = date(month, day)?;
                if day.weekday() == Weekday::Sunday {
                    day.yesterday().ok()
                } else {
                    Some(day)
                }
            }
            Self::Set(dates) => dates
                .iter()
                .find(|(of, ..)| *of == year)
                .and_then(|(_, month, day)| date(*month, *day)),
        }
    }
}

/// Whether a date falls on Saturday or Sunday.
fn is_weekend(date: Date) -> bool {
    matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// The free days of one year's rules; a substitute may lie in the year before or after.
fn of_year(rules: &[Rule], year: i16) -> Vec<Holiday> {
    let days: Vec<(Rule, Date)> = rules
        .iter()
        .filter(|rule| rule.since <= year && year % rule.every == 0)
        .filter_map(|rule| Some((*rule, rule.day.in_year(year)?)))
        .collect();
    let mut found: Vec<Holiday> = days
        .iter()
        .map(|(rule, date)| Holiday {
            date: *date,
            name: rule.name,
            substitute: false,
        })
        .collect();
    found.sort_by_key(|holiday| holiday.date);
    let mut weekends: Vec<(Rule, Date)> = days
        .into_iter()
        .filter(|(_, date)| is_weekend(*date))
        .collect();
    weekends.sort_by_key(|(_, date)| *date);
    for (rule, date) in weekends {
        let instead = match rule.weekend {
            Weekend::Stays => None,
            Weekend::NextWorkingDay => std::iter::successors(Some(date), |date| {
                date.tomorrow().ok()
            })
            .find(|date| !is_weekend(*date) && found.iter().all(|other| other.date != *date)),
            Weekend::Nearest if date.weekday() == Weekday::Saturday => date.yesterday().ok(),
            Weekend::Nearest => date.tomorrow().ok(),
        };
        found.extend(instead.map(|date| Holiday {
            date,
            name: rule.name,
            substitute: true,
        }));
    }
    found
}

/// The country-wide public holidays of a year in order of date; none for a country without rules
/// here. Two may share a date.
pub fn holidays(country: Country, year: i16) -> Vec<Holiday> {
    let rules = table::rules(country.code());
    let mut found: Vec<Holiday> = (year.saturating_sub(1)..=year.saturating_add(1))
        .flat_map(|year| of_year(rules, year))
        .filter(|holiday| holiday.date.year() == year)
        .collect();
    found.sort_by_key(|holiday| holiday.date);
    found
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    /// `MM-DD` of a year, substitutes marked with `*`.
    fn days(code: &str, year: i16) -> String {
        holidays(code.parse().unwrap(), year)
            .iter()
            .map(|holiday| {
                let mark = if holiday.substitute { "*" } else { "" };
                format!(
                    "{:02}-{:02}{mark}",
                    holiday.date.month(),
                    holiday.date.day()
                )
            })
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn easter_is_where_the_almanacs_have_it() {
        let known = [
            (1818, 3, 22),
            (1943, 4, 25),
            (1954, 4, 18),
            (1981, 4, 19),
            (2000, 4, 23),
            (2008, 3, 23),
            (2024, 3, 31),
            (2025, 4, 20),
            (2026, 4, 5),
            (2027, 3, 28),
            (2028, 4, 16),
            (2038, 4, 25),
            (2049, 4, 18),
            (2285, 3, 22),
        ];
        for (year, month, day) in known {
            assert_eq!(easter(year), Some(date(year, month, day)));
        }
        for year in 1583..=9998 {
            let sunday = easter(year).unwrap();
            assert_eq!(sunday.weekday(), Weekday::Sunday);
            assert!(date(year, 3, 22) <= sunday && sunday <= date(year, 4, 25));
        }
        assert_eq!((easter(1582), easter(9999)), (None, None));
    }

    /// Code, days of 2026, days of 2027; `*` marks a substitute.
    const LISTS: [(&str, &str, &str); 22] = [
        (
            "GB",
            "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-26 12-28*",
            "01-01 03-26 03-29 05-03 05-31 08-30 12-25 12-26 12-27* 12-28*",
        ),
        (
            "IE",
            "01-01 02-02 03-17 04-06 05-04 06-01 08-03 10-26 12-25 12-26",
            "01-01 02-01 03-17 03-29 05-03 06-07 08-02 10-25 12-25 12-26",
        ),
        (
            "US",
            "01-01 01-19 02-16 05-25 06-19 07-03* 07-04 09-07 10-12 11-11 11-26 12-25",
            "01-01 01-18 02-15 05-31 06-18* 06-19 07-04 07-05* 09-06 10-11 11-11 11-25 \
                 12-24* 12-25 12-31*",
        ),
        (
            "CA",
            "01-01 04-03 05-18 07-01 09-07 09-30 10-12 11-11 12-25 12-26 12-28*",
            "01-01 03-26 05-24 07-01 09-06 09-30 10-11 11-11 12-25 12-26 12-27* 12-28*",
        ),
        (
            "AU",
            "01-01 01-26 04-03 04-06 04-25 12-25 12-26 12-28*",
            "01-01 01-26 03-26 03-29 04-25 12-25 12-26 12-27* 12-28*",
        ),
        (
            "NZ",
            "01-01 01-02 02-06 04-03 04-06 04-25 04-27* 06-01 07-10 10-26 12-25 12-26 \
                 12-28*",
            "01-01 01-02 01-04* 02-06 02-08* 03-26 03-29 04-25 04-26* 06-07 06-25 10-25 \
                 12-25 12-26 12-27* 12-28*",
        ),
        (
            "DE",
            "01-01 04-03 04-06 05-01 05-14 05-25 10-03 12-25 12-26",
            "01-01 03-26 03-29 05-01 05-06 05-17 10-03 12-25 12-26",
        ),
        (
            "FR",
            "01-01 04-06 05-01 05-08 05-14 05-25 07-14 08-15 11-01 11-11 12-25",
            "01-01 03-29 05-01 05-06 05-08 05-17 07-14 08-15 11-01 11-11 12-25",
        ),
        (
            "ES",
            "01-01 01-06 04-03 05-01 08-15 10-12 11-01 12-06 12-08 12-25",
            "01-01 01-06 03-26 05-01 08-15 10-12 11-01 12-06 12-08 12-25",
        ),
        (
            "IT",
            "01-01 01-06 04-05 04-06 04-25 05-01 06-02 08-15 10-04 11-01 12-08 12-25 12-26",
            "01-01 01-06 03-28 03-29 04-25 05-01 06-02 08-15 10-04 11-01 12-08 12-25 12-26",
        ),
        (
            "NL",
            "01-01 04-05 04-06 04-27 05-14 05-24 05-25 12-25 12-26",
            "01-01 03-28 03-29 04-27 05-06 05-16 05-17 12-25 12-26",
        ),
        (
            "BE",
            "01-01 04-06 05-01 05-14 05-25 07-21 08-15 11-01 11-11 12-25",
            "01-01 03-29 05-01 05-06 05-17 07-21 08-15 11-01 11-11 12-25",
        ),
        (
            "AT",
            "01-01 01-06 04-06 05-01 05-14 05-25 06-04 08-15 10-26 11-01 12-08 12-25 12-26",
            "01-01 01-06 03-29 05-01 05-06 05-17 05-27 08-15 10-26 11-01 12-08 12-25 12-26",
        ),
        ("CH", "01-01 05-14 08-01 12-25", "01-01 05-06 08-01 12-25"),
        (
            "PT",
            "01-01 04-03 04-05 04-25 05-01 06-04 06-10 08-15 10-05 11-01 12-01 12-08 12-25",
            "01-01 03-26 03-28 04-25 05-01 05-27 06-10 08-15 10-05 11-01 12-01 12-08 12-25",
        ),
        (
            "PL",
            "01-01 01-06 04-05 04-06 05-01 05-03 05-24 06-04 08-15 11-01 11-11 12-24 12-25 \
                 12-26",
            "01-01 01-06 03-28 03-29 05-01 05-03 05-16 05-27 08-15 11-01 11-11 12-24 12-25 \
                 12-26",
        ),
        (
            "SE",
            "01-01 01-06 04-03 04-05 04-06 05-01 05-14 05-24 06-06 06-19 06-20 10-31 12-24 \
                 12-25 12-26 12-31",
            "01-01 01-06 03-26 03-28 03-29 05-01 05-06 05-16 06-06 06-25 06-26 11-06 12-24 \
                 12-25 12-26 12-31",
        ),
        (
            "NO",
            "01-01 04-02 04-03 04-05 04-06 05-01 05-14 05-17 05-24 05-25 12-25 12-26",
            "01-01 03-25 03-26 03-28 03-29 05-01 05-06 05-16 05-17 05-17 12-25 12-26",
        ),
        (
            "DK",
            "01-01 04-02 04-03 04-05 04-06 05-14 05-24 05-25 12-25 12-26",
            "01-01 03-25 03-26 03-28 03-29 05-06 05-16 05-17 12-25 12-26",
        ),
        (
            "FI",
            "01-01 01-06 04-03 04-05 04-06 05-01 05-14 05-24 06-19 06-20 10-31 12-06 12-24 \
                 12-25 12-26",
            "01-01 01-06 03-26 03-28 03-29 05-01 05-06 05-16 06-25 06-26 11-06 12-06 12-24 \
                 12-25 12-26",
        ),
        (
            "LU",
            "01-01 04-06 05-01 05-09 05-14 05-25 06-23 08-15 11-01 12-25 12-26",
            "01-01 03-29 05-01 05-06 05-09 05-17 06-23 08-15 11-01 12-25 12-26",
        ),
        (
            "CZ",
            "01-01 04-03 04-06 05-01 05-08 07-05 07-06 09-28 10-28 11-17 12-24 12-25 12-26",
            "01-01 03-26 03-29 05-01 05-08 07-05 07-06 09-28 10-28 11-17 12-24 12-25 12-26",
        ),
    ];

    /// The lists that governments publish, or that the law fixes, for two years.
    #[test]
    fn the_lists_of_2026_and_2027_are_the_published_ones() {
        for (code, this, next) in LISTS {
            assert_eq!(days(code, 2026), this, "{code} 2026");
            assert_eq!(days(code, 2027), next, "{code} 2027");
        }
    }

    #[test]
    fn a_substitute_may_lie_in_the_year_before() {
        // 1 January 2028 is a Saturday.
        let last = holidays("US".parse().unwrap(), 2027).pop().unwrap();
        assert_eq!(
            (last.date, last.name, last.substitute),
            (date(2027, 12, 31), "New Year's Day", true)
        );
        assert!(days("US", 2028).starts_with("01-01 01-17"));
    }

    #[test]
    fn rules_begin_when_the_law_does() {
        assert!(!days("IT", 2025).contains("10-04"));
        assert!(days("IT", 2026).contains("10-04"));
        assert!(!days("PL", 2024).contains("12-24"));
        assert!(days("NL", 2030).contains("05-05"));
        assert!(!days("NL", 2031).contains("05-05"));
        // King's Day on a Sunday is kept the day before.
        assert!(days("NL", 2025).contains("04-26"));
        // 1 February 2030 is a Friday.
        assert!(days("IE", 2030).contains("02-01"));
    }

    #[test]
    fn a_country_without_rules_has_no_suggestions() {
        assert_eq!(holidays("BR".parse().unwrap(), 2026), []);
        assert_eq!(holidays("GB".parse().unwrap(), i16::MAX), []);
        assert_eq!(holidays("GB".parse().unwrap(), i16::MIN), []);
    }
}
