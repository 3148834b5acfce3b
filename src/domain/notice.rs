//! A message that leaves the building, from the moment it is due to the moment it is out.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::id::{AppointmentId, LoginId, NoticeId, PatientId};
use super::person::Email;

/// What a message is about. Nothing about health is in any of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum NoticeKind {
    /// A patient may open their page.
    Invitation,
    /// Link and code to sign in.
    SignIn,
    /// A visit is booked.
    Booked,
    /// A visit was asked for; the clinic will answer.
    Requested,
    /// The clinic could not give the time that was asked for.
    Declined,
    /// A visit was moved.
    Moved,
    /// A visit was cancelled.
    Cancelled,
    /// A visit is seven days away.
    Reminder7,
    /// A visit is two days away.
    Reminder2,
    /// A new contact address has to be proven.
    ConfirmContact,
    /// The old address learns that contact details changed.
    ContactChanged,
    /// Someone who works here may set a password.
    StaffInvitation,
    /// A person who asked to be a patient is one now.
    Welcome,
    /// The clinic cannot take a person who asked to be a patient.
    TurnedAway,
}

impl NoticeKind {
    /// Every kind.
    pub const ALL: [Self; 14] = [
        Self::Invitation,
        Self::SignIn,
        Self::Booked,
        Self::Requested,
        Self::Declined,
        Self::Moved,
        Self::Cancelled,
        Self::Reminder7,
        Self::Reminder2,
        Self::ConfirmContact,
        Self::ContactChanged,
        Self::StaffInvitation,
        Self::Welcome,
        Self::TurnedAway,
    ];

    /// The word in keys and URLs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::SignIn => "sign-in",
            Self::Booked => "booked",
            Self::Requested => "requested",
            Self::Declined => "declined",
            Self::Moved => "moved",
            Self::Cancelled => "cancelled",
            Self::Reminder7 => "reminder-7",
            Self::Reminder2 => "reminder-2",
            Self::ConfirmContact => "confirm-contact",
            Self::ContactChanged => "contact-changed",
            Self::StaffInvitation => "staff-invitation",
            Self::Welcome => "welcome",
            Self::TurnedAway => "turned-away",
        }
    }

    /// Whether it waits for the undo window. Codes, sign-in links and invitations are never
    /// delayed.
    pub fn can_be_undone(self) -> bool {
        matches!(
            self,
            Self::Booked | Self::Requested | Self::Declined | Self::Moved | Self::Cancelled
        )
    }

    /// Whether it is how a patient first hears of a visit.
    pub fn is_first(self) -> bool {
        matches!(self, Self::Booked | Self::Requested)
    }

    /// Whether it says how a visit stands.
    pub fn is_about_a_visit(self) -> bool {
        self.can_be_undone() || self.is_reminder()
    }

    /// Whether a patient can switch it off.
    pub fn is_reminder(self) -> bool {
        matches!(self, Self::Reminder7 | Self::Reminder2)
    }
}

/// Minutes that a change can be taken back before anyone is told.
pub const UNDO_MIN: i64 = 3;

/// Where a message stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum NoticeState {
    /// Waits for its time.
    Held,
    /// Its time has come, or comes again after a failure.
    Queued,
    /// Handed to the mail server at this moment.
    Sending,
    /// The mail server took it.
    Accepted,
    /// The mail server will never take it, or it failed too often.
    Refused,
    /// The connection broke after the text was handed over. It may have arrived; it is not sent
    /// again by itself.
    Uncertain,
    /// A person stopped it.
    Stopped,
    /// What it was about is no longer so, or the person gets no such messages.
    Suppressed,
    /// A person delivered it by hand.
    ByHand,
}

impl NoticeState {
    /// Every state.
    pub const ALL: [Self; 9] = [
        Self::Held,
        Self::Queued,
        Self::Sending,
        Self::Accepted,
        Self::Refused,
        Self::Uncertain,
        Self::Stopped,
        Self::Suppressed,
        Self::ByHand,
    ];

