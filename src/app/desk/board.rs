//! One day as the front desk works it off.

use std::collections::HashMap;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use super::super::{Answer, Caller, Clinic, Current, Failure};
use super::{Named, shown};
use crate::domain::appointment::{Appointment, Status, after};
use crate::domain::id::{PatientId, PractitionerId};
use crate::domain::person::HumanName;
use crate::domain::policy::Permission;
use crate::domain::practitioner::Practitioner;
use crate::domain::search;
use crate::store::appointments;
use crate::store::table::Rows;

/// How many past visits without an outcome are listed at once.
const UNRESOLVED: usize = 50;
/// How many days back visits are looked for that were left with the clinician. No index has them
/// alone, and nobody comes back to one of these after a month.
const LEFT_DAYS: i64 = 31;

/// Why the desk asks a patient for the date of birth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AskBirth {
    /// The chart has none.
    Missing,
    /// Someone else of that name comes on the same day.
    SameName,
}

/// A visit as the board shows it.
#[derive(Clone, Debug)]
pub struct Ticket {
    /// The visit.
    pub visit: Appointment,
    /// The chart in use, where the visit's own was merged into it.
    pub patient: PatientId,
    /// The patient's name.
    pub name: HumanName,
    /// Day of birth, where it is known.
    pub birth_date: Option<Date>,
    /// Telephone number in E.164, where one is known.
    pub phone: Option<String>,
    /// What the visit is for.
    pub service: String,
    /// With whom.
    pub practitioner: String,
    /// Calendar colour of the practitioner, 1 to 8.
    pub hue: u8,
    /// Whether this is the first visit here.
    pub is_new: bool,
    /// Whether the desk should ask for the date of birth.
    pub ask_birth: Option<AskBirth>,
    /// What the front desk wants to remember about the patient.
    pub desk_note: String,
    /// Minutes in the waiting room so far.
    pub waits_min: Option<i64>,
    /// Minutes past the start: the patient has not come, or has not been called.
    pub late_min: Option<i64>,
}

/// The day in figures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Visits of the day that were not cancelled.
    pub visits: u32,
    /// Patients in the waiting room.
    pub waiting: u32,
    /// Minutes that the one who waits longest has waited.
    pub longest_min: i64,
    /// Visits still expected that nobody has confirmed.
    pub not_confirmed: u32,
}

/// A day.
#[derive(Clone, Debug)]
pub struct Board {
    /// The date on the clinic's wall.
    pub date: Date,
    /// Everyone who can be chosen.
    pub who: Vec<Practitioner>,
    /// The visits of the day, in order.
    pub tickets: Vec<Ticket>,
    /// The day in figures.
    pub summary: Summary,
    /// Visits of days before today that nobody has said the end of, latest first.
    pub unresolved: Vec<Ticket>,
}

/// Minutes that a patient has been in the waiting room.
pub fn waiting_min(visit: &Appointment, now: Timestamp) -> Option<i64> {
    if visit.status != Status::Arrived {
        return None;
    }
    let since = visit.became_at(Status::Arrived)?;
    Some((now.as_second() - since.as_second()).max(0) / 60)
}

/// Minutes past the start for a visit that has not begun.
fn late_min(visit: &Appointment, now: Timestamp) -> Option<i64> {
    let not_begun = matches!(visit.status, Status::Booked | Status::Arrived);
    let late = (now.as_second() - visit.start.as_second()) / 60;
    (not_begun && late > 0).then_some(late)
}

/// A day of everyone, or of one practitioner.
pub fn day(
    clinic: &Clinic,
    caller: &Caller,
    date: Date,
    with: Option<PractitionerId>,
) -> Answer<Board> {
    caller.must(Permission::ViewSchedule)?;
    let (current, now) = (clinic.current(), clinic.now());
    clinic
        .store
        .read(|rows| Ok(board(rows, &current, now, date, with)?))
}

fn board(
    rows: &dyn Rows,
    current: &Current,
    now: Timestamp,
    date: Date,
    with: Option<PractitionerId>,
) -> Result<Board, Failure> {
    let (who, chosen) = shown(rows, with)?;
    let mut named = Named::new(rows)?;
    let midnight = current.midnight(date);
    let next = current.midnight(date.saturating_add(1.day()));
    let mut tickets = Vec::new();
    for practitioner in &chosen {
        for visit in appointments::of_practitioner(rows, practitioner.id, midnight, next)? {
            let is_new = is_new(&mut named, &visit, midnight)?;
            let mut ticket = ticket(&mut named, practitioner, visit, now)?;
            ticket.is_new = is_new;
            tickets.push(ticket);
        }
    }
    tickets.sort_by_key(|t| (t.visit.start, t.visit.id));
    ask_births(&mut tickets);
    let today = current.midnight(current.date(now));
    let mut unresolved = Vec::new();
    for visit in left(rows, &chosen, today, now)? {
        if let Some(practitioner) = chosen.iter().find(|p| p.id == visit.practitioner) {
            unresolved.push(ticket(&mut named, practitioner, visit, now)?);
        }
    }
    Ok(Board {
        date,
        who,
        summary: summary(&tickets),
        tickets,
        unresolved,
    })
}

