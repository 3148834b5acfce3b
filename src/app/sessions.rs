//! Signed-in devices: begun with a new secret each time, ended by the clock, by a person, or by the
//! clinic. Patients stay signed in on their phone; staff screens lock.

use jiff::Timestamp;

use super::visitor::Visitor;
use super::{Answer, Caller, Clinic, Failure, Stop, second_factor, secret};
use crate::domain::account::{Actor, Login, LoginState, Session};
use crate::domain::appointment::after;
use crate::domain::audit::Action;
use crate::domain::id::{LoginId, SessionId};
use crate::domain::patient::PatientState;
use crate::domain::policy::Permission;
use crate::domain::refusal::Refused;
use crate::store::table::Rows;
use crate::store::{Tx, access, patients};

/// Minutes that a patient's phone stays signed in: 90 days.
const PATIENT_MIN: i64 = 90 * 24 * 60;
/// Minutes that a staff session lasts: 12 hours.
const STAFF_MIN: i64 = 12 * 60;
/// Minutes for which a proof of who someone is stays fresh.
const FRESH_MIN: i64 = 15;
/// Minutes between two notes that a device was used.
const SEEN_MIN: i64 = 1;

/// Minutes by which a clock may be set back without anybody noticing.
const SLACK_MIN: i64 = 5;

/// A device and whose it is.
#[derive(Clone, Debug)]
pub struct Known {
    /// The access.
    pub login: Login,
    /// The device.
    pub session: Session,
    /// Who acts.
    pub actor: Actor,
    /// Whether the screen is locked: by the person, or because nobody used it.
    pub is_locked: bool,
}

impl Known {
    /// As the caller of a verb in a request.
    pub fn caller(&self, request: u64) -> Caller {
        Caller {
            actor: self.actor.clone(),
            request,
        }
    }

    /// When the screen locks, if nobody uses it until then; patients' devices do not lock.
    pub fn locks_at(&self, clinic: &Clinic) -> Option<Timestamp> {
        let lock_min = i64::from(clinic.current().settings.limits.staff_lock_min);
        let locks = self.login.role.is_staff();
        locks.then(|| after(self.session.seen_at, lock_min))
    }

    /// Whether the person proved who they are within the last 15 minutes.
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        now < after(self.session.proven_at, FRESH_MIN)
    }
}

/// A device that has just signed in, with the secret for its cookie.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// What the cookie carries. It is nowhere else.
    pub token: String,
    /// The device.
    pub session: Session,
    /// Whose.
    pub login: Login,
}

/// What must be drawn before the command that signs a device in.
#[derive(Clone, Debug)]
pub(super) struct Fresh {
    token: String,
    id: SessionId,
    device: String,
    spare_key: [u8; 32],
    now: Timestamp,
}

impl Fresh {
    /// For a device of a visitor.
    pub(super) fn new(clinic: &Clinic, visitor: &Visitor) -> Self {
        Self {
            token: secret::for_cookie(clinic),
            id: clinic.new_id(),
            device: visitor.device.clone(),
            spare_key: clinic.random(),
            now: clinic.now(),
        }
    }

    /// Signs the device in. `proven` says whether a second thing besides the mailbox was shown.
    pub(super) fn begin(
        &self,
        tx: &mut Tx<'_>,
        login: &Login,
        proven: bool,
    ) -> Result<NewSession, Failure> {
        let minutes = if login.role.is_staff() {
            STAFF_MIN
        } else {
            PATIENT_MIN
        };
        if login.role.is_staff() {
            second_factor::keep_key(tx, &self.spare_key)?;
        }
        let mut login = login.clone();
        login.seen_at = Some(self.now);
        tx.put(&login)?;
        let session = Session {
            key: secret::key_of(&self.token),
            id: self.id,
            login: login.id,
            device: self.device.clone(),
            created_at: self.now,
            seen_at: self.now,
            expires_at: after(self.now, minutes),
            proven_at: if proven {
                self.now
            } else {
                Timestamp::UNIX_EPOCH
            },
            locked: false,
        };
        self.keep(tx, session, login)
    }

    /// Gives a device a new secret; it ends when it would have ended.
    pub(super) fn renew(
        &self,
        tx: &mut Tx<'_>,
        old: &Session,
        login: &Login,
    ) -> Result<NewSession, Failure> {
        access::end_session(tx, &old.key)?;
        let session = Session {
            key: secret::key_of(&self.token),
            seen_at: self.now,
            proven_at: self.now,
            locked: false,
            ..old.clone()
        };
        self.keep(tx, session, login.clone())
    }

