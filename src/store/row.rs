//! A row knows its table, its key and the index entries that follow from it. Indexes are written
//! here and nowhere else: what a row says now replaces what it said before.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::failure::Failure;
use super::key::Key;
use super::table::{Index, Read, Table, encode};
use super::tx::Tx;

/// One entry that follows from a row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// The table that it stands in.
    pub table: &'static str,
    /// Its key.
    pub key: Key,
    /// Its value; empty in an index.
    pub value: Vec<u8>,
}

impl Entry {
    /// An entry of an index.
    pub fn of(index: &Index, key: Key) -> Self {
        Self {
            table: index.name(),
            key,
            value: Vec::new(),
        }
    }

    /// An entry that carries a value.
    pub fn with<R: Serialize>(table: &Table<R>, key: Key, value: &R) -> Result<Self, Failure> {
        Ok(Self {
            table: table.name(),
            key,
            value: encode(value)?,
        })
    }
}

/// A row of a table.
pub trait Row: Serialize + DeserializeOwned {
    /// Where it is kept.
    const TABLE: Table<Self>;

    /// Under which key.
    fn key(&self) -> Key;

    /// What follows from it.
    fn entries(&self) -> Result<Vec<Entry>, Failure> {
        Ok(Vec::new())
    }
}

impl Tx<'_> {
    /// Keeps a row: the one with its key is replaced, and the index entries with it.
    pub fn put<R: Row>(&mut self, row: &R) -> Result<(), Failure> {
        let key = row.key();
        let new = row.entries()?;
        if let Some(before) = self.find(&R::TABLE, &key)? {
            for entry in before.entries()? {
                if !new.contains(&entry) {
                    self.remove_bytes(entry.table, entry.key.as_bytes())?;
                }
            }
        }
        for entry in &new {
            self.put_bytes(entry.table, entry.key.as_bytes(), &entry.value)?;
        }
        self.put_bytes(R::TABLE.name(), key.as_bytes(), &encode(row)?)
    }

    /// Removes a row and what followed from it; whether it was there.
    pub fn delete<R: Row>(&mut self, key: &Key) -> Result<bool, Failure> {
        let Some(before) = self.find(&R::TABLE, key)? else {
            return Ok(false);
        };
        for entry in before.entries()? {
            self.remove_bytes(entry.table, entry.key.as_bytes())?;
        }
        self.remove_bytes(R::TABLE.name(), key.as_bytes())?;
        Ok(true)
    }
}
