//! Whether anything can be written just now, and why not.

use std::fmt;
use std::time::Instant;

/// Why nothing can be written just now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// Less room is left on the disk than is kept free.
    Full,
    /// The disk did not read or write as it should; what the system said.
    Broken(String),
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full => f.write_str("the disk is full but for the last bit that is kept free"),
            Self::Broken(said) => write!(f, "the disk failed: {said}"),
        }
    }
}

/// Whether the store can be written to.
#[derive(Clone, Debug)]
pub struct Standing {
    /// Why not; `None` when it can.
    pub read_only: Option<Why>,
    /// Since when it is so, by a clock that nobody sets.
    pub since: Instant,
}

impl Standing {
    pub(super) fn now(read_only: Option<Why>) -> Self {
        Self {
            read_only,
            since: Instant::now(),
        }
    }
}
