//! When a visit can take place: published hours, what occupies them, and the starts left.
//!
//! Hours are wall-clock times in the clinic's zone; everything booked is an interval of instants.
//! Slots are computed from both and never kept. One rule decides all of it, `View::fits`: a start
//! is possible when the visit lies in the hours and the visit with its buffers is free of every
//! other occupied interval. The grid, lead time and horizon only choose which possible starts
//! patients see.

mod answer;
mod hours;
#[cfg(test)]
mod tests;
mod view;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

pub use answer::{
    Asker, DayAnswer, EmptyDay, Occupied, OccupiedKind, ServiceTiming, Slot, Verdict, WhyNot,
    Window,
};
pub use hours::{
    Closure, DateException, HoursError, HoursRule, HoursSource, MinuteOfDay, TimeRange,
    WeeklyHours, hours_on,
};
use view::{Misfit, View, ceil, dates, floor, instant, wall};

/// All that the rules need about one practitioner and one service.
#[derive(Clone, Copy, Debug)]
pub struct Schedule<'a> {
    /// The clinic's zone.
    pub zone: &'a TimeZone,
    /// The practitioner's weekly hours.
    pub rules: &'a [HoursRule],
    /// The practitioner's single dates.
    pub exceptions: &'a [DateException],
    /// The clinic's closures and holidays.
    pub closures: &'a [Closure],
    /// The times of the service.
    pub timing: ServiceTiming,
    /// Whether patients may book the service themselves.
    pub online: bool,
    /// What occupies the practitioner and every resource the service needs, **sorted by start**
    /// (see [`sorted`]); intervals may overlap. When a visit moves, leave its own interval out.
    pub occupied: &'a [Occupied],
}

/// Merges what occupies several resources into the order that [`Schedule`] expects.
pub fn sorted(occupied: impl IntoIterator<Item = Occupied>) -> Vec<Occupied> {
    let mut all: Vec<Occupied> = occupied.into_iter().collect();
    all.sort_by_key(|one| (one.start, one.end));
    all
}

