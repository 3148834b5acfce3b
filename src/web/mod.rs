//! What one sees: the only room that knows poem, maud and cookies.
//!
//! [`routes`] is the site map. A request passes [`guard`], which finds out who asks and whether
//! they may, and reaches one handler with a [`ctx::Ctx`]. Handlers may wait for the disk: they run
//! on threads made for that, and reach `app` directly. A page is one file: its handlers, its form,
//! its view. HTML first: every flow works without scripts.

pub mod assets;
pub mod cookies;
pub mod csrf;
pub mod ctx;
pub mod demo;
mod devices;
pub mod fields;
pub mod flash;
pub mod guard;
pub mod health;
#[cfg(test)]
mod journey;
pub mod layout;
pub mod live;
pub mod methods;
mod multipart;
pub mod patient;
pub mod question;
pub mod reply;
pub mod respond;
pub mod routes;
mod session_end;
pub mod setup;
mod shown;
pub mod staff;
pub mod standalone;
pub mod trust;
pub mod ui;
