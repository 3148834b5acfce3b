//! The log as the owner reads it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::{Answer, Caller, Clinic, Failure};
use crate::domain::audit::{Action, AuditEvent};
use crate::domain::id::{LoginId, PatientId};
use crate::domain::policy::Permission;
use crate::domain::refusal::Refused;
use crate::store::table::Rows;
use crate::store::{access, audit, patients};

/// Which lines one wants to see. Everything that is set must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// By this access.
    pub login: Option<LoginId>,
    /// About this patient.
    pub patient: Option<PatientId>,
    /// Of this kind.
    pub action: Option<Action>,
    /// On this date of the clinic's clock or later.
    pub from: Option<Date>,
    /// On this date or earlier.
    pub until: Option<Date>,
}

/// Lines, newest first, with the names of the patients in them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lines {
    /// The lines.
    pub events: Vec<AuditEvent>,
    /// Names of patients.
    pub names: BTreeMap<PatientId, String>,
    /// Where the next page begins; `None` on the last one.
    pub next: Option<u64>,
}

/// Lines in a file at most.
const EXPORT_MAX: usize = 100_000;

/// A page of the log: lines before a position (0 for the newest).
pub fn list(
    clinic: &Clinic,
    caller: &Caller,
    filter: &Filter,
    before: u64,
    limit: usize,
) -> Answer<Lines> {
    caller.must(Permission::ViewAudit)?;
    clinic.store.flush_views();
    let mut lines = clinic
        .store
        .read(|rows| find(rows, clinic, filter, before, limit + 1))?;
    if lines.events.len() > limit {
        lines.events.truncate(limit);
        lines.next = lines.events.last().map(|e| e.seq);
    }
    Ok(lines)
}

/// Everything that a filter lets through, the newest hundred thousand lines at most; taking it out
/// is written down first, for every patient whom a line names.
pub fn export(clinic: &Clinic, caller: &Caller, filter: &Filter) -> Answer<Lines> {
    caller.must(Permission::ViewAudit)?;
    clinic.store.flush_views();
    let lines = clinic
        .store
        .read(|rows| find(rows, clinic, filter, 0, EXPORT_MAX))?;
    let about: BTreeSet<PatientId> = lines.events.iter().flat_map(|e| e.about.clone()).collect();
    let cause = clinic.cause(caller, Action::Export);
    clinic.store.write(cause, move |tx| {
        for patient in &about {
            tx.about(*patient);
        }
        tx.detail("audit");
        Ok(())
    })?;
    Ok(lines)
}

fn find(
    rows: &dyn Rows,
    clinic: &Clinic,
    filter: &Filter,
    before: u64,
    limit: usize,
) -> Result<Lines, Failure> {
    let current = clinic.current();
    let from = filter.from.map(|date| current.midnight(date));
    let until = filter
        .until
        .and_then(|date| date.tomorrow().ok())
        .map(|date| current.midnight(date));
    let wanted = |event: &AuditEvent| {
        filter.login.is_none_or(|l| event.actor.login == Some(l))
            && filter.patient.is_none_or(|p| event.about.contains(&p))
            && filter.action.is_none_or(|a| event.action == a)
            && from.is_none_or(|from| from <= event.at)
            && until.is_none_or(|until| event.at < until)
    };
    let events = match (filter.patient, filter.login) {
        (Some(patient), _) => indexed(before, limit, &wanted, |before, limit| {
            audit::about(rows, patient, before, limit)
        })?,
        (None, Some(login)) => indexed(before, limit, &wanted, |before, limit| {
            audit::by(rows, login, before, limit)
        })?,
        (None, None) => audit::newest(rows, before, limit, &wanted)?,
    };
    let mut names = BTreeMap::new();
    for id in events.iter().flat_map(|event| &event.about) {
        if !names.contains_key(id)
            && let Some(patient) = patients::find(rows, *id)?
        {
            names.insert(*id, patient.name().full());
        }
    }
    Ok(Lines {
        events,
        names,
        next: None,
    })
}

/// Reads an index in steps until enough lines pass or it ends.
fn indexed(
    mut before: u64,
    limit: usize,
    wanted: &dyn Fn(&AuditEvent) -> bool,
    read: impl Fn(u64, usize) -> Result<Vec<AuditEvent>, Failure>,
) -> Result<Vec<AuditEvent>, Failure> {
    const STEP: usize = 500;
    let mut found = Vec::new();
    loop {
        let step = read(before, STEP)?;
        let whole = step.len() == STEP;
        before = step.last().map_or(0, |event| event.seq);
        found.extend(step.into_iter().filter(|event| wanted(event)));
        if found.len() >= limit || !whole || before <= 1 {
            found.truncate(limit);
            return Ok(found);
        }
    }
}

