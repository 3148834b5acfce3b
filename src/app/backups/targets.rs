//! The places where archives go. An administrator of the machine adds them, since only they can let
//! a hardened service write there; the owner chooses among them.

use super::super::{Answer, Caller, Clinic};
use crate::domain::audit::Action;
use crate::domain::backup::plan::{Destination, Target, is_name};
use crate::domain::policy::Permission;
use crate::domain::refusal::Refused;
use crate::store::backup::plan as kept;

/// Adds a place that is ready. Backups go there from now on.
///
/// # Errors
/// [`Refused::Duplicate`] when its name or its place is taken.
pub fn add(clinic: &Clinic, caller: &Caller, name: &str, to: Destination) -> Answer<Target> {
    caller.must(Permission::ManageSettings)?;
    if !is_name(name) {
        return Err(Refused::NotFound.into());
    }
    let target = Target {
        name: name.to_owned(),
        to,
        added_at: clinic.now(),
        chosen: true,
        asked: false,
        last: None,
        proven: None,
    };
    let cause = clinic.cause(caller, Action::SettingsChange);
    clinic.store.write(cause, move |tx| {
        let taken = |t: &Target| t.name == target.name || t.to == target.to;
        if kept::targets(tx)?.iter().any(taken) {
            return Err(Refused::Duplicate.into());
        }
        tx.object(&target.name);
        tx.detail("backup target added");
        kept::put_target(tx, &target)?;
        Ok(target.clone())
    })
}

/// Forgets a place. The archives there stay.
///
/// # Errors
/// [`Refused::NotFound`] when there is none of this name.
pub fn remove(clinic: &Clinic, caller: &Caller, name: &str) -> Answer<Target> {
    caller.must(Permission::ManageSettings)?;
    let name = name.to_owned();
    let cause = clinic.cause(caller, Action::SettingsChange);
    clinic.store.write(cause, move |tx| {
        let target = kept::target(tx, &name)?.ok_or(Refused::NotFound)?;
        tx.object(&name);
        tx.detail("backup target removed");
        kept::remove_target(tx, &name)?;
        Ok(target)
    })
}
