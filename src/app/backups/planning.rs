//! What the owner decides about backups: the sheet, the schedule, what is kept, where to.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::super::sessions::Known as Person;
use super::super::{Answer, Caller, Clinic};
use super::board::{AtWork, Known};
use super::{RecoveryKey, take_key};
use crate::domain::audit::Action;
use crate::domain::backup::plan::{Plan, Schedule};
use crate::domain::backup::{Backup, Retention};
use crate::domain::policy::Permission;
use crate::domain::refusal::Refused;
use crate::store::backup::{self, plan as kept};

/// How the backups stand.
#[derive(Clone, Debug)]
pub struct Overview {
    /// What was decided and which places there are.
    pub known: Arc<Known>,
    /// The backup that is being made, if one is.
    pub at_work: Option<AtWork>,
    /// The last archives, newest first.
    pub newest: Vec<Backup>,
}

/// How the backups stand, with the last `limit` archives.
pub fn overview(clinic: &Clinic, caller: &Caller, limit: usize) -> Answer<Overview> {
    caller.must(Permission::ManageSettings)?;
    let newest = clinic.store.read(|rows| backup::last(rows, limit))?;
    Ok(Overview {
        known: clinic.backups.known(),
        at_work: clinic.backups.at_work(),
        newest,
    })
}

/// The recovery key, for the sheet. Whoever has it and an archive can read everything.
///
/// # Errors
/// [`Refused::ProveAgain`] when the person has a second factor and did not prove lately who they
/// are.
pub fn sheet(clinic: &Clinic, person: &Person, request: u64) -> Answer<RecoveryKey> {
    let caller = person.caller(request);
    caller.must(Permission::ManageSettings)?;
    if person.is_locked {
        return Err(Refused::NotFound.into());
    }
    if person.login.has_totp() && !person.is_fresh(clinic.now()) {
        return Err(Refused::ProveAgain.into());
    }
    take_key(clinic, clinic.cause(&caller, Action::Export))
}

/// Takes the test word of the sheet: it is at hand, so backups may begin.
///
/// # Errors
/// [`Refused::Wrong`] when it is another word.
pub fn check_word(clinic: &Clinic, caller: &Caller, typed: &str) -> Answer<()> {
    caller.must(Permission::ManageSettings)?;
    let typed: String = typed.split_whitespace().collect();
    let key = super::kept_key(clinic)?;
    if key.is_none_or(|key| key.test_word() != typed.to_lowercase()) {
        return Err(Refused::Wrong { tries_left: None }.into());
    }
    let now = clinic.now();
    change(clinic, caller, "recovery sheet checked", move |plan| {
        plan.sheet_checked_at = Some(now);
    })
}

fn change(
    clinic: &Clinic,
    caller: &Caller,
    what: &'static str,
    change: impl Fn(&mut Plan) + Send + 'static,
) -> Answer<()> {
    let cause = clinic.cause(caller, Action::SettingsChange);
    clinic.store.write(cause, move |tx| {
        let mut plan = kept::plan(tx)?;
        change(&mut plan);
        tx.detail(what);
        Ok(kept::put_plan(tx, &plan)?)
    })
}

/// What the owner wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// How often.
    pub schedule: Schedule,
    /// What is kept.
    pub keep: Retention,
    /// The names of the places to use; the others rest.
    pub targets: BTreeSet<String>,
}

/// Decides how often, what is kept, and which of the places are used.
pub fn decide(clinic: &Clinic, caller: &Caller, wish: Wish) -> Answer<()> {
    caller.must(Permission::ManageSettings)?;
    let cause = clinic.cause(caller, Action::SettingsChange);
    clinic.store.write(cause, move |tx| {
        let mut plan = kept::plan(tx)?;
        plan.schedule = wish.schedule;
        plan.keep = wish.keep;
        tx.detail("backup schedule, retention, targets");
        kept::put_plan(tx, &plan)?;
        for mut target in kept::targets(tx)? {
            target.chosen = wish.targets.contains(&target.name);
            target.asked &= target.chosen;
            kept::put_target(tx, &target)?;
        }
        Ok(())
    })
}

/// Asks for a backup to every place in use, as soon as possible.
///
/// # Errors
/// [`Refused::Changed`] before the sheet is at hand, or when no place is in use.
pub fn ask(clinic: &Clinic, caller: &Caller) -> Answer<()> {
    caller.must(Permission::ManageSettings)?;
    let cause = clinic.cause(caller, Action::Export);
    clinic.store.write(cause, move |tx| {
        let targets = kept::targets(tx)?;
        let used: Vec<_> = targets.into_iter().filter(|t| t.chosen).collect();
        if used.is_empty() || kept::plan(tx)?.sheet_checked_at.is_none() {
            return Err(Refused::Changed.into());
        }
        tx.detail("backup asked for");
        for mut target in used {
            target.asked = true;
            kept::put_target(tx, &target)?;
        }
        Ok(())
    })
}
