//! What leaves the building: mail.

mod html;
pub mod mail;
pub mod render;
pub mod smtp;
