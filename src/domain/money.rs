//! Money: whole minor units of one currency. Nothing here rounds unless it says so.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What cannot be done with an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MoneyError {
    /// The amount does not fit.
    TooLarge,
    /// Two currencies in one sum.
    CurrencyDiffers,
    /// Not three letters.
    NotACurrency,
    /// Not a number we can read without guessing.
    NotAPrice,
    /// More decimals than the currency has, or a group of thousands that reads like decimals.
    TooManyDecimals,
}

impl fmt::Display for MoneyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLarge => "the amount is too large",
            Self::CurrencyDiffers => "the currencies differ",
            Self::NotACurrency => "not a currency code",
            Self::NotAPrice => "not a price",
            Self::TooManyDecimals => "more decimals than the currency has",
        })
    }
}

impl std::error::Error for MoneyError {}

/// An ISO 4217 code: three upper-case letters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

impl Currency {
    /// The code of a table of ours, which a test has read.
    pub(super) fn known(code: &'static str) -> Self {
        // XXX is ISO's "no currency".
        code.parse().unwrap_or(Self(*b"XXX"))
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }

    /// How many decimals prices have: 2 for most, 0 and 3 for some.
    pub fn minor_digits(self) -> u8 {
        match self.as_str() {
            "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF"
            | "UGX" | "VND" | "VUV" | "XAF" | "XOF" | "XPF" => 0,
            "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
            _ => 2,
        }
    }
}

/// Reads a code in either case.
impl FromStr for Currency {
    type Err = MoneyError;

    fn from_str(code: &str) -> Result<Self, MoneyError> {
        let code: [u8; 3] = code
            .trim()
            .as_bytes()
            .try_into()
            .map_err(|_| MoneyError::NotACurrency)?;
        if code.iter().all(u8::is_ascii_alphabetic) {
            Ok(Self(code.map(|letter| letter.to_ascii_uppercase())))
        } else {
            Err(MoneyError::NotACurrency)
        }
    }
}

impl TryFrom<&str> for Currency {
    type Error = MoneyError;

    fn try_from(code: &str) -> Result<Self, MoneyError> {
        code.parse()
    }
}

impl TryFrom<String> for Currency {
    type Error = MoneyError;

    fn try_from(code: String) -> Result<Self, MoneyError> {
        code.parse()
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.as_str().to_owned()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An amount in minor units (cents, pence, yen). Amounts of two currencies have no order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// Minor units; negative for credit.
    pub minor: i64,
    /// The currency.
    pub currency: Currency,
}

impl Money {
    /// An amount of minor units.
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Nothing, in a currency.
    pub const fn zero(currency: Currency) -> Self {
        Self::new(0, currency)
    }

    /// Whether the amount is nothing.
    pub const fn is_zero(self) -> bool {
        self.minor == 0
    }

    /// The price a person typed, such as `12`, `12.50` or `12,50`; see [`parse_minor`].
    ///
    /// # Errors
    /// As [`parse_minor`].
    pub fn parse(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        Ok(Self::new(
            parse_minor(text, currency.minor_digits())?,
            currency,
        ))
    }

    /// Both together.
    ///
    /// # Errors
    /// [`MoneyError::CurrencyDiffers`], [`MoneyError::TooLarge`].
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        self.same(other)?.with(self.minor.checked_add(other.minor))
    }

    /// This less the other.
    ///
    /// # Errors
    /// [`MoneyError::CurrencyDiffers`], [`MoneyError::TooLarge`].
    pub fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        self.same(other)?.with(self.minor.checked_sub(other.minor))
    }

    /// This many times.
    ///
    /// # Errors
    /// [`MoneyError::TooLarge`].
    pub fn checked_mul(self, times: i64) -> Result<Self, MoneyError> {
        self.with(self.minor.checked_mul(times))
    }

    /// The same owed the other way.
    ///
    /// # Errors
    /// [`MoneyError::TooLarge`] for the one amount without an opposite.
    pub fn checked_neg(self) -> Result<Self, MoneyError> {
        self.with(self.minor.checked_neg())
    }

    /// `numerator / denominator` of the amount, such as 1,900 / 10,000 for 19 %. Rounds to the
    /// nearest minor unit, a half away from zero.
    ///
    /// # Errors
    /// [`MoneyError::TooLarge`], also for a denominator that is not positive.
    pub fn fraction(self, numerator: i64, denominator: i64) -> Result<Self, MoneyError> {
        if denominator <= 0 {
            return Err(MoneyError::TooLarge);
        }
        let exact = i128::from(self.minor) * i128::from(numerator);
        let half = i128::from(denominator) / 2;
        let rounded = if exact < 0 {
            -((-exact + half) / i128::from(denominator))
        } else {
            (exact + half) / i128::from(denominator)
        };
        self.with(i64::try_from(rounded).ok())
    }

    /// The sum of amounts of one currency.
    ///
    /// # Errors
    /// [`MoneyError::CurrencyDiffers`], [`MoneyError::TooLarge`].
    pub fn sum(
        currency: Currency,
        amounts: impl IntoIterator<Item = Self>,
    ) -> Result<Self, MoneyError> {
        amounts
            .into_iter()
            .try_fold(Self::zero(currency), Self::checked_add)
    }

    /// The amount as plain figures, `1234.50`: what a form holds and a file exchanges. For people
    /// the `text` room writes it in their language.
    pub fn plain(self) -> String {
        let digits = usize::from(self.currency.minor_digits());
        let sign = if self.minor < 0 { "-" } else { "" };
        let figures = format!("{:0width$}", self.minor.unsigned_abs(), width = digits + 1);
        match figures.split_at_checked(figures.len() - digits) {
            Some((whole, minor)) if digits > 0 => format!("{sign}{whole}.{minor}"),
            _ => format!("{sign}{figures}"),
        }
    }

    fn same(self, other: Self) -> Result<Self, MoneyError> {
        if self.currency == other.currency {
            Ok(self)
        } else {
            Err(MoneyError::CurrencyDiffers)
        }
    }

    fn with(self, minor: Option<i64>) -> Result<Self, MoneyError> {
        minor
            .map(|minor| Self { minor, ..self })
            .ok_or(MoneyError::TooLarge)
    }
}

