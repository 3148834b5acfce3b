//! The practice: who cares for people, what can be booked, and when.
//!
//! Changing hours never cancels anything: [`left_outside`] lists the visits that no longer lie in
//! published hours, and people decide.

mod hours;
mod practitioners;
mod preview;
mod services;
#[cfg(test)]
mod tests;

pub use self::hours::{
    LeftOutside, MAX_SPAN_DAYS, close, closures, drop_exception, drop_hours, exceptions,
    holiday_suggestions, left_outside, open_again, set_exception, set_hours, weeks,
};
pub use self::practitioners::{
    PractitionerDraft, add_practitioner, change_practitioner, next_hue, practitioner, practitioners,
};
pub use self::preview::{Next, Trial, preview};
pub use self::services::{
    Direction, ServiceDraft, add_service, change_service, move_service, service, services,
};
pub use crate::store::hours::{KeptClosure, KeptException, KeptHours};
