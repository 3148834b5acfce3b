//! Moments: an instant becomes a wall-clock time here, and nowhere else.

use jiff::civil::Time;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use jiff::{Timestamp, Zoned};

use super::Text;
use crate::t;

/// How the time of day is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Clock {
    /// As the language does: `2:30pm`, `midday`.
    #[default]
    OfLanguage,
    /// `14:30`, for staff who prefer it.
    TwentyFourHours,
}

impl Text {
    /// Moments, told in a zone and as the language writes the time of day.
    pub fn when(self, zone: &TimeZone) -> When<'_> {
        When {
            text: self,
            zone,
            clock: Clock::OfLanguage,
        }
    }
}

/// Moments, told in the wall-clock time of a zone.
#[derive(Clone, Copy, Debug)]
pub struct When<'zone> {
    text: Text,
    zone: &'zone TimeZone,
    clock: Clock,
}

impl When<'_> {
    /// The same, with another way to write the time of day.
    #[must_use]
    pub const fn with_clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// `Tuesday 24 November 2026`
    pub fn date(self, moment: Timestamp) -> String {
        self.text.date(self.local(moment).date())
    }

    /// `Tue 24 Nov`
    pub fn date_short(self, moment: Timestamp) -> String {
        self.text.date_short(self.local(moment).date())
    }

    /// `2:30pm`, `9am`, `midday`, `midnight`; `14:30` on the 24-hour clock.
    ///
    /// In the hour that happens twice in autumn it says which one: `1:30am (first, UTC+1)`.
    pub fn time(self, moment: Timestamp) -> String {
        let local = self.local(moment);
        let time = self.time_of_day(local.time());
        match self.zone.to_ambiguous_timestamp(local.datetime()).offset() {
            AmbiguousOffset::Fold { before, .. } => {
                let offset = offset_label(local.offset());
                if local.offset() == before {
                    t!(self.text, "time-first-of-two", time = time, offset = offset)
                } else {
                    t!(
                        self.text,
                        "time-second-of-two",
                        time = time,
                        offset = offset
                    )
                }
            }
            AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Gap { .. } => time,
        }
    }

    /// A time of day that is no moment, such as when the clinic opens: `9am`.
    pub fn time_of_day(self, time: Time) -> String {
        if self.clock == Clock::TwentyFourHours {
            return format!("{:02}:{:02}", time.hour(), time.minute());
        }
        let clock = match (time.hour() % 12, time.minute()) {
            (0, 0) if time.hour() == 0 => return t!(self.text, "time-midnight"),
            (0, 0) => return t!(self.text, "time-midday"),
            (0, minute) => format!("12:{minute:02}"),
            (hour, 0) => hour.to_string(),
            (hour, minute) => format!("{hour}:{minute:02}"),
        };
        if time.hour() < 12 {
            t!(self.text, "time-before-midday", clock = clock)
        } else {
            t!(self.text, "time-after-midday", clock = clock)
        }
    }

    /// `Tuesday 24 November 2026 at 2:30pm`
    pub fn date_time(self, moment: Timestamp) -> String {
        t!(
            self.text,
            "time-date-at",
            date = self.date(moment),
            time = self.time(moment)
        )
    }

    /// `Tue 24 Nov at 2:30pm`
    pub fn date_time_short(self, moment: Timestamp) -> String {
        t!(
            self.text,
            "time-date-at",
            date = self.date_short(moment),
            time = self.time(moment)
        )
    }

    /// `9am to 9:20am`; if it ends on a later day, `10pm to 1am on Wed 25 Nov`.
    pub fn range(self, start: Timestamp, end: Timestamp) -> String {
        let (from, to) = (self.time(start), self.time(end));
        let last_day = self.local(end).date();
        let at_midnight = self.local(end).time() == Time::midnight();
        let next_day = self.local(start).date().tomorrow().ok();
        if last_day == self.local(start).date() || (at_midnight && Some(last_day) == next_day) {
            t!(self.text, "time-range", start = from, end = to)
        } else {
            let date = self.text.date_short(last_day);
            t!(
                self.text,
                "time-range-to-date",
                start = from,
                end = to,
                date = date
            )
        }
    }

    /// `Tuesday 24 November 2026, 9am to 9:20am`
    pub fn date_range(self, start: Timestamp, end: Timestamp) -> String {
        t!(
            self.text,
            "time-date-range",
            date = self.date(start),
            range = self.range(start, end)
        )
    }

    /// `today`, `tomorrow`, `in 2 days`, `yesterday`, `3 days ago`, by the calendar of the zone.
    pub fn relative_day(self, moment: Timestamp, now: Timestamp) -> String {
        self.text
            .relative_day(self.local(moment).date(), self.local(now).date())
    }

    /// `London time`, from the name of the zone; `UTC` for a zone without a place.
    ///
    /// For every page, mail and file that a reader may open in another zone.
    pub fn zone_label(self) -> String {
        match self.zone.iana_name().and_then(|name| name.rsplit_once('/')) {
            Some((area, place)) if area != "Etc" => {
                t!(self.text, "time-zone", place = place.replace('_', " "))
            }
            Some(_) | None => self
                .zone
                .to_fixed_offset()
                .map_or_else(|_| String::from("UTC"), offset_label),
        }
    }

    /// The value of the HTML attribute `datetime`: `2026-11-24T14:30:00+00:00` (RFC 3339).
    pub fn attribute(self, moment: Timestamp) -> String {
        moment
            .display_with_offset(self.zone.to_offset(moment))
            .to_string()
    }

    fn local(self, moment: Timestamp) -> Zoned {
        moment.to_zoned(self.zone.clone())
    }
}

