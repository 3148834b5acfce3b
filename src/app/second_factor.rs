//! The second factor of people who work here: an authenticator app (RFC 6238: SHA-1, 6 digits, 30 s,
//! one step of leeway, each step once), and ten recovery codes.
//!
//! A secret that nobody confirmed is kept nowhere: it follows from a key of the clinic and the
//! device that sets it up, so that looking at the page again shows the same one and changes nothing.

use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::Sha256;

use super::attempts::{self, Door};
use super::sessions::Known;
use super::visitor::Visitor;
use super::{Answer, Clinic, Failure, secret};
use crate::domain::account::{Login, Totp};
use crate::domain::audit::Action;
use crate::domain::id::{Id, LoginId};
use crate::domain::policy::Permission;
use crate::domain::refusal::Refused;
use crate::store::table::Rows;
use crate::store::{Tx, access, settings};

/// Bytes of a secret: as many as SHA-1 has.
const SECRET_BYTES: usize = 20;
/// Recovery codes in a set.
const RECOVERY_CODES: usize = 10;
/// The name of the key from which unconfirmed secrets follow.
const KEY: &str = "second-factor";
/// Keeps kinds of typed codes apart.
const RECOVERY: &str = "recovery";

/// What an authenticator app is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enrolment {
    /// For a QR code: `otpauth://totp/…`.
    pub uri: String,
    /// For typing: the secret in base 32, in groups of four.
    pub typed: String,
}

/// Makes sure that the clinic has the key from which unconfirmed secrets follow.
pub(super) fn keep_key(tx: &mut Tx<'_>, spare: &[u8; 32]) -> Result<(), Failure> {
    if settings::secret(tx, KEY)?.is_none() {
        settings::put_secret(tx, KEY, &spare.to_vec())?;
    }
    Ok(())
}

/// The secret that an access gets on a device or by a link, whose key is `anchor`.
pub(super) fn proposed(rows: &dyn Rows, login: LoginId, anchor: &[u8; 32]) -> Answer<Vec<u8>> {
    let key = settings::secret(rows, KEY)?.ok_or(Refused::LinkDead)?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key)
        .map_err(|e| Failure::Other(format!("a secret could not be derived: {e}")))?;
    mac.update(&login.bytes());
    mac.update(anchor);
    let mut secret = mac.finalize().into_bytes().to_vec();
    secret.truncate(SECRET_BYTES);
    Ok(secret)
}

fn app(secret: &[u8]) -> Result<totp_rs::Totp, Failure> {
    totp_rs::Builder::new()
        .with_secret(secret.to_vec())
        .build()
        .map_err(|e| Failure::Other(format!("an authenticator cannot be asked: {e}")))
}

/// What the app of a person is told about a secret.
pub(super) fn enrolment(clinic: &Clinic, login: &Login, secret: &[u8]) -> Answer<Enrolment> {
    // A colon would end the name of the clinic.
    let issuer = clinic.current().settings.profile.name.replace(':', " ");
    let account = login
        .email
        .as_ref()
        .map_or(login.name.as_str(), |e| e.as_str());
    let url = totp_rs::Builder::new()
        .with_secret(secret.to_vec())
        .with_issuer(Some(issuer))
        .with_account_name(account.replace(':', " "))
        .build()
        .and_then(|totp| totp.to_url())
        .map_err(|e| Failure::Other(format!("an authenticator cannot be set up: {e}")))?;
    let letters: Vec<char> = BASE32_NOPAD.encode(secret).chars().collect();
    let groups: Vec<String> = letters.chunks(4).map(|g| g.iter().collect()).collect();
    Ok(Enrolment {
        uri: url,
        typed: groups.join(" "),
    })
}

/// The step of a code that is good now and was not used; `None` for any other code.
pub(super) fn step_of(
    secret: &[u8],
    typed: &str,
    last_step: Option<u64>,
    now: Timestamp,
) -> Result<Option<u64>, Failure> {
    let seconds = u64::try_from(now.as_second()).unwrap_or(0);
    let step = app(secret)?.check(&secret::read_digits(typed), seconds);
    Ok(step.filter(|s| last_step.is_none_or(|last| *s > last)))
}

