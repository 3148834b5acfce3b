//! The whole table of who may do what. A patient's own chart is a question of scope, which the
//! actor carries; everything else is a question of role and state, which is answered here.

use super::account::{Actor, LoginState, Role};
use super::id::PatientId;

/// Something that one may do or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Permission {
    /// See and change one's own visits and details.
    OwnChart,
    /// Ask for a first visit while not yet known.
    OwnRequest,
    /// See the day, the calendar and its visits.
    ViewSchedule,
    /// Book, move, cancel, advance visits and block time.
    ManageVisits,
    /// See patients.
    ViewPatients,
    /// Register and edit patients, archive and invite them.
    ManagePatients,
    /// Make two charts one.
    MergePatients,
    /// Take lists out as files.
    Export,
    /// Answer requests.
    ManageRequests,
    /// See messages and their state.
    ViewOutbox,
    /// Send, stop and retry messages.
    ManageOutbox,
    /// Change services, hours, closures.
    ManageServices,
    /// Change the look, the address, mail, reminders and limits.
    ManageSettings,
    /// Invite, change and close accesses of people who work here.
    ManagePeople,
    /// Read the log.
    ViewAudit,
    /// One's own password, second factor and devices.
    OwnAccess,
}

impl Permission {
    /// Every permission.
    pub const ALL: [Self; 16] = [
        Self::OwnChart,
        Self::OwnRequest,
        Self::ViewSchedule,
        Self::ManageVisits,
        Self::ViewPatients,
        Self::ManagePatients,
        Self::MergePatients,
        Self::Export,
        Self::ManageRequests,
        Self::ViewOutbox,
        Self::ManageOutbox,
        Self::ManageServices,
        Self::ManageSettings,
        Self::ManagePeople,
        Self::ViewAudit,
        Self::OwnAccess,
    ];
}

/// Whether an actor may do something.
pub fn may(actor: &Actor, permission: Permission) -> bool {
    use Permission as P;
    match actor.state {
        LoginState::Disabled => false,
        LoginState::Pending => {
            actor.role == Role::Patient && matches!(permission, P::OwnRequest | P::OwnAccess)
        }
        LoginState::Active => role_may(actor.role, permission),
    }
}

/// Whether a role lets do something, when nothing about the person stands against it.
pub fn role_may(role: Role, permission: Permission) -> bool {
    use Permission as P;
    match role {
        Role::Owner => !matches!(permission, P::OwnChart | P::OwnRequest),
        Role::Practitioner => matches!(
            permission,
            P::ViewSchedule
                | P::ManageVisits
                | P::ViewPatients
                | P::ManagePatients
                | P::ManageRequests
                | P::ViewOutbox
                | P::OwnAccess
        ),
        Role::FrontDesk => matches!(
            permission,
            P::ViewSchedule
                | P::ManageVisits
                | P::ViewPatients
                | P::ManagePatients
                | P::MergePatients
                | P::Export
                | P::ManageRequests
                | P::ViewOutbox
                | P::ManageOutbox
                | P::OwnAccess
        ),
        Role::Billing => matches!(
            permission,
            P::ViewSchedule | P::ViewPatients | P::Export | P::OwnAccess
        ),
        Role::ReadOnly => {
            matches!(permission, P::ViewSchedule | P::ViewPatients | P::OwnAccess)
        }
        Role::Patient => matches!(permission, P::OwnChart | P::OwnRequest | P::OwnAccess),
    }
}

/// Whether an actor may touch a patient's chart: staff by role, a patient only their own.
pub fn may_touch(actor: &Actor, patient: PatientId) -> bool {
    match actor.role {
        Role::Patient => actor.state != LoginState::Disabled && actor.patient == Some(patient),
        Role::Owner | Role::Practitioner | Role::FrontDesk | Role::Billing | Role::ReadOnly => {
            may(actor, Permission::ViewPatients)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn actor(role: Role, state: LoginState) -> Actor {
        Actor {
            login: None,
            role,
            state,
            patient: None,
            practitioner: None,
            name: String::new(),
        }
    }

    #[test]
    fn the_disabled_may_nothing_and_the_pending_may_ask_once() {
        for role in Role::ALL {
            for permission in Permission::ALL {
                assert!(!may(&actor(role, LoginState::Disabled), permission));
                if may(&actor(role, LoginState::Pending), permission) {
                    assert_eq!(role, Role::Patient);
                    assert!(matches!(
                        permission,
                        Permission::OwnRequest | Permission::OwnAccess
                    ));
                }
            }
        }
    }

    #[test]
    fn patients_have_nothing_of_the_staff_and_staff_nothing_of_a_patient() {
        let staff_only = Permission::ALL.into_iter().filter(|p| {
            !matches!(
                p,
                Permission::OwnChart | Permission::OwnRequest | Permission::OwnAccess
            )
        });
        for permission in staff_only {
            assert!(!may(&actor(Role::Patient, LoginState::Active), permission));
        }
        for role in Role::ALL.into_iter().filter(|r| r.is_staff()) {
            assert!(!may(&actor(role, LoginState::Active), Permission::OwnChart));
        }
    }

    #[test]
    fn those_who_only_look_change_nothing() {
        for role in [Role::Billing, Role::ReadOnly] {
            for permission in [
                Permission::ManageVisits,
                Permission::ManagePatients,
                Permission::ManageRequests,
                Permission::ManageOutbox,
                Permission::ManageServices,
                Permission::ManageSettings,
                Permission::ManagePeople,
                Permission::MergePatients,
            ] {
                assert!(!may(&actor(role, LoginState::Active), permission));
            }
        }
    }
}
