//! How a patient gets in for the first time: an invitation from staff, and the birth date. It is
//! used up by a right birth date only, so that programs which open links cannot burn it.

use jiff::Timestamp;
use jiff::civil::Date;

use super::attempts::{self, Door};
use super::post::Envelope;
use super::sessions::{self, Fresh, NewSession};
use super::visitor::Visitor;
use super::{Answer, Caller, Clinic, Failure, secret};
use crate::domain::account::{Link, LinkPurpose, Login, LoginState, Role};
use crate::domain::appointment::after;
use crate::domain::audit::Action;
use crate::domain::id::{LoginId, PatientId};
use crate::domain::notice::{NoticeKind, NoticeSubject};
use crate::domain::patient::Patient;
use crate::domain::policy::Permission;
use crate::domain::refusal::Refused;
use crate::store::table::Rows;
use crate::store::{Stop, Tx, access, notices, patients};

/// Minutes for which an invitation is good: 14 days.
const INVITED_MIN: i64 = 14 * 24 * 60;
/// Wrong birth dates that make an invitation void.
const TRIES: u8 = 5;

/// Keeps kinds of typed codes apart.
const LETTER: &str = "letter";

/// An invitation as it is handed out. Nothing of it is kept but hashes.
#[derive(Clone, Debug)]
pub struct Invitation {
    /// Whose.
    pub patient: PatientId,
    /// The address that opens it: for a QR code, a copied text, a message.
    pub url: String,
    /// What may be typed instead, for a printed letter: `7K2M-9QXA-0BTC`.
    pub code: String,
    /// The page on which the code is typed.
    pub code_page: String,
    /// From then on it is nothing.
    pub expires_at: Timestamp,
    /// Whether it also went to the address on file.
    pub mailed: bool,
}

/// Invites a patient: the newest invitation replaces the older ones, and doors that wrong answers
/// shut are open again. With `by_mail` it also goes to the address on file.
pub fn invite(
    clinic: &Clinic,
    caller: &Caller,
    patient: PatientId,
    by_mail: bool,
) -> Answer<Invitation> {
    caller.must(Permission::ManagePatients)?;
    let (current, now) = (clinic.current(), clinic.now());
    let (token, code) = (secret::for_link(clinic), secret::letters(clinic));
    let envelope = Envelope::new(clinic);
    let expires_at = after(now, INVITED_MIN);
    let cause = clinic.cause(caller, Action::Invite);
    clinic.store.write(cause, move |tx| {
        let chart = patients::follow(tx, patient)?.ok_or(Refused::NotFound)?;
        if !chart.is_active() {
            return Err(Refused::ChartNotActive.into());
        }
        if chart.birth_date.is_none() {
            return Err(Refused::NoBirthDate.into());
        }
        if by_mail && chart.email.is_none() {
            return Err(Refused::NoContact.into());
        }
        tx.about(chart.id);
        tx.object(chart.id);
        open_again(tx, &chart)?;
        let typed = secret::read_letters(&code);
        access::put_link(
            tx,
            &Link {
                key: secret::key_of(&token),
                purpose: LinkPurpose::Invitation(chart.id),
                code: Some(secret::hash_of(LETTER, &[], &typed)),
                browser: None,
                email: None,
                created_at: now,
                expires_at,
                used_at: None,
                tries_left: TRIES,
            },
        )?;
        if by_mail && let Some(email) = &chart.email {
            let envelope = envelope.clone().in_language(chart.language.as_deref());
            let subject = NoticeSubject::Patient(chart.id);
            let mut notice =
                envelope.notice(NoticeKind::Invitation, subject, Some(chart.id), email);
            notice.token = Some(token.clone());
            notice.code = Some(code.clone());
            notices::enqueue(tx, &notice)?;
        }
        Ok(Invitation {
            patient: chart.id,
            url: format!("{}/i/{token}", current.settings.address),
            code: code.clone(),
            code_page: format!("{}/i", current.settings.address),
            expires_at,
            mailed: by_mail,
        })
    })
}

/// Staff vouch for the person again: an access that was closed opens, shut doors too.
fn open_again(tx: &mut Tx<'_>, chart: &Patient) -> Result<(), Failure> {
    if let Some(email) = &chart.email {
        attempts::forget(tx, Door::Code, &email.folded())?;
        attempts::forget(tx, Door::Mail, &email.folded())?;
    }
    if let Some(mut login) = access::login_of_patient(tx, chart.id)? {
        attempts::forget(tx, Door::BirthDate, &login.id.to_string())?;
        if login.state == LoginState::Disabled {
            login.state = LoginState::Active;
            tx.put(&login)?;
        }
    }
    Ok(())
}

