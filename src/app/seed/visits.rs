//! Who comes when. Days are filled from the last one back, so that a first visit is known before
//! anything that would lie ahead of it; every time is one that the schedule offers.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use super::chance::{Chance, Stream};
use super::people::{AMIRA, ARABIC, CHILD, ELDER, KNOWN, LONG_NAME, PARENT, Person};
use super::practice::{
    BLOOD_TEST, CHECK_UP, FOLLOW_UP, NEW_PATIENT, PHYSIOTHERAPY, Practice, VACCINATION,
};
use super::{Plan, days_between, story};
use crate::app::Current;
use crate::domain::appointment::{Appointment, after};
use crate::domain::id::PractitionerId;
use crate::domain::schedule::{Asker, DayAnswer, Occupied, OccupiedKind, Schedule, sorted};

/// Days ahead with visits.
const AHEAD: i64 = 42;
/// Days behind with visits, unless the plan wants a number of them.
const BEHIND: i64 = 182;
/// As far as the oldest visit may lie back.
const OLDEST: i64 = 8 * 365;

/// A visit and whose it is.
#[derive(Debug)]
pub(super) struct Placed {
    pub visit: Appointment,
    pub person: usize,
    pub carer: usize,
}

/// The book of visits while it is filled.
#[derive(Debug)]
pub(super) struct Book<'a> {
    pub plan: &'a Plan,
    pub practice: &'a mut Practice,
    pub people: &'a mut [Person],
    pub current: &'a Current,
    pub now: Timestamp,
    pub today: Date,
    pub placed: Vec<Placed>,
    /// The last day before today on which someone worked.
    pub last_day: Date,
    /// How many of its visits stay without an end.
    pub unresolved: u8,
    pub references: BTreeSet<String>,
    taken: BTreeMap<(usize, Date), Vec<Occupied>>,
    busy: BTreeSet<(usize, Date)>,
    ahead: Vec<u8>,
    first: Vec<Option<Date>>,
    lots: Vec<usize>,
    newcomers: BTreeMap<Date, Vec<usize>>,
}

/// Where a visit goes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub carer: usize,
    pub service: usize,
    pub person: usize,
    pub start: Timestamp,
    pub date: Date,
}

impl<'a> Book<'a> {
    pub(super) fn new(
        plan: &'a Plan,
        practice: &'a mut Practice,
        people: &'a mut [Person],
        current: &'a Current,
        now: Timestamp,
    ) -> Self {
        let today = current.date(now);
        let mut lots = Vec::new();
        let mut newcomers: BTreeMap<Date, Vec<usize>> = BTreeMap::new();
        for (index, person) in people.iter().enumerate().skip(KNOWN) {
            lots.extend(std::iter::repeat_n(index, person.weight));
            let since = current.date(person.patient.created_at);
            newcomers.entry(since).or_default().push(index);
        }
        let mut taken: BTreeMap<(usize, Date), Vec<Occupied>> = BTreeMap::new();
        for block in &practice.blocks {
            let carer = practice
                .carers
                .iter()
                .position(|c| c.who.id == block.practitioner);
            let day = (carer.unwrap_or(0), current.date(block.start));
            let whole = Occupied::new(OccupiedKind::Block, block.start, block.end);
            taken.entry(day).or_default().push(whole);
        }
        Self {
            last_day: today,
            unresolved: 3,
            references: BTreeSet::new(),
            placed: Vec::new(),
            busy: BTreeSet::new(),
            ahead: vec![0; people.len()],
            first: vec![None; people.len()],
            lots,
            newcomers,
            taken,
            plan,
            practice,
            people,
            current,
            now,
            today,
        }
    }

    /// Fills the book.
    pub(super) fn fill(&mut self) {
        self.last_day = self.day_before_today();
        self.known();
        let wanted = self.plan.visits.unwrap_or(usize::MAX);
        let oldest = if self.plan.visits.is_some() {
            OLDEST
        } else {
            BEHIND
        };
        // Today comes first, so that a small number of visits leaves it none the emptier.
        let days = std::iter::once(0).chain((-oldest..=AHEAD).rev().filter(|d| *d != 0));
        for days in days {
            let date = self.today.saturating_add(days.days());
            if self.placed.len() >= wanted {
                break;
            }
            for carer in 0..self.practice.carers.len() {
                self.fill_day(carer, date, wanted);
            }
        }
        self.overbook();
        self.extra_session();
    }

