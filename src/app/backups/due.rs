//! The backups that are made by themselves.

use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;

use super::super::Clinic;
use super::{Courier, PATIENCE, Place, Problem, Told, back_up_by, noted, place, prune_by};
use crate::domain::backup::plan::Target;

/// Makes every backup that is due, one after the other; one place that fails, or does not answer,
/// or no longer answers in the middle, does not keep the others from theirs. How many were tried.
///
/// # Errors
/// When what came of one could not be kept: then trying again at once would fill the place.
pub fn run_due(clinic: &Clinic) -> Result<usize, Problem> {
    run_due_within(clinic, PATIENCE, &|_, _| Ok(()))
}

/// The same, with so much patience for a place that does not answer. `step` is told how much of each
/// is done, of how much.
pub(super) fn run_due_within(
    clinic: &Clinic,
    patience: Duration,
    step: Told<'_>,
) -> Result<usize, Problem> {
    let Some(data) = clinic.store.directory() else {
        return Ok(0);
    };
    // What came of one could not be kept.
    if clinic.read_only().is_some() {
        return Ok(0);
    }
    let mut tried = 0;
    for target in due(clinic, clinic.now()) {
        if clinic.backups.is_stopping() {
            break;
        }
        let began = clinic.now();
        match back_up_to(clinic, &target, data, patience, step) {
            Ok(()) => {}
            // Somebody else makes one just now, or did in this second: later.
            Err(Problem::Busy | Problem::Stopped | Problem::Taken(_)) => return Ok(tried),
            Err(problem) => {
                tracing::error!("the backup to {} failed: {problem}", target.name);
                if !is_noted(clinic, &target.name, began) {
                    return Err(problem);
                }
            }
        }
        tried += 1;
    }
    Ok(tried)
}

fn due(clinic: &Clinic, now: Timestamp) -> Vec<Target> {
    let (known, zone) = (clinic.backups.known(), &clinic.current().zone);
    let is_due = |t: &&Target| t.due(&known.plan, zone, now).is_some_and(|at| at <= now);
    known.targets.iter().filter(is_due).cloned().collect()
}

/// Whether a target knows of a try that began then or later; one that is gone needs no note.
fn is_noted(clinic: &Clinic, name: &str, began: Timestamp) -> bool {
    let known = clinic.backups.known();
    let target = known.targets.iter().find(|t| t.name == name);
    let second = began.as_second();
    target.is_none_or(|t| t.last.as_ref().is_some_and(|l| l.at.as_second() >= second))
}

fn back_up_to(
    clinic: &Clinic,
    target: &Target,
    data: &Path,
    patience: Duration,
    step: Told<'_>,
) -> Result<(), Problem> {
    let at = clinic.now();
    let goes = Place {
        to: target.to.clone(),
        scratch: data.to_owned(),
    };
    let is_stopping = || clinic.backups.is_stopping();
    let made =
        Courier::send(&clinic.backups.away, &goes.to, patience, &is_stopping).and_then(|courier| {
            let to = target.to.clone();
            courier.run(move || place::ready(&to).and_then(|()| place::try_out(&to)))?;
            let made = back_up_by(clinic, &courier, &goes, step)?;
            Ok((courier, made))
        });
    let (courier, made) = noted(clinic, &goes, at, made)?;
    if !made.problem.is_empty() {
        tracing::error!(
            "the backup to {} is not proven: {}",
            target.name,
            made.problem
        );
    }
    let keep = clinic.backups.known().plan.keep;
    if let Err(problem) = prune_by(clinic, &courier, &goes.to, keep) {
        // The new one is there and proven; what was not removed is tried again with the next.
        tracing::error!("old backups in {} were not removed: {problem}", target.name);
    }
    Ok(())
}
