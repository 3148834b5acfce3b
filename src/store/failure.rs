//! When the store or the disk fails: the operator's business, never the person's.

use std::fmt;

use super::standing::Why;
use crate::domain::refusal::Refused;

/// The store could not do its work.
#[derive(Debug)]
pub enum Failure {
    /// The database said no.
    Database(redb::Error),
    /// The file system said no.
    Io(std::io::Error),
    /// A row could not be read: which table, and why.
    Row(&'static str, String),
    /// A command panicked; nothing of it was kept.
    Panicked,
    /// Nothing can be written just now, and nothing was.
    ReadOnly(Why),
    /// The disk failed while it was asked to keep something: it may be kept, or not.
    NotSure(String),
    /// The writer has stopped: the program is shutting down, or the disk failed.
    Stopped,
    /// The data was written by a newer version: its schema, and ours.
    Newer(u32, u32),
    /// The data is of an older version, which the next start brings to ours: its schema, and ours.
    Older(u32, u32),
    /// Bringing older data to our version failed, and it stays as it was: its schema, ours, and why.
    NotUpgraded(u32, u32, String),
    /// Another process has the clinic open.
    Locked,
    /// Anything else, in one sentence.
    Other(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Database(e) => write!(f, "the database failed: {e}"),
            Self::Io(e) => write!(f, "the file system failed: {e}"),
            Self::Row(table, e) => write!(f, "a row of table {table} cannot be read: {e}"),
            Self::Panicked => f.write_str("a command panicked; nothing of it was kept"),
            Self::ReadOnly(why) => write!(f, "the clinic is read-only just now: {why}"),
            Self::NotSure(said) => write!(
                f,
                "the disk failed while this was being saved, so it may be saved or not: {said}"
            ),
            Self::Stopped => f.write_str("the store has stopped"),
            Self::Newer(theirs, ours) => write!(
                f,
                "this data was written by a newer Anteroom (schema {theirs}); this one knows \
                 schema {ours}. Install the newer version to open it"
            ),
            Self::Older(theirs, ours) => write!(
                f,
                "this data was written by an older Anteroom (schema {theirs}); start the server \
                 once, which brings it to schema {ours}"
            ),
            Self::NotUpgraded(theirs, ours, why) => write!(
                f,
                "the data could not be brought from schema {theirs} to {ours} and stays as it \
                 was: {why}. The Anteroom that you had before opens it"
            ),
            Self::Locked => f.write_str(
                "another Anteroom has this data directory open; stop it first, or use its pages",
            ),
            Self::Other(sentence) => f.write_str(sentence),
        }
    }
}

impl std::error::Error for Failure {}

impl Failure {
    /// What the system said, where it was the system.
    pub fn io(&self) -> Option<&std::io::Error> {
        match self {
            Self::Io(e) | Self::Database(redb::Error::Io(e)) => Some(e),
            Self::Database(_)
            | Self::Row(..)
            | Self::Panicked
            | Self::ReadOnly(_)
            | Self::NotSure(_)
            | Self::Stopped
            | Self::Newer(..)
            | Self::Older(..)
            | Self::NotUpgraded(..)
            | Self::Locked
            | Self::Other(_) => None,
        }
    }

    /// Whether the disk is to blame, so that the database must be opened again.
    pub(super) fn is_of_disk(&self) -> bool {
        matches!(
            self,
            Self::Database(
                redb::Error::Io(_)
                    | redb::Error::PreviousIo
                    | redb::Error::DatabaseClosed
                    | redb::Error::LockPoisoned(_)
            )
        )
    }
}

impl From<std::io::Error> for Failure {
    fn from(e: std::io::Error) -> Self {
        Self::Io(e)
    }
}

macro_rules! from_redb {
    ($($kind:ident),*) => {$(
        impl From<redb::$kind> for Failure {
            fn from(e: redb::$kind) -> Self {
                Self::Database(e.into())
            }
        }
    )*};
}
from_redb!(
    Error,
    TableError,
    StorageError,
    CommitError,
    TransactionError,
    SetDurabilityError
);

impl From<redb::DatabaseError> for Failure {
    fn from(e: redb::DatabaseError) -> Self {
        if matches!(e, redb::DatabaseError::DatabaseAlreadyOpen) {
            Self::Locked
        } else {
            Self::Database(e.into())
        }
    }
}

/// What a command of the store ends with when it does not end well.
#[derive(Debug)]
pub enum Stop {
    /// The answer is no.
    Refused(Refused),
    /// The store failed.
    Failed(Failure),
}

impl<E: Into<Failure>> From<E> for Stop {
    fn from(e: E) -> Self {
        Self::Failed(e.into())
    }
}

impl From<Refused> for Stop {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}
