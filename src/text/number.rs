//! Counts, shares and sizes with the digits and groups of a language.

use fluent::FluentValue;
use icu_decimal::DecimalFormatter;
use icu_decimal::input::Decimal;
use icu_decimal::options::DecimalFormatterOptions;
use icu_locale_core::Locale;

use super::{Language, Text};
use crate::t;

impl Text {
    /// A whole number: `1,234`.
    pub fn number(self, number: i64) -> String {
        digits(&number.into(), &self.language().locale())
    }

    /// A number with decimals, given without its point: `decimal(1234, 1)` is `123.4`.
    ///
    /// All the decimals are shown, also when they are zero: they say how exact the number is.
    pub fn decimal(self, unscaled: i64, places: u8) -> String {
        digits(&scaled(unscaled, places), &self.language().locale())
    }

    /// A share in whole percent: `40%`.
    pub fn percent(self, percent: i64) -> String {
        t!(self, "number-percent", percent = percent)
    }

    /// The size of a file, given in bytes, in steps of 1,000: `820 bytes`, `12 KB`, `3.4 MB`.
    ///
    /// It rounds up: a file that is shown to fit, fits.
    pub fn bytes(self, bytes: u64) -> String {
        const KB: u64 = 1_000;
        const MB: u64 = 1_000 * KB;
        const GB: u64 = 1_000 * MB;
        match bytes {
            0..KB => t!(self, "number-bytes", count = bytes),
            KB..=999_000 => t!(self, "number-kilobytes", size = self.whole(bytes, KB)),
            999_001..=999_900_000 => t!(self, "number-megabytes", size = self.tenths(bytes, MB)),
            _ => t!(self, "number-gigabytes", size = self.tenths(bytes, GB)),
        }
    }

    fn whole(self, bytes: u64, unit: u64) -> String {
        digits(&bytes.div_ceil(unit).into(), &self.language().locale())
    }

    fn tenths(self, bytes: u64, unit: u64) -> String {
        let mut decimal = Decimal::from(bytes.div_ceil(unit / 10));
        decimal.multiply_pow10(-1);
        decimal.absolute.trim_end_if_integer();
        digits(&decimal, &self.language().locale())
    }
}

/// A decimal from its digits and the number of them behind the point.
pub(super) fn scaled(unscaled: i64, places: u8) -> Decimal {
    let mut decimal = Decimal::from(unscaled);
    decimal.multiply_pow10(-i16::from(places));
    decimal
}

/// The digits of a number in a locale.
pub(super) fn digits(number: &Decimal, locale: &Locale) -> String {
    thread_local! {
        // A page says dozens of numbers, and a formatter is dear to make.
        static ENGLISH: Option<DecimalFormatter> = formatter(&Language::English.locale());
    }
    // Every locale that we name has data; plain digits are right, if foreign, should one have none.
    let say = |formatter: &Option<DecimalFormatter>| match formatter {
        Some(formatter) => formatter.format(number).to_string(),
        None => number.to_string(),
    };
    if *locale == Language::English.locale() {
        ENGLISH.with(say)
    } else {
        say(&formatter(locale))
    }
}

fn formatter(locale: &Locale) -> Option<DecimalFormatter> {
    DecimalFormatter::try_new(locale.into(), DecimalFormatterOptions::default()).ok()
}

/// How a number inside an English message is shown; the default for what is not a number.
pub(super) fn in_english_message<M>(value: &FluentValue<'_>, _memoizer: &M) -> Option<String> {
    let FluentValue::Number(number) = value else {
        return None;
    };
    let decimal: Decimal = number.as_string().parse().ok()?;
    Some(digits(&decimal, &Language::English.locale()))
}

#[cfg(test)]
mod tests {
    use icu_locale_core::locale;

    use super::*;

    #[test]
    fn numbers_have_the_groups_of_the_language() {
        let text = Text::default();
        assert_eq!(text.number(0), "0");
        assert_eq!(text.number(1_234_567), "1,234,567");
        assert_eq!(text.number(-12), "-12");
        assert_eq!(text.decimal(1_234, 1), "123.4");
        assert_eq!(text.decimal(500, 2), "5.00");
        assert_eq!(digits(&scaled(123_456, 1), &locale!("de")), "12.345,6");
        assert_eq!(
            digits(&scaled(123_456, 1), &locale!("fr")),
            "12\u{202f}345,6"
        );
        assert_eq!(digits(&scaled(123_456, 1), &locale!("ar-EG")), "١٢٬٣٤٥٫٦");
    }

    #[test]
    fn a_number_inside_a_message_is_grouped() {
        assert_eq!(t!(Text::default(), "number-bytes", count = 1), "1 byte");
        assert_eq!(
            t!(Text::default(), "number-bytes", count = 12_345),
            "12,345 bytes"
        );
    }

    #[test]
    fn sizes_round_up_to_a_short_number() {
        let cases = [
            (0, "0 bytes"),
            (1, "1 byte"),
            (999, "999 bytes"),
            (1_000, "1 KB"),
            (1_001, "2 KB"),
            (999_000, "999 KB"),
            (999_001, "1 MB"),
            (3_400_001, "3.5 MB"),
            (999_900_000, "999.9 MB"),
            (999_900_001, "1 GB"),
            (2_500_000_000_000, "2,500 GB"),
        ];
        for (bytes, expected) in cases {
            assert_eq!(Text::default().bytes(bytes), expected, "{bytes}");
        }
        assert_eq!(Text::default().percent(40), "40%");
    }
}
