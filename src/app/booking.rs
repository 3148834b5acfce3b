//! Hold, book, move, cancel, confirm, undo: the one place where each of them happens, for patients
//! and for staff.

mod limit;

pub use self::limit::limit;

use jiff::Timestamp;

use super::availability::{self, Except};
use super::notices::{self, Pen};
use super::{Answer, Caller, Clinic, Current};
use crate::domain::account::Role;
use crate::domain::appointment::{
    Appointment, Doer, Event, EventKind, Hold, HoldKind, NewAppointment, Status, after,
};
use crate::domain::audit::Action;
use crate::domain::id::{AppointmentId, HoldId, Id, PractitionerId, ServiceId};
use crate::domain::notice::{NoticeKind, UNDO_MIN};
use crate::domain::policy::Permission;
use crate::domain::practitioner::Practitioner;
use crate::domain::refusal::Refused;
use crate::domain::schedule::{Asker, least_loaded};
use crate::domain::service::{OnlineBooking, Service};
use crate::store::table::Rows;
use crate::store::{Change, Failure, Tx, appointments, hours};

/// Minutes for which a chosen time is kept.
pub const HOLD_MIN: i64 = 10;

/// Who acts, as the visit remembers it.
pub fn doer(caller: &Caller) -> Doer {
    match (caller.actor.role, caller.actor.login) {
        (Role::Patient, _) => Doer::Patient,
        (_, Some(login)) => Doer::Staff(login),
        (_, None) => Doer::System,
    }
}

/// A time that a patient wants.
#[derive(Clone, Copy, Debug)]
pub struct Wish {
    /// What for.
    pub service: ServiceId,
    /// With whom; `None` for whoever is free and has the least to do.
    pub practitioner: Option<PractitionerId>,
    /// When.
    pub start: Timestamp,
}

/// Keeps a time for a patient for ten minutes. A hold that the patient had before is given up.
pub fn hold(clinic: &Clinic, caller: &Caller, wish: Wish) -> Answer<Hold> {
    must_book(caller)?;
    let patient = caller.own_chart()?;
    let (current, now, id) = (clinic.current(), clinic.now(), clinic.new_id());
    clinic
        .store
        .write(clinic.cause(caller, Action::Hold), move |tx| {
            let service = availability::online_service(tx, wish.service)?;
            let mut dead = Vec::new();
            for hold in appointments::holds(tx)? {
                let mine = hold.patient == patient && hold.kind == HoldKind::Choosing;
                if mine || !hold.is_live(now) {
                    dead.push(hold);
                }
            }
            let mine = dead.iter().find(|h| h.patient == patient).map(|h| h.id);
            let except = Except {
                visit: None,
                hold: mine,
            };
            let practitioner = claim(tx, &current, &service, wish, now, except)?;
            limit::may_have_one_more(tx, &current, patient, &service, wish.start, now, None)?;
            for hold in dead {
                tx.delete::<Hold>(&crate::store::row::Row::key(&hold))?;
            }
            let hold = Hold {
                id,
                patient,
                practitioner,
                service: service.id,
                start: wish.start,
                duration_min: service.timing.duration_min,
                before_min: service.timing.before_min,
                after_min: service.timing.after_min,
                expires_at: after(now, HOLD_MIN),
                kind: HoldKind::Choosing,
            };
            tx.about(patient);
            tx.object(hold.id);
            tx.changed(Change::Visits);
            tx.put(&hold)?;
            Ok(hold)
        })
}

fn must_book(caller: &Caller) -> Result<(), Refused> {
    caller
        .must(Permission::OwnChart)
        .or_else(|_| caller.must(Permission::OwnRequest))
}

/// The practitioner who takes a wanted time, or refused when it is no longer offered.
fn claim(
    rows: &dyn Rows,
    current: &Current,
    service: &Service,
    wish: Wish,
    now: Timestamp,
    except: Except,
) -> Answer<PractitionerId> {
    let date = current.date(wish.start);
    let day = (
        current.midnight(date),
        after(current.midnight(date), 24 * 60),
    );
    let mut free = Vec::new();
    for practitioner in availability::who_offers(rows, service)? {
        if wish.practitioner.is_some_and(|w| w != practitioner.id) {
            continue;
        }
        let loaded = availability::load(rows, current, practitioner.id, (date, date), now, except)?;
        if loaded
            .schedule(service)
            .can_book(wish.start, now, Asker::Patient)
            .is_ok()
        {
            let load = appointments::count_of_practitioner(rows, practitioner.id, day.0, day.1)?;
            free.push((practitioner.id, u32::try_from(load).unwrap_or(u32::MAX)));
        }
    }
    Ok(least_loaded(free).ok_or(Refused::SlotTaken)?)
}