    fn day_before_today(&self) -> Date {
        let mut date = self.today;
        for _ in 0..14 {
            let Ok(before) = date.yesterday() else { break };
            date = before;
            if (0..self.practice.carers.len()).any(|c| self.capacity(c, date) > 0) {
                return date;
            }
        }
        date
    }

    /// Asks the schedule of a carer for a service on a day.
    pub(super) fn ask<T>(
        &self,
        carer: usize,
        service: usize,
        date: Date,
        question: impl FnOnce(&Schedule<'_>) -> T,
    ) -> Option<T> {
        let who = self.practice.carers.get(carer)?;
        let mut timing = self.practice.service(service)?.timing;
        // What was booked online long ago, or by staff, is asked for as a patient would a day before.
        (timing.lead_min, timing.horizon_days) = (0, 30);
        let occupied = self
            .taken
            .get(&(carer, date))
            .map_or(&[][..], Vec::as_slice);
        Some(question(&Schedule {
            zone: &self.current.zone,
            rules: &who.rules,
            exceptions: &who.exceptions,
            closures: &self.practice.closures,
            timing,
            online: true,
            occupied,
        }))
    }

    /// Minutes of published hours.
    fn capacity(&self, carer: usize, date: Date) -> i64 {
        let windows = self.ask(carer, CHECK_UP, date, |s| s.windows_on(date));
        let minutes = windows.into_iter().flatten();
        minutes
            .map(|w| (w.end.as_second() - w.start.as_second()) / 60)
            .sum()
    }

    /// The starts that are still offered.
    pub(super) fn starts(&self, carer: usize, service: usize, date: Date) -> Vec<Timestamp> {
        let before = after(self.current.midnight(date), -24 * 60);
        match self.ask(carer, service, date, |s| {
            s.slots_on(date, before, Asker::Patient)
        }) {
            Some(DayAnswer::Slots(slots)) => slots.into_iter().map(|s| s.start).collect(),
            Some(DayAnswer::Empty(_)) | None => Vec::new(),
        }
    }

    /// How full a day is, in hundredths of its hours.
    fn fill_of(&self, date: Date) -> i64 {
        match days_between(self.today, date) {
            0 => 84,
            ahead @ 1.. => (76 - ahead * 9 / 5).max(5),
            ..0 if self.plan.visits.is_some() => 88,
            -14..0 => 62,
            _ => 36,
        }
    }

    fn fill_day(&mut self, carer: usize, date: Date, wanted: usize) {
        let number = u64::try_from(days_between(Date::ZERO, date)).unwrap_or(0);
        let index = number * 64 + u64::try_from(carer).unwrap_or(0);
        let mut chance = Chance::new(self.plan.seed, Stream::Day, index);
        let fill = self.fill_of(date) + chance.between(-7, 5);
        let goal = self.capacity(carer, date) * fill / 100;
        self.fill_until(&mut chance, carer, date, goal, wanted);
    }

    fn fill_until(
        &mut self,
        chance: &mut Chance,
        carer: usize,
        date: Date,
        goal: i64,
        wanted: usize,
    ) {
        let mut used: i64 = self.minutes_taken(carer, date);
        let mut misses = 0;
        while used < goal && misses < 6 && self.placed.len() < wanted {
            let offers = self
                .practice
                .carers
                .get(carer)
                .map_or(&[][..], |c| c.offers.as_slice());
            let Some(mut service) = chance.pick(offers) else {
                return;
            };
            let newcomer = if service == NEW_PATIENT {
                self.newcomer(chance, date)
            } else {
                None
            };
            if service == NEW_PATIENT && newcomer.is_none() {
                service = CHECK_UP;
            }
            let starts = self.starts(carer, service, date);
            // People take the early times first.
            let among = if chance.per_cent(65) {
                starts.len().div_ceil(3)
            } else {
                starts.len()
            };
            let Some(start) = starts.get(chance.index(among)).copied() else {
                misses += 1;
                continue;
            };
            let Some(person) = newcomer.or_else(|| self.someone(chance, service, date, start))
            else {
                misses += 1;
                continue;
            };
            if newcomer.is_some()
                && let Some(first) = self.first.get_mut(person)
            {
                *first = Some(date);
            }
            self.place(
                chance,
                Place {
                    carer,
                    service,
                    person,
                    start,
                    date,
                },
                false,
            );
            used = self.minutes_taken(carer, date);
        }
    }

    fn minutes_taken(&self, carer: usize, date: Date) -> i64 {
        let taken = self.taken.get(&(carer, date)).into_iter().flatten();
        taken
            .map(|o| (o.end.as_second() - o.start.as_second()) / 60)
            .sum()
    }

    /// Someone whose chart was opened in the weeks before and who has not been here.
    fn newcomer(&self, chance: &mut Chance, date: Date) -> Option<usize> {
        let from = date.saturating_sub(45.days());
        let until = date.saturating_sub(2.days());
        let fit = |p: &&usize| {
            self.first.get(**p) == Some(&None)
                && self.ahead.get(**p) == Some(&0)
                && !self.busy.contains(&(**p, date))
                && self.people.get(**p).is_some_and(|p| p.gone.is_none())
        };
        let all: Vec<usize> = self
            .newcomers
            .range(from..=until)
            .flat_map(|(_, p)| p)
            .filter(fit)
            .copied()
            .collect();
        chance.pick(&all)
    }

    pub(super) fn someone(
        &self,
        chance: &mut Chance,
        service: usize,
        date: Date,
        start: Timestamp,
    ) -> Option<usize> {
        for _ in 0..16 {
            let index = chance.pick(&self.lots)?;
            let person = self.people.get(index)?;
            let fits = match service {
                PHYSIOTHERAPY => person.age >= 14,
                BLOOD_TEST => person.age >= 5,
                _ => true,
            };
            let ahead = date >= self.today;
            let room = !ahead || self.ahead.get(index).is_some_and(|n| *n < 2);
            let here = after(person.patient.created_at, 2 * 24 * 60) < start
                && person.gone.is_none_or(|gone| !ahead && start < gone)
                && self
                    .first
                    .get(index)
                    .copied()
                    .flatten()
                    .is_none_or(|first| first < date);
            if fits && room && here && !self.busy.contains(&(index, date)) {
                return Some(index);
            }
        }
        None
    }

    /// Writes a visit down, with all that has happened to it; its place in the book.
    pub(super) fn place(
        &mut self,
        chance: &mut Chance,
        place: Place,
        plain: bool,
    ) -> Option<usize> {
        let visit = story::tell(self, chance.next(), place, plain)?;
        if place.date >= self.today
            && let Some(ahead) = self.ahead.get_mut(place.person)
        {
            *ahead += 1;
        }
        self.busy.insert((place.person, place.date));
        if visit.cancellation.as_ref().is_none_or(|c| c.late) {
            let (from, until) = visit.occupied();
            let mut whole = Occupied::new(OccupiedKind::Appointment, from, until);
            whole.begins = visit.start;
            let day = self.taken.entry((place.carer, place.date)).or_default();
            day.push(whole);
            *day = sorted(std::mem::take(day));
        }
        self.placed.push(Placed {
            visit,
            person: place.person,
            carer: place.carer,
        });
        Some(self.placed.len() - 1)
    }

    /// The offered time nearest to a wished minute, on the first day that has one, going forward
    /// or back.
    fn nearest(
        &self,
        carer: usize,
        service: usize,
        days: i64,
        minute: i64,
    ) -> Option<(Date, Timestamp)> {
        let step = if days < 0 { -1 } else { 1 };
        for n in 0..12 {
            let date = self.today.saturating_add((days + n * step).days());
            let wish = after(self.current.midnight(date), minute);
            let starts = self.starts(carer, service, date);
            let distance = |t: &Timestamp| (t.as_second() - wish.as_second()).abs();
            if let Some(start) = starts.into_iter().min_by_key(distance) {
                return Some((date, start));
            }
        }
        None
    }

    /// A time that is offered some days from today, with whom.
    pub(super) fn offer(&self, service: usize, days: i64) -> Option<(PractitionerId, Timestamp)> {
        let carer = self
            .practice
            .carers
            .iter()
            .position(|c| c.offers.contains(&service))?;
        let (_, start) = self.nearest(carer, service, days, 690)?;
        let who = self.practice.carers.get(carer)?;
        Some((who.who.id, start))
    }

    /// The visits of those whom everybody knows by name.
    fn known(&mut self) {
        // Person, carer, service, days from today, minute of the day.
        const WANTED: [(usize, usize, usize, i64, i64); 16] = [
            (AMIRA, 0, CHECK_UP, 2, 870),
            (AMIRA, 0, FOLLOW_UP, -18, 600),
            (AMIRA, 0, CHECK_UP, -47, 870),
            (AMIRA, 1, BLOOD_TEST, -61, 560),
            (AMIRA, 0, CHECK_UP, -150, 900),
            (ELDER, 0, BLOOD_TEST, 4, 540),
            (ELDER, 0, CHECK_UP, -30, 660),
            (ELDER, 2, PHYSIOTHERAPY, -12, 600),
            (ELDER, 2, PHYSIOTHERAPY, -19, 600),
            (PARENT, 1, CHECK_UP, -75, 1_000),
            (PARENT, 1, FOLLOW_UP, 6, 640),
            (CHILD, 1, VACCINATION, 6, 660),
            (CHILD, 0, CHECK_UP, -40, 930),
            (LONG_NAME, 0, FOLLOW_UP, 0, 940),
            (LONG_NAME, 0, CHECK_UP, -80, 700),
            (ARABIC, 1, CHECK_UP, 1, 620),
        ];
        for (index, (person, carer, service, days, minute)) in WANTED.into_iter().enumerate() {
            let mut chance = Chance::new(
                self.plan.seed,
                Stream::Story,
                u64::try_from(index).unwrap_or(0),
            );
            if let Some((date, start)) = self.nearest(carer, service, days, minute) {
                self.place(
                    &mut chance,
                    Place {
                        carer,
                        service,
                        person,
                        start,
                        date,
                    },
                    true,
                );
            }
        }
    }

    /// Two visits over others, for a reason: one behind, one ahead.
    fn overbook(&mut self) {
        const WHY: [&str; 2] = [
            "In pain, seen between two visits.",
            "Travels tomorrow, the vaccination cannot wait.",
        ];
        let ahead = self
            .practice
            .working_day(0, self.today.saturating_add(1.days()));
        let days = [Some(self.last_day), ahead];
        for (number, (day, why)) in days.into_iter().zip(WHY).enumerate() {
            let mut chance = Chance::new(
                self.plan.seed,
                Stream::Extra,
                u64::try_from(number).unwrap_or(0),
            );
            let under = self.placed.iter().find(|p| {
                let there = p.visit.status.occupies() && p.visit.overbooked.is_none();
                there && Some(self.current.date(p.visit.start)) == day && p.carer < 2
            });
            let Some((carer, start, date)) = under
                .map(|p| (p.carer, p.visit.start))
                .zip(day)
                .map(|((c, s), d)| (c, s, d))
            else {
                continue;
            };
            let service = if number == 0 { FOLLOW_UP } else { VACCINATION };
            if let Some(person) = self.someone(&mut chance, service, date, start)
                && let Some(at) = self.place(
                    &mut chance,
                    Place {
                        carer,
                        service,
                        person,
                        start,
                        date,
                    },
                    true,
                )
                && let Some(placed) = self.placed.get_mut(at)
            {
                placed.visit.overbooked = Some(why.to_owned());
            }
        }
    }
}