/// Judges a code of the app or a recovery code, uses it up, and counts.
pub(super) fn judge(
    tx: &mut Tx<'_>,
    login: &mut Login,
    typed: &str,
    visitor: &Visitor,
    now: Timestamp,
) -> Answer<Result<(), Refused>> {
    let subject = login.id.to_string();
    attempts::check(tx, Door::SecondFactor, &subject, now)?;
    let mut right = false;
    if let Some(totp) = login.totp.as_mut().filter(|t| t.confirmed)
        && let Some(step) = step_of(&totp.secret, typed, Some(totp.last_step), now)?
    {
        totp.last_step = step;
        right = true;
    }
    if !right {
        let hash = recovery_hash(login.id, typed);
        let left = login.recovery.len();
        login.recovery.retain(|kept| !secret::same(kept, &hash));
        right = login.recovery.len() < left;
        if right {
            tx.detail("recovery code");
        }
    }
    if right {
        attempts::forget(tx, Door::SecondFactor, &subject)?;
        tx.put(login)?;
        Ok(Ok(()))
    } else {
        tx.detail("wrong second factor");
        attempts::wrong(tx, Door::SecondFactor, &subject, visitor, now)?;
        Ok(Err(Refused::Wrong { tries_left: None }))
    }
}

fn recovery_hash(login: LoginId, typed: &str) -> [u8; 32] {
    secret::hash_of(RECOVERY, &login.bytes(), &secret::read_letters(typed))
}

/// A new set of recovery codes, as the person writes them down.
pub(super) fn new_recovery(clinic: &Clinic) -> Vec<String> {
    (0..RECOVERY_CODES)
        .map(|_| secret::recovery(clinic))
        .collect()
}

/// Puts an app that has just proven itself in force, with new recovery codes.
pub(super) fn put_in_force(login: &mut Login, secret: Vec<u8>, step: u64, recovery: &[String]) {
    login.totp = Some(Totp {
        secret,
        last_step: step,
        confirmed: true,
    });
    keep_recovery(login, recovery);
}

fn keep_recovery(login: &mut Login, recovery: &[String]) {
    login.recovery = recovery
        .iter()
        .map(|c| recovery_hash(login.id, c))
        .collect();
}

/// Refuses unless the caller works here and, where something can already be taken over, has proven
/// lately who they are.
fn must_be_fresh(clinic: &Clinic, known: &Known) -> Result<(), Refused> {
    known.caller(0).must(Permission::OwnAccess)?;
    if !known.login.role.is_staff() || known.is_locked {
        return Err(Refused::NotFound);
    }
    if known.login.has_totp() && !known.is_fresh(clinic.now()) {
        return Err(Refused::ProveAgain);
    }
    Ok(())
}

/// What the app of the person on this device is told: for a first app, or for a new phone.
///
/// # Errors
/// [`Refused::ProveAgain`] when there is an app already and the password was not given lately.
pub fn set_up(clinic: &Clinic, known: &Known) -> Answer<Enrolment> {
    must_be_fresh(clinic, known)?;
    let secret = clinic
        .store
        .read(|rows| proposed(rows, known.login.id, &known.session.key))?;
    enrolment(clinic, &known.login, &secret)
}

/// The first code of the app proves that it has the secret. From now on it is asked for; an older
/// app and older recovery codes are worth nothing. The new recovery codes are shown this once.
///
/// # Errors
/// [`Refused::Wrong`], [`Refused::Shut`], [`Refused::ProveAgain`].
pub fn confirm(
    clinic: &Clinic,
    visitor: &Visitor,
    known: &Known,
    typed: &str,
) -> Answer<Vec<String>> {
    must_be_fresh(clinic, known)?;
    let (now, recovery) = (clinic.now(), new_recovery(clinic));
    let (id, anchor) = (known.login.id, known.session.key);
    let cause = clinic.cause(&known.caller(visitor.request), Action::LoginChange);
    let (typed, visitor) = (typed.to_owned(), visitor.clone());
    let verdict = clinic.store.write(cause, move |tx| {
        let mut login = access::login(tx, id)?.ok_or(Refused::NotFound)?;
        tx.object(id);
        let secret = proposed(tx, id, &anchor)?;
        match judge_first(tx, &login, &secret, &typed, &visitor, now)? {
            Ok(step) => {
                put_in_force(&mut login, secret, step, &recovery);
                tx.detail("second factor set up");
                tx.put(&login)?;
                Ok(Ok(recovery.clone()))
            }
            Err(refused) => Ok(Err(refused)),
        }
    })?;
    Ok(verdict?)
}

