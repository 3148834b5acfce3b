//! A data file that is opened with the locks of a writer and yet never written to: what redb writes
//! when it opens a file (its header, a repair) stays in memory. So a file can be looked into, held and
//! copied, and is afterwards the same to the last bit.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::ops::Bound;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use redb::backends::FileBackend;
use redb::{BackendError, Database, StorageBackend};

use super::builder;
use super::failure::Failure;

/// Opens a data file without ever changing it. `cache_bytes` is what the database may keep in memory.
///
/// # Errors
/// [`Failure::Locked`] while another process writes to it, or when it cannot be read.
pub(super) fn open(file: &Path, cache_bytes: usize) -> Result<Database, Failure> {
    let file = File::options().read(true).write(true).open(file)?;
    let backend = Untouched {
        shadow: Mutex::new(Shadow {
            len: file.metadata()?.len(),
            blocks: BTreeMap::new(),
        }),
        file: FileBackend::new(file)?,
    };
    Ok(builder(cache_bytes).create_with_backend(backend)?)
}

/// Bytes of a block that is kept in memory once it was written to.
const BLOCK: u64 = 4096;

#[derive(Debug)]
struct Untouched {
    file: FileBackend,
    shadow: Mutex<Shadow>,
}

/// What the file would be, had it been written to.
#[derive(Debug)]
struct Shadow {
    len: u64,
    blocks: BTreeMap<u64, Vec<u8>>,
}

impl Untouched {
    fn shadow(&self) -> MutexGuard<'_, Shadow> {
        self.shadow.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A block as the file has it; zeros beyond its end.
    fn block(&self, at: u64) -> io::Result<Vec<u8>> {
        let mut block = vec![0; usize_of(BLOCK)?];
        let there = self.file.len()?.saturating_sub(at * BLOCK).min(BLOCK);
        if let Some(part) = block.get_mut(..usize_of(there)?)
            && !part.is_empty()
        {
            self.file.read(at * BLOCK, part)?;
        }
        Ok(block)
    }

    /// Goes through the parts of a span that lie in one block each: the block, where in it, and where
    /// in the span.
    fn parts(
        offset: u64,
        bytes: usize,
        each: &mut dyn FnMut(u64, usize, std::ops::Range<usize>) -> io::Result<()>,
    ) -> io::Result<()> {
        let (block, mut done) = (usize_of(BLOCK)?, 0);
        while done < bytes {
            let at = offset + u64::try_from(done).map_err(io::Error::other)?;
            let within = usize_of(at % BLOCK)?;
            let count = (block - within).min(bytes - done);
            each(at / BLOCK, within, done..done + count)?;
            done += count;
        }
        Ok(())
    }
}

fn usize_of(bytes: u64) -> io::Result<usize> {
    usize::try_from(bytes).map_err(io::Error::other)
}

fn beyond() -> io::Error {
    io::Error::from(io::ErrorKind::UnexpectedEof)
}

impl StorageBackend for Untouched {
    fn len(&self) -> io::Result<u64> {
        Ok(self.shadow().len)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let shadow = self.shadow();
        let end = offset + u64::try_from(out.len()).map_err(io::Error::other)?;
        if end > shadow.len {
            return Err(beyond());
        }
        Self::parts(offset, out.len(), &mut |at, within, span| {
            let out = out.get_mut(span).ok_or_else(beyond)?;
            let from_file;
            let block = match shadow.blocks.get(&at) {
                Some(block) => block,
                None if at.saturating_add(1) * BLOCK <= self.file.len()? => {
                    let within = u64::try_from(within).map_err(io::Error::other)?;
                    return self.file.read(at * BLOCK + within, out);
                }
                None => {
                    from_file = self.block(at)?;
                    &from_file
                }
            };
            let part = block.get(within..within + out.len()).ok_or_else(beyond)?;
            out.copy_from_slice(part);
            Ok(())
        })
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let mut shadow = self.shadow();
        // What is cut off comes back as zeros.
        let first_gone = len.div_ceil(BLOCK);
        let gone = shadow.len.div_ceil(BLOCK);
        for at in first_gone..gone {
            shadow.blocks.insert(at, vec![0; usize_of(BLOCK)?]);
        }
        if len < shadow.len && !len.is_multiple_of(BLOCK) {
            let at = len / BLOCK;
            let mut block = match shadow.blocks.remove(&at) {
                Some(block) => block,
                None => self.block(at)?,
            };
            block
                .iter_mut()
                .skip(usize_of(len % BLOCK)?)
                .for_each(|b| *b = 0);
            shadow.blocks.insert(at, block);
        }
        shadow.len = len;
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut shadow = self.shadow();
        Self::parts(offset, data.len(), &mut |at, within, span| {
            let data = data.get(span).ok_or_else(beyond)?;
            let mut block = match shadow.blocks.remove(&at) {
                Some(block) => block,
                None => self.block(at)?,
            };
            let part = block.get_mut(within..within + data.len());
            part.ok_or_else(beyond)?.copy_from_slice(data);
            shadow.blocks.insert(at, block);
            Ok(())
        })
    }

