//! Whether everything that is kept can be read, whether every index says what its rows say, and
//! whether the log is whole.
//!
//! A service may use a gigabyte of memory, and the indexes of a large clinic are larger than that. So
//! what the rows say is added up and compared with what the indexes add up to (`sums`); only where
//! that differs, the rows are read again, and a part of the entries at a time is laid side by side.

mod sums;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use self::sums::{Share, Sums, share};
use super::failure::Failure;
use super::row::{Entry, Row};
use super::schema;
use super::table::{Rows, Table, decode};
use crate::domain::account::{Attempts, Link, Login, Session};
use crate::domain::appointment::{Appointment, Block, Hold};
use crate::domain::audit::AuditEvent;
use crate::domain::backup::Backup;
use crate::domain::backup::plan::{Plan, Target};
use crate::domain::encounter::Encounter;
use crate::domain::merge::MergeRecord;
use crate::domain::notice::Notice;
use crate::domain::patient::Patient;
use crate::domain::practitioner::{Organization, Practitioner};
use crate::domain::request::RegistrationRequest;
use crate::domain::service::Service;
use crate::domain::settings::Settings;

use super::hours::{KeptClosure, KeptException, KeptHours};

/// What a check found.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Rows read, by table.
    pub rows: BTreeMap<&'static str, u64>,
    /// Lines of the log that follow from one another.
    pub audit_lines: u64,
    /// What is wrong, one sentence each; of each table the first few, and how many more there are.
    /// Empty when all is well.
    pub problems: Vec<String>,
}

/// Tables that follow from others.
pub(super) const DERIVED: &[&str] = &[
    schema::PATIENT_TERMS.name(),
    schema::PATIENTS_BY_NAME.name(),
    schema::PATIENTS_BY_EMAIL.name(),
    schema::PATIENTS_BY_PHONE.name(),
    schema::PATIENTS_BY_IDENTIFIER.name(),
    schema::APPOINTMENTS_BY_PRACTITIONER.name(),
    schema::APPOINTMENTS_BY_PATIENT.name(),
    schema::APPOINTMENTS_PENDING.name(),
    schema::APPOINTMENTS_OPEN.name(),
    schema::ENCOUNTERS_BY_PATIENT.name(),
    schema::ENCOUNTERS_BY_IDENTIFIER.name(),
    schema::LOGINS_BY_EMAIL.name(),
    schema::LOGINS_BY_PATIENT.name(),
    schema::SESSIONS_BY_LOGIN.name(),
    schema::LINKS_BY_PURPOSE.name(),
    schema::LINKS_BY_CODE.name(),
    schema::NOTICES_DUE.name(),
    schema::NOTICES_BY_STATE.name(),
    schema::NOTICES_BY_PATIENT.name(),
    schema::NOTICES_BY_VISIT.name(),
    schema::NOTICES_UNIQUE.name(),
    schema::AUDIT_BY_PATIENT.name(),
    schema::AUDIT_BY_LOGIN.name(),
];

/// Problems of one table that are named. Who has more than these restores a backup.
const MOST_NAMED: u64 = 10;
/// Entries that are laid side by side at once: some megabytes of them.
const MOST_ENTRIES: u64 = 50_000;

/// Takes an entry that follows from a row.
type Take<'a> = &'a mut dyn FnMut(&Entry);

/// Reads everything in one snapshot and compares.
pub fn check(rows: &dyn Rows) -> Result<Report, Failure> {
    let mut check = Check {
        rows,
        report: Report::default(),
    };
    let mut expected = Sums::default();
    check.everything(&mut |entry| {
        expected.add(entry.table, entry.key.as_bytes(), &entry.value);
    })?;
    check.log()?;
    let mut found = Sums::default();
    for table in DERIVED {
        check.each(table, |key, value| {
            found.add(table, key, value);
            Ok(())
        })?;
    }
    check.name(&expected.other_than(&found))?;
    Ok(check.report)
}

struct Check<'a> {
    rows: &'a dyn Rows,
    report: Report,
}

