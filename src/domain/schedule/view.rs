//! A few dates of one schedule laid out on the line of instants.
//!
//! The zone is asked once for its changes of offset; from there on all is arithmetic on whole
//! seconds. "Wall" seconds count what the clock on the wall shows, as if it were UTC. Between two
//! changes of offset wall and instant differ by a constant, so a window becomes one segment per
//! such piece: times that a spring gap skips fall between two pieces, times that an autumn fold
//! repeats lie in both.

use std::borrow::Cow;
use std::ops::Range;

use jiff::civil::{Date, Time};
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, ToSpan};

use super::{EmptyDay, Occupied, Schedule, Slot, Window, hours_on, sorted};

/// Seconds in a wall-clock day.
pub(super) const DAY: i64 = 86_400;

/// Offsets stay within 26 hours of UTC.
const FAR: i64 = 26 * 3600;

/// A stretch of instants with one offset.
struct Piece {
    at: Range<i64>,
    offset: i64,
}

/// A stretch of wall time whose starts are counted from `anchor`, the start of its window.
#[derive(Clone)]
struct Wall {
    anchor: i64,
    at: Range<i64>,
}

/// A [`Wall`] within one [`Piece`], in instants.
struct Segment {
    anchor: i64,
    at: Range<i64>,
    offset: i64,
}

/// Occupied intervals that touch or overlap, as one.
struct Busy {
    at: Range<i64>,
    /// Start of the visit that ends last.
    begins: i64,
}

/// See the module.
pub(super) struct View<'a> {
    schedule: &'a Schedule<'a>,
    /// Sorted by start, whatever the caller handed over.
    occupied: Cow<'a, [Occupied]>,
    pieces: Vec<Piece>,
    segments: Vec<Segment>,
    /// The union of all hours: sorted, apart from each other.
    spans: Vec<Range<i64>>,
    /// Sorted, apart from each other.
    busy: Vec<Busy>,
}

/// Why a start does not fit, before anybody's privileges are looked at.
pub(super) enum Misfit {
    Outside,
    RunsPastEnd { closes: i64 },
    Taken { by: Occupied },
}

/// Midnight of a date in wall seconds.
pub(super) fn wall(date: Date) -> i64 {
    date.to_datetime(Time::midnight())
        .duration_since(jiff::civil::date(1970, 1, 1).to_datetime(Time::midnight()))
        .as_secs()
}

/// The instant of a second, if the calendar reaches that far.
pub(super) fn instant(second: i64) -> Option<Timestamp> {
    Timestamp::from_second(second).ok()
}

/// Whole seconds, rounded down.
pub(super) fn floor(at: Timestamp) -> i64 {
    if at.subsec_nanosecond() < 0 {
        at.as_second() - 1
    } else {
        at.as_second()
    }
}

/// Whole seconds, rounded up.
pub(super) fn ceil(at: Timestamp) -> i64 {
    if at.subsec_nanosecond() > 0 {
        at.as_second() + 1
    } else {
        at.as_second()
    }
}

/// The dates from `from` to `until`, both inclusive.
pub(super) fn dates(from: Date, until: Date) -> impl Iterator<Item = Date> {
    std::iter::successors(Some(from), |date| date.tomorrow().ok())
        .take_while(move |date| *date <= until)
}

/// The first point of a grid that is not before `at`.
fn on_grid(anchor: i64, step: i64, at: i64) -> i64 {
    at + (anchor - at).rem_euclid(step)
}

/// What two stretches share, if anything.
fn shared(a: &Range<i64>, b: &Range<i64>) -> Option<Range<i64>> {
    let both = a.start.max(b.start)..a.end.min(b.end);
    (!both.is_empty()).then_some(both)
}

/// Sorts stretches and joins those that touch.
fn union(mut stretches: Vec<Range<i64>>) -> Vec<Range<i64>> {
    stretches.sort_unstable_by_key(|stretch| (stretch.start, stretch.end));
    let mut joined: Vec<Range<i64>> = Vec::with_capacity(stretches.len());
    for stretch in stretches {
        match joined.last_mut() {
            Some(last) if stretch.start <= last.end => last.end = last.end.max(stretch.end),
            _ => joined.push(stretch),
        }
    }
    joined
}

