//! A session at the hour at which the demonstration starts, when nobody works then.

use super::chance::{Chance, Stream};
use super::practice::{CHECK_UP, FOLLOW_UP, VACCINATION};
use super::visits::{Book, Place};
use crate::domain::appointment::after;
use crate::domain::schedule::{DateException, TimeRange, hours_on};

impl Book<'_> {
    /// When nobody works at the hour at which the demonstration starts, some do after all, so that
    /// there is a day to look at.
    pub(super) fn extra_session(&mut self) {
        // From the first opening to the last closing, a break between them or not.
        let works = |carer: usize| {
            let windows = self.ask(carer, CHECK_UP, self.today, |s| s.windows_on(self.today));
            let windows = windows.unwrap_or_default();
            let (from, until) = (after(self.now, -75), after(self.now, 45));
            windows.iter().any(|w| w.start <= from) && windows.iter().any(|w| until <= w.end)
        };
        if (0..2).any(works) {
            return;
        }
        // By the minutes of the wall clock, in steps of five so that times look like times.
        let wall = self.current.zone.to_datetime(self.now).time();
        let minute = i64::from(wall.hour()) * 60 + i64::from(wall.minute());
        let from = ((minute - 105).max(0)) / 5 * 5;
        let until = ((minute + 115).min(1_440)) / 5 * 5;
        for carer in 0..2 {
            let Some(who) = self.practice.carers.get_mut(carer) else {
                continue;
            };
            let mut windows = vec![(from, until)];
            let (weekly, _) = hours_on(self.today, &who.rules, &who.exceptions);
            windows.extend(
                weekly
                    .iter()
                    .map(|r| (i64::from(r.start().minutes()), i64::from(r.end().minutes()))),
            );
            who.exceptions.retain(|e| e.date != self.today);
            who.exceptions.push(DateException {
                date: self.today,
                windows: united(windows),
                note: "Extra session".to_owned(),
            });
            let mut chance = Chance::new(
                self.plan.seed,
                Stream::Extra,
                10 + u64::try_from(carer).unwrap_or(0),
            );
            self.fill_session(&mut chance, carer, from, until);
        }
    }

    fn fill_session(&mut self, chance: &mut Chance, carer: usize, from: i64, until: i64) {
        let midnight = self.current.midnight(self.today);
        let (from, until) = (after(midnight, from), after(midnight, until));
        let mut free_at = from;
        loop {
            let service = chance
                .pick(&[CHECK_UP, FOLLOW_UP, CHECK_UP, VACCINATION])
                .unwrap_or(CHECK_UP);
            let starts = self.starts(carer, service, self.today);
            let next = starts.into_iter().find(|s| *s >= free_at && *s < until);
            let Some(start) = next else { return };
            let Some(person) = self.someone(chance, service, self.today, start) else {
                return;
            };
            let date = self.today;
            self.place(
                chance,
                Place {
                    carer,
                    service,
                    person,
                    start,
                    date,
                },
                true,
            );
            free_at = after(start, 10);
        }
    }
}

/// Stretches of minutes without overlaps, in order.
fn united(mut spans: Vec<(i64, i64)>) -> Vec<TimeRange> {
    spans.sort_unstable();
    let mut joined: Vec<(i64, i64)> = Vec::new();
    for (from, until) in spans {
        match joined.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(until),
            _ => joined.push((from, until)),
        }
    }
    let range = |(from, until): (i64, i64)| {
        TimeRange::minutes(u16::try_from(from).ok()?, u16::try_from(until).ok()?).ok()
    };
    joined.into_iter().filter_map(range).collect()
}
