//! A patient changes how they are reached. A new address is proven first, and the old one is told.

use super::attempts::{self, Door};
use super::enrolment::take_back;
use super::notices::Pen;
use super::post::Envelope;
use super::sessions::Known;
use super::visitor::Visitor;
use super::{Answer, Caller, Clinic, Failure, secret};
use crate::domain::account::{Link, LinkPurpose};
use crate::domain::appointment::after;
use crate::domain::audit::Action;
use crate::domain::id::PatientId;
use crate::domain::notice::{NoticeKind, NoticeSubject};
use crate::domain::patient::Patient;
use crate::domain::person::Email;
use crate::domain::policy::Permission;
use crate::domain::refusal::Refused;
use crate::store::table::Rows;
use crate::store::{Tx, access, notices, patients};

/// Minutes for which a new address can be confirmed: a day.
const CONFIRM_MIN: i64 = 24 * 60;

/// The caller's own chart, if they proved lately who they are.
fn fresh_chart(clinic: &Clinic, known: &Known, caller: &Caller) -> Result<PatientId, Refused> {
    caller.must(Permission::OwnChart)?;
    let patient = caller.own_chart()?;
    if known.is_fresh(clinic.now()) {
        Ok(patient)
    } else {
        Err(Refused::ProveAgain)
    }
}

fn own(rows: &dyn Rows, patient: PatientId) -> Answer<Patient> {
    Ok(patients::find(rows, patient)?.ok_or(Refused::NotFound)?)
}

/// Asks to be reached at a new address. Nothing changes until the link that goes there is used.
///
/// # Errors
/// [`Refused::ProveAgain`], [`Refused::Shut`] when too many mails went to that address.
pub fn ask_email(clinic: &Clinic, known: &Known, visitor: &Visitor, email: &Email) -> Answer<()> {
    let caller = known.caller(visitor.request);
    let patient = fresh_chart(clinic, known, &caller)?;
    let (token, now) = (secret::for_link(clinic), clinic.now());
    let envelope = Envelope::new(clinic).in_language(known.login.language.as_deref());
    let (email, visitor) = (email.clone(), visitor.clone());
    let cause = clinic.cause(&caller, Action::PatientChange);
    clinic.store.write(cause, move |tx| {
        let chart = own(tx, patient)?;
        attempts::check(tx, Door::Mail, &email.folded(), now)?;
        attempts::wrong(tx, Door::Mail, &email.folded(), &visitor, now)?;
        tx.about(chart.id);
        tx.detail("e-mail, not confirmed");
        let subject = NoticeSubject::Patient(chart.id);
        let mut notice =
            envelope.notice(NoticeKind::ConfirmContact, subject, Some(chart.id), &email);
        notice.token = Some(token.clone());
        notices::enqueue(tx, &notice)?;
        access::put_link(
            tx,
            &Link {
                key: secret::key_of(&token),
                purpose: LinkPurpose::ConfirmEmail(chart.id),
                code: None,
                browser: None,
                email: Some(email.clone()),
                created_at: now,
                expires_at: after(now, CONFIRM_MIN),
                used_at: None,
                tries_left: 1,
            },
        )?;
        Ok(())
    })
}

/// The address that waits to be confirmed, for the patient's own page.
pub fn unconfirmed(clinic: &Clinic, caller: &Caller) -> Answer<Option<Email>> {
    let (patient, now) = (caller.own_chart()?, clinic.now());
    clinic.store.read(|rows| {
        let link = access::link_for(rows, LinkPurpose::ConfirmEmail(patient))?;
        Ok(link.filter(|l| l.is_live(now)).and_then(|l| l.email))
    })
}

/// Whether a link that confirms an address still does. Changes nothing.
pub fn open(clinic: &Clinic, token: &str) -> Answer<()> {
    let (key, now) = (secret::key_of(token), clinic.now());
    clinic
        .store
        .read(|rows| confirming(access::link(rows, &key)?, now).map(drop))
}

