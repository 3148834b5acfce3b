//! What happened to a visit, from the moment it was booked.

use jiff::Timestamp;

use super::chance::{Chance, Stream};
use super::days_between;
use super::names::{PATIENT_NOTES, REASONS, VISIT_NOTES};
use super::visits::{Book, Place};
use crate::domain::appointment::{Appointment, Doer, NewAppointment, Status, after};
use crate::domain::id::Id;
use crate::domain::service::{OnlineBooking, Service};

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;

/// A visit with all that has happened to it: with `plain`, it was booked, and held if it lies
/// behind; without, what happens to visits.
pub(super) fn tell(
    book: &mut Book<'_>,
    seed: u64,
    place: Place,
    plain: bool,
) -> Option<Appointment> {
    let mut chance = Chance::new(seed, Stream::Story, 0);
    let service = book.practice.service(place.service)?.clone();
    let mut reference = chance.reference();
    while !book.references.insert(reference.clone()) {
        reference = chance.reference();
    }
    let mut visit = booked(book, &mut chance, place, &service, reference)?;
    let ahead = days_between(book.today, place.date);
    if plain {
        return if ahead < 0 {
            held(&mut chance, book, visit)
        } else {
            Some(visit)
        };
    }
    let midnight = book.current.midnight(book.today);
    let booked_at = visit.history.first()?.at;
    if chance.per_cent(6) {
        chance
            .word(VISIT_NOTES)
            .clone_into(&mut visit.internal_note);
    }
    if chance.per_cent(5) {
        chance
            .word(PATIENT_NOTES)
            .clone_into(&mut visit.patient_note);
    }
    let moved_at = between(
        &mut chance,
        booked_at,
        midnight.min(after(visit.start, -2 * DAY)),
    );
    if chance.per_cent(5) && visit.status == Status::Booked {
        visit = moved(&mut chance, book, visit, moved_at);
    }
    let last = visit.history.last()?.at;
    let said = after(visit.start, -chance.between(26 * HOUR, 47 * HOUR));
    if chance.per_cent(45) && last < said && said < midnight {
        visit = visit.confirm(Doer::Patient, said).unwrap_or(visit);
    }
    let roll = chance.below(100);
    match (ahead, roll) {
        (..0, 0..=5) => {
            let at = after(visit.start, chance.between(18, 45));
            visit = visit
                .become_(Status::NoShow, staff(book), at)
                .unwrap_or(visit);
        }
        (..0, 6..=14) | (0.., 0..=4) => {
            visit = cancelled(&mut chance, book, visit, &service, roll.is_multiple_of(3));
        }
        (..0, _)
            if place.date == book.last_day && book.unresolved > 0 && roll.is_multiple_of(3) =>
        {
            if book.unresolved == 3 {
                let at = after(visit.start, -4);
                visit = visit
                    .become_(Status::Arrived, staff(book), at)
                    .unwrap_or(visit);
            }
            book.unresolved -= 1;
        }
        (..0, _) => visit = held(&mut chance, book, visit)?,
        (0.., _) => {}
    }
    Some(visit)
}

fn staff(book: &Book<'_>) -> Doer {
    Doer::Staff(book.practice.desk())
}

/// A moment between two; the first when there is nothing between.
fn between(chance: &mut Chance, from: Timestamp, until: Timestamp) -> Timestamp {
    let minutes = (until.as_second() - from.as_second()) / 60;
    after(
        from,
        if minutes > 1 {
            chance.between(1, minutes)
        } else {
            0
        },
    )
}

