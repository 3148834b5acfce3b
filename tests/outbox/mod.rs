//! Mail, with a real mail server as a process of its own.

mod delivery;
mod letters;
pub mod peer;
mod settings;
mod staff;
pub mod world;
