//! What one sees: the only room that knows poem, maud and cookies.

pub mod assets;
pub mod ui;