/// The visit as it was booked. Nothing is booked today, so that the hour at which the
/// demonstration starts changes no visit but those of today.
fn booked(
    book: &Book<'_>,
    chance: &mut Chance,
    place: Place,
    service: &Service,
    reference: String,
) -> Option<Appointment> {
    let person = book.people.get(place.person)?;
    let carer = book.practice.carers.get(place.carer)?;
    let midnight = book.current.midnight(book.today);
    let days = match chance.below(10) {
        0..=2 => chance.between(1, 3),
        3..=6 => chance.between(4, 13),
        _ => chance.between(14, 40),
    };
    let latest = after(
        place.start.min(midnight),
        -chance.between(3 * HOUR, 14 * HOUR),
    );
    let wanted = after(
        place.start,
        -days * DAY + chance.between(-4 * HOUR, 4 * HOUR),
    );
    // What lies more than three weeks ahead was booked lately.
    let wanted = if wanted > latest {
        after(latest, -chance.between(0, 12 * DAY))
    } else {
        wanted
    };
    let at = wanted.max(after(person.patient.created_at, 10)).min(latest);
    let own = person.is_online() && service.online != OnlineBooking::Off && chance.per_cent(60);
    let asked = service.online == OnlineBooking::Request && own;
    let by = if own { Doer::Patient } else { staff(book) };
    let id = Id::new(at, chance.bytes());
    let new = NewAppointment {
        id,
        reference,
        patient: person.patient.id,
        practitioner: carer.who.id,
        start: place.start,
        by,
        at,
        pending: asked,
    };
    let visit = Appointment::new(new, service);
    let answered = after(at, chance.between(HOUR, 20 * HOUR)).min(after(place.start, -HOUR));
    // Those that lie ahead wait for an answer.
    if asked && days_between(book.today, place.date) < 4 && answered < midnight {
        return visit.accept(staff(book), answered).ok();
    }
    Some(visit)
}

fn moved(chance: &mut Chance, book: &Book<'_>, visit: Appointment, at: Timestamp) -> Appointment {
    let (start, practitioner) = (visit.start, visit.practitioner);
    let by = if chance.per_cent(50) {
        Doer::Patient
    } else {
        staff(book)
    };
    let mut before = visit.clone();
    before.start = after(
        start,
        chance
            .pick(&[-7 * DAY, -2 * DAY, -DAY, DAY, 7 * DAY])
            .unwrap_or(DAY),
    );
    if at >= before.start || at >= start {
        return visit;
    }
    before.move_to(start, practitioner, by, at).unwrap_or(visit)
}

fn cancelled(
    chance: &mut Chance,
    book: &Book<'_>,
    visit: Appointment,
    service: &Service,
    late: bool,
) -> Appointment {
    let midnight = book.current.midnight(book.today);
    let last = visit.history.last().map_or(visit.start, |e| e.at);
    let at = if late {
        after(visit.start, -chance.between(2 * HOUR, 20 * HOUR))
    } else {
        between(chance, last, after(visit.start, -25 * HOUR))
    };
    let at = at.min(after(midnight, -10)).max(after(last, 1));
    let own = chance.per_cent(75);
    let by = if own { Doer::Patient } else { staff(book) };
    let reason = chance.word(REASONS);
    let late = own && visit.is_late_to_cancel(service, at);
    visit.cancel(by, reason, late, at).unwrap_or(visit)
}

/// Arrived, seen, done.
fn held(chance: &mut Chance, book: &Book<'_>, visit: Appointment) -> Option<Appointment> {
    let by = staff(book);
    let visit = if visit.status == Status::Pending {
        visit.accept(by, after(visit.history.last()?.at, 30)).ok()?
    } else {
        visit
    };
    let minutes = i64::from(visit.duration_min);
    let arrived = after(visit.start, chance.between(-14, 1));
    let called = after(visit.start, chance.between(1, 9)).max(after(arrived, 1));
    let done = after(called, minutes * chance.between(80, 110) / 100);
    let steps = [
        (Status::Arrived, arrived),
        (Status::CheckedIn, called),
        (Status::Fulfilled, done),
    ];
    let mut visit = visit;
    for (status, at) in steps {
        visit = visit.become_(status, by, at).ok()?;
    }
    Some(visit)
}