/// A hold of the caller's own that still keeps its time.
pub fn own_hold(clinic: &Clinic, caller: &Caller, id: HoldId) -> Answer<Hold> {
    let (patient, now) = (caller.own_chart()?, clinic.now());
    let hold = clinic
        .store
        .read(|rows| appointments::find_hold(rows, id))?;
    let hold = hold.filter(|h| h.patient == patient && h.kind == HoldKind::Choosing);
    let hold = hold.ok_or(Refused::NotFound)?;
    if hold.is_live(now) {
        Ok(hold)
    } else {
        Err(Refused::HoldExpired.into())
    }
}

/// Books the held time, or asks for it where the service wants a yes from staff. Booking twice from
/// one hold gives the same visit.
pub fn book(clinic: &Clinic, caller: &Caller, id: HoldId, note: &str) -> Answer<Appointment> {
    must_book(caller)?;
    let patient = caller.own_chart()?;
    let (current, now, pen) = (clinic.current(), clinic.now(), Pen::new(clinic));
    // The visit takes over the identifier of its hold, so that a form sent twice finds its visit.
    let (visit_id, reference) = (
        AppointmentId::from_bytes(id.bytes()),
        clinic.new_reference(),
    );
    let (by, note) = (doer(caller), note.to_owned());
    let provisional = caller.must(Permission::OwnChart).is_err();
    let action = if provisional {
        Action::Request
    } else {
        Action::Book
    };
    clinic.store.write(clinic.cause(caller, action), move |tx| {
        if let Some(visit) = appointments::find(tx, visit_id)?
            && visit.patient == patient
        {
            return Ok(visit);
        }
        let hold = appointments::find_hold(tx, id)?;
        let Some(hold) = hold.filter(|h| h.patient == patient) else {
            return Err(Refused::HoldExpired.into());
        };
        let service = availability::online_service(tx, hold.service)?;
        // An expired hold is as good as a live one as long as nobody else took the time.
        let except = Except {
            visit: None,
            hold: Some(hold.id),
        };
        let wish = Wish {
            service: hold.service,
            practitioner: Some(hold.practitioner),
            start: hold.start,
        };
        claim(tx, &current, &service, wish, lead_from(&hold, now), except)?;
        limit::may_have_one_more(tx, &current, patient, &service, hold.start, now, None)?;
        let new = NewAppointment {
            id: visit_id,
            reference: reference.clone(),
            patient,
            practitioner: hold.practitioner,
            start: hold.start,
            by,
            at: now,
            pending: provisional || service.online == OnlineBooking::Request,
        };
        let mut visit = Appointment::new(new, &service);
        visit.patient_note.clone_from(&note);
        tx.delete::<Hold>(&crate::store::row::Row::key(&hold))?;
        appointments::put(tx, &visit)?;
        let kind = if visit.status == Status::Pending {
            NoticeKind::Requested
        } else {
            NoticeKind::Booked
        };
        pen.visit_changed(tx, &visit, kind, true)?;
        Ok(visit)
    })
}

/// The service of a hold of the caller's own, live or not.
pub fn held_service(clinic: &Clinic, caller: &Caller, id: HoldId) -> Answer<Option<ServiceId>> {
    let patient = caller.own_chart()?;
    let hold = clinic
        .store
        .read(|rows| appointments::find_hold(rows, id))?;
    Ok(hold.filter(|h| h.patient == patient).map(|h| h.service))
}

/// The visit that was booked or asked for from a hold, if it is the caller's own.
pub fn booked_from(clinic: &Clinic, caller: &Caller, id: HoldId) -> Answer<Option<AppointmentId>> {
    let patient = caller.own_chart()?;
    let visit = AppointmentId::from_bytes(id.bytes());
    let visit = clinic.store.read(|rows| appointments::find(rows, visit))?;
    Ok(visit.filter(|v| v.patient == patient).map(|v| v.id))
}

