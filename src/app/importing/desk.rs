//! One file on the desk: what becomes of each record, decided from what the clinic knows, and then
//! written.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use jiff::Timestamp;

use super::chart;
use super::gather::{Fate, Gathered};
use super::record::{Batch, EncounterRecord, PatientRecord, Reference};
use super::{Known, Taken, Tally, Target, Trouble, new_ids};
use crate::app::{Clinic, Current, Failure};
use crate::domain::encounter::Encounter;
use crate::domain::id::{EncounterId, Id, OrganizationId, PatientId, PractitionerId};
use crate::domain::patient::{Patient, PatientState};
use crate::domain::person::{HumanName, Identifier};
use crate::domain::practitioner::{Organization, Practitioner};
use crate::store::table::Rows;
use crate::store::{Change, Tx, hours, patients};
use crate::t;
use crate::text::{Language, Text};

/// The system of the identifier that a visit gets when its source gave it none.
const PLACED: &str = "urn:anteroom:imported-encounter";

/// How many colours the calendar has.
const HUES: usize = 8;

/// What the names in a visit's references meant in files before: patient, practitioner,
/// organisation.
type Hints = [Option<Target>; 3];

/// A file with everything that must not be drawn inside a command, because it can run again.
pub(super) struct Desk {
    batch: Arc<Batch>,
    hints: Vec<Hints>,
    current: Arc<Current>,
    now: Timestamp,
    put_away: String,
    patient_ids: Vec<PatientId>,
    practitioner_ids: Vec<PractitionerId>,
    organization_ids: Vec<OrganizationId>,
    encounter_ids: Vec<EncounterId>,
}

/// What is going to be written.
pub(super) struct Plan {
    organizations: Gathered<Organization>,
    practitioners: Gathered<Practitioner>,
    patients: Gathered<Patient>,
    encounters: Vec<(Encounter, Fate)>,
    encounter_at: BTreeMap<Identifier, usize>,
    names: HashMap<String, Target>,
    identified: BTreeMap<Identifier, Option<Target>>,
    remarks: Vec<String>,
    /// References that mean nothing so far.
    pub(super) loose_ends: u64,
}

/// Why there is no plan.
enum Halt {
    Trouble(Trouble),
    Failed(Failure),
}

impl From<Failure> for Halt {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<Trouble> for Halt {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

impl Desk {
    pub(super) fn new(clinic: &Clinic, batch: Arc<Batch>, known: &Known) -> Self {
        let hint = |reference: Option<&Reference>| reference.and_then(|r| known.find(r));
        let hints = batch
            .encounters
            .iter()
            .map(|e| {
                let (practitioner, place) = (e.practitioner.as_ref(), e.organization.as_ref());
                [hint(Some(&e.patient)), hint(practitioner), hint(place)]
            })
            .collect();
        let current = clinic.current();
        let language = Language::from_tag_or_english(&current.settings.profile.language);
        Self {
            hints,
            now: clinic.now(),
            put_away: t!(Text::new(language), "import-put-away"),
            patient_ids: new_ids(clinic, &batch.patients),
            practitioner_ids: new_ids(clinic, &batch.practitioners),
            organization_ids: new_ids(clinic, &batch.organizations),
            encounter_ids: new_ids(clinic, &batch.encounters),
            current,
            batch,
        }
    }

    /// Decides, then writes. Also gives what the file calls its records.
    pub(super) fn take(&self, tx: &mut Tx<'_>) -> Result<(Taken, Vec<(String, Target)>), Failure> {
        tx.object("fhir");
        let plan = match self.plan(tx)? {
            Ok(plan) => plan,
            Err(trouble) => {
                tx.detail("refused");
                return Ok((Taken::Refused(trouble), Vec::new()));
            }
        };
        let mut tally = Tally {
            remarks: plan.remarks,
            ..Tally::default()
        };
        let mut about = BTreeSet::new();
        for (row, fate) in plan.organizations.rows() {
            tally.organizations.add(fate);
            if fate != Fate::Unchanged {
                tx.put(row)?;
            }
        }
        for (row, fate) in plan.practitioners.rows() {
            tally.practitioners.add(fate);
            if fate != Fate::Unchanged {
                tx.put(row)?;
                tx.changed(Change::Services);
            }
        }
        for (row, fate) in plan.patients.rows() {
            tally.patients.add(fate);
            if fate == Fate::Created {
                let chart = patients::next_chart(tx)?;
                tx.put(&Patient {
                    chart,
                    ..row.clone()
                })?;
            } else if fate == Fate::Updated {
                tx.put(row)?;
            }
            if fate != Fate::Unchanged {
                about.insert(row.id);
            }
        }
        for (row, fate) in &plan.encounters {
            tally.encounters.add(*fate);
            if *fate != Fate::Unchanged {
                tx.put(row)?;
                about.insert(row.patient);
            }
        }
        for patient in about {
            tx.about(patient);
        }
        tx.detail(format!(
            "patients +{} ~{}, encounters +{} ~{}",
            tally.patients.created,
            tally.patients.updated,
            tally.encounters.created,
            tally.encounters.updated
        ));
        Ok((Taken::Done(tally), plan.names.into_iter().collect()))
    }

