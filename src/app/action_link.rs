//! A link about one visit: confirm, move or cancel it without signing in. It shows the least that
//! this needs, and ends with the visit.

use super::{Answer, Caller, Clinic, secret};
use crate::domain::account::{Actor, LinkPurpose, LoginState, Role};
use crate::domain::id::AppointmentId;
use crate::domain::refusal::Refused;
use crate::store::{access, appointments, patients};

/// What the holder of a link may do: the verbs of a patient, for this one visit.
#[derive(Clone, Debug)]
pub struct Pass {
    /// The one visit. Hand no other to a verb.
    pub visit: AppointmentId,
    /// Who acts: the patient of the visit, without an access.
    pub caller: Caller,
}

/// What a link about a visit opens.
///
/// # Errors
/// [`Refused::LinkDead`] when it is unknown, expired, replaced, or the visit is no longer open.
pub fn open(clinic: &Clinic, token: &str, request: u64) -> Answer<Pass> {
    let (key, now) = (secret::key_of(token), clinic.now());
    clinic.store.read(|rows| {
        let link = access::link(rows, &key)?.filter(|l| l.is_live(now));
        let Some(LinkPurpose::Visit(visit)) = link.map(|l| l.purpose) else {
            return Err(Refused::LinkDead.into());
        };
        let visit = appointments::find(rows, visit)?
            .filter(|v| v.status.is_open() && now < v.start)
            .ok_or(Refused::LinkDead)?;
        let chart = patients::find(rows, visit.patient)?.ok_or(Refused::LinkDead)?;
        let caller = Caller {
            actor: Actor {
                login: None,
                role: Role::Patient,
                state: LoginState::Active,
                patient: Some(chart.id),
                practitioner: None,
                name: chart.name().full(),
            },
            request,
        };
        Ok(Pass {
            visit: visit.id,
            caller,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::booking;
    use crate::app::stage::{Stage, no};

    #[test]
    fn it_opens_its_visit_until_the_visit_is_over() {
        let stage = Stage::new();
        let clinic = &stage.clinic;
        let amira = stage.patient("Amira Haddad", None, None);
        let (visit, token) = stage.visit(amira.id);
        let pass = open(clinic, &token, 1).unwrap();
        assert_eq!(pass.visit, visit.id);
        booking::confirm(clinic, &pass.caller, pass.visit).unwrap();
        // It can be used again: whoever confirmed may still have to cancel.
        open(clinic, &token, 1).unwrap();
        assert_eq!(no(open(clinic, "other", 1)), Refused::LinkDead);
        booking::cancel_own(clinic, &pass.caller, pass.visit, "").unwrap();
        assert_eq!(no(open(clinic, &token, 1)), Refused::LinkDead);
    }

    #[test]
    fn it_ends_when_the_visit_begins() {
        let stage = Stage::new();
        let amira = stage.patient("Amira Haddad", None, None);
        let (_, token) = stage.visit(amira.id);
        stage.clock.forward_min(599);
        open(&stage.clinic, &token, 1).unwrap();
        stage.clock.forward_min(1);
        assert_eq!(no(open(&stage.clinic, &token, 1)), Refused::LinkDead);
    }
}
