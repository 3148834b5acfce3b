//! A visit that took place according to a record from elsewhere. It takes no time in the calendar
//! and counts in no figure.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::id::{EncounterId, OrganizationId, PatientId, PractitionerId};
use super::person::Identifier;

/// A visit that took place (FHIR `Encounter`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Encounter {
    /// Which encounter.
    pub id: EncounterId,
    /// Who was cared for.
    pub patient: PatientId,
    /// Who cared.
    pub practitioner: Option<PractitionerId>,
    /// Where.
    pub organization: Option<OrganizationId>,
    /// Its identifier in the source.
    pub identifier: Identifier,
    /// From.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub start: Timestamp,
    /// Until: exclusive.
    #[serde(with = "jiff::fmt::serde::timestamp::second::optional")]
    pub end: Option<Timestamp>,
    /// FHIR `Encounter.class`, such as `AMB`.
    pub class: String,
    /// FHIR `Encounter.status`.
    pub status: String,
    /// What it was, in the words of the source.
    pub kind: String,
}
