//! Who works when, and what can be booked.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::failure::Failure;
use super::key::Key;
use super::row::Row;
use super::schema::{CLOSURES, EXCEPTIONS, HOURS, ORGANIZATIONS, PRACTITIONERS, SERVICES};
use super::table::{Read, Rows, Table};
use crate::domain::id::{ClosureId, HoursId, PractitionerId, ServiceId};
use crate::domain::practitioner::{Organization, Practitioner};
use crate::domain::schedule::{Closure, DateException, HoursRule};
use crate::domain::service::Service;

/// A weekly pattern of a practitioner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptHours {
    /// Which pattern.
    pub id: HoursId,
    /// Whose.
    pub practitioner: PractitionerId,
    /// The pattern with its effective dates.
    pub rule: HoursRule,
}

/// A day on which a practitioner's hours differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptException {
    /// Whose.
    pub practitioner: PractitionerId,
    /// The day and its windows.
    pub exception: DateException,
}

/// A span of days on which the whole clinic is closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptClosure {
    /// Which closure.
    pub id: ClosureId,
    /// The days and their name.
    pub closure: Closure,
}

impl Row for KeptHours {
    const TABLE: Table<Self> = HOURS;
    fn key(&self) -> Key {
        Key::of(self.practitioner).id(self.id)
    }
}

impl Row for KeptException {
    const TABLE: Table<Self> = EXCEPTIONS;
    fn key(&self) -> Key {
        exception_key(self.practitioner, self.exception.date)
    }
}

impl Row for KeptClosure {
    const TABLE: Table<Self> = CLOSURES;
    fn key(&self) -> Key {
        Key::of(self.id)
    }
}

impl Row for Practitioner {
    const TABLE: Table<Self> = PRACTITIONERS;
    fn key(&self) -> Key {
        Key::of(self.id)
    }
}

impl Row for Organization {
    const TABLE: Table<Self> = ORGANIZATIONS;
    fn key(&self) -> Key {
        Key::of(self.id)
    }
}

impl Row for Service {
    const TABLE: Table<Self> = SERVICES;
    fn key(&self) -> Key {
        Key::of(self.id)
    }
}

/// The key of a practitioner's exception on a date.
pub fn exception_key(practitioner: PractitionerId, date: Date) -> Key {
    // ISO 8601 sorts as text.
    Key::of(practitioner).text(&date.to_string())
}

/// A practitioner.
pub fn practitioner(rows: &dyn Rows, id: PractitionerId) -> Result<Option<Practitioner>, Failure> {
    rows.find(&PRACTITIONERS, &Key::of(id))
}

/// Every practitioner, in the order in which they were added.
pub fn practitioners(rows: &dyn Rows) -> Result<Vec<Practitioner>, Failure> {
    rows.all(&PRACTITIONERS)
}

/// Every organisation.
pub fn organizations(rows: &dyn Rows) -> Result<Vec<Organization>, Failure> {
    rows.all(&ORGANIZATIONS)
}

/// A service.
pub fn service(rows: &dyn Rows, id: ServiceId) -> Result<Option<Service>, Failure> {
    rows.find(&SERVICES, &Key::of(id))
}

/// Every service, in the clinic's order.
pub fn services(rows: &dyn Rows) -> Result<Vec<Service>, Failure> {
    let mut all: Vec<Service> = rows.all(&SERVICES)?;
    all.sort_by_key(|s| (s.position, s.id));
    Ok(all)
}

/// The weekly patterns of a practitioner.
pub fn rules(rows: &dyn Rows, practitioner: PractitionerId) -> Result<Vec<KeptHours>, Failure> {
    rows.rows_under(&HOURS, &Key::of(practitioner))
}

/// The days of a practitioner that differ, in order.
pub fn exceptions(
    rows: &dyn Rows,
    practitioner: PractitionerId,
) -> Result<Vec<KeptException>, Failure> {
    rows.rows_under(&EXCEPTIONS, &Key::of(practitioner))
}

/// The days of a practitioner that differ on the dates of a span (both inclusive), in order.
pub fn exceptions_between(
    rows: &dyn Rows,
    practitioner: PractitionerId,
    (from, until): (Date, Date),
) -> Result<Vec<KeptException>, Failure> {
    let to = exception_key(practitioner, until).after_prefix();
    let from = exception_key(practitioner, from);
    rows.rows_between(&EXCEPTIONS, &from, to.as_ref(), usize::MAX)
}

/// The days on which the whole clinic is closed.
pub fn closures(rows: &dyn Rows) -> Result<Vec<KeptClosure>, Failure> {
    rows.all(&CLOSURES)
}