impl Check<'_> {
    /// Reads every row, and gives away the entries that follow.
    fn everything(&mut self, take: Take<'_>) -> Result<(), Failure> {
        self.rows_of::<Settings>(take)?;
        self.rows_of::<Patient>(take)?;
        self.rows_of::<MergeRecord>(take)?;
        self.rows_of::<Practitioner>(take)?;
        self.rows_of::<Organization>(take)?;
        self.rows_of::<Service>(take)?;
        self.rows_of::<KeptHours>(take)?;
        self.rows_of::<KeptException>(take)?;
        self.rows_of::<KeptClosure>(take)?;
        self.rows_of::<Block>(take)?;
        self.rows_of::<Appointment>(take)?;
        self.rows_of::<Hold>(take)?;
        self.rows_of::<Encounter>(take)?;
        self.rows_of::<Login>(take)?;
        self.rows_of::<Session>(take)?;
        self.rows_of::<Link>(take)?;
        self.rows_of::<RegistrationRequest>(take)?;
        self.rows_of::<Notice>(take)?;
        self.rows_of::<Backup>(take)?;
        self.rows_of::<Plan>(take)?;
        self.rows_of::<Target>(take)?;
        self.plain::<Attempts>(&schema::ATTEMPTS)?;
        self.plain::<u64>(&schema::COUNTERS)?;
        self.plain::<u32>(&schema::META)?;
        self.plain::<Vec<u8>>(&schema::SECRETS)?;
        self.plain::<(u64, [u8; 32])>(&schema::AUDIT_HEAD)?;
        let table = schema::AUDIT.name();
        self.each(table, |_, value| {
            let event: AuditEvent = decode(table, value).map_err(|e| e.to_string())?;
            give(super::audit::entries(&event), take);
            Ok(())
        })
    }

    fn each(
        &mut self,
        table: &'static str,
        mut f: impl FnMut(&[u8], &[u8]) -> Result<(), String>,
    ) -> Result<(), Failure> {
        let report = &mut self.report;
        let mut wrong = 0;
        self.rows
            .walk(table, &[], None, false, &mut |(key, value)| {
                *report.rows.entry(table).or_default() += 1;
                if let Err(problem) = f(key, value) {
                    wrong += 1;
                    if wrong <= MOST_NAMED {
                        report.problems.push(format!("{table}: {problem}"));
                    }
                }
                Ok(ControlFlow::Continue(()))
            })?;
        if let Some(more) = wrong.checked_sub(MOST_NAMED).filter(|more| *more > 0) {
            let problem = format!("{table}: {more} more rows are wrong");
            report.problems.push(problem);
        }
        Ok(())
    }

    fn rows_of<R: Row>(&mut self, take: Take<'_>) -> Result<(), Failure> {
        let table = R::TABLE.name();
        self.each(table, |key, value| {
            let row: R = decode(table, value).map_err(|e| e.to_string())?;
            if row.key().as_bytes() != key {
                return Err("a row stands under the key of another".to_owned());
            }
            give(row.entries().map_err(|e| e.to_string())?, take);
            Ok(())
        })
    }

    fn plain<R: serde::de::DeserializeOwned>(&mut self, table: &Table<R>) -> Result<(), Failure> {
        let name = table.name();
        self.each(name, |_, value| {
            decode::<R>(name, value)
                .map(drop)
                .map_err(|e| e.to_string())
        })
    }

    fn log(&mut self) -> Result<(), Failure> {
        match super::audit::verify(self.rows)? {
            Ok(lines) => self.report.audit_lines = lines,
            Err(line) => {
                let problem = format!("audit: line {line} does not follow from the one before");
                self.report.problems.push(problem);
            }
        }
        Ok(())
    }

    /// Names the entries of these shares that differ from what the rows say. Two rows that say the
    /// same are no difference, although they add up to another sum.
    fn name(&mut self, shares: &[(Share, u64)]) -> Result<(), Failure> {
        let mut named: BTreeMap<&'static str, u64> = BTreeMap::new();
        let mut left = shares;
        while let Some((first, rest)) = left.split_first() {
            let mut entries = first.1;
            let fits = |(_, count): &&(Share, u64)| {
                entries += count;
                entries <= MOST_ENTRIES
            };
            let more = rest.iter().take_while(fits).count();
            let (now, later) = left.split_at(more + 1);
            left = later;
            let open = |share: &Share| named.get(share.0).is_none_or(|n| *n < MOST_NAMED);
            let now: BTreeSet<Share> = now.iter().map(|(share, _)| *share).filter(open).collect();
            if !now.is_empty() {
                self.lay_side_by_side(&now, &mut named)?;
            }
        }
        for (table, _) in named.iter().filter(|(_, n)| **n >= MOST_NAMED) {
            let problem = format!("{table}: there may be more entries that are wrong");
            self.report.problems.push(problem);
        }
        Ok(())
    }

    fn lay_side_by_side(
        &mut self,
        shares: &BTreeSet<Share>,
        named: &mut BTreeMap<&'static str, u64>,
    ) -> Result<(), Failure> {
        let is_wanted = |table: &'static str, key: &[u8]| shares.contains(&(table, share(key)));
        let mut expected: BTreeMap<(&'static str, Vec<u8>), Vec<u8>> = BTreeMap::new();
        // What is wrong with the rows themselves was said before.
        let mut again = Check {
            rows: self.rows,
            report: Report::default(),
        };
        again.everything(&mut |entry| {
            let key = entry.key.as_bytes();
            if is_wanted(entry.table, key) {
                expected.insert((entry.table, key.to_vec()), entry.value.clone());
            }
        })?;
        let problems = &mut self.report.problems;
        let mut say = |table: &'static str, problem: &str| {
            let count = named.entry(table).or_default();
            *count += 1;
            if *count <= MOST_NAMED {
                problems.push(format!("{table}: {problem}"));
            }
        };
        let tables: BTreeSet<&'static str> = shares.iter().map(|(table, _)| *table).collect();
        for table in tables {
            self.rows
                .walk(table, &[], None, false, &mut |(key, value)| {
                    if is_wanted(table, key) {
                        match expected.remove(&(table, key.to_vec())) {
                            Some(expected) if expected == value => {}
                            Some(_) => say(table, "an entry has another value than its row"),
                            None => say(table, "an entry has no row"),
                        }
                    }
                    Ok(ControlFlow::Continue(()))
                })?;
        }
        for (table, _) in expected.keys() {
            say(table, "a row has no entry");
        }
        Ok(())
    }
}

/// Gives away what follows from one row; of two entries under one key the last counts, as it does
/// where they are written.
fn give(entries: Vec<Entry>, take: Take<'_>) {
    let one_each: BTreeMap<_, _> = entries
        .into_iter()
        .map(|entry| ((entry.table, entry.key.clone()), entry))
        .collect();
    one_each.values().for_each(take);
}
