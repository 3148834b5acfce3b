//! An invitation on its way by other means than mail: on paper, or sent by hand.

use super::outbox::ByHand;
use super::{Answer, Caller, Clinic, charts, secret};
use crate::domain::account::{Link, LinkPurpose};
use crate::domain::audit::Action;
use crate::domain::id::PatientId;
use crate::domain::notice::{Notice, NoticeKind, NoticeState, NoticeSubject};
use crate::domain::patient::Patient;
use crate::domain::policy::Permission;
use crate::domain::refusal::Refused;
use crate::store::{access, notices};

/// Whose letter a token belongs to: the newest invitation of that patient and of nobody else.
///
/// # Errors
/// [`Refused::LinkDead`] when the token is not of the patient's live invitation.
pub fn for_letter(
    clinic: &Clinic,
    caller: &Caller,
    patient: PatientId,
    token: &str,
) -> Answer<(Patient, Link)> {
    caller.must(Permission::ManagePatients)?;
    let (key, now) = (secret::key_of(token), clinic.now());
    clinic.store.read(|rows| {
        let chart = charts::existing(rows, patient)?;
        let link = access::link_for(rows, LinkPurpose::Invitation(patient))?;
        let link = link.filter(|l| l.is_live(now) && secret::same(&l.key, &key));
        Ok((chart, link.ok_or(Refused::LinkDead)?))
    })
}

/// Writes down that a person gave an invitation to the patient by hand.
///
/// # Errors
/// [`Refused::LinkDead`] when the patient has no live invitation.
pub fn record_by_hand(
    clinic: &Clinic,
    caller: &Caller,
    patient: PatientId,
    how: ByHand,
) -> Answer<()> {
    caller.must(Permission::ManagePatients)?;
    let (id, now, current) = (clinic.new_id(), clinic.now(), clinic.current());
    let cause = clinic.cause(caller, Action::Outbox);
    clinic.store.write(cause, move |tx| {
        let chart = charts::existing(tx, patient)?;
        let link = access::link_for(tx, LinkPurpose::Invitation(patient))?;
        if !link.is_some_and(|l| l.is_live(now)) {
            return Err(Refused::LinkDead.into());
        }
        let language = chart.language.clone();
        tx.about(patient);
        tx.object(id);
        tx.detail(how.code());
        notices::enqueue(
            tx,
            &Notice {
                id,
                kind: NoticeKind::Invitation,
                subject: NoticeSubject::Patient(patient),
                patient: Some(patient),
                to: String::new(),
                language: language.unwrap_or_else(|| current.settings.profile.language.clone()),
                due: now,
                next_at: now,
                state: NoticeState::ByHand,
                attempts: 0,
                reply: how.code().to_owned(),
                token: None,
                code: None,
                created_at: now,
                changed_at: now,
            },
        )?;
        Ok(())
    })
}