/// The instant from which lead time is counted: when the time was chosen, while it is held.
fn lead_from(hold: &Hold, now: Timestamp) -> Timestamp {
    if hold.is_live(now) {
        after(hold.expires_at, -HOLD_MIN)
    } else {
        now
    }
}

/// A visit of the caller's own, or any for staff.
pub fn find(clinic: &Clinic, caller: &Caller, id: AppointmentId) -> Answer<Appointment> {
    clinic.store.read(|rows| find_in(rows, caller, id))
}

/// A visit with what it is for and with whom.
#[derive(Clone, Debug)]
pub struct Detailed {
    /// The visit.
    pub visit: Appointment,
    /// What it is for.
    pub service: Service,
    /// With whom.
    pub practitioner: Practitioner,
}

/// A visit of the caller's own, or any for staff, with what it is for and with whom.
pub fn find_detailed(clinic: &Clinic, caller: &Caller, id: AppointmentId) -> Answer<Detailed> {
    clinic.store.read(|rows| {
        let visit = find_in(rows, caller, id)?;
        detail(rows, visit)
    })
}

/// Whether a reminder of a visit of the caller's own is planned, and can leave.
pub fn will_remind(clinic: &Clinic, caller: &Caller, id: AppointmentId) -> Answer<bool> {
    if !clinic.sends_mail() {
        return Ok(false);
    }
    clinic.store.read(|rows| {
        let visit = find_in(rows, caller, id)?;
        Ok(notices::will_remind(rows, &visit)?)
    })
}

/// What a visit is for and with whom. Services and practitioners are never deleted.
pub fn detail(rows: &dyn Rows, visit: Appointment) -> Answer<Detailed> {
    let service = service_of(rows, &visit)?;
    let practitioner = hours::practitioner(rows, visit.practitioner)?.ok_or(Refused::NotFound)?;
    Ok(Detailed {
        visit,
        service,
        practitioner,
    })
}

fn find_in(rows: &dyn Rows, caller: &Caller, id: AppointmentId) -> Answer<Appointment> {
    let visit = appointments::find(rows, id)?.ok_or(Refused::NotFound)?;
    if caller.actor.role.is_staff() {
        caller.must(Permission::ViewSchedule)?;
    } else {
        caller.must_touch(visit.patient)?;
    }
    Ok(visit)
}

fn service_of(rows: &dyn Rows, visit: &Appointment) -> Answer<Service> {
    Ok(hours::service(rows, visit.service)?.ok_or(Refused::NotFound)?)
}

/// A patient moves their visit to another time, or asks for it where the service wants a yes from
/// staff. The old time stays held while the move can be undone.
pub fn move_own(
    clinic: &Clinic,
    caller: &Caller,
    id: AppointmentId,
    start: Timestamp,
    practitioner: Option<PractitionerId>,
) -> Answer<Appointment> {
    let (current, now, pen) = (clinic.current(), clinic.now(), Pen::new(clinic));
    let (hold_id, caller_, by) = (clinic.new_id(), caller.clone(), doer(caller));
    clinic
        .store
        .write(clinic.cause(caller, Action::Move), move |tx| {
            let visit = find_in(tx, &caller_, id)?;
            let service = service_of(tx, &visit)?;
            if !visit.status.is_open() {
                return Err(Refused::VisitNotOpen.into());
            }
            if !visit.may_patient_move(&service, now) {
                return Err(Refused::TooLateToMove.into());
            }
            let except = Except {
                visit: Some(visit.id),
                hold: undo_hold(tx, visit.id, now)?,
            };
            let wish = Wish {
                service: service.id,
                practitioner,
                start,
            };
            let practitioner = claim(tx, &current, &service, wish, now, except)?;
            limit::may_have_one_more(
                tx,
                &current,
                visit.patient,
                &service,
                start,
                now,
                Some(visit.id),
            )?;
            // Where staff say yes to a time, they say it to the new one too.
            let moved = if service.online == OnlineBooking::Request {
                visit.ask_to_move(start, practitioner, by, now)?
            } else {
                visit.move_to(start, practitioner, by, now)?
            };
            release_undo_holds(tx, visit.id)?;
            keep_old_time(tx, hold_id, &visit, now)?;
            appointments::put(tx, &moved)?;
            let kind = if moved.status == Status::Pending {
                NoticeKind::Requested
            } else {
                NoticeKind::Moved
            };
            pen.visit_changed(tx, &moved, kind, true)?;
            Ok(moved)
        })
}

