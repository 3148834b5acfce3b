//! Whom an open screen shows already. A screen that looks again by itself continues the view that a
//! person opened: it is written down again only for patients who are new on it, and for everybody
//! once the time to the lock is over. So nobody is shown without a line in the log, whatever a
//! request says about itself, and a board that is open all day does not fill the log by itself.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use jiff::Timestamp;

use crate::domain::id::PatientId;

/// Seconds for which a view that was written down stands for what its screen shows.
const STANDS_S: i64 = 10 * 60;

/// A page of a session.
type Screen = ([u8; 32], &'static str);

/// What every open screen shows.
#[derive(Clone, Debug, Default)]
pub struct Shown(Arc<Mutex<HashMap<Screen, HashMap<PatientId, Timestamp>>>>);

impl Shown {
    /// Those of `about` whose view has to be written down now. When a person looks these are all;
    /// when the screen looks `again` by itself, those whom it did not show lately.
    pub fn news(
        &self,
        screen: Screen,
        about: Vec<PatientId>,
        now: Timestamp,
        again: bool,
    ) -> Vec<PatientId> {
        // Better a line too many than one too few.
        let Ok(mut screens) = self.0.lock() else {
            return about;
        };
        let stands = |at: &mut Timestamp| now.as_second() - at.as_second() < STANDS_S;
        screens.retain(|_, patients| {
            patients.retain(|_, at| stands(at));
            !patients.is_empty()
        });
        let known = screens.entry(screen).or_default();
        let new: Vec<PatientId> = about
            .into_iter()
            .filter(|patient| !again || !known.contains_key(patient))
            .collect();
        known.extend(new.iter().map(|patient| (*patient, now)));
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::Id;

    #[test]
    fn only_who_is_new_on_a_screen_that_looks_by_itself() {
        let (shown, at) = (Shown::default(), |s| Timestamp::from_second(s).unwrap());
        let all = |ids: &[u8]| -> Vec<PatientId> {
            ids.iter()
                .map(|n| PatientId::from_bytes([*n; 16]))
                .collect()
        };
        let board = ([1; 32], "/staff");
        let news = |screen, ids: &[u8], s, again| shown.news(screen, all(ids), at(s), again);
        assert_eq!(news(board, &[1, 2], 0, false), all(&[1, 2]));
        assert_eq!(news(board, &[1, 2], 5, true), all(&[]));
        assert_eq!(news(board, &[1, 2, 3], 10, true), all(&[3]));
        assert_eq!(
            news(([2; 32], "/staff"), &[1], 10, true),
            all(&[1]),
            "another person"
        );
        assert_eq!(
            news(([1; 32], "/staff/calendar"), &[1], 10, true),
            all(&[1]),
            "another page"
        );
        assert_eq!(
            news(board, &[1, 3], STANDS_S, true),
            all(&[1]),
            "once more in a while"
        );
        assert_eq!(
            news(board, &[1], STANDS_S + 1, false),
            all(&[1]),
            "whoever looks is noted"
        );
    }
}
