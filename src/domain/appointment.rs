//! A visit: from asked for to done. Transitions are methods that return the new visit or say why
//! not; what happened, when and by whom is kept in the visit itself.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::id::{AppointmentId, BlockId, HoldId, LoginId, PatientId, PractitionerId, ServiceId};
use super::refusal::Refused;
use super::service::Service;

/// Where a visit stands (FHIR `Appointment.status`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Status {
    /// Asked for by the patient; staff say yes or no. It occupies its time.
    Pending,
    /// Booked.
    Booked,
    /// The patient is in the building.
    Arrived,
    /// The patient is with the clinician (FHIR `checked-in`).
    CheckedIn,
    /// The visit took place.
    Fulfilled,
    /// It will not take place.
    Cancelled,
    /// The patient did not come. Only a person says so.
    NoShow,
}

impl Status {
    /// Every status, in the order of a visit.
    pub const ALL: [Self; 7] = [
        Self::Pending,
        Self::Booked,
        Self::Arrived,
        Self::CheckedIn,
        Self::Fulfilled,
        Self::Cancelled,
        Self::NoShow,
    ];

    /// The code of FHIR's value set `AppointmentStatus`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Booked => "booked",
            Self::Arrived => "arrived",
            Self::CheckedIn => "checked-in",
            Self::Fulfilled => "fulfilled",
            Self::Cancelled => "cancelled",
            Self::NoShow => "noshow",
        }
    }

    /// Whether a visit in this state keeps others out of its time.
    pub fn occupies(self) -> bool {
        !matches!(self, Self::Cancelled | Self::NoShow)
    }

    /// Whether the visit is still ahead, as far as people have said.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Pending | Self::Booked)
    }
}

/// Who did something to a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Doer {
    /// The patient, or someone with their link.
    Patient,
    /// Someone who works here.
    Staff(LoginId),
    /// Anteroom itself.
    System,
}

/// What happened to a visit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EventKind {
    /// Asked for.
    Requested,
    /// Booked, or a request was accepted.
    Booked,
    /// The patient said that they will come.
    Confirmed,
    /// Moved from this time and practitioner.
    Moved {
        /// The former start.
        #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
        from: Timestamp,
        /// The former practitioner.
        practitioner: PractitionerId,
    },
    /// Made longer or shorter; the former minutes.
    Resized {
        /// The former duration.
        from_min: u16,
    },
    /// Now stands at this status.
    Became(Status),
    /// The last change was taken back.
    Undone,
}

/// One thing that happened to a visit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// When.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub at: Timestamp,
    /// By whom.
    pub by: Doer,
    /// What.
    pub kind: EventKind,
}

/// Why and by whom a visit was cancelled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cancellation {
    /// By whom.
    pub by: Doer,
    /// When.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub at: Timestamp,
    /// In their words; may be empty.
    pub reason: String,
    /// Inside the notice time of the service.
    pub late: bool,
}

/// A visit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appointment {
    /// Which visit. The UID of its calendar entry derives from it.
    pub id: AppointmentId,
    /// What one says on the phone: six letters and digits, the same for the life of the visit.
    pub reference: String,
    /// For whom.
    pub patient: PatientId,
    /// With whom.
    pub practitioner: PractitionerId,
    /// What for.
    pub service: ServiceId,
    /// The start. An instant: changed hours or clocks never move it.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub start: Timestamp,
    /// How long, as it was when the visit was booked.
    pub duration_min: u16,
    /// Buffer before, as it was when the visit was booked.
    pub before_min: u16,
    /// Buffer after, as it was when the visit was booked.
    pub after_min: u16,
    /// Where it stands.
    pub status: Status,
    /// When the patient said that they will come.
    #[serde(with = "jiff::fmt::serde::timestamp::second::optional")]
    pub confirmed_at: Option<Timestamp>,
    /// How often the calendar entry was revised (RFC 5545 `SEQUENCE`).
    pub sequence: u32,
    /// Why staff booked over another visit, if they did.
    pub overbooked: Option<String>,
    /// What staff want to remember. Never shown to the patient.
    pub internal_note: String,
    /// What the patient wrote when booking.
    pub patient_note: String,
    /// Set while the visit is cancelled.
    pub cancellation: Option<Cancellation>,
    /// Everything that happened, oldest first.
    pub history: Vec<Event>,
}

