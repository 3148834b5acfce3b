//! What the rules are asked with and what they answer.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::HoursSource;

/// The times of a service, in minutes unless named otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceTiming {
    /// Length of the visit; 0 counts as 1.
    pub duration_min: u16,
    /// Kept free before the visit, also in a break or before opening.
    pub before_min: u16,
    /// Kept free after the visit, also in a break or after closing.
    pub after_min: u16,
    /// Distance of the starts offered; 0 means the length of the visit.
    pub step_min: u16,
    /// How long before its start a visit can last be booked online.
    pub lead_min: u32,
    /// How many days after today can be booked online, the last one wholly.
    pub horizon_days: u16,
}

impl ServiceTiming {
    /// Length of the visit in seconds.
    pub(super) fn duration(self) -> i64 {
        i64::from(self.duration_min.max(1)) * 60
    }

    /// Buffer before, in seconds.
    pub(super) fn before(self) -> i64 {
        i64::from(self.before_min) * 60
    }

    /// Buffer after, in seconds.
    pub(super) fn after(self) -> i64 {
        i64::from(self.after_min) * 60
    }

    /// Distance of starts in seconds.
    pub(super) fn step(self) -> i64 {
        if self.step_min == 0 {
            self.duration()
        } else {
            i64::from(self.step_min) * 60
        }
    }
}

/// What occupies a stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum OccupiedKind {
    /// A booked visit.
    Appointment,
    /// A visit asked for and not yet answered.
    Request,
    /// A slot kept while somebody confirms.
    Hold,
    /// Time taken out by staff: a meeting, a repair, a room in other use.
    Block,
}

/// A half-open interval in which the practitioner or a resource is not free, buffers included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Occupied {
    /// First instant taken, its own buffer before included.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub start: Timestamp,
    /// First instant free again, its own buffer after included.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub end: Timestamp,
    /// When the visit itself begins, without its buffer: decides whether it is on the grid.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub begins: Timestamp,
    /// What it is.
    pub kind: OccupiedKind,
}

impl Occupied {
    /// An interval without buffers.
    pub fn new(kind: OccupiedKind, start: Timestamp, end: Timestamp) -> Self {
        Self {
            start,
            end,
            begins: start,
            kind,
        }
    }

    /// A visit from `start` to `end` with buffers around it, in minutes.
    pub fn buffered(
        kind: OccupiedKind,
        start: Timestamp,
        end: Timestamp,
        before_min: u16,
        after_min: u16,
    ) -> Self {
        let minutes = |n: u16| SignedDuration::from_mins(i64::from(n));
        Self {
            start: start
                .checked_sub(minutes(before_min))
                .unwrap_or(Timestamp::MIN),
            end: end
                .checked_add(minutes(after_min))
                .unwrap_or(Timestamp::MAX),
            begins: start,
            kind,
        }
    }

    /// Whether the two half-open intervals share an instant.
    pub fn overlaps(&self, start: Timestamp, end: Timestamp) -> bool {
        self.start < self.end && start < end && self.start < end && start < self.end
    }
}

/// A stretch of published hours as instants, `[start, end)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// First instant inside.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub start: Timestamp,
    /// First instant after.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub end: Timestamp,
}

/// A time that is offered: the visit itself, without buffers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// When the visit starts.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub start: Timestamp,
    /// When it ends (exclusive).
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub end: Timestamp,
    /// Seconds east of UTC on the clinic's clock at the start.
    pub offset_s: i32,
    /// The clock shows this time twice that night; tell the two apart by their offset.
    pub repeated: bool,
}

/// Who asks. Staff are not bound by lead time, horizon, the grid or "not online", and may write down
/// what has already happened; hours, closures and what is occupied hold for them too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asker {
    /// A patient, online.
    Patient,
    /// Somebody of the clinic.
    Staff,
}

/// What one day offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DayAnswer {
    /// The starts in order of time, at least one.
    Slots(Vec<Slot>),
    /// Nothing, and why.
    Empty(EmptyDay),
}

impl DayAnswer {
    /// The starts, none on an empty day.
    pub fn slots(&self) -> &[Slot] {
        match self {
            Self::Slots(slots) => slots,
            Self::Empty(_) => &[],
        }
    }

    /// Why the day is empty.
    pub fn why_empty(&self) -> Option<&EmptyDay> {
        match self {
            Self::Slots(_) => None,
            Self::Empty(why) => Some(why),
        }
    }
}

/// Why a day offers nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EmptyDay {
    /// The day, or what the clinic had open of it, is over.
    Past,
    /// Later than can be booked online.
    BeyondHorizon {
        /// Last date that can be booked.
        last: Date,
    },
    /// The clinic is closed.
    Closed {
        /// The name of the closure.
        name: String,
    },
    /// No hours are published for the day.
    NonePublished,
    /// The service is booked by phone or at the desk only.
    NotBookableOnline,
    /// Free times are left, all within the lead time.
    TooSoon {
        /// The last free start that is too near to book online.
        last_free: Timestamp,
    },
    /// Every minute is taken.
    FullyBooked,
    /// Time is free, but not enough in one piece at a start the service uses.
    GapTooShort {
        /// The longest free piece in minutes.
        longest_min: i64,
    },
}

/// Why a start cannot be booked, with the data that decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WhyNot {
    /// It has passed.
    Past,
    /// Later than can be booked online.
    BeyondHorizon {
        /// Last date that can be booked.
        last: Date,
    },
    /// The clinic is closed.
    Closed {
        /// The name of the closure.
        name: String,
        /// Its first date.
        from: Date,
        /// Its last date.
        until: Date,
    },
    /// No hours are published for the date; [`Verdict::hours`] says where that comes from.
    NonePublished,
    /// The practitioner cannot be booked for the service, whatever their hours.
    NotOffered,
    /// The service is booked by phone or at the desk only.
    NotBookableOnline,
    /// The date has hours, and this start lies outside them.
    OutsideHours {
        /// The hours that begin on the date.
        windows: Vec<Window>,
    },
    /// The visit would run past the end of the hours.
    RunsPastEnd {
        /// When they end.
        closes: Timestamp,
    },
    /// The visit and its buffers would overlap something.
    Taken {
        /// The first thing in the way.
        by: Occupied,
    },
    /// Nearer than the lead time.
    TooSoon {
        /// The earliest instant that can be booked online now.
        earliest: Timestamp,
    },
    /// Free, but not one of the starts the service uses.
    OffGrid {
        /// The nearest start offered before, on the same date.
        previous: Option<Timestamp>,
        /// The nearest start offered after, on the same date.
        next: Option<Timestamp>,
    },
}

/// The answer to "why is this time (not) offered?".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The start asked about.
    pub start: Timestamp,
    /// When the visit would end.
    pub end: Timestamp,
    /// Its date on the clinic's clock.
    pub date: Date,
    /// Where the hours of that date come from.
    pub hours: HoursSource,
    /// `Ok` when the time is offered, else the rule that decided.
    pub outcome: Result<(), WhyNot>,
}
