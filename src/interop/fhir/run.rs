//! One import from its first file to its last.
//!
//! A file may point to people in a file that comes later. It waits then, and is read again when
//! the others are there; so the order of the files does not matter, and importing twice gives the
//! same as once.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::source::{Limits, Source, Unreadable};
use crate::app::importing::{Known, Taken, Tally, take};
use crate::app::{Caller, Clinic, Stop};

/// A file of which nothing was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrokenFile {
    /// Which.
    pub file: String,
    /// Where and why, in one sentence.
    pub reason: String,
}

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Files that were taken.
    pub files: u64,
    /// Files with another ending than `.json`.
    pub skipped: u64,
    /// What became of the records that are kept.
    pub tally: Tally,
    /// Records of other types, by type.
    pub others: BTreeMap<String, u64>,
    /// Files of which nothing was taken.
    pub broken: Vec<BrokenFile>,
}

/// Why an import ended early. What was taken before stays; importing again finishes it.
#[derive(Debug)]
pub enum Stopped {
    /// The source cannot be read at all.
    Source(Unreadable),
    /// The store said no or failed.
    Store(Stop),
}

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Source(e) => e.fmt(f),
            Self::Store(Stop::Refused(_)) => f.write_str("this person may not import patients"),
            Self::Store(Stop::Failed(e)) => e.fmt(f),
        }
    }
}

impl std::error::Error for Stopped {}

struct Run<'a> {
    clinic: &'a Clinic,
    caller: &'a Caller,
    source: Source,
    known: Known,
    report: Report,
    finished: usize,
    progress: &'a dyn Fn(usize, usize),
}

/// Imports a file, a folder or a ZIP file. `progress` is told how many files of how many are done.
///
/// # Errors
/// When nothing can be read, or the store fails. A broken file is no error; it is in the report.
pub fn import(
    clinic: &Clinic,
    caller: &Caller,
    path: &Path,
    limits: Limits,
    progress: &dyn Fn(usize, usize),
) -> Result<Report, Stopped> {
    let source = Source::open(path, limits).map_err(Stopped::Source)?;
    let report = Report {
        skipped: source.skipped,
        ..Report::default()
    };
    let mut run = Run {
        clinic,
        caller,
        known: Known::default(),
        report,
        finished: 0,
        progress,
        source,
    };
    let mut waiting: Vec<usize> = (0..run.source.len()).collect();
    loop {
        let before = waiting.len();
        waiting = run.round(&waiting, false)?;
        if waiting.is_empty() {
            return Ok(run.report);
        }
        if waiting.len() == before {
            run.round(&waiting, true)?;
            return Ok(run.report);
        }
    }
}

impl Run<'_> {
    /// Takes files; gives those that wait for others.
    fn round(&mut self, files: &[usize], last_call: bool) -> Result<Vec<usize>, Stopped> {
        let mut waiting = Vec::new();
        for at in files {
            if self.file(*at, last_call)? {
                self.finished += 1;
                (self.progress)(self.finished, self.source.len());
            } else {
                waiting.push(*at);
            }
        }
        Ok(waiting)
    }

    /// Whether a file is done with.
    fn file(&mut self, at: usize, last_call: bool) -> Result<bool, Stopped> {
        let name = self.source.name(at);
        let bundle = self
            .source
            .read(at)
            .and_then(|bytes| super::read(&bytes).map_err(|e| e.to_string()));
        let bundle = match bundle {
            Ok(bundle) => bundle,
            Err(reason) => {
                self.report.broken.push(BrokenFile { file: name, reason });
                return Ok(true);
            }
        };
        let batch = Arc::new(bundle.batch);
        let taken = take(self.clinic, self.caller, &batch, &mut self.known, last_call);
        match taken.map_err(Stopped::Store)? {
            Taken::Waits => return Ok(false),
            Taken::Refused(trouble) => {
                let reason = trouble.to_string();
                self.report.broken.push(BrokenFile { file: name, reason });
            }
            Taken::Done(mut tally) => {
                tally.remarks.extend(bundle.remarks);
                for remark in &mut tally.remarks {
                    *remark = format!("{name}: {remark}");
                }
                self.report.files += 1;
                self.report.tally.join(tally);
                for (kind, count) in bundle.others {
                    *self.report.others.entry(kind).or_default() += count;
                }
            }
        }
        Ok(true)
    }
}
