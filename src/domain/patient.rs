//! A person cared for.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::id::PatientId;
use super::person::{Address, Email, Gender, HumanName, Identifier};

/// Whether a chart is in use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PatientState {
    /// In use.
    Active,
    /// Someone who asked to be a patient; staff have not said who it is. In no list but requests.
    Provisional,
    /// Put away by staff, with their reason; gets no messages and cannot be booked.
    Archived {
        /// Why, in the words of who did it.
        reason: String,
    },
    /// Has died; gets no messages and cannot be booked.
    Deceased {
        /// The day, where it is known.
        on: Option<Date>,
    },
    /// A second chart of the same person; everything is in the other one.
    Merged {
        /// The chart that holds everything.
        into: PatientId,
    },
}

/// A person cared for (FHIR `Patient`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Patient {
    /// Which patient.
    pub id: PatientId,
    /// The number staff say on the phone, unique in the clinic.
    pub chart: u32,
    /// All names; the first is the one in use.
    pub names: Vec<HumanName>,
    /// Day of birth, where it is known. It is the second factor of an invitation.
    pub birth_date: Option<Date>,
    /// Administrative gender, where it is known.
    pub gender: Option<Gender>,
    /// Telephone numbers in E.164; the first is called first. A number from an import that no
    /// country's rules can read stands here as it was written.
    pub phones: Vec<String>,
    /// Where mail goes.
    pub email: Option<Email>,
    /// Postal address.
    pub address: Option<Address>,
    /// BCP 47 tag of the language the person reads, where it is known.
    pub language: Option<String>,
    /// Identifiers from other systems.
    pub identifiers: Vec<Identifier>,
    /// Whether the chart is in use.
    pub state: PatientState,
    /// What the front desk wants to remember. Never shown to the patient.
    pub desk_note: String,
    /// Whether the person wants reminders.
    pub reminders: bool,
    /// When the person was last seen here; the order of search results.
    #[serde(with = "jiff::fmt::serde::timestamp::second::optional")]
    pub seen_at: Option<Timestamp>,
    /// When the chart was opened.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub created_at: Timestamp,
}

impl Patient {
    /// An active chart with nothing in it but a name.
    pub fn new(id: PatientId, name: HumanName, created_at: Timestamp) -> Self {
        Self {
            id,
            chart: 0,
            names: vec![name],
            birth_date: None,
            gender: None,
            phones: Vec::new(),
            email: None,
            address: None,
            language: None,
            identifiers: Vec::new(),
            state: PatientState::Active,
            desk_note: String::new(),
            reminders: true,
            seen_at: None,
            created_at,
        }
    }

    /// The name in use.
    pub fn name(&self) -> &HumanName {
        static NOBODY: HumanName = HumanName {
            usage: super::person::NameUse::Official,
            prefix: String::new(),
            given: String::new(),
            family: String::new(),
            suffix: String::new(),
        };
        self.names.first().unwrap_or(&NOBODY)
    }

    /// The number to call first.
    pub fn phone(&self) -> Option<&str> {
        self.phones.first().map(String::as_str)
    }

    /// Whether the chart is in use, so that staff can book for it.
    pub fn is_active(&self) -> bool {
        self.state == PatientState::Active
    }

    /// Whether messages make sense.
    pub fn can_be_reached(&self) -> bool {
        matches!(self.state, PatientState::Active | PatientState::Provisional)
    }
}

/// Why two charts may be the same person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Likeness {
    /// Same phone or e-mail, but another name or birth date: a family, perhaps.
    SharedContact,
    /// Same name; one birth date is missing.
    SameName,
    /// Same name and birth date.
    SameNameAndBirth,
}

/// How alike a new person is to a chart, or `None` when nothing speaks for it. Names are compared
/// as [`same_name`](super::search::same_name) does.
pub fn likeness(new: &Patient, known: &Patient) -> Option<Likeness> {
    let same_name = super::search::same_name(new.name(), known.name());
    match (same_name, new.birth_date, known.birth_date) {
        (true, Some(a), Some(b)) if a == b => return Some(Likeness::SameNameAndBirth),
        (true, None, _) | (true, _, None) => return Some(Likeness::SameName),
        _ => {}
    }
    let same_phone = new.phones.iter().any(|p| known.phones.contains(p));
    let same_email = match (&new.email, &known.email) {
        (Some(a), Some(b)) => a.folded() == b.folded(),
        _ => false,
    };
    (same_phone || same_email).then_some(Likeness::SharedContact)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::Id;
    use jiff::civil::date;

    fn person(name: &str) -> Patient {
        let id = PatientId::from_bytes([0; 16]);
        Patient::new(id, HumanName::from_full(name), Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn duplicates_are_seen_through_accents_and_order() {
        let mut a = person("Zoë Müller");
        let mut b = person("MULLER Zoe");
        assert_eq!(likeness(&a, &b), Some(Likeness::SameName));
        a.birth_date = Some(date(1980, 1, 2));
        b.birth_date = Some(date(1980, 1, 2));
        assert_eq!(likeness(&a, &b), Some(Likeness::SameNameAndBirth));
        b.birth_date = Some(date(1990, 1, 2));
        assert_eq!(likeness(&a, &b), None);
        a.phones = vec!["+441512345678".into()];
        b.phones = a.phones.clone();
        assert_eq!(likeness(&a, &b), Some(Likeness::SharedContact));
        // Typed as one run, nobody says where the family name ends.
        let mut known = person("伟 张");
        assert_eq!(known.name().family, "张");
        assert_eq!(likeness(&person("张伟"), &known), Some(Likeness::SameName));
        known.birth_date = Some(date(1992, 3, 12));
        let mut new = person("伟张");
        new.birth_date = known.birth_date;
        assert_eq!(likeness(&new, &known), Some(Likeness::SameNameAndBirth));
    }
}
