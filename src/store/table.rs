//! Typed tables over bytes. redb sees byte keys and byte values only: it records Rust type
//! identities in the file, and ours may change.

use std::marker::PhantomData;
use std::ops::ControlFlow;

use redb::TableDefinition;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::failure::Failure;
use super::key::Key;

/// The shape of a table for redb.
pub(super) type Bytes = TableDefinition<'static, &'static [u8], &'static [u8]>;

/// A table of rows.
pub struct Table<R> {
    name: &'static str,
    row: PhantomData<fn() -> R>,
}

/// A table whose keys are all that it says.
pub struct Index {
    name: &'static str,
}

impl<R> Table<R> {
    /// A table by its name in the file.
    pub const fn new(name: &'static str) -> Self {
        Self {
            name,
            row: PhantomData,
        }
    }

    /// Its name in the file.
    pub const fn name(&self) -> &'static str {
        self.name
    }
}

impl Index {
    /// An index by its name in the file.
    pub const fn new(name: &'static str) -> Self {
        Self { name }
    }

    /// Its name in the file.
    pub const fn name(&self) -> &'static str {
        self.name
    }
}

/// The version byte before every row.
const ROW_VERSION: u8 = 1;

/// A row as it is kept: `[version][postcard]`.
pub fn encode<R: Serialize>(row: &R) -> Result<Vec<u8>, Failure> {
    postcard::to_extend(row, vec![ROW_VERSION]).map_err(|e| Failure::Other(e.to_string()))
}

/// A row from its bytes, all of which must be used.
pub fn decode<R: DeserializeOwned>(table: &'static str, bytes: &[u8]) -> Result<R, Failure> {
    let Some((&ROW_VERSION, body)) = bytes.split_first() else {
        return Err(Failure::Row(table, "unknown row version".to_owned()));
    };
    match postcard::take_from_bytes(body) {
        Ok((row, [])) => Ok(row),
        Ok(_) => Err(Failure::Row(table, "bytes are left over".to_owned())),
        Err(e) => Err(Failure::Row(table, e.to_string())),
    }
}

/// A key and a value as they lie in the file.
pub type Pair<'a> = (&'a [u8], &'a [u8]);

/// What can be read: a snapshot, or the state in the middle of a command.
pub trait Rows {
    /// The bytes under a key.
    fn get_bytes(&self, table: &'static str, key: &[u8]) -> Result<Option<Vec<u8>>, Failure>;

    /// Every pair from a key (inclusive) to a key (exclusive), in order or in reverse, until told
    /// to stop.
    fn walk(
        &self,
        table: &'static str,
        from: &[u8],
        to: Option<&[u8]>,
        reverse: bool,
        each: &mut dyn FnMut(Pair<'_>) -> Result<ControlFlow<()>, Failure>,
    ) -> Result<(), Failure>;
}

/// Typed reading, for everything that can be read.
pub trait Read: Rows {
    /// The row under a key.
    fn find<R: DeserializeOwned>(&self, table: &Table<R>, key: &Key) -> Result<Option<R>, Failure> {
        match self.get_bytes(table.name, key.as_bytes())? {
            Some(bytes) => decode(table.name, &bytes).map(Some),
            None => Ok(None),
        }
    }

    /// Every row of a table, in key order.
    fn all<R: DeserializeOwned>(&self, table: &Table<R>) -> Result<Vec<R>, Failure> {
        self.rows_between(table, &Key::new(), None, usize::MAX)
    }

    /// The rows under a prefix, in key order.
    fn rows_under<R: DeserializeOwned>(
        &self,
        table: &Table<R>,
        prefix: &Key,
    ) -> Result<Vec<R>, Failure> {
        self.rows_between(table, prefix, prefix.after_prefix().as_ref(), usize::MAX)
    }

    /// At most `limit` rows from a key (inclusive) to a key (exclusive).
    fn rows_between<R: DeserializeOwned>(
        &self,
        table: &Table<R>,
        from: &Key,
        to: Option<&Key>,
        limit: usize,
    ) -> Result<Vec<R>, Failure> {
        let mut rows = Vec::new();
        if limit == 0 {
            return Ok(rows);
        }
        let to = to.map(Key::as_bytes);
        self.walk(table.name, from.as_bytes(), to, false, &mut |(_, value)| {
            rows.push(decode(table.name, value)?);
            Ok(if rows.len() < limit {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            })
        })?;
        Ok(rows)
    }

    /// The keys of an index from a key (inclusive) to a key (exclusive), until told to stop.
    fn keys_between(
        &self,
        index: &Index,
        from: &Key,
        to: Option<&Key>,
        reverse: bool,
        each: &mut dyn FnMut(&[u8]) -> ControlFlow<()>,
    ) -> Result<(), Failure> {
        let to = to.map(Key::as_bytes);
        self.walk(index.name, from.as_bytes(), to, reverse, &mut |(key, _)| {
            Ok(each(key))
        })
    }

    /// The identifiers with which the keys of an index under a prefix end.
    fn ids_under<I: crate::domain::id::Id>(
        &self,
        index: &Index,
        prefix: &Key,
    ) -> Result<Vec<I>, Failure> {
        let mut ids = Vec::new();
        self.keys_between(
            index,
            prefix,
            prefix.after_prefix().as_ref(),
            false,
            &mut |key| {
                ids.extend(super::key::last_id::<I>(key));
                ControlFlow::Continue(())
            },
        )?;
        Ok(ids)
    }
}

impl<T: Rows + ?Sized> Read for T {}
