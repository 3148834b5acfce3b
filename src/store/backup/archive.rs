//! What is inside an archive: the manifest, the rows of every table, and their hashes.

use std::collections::BTreeSet;
use std::io::{ErrorKind, Read, Write};
use std::ops::ControlFlow;

use data_encoding::HEXLOWER;
use jiff::Timestamp;
use redb::{ReadTransaction, ReadableTableMetadata, TableError, TableHandle};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::super::failure::Failure;
use super::super::schema::{NAMES, VERSION};
use super::super::table::{Bytes, Rows};
use super::super::tx::Reader;
use super::{Problem, Told};

const FIRST_LINE: &[u8] = b"anteroom backup 1\n";
/// The manifest and the foot are a few kilobytes; more is no archive of ours.
const MAX_JSON_BYTES: u32 = 1 << 20;
/// Rows are small, and documents lie in chunks; more is no archive of ours.
const MAX_PART_BYTES: u32 = 64 << 20;

/// What an archive says about itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The version of the program that wrote it.
    pub program: String,
    /// The version of the data.
    pub schema: u32,
    /// When the snapshot was taken.
    pub at: Timestamp,
    /// Every table and how many rows it has.
    pub tables: Vec<(String, u64)>,
    /// The last line of the log; 0 for an empty one.
    pub audit_seq: u64,
    /// The hash of that line, in hexadecimal digits.
    pub audit_hash: String,
}

impl Manifest {
    /// Rows and index entries in all.
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|(_, rows)| rows).sum()
    }
}

#[derive(Serialize, Deserialize)]
struct Foot {
    /// SHA-256 over the rows of every table, in the manifest's order, in hexadecimal digits.
    sha256: Vec<String>,
}

/// How many rows every table of the plan has. A table that is not in the plan would be lost
/// without a word, so it stops the backup.
pub(super) fn counts(txn: &ReadTransaction) -> Result<Vec<(String, u64)>, Failure> {
    let there: BTreeSet<String> = txn
        .list_tables()?
        .map(|table| table.name().to_owned())
        .collect();
    if let Some(unknown) = there.iter().find(|t| !NAMES.contains(&t.as_str())) {
        let why = format!("the file has a table that nobody knows: {unknown}");
        return Err(Failure::Other(why));
    }
    let mut counts = Vec::new();
    for name in NAMES {
        let rows = match txn.open_table(Bytes::new(name)) {
            Ok(table) => table.len()?,
            // Tables are made by their first row.
            Err(TableError::TableDoesNotExist(_)) => 0,
            Err(e) => return Err(e.into()),
        };
        counts.push(((*name).to_owned(), rows));
    }
    Ok(counts)
}

/// Writes one state of the data. `step` is told how many rows are done, of how many.
pub(super) fn write(
    reader: &Reader,
    at: Timestamp,
    out: &mut dyn Write,
    step: Told<'_>,
) -> Result<Manifest, Problem> {
    let tables = counts(reader.txn())?;
    let (audit_seq, audit_hash) = super::log_end(reader)?;
    let manifest = Manifest {
        program: env!("CARGO_PKG_VERSION").to_owned(),
        schema: VERSION,
        at,
        tables,
        audit_seq,
        audit_hash,
    };
    out.write_all(FIRST_LINE)?;
    write_json(out, &manifest)?;
    let (mut done, all) = (0, manifest.rows());
    let mut foot = Foot { sha256: Vec::new() };
    for name in NAMES {
        let mut hash = Sha256::new();
        let mut failed = None;
        reader.walk(name, &[], None, false, &mut |(key, value)| match write_row(
            out, &mut hash, key, value,
        )
        .and_then(|()| step(done + 1, all))
        {
            Ok(()) => {
                done += 1;
                Ok(ControlFlow::Continue(()))
            }
            Err(e) => {
                failed = Some(e);
                Ok(ControlFlow::Break(()))
            }
        })?;
        if let Some(e) = failed {
            return Err(e);
        }
        foot.sha256.push(HEXLOWER.encode(&hash.finalize()));
    }
    write_json(out, &foot)?;
    Ok(manifest)
}

/// Takes one row: its table, key and value.
type Put<'a> = dyn FnMut(&'static str, &[u8], &[u8]) -> Result<(), Failure> + 'a;

