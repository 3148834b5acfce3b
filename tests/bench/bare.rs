//! What redb alone does with the same flags and as many rows in a commit: the yardstick.

use std::path::Path;
use std::time::{Duration, Instant};

use redb::{ConcurrencyMode, Database, TableDefinition};

use crate::{Times, line, ms};

const TABLE: TableDefinition<'static, &[u8], &[u8]> = TableDefinition::new("rows");
/// Bytes of a row, about the mean of a visit, its entries, its message and its line in the log.
const ROW_BYTES: usize = 120;

/// What redb alone can do.
pub struct Bare {
    /// Bookings' worth of rows per second when as many as there are clients share a commit.
    pub bookings_per_s: f64,
    /// One commit with one booking's rows.
    pub commit: Duration,
}

/// Measures beside the clinic's own file, on the same disk.
pub fn measure(dir: &Path, rows: usize, clients: usize) -> Bare {
    let db = Database::builder()
        .set_cache_size(16 << 20)
        .set_concurrency_mode(ConcurrencyMode::SingleWriter)
        .create(dir.join("bare.redb"))
        .expect("a file");
    let mut next = 0_u64;
    // As much in it as the clinic has, so that its trees are as deep.
    for _ in 0..30 {
        commit(&db, &mut next, 20_000);
    }
    let mut alone = Vec::new();
    let since = Instant::now();
    while since.elapsed() < Duration::from_secs(2) {
        let one = Instant::now();
        commit(&db, &mut next, rows);
        alone.push(one.elapsed());
    }
    let since = Instant::now();
    let mut commits = 0_u32;
    while since.elapsed() < Duration::from_secs(3) {
        commit(&db, &mut next, rows * clients);
        commits += 1;
    }
    let bookings_per_s = f64::from(commits) * clients as f64 / since.elapsed().as_secs_f64();
    let commit = Times(alone).at(0.5);
    line("bare redb: rows of one booking", &rows.to_string(), "", None);
    line("bare redb: one commit of them, p50 ms", &format!("{:.2}", ms(commit)), "", None);
    let what = format!("bare redb: {clients} bookings a commit, bookings/s");
    line(&what, &format!("{bookings_per_s:.0}"), "", None);
    Bare { bookings_per_s, commit }
}

fn commit(db: &Database, next: &mut u64, rows: usize) {
    #[allow(clippy::disallowed_methods, reason = "redb alone is what is measured")]
    let mut txn = db.begin_write().expect("a transaction");
    txn.set_quick_repair(true);
    {
        let mut table = txn.open_table(TABLE).expect("a table");
        for _ in 0..rows {
            *next += 1;
            // Spread as identifiers and times are, not at the end.
            let mut key = [0; 24];
            key[..8].copy_from_slice(&next.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
            table.insert(key.as_slice(), [7; ROW_BYTES].as_slice()).expect("a row");
        }
    }
    txn.commit().expect("a commit");
}
