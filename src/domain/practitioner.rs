//! A person who cares, and the organisations that imported records name.

use serde::{Deserialize, Serialize};

use super::id::{OrganizationId, PractitionerId};
use super::person::{HumanName, Identifier};

/// A person who cares (FHIR `Practitioner`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Practitioner {
    /// Which practitioner.
    pub id: PractitionerId,
    /// The name, with its title.
    pub name: HumanName,
    /// What patients read below the name, such as "Physiotherapist".
    pub role: String,
    /// Calendar colour, 1 to 8.
    pub hue: u8,
    /// Whether visits can be booked. Imported practitioners are inactive until a person says
    /// otherwise.
    pub active: bool,
    /// Identifiers from other systems.
    pub identifiers: Vec<Identifier>,
}

impl Practitioner {
    /// The name as patients read it: with the title and the family name where there is a title.
    pub fn called(&self) -> String {
        if self.name.prefix.is_empty() {
            self.name.full()
        } else {
            let last = if self.name.family.is_empty() {
                &self.name.given
            } else {
                &self.name.family
            };
            format!("{} {last}", self.name.prefix)
        }
    }
}

/// An organisation named by imported records (FHIR `Organization`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organization {
    /// Which organisation.
    pub id: OrganizationId,
    /// Its name.
    pub name: String,
    /// Identifiers from other systems.
    pub identifiers: Vec<Identifier>,
    /// Whether the clinic works with it. Imported ones are inactive until a person says otherwise.
    pub active: bool,
}
