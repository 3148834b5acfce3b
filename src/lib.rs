//! Anteroom: the patient portal that a small clinic runs itself.
//!
//! One static binary holds the web server, the database, the assets, the scheduler and the command
//! line. This page is the plan of the house: which room a line of code belongs in, and what it may
//! touch.
//!
//! | room | is | may use |
//! |---|---|---|
//! | [`domain`] | what is true: types and rules, pure | nothing of ours |
//! | [`text`] | how it is said: languages, dates, money | `domain` |
//! | [`store`] | how it is kept: redb, group commit, audit | `domain` |
//! | [`app`] | what one may do: one function per verb | `domain`, `text`, `store` |
//! | [`interop`] | other systems' shapes: FHIR R4, CSV, iCalendar | up to `app` |
//! | [`outbox`] | what leaves the building: mail, with calendar files | up to `interop` |
//! | [`web`] | what one sees: poem, maud, cookies | up to `outbox`, never `store` |
//! | [`serve`] | listeners, TLS, jobs, shutdown | up to `web` |
//! | [`cli`] | the command line | everything |
//!
//! The order is checked by `tests/architecture.rs`. A page is one file, a rule is one function, a
//! table is one line.

pub mod domain;
pub mod text;

pub mod store;

pub mod app;

pub mod interop;
pub mod outbox;

pub mod web;

pub mod serve;

pub mod cli;
