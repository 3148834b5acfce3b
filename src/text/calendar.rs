//! Dates in the shapes and names of a locale.
//!
//! English has our own patterns, with the day first and no comma: ICU's put one behind the weekday.
//! Every other language takes ICU's.

use std::sync::LazyLock;

use icu_calendar::types::Weekday as IcuWeekday;
use icu_calendar::week::WeekInformation;
use icu_calendar::{Date as IcuDate, Iso};
use icu_datetime::DateTimeFormatter;
use icu_datetime::fieldsets::enums::{CalendarPeriodFieldSet, DateFieldSet};
use icu_datetime::fieldsets::{E, M, MDE, YM, YMD, YMDE};
use icu_locale_core::{Locale, locale, subtags::language};
use jiff::civil::{Date, Weekday};

/// Which parts of a date are shown, and how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// `Tuesday 24 November 2026`
    Full,
    /// `24 November 2026`
    Day,
    /// `Tue 24 Nov`
    Short,
    /// `November 2026`
    Month,
    /// `November`
    MonthName,
    /// `Nov`
    MonthNameShort,
    /// `Tuesday`
    Weekday,
    /// `Tue`
    WeekdayShort,
}

/// A date in a shape, in the words and order of a locale.
pub(super) fn show(date: Date, shape: Shape, locale: &Locale) -> String {
    if locale.id.language == language!("en") {
        ENGLISH.show(date, shape)
    } else {
        icu(date, shape, locale)
    }
}

fn icu(date: Date, shape: Shape, locale: &Locale) -> String {
    let shown = match shape {
        Shape::Full => of_day(date, DateFieldSet::YMDE(YMDE::long()), locale),
        Shape::Day => of_day(date, DateFieldSet::YMD(YMD::long()), locale),
        Shape::Short => of_day(date, DateFieldSet::MDE(MDE::medium()), locale),
        Shape::Month => of_month(date, CalendarPeriodFieldSet::YM(YM::long()), locale),
        Shape::MonthName => of_month(date, CalendarPeriodFieldSet::M(M::long()), locale),
        Shape::MonthNameShort => of_month(date, CalendarPeriodFieldSet::M(M::medium()), locale),
        Shape::Weekday => of_day(date, DateFieldSet::E(E::long()), locale),
        Shape::WeekdayShort => of_day(date, DateFieldSet::E(E::medium()), locale),
    };
    // ICU fails for no date and no locale of ours; should it ever, the ISO form is still a date.
    shown.unwrap_or_else(|| date.to_string())
}

fn of_day(date: Date, fields: DateFieldSet, locale: &Locale) -> Option<String> {
    let formatter = DateTimeFormatter::try_new(locale.into(), fields).ok()?;
    Some(formatter.format(&iso(date)?).to_string())
}

fn of_month(date: Date, fields: CalendarPeriodFieldSet, locale: &Locale) -> Option<String> {
    let formatter = DateTimeFormatter::try_new(locale.into(), fields).ok()?;
    Some(formatter.format(&iso(date)?).to_string())
}

fn iso(date: Date) -> Option<IcuDate<Iso>> {
    let month = u8::try_from(date.month()).ok()?;
    let day = u8::try_from(date.day()).ok()?;
    IcuDate::try_new_iso(date.year().into(), month, day).ok()
}

/// The names of months and weekdays in English, read once.
struct Names {
    months: Vec<String>,
    months_short: Vec<String>,
    weekdays: Vec<String>,
    weekdays_short: Vec<String>,
}

// American English, because the British short form of September has four letters.
static ENGLISH: LazyLock<Names> = LazyLock::new(|| {
    let months = |shape| {
        let firsts = (1..=12).filter_map(|month| Date::new(2026, month, 1).ok());
        firsts
            .map(|date| icu(date, shape, &locale!("en")))
            .collect()
    };
    let weekdays = |shape| {
        let days = Weekday::Monday.cycle_forward().take(7).filter_map(on);
        days.map(|date| icu(date, shape, &locale!("en"))).collect()
    };
    Names {
        months: months(Shape::MonthName),
        months_short: months(Shape::MonthNameShort),
        weekdays: weekdays(Shape::Weekday),
        weekdays_short: weekdays(Shape::WeekdayShort),
    }
});

/// Some date that falls on a weekday.
pub(super) fn on(weekday: Weekday) -> Option<Date> {
    // 23 November 2026 is a Monday.
    Date::new(2026, 11, weekday.to_monday_zero_offset().checked_add(23)?).ok()
}

