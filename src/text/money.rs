//! Amounts of money. The only file that names the unstable currency formatter.

use icu_experimental::dimension::currency::CurrencyType;
use icu_experimental::dimension::currency::formatter::CurrencyFormatter;
use icu_experimental::dimension::currency::options::CurrencyFormatterOptions;
use icu_locale_core::Locale;

use super::{Language, Text, number};

impl Text {
    /// An amount in minor units (cents) of a currency (ISO 4217 code): `€1,234.50`.
    pub fn money(self, amount_minor: i64, currency: &str) -> String {
        money(amount_minor, currency, self.language())
    }
}

/// An amount in minor units (cents) of a currency (ISO 4217 code) as the language writes it.
///
/// All minor digits are shown, and the amount is never rounded. A code that is not a currency
/// stands behind the number as it was given.
pub fn money(amount_minor: i64, currency: &str, language: Language) -> String {
    in_locale(amount_minor, currency, &language.locale())
}

/// The number of digits behind the point of a currency, by ISO 4217: 2 for the euro, 0 for the yen.
pub fn minor_digits(currency: &str) -> u8 {
    match currency.to_ascii_uppercase().as_str() {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX"
        | "UYI" | "VND" | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        "CLF" | "UYW" => 4,
        _ => 2,
    }
}

fn in_locale(amount_minor: i64, currency: &str, locale: &Locale) -> String {
    let places = minor_digits(currency);
    let amount = number::scaled(amount_minor, places);
    let formatter = CurrencyType::try_from_str(currency)
        .ok()
        .and_then(|currency| {
            CurrencyFormatter::try_new_symbol_narrow(
                locale.into(),
                currency,
                CurrencyFormatterOptions::default(),
            )
            .ok()
        });
    let with_sign = formatter.map(|formatter| formatter.format_fixed_decimal(&amount).to_string());
    // For some currencies the locale data drops the minor digits and rounds. A bill must be exact.
    let minor_part = amount_minor
        .checked_rem(10_i64.pow(places.into()))
        .unwrap_or(0);
    let exact = number::digits(&amount, locale);
    with_sign
        .filter(|text| minor_part == 0 || count_digits(text) == count_digits(&exact))
        .unwrap_or_else(|| format!("{exact}\u{a0}{currency}"))
}

fn count_digits(text: &str) -> usize {
    text.chars().filter(|c| c.is_numeric()).count()
}

#[cfg(test)]
mod tests {
    use icu_locale_core::locale;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn money_is_written_as_each_language_writes_it() {
        let cases = [
            (locale!("en-GB"), 123_450, "EUR", "€1,234.50"),
            (locale!("en-GB"), 0, "GBP", "£0.00"),
            (locale!("en-GB"), -2_000, "USD", "-$20.00"),
            (locale!("en-GB"), 1_500, "JPY", "¥1,500"),
            (locale!("en-GB"), 1_500, "KWD", "KWD\u{a0}1.500"),
            (locale!("en-GB"), 1_250, "LBP", "12.50\u{a0}LBP"),
            (locale!("en-GB"), 1_200, "LBP", "L£12"),
            (locale!("en-GB"), 1_250, "??", "12.50\u{a0}??"),
            (locale!("de"), 123_450, "EUR", "1.234,50\u{a0}€"),
            (locale!("de"), -5, "EUR", "-0,05\u{a0}€"),
            (locale!("fr"), 123_450, "EUR", "1\u{202f}234,50\u{a0}€"),
            (locale!("ar"), 123_450, "EUR", "\u{200f}1,234.50\u{a0}€"),
            (locale!("ar-EG"), 123_450, "EGP", "\u{200f}١٬٢٣٤٫٥٠\u{a0}E£"),
        ];
        for (locale, minor, currency, expected) in cases {
            assert_eq!(
                in_locale(minor, currency, &locale),
                expected,
                "{minor} {currency} {locale}"
            );
        }
        assert_eq!(Text::default().money(4_000, "eur"), "€40.00");
    }

    proptest! {
        #[test]
        fn no_amount_is_rounded(minor: i64, currency in "[A-Z]{3}") {
            let shown = in_locale(minor, &currency, &locale!("en"));
            let digits: String = shown.chars().filter(char::is_ascii_digit).collect();
            let unit = 10_u64.pow(minor_digits(&currency).into());
            let expected = minor.unsigned_abs();
            let read: u64 = digits.parse().unwrap();
            prop_assert!(
                read == expected || (expected % unit == 0 && read == expected / unit),
                "{minor} {currency} is shown as {shown}"
            );
        }
    }
}
