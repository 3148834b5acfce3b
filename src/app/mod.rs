//! What one may do: one file per area, one function per verb.
