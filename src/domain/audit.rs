//! What is written down about every change and every look.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::account::{Actor, Role};
use super::id::{LoginId, PatientId};

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident = $code:literal,)*) => {
        /// What was done. The codes are for filters and exports and never change.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Action { $($(#[$doc])* $name,)* }

        impl Action {
            /// Every action.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The word in filters and exports.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }
        }
    };
}

actions! {
    /// The clinic was made.
    ClinicCreate = "clinic.create",
    /// A page that shows patients was looked at.
    PageView = "page.view",
    /// A list or a file with patients was taken out.
    Export = "export",
    /// Settings were changed.
    SettingsChange = "settings.change",
    /// A practitioner was added or changed.
    PractitionerChange = "practitioner.change",
    /// A service was added or changed.
    ServiceChange = "service.change",
    /// Weekly hours were changed.
    HoursChange = "hours.change",
    /// A closure was added or removed.
    ClosureChange = "closure.change",
    /// Time was blocked or freed.
    BlockChange = "block.change",
    /// A patient was registered.
    PatientRegister = "patient.register",
    /// A patient's details were changed.
    PatientChange = "patient.change",
    /// A chart was put away or taken back.
    PatientArchive = "patient.archive",
    /// Two charts were made one, or parted again.
    PatientMerge = "patient.merge",
    /// Patients were read from a file.
    Import = "import",
    /// An invitation was made.
    Invite = "access.invite",
    /// A link was used or a code was tried.
    LinkUse = "access.link",
    /// Someone signed in, or tried to.
    SignIn = "access.sign-in",
    /// Someone signed out, or was signed out.
    SignOut = "access.sign-out",
    /// A screen was locked or unlocked.
    Lock = "access.lock",
    /// An access was made, changed or closed.
    LoginChange = "access.change",
    /// A time was held.
    Hold = "visit.hold",
    /// A visit was booked.
    Book = "visit.book",
    /// A visit was asked for.
    Request = "visit.request",
    /// A request was accepted or declined.
    Answer = "visit.answer",
    /// A visit was moved or made longer.
    Move = "visit.move",
    /// A visit was cancelled.
    Cancel = "visit.cancel",
    /// A patient said that they will come.
    Confirm = "visit.confirm",
    /// A visit went on in the day.
    Advance = "visit.advance",
    /// A change was taken back.
    Undo = "visit.undo",
    /// A note of a visit was changed.
    Note = "visit.note",
    /// A person not known here asked to be a patient, or was answered.
    Registration = "request.registration",
    /// A message was sent, stopped or tried again.
    Outbox = "outbox",
    /// A device was used; noted at most once a minute.
    Seen = "access.seen",
}

/// Who did it, as the log keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditActor {
    /// Their access, if they had one.
    pub login: Option<LoginId>,
    /// What they were here; `None` for Anteroom itself.
    pub role: Option<Role>,
    /// Their name at the time.
    pub name: String,
}

impl From<&Actor> for AuditActor {
    fn from(actor: &Actor) -> Self {
        Self {
            login: actor.login,
            role: Some(actor.role),
            name: actor.name.clone(),
        }
    }
}

impl AuditActor {
    /// Anteroom itself: reminders, the delivery loop, the command line.
    pub fn system(name: &str) -> Self {
        Self {
            login: None,
            role: None,
            name: name.to_owned(),
        }
    }
}

/// Why something is written: mandatory for every change, so that an unaudited one cannot be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// Who.
    pub actor: AuditActor,
    /// What.
    pub action: Action,
    /// The request that did it, as the log of the server names it.
    pub request: u64,
    /// When.
    pub at: Timestamp,
}

/// One line of the log (FHIR `AuditEvent`). Each carries the hash of the one before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEvent {
    /// Position in the log, from 1 without gaps.
    pub seq: u64,
    /// When.
    #[serde(with = "jiff::fmt::serde::timestamp::millisecond::required")]
    pub at: Timestamp,
    /// Who.
    pub actor: AuditActor,
    /// What.
    pub action: Action,
    /// Every patient whom it concerns or who was shown.
    pub about: Vec<PatientId>,
    /// The thing it was done to, as its printed identifier, or the path of the page.
    pub object: String,
    /// What changed, in codes and names of fields. No health data.
    pub detail: String,
    /// The request that did it.
    pub request: u64,
    /// Hash of the line before; zeros for the first.
    pub before: [u8; 32],
}
