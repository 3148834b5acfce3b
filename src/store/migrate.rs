//! From one schema to the next, in one transaction. There is one schema so far; how a data file gets
//! there and back is in [`super::upgrade`].

use redb::{Database, ReadableDatabase};

use super::commit;
use super::failure::Failure;
use super::key::Key;
use super::patients;
use super::schema::{META, TERMS, VERSION};
use super::table::{Read, encode};
use super::tx::{Head, Reader, Tx};

/// One step: from the version at its place in [`STEPS`], counted from 1, to the next.
pub(super) type Step = fn(&mut Tx<'_>) -> Result<(), Failure>;

/// Every step so far. The step from version N stands at index N − 1.
pub(super) const STEPS: &[Step] = &[];

/// Brings the data to the schema of this program.
pub(super) fn bring_up_to_date(db: &Database) -> Result<(), Failure> {
    run(db, STEPS, VERSION)
}

/// The schema of the data; 0 while it has none.
pub(super) fn schema(db: &Database) -> Result<u32, Failure> {
    let found = Reader::new(db.begin_read()?).find(&META, &Key::new().text("schema"))?;
    Ok(found.unwrap_or_default())
}

/// Brings the data to a schema. New data has no steps to go.
pub(super) fn run(db: &Database, steps: &[Step], ours: u32) -> Result<(), Failure> {
    let theirs = schema(db)?;
    if theirs > ours {
        return Err(Failure::Newer(theirs, ours));
    }
    if theirs < ours {
        migrate(db, steps, (theirs, ours))?;
    }
    search_terms(db)
}

/// Migrations are written to the log of the server, not to the chain of people's acts.
const NO_LOG: Head = Head {
    seq: 0,
    hash: [0; 32],
};

/// Makes the terms anew by which patients are found, where they are those of an earlier search.
fn search_terms(db: &Database) -> Result<(), Failure> {
    let key = Key::new().text("terms");
    if Reader::new(db.begin_read()?).find(&META, &key)? == Some(TERMS) {
        return Ok(());
    }
    let txn = commit::begin(db)?;
    let mut tx = Tx::new(&txn, NO_LOG);
    patients::rebuild_terms(&mut tx)?;
    tx.put_bytes(META.name(), key.as_bytes(), &encode(&TERMS)?)?;
    drop(tx);
    txn.commit()?;
    Ok(())
}

fn migrate(db: &Database, steps: &[Step], (theirs, ours): (u32, u32)) -> Result<(), Failure> {
    let txn = commit::begin(db)?;
    let mut tx = Tx::new(&txn, NO_LOG);
    if let Some(done) = theirs.checked_sub(1) {
        let done = usize::try_from(done).unwrap_or(usize::MAX);
        for step in steps.iter().skip(done) {
            step(&mut tx)?;
        }
    }
    let key = Key::new().text("schema");
    tx.put_bytes(META.name(), key.as_bytes(), &encode(&ours)?)?;
    drop(tx);
    txn.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use redb::backends::InMemoryBackend;

    #[test]
    fn steps_run_once_in_order_or_not_at_all() {
        let db = Database::builder()
            .create_with_backend(InMemoryBackend::new())
            .unwrap();
        run(&db, &[], 1).unwrap();
        assert_eq!(schema(&db).unwrap(), 1);
        let good: Step = |tx| tx.put_bytes("probe", b"k", b"v");
        let bad: Step = |_| Err(Failure::Other("no".into()));
        assert!(run(&db, &[good, bad], 3).is_err());
        assert_eq!(schema(&db).unwrap(), 1);
        assert!(
            Reader::new(db.begin_read().unwrap())
                .get_bytes("probe", b"k")
                .unwrap()
                .is_none()
        );
        run(&db, &[good, good], 3).unwrap();
        assert_eq!(schema(&db).unwrap(), 3);
        assert!(matches!(run(&db, &[good], 2), Err(Failure::Newer(3, 2))));
    }

    use super::super::table::Rows;
}