/// What is needed for a new visit.
#[derive(Clone, Debug)]
pub struct NewAppointment {
    /// Its identifier.
    pub id: AppointmentId,
    /// Its reference.
    pub reference: String,
    /// For whom.
    pub patient: PatientId,
    /// With whom.
    pub practitioner: PractitionerId,
    /// When.
    pub start: Timestamp,
    /// Who books.
    pub by: Doer,
    /// Now.
    pub at: Timestamp,
    /// Whether staff still have to say yes.
    pub pending: bool,
}

impl Appointment {
    /// A new visit for a service, whose durations are copied so that editing the service never
    /// moves history.
    pub fn new(new: NewAppointment, service: &Service) -> Self {
        let (status, kind) = if new.pending {
            (Status::Pending, EventKind::Requested)
        } else {
            (Status::Booked, EventKind::Booked)
        };
        Self {
            id: new.id,
            reference: new.reference,
            patient: new.patient,
            practitioner: new.practitioner,
            service: service.id,
            start: new.start,
            duration_min: service.timing.duration_min,
            before_min: service.timing.before_min,
            after_min: service.timing.after_min,
            status,
            confirmed_at: None,
            sequence: 0,
            overbooked: None,
            internal_note: String::new(),
            patient_note: String::new(),
            cancellation: None,
            history: vec![Event {
                at: new.at,
                by: new.by,
                kind,
            }],
        }
    }

    /// The end: exclusive.
    pub fn end(&self) -> Timestamp {
        after(self.start, i64::from(self.duration_min))
    }

    /// The time others cannot have, buffers included: from, until (exclusive).
    pub fn occupied(&self) -> (Timestamp, Timestamp) {
        (
            after(self.start, -i64::from(self.before_min)),
            after(self.end(), i64::from(self.after_min)),
        )
    }

    /// Whether the visit lies behind and nobody has said how it ended.
    pub fn is_unresolved(&self, now: Timestamp) -> bool {
        self.end() <= now && (self.status.is_open() || self.status == Status::Arrived)
    }

    /// Whether a cancellation by the patient now would be late.
    pub fn is_late_to_cancel(&self, service: &Service, now: Timestamp) -> bool {
        service.is_late_to_cancel(self.start, now)
    }

    /// Whether the patient may still move it.
    pub fn may_patient_move(&self, service: &Service, now: Timestamp) -> bool {
        self.status.is_open() && now <= after(self.start, -i64::from(service.move_notice_min))
    }

    /// Whether the patient may still say that they cannot come.
    pub fn may_patient_cancel(&self, now: Timestamp) -> bool {
        self.status.is_open() && now < self.start
    }

    /// The event in which the visit was last moved, if any.
    pub fn last_move(&self) -> Option<&Event> {
        self.history
            .iter()
            .rev()
            .find(|e| matches!(e.kind, EventKind::Moved { .. }))
    }

    /// When the visit came to a status, the last time.
    pub fn became_at(&self, status: Status) -> Option<Timestamp> {
        self.history
            .iter()
            .rev()
            .find(|e| e.kind == EventKind::Became(status))
            .map(|e| e.at)
    }

    fn with(&self, at: Timestamp, by: Doer, kind: EventKind) -> Self {
        let mut next = self.clone();
        next.history.push(Event { at, by, kind });
        next
    }

    /// The patient says that they will come.
    pub fn confirm(&self, by: Doer, at: Timestamp) -> Result<Self, Refused> {
        match self.status {
            Status::Booked if self.confirmed_at.is_some() => Ok(self.clone()),
            Status::Booked if at < self.start => {
                let mut next = self.with(at, by, EventKind::Confirmed);
                next.confirmed_at = Some(at);
                Ok(next)
            }
            Status::Pending
            | Status::Booked
            | Status::Arrived
            | Status::CheckedIn
            | Status::Fulfilled
            | Status::Cancelled
            | Status::NoShow => Err(Refused::VisitNotOpen),
        }
    }

    /// What calendars know it by, in mails and in the file of its page, for as long as it is there.
    /// The identifier is unique by itself, so no host stands in it (RFC 7986, section 5.3): the
    /// clinic's address may change.
    pub fn calendar_uid(&self) -> String {
        self.id.to_string()
    }

