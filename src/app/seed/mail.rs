//! What left the building, what waits, and what did not arrive.

use jiff::Timestamp;

use super::chance::{Chance, Stream};
use super::visits::Book;
use crate::app::notices::reminder_due;
use crate::domain::appointment::{Appointment, EventKind, Status, after};
use crate::domain::id::Id;
use crate::domain::notice::{Notice, NoticeKind, NoticeState, NoticeSubject, UNDO_MIN};
use crate::domain::patient::Patient;

/// Older mail is of no interest to anybody.
const KEPT_MIN: i64 = 21 * 24 * 60;

/// How many messages end in each of the unusual ways.
const UNUSUAL: [(NoticeState, &str, u16); 9] = [
    (
        NoticeState::Refused,
        "550 5.1.1 The email account that you tried to reach does not exist",
        1,
    ),
    (
        NoticeState::Queued,
        "451 4.7.1 Greylisting in action, please come back later",
        2,
    ),
    (NoticeState::Uncertain, "", 1),
    (NoticeState::Stopped, "", 0),
    (NoticeState::Refused, "552 5.2.2 Mailbox full", 1),
    (
        NoticeState::Queued,
        "421 4.3.2 Service not available, closing transmission channel",
        4,
    ),
    (NoticeState::ByHand, "", 0),
    (
        NoticeState::Refused,
        "554 5.7.1 Message rejected due to local policy",
        1,
    ),
    (NoticeState::Queued, "", 0),
];

/// Every message, oldest first.
pub(super) fn all(book: &Book<'_>) -> Vec<Notice> {
    let mut chance = Chance::new(book.plan.seed, Stream::Mail, 0);
    let mut notices = Vec::new();
    for placed in &book.placed {
        if let Some(person) = book.people.get(placed.person) {
            of_visit(
                &mut chance,
                &placed.visit,
                &person.patient,
                book.now,
                &mut notices,
            );
        }
    }
    invitations(&mut chance, book, &mut notices);
    notices.sort_by_key(|n| n.id);
    unusual(&mut notices, book.now);
    notices
}

/// The messages that a visit caused: those that left lately, and those that wait.
fn of_visit(
    chance: &mut Chance,
    visit: &Appointment,
    patient: &Patient,
    now: Timestamp,
    notices: &mut Vec<Notice>,
) {
    // Drawn for every visit, so that one address more changes no other message.
    let mut own = Chance::new(chance.next(), Stream::Mail, 1);
    let Some(to) = patient.email.as_ref().filter(|_| patient.can_be_reached()) else {
        return;
    };
    let mut write = |kind: NoticeKind, revision: u32, at: Timestamp, due: Timestamp, gone: bool| {
        let random = own.bytes();
        let queued = own.reference();
        if due < after(now, -KEPT_MIN) {
            return;
        }
        let (state, changed_at, reply) = if due <= now {
            (
                NoticeState::Accepted,
                due,
                format!("250 2.0.0 Ok: queued as {queued}"),
            )
        } else if gone {
            (NoticeState::Suppressed, at, String::new())
        } else {
            (NoticeState::Held, at, String::new())
        };
        notices.push(Notice {
            id: Id::new(at, random),
            kind,
            subject: NoticeSubject::Visit(visit.id, revision),
            patient: Some(patient.id),
            to: to.as_str().to_owned(),
            language: patient.language.clone().unwrap_or_else(|| "en".to_owned()),
            due,
            next_at: due,
            state,
            attempts: u16::from(state == NoticeState::Accepted),
            reply,
            token: None,
            code: None,
            created_at: at,
            changed_at,
        });
    };
    let mut revision = 0;
    for event in &visit.history {
        let kind = match &event.kind {
            EventKind::Booked => NoticeKind::Booked,
            EventKind::Requested => NoticeKind::Requested,
            EventKind::Moved { .. } => {
                revision += 1;
                NoticeKind::Moved
            }
            EventKind::Became(Status::Cancelled) => {
                revision += 1;
                NoticeKind::Cancelled
            }
            EventKind::Became(_)
            | EventKind::Confirmed
            | EventKind::Resized { .. }
            | EventKind::Undone => continue,
        };
        write(kind, revision, event.at, after(event.at, UNDO_MIN), false);
    }
    let cancelled = visit.cancellation.as_ref().map(|c| c.at);
    let told = visit
        .history
        .iter()
        .rev()
        .find(|e| matches!(e.kind, EventKind::Booked | EventKind::Moved { .. }));
    if let Some(told) = told.filter(|_| patient.reminders) {
        let revision = if cancelled.is_some() {
            visit.sequence.saturating_sub(1)
        } else {
            visit.sequence
        };
        for kind in [NoticeKind::Reminder7, NoticeKind::Reminder2] {
            if let Some(due) = reminder_due(kind, visit.start, told.at, told.at) {
                let gone = cancelled.is_some_and(|at| at < due);
                if !gone || due > now {
                    write(kind, revision, told.at, due, gone);
                }
            }
        }
    }
}

/// Invitations to those whose access waits: by mail, or handed over at the desk.
fn invitations(chance: &mut Chance, book: &Book<'_>, notices: &mut Vec<Notice>) {
    for person in book.people.iter() {
        let Some(login) = &person.login else { continue };
        let random = chance.bytes();
        let queued = chance.reference();
        let at = login.created_at;
        if at < after(book.now, -KEPT_MIN) || !person.patient.can_be_reached() {
            continue;
        }
        let to = person.patient.email.as_ref().map(|e| e.as_str().to_owned());
        let by_hand = to.is_none();
        notices.push(Notice {
            id: Id::new(at, random),
            kind: NoticeKind::Invitation,
            subject: NoticeSubject::Patient(person.patient.id),
            patient: Some(person.patient.id),
            to: to.unwrap_or_default(),
            language: person
                .patient
                .language
                .clone()
                .unwrap_or_else(|| "en".to_owned()),
            due: at,
            next_at: at,
            state: if by_hand {
                NoticeState::ByHand
            } else {
                NoticeState::Accepted
            },
            attempts: u16::from(!by_hand),
            reply: if by_hand {
                String::new()
            } else {
                format!("250 2.0.0 Ok: queued as {queued}")
            },
            token: None,
            code: None,
            created_at: at,
            changed_at: at,
        });
    }
}

/// Of what left lately, some did not arrive.
fn unusual(notices: &mut [Notice], now: Timestamp) {
    let mut left: Vec<usize> = (0..notices.len())
        .filter(|i| {
            notices
                .get(*i)
                .is_some_and(|n| n.state == NoticeState::Accepted)
        })
        .collect();
    left.sort_by_key(|i| notices.get(*i).map(|n| (n.due, n.id)));
    let every = 3;
    for (number, (state, reply, attempts)) in UNUSUAL.into_iter().enumerate() {
        let Some(notice) = left
            .len()
            .checked_sub(2 + number * every)
            .and_then(|i| left.get(i))
            .and_then(|i| notices.get_mut(*i))
        else {
            return;
        };
        notice.state = state;
        notice.attempts = attempts;
        reply.clone_into(&mut notice.reply);
        if state == NoticeState::Queued && attempts > 0 {
            notice.next_at = after(now, i64::from(attempts) * 7);
            notice.changed_at = after(now, -i64::from(attempts));
        }
        if state == NoticeState::ByHand {
            notice.to.clear();
        }
    }
}
