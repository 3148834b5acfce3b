//! The state of the data in the middle of a command, and a snapshot of it for readers.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, HashMap};
use std::ops::{Bound, ControlFlow};
use std::sync::Arc;

use redb::{ReadTransaction, ReadableTable, TableError, WriteTransaction};
use sha2::{Digest, Sha256};

use super::failure::Failure;
use super::key::Key;
use super::schema;
use super::source::{Source, Still};
use super::table::{Bytes, Pair, Read, Rows, encode};
use crate::domain::audit::{AuditEvent, Cause};
use crate::domain::id::PatientId;

/// What a commit changed, told to those who wait for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Change {
    /// Visits, holds or blocks.
    Visits,
    /// Messages that leave the building.
    Outbox,
    /// Settings.
    Settings,
    /// Practitioners, services, hours.
    Services,
    /// Requests of persons not known here.
    Requests,
    /// Where backups go, when, and what came of the last.
    Backups,
    /// Whether anything can be written; no commit says so, but the store itself.
    Standing,
}

/// The end of the audit chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// The last line's position; 0 for an empty log.
    pub seq: u64,
    /// The last line's hash; zeros for an empty log.
    pub hash: [u8; 32],
}

type SeenTable = redb::ReadOnlyTable<&'static [u8], &'static [u8]>;
type OpenTable<'t> = redb::Table<'t, &'static [u8], &'static [u8]>;

/// The state of the data in the middle of a command.
pub struct Tx<'t> {
    txn: &'t WriteTransaction,
    open: RefCell<HashMap<&'static str, OpenTable<'t>>>,
    writes: u64,
    head: Head,
    about: BTreeSet<PatientId>,
    object: String,
    detail: String,
    changes: BTreeSet<Change>,
}

impl<'t> Tx<'t> {
    pub(super) fn new(txn: &'t WriteTransaction, head: Head) -> Self {
        Self {
            txn,
            open: RefCell::default(),
            writes: 0,
            head,
            about: BTreeSet::new(),
            object: String::new(),
            detail: String::new(),
            changes: BTreeSet::new(),
        }
    }

    /// Names a patient whom the change concerns; the log carries it.
    pub fn about(&mut self, patient: PatientId) {
        self.about.insert(patient);
    }

    /// Names the thing that is changed, for the log.
    #[allow(
        clippy::needless_pass_by_value,
        reason = "identifiers are small, and `&` at every call says nothing"
    )]
    pub fn object(&mut self, object: impl ToString) {
        self.object = object.to_string();
    }

    /// Says what changed, in codes and names of fields, for the log. No health data.
    pub fn detail(&mut self, detail: impl Into<String>) {
        self.detail = detail.into();
    }

    /// Tells those who wait for such changes, after the commit.
    pub fn changed(&mut self, change: Change) {
        self.changes.insert(change);
    }

    /// How many rows were written or removed so far.
    pub(super) fn writes(&self) -> u64 {
        self.writes
    }

    /// The end of the audit chain as of now.
    pub(super) fn head(&self) -> Head {
        self.head
    }

    pub(super) fn take_changes(&mut self) -> BTreeSet<Change> {
        std::mem::take(&mut self.changes)
    }

    /// Forgets what the command before said about itself.
    pub(super) fn begin_command(&mut self) {
        self.about.clear();
        self.object.clear();
        self.detail.clear();
    }

    /// Writes the line of the log for the command that just ended well.
    pub(super) fn write_audit(&mut self, cause: &Cause) -> Result<(), Failure> {
        let event = AuditEvent {
            seq: self.head.seq + 1,
            at: cause.at,
            actor: cause.actor.clone(),
            action: cause.action,
            about: std::mem::take(&mut self.about).into_iter().collect(),
            object: std::mem::take(&mut self.object),
            detail: std::mem::take(&mut self.detail),
            request: cause.request,
            before: self.head.hash,
        };
        let bytes = encode(&event)?;
        let key = Key::new().number(event.seq);
        self.put_bytes(schema::AUDIT.name(), key.as_bytes(), &bytes)?;
        for entry in super::audit::entries(&event) {
            self.put_bytes(entry.table, entry.key.as_bytes(), &entry.value)?;
        }
        self.head = Head {
            seq: event.seq,
            hash: Sha256::digest(&bytes).into(),
        };
        Ok(())
    }

    /// Keeps where the log ends, so that a change of its last line is found as well.
    pub(super) fn write_head(&mut self) -> Result<(), Failure> {
        let value = encode(&(self.head.seq, self.head.hash))?;
        let key = super::audit::head_key();
        self.put_bytes(schema::AUDIT_HEAD.name(), key.as_bytes(), &value)
    }

    /// The next of a running number, starting at 1.
    pub fn next_number(&mut self, counter: &'static str) -> Result<u64, Failure> {
        let key = Key::new().text(counter);
        let next = self.find(&schema::COUNTERS, &key)?.unwrap_or(0) + 1;
        self.put_bytes(schema::COUNTERS.name(), key.as_bytes(), &encode(&next)?)?;
        Ok(next)
    }

    pub(super) fn put_bytes(
        &mut self,
        table: &'static str,
        key: &[u8],
        value: &[u8],
    ) -> Result<(), Failure> {
        self.writes += 1;
        self.with_table(table, |t| {
            t.insert(key, value)?;
            Ok(())
        })
    }

    pub(super) fn remove_bytes(&mut self, table: &'static str, key: &[u8]) -> Result<(), Failure> {
        self.writes += 1;
        self.with_table(table, |t| {
            t.remove(key)?;
            Ok(())
        })
    }

    fn with_table<T>(
        &self,
        name: &'static str,
        f: impl FnOnce(&mut OpenTable<'t>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let mut open = self.open.borrow_mut();
        if let Some(table) = open.get_mut(name) {
            return f(table);
        }
        let mut table = self.txn.open_table(Bytes::new(name))?;
        let result = f(&mut table);
        open.insert(name, table);
        result
    }
}

