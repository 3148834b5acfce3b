//! The people who work here: who they are, what they may do, and whether they still may. Also how
//! the command line and the demonstration let people in.

use jiff::Timestamp;
use jiff::civil::Date;

use super::post::Envelope;
use super::sessions::{self, Fresh, NewSession};
use super::staff_access::open_doors;
use super::visitor::Visitor;
use super::{Answer, Caller, Clinic, Failure, Stop, secret};
use crate::domain::account::{Actor, Link, LinkPurpose, Login, LoginState, Role};
use crate::domain::appointment::after;
use crate::domain::audit::Action;
use crate::domain::id::{LoginId, PractitionerId};
use crate::domain::notice::{NoticeKind, NoticeSubject};
use crate::domain::person::Email;
use crate::domain::policy::Permission;
use crate::domain::refusal::Refused;
use crate::domain::settings::SetupStep;
use crate::store::table::Rows;
use crate::store::{Tx, access, hours, notices, settings};

/// Minutes for which a link that sets a password is good: 14 days.
const INVITED_MIN: i64 = 14 * 24 * 60;
/// Minutes for which a link of the demonstration is good: a year.
const DEMO_MIN: i64 = 365 * 24 * 60;

/// Whoever has the machine may do what an owner may. The log calls them by the command.
pub fn console(command: &str) -> Caller {
    Caller {
        actor: Actor {
            login: None,
            role: Role::Owner,
            state: LoginState::Active,
            patient: None,
            practitioner: None,
            name: command.to_owned(),
        },
        request: 0,
    }
}

/// Everybody who works or worked here, by e-mail.
pub fn list(clinic: &Clinic, caller: &Caller) -> Answer<Vec<Login>> {
    caller.must(Permission::ManagePeople)?;
    Ok(clinic.store.read(|rows| access::staff(rows))?)
}

/// Someone who works here.
pub fn find(clinic: &Clinic, caller: &Caller, id: LoginId) -> Answer<Login> {
    caller.must(Permission::ManagePeople)?;
    clinic.store.read(|rows| staff(rows, id))
}

fn staff(rows: &dyn Rows, id: LoginId) -> Answer<Login> {
    let login = access::login(rows, id)?.filter(|l| l.role.is_staff());
    Ok(login.ok_or(Refused::NotFound)?)
}

/// Someone who is to work here.
#[derive(Clone, Debug)]
pub struct NewPerson {
    /// Their name.
    pub name: String,
    /// What they sign in with.
    pub email: Email,
    /// What they are here. Not a patient.
    pub role: Role,
    /// Whose calendar opens first.
    pub practitioner: Option<PractitionerId>,
}

/// A link that sets a password, as it is handed out.
#[derive(Clone, Debug)]
pub struct PasswordLink {
    /// Whose.
    pub login: Login,
    /// The address that opens it.
    pub url: String,
    /// From then on it is nothing.
    pub expires_at: Timestamp,
}

/// Invites someone to work here, and with `by_mail` sends them the link.
///
/// # Errors
/// [`Refused::Duplicate`] when somebody has the e-mail already.
pub fn invite(
    clinic: &Clinic,
    caller: &Caller,
    person: &NewPerson,
    by_mail: bool,
) -> Answer<PasswordLink> {
    caller.must(Permission::ManagePeople)?;
    if !person.role.is_staff() {
        return Err(Refused::NotFound.into());
    }
    let mut login = Login::new(clinic.new_id(), person.role, &person.name, clinic.now());
    login.state = LoginState::Pending;
    login.email = Some(person.email.clone());
    login.practitioner = person.practitioner;
    let (email, link) = (person.email.clone(), Handout::new(clinic, by_mail));
    let cause = clinic.cause(caller, Action::Invite);
    clinic.store.write(cause, move |tx| {
        if access::staff_by_email(tx, &email)?.is_some() {
            return Err(Refused::Duplicate.into());
        }
        // From now on somebody works here, so the code of the console opens nothing: set-up goes on
        // behind a sign-in.
        if let Some(mut kept) = settings::find(tx)?
            && kept.setup == SetupStep::You
        {
            kept.setup = SetupStep::Clinic;
            settings::put(tx, &kept)?;
        }
        tx.object(login.id);
        tx.detail(login.role.code());
        tx.put(&login)?;
        Ok(link.hand_out(tx, &login)?)
    })
}

/// A new link for someone who forgot their password; the ones before are void, and doors that wrong
/// answers shut are open. The old password holds until the new one is set.
pub fn renew_link(
    clinic: &Clinic,
    caller: &Caller,
    id: LoginId,
    by_mail: bool,
) -> Answer<PasswordLink> {
    caller.must(Permission::ManagePeople)?;
    let link = Handout::new(clinic, by_mail);
    let cause = clinic.cause(caller, Action::Invite);
    clinic.store.write(cause, move |tx| {
        let login = staff(tx, id)?;
        if login.state == LoginState::Disabled {
            return Err(Refused::Changed.into());
        }
        tx.object(id);
        tx.detail("password link");
        open_doors(tx, &login)?;
        Ok(link.hand_out(tx, &login)?)
    })
}

