//! Why an archive could not be written, read or restored.

use std::fmt;
use std::io;
use std::path::PathBuf;

use super::super::failure::Failure;

/// Why an archive could not be written, read or restored. Each prints as one sentence.
#[derive(Debug)]
pub enum Problem {
    /// It was written for another recovery key.
    WrongKey,
    /// It is no archive of ours.
    NotABackup,
    /// Part of it is missing or was altered; what was noticed first.
    Damaged(String),
    /// A newer version wrote it: its schema, and ours.
    Newer(u32, u32),
    /// There is a clinic in this directory already.
    Occupied(PathBuf),
    /// There is an archive of this name already.
    Taken(String),
    /// Another backup is at work.
    Busy,
    /// The program ends.
    Stopped,
    /// The place for archives is not there, or is not the one that was added.
    NoPlace(String),
    /// The place for archives does not answer.
    Silent(String),
    /// So many bytes are free on the disk of the data, and so many must be, as an archive is restored
    /// there on trial.
    NoRoom(u64, u64),
    /// The file system said no.
    Io(io::Error),
    /// The store failed.
    Store(Failure),
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WrongKey => f.write_str("this recovery key does not open this archive"),
            Self::NotABackup => f.write_str("this file is no backup of Anteroom"),
            Self::Damaged(what) => write!(f, "the archive is damaged: {what}"),
            Self::Newer(theirs, ours) => write!(
                f,
                "a newer Anteroom wrote this archive (schema {theirs}); this one knows schema \
                 {ours}. Install the newer version to restore it"
            ),
            Self::Occupied(directory) => write!(
                f,
                "there is a clinic in {} already; --replace puts it aside",
                directory.display()
            ),
            Self::Taken(archive) => write!(f, "{archive} is there already"),
            Self::Busy => f.write_str("another backup is at work; wait until it is done"),
            Self::Stopped => f.write_str("the server ends, so the backup was broken off"),
            Self::NoPlace(place) => write!(
                f,
                "{place} is not the place that was added: its disk is not there"
            ),
            Self::Silent(place) => write!(
                f,
                "{place} does not answer: is its server or its disk gone?"
            ),
            Self::NoRoom(free, needed) => write!(
                f,
                "a backup is restored on trial beside the data, and for that {} MB must be free \
                 there; {} MB are",
                needed.div_ceil(1 << 20),
                free >> 20
            ),
            Self::Io(e) => write!(f, "the file system failed: {e}"),
            Self::Store(failure) => failure.fmt(f),
        }
    }
}

impl std::error::Error for Problem {}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        Self::Store(failure)
    }
}

/// The decrypting reader says in these two words that bytes are altered or missing.
impl From<io::Error> for Problem {
    fn from(e: io::Error) -> Self {
        // One of ours that came through those who know only errors of files.
        let e = match e.downcast::<Self>() {
            Ok(problem) => return problem,
            Err(e) => e,
        };
        if e.kind() == io::ErrorKind::UnexpectedEof {
            Self::Damaged("its end is missing".to_owned())
        } else if e.kind() == io::ErrorKind::InvalidData {
            Self::Damaged("bytes were altered".to_owned())
        } else {
            Self::Io(e)
        }
    }
}

impl From<age::DecryptError> for Problem {
    fn from(e: age::DecryptError) -> Self {
        use age::DecryptError as E;
        if let E::Io(e) = e {
            Self::from(e)
        } else if matches!(
            e,
            E::NoMatchingKeys | E::KeyDecryptionFailed | E::DecryptionFailed
        ) {
            Self::WrongKey
        } else if matches!(e, E::InvalidMac) {
            Self::Damaged("its first lines were altered".to_owned())
        } else {
            Self::NotABackup
        }
    }
}
