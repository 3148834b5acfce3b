//! How the clinic stands, in a few figures for whoever runs the machine.

use std::ops::ControlFlow;
use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Clinic, Failure, certificate, outbox};
use crate::domain::appointment::after;
use crate::domain::audit::AuditEvent;
use crate::domain::backup::Backup;
use crate::store::backup::{newest, plan as kept};
use crate::store::schema::{AUDIT, META};
use crate::store::table::{Read as _, Rows, decode};
use crate::store::{audit, disk, key::Key, notices};

/// A place for backups, and the newest proven one there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The name of the place.
    pub name: String,
    /// Where it is.
    pub to: String,
    /// Whether backups go there.
    pub chosen: bool,
    /// The instant of the newest proven archive there.
    pub proven: Option<Timestamp>,
    /// Seconds since then.
    pub proven_age_s: Option<u64>,
    /// What the last try failed of; none when it did not.
    pub problem: Option<String>,
}

/// A job that runs by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobState {
    /// Its word.
    pub name: String,
    /// When it last ended.
    pub last: Option<Timestamp>,
    /// When it runs next.
    pub next: Timestamp,
    /// Whether the last run did what it should.
    pub went_well: bool,
    /// Whether it should have run by now.
    pub late: bool,
}

/// How the clinic stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// The version of the program that answers.
    pub version: String,
    /// The version of the data.
    pub schema: u32,
    /// Seconds since the server started; `None` while none runs.
    pub uptime_s: Option<u64>,
    /// Why nothing can be written; none when everything can.
    pub read_only: Option<String>,
    /// The size of the data file, in bytes; `None` when it cannot be told.
    pub database_bytes: Option<u64>,
    /// What is free on its disk, in bytes; `None` when it cannot be told.
    pub free_bytes: Option<u64>,
    /// The size of its disk, in bytes; `None` when it cannot be told.
    pub disk_bytes: Option<u64>,
    /// The instant of the newest proven backup anywhere.
    pub proven: Option<Timestamp>,
    /// Seconds since then.
    pub proven_age_s: Option<u64>,
    /// Places for backups.
    pub backups: Vec<Place>,
    /// Messages that wait to be sent.
    pub outbox_waiting: u64,
    /// Messages by state.
    pub outbox: Vec<(String, u64)>,
    /// How late the message is that should have left first, in seconds; `None` when none is.
    pub outbox_late_s: Option<u64>,
    /// Whole days until the certificate ends; negative when it is over.
    pub certificate_days: Option<i64>,
    /// Wrong answers at the doors within 24 hours.
    pub failed_sign_ins: u64,
    /// By how many seconds the clock was set since the server started.
    pub clock_set_s: Option<i64>,
    /// How many seconds the clock stands before what is in the log already.
    pub clock_behind_s: u64,
    /// Jobs that run by themselves; none while no server runs.
    pub jobs: Vec<JobState>,
}

/// With this word the log begins what it says about a wrong answer.
const WRONG: &str = "wrong ";

/// Wrong answers at the doors within 24 hours.
fn wrong_answers(rows: &dyn Rows, now: Timestamp) -> Result<u64, Failure> {
    let since = after(now, -24 * 60);
    let mut wrong = 0;
    let each = &mut |(_, value): (&[u8], &[u8])| {
        let event: AuditEvent = decode(AUDIT.name(), value)?;
        wrong += u64::from(event.at > since && event.detail.starts_with(WRONG));
        Ok(if event.at > since {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        })
    };
    rows.walk(AUDIT.name(), &[], None, true, each)?;
    Ok(wrong)
}

/// The figures of data in a directory, by whoever has it open.
///
/// # Errors
/// When the store fails.
pub fn of_rows(
    rows: &dyn Rows,
    directory: Option<&Path>,
    now: Timestamp,
) -> Result<Status, Failure> {
    let age = |at: Option<Timestamp>| {
        // A clock that went back makes nothing younger than now.
        at.map(|at| u64::try_from(now.duration_since(at).as_secs()).unwrap_or(0))
    };
    let is_proven = |b: &Backup| b.proven_at.is_some();
    let proven = newest(rows, &is_proven)?.map(|b| b.at);
    let places = kept::targets(rows)?.into_iter().map(|t| Place {
        to: t.to.shown().to_owned(),
        name: t.name,
        chosen: t.chosen,
        proven: t.proven,
        proven_age_s: age(t.proven),
        problem: t.last.and_then(|l| l.fault).map(|(_, words)| words),
    });
    let room = directory.and_then(|d| disk::room(d).ok());
    let outbox = notices::counts(rows)?.into_iter();
    let late = outbox::standing(rows, now)?.waiting_since;
    Ok(Status {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        schema: rows
            .find(&META, &Key::new().text("schema"))?
            .unwrap_or_default(),
        uptime_s: None,
        database_bytes: directory.and_then(|d| disk::data_bytes(d).ok()),
        read_only: None,
        free_bytes: room.map(|room| room.free),
        disk_bytes: room.map(|room| room.total),
        proven,
        proven_age_s: age(proven),
        backups: places.collect(),
        outbox_waiting: notices::count_waiting(rows)?,
        outbox: outbox.map(|(state, n)| (state.to_owned(), n)).collect(),
        outbox_late_s: age(late.map(|(since, _)| since)),
        certificate_days: certificate::report_in(rows)?.days_left(now),
        failed_sign_ins: wrong_answers(rows, now)?,
        clock_set_s: None,
        clock_behind_s: audit::latest(rows)?.map_or(0, |latest| {
            u64::try_from(latest.duration_since(now).as_secs()).unwrap_or(0)
        }),
        jobs: Vec::new(),
    })
}

/// The figures of a clinic that is open.
///
/// # Errors
/// When the store fails.
pub fn of(clinic: &Clinic) -> Result<Status, Failure> {
    let (directory, now) = (clinic.store.directory(), clinic.now());
    let status = clinic.store.read(|rows| of_rows(rows, directory, now))?;
    Ok(Status {
        uptime_s: Some(clinic.uptime().as_secs()),
        read_only: clinic.read_only().map(|why| why.to_string()),
        clock_set_s: Some(clinic.clock_set().as_secs()),
        jobs: clinic
            .jobs
            .all()
            .into_iter()
            .map(|(job, run, late)| JobState {
                name: job.code().to_owned(),
                last: run.last,
                next: run.next,
                went_well: run.went_well,
                late,
            })
            .collect(),
        ..status
    })
}
