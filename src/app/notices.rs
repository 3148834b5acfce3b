//! Which messages a change causes. They are written in the same command as the change, so that
//! neither exists without the other; the delivery loop sends them when they are due.

use jiff::Timestamp;

use super::{Clinic, Failure};
use crate::domain::appointment::{Appointment, Status, after};
use crate::domain::id::{AppointmentId, NoticeId};
use crate::domain::notice::{Notice, NoticeKind, NoticeState, NoticeSubject, UNDO_MIN, recipient};
use crate::domain::patient::Patient;
use crate::domain::settings::Settings;
use crate::store::table::Rows;
use crate::store::{Tx, access, notices, patients};

const DAY_MIN: i64 = 24 * 60;

/// When a reminder leaves, or `None` when it makes no sense: its time is past, or the visit was
/// booked too shortly before.
pub fn reminder_due(
    kind: NoticeKind,
    start: Timestamp,
    booked_at: Timestamp,
    now: Timestamp,
) -> Option<Timestamp> {
    let days = if kind == NoticeKind::Reminder7 && after(booked_at, 10 * DAY_MIN) <= start {
        7
    } else if kind == NoticeKind::Reminder2 {
        2
    } else {
        return None;
    };
    let due = after(start, -days * DAY_MIN);
    (due > now).then_some(due)
}

/// What is needed to write messages in a command: everything that must not be drawn inside it,
/// because a command can run again.
#[derive(Clone, Debug)]
pub struct Pen {
    settings: Settings,
    now: Timestamp,
    ids: [NoticeId; 3],
}

impl Pen {
    /// Enough for one change of one visit.
    pub fn new(clinic: &Clinic) -> Self {
        let mut ids = [clinic.new_id(), clinic.new_id(), clinic.new_id()];
        // Made in the same millisecond, they are in no order yet.
        ids.sort();
        Self {
            settings: clinic.current().settings.clone(),
            now: clinic.now(),
            ids,
        }
    }

    /// A message to a patient, or `None` when there is nothing to send it to.
    pub fn to_patient(
        &self,
        id: NoticeId,
        kind: NoticeKind,
        subject: NoticeSubject,
        patient: &Patient,
        due: Timestamp,
    ) -> Option<Notice> {
        if !patient.can_be_reached() || (kind.is_reminder() && !patient.reminders) {
            return None;
        }
        let language = patient.language.clone();
        Some(Notice {
            id,
            kind,
            subject,
            patient: Some(patient.id),
            to: recipient(patient.email.as_ref())?,
            language: language.unwrap_or_else(|| self.settings.profile.language.clone()),
            due,
            next_at: due,
            state: if due > self.now {
                NoticeState::Held
            } else {
                NoticeState::Queued
            },
            attempts: 0,
            reply: String::new(),
            token: None,
            code: None,
            created_at: self.now,
            changed_at: self.now,
        })
    }

    /// After a visit was booked, asked for, moved or cancelled: what was planned and is no longer
    /// true is given up, what is true now is told after the undo window, and reminders are planned
    /// anew. With `tell` off, only the reminders are.
    pub fn visit_changed(
        &self,
        tx: &mut Tx<'_>,
        visit: &Appointment,
        kind: NoticeKind,
        tell: bool,
    ) -> Result<(), Failure> {
        suppress_waiting(tx, visit.id, self.now)?;
        if kind == NoticeKind::Moved {
            access::end_visit_links_at(tx, visit.id, visit.start)?;
        }
        let Some(patient) = patients::follow(tx, visit.patient)? else {
            return Ok(());
        };
        let [first, second, third] = self.ids;
        let subject = NoticeSubject::Visit(visit.id, visit.sequence);
        if tell {
            let due = after(self.now, UNDO_MIN);
            if let Some(notice) = self.to_patient(first, kind, subject, &patient, due) {
                notices::enqueue(tx, &notice)?;
            }
        }
        if visit.status == Status::Booked {
            self.plan_reminders(tx, visit, &patient, [second, third])?;
        }
        Ok(())
    }

    fn plan_reminders(
        &self,
        tx: &mut Tx<'_>,
        visit: &Appointment,
        patient: &Patient,
        ids: [NoticeId; 2],
    ) -> Result<(), Failure> {
        let booked_at = visit.history.last().map_or(self.now, |e| e.at);
        let subject = NoticeSubject::Visit(visit.id, visit.sequence);
        let wanted = [
            (NoticeKind::Reminder7, self.settings.reminders.week_before),
            (
                NoticeKind::Reminder2,
                self.settings.reminders.two_days_before,
            ),
        ];
        for (id, (kind, on)) in ids.into_iter().zip(wanted) {
            if on
                && let Some(due) = reminder_due(kind, visit.start, booked_at, self.now)
                && let Some(notice) = self.to_patient(id, kind, subject, patient, due)
            {
                notices::enqueue(tx, &notice)?;
            }
        }
        Ok(())
    }
}

/// Gives up every message about a visit that has not left.
pub fn suppress_waiting(
    tx: &mut Tx<'_>,
    visit: AppointmentId,
    now: Timestamp,
) -> Result<(), Failure> {
    for notice in notices::of_visit(tx, visit)? {
        if notice.state.is_waiting() {
            notices::put(tx, &notice.become_(NoticeState::Suppressed, "", now))?;
        }
    }
    Ok(())
}

/// Whether the patient will be reminded of a visit, as it is planned now.
pub fn will_remind(rows: &dyn Rows, visit: &Appointment) -> Result<bool, Failure> {
    let planned = notices::of_visit(rows, visit.id)?;
    Ok(planned
        .iter()
        .any(|n| n.kind.is_reminder() && n.state.is_waiting()))
}

/// Whether nobody was told of the last change of a visit, or the message is still here, so that
/// taking the change back tells nobody. A change belongs to one revision of the calendar entry.
pub fn is_still_silent(rows: &dyn Rows, visit: &Appointment) -> Result<bool, Failure> {
    let subject = NoticeSubject::Visit(visit.id, visit.sequence);
    Ok(notices::of_visit(rows, visit.id)?
        .iter()
        .filter(|n| n.kind.can_be_undone() && n.subject == subject)
        .all(|n| n.state.is_waiting() || n.state == NoticeState::Suppressed))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: i64) -> Timestamp {
        Timestamp::from_second(day * 86_400).unwrap()
    }

    #[test]
    fn reminders_make_sense_or_are_not_planned() {
        use NoticeKind::{Reminder2, Reminder7};
        assert_eq!(reminder_due(Reminder7, at(20), at(0), at(0)), Some(at(13)));
        assert_eq!(
            reminder_due(Reminder7, at(9), at(0), at(0)),
            None,
            "booked 9 days ahead"
        );
        assert_eq!(reminder_due(Reminder2, at(9), at(0), at(0)), Some(at(7)));
        assert_eq!(
            reminder_due(Reminder2, at(1), at(0), at(0)),
            None,
            "its time is past"
        );
        assert_eq!(reminder_due(NoticeKind::Booked, at(9), at(0), at(0)), None);
    }
}
