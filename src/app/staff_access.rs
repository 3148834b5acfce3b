//! How people who work here get in: the first owner with the code of the console, everybody else by
//! a link; then a password and a second factor. What takes time is done before the command.

use super::attempts::{self, Door};
use super::second_factor::{self, Enrolment};
use super::sessions::{self, Fresh, Known, NewSession};
use super::visitor::Visitor;
use super::{Answer, Clinic, Failure, password, secret};
use crate::domain::account::{Link, LinkPurpose, Login, LoginState, Role};
use crate::domain::appointment::after;
use crate::domain::audit::Action;
use crate::domain::id::LoginId;
use crate::domain::person::Email;
use crate::domain::policy::Permission;
use crate::domain::refusal::Refused;
use crate::domain::settings::SetupStep;
use crate::store::table::Rows;
use crate::store::{Tx, access, settings};
use jiff::Timestamp;

/// Minutes between the password and the second factor.
const SECOND_STEP_MIN: i64 = 10;
/// The name of the hash of the console's code.
const SETUP_CODE: &str = "setup-code";
/// Keeps kinds of typed codes apart.
const SETUP: &str = "setup";

/// What follows a right password. The token names the next page and is good in this browser only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// A code of the app, or a recovery code.
    Code {
        /// For [`second_step`].
        token: String,
    },
    /// An app has to be set up first.
    SetUp {
        /// For [`set_up`] and [`finish_set_up`].
        token: String,
    },
}

/// A new one-time code for the console, with which the first owner is made; `None` when somebody
/// works here already.
pub fn new_setup_code(clinic: &Clinic) -> Answer<Option<String>> {
    // Every other start but the first writes nothing, so that a full disk does not stand in its way.
    if !clinic.store.read(|rows| access::staff(rows))?.is_empty() {
        return Ok(None);
    }
    let code = secret::letters(clinic);
    let cause = clinic.own_cause("console", Action::Invite);
    clinic.store.write(cause, move |tx| {
        if !access::staff(tx)?.is_empty() {
            return Ok(None);
        }
        attempts::forget(tx, Door::Setup, "")?;
        settings::put_secret(tx, SETUP_CODE, &setup_hash(&code))?;
        tx.detail("set-up code");
        Ok(Some(code.clone()))
    })
}

fn setup_hash(typed: &str) -> Vec<u8> {
    secret::hash_of(SETUP, &[], &secret::read_letters(typed)).to_vec()
}

/// Whether a code is the one of the console. Refused as if there were no such page when somebody
/// works here already.
fn is_setup_code(rows: &dyn Rows, typed: &str, now: Timestamp) -> Answer<bool> {
    if !access::staff(rows)?.is_empty() {
        return Err(Refused::NotFound.into());
    }
    attempts::check(rows, Door::Setup, "", now)?;
    let kept = settings::secret(rows, SETUP_CODE)?.unwrap_or_default();
    let kept: Option<[u8; 32]> = kept.try_into().ok();
    let typed: Option<[u8; 32]> = setup_hash(typed).try_into().ok();
    Ok(kept.zip(typed).is_some_and(|(a, b)| secret::same(&a, &b)))
}

/// The first owner.
#[derive(Clone, Debug)]
pub struct Owner {
    /// Their name.
    pub name: String,
    /// What they sign in with.
    pub email: Email,
    /// What they sign in with.
    pub password: String,
}

