//! What the front desk does to visits: book, move, lengthen, cancel, note. Staff are not bound by
//! the grid, lead time or hours; an overlap they may make on purpose, with a reason.

use jiff::{Timestamp, ToSpan};

use super::availability::{self, Except, Loaded};
use super::booking::{self, doer};
use super::charts::Alike;
use super::notices::Pen;
use super::registration;
use super::{Answer, Caller, Clinic, Current};
use crate::domain::appointment::{Appointment, NewAppointment, after};
use crate::domain::audit::Action;
use crate::domain::id::{AppointmentId, PatientId, PractitionerId, ServiceId};
use crate::domain::notice::NoticeKind;
use crate::domain::patient::Patient;
use crate::domain::person::{Email, HumanName};
use crate::domain::policy::Permission;
use crate::domain::practitioner::Practitioner;
use crate::domain::refusal::{InTheWay, Refused};
use crate::domain::schedule::{Asker, DayAnswer, OccupiedKind, Verdict, WhyNot};
use crate::domain::service::Service;
use crate::store::table::Rows;
use crate::store::{Tx, appointments, hours, patients};

/// The longest visit that can be made, in minutes.
pub const LONGEST_MIN: u16 = 8 * 60;

/// The running number of charts.
const CHARTS: &str = "chart";

/// For whom a visit is booked.
#[derive(Clone, Debug)]
pub enum Whom {
    /// Someone with a chart.
    Known(PatientId),
    /// Someone here for the first time.
    New(Newcomer),
}

/// What the desk asks of someone who is here for the first time: a name, and a phone or an e-mail.
#[derive(Clone, Debug)]
pub struct Newcomer {
    /// The name.
    pub name: HumanName,
    /// Telephone number in E.164.
    pub phone: Option<String>,
    /// Where mail goes.
    pub email: Option<Email>,
}

/// A visit to book.
#[derive(Clone, Debug)]
pub struct NewVisit {
    /// The identifier that the form carries, so that a form sent twice finds its visit.
    pub id: AppointmentId,
    /// For whom.
    pub whom: Whom,
    /// What for.
    pub service: ServiceId,
    /// With whom.
    pub practitioner: PractitionerId,
    /// When.
    pub start: Timestamp,
    /// Minutes, where they differ from the service's.
    pub duration_min: Option<u16>,
    /// What staff want to remember.
    pub note: String,
    /// Why it may overlap something.
    pub overlap: Option<String>,
    /// Whether the patient is told.
    pub notify: bool,
    /// Whether someone new gets a chart although another may be of the same person.
    pub anyway: bool,
}

/// How booking a visit ended.
#[derive(Clone, Debug)]
pub enum Booked {
    /// It is booked.
    Done(Box<Kept>),
    /// Nothing was kept: these may be the newcomer's charts, the likeliest first.
    Alike(Vec<Alike>),
}

/// A new time for a visit.
#[derive(Clone, Debug)]
pub struct NewTime {
    /// The new start.
    pub start: Timestamp,
    /// With whom.
    pub practitioner: PractitionerId,
    /// Minutes, where they change too.
    pub duration_min: Option<u16>,
    /// Why it may overlap something.
    pub overlap: Option<String>,
    /// Whether the patient is told.
    pub notify: bool,
}

/// Why and how a visit is cancelled.
#[derive(Clone, Debug, Default)]
pub struct Cancel {
    /// In the words of the desk; may be empty.
    pub reason: String,
    /// Whether the patient asked for it. Then it may count as late.
    pub asked_by_patient: bool,
    /// Whether the patient is told.
    pub notify: bool,
}

/// What was kept.
#[derive(Clone, Debug)]
pub struct Kept {
    /// The visit as it is now.
    pub visit: Appointment,
    /// Whether its time lies outside the published hours: allowed, and said.
    pub outside: bool,
}