/// Judges the first code of an app, and counts.
pub(super) fn judge_first(
    tx: &mut Tx<'_>,
    login: &Login,
    secret: &[u8],
    typed: &str,
    visitor: &Visitor,
    now: Timestamp,
) -> Answer<Result<u64, Refused>> {
    let subject = login.id.to_string();
    attempts::check(tx, Door::SecondFactor, &subject, now)?;
    if let Some(step) = step_of(secret, typed, None, now)? {
        attempts::forget(tx, Door::SecondFactor, &subject)?;
        return Ok(Ok(step));
    }
    attempts::wrong(tx, Door::SecondFactor, &subject, visitor, now)?;
    Ok(Err(Refused::Wrong { tries_left: None }))
}

/// Refuses unless the person on this device may have new recovery codes now.
///
/// # Errors
/// [`Refused::ProveAgain`] when the password was not given lately; [`Refused::NotFound`] without an
/// app in force.
pub fn may_renew_recovery(clinic: &Clinic, known: &Known) -> Result<(), Refused> {
    must_be_fresh(clinic, known)?;
    if known.login.has_totp() {
        Ok(())
    } else {
        Err(Refused::NotFound)
    }
}

/// New recovery codes, shown this once; the ones before are worth nothing.
///
/// # Errors
/// Those of [`may_renew_recovery`].
pub fn renew_recovery(clinic: &Clinic, known: &Known, request: u64) -> Answer<Vec<String>> {
    may_renew_recovery(clinic, known)?;
    let (id, recovery) = (known.login.id, new_recovery(clinic));
    let cause = clinic.cause(&known.caller(request), Action::LoginChange);
    clinic.store.write(cause, move |tx| {
        let mut login = access::login(tx, id)?.ok_or(Refused::NotFound)?;
        keep_recovery(&mut login, &recovery);
        tx.object(id);
        tx.detail("recovery codes");
        tx.put(&login)?;
        Ok(recovery.clone())
    })
}

/// The code that an app with a secret shows at an instant.
#[cfg(test)]
pub(crate) fn code_at(secret: &[u8], now: Timestamp) -> String {
    let seconds = u64::try_from(now.as_second()).unwrap();
    app(secret).unwrap().generate(seconds).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_standard() {
        // RFC 6238, appendix B, cut to six digits.
        let secret = b"12345678901234567890";
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (2_000_000_000, "279037"),
        ] {
            let now = Timestamp::from_second(seconds).unwrap();
            assert_eq!(code_at(secret, now), code);
            let step = u64::try_from(seconds).unwrap() / 30;
            assert_eq!(step_of(secret, code, None, now).unwrap(), Some(step));
        }
    }

    #[test]
    fn one_step_of_leeway_and_each_step_once() {
        let secret = [7; SECRET_BYTES];
        let at = |s: i64| Timestamp::from_second(1_795_000_000 + s).unwrap();
        let code = code_at(&secret, at(0));
        let step = step_of(&secret, &code, None, at(0)).unwrap();
        assert!(step.is_some());
        for (seconds, good) in [
            (-60, false),
            (-30, true),
            (0, true),
            (30, true),
            (60, false),
        ] {
            let found = step_of(&secret, &code, None, at(seconds)).unwrap();
            assert_eq!(found.is_some(), good, "{seconds} s later");
        }
        assert_eq!(step_of(&secret, &code, step, at(0)).unwrap(), None);
        assert_eq!(step_of(&secret, &code, step, at(30)).unwrap(), None);
        let next = code_at(&secret, at(30));
        assert!(step_of(&secret, &next, step, at(30)).unwrap().is_some());
    }
}
