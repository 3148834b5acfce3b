//! Persons not known here who want to be patients.

use super::failure::Failure;
use super::key::Key;
use super::row::Row;
use super::schema::REQUESTS;
use super::table::{Read, Rows, Table};
use super::tx::{Change, Tx};
use crate::domain::id::{LoginId, RequestId};
use crate::domain::request::{RegistrationRequest, RequestState};

impl Row for RegistrationRequest {
    const TABLE: Table<Self> = REQUESTS;
    fn key(&self) -> Key {
        Key::of(self.id)
    }
}

/// Keeps a request and tells the open screens.
pub fn put(tx: &mut Tx<'_>, request: &RegistrationRequest) -> Result<(), Failure> {
    tx.changed(Change::Requests);
    tx.put(request)
}

/// A request.
pub fn find(rows: &dyn Rows, id: RequestId) -> Result<Option<RegistrationRequest>, Failure> {
    rows.find(&REQUESTS, &Key::of(id))
}

/// Every request, oldest first.
pub fn all(rows: &dyn Rows) -> Result<Vec<RegistrationRequest>, Failure> {
    rows.all(&REQUESTS)
}

/// The requests that wait for an answer, oldest first.
pub fn open(rows: &dyn Rows) -> Result<Vec<RegistrationRequest>, Failure> {
    Ok(all(rows)?
        .into_iter()
        .filter(|r| r.state == RequestState::Open)
        .collect())
}

/// The request behind an access.
pub fn of_login(rows: &dyn Rows, login: LoginId) -> Result<Option<RegistrationRequest>, Failure> {
    Ok(all(rows)?.into_iter().rev().find(|r| r.login == login))
}