impl Rows for Tx<'_> {
    fn get_bytes(&self, table: &'static str, key: &[u8]) -> Result<Option<Vec<u8>>, Failure> {
        self.with_table(table, |t| Ok(t.get(key)?.map(|v| v.value().to_vec())))
    }

    fn walk(
        &self,
        table: &'static str,
        from: &[u8],
        to: Option<&[u8]>,
        reverse: bool,
        each: &mut dyn FnMut(Pair<'_>) -> Result<ControlFlow<()>, Failure>,
    ) -> Result<(), Failure> {
        self.with_table(table, |t| walk_table(t, from, to, reverse, each))
    }
}

/// A snapshot of the data.
pub struct Reader {
    open: RefCell<HashMap<&'static str, SeenTable>>,
    /// What the disk said when it did not read.
    ill: Cell<Option<String>>,
    snapshot: Snapshot,
}

/// Whose snapshot it is.
enum Snapshot {
    /// The reader's own.
    Own(ReadTransaction),
    /// The reader's own, of a database that stays open as long as the reader is there.
    Of(
        ReadTransaction,
        #[allow(dead_code, reason = "it is held, not read")] Arc<Source>,
    ),
    /// One that all share while nothing can be written.
    Still(Arc<Still>),
}

impl Reader {
    pub(super) fn new(txn: ReadTransaction) -> Self {
        Self::with(Snapshot::Own(txn))
    }

    pub(super) fn of(txn: ReadTransaction, source: Arc<Source>) -> Self {
        Self::with(Snapshot::Of(txn, source))
    }

    pub(super) fn still(still: Arc<Still>) -> Self {
        Self::with(Snapshot::Still(still))
    }

    fn with(snapshot: Snapshot) -> Self {
        Self {
            open: RefCell::default(),
            ill: Cell::default(),
            snapshot,
        }
    }

    pub(super) fn txn(&self) -> &ReadTransaction {
        match &self.snapshot {
            Snapshot::Own(txn) | Snapshot::Of(txn, _) => txn,
            Snapshot::Still(still) => &still.txn,
        }
    }

    /// What the disk said when it did not read; whatever was read then is not to be believed.
    pub(super) fn ill(&self) -> Option<String> {
        self.ill.take()
    }

    fn with_table<T: Default>(
        &self,
        name: &'static str,
        f: impl FnOnce(&SeenTable) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let result = self.seen(name, f);
        if let Err(failure) = &result
            && failure.is_of_disk()
        {
            self.ill.set(Some(failure.to_string()));
        }
        result
    }

    fn seen<T: Default>(
        &self,
        name: &'static str,
        f: impl FnOnce(&SeenTable) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        if let Some(table) = self.open.borrow().get(name) {
            return f(table);
        }
        match self.txn().open_table(Bytes::new(name)) {
            Ok(table) => {
                let result = f(&table);
                self.open.borrow_mut().insert(name, table);
                result
            }
            // Tables are made by their first row.
            Err(TableError::TableDoesNotExist(_)) => Ok(T::default()),
            Err(e) => Err(e.into()),
        }
    }
}

impl Rows for Reader {
    fn get_bytes(&self, table: &'static str, key: &[u8]) -> Result<Option<Vec<u8>>, Failure> {
        self.with_table(table, |t| Ok(t.get(key)?.map(|v| v.value().to_vec())))
    }

    fn walk(
        &self,
        table: &'static str,
        from: &[u8],
        to: Option<&[u8]>,
        reverse: bool,
        each: &mut dyn FnMut(Pair<'_>) -> Result<ControlFlow<()>, Failure>,
    ) -> Result<(), Failure> {
        self.with_table(table, |t| walk_table(t, from, to, reverse, each))
    }
}

fn walk_table(
    table: &impl ReadableTable<&'static [u8], &'static [u8]>,
    from: &[u8],
    to: Option<&[u8]>,
    reverse: bool,
    each: &mut dyn FnMut(Pair<'_>) -> Result<ControlFlow<()>, Failure>,
) -> Result<(), Failure> {
    if to.is_some_and(|to| to <= from) {
        return Ok(());
    }
    let to = to.map_or(Bound::Unbounded, Bound::Excluded);
    let mut range = table.range::<&[u8]>((Bound::Included(from), to))?;
    loop {
        let next = if reverse {
            range.next_back()
        } else {
            range.next()
        };
        let Some(pair) = next else { return Ok(()) };
        let (key, value) = pair?;
        if each((key.value(), value.value()))?.is_break() {
            return Ok(());
        }
    }
}