/// Makes the first owner. This session is full until it ends; the second factor is asked for at the
/// next sign-in.
///
/// # Errors
/// [`Refused::Wrong`] for a wrong code, [`Refused::WeakPassword`], [`Refused::NotFound`] when
/// somebody works here already.
pub fn first_owner(
    clinic: &Clinic,
    visitor: &Visitor,
    code: &str,
    owner: &Owner,
) -> Answer<NewSession> {
    let (now, fresh) = (clinic.now(), Fresh::new(clinic, visitor));
    // Nothing is hashed for somebody who does not have the code.
    let hash = if clinic.store.read(|rows| is_setup_code(rows, code, now))? {
        let person = [owner.name.as_str(), owner.email.as_str()];
        password::must_be_good(clinic, &owner.password, true, &person)?;
        Some(password::hash(clinic, &owner.password)?)
    } else {
        None
    };
    let mut login = Login::new(clinic.new_id(), Role::Owner, &owner.name, now);
    login.email = Some(owner.email.clone());
    login.password.clone_from(&hash);
    let cause = visitor.cause(clinic, Action::LoginChange);
    let (visitor, code) = (visitor.clone(), code.to_owned());
    let verdict = clinic.store.write(cause, move |tx| {
        if !is_setup_code(tx, &code, now)? || login.password.is_none() {
            attempts::wrong(tx, Door::Setup, "", &visitor, now)?;
            return Ok(Err(Refused::Wrong { tries_left: None }));
        }
        attempts::forget(tx, Door::Setup, "")?;
        settings::put_secret(tx, SETUP_CODE, &Vec::new())?;
        if let Some(mut kept) = settings::find(tx)?
            && kept.setup == SetupStep::You
        {
            kept.setup = SetupStep::Clinic;
            settings::put(tx, &kept)?;
        }
        tx.detail("first owner");
        Ok(Ok(fresh.begin(tx, &login, true)?))
    })?;
    Ok(verdict?)
}

/// E-mail and password. An unknown e-mail is answered like a wrong password, in as much time.
///
/// # Errors
/// [`Refused::Wrong`], [`Refused::Shut`], [`Refused::Busy`].
pub fn sign_in(clinic: &Clinic, visitor: &Visitor, email: &Email, typed: &str) -> Answer<Next> {
    let (now, today) = (clinic.now(), clinic.current().date(clinic.now()));
    let subject = email.folded();
    let found =
        clinic.store.read(|rows| {
            attempts::check(rows, Door::Password, &subject, now)?;
            let found = access::staff_by_email(rows, email)?;
            Ok::<_, super::Stop>(found.filter(|l| {
                l.state == LoginState::Active && l.leaves_on.is_none_or(|d| d >= today)
            }))
        })?;
    let kept = found.as_ref().and_then(|l| l.password.clone());
    let right = password::holds(typed, kept.as_deref())?;
    let id = found.filter(|_| right).map(|l| l.id);
    let ticket = Ticket::new(clinic, visitor);
    let cause = visitor.cause(clinic, Action::SignIn);
    let visitor = visitor.clone();
    let verdict = clinic.store.write(cause, move |tx| {
        // Others may have guessed meanwhile; their count holds for this answer too.
        attempts::check(tx, Door::Password, &subject, now)?;
        let login = match id {
            Some(id) => access::login(tx, id)?.filter(|l| l.password == kept),
            None => None,
        };
        let Some(login) = login else {
            tx.detail("wrong password");
            attempts::wrong(tx, Door::Password, &subject, &visitor, now)?;
            return Ok(Err(Refused::Wrong { tries_left: None }));
        };
        attempts::forget(tx, Door::Password, &subject)?;
        tx.object(login.id);
        tx.detail("password");
        Ok(Ok(ticket.hand_out(tx, &login)?))
    })?;
    Ok(verdict?)
}

/// What must be drawn before the command that asks for the second factor.
#[derive(Clone, Debug)]
struct Ticket {
    token: String,
    browser: [u8; 32],
    spare_key: [u8; 32],
    now: Timestamp,
}

impl Ticket {
    fn new(clinic: &Clinic, visitor: &Visitor) -> Self {
        Self {
            token: secret::for_link(clinic),
            browser: visitor.browser,
            spare_key: clinic.random(),
            now: clinic.now(),
        }
    }

