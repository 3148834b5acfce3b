//! Accesses, devices, links, and the count of wrong answers.

use std::ops::ControlFlow;

use super::failure::Failure;
use super::key::Key;
use super::row::{Entry, Row};
use super::schema::{
    ATTEMPTS, LINKS, LINKS_BY_CODE, LINKS_BY_PURPOSE, LOGINS, LOGINS_BY_EMAIL, LOGINS_BY_PATIENT,
    SESSIONS, SESSIONS_BY_LOGIN,
};
use super::table::{Read, Rows, Table, decode, encode};
use super::tx::Tx;
use jiff::Timestamp;

use crate::domain::account::{Attempts, Link, LinkPurpose, Login, LoginState, Role, Session};
use crate::domain::id::{AppointmentId, Id, LoginId, PatientId};
use crate::domain::person::Email;

impl Row for Login {
    const TABLE: Table<Self> = LOGINS;

    fn key(&self) -> Key {
        Key::of(self.id)
    }

    fn entries(&self) -> Result<Vec<Entry>, Failure> {
        let mut entries = Vec::new();
        if let Some(email) = &self.email {
            let key = Key::new().text(&email.folded()).id(self.id);
            entries.push(Entry::of(&LOGINS_BY_EMAIL, key));
        }
        if let Some(patient) = self.patient {
            entries.push(Entry::of(&LOGINS_BY_PATIENT, Key::of(patient).id(self.id)));
        }
        Ok(entries)
    }
}

impl Row for Session {
    const TABLE: Table<Self> = SESSIONS;

    fn key(&self) -> Key {
        Key::new().bytes(&self.key)
    }

    fn entries(&self) -> Result<Vec<Entry>, Failure> {
        let key = Key::of(self.login).id(self.id);
        Ok(vec![Entry::with(&SESSIONS_BY_LOGIN, key, &self.key)?])
    }
}

impl Row for Link {
    const TABLE: Table<Self> = LINKS;

    fn key(&self) -> Key {
        Key::new().bytes(&self.key)
    }

    fn entries(&self) -> Result<Vec<Entry>, Failure> {
        let mut entries = Vec::new();
        if self.used_at.is_none()
            && let Some(mut purpose) = purpose_key(self.purpose)
        {
            if most_beside(self.purpose) > 1 {
                purpose = purpose.bytes(&self.key);
            }
            entries.push(Entry::with(&LINKS_BY_PURPOSE, purpose, &self.key)?);
        }
        if self.used_at.is_none()
            && let Some(browser) = self.mail_browser()
        {
            entries.push(Entry::with(
                &LINKS_BY_PURPOSE,
                browser_key(browser),
                &self.key,
            )?);
        }
        if let Some(code) = &self.code {
            let key = code_key(code, self.browser.as_ref());
            entries.push(Entry::with(&LINKS_BY_CODE, key, &self.key)?);
        }
        Ok(entries)
    }
}

/// How many links of a purpose live side by side. People open old mails, so every mail about a visit
/// keeps its link until the visit begins; the limit is for one that is mailed again and again.
const fn most_beside(purpose: LinkPurpose) -> usize {
    match purpose {
        LinkPurpose::Visit(_) => 12,
        LinkPurpose::Invitation(_)
        | LinkPurpose::SignIn(_)
        | LinkPurpose::Register
        | LinkPurpose::StaffPassword(_)
        | LinkPurpose::ConfirmEmail(_)
        | LinkPurpose::Demo(_)
        | LinkPurpose::SecondStep(_) => 1,
    }
}

/// Where the links of a purpose are listed; strangers are told apart by their browser instead.
fn purpose_key(purpose: LinkPurpose) -> Option<Key> {
    let (kind, bytes) = match purpose {
        LinkPurpose::Invitation(id) => (1, id.bytes()),
        LinkPurpose::SignIn(id) => (2, id.bytes()),
        LinkPurpose::Visit(id) => (3, id.bytes()),
        LinkPurpose::StaffPassword(id) => (4, id.bytes()),
        LinkPurpose::ConfirmEmail(id) => (5, id.bytes()),
        LinkPurpose::Demo(id) => (6, id.bytes()),
        LinkPurpose::SecondStep(id) => (7, id.bytes()),
        LinkPurpose::Register => return None,
    };
    Some(Key::new().byte(kind).bytes(&bytes))
}

