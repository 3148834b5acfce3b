//! Two charts of one person made one, and parted again. What a merge moves and changes is kept in
//! its record, so that a wrong one can be undone without losing what was written since.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::account::LoginState;
use super::id::{AppointmentId, EncounterId, LoginId, MergeId, NoticeId, PatientId, RequestId};
use super::patient::Patient;

/// Which of the two charts a detail is taken from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Side {
    /// The chart that stays.
    #[default]
    Stays,
    /// The chart that goes.
    Goes,
}

/// Whose details the chart that stays has afterwards. What the chosen chart does not have is taken
/// from the other one, so nothing is lost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Choices {
    /// The name in use; the other stays as a further name.
    pub name: Side,
    /// The birth date.
    pub birth_date: Side,
    /// The number to call first; the others stay behind it.
    pub phone: Side,
    /// The e-mail address.
    pub email: Side,
    /// The postal address.
    pub address: Side,
    /// The language.
    pub language: Side,
}

/// What a merge did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MergeRecord {
    /// Which merge; the order of merges into one chart.
    pub id: MergeId,
    /// The chart that stays, as it was before.
    pub stayed: Patient,
    /// The chart that stays, as the merge left it.
    pub combined: Patient,
    /// The chart that went, as it was before.
    pub went: Patient,
    /// Visits that moved over.
    pub visits: Vec<AppointmentId>,
    /// Imported encounters that moved over.
    pub encounters: Vec<EncounterId>,
    /// Messages that moved over.
    pub notices: Vec<NoticeId>,
    /// The access that moved over, with its state before.
    pub login: Option<(LoginId, LoginState)>,
    /// The access that was closed because the chart that stays has one; its state before.
    pub closed: Option<(LoginId, LoginState)>,
    /// Charts merged into the one that went, which now point to the one that stays.
    pub pointers: Vec<PatientId>,
    /// The request of an unknown person that this merge answered.
    pub request: Option<RequestId>,
    /// When.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub at: Timestamp,
}

impl MergeRecord {
    /// How many things moved over.
    pub fn moved(&self) -> usize {
        self.visits.len() + self.encounters.len() + self.notices.len()
    }
}

/// The chart that stays, with what the chart that goes adds to it.
pub fn combine(stays: &Patient, goes: &Patient, choices: Choices) -> Patient {
    let mut one = stays.clone();
    one.names = joined(&stays.names, &goes.names, choices.name);
    one.phones = joined(&stays.phones, &goes.phones, choices.phone);
    one.birth_date = chosen(stays.birth_date, goes.birth_date, choices.birth_date);
    one.email = chosen(stays.email.clone(), goes.email.clone(), choices.email);
    one.address = chosen(stays.address.clone(), goes.address.clone(), choices.address);
    one.language = chosen(
        stays.language.clone(),
        goes.language.clone(),
        choices.language,
    );
    one.gender = stays.gender.or(goes.gender);
    one.identifiers = joined(&stays.identifiers, &goes.identifiers, Side::Stays);
    let notes = [stays.desk_note.as_str(), goes.desk_note.as_str()];
    let notes: Vec<&str> = notes.into_iter().filter(|n| !n.is_empty()).collect();
    one.desk_note = notes.join("\n");
    // Whoever said no once is not reminded because a second chart said nothing.
    one.reminders = stays.reminders && goes.reminders;
    one.seen_at = stays.seen_at.max(goes.seen_at);
    one
}

fn chosen<T>(stays: Option<T>, goes: Option<T>, side: Side) -> Option<T> {
    match side {
        Side::Stays => stays.or(goes),
        Side::Goes => goes.or(stays),
    }
}

fn joined<T: Clone + PartialEq>(stays: &[T], goes: &[T], side: Side) -> Vec<T> {
    let (first, second) = match side {
        Side::Stays => (stays, goes),
        Side::Goes => (goes, stays),
    };
    let mut all = first.to_vec();
    for one in second {
        if !all.contains(one) {
            all.push(one.clone());
        }
    }
    all
}

/// The chart that stayed after the other has left again: each detail that nobody touched since is
/// as it was before the merge, and what was written since stays.
pub fn part(now: &Patient, record: &MergeRecord) -> Patient {
    let (before, combined) = (&record.stayed, &record.combined);
    let mut back = now.clone();
    macro_rules! restore {
        ($($field:ident),*) => {$(
            if now.$field == combined.$field {
                back.$field.clone_from(&before.$field);
            }
        )*};
    }
    restore!(
        names,
        phones,
        birth_date,
        gender,
        email,
        address,
        language,
        identifiers,
        desk_note,
        reminders,
        seen_at
    );
    back
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::Id as _;
    use crate::domain::person::{Email, HumanName};
    use jiff::civil::date;

    fn chart(n: u8, name: &str) -> Patient {
        let id = PatientId::from_bytes([n; 16]);
        Patient::new(id, HumanName::from_full(name), Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn nothing_of_either_chart_is_lost() {
        let mut stays = chart(1, "Zoe Muller");
        let mut goes = chart(2, "Zoë Müller");
        stays.phones = vec!["+441".into()];
        goes.phones = vec!["+442".into(), "+441".into()];
        goes.birth_date = Some(date(1980, 1, 2));
        goes.email = Email::try_from("zoe@example.org").ok();
        stays.desk_note = "Back door".into();
        goes.desk_note = "Deaf in one ear".into();
        goes.reminders = false;
        let choices = Choices {
            name: Side::Goes,
            ..Choices::default()
        };
        let one = combine(&stays, &goes, choices);
        assert_eq!(one.id, stays.id);
        assert_eq!(one.name().full(), "Zoë Müller");
        assert_eq!(one.names.len(), 2);
        assert_eq!(one.phones, ["+441", "+442"]);
        assert_eq!((one.birth_date, &one.email), (goes.birth_date, &goes.email));
        assert_eq!(one.desk_note, "Back door\nDeaf in one ear");
        assert!(!one.reminders);
    }

    #[test]
    fn parting_keeps_what_was_written_since() {
        let stays = chart(1, "A B");
        let mut goes = chart(2, "C D");
        goes.phones = vec!["+442".into()];
        goes.desk_note = "x".into();
        let combined = combine(&stays, &goes, Choices::default());
        let record = MergeRecord {
            id: MergeId::from_bytes([0; 16]),
            stayed: stays.clone(),
            combined: combined.clone(),
            went: goes,
            visits: Vec::new(),
            encounters: Vec::new(),
            notices: Vec::new(),
            login: None,
            closed: None,
            pointers: Vec::new(),
            request: None,
            at: Timestamp::UNIX_EPOCH,
        };
        assert_eq!(part(&combined, &record), stays);
        let mut edited = combined;
        edited.desk_note = "Written later".into();
        let back = part(&edited, &record);
        assert_eq!(back.desk_note, "Written later");
        assert!(back.phones.is_empty());
    }
}