/// The name of a patient, for the filter. Of any chart that lines can be about.
///
/// # Errors
/// [`Refused::NotFound`].
pub fn patient_name(clinic: &Clinic, caller: &Caller, id: PatientId) -> Answer<String> {
    caller.must(Permission::ViewAudit)?;
    let found = clinic.store.read(|rows| patients::find(rows, id))?;
    Ok(found.ok_or(Refused::NotFound)?.name().sorted())
}

/// Everyone who has worked here, for the filter: access and name.
pub fn people(clinic: &Clinic, caller: &Caller) -> Answer<Vec<(LoginId, String)>> {
    caller.must(Permission::ViewAudit)?;
    let staff = clinic.store.read(|rows| access::staff(rows))?;
    Ok(staff.into_iter().map(|l| (l.id, l.name)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::practice::{self, PractitionerDraft};
    use crate::app::practice_world::{caller_of, front_desk, owner, world};
    use crate::domain::account::Role;
    use crate::domain::id::Id;

    fn draft(name: &str) -> PractitionerDraft {
        PractitionerDraft {
            title: String::new(),
            name: name.into(),
            role: String::new(),
            hue: 1,
            active: true,
        }
    }

    #[test]
    fn lines_are_found_by_what_is_asked_for() {
        let clinic = world();
        let other = caller_of(Role::Owner, 9);
        practice::add_practitioner(&clinic, &owner(), &draft("A")).unwrap();
        practice::add_practitioner(&clinic, &other, &draft("B")).unwrap();
        let patient = PatientId::from_bytes([7; 16]);
        clinic.note_view(&owner(), "/staff/patients", vec![patient]);

        let count = |filter: Filter| {
            list(&clinic, &owner(), &filter, 0, 50)
                .unwrap()
                .events
                .len()
        };
        let all = count(Filter::default());
        assert!(all >= 4, "{all}");
        let action = Some(Action::PractitionerChange);
        assert_eq!(
            count(Filter {
                action,
                ..Filter::default()
            }),
            2
        );
        assert_eq!(
            count(Filter {
                action,
                login: other.actor.login,
                ..Filter::default()
            }),
            1
        );
        assert_eq!(
            count(Filter {
                patient: Some(patient),
                ..Filter::default()
            }),
            1
        );
        let today = clinic.current().date(clinic.now());
        assert_eq!(
            count(Filter {
                from: Some(today),
                until: Some(today),
                ..Filter::default()
            }),
            all
        );
        assert_eq!(
            count(Filter {
                until: today.yesterday().ok(),
                ..Filter::default()
            }),
            0
        );
    }

    #[test]
    fn pages_follow_one_another_without_a_gap() {
        let clinic = world();
        for name in ["A", "B", "C", "D", "E"] {
            practice::add_practitioner(&clinic, &owner(), &draft(name)).unwrap();
        }
        let (mut seen, mut before) = (Vec::new(), 0);
        for _ in 0..20 {
            let page = list(&clinic, &owner(), &Filter::default(), before, 2).unwrap();
            seen.extend(page.events.iter().map(|e| e.seq));
            match page.next {
                Some(next) => before = next,
                None => break,
            }
        }
        let last = *seen.first().unwrap();
        assert_eq!(seen, (1..=last).rev().collect::<Vec<_>>());
    }

    #[test]
    fn only_who_may_reads_it_and_taking_it_out_is_written_down() {
        let clinic = world();
        assert!(list(&clinic, &front_desk(), &Filter::default(), 0, 5).is_err());
        assert!(export(&clinic, &front_desk(), &Filter::default()).is_err());
        let patient = PatientId::from_bytes([7; 16]);
        clinic.note_view(&owner(), "/staff/patients", vec![patient]);
        let taken = export(&clinic, &owner(), &Filter::default()).unwrap();
        assert_eq!(taken.events.first().unwrap().about, [patient]);
        let lines = list(&clinic, &owner(), &Filter::default(), 0, 5).unwrap();
        let last = lines.events.first().unwrap();
        assert_eq!(
            (last.action, last.seq),
            (Action::Export, taken.events[0].seq + 1)
        );
        assert_eq!(last.about, [patient], "it says whose lines were taken");
        // Of somebody else's lines, nobody else's.
        let filter = Filter {
            action: Some(Action::ClinicCreate),
            ..Filter::default()
        };
        export(&clinic, &owner(), &filter).unwrap();
        let lines = list(&clinic, &owner(), &Filter::default(), 0, 1).unwrap();
        assert_eq!(lines.events[0].about, []);
    }
}