    /// What becomes of each record.
    pub(super) fn plan(&self, rows: &dyn Rows) -> Result<Result<Plan, Trouble>, Failure> {
        match self.decide(rows) {
            Ok(plan) => Ok(Ok(plan)),
            Err(Halt::Trouble(trouble)) => Ok(Err(trouble)),
            Err(Halt::Failed(failure)) => Err(failure),
        }
    }

    fn decide(&self, rows: &dyn Rows) -> Result<Plan, Halt> {
        let mut plan = Plan {
            organizations: Gathered::new(),
            practitioners: Gathered::new(),
            patients: Gathered::new(),
            encounters: Vec::new(),
            encounter_at: BTreeMap::new(),
            names: HashMap::new(),
            identified: BTreeMap::new(),
            remarks: Vec::new(),
            loose_ends: 0,
        };
        self.organizations(rows, &mut plan)?;
        self.practitioners(rows, &mut plan)?;
        for (record, id) in self.batch.patients.iter().zip(&self.patient_ids) {
            self.patient(rows, &mut plan, record, *id)?;
        }
        let records = self.batch.encounters.iter().zip(&self.hints);
        for ((record, hints), id) in records.zip(&self.encounter_ids) {
            self.encounter(rows, &mut plan, record, *hints, *id)?;
        }
        Ok(plan)
    }

    fn organizations(&self, rows: &dyn Rows, plan: &mut Plan) -> Result<(), Failure> {
        if self.batch.organizations.is_empty() {
            return Ok(());
        }
        let known = hours::organizations(rows)?;
        for (record, id) in self.batch.organizations.iter().zip(&self.organization_ids) {
            let ours = &record.identifiers;
            let held = ours
                .iter()
                .find_map(|i| plan.organizations.with(i))
                .cloned();
            let before = match &held {
                None => known.iter().find(|o| shares(&o.identifiers, ours)).cloned(),
                Some(_) => None,
            };
            let mut row = held.or_else(|| before.clone()).unwrap_or(Organization {
                id: *id,
                name: String::new(),
                identifiers: Vec::new(),
                active: false,
            });
            row = plan.organizations.current(row);
            if row.name.is_empty() {
                row.name.clone_from(&record.name);
            }
            add(&mut row.identifiers, ours);
            plan.learn(&record.label.called, Target::Organization(row.id));
            plan.organizations.hold(before, row, ours);
        }
        Ok(())
    }

    fn practitioners(&self, rows: &dyn Rows, plan: &mut Plan) -> Result<(), Failure> {
        if self.batch.practitioners.is_empty() {
            return Ok(());
        }
        let known = hours::practitioners(rows)?;
        let records = self.batch.practitioners.iter().zip(&self.practitioner_ids);
        for (count, (record, id)) in (known.len()..).zip(records) {
            let ours = &record.identifiers;
            let held = ours
                .iter()
                .find_map(|i| plan.practitioners.with(i))
                .cloned();
            let before = match &held {
                None => known.iter().find(|p| shares(&p.identifiers, ours)).cloned(),
                Some(_) => None,
            };
            let mut row = held.or_else(|| before.clone()).unwrap_or(Practitioner {
                id: *id,
                name: HumanName::default(),
                role: String::new(),
                hue: u8::try_from(count % HUES + 1).unwrap_or(1),
                active: false,
                identifiers: Vec::new(),
            });
            row = plan.practitioners.current(row);
            if row.name.is_empty() {
                row.name.clone_from(&record.name);
            }
            add(&mut row.identifiers, ours);
            plan.learn(&record.label.called, Target::Practitioner(row.id));
            plan.practitioners.hold(before, row, ours);
        }
        Ok(())
    }