/// `UTC`, `UTC+1`, `UTC+5:30`, `UTC−3`
fn offset_label(offset: Offset) -> String {
    let minutes = offset.seconds() / 60;
    let sign = if minutes < 0 { '\u{2212}' } else { '+' };
    match (minutes.abs() / 60, minutes.abs() % 60) {
        (0, 0) => String::from("UTC"),
        (hours, 0) => format!("UTC{sign}{hours}"),
        (hours, minutes) => format!("UTC{sign}{hours}:{minutes:02}"),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use jiff::tz;
    use proptest::prelude::*;

    use super::*;
    use crate::text::Language;

    fn london() -> TimeZone {
        TimeZone::get("Europe/London").unwrap()
    }

    fn moment(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn at(hour: i8, minute: i8) -> String {
        Text::default()
            .when(&london())
            .time_of_day(Time::constant(hour, minute, 0, 0))
    }

    #[test]
    fn times_are_said_as_people_say_them() {
        let cases = [
            (0, 0, "midnight"),
            (0, 5, "12:05am"),
            (1, 0, "1am"),
            (9, 0, "9am"),
            (11, 59, "11:59am"),
            (12, 0, "midday"),
            (12, 30, "12:30pm"),
            (13, 0, "1pm"),
            (14, 30, "2:30pm"),
            (23, 59, "11:59pm"),
        ];
        for (hour, minute, expected) in cases {
            assert_eq!(at(hour, minute), expected);
        }
    }

    #[test]
    fn staff_may_have_the_24_hour_clock() {
        let zone = london();
        let when = Text::default()
            .when(&zone)
            .with_clock(Clock::TwentyFourHours);
        assert_eq!(when.time(moment("2026-11-24T09:05:00Z")), "09:05");
        assert_eq!(when.time_of_day(Time::midnight()), "00:00");
        assert_eq!(
            when.range(
                moment("2026-11-24T12:00:00Z"),
                moment("2026-11-24T13:30:00Z")
            ),
            "12:00 to 13:30"
        );
    }

    #[test]
    fn a_moment_is_told_in_the_zone_of_the_clinic() {
        let zone = london();
        let when = Text::default().when(&zone);
        let visit = moment("2026-11-24T14:30:00Z");
        assert_eq!(when.date(visit), "Tuesday 24 November 2026");
        assert_eq!(when.date_short(visit), "Tue 24 Nov");
        assert_eq!(when.date_time(visit), "Tuesday 24 November 2026 at 2:30pm");
        assert_eq!(when.date_time_short(visit), "Tue 24 Nov at 2:30pm");
        assert_eq!(when.attribute(visit), "2026-11-24T14:30:00+00:00");
        assert_eq!(when.zone_label(), "London time");

        let summer = moment("2026-07-01T23:30:00Z");
        assert_eq!(when.date_time(summer), "Thursday 2 July 2026 at 12:30am");
        assert_eq!(when.attribute(summer), "2026-07-02T00:30:00+01:00");

        let new_york = TimeZone::get("America/New_York").unwrap();
        let there = Text::default().when(&new_york);
        assert_eq!(there.date_time(visit), "Tuesday 24 November 2026 at 9:30am");
        assert_eq!(there.zone_label(), "New York time");
        assert_eq!(Text::default().when(&TimeZone::UTC).zone_label(), "UTC");
        let fixed = TimeZone::fixed(tz::offset(-3));
        assert_eq!(Text::default().when(&fixed).zone_label(), "UTC\u{2212}3");
    }

    #[test]
    fn the_hour_that_happens_twice_says_which_one_it_is() {
        let zone = london();
        let when = Text::default().when(&zone);
        let cases = [
            ("2026-10-24T23:30:00Z", "12:30am"),
            ("2026-10-25T00:00:00Z", "1am (first, UTC+1)"),
            ("2026-10-25T00:30:00Z", "1:30am (first, UTC+1)"),
            ("2026-10-25T01:30:00Z", "1:30am (second, UTC)"),
            ("2026-10-25T02:00:00Z", "2am"),
            // In spring an hour is missing, and nothing is said twice.
            ("2026-03-29T00:59:00Z", "12:59am"),
            ("2026-03-29T01:00:00Z", "2am"),
        ];
        for (instant, expected) in cases {
            assert_eq!(when.time(moment(instant)), expected, "{instant}");
        }
        assert_eq!(
            when.range(
                moment("2026-10-25T00:30:00Z"),
                moment("2026-10-25T01:30:00Z")
            ),
            "1:30am (first, UTC+1) to 1:30am (second, UTC)"
        );
        let kathmandu = TimeZone::get("Asia/Kathmandu").unwrap();
        assert_eq!(
            offset_label(kathmandu.to_offset(moment("2026-01-01T00:00:00Z"))),
            "UTC+5:45"
        );
    }

    #[test]
    fn a_range_names_the_last_day_only_if_it_must() {
        let zone = london();
        let when = Text::default().when(&zone);
        let cases = [
            (
                "2026-11-24T09:00:00Z",
                "2026-11-24T09:20:00Z",
                "9am to 9:20am",
            ),
            (
                "2026-11-24T22:00:00Z",
                "2026-11-25T00:00:00Z",
                "10pm to midnight",
            ),
            (
                "2026-11-24T22:00:00Z",
                "2026-11-25T01:00:00Z",
                "10pm to 1am on Wed 25 Nov",
            ),
            (
                "2026-11-24T00:00:00Z",
                "2026-11-26T00:00:00Z",
                "midnight to midnight on Thu 26 Nov",
            ),
        ];
        for (start, end, expected) in cases {
            assert_eq!(when.range(moment(start), moment(end)), expected);
        }
        assert_eq!(
            when.date_range(
                moment("2026-11-24T09:00:00Z"),
                moment("2026-11-24T09:20:00Z")
            ),
            "Tuesday 24 November 2026, 9am to 9:20am"
        );
    }

    #[test]
    fn days_away_are_counted_by_the_calendar() {
        let text = Text::default();
        let today = date(2026, 11, 23);
        let cases = [
            (date(2026, 11, 23), "today"),
            (date(2026, 11, 24), "tomorrow"),
            (date(2026, 11, 25), "in 2 days"),
            (date(2026, 11, 22), "yesterday"),
            (date(2026, 11, 20), "3 days ago"),
            (date(2030, 11, 23), "in 1,461 days"),
        ];
        for (day, expected) in cases {
            assert_eq!(text.relative_day(day, today), expected);
        }
        // Twenty minutes away, but on the next day in London; the same day in New York.
        let (now, soon) = (
            moment("2026-11-23T23:50:00Z"),
            moment("2026-11-24T00:10:00Z"),
        );
        assert_eq!(text.when(&london()).relative_day(soon, now), "tomorrow");
        let new_york = TimeZone::get("America/New_York").unwrap();
        assert_eq!(text.when(&new_york).relative_day(soon, now), "today");
    }

    #[test]
    fn the_test_languages_change_the_words_and_keep_the_digits() {
        let zone = london();
        let visit = moment("2026-11-24T14:30:00Z");
        let longer = Text::new(Language::Longer);
        assert_eq!(
            longer.date(date(2026, 11, 24)),
            "Ţüüéšđáááý 24 Ñôôvéémƀééřř 2026"
        );
        assert_eq!(longer.when(&zone).time(visit), "2:30pmm");
        assert_eq!(
            longer.relative_day(date(2026, 11, 25), date(2026, 11, 23)),
            "îññ 2 đááýšš"
        );
        let right_to_left = Text::new(Language::RightToLeft);
        assert_eq!(
            right_to_left.date_short(date(2026, 11, 24)),
            "\u{200f}\u{202e}Tue\u{202c}\u{200f} 24 \u{200f}\u{202e}Nov\u{202c}\u{200f}"
        );
    }

    proptest! {
        #[test]
        fn two_moments_of_one_day_are_never_said_the_same(
            start in 1_700_000_000_i64..1_900_000_000, minutes in 1_i64..1_400,
            zone in "Europe/London|Australia/Lord_Howe|America/St_Johns|Africa/Casablanca|UTC",
        ) {
            let zone = TimeZone::get(&zone).unwrap();
            let when = Text::default().when(&zone);
            let start = Timestamp::from_second(start - start % 60).unwrap();
            let end = Timestamp::from_second(start.as_second() + minutes * 60).unwrap();
            let said = (when.date_time(start), when.date_time(end));
            prop_assert_ne!(&said.0, &said.1);
        }
    }
}
