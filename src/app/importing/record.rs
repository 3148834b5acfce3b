//! What a file says, before anyone has asked what the clinic knows. Readers of other systems'
//! files fill these; nothing here has an identifier of ours.

use jiff::civil::Date;
use jiff::{Timestamp, tz::TimeZone};

use crate::domain::patient::Patient;
use crate::domain::person::{Address, Email, Gender, HumanName, Identifier};

/// Everything that one file says and that we keep. It is taken as a whole or not at all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// People cared for.
    pub patients: Vec<PatientRecord>,
    /// People who care.
    pub practitioners: Vec<PractitionerRecord>,
    /// Where they care.
    pub organizations: Vec<OrganizationRecord>,
    /// Visits that took place.
    pub encounters: Vec<EncounterRecord>,
}

/// Where a record stands and what others call it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Label {
    /// Its place in the file, counted from 0.
    pub entry: usize,
    /// The names under which references mean it, such as a `urn:uuid:`.
    pub called: Vec<String>,
}

/// How a record points to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reference {
    /// By one of these names, the likeliest first.
    Named(Vec<String>),
    /// By an identifier of another system.
    Identified(Identifier),
}

/// Whether the source still uses the record of a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// In use.
    #[default]
    InUse,
    /// Put away.
    PutAway,
    /// The person has died.
    Deceased {
        /// The day, where it is known.
        on: Option<Date>,
    },
}

/// A person cared for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PatientRecord {
    /// Where it stands in the file.
    pub label: Label,
    /// Identifiers; only those with a system tell who someone is.
    pub identifiers: Vec<Identifier>,
    /// All names; the first is the one in use. Never empty.
    pub names: Vec<HumanName>,
    /// Day of birth.
    pub birth_date: Option<Date>,
    /// Administrative gender.
    pub gender: Option<Gender>,
    /// Telephone numbers as written.
    pub phones: Vec<String>,
    /// E-mail address.
    pub email: Option<Email>,
    /// Postal address.
    pub address: Option<Address>,
    /// BCP 47 tag.
    pub language: Option<String>,
    /// Whether the source still uses the record.
    pub standing: Standing,
}

/// A person who cares.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PractitionerRecord {
    /// Where it stands in the file.
    pub label: Label,
    /// Identifiers. Never empty.
    pub identifiers: Vec<Identifier>,
    /// The name.
    pub name: HumanName,
}

/// An organisation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrganizationRecord {
    /// Where it stands in the file.
    pub label: Label,
    /// Identifiers. Never empty.
    pub identifiers: Vec<Identifier>,
    /// The name.
    pub name: String,
}

/// A moment as a source gives it: exact, or only a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// An instant.
    Exact(Timestamp),
    /// A day of the clinic's calendar.
    Day(Date),
}

impl Moment {
    /// The instant, to the second: of a day, its first in the clinic's zone.
    pub fn instant(self, zone: &TimeZone) -> Timestamp {
        let exact = match self {
            Self::Exact(at) => at,
            Self::Day(date) => zone
                .to_ambiguous_zoned(date.at(0, 0, 0, 0))
                .compatible()
                .map_or(Timestamp::UNIX_EPOCH, |z| z.timestamp()),
        };
        // Kept to the second, so it is compared to the second.
        Timestamp::from_second(exact.as_second()).unwrap_or(exact)
    }
}

/// A visit that took place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncounterRecord {
    /// Where it stands in the file.
    pub label: Label,
    /// Its identifier; `None` when only its place under its patient tells which it is.
    pub identifier: Option<Identifier>,
    /// What tells it from the patient's other visits when it has no identifier.
    pub local_id: String,
    /// Who was cared for.
    pub patient: Reference,
    /// Who cared.
    pub practitioner: Option<Reference>,
    /// Where.
    pub organization: Option<Reference>,
    /// From.
    pub start: Moment,
    /// Until: exclusive.
    pub end: Option<Moment>,
    /// FHIR `Encounter.class`.
    pub class: String,
    /// FHIR `Encounter.status`.
    pub status: String,
    /// What it was, in the words of the source.
    pub kind: String,
}

impl PatientRecord {
    /// The identifiers that tell who someone is.
    pub fn telling(&self) -> impl Iterator<Item = &Identifier> {
        self.identifiers.iter().filter(|i| !i.system.is_empty())
    }

    /// The country that a phone number without a country code belongs to: that of the address
    /// where it is given as a code, else `home` (ISO 3166-1 alpha-2).
    pub fn country<'a>(&'a self, home: &'a str) -> &'a str {
        match &self.address {
            Some(a) if a.country.len() == 2 => &a.country,
            _ => home,
        }
    }

    /// Whether a chart cannot be this person: another birth date and no name in common.
    pub fn contradicts(&self, chart: &Patient) -> bool {
        let (Some(ours), Some(theirs)) = (self.birth_date, chart.birth_date) else {
            return false;
        };
        let words = |names: &[HumanName]| -> Vec<String> {
            names
                .iter()
                .flat_map(|n| crate::domain::search::words(&n.full()))
                .collect()
        };
        let known = words(&chart.names);
        ours != theirs && !words(&self.names).iter().any(|w| known.contains(w))
    }
}
