//! What the clinic has decided about its backups, and the places that were added for them.

use super::super::failure::Failure;
use super::super::key::Key;
use super::super::row::Row;
use super::super::schema::{BACKUP_PLAN, BACKUP_TARGETS};
use super::super::table::{Read, Rows, Table};
use super::super::tx::{Change, Tx};
use crate::domain::backup::plan::{Plan, Target};

impl Row for Plan {
    const TABLE: Table<Self> = BACKUP_PLAN;

    fn key(&self) -> Key {
        plan_key()
    }
}

impl Row for Target {
    const TABLE: Table<Self> = BACKUP_TARGETS;

    fn key(&self) -> Key {
        target_key(&self.name)
    }
}

fn plan_key() -> Key {
    Key::new().text("plan")
}

fn target_key(name: &str) -> Key {
    Key::new().text(name)
}

/// What was decided; what is usual before anything was.
pub fn plan(rows: &dyn Rows) -> Result<Plan, Failure> {
    Ok(rows.find(&BACKUP_PLAN, &plan_key())?.unwrap_or_default())
}

/// Keeps what was decided, and tells those who hold a copy.
pub fn put_plan(tx: &mut Tx<'_>, plan: &Plan) -> Result<(), Failure> {
    tx.changed(Change::Backups);
    tx.put(plan)
}

/// Every place, by name.
pub fn targets(rows: &dyn Rows) -> Result<Vec<Target>, Failure> {
    rows.all(&BACKUP_TARGETS)
}

/// A place by its name.
pub fn target(rows: &dyn Rows, name: &str) -> Result<Option<Target>, Failure> {
    rows.find(&BACKUP_TARGETS, &target_key(name))
}

/// Keeps a place, and tells those who hold a copy.
pub fn put_target(tx: &mut Tx<'_>, target: &Target) -> Result<(), Failure> {
    tx.changed(Change::Backups);
    tx.put(target)
}

/// Forgets a place; whether it was there. What lies there stays.
pub fn remove_target(tx: &mut Tx<'_>, name: &str) -> Result<bool, Failure> {
    tx.changed(Change::Backups);
    tx.delete::<Target>(&target_key(name))
}
