//! Rows that a file makes or changes, held until all is decided. Two records of one thing become
//! one row.

use std::collections::{BTreeMap, HashMap};

use crate::domain::id::Id;
use crate::domain::patient::Patient;
use crate::domain::person::Identifier;
use crate::domain::practitioner::{Organization, Practitioner};

/// What becomes of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Created,
    Updated,
    Unchanged,
}

/// A row that can be held.
pub(super) trait Held: Clone + PartialEq {
    /// The bytes of its identifier.
    fn bytes(&self) -> [u8; 16];
}

impl Held for Patient {
    fn bytes(&self) -> [u8; 16] {
        self.id.bytes()
    }
}

impl Held for Practitioner {
    fn bytes(&self) -> [u8; 16] {
        self.id.bytes()
    }
}

impl Held for Organization {
    fn bytes(&self) -> [u8; 16] {
        self.id.bytes()
    }
}

struct Place<R> {
    before: Option<R>,
    now: R,
}

/// The rows of one kind.
pub(super) struct Gathered<R> {
    places: Vec<Place<R>>,
    by_bytes: HashMap<[u8; 16], usize>,
    by_identifier: BTreeMap<Identifier, usize>,
}

impl<R: Held> Gathered<R> {
    pub(super) fn new() -> Self {
        Self {
            places: Vec::new(),
            by_bytes: HashMap::new(),
            by_identifier: BTreeMap::new(),
        }
    }

    /// The held row with an identifier.
    pub(super) fn with(&self, identifier: &Identifier) -> Option<&R> {
        let at = self.by_identifier.get(identifier)?;
        self.places.get(*at).map(|p| &p.now)
    }

    /// The row as held, or as it was when nothing here changed it.
    pub(super) fn current(&self, row: R) -> R {
        self.by_bytes(row.bytes()).cloned().unwrap_or(row)
    }

    /// Holds a row in its new form; `before` is how the store has it, if it has it.
    pub(super) fn hold(&mut self, before: Option<R>, now: R, identifiers: &[Identifier]) {
        let next = self.places.len();
        let at = *self.by_bytes.entry(now.bytes()).or_insert(next);
        match self.places.get_mut(at) {
            Some(place) => place.now = now,
            None => self.places.push(Place { before, now }),
        }
        for identifier in identifiers.iter().filter(|i| !i.system.is_empty()) {
            self.by_identifier.entry(identifier.clone()).or_insert(at);
        }
    }

    /// The held row with an identifier of ours.
    pub(super) fn by_bytes(&self, bytes: [u8; 16]) -> Option<&R> {
        let at = self.by_bytes.get(&bytes)?;
        self.places.get(*at).map(|p| &p.now)
    }

    /// Every row with what becomes of it.
    pub(super) fn rows(&self) -> impl Iterator<Item = (&R, Fate)> {
        self.places.iter().map(|place| {
            let fate = match &place.before {
                None => Fate::Created,
                Some(before) if *before == place.now => Fate::Unchanged,
                Some(_) => Fate::Updated,
            };
            (&place.now, fate)
        })
    }
}