    fn hand_out(&self, tx: &mut Tx<'_>, login: &Login) -> Result<Next, Failure> {
        second_factor::keep_key(tx, &self.spare_key)?;
        let link = Link {
            key: secret::key_of(&self.token),
            purpose: LinkPurpose::SecondStep(login.id),
            code: None,
            browser: Some(self.browser),
            email: None,
            created_at: self.now,
            expires_at: after(self.now, SECOND_STEP_MIN),
            used_at: None,
            tries_left: u8::MAX,
        };
        access::put_link(tx, &link)?;
        let token = self.token.clone();
        Ok(if login.has_totp() {
            Next::Code { token }
        } else {
            Next::SetUp { token }
        })
    }
}

/// The access whose password was right in this browser.
fn ticket_holder(
    rows: &dyn Rows,
    key: &[u8; 32],
    visitor: &Visitor,
    now: Timestamp,
) -> Answer<(Link, Login)> {
    let link = access::link(rows, key)?.filter(|l| l.is_live(now));
    let link = link.ok_or(Refused::LinkDead)?;
    let LinkPurpose::SecondStep(id) = link.purpose else {
        return Err(Refused::LinkDead.into());
    };
    let ours = link
        .browser
        .is_some_and(|b| secret::same(&b, &visitor.browser));
    let login = access::login(rows, id)?.filter(|l| ours && l.state == LoginState::Active);
    Ok((link, login.ok_or(Refused::LinkDead)?))
}

/// The code of the app, or a recovery code.
///
/// # Errors
/// [`Refused::Wrong`], [`Refused::Shut`], [`Refused::LinkDead`] when the password has to be given
/// again.
pub fn second_step(
    clinic: &Clinic,
    visitor: &Visitor,
    token: &str,
    typed: &str,
) -> Answer<NewSession> {
    let (now, fresh) = (clinic.now(), Fresh::new(clinic, visitor));
    let (key, typed) = (secret::key_of(token), typed.to_owned());
    let cause = visitor.cause(clinic, Action::SignIn);
    let visitor = visitor.clone();
    let verdict = clinic.store.write(cause, move |tx| {
        let (link, mut login) = ticket_holder(tx, &key, &visitor, now)?;
        if !login.has_totp() {
            return Err(Refused::LinkDead.into());
        }
        tx.object(login.id);
        if let Err(refused) = second_factor::judge(tx, &mut login, &typed, &visitor, now)? {
            return Ok(Err(refused));
        }
        access::remove_link(tx, &link.key)?;
        Ok(Ok(fresh.begin(tx, &login, true)?))
    })?;
    Ok(verdict?)
}

/// What the app is told by someone who must set one up before they come in. Changes nothing.
///
/// # Errors
/// [`Refused::LinkDead`] when the password has to be given again.
pub fn set_up(clinic: &Clinic, visitor: &Visitor, token: &str) -> Answer<Enrolment> {
    let (key, now) = (secret::key_of(token), clinic.now());
    let (login, proposed) = clinic.store.read(|rows| {
        let (link, login) = ticket_holder(rows, &key, visitor, now)?;
        if login.has_totp() {
            return Err(Refused::LinkDead.into());
        }
        let proposed = second_factor::proposed(rows, login.id, &link.key)?;
        Ok::<_, super::Stop>((login, proposed))
    })?;
    second_factor::enrolment(clinic, &login, &proposed)
}

/// The first code of the app: it is in force from now on, and the person is in. The recovery codes
/// are shown this once.
///
/// # Errors
/// [`Refused::Wrong`], [`Refused::Shut`], [`Refused::LinkDead`].
pub fn finish_set_up(
    clinic: &Clinic,
    visitor: &Visitor,
    token: &str,
    typed: &str,
) -> Answer<(NewSession, Vec<String>)> {
    let (now, fresh) = (clinic.now(), Fresh::new(clinic, visitor));
    let recovery = second_factor::new_recovery(clinic);
    let (key, typed) = (secret::key_of(token), typed.to_owned());
    let cause = visitor.cause(clinic, Action::SignIn);
    let visitor = visitor.clone();
    let verdict = clinic.store.write(cause, move |tx| {
        let (link, mut login) = ticket_holder(tx, &key, &visitor, now)?;
        if login.has_totp() {
            return Err(Refused::LinkDead.into());
        }
        tx.object(login.id);
        let proposed = second_factor::proposed(tx, login.id, &link.key)?;
        let first = second_factor::judge_first(tx, &login, &proposed, &typed, &visitor, now)?;
        let step = match first {
            Ok(step) => step,
            Err(refused) => return Ok(Err(refused)),
        };
        second_factor::put_in_force(&mut login, proposed, step, &recovery);
        access::remove_link(tx, &link.key)?;
        tx.detail("second factor set up");
        Ok(Ok((fresh.begin(tx, &login, true)?, recovery.clone())))
    })?;
    Ok(verdict?)
}

