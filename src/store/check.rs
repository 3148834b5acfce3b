//! Whether everything that is kept can be read, whether every index says what its rows say, and
//! whether the log is whole.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::failure::Failure;
use super::row::Row;
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
    /// What is wrong, one sentence each. Empty when all is well.
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

type Derived = BTreeMap<(&'static str, Vec<u8>), Vec<u8>>;

struct Check<'a> {
    rows: &'a dyn Rows,
    report: Report,
    derived: Derived,
}

/// Reads everything in one snapshot and compares.
pub fn check(rows: &dyn Rows) -> Result<Report, Failure> {
    let mut check = Check {
        rows,
        report: Report::default(),
        derived: Derived::new(),
    };
    check.rows_of::<Settings>()?;
    check.rows_of::<Patient>()?;
    check.rows_of::<MergeRecord>()?;
    check.rows_of::<Practitioner>()?;
    check.rows_of::<Organization>()?;
    check.rows_of::<Service>()?;
    check.rows_of::<KeptHours>()?;
    check.rows_of::<KeptException>()?;
    check.rows_of::<KeptClosure>()?;
    check.rows_of::<Block>()?;
    check.rows_of::<Appointment>()?;
    check.rows_of::<Hold>()?;
    check.rows_of::<Encounter>()?;
    check.rows_of::<Login>()?;
    check.rows_of::<Session>()?;
    check.rows_of::<Link>()?;
    check.rows_of::<RegistrationRequest>()?;
    check.rows_of::<Notice>()?;
    check.rows_of::<Backup>()?;
    check.rows_of::<Plan>()?;
    check.rows_of::<Target>()?;
    check.plain::<Attempts>(&schema::ATTEMPTS)?;
    check.plain::<u64>(&schema::COUNTERS)?;
    check.plain::<u32>(&schema::META)?;
    check.plain::<Vec<u8>>(&schema::SECRETS)?;
    check.plain::<(u64, [u8; 32])>(&schema::AUDIT_HEAD)?;
    check.audit()?;
    check.compare()?;
    Ok(check.report)
}

impl Check<'_> {
    fn each(
        &mut self,
        table: &'static str,
        mut f: impl FnMut(&[u8], &[u8], &mut Derived) -> Result<(), String>,
    ) -> Result<(), Failure> {
        let (report, derived) = (&mut self.report, &mut self.derived);
        self.rows
            .walk(table, &[], None, false, &mut |(key, value)| {
                *report.rows.entry(table).or_default() += 1;
                if let Err(problem) = f(key, value, derived) {
                    report.problems.push(format!("{table}: {problem}"));
                }
                Ok(ControlFlow::Continue(()))
            })
    }

    fn rows_of<R: Row>(&mut self) -> Result<(), Failure> {
        let table = R::TABLE.name();
        self.each(table, |key, value, derived| {
            let row: R = decode(table, value).map_err(|e| e.to_string())?;
            if row.key().as_bytes() != key {
                return Err("a row stands under the key of another".to_owned());
            }
            for entry in row.entries().map_err(|e| e.to_string())? {
                derived.insert((entry.table, entry.key.as_bytes().to_vec()), entry.value);
            }
            Ok(())
        })
    }

    fn plain<R: serde::de::DeserializeOwned>(&mut self, table: &Table<R>) -> Result<(), Failure> {
        let name = table.name();
        self.each(name, |_, value, _| {
            decode::<R>(name, value)
                .map(drop)
                .map_err(|e| e.to_string())
        })
    }

    fn audit(&mut self) -> Result<(), Failure> {
        let table = schema::AUDIT.name();
        self.each(table, |_, value, derived| {
            let event: AuditEvent = decode(table, value).map_err(|e| e.to_string())?;
            for entry in super::audit::entries(&event) {
                derived.insert((entry.table, entry.key.as_bytes().to_vec()), entry.value);
            }
            Ok(())
        })?;
        match super::audit::verify(self.rows)? {
            Ok(lines) => self.report.audit_lines = lines,
            Err(line) => {
                let problem = format!("audit: line {line} does not follow from the one before");
                self.report.problems.push(problem);
            }
        }
        Ok(())
    }

    /// What the indexes say against what they should say.
    fn compare(&mut self) -> Result<(), Failure> {
        for table in DERIVED {
            self.each(table, |key, value, derived| {
                match derived.remove(&(*table, key.to_vec())) {
                    Some(expected) if expected == value => Ok(()),
                    Some(_) => Err("an entry has another value than its row".to_owned()),
                    None => Err("an entry has no row".to_owned()),
                }
            })?;
        }
        for (table, _) in self.derived.keys() {
            self.report
                .problems
                .push(format!("{table}: a row has no entry"));
        }
        Ok(())
    }
}
