//! Something that can be booked.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::appointment::after;
use super::id::{PractitionerId, ServiceId};
use super::money::Money;
use super::schedule::ServiceTiming;

/// How patients get a time online.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum OnlineBooking {
    /// Patients do not see it; staff book it.
    Off,
    /// A chosen time is booked at once.
    #[default]
    Instant,
    /// A chosen time is kept, and staff say yes or no.
    Request,
}

/// Something that can be booked (FHIR `HealthcareService`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// Which service.
    pub id: ServiceId,
    /// What patients read.
    pub name: String,
    /// One sentence for those who do not know what it is.
    pub description: String,
    /// Duration, buffers, grid, lead time and horizon.
    pub timing: ServiceTiming,
    /// Until how many minutes before the start a patient may cancel without it counting as late.
    pub cancel_notice_min: u32,
    /// Until how many minutes before the start a patient may move the visit.
    pub move_notice_min: u32,
    /// How patients get a time online.
    pub online: OnlineBooking,
    /// Who offers it. Empty means everybody who is active.
    pub practitioners: Vec<PractitionerId>,
    /// What it costs, where the clinic says so.
    pub price: Option<Money>,
    /// Whether it is offered at all.
    pub active: bool,
    /// Position in lists.
    pub position: u16,
}

impl Service {
    /// Whether it is too late now to say in good time that a visit at `start` will not take place.
    pub fn is_late_to_cancel(&self, start: Timestamp, now: Timestamp) -> bool {
        now > after(start, -i64::from(self.cancel_notice_min))
    }

    /// Whether a practitioner offers it.
    pub fn offered_by(&self, practitioner: PractitionerId) -> bool {
        self.practitioners.is_empty() || self.practitioners.contains(&practitioner)
    }

    /// Whether patients can choose a time themselves.
    pub fn is_online(&self) -> bool {
        self.active && self.online != OnlineBooking::Off
    }
}