impl PartialOrd for Money {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        (self.currency == other.currency).then(|| self.minor.cmp(&other.minor))
    }
}

/// Reads a typed price as minor units.
///
/// A point or comma before at most `digits` figures is the decimal sign. Thousands may be grouped
/// by point, comma, space or apostrophe; what could be either is refused rather than guessed, so
/// `1,250` is not a price in a currency of two decimals. Never negative.
///
/// # Errors
/// [`MoneyError::NotAPrice`], [`MoneyError::TooManyDecimals`], [`MoneyError::TooLarge`].
pub fn parse_minor(text: &str, digits: u8) -> Result<i64, MoneyError> {
    let digits = usize::from(digits);
    let text = text.trim();
    let (whole, minor) = match text.rfind(['.', ',']) {
        // A sign that comes twice, or in a currency without decimals, can only group.
        Some(at) if digits > 0 && !repeats(text, at) => {
            let (whole, minor) = text.split_at(at);
            (whole, minor.get(1..).unwrap_or_default())
        }
        _ => (text, ""),
    };
    let decimal = whole.len() < text.len();
    let figures = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if !figures(minor) || (decimal && minor.is_empty()) {
        return Err(MoneyError::NotAPrice);
    }
    if minor.len() > digits {
        return Err(MoneyError::TooManyDecimals);
    }
    let used = text.get(whole.len()..).and_then(|rest| rest.chars().next());
    let whole = ungrouped(whole, used).ok_or(MoneyError::NotAPrice)?;
    format!("{whole}{minor:0<digits$}")
        .parse()
        .map_err(|_| MoneyError::TooLarge)
}

/// Whether the sign at a place comes earlier as well.
fn repeats(text: &str, at: usize) -> bool {
    text.split_at_checked(at).is_some_and(|(before, rest)| {
        rest.chars()
            .next()
            .is_some_and(|sign| before.contains(sign))
    })
}

