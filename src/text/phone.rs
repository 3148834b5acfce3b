//! Phone numbers: read in any reasonable spelling, kept as E.164, shown as people write them.

use std::fmt::Write;

use phonenumber::metadata::{DATABASE, Descriptor};
use phonenumber::{Metadata, Mode, PhoneNumber, country};

use super::Text;
use crate::t;

/// The longest spelling that is looked at, in characters.
const MAX_CHARACTERS: usize = 64;
/// The longest number of all, with its country code, in digits (E.164).
const MAX_DIGITS: usize = 15;
/// The shortest number that is looked at, in digits.
const MIN_DIGITS: usize = 4;

/// Why a spelling is not a phone number that we can call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Problem {
    /// Nothing was typed, or no digits.
    Empty,
    /// There are letters or signs that no phone number has.
    Letters,
    /// There is an extension: text messages do not reach one.
    Extension,
    /// Digits are missing for the country.
    TooShort,
    /// There are more digits than the country has.
    TooLong,
    /// The number starts with `+` but no country has the digits that follow.
    UnknownCountry,
    /// The digits have a length that fits, but the country gives out no such numbers.
    UnknownNumber,
}

impl Text {
    /// What to do about a phone number that we cannot use, for the place beside its field.
    pub fn phone_problem(self, problem: Problem) -> String {
        match problem {
            Problem::Empty => t!(self, "phone-problem-empty"),
            Problem::Letters => t!(self, "phone-problem-letters"),
            Problem::Extension => t!(self, "phone-problem-extension"),
            Problem::TooShort => t!(self, "phone-problem-too-short"),
            Problem::TooLong => t!(self, "phone-problem-too-long"),
            Problem::UnknownCountry => t!(self, "phone-problem-unknown-country"),
            Problem::UnknownNumber => t!(self, "phone-problem-unknown-number"),
        }
    }
}

/// Loads the numbering plans of all countries, which takes about a tenth of a second: whoever calls
/// this early spares the first page that wait.
pub fn warm_up() {
    let _ = DATABASE.by_id("GB");
}

/// Reads a phone number and gives it in E.164: `+442079460018`.
///
/// `country` is the ISO 3166 alpha-2 code of the country that a number without a country code
/// belongs to: the clinic's. Spaces, dots, dashes, brackets, slashes and digits of other scripts
/// are all read; `00` and `+` start a number of another country.
///
/// # Errors
/// What is wrong with the number, for a message beside the field.
pub fn parse(typed: &str, country: &str) -> Result<String, Problem> {
    let number = read(&plain(typed)?, home(country))?;
    Ok(number.format().mode(Mode::E164).to_string())
}

/// A number kept in E.164 as people write it: as inside `country` (the clinic's, ISO 3166 alpha-2)
/// if it belongs there, else with its country code. What is not E.164 is given back as it is.
pub fn format(e164: &str, country: &str) -> String {
    let home = home(country);
    let Ok(number) = plain(e164).and_then(|digits| read(&digits, None)) else {
        return e164.to_owned();
    };
    let home_code = home
        .and_then(|id| DATABASE.by_id(id.as_ref()))
        .map(Metadata::country_code);
    let mode = if home_code == Some(number.code().value()) {
        Mode::National
    } else {
        Mode::International
    };
    let mut shown = String::new();
    // A number that the formatter has no rule for is still right in E.164.
    match write!(shown, "{}", number.format().mode(mode)) {
        Ok(()) => shown,
        Err(std::fmt::Error) => e164.to_owned(),
    }
}

/// What one dials before a number inside a country (ISO 3166 alpha-2), and the country's code: `0`
/// and `44`. `None` where numbers are written the same from inside and outside.
pub fn dialling(country: &str) -> Option<(String, String)> {
    let plan = DATABASE.by_id(home(country)?.as_ref())?;
    let prefix = plan.national_prefix()?;
    Some((prefix.to_owned(), plan.country_code().to_string()))
}

fn home(country: &str) -> Option<country::Id> {
    let id: country::Id = country.to_ascii_uppercase().parse().ok()?;
    DATABASE.by_id(id.as_ref()).map(|_| id)
}