    fn patient(
        &self,
        rows: &dyn Rows,
        plan: &mut Plan,
        record: &PatientRecord,
        id: PatientId,
    ) -> Result<(), Halt> {
        let entry = record.label.entry;
        let held = record
            .telling()
            .find_map(|i| plan.patients.with(i))
            .cloned();
        let before = match &held {
            Some(_) => None,
            None => known_chart(rows, record)?.map_err(|()| Trouble::TwoCharts { entry })?,
        };
        let known = held
            .or_else(|| before.clone())
            .map(|c| plan.patients.current(c));
        let is_new = known.is_none();
        let mut row = match known {
            Some(chart) if record.contradicts(&chart) => {
                let chart = chart.chart;
                return Err(Trouble::OtherPerson { entry, chart }.into());
            }
            Some(chart) => chart,
            None => Patient {
                names: Vec::new(),
                ..Patient::new(id, HumanName::default(), self.now)
            },
        };
        let home = &self.current.settings.profile.country;
        for what in chart::fill(&mut row, record, is_new, home, &self.put_away) {
            plan.remarks.push(format!(
                "chart {}: the file has another {}; the chart's was kept",
                row.chart,
                what.noun()
            ));
        }
        plan.learn(&record.label.called, Target::Patient(row.id));
        plan.patients.hold(before, row, &record.identifiers);
        Ok(())
    }

    fn encounter(
        &self,
        rows: &dyn Rows,
        plan: &mut Plan,
        record: &EncounterRecord,
        hints: Hints,
        id: EncounterId,
    ) -> Result<(), Halt> {
        let entry = record.label.entry;
        let [patient, practitioner, organization] = hints;
        let chart = match plan.means(rows, &record.patient, patient)? {
            Some(Target::Patient(id)) => plan.chart(rows, id)?,
            _ => None,
        };
        let Some(chart) = chart else {
            plan.loose_ends += 1;
            plan.remarks.push(format!(
                "entry {entry}: the patient of this visit is in no file; the visit was left out"
            ));
            return Ok(());
        };
        let practitioner = match plan.lookup(rows, record.practitioner.as_ref(), practitioner)? {
            Some(Target::Practitioner(id)) => Some(id),
            _ => None,
        };
        let organization = match plan.lookup(rows, record.organization.as_ref(), organization)? {
            Some(Target::Organization(id)) => Some(id),
            _ => None,
        };
        let identifier = match &record.identifier {
            Some(identifier) => identifier.clone(),
            None => placed(&chart, &record.local_id),
        };
        let before = match plan.held_encounter(&identifier) {
            Some(held) => Some(held.clone()),
            None => patients::encounter_of(rows, &identifier)?,
        };
        if let Some(known) = &before
            && known.patient != chart.id
            && patients::follow(rows, known.patient)?.is_none_or(|p| p.id != chart.id)
        {
            return Err(Trouble::OtherVisit { entry }.into());
        }
        let zone = &self.current.zone;
        let row = Encounter {
            id: before.as_ref().map_or(id, |e| e.id),
            patient: before.as_ref().map_or(chart.id, |e| e.patient),
            practitioner: practitioner.or_else(|| before.as_ref()?.practitioner),
            organization: organization.or_else(|| before.as_ref()?.organization),
            identifier,
            start: record.start.instant(zone),
            end: record.end.map(|m| m.instant(zone)),
            class: record.class.clone(),
            status: record.status.clone(),
            kind: record.kind.clone(),
        };
        if row.start <= self.now && chart.seen_at.is_none_or(|seen| seen < row.start) {
            let seen = Patient {
                seen_at: Some(row.start),
                ..chart.clone()
            };
            plan.patients.hold(Some(chart), seen, &[]);
        }
        plan.keep(row, before);
        Ok(())
    }
}

impl Plan {
    fn learn(&mut self, names: &[String], target: Target) {
        for name in names {
            self.names.insert(name.clone(), target);
        }
    }

    /// What an optional reference means; one that means nothing is counted and reported.
    fn lookup(
        &mut self,
        rows: &dyn Rows,
        reference: Option<&Reference>,
        hint: Option<Target>,
    ) -> Result<Option<Target>, Failure> {
        let Some(reference) = reference else {
            return Ok(None);
        };
        let target = self.means(rows, reference, hint)?;
        if target.is_none() {
            self.loose_ends += 1;
        }
        Ok(target)
    }

    fn means(
        &mut self,
        rows: &dyn Rows,
        reference: &Reference,
        hint: Option<Target>,
    ) -> Result<Option<Target>, Failure> {
        let identifier = match reference {
            Reference::Named(names) => {
                let own = names.iter().find_map(|n| self.names.get(n)).copied();
                return Ok(own.or(hint));
            }
            Reference::Identified(identifier) => identifier,
        };
        if let Some(target) = self.identified.get(identifier) {
            return Ok(*target);
        }
        let target = self.identify(rows, identifier)?;
        self.identified.insert(identifier.clone(), target);
        Ok(target)
    }