/// Whose password a link sets: name and e-mail, for the page and the password manager. Changes
/// nothing.
///
/// # Errors
/// [`Refused::LinkDead`].
pub fn open(clinic: &Clinic, token: &str) -> Answer<(String, Email)> {
    let (key, now) = (secret::key_of(token), clinic.now());
    let (_, login) = clinic.store.read(|rows| invited(rows, &key, now))?;
    let email = login.email.ok_or(Refused::LinkDead)?;
    Ok((login.name, email))
}

fn invited(rows: &dyn Rows, key: &[u8; 32], now: Timestamp) -> Answer<(Link, Login)> {
    let link = access::link(rows, key)?.filter(|l| l.is_live(now));
    let link = link.ok_or(Refused::LinkDead)?;
    let LinkPurpose::StaffPassword(id) = link.purpose else {
        return Err(Refused::LinkDead.into());
    };
    let login = access::login(rows, id)?.filter(|l| l.state != LoginState::Disabled);
    Ok((link, login.ok_or(Refused::LinkDead)?))
}

/// Sets a first or a new password by a link. Every device is signed out, and shut doors are open.
///
/// # Errors
/// [`Refused::WeakPassword`], [`Refused::LinkDead`], [`Refused::Busy`].
pub fn set_password(
    clinic: &Clinic,
    visitor: &Visitor,
    token: &str,
    password: &str,
) -> Answer<Next> {
    let (name, email) = open(clinic, token)?;
    password::must_be_good(clinic, password, true, &[&name, email.as_str()])?;
    let hash = password::hash(clinic, password)?;
    let (key, now) = (secret::key_of(token), clinic.now());
    let ticket = Ticket::new(clinic, visitor);
    let cause = visitor.cause(clinic, Action::LoginChange);
    clinic.store.write(cause, move |tx| {
        let (mut link, mut login) = invited(tx, &key, now)?;
        link.used_at = Some(now);
        tx.put(&link)?;
        login.password = Some(hash.clone());
        login.state = LoginState::Active;
        tx.put(&login)?;
        tx.object(login.id);
        tx.detail("password");
        sessions::end_all(tx, login.id, None)?;
        open_doors(tx, &login)?;
        Ok(ticket.hand_out(tx, &login)?)
    })
}

/// Opens every door that wrong answers shut.
pub(super) fn open_doors(tx: &mut Tx<'_>, login: &Login) -> Result<(), Failure> {
    if let Some(email) = &login.email {
        attempts::forget(tx, Door::Password, &email.folded())?;
    }
    attempts::forget(tx, Door::Unlock, &login.id.to_string())?;
    attempts::forget(tx, Door::SecondFactor, &login.id.to_string())
}

/// The password again: it unlocks the screen and is a fresh proof. Page and drafts stay.
///
/// # Errors
/// [`Refused::Wrong`], [`Refused::Shut`], [`Refused::Busy`].
pub fn unlock(clinic: &Clinic, visitor: &Visitor, known: &Known, typed: &str) -> Answer<()> {
    let (now, id) = (clinic.now(), known.session.key);
    let judged = judge_password(clinic, known, typed)?;
    let cause = clinic.cause(&known.caller(visitor.request), Action::Lock);
    let visitor = visitor.clone();
    let verdict = clinic.store.write(cause, move |tx| {
        if let Err(refused) = judged.settle(tx, &visitor, now)? {
            return Ok(Err(refused));
        }
        let_in(tx, &id, now, "unlocked")?;
        Ok(Ok(()))
    })?;
    Ok(verdict?)
}

