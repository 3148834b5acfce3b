//! Why the answer is no. Each refusal has a sentence in the language of the reader; what one may
//! not see is refused as if it did not exist.

use jiff::Timestamp;

use super::id::PatientId;
use super::password::Weak;

/// Why the answer is no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// There is no such thing, or it is not for this person.
    NotFound,
    /// The time has just gone to someone else, or is no longer offered.
    SlotTaken,
    /// The held time has run out.
    HoldExpired,
    /// The patient has a visit at that time already.
    OverlapsOwn,
    /// The patient has as many visits ahead as the clinic allows.
    TooManyVisits,
    /// Too close to the visit to move it online.
    TooLateToMove,
    /// The visit is over, cancelled, or not in a state for that.
    VisitNotOpen,
    /// The time overlaps another visit or a block; staff may give a reason. What it is, where that
    /// is said.
    Overlap(Option<Box<InTheWay>>),
    /// The change can no longer be taken back.
    TooLateToUndo,
    /// Someone else changed it meanwhile.
    Changed,
    /// The chart is put away.
    ChartNotActive,
    /// The patient has no chart yet and one request already.
    OneRequestOnly,
    /// A link that is unknown, used or expired.
    LinkDead,
    /// A wrong birth date, code or password; how many tries are left, where that is counted.
    Wrong {
        /// Tries left; `None` where it is not said.
        tries_left: Option<u8>,
    },
    /// Too many wrong answers: shut until then, or until the clinic helps.
    Shut {
        /// Until when; `None` until staff open it.
        until: Option<Timestamp>,
    },
    /// The server has too many sign-ins at once.
    Busy,
    /// The clinic is not set up so far.
    NotOpen,
    /// The last owner cannot be removed.
    LastOwner,
    /// It is taken already: an e-mail of another access, for example.
    Duplicate,
    /// There is nothing to send to.
    NoContact,
    /// The chart has no birth date, so an invitation would have nothing to ask for.
    NoBirthDate,
    /// The person has to prove again who they are before this.
    ProveAgain,
    /// The password is too easy to guess.
    WeakPassword(Weak),
}

/// What is in the way of a visit at the time that staff want.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InTheWay {
    /// Another visit.
    Visit {
        /// Whose.
        patient: PatientId,
        /// Their name, as one says it.
        name: String,
        /// When it starts, without its breaks.
        start: Timestamp,
        /// When it ends, without its breaks.
        end: Timestamp,
        /// Whether it is of the same patient.
        own: bool,
        /// Whether only the breaks around the two meet.
        only_breaks: bool,
    },
    /// Time that staff took out.
    Block {
        /// What they wrote on it; may be empty.
        note: String,
        /// From.
        start: Timestamp,
        /// Until.
        end: Timestamp,
    },
    /// A time that somebody is choosing right now.
    Hold,
}
