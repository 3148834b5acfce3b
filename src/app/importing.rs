//! Taking over records from elsewhere: one command of the store per file, so that a file is there
//! as a whole or not at all; twice gives the same clinic as once.
//!
//! Who is who is told by identifiers (system and value). A visit that has none is told by its name
//! in the file under its patient. Practitioners and organisations come in inactive, until a person
//! says otherwise. Visits take no time in the calendar.

pub mod chart;
mod desk;
mod gather;
pub mod people;
pub mod record;

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use self::desk::Desk;
use self::gather::Fate;
use self::record::{Batch, Reference};
use super::{Answer, Caller, Clinic};
use crate::domain::audit::Action;
use crate::domain::id::{Id, OrganizationId, PatientId, PractitionerId};
use crate::domain::policy::Permission;

/// How many rows of a kind were made, changed, or found as they should be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// New rows.
    pub created: u64,
    /// Rows that the file added something to.
    pub updated: u64,
    /// Rows that said it all already.
    pub unchanged: u64,
}

impl Count {
    fn add(&mut self, fate: Fate) {
        match fate {
            Fate::Created => self.created += 1,
            Fate::Updated => self.updated += 1,
            Fate::Unchanged => self.unchanged += 1,
        }
    }

    /// Adds another count to this one.
    pub fn join(&mut self, other: Self) {
        self.created += other.created;
        self.updated += other.updated;
        self.unchanged += other.unchanged;
    }

    /// Every row that was named.
    pub fn total(self) -> u64 {
        self.created + self.updated + self.unchanged
    }
}

/// What taking a file did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// People cared for.
    pub patients: Count,
    /// People who care.
    pub practitioners: Count,
    /// Organisations.
    pub organizations: Count,
    /// Visits that took place.
    pub encounters: Count,
    /// What was left out or differs, one sentence each.
    pub remarks: Vec<String>,
}

impl Tally {
    /// Adds another tally to this one.
    pub fn join(&mut self, other: Self) {
        self.patients.join(other.patients);
        self.practitioners.join(other.practitioners);
        self.organizations.join(other.organizations);
        self.encounters.join(other.encounters);
        self.remarks.extend(other.remarks);
    }
}

/// Why a file cannot be taken, although it can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The identifiers of one record belong to two charts.
    TwoCharts {
        /// Where the record stands in the file.
        entry: usize,
    },
    /// An identifier belongs to someone with another name and birth date.
    OtherPerson {
        /// Where the record stands in the file.
        entry: usize,
        /// The chart that has it.
        chart: u32,
    },
    /// A visit is known here as another patient's.
    OtherVisit {
        /// Where the record stands in the file.
        entry: usize,
    },
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TwoCharts { entry } => write!(
                f,
                "entry {entry}: the identifiers of this patient belong to two charts; merge them \
                 first"
            ),
            Self::OtherPerson { entry, chart } => write!(
                f,
                "entry {entry}: chart {chart} has an identifier of this patient, but another name \
                 and birth date"
            ),
            Self::OtherVisit { entry } => {
                write!(
                    f,
                    "entry {entry}: this visit belongs to another patient here"
                )
            }
        }
    }
}

/// How taking a file ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    /// Everything in it is there.
    Done(Tally),
    /// It points to records that no file had so far; nothing was written.
    Waits,
    /// It contradicts what is here; nothing was written.
    Refused(Trouble),
}

/// What references can mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    Patient(PatientId),
    Practitioner(PractitionerId),
    Organization(OrganizationId),
}

/// What the files of one run call their records, so that one file can point into another. A name
/// that two records bear means neither.
#[derive(Debug, Default)]
pub struct Known(HashMap<String, Option<Target>>);

impl Known {
    fn find(&self, reference: &Reference) -> Option<Target> {
        match reference {
            Reference::Named(names) => names.iter().find_map(|n| *self.0.get(n)?),
            Reference::Identified(_) => None,
        }
    }

    fn learn(&mut self, names: Vec<(String, Target)>) {
        for (name, target) in names {
            let known = self.0.entry(name).or_insert(Some(target));
            if *known != Some(target) {
                *known = None;
            }
        }
    }
}

/// Takes over what one file says. `last_call` says that no other file can follow: visits whose
/// patient is in no file are then left out, and reported.
///
/// # Errors
/// Refused as not found when the caller may not manage patients; failed when the store fails.
pub fn take(
    clinic: &Clinic,
    caller: &Caller,
    batch: &Arc<Batch>,
    known: &mut Known,
    last_call: bool,
) -> Answer<Taken> {
    caller.must(Permission::ManagePatients)?;
    let desk = Desk::new(clinic, batch.clone(), known);
    if !last_call && points_outside(batch, known) {
        // Only a look: what is decided is decided again inside the command.
        let plan = clinic.store.read(|rows| desk.plan(rows))?;
        if plan.is_ok_and(|plan| plan.loose_ends > 0) {
            return Ok(Taken::Waits);
        }
    }
    let cause = clinic.cause(caller, Action::Import);
    let (taken, names) = clinic.store.write(cause, move |tx| Ok(desk.take(tx)?))?;
    known.learn(names);
    Ok(taken)
}

/// Whether a batch refers to something that is neither in it nor in a file before.
fn points_outside(batch: &Batch, known: &Known) -> bool {
    let patients = batch.patients.iter().map(|r| &r.label);
    let practitioners = batch.practitioners.iter().map(|r| &r.label);
    let organizations = batch.organizations.iter().map(|r| &r.label);
    let own: HashSet<&str> = patients
        .chain(practitioners)
        .chain(organizations)
        .flat_map(|label| &label.called)
        .map(String::as_str)
        .collect();
    let is_inside = |reference: &Reference| match reference {
        Reference::Named(names) => {
            names.iter().any(|n| own.contains(n.as_str())) || known.find(reference).is_some()
        }
        Reference::Identified(_) => false,
    };
    batch.encounters.iter().any(|e| {
        let others = [e.practitioner.as_ref(), e.organization.as_ref()];
        !is_inside(&e.patient) || others.into_iter().flatten().any(|r| !is_inside(r))
    })
}

/// As many new identifiers as records, in the order of the records.
fn new_ids<I: Id, R>(clinic: &Clinic, records: &[R]) -> Vec<I> {
    let mut ids: Vec<I> = records.iter().map(|_| clinic.new_id()).collect();
    // Made in the same millisecond, they are in no order yet.
    ids.sort();
    ids
}