/// The pieces of one offset that cover the instants of `at`.
fn pieces(zone: &TimeZone, at: Range<i64>) -> Vec<Piece> {
    let (Some(first), Some(_)) = (instant(at.start), instant(at.end)) else {
        return Vec::new();
    };
    let mut pieces = Vec::with_capacity(3);
    let mut from = at.start;
    let mut offset = i64::from(zone.to_offset(first).seconds());
    for change in zone.following(first) {
        let when = change.timestamp().as_second();
        if when >= at.end {
            break;
        }
        let next = i64::from(change.offset().seconds());
        if next != offset {
            pieces.push(Piece {
                at: from..when,
                offset,
            });
            (from, offset) = (when, next);
        }
    }
    pieces.push(Piece {
        at: from..at.end,
        offset,
    });
    pieces
}

/// The hours that begin on a date, in wall time. A closed date has none, and ends those of the
/// evening before at midnight.
fn walls(schedule: &Schedule<'_>, date: Date, into: &mut Vec<Wall>) {
    let (ranges, _) = hours_on(date, schedule.rules, schedule.exceptions);
    let closed = |day: Option<Date>| {
        day.is_none_or(|day| schedule.closures.iter().any(|closure| closure.covers(day)))
    };
    if ranges.is_empty() || closed(Some(date)) {
        return;
    }
    let midnight = wall(date);
    let last = if closed(date.tomorrow().ok()) {
        midnight + DAY
    } else {
        midnight + 2 * DAY
    };
    into.extend(ranges.iter().map(|range| {
        let anchor = midnight + i64::from(range.start().minutes()) * 60;
        let end = anchor + i64::from(range.length()) * 60;
        Wall {
            anchor,
            at: anchor..end.min(last),
        }
    }));
}

/// Gives each moment to one grid: where windows overlap, the one that began last counts the starts.
fn one_grid_each(mut walls: Vec<Wall>) -> Vec<Wall> {
    walls.sort_unstable_by_key(|wall| (wall.anchor, wall.at.end));
    let mut cut = Vec::with_capacity(walls.len());
    for (index, earlier) in walls.iter().enumerate() {
        let mut from = earlier.at.start;
        for later in walls.iter().skip(index + 1) {
            if later.at.start >= earlier.at.end {
                break;
            }
            if from < later.at.start {
                cut.push(Wall {
                    anchor: earlier.anchor,
                    at: from..later.at.start,
                });
            }
            from = from.max(later.at.end);
        }
        if from < earlier.at.end {
            cut.push(Wall {
                anchor: earlier.anchor,
                at: from..earlier.at.end,
            });
        }
    }
    cut
}

/// A wall stretch as instants: one segment per piece of one offset that it touches.
fn segments(pieces: &[Piece], wall: &Wall) -> impl Iterator<Item = Segment> {
    pieces.iter().filter_map(move |piece| {
        let offset = piece.offset;
        let at = shared(&(wall.at.start - offset..wall.at.end - offset), &piece.at)?;
        Some(Segment {
            anchor: wall.anchor - offset,
            at,
            offset,
        })
    })
}

/// Joins the occupied intervals within `at`; they come sorted by start.
fn join_busy(occupied: &[Occupied], at: &Range<i64>) -> Vec<Busy> {
    let mut joined: Vec<Busy> = Vec::new();
    for one in occupied {
        let (from, until) = (floor(one.start), ceil(one.end));
        if from >= at.end {
            break;
        }
        if until <= at.start || from >= until {
            continue;
        }
        let begins = floor(one.begins);
        match joined.last_mut() {
            Some(last) if from <= last.at.end => {
                if until > last.at.end {
                    last.at.end = until;
                    last.begins = begins;
                }
            }
            _ => joined.push(Busy {
                at: from..until,
                begins,
            }),
        }
    }
    joined
}

