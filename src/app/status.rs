//! How the clinic stands, in a few figures for whoever runs the machine.

use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Clinic, Failure};
use crate::domain::backup::Backup;
use crate::store::backup::{newest, plan as kept};
use crate::store::schema::META;
use crate::store::table::{Read as _, Rows};
use crate::store::{disk, key::Key, notices};

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

/// How the clinic stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// The version of the program that answers.
    pub version: String,
    /// The version of the data.
    pub schema: u32,
    /// Seconds since the server started; `None` while none runs.
    pub uptime_s: Option<u64>,
    /// The size of the data file, in bytes; `None` when it cannot be told.
    pub database_bytes: Option<u64>,
    /// What is free on its disk, in bytes; `None` when it cannot be told.
    pub free_bytes: Option<u64>,
    /// The instant of the newest proven backup anywhere.
    pub proven: Option<Timestamp>,
    /// Seconds since then.
    pub proven_age_s: Option<u64>,
    /// Places for backups.
    pub backups: Vec<Place>,
    /// Messages that wait to be sent.
    pub outbox_waiting: u64,
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
    Ok(Status {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        schema: rows
            .find(&META, &Key::new().text("schema"))?
            .unwrap_or_default(),
        uptime_s: None,
        database_bytes: directory.and_then(|d| disk::data_bytes(d).ok()),
        free_bytes: directory.and_then(|d| disk::room(d).ok()).map(|room| room.free),
        proven,
        proven_age_s: age(proven),
        backups: places.collect(),
        outbox_waiting: notices::count_waiting(rows)?,
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
        ..status
    })
}
