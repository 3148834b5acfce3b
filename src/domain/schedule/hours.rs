//! Published hours: wall-clock times in the clinic's zone, and which of them hold on a date.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

/// Minutes in a wall-clock day.
const DAY: u16 = 1440;

/// A time that is not on the clock, or a range without length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HoursError {
    /// Not a time between 00:00 and 24:00.
    NotATime,
    /// A range that starts at 24:00, or starts and ends at the same time.
    EmptyRange,
}

impl fmt::Display for HoursError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotATime => "not a time between 00:00 and 24:00",
            Self::EmptyRange => "the range has no length",
        })
    }
}

impl std::error::Error for HoursError {}

/// A wall-clock time as whole minutes after midnight, `0..=1440`; 1440 is the 24:00 that ends a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct MinuteOfDay(u16);

impl MinuteOfDay {
    /// 00:00, the first minute of a day.
    pub const MIDNIGHT: Self = Self(0);
    /// 24:00, only meaningful as an end.
    pub const DAY_END: Self = Self(DAY);

    /// The time `minute` minutes after midnight.
    ///
    /// # Errors
    /// [`HoursError::NotATime`] above 1440.
    pub const fn new(minute: u16) -> Result<Self, HoursError> {
        if minute <= DAY {
            Ok(Self(minute))
        } else {
            Err(HoursError::NotATime)
        }
    }

    /// The time of an hour (`0..=24`) and minute (`0..=59`).
    ///
    /// # Errors
    /// [`HoursError::NotATime`] when the clock has no such time.
    pub fn at(hour: u8, minute: u8) -> Result<Self, HoursError> {
        if minute > 59 {
            return Err(HoursError::NotATime);
        }
        Self::new(u16::from(hour) * 60 + u16::from(minute))
    }

    /// Minutes after midnight.
    pub const fn minutes(self) -> u16 {
        self.0
    }

    /// The hour, `0..=24`.
    pub const fn hour(self) -> u16 {
        self.0 / 60
    }

    /// The minute within the hour, `0..=59`.
    pub const fn minute(self) -> u16 {
        self.0 % 60
    }
}

impl TryFrom<u16> for MinuteOfDay {
    type Error = HoursError;

    fn try_from(minute: u16) -> Result<Self, HoursError> {
        Self::new(minute)
    }
}

impl From<MinuteOfDay> for u16 {
    fn from(time: MinuteOfDay) -> Self {
        time.0
    }
}

/// `HH:MM`, as forms and files write it.
impl fmt::Display for MinuteOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.hour(), self.minute())
    }
}

/// Reads `9:00`, `09:00` and `24:00`; a browser's `09:00:00` too.
impl FromStr for MinuteOfDay {
    type Err = HoursError;

    fn from_str(text: &str) -> Result<Self, HoursError> {
        let two = |part: &str| -> Result<u8, HoursError> {
            if part.is_empty() || part.len() > 2 || !part.bytes().all(|b| b.is_ascii_digit()) {
                return Err(HoursError::NotATime);
            }
            part.parse().map_err(|_| HoursError::NotATime)
        };
        let mut parts = text.trim().split(':');
        let (Some(hour), Some(minute)) = (parts.next(), parts.next()) else {
            return Err(HoursError::NotATime);
        };
        match (parts.next(), parts.next()) {
            (None | Some("00"), None) => Self::at(two(hour)?, two(minute)?),
            _ => Err(HoursError::NotATime),
        }
    }
}

/// A half-open stretch of wall-clock time, `[start, end)`.
///
/// An end at or before the start lies on the next date: 22:00–02:00 crosses midnight. 00:00–24:00 is
/// a whole day. A range always has a length, of at most 24 hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(
    try_from = "(MinuteOfDay, MinuteOfDay)",
    into = "(MinuteOfDay, MinuteOfDay)"
)]
pub struct TimeRange {
    start: MinuteOfDay,
    end: MinuteOfDay,
}

impl TimeRange {
    /// The range from `start` up to but not including `end`.
    ///
    /// # Errors
    /// [`HoursError::EmptyRange`] when both are equal or the start is 24:00.
    pub const fn new(start: MinuteOfDay, end: MinuteOfDay) -> Result<Self, HoursError> {
        if start.0 >= DAY || start.0 == end.0 {
            return Err(HoursError::EmptyRange);
        }
        Ok(Self { start, end })
    }

    /// The same from minutes after midnight.
    ///
    /// # Errors
    /// [`HoursError`] when a time is not on the clock or the range has no length.
    pub fn minutes(start: u16, end: u16) -> Result<Self, HoursError> {
        Self::new(MinuteOfDay::new(start)?, MinuteOfDay::new(end)?)
    }

    /// The first minute inside.
    pub const fn start(self) -> MinuteOfDay {
        self.start
    }

    /// The first minute after, on the next date when [`Self::crosses_midnight`].
    pub const fn end(self) -> MinuteOfDay {
        self.end
    }

    /// Whether minutes of the next date belong to the range.
    pub const fn crosses_midnight(self) -> bool {
        self.end.0 < self.start.0 && self.end.0 > 0
    }

    /// Length in wall-clock minutes, `1..=1440`.
    pub const fn length(self) -> u16 {
        if self.end.0 > self.start.0 {
            self.end.0 - self.start.0
        } else {
            DAY - self.start.0 + self.end.0
        }
    }

