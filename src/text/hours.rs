//! Opening hours as a person types them: `9-12:30, 13:30-17`, `9am to 5pm`, or nothing.

use std::fmt::Write as _;

use super::Text;
use crate::domain::schedule::{MinuteOfDay, TimeRange};
use crate::t;

/// Stretches of time that one day may have.
pub const MAX_RANGES: usize = 8;
/// Characters that the hours of one day may take.
pub const MAX_CHARS: usize = 200;
/// The longest stretch over midnight, in minutes: more is a slip of the finger.
const MAX_NIGHT: u16 = 12 * 60;
/// A bare hour before this one may be meant after noon, in minutes after midnight.
const EARLY: u16 = 8 * 60;

/// What is wrong with typed hours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// This part is no time of day.
    NotATime(String),
    /// This part has a start and no end.
    NoEnd(String),
    /// This part starts and ends at the same time.
    Empty(String),
    /// This part ends before it starts, by more than a night.
    Backward(String),
    /// Two stretches share time, or stand in the wrong order.
    Overlap,
    /// More than [`MAX_RANGES`] or [`MAX_CHARS`].
    TooMuch,
}

impl Text {
    /// What to do about typed hours that we cannot use.
    pub fn hours_problem(self, problem: &Problem) -> String {
        match problem {
            Problem::NotATime(part) => t!(self, "hours-problem-time", part = part.clone()),
            Problem::NoEnd(part) => t!(self, "hours-problem-end", part = part.clone()),
            Problem::Empty(part) => t!(self, "hours-problem-empty", part = part.clone()),
            Problem::Backward(part) => t!(self, "hours-problem-backward", part = part.clone()),
            Problem::Overlap => t!(self, "hours-problem-overlap"),
            Problem::TooMuch => t!(self, "hours-problem-much"),
        }
    }
}

/// Reads the hours of one day; nothing, `closed` and `-` are a day off.
///
/// Lenient about how people write: `9`, `9.30`, `0930`, `9am`, `9h30`; `-`, `–`, `to` between start
/// and end; commas, semicolons, `and`, line breaks between stretches. A bare `9-5` is nine to
/// seventeen, because nobody means five in the morning, and in `9-12, 1-5` the second stretch is in
/// the afternoon. Hours past noon written as `17` leave nothing to guess, and a stretch over midnight
/// lasts twelve hours at most.
///
/// # Errors
/// The first thing that cannot be used.
pub fn parse(typed: &str) -> Result<Vec<TimeRange>, Problem> {
    if typed.chars().count() > MAX_CHARS {
        return Err(Problem::TooMuch);
    }
    let plain = typed.to_lowercase();
    let plain = plain.trim();
    if matches!(plain, "" | "-" | "–" | "—" | "closed" | "off" | "none") {
        return Ok(Vec::new());
    }
    let mut found: Vec<TimeRange> = Vec::new();
    let mut open_until = 0;
    for part in stretches(plain) {
        let range = range(&part, open_until)?;
        if range.start().minutes() < open_until {
            return Err(Problem::Overlap);
        }
        open_until = range.start().minutes().saturating_add(range.length());
        found.push(range);
        if found.len() > MAX_RANGES {
            return Err(Problem::TooMuch);
        }
    }
    Ok(found)
}

fn stretches(plain: &str) -> Vec<String> {
    plain
        .replace(" and ", ",")
        .split([',', ';', '\n', '\r', '&', '+', '/'])
        .map(|part| part.trim().to_owned())
        .filter(|part| !part.is_empty())
        .collect()
}

fn range(part: &str, not_before: u16) -> Result<TimeRange, Problem> {
    let plain = part
        .replace(['–', '—', '−', '‐', '‑'], "-")
        .replace(" to ", "-")
        .replace(" until ", "-");
    let shown = || part.chars().take(30).collect::<String>();
    let Some((start, end)) = plain.split_once('-') else {
        // A start that is none is the nearer problem.
        moment(&plain).ok_or_else(|| Problem::NotATime(shown()))?;
        return Err(Problem::NoEnd(shown()));
    };
    if end.trim().is_empty() {
        return Err(Problem::NoEnd(shown()));
    }
    let start = moment(start).ok_or_else(|| Problem::NotATime(shown()))?;
    let end = moment(end).ok_or_else(|| Problem::NotATime(shown()))?;
    let half_day = 12 * 60;
    let early = start.bare && start.minute < EARLY;
    let from = if early && start.minute < not_before && start.minute + half_day >= not_before {
        start.minute + half_day
    } else {
        start.minute
    };
    let twelve_hours = start.bare || start.said || from <= half_day;
    let guess = end.bare && twelve_hours && end.minute <= from;
    let until = if guess && end.minute + half_day > from {
        end.minute + half_day
    } else {
        end.minute
    };
    if until < from && 24 * 60 - from + until > MAX_NIGHT {
        return Err(Problem::Backward(shown()));
    }
    TimeRange::minutes(from, until).map_err(|_| Problem::Empty(shown()))
}

/// A time of day as typed.
struct Moment {
    /// Minutes after midnight, at most 1440.
    minute: u16,
    /// Before noon by its figures, and nothing says whether that is meant.
    bare: bool,
    /// Before or after noon is said.
    said: bool,
}