    /// Staff say yes to a request.
    pub fn accept(&self, by: Doer, at: Timestamp) -> Result<Self, Refused> {
        if self.status != Status::Pending {
            return Err(Refused::VisitNotOpen);
        }
        let mut next = self.with(at, by, EventKind::Booked);
        next.status = Status::Booked;
        Ok(next)
    }

    /// To another time, another practitioner, or both. The reference stays; the calendar entry gets
    /// a new revision; a confirmation does not carry over.
    pub fn move_to(
        &self,
        start: Timestamp,
        practitioner: PractitionerId,
        by: Doer,
        at: Timestamp,
    ) -> Result<Self, Refused> {
        if !self.status.is_open() {
            return Err(Refused::VisitNotOpen);
        }
        let kind = EventKind::Moved {
            from: self.start,
            practitioner: self.practitioner,
        };
        let mut next = self.with(at, by, kind);
        next.start = start;
        next.practitioner = practitioner;
        next.sequence = next.sequence.saturating_add(1);
        next.confirmed_at = None;
        Ok(next)
    }

    /// To another time that staff have not agreed to: it waits for their yes again. What stood before
    /// is in the history, so that undo finds it.
    pub fn ask_to_move(
        &self,
        start: Timestamp,
        practitioner: PractitionerId,
        by: Doer,
        at: Timestamp,
    ) -> Result<Self, Refused> {
        let mut asking = self.clone();
        if self.status == Status::Booked {
            asking = self.with(at, by, EventKind::Became(Status::Pending));
            asking.status = Status::Pending;
        }
        asking.move_to(start, practitioner, by, at)
    }

    /// Longer or shorter.
    pub fn resize(&self, duration_min: u16, by: Doer, at: Timestamp) -> Result<Self, Refused> {
        if !self.status.is_open() && self.status != Status::Arrived {
            return Err(Refused::VisitNotOpen);
        }
        let mut next = self.with(
            at,
            by,
            EventKind::Resized {
                from_min: self.duration_min,
            },
        );
        next.duration_min = duration_min;
        next.sequence = next.sequence.saturating_add(1);
        Ok(next)
    }

    /// It will not take place.
    pub fn cancel(
        &self,
        by: Doer,
        reason: &str,
        late: bool,
        at: Timestamp,
    ) -> Result<Self, Refused> {
        if !matches!(
            self.status,
            Status::Pending | Status::Booked | Status::Arrived
        ) {
            return Err(Refused::VisitNotOpen);
        }
        let mut next = self.with(at, by, EventKind::Became(Status::Cancelled));
        next.status = Status::Cancelled;
        next.sequence = next.sequence.saturating_add(1);
        next.cancellation = Some(Cancellation {
            by,
            at,
            reason: reason.to_owned(),
            late,
        });
        Ok(next)
    }

    /// One step on in the day: expected → arrived → with the clinician → done. Staff may also say
    /// that the patient did not come, and step back after a wrong click.
    pub fn become_(&self, status: Status, by: Doer, at: Timestamp) -> Result<Self, Refused> {
        use Status::{Arrived, Booked, CheckedIn, Fulfilled, NoShow};
        let allowed = matches!(
            (self.status, status),
            (Booked, Arrived | Fulfilled | NoShow)
                | (Arrived, Booked | CheckedIn | Fulfilled | NoShow)
                | (CheckedIn, Arrived | Fulfilled)
                | (Fulfilled, CheckedIn | Booked)
                | (NoShow, Booked | Arrived | Fulfilled)
        );
        if !allowed {
            return Err(Refused::VisitNotOpen);
        }
        let mut next = self.with(at, by, EventKind::Became(status));
        next.status = status;
        Ok(next)
    }
}

/// An instant some minutes later; negative minutes are earlier. Saturates at the ends of time.
pub fn after(instant: Timestamp, minutes: i64) -> Timestamp {
    instant
        .saturating_add(SignedDuration::from_mins(minutes))
        .unwrap_or(instant)
}

/// Why a time is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum HoldKind {
    /// Someone is on the confirm page.
    Choosing,
    /// A move may still be undone; this was the old time of the visit.
    Undo(AppointmentId),
}