/// Books a visit for a patient. Unless it is meant, nothing is kept for someone new while a chart
/// may be of the same person.
pub fn new_visit(clinic: &Clinic, caller: &Caller, new: NewVisit) -> Answer<Booked> {
    caller.must(Permission::ManageVisits)?;
    if matches!(new.whom, Whom::New(_)) {
        caller.must(Permission::ManagePatients)?;
    }
    let (current, now, pen) = (clinic.current(), clinic.now(), Pen::new(clinic));
    let (by, reference, patient_id) = (doer(caller), clinic.new_reference(), clinic.new_id());
    if let (Whom::New(newcomer), false) = (&new.whom, new.anyway) {
        let chart = unregistered(newcomer, patient_id, now);
        let alike = clinic.store.read(|rows| {
            // A form sent twice finds its visit, not the chart that it opened the first time.
            match appointments::find(rows, new.id)? {
                Some(_) => Ok(Vec::new()),
                None => registration::alike_in(rows, &chart),
            }
        })?;
        if !alike.is_empty() {
            return Ok(Booked::Alike(alike));
        }
    }
    let kept = clinic
        .store
        .write(clinic.cause(caller, Action::Book), move |tx| {
            if let Some(visit) = appointments::find(tx, new.id)? {
                let outside = false;
                return Ok(Kept { visit, outside });
            }
            let service = hours::service(tx, new.service)?.filter(|s| s.active);
            let service = service.ok_or(Refused::NotFound)?;
            bookable(tx, new.practitioner)?;
            let patient = match &new.whom {
                Whom::Known(id) => active(tx, *id)?,
                Whom::New(newcomer) => unregistered(newcomer, patient_id, now),
            };
            let draft = NewAppointment {
                id: new.id,
                reference: reference.clone(),
                patient: patient.id,
                practitioner: new.practitioner,
                start: new.start,
                by,
                at: now,
                pending: false,
            };
            let mut visit = Appointment::new(draft, &service);
            visit.duration_min = new.duration_min.unwrap_or(visit.duration_min);
            visit.internal_note.clone_from(&new.note);
            let outside = fit(
                tx,
                &current,
                &service,
                &mut visit,
                new.overlap.as_deref(),
                now,
            )?;
            if matches!(new.whom, Whom::New(_)) {
                register(tx, patient)?;
            }
            appointments::put(tx, &visit)?;
            pen.visit_changed(tx, &visit, NoticeKind::Booked, new.notify)?;
            Ok(Kept { visit, outside })
        })?;
    Ok(Booked::Done(Box::new(kept)))
}

/// To another time, another practitioner, or both; longer or shorter too. The old time stays held
/// while the move can be undone.
pub fn move_visit(
    clinic: &Clinic,
    caller: &Caller,
    id: AppointmentId,
    to: NewTime,
) -> Answer<Kept> {
    caller.must(Permission::ManageVisits)?;
    let (current, now, pen) = (clinic.current(), clinic.now(), Pen::new(clinic));
    let (by, hold_id) = (doer(caller), clinic.new_id());
    clinic
        .store
        .write(clinic.cause(caller, Action::Move), move |tx| {
            let visit = appointments::find(tx, id)?.ok_or(Refused::NotFound)?;
            let service = hours::service(tx, visit.service)?.ok_or(Refused::NotFound)?;
            bookable(tx, to.practitioner)?;
            let duration = to.duration_min.unwrap_or(visit.duration_min);
            let stays = visit.start == to.start && visit.practitioner == to.practitioner;
            if stays && duration == visit.duration_min {
                let outside = false;
                return Ok(Kept { visit, outside });
            }
            let mut next = visit.clone();
            if duration != visit.duration_min {
                next = next.resize(duration, by, now)?;
            }
            if !stays {
                next = next.move_to(to.start, to.practitioner, by, now)?;
            }
            next.overbooked = None;
            let outside = fit(
                tx,
                &current,
                &service,
                &mut next,
                to.overlap.as_deref(),
                now,
            )?;
            booking::release_undo_holds(tx, visit.id)?;
            if !stays {
                booking::keep_old_time(tx, hold_id, &visit, now)?;
            }
            appointments::put(tx, &next)?;
            // A visit that only ends later is still the visit that the patient knows.
            pen.visit_changed(tx, &next, NoticeKind::Moved, to.notify && !stays)?;
            Ok(Kept {
                visit: next,
                outside,
            })
        })
}

/// Longer or shorter.
pub fn resize(
    clinic: &Clinic,
    caller: &Caller,
    id: AppointmentId,
    duration_min: u16,
    overlap: Option<String>,
) -> Answer<Kept> {
    caller.must(Permission::ManageVisits)?;
    let visit = booking::find(clinic, caller, id)?;
    let to = NewTime {
        start: visit.start,
        practitioner: visit.practitioner,
        duration_min: Some(duration_min),
        overlap,
        notify: false,
    };
    move_visit(clinic, caller, id, to)
}