fn confirming(link: Option<Link>, now: jiff::Timestamp) -> Answer<(Link, PatientId, Email)> {
    let link = link.filter(|l| l.is_live(now)).ok_or(Refused::LinkDead)?;
    match (link.purpose, link.email.clone()) {
        (LinkPurpose::ConfirmEmail(patient), Some(email)) => Ok((link, patient, email)),
        _ => Err(Refused::LinkDead.into()),
    }
}

/// The button on the page of the link: the address is theirs. The old one is told, and what was
/// mailed there opens nothing any more.
///
/// # Errors
/// [`Refused::LinkDead`].
pub fn confirm_email(clinic: &Clinic, visitor: &Visitor, token: &str) -> Answer<()> {
    let (key, now, envelope) = (secret::key_of(token), clinic.now(), Envelope::new(clinic));
    let pen = Pen::for_patient(clinic);
    let cause = visitor.cause(clinic, Action::PatientChange);
    clinic.store.write(cause, move |tx| {
        let (mut link, patient, email) = confirming(access::link(tx, &key)?, now)?;
        let mut chart = patients::follow(tx, patient)?.ok_or(Refused::LinkDead)?;
        link.used_at = Some(now);
        tx.put(&link)?;
        tell(tx, &envelope, &chart)?;
        chart.email = Some(email);
        tx.about(chart.id);
        tx.object(chart.id);
        tx.detail("e-mail");
        tx.put(&chart)?;
        pen.patient_changed(tx, &chart)?;
        if let Some(login) = access::login_of_patient(tx, chart.id)? {
            take_back(tx, LinkPurpose::SignIn(login.id))?;
        }
        Ok(())
    })
}

/// Tells the address on file that contact details changed.
fn tell(tx: &mut Tx<'_>, envelope: &Envelope, chart: &Patient) -> Result<(), Failure> {
    if let Some(old) = &chart.email {
        let envelope = envelope.clone().in_language(chart.language.as_deref());
        let subject = NoticeSubject::Patient(chart.id);
        let notice = envelope.notice(NoticeKind::ContactChanged, subject, Some(chart.id), old);
        notices::enqueue(tx, &notice)?;
    }
    Ok(())
}

/// A patient changes the number that is called first, in E.164; `None` takes it away. The address on
/// file is told.
///
/// # Errors
/// [`Refused::ProveAgain`], [`Refused::NoContact`] when nothing would be left to reach them by.
pub fn change_phone(
    clinic: &Clinic,
    known: &Known,
    request: u64,
    phone: Option<&str>,
) -> Answer<()> {
    let phone = phone.map(str::to_owned);
    change(clinic, known, request, "phone", move |chart| {
        if !chart.phones.is_empty() {
            chart.phones.remove(0);
        }
        if let Some(phone) = &phone {
            chart.phones.retain(|p| p != phone);
            chart.phones.insert(0, phone.clone());
        }
        if chart.phones.is_empty() && chart.email.is_none() {
            return Err(Refused::NoContact);
        }
        Ok(())
    })
}

