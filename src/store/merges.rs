//! Records of merged charts.

use super::failure::Failure;
use super::key::Key;
use super::row::Row;
use super::schema::MERGES;
use super::table::{Read, Rows, Table};
use super::tx::Tx;
use crate::domain::id::PatientId;
use crate::domain::merge::MergeRecord;

impl Row for MergeRecord {
    const TABLE: Table<Self> = MERGES;

    fn key(&self) -> Key {
        Key::of(self.stayed.id).id(self.id)
    }
}

/// The merges into a chart that were not undone, oldest first.
pub fn into_chart(rows: &dyn Rows, chart: PatientId) -> Result<Vec<MergeRecord>, Failure> {
    rows.rows_under(&MERGES, &Key::of(chart))
}

/// Forgets a merge that was undone.
pub fn remove(tx: &mut Tx<'_>, record: &MergeRecord) -> Result<bool, Failure> {
    tx.delete::<MergeRecord>(&record.key())
}
