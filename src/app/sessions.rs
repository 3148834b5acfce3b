//! Signed-in devices.

use sha2::{Digest, Sha256};

use super::{Answer, Clinic};
use crate::domain::account::{Actor, Login, Session};
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
