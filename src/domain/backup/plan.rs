//! When backups are made by themselves, where to, and when something is wrong with that.

use std::path::{Path, PathBuf};

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use super::Retention;
use crate::domain::appointment::after;

/// How often backups are made by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Schedule {
    /// Only when somebody asks.
    Off,
    /// Every so many hours, at full hours; never 0.
    Every(u8),
    /// Every day at this minute on the clinic's wall, counted from midnight.
    Daily(u16),
}

impl Schedule {
    /// The first time after an instant; `None` when there is none.
    pub fn after(self, last: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        match self {
            Self::Off => None,
            Self::Every(hours) => {
                let step = i64::from(hours.max(1)) * 3_600;
                let next = (last.as_second().div_euclid(step) + 1) * step;
                Timestamp::from_second(next).ok()
            }
            Self::Daily(minute) => {
                let mut date = zone.to_datetime(last).date();
                // A gap of a day or two in a time zone is no reason to stop.
                for _ in 0..4 {
                    let wall = date.to_datetime(time_of_day(minute));
                    let at = zone.to_ambiguous_zoned(wall).compatible().ok()?.timestamp();
                    if at > last {
                        return Some(at);
                    }
                    date = date.saturating_add(1.day());
                }
                None
            }
        }
    }
}

/// The time of day of a minute, counted from midnight.
pub fn time_of_day(minute: u16) -> Time {
    let (hour, minute) = (minute / 60, minute % 60);
    let small = |n: u16| i8::try_from(n).unwrap_or(0);
    Time::new(small(hour), small(minute), 0, 0).unwrap_or(Time::midnight())
}

/// What the clinic has decided about its backups.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// How often they are made.
    pub schedule: Schedule,
    /// Which are kept.
    pub keep: Retention,
    /// When somebody showed that the recovery sheet is at hand: they typed its test word back.
    /// Before that no backup is made by itself, since nobody could open it.
    #[serde(with = "jiff::fmt::serde::timestamp::second::optional")]
    pub sheet_checked_at: Option<Timestamp>,
}

impl Default for Plan {
    /// Every night at half past one, kept for a year.
    fn default() -> Self {
        Self {
            schedule: Schedule::Daily(90),
            keep: Retention {
                hours: 24,
                days: 7,
                weeks: 4,
                months: 12,
            },
            sheet_checked_at: None,
        }
    }
}

/// What kind of place archives go to. Each kind is a variant here and an arm in each question of
/// `store::backup::place`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Destination {
    /// A directory of this machine, by its whole path: a second disk, a stick, a mounted share.
    Directory(String),
}

impl Destination {
    /// A directory, by its whole path; one directory is one destination, however its slashes are
    /// written.
    pub fn directory(path: &Path) -> Self {
        let plain: PathBuf = path.components().collect();
        Self::Directory(plain.to_string_lossy().into_owned())
    }

    /// As it is shown to people.
    pub fn shown(&self) -> &str {
        match self {
            Self::Directory(path) => path,
        }
    }
}

/// What kind of thing kept a backup from being proven, so that advice can be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fault {
    /// The place is not there: a disk that is not plugged in or mounted.
    Missing,
    /// The server may not write there.
    NotAllowed,
    /// There is no room left.
    Full,
    /// The archive was written, and restoring it found something wrong.
    NotProven,
    /// Anything else.
    Other,
    /// The disk of the data has no room to try an archive.
    NoRoom,
}

/// The last try of a target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// When it began.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub at: Timestamp,
    /// How large the archive is; 0 when there is none.
    pub bytes: u64,
    /// When it was proven. `None` when it was not.
    #[serde(with = "jiff::fmt::serde::timestamp::second::optional")]
    pub proven_at: Option<Timestamp>,
    /// What went wrong, and the machine's own sentence about it.
    pub fault: Option<(Fault, String)>,
    /// Tries in a row that went wrong, this one among them.
    pub failures: u32,
}

/// A place for archives that an administrator of the machine has added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// Its name: small letters, digits and hyphens.
    pub name: String,
    /// Where it is.
    pub to: Destination,
    /// When it was added.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub added_at: Timestamp,
    /// Whether the clinic wants backups there.
    pub chosen: bool,
    /// Whether somebody asked for a backup there at once.
    pub asked: bool,
    /// The last try.
    pub last: Option<Attempt>,
    /// The instant of the newest proven archive there.
    #[serde(with = "jiff::fmt::serde::timestamp::second::optional")]
    pub proven: Option<Timestamp>,
}