/// One code from a mail per browser that asked.
fn browser_key(browser: &[u8; 32]) -> Key {
    Key::new().byte(8).bytes(browser)
}

fn code_key(code: &[u8; 32], browser: Option<&[u8; 32]>) -> Key {
    Key::new().bytes(code).bytes(browser.unwrap_or(&[0; 32]))
}

/// An access.
pub fn login(rows: &dyn Rows, id: LoginId) -> Result<Option<Login>, Failure> {
    rows.find(&LOGINS, &Key::of(id))
}

/// Every access of someone who works here.
pub fn staff(rows: &dyn Rows) -> Result<Vec<Login>, Failure> {
    let mut found = Vec::new();
    for id in rows.ids_under::<LoginId>(&LOGINS_BY_EMAIL, &Key::new())? {
        found.extend(login(rows, id)?.filter(|l| l.role.is_staff()));
    }
    Ok(found)
}

/// The access of someone who works here, by e-mail.
pub fn staff_by_email(rows: &dyn Rows, email: &Email) -> Result<Option<Login>, Failure> {
    let ids: Vec<LoginId> = rows.ids_under(&LOGINS_BY_EMAIL, &Key::new().text(&email.folded()))?;
    for id in ids {
        if let Some(found) = login(rows, id)?
            && found.role.is_staff()
        {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// The accesses of persons who asked to be patients with an e-mail and were not answered yet.
pub fn applicants(rows: &dyn Rows, email: &Email) -> Result<Vec<Login>, Failure> {
    let ids: Vec<LoginId> = rows.ids_under(&LOGINS_BY_EMAIL, &Key::new().text(&email.folded()))?;
    let mut found = Vec::new();
    for id in ids {
        let open = |l: &Login| l.role == Role::Patient && l.state == LoginState::Pending;
        found.extend(login(rows, id)?.filter(open));
    }
    Ok(found)
}

/// A patient's access.
pub fn login_of_patient(rows: &dyn Rows, patient: PatientId) -> Result<Option<Login>, Failure> {
    let ids: Vec<LoginId> = rows.ids_under(&LOGINS_BY_PATIENT, &Key::of(patient))?;
    match ids.first() {
        Some(id) => login(rows, *id),
        None => Ok(None),
    }
}

/// A signed-in device, by the SHA-256 of its token.
pub fn session(rows: &dyn Rows, key: &[u8; 32]) -> Result<Option<Session>, Failure> {
    rows.find(&SESSIONS, &Key::new().bytes(key))
}

/// The devices of an access, oldest first.
pub fn sessions_of(rows: &dyn Rows, login: LoginId) -> Result<Vec<Session>, Failure> {
    let keys: Vec<[u8; 32]> = rows.rows_under(&SESSIONS_BY_LOGIN, &Key::of(login))?;
    let mut found = Vec::new();
    for key in keys {
        found.extend(session(rows, &key)?);
    }
    Ok(found)
}

/// Removes what ended before an instant: devices, and links that open nothing. How many.
pub fn sweep(tx: &mut Tx<'_>, ended_before: Timestamp) -> Result<usize, Failure> {
    let sessions = tx.all(&SESSIONS)?.into_iter();
    let links = tx.all(&LINKS)?.into_iter();
    let mut removed = 0;
    for session in sessions.filter(|s| s.expires_at < ended_before) {
        removed += usize::from(end_session(tx, &session.key)?);
    }
    for link in links.filter(|l| l.expires_at < ended_before) {
        removed += usize::from(remove_link(tx, &link.key)?);
    }
    Ok(removed)
}

/// Signs a device out.
pub fn end_session(tx: &mut Tx<'_>, key: &[u8; 32]) -> Result<bool, Failure> {
    tx.delete::<Session>(&Key::new().bytes(key))
}

/// A link, by the SHA-256 of its token.
pub fn link(rows: &dyn Rows, key: &[u8; 32]) -> Result<Option<Link>, Failure> {
    rows.find(&LINKS, &Key::new().bytes(key))
}

/// A link, by the SHA-256 of the code that may be typed instead, and of the browser it is bound to.
pub fn link_by_code(
    rows: &dyn Rows,
    code: &[u8; 32],
    browser: Option<&[u8; 32]>,
) -> Result<Option<Link>, Failure> {
    match rows.find(&LINKS_BY_CODE, &code_key(code, browser))? {
        Some(key) => link(rows, &key),
        None => Ok(None),
    }
}

/// The links of a purpose that were not used, newest first.
pub fn links_for(rows: &dyn Rows, purpose: LinkPurpose) -> Result<Vec<Link>, Failure> {
    let Some(prefix) = purpose_key(purpose) else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    for key in rows.rows_under(&LINKS_BY_PURPOSE, &prefix)? {
        found.extend(link(rows, &key)?);
    }
    found.sort_by_key(|l| std::cmp::Reverse(l.created_at));
    Ok(found)
}

/// The newest link of a purpose, if it was not used.
pub fn link_for(rows: &dyn Rows, purpose: LinkPurpose) -> Result<Option<Link>, Failure> {
    Ok(links_for(rows, purpose)?.into_iter().next())
}

/// Lets every link about a visit end when the visit begins, after it was moved.
pub fn end_visit_links_at(
    tx: &mut Tx<'_>,
    visit: AppointmentId,
    start: Timestamp,
) -> Result<(), Failure> {
    for mut link in links_for(tx, LinkPurpose::Visit(visit))? {
        if link.expires_at != start {
            link.expires_at = start;
            tx.put(&link)?;
        }
    }
    Ok(())
}

/// The newest link that was mailed because a browser asked, if it was not used.
pub fn link_of_browser(rows: &dyn Rows, browser: &[u8; 32]) -> Result<Option<Link>, Failure> {
    match rows.find(&LINKS_BY_PURPOSE, &browser_key(browser))? {
        Some(key) => link(rows, &key),
        None => Ok(None),
    }
}

/// Takes a link back.
pub fn remove_link(tx: &mut Tx<'_>, key: &[u8; 32]) -> Result<bool, Failure> {
    tx.delete::<Link>(&Key::new().bytes(key))
}

/// Hands a link out; the one before of the browser that asked is gone, and of its purpose the oldest
/// that there is no room for.
pub fn put_link(tx: &mut Tx<'_>, new: &Link) -> Result<(), Failure> {
    if let Some(browser) = new.mail_browser()
        && let Some(old) = link_of_browser(tx, browser)?
        && old.key != new.key
    {
        tx.delete::<Link>(&old.key())?;
    }
    let mut older = links_for(tx, new.purpose)?;
    older.retain(|l| l.key != new.key);
    for old in older.iter().skip(most_beside(new.purpose) - 1) {
        tx.delete::<Link>(&old.key())?;
    }
    tx.put(new)
}

/// Wrong answers at a door for a subject.
pub fn attempts(rows: &dyn Rows, door: &str, subject: &str) -> Result<Attempts, Failure> {
    Ok(rows
        .find(&ATTEMPTS, &Key::new().text(door).text(subject))?
        .unwrap_or_default())
}

/// Forgets counts that a rule, told the door and the count, lets go. How many went.
pub fn sweep_attempts(
    tx: &mut Tx<'_>,
    lets_go: &dyn Fn(&str, &Attempts) -> bool,
) -> Result<usize, Failure> {
    let mut gone = Vec::new();
    tx.walk(ATTEMPTS.name(), &[], None, false, &mut |(key, value)| {
        let door = key.split(|b| *b == 0).next().unwrap_or_default();
        let count = decode(ATTEMPTS.name(), value)?;
        if lets_go(&String::from_utf8_lossy(door), &count) {
            gone.push(key.to_vec());
        }
        Ok(ControlFlow::Continue(()))
    })?;
    for key in &gone {
        tx.remove_bytes(ATTEMPTS.name(), key)?;
    }
    Ok(gone.len())
}

/// Keeps the count of wrong answers; none left is no row.
pub fn put_attempts(
    tx: &mut Tx<'_>,
    door: &str,
    subject: &str,
    attempts: &Attempts,
) -> Result<(), Failure> {
    let key = Key::new().text(door).text(subject);
    if *attempts == Attempts::default() {
        if tx.find(&ATTEMPTS, &key)?.is_some() {
            tx.remove_bytes(ATTEMPTS.name(), key.as_bytes())?;
        }
        Ok(())
    } else {
        tx.put_bytes(ATTEMPTS.name(), key.as_bytes(), &encode(attempts)?)
    }
}