    fn keep(&self, tx: &mut Tx<'_>, session: Session, login: Login) -> Result<NewSession, Failure> {
        tx.object(session.id);
        if let Some(patient) = login.patient {
            tx.about(patient);
        }
        tx.put(&session)?;
        Ok(NewSession {
            token: self.token.clone(),
            session,
            login,
        })
    }
}

/// The device behind a token, if it is signed in. A use of it is noted at most once a minute; ask
/// [`peek`] for what is no use, such as a live stream.
pub fn resolve(clinic: &Clinic, token: &str) -> Answer<Option<Known>> {
    let now = clinic.now();
    let Some(mut known) = peek(clinic, token)? else {
        bury(clinic, secret::key_of(token), now)?;
        return Ok(None);
    };
    if known.is_locked {
        if !known.session.locked {
            keep_locked(clinic, &known)?;
        }
        return Ok(Some(known));
    }
    if now < after(known.session.seen_at, SEEN_MIN) {
        return Ok(Some(known));
    }
    known.session.seen_at = now;
    known.login.seen_at = Some(now);
    let key = known.session.key;
    let cause = clinic.cause(&known.caller(0), Action::Seen);
    let noted = clinic.store.write(cause, move |tx| {
        // It may have ended meanwhile, and must not come back.
        let Some(mut session) = access::session(tx, &key)? else {
            return Ok(());
        };
        let Some(mut login) = access::login(tx, session.login)? else {
            return Ok(());
        };
        session.seen_at = now;
        login.seen_at = Some(now);
        tx.object(session.id);
        tx.put(&session)?;
        tx.put(&login)?;
        Ok(())
    });
    match noted {
        // Who only reads shall not be kept from it, nor be locked out for the clinic's trouble.
        Err(Stop::Failed(Failure::ReadOnly(_) | Failure::NotSure(_))) => {
            clinic.seen_meanwhile(key, now);
        }
        noted => noted?,
    }
    Ok(Some(known))
}

/// Ends a device whose time is over, so that a clock that is set back does not bring it to life.
fn bury(clinic: &Clinic, key: [u8; 32], now: Timestamp) -> Answer<()> {
    let is_over = move |s: &Session| !is_in_its_time(s, now);
    let found = clinic.store.read(|rows| access::session(rows, &key))?;
    if !found.as_ref().is_some_and(is_over) {
        return Ok(());
    }
    let cause = clinic.own_cause("expiry", Action::SignOut);
    unless_read_only(clinic.store.write(cause, move |tx| {
        if let Some(session) = access::session(tx, &key)?.filter(is_over) {
            tx.object(session.id);
            access::end_session(tx, &key)?;
        }
        Ok(())
    }))
}

/// Keeps a screen locked that nobody used, so that a clock that is set back does not open it.
fn keep_locked(clinic: &Clinic, known: &Known) -> Answer<()> {
    let key = known.session.key;
    let cause = clinic.cause(&known.caller(0), Action::Lock);
    unless_read_only(clinic.store.write(cause, move |tx| {
        if let Some(mut session) = access::session(tx, &key)? {
            session.locked = true;
            tx.object(session.id);
            tx.put(&session)?;
        }
        Ok(())
    }))
}

/// What cannot be written down now is written down with the next look.
fn unless_read_only(done: Answer<()>) -> Answer<()> {
    match done {
        Err(Stop::Failed(Failure::ReadOnly(_) | Failure::NotSure(_))) => Ok(()),
        done => done,
    }
}

/// Whether a device is neither over nor, because the clock was wrong once, still to come.
fn is_in_its_time(session: &Session, now: Timestamp) -> bool {
    now < session.expires_at && session.created_at <= after(now, SLACK_MIN)
}

/// The device behind a token, if it is signed in, without noting that it was used.
pub fn peek(clinic: &Clinic, token: &str) -> Answer<Option<Known>> {
    let (key, now, current) = (secret::key_of(token), clinic.now(), clinic.current());
    let today = current.date(now);
    let lock_min = i64::from(current.settings.limits.staff_lock_min);
    clinic.store.read(|rows| {
        let Some(mut session) = access::session(rows, &key)? else {
            return Ok(None);
        };
        session.seen_at = session.seen_at.max(clinic.last_seen(&key));
        // Expiry comes first: nothing of an old device is looked at.
        if !is_in_its_time(&session, now) {
            return Ok(None);
        }
        let Some(login) = access::login(rows, session.login)? else {
            return Ok(None);
        };
        if login.state == LoginState::Disabled || login.leaves_on.is_some_and(|d| d < today) {
            return Ok(None);
        }
        let mut actor = Actor::of(&login);
        actor.patient = current_chart(rows, &login)?;
        // A clock that was set back must not keep a screen open for longer.
        let unused =
            now >= after(session.seen_at, lock_min) || session.seen_at > after(now, SLACK_MIN);
        let idle = login.role.is_staff() && unused;
        Ok(Some(Known {
            is_locked: session.locked || idle,
            login,
            session,
            actor,
        }))
    })
}

