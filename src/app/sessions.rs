//! Signed-in devices.

use sha2::{Digest, Sha256};

use super::{Answer, Clinic};
use crate::domain::account::{Actor, LinkPurpose, Login, Session};
use crate::domain::refusal::Refused;
use crate::store::access;

/// A device and whose it is.
#[derive(Clone, Debug)]
pub struct Known {
    /// The access.
    pub login: Login,
    /// The device.
    pub session: Session,
    /// Who acts.
    pub actor: Actor,
}

/// The device behind a token, if it is signed in.
pub fn resolve(clinic: &Clinic, token: &str) -> Answer<Option<Known>> {
    let key: [u8; 32] = Sha256::digest(token.as_bytes()).into();
    let now = clinic.now();
    clinic.store.read(|rows| {
        let Some(session) = access::session(rows, &key)? else {
            return Ok(None);
        };
        if session.expires_at <= now {
            return Ok(None);
        }
        let Some(login) = access::login(rows, session.login)? else {
            return Ok(None);
        };
        let actor = Actor::of(&login);
        Ok(Some(Known {
            login,
            session,
            actor,
        }))
    })
}

/// A device that has just signed in, with the secret for its cookie.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// What the cookie carries. It is nowhere else.
    pub token: String,
    /// Whose.
    pub login: Login,
}

/// The person of a demonstration link.
pub fn demo_login(clinic: &Clinic, token: &str) -> Answer<Login> {
    let key: [u8; 32] = Sha256::digest(token.as_bytes()).into();
    clinic.store.read(|rows| {
        let link = access::link(rows, &key)?.ok_or(Refused::LinkDead)?;
        let LinkPurpose::Demo(id) = link.purpose else { return Err(Refused::LinkDead.into()) };
        Ok(access::login(rows, id)?.ok_or(Refused::LinkDead)?)
    })
}

/// Signs a person of the demonstration in.
pub fn enter_demo(clinic: &Clinic, token: &str) -> Answer<NewSession> {
    let login = demo_login(clinic, token)?;
    let secret = data_encoding::BASE32_NOPAD.encode(&clinic.random::<32>()).to_lowercase();
    let now = clinic.now();
    let session = Session {
        key: Sha256::digest(secret.as_bytes()).into(),
        id: clinic.new_id(),
        login: login.id,
        device: "demo".into(),
        created_at: now,
        seen_at: now,
        expires_at: crate::domain::appointment::after(now, 12 * 60),
        proven_at: now,
        locked: false,
    };
    let cause = clinic.own_cause("demo", crate::domain::audit::Action::SignIn);
    clinic.store.write(cause, move |tx| {
        tx.put(&session)?;
        Ok(())
    })?;
    Ok(NewSession { token: secret, login })
}
