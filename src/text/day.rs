//! Days: no zone is needed to name one.

use jiff::civil::{Date, Weekday};

use super::calendar::{self, Shape};
use super::{Text, pseudo};
use crate::t;

impl Text {
    /// `Tuesday 24 November 2026`
    pub fn date(self, date: Date) -> String {
        self.shown(date, Shape::Full)
    }

    /// `Tue 24 Nov`: for lists and columns whose year is clear.
    pub fn date_short(self, date: Date) -> String {
        self.shown(date, Shape::Short)
    }

    /// `24 November 2026`: for a day whose weekday does not matter, such as that of a letter.
    pub fn date_plain(self, date: Date) -> String {
        self.shown(date, Shape::Day)
    }

    /// `4 March 1985`
    pub fn date_of_birth(self, born: Date) -> String {
        self.date_plain(born)
    }

    /// `November 2026`: the heading over a month.
    pub fn month(self, date: Date) -> String {
        self.shown(date, Shape::Month)
    }

    /// `November`, by its number from 1 to 12; empty for any other number.
    pub fn month_name(self, month: i8) -> String {
        Date::new(2026, month, 1)
            .map_or_else(|_| String::new(), |date| self.shown(date, Shape::MonthName))
    }

    /// The month, 1 to 12, that a person typed as a number, a name or the start of a name: `11`,
    /// `november`, `Nov`. None if it could be two months or is none.
    pub fn month_from(self, typed: &str) -> Option<i8> {
        let typed = typed.trim().trim_end_matches('.').to_lowercase();
        if let Ok(number) = typed.parse() {
            return (1..=12).contains(&number).then_some(number);
        }
        let mut months =
            (1..=12).filter(|month| self.month_name(*month).to_lowercase().starts_with(&typed));
        let month = months.next()?;
        (typed.chars().count() >= 3 && months.next().is_none()).then_some(month)
    }

    /// `Tuesday`
    pub fn weekday(self, weekday: Weekday) -> String {
        self.named(weekday, Shape::Weekday)
    }

    /// `Tue`
    pub fn weekday_short(self, weekday: Weekday) -> String {
        self.named(weekday, Shape::WeekdayShort)
    }

    /// `today`, `tomorrow`, `in 2 days`, `yesterday`, `3 days ago`: to stand beside a date.
    pub fn relative_day(self, date: Date, today: Date) -> String {
        let days = date.duration_since(today).as_hours() / 24;
        if days < 0 {
            t!(self, "time-days-ago", days = days.saturating_neg())
        } else {
            t!(self, "time-in-days", days = days)
        }
    }

    /// `20 minutes`, `2 hours`, `1 hour 30 minutes`
    pub fn duration(self, minutes: u32) -> String {
        match (minutes / 60, minutes % 60) {
            (0, minutes) => t!(self, "time-minutes", minutes = minutes),
            (hours, 0) => t!(self, "time-hours", hours = hours),
            (hours, minutes) => {
                t!(self, "time-hours-minutes", hours = hours, minutes = minutes)
            }
        }
    }

    /// `41 years old`, and in the first two years of life `7 months old`.
    ///
    /// A date of birth after `today` counts as today. A birthday on 29 February is on 1 March in
    /// other years.
    pub fn age(self, born: Date, today: Date) -> String {
        let months = months_between(born, today);
        if months < 24 {
            t!(self, "time-age-months", months = months)
        } else {
            t!(self, "time-age-years", years = months / 12)
        }
    }

    fn shown(self, date: Date, shape: Shape) -> String {
        let language = self.language();
        pseudo::text(&calendar::show(date, shape, &language.locale()), language)
    }

    fn named(self, weekday: Weekday, shape: Shape) -> String {
        calendar::on(weekday).map_or_else(String::new, |date| self.shown(date, shape))
    }
}

/// The day that a week starts with in a country (ISO 3166 alpha-2); Monday where that is unknown.
pub fn first_day_of_week(country: &str) -> Weekday {
    calendar::first_day_of_week(country)
}

/// Full years from a birthday to a day; 0 before the first birthday.
pub fn age_in_years(born: Date, today: Date) -> i32 {
    months_between(born, today) / 12
}

fn months_between(born: Date, today: Date) -> i32 {
    let months = |date: Date| i32::from(date.year()) * 12 + i32::from(date.month());
    let whole = months(today) - months(born) - i32::from(today.day() < born.day());
    whole.max(0)
}

/// The value of the HTML attribute `datetime` for a day: `2026-11-24`.
pub fn date_attribute(date: Date) -> String {
    date.to_string()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn days_and_names() {
        let text = Text::default();
        let day = date(2026, 11, 24);
        assert_eq!(text.month(day), "November 2026");
        assert_eq!(text.date_of_birth(date(1985, 3, 4)), "4 March 1985");
        assert_eq!(text.weekday(Weekday::Sunday), "Sunday");
        assert_eq!(text.weekday_short(Weekday::Monday), "Mon");
        assert_eq!(text.month_name(12), "December");
        assert_eq!(text.month_name(13), "");
        assert_eq!(date_attribute(day), "2026-11-24");
        assert_eq!(first_day_of_week("us"), Weekday::Sunday);
    }

    #[test]
    fn a_month_may_be_typed_as_a_word() {
        let text = Text::default();
        let cases = [
            ("3", Some(3)),
            (" 11 ", Some(11)),
            ("March", Some(3)),
            ("mar", Some(3)),
            ("SEPT.", Some(9)),
            ("ju", None),
            ("ma", None),
            ("", None),
            ("0", None),
            ("13", None),
            ("marchy", None),
        ];
        for (typed, expected) in cases {
            assert_eq!(text.month_from(typed), expected, "{typed}");
        }
    }

    #[test]
    fn durations_and_ages() {
        let text = Text::default();
        let durations = [
            (0, "0 minutes"),
            (1, "1 minute"),
            (20, "20 minutes"),
            (60, "1 hour"),
            (90, "1 hour 30 minutes"),
            (121, "2 hours 1 minute"),
        ];
        for (minutes, expected) in durations {
            assert_eq!(text.duration(minutes), expected);
        }
        let today = date(2026, 11, 23);
        let ages = [
            (date(2026, 11, 1), "under 1 month old"),
            (date(2026, 10, 23), "1 month old"),
            (date(2024, 11, 24), "23 months old"),
            (date(2024, 11, 23), "2 years old"),
            (date(1985, 3, 4), "41 years old"),
            (date(2027, 1, 1), "under 1 month old"),
        ];
        for (born, expected) in ages {
            assert_eq!(text.age(born, today), expected, "{born}");
        }
        let leap = date(2008, 2, 29);
        assert_eq!(age_in_years(leap, date(2026, 2, 28)), 17);
        assert_eq!(age_in_years(leap, date(2026, 3, 1)), 18);
    }
}