/// What must be drawn before the command that hands a password link out.
#[derive(Clone, Debug)]
struct Handout {
    token: String,
    origin: String,
    envelope: Envelope,
    by_mail: bool,
    now: Timestamp,
}

impl Handout {
    fn new(clinic: &Clinic, by_mail: bool) -> Self {
        Self {
            token: secret::for_link(clinic),
            origin: clinic.current().settings.address.clone(),
            envelope: Envelope::new(clinic),
            by_mail,
            now: clinic.now(),
        }
    }

    fn hand_out(&self, tx: &mut Tx<'_>, login: &Login) -> Result<PasswordLink, Failure> {
        let expires_at = after(self.now, INVITED_MIN);
        access::put_link(
            tx,
            &Link {
                key: secret::key_of(&self.token),
                purpose: LinkPurpose::StaffPassword(login.id),
                code: None,
                browser: None,
                email: login.email.clone(),
                created_at: self.now,
                expires_at,
                used_at: None,
                tries_left: 1,
            },
        )?;
        if self.by_mail
            && let Some(email) = &login.email
        {
            let envelope = self.envelope.clone().in_language(login.language.as_deref());
            let subject = NoticeSubject::Login(login.id);
            let mut notice = envelope.notice(NoticeKind::StaffInvitation, subject, None, email);
            notice.token = Some(self.token.clone());
            notices::enqueue(tx, &notice)?;
        }
        Ok(PasswordLink {
            login: login.clone(),
            url: format!("{}/p/{}", self.origin, self.token),
            expires_at,
        })
    }
}

/// What an owner decides about someone who works here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// What they may do.
    pub role: Role,
    /// Whose calendar opens first.
    pub calendar: Option<PractitionerId>,
    /// The last day of their access, if they leave.
    pub leaves_on: Option<Date>,
}

impl Place {
    /// As it is.
    pub fn of(login: &Login) -> Self {
        Self {
            role: login.role,
            calendar: login.practitioner,
            leaves_on: login.leaves_on,
        }
    }

    /// What differs, for the log.
    fn differences(self, before: Self) -> String {
        let mut words = Vec::new();
        if self.role != before.role {
            words.push(format!("{} to {}", before.role.code(), self.role.code()));
        }
        if self.calendar != before.calendar {
            words.push("calendar".to_owned());
        }
        if self.leaves_on != before.leaves_on {
            words.push(match self.leaves_on {
                Some(day) => format!("last day {day}"),
                None => "no last day".to_owned(),
            });
        }
        words.join(", ")
    }
}

/// Gives someone who works here another place. Another role signs them out everywhere.
///
/// # Errors
/// [`Refused::LastOwner`] when no owner would be left; [`Refused::Changed`] when it no longer is as
/// it was `seen`; [`Refused::NotFound`] for a calendar that is not there.
pub fn place(
    clinic: &Clinic,
    caller: &Caller,
    id: LoginId,
    seen: Place,
    wanted: Place,
) -> Answer<Login> {
    caller.must(Permission::ManagePeople)?;
    if !wanted.role.is_staff() {
        return Err(Refused::NotFound.into());
    }
    let cause = clinic.cause(caller, Action::LoginChange);
    clinic.store.write(cause, move |tx| {
        let before = staff(tx, id)?;
        if Place::of(&before) != seen {
            return Err(Refused::Changed.into());
        }
        if let Some(calendar) = wanted.calendar.filter(|c| Some(*c) != before.practitioner) {
            hours::practitioner(tx, calendar)?.ok_or(Refused::NotFound)?;
        }
        let mut after = before.clone();
        after.role = wanted.role;
        after.practitioner = wanted.calendar;
        after.leaves_on = wanted.leaves_on;
        must_keep_an_owner(tx, &before, &after)?;
        tx.object(id);
        tx.detail(wanted.differences(seen));
        tx.put(&after)?;
        if after.role != before.role {
            sessions::end_all(tx, id, None)?;
        }
        Ok(after)
    })
}

/// Closes the accesses of those whose last day is over. They could not sign in any more since that
/// day ended; this ends what is left of them, and writes it down. How many.
pub fn close_left(clinic: &Clinic) -> Answer<usize> {
    let today = clinic.current().date(clinic.now());
    let left: Vec<LoginId> = clinic.store.read(|rows| {
        let all = access::staff(rows)?;
        let gone = all.iter().filter(|l| has_left(l, today));
        Ok::<_, Failure>(gone.map(|l| l.id).collect())
    })?;
    for id in &left {
        let (id, cause) = (*id, clinic.own_cause("last day", Action::LoginChange));
        clinic.store.write(cause, move |tx| {
            let mut login = staff(tx, id)?;
            // An owner may have changed it meanwhile.
            if has_left(&login, today) {
                login.state = LoginState::Disabled;
                tx.object(id);
                tx.detail("closed");
                tx.put(&login)?;
                end_access(tx, id)?;
            }
            Ok::<_, Stop>(())
        })?;
    }
    Ok(left.len())
}

fn has_left(login: &Login, today: Date) -> bool {
    login.state != LoginState::Disabled && login.leaves_on.is_some_and(|day| day < today)
}

