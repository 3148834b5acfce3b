//! What is true: types and rules. Pure: no clock, no randomness, no input or output.

pub mod account;
pub mod appointment;
pub mod audit;
pub mod backup;
pub mod certificate;
pub mod country;
pub mod encounter;
pub mod feed;
pub mod holiday;
pub mod id;
pub mod merge;
pub mod money;
pub mod notice;
pub mod password;
pub mod patient;
pub mod person;
pub mod picture;
pub mod policy;
pub mod practitioner;
pub mod refusal;
pub mod request;
pub mod schedule;
pub mod search;
pub mod service;
pub mod settings;
pub mod theme;