/// Hours after which the newest proven backup is too old.
pub const TOO_OLD_HOURS: i64 = 26;
/// Minutes to wait after a first failure; each further one doubles them.
const FIRST_WAIT_MIN: u32 = 5;
/// The most minutes to wait after a failure.
const LONGEST_WAIT_MIN: u32 = 6 * 60;

impl Target {
    /// When the next backup there is due; `None` when none is.
    pub fn due(&self, plan: &Plan, zone: &TimeZone, now: Timestamp) -> Option<Timestamp> {
        plan.sheet_checked_at?;
        if self.asked {
            return Some(now);
        }
        if !self.chosen || plan.schedule == Schedule::Off {
            return None;
        }
        let Some(last) = &self.last else {
            return Some(now);
        };
        // A clock that went back must not keep the clinic without backups until it is there again.
        if last.at > now {
            return Some(now);
        }
        if last.fault.is_some() {
            let doublings = last.failures.saturating_sub(1).min(16);
            let wait = (FIRST_WAIT_MIN << doublings).min(LONGEST_WAIT_MIN);
            return Some(after(last.at, i64::from(wait)));
        }
        plan.schedule.after(last.at, zone)
    }

    /// The target after a try.
    #[must_use]
    pub fn with(mut self, mut attempt: Attempt) -> Self {
        attempt.failures = match &attempt.fault {
            None => 0,
            Some(_) => self.last.map_or(0, |l| l.failures).saturating_add(1),
        };
        if attempt.proven_at.is_some() {
            self.proven = Some(attempt.at);
        }
        self.asked = false;
        self.last = Some(attempt);
        self
    }
}

/// What the owner should know without having to look for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Alarm {
    /// The last backup to a target went wrong.
    Failed(String),
    /// The newest proven backup on a target is too old; since when there has been none.
    Old(String, Timestamp),
}

/// What is wrong with the backups of a clinic, the worst first.
pub fn alarm(plan: &Plan, targets: &[Target], now: Timestamp) -> Option<Alarm> {
    let used = || targets.iter().filter(|t| t.chosen);
    let failed = used().find(|t| t.last.as_ref().is_some_and(|l| l.fault.is_some()));
    if let Some(target) = failed {
        return Some(Alarm::Failed(target.name.clone()));
    }
    let begun = plan.sheet_checked_at?;
    if plan.schedule == Schedule::Off {
        return None;
    }
    let since = |t: &Target| t.proven.unwrap_or(t.added_at.max(begun));
    used()
        .map(|t| (t, since(t)))
        .filter(|(_, since)| now.duration_since(*since) > SignedDuration::from_hours(TOO_OLD_HOURS))
        .min_by_key(|(_, since)| *since)
        .map(|(target, since)| Alarm::Old(target.name.clone(), since))
}

