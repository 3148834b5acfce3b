//! The few fields of FHIR R4 that are read, each of them optional, everything else stepped over.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

/// One entry of a bundle.
#[derive(Deserialize)]
pub(super) struct BundleEntry<'a> {
    #[serde(rename = "fullUrl", borrow, default)]
    pub full_url: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub resource: Option<&'a RawValue>,
}

/// What every record says.
#[derive(Deserialize)]
pub(super) struct Kind {
    #[serde(rename = "resourceType")]
    pub resource_type: String,
    #[serde(default)]
    pub id: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Identifier {
    pub system: Option<String>,
    pub value: Option<String>,
    #[serde(rename = "use")]
    pub usage: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Period {
    pub start: Option<String>,
    pub end: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Name {
    #[serde(rename = "use")]
    pub usage: Option<String>,
    pub text: Option<String>,
    pub family: Option<String>,
    pub given: Vec<Option<String>>,
    pub prefix: Vec<Option<String>>,
    pub suffix: Vec<Option<String>>,
    pub period: Option<Period>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Telecom {
    pub system: Option<String>,
    pub value: Option<String>,
    #[serde(rename = "use")]
    pub usage: Option<String>,
    pub rank: Option<u32>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Address {
    #[serde(rename = "use")]
    pub usage: Option<String>,
    pub text: Option<String>,
    pub line: Vec<Option<String>>,
    pub city: Option<String>,
    pub state: Option<String>,
    #[serde(rename = "postalCode")]
    pub postal_code: Option<String>,
    pub country: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Coding {
    pub code: Option<String>,
    pub display: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Concept {
    pub coding: Vec<Coding>,
    pub text: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Communication {
    pub language: Concept,
    pub preferred: Option<bool>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Reference {
    pub reference: Option<String>,
    pub identifier: Option<Identifier>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Patient {
    pub identifier: Vec<Identifier>,
    pub active: Option<bool>,
    pub name: Vec<Name>,
    pub telecom: Vec<Telecom>,
    pub gender: Option<String>,
    pub birth_date: Option<String>,
    pub deceased_boolean: Option<bool>,
    pub deceased_date_time: Option<String>,
    pub address: Vec<Address>,
    pub communication: Vec<Communication>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Practitioner {
    pub identifier: Vec<Identifier>,
    pub name: Vec<Name>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Organization {
    pub identifier: Vec<Identifier>,
    pub name: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Participant {
    pub individual: Option<Reference>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Encounter {
    pub identifier: Vec<Identifier>,
    pub status: Option<String>,
    pub class: Option<Coding>,
    #[serde(rename = "type")]
    pub kind: Vec<Concept>,
    pub subject: Option<Reference>,
    pub participant: Vec<Participant>,
    pub period: Option<Period>,
    pub service_provider: Option<Reference>,
}
