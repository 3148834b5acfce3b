//! The day in progress: who is expected, waiting, with the clinician, done, late.

use jiff::Timestamp;

use super::chance::{Chance, Stream};
use super::visits::{Book, Placed};
use crate::domain::appointment::{Appointment, Doer, Status, after};

/// Lets today's visits run until now.
pub(super) fn run(book: &mut Book<'_>) {
    let (now, desk) = (book.now, Doer::Staff(book.practice.desk()));
    let today = book.today;
    let mut of_day: Vec<&mut Placed> = book
        .placed
        .iter_mut()
        .filter(|p| book.current.date(p.visit.start) == today && p.visit.status == Status::Booked)
        .collect();
    of_day.sort_by_key(|p| (p.visit.start, p.carer, p.visit.id));
    let mut chance = Chance::new(book.plan.seed, Stream::Board, 0);
    let mut busy_until = vec![Timestamp::MIN; book.practice.carers.len()];
    let mut at_hand: Vec<Moments> = Vec::new();
    for placed in &of_day {
        let start = placed.visit.start;
        let arrived = after(start, -chance.between(1, 15));
        let delay = chance.between(0, 6);
        let pace = chance.between(80, 108);
        let stays_away = chance.per_cent(5);
        let free = busy_until.get(placed.carer).copied().unwrap_or(start);
        let called = after(start, delay).max(after(arrived, 2)).max(free);
        let done = after(
            called,
            (i64::from(placed.visit.duration_min) * pace / 100).max(4),
        );
        if !stays_away && let Some(until) = busy_until.get_mut(placed.carer) {
            *until = after(done, 1);
        }
        at_hand.push(Moments {
            arrived,
            called,
            done,
            stays_away,
        });
    }
    let mut stand: Vec<Stand> = at_hand
        .iter()
        .zip(&of_day)
        .map(|(m, p)| m.at(now, &p.visit))
        .collect();
    someone_everywhere(&mut stand, &mut at_hand, &of_day, now);
    for ((placed, stand), moments) in of_day.iter_mut().zip(stand).zip(at_hand) {
        placed.visit = moments.walk(&placed.visit, stand, desk, now);
    }
}

/// When a visit goes on.
#[derive(Clone, Copy, Debug)]
struct Moments {
    arrived: Timestamp,
    called: Timestamp,
    done: Timestamp,
    stays_away: bool,
}

/// How far a visit has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stand {
    Expected,
    Arrived,
    With,
    Done,
    Away,
}

impl Moments {
    fn at(&self, now: Timestamp, visit: &Appointment) -> Stand {
        if self.stays_away {
            return if after(visit.start, 30) <= now {
                Stand::Away
            } else {
                Stand::Expected
            };
        }
        match () {
            () if self.done <= now => Stand::Done,
            () if self.called <= now => Stand::With,
            () if self.arrived <= now => Stand::Arrived,
            () => Stand::Expected,
        }
    }

    fn walk(&self, visit: &Appointment, stand: Stand, desk: Doer, now: Timestamp) -> Appointment {
        let steps: &[(Status, Timestamp)] = match stand {
            Stand::Expected => &[],
            Stand::Away => &[(Status::NoShow, after(visit.start, 25))],
            Stand::Arrived => &[(Status::Arrived, self.arrived)],
            Stand::With => &[
                (Status::Arrived, self.arrived),
                (Status::CheckedIn, self.called),
            ],
            Stand::Done => &[
                (Status::Arrived, self.arrived),
                (Status::CheckedIn, self.called),
                (Status::Fulfilled, self.done),
            ],
        };
        let mut next = visit.clone();
        for (status, at) in steps {
            next = next.become_(*status, desk, (*at).min(now)).unwrap_or(next);
        }
        next
    }
}

/// As many at least are still expected, whatever the hour.
const STILL_EXPECTED: usize = 8;

/// Sees to it that every column of the board has someone, as far as the day allows: one late, one
/// with a clinician, one waiting. When the day ends, its last ones have not come yet.
fn someone_everywhere(
    stand: &mut [Stand],
    moments: &mut [Moments],
    visits: &[&mut Placed],
    now: Timestamp,
) {
    let start = |i: usize| visits.get(i).map_or(now, |p| p.visit.start);
    let count = |stand: &[Stand], what: Stand| stand.iter().filter(|s| **s == what).count();
    let is_late = |i: usize, s: &Stand| *s == Stand::Expected && start(i) < after(now, -3);
    if !stand.iter().enumerate().any(|(i, s)| is_late(i, s)) {
        // The latest who should be here and is not the only one of a column.
        let late = (0..stand.len()).rev().find(|i| {
            let s = stand.get(*i).copied().unwrap_or(Stand::Expected);
            (Stand::Arrived..=Stand::Done).contains(&s)
                && start(*i) < after(now, -4)
                && (count(stand, s) > 1 || s == Stand::Arrived)
        });
        set(stand, late, Stand::Expected);
    }
    while count(stand, Stand::Expected) < STILL_EXPECTED && count(stand, Stand::Done) > 1 {
        let last = (0..stand.len())
            .rev()
            .find(|i| stand.get(*i) == Some(&Stand::Done));
        set(stand, last, Stand::Expected);
    }
    if count(stand, Stand::With) == 0 {
        let last = |s: Stand| (0..stand.len()).rev().find(|i| stand.get(*i) == Some(&s));
        let ran_long = last(Stand::Done).filter(|_| count(stand, Stand::Done) > 1);
        let next =
            ran_long.or_else(|| (0..stand.len()).find(|i| stand.get(*i) == Some(&Stand::Arrived)));
        // The last one takes longer, or the first one is called in.
        if let Some(m) = next.and_then(|i| moments.get_mut(i)) {
            m.arrived = m.arrived.min(after(now, -9));
            m.called = m.called.min(after(now, -3));
        }
        set(stand, next, Stand::With);
    }
    if count(stand, Stand::Arrived) == 0 {
        // The next one is early.
        let early =
            (0..stand.len()).find(|i| stand.get(*i) == Some(&Stand::Expected) && now < start(*i));
        if let Some(m) = early.and_then(|i| moments.get_mut(i)) {
            m.arrived = after(now, -6);
        }
        set(stand, early, Stand::Arrived);
    }
}

fn set(stand: &mut [Stand], at: Option<usize>, to: Stand) {
    if let Some(one) = at.and_then(|i| stand.get_mut(i)) {
        *one = to;
    }
}