impl Schedule<'_> {
    /// The hours that begin on a date, as instants, after closures. Those that cross midnight end on
    /// the next date; wall times that a spring gap skips are left out.
    pub fn windows_on(&self, date: Date) -> Vec<Window> {
        view::windows_on(self, date)
    }

    /// Whether a visit from `start` to `end` lies wholly in published hours: what staff look through
    /// after hours have changed.
    pub fn lies_in_hours(&self, start: Timestamp, end: Timestamp) -> bool {
        let minutes = (ceil(end) - floor(start) + 59) / 60;
        let timing = ServiceTiming {
            duration_min: u16::try_from(minutes).unwrap_or(u16::MAX),
            ..self.timing
        };
        let alone = Schedule {
            timing,
            occupied: &[],
            ..*self
        };
        let date = self.date_of(start);
        View::new(&alone, date, date).fits(floor(start)).is_ok()
    }

    /// The starts offered on a date of the clinic's clock, or why there is none.
    pub fn slots_on(&self, date: Date, now: Timestamp, asker: Asker) -> DayAnswer {
        match self.day(date, now, asker) {
            Ok(slots) => DayAnswer::Slots(slots),
            Err(why) => DayAnswer::Empty(why),
        }
    }

    fn day(&self, date: Date, now: Timestamp, asker: Asker) -> Result<Vec<Slot>, EmptyDay> {
        let bound = matches!(asker, Asker::Patient);
        if bound && date < self.date_of(now) {
            return Err(EmptyDay::Past);
        }
        if bound && date > self.last_date(now) {
            return Err(EmptyDay::BeyondHorizon {
                last: self.last_date(now),
            });
        }
        if let Some(closure) = self.closure_on(date) {
            return Err(EmptyDay::Closed {
                name: closure.name.clone(),
            });
        }
        let view = View::new(self, date, date);
        let midnight = wall(date);
        if !view.has_hours(midnight) {
            return Err(EmptyDay::NonePublished);
        }
        if bound && !self.online {
            return Err(EmptyDay::NotBookableOnline);
        }
        // Staff may write down what has already happened.
        let from = if bound { ceil(now) } else { i64::MIN };
        let earliest = if bound {
            ceil(self.earliest(now))
        } else {
            i64::MIN
        };
        let mut starts = view.starts_on(midnight);
        starts.retain(|start| *start >= from);
        let near = starts.partition_point(|start| *start < earliest);
        let last_near = near
            .checked_sub(1)
            .and_then(|last| starts.get(last))
            .copied();
        let slots: Vec<Slot> = starts
            .into_iter()
            .skip(near)
            .filter_map(|start| view.slot(start))
            .collect();
        if !slots.is_empty() {
            return Ok(slots);
        }
        match last_near.and_then(instant) {
            Some(last_free) => Err(EmptyDay::TooSoon { last_free }),
            None => Err(view.why_full(midnight, from)),
        }
    }

    /// Whether a visit can start at `start`. For patients that is exactly what [`Self::slots_on`]
    /// offers; staff may also leave the grid.
    ///
    /// # Errors
    /// The rule that forbids it.
    pub fn can_book(&self, start: Timestamp, now: Timestamp, asker: Asker) -> Result<(), WhyNot> {
        let bound = matches!(asker, Asker::Patient);
        let date = self.date_of(start);
        if bound && start < now {
            return Err(WhyNot::Past);
        }
        if bound && date > self.last_date(now) {
            return Err(WhyNot::BeyondHorizon {
                last: self.last_date(now),
            });
        }
        if let Some(Closure { from, until, name }) = self.closure_on(date) {
            return Err(WhyNot::Closed {
                name: name.clone(),
                from: *from,
                until: *until,
            });
        }
        let view = View::new(self, date, date);
        let midnight = wall(date);
        if !view.has_hours(midnight) {
            return Err(WhyNot::NonePublished);
        }
        if bound && !self.online {
            return Err(WhyNot::NotBookableOnline);
        }
        match view.fits(floor(start)) {
            Ok(()) => {}
            Err(Misfit::Outside) => {
                return Err(WhyNot::OutsideHours {
                    windows: self.windows_on(date),
                });
            }
            Err(Misfit::RunsPastEnd { closes }) => {
                let closes = instant(closes).unwrap_or(Timestamp::MAX);
                return Err(WhyNot::RunsPastEnd { closes });
            }
            Err(Misfit::Taken { by }) => return Err(WhyNot::Taken { by }),
        }
        let earliest = self.earliest(now);
        if bound && start < earliest {
            return Err(WhyNot::TooSoon { earliest });
        }
        let whole = floor(start) == ceil(start);
        if !whole || (bound && !view.offers(floor(start))) {
            let starts = view.starts_on(midnight);
            let from = if bound { ceil(earliest) } else { i64::MIN };
            let before = |one: &&i64| from <= **one && **one <= floor(start);
            let after = |one: &&i64| **one > floor(start) && **one >= from;
            return Err(WhyNot::OffGrid {
                previous: starts.iter().rfind(before).copied().and_then(instant),
                next: starts.iter().find(after).copied().and_then(instant),
            });
        }
        Ok(())
    }

    /// The rule that decides about a start, with its data: "why is this time (not) offered?".
    pub fn explain(&self, start: Timestamp, now: Timestamp, asker: Asker) -> Verdict {
        let date = self.date_of(start);
        let length = SignedDuration::from_secs(self.timing.duration());
        Verdict {
            start,
            end: start.checked_add(length).unwrap_or(Timestamp::MAX),
            date,
            hours: hours_on(date, self.rules, self.exceptions).1,
            outcome: self.can_book(start, now, asker),
        }
    }

    /// For each date from `from` to `until` (both inclusive) whether it offers a start.
    pub fn free_days(
        &self,
        from: Date,
        until: Date,
        now: Timestamp,
        asker: Asker,
    ) -> Vec<(Date, bool)> {
        let bound = matches!(asker, Asker::Patient);
        let mut days: Vec<(Date, bool)> = dates(from, until).map(|date| (date, false)).collect();
        if days.is_empty() || (bound && !self.online) {
            return days;
        }
        let last = if bound {
            until.min(self.last_date(now))
        } else {
            until
        };
        let earliest = if bound {
            ceil(self.earliest(now))
        } else {
            i64::MIN
        };
        if last < from {
            return days;
        }
        let first = wall(from);
        for (start, clock) in View::new(self, from, last).all_starts() {
            let index = usize::try_from((clock - first).div_euclid(view::DAY));
            if let Some((date, free)) = index.ok().and_then(|index| days.get_mut(index)) {
                *free |= start >= earliest && *date <= last;
            }
        }
        days
    }

    /// The first date from `from` to `until` (both inclusive) that offers a start.
    pub fn next_free_day(
        &self,
        from: Date,
        until: Date,
        now: Timestamp,
        asker: Asker,
    ) -> Option<Date> {
        let mut begin = from;
        while begin <= until {
            let end = begin
                .checked_add(27.days())
                .map_or(until, |end| end.min(until));
            let days = self.free_days(begin, end, now, asker);
            if let Some((date, _)) = days.into_iter().find(|(_, free)| *free) {
                return Some(date);
            }
            begin = end.tomorrow().ok()?;
        }
        None
    }

    /// The last date that can be booked online, wholly.
    pub fn last_date(&self, now: Timestamp) -> Date {
        let days = i64::from(self.timing.horizon_days);
        self.date_of(now)
            .checked_add(days.days())
            .unwrap_or(Date::MAX)
    }

    /// The earliest instant that can be booked online.
    pub fn earliest(&self, now: Timestamp) -> Timestamp {
        let lead = SignedDuration::from_mins(i64::from(self.timing.lead_min));
        now.checked_add(lead).unwrap_or(Timestamp::MAX)
    }

    /// The date that the clinic's clock shows at an instant.
    fn date_of(&self, at: Timestamp) -> Date {
        self.zone.to_datetime(at).date()
    }

    /// The closure that covers a date; of several the first in the list.
    fn closure_on(&self, date: Date) -> Option<&Closure> {
        self.closures.iter().find(|closure| closure.covers(date))
    }
}

/// Of those who are free, the one with the least to do; of equals the smallest key, so that the
/// same question has the same answer. `load` is any count, such as visits that day.
pub fn least_loaded<K: Ord>(free: impl IntoIterator<Item = (K, u32)>) -> Option<K> {
    free.into_iter()
        .min_by(|a, b| (a.1, &a.0).cmp(&(b.1, &b.0)))
        .map(|(key, _)| key)
}
