//! From FHIR's shapes to what the clinic can take.

use jiff::Timestamp;
use jiff::civil::Date;
use percent_encoding::percent_decode_str;

use super::resource as fhir;
use crate::app::importing::record::{
    EncounterRecord, Label, Moment, OrganizationRecord, PatientRecord, PractitionerRecord,
    Reference, Standing,
};
use crate::domain::person::{Address, Email, Gender, HumanName, Identifier, NameUse};

/// The system of identifiers that are URIs.
const URI: &str = "urn:ietf:rfc:3986";
/// The system of identifiers that are only the name of a record in its file.
const IMPORTED: &str = "urn:anteroom:imported-id";

/// The longest text of a field, in characters.
const MAX_TEXT: usize = 200;
/// The most names, identifiers, numbers or address lines of one record: beyond any real person.
const MAX_MANY: usize = 40;

/// Where a record stands and what it is called there.
pub(super) struct Entry<'a> {
    pub at: usize,
    pub url: Option<&'a str>,
    pub id: Option<&'a str>,
}

impl Entry<'_> {
    fn label(&self, kind: &str) -> Label {
        let local = self.id.map(|id| format!("{kind}/{id}"));
        let called = self
            .url
            .map(str::to_owned)
            .into_iter()
            .chain(local)
            .collect();
        Label {
            entry: self.at,
            called,
        }
    }

    /// An identifier for a record without one, from what the file calls it.
    fn stand_in(&self, kind: &str) -> Option<Identifier> {
        let (system, value) = match (self.url, self.id) {
            (Some(url), _) if is_absolute(url) => (URI, url.to_owned()),
            (_, Some(id)) => (IMPORTED, format!("{kind}/{id}")),
            (_, None) => return None,
        };
        Some(Identifier {
            system: system.to_owned(),
            value,
        })
    }

    fn reference(&self, reference: Option<&fhir::Reference>) -> Option<Reference> {
        let reference = reference?;
        let Some(target) = reference
            .reference
            .as_deref()
            .filter(|t| !t.starts_with('#'))
        else {
            let by = reference.identifier.as_ref().and_then(identifier)?;
            return (!by.system.is_empty()).then_some(Reference::Identified(by));
        };
        if let Some((_, query)) = target.split_once('?') {
            return conditional(query).map(Reference::Identified);
        }
        let target = target.split("/_history/").next().unwrap_or(target);
        if is_absolute(target) {
            return Some(Reference::Named(vec![target.to_owned()]));
        }
        // A relative reference starts where its own record's address ends: `…/Encounter/9`.
        let base = self.url.filter(|u| u.starts_with("http")).and_then(|u| {
            let (rest, _id) = u.rsplit_once('/')?;
            rest.rsplit_once('/').map(|(base, _kind)| base)
        });
        let absolute = base.map(|base| format!("{base}/{target}"));
        Some(Reference::Named(
            absolute.into_iter().chain([target.to_owned()]).collect(),
        ))
    }
}

fn is_absolute(url: &str) -> bool {
    url.starts_with("urn:") || url.starts_with("http://") || url.starts_with("https://")
}

/// `identifier=system|value`, as transactions point to records that need not be in them.
fn conditional(query: &str) -> Option<Identifier> {
    let token = query
        .split('&')
        .find_map(|p| p.strip_prefix("identifier="))?;
    let token = percent_decode_str(token).decode_utf8().ok()?;
    let (system, value) = token.split_once('|')?;
    let complete = !system.is_empty() && !value.is_empty();
    complete.then(|| Identifier {
        system: clean(system, MAX_TEXT),
        value: clean(value, MAX_TEXT),
    })
}