/// The button in place of the password in the demonstration, whose people have none. Nothing but
/// the demonstration may call this.
pub fn unlock_demo(clinic: &Clinic, request: u64, known: &Known) -> Answer<()> {
    known.caller(0).must(Permission::OwnAccess)?;
    let (now, id) = (clinic.now(), known.session.key);
    let cause = clinic.cause(&known.caller(request), Action::Lock);
    clinic
        .store
        .write(cause, move |tx| let_in(tx, &id, now, "demonstration"))
}

/// The screen is open, and whoever sits there has just proven who they are.
fn let_in(tx: &mut Tx<'_>, key: &[u8; 32], now: Timestamp, how: &'static str) -> Answer<()> {
    let mut session = access::session(tx, key)?.ok_or(Refused::NotFound)?;
    session.locked = false;
    session.seen_at = now;
    session.proven_at = now;
    tx.object(session.id);
    tx.detail(how);
    Ok(tx.put(&session)?)
}

/// A password that was compared but not yet counted.
struct Judged {
    login: LoginId,
    kept: Option<String>,
    right: bool,
}

fn judge_password(clinic: &Clinic, known: &Known, typed: &str) -> Answer<Judged> {
    known.caller(0).must(Permission::OwnAccess)?;
    let (login, now) = (known.login.id, clinic.now());
    let kept = clinic.store.read(|rows| {
        attempts::check(rows, Door::Unlock, &login.to_string(), now)?;
        Ok::<_, super::Stop>(access::login(rows, login)?.and_then(|l| l.password))
    })?;
    let right = password::holds(typed, kept.as_deref())?;
    Ok(Judged { login, kept, right })
}

impl Judged {
    /// Counts in the command that acts on it.
    fn settle(
        &self,
        tx: &mut Tx<'_>,
        visitor: &Visitor,
        now: Timestamp,
    ) -> Answer<Result<Login, Refused>> {
        let subject = self.login.to_string();
        attempts::check(tx, Door::Unlock, &subject, now)?;
        let login = access::login(tx, self.login)?.ok_or(Refused::NotFound)?;
        if self.right && login.password == self.kept {
            attempts::forget(tx, Door::Unlock, &subject)?;
            return Ok(Ok(login));
        }
        tx.detail("wrong password");
        attempts::wrong(tx, Door::Unlock, &subject, visitor, now)?;
        Ok(Err(Refused::Wrong { tries_left: None }))
    }
}

/// A person changes their own password. Their other devices are signed out.
///
/// # Errors
/// [`Refused::Wrong`] for a wrong current password, [`Refused::WeakPassword`], [`Refused::Shut`].
pub fn change_password(
    clinic: &Clinic,
    visitor: &Visitor,
    known: &Known,
    current: &str,
    new: &str,
) -> Answer<()> {
    let email = known.login.email.as_ref().map_or("", Email::as_str);
    password::must_be_good(clinic, new, true, &[&known.login.name, email])?;
    let judged = judge_password(clinic, known, current)?;
    let hash = if judged.right {
        Some(password::hash(clinic, new)?)
    } else {
        None
    };
    let (now, session) = (clinic.now(), known.session.id);
    let cause = clinic.cause(&known.caller(visitor.request), Action::LoginChange);
    let visitor = visitor.clone();
    let verdict = clinic.store.write(cause, move |tx| {
        let mut login = match judged.settle(tx, &visitor, now)? {
            Ok(login) => login,
            Err(refused) => return Ok(Err(refused)),
        };
        login.password.clone_from(&hash);
        tx.object(login.id);
        tx.detail("password");
        tx.put(&login)?;
        sessions::end_all(tx, login.id, Some(session))?;
        Ok(Ok(()))
    })?;
    Ok(verdict?)
}

#[cfg(test)]
mod tests;
