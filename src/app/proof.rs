//! A patient who is signed in proves again who they are, before changes that a borrowed phone must
//! not make.

use jiff::Timestamp;
use jiff::civil::Date;

use super::attempts::{self, Door};
use super::mail_sign_in::{CODE, GOOD_MIN, Letter, check_code, count_mail, mailed, use_up};
use super::sessions::{Fresh, Known, NewSession};
use super::visitor::Visitor;
use super::{Answer, Caller, Clinic, secret};
use crate::domain::account::LinkPurpose;
use crate::domain::appointment::after;
use crate::domain::audit::Action;
use crate::domain::policy::Permission;
use crate::domain::refusal::Refused;
use crate::store::{access, patients};

/// Whether a signed-in patient must get a new code by mail before they can prove again who they are.
/// On a device that signed in a moment ago, the birth date is enough.
pub fn needs_code(known: &Known, now: Timestamp) -> bool {
    now >= after(known.session.created_at, GOOD_MIN)
}

/// Sends a code to the address on file, so that a signed-in patient can prove again who they are.
///
/// # Errors
/// [`Refused::NoContact`] when there is no address on file.
pub fn ask_again(clinic: &Clinic, caller: &Caller, visitor: &Visitor) -> Answer<()> {
    caller.must(Permission::OwnAccess)?;
    let id = caller.actor.login.ok_or(Refused::NotFound)?;
    let patient = caller.own_chart()?;
    let letter = Letter::new(clinic, visitor, None);
    let cause = clinic.cause(caller, Action::SignIn);
    let (visitor, now) = (visitor.clone(), clinic.now());
    clinic.store.write(cause, move |tx| {
        let login = access::login(tx, id)?.ok_or(Refused::NotFound)?;
        let chart = patients::find(tx, patient)?.ok_or(Refused::NotFound)?;
        let to = chart.email.as_ref().ok_or(Refused::NoContact)?;
        attempts::check(tx, Door::Mail, &to.folded(), now)?;
        tx.detail("asked for mail");
        count_mail(tx, to, &visitor, now)?;
        letter
            .clone()
            .in_language_of(&login)
            .write(tx, Some(&login), to)
    })
}

/// A signed-in patient proves again who they are: birth date, and the code where [`needs_code`]
/// says so. The device gets a new secret.
///
/// # Errors
/// [`Refused::Wrong`], [`Refused::Shut`], [`Refused::LinkDead`] when no code was asked for.
pub fn prove_again(
    clinic: &Clinic,
    visitor: &Visitor,
    known: &Known,
    code: &str,
    birth_date: Date,
) -> Answer<NewSession> {
    let caller = known.caller(visitor.request);
    let patient = caller.own_chart()?;
    let (now, fresh) = (clinic.now(), Fresh::new(clinic, visitor));
    let with_code = needs_code(known, now);
    let typed = secret::hash_of(CODE, &visitor.browser, &secret::read_digits(code));
    let cause = clinic.cause(&caller, Action::SignIn);
    let (visitor, old, id) = (visitor.clone(), known.session.key, known.login.id);
    let verdict = clinic.store.write(cause, move |tx| {
        let subject = id.to_string();
        attempts::check(tx, Door::BirthDate, &subject, now)?;
        let session = access::session(tx, &old)?.ok_or(Refused::NotFound)?;
        let login = access::login(tx, id)?.ok_or(Refused::NotFound)?;
        let chart = patients::find(tx, patient)?.ok_or(Refused::NotFound)?;
        tx.about(chart.id);
        let mut proof = None;
        if with_code {
            let link = access::link_of_browser(tx, &visitor.browser)?;
            let (link, email) = mailed(link, now)?;
            if link.purpose != LinkPurpose::SignIn(id) {
                return Err(Refused::LinkDead.into());
            }
            if let Err(refused) = check_code(tx, &link, &email, &typed, &visitor, now)? {
                return Ok(Err(refused));
            }
            proof = Some(link);
        }
        if chart.birth_date != Some(birth_date) {
            tx.detail("wrong birth date");
            attempts::wrong(tx, Door::BirthDate, &subject, &visitor, now)?;
            return Ok(Err(Refused::Wrong { tries_left: None }));
        }
        if let Some(link) = proof {
            use_up(tx, &link, now)?;
        }
        attempts::forget(tx, Door::BirthDate, &subject)?;
        tx.detail("proven again");
        Ok(Ok(fresh.renew(tx, &session, &login)?))
    })?;
    Ok(verdict?)
}