/// The hours that begin on a date as instants, after closures.
pub(super) fn windows_on(schedule: &Schedule<'_>, date: Date) -> Vec<Window> {
    let mut hours = Vec::new();
    walls(schedule, date, &mut hours);
    let midnight = wall(date);
    let pieces = pieces(schedule.zone, midnight - FAR..midnight + 2 * DAY + FAR);
    let mut windows: Vec<Window> = hours
        .iter()
        .flat_map(|hours| union(segments(&pieces, hours).map(|segment| segment.at).collect()))
        .filter_map(|at| {
            Some(Window {
                start: instant(at.start)?,
                end: instant(at.end)?,
            })
        })
        .collect();
    windows.sort_unstable_by_key(|window| (window.start, window.end));
    windows
}

impl<'a> View<'a> {
    /// Lays out the dates `from..=until`, and enough around them for what crosses midnight.
    pub(super) fn new(schedule: &'a Schedule<'a>, from: Date, until: Date) -> Self {
        let after = i64::from(schedule.timing.duration_min) / 1440 + 1;
        let first = from.yesterday().unwrap_or(from);
        let last = until.checked_add(after.days()).unwrap_or(until);
        let mut hours = Vec::new();
        for date in dates(first, last) {
            walls(schedule, date, &mut hours);
        }
        let at = wall(first) - FAR..wall(last) + 2 * DAY + FAR;
        let pieces = pieces(schedule.zone, at.clone());
        let spans = hours
            .iter()
            .flat_map(|wall| segments(&pieces, wall).map(|segment| segment.at))
            .collect();
        let mut segments: Vec<Segment> = one_grid_each(hours)
            .iter()
            .flat_map(|wall| segments(&pieces, wall))
            .collect();
        segments.sort_unstable_by_key(|segment| segment.at.start);
        let occupied = if schedule.occupied.is_sorted_by_key(|one| one.start) {
            Cow::Borrowed(schedule.occupied)
        } else {
            Cow::Owned(sorted(schedule.occupied.iter().copied()))
        };
        Self {
            schedule,
            busy: join_busy(&occupied, &at),
            occupied,
            pieces,
            segments,
            spans: union(spans),
        }
    }

    /// The hours that hold an instant.
    fn span(&self, at: i64) -> Option<&Range<i64>> {
        let after = self.spans.partition_point(|span| span.start <= at);
        self.spans
            .get(after.checked_sub(1)?)
            .filter(|span| at < span.end)
    }

    /// **The rule.** Whether `[s, s + duration)` lies in the hours and
    /// `[s − before, s + duration + after)` is free.
    pub(super) fn fits(&self, start: i64) -> Result<(), Misfit> {
        let timing = self.schedule.timing;
        let end = start + timing.duration();
        let span = self.span(start).ok_or(Misfit::Outside)?;
        if end > span.end {
            return Err(Misfit::RunsPastEnd { closes: span.end });
        }
        let kept = start - timing.before()..end + timing.after();
        let next = self.busy.partition_point(|busy| busy.at.end <= kept.start);
        match self.busy.get(next) {
            Some(busy) if busy.at.start < kept.end => {
                // Only a refusal needs the single interval.
                let hits = |one: &&Occupied| {
                    let at = floor(one.start)..ceil(one.end);
                    !at.is_empty() && at.start < kept.end && kept.start < at.end
                };
                self.occupied
                    .iter()
                    .find(hits)
                    .map_or(Ok(()), |by| Err(Misfit::Taken { by: *by }))
            }
            _ => Ok(()),
        }
    }