/// The digits that were typed, with `+` in front if it was typed there.
fn plain(typed: &str) -> Result<String, Problem> {
    if typed.chars().count() > MAX_CHARACTERS {
        return Err(Problem::TooLong);
    }
    let typed = typed.trim();
    let typed = typed.strip_prefix("tel:").unwrap_or(typed);
    let mut plain = String::new();
    for letter in typed.chars() {
        match letter {
            '+' | '\u{ff0b}' if plain.is_empty() => plain.push('+'),
            'x' | 'X' | '#' | ';' | ',' if plain.len() > MIN_DIGITS => {
                return Err(Problem::Extension);
            }
            _ if is_separator(letter) => {}
            _ => plain.push(digit(letter).ok_or_else(|| unreadable(typed, &plain))?),
        }
    }
    if plain.is_empty() || plain == "+" {
        Err(Problem::Empty)
    } else {
        Ok(plain)
    }
}

/// What is wrong when something that is no digit follows the digits that were read so far.
fn unreadable(typed: &str, so_far: &str) -> Problem {
    let extension = so_far.len() > MIN_DIGITS && typed.to_lowercase().contains("ext");
    if extension {
        Problem::Extension
    } else {
        Problem::Letters
    }
}

fn is_separator(letter: char) -> bool {
    letter.is_whitespace()
        || matches!(
            letter,
            '-' | '.' | '(' | ')' | '[' | ']' | '/' | '_' | '~' | '·'
                | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2010}'..='\u{2015}' | '\u{202a}'..='\u{202e}'
                | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{2212}' | '\u{feff}'
        )
}

/// A decimal digit of any script that phone keyboards offer, as an ASCII digit.
fn digit(letter: char) -> Option<char> {
    let zeros = ['0', '\u{660}', '\u{6f0}', '\u{966}', '\u{9e6}', '\u{ff10}'];
    zeros.into_iter().find_map(|zero| {
        let value = u32::from(letter).checked_sub(u32::from(zero))?;
        char::from_digit(value, 10)
    })
}

fn read(plain: &str, home: Option<country::Id>) -> Result<PhoneNumber, Problem> {
    let digits = plain.trim_start_matches('+').len();
    if digits < MIN_DIGITS {
        return Err(Problem::TooShort);
    }
    // A trunk zero or an international prefix may come on top.
    if digits > MAX_DIGITS + 3 {
        return Err(Problem::TooLong);
    }
    // With `+` the number says its own country; the clinic's rules must not touch it.
    let abroad = plain.strip_prefix("00").map(|rest| format!("+{rest}"));
    let plain = abroad.as_deref().unwrap_or(plain);
    let home = if plain.starts_with('+') { None } else { home };
    let number = phonenumber::parse(home, plain).map_err(|error| match error {
        phonenumber::ParseError::NoNumber => Problem::Empty,
        phonenumber::ParseError::InvalidCountryCode => Problem::UnknownCountry,
        phonenumber::ParseError::TooShortAfterIdd | phonenumber::ParseError::TooShortNsn => {
            Problem::TooShort
        }
        phonenumber::ParseError::TooLong => Problem::TooLong,
        phonenumber::ParseError::MalformedInteger(_) => Problem::UnknownNumber,
    })?;
    check(&number).map(|()| number)
}