/// Reads an archive to its end and gives every row away. `step` is told how many rows are done, of
/// how many. Nothing that was given away may be used unless it ends well.
pub(super) fn read(
    input: &mut dyn Read,
    put: &mut Put<'_>,
    step: Told<'_>,
) -> Result<Manifest, Problem> {
    let mut first = [0; FIRST_LINE.len()];
    input.read_exact(&mut first)?;
    if first != *FIRST_LINE {
        return Err(Problem::NotABackup);
    }
    let manifest: Manifest = read_json(input)?;
    if manifest.schema > VERSION {
        return Err(Problem::Newer(manifest.schema, VERSION));
    }
    let (mut done, all) = (0, manifest.rows());
    let mut hashes = Vec::new();
    let (mut key, mut value) = (Vec::new(), Vec::new());
    for (name, rows) in &manifest.tables {
        let known = NAMES.iter().find(|n| *n == name);
        let table = known.ok_or_else(|| Problem::Damaged(format!("no table is named {name}")))?;
        let mut hash = Sha256::new();
        for _ in 0..*rows {
            read_row(input, &mut hash, &mut key, &mut value)?;
            put(table, &key, &value)?;
            done += 1;
            step(done, all)?;
        }
        hashes.push(HEXLOWER.encode(&hash.finalize()));
    }
    let foot: Foot = read_json(input)?;
    if foot.sha256 != hashes {
        let what = "the rows are not those that were written".to_owned();
        return Err(Problem::Damaged(what));
    }
    match input.read(&mut [0]) {
        Ok(0) => Ok(manifest),
        Ok(_) => Err(Problem::Damaged("bytes follow its end".to_owned())),
        Err(e) => Err(e.into()),
    }
}

fn length(bytes: &[u8], most: u32) -> Result<[u8; 4], Problem> {
    let length = u32::try_from(bytes.len()).ok().filter(|n| *n <= most);
    let length = length.ok_or_else(|| std::io::Error::from(ErrorKind::FileTooLarge))?;
    Ok(length.to_be_bytes())
}

fn write_row(
    out: &mut dyn Write,
    hash: &mut Sha256,
    key: &[u8],
    value: &[u8],
) -> Result<(), Problem> {
    let lengths = [length(key, MAX_PART_BYTES)?, length(value, MAX_PART_BYTES)?];
    for part in [lengths.as_flattened(), key, value] {
        hash.update(part);
        out.write_all(part)?;
    }
    Ok(())
}

fn read_row(
    input: &mut dyn Read,
    hash: &mut Sha256,
    key: &mut Vec<u8>,
    value: &mut Vec<u8>,
) -> Result<(), Problem> {
    let mut lengths = [[0; 4]; 2];
    input.read_exact(lengths.as_flattened_mut())?;
    hash.update(lengths.as_flattened());
    for (length, part) in lengths.iter().zip([key, value]) {
        read_part(input, u32::from_be_bytes(*length), MAX_PART_BYTES, part)?;
        hash.update(part.as_slice());
    }
    Ok(())
}

fn read_part(
    input: &mut dyn Read,
    length: u32,
    most: u32,
    part: &mut Vec<u8>,
) -> Result<(), Problem> {
    if length > most {
        return Err(Problem::Damaged("a row is longer than rows are".to_owned()));
    }
    part.resize(usize::try_from(length).unwrap_or(usize::MAX), 0);
    Ok(input.read_exact(part)?)
}

fn write_json(out: &mut dyn Write, value: &impl Serialize) -> Result<(), Problem> {
    let bytes = serde_json::to_vec(value).map_err(std::io::Error::from)?;
    out.write_all(&length(&bytes, MAX_JSON_BYTES)?)?;
    Ok(out.write_all(&bytes)?)
}

fn read_json<T: DeserializeOwned>(input: &mut dyn Read) -> Result<T, Problem> {
    let mut length = [0; 4];
    input.read_exact(&mut length)?;
    let mut bytes = Vec::new();
    read_part(
        input,
        u32::from_be_bytes(length),
        MAX_JSON_BYTES,
        &mut bytes,
    )?;
    serde_json::from_slice(&bytes).map_err(|_| Problem::NotABackup)
}