/// What can be done to the access of someone who works here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PersonChange {
    /// Whether they may sign in. Closing signs them out everywhere.
    Open(bool),
    /// The phone with the app is lost: a new one is set up at the next sign-in.
    NoSecondFactor,
    /// Signed out everywhere.
    SignedOut,
}

/// Changes the access of someone who works here.
///
/// # Errors
/// [`Refused::LastOwner`] when no owner would be left.
pub fn change(clinic: &Clinic, caller: &Caller, id: LoginId, what: PersonChange) -> Answer<Login> {
    caller.must(Permission::ManagePeople)?;
    let cause = clinic.cause(caller, Action::LoginChange);
    clinic.store.write(cause, move |tx| {
        let before = staff(tx, id)?;
        let (after, detail) = changed(&before, what);
        must_keep_an_owner(tx, &before, &after)?;
        tx.object(id);
        tx.detail(detail);
        tx.put(&after)?;
        if after.state == LoginState::Disabled {
            end_access(tx, id)?;
        } else if what != PersonChange::Open(true) {
            sessions::end_all(tx, id, None)?;
        }
        Ok(after)
    })
}

fn changed(login: &Login, what: PersonChange) -> (Login, &'static str) {
    let mut next = login.clone();
    let detail = match what {
        PersonChange::Open(true) => {
            // Whoever never set a password is still invited; a last day that is over would close
            // the access again.
            next.state = if next.password.is_some() {
                LoginState::Active
            } else {
                LoginState::Pending
            };
            next.leaves_on = None;
            "opened"
        }
        PersonChange::Open(false) => {
            next.state = LoginState::Disabled;
            "closed"
        }
        PersonChange::NoSecondFactor => {
            next.totp = None;
            next.recovery.clear();
            "second factor reset"
        }
        PersonChange::SignedOut => "signed out",
    };
    (next, detail)
}

/// Ends the devices and the links of an access.
fn end_access(tx: &mut Tx<'_>, id: LoginId) -> Answer<()> {
    sessions::end_all(tx, id, None)?;
    super::enrolment::take_back(tx, LinkPurpose::StaffPassword(id))?;
    Ok(())
}

fn must_keep_an_owner(rows: &dyn Rows, before: &Login, after: &Login) -> Answer<()> {
    let loses_one = is_lasting_owner(before) && !is_lasting_owner(after);
    if loses_one && !has_other_owner(rows, before.id)? {
        return Err(Refused::LastOwner.into());
    }
    Ok(())
}

fn is_lasting_owner(login: &Login) -> bool {
    login.role == Role::Owner && login.state == LoginState::Active && login.leaves_on.is_none()
}

fn has_other_owner(rows: &dyn Rows, but: LoginId) -> Result<bool, Failure> {
    let all = access::staff(rows)?;
    Ok(all.iter().any(|l| l.id != but && is_lasting_owner(l)))
}

/// A link that signs a person of the demonstration in, as often as one likes. Nothing but the
/// demonstration may call this.
pub fn demo_link(clinic: &Clinic, id: LoginId) -> Answer<String> {
    let (token, now) = (secret::for_link(clinic), clinic.now());
    let origin = clinic.current().settings.address.clone();
    let cause = clinic.own_cause("demo", Action::Invite);
    clinic.store.write(cause, move |tx| {
        tx.object(id);
        access::put_link(
            tx,
            &Link {
                key: secret::key_of(&token),
                purpose: LinkPurpose::Demo(id),
                code: None,
                browser: None,
                email: None,
                created_at: now,
                expires_at: after(now, DEMO_MIN),
                used_at: None,
                tries_left: 1,
            },
        )?;
        Ok(format!("{origin}/demo/{token}"))
    })
}

/// Whom a link of the demonstration signs in. Changes nothing.
///
/// # Errors
/// [`Refused::LinkDead`].
pub fn demo_person(clinic: &Clinic, token: &str) -> Answer<Login> {
    let (key, now) = (secret::key_of(token), clinic.now());
    clinic.store.read(|rows| demo_login(rows, &key, now))
}

fn demo_login(rows: &dyn Rows, key: &[u8; 32], now: Timestamp) -> Answer<Login> {
    let link = access::link(rows, key)?.filter(|l| l.is_live(now));
    let Some(LinkPurpose::Demo(id)) = link.map(|l| l.purpose) else {
        return Err(Refused::LinkDead.into());
    };
    Ok(access::login(rows, id)?.ok_or(Refused::LinkDead)?)
}

/// The button on the page of a link of the demonstration.
///
/// # Errors
/// [`Refused::LinkDead`].
pub fn demo_sign_in(clinic: &Clinic, visitor: &Visitor, token: &str) -> Answer<NewSession> {
    let (key, now, fresh) = (
        secret::key_of(token),
        clinic.now(),
        Fresh::new(clinic, visitor),
    );
    let cause = visitor.cause(clinic, Action::SignIn);
    clinic.store.write(cause, move |tx| {
        let login = demo_login(tx, &key, now)?;
        tx.detail("demonstration");
        Ok(fresh.begin(tx, &login, true)?)
    })
}

#[cfg(test)]
mod tests;
