//! What is true: types and rules. Pure: no clock, no randomness, no input or output.

pub mod theme;