    /// The word in keys and URLs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Uncertain => "uncertain",
            Self::Stopped => "stopped",
            Self::Suppressed => "suppressed",
            Self::ByHand => "by-hand",
        }
    }

    /// From its word.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.code() == code)
    }

    /// Whether the delivery loop still has something to do.
    pub fn is_waiting(self) -> bool {
        matches!(self, Self::Held | Self::Queued)
    }

    /// Whether a person should look at it.
    pub fn needs_a_look(self) -> bool {
        matches!(self, Self::Refused | Self::Uncertain)
    }
}

/// What a message is about; with the kind and the due time, the key under which it exists once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NoticeSubject {
    /// A visit, at a revision of its calendar entry.
    Visit(AppointmentId, u32),
    /// A patient.
    Patient(PatientId),
    /// An access.
    Login(LoginId),
    /// A person who is not known here; the message's own address says who.
    Stranger,
}

/// A message that leaves the building.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Which message.
    pub id: NoticeId,
    /// What it says.
    pub kind: NoticeKind,
    /// What it is about.
    pub subject: NoticeSubject,
    /// The patient it concerns, so that their page can show it.
    pub patient: Option<PatientId>,
    /// Where it goes. Empty when it was delivered by hand.
    pub to: String,
    /// BCP 47 tag of the language it is written in.
    pub language: String,
    /// When it may leave.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub due: Timestamp,
    /// When it is tried next.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub next_at: Timestamp,
    /// Where it stands.
    pub state: NoticeState,
    /// How often it was tried.
    pub attempts: u16,
    /// What the server said last, word for word.
    pub reply: String,
    /// The secret of the link it carries, wiped once it is out.
    pub token: Option<String>,
    /// The code it carries, wiped once it is out.
    pub code: Option<String>,
    /// When it was written.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub created_at: Timestamp,
    /// When its state last changed.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub changed_at: Timestamp,
}

impl Notice {
    /// The key under which it exists once: subject, kind, due time. What it is about at another
    /// revision, or at another time, is another message.
    pub fn unique_key(&self) -> String {
        let due = self.due.as_second();
        let kind = self.kind.code();
        match self.subject {
            NoticeSubject::Visit(id, sequence) => format!("{id}.{sequence}/{kind}/{due}"),
            NoticeSubject::Patient(id) => format!("{id}/{kind}/{due}/{}", self.to),
            NoticeSubject::Login(id) => format!("{id}/{kind}/{due}"),
            NoticeSubject::Stranger => format!("{}/{kind}/{due}", self.to),
        }
    }

    /// In another state, its secrets gone once it can no longer leave.
    #[must_use]
    pub fn become_(&self, state: NoticeState, reply: &str, at: Timestamp) -> Self {
        let mut next = self.clone();
        next.state = state;
        next.changed_at = at;
        reply.clone_into(&mut next.reply);
        if matches!(
            state,
            NoticeState::Accepted
                | NoticeState::Suppressed
                | NoticeState::Stopped
                | NoticeState::ByHand
        ) {
            next.token = None;
            next.code = None;
        }
        next
    }
}

/// Minutes to wait before try number `attempts + 1`; `None` when it is time to give up. The waits
/// double from one minute to six hours and end after about two days.
pub fn retry_after_min(attempts: u16) -> Option<i64> {
    match attempts {
        0 => Some(0),
        n @ 1..=9 => Some((1_i64 << (n - 1)).min(360)),
        10..=15 => Some(360),
        _ => None,
    }
}

/// The recipient of a message: a contact that is worth sending to.
pub fn recipient(email: Option<&Email>) -> Option<String> {
    email.map(|e| e.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_slow_down_and_end() {
        let waits: Vec<i64> = (1..20).map_while(retry_after_min).collect();
        assert!(waits.windows(2).all(|w| w[0] <= w[1]));
        let total: i64 = waits.iter().sum();
        assert!((40 * 60..60 * 60).contains(&total), "{total} minutes");
    }
}