/// A time kept for a moment. It occupies until it expires; expiry is judged by the clock when read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Which hold.
    pub id: HoldId,
    /// For whom.
    pub patient: PatientId,
    /// With whom.
    pub practitioner: PractitionerId,
    /// What for.
    pub service: ServiceId,
    /// The start of the visit that it keeps free.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub start: Timestamp,
    /// How long the visit would be.
    pub duration_min: u16,
    /// Buffer before.
    pub before_min: u16,
    /// Buffer after.
    pub after_min: u16,
    /// From then on it keeps nothing.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub expires_at: Timestamp,
    /// Why.
    pub kind: HoldKind,
}

impl Hold {
    /// The end of the visit that it keeps free: exclusive.
    pub fn end(&self) -> Timestamp {
        after(self.start, i64::from(self.duration_min))
    }

    /// Whether it still keeps its time.
    pub fn is_live(&self, now: Timestamp) -> bool {
        now < self.expires_at
    }
}

/// Time that a practitioner is not free, for a reason that is no visit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// Which block.
    pub id: BlockId,
    /// Whose time.
    pub practitioner: PractitionerId,
    /// From.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub start: Timestamp,
    /// Until: exclusive.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub end: Timestamp,
    /// What staff read on it.
    pub note: String,
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::domain::id::Id;
    use crate::domain::service::OnlineBooking;

    pub(crate) fn check_up() -> Service {
        Service {
            id: ServiceId::from_bytes([1; 16]),
            name: "Check-up".into(),
            description: String::new(),
            timing: crate::domain::schedule::ServiceTiming {
                duration_min: 20,
                before_min: 0,
                after_min: 5,
                step_min: 10,
                lead_min: 60,
                horizon_days: 60,
            },
            cancel_notice_min: 24 * 60,
            move_notice_min: 24 * 60,
            online: OnlineBooking::Instant,
            practitioners: Vec::new(),
            price: None,
            active: true,
            position: 0,
        }
    }

    fn visit() -> Appointment {
        let new = NewAppointment {
            id: AppointmentId::from_bytes([2; 16]),
            reference: "ABC234".into(),
            patient: PatientId::from_bytes([3; 16]),
            practitioner: PractitionerId::from_bytes([4; 16]),
            start: at(100_000),
            by: Doer::Patient,
            at: at(0),
            pending: false,
        };
        Appointment::new(new, &check_up())
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_move_keeps_the_reference_and_forgets_the_confirmation() {
        let confirmed = visit().confirm(Doer::Patient, at(10)).unwrap();
        assert!(confirmed.confirmed_at.is_some());
        let moved = confirmed
            .move_to(at(200_000), confirmed.practitioner, Doer::Patient, at(20))
            .unwrap();
        assert_eq!((moved.sequence, moved.confirmed_at), (1, None));
        assert_eq!(moved.reference, confirmed.reference);
        assert_eq!(moved.last_move().map(|e| e.at), Some(at(20)));
    }

    #[test]
    fn notice_is_counted_to_the_minute() {
        let (visit, service) = (visit(), check_up());
        let limit = after(visit.start, -24 * 60);
        assert!(!visit.is_late_to_cancel(&service, limit));
        assert!(visit.is_late_to_cancel(&service, after(limit, 1)));
        assert!(visit.may_patient_move(&service, limit));
        assert!(!visit.may_patient_move(&service, after(limit, 1)));
        assert!(visit.may_patient_cancel(after(visit.start, -1)));
        assert!(!visit.may_patient_cancel(visit.start));
    }

    #[test]
    fn buffers_belong_to_the_occupied_time() {
        let (from, until) = visit().occupied();
        assert_eq!((from, until), (at(100_000), after(at(100_000), 25)));
    }

    #[test]
    fn nothing_leads_out_of_a_cancelled_visit() {
        let gone = visit().cancel(Doer::Patient, "", true, at(5)).unwrap();
        for status in Status::ALL {
            assert!(gone.become_(status, Doer::System, at(6)).is_err());
        }
        assert!(gone.confirm(Doer::Patient, at(6)).is_err());
        assert!(
            gone.move_to(at(9), gone.practitioner, Doer::Patient, at(6))
                .is_err()
        );
        assert!(gone.cancel(Doer::Patient, "", false, at(6)).is_err());
        assert!(!gone.status.occupies());
    }
}