/// The figures of a whole number whose thousands may be grouped by one sign other than `decimal`.
fn ungrouped(whole: &str, decimal: Option<char>) -> Option<String> {
    let figures = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let group = whole.chars().find(|c| !c.is_ascii_digit());
    let Some(group) = group else {
        return figures(whole).then(|| whole.to_owned());
    };
    // Space, no-break space, narrow no-break space, apostrophe, typographic apostrophe.
    let groups = [' ', '\u{a0}', '\u{202f}', '\'', '’', '.', ','];
    if !groups.contains(&group) || Some(group) == decimal {
        return None;
    }
    let mut parts = whole.split(group);
    let first = parts
        .next()
        .filter(|part| figures(part) && part.len() <= 3)?;
    parts.try_fold(first.to_owned(), |all, part| {
        (figures(part) && part.len() == 3).then(|| all + part)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn eur(minor: i64) -> Money {
        Money::new(minor, "EUR".parse().unwrap())
    }

    #[test]
    fn typed_prices_are_read() {
        let cases = [
            ("12", 2, 1200),
            (" 12.5 ", 2, 1250),
            ("12.50", 2, 1250),
            ("12,50", 2, 1250),
            ("0", 2, 0),
            ("0,05", 2, 5),
            ("1.250,50", 2, 125_050),
            ("1,250.50", 2, 125_050),
            ("1 250,50", 2, 125_050),
            ("1\u{202f}250,50", 2, 125_050),
            ("1'250", 2, 125_000),
            ("1,250,000", 2, 125_000_000),
            ("1200", 0, 1200),
            ("1,200", 0, 1200),
            ("1.250", 3, 1250),
            ("12", 3, 12_000),
        ];
        for (text, digits, minor) in cases {
            assert_eq!(parse_minor(text, digits), Ok(minor), "{text}");
        }
    }

    #[test]
    fn what_would_be_guessed_is_refused() {
        let cases = [
            ("", 2, MoneyError::NotAPrice),
            ("free", 2, MoneyError::NotAPrice),
            ("-5", 2, MoneyError::NotAPrice),
            ("+5", 2, MoneyError::NotAPrice),
            ("12.", 2, MoneyError::NotAPrice),
            (".50", 2, MoneyError::NotAPrice),
            ("1e3", 2, MoneyError::NotAPrice),
            ("12.5.0", 2, MoneyError::NotAPrice),
            ("12,50,", 2, MoneyError::NotAPrice),
            ("1 2", 2, MoneyError::NotAPrice),
            ("12 50", 2, MoneyError::NotAPrice),
            ("1,250", 2, MoneyError::TooManyDecimals),
            ("12.505", 2, MoneyError::TooManyDecimals),
            ("12.5", 0, MoneyError::NotAPrice),
            ("٣", 2, MoneyError::NotAPrice),
            ("92233720368547758.08", 2, MoneyError::TooLarge),
        ];
        for (text, digits, error) in cases {
            assert_eq!(parse_minor(text, digits), Err(error), "{text}");
        }
        assert_eq!(parse_minor("92233720368547758.07", 2), Ok(i64::MAX));
    }

    #[test]
    fn currencies_do_not_mix() {
        let usd = Money::new(1, "usd".parse().unwrap());
        assert_eq!(eur(1).checked_add(usd), Err(MoneyError::CurrencyDiffers));
        assert_eq!(eur(1).checked_sub(usd), Err(MoneyError::CurrencyDiffers));
        assert_eq!(eur(1).partial_cmp(&usd), None);
        assert_eq!(
            Money::sum(usd.currency, [eur(1)]),
            Err(MoneyError::CurrencyDiffers)
        );
        assert_eq!(eur(i64::MAX).checked_add(eur(1)), Err(MoneyError::TooLarge));
        assert_eq!(eur(i64::MIN).checked_neg(), Err(MoneyError::TooLarge));
        assert_eq!(eur(i64::MAX).checked_mul(2), Err(MoneyError::TooLarge));
        for bad in ["", "EU", "EURO", "E1R", "€"] {
            assert_eq!(
                Currency::try_from(bad),
                Err(MoneyError::NotACurrency),
                "{bad}"
            );
        }
    }

    #[test]
    fn fractions_round_half_away_from_zero() {
        assert_eq!(eur(1250).fraction(1900, 10_000), Ok(eur(238)));
        assert_eq!(eur(-1250).fraction(1900, 10_000), Ok(eur(-238)));
        assert_eq!(eur(5).fraction(1, 3), Ok(eur(2)));
        assert_eq!(eur(1).fraction(1, 2), Ok(eur(1)));
        assert_eq!(eur(1).fraction(1, 3), Ok(eur(0)));
        assert_eq!(eur(1).fraction(1, 0), Err(MoneyError::TooLarge));
        assert_eq!(
            eur(i64::MIN).fraction(i64::MIN, 1),
            Err(MoneyError::TooLarge)
        );
    }

    #[test]
    fn plain_figures_have_the_decimals_of_the_currency() {
        let plain = |minor, code: &str| Money::new(minor, code.parse().unwrap()).plain();
        assert_eq!(plain(5, "EUR"), "0.05");
        assert_eq!(plain(-123_456, "EUR"), "-1234.56");
        assert_eq!(plain(1200, "JPY"), "1200");
        assert_eq!(plain(1200, "KWD"), "1.200");
        assert_eq!(plain(i64::MIN, "EUR"), "-92233720368547758.08");
    }

    proptest! {
        #[test]
        fn plain_figures_read_back(minor in 0..=i64::MAX, code in "EUR|JPY|KWD") {
            let money = Money::new(minor, code.parse().unwrap());
            prop_assert_eq!(Money::parse(&money.plain(), money.currency), Ok(money));
            let comma = money.plain().replace('.', ",");
            prop_assert_eq!(Money::parse(&comma, money.currency), Ok(money));
        }

        #[test]
        fn reading_never_fails_loudly(text in "\\PC{0,20}", digits in 0_u8..4) {
            if let Ok(minor) = parse_minor(&text, digits) {
                prop_assert!(minor >= 0);
            }
        }

        #[test]
        fn order_is_that_of_the_amounts(a: i64, b: i64) {
            prop_assert_eq!(eur(a).partial_cmp(&eur(b)), Some(a.cmp(&b)));
            prop_assert_eq!(eur(a).partial_cmp(&eur(b)), eur(b).partial_cmp(&eur(a)).map(Ordering::reverse));
        }

        #[test]
        fn sums_come_apart_again(a in -1_i64 << 60..1 << 60, b in -1_i64 << 60..1 << 60) {
            let sum = eur(a).checked_add(eur(b)).unwrap();
            prop_assert_eq!(sum.checked_sub(eur(b)), Ok(eur(a)));
            prop_assert_eq!(Money::sum(sum.currency, [eur(b), eur(a)]), Ok(sum));
        }

        #[test]
        fn kept_money_reads_back(minor: i64, code in "[A-Z]{3}") {
            let money = Money::new(minor, code.parse().unwrap());
            let bytes = postcard::to_stdvec(&money).unwrap();
            prop_assert_eq!(postcard::from_bytes::<Money>(&bytes), Ok(money));
        }
    }
}
