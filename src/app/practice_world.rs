//! A small clinic for the tests of practice, settings and set-up.

use std::sync::Arc;

use jiff::Timestamp;

use super::clock::{Clock, SystemRandom};
use super::{Caller, Clinic, Store};
use crate::domain::account::{Actor, LoginState, Role};
use crate::domain::id::{Id, LoginId};

/// Monday 23 November 2026, 08:00 in London.
pub(crate) struct MondayMorning;

impl Clock for MondayMorning {
    fn now(&self) -> Timestamp {
        "2026-11-23T08:00:00Z".parse().unwrap()
    }
}

/// An empty clinic in memory.
pub(crate) fn world() -> Arc<Clinic> {
    let store = Store::in_memory().unwrap();
    Clinic::open(
        store,
        Arc::new(MondayMorning),
        Arc::new(SystemRandom),
        "https://127.0.0.1:8443",
    )
    .unwrap()
}

/// Someone in a role.
pub(crate) fn caller_of(role: Role, number: u8) -> Caller {
    Caller {
        actor: Actor {
            login: Some(LoginId::from_bytes([number; 16])),
            role,
            state: LoginState::Active,
            patient: None,
            practitioner: None,
            name: "Rosa Lind".to_owned(),
        },
        request: 1,
    }
}

/// The owner.
pub(crate) fn owner() -> Caller {
    caller_of(Role::Owner, 1)
}

/// Someone at the front desk.
pub(crate) fn front_desk() -> Caller {
    caller_of(Role::FrontDesk, 2)
}