    /// The starts of a segment that fit, in order.
    ///
    /// The grid is counted from the start of the window. After something occupied that does not
    /// begin on it, it is counted from the first moment free again.
    fn starts(&self, segment: &Segment) -> impl Iterator<Item = i64> {
        let timing = self.schedule.timing;
        let (step, before) = (timing.step(), timing.before());
        let needs = timing.duration() + timing.after();
        let mut anchor = segment.anchor;
        let mut next = on_grid(anchor, step, segment.at.start);
        let mut ahead = self
            .busy
            .partition_point(|busy| busy.at.end + before <= segment.at.start);
        let end = segment.at.end;
        std::iter::from_fn(move || {
            while next < end {
                match self.busy.get(ahead) {
                    Some(busy) if busy.at.start < next + needs => {
                        let ready = busy.at.end + before;
                        if (busy.begins - anchor).rem_euclid(step) != 0 {
                            anchor = ready;
                        }
                        next = on_grid(anchor, step, ready);
                        ahead += 1;
                    }
                    _ => {
                        let start = next;
                        next += step;
                        return Some(start);
                    }
                }
            }
            None
        })
        .filter(|start| self.fits(*start).is_ok())
    }

    /// Every start that fits, with its wall time, in order of segments.
    pub(super) fn all_starts(&self) -> impl Iterator<Item = (i64, i64)> {
        self.segments.iter().flat_map(|segment| {
            self.starts(segment)
                .map(|start| (start, start + segment.offset))
        })
    }

    /// The starts that fit on the date whose midnight is `midnight`, in order of time.
    pub(super) fn starts_on(&self, midnight: i64) -> Vec<i64> {
        let day = midnight..midnight + DAY;
        let mut starts: Vec<i64> = self
            .segments
            .iter()
            .filter(|segment| {
                let wall = segment.at.start + segment.offset..segment.at.end + segment.offset;
                shared(&wall, &day).is_some()
            })
            .flat_map(|segment| {
                let day = day.clone();
                self.starts(segment)
                    .filter(move |start| day.contains(&(start + segment.offset)))
            })
            .collect();
        starts.sort_unstable();
        starts
    }

    /// The instants of hours on a date, from `now` on.
    fn hours_left(&self, midnight: i64, now: i64) -> Vec<Range<i64>> {
        let day = Wall {
            anchor: midnight,
            at: midnight..midnight + DAY,
        };
        let day = union(
            segments(&self.pieces, &day)
                .map(|segment| segment.at)
                .collect(),
        );
        day.iter()
            .filter_map(|day| shared(day, &(now..i64::MAX)))
            .flat_map(|day| self.spans.iter().filter_map(move |span| shared(span, &day)))
            .collect()
    }

    /// Whether hours are published on a date at all.
    pub(super) fn has_hours(&self, midnight: i64) -> bool {
        !self.hours_left(midnight, i64::MIN).is_empty()
    }

    /// Why no start is left on a date that has hours, from `now` on.
    pub(super) fn why_full(&self, midnight: i64, now: i64) -> EmptyDay {
        let left = self.hours_left(midnight, now);
        if left.is_empty() {
            return EmptyDay::Past;
        }
        let mut longest = 0;
        for hours in left {
            let mut at = hours.start;
            let first = self.busy.partition_point(|busy| busy.at.end <= hours.start);
            for busy in self.busy.iter().skip(first) {
                if busy.at.start >= hours.end {
                    break;
                }
                longest = longest.max(busy.at.start - at);
                at = busy.at.end;
            }
            longest = longest.max(hours.end - at);
        }
        match longest / 60 {
            0 => EmptyDay::FullyBooked,
            longest_min => EmptyDay::GapTooShort { longest_min },
        }
    }

    /// The slot of a start that fits.
    pub(super) fn slot(&self, start: i64) -> Option<Slot> {
        let here = self.pieces.iter().find(|piece| piece.at.contains(&start))?;
        let clock = start + here.offset;
        let shown = self
            .pieces
            .iter()
            .filter(|piece| piece.at.contains(&(clock - piece.offset)))
            .count();
        Some(Slot {
            start: instant(start)?,
            end: instant(start + self.schedule.timing.duration())?,
            offset_s: i32::try_from(here.offset).unwrap_or(Offset::UTC.seconds()),
            repeated: shown > 1,
        })
    }

    /// Whether the grid offers a start, all else left aside.
    pub(super) fn offers(&self, start: i64) -> bool {
        self.segments
            .iter()
            .filter(|segment| segment.at.contains(&start))
            .any(|segment| self.starts(segment).any(|one| one == start))
    }
}