fn moment(typed: &str) -> Option<Moment> {
    let typed = typed.trim();
    let fixed = |minute| {
        Some(Moment {
            minute,
            bare: false,
            said: true,
        })
    };
    match typed {
        "noon" | "midday" => return fixed(720),
        "midnight" => return fixed(1440),
        _ => {}
    }
    let dots = typed.replace("a.m.", "am").replace("p.m.", "pm");
    let (figures, afternoon) = if let Some(rest) = dots.strip_suffix("am") {
        (rest, Some(false))
    } else if let Some(rest) = dots.strip_suffix("pm") {
        (rest, Some(true))
    } else {
        (dots.as_str(), None)
    };
    let figures = figures.trim();
    let (hour, minute) = match figures.split_once([':', '.', 'h']) {
        Some((hour, "")) => (hour, "0"),
        Some(pair) => pair,
        None if figures.len() >= 3 => figures.split_at_checked(figures.len() - 2)?,
        None => (figures, "0"),
    };
    let number = |text: &str| -> Option<u16> {
        let ok = (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        ok.then(|| text.parse().ok()).flatten()
    };
    let (h, m) = (number(hour)?, number(minute)?);
    if m > 59 {
        return None;
    }
    let h = match afternoon {
        Some(_) if !(1..=12).contains(&h) => return None,
        Some(true) => h % 12 + 12,
        Some(false) => h % 12,
        None => h,
    };
    let time = MinuteOfDay::new(h * 60 + m).ok()?;
    Some(Moment {
        minute: time.minutes(),
        bare: afternoon.is_none() && (1..12).contains(&h) && !hour.starts_with('0'),
        said: afternoon.is_some(),
    })
}

/// The hours of one day as [`parse`] reads them back: `09:00–12:30, 13:30–17:00`.
pub fn write(ranges: &[TimeRange]) -> String {
    let mut out = String::new();
    for (number, range) in ranges.iter().enumerate() {
        let gap = if number > 0 { ", " } else { "" };
        // Writing to a String cannot fail.
        let _ = write!(out, "{gap}{range}");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(typed: &str) -> String {
        write(&parse(typed).unwrap())
    }

    #[test]
    fn people_write_hours_in_many_ways() {
        for (typed, meant) in [
            ("9:00-12:30, 13:30-17:00", "09:00–12:30, 13:30–17:00"),
            ("9-5", "09:00–17:00"),
            ("9-12, 1-5", "09:00–12:00, 13:00–17:00"),
            ("9am to 5.30pm", "09:00–17:30"),
            ("0900–1230 and 1330–1700", "09:00–12:30, 13:30–17:00"),
            ("9h30 - midday; 2 pm - 6 pm", "09:30–12:00, 14:00–18:00"),
            ("22:00-2:00", "22:00–02:00"),
            ("12-5", "12:00–17:00"),
            ("1pm-5", "13:00–17:00"),
            ("0-24", "00:00–24:00"),
            ("8-midnight", "08:00–24:00"),
            ("", ""),
            (" Closed ", ""),
        ] {
            assert_eq!(read(typed), meant, "{typed}");
        }
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        assert_eq!(parse("9"), Err(Problem::NoEnd("9".into())));
        assert_eq!(parse("9-"), Err(Problem::NoEnd("9-".into())));
        assert_eq!(parse("nine-5"), Err(Problem::NotATime("nine-5".into())));
        assert_eq!(parse("9-25"), Err(Problem::NotATime("9-25".into())));
        assert_eq!(parse("13-13"), Err(Problem::Empty("13-13".into())));
        assert_eq!(parse("9-13, 12:30-14"), Err(Problem::Overlap));
        assert_eq!(parse("22-6, 23-24"), Err(Problem::Overlap));
        assert_eq!(parse("9-12, 11-14"), Err(Problem::Overlap));
        assert_eq!(parse("17-9"), Err(Problem::Backward("17-9".into())));
        assert_eq!(parse("13:30-5"), Err(Problem::Backward("13:30-5".into())));
        assert_eq!(parse(&"9-10,".repeat(90)), Err(Problem::TooMuch));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(mut cuts in prop::collection::btree_set(0u16..1440, 2..12)) {
            if cuts.len() % 2 == 1 { cuts.pop_last(); }
            let cuts: Vec<u16> = cuts.into_iter().collect();
            let ranges: Vec<TimeRange> =
                cuts.chunks(2).map(|c| TimeRange::minutes(c[0], c[1]).unwrap()).collect();
            prop_assert_eq!(parse(&write(&ranges)), Ok(ranges));
        }

        #[test]
        fn no_text_breaks_it(typed in "\\PC{0,60}") {
            let _ = parse(&typed);
        }

        #[test]
        fn what_looks_like_hours_is_in_order(typed in "[0-9:., -]{0,40}") {
            if let Ok(ranges) = parse(&typed) {
                for pair in ranges.windows(2) {
                    prop_assert!(pair[0].start().minutes() + pair[0].length() <= pair[1].start().minutes());
                }
            }
        }
    }
}
