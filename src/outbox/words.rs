//! The words of each kind of message. Every list names every kind, so that a new one cannot be
//! forgotten.

use crate::domain::notice::NoticeKind as K;
use crate::t;
use crate::text::Text;

/// Subject, heading and first paragraph. `date` is the day of the visit; only messages about a
/// visit say it.
pub fn beginning(text: Text, kind: K, clinic: &str, date: &str) -> [String; 3] {
    match kind {
        K::Invitation => [
            t!(text, "mail-invitation-subject", clinic = clinic),
            t!(text, "mail-invitation-title", clinic = clinic),
            t!(text, "mail-invitation-text"),
        ],
        K::SignIn => [
            t!(text, "mail-sign-in-subject", clinic = clinic),
            t!(text, "mail-sign-in-title", clinic = clinic),
            t!(text, "mail-sign-in-text"),
        ],
        K::StaffInvitation => [
            t!(text, "mail-staff-invitation-subject", clinic = clinic),
            t!(text, "mail-staff-invitation-title", clinic = clinic),
            t!(text, "mail-staff-invitation-text"),
        ],
        K::Welcome => [
            t!(text, "mail-welcome-subject", clinic = clinic),
            t!(text, "mail-welcome-title", clinic = clinic),
            t!(text, "mail-welcome-text"),
        ],
        K::TurnedAway => [
            t!(text, "mail-turned-away-subject", clinic = clinic),
            t!(text, "mail-turned-away-title"),
            t!(text, "mail-turned-away-text"),
        ],
        K::ConfirmContact => [
            t!(text, "mail-confirm-contact-subject", clinic = clinic),
            t!(text, "mail-confirm-contact-title"),
            t!(text, "mail-confirm-contact-text"),
        ],
        K::ContactChanged => [
            t!(text, "mail-contact-changed-subject", clinic = clinic),
            t!(text, "mail-contact-changed-title"),
            t!(text, "mail-contact-changed-text"),
        ],
        K::Booked => [
            t!(text, "mail-booked-subject", date = date, clinic = clinic),
            t!(text, "mail-booked-title"),
            t!(text, "mail-booked-text"),
        ],
        K::Requested => [
            t!(text, "mail-requested-subject", date = date, clinic = clinic),
            t!(text, "mail-requested-title"),
            t!(text, "mail-requested-text"),
        ],
        K::Declined => [
            t!(text, "mail-declined-subject", date = date, clinic = clinic),
            t!(text, "mail-declined-title"),
            t!(text, "mail-declined-text"),
        ],
        K::Moved => [
            t!(text, "mail-moved-subject", date = date, clinic = clinic),
            t!(text, "mail-moved-title"),
            t!(text, "mail-moved-text"),
        ],
        K::Cancelled => [
            t!(text, "mail-cancelled-subject", date = date, clinic = clinic),
            t!(text, "mail-cancelled-title"),
            t!(text, "mail-cancelled-text"),
        ],
        K::Reminder7 | K::Reminder2 => [
            t!(text, "mail-reminder-subject", date = date, clinic = clinic),
            t!(text, "mail-reminder-title"),
            t!(text, "mail-reminder-text"),
        ],
    }
}

/// The door that the link leads to, and what stands on it.
pub fn door(text: Text, kind: K) -> Option<(char, String)> {
    match kind {
        K::Invitation => Some(('i', t!(text, "mail-invitation-link"))),
        K::SignIn => Some(('s', t!(text, "mail-sign-in-link"))),
        K::StaffInvitation => Some(('p', t!(text, "mail-staff-invitation-link"))),
        K::ConfirmContact => Some(('c', t!(text, "mail-confirm-contact-link"))),
        K::ContactChanged | K::Welcome | K::TurnedAway => None,
        K::Booked
        | K::Requested
        | K::Declined
        | K::Moved
        | K::Cancelled
        | K::Reminder7
        | K::Reminder2 => Some(('v', t!(text, "mail-visit-link"))),
    }
}

/// The first line of a short text for a phone; `None` for what does not go to phones.
pub fn short(text: Text, kind: K, clinic: &str, moment: &str) -> Option<String> {
    Some(match kind {
        K::Invitation => t!(text, "mail-short-invitation", clinic = clinic),
        K::Booked => t!(text, "mail-short-booked", clinic = clinic, moment = moment),
        K::Requested => t!(
            text,
            "mail-short-requested",
            clinic = clinic,
            moment = moment
        ),
        K::Declined => t!(
            text,
            "mail-short-declined",
            clinic = clinic,
            moment = moment
        ),
        K::Moved => t!(text, "mail-short-moved", clinic = clinic, moment = moment),
        K::Cancelled => t!(
            text,
            "mail-short-cancelled",
            clinic = clinic,
            moment = moment
        ),
        K::Reminder7 | K::Reminder2 => {
            t!(
                text,
                "mail-short-reminder",
                clinic = clinic,
                moment = moment
            )
        }
        K::SignIn
        | K::ConfirmContact
        | K::ContactChanged
        | K::StaffInvitation
        | K::Welcome
        | K::TurnedAway => return None,
    })
}
