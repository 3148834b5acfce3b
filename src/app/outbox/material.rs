//! What a message is written from, and whether what it says is still so.

use std::sync::Arc;

use jiff::Timestamp;

use crate::app::{Current, Failure, secret};
use crate::domain::account::{Link, LinkPurpose};
use crate::domain::appointment::{Appointment, Status};
use crate::domain::notice::{Notice, NoticeKind, NoticeSubject, recipient};
use crate::domain::patient::Patient;
use crate::store::table::Rows;
use crate::store::{Tx, access, appointments, patients};

/// Everything that a message is written from, as of one moment.
#[derive(Clone, Debug)]
pub struct Material {
    /// The message.
    pub notice: Notice,
    /// The clinic.
    pub current: Arc<Current>,
    /// The visit that it is about, if it is about one.
    pub visit: Option<Appointment>,
    /// The patient whom it concerns, if they are known here.
    pub patient: Option<Patient>,
    /// The secret of the one link in it: of the message itself, or of the action link of the visit.
    pub token: Option<String>,
}

impl Material {
    /// Loads what a message is written from. One about a visit that has not left goes where the
    /// patient is reached now, in the language that they read now.
    pub fn load(
        rows: &dyn Rows,
        current: Arc<Current>,
        mut notice: Notice,
    ) -> Result<Self, Failure> {
        let visit = match notice.subject {
            NoticeSubject::Visit(id, _) => appointments::find(rows, id)?,
            NoticeSubject::Patient(_) | NoticeSubject::Login(_) | NoticeSubject::Stranger => None,
        };
        let patient = match notice.patient {
            Some(id) => patients::follow(rows, id)?,
            None => None,
        };
        if let (NoticeSubject::Visit(..), Some(patient)) = (notice.subject, &patient)
            && notice.state.is_waiting()
            // Without an address it is a person who delivers it.
            && !notice.to.is_empty()
        {
            notice.to = recipient(patient.email.as_ref()).unwrap_or_default();
            let language = patient.language.clone();
            notice.language = language.unwrap_or_else(|| current.settings.profile.language.clone());
        }
        Ok(Self {
            token: notice.token.clone(),
            notice,
            current,
            visit,
            patient,
        })
    }

    /// Whether the message still says what is so, to someone who may be told.
    pub fn is_still_true(&self, rows: &dyn Rows, now: Timestamp) -> Result<bool, Failure> {
        if self.notice.patient.is_some() {
            match &self.patient {
                Some(patient) if patient.can_be_reached() => {}
                Some(_) | None => return Ok(false),
            }
        }
        match self.notice.subject {
            NoticeSubject::Visit(_, sequence) => Ok(self.visit_is_as_told(sequence, now)),
            NoticeSubject::Patient(_) | NoticeSubject::Login(_) | NoticeSubject::Stranger => {
                self.link_is_live(rows, now)
            }
        }
    }

    fn visit_is_as_told(&self, sequence: u32, now: Timestamp) -> bool {
        let Some(visit) = &self.visit else {
            return false;
        };
        let ahead = now < visit.start;
        match self.notice.kind {
            NoticeKind::Booked | NoticeKind::Moved => ahead && visit.status.is_open(),
            NoticeKind::Requested => ahead && visit.status == Status::Pending,
            NoticeKind::Declined | NoticeKind::Cancelled => visit.status == Status::Cancelled,
            NoticeKind::Reminder7 | NoticeKind::Reminder2 => {
                ahead && visit.status == Status::Booked && visit.sequence == sequence
            }
            NoticeKind::Invitation
            | NoticeKind::SignIn
            | NoticeKind::ConfirmContact
            | NoticeKind::ContactChanged
            | NoticeKind::StaffInvitation
            | NoticeKind::Welcome
            | NoticeKind::TurnedAway => true,
        }
    }

    /// Whether there is an address to send it to.
    pub fn has_recipient(&self) -> bool {
        !self.notice.to.is_empty()
    }

    /// Whether clinic and patient want the reminder, if it is one. A person who reminds by hand is
    /// not asked.
    pub fn is_wanted(&self) -> bool {
        let wanted = &self.current.settings.reminders;
        let on = match self.notice.kind {
            NoticeKind::Reminder7 => wanted.week_before,
            NoticeKind::Reminder2 => wanted.two_days_before,
            NoticeKind::Invitation
            | NoticeKind::SignIn
            | NoticeKind::Booked
            | NoticeKind::Requested
            | NoticeKind::Declined
            | NoticeKind::Moved
            | NoticeKind::Cancelled
            | NoticeKind::ConfirmContact
            | NoticeKind::ContactChanged
            | NoticeKind::StaffInvitation
            | NoticeKind::Welcome
            | NoticeKind::TurnedAway => return true,
        };
        on && self.patient.as_ref().is_some_and(|p| p.reminders)
    }

    /// A link that was used, replaced or has expired is not worth a mail.
    fn link_is_live(&self, rows: &dyn Rows, now: Timestamp) -> Result<bool, Failure> {
        if matches!(
            self.notice.kind,
            NoticeKind::ContactChanged | NoticeKind::Welcome | NoticeKind::TurnedAway
        ) {
            return Ok(true);
        }
        let Some(token) = &self.notice.token else {
            return Ok(self.notice.code.is_some());
        };
        let link = access::link(rows, &secret::key_of(token))?;
        Ok(link.is_some_and(|link| link.is_live(now)))
    }

    /// Whether the message carries an action link of its visit.
    pub(super) fn wants_visit_link(&self, now: Timestamp) -> bool {
        let is_ahead = |v: &Appointment| v.status.is_open() && now < v.start;
        self.visit.as_ref().is_some_and(is_ahead) && !self.current.settings.lan_only
    }

    /// Makes an action link of the visit, with a secret that was drawn before the command began.
    /// Those in mails before it stay good. Messages without a visit carry their own.
    pub fn make_visit_link(
        &mut self,
        tx: &mut Tx<'_>,
        token: &str,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let Some(visit) = self.visit.as_ref().filter(|_| self.wants_visit_link(now)) else {
            return Ok(());
        };
        access::put_link(
            tx,
            &Link {
                key: secret::key_of(token),
                purpose: LinkPurpose::Visit(visit.id),
                code: None,
                browser: None,
                email: None,
                created_at: now,
                expires_at: visit.start,
                used_at: None,
                tries_left: u8::MAX,
            },
        )?;
        self.token = Some(token.to_owned());
        Ok(())
    }
}
