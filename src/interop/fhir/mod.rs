//! FHIR R4 bundles (transaction, collection, searchset) from a file, a folder or a ZIP file.
//!
//! Only what Anteroom keeps is looked at: `Patient`, `Practitioner`, `Organization`, `Encounter`.
//! Every other record is counted by type. One file is read at a time and held in memory, records
//! of no interest as unread bytes; a file that is broken is named with the place in it, and
//! nothing of it is taken.

mod convert;
mod place;
mod resource;
mod run;
mod source;

use std::collections::BTreeMap;

use serde_json::value::RawValue;

pub use self::place::Broken;
pub use self::run::{BrokenFile, Report, Stopped, import};
pub use self::source::{Limits, Unreadable};
use crate::app::importing::record::Batch;

/// What one file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bundle {
    /// What is kept.
    pub batch: Batch,
    /// How many records of other types there are, by type. Visits that did not take place stand
    /// here with their status.
    pub others: BTreeMap<String, u64>,
    /// What was left out of records that are kept, one sentence each.
    pub remarks: Vec<String>,
}

/// Reads one file: a bundle, or a record on its own.
///
/// # Errors
/// [`Broken`] when it is not JSON, or a record that is kept is not what FHIR says.
pub fn read(bytes: &[u8]) -> Result<Bundle, Broken> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let outline = place::outline(bytes)?;
    let mut bundle = Bundle::default();
    if let Some(entries) = outline {
        for (at, entry) in entries.into_iter().enumerate() {
            if let Some(raw) = entry.resource {
                let url = entry.full_url.as_deref();
                one(bytes, at, url, raw, &mut bundle)?;
            }
        }
    } else {
        let raw: &RawValue = serde_json::from_slice(bytes).map_err(|e| Broken::of(&e, None))?;
        one(bytes, 0, None, raw, &mut bundle)?;
    }
    Ok(bundle)
}

fn one(
    file: &[u8],
    at: usize,
    url: Option<&str>,
    raw: &RawValue,
    bundle: &mut Bundle,
) -> Result<(), Broken> {
    let place = place::Place::of(file, at, raw);
    let kind: resource::Kind = place.parse(raw)?;
    let entry = convert::Entry {
        at,
        url,
        id: kind.id.as_deref(),
    };
    let batch = &mut bundle.batch;
    match kind.resource_type.as_str() {
        "Patient" => {
            let (record, remarks) =
                convert::patient(&entry, &place.parse(raw)?).map_err(|e| place.broken(e))?;
            batch.patients.push(record);
            bundle.remarks.extend(remarks);
        }
        "Practitioner" => {
            let record = convert::practitioner(&entry, &place.parse(raw)?);
            batch
                .practitioners
                .push(record.map_err(|e| place.broken(e))?);
        }
        "Organization" => {
            let record = convert::organization(&entry, &place.parse(raw)?);
            batch
                .organizations
                .push(record.map_err(|e| place.broken(e))?);
        }
        "Encounter" => {
            let record = convert::encounter(&entry, &place.parse(raw)?);
            match record.map_err(|e| place.broken(e))? {
                convert::Visit::Kept(record) => batch.encounters.push(*record),
                convert::Visit::LeftOut(why) => count(bundle, why),
            }
        }
        other => count(bundle, convert::clean(other, 64)),
    }
    Ok(())
}

fn count(bundle: &mut Bundle, kind: String) {
    *bundle.others.entry(kind).or_default() += 1;
}

#[cfg(test)]
mod tests;