    /// What is left of opening hours when breaks are taken out, in order of time.
    ///
    /// A break may lie after midnight when the opening does; what lies outside the opening is ignored.
    pub fn without(self, breaks: &[Self]) -> Vec<Self> {
        // Minutes after opening, so that a night shift is a plain line.
        let length = self.length();
        let mut cuts: Vec<(u16, u16)> = breaks
            .iter()
            .flat_map(|pause| {
                let from = (DAY + pause.start.0 - self.start.0) % DAY;
                let until = from + pause.length();
                // One that is under way at opening reaches in from the left as well.
                [(from, until), (0, until.saturating_sub(DAY))]
            })
            .filter(|(from, until)| *from < length && from < until)
            .collect();
        cuts.sort_unstable();
        let mut left = Vec::new();
        let mut keep = |from: u16, until: u16| {
            if from < until {
                let clock = |after: u16| {
                    let minute = self.start.0 + after;
                    if minute > DAY { minute - DAY } else { minute }
                };
                let start = clock(from) % DAY;
                left.extend(Self::minutes(start, clock(until)));
            }
        };
        let mut at = 0;
        for (from, until) in cuts {
            keep(at, from);
            at = at.max(until);
        }
        keep(at, length);
        left
    }
}

impl TryFrom<(MinuteOfDay, MinuteOfDay)> for TimeRange {
    type Error = HoursError;

    fn try_from((start, end): (MinuteOfDay, MinuteOfDay)) -> Result<Self, HoursError> {
        Self::new(start, end)
    }
}

impl From<TimeRange> for (MinuteOfDay, MinuteOfDay) {
    fn from(range: TimeRange) -> Self {
        (range.start, range.end)
    }
}

/// `09:00–17:00`.
impl fmt::Display for TimeRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}–{}", self.start, self.end)
    }
}

/// The hours of a week, Monday first; breaks are the gaps between the ranges of a day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeeklyHours(pub [Vec<TimeRange>; 7]);

impl WeeklyHours {
    /// The same hours, less the breaks, on each of the weekdays named.
    pub fn opening(days: &[Weekday], open: TimeRange, breaks: &[TimeRange]) -> Self {
        let mut week = Self::default();
        for day in days {
            week.set(*day, open.without(breaks));
        }
        week
    }

    /// The ranges that begin on a weekday.
    pub fn on(&self, day: Weekday) -> &[TimeRange] {
        usize::try_from(day.to_monday_zero_offset())
            .ok()
            .and_then(|index| self.0.get(index))
            .map_or(&[], Vec::as_slice)
    }

    /// Replaces the ranges of a weekday.
    pub fn set(&mut self, day: Weekday, ranges: Vec<TimeRange>) {
        if let Some(slot) = usize::try_from(day.to_monday_zero_offset())
            .ok()
            .and_then(|i| self.0.get_mut(i))
        {
            *slot = ranges;
        }
    }

    /// Whether no day has hours.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(Vec::is_empty)
    }
}

/// Weekly hours that hold between two dates, both inclusive; an absent date leaves that side open.
///
/// Where several rules hold on a date, the one that came into effect last decides (of equals, the
/// last in the list): publishing "from June" ends the old hours without touching them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoursRule {
    /// First date on which the rule holds.
    pub effective_from: Option<Date>,
    /// Last date on which the rule holds.
    pub effective_until: Option<Date>,
    /// The week.
    pub hours: WeeklyHours,
}

impl HoursRule {
    /// Whether the rule holds on a date.
    pub fn holds_on(&self, date: Date) -> bool {
        self.effective_from.is_none_or(|from| from <= date)
            && self.effective_until.is_none_or(|until| date <= until)
    }
}

/// One date that is unlike its weekday: its windows *replace* the weekly hours; none means day off.
///
/// Of several for one date the last in the list decides. Hours of the evening before that run past
/// midnight belong to that evening and stay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DateException {
    /// The date on which the windows begin.
    pub date: Date,
    /// The hours of that date.
    pub windows: Vec<TimeRange>,
    /// Why, for staff.
    pub note: String,
}

/// Dates on which the whole clinic is closed: nothing is offered while the wall clock shows them, and
/// hours that would begin on them and run past midnight do not take place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closure {
    /// First date closed.
    pub from: Date,
    /// Last date closed.
    pub until: Date,
    /// What patients read, such as the name of the holiday.
    pub name: String,
}

impl Closure {
    /// Whether the clinic is closed on a date.
    pub fn covers(&self, date: Date) -> bool {
        self.from <= date && date <= self.until
    }
}

/// Where the hours of a date come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HoursSource {
    /// No weekly rule holds on the date.
    NoRule,
    /// The weekly rule in effect since this date (`None`: always).
    Weekly {
        /// First date of that rule.
        effective_from: Option<Date>,
    },
    /// An exception for the date.
    Exception {
        /// Why, for staff.
        note: String,
    },
}

/// The ranges that begin on a date, and where they come from.
pub fn hours_on<'a>(
    date: Date,
    rules: &'a [HoursRule],
    exceptions: &'a [DateException],
) -> (&'a [TimeRange], HoursSource) {
    if let Some(exception) = exceptions
        .iter()
        .rev()
        .find(|exception| exception.date == date)
    {
        let source = HoursSource::Exception {
            note: exception.note.clone(),
        };
        return (&exception.windows, source);
    }
    rules
        .iter()
        .filter(|rule| rule.holds_on(date))
        .max_by_key(|rule| rule.effective_from)
        .map_or((&[], HoursSource::NoRule), |rule| {
            let source = HoursSource::Weekly {
                effective_from: rule.effective_from,
            };
            (rule.hours.on(date.weekday()), source)
        })
}
