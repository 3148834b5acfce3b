//! What people come for, from the first page to the last.

mod book_visit;
mod by_link;
mod front_desk;