/// A text on one line, without signs that a terminal or a mail would obey, cut at a length.
pub(super) fn clean(text: &str, max: usize) -> String {
    let mut line = String::new();
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()) {
        if word.is_empty() {
            continue;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line.chars().take(max).collect()
}

fn text(field: Option<&String>) -> String {
    field.map_or_else(String::new, |t| clean(t, MAX_TEXT))
}

fn joined(parts: &[Option<String>]) -> String {
    let parts: Vec<&str> = parts.iter().flatten().map(String::as_str).collect();
    clean(&parts.join(" "), MAX_TEXT)
}

fn identifier(given: &fhir::Identifier) -> Option<Identifier> {
    let value = text(given.value.as_ref());
    (!value.is_empty() && given.usage.as_deref() != Some("old")).then(|| Identifier {
        system: text(given.system.as_ref()),
        value,
    })
}

fn identifiers(given: &[fhir::Identifier]) -> Vec<Identifier> {
    let mut all: Vec<Identifier> = Vec::new();
    for identifier in given.iter().filter_map(identifier).take(MAX_MANY) {
        if !all.contains(&identifier) {
            all.push(identifier);
        }
    }
    all
}

/// The identifiers of a record, one of which tells which it is.
fn telling(
    entry: &Entry<'_>,
    kind: &str,
    given: &[fhir::Identifier],
) -> Result<Vec<Identifier>, String> {
    let mut all = identifiers(given);
    if all.iter().all(|i| i.system.is_empty()) {
        let own = entry.stand_in(kind);
        all.push(own.ok_or("the record has no identifier, no id and no fullUrl")?);
    }
    Ok(all)
}

fn name(given: &fhir::Name) -> Option<HumanName> {
    let ended = given.period.as_ref().is_some_and(|p| p.end.is_some());
    let usage = match given.usage.as_deref() {
        _ if ended => NameUse::Old,
        Some("usual" | "temp") => NameUse::Usual,
        Some("nickname" | "anonymous") => NameUse::Nickname,
        Some("maiden") => NameUse::Maiden,
        Some("old") => NameUse::Old,
        _ => NameUse::Official,
    };
    let mut name = HumanName {
        usage,
        prefix: joined(&given.prefix),
        given: joined(&given.given),
        family: text(given.family.as_ref()),
        suffix: joined(&given.suffix),
    };
    if name.is_empty() {
        let whole = HumanName::from_full(&text(given.text.as_ref()));
        (name.given, name.family) = (whole.given, whole.family);
    }
    (!name.is_empty()).then_some(name)
}

/// All names, the one in use first: the usual one, else the official one. A name that lacks a half
/// is not the one in use while there is a whole one.
fn names(given: &[fhir::Name]) -> Vec<HumanName> {
    let mut all: Vec<HumanName> = given.iter().filter_map(name).take(MAX_MANY).collect();
    all.sort_by_key(|n| {
        let rank = match n.usage {
            NameUse::Usual => 0,
            NameUse::Official => 1,
            NameUse::Nickname => 2,
            NameUse::Maiden => 3,
            NameUse::Old => 4,
        };
        (rank > 1, n.given.is_empty() || n.family.is_empty(), rank)
    });
    all
}

/// A date; `Ok(None)` for one that is only a year or a month.
fn date(given: &str) -> Result<Option<Date>, String> {
    let day = given.split('T').next().unwrap_or_default().trim();
    let is_partial = matches!(day.len(), 4 | 7);
    let whole = match day.len() {
        4 => format!("{day}-01-01"),
        7 => format!("{day}-01"),
        _ => day.to_owned(),
    };
    match whole.parse::<Date>() {
        Ok(date) if whole.len() == 10 => Ok((!is_partial).then_some(date)),
        _ => Err(format!("\"{}\" is no date", clean(given, 40))),
    }
}

fn moment(given: &str) -> Result<Moment, String> {
    if let Ok(at) = given.parse::<Timestamp>() {
        return Ok(Moment::Exact(at));
    }
    let no_moment = || format!("\"{}\" is no date and time", clean(given, 40));
    if given.contains('T') {
        return Err(no_moment());
    }
    let whole = match given.len() {
        4 => format!("{given}-01-01"),
        7 => format!("{given}-01"),
        _ => given.to_owned(),
    };
    whole.parse().map(Moment::Day).map_err(|_| no_moment())
}

fn address(given: &[fhir::Address]) -> Option<Address> {
    let in_use = |a: &&fhir::Address| a.usage.as_deref() != Some("old");
    let chosen = given
        .iter()
        .find(|a| a.usage.as_deref() == Some("home"))
        .or_else(|| given.iter().find(in_use))?;
    let lines = chosen.line.iter().flatten().map(|l| clean(l, MAX_TEXT));
    let mut address = Address {
        lines: lines.filter(|l| !l.is_empty()).take(MAX_MANY).collect(),
        city: text(chosen.city.as_ref()),
        region: text(chosen.state.as_ref()),
        postal_code: text(chosen.postal_code.as_ref()),
        country: text(chosen.country.as_ref()),
    };
    if address.parts().is_empty() {
        let whole = text(chosen.text.as_ref());
        address.lines.extend((!whole.is_empty()).then_some(whole));
    }
    (!address.parts().is_empty()).then_some(address)
}

/// Phone numbers in the order in which to call them.
fn phones(given: &[fhir::Telecom]) -> Vec<String> {
    let mut ranked: Vec<(u32, String)> = given
        .iter()
        .filter(|t| matches!(t.system.as_deref(), Some("phone" | "sms")))
        .filter(|t| t.usage.as_deref() != Some("old"))
        .map(|t| (t.rank.unwrap_or(u32::MAX), text(t.value.as_ref())))
        .filter(|(_, number)| !number.is_empty())
        .take(MAX_MANY)
        .collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.into_iter().map(|(_, number)| number).collect()
}

fn language(given: &[fhir::Communication]) -> Option<String> {
    let preferred = given.iter().find(|c| c.preferred == Some(true));
    let code = preferred
        .or_else(|| given.first())?
        .language
        .coding
        .iter()
        .find_map(|c| c.code.clone())?;
    let is_tag = (2..=35).contains(&code.len())
        && code.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    is_tag.then_some(code)
}

/// A patient, and what was left out of the record.
pub(super) fn patient(
    entry: &Entry<'_>,
    given: &fhir::Patient,
) -> Result<(PatientRecord, Vec<String>), String> {
    let mut remarks = Vec::new();
    let mut remark = |what: &str| remarks.push(format!("entry {}: {what}", entry.at));
    let names = names(&given.name);
    if names.is_empty() {
        return Err("the patient has no name".to_owned());
    }
    let birth_date = match &given.birth_date {
        None => None,
        Some(born) => {
            let born = date(born)?;
            if born.is_none() {
                remark("the birth date is not a whole date and was left out");
            }
            born
        }
    };
    let standing = match (&given.deceased_date_time, given.deceased_boolean) {
        (Some(on), _) => Standing::Deceased { on: date(on)? },
        (None, Some(true)) => Standing::Deceased { on: None },
        (None, _) if given.active == Some(false) => Standing::PutAway,
        (None, _) => Standing::InUse,
    };
    let mut mails = given
        .telecom
        .iter()
        .filter(|t| t.system.as_deref() == Some("email") && t.usage.as_deref() != Some("old"))
        .filter_map(|t| t.value.as_deref())
        .peekable();
    let has_mail = mails.peek().is_some();
    let email = mails.find_map(|m| Email::try_from(m).ok());
    if has_mail && email.is_none() {
        remark("the e-mail address cannot be written to and was left out");
    }
    let record = PatientRecord {
        label: entry.label("Patient"),
        identifiers: telling(entry, "Patient", &given.identifier)?,
        names,
        birth_date,
        gender: match given.gender.as_deref() {
            Some("female") => Some(Gender::Female),
            Some("male") => Some(Gender::Male),
            Some("other") => Some(Gender::Other),
            Some("unknown") => Some(Gender::Unknown),
            _ => None,
        },
        phones: phones(&given.telecom),
        email,
        address: address(&given.address),
        language: language(&given.communication),
        standing,
    };
    Ok((record, remarks))
}

pub(super) fn practitioner(
    entry: &Entry<'_>,
    given: &fhir::Practitioner,
) -> Result<PractitionerRecord, String> {
    let identifiers = telling(entry, "Practitioner", &given.identifier)?;
    let number = || identifiers.first().map_or("", |i| i.value.as_str());
    let name = names(&given.name).into_iter().next();
    Ok(PractitionerRecord {
        label: entry.label("Practitioner"),
        name: name.unwrap_or_else(|| HumanName::from_full(number())),
        identifiers,
    })
}

pub(super) fn organization(
    entry: &Entry<'_>,
    given: &fhir::Organization,
) -> Result<OrganizationRecord, String> {
    let identifiers = telling(entry, "Organization", &given.identifier)?;
    let mut name = text(given.name.as_ref());
    if name.is_empty() {
        name = identifiers
            .first()
            .map_or_else(String::new, |i| i.value.clone());
    }
    Ok(OrganizationRecord {
        label: entry.label("Organization"),
        identifiers,
        name,
    })
}

/// A visit that is kept, or how one that is not is counted.
pub(super) enum Visit {
    Kept(Box<EncounterRecord>),
    LeftOut(String),
}

pub(super) fn encounter(entry: &Entry<'_>, given: &fhir::Encounter) -> Result<Visit, String> {
    let status = text(given.status.as_ref());
    // These say that nothing took place.
    if matches!(
        status.as_str(),
        "planned" | "cancelled" | "entered-in-error"
    ) {
        return Ok(Visit::LeftOut(format!("Encounter ({status})")));
    }
    let Some(period) = &given.period else {
        return Ok(Visit::LeftOut("Encounter (without a time)".to_owned()));
    };
    let Some(start) = period.start.as_deref() else {
        return Ok(Visit::LeftOut("Encounter (without a time)".to_owned()));
    };
    let Some(patient) = entry.reference(given.subject.as_ref()) else {
        return Ok(Visit::LeftOut("Encounter (without a patient)".to_owned()));
    };
    let is_other_person = |r: &fhir::Reference| {
        let target = r.reference.as_deref().unwrap_or_default();
        target.contains("RelatedPerson/") || target.contains("PractitionerRole/")
    };
    let practitioner = given
        .participant
        .iter()
        .filter_map(|p| p.individual.as_ref())
        .find(|r| !is_other_person(r));
    let kind = given.kind.first().map_or_else(String::new, |kind| {
        let display = kind.coding.iter().find_map(|c| c.display.as_ref());
        text(kind.text.as_ref().or(display))
    });
    let own = identifiers(&given.identifier)
        .into_iter()
        .find(|i| !i.system.is_empty());
    let url = entry.url.filter(|u| is_absolute(u)).map(|url| Identifier {
        system: URI.to_owned(),
        value: url.to_owned(),
    });
    Ok(Visit::Kept(Box::new(EncounterRecord {
        label: entry.label("Encounter"),
        identifier: own.or(url),
        local_id: clean(entry.id.unwrap_or(start), MAX_TEXT),
        patient,
        practitioner: entry.reference(practitioner),
        organization: entry.reference(given.service_provider.as_ref()),
        start: moment(start)?,
        end: period.end.as_deref().map(moment).transpose()?,
        class: text(given.class.as_ref().and_then(|c| c.code.as_ref())),
        status,
        kind,
    })))
}
