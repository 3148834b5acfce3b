//! Countries: what a clinic's country suggests for its settings, and how its people write.
//!
//! All of it is a suggestion for set-up; the clinic's own settings decide.

mod table;

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use jiff::civil::Weekday;
use serde::{Deserialize, Serialize};

use super::money::Currency;

/// The order in which people write a date in figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateOrder {
    /// 31.12.2026
    DayMonthYear,
    /// 12/31/2026
    MonthDayYear,
    /// 2026-12-31
    YearMonthDay,
}

/// One line of the table.
#[derive(Debug)]
struct Facts {
    code: &'static str,
    name: &'static str,
    currency: &'static str,
    language: &'static str,
    zones: &'static str,
    prefix: &'static str,
    emergency: &'static str,
    date_order: DateOrder,
    first_weekday: Weekday,
    clock_24h: bool,
}

/// A country or territory with people in it, by its ISO 3166-1 alpha-2 code.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Country(&'static Facts);

/// A text that is no country code we know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownCountry;

impl fmt::Display for UnknownCountry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a country code")
    }
}

impl std::error::Error for UnknownCountry {}

impl Country {
    /// Every country, sorted by code.
    pub fn all() -> impl ExactSizeIterator<Item = Self> {
        table::TABLE.iter().map(Self)
    }

    /// The ISO 3166-1 alpha-2 code, upper case.
    pub fn code(self) -> &'static str {
        self.0.code
    }

    /// The short name in English.
    pub fn name(self) -> &'static str {
        self.0.name
    }

    /// The usual currency.
    pub fn currency(self) -> Currency {
        Currency::known(self.0.currency)
    }

    /// The most usual language, as a language tag with the region: `de-AT`.
    pub fn language(self) -> &'static str {
        self.0.language
    }

    /// Its IANA zones, the usual one first; at least one.
    pub fn zones(self) -> impl Iterator<Item = &'static str> {
        self.0.zones.split(' ')
    }

    /// The usual IANA zone.
    pub fn zone(self) -> &'static str {
        self.zones().next().unwrap_or("UTC")
    }

    /// The prefix of its telephone numbers, such as `+44`.
    pub fn telephone_prefix(self) -> &'static str {
        self.0.prefix
    }

    /// The number to call in a medical emergency, where we are sure of one.
    pub fn emergency_number(self) -> Option<&'static str> {
        Some(self.0.emergency).filter(|number| !number.is_empty())
    }

    /// How people write a date in figures.
    pub fn date_order(self) -> DateOrder {
        self.0.date_order
    }

    /// The weekday on which calendars begin.
    pub fn first_weekday(self) -> Weekday {
        self.0.first_weekday
    }

    /// Whether people write 14:30 rather than 2:30 pm.
    pub fn clock_24h(self) -> bool {
        self.0.clock_24h
    }
}

/// Reads a code in either case.
impl TryFrom<&str> for Country {
    type Error = UnknownCountry;

    fn try_from(code: &str) -> Result<Self, UnknownCountry> {
        let code = code.trim().to_ascii_uppercase();
        table::TABLE
            .binary_search_by(|facts| facts.code.cmp(&code))
            .ok()
            .and_then(|index| table::TABLE.get(index))
            .map(Self)
            .ok_or(UnknownCountry)
    }
}

impl TryFrom<String> for Country {
    type Error = UnknownCountry;

    fn try_from(code: String) -> Result<Self, UnknownCountry> {
        Self::try_from(code.as_str())
    }
}

impl FromStr for Country {
    type Err = UnknownCountry;

    fn from_str(code: &str) -> Result<Self, UnknownCountry> {
        Self::try_from(code)
    }
}

impl From<Country> for String {
    fn from(country: Country) -> Self {
        country.code().to_owned()
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Country({})", self.code())
    }
}

impl PartialEq for Country {
    fn eq(&self, other: &Self) -> bool {
        self.code() == other.code()
    }
}

impl Eq for Country {}

impl PartialOrd for Country {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Country {
    fn cmp(&self, other: &Self) -> Ordering {
        self.code().cmp(other.code())
    }
}

impl Hash for Country {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.code().hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn country(code: &str) -> Country {
        code.parse().unwrap()
    }

    #[test]
    fn codes_are_sorted_and_unique() {
        let codes: Vec<&str> = Country::all().map(Country::code).collect();
        assert!(codes.is_sorted_by(|a, b| a < b));
        assert!(codes.iter().all(|code| code.len() == 2));
    }

    #[test]
    fn every_line_is_usable() {
        for one in Country::all() {
            assert_eq!(country(one.code()), one);
            assert!(!one.name().is_empty());
            assert_eq!(one.currency().as_str(), one.0.currency, "{one}");
            let language: unic_langid::LanguageIdentifier = one.language().parse().unwrap();
            assert_eq!(language.region.unwrap().as_str(), one.code());
            for zone in one.zones() {
                assert!(jiff::tz::TimeZone::get(zone).is_ok(), "{one}: {zone}");
            }
            let emergency = one.emergency_number().unwrap_or("112");
            assert!((2..=5).contains(&emergency.len()), "{one}");
            assert!(emergency.bytes().all(|b| b.is_ascii_digit()), "{one}");
        }
    }

    /// The prefixes against the numbering plans we parse telephone numbers with.
    #[test]
    fn telephone_prefixes_are_those_of_the_numbering_plans() {
        let mut compared = 0;
        for one in Country::all() {
            if let Some(plan) = phonenumber::metadata::DATABASE.by_id(one.code()) {
                assert_eq!(
                    one.telephone_prefix(),
                    format!("+{}", plan.country_code()),
                    "{one}"
                );
                compared += 1;
            }
        }
        assert!(compared > 200);
    }

    #[test]
    fn well_known_countries_are_as_their_people_know_them() {
        let gb = country("gb");
        assert_eq!((gb.name(), gb.zone()), ("United Kingdom", "Europe/London"));
        assert_eq!((gb.currency().as_str(), gb.language()), ("GBP", "en-GB"));
        assert_eq!(gb.emergency_number(), Some("999"));
        let us = country("US");
        assert_eq!(us.date_order(), DateOrder::MonthDayYear);
        assert_eq!(
            (us.first_weekday(), us.clock_24h()),
            (Weekday::Sunday, false)
        );
        assert_eq!(country("SE").date_order(), DateOrder::YearMonthDay);
        assert_eq!(country("AU").zone(), "Australia/Sydney");
        assert_eq!(country("BG").currency().as_str(), "EUR");
        let wanted = "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE \
            IS LI NO GB CH US CA AU NZ IN ZA BR MX AR CL CO PE JP KR SG MY PH ID TH VN TR UA IL AE SA \
            EG MA TN KE NG GH UG TZ RW ET PK BD LK NP";
        for code in wanted.split_whitespace() {
            assert!(country(code).emergency_number().is_some(), "{code}");
        }
    }

    #[test]
    fn other_texts_are_no_country() {
        for bad in ["", "X", "XX", "GBR", "ÅÅ", "G\u{0}"] {
            assert_eq!(Country::try_from(bad), Err(UnknownCountry), "{bad}");
        }
        let bytes = postcard::to_stdvec(&country("NZ")).unwrap();
        assert_eq!(postcard::from_bytes::<Country>(&bytes), Ok(country("NZ")));
        assert!(postcard::from_bytes::<Country>(&postcard::to_stdvec("ZZ").unwrap()).is_err());
    }
}
