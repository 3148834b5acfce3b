//! Certificates of a running clinic: from a public authority, from the owner's files, and its own
//! for as long as there is no better one.

mod files;
mod house;
mod pages;
mod pebble;
mod public;
mod scan;

pub use house::{House, anyone, owner};