/// Whether the country could have given out the number.
///
/// Only the shape of the country's numbers is asked for, not today's list of areas: a new area, or
/// a number kept free for films and tests, is no reason to turn a patient away.
fn check(number: &PhoneNumber) -> Result<(), Problem> {
    let national = number.national().to_string();
    let code = number.code().value().to_string();
    // A few countries allow numbers inside that no one outside can call.
    if national.len() + code.len() > MAX_DIGITS {
        return Err(Problem::TooLong);
    }
    let countries = DATABASE
        .by_code(&number.code().value())
        .ok_or(Problem::UnknownCountry)?;
    let fits = countries
        .iter()
        .map(|known| known.descriptors())
        .any(|kinds| {
            // The pattern alone also fits a longer number that only begins like one of the country's.
            let length_fits = [
                kinds.fixed_line(),
                kinds.mobile(),
                kinds.voip(),
                kinds.personal_number(),
                kinds.uan(),
                kinds.toll_free(),
                kinds.shared_cost(),
                kinds.premium_rate(),
            ]
            .into_iter()
            .flatten()
            .flat_map(Descriptor::possible_length)
            .any(|length| usize::from(*length) == national.len());
            length_fits && kinds.general().is_match(&national)
        });
    if fits {
        return Ok(());
    }
    // The lengths that a country allows reach from service numbers to switchboards. What people
    // have is a landline or a mobile, so those say whether digits are missing.
    let usual: Vec<usize> = countries
        .iter()
        .map(|known| known.descriptors())
        .flat_map(|kinds| [kinds.fixed_line(), kinds.mobile()])
        .filter_map(|kind| Some(kind?.example()?.trim_start_matches('0').len()))
        .collect();
    let shortest = usual.iter().min().copied().unwrap_or(MIN_DIGITS);
    let longest = usual.iter().max().copied().unwrap_or(MAX_DIGITS);
    Err(match number.national().value().to_string().len() {
        length if length < shortest => Problem::TooShort,
        length if length > longest => Problem::TooLong,
        _ => Problem::UnknownNumber,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_reasonable_spelling_is_the_same_number() {
        let spellings = [
            "020 7946 0018",
            "(020) 7946-0018",
            "020.7946.0018.",
            "02079460018",
            "+44 20 7946 0018",
            "+44 (0)20 7946 0018",
            "0044 20 7946 0018",
            " +44\u{a0}20\u{2011}7946\u{2011}0018 ",
            "\u{202a}+442079460018\u{202c}",
            "tel:+44-20-7946-0018",
            "٠٢٠ ٧٩٤٦ ٠٠١٨",
            "０２０７９４６００１８",
        ];
        for spelling in spellings {
            assert_eq!(
                parse(spelling, "GB").as_deref(),
                Ok("+442079460018"),
                "{spelling}"
            );
        }
    }

    #[test]
    fn the_country_of_the_clinic_is_assumed_and_no_other_is_forced() {
        let cases = [
            ("07700 900123", "GB", "+447700900123"),
            ("7700 900123", "gb", "+447700900123"),
            ("(202) 555-0123", "US", "+12025550123"),
            ("1 202 555 0123", "US", "+12025550123"),
            ("030 23125 000", "DE", "+493023125000"),
            ("06 698 12345", "IT", "+390669812345"),
            ("+39 06 698 12345", "GB", "+390669812345"),
            ("01 99 00 12 34", "FR", "+33199001234"),
            ("+1 (202) 555-0123", "DE", "+12025550123"),
        ];
        for (typed, country, expected) in cases {
            assert_eq!(
                parse(typed, country).as_deref(),
                Ok(expected),
                "{typed} in {country}"
            );
        }
    }

    #[test]
    fn each_problem_is_named() {
        let cases = [
            ("", Problem::Empty),
            (" - ", Problem::Empty),
            ("+", Problem::Empty),
            ("ask my son", Problem::Letters),
            ("020 7946 0O18", Problem::Letters),
            ("020 7946 0018 ext 4", Problem::Extension),
            ("020 7946 0018 x4", Problem::Extension),
            ("020", Problem::TooShort),
            ("020 7946", Problem::TooShort),
            ("020 7946 0018 0018", Problem::TooLong),
            ("+999 1234 5678", Problem::UnknownCountry),
            ("0000 000 0000", Problem::UnknownCountry),
            ("0400 000 0000", Problem::UnknownNumber),
        ];
        for (typed, expected) in cases {
            assert_eq!(parse(typed, "GB"), Err(expected), "{typed}");
        }
        assert_eq!(parse("020 7946 0018", "ZZ"), Err(Problem::UnknownCountry));
        assert_eq!(
            parse("+44 20 7946 0018", "").as_deref(),
            Ok("+442079460018")
        );
    }

    #[test]
    fn a_number_is_shown_as_people_write_it() {
        let cases = [
            ("+442079460018", "GB", "020 7946 0018"),
            ("+442079460018", "US", "+44 20 7946 0018"),
            ("+12025550123", "US", "(202) 555-0123"),
            ("+12025550123", "GB", "+1 202-555-0123"),
            ("+390669812345", "IT", "06 6981 2345"),
            ("not a number", "GB", "not a number"),
        ];
        for (e164, country, expected) in cases {
            assert_eq!(format(e164, country), expected, "{e164} in {country}");
        }
    }

    fn countries() -> impl Strategy<Value = String> {
        let known: Vec<String> = DATABASE
            .iter()
            .map(|country| country.id().to_owned())
            .collect();
        prop::sample::select(known)
    }

    proptest! {
        #[test]
        fn what_is_read_is_stable(
            typed in "[+0]?[0-9 ()x.]{0,24}|\\+?[1-9][0-9]{6,14}|\\PC{0,20}",
            country in countries(),
        ) {
            if let Ok(e164) = parse(&typed, &country) {
                prop_assert!(e164.starts_with('+') && e164.len() <= MAX_DIGITS + 1, "{e164}");
                prop_assert_eq!(parse(&e164, "FR"), Ok(e164.clone()));
                prop_assert!(!format(&e164, &country).is_empty());
            }
        }
    }
}
