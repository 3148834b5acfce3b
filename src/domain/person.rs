//! What people have in common: names, contact details, addresses.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::country::Country;

/// What a name is used for (FHIR `HumanName.use`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum NameUse {
    /// The name in papers.
    #[default]
    Official,
    /// The name the person goes by.
    Usual,
    /// A name given up on marriage.
    Maiden,
    /// A familiar name.
    Nickname,
    /// A name no longer in use.
    Old,
}

/// A name in its parts. Either `given` or `family` may be empty, never both.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HumanName {
    /// What the name is used for.
    pub usage: NameUse,
    /// Title before the name, such as "Dr".
    pub prefix: String,
    /// Given names, in order, separated by spaces.
    pub given: String,
    /// Family name.
    pub family: String,
    /// What follows the name, such as "Jr".
    pub suffix: String,
}

impl HumanName {
    /// From a full name as a person types it: the last word is the family name.
    pub fn from_full(full: &str) -> Self {
        let words: Vec<&str> = full.split_whitespace().collect();
        match words.split_last() {
            Some((last, [])) => Self {
                given: (*last).to_owned(),
                ..Self::default()
            },
            Some((last, first)) => Self {
                given: first.join(" "),
                family: (*last).to_owned(),
                ..Self::default()
            },
            None => Self::default(),
        }
    }

    /// As one says it: "Amira Haddad".
    pub fn full(&self) -> String {
        join([&self.given, &self.family])
    }

    /// With title and suffix: "Dr Amira Haddad".
    pub fn formal(&self) -> String {
        join([&self.prefix, &self.given, &self.family, &self.suffix])
    }

    /// As a list sorts it: "Haddad, Amira".
    pub fn sorted(&self) -> String {
        match (self.family.is_empty(), self.given.is_empty()) {
            (false, false) => format!("{}, {}", self.family, self.given),
            (false, true) => self.family.clone(),
            (true, _) => self.given.clone(),
        }
    }

    /// What one calls the person: the first given name, else the family name.
    pub fn familiar(&self) -> &str {
        self.given.split_whitespace().next().unwrap_or(&self.family)
    }

    /// Whether there is nothing to call the person by.
    pub fn is_empty(&self) -> bool {
        self.given.is_empty() && self.family.is_empty()
    }
}

fn join<const N: usize>(parts: [&String; N]) -> String {
    let parts: Vec<&str> = parts
        .iter()
        .map(|p| p.as_str())
        .filter(|p| !p.is_empty())
        .collect();
    parts.join(" ")
}

/// Administrative gender (FHIR `Patient.gender`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Gender {
    /// Female.
    Female,
    /// Male.
    Male,
    /// Other.
    Other,
    /// Not known.
    Unknown,
}

/// A postal address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// Street, house and anything else above the city.
    pub lines: Vec<String>,
    /// City or town.
    pub city: String,
    /// State, county or region.
    pub region: String,
    /// Postal code.
    pub postal_code: String,
    /// Country as written in the source.
    pub country: String,
}

impl Address {
    /// Every part that is filled, top to bottom.
    pub fn parts(&self) -> Vec<&str> {
        self.lines
            .iter()
            .chain([&self.city, &self.region, &self.postal_code, &self.country])
            .map(String::as_str)
            .filter(|p| !p.is_empty())
            .collect()
    }

    /// The same for people to read: a country that was written as its code has its name.
    pub fn shown(&self) -> Vec<&str> {
        let named = |part| match Country::try_from(part) {
            Ok(country) if part == self.country => country.name(),
            Ok(_) | Err(_) => part,
        };
        self.parts().into_iter().map(named).collect()
    }
}

/// An identifier given by another system, such as a national number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Identifier {
    /// The system that gave it, usually a URI.
    pub system: String,
    /// The value within that system.
    pub value: String,
}

/// An e-mail address that is worth sending to: one `@`, something around it, no spaces and no
/// control characters. Kept as typed, compared in lower case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Email(String);

/// A text that is no e-mail address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnEmail;

impl TryFrom<&str> for Email {
    type Error = NotAnEmail;

    fn try_from(text: &str) -> Result<Self, NotAnEmail> {
        let text = text.trim();
        let (local, host) = text.rsplit_once('@').ok_or(NotAnEmail)?;
        let plain =
            |c: char| !c.is_control() && !c.is_whitespace() && !"<>()[],;:\\\"@".contains(c);
        let labels_ok = host.split('.').all(|label| {
            !label.is_empty()
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        });
        let ok = !local.is_empty()
            && local.len() <= 64
            && text.len() <= 254
            && local.chars().all(plain)
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..")
            && host.contains('.')
            && labels_ok;
        if ok {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotAnEmail)
        }
    }
}

impl Email {
    /// As typed.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form in which two addresses are compared.
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }
}

/// The whole years between a birth date and a day; `None` for a birth in the future.
pub fn age_years(born: Date, today: Date) -> Option<i16> {
    if born > today {
        return None;
    }
    let had_birthday = (today.month(), today.day()) >= (born.month(), born.day());
    Some(today.year() - born.year() - i16::from(!had_birthday))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_full_name_splits_at_its_last_word() {
        let name = HumanName::from_full("  Ana  María   Silva ");
        assert_eq!(
            (name.given.as_str(), name.family.as_str()),
            ("Ana María", "Silva")
        );
        assert_eq!(name.sorted(), "Silva, Ana María");
        assert_eq!(name.familiar(), "Ana");
        assert_eq!(HumanName::from_full("Sukarno").full(), "Sukarno");
        assert!(HumanName::from_full("  ").is_empty());
    }

    #[test]
    fn people_read_the_name_of_a_country() {
        let address = |country: &str| Address {
            city: "DE".to_owned(),
            country: country.to_owned(),
            ..Address::default()
        };
        assert_eq!(address("GB").shown(), ["DE", "United Kingdom"]);
        assert_eq!(address("Wales").shown(), ["DE", "Wales"]);
        assert_eq!(address("").shown(), ["DE"]);
    }

    #[test]
    fn addresses_that_cannot_be_reached_are_refused() {
        for good in ["a@b.co", "amira.h+x@mail.example.org", "ünï@exämple.de"] {
            assert!(Email::try_from(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "a",
            "a@b",
            "a b@c.de",
            "a@b..de",
            "a@-b.de",
            ".a@b.de",
            "a@b.de\r\nBcc: x@y.z",
        ] {
            assert!(Email::try_from(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_birthday_counts_on_its_day() {
        assert_eq!(age_years(date(2000, 2, 29), date(2026, 2, 28)), Some(25));
        assert_eq!(age_years(date(2000, 2, 29), date(2026, 3, 1)), Some(26));
        assert_eq!(age_years(date(2026, 11, 23), date(2026, 11, 23)), Some(0));
        assert_eq!(age_years(date(2027, 1, 1), date(2026, 11, 23)), None);
    }
}