fn change(
    clinic: &Clinic,
    known: &Known,
    request: u64,
    what: &'static str,
    set: impl Fn(&mut Patient) -> Result<(), Refused> + Send + 'static,
) -> Answer<()> {
    let caller = known.caller(request);
    let patient = fresh_chart(clinic, known, &caller)?;
    let envelope = Envelope::new(clinic);
    let cause = clinic.cause(&caller, Action::PatientChange);
    clinic.store.write(cause, move |tx| {
        let before = own(tx, patient)?;
        let mut chart = before.clone();
        set(&mut chart)?;
        if chart == before {
            return Ok(());
        }
        tx.about(chart.id);
        tx.object(chart.id);
        tx.detail(what);
        tx.put(&chart)?;
        tell(tx, &envelope, &chart)?;
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::stage::{BORN, Stage, email, no, visitor};
    use crate::app::{enrolment, sessions};
    use crate::domain::account::Role;

    fn signed_in(stage: &Stage, mail: Option<&str>) -> (Known, PatientId) {
        let clinic = &stage.clinic;
        let amira = stage.patient("Amira Haddad", mail, Some(BORN));
        let desk = stage.caller(Role::FrontDesk);
        let invitation = enrolment::invite(clinic, &desk, amira.id, false).unwrap();
        let new = enrolment::accept_letter(clinic, &visitor(), &invitation.code, BORN).unwrap();
        let known = sessions::resolve(clinic, &new.token).unwrap().unwrap();
        (known, amira.id)
    }

    #[test]
    fn a_new_address_is_proven_and_the_old_one_told() {
        let stage = Stage::new();
        let clinic = &stage.clinic;
        let (known, id) = signed_in(&stage, Some("old@example.org"));
        ask_email(clinic, &known, &visitor(), &email("new@example.org")).unwrap();
        assert_eq!(stage.chart(id).email, Some(email("old@example.org")));
        assert!(stage.letters(NoticeKind::ContactChanged).is_empty());
        let letters = stage.letters(NoticeKind::ConfirmContact);
        assert_eq!(letters[0].to, "new@example.org");
        let token = letters[0].token.clone().unwrap();
        let waiting = unconfirmed(clinic, &known.caller(1)).unwrap();
        assert_eq!(waiting, Some(email("new@example.org")));
        open(clinic, &token).unwrap();
        confirm_email(clinic, &visitor(), &token).unwrap();
        assert_eq!(stage.chart(id).email, Some(email("new@example.org")));
        assert_eq!(
            stage.letters(NoticeKind::ContactChanged)[0].to,
            "old@example.org"
        );
        let again = confirm_email(clinic, &visitor(), &token);
        assert_eq!(no(again), Refused::LinkDead);
        assert_eq!(unconfirmed(clinic, &known.caller(1)).unwrap(), None);
    }

    #[test]
    fn the_link_lives_a_day_and_the_newest_replaces_it() {
        let stage = Stage::new();
        let clinic = &stage.clinic;
        let (known, _) = signed_in(&stage, None);
        ask_email(clinic, &known, &visitor(), &email("one@example.org")).unwrap();
        stage.clock.forward_min(1);
        ask_email(clinic, &known, &visitor(), &email("two@example.org")).unwrap();
        let letters = stage.letters(NoticeKind::ConfirmContact);
        let tokens: Vec<&str> = letters.iter().filter_map(|l| l.token.as_deref()).collect();
        assert_eq!(no(open(clinic, tokens[0])), Refused::LinkDead);
        open(clinic, tokens[1]).unwrap();
        stage.clock.forward_min(CONFIRM_MIN);
        assert_eq!(no(open(clinic, tokens[1])), Refused::LinkDead);
    }

    #[test]
    fn changes_want_a_fresh_proof() {
        let stage = Stage::new();
        let clinic = &stage.clinic;
        let (known, id) = signed_in(&stage, Some("old@example.org"));
        change_phone(clinic, &known, 1, Some("+447700900123")).unwrap();
        assert_eq!(stage.chart(id).phone(), Some("+447700900123"));
        assert_eq!(stage.letters(NoticeKind::ContactChanged).len(), 1);
        stage.clock.forward_min(15);
        let late = change_phone(clinic, &known, 1, None);
        assert_eq!(no(late), Refused::ProveAgain);
        let mail = ask_email(clinic, &known, &visitor(), &email("x@example.org"));
        assert_eq!(no(mail), Refused::ProveAgain);
    }

    #[test]
    fn nobody_becomes_unreachable() {
        let stage = Stage::new();
        let (known, id) = signed_in(&stage, None);
        change_phone(&stage.clinic, &known, 1, Some("+447700900123")).unwrap();
        let gone = change_phone(&stage.clinic, &known, 1, None);
        assert_eq!(no(gone), Refused::NoContact);
        assert_eq!(stage.chart(id).phones.len(), 1);
    }
}
