//! What people come for, from the first page to the last.

mod book_visit;
mod front_desk;