/// Visits of days before today that nobody has said the end of, latest first: those still expected
/// or waiting, and those left with the clinician when the day was over.
fn left(
    rows: &dyn Rows,
    chosen: &[Practitioner],
    today: Timestamp,
    now: Timestamp,
) -> Result<Vec<Appointment>, Failure> {
    let theirs = |visit: &Appointment| chosen.iter().any(|p| p.id == visit.practitioner);
    let wanted = |visit: &Appointment| theirs(visit) && visit.is_unresolved(now);
    let mut left = appointments::open_before(rows, today, UNRESOLVED, &wanted)?;
    let back = (after(today, -LEFT_DAYS * 24 * 60), today);
    for practitioner in chosen {
        let with = appointments::of_status(rows, practitioner.id, back, Status::CheckedIn)?;
        left.extend(with.into_iter().filter(|visit| visit.end() <= now));
    }
    left.sort_by_key(|visit| std::cmp::Reverse((visit.start, visit.id)));
    left.truncate(UNRESOLVED);
    Ok(left)
}

fn ticket(
    named: &mut Named<'_>,
    practitioner: &Practitioner,
    visit: Appointment,
    now: Timestamp,
) -> Result<Ticket, Failure> {
    let service = named.service(visit.service).to_owned();
    let patient = named.patient(visit.patient)?;
    Ok(Ticket {
        patient: patient.map_or(visit.patient, |p| p.id),
        name: patient.map(|p| p.name().clone()).unwrap_or_default(),
        birth_date: patient.and_then(|p| p.birth_date),
        phone: patient.and_then(|p| p.phone()).map(str::to_owned),
        desk_note: patient.map(|p| p.desk_note.clone()).unwrap_or_default(),
        service,
        practitioner: practitioner.called(),
        hue: practitioner.hue,
        is_new: false,
        ask_birth: None,
        waits_min: waiting_min(&visit, now),
        late_min: late_min(&visit, now),
        visit,
    })
}

/// Whether a patient has not been here before: not seen, and no earlier visit that took its time.
fn is_new(
    named: &mut Named<'_>,
    visit: &Appointment,
    midnight: Timestamp,
) -> Result<bool, Failure> {
    const FEW: usize = 5;
    let seen = named.patient(visit.patient)?.and_then(|p| p.seen_at);
    if seen.is_some_and(|seen| seen < midnight) {
        return Ok(false);
    }
    let before = appointments::of_patient_before(named.rows, visit.patient, visit.start, FEW)?;
    Ok(!before.iter().any(|v| v.status.occupies()))
}

/// Two people of one name on one day are told apart by their birth dates, as are those without one.
fn ask_births(tickets: &mut [Ticket]) {
    let folded = |name: &HumanName| {
        let mut words = search::words(&name.full());
        words.sort();
        words.join(" ")
    };
    let mut bearers: HashMap<String, Vec<PatientId>> = HashMap::new();
    for ticket in tickets.iter() {
        let of_name = bearers.entry(folded(&ticket.name)).or_default();
        if !of_name.contains(&ticket.patient) {
            of_name.push(ticket.patient);
        }
    }
    for ticket in tickets {
        let shared = bearers
            .get(&folded(&ticket.name))
            .is_some_and(|b| b.len() > 1);
        ticket.ask_birth = match (shared, ticket.birth_date) {
            (true, _) => Some(AskBirth::SameName),
            (false, None) => Some(AskBirth::Missing),
            (false, Some(_)) => None,
        };
    }
}