/// It will not take place.
pub fn cancel(
    clinic: &Clinic,
    caller: &Caller,
    id: AppointmentId,
    how: Cancel,
) -> Answer<Appointment> {
    caller.must(Permission::ManageVisits)?;
    let (now, pen, by) = (clinic.now(), Pen::new(clinic), doer(caller));
    clinic
        .store
        .write(clinic.cause(caller, Action::Cancel), move |tx| {
            let visit = appointments::find(tx, id)?.ok_or(Refused::NotFound)?;
            let service = hours::service(tx, visit.service)?.ok_or(Refused::NotFound)?;
            let late = how.asked_by_patient && visit.is_late_to_cancel(&service, now);
            let gone = visit.cancel(by, &how.reason, late, now)?;
            appointments::put(tx, &gone)?;
            booking::release_undo_holds(tx, visit.id)?;
            pen.visit_changed(tx, &gone, NoticeKind::Cancelled, how.notify)?;
            Ok(gone)
        })
}

/// What staff want to remember about a visit.
pub fn note(clinic: &Clinic, caller: &Caller, id: AppointmentId, text: &str) -> Answer<()> {
    caller.must(Permission::ManageVisits)?;
    let text = text.to_owned();
    clinic
        .store
        .write(clinic.cause(caller, Action::Note), move |tx| {
            let mut visit = appointments::find(tx, id)?.ok_or(Refused::NotFound)?;
            visit.internal_note.clone_from(&text);
            tx.detail("internal_note");
            Ok(appointments::put(tx, &visit)?)
        })
}

/// The rule that decides whether patients are offered a time.
pub fn why(
    clinic: &Clinic,
    caller: &Caller,
    service: ServiceId,
    practitioner: PractitionerId,
    start: Timestamp,
) -> Answer<Verdict> {
    caller.must(Permission::ViewSchedule)?;
    let (current, now) = (clinic.current(), clinic.now());
    clinic.store.read(|rows| {
        let service = hours::service(rows, service)?.ok_or(Refused::NotFound)?;
        let date = current.date(start);
        let except = Except::default();
        let loaded = availability::load(rows, &current, practitioner, (date, date), now, except)?;
        let mut verdict = loaded
            .schedule(&service)
            .explain(start, now, Asker::Patient);
        let who = availability::who_offers(rows, &service)?;
        if !who.iter().any(|p| p.id == practitioner) {
            verdict.outcome = Err(WhyNot::NotOffered);
        }
        Ok(verdict)
    })
}

/// The first start that is free for a service with a practitioner, from an instant on and in their
/// hours; `None` when the next weeks have none.
pub fn next_free(
    clinic: &Clinic,
    caller: &Caller,
    (service, practitioner): (ServiceId, PractitionerId),
    from: Timestamp,
) -> Answer<Option<Timestamp>> {
    const WEEKS: usize = 8;
    caller.must(Permission::ViewSchedule)?;
    let (current, now) = (clinic.current(), clinic.now());
    clinic.store.read(|rows| {
        let service = hours::service(rows, service)?.ok_or(Refused::NotFound)?;
        let mut first = current.date(from);
        for _ in 0..WEEKS {
            let last = first.saturating_add(6.days());
            let (span, except) = ((first, last), Except::default());
            let loaded = availability::load(rows, &current, practitioner, span, now, except)?;
            let schedule = loaded.schedule(&service);
            for date in first.series(1.day()).take_while(|date| *date <= last) {
                if let DayAnswer::Slots(slots) = schedule.slots_on(date, now, Asker::Staff)
                    && let Some(slot) = slots.iter().find(|slot| slot.start >= from)
                {
                    return Ok(Some(slot.start));
                }
            }
            first = last.saturating_add(1.day());
        }
        Ok(None)
    })
}

/// What the desk can choose from.
#[derive(Clone, Debug)]
pub struct Choices {
    /// Services that are offered, in the clinic's order.
    pub services: Vec<Service>,
    /// Everyone who can be booked.
    pub practitioners: Vec<Practitioner>,
}

/// What the desk can choose from.
pub fn choices(clinic: &Clinic, caller: &Caller) -> Answer<Choices> {
    caller.must(Permission::ViewSchedule)?;
    clinic.store.read(|rows| {
        let mut services = hours::services(rows)?;
        services.retain(|s| s.active);
        let mut practitioners = hours::practitioners(rows)?;
        practitioners.retain(|p| p.active);
        Ok(Choices {
            services,
            practitioners,
        })
    })
}

