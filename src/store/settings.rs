//! The one row of settings, and the named secrets.

use super::failure::Failure;
use super::key::Key;
use super::row::Row;
use super::schema::{SECRETS, SETTINGS};
use super::table::{Read, Rows, Table, encode};
use super::tx::{Change, Tx};
use crate::domain::settings::Settings;

impl Row for Settings {
    const TABLE: Table<Self> = SETTINGS;
    fn key(&self) -> Key {
        key()
    }
}

fn key() -> Key {
    Key::new().text("settings")
}

/// The settings; `None` before the first start.
pub fn find(rows: &dyn Rows) -> Result<Option<Settings>, Failure> {
    rows.find(&SETTINGS, &key())
}

/// Keeps the settings and tells those who hold a copy.
pub fn put(tx: &mut Tx<'_>, settings: &Settings) -> Result<(), Failure> {
    tx.changed(Change::Settings);
    tx.put(settings)
}

/// A named secret: a private key, a certificate.
pub fn secret(rows: &dyn Rows, name: &str) -> Result<Option<Vec<u8>>, Failure> {
    rows.find(&SECRETS, &Key::new().text(name))
}

/// Keeps a named secret.
pub fn put_secret(tx: &mut Tx<'_>, name: &str, value: &Vec<u8>) -> Result<(), Failure> {
    tx.put_bytes(
        SECRETS.name(),
        Key::new().text(name).as_bytes(),
        &encode(value)?,
    )
}
