//! Messages that carry a secret. They leave at once and are never delayed.

use jiff::Timestamp;

use super::Clinic;
use crate::domain::id::{NoticeId, PatientId};
use crate::domain::notice::{Notice, NoticeKind, NoticeState, NoticeSubject};
use crate::domain::person::Email;

/// What must be drawn before the command that writes a message.
#[derive(Clone, Debug)]
pub(super) struct Envelope {
    id: NoticeId,
    now: Timestamp,
    language: String,
}

impl Envelope {
    /// For one message, in the language of the clinic unless the reader has one.
    pub(super) fn new(clinic: &Clinic) -> Self {
        Self {
            id: clinic.new_id(),
            now: clinic.now(),
            language: clinic.current().settings.profile.language.clone(),
        }
    }

    /// In a language (BCP 47), if the reader has one.
    pub(super) fn in_language(mut self, language: Option<&str>) -> Self {
        if let Some(language) = language {
            language.clone_into(&mut self.language);
        }
        self
    }

    /// A message that leaves at once.
    pub(super) fn notice(
        &self,
        kind: NoticeKind,
        subject: NoticeSubject,
        patient: Option<PatientId>,
        to: &Email,
    ) -> Notice {
        Notice {
            id: self.id,
            kind,
            subject,
            patient,
            to: to.as_str().to_owned(),
            language: self.language.clone(),
            due: self.now,
            next_at: self.now,
            state: NoticeState::Queued,
            attempts: 0,
            reply: String::new(),
            token: None,
            code: None,
            created_at: self.now,
            changed_at: self.now,
        }
    }
}