    fn identify(&self, rows: &dyn Rows, wanted: &Identifier) -> Result<Option<Target>, Failure> {
        if let Some(row) = self.patients.with(wanted) {
            return Ok(Some(Target::Patient(row.id)));
        }
        if let Some(row) = self.practitioners.with(wanted) {
            return Ok(Some(Target::Practitioner(row.id)));
        }
        if let Some(row) = self.organizations.with(wanted) {
            return Ok(Some(Target::Organization(row.id)));
        }
        let wanted_only = std::slice::from_ref(wanted);
        if let Some(chart) = patients::with_identifier(rows, wanted)?.first() {
            return Ok(Some(Target::Patient(chart.id)));
        }
        let practitioners = hours::practitioners(rows)?;
        if let Some(row) = practitioners
            .iter()
            .find(|p| shares(&p.identifiers, wanted_only))
        {
            return Ok(Some(Target::Practitioner(row.id)));
        }
        let organizations = hours::organizations(rows)?;
        let row = organizations
            .iter()
            .find(|o| shares(&o.identifiers, wanted_only));
        Ok(row.map(|o| Target::Organization(o.id)))
    }

    /// A chart as it is going to be.
    fn chart(&self, rows: &dyn Rows, id: PatientId) -> Result<Option<Patient>, Failure> {
        let Some(held) = self.patients.by_bytes(id.bytes()) else {
            return end_of_merges(rows, patients::find(rows, id)?);
        };
        Ok(Some(held.clone()))
    }

    fn held_encounter(&self, identifier: &Identifier) -> Option<&Encounter> {
        let at = self.encounter_at.get(identifier)?;
        self.encounters.get(*at).map(|(row, _)| row)
    }

    fn keep(&mut self, row: Encounter, before: Option<Encounter>) {
        let next = self.encounters.len();
        let at = *self
            .encounter_at
            .entry(row.identifier.clone())
            .or_insert(next);
        if let Some((held, fate)) = self.encounters.get_mut(at) {
            if *held != row && *fate == Fate::Unchanged {
                *fate = Fate::Updated;
            }
            *held = row;
            return;
        }
        let fate = match before {
            None => Fate::Created,
            Some(before) if before == row => Fate::Unchanged,
            Some(_) => Fate::Updated,
        };
        self.encounters.push((row, fate));
    }
}

/// The chart of a patient by their identifiers; `Err(())` when they belong to two.
fn known_chart(
    rows: &dyn Rows,
    record: &PatientRecord,
) -> Result<Result<Option<Patient>, ()>, Failure> {
    let mut found: Option<Patient> = None;
    for identifier in record.telling() {
        for chart in patients::with_identifier(rows, identifier)? {
            let Some(chart) = end_of_merges(rows, Some(chart))? else {
                continue;
            };
            match &found {
                Some(other) if other.id != chart.id => return Ok(Err(())),
                _ => found = Some(chart),
            }
        }
    }
    Ok(Ok(found))
}

/// The chart that holds everything, however often charts were made one.
pub(super) fn end_of_merges(
    rows: &dyn Rows,
    chart: Option<Patient>,
) -> Result<Option<Patient>, Failure> {
    // More merges in a row than anyone makes; a circle must not keep the writer.
    const MOST: usize = 16;
    let mut chart = chart;
    for _ in 0..MOST {
        match chart {
            Some(Patient {
                state: PatientState::Merged { into },
                ..
            }) => chart = patients::find(rows, into)?,
            other => return Ok(other),
        }
    }
    Ok(None)
}

fn shares(known: &[Identifier], ours: &[Identifier]) -> bool {
    ours.iter()
        .any(|i| !i.system.is_empty() && known.contains(i))
}

fn add(known: &mut Vec<Identifier>, more: &[Identifier]) {
    for identifier in more {
        if !known.contains(identifier) {
            known.push(identifier.clone());
        }
    }
}

/// The identifier of a visit that has none: its name in the file under its patient.
fn placed(chart: &Patient, local_id: &str) -> Identifier {
    let whose = chart.identifiers.iter().find(|i| !i.system.is_empty());
    let whose = whose.map_or_else(
        || chart.id.to_string(),
        |i| format!("{}|{}", i.system, i.value),
    );
    Identifier {
        system: PLACED.to_owned(),
        value: format!("{whose}#{local_id}"),
    }
}
