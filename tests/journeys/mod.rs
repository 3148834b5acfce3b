//! What people come for, from the first page to the last.

mod book_visit;
mod by_link;
mod from_invitation;
mod front_desk;
mod staff_door;
mod without_mail;