fn bookable(rows: &dyn Rows, id: PractitionerId) -> Answer<()> {
    let found = hours::practitioner(rows, id)?.filter(|p| p.active);
    found.map(|_| ()).ok_or(Refused::NotFound.into())
}

fn active(rows: &dyn Rows, id: PatientId) -> Answer<Patient> {
    let patient = patients::follow(rows, id)?.ok_or(Refused::NotFound)?;
    if patient.is_active() {
        Ok(patient)
    } else {
        Err(Refused::ChartNotActive.into())
    }
}

fn unregistered(newcomer: &Newcomer, id: PatientId, now: Timestamp) -> Patient {
    let mut patient = Patient::new(id, newcomer.name.clone(), now);
    patient.phones.extend(newcomer.phone.clone());
    patient.email.clone_from(&newcomer.email);
    patient
}

fn register(tx: &mut Tx<'_>, mut patient: Patient) -> Answer<()> {
    let number = tx.next_number(CHARTS)?;
    patient.chart = u32::try_from(number).unwrap_or(u32::MAX);
    tx.detail("patient.register");
    Ok(tx.put(&patient)?)
}

/// Whether a visit lies outside the hours. One that overlaps something wants a reason, which the
/// visit remembers.
fn fit(
    rows: &dyn Rows,
    current: &Current,
    service: &Service,
    visit: &mut Appointment,
    reason: Option<&str>,
    now: Timestamp,
) -> Answer<bool> {
    let date = current.date(visit.start);
    let except = Except {
        visit: Some(visit.id),
        hold: booking::undo_hold(rows, visit.id, now)?,
    };
    let loaded = availability::load(rows, current, visit.practitioner, (date, date), now, except)?;
    if let Some(there) = in_the_way(rows, &loaded, visit)? {
        let refused = || Refused::Overlap(Some(Box::new(there)));
        visit.overbooked = Some(reason.ok_or_else(refused)?.to_owned());
    }
    let schedule = loaded.schedule(service);
    Ok(!schedule.lies_in_hours(visit.start, visit.end()))
}

/// What the practitioner has at that time already, or where else in the building the patient is.
fn in_the_way(rows: &dyn Rows, loaded: &Loaded, visit: &Appointment) -> Answer<Option<InTheWay>> {
    const FEW: usize = 50;
    let (from, until) = visit.occupied();
    if let Some(taken) = loaded.taken(from, until) {
        return Ok(Some(match taken.kind {
            OccupiedKind::Hold => InTheWay::Hold,
            OccupiedKind::Block => {
                let blocks =
                    appointments::blocks_of(rows, visit.practitioner, taken.start, taken.end)?;
                let block = blocks.into_iter().find(|b| b.start == taken.start);
                InTheWay::Block {
                    note: block.map(|b| b.note).unwrap_or_default(),
                    start: taken.start,
                    end: taken.end,
                }
            }
            OccupiedKind::Appointment | OccupiedKind::Request => {
                let begins = (taken.begins, after(taken.begins, 1));
                let there =
                    appointments::of_practitioner(rows, visit.practitioner, begins.0, begins.1)?;
                let other = |v: &&Appointment| v.id != visit.id && v.status.occupies();
                match there.iter().find(other) {
                    Some(other) => visit_there(rows, visit, other)?,
                    None => InTheWay::Hold,
                }
            }
        }));
    }
    let early = after(visit.start, -appointments::LONGEST_MIN);
    let own = appointments::of_patient_from(rows, visit.patient, early, FEW)?;
    let other = own.iter().find(|v| {
        v.id != visit.id && v.status.occupies() && v.start < visit.end() && visit.start < v.end()
    });
    other
        .map(|other| visit_there(rows, visit, other))
        .transpose()
}

/// Another visit that is in the way of one.
fn visit_there(rows: &dyn Rows, visit: &Appointment, other: &Appointment) -> Answer<InTheWay> {
    let patient = patients::follow(rows, other.patient)?.ok_or(Refused::NotFound)?;
    Ok(InTheWay::Visit {
        patient: patient.id,
        name: patient.name().full(),
        start: other.start,
        end: other.end(),
        own: patient.id == visit.patient,
        only_breaks: other.end() <= visit.start || visit.end() <= other.start,
    })
}