/// Signs a patient out everywhere and makes every link of theirs void. With `close`, they cannot
/// come back until they are invited again.
pub fn revoke(clinic: &Clinic, caller: &Caller, patient: PatientId, close: bool) -> Answer<()> {
    caller.must(Permission::ManagePatients)?;
    let cause = clinic.cause(caller, Action::LoginChange);
    clinic.store.write(cause, move |tx| {
        let chart = patients::follow(tx, patient)?.ok_or(Refused::NotFound)?;
        tx.about(chart.id);
        tx.detail(if close { "closed" } else { "signed out" });
        take_back(tx, LinkPurpose::Invitation(chart.id))?;
        take_back(tx, LinkPurpose::ConfirmEmail(chart.id))?;
        for visit in crate::store::appointments::all_of_patient(tx, chart.id)? {
            take_back(tx, LinkPurpose::Visit(visit.id))?;
        }
        if let Some(mut login) = access::login_of_patient(tx, chart.id)? {
            tx.object(login.id);
            take_back(tx, LinkPurpose::SignIn(login.id))?;
            sessions::end_all(tx, login.id, None)?;
            if close {
                login.state = LoginState::Disabled;
                tx.put(&login)?;
            }
        }
        Ok(())
    })
}

pub(super) fn take_back(tx: &mut Tx<'_>, purpose: LinkPurpose) -> Result<(), Failure> {
    for link in access::links_for(tx, purpose)? {
        access::remove_link(tx, &link.key)?;
    }
    Ok(())
}

/// Whether an invitation still opens anything. Says nothing about whom it is for.
pub fn open(clinic: &Clinic, token: &str) -> Answer<()> {
    let (key, now) = (secret::key_of(token), clinic.now());
    clinic
        .store
        .read(|rows| invited(access::link(rows, &key)?, now).map(drop))
}

fn invited(link: Option<Link>, now: Timestamp) -> Answer<(Link, PatientId)> {
    match link.filter(|l| l.is_live(now)) {
        Some(link) => match link.purpose {
            LinkPurpose::Invitation(patient) => Ok((link, patient)),
            LinkPurpose::SignIn(_)
            | LinkPurpose::Register
            | LinkPurpose::Visit(_)
            | LinkPurpose::StaffPassword(_)
            | LinkPurpose::ConfirmEmail(_)
            | LinkPurpose::Demo(_)
            | LinkPurpose::SecondStep(_) => Err(Refused::LinkDead.into()),
        },
        None => Err(Refused::LinkDead.into()),
    }
}

/// The patient answers with their birth date and is signed in.
///
/// # Errors
/// [`Refused::Wrong`] with the tries that are left, [`Refused::LinkDead`].
pub fn accept(
    clinic: &Clinic,
    visitor: &Visitor,
    token: &str,
    birth_date: Date,
) -> Answer<NewSession> {
    let key = secret::key_of(token);
    accept_found(clinic, visitor, birth_date, move |rows| {
        Ok(access::link(rows, &key)?)
    })
}

/// The same with the code of a printed letter.
///
/// # Errors
/// [`Refused::Wrong`] with the tries that are left, [`Refused::LinkDead`].
pub fn accept_letter(
    clinic: &Clinic,
    visitor: &Visitor,
    typed: &str,
    birth_date: Date,
) -> Answer<NewSession> {
    let code = secret::hash_of(LETTER, &[], &secret::read_letters(typed));
    accept_found(clinic, visitor, birth_date, move |rows| {
        Ok(access::link_by_code(rows, &code, None)?)
    })
}

fn accept_found(
    clinic: &Clinic,
    visitor: &Visitor,
    birth_date: Date,
    find: impl Fn(&dyn Rows) -> Answer<Option<Link>> + Send + 'static,
) -> Answer<NewSession> {
    let (now, fresh, login_id) = (
        clinic.now(),
        Fresh::new(clinic, visitor),
        clinic.new_id::<LoginId>(),
    );
    let cause = visitor.cause(clinic, Action::LinkUse);
    let visitor = visitor.clone();
    let verdict = clinic.store.write(cause, move |tx| {
        let (mut link, patient) = match invited(find(tx)?, now) {
            Ok(found) => found,
            Err(Stop::Refused(refused)) => {
                // A code that opens nothing may be a guess.
                attempts::wrong_from(tx, &visitor, now)?;
                return Ok(Err(refused));
            }
            Err(failed) => return Err(failed),
        };
        let Some(chart) = patients::follow(tx, patient)?.filter(Patient::is_active) else {
            return Ok(Err(Refused::LinkDead));
        };
        tx.about(chart.id);
        if chart.birth_date != Some(birth_date) {
            link.tries_left = link.tries_left.saturating_sub(1);
            let tries_left = Some(link.tries_left);
            tx.detail("wrong birth date");
            tx.put(&link)?;
            attempts::wrong_from(tx, &visitor, now)?;
            return Ok(Err(Refused::Wrong { tries_left }));
        }
        let Some(mut login) = login_for(tx, &chart, login_id, now)? else {
            return Ok(Err(Refused::LinkDead));
        };
        if visitor.language.is_some() {
            login.language.clone_from(&visitor.language);
        }
        link.used_at = Some(now);
        tx.put(&link)?;
        tx.detail("signed in");
        Ok(Ok(fresh.begin(tx, &login, true)?))
    })?;
    Ok(verdict?)
}