    fn close(&self) -> io::Result<()> {
        self.file.close()
    }

    fn try_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.file.try_lock_range(start, end)
    }

    fn try_lock_shared_range(
        &self,
        start: Bound<u64>,
        end: Bound<u64>,
    ) -> Result<bool, BackendError> {
        self.file.try_lock_shared_range(start, end)
    }

    fn lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.file.lock_range(start, end)
    }

    fn lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.file.lock_shared_range(start, end)
    }

    fn unlock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.file.unlock_range(start, end)
    }

    fn query_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.file.query_lock_range(start, end)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Clone, Debug)]
    enum Act {
        Write(u64, Vec<u8>),
        SetLen(u64),
        Read(u64, usize),
    }

    fn act() -> impl Strategy<Value = Act> {
        let far = 5 * BLOCK;
        let bytes = proptest::collection::vec(any::<u8>(), 0..9_000);
        prop_oneof![
            (0..far, bytes).prop_map(|(at, bytes)| Act::Write(at, bytes)),
            (0..far).prop_map(Act::SetLen),
            (0..far, 0..9_000_usize).prop_map(|(at, count)| Act::Read(at, count)),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        /// It behaves as a file would, and the file behind it stays as it was.
        #[test]
        fn it_behaves_like_a_file_and_leaves_the_file_alone(
            before in proptest::collection::vec(any::<u8>(), 0..15_000),
            acts in proptest::collection::vec(act(), 1..20),
        ) {
            let dir = tempfile::tempdir().unwrap();
            let path = dir.path().join("file");
            std::fs::write(&path, &before).unwrap();
            let file = File::options().read(true).write(true).open(&path).unwrap();
            let len = u64::try_from(before.len()).unwrap();
            let shadow = Mutex::new(Shadow { len, blocks: BTreeMap::new() });
            let backend = Untouched { file: FileBackend::new(file).unwrap(), shadow };
            let mut model = before.clone();
            for act in acts {
                match act {
                    Act::Write(at, bytes) => {
                        let from = usize::try_from(at).unwrap();
                        // redb makes room first.
                        if model.len() < from + bytes.len() {
                            model.resize(from + bytes.len(), 0);
                            let len = u64::try_from(model.len()).unwrap();
                            backend.set_len(len).unwrap();
                        }
                        model[from..from + bytes.len()].copy_from_slice(&bytes);
                        backend.write(at, &bytes).unwrap();
                    }
                    Act::SetLen(len) => {
                        model.resize(usize::try_from(len).unwrap(), 0);
                        backend.set_len(len).unwrap();
                    }
                    Act::Read(at, count) => {
                        let from = usize::try_from(at).unwrap();
                        let mut out = vec![1; count];
                        let read = backend.read(at, &mut out);
                        match model.get(from..from + count) {
                            Some(part) => prop_assert_eq!(&out[..], part),
                            None => prop_assert!(read.is_err()),
                        }
                    }
                }
                prop_assert_eq!(backend.len().unwrap(), u64::try_from(model.len()).unwrap());
            }
            let mut all = vec![0; model.len()];
            backend.read(0, &mut all).unwrap();
            prop_assert_eq!(all, model);
            prop_assert_eq!(std::fs::read(&path).unwrap(), before);
        }
    }
}