impl Names {
    fn show(&self, date: Date, shape: Shape) -> String {
        let (year, day) = (date.year(), date.day());
        let month = name(&self.months, date.month().saturating_sub(1));
        let month_short = name(&self.months_short, date.month().saturating_sub(1));
        let weekday = name(&self.weekdays, date.weekday().to_monday_zero_offset());
        let weekday_short = name(&self.weekdays_short, date.weekday().to_monday_zero_offset());
        match shape {
            Shape::Full => format!("{weekday} {day} {month} {year}"),
            Shape::Day => format!("{day} {month} {year}"),
            Shape::Short => format!("{weekday_short} {day} {month_short}"),
            Shape::Month => format!("{month} {year}"),
            Shape::MonthName => month.to_owned(),
            Shape::MonthNameShort => month_short.to_owned(),
            Shape::Weekday => weekday.to_owned(),
            Shape::WeekdayShort => weekday_short.to_owned(),
        }
    }
}

fn name(names: &[String], index: i8) -> &str {
    usize::try_from(index)
        .ok()
        .and_then(|index| names.get(index))
        .map_or("", String::as_str)
}

/// The day that a week starts with in a country (ISO 3166 alpha-2); Monday where we do not know.
pub(super) fn first_day_of_week(country: &str) -> Weekday {
    let info = country
        .parse()
        .ok()
        .map(|region| {
            let mut locale = Locale::UNKNOWN;
            locale.id.region = Some(region);
            locale
        })
        .and_then(|locale| WeekInformation::try_new((&locale).into()).ok());
    match info.map_or(IcuWeekday::Monday, |info| info.first_weekday) {
        IcuWeekday::Monday => Weekday::Monday,
        IcuWeekday::Tuesday => Weekday::Tuesday,
        IcuWeekday::Wednesday => Weekday::Wednesday,
        IcuWeekday::Thursday => Weekday::Thursday,
        IcuWeekday::Friday => Weekday::Friday,
        IcuWeekday::Saturday => Weekday::Saturday,
        IcuWeekday::Sunday => Weekday::Sunday,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn english_has_the_day_first_and_no_comma() {
        let day = date(2026, 11, 24);
        let cases = [
            (Shape::Full, "Tuesday 24 November 2026"),
            (Shape::Day, "24 November 2026"),
            (Shape::Short, "Tue 24 Nov"),
            (Shape::Month, "November 2026"),
            (Shape::MonthName, "November"),
            (Shape::MonthNameShort, "Nov"),
            (Shape::Weekday, "Tuesday"),
            (Shape::WeekdayShort, "Tue"),
        ];
        for (shape, expected) in cases {
            assert_eq!(show(day, shape, &locale!("en-GB")), expected);
        }
        assert_eq!(
            show(date(2027, 9, 5), Shape::Short, &locale!("en")),
            "Sun 5 Sep"
        );
        assert_eq!(
            show(date(1926, 1, 1), Shape::Full, &locale!("en")),
            "Friday 1 January 1926"
        );
    }

    #[test]
    fn other_languages_have_their_own_shapes() {
        let day = date(2026, 11, 24);
        let cases = [
            (locale!("de"), Shape::Full, "Dienstag, 24. November 2026"),
            (locale!("fr"), Shape::Full, "mardi 24 novembre 2026"),
            (
                locale!("es"),
                Shape::Full,
                "martes, 24 de noviembre de 2026",
            ),
            (locale!("ar"), Shape::Full, "الثلاثاء، 24 نوفمبر 2026"),
            (locale!("de"), Shape::Short, "Di., 24. Nov."),
            (locale!("fr"), Shape::Month, "novembre 2026"),
            (locale!("pl"), Shape::Day, "24 listopada 2026"),
            (locale!("pl"), Shape::MonthName, "listopad"),
        ];
        for (locale, shape, expected) in cases {
            assert_eq!(show(day, shape, &locale), expected, "{locale}");
        }
    }

    #[test]
    fn the_week_starts_as_in_the_country() {
        let cases = [
            ("GB", Weekday::Monday),
            ("US", Weekday::Sunday),
            ("EG", Weekday::Saturday),
            ("MV", Weekday::Friday),
            ("", Weekday::Monday),
            ("nowhere", Weekday::Monday),
        ];
        for (country, expected) in cases {
            assert_eq!(first_day_of_week(country), expected, "{country}");
        }
    }
}
