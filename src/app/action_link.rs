//! One visit in someone's hands: of the patient who is signed in, or of whoever holds a link about it
//! from a mail. A link opens its visit and nothing else, and ends when the visit begins.

use jiff::Timestamp;

use super::booking::{self, Detailed};
use super::{Answer, Caller, Clinic, secret};
use crate::domain::account::{Actor, LinkPurpose, LoginState, Role};
use crate::domain::appointment::{Appointment, Status};
use crate::domain::id::{AppointmentId, PatientId, PractitionerId};
use crate::domain::refusal::Refused;
use crate::store::{access, appointments, patients};

/// What someone may do with one visit. Who acts never leaves it, so that the holder of a link can be
/// led neither to another visit nor to the chart.
#[derive(Clone, Debug)]
pub struct Pass {
    visit: AppointmentId,
    caller: Caller,
}

impl Pass {
    /// For someone who is signed in. Every verb asks whether the visit is theirs.
    pub fn of(caller: Caller, visit: AppointmentId) -> Self {
        Self { visit, caller }
    }

    /// The visit, with what it is for and with whom.
    ///
    /// # Errors
    /// [`Refused::NotFound`] when it is not theirs.
    pub fn find(&self, clinic: &Clinic) -> Answer<Detailed> {
        booking::find_detailed(clinic, &self.caller, self.visit)
    }

    /// They will come.
    ///
    /// # Errors
    /// [`Refused::VisitNotOpen`].
    pub fn confirm(&self, clinic: &Clinic) -> Answer<Appointment> {
        booking::confirm(clinic, &self.caller, self.visit)
    }

    /// To another time, with someone or with whoever has the least to do.
    ///
    /// # Errors
    /// [`Refused::SlotTaken`], [`Refused::OverlapsOwn`], [`Refused::TooLateToMove`],
    /// [`Refused::VisitNotOpen`].
    pub fn move_to(
        &self,
        clinic: &Clinic,
        start: Timestamp,
        with: Option<PractitionerId>,
    ) -> Answer<Appointment> {
        booking::move_own(clinic, &self.caller, self.visit, start, with)
    }

    /// They cannot come.
    ///
    /// # Errors
    /// [`Refused::VisitNotOpen`].
    pub fn cancel(&self, clinic: &Clinic, reason: &str) -> Answer<Appointment> {
        booking::cancel_own(clinic, &self.caller, self.visit, reason)
    }

    /// Takes the last change back.
    ///
    /// # Errors
    /// [`Refused::TooLateToUndo`], [`Refused::SlotTaken`] when the old time has gone.
    pub fn undo(&self, clinic: &Clinic) -> Answer<Appointment> {
        booking::undo(clinic, &self.caller, self.visit)
    }

    /// Writes down that a page showed the visit of a patient to whoever acts.
    pub fn note_view(&self, clinic: &Clinic, page: &str, patient: PatientId) {
        clinic.note_view(&self.caller, page, vec![patient]);
    }
}

/// What a link about a visit opens: the verbs of its patient, for this one visit. A visit that was
/// cancelled opens too, so that the link says so and a slip can be taken back.
///
/// # Errors
/// [`Refused::LinkDead`] when it is unknown or was taken back, or the visit has begun.
pub fn open(clinic: &Clinic, token: &str, request: u64) -> Answer<Pass> {
    let (key, now) = (secret::key_of(token), clinic.now());
    clinic.store.read(|rows| {
        let link = access::link(rows, &key)?.filter(|l| l.is_live(now));
        let Some(LinkPurpose::Visit(visit)) = link.map(|l| l.purpose) else {
            return Err(Refused::LinkDead.into());
        };
        let ahead = |v: &Appointment| {
            now < v.start && (v.status.is_open() || v.status == Status::Cancelled)
        };
        let visit = appointments::find(rows, visit)?
            .filter(ahead)
            .ok_or(Refused::LinkDead)?;
        let chart = patients::find(rows, visit.patient)?.ok_or(Refused::LinkDead)?;
        let actor = Actor {
            login: None,
            role: Role::Patient,
            state: LoginState::Active,
            patient: Some(chart.id),
            practitioner: None,
            name: chart.name().full(),
        };
        Ok(Pass::of(Caller { actor, request }, visit.id))
    })
}

#[cfg(test)]
mod tests;