/// The chart of an access; the one that it was merged into, if it was.
fn current_chart(
    rows: &dyn Rows,
    login: &Login,
) -> Result<Option<crate::domain::id::PatientId>, Failure> {
    let Some(id) = login.patient else {
        return Ok(None);
    };
    Ok(patients::find(rows, id)?.map(|chart| match chart.state {
        PatientState::Merged { into } => into,
        PatientState::Active
        | PatientState::Provisional
        | PatientState::Archived { .. }
        | PatientState::Deceased { .. } => id,
    }))
}

/// The devices of the caller that are signed in, latest used first.
pub fn list(clinic: &Clinic, caller: &Caller) -> Answer<Vec<Session>> {
    let (login, now) = (own_login(caller)?, clinic.now());
    let mut found = clinic.store.read(|rows| access::sessions_of(rows, login))?;
    found.retain(|s| now < s.expires_at);
    found.sort_by_key(|s| std::cmp::Reverse(s.seen_at));
    Ok(found)
}

fn own_login(caller: &Caller) -> Result<LoginId, Refused> {
    caller.must(Permission::OwnAccess)?;
    caller.actor.login.ok_or(Refused::NotFound)
}

/// Signs one device of the caller out.
pub fn end(clinic: &Clinic, caller: &Caller, id: SessionId) -> Answer<()> {
    let login = own_login(caller)?;
    let cause = clinic.cause(caller, Action::SignOut);
    clinic.store.write(cause, move |tx| {
        let all = access::sessions_of(tx, login)?;
        let session = all.iter().find(|s| s.id == id).ok_or(Refused::NotFound)?;
        tx.object(id);
        access::end_session(tx, &session.key)?;
        Ok(())
    })
}

/// Signs every device of the caller out, but for one.
pub fn end_others(clinic: &Clinic, caller: &Caller, keep: Option<SessionId>) -> Answer<()> {
    let login = own_login(caller)?;
    let cause = clinic.cause(caller, Action::SignOut);
    clinic.store.write(cause, move |tx| {
        tx.object(login);
        tx.detail("all devices");
        Ok(end_all(tx, login, keep)?)
    })
}

/// Signs every device of an access out, but for one.
pub(super) fn end_all(
    tx: &mut Tx<'_>,
    login: LoginId,
    keep: Option<SessionId>,
) -> Result<(), Failure> {
    for session in access::sessions_of(tx, login)? {
        if Some(session.id) != keep {
            access::end_session(tx, &session.key)?;
        }
    }
    Ok(())
}

/// Locks the caller's screen.
pub fn lock(clinic: &Clinic, caller: &Caller, id: SessionId) -> Answer<()> {
    let login = own_login(caller)?;
    let cause = clinic.cause(caller, Action::Lock);
    clinic.store.write(cause, move |tx| {
        let all = access::sessions_of(tx, login)?;
        let mut session = all
            .into_iter()
            .find(|s| s.id == id)
            .ok_or(Refused::NotFound)?;
        session.locked = true;
        tx.object(id);
        tx.put(&session)?;
        Ok(())
    })
}