/// The access of a chart: the one that it has, or a new one. Never one of anybody else. `None` when
/// the clinic closed it.
pub(super) fn login_for(
    tx: &mut Tx<'_>,
    chart: &Patient,
    id: LoginId,
    now: Timestamp,
) -> Result<Option<Login>, Failure> {
    if let Some(login) = access::login_of_patient(tx, chart.id)? {
        return Ok((login.state != LoginState::Disabled).then_some(login));
    }
    let mut login = Login::new(id, Role::Patient, &chart.name().full(), now);
    login.patient = Some(chart.id);
    login.language.clone_from(&chart.language);
    tx.put(&login)?;
    Ok(Some(login))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::charts::{self, Portal};
    use crate::app::stage::{BORN, Stage, no, visitor};
    use jiff::civil::date;

    const OTHER: Date = date(1990, 1, 2);

    fn portal(stage: &Stage, patient: PatientId) -> Portal {
        let desk = stage.caller(Role::FrontDesk);
        charts::find(&stage.clinic, &desk, patient).unwrap().portal
    }

    fn token(invitation: &Invitation) -> &str {
        invitation.url.rsplit('/').next().unwrap()
    }

    #[test]
    fn an_invitation_opens_with_the_birth_date_once() {
        let stage = Stage::new();
        let (clinic, desk) = (&stage.clinic, stage.caller(Role::FrontDesk));
        let amira = stage.patient("Amira Haddad", None, Some(BORN));
        let invitation = invite(clinic, &desk, amira.id, false).unwrap();
        // Looking does not burn it.
        for _ in 0..9 {
            open(clinic, token(&invitation)).unwrap();
        }
        let new = accept(clinic, &visitor(), token(&invitation), BORN).unwrap();
        assert_eq!(new.login.patient, Some(amira.id));
        let known = sessions::resolve(clinic, &new.token).unwrap().unwrap();
        assert!(known.is_fresh(clinic.now()));
        let again = accept(clinic, &visitor(), token(&invitation), BORN);
        assert_eq!(no(again), Refused::LinkDead);
        let by_code = accept_letter(clinic, &visitor(), &invitation.code, BORN);
        assert_eq!(no(by_code), Refused::LinkDead);
        // A returning patient keeps their access.
        let second = invite(clinic, &desk, amira.id, false).unwrap();
        let typed = second.code.to_lowercase().replace('-', " ");
        let back = accept_letter(clinic, &visitor(), &typed, BORN).unwrap();
        assert_eq!(back.login.id, new.login.id);
    }

    #[test]
    fn the_language_chosen_at_the_door_is_kept() {
        let stage = Stage::new();
        let (clinic, desk) = (&stage.clinic, stage.caller(Role::FrontDesk));
        let amira = stage.patient("Amira Haddad", None, Some(BORN));
        for (chosen, kept) in [
            (Some("ar-XB"), "ar-XB"),
            (None, "ar-XB"),
            (Some("en"), "en"),
        ] {
            let invitation = invite(clinic, &desk, amira.id, false).unwrap();
            let reader = visitor().reading(chosen);
            accept(clinic, &reader, token(&invitation), BORN).unwrap();
            let login = stage.login_of(amira.id).unwrap();
            assert_eq!(login.language.as_deref(), Some(kept));
        }
    }

    #[test]
    fn five_wrong_birth_dates_make_it_void() {
        let stage = Stage::new();
        let (clinic, desk) = (&stage.clinic, stage.caller(Role::FrontDesk));
        let amira = stage.patient("Amira Haddad", None, Some(BORN));
        let invitation = invite(clinic, &desk, amira.id, false).unwrap();
        for left in (0..TRIES).rev() {
            let wrong = accept(clinic, &visitor(), token(&invitation), OTHER);
            assert_eq!(
                no(wrong),
                Refused::Wrong {
                    tries_left: Some(left)
                }
            );
        }
        let right = accept(clinic, &visitor(), token(&invitation), BORN);
        assert_eq!(no(right), Refused::LinkDead);
        assert_eq!(no(open(clinic, token(&invitation))), Refused::LinkDead);
        assert!(stage.login_of(amira.id).is_none());
    }

    #[test]
    fn it_lives_14_days_and_the_newest_replaces_it() {
        let stage = Stage::new();
        let (clinic, desk) = (&stage.clinic, stage.caller(Role::FrontDesk));
        let amira = stage.patient("Amira Haddad", None, Some(BORN));
        let first = invite(clinic, &desk, amira.id, false).unwrap();
        let (second, made) = (
            invite(clinic, &desk, amira.id, false).unwrap(),
            clinic.now(),
        );
        assert_eq!(no(open(clinic, token(&first))), Refused::LinkDead);
        stage.clock.forward_min(INVITED_MIN - 1);
        open(clinic, token(&second)).unwrap();
        let (at, until) = (made, second.expires_at);
        assert_eq!(portal(&stage, amira.id), Portal::Invited { at, until });
        stage.clock.forward_min(1);
        assert_eq!(no(open(clinic, token(&second))), Refused::LinkDead);
        let late = accept(clinic, &visitor(), token(&second), BORN);
        assert_eq!(no(late), Refused::LinkDead);
        assert_eq!(portal(&stage, amira.id), Portal::Lapsed { at: made });
    }

    #[test]
    fn an_invitation_never_opens_the_access_of_another() {
        let stage = Stage::new();
        let (clinic, desk) = (&stage.clinic, stage.caller(Role::FrontDesk));
        let mail = Some("family@example.org");
        let amira = stage.patient("Amira Haddad", mail, Some(BORN));
        let omar = stage.patient("Omar Haddad", mail, Some(BORN));
        let mut logins = Vec::new();
        for patient in [&amira, &omar] {
            let invitation = invite(clinic, &desk, patient.id, true).unwrap();
            let new = accept(clinic, &visitor(), token(&invitation), BORN).unwrap();
            assert_eq!(new.login.patient, Some(patient.id));
            logins.push(new.login.id);
        }
        assert_ne!(logins[0], logins[1]);
    }

    #[test]
    fn who_may_invite_and_whom() {
        let stage = Stage::new();
        let clinic = &stage.clinic;
        let amira = stage.patient("Amira Haddad", None, Some(BORN));
        let unborn = stage.patient("No Birthday", None, None);
        let invite_as = |role, id, mail| no(invite(clinic, &stage.caller(role), id, mail));
        for role in [Role::Billing, Role::ReadOnly, Role::Patient] {
            assert_eq!(invite_as(role, amira.id, false), Refused::NotFound);
        }
        assert_eq!(invite_as(Role::Owner, amira.id, true), Refused::NoContact);
        assert_eq!(
            invite_as(Role::Owner, unborn.id, false),
            Refused::NoBirthDate
        );
    }

    #[test]
    fn a_mailed_invitation_carries_link_and_code() {
        let stage = Stage::new();
        let desk = stage.caller(Role::FrontDesk);
        let amira = stage.patient("Amira Haddad", Some("amira@example.org"), Some(BORN));
        let invitation = invite(&stage.clinic, &desk, amira.id, true).unwrap();
        let letters = stage.letters(NoticeKind::Invitation);
        assert_eq!(letters.len(), 1);
        assert_eq!(letters[0].to, "amira@example.org");
        assert_eq!(letters[0].token.as_deref(), Some(token(&invitation)));
        assert_eq!(letters[0].code.as_ref(), Some(&invitation.code));
        let logged = stage
            .clinic
            .store
            .read(|rows| crate::store::audit::about(rows, amira.id, 0, 1));
        let line = format!("{:?}", logged.unwrap());
        assert!(!line.contains(token(&invitation)) && !line.contains(&invitation.code));
    }

    #[test]
    fn staff_can_end_everything_and_invite_anew() {
        let stage = Stage::new();
        let (clinic, desk) = (&stage.clinic, stage.caller(Role::FrontDesk));
        let amira = stage.patient("Amira Haddad", None, Some(BORN));
        let one = invite(clinic, &desk, amira.id, false).unwrap();
        let new = accept(clinic, &visitor(), token(&one), BORN).unwrap();
        let two = invite(clinic, &desk, amira.id, false).unwrap();
        revoke(clinic, &desk, amira.id, true).unwrap();
        assert!(sessions::resolve(clinic, &new.token).unwrap().is_none());
        assert_eq!(no(open(clinic, token(&two))), Refused::LinkDead);
        assert_eq!(portal(&stage, amira.id), Portal::Closed);
        let three = invite(clinic, &desk, amira.id, false).unwrap();
        let back = accept(clinic, &visitor(), token(&three), BORN).unwrap();
        assert_eq!(back.login.id, new.login.id);
    }
}