/// Whether a word may name a target: it becomes part of the name of a file.
pub fn is_name(word: &str) -> bool {
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=40).contains(&word.len()) && word.bytes().all(fits) && !word.starts_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_directory_is_one_destination() {
        let usb = Destination::Directory("/mnt/usb".to_owned());
        for written in ["/mnt/usb", "/mnt/usb/", "/mnt//usb", "/mnt/./usb/"] {
            assert_eq!(Destination::directory(Path::new(written)), usb, "{written}");
        }
    }

    fn zone() -> TimeZone {
        TimeZone::get("Europe/London").unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn target() -> Target {
        Target {
            name: "usb".to_owned(),
            to: Destination::Directory("/mnt/usb".to_owned()),
            added_at: at("2026-11-20T12:00:00Z"),
            chosen: true,
            asked: false,
            last: None,
            proven: None,
        }
    }

    fn plan(schedule: Schedule) -> Plan {
        Plan {
            schedule,
            sheet_checked_at: Some(at("2026-11-20T12:00:00Z")),
            ..Plan::default()
        }
    }

    fn attempt(when: &str, good: bool) -> Attempt {
        Attempt {
            at: at(when),
            bytes: 1,
            proven_at: good.then(|| at(when)),
            fault: (!good).then(|| (Fault::Full, "no space".to_owned())),
            failures: 0,
        }
    }

    #[test]
    fn a_schedule_says_when_the_next_one_is() {
        let after = |s: Schedule, last: &str| s.after(at(last), &zone()).map(|t| t.to_string());
        let is = |s: Schedule, last: &str, next: &str| {
            assert_eq!(after(s, last).as_deref(), Some(next), "{s:?} {last}");
        };
        assert_eq!(after(Schedule::Off, "2026-11-23T09:00:00Z"), None);
        is(
            Schedule::Every(1),
            "2026-11-23T09:00:00Z",
            "2026-11-23T10:00:00Z",
        );
        is(
            Schedule::Every(6),
            "2026-11-23T09:59:59Z",
            "2026-11-23T12:00:00Z",
        );
        let night = Schedule::Daily(90);
        is(night, "2026-11-23T01:29:59Z", "2026-11-23T01:30:00Z");
        is(night, "2026-11-23T01:30:00Z", "2026-11-24T01:30:00Z");
        // 01:30 does not exist in the night of spring, and comes twice in the night of autumn.
        is(night, "2027-03-28T00:00:00Z", "2027-03-28T01:30:00Z");
        is(night, "2027-03-28T01:30:00Z", "2027-03-29T00:30:00Z");
        is(night, "2026-10-24T23:00:00Z", "2026-10-25T00:30:00Z");
        is(night, "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z");
    }

    #[test]
    fn nothing_is_due_before_the_sheet_is_at_hand() {
        let now = at("2026-11-23T09:00:00Z");
        let due = |t: &Target, p: &Plan| t.due(p, &zone(), now);
        let mut one = target();
        one.asked = true;
        assert_eq!(due(&one, &Plan::default()), None);
        assert_eq!(due(&one, &plan(Schedule::Off)), Some(now));
        one.asked = false;
        assert_eq!(due(&one, &plan(Schedule::Off)), None);
        assert_eq!(due(&one, &plan(Schedule::Every(1))), Some(now), "the first");
        one.chosen = false;
        assert_eq!(due(&one, &plan(Schedule::Every(1))), None);
    }

    #[test]
    fn a_failure_waits_longer_each_time_and_a_success_forgets_it() {
        let (now, hourly) = (at("2026-11-23T09:00:00Z"), plan(Schedule::Every(1)));
        let mut one = target();
        let mut waits = Vec::new();
        for _ in 0..9 {
            one = one.with(attempt("2026-11-23T08:00:00Z", false));
            let due = one.due(&hourly, &zone(), now).unwrap();
            waits.push(due.duration_since(at("2026-11-23T08:00:00Z")).as_mins());
        }
        assert_eq!(waits, [5, 10, 20, 40, 80, 160, 320, 360, 360]);
        assert_eq!(one.proven, None);
        one = one.with(attempt("2026-11-23T08:10:00Z", true));
        assert_eq!(one.due(&hourly, &zone(), now), Some(now));
        assert_eq!(one.proven, Some(at("2026-11-23T08:10:00Z")));
        one = one.with(attempt("2026-11-23T08:20:00Z", false));
        assert_eq!(one.last.as_ref().unwrap().failures, 1);
        assert_eq!(one.proven, Some(at("2026-11-23T08:10:00Z")));
        // The clock went back by a year: it does not wait for a year.
        let before = at("2025-11-23T08:00:00Z");
        assert_eq!(one.due(&hourly, &zone(), before), Some(before));
    }

    #[test]
    fn the_owner_hears_of_a_failure_and_of_nothing_for_26_hours() {
        let now = at("2026-11-23T09:00:00Z");
        let daily = plan(Schedule::Daily(90));
        let with = |a: Attempt| target().with(a);
        let good = with(attempt("2026-11-22T07:30:00Z", true));
        assert_eq!(alarm(&daily, std::slice::from_ref(&good), now), None);
        let old = with(attempt("2026-11-22T06:30:00Z", true));
        let told = Alarm::Old("usb".to_owned(), at("2026-11-22T06:30:00Z"));
        assert_eq!(alarm(&daily, &[good.clone(), old.clone()], now), Some(told));
        assert_eq!(alarm(&plan(Schedule::Off), &[old], now), None);
        let never = Alarm::Old("usb".to_owned(), at("2026-11-20T12:00:00Z"));
        assert_eq!(alarm(&daily, &[target()], now), Some(never));
        assert_eq!(alarm(&Plan::default(), &[target()], now), None);
        let mut bad = with(attempt("2026-11-23T08:00:00Z", false));
        let told = Some(Alarm::Failed("usb".to_owned()));
        assert_eq!(alarm(&daily, &[good, bad.clone()], now), told);
        bad.chosen = false;
        assert_eq!(alarm(&daily, &[bad], now), None, "not wanted any more");
    }

    #[test]
    fn a_name_is_part_of_a_file_name() {
        for (word, good) in [
            ("usb-2", true),
            ("", false),
            ("-usb", false),
            ("../x", false),
            ("USB", false),
            ("a b", false),
            ("é", false),
        ] {
            assert_eq!(is_name(word), good, "{word}");
        }
    }
}