fn summary(tickets: &[Ticket]) -> Summary {
    let count = |wanted: &dyn Fn(&Ticket) -> bool| {
        u32::try_from(tickets.iter().filter(|t| wanted(t)).count()).unwrap_or(u32::MAX)
    };
    Summary {
        visits: count(&|t| t.visit.status != Status::Cancelled),
        waiting: count(&|t| t.visit.status == Status::Arrived),
        longest_min: tickets
            .iter()
            .filter_map(|t| t.waits_min)
            .max()
            .unwrap_or(0),
        not_confirmed: count(&|t| {
            t.visit.status == Status::Booked && t.visit.confirmed_at.is_none()
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::stage::{BORN, Stage};
    use crate::domain::account::Role;
    use crate::domain::appointment::{Doer, Event, EventKind};
    use crate::domain::audit::Action;
    use crate::domain::id::{AppointmentId, Id, ServiceId};

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(1_795_000_000 + minute * 60).unwrap()
    }

    fn visit(status: Status, became: i64) -> Appointment {
        Appointment {
            id: AppointmentId::from_bytes([1; 16]),
            reference: String::new(),
            patient: PatientId::from_bytes([2; 16]),
            practitioner: PractitionerId::from_bytes([3; 16]),
            service: ServiceId::from_bytes([4; 16]),
            start: at(0),
            duration_min: 20,
            before_min: 0,
            after_min: 0,
            status,
            confirmed_at: None,
            sequence: 0,
            overbooked: None,
            internal_note: String::new(),
            patient_note: String::new(),
            cancellation: None,
            history: vec![Event {
                at: at(became),
                by: Doer::System,
                kind: EventKind::Became(status),
            }],
        }
    }

    #[test]
    fn waiting_is_counted_from_arrival_and_only_in_the_waiting_room() {
        assert_eq!(waiting_min(&visit(Status::Arrived, -10), at(2)), Some(12));
        assert_eq!(waiting_min(&visit(Status::Arrived, 5), at(2)), Some(0));
        assert_eq!(waiting_min(&visit(Status::CheckedIn, -10), at(2)), None);
        assert_eq!(waiting_min(&visit(Status::Booked, -10), at(2)), None);
    }

    #[test]
    fn old_visits_of_one_practitioner_are_not_pushed_out_by_those_of_others() {
        let stage = Stage::new();
        let now = stage.clinic.now();
        let patient = stage.patient("Amira Haddad", None, Some(BORN)).id;
        let of = |n: u8| Practitioner {
            id: PractitionerId::from_bytes([n; 16]),
            name: HumanName::from_full("Someone Who Cares"),
            role: String::new(),
            hue: 1,
            active: true,
            identifiers: Vec::new(),
        };
        let (busy, quiet) = (of(1), of(2));
        let [one, other] = [busy.id, quiet.id];
        // The quiet one's visit is older than as many of the busy one's as are listed.
        let most = i64::try_from(UNRESOLVED).unwrap();
        let visits: Vec<Appointment> = (0..=most)
            .map(|n| Appointment {
                id: stage.clinic.new_id(),
                patient,
                practitioner: if n == most { other } else { one },
                start: after(now, -(n + 3) * 24 * 60),
                ..visit(Status::Booked, 0)
            })
            .collect();
        let cause = stage.clinic.own_cause("test", Action::Book);
        let kept = stage.clinic.store.write(cause, move |tx| {
            tx.put(&busy)?;
            tx.put(&quiet)?;
            for visit in &visits {
                appointments::put(tx, visit)?;
            }
            Ok(())
        });
        kept.unwrap();
        let today = stage.clinic.current().date(now);
        let old = |with| {
            let board = day(&stage.clinic, &stage.caller(Role::FrontDesk), today, with);
            let listed = board.unwrap().unresolved;
            listed
                .iter()
                .map(|t| t.visit.practitioner)
                .collect::<Vec<_>>()
        };
        assert_eq!(old(Some(other)), [other]);
        assert_eq!(old(Some(one)).len(), UNRESOLVED);
        // Of everyone, the latest are listed.
        assert_eq!(old(None), vec![one; UNRESOLVED]);
    }

    #[test]
    fn a_visit_left_with_the_clinician_overnight_waits_for_its_end() {
        let stage = Stage::new();
        let desk = stage.caller(Role::FrontDesk);
        let patient = stage.patient("Amira Haddad", None, Some(BORN)).id;
        let (visit, _) = stage.visit(patient);
        let step = |to| super::super::advance(&stage.clinic, &desk, visit.id, to).unwrap();
        let listed = || {
            let (clinic, with) = (&stage.clinic, Some(visit.practitioner));
            let today = clinic.current().date(clinic.now());
            let board = day(clinic, &desk, today, with).unwrap();
            board
                .unresolved
                .iter()
                .map(|t| t.visit.id)
                .collect::<Vec<_>>()
        };
        step(Status::Arrived);
        step(Status::CheckedIn);
        stage.clock.forward_min(11 * 60);
        assert_eq!(listed(), [], "the day is not over");
        stage.clock.forward_min(24 * 60);
        assert_eq!(listed(), [visit.id]);
        step(Status::Fulfilled);
        assert_eq!(listed(), []);
    }

    #[test]
    fn late_is_past_the_start_and_not_begun() {
        assert_eq!(late_min(&visit(Status::Booked, -99), at(0)), None);
        assert_eq!(late_min(&visit(Status::Booked, -99), at(7)), Some(7));
        assert_eq!(late_min(&visit(Status::Arrived, -10), at(3)), Some(3));
        assert_eq!(late_min(&visit(Status::CheckedIn, 1), at(9)), None);
        assert_eq!(late_min(&visit(Status::Cancelled, -99), at(9)), None);
    }
}
