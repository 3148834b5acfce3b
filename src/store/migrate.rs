//! From one schema to the next, at start, in one transaction. There is one schema so far: a new
//! file is given its number, the same number is opened, and a newer one is refused.

use redb::{Database, ReadableDatabase};

use super::commit;
use super::failure::Failure;
use super::key::Key;
use super::schema::{META, VERSION};
use super::table::{Read, encode};
use super::tx::{Head, Reader, Tx};

/// One step: from the version at its place in [`STEPS`], counted from 1, to the next.
type Step = fn(&mut Tx<'_>) -> Result<(), Failure>;

/// Every step so far. The step from version N stands at index N − 1.
const STEPS: &[Step] = &[];

/// Brings the data to the schema of this program.
pub(super) fn bring_up_to_date(db: &Database) -> Result<(), Failure> {
    migrate(db, STEPS, VERSION)
}

fn migrate(db: &Database, steps: &[Step], ours: u32) -> Result<(), Failure> {
    let key = Key::new().text("schema");
    let found = Reader::new(db.begin_read()?).find(&META, &key)?;
    match found {
        Some(theirs) if theirs > ours => return Err(Failure::Newer(theirs, ours)),
        Some(theirs) if theirs == ours => return Ok(()),
        Some(_) | None => {}
    }
    let txn = commit::begin(db)?;
    // Migrations are written to the log of the server, not to the chain of people's acts.
    let mut tx = Tx::new(
        &txn,
        Head {
            seq: 0,
            hash: [0; 32],
        },
    );
    if let Some(theirs) = found {
        let done = usize::try_from(theirs.saturating_sub(1)).unwrap_or(usize::MAX);
        for step in steps.iter().skip(done) {
            step(&mut tx)?;
        }
    }
    tx.put_bytes(META.name(), key.as_bytes(), &encode(&ours)?)?;
    drop(tx);
    txn.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use redb::backends::InMemoryBackend;

    fn schema(db: &Database) -> Option<u32> {
        let reader = Reader::new(db.begin_read().unwrap());
        reader.find(&META, &Key::new().text("schema")).unwrap()
    }

    #[test]
    fn steps_run_once_in_order_or_not_at_all() {
        let db = Database::builder()
            .create_with_backend(InMemoryBackend::new())
            .unwrap();
        migrate(&db, &[], 1).unwrap();
        assert_eq!(schema(&db), Some(1));
        let good: Step = |tx| tx.put_bytes("probe", b"k", b"v");
        let bad: Step = |_| Err(Failure::Other("no".into()));
        assert!(migrate(&db, &[good, bad], 3).is_err());
        assert_eq!(schema(&db), Some(1));
        assert!(
            Reader::new(db.begin_read().unwrap())
                .get_bytes("probe", b"k")
                .unwrap()
                .is_none()
        );
        migrate(&db, &[good, good], 3).unwrap();
        assert_eq!(schema(&db), Some(3));
        assert!(matches!(
            migrate(&db, &[good], 2),
            Err(Failure::Newer(3, 2))
        ));
    }

    use super::super::table::Rows;
}
