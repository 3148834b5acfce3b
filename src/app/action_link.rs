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
    use crate::domain::account::Link;
    use crate::domain::appointment::{Appointment, Doer, NewAppointment, after};
    use crate::domain::audit::Action;
    use crate::domain::id::ServiceId;
    use crate::domain::schedule::ServiceTiming;
    use crate::domain::service::{OnlineBooking, Service};

    fn service(id: ServiceId) -> Service {
        Service {
            id,
            name: "Check-up".to_owned(),
            description: String::new(),
            timing: ServiceTiming {
                duration_min: 20,
                before_min: 0,
                after_min: 0,
                step_min: 20,
                lead_min: 0,
                horizon_days: 30,
            },
            cancel_notice_min: 0,
            move_notice_min: 0,
            online: OnlineBooking::Instant,
            practitioners: Vec::new(),
            price: None,
            active: true,
            position: 0,
        }
    }

    fn visit(stage: &Stage, service: &Service) -> Appointment {
        let patient = stage.patient("Amira Haddad", None, None).id;
        let now = stage.clinic.now();
        let new = NewAppointment {
            id: stage.clinic.new_id(),
            reference: "ABC234".to_owned(),
            patient,
            practitioner: stage.clinic.new_id(),
            start: after(now, 600),
            by: Doer::System,
            at: now,
            pending: false,
        };
        Appointment::new(new, service)
    }

    #[test]
    fn it_opens_its_visit_until_the_visit_is_over() {
        let stage = Stage::new();
        let clinic = &stage.clinic;
        let service = service(clinic.new_id());
        let visit = visit(&stage, &service);
        let link = Link {
            key: secret::key_of("token"),
            purpose: LinkPurpose::Visit(visit.id),
            code: None,
            browser: None,
            email: None,
            created_at: clinic.now(),
            expires_at: visit.start,
            used_at: None,
            tries_left: 1,
        };
        let (kept, what) = (visit.clone(), service.clone());
        let cause = clinic.own_cause("test", Action::Book);
        clinic
            .store
            .write(cause, move |tx| {
                tx.put(&what)?;
                appointments::put(tx, &kept)?;
                access::put_link(tx, &link)?;
                Ok(())
            })
            .unwrap();
        let pass = open(clinic, "token", 1).unwrap();
        assert_eq!(pass.visit, visit.id);
        booking::confirm(clinic, &pass.caller, pass.visit).unwrap();
        // It can be used again: whoever confirmed may still have to cancel.
        open(clinic, "token", 1).unwrap();
        assert_eq!(no(open(clinic, "other", 1)), Refused::LinkDead);
        booking::cancel_own(clinic, &pass.caller, pass.visit, "").unwrap();
        assert_eq!(no(open(clinic, "token", 1)), Refused::LinkDead);
    }
}