/// Holds the time that a visit just left, so that undo finds it free.
pub(super) fn keep_old_time(
    tx: &mut Tx<'_>,
    id: HoldId,
    visit: &Appointment,
    now: Timestamp,
) -> Result<(), Failure> {
    tx.put(&Hold {
        id,
        patient: visit.patient,
        practitioner: visit.practitioner,
        service: visit.service,
        start: visit.start,
        duration_min: visit.duration_min,
        before_min: visit.before_min,
        after_min: visit.after_min,
        expires_at: after(now, UNDO_MIN),
        kind: HoldKind::Undo(visit.id),
    })
}

/// The live hold that keeps the old time of a visit.
pub(super) fn undo_hold(
    rows: &dyn Rows,
    visit: AppointmentId,
    now: Timestamp,
) -> Result<Option<HoldId>, Failure> {
    Ok(appointments::holds(rows)?
        .iter()
        .find(|h| h.kind == HoldKind::Undo(visit) && h.is_live(now))
        .map(|h| h.id))
}

pub(super) fn release_undo_holds(tx: &mut Tx<'_>, visit: AppointmentId) -> Result<(), Failure> {
    for hold in appointments::holds(tx)? {
        if hold.kind == HoldKind::Undo(visit) {
            tx.delete::<Hold>(&crate::store::row::Row::key(&hold))?;
        }
    }
    Ok(())
}

/// A patient cannot come. Inside the notice time the cancellation counts as late, and the time is
/// freed all the same.
pub fn cancel_own(
    clinic: &Clinic,
    caller: &Caller,
    id: AppointmentId,
    reason: &str,
) -> Answer<Appointment> {
    let (now, pen, caller_, by) = (clinic.now(), Pen::new(clinic), caller.clone(), doer(caller));
    let reason = reason.to_owned();
    clinic
        .store
        .write(clinic.cause(caller, Action::Cancel), move |tx| {
            let visit = find_in(tx, &caller_, id)?;
            let service = service_of(tx, &visit)?;
            if !visit.may_patient_cancel(now) {
                return Err(Refused::VisitNotOpen.into());
            }
            let late = visit.status == Status::Booked && visit.is_late_to_cancel(&service, now);
            let gone = visit.cancel(by, &reason, late, now)?;
            appointments::put(tx, &gone)?;
            release_undo_holds(tx, visit.id)?;
            pen.visit_changed(tx, &gone, NoticeKind::Cancelled, true)?;
            Ok(gone)
        })
}

/// The patient says that they will come.
pub fn confirm(clinic: &Clinic, caller: &Caller, id: AppointmentId) -> Answer<Appointment> {
    let (now, caller_, by) = (clinic.now(), caller.clone(), doer(caller));
    clinic
        .store
        .write(clinic.cause(caller, Action::Confirm), move |tx| {
            let visit = find_in(tx, &caller_, id)?;
            let sure = visit.confirm(by, now)?;
            appointments::put(tx, &sure)?;
            Ok(sure)
        })
}

/// Whether the last change of a visit can be taken back by the one who made it.
pub fn can_undo(visit: &Appointment, by: Doer, now: Timestamp) -> bool {
    visit.history.last().is_some_and(|last| {
        let fresh = now < after(last.at, UNDO_MIN);
        let undoable = matches!(
            last.kind,
            EventKind::Booked
                | EventKind::Requested
                | EventKind::Moved { .. }
                | EventKind::Resized { .. }
                | EventKind::Became(_)
        );
        fresh && undoable && last.by == by
    })
}

