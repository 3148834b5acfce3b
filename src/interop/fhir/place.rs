//! Where in a file something is wrong, in lines and columns of the file and entries of the bundle.

use std::cell::Cell;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::resource::BundleEntry;

/// What is wrong with a file, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The line, counted from 1.
    pub line: usize,
    /// The column in bytes, counted from 1.
    pub column: usize,
    /// The entry of the bundle, counted from 0; `None` outside of all entries.
    pub entry: Option<usize>,
    /// What is wrong.
    pub reason: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, column, .. } = self;
        write!(f, "line {line}, column {column}")?;
        if let Some(entry) = self.entry {
            write!(f, " (entry {entry})")?;
        }
        write!(f, ": {}", self.reason)
    }
}

impl Broken {
    pub(super) fn of(error: &serde_json::Error, entry: Option<usize>) -> Self {
        Self {
            line: error.line(),
            column: error.column(),
            entry,
            reason: reason(error),
        }
    }
}

/// The error without its place, which is told apart, and without signs that a terminal obeys.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let text = text.split(" at line ").next().unwrap_or_default();
    super::convert::clean(text, 200)
}

/// Where a record stands. Lines are counted only when they must be told.
pub(super) struct Place<'a> {
    before: &'a [u8],
    entry: usize,
}

impl<'a> Place<'a> {
    /// The place of a record that borrows from its file.
    pub(super) fn of(file: &'a [u8], entry: usize, raw: &RawValue) -> Self {
        let start = raw.get().as_ptr().addr();
        let offset = start.saturating_sub(file.as_ptr().addr());
        Self {
            before: file.get(..offset).unwrap_or_default(),
            entry,
        }
    }

    /// The line and column, counted from 1, at which the record begins.
    fn start(&self) -> (usize, usize) {
        let mut lines = self.before.split(|b| *b == b'\n');
        let last = lines.next_back().unwrap_or_default();
        (lines.count() + 1, last.len() + 1)
    }

    /// Reads a record, or says where in the file it is broken.
    pub(super) fn parse<'r, T: Deserialize<'r>>(&self, raw: &'r RawValue) -> Result<T, Broken> {
        serde_json::from_str(raw.get()).map_err(|e| {
            let (line, column) = self.start();
            Broken {
                line: line + e.line().saturating_sub(1),
                column: match e.line() {
                    0 | 1 => column + e.column().saturating_sub(1),
                    _ => e.column(),
                },
                entry: Some(self.entry),
                reason: reason(&e),
            }
        })
    }

    /// Says that a record is wrong as a whole.
    pub(super) fn broken(&self, reason: String) -> Broken {
        let (line, column) = self.start();
        Broken {
            line,
            column,
            entry: Some(self.entry),
            reason,
        }
    }
}

/// The entries of a bundle with their records unread; `None` when the file is no bundle.
pub(super) fn outline(file: &[u8]) -> Result<Option<Vec<BundleEntry<'_>>>, Broken> {
    let entry = Cell::new(None);
    let mut json = serde_json::Deserializer::from_slice(file);
    let outline = json
        .deserialize_map(Outline(&entry))
        .and_then(|outline| json.end().map(|()| outline));
    match outline {
        Ok((true, entries)) => Ok(Some(entries)),
        Ok((false, _)) => Ok(None),
        Err(e) => Err(Broken::of(&e, entry.get())),
    }
}

/// Reads the outline and keeps count of the entry that is being read.
struct Outline<'c>(&'c Cell<Option<usize>>);

impl<'de> Visitor<'de> for Outline<'_> {
    type Value = (bool, Vec<BundleEntry<'de>>);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a FHIR record")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut is_bundle, mut entries) = (false, Vec::new());
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "resourceType" => is_bundle = map.next_value::<String>()? == "Bundle",
                "entry" => entries = map.next_value_seed(Entries(self.0))?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok((is_bundle, entries))
    }
}

struct Entries<'c>(&'c Cell<Option<usize>>);

impl<'de> DeserializeSeed<'de> for Entries<'_> {
    type Value = Vec<BundleEntry<'de>>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Entries<'_> {
    type Value = Vec<BundleEntry<'de>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of entries")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut entries = Vec::new();
        self.0.set(Some(0));
        while let Some(entry) = seq.next_element()? {
            entries.push(entry);
            self.0.set(Some(entries.len()));
        }
        self.0.set(None);
        Ok(entries)
    }
}