/// Removes devices and links that ended more than a day ago. How many.
pub fn sweep(clinic: &Clinic) -> Answer<usize> {
    let before = after(clinic.now(), -24 * 60);
    let cause = clinic.own_cause("sweep", Action::SignOut);
    clinic.store.write(cause, move |tx| {
        let removed = access::sweep(tx, before)?;
        tx.detail(format!("{removed} ended"));
        Ok(removed)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::stage::{Stage, no, visitor};
    use crate::domain::account::Role;

    fn sign_in(stage: &Stage, login: &Login) -> NewSession {
        let fresh = Fresh::new(&stage.clinic, &visitor());
        let (cause, login) = (
            visitor().cause(&stage.clinic, Action::SignIn),
            login.clone(),
        );
        stage
            .clinic
            .store
            .write(cause, move |tx| Ok(fresh.begin(tx, &login, true)?))
            .unwrap()
    }

    #[test]
    fn a_patients_phone_stays_signed_in_for_90_days() {
        let stage = Stage::new();
        let chart = stage.patient("Amira Haddad", None, None);
        let id = stage.clinic.new_id();
        let mut login = Login::new(id, Role::Patient, "Amira Haddad", stage.clinic.now());
        login.patient = Some(chart.id);
        let new = sign_in(&stage, &login);
        let known = resolve(&stage.clinic, &new.token).unwrap().unwrap();
        assert_eq!(known.actor.patient, Some(chart.id));
        assert!(known.is_fresh(stage.clinic.now()));
        stage.clock.forward_min(FRESH_MIN);
        let known = resolve(&stage.clinic, &new.token).unwrap().unwrap();
        assert!(!known.is_fresh(stage.clinic.now()) && !known.is_locked);
        stage.clock.forward_min(PATIENT_MIN - FRESH_MIN - 1);
        assert!(resolve(&stage.clinic, &new.token).unwrap().is_some());
        stage.clock.forward_min(1);
        assert!(resolve(&stage.clinic, &new.token).unwrap().is_none());
        assert!(resolve(&stage.clinic, "nonsense").unwrap().is_none());
    }

    #[test]
    fn a_staff_screen_locks_when_idle_and_ends_after_12_hours() {
        let stage = Stage::new();
        let login = stage.staff("Ines", Role::FrontDesk, "ines@clinic.org");
        let new = sign_in(&stage, &login);
        for _ in 0..3 {
            stage.clock.forward_min(9);
            let known = resolve(&stage.clinic, &new.token).unwrap().unwrap();
            assert!(!known.is_locked, "it is in use");
        }
        // A live stream is no use of it.
        stage.clock.forward_min(9);
        assert!(!peek(&stage.clinic, &new.token).unwrap().unwrap().is_locked);
        stage.clock.forward_min(1);
        let known = resolve(&stage.clinic, &new.token).unwrap().unwrap();
        assert!(known.is_locked);
        // Looking at a locked screen does not open it.
        assert!(
            resolve(&stage.clinic, &new.token)
                .unwrap()
                .unwrap()
                .is_locked
        );
        stage.clock.forward_min(STAFF_MIN);
        assert!(resolve(&stage.clinic, &new.token).unwrap().is_none());
    }

    #[test]
    fn a_person_locks_lists_and_ends_their_own_devices_only() {
        let stage = Stage::new();
        let ines = stage.staff("Ines", Role::FrontDesk, "ines@clinic.org");
        let owen = stage.staff("Owen", Role::Owner, "owen@clinic.org");
        let (one, two) = (sign_in(&stage, &ines), sign_in(&stage, &ines));
        let other = sign_in(&stage, &owen);
        let caller = Stage::as_caller(&ines);
        assert_eq!(list(&stage.clinic, &caller).unwrap().len(), 2);
        let foreign = end(&stage.clinic, &caller, other.session.id);
        assert_eq!(no(foreign), Refused::NotFound);
        lock(&stage.clinic, &caller, one.session.id).unwrap();
        assert!(
            resolve(&stage.clinic, &one.token)
                .unwrap()
                .unwrap()
                .is_locked
        );
        end_others(&stage.clinic, &caller, Some(one.session.id)).unwrap();
        assert!(resolve(&stage.clinic, &two.token).unwrap().is_none());
        end(&stage.clinic, &caller, one.session.id).unwrap();
        assert!(resolve(&stage.clinic, &one.token).unwrap().is_none());
        assert!(resolve(&stage.clinic, &other.token).unwrap().is_some());
    }

    #[test]
    fn the_disabled_and_those_who_left_are_out_at_once() {
        let stage = Stage::new();
        let mut login = stage.staff("Ines", Role::FrontDesk, "ines@clinic.org");
        let new = sign_in(&stage, &login);
        login.leaves_on = Some(stage.clinic.current().date(stage.clinic.now()));
        stage.keep(&login);
        assert!(resolve(&stage.clinic, &new.token).unwrap().is_some());
        login.leaves_on = login.leaves_on.and_then(|d| d.yesterday().ok());
        stage.keep(&login);
        assert!(resolve(&stage.clinic, &new.token).unwrap().is_none());
        login.leaves_on = None;
        login.state = LoginState::Disabled;
        stage.keep(&login);
        assert!(resolve(&stage.clinic, &new.token).unwrap().is_none());
    }

    #[test]
    fn what_ended_is_swept_away() {
        let stage = Stage::new();
        let login = stage.staff("Ines", Role::FrontDesk, "ines@clinic.org");
        let old = sign_in(&stage, &login);
        stage.clock.forward_min(STAFF_MIN + 24 * 60 + 1);
        let new = sign_in(&stage, &login);
        assert_eq!(sweep(&stage.clinic).unwrap(), 1);
        let kept = stage
            .clinic
            .store
            .read(|rows| access::sessions_of(rows, login.id))
            .unwrap();
        assert_eq!(kept.len(), 1);
        assert_eq!(kept[0].id, new.session.id);
        assert_ne!(old.session.id, new.session.id);
    }
}
