//! Components: functions of plain values that give maud markup.
//!
//! Sentences arrive translated. Text that people typed (names, notes, addresses) goes through
//! [`text::theirs`], which isolates its writing direction. Nothing here escapes by hand and nothing
//! here is `PreEscaped`: maud escapes every value. No `style=` and no `on…=` either, because the
//! page's policy refuses them; positions are classes and widths are SVG attributes.
//!
//! [`page::Page`] is the only way to a document, [`form::Form`] the only way to a `<form>` that
//! changes something: it carries the token that proves the form is ours.

pub mod banner;
pub mod button;
pub mod card;
pub mod choice_rows;
pub mod combobox;
pub mod date3;
pub mod details;
pub mod dialog;
pub mod empty;
pub mod error_summary;
pub mod field;
pub mod form;
pub mod help_row;
pub mod icon;
pub mod nav;
pub mod page;
pub mod pager;
pub mod panel;
pub mod progress;
pub mod qr;
pub mod row_list;
pub mod screen_drawing;
pub mod select;
pub mod shell;
pub mod slot_grid;
pub mod summary_list;
pub mod swatches;
pub mod table;
pub mod tag;
pub mod text;
pub mod timeline;
pub mod toast;

#[cfg(test)]
mod kit;

pub use icon::{Icon, icon};
pub use page::Page;
pub use tag::Tone;
