//! Which messages a change causes. They are written in the same command as the change, so that
//! neither exists without the other; the delivery loop sends them when they are due.

use jiff::{SignedDuration, Timestamp};

use super::{Clinic, Failure};
use crate::domain::appointment::{Appointment, Event, EventKind, Status, after};
use crate::domain::id::{AppointmentId, NoticeId};
use crate::domain::notice::{Notice, NoticeKind, NoticeState, NoticeSubject, UNDO_MIN, recipient};
use crate::domain::patient::Patient;
use crate::domain::settings::Settings;
use crate::store::table::Rows;
use crate::store::{Tx, access, appointments, notices, patients};

const DAY_MIN: i64 = 24 * 60;
/// Visits ahead of one patient that are reminded of: far more than anybody has.
const MOST_AHEAD: usize = 20;

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
    ids: Vec<NoticeId>,
}

impl Pen {
    /// Enough for one change of one visit.
    pub fn new(clinic: &Clinic) -> Self {
        Self::with(clinic, 3)
    }

    /// Enough for the reminders of all visits that a patient has ahead.
    pub fn for_patient(clinic: &Clinic) -> Self {
        Self::with(clinic, 2 * MOST_AHEAD)
    }

    fn with(clinic: &Clinic, count: usize) -> Self {
        let mut ids: Vec<NoticeId> = (0..count).map(|_| clinic.new_id()).collect();
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
    /// anew. With `tell` off nobody is told of this change; what they were to be told before still
    /// leaves, and says how it stands now.
    pub fn visit_changed(
        &self,
        tx: &mut Tx<'_>,
        visit: &Appointment,
        kind: NoticeKind,
        tell: bool,
    ) -> Result<(), Failure> {
        let waiting = latest(tx, visit, |n| n.state.is_waiting())?;
        let message = match waiting {
            // Who was not told yet that it is booked need not hear that it was at another time.
            Some(first) if tell && kind == NoticeKind::Moved && first.kind.is_first() => {
                Some((first.kind, after(self.now, UNDO_MIN)))
            }
            _ if tell => Some((kind, after(self.now, UNDO_MIN))),
            Some(before) if visit.status.is_open() => Some((before.kind, before.due)),
            _ => None,
        };
        self.rewrite(tx, visit, kind, message)
    }

    /// After the last change of a visit was taken back. Where nobody was told of it (`silent`), what
    /// it kept from being told is told after all; otherwise `kind` is.
    pub fn visit_taken_back(
        &self,
        tx: &mut Tx<'_>,
        visit: &Appointment,
        (kind, silent): (NoticeKind, bool),
        undone_at: Timestamp,
    ) -> Result<(), Failure> {
        // Both clocks are read within one command, but one after the other.
        let since = undone_at - SignedDuration::from_secs(1);
        let kept_back = |n: &Notice| n.state == NoticeState::Suppressed && n.changed_at >= since;
        let message = if silent {
            latest(tx, visit, kept_back)?
                .filter(|_| visit.status.is_open())
                .map(|before| (before.kind, before.due))
        } else {
            Some((kind, after(self.now, UNDO_MIN)))
        };
        self.rewrite(tx, visit, kind, message)
    }

    /// Gives up what waits about a visit, tells a message at its time, and plans reminders anew.
    fn rewrite(
        &self,
        tx: &mut Tx<'_>,
        visit: &Appointment,
        change: NoticeKind,
        message: Option<(NoticeKind, Timestamp)>,
    ) -> Result<(), Failure> {
        suppress_waiting(tx, visit.id, self.now)?;
        // A move that is asked for is told as a request.
        let moved = |e: &Event| matches!(e.kind, EventKind::Moved { .. });
        if change == NoticeKind::Moved || visit.history.last().is_some_and(moved) {
            access::end_visit_links_at(tx, visit.id, visit.start)?;
        }
        let Some(patient) = patients::follow(tx, visit.patient)? else {
            return Ok(());
        };
        let mut ids = self.ids.iter().copied();
        let subject = NoticeSubject::Visit(visit.id, visit.sequence);
        if let Some((kind, due)) = message
            && let Some(id) = ids.next()
            && let Some(notice) = self.to_patient(id, kind, subject, &patient, due.max(self.now))
        {
            notices::enqueue(tx, &notice)?;
        }
        self.plan_reminders(tx, visit, &patient, &mut ids)
    }

    /// After contacts or wishes of a patient changed: reminders that could not be planned before
    /// are, for the visits that they have ahead.
    pub fn patient_changed(&self, tx: &mut Tx<'_>, patient: &Patient) -> Result<(), Failure> {
        let mut ids = self.ids.iter().copied();
        let ahead = appointments::of_patient_from(tx, patient.id, self.now, self.ids.len() / 2)?;
        for visit in ahead {
            self.plan_reminders(tx, &visit, patient, &mut ids)?;
        }
        Ok(())
    }

    fn plan_reminders(
        &self,
        tx: &mut Tx<'_>,
        visit: &Appointment,
        patient: &Patient,
        ids: &mut impl Iterator<Item = NoticeId>,
    ) -> Result<(), Failure> {
        if visit.status != Status::Booked {
            return Ok(());
        }
        let gave_time = |e: &&Event| {
            matches!(
                e.kind,
                EventKind::Requested | EventKind::Booked | EventKind::Moved { .. }
            )
        };
        let booked_at = visit.history.iter().rev().find(gave_time);
        let booked_at = booked_at.map_or(self.now, |e| e.at);
        let subject = NoticeSubject::Visit(visit.id, visit.sequence);
        let wanted = [
            (NoticeKind::Reminder7, self.settings.reminders.week_before),
            (
                NoticeKind::Reminder2,
                self.settings.reminders.two_days_before,
            ),
        ];
        for (kind, on) in wanted {
            if on
                && let Some(due) = reminder_due(kind, visit.start, booked_at, self.now)
                && let Some(id) = ids.next()
                && let Some(notice) = self.to_patient(id, kind, subject, patient, due)
            {
                notices::enqueue(tx, &notice)?;
            }
        }
        Ok(())
    }
}

/// The latest message about a change of a visit among those that a test lets through.
fn latest(
    rows: &dyn Rows,
    visit: &Appointment,
    counts: impl Fn(&Notice) -> bool,
) -> Result<Option<Notice>, Failure> {
    let revision = |n: &Notice| match n.subject {
        NoticeSubject::Visit(_, sequence) => sequence,
        NoticeSubject::Patient(_) | NoticeSubject::Login(_) | NoticeSubject::Stranger => 0,
    };
    let all = notices::of_visit(rows, visit.id)?.into_iter();
    Ok(all
        .filter(|n| n.kind.can_be_undone() && counts(n))
        .max_by_key(revision))
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