/// Takes the last change of a visit back, within three minutes, by the one who made it. Nobody is
/// told of it where nobody was told of the change.
pub fn undo(clinic: &Clinic, caller: &Caller, id: AppointmentId) -> Answer<Appointment> {
    let (current, now, pen) = (clinic.current(), clinic.now(), Pen::new(clinic));
    let (caller_, by) = (caller.clone(), doer(caller));
    clinic
        .store
        .write(clinic.cause(caller, Action::Undo), move |tx| {
            let visit = find_in(tx, &caller_, id)?;
            if by != Doer::Patient {
                caller_.must(Permission::ManageVisits)?;
            }
            if !can_undo(&visit, by, now) {
                return Err(Refused::TooLateToUndo.into());
            }
            let silent = notices::is_still_silent(tx, &visit)?;
            let back = taken_back(&visit, by, now)?;
            if back.status.occupies() && !is_free_for(tx, &current, &back, now)? {
                return Err(Refused::SlotTaken.into());
            }
            release_undo_holds(tx, visit.id)?;
            appointments::put(tx, &back)?;
            // Nobody is told how the day goes on, so nobody is told that it did not.
            let of_the_day =
                |e: &Event| matches!(e.kind, EventKind::Became(s) if s != Status::Cancelled);
            let undone = visit.history.last().filter(|e| !of_the_day(e));
            if let Some(undone) = undone {
                let told = (kind_of_undo(&visit, &back), silent);
                pen.visit_taken_back(tx, &back, told, undone.at)?;
            }
            Ok(back)
        })
}

/// What is said when people were told of a change that is taken back.
fn kind_of_undo(visit: &Appointment, back: &Appointment) -> NoticeKind {
    if back.status == Status::Cancelled {
        NoticeKind::Cancelled
    } else if visit.status == Status::Cancelled {
        NoticeKind::Booked
    } else {
        NoticeKind::Moved
    }
}

/// The visit as it was before its last change.
fn taken_back(visit: &Appointment, by: Doer, now: Timestamp) -> Result<Appointment, Refused> {
    let Some((last, before)) = visit.history.split_last() else {
        return Err(Refused::TooLateToUndo);
    };
    let mut back = visit.clone();
    back.sequence = back.sequence.saturating_add(1);
    match &last.kind {
        EventKind::Booked | EventKind::Requested => {
            // An accepted request becomes a request again; a new visit goes.
            if before.is_empty() {
                return visit.cancel(by, "", false, now);
            }
            back.status = Status::Pending;
        }
        EventKind::Moved { from, practitioner } => {
            back.start = *from;
            back.practitioner = *practitioner;
            back.overbooked = None;
            // A move that asked for a yes took the yes back that was there.
            let asked = EventKind::Became(Status::Pending);
            if let Some((event, earlier)) = before.split_last()
                && (event.kind == asked && event.at == last.at)
            {
                back.status = status_before(earlier);
                back.history.pop();
            }
        }
        EventKind::Resized { from_min } => {
            back.duration_min = *from_min;
            back.overbooked = None;
        }
        EventKind::Became(_) => {
            back.status = status_before(before);
            back.cancellation = None;
        }
        EventKind::Confirmed | EventKind::Undone => return Err(Refused::TooLateToUndo),
    }
    // The log keeps both; the visit shows only what holds.
    back.history.pop();
    back.history.push(Event {
        at: now,
        by,
        kind: EventKind::Undone,
    });
    Ok(back)
}

/// The status that a history leads to.
fn status_before(history: &[Event]) -> Status {
    history
        .iter()
        .rev()
        .find_map(|e| match e.kind {
            EventKind::Became(status) => Some(status),
            EventKind::Booked => Some(Status::Booked),
            EventKind::Requested => Some(Status::Pending),
            EventKind::Confirmed
            | EventKind::Moved { .. }
            | EventKind::Resized { .. }
            | EventKind::Undone => None,
        })
        .unwrap_or(Status::Booked)
}

/// Whether nothing else has the time of a visit.
pub(super) fn is_free_for(
    rows: &dyn Rows,
    current: &Current,
    visit: &Appointment,
    now: Timestamp,
) -> Result<bool, Failure> {
    let date = current.date(visit.start);
    let except = Except {
        visit: Some(visit.id),
        hold: undo_hold(rows, visit.id, now)?,
    };
    let loaded = availability::load(rows, current, visit.practitioner, (date, date), now, except)?;
    let (from, until) = visit.occupied();
    Ok(loaded.taken(from, until).is_none())
}
