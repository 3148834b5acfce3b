//! What holds for any hours, any occupied time and any change of the clock.

use proptest::prelude::*;

use super::*;

/// Everything a property needs, owned.
#[derive(Debug)]
struct Given {
    zone: &'static str,
    day: Date,
    rules: Vec<HoursRule>,
    exceptions: Vec<DateException>,
    closures: Vec<Closure>,
    timing: ServiceTiming,
    occupied: Vec<Occupied>,
    now: Timestamp,
}

impl Given {
    fn with<T>(&self, f: impl FnOnce(&Schedule<'_>) -> T) -> T {
        f(&Schedule {
            zone: &zone(self.zone),
            rules: &self.rules,
            exceptions: &self.exceptions,
            closures: &self.closures,
            timing: self.timing,
            online: true,
            occupied: &self.occupied,
        })
    }

    /// Three dates around the one that matters.
    fn dates(&self) -> [Date; 3] {
        [
            self.day.yesterday().unwrap(),
            self.day,
            self.day.tomorrow().unwrap(),
        ]
    }
}

fn some_ranges() -> impl Strategy<Value = Vec<TimeRange>> {
    let one = (0_u16..288, 0_u16..=288).prop_filter_map("no length", |(start, end)| {
        TimeRange::minutes(start * 5, end * 5).ok()
    });
    prop::collection::vec(one, 0..4)
}

/// Days of change in five zones, and a plain one; times to the minute, so much lies off the grid.
fn given() -> impl Strategy<Value = Given> {
    let zones = prop::sample::select(vec![
        ("Europe/London", date(2026, 3, 29)),
        ("Europe/London", date(2026, 10, 25)),
        ("Europe/Berlin", date(2026, 3, 29)),
        ("Europe/Berlin", date(2026, 10, 25)),
        ("America/New_York", date(2026, 3, 8)),
        ("America/New_York", date(2026, 11, 1)),
        ("Australia/Lord_Howe", date(2026, 10, 4)),
        ("Australia/Lord_Howe", date(2026, 4, 5)),
        ("Africa/Cairo", date(2026, 4, 24)),
        ("Africa/Cairo", date(2026, 10, 29)),
        ("Asia/Kathmandu", date(2026, 6, 3)),
    ]);
    let timing = (
        1_u16..100,
        0_u16..30,
        0_u16..30,
        0_u16..60,
        0_u32..600,
        0_u16..3,
    )
        .prop_map(
            |(duration_min, before_min, after_min, step_min, lead_min, horizon_days)| {
                ServiceTiming {
                    duration_min,
                    before_min,
                    after_min,
                    step_min,
                    lead_min,
                    horizon_days,
                }
            },
        );
    let kinds = prop::sample::select(vec![OccupiedKind::Appointment, OccupiedKind::Block]);
    let busy = (-2000_i64..4000, 0_i64..300, 0_u16..30, 0_u16..30, kinds);
    (
        zones,
        prop::collection::vec(some_ranges(), 7),
        prop::option::of((-1_i64..2, some_ranges())),
        prop::option::weighted(0.2, (-1_i64..2, 0_i64..2)),
        timing,
        prop::collection::vec(busy, 0..12),
        -3000_i64..3000,
    )
        .prop_map(
            |((zone, day), week, exception, closure, timing, busy, now)| {
                let midnight = day.to_zoned(super::zone(zone)).unwrap().timestamp();
                let shift = |days: i64| day.checked_add(days.days()).unwrap();
                Given {
                    zone,
                    day,
                    rules: vec![HoursRule {
                        effective_from: None,
                        effective_until: None,
                        hours: WeeklyHours(week.try_into().unwrap()),
                    }],
                    exceptions: exception
                        .map(|(days, windows)| DateException {
                            date: shift(days),
                            windows,
                            note: String::new(),
                        })
                        .into_iter()
                        .collect(),
                    closures: closure
                        .map(|(days, length)| Closure {
                            from: shift(days),
                            until: shift(days + length),
                            name: "closed".into(),
                        })
                        .into_iter()
                        .collect(),
                    timing,
                    occupied: sorted(busy.into_iter().map(
                        |(from, length, before, after, kind)| {
                            let start = midnight + from.minutes();
                            Occupied::buffered(kind, start, start + length.minutes(), before, after)
                        },
                    )),
                    now: midnight + now.minutes(),
                }
            },
        )
}

/// Whether published hours hold every wall-clock minute of `[start, end)`: the definition, slowly.
fn held(schedule: &Schedule<'_>, start: Timestamp, end: Timestamp) -> bool {
    let mut at = start;
    while at < end {
        let clock = schedule.zone.to_datetime(at);
        let minute = i64::from(clock.hour()) * 60 + i64::from(clock.minute());
        let shut = |date: Date| schedule.closures.iter().any(|closure| closure.covers(date));
        let inside = |date: Date, minute: i64| {
            !shut(date)
                && hours_on(date, schedule.rules, schedule.exceptions)
                    .0
                    .iter()
                    .any(|range| {
                        let from = i64::from(range.start().minutes());
                        (from..from + i64::from(range.length())).contains(&minute)
                    })
        };
        let open = inside(clock.date(), minute)
            || inside(clock.date().yesterday().unwrap(), minute + 1440);
        if !open || shut(clock.date()) {
            return false;
        }
        at += 1.minute();
    }
    true
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// What is offered keeps every rule, and booking agrees.
    #[test]
    fn offered_slots_keep_the_rules(given in given(), staff: bool) {
        let asker = if staff { Asker::Staff } else { Asker::Patient };
        given.with(|schedule| {
            for day in given.dates() {
                let answer = schedule.slots_on(day, given.now, asker);
                let slots = answer.slots();
                prop_assert!(slots.is_sorted_by(|a, b| a.start < b.start));
                for slot in slots {
                    prop_assert_eq!(schedule.can_book(slot.start, given.now, asker), Ok(()));
                    prop_assert_eq!(schedule.zone.to_datetime(slot.start).date(), day);
                    prop_assert!(held(schedule, slot.start, slot.end));
                    let kept = (
                        slot.start - i64::from(given.timing.before_min).minutes(),
                        slot.end + i64::from(given.timing.after_min).minutes(),
                    );
                    for one in &given.occupied {
                        prop_assert!(!one.overlaps(kept.0, kept.1));
                    }
                    if !staff {
                        prop_assert!(slot.start >= schedule.earliest(given.now));
                        prop_assert!(day <= schedule.last_date(given.now));
                    }
                }
            }
            Ok(())
        })?;
    }

    /// The month view and the day view say the same.
    #[test]
    fn free_days_agree_with_days(given in given(), staff: bool) {
        let asker = if staff { Asker::Staff } else { Asker::Patient };
        given.with(|schedule| {
            let from = given.day.checked_sub(4.days()).unwrap();
            let until = given.day.checked_add(4.days()).unwrap();
            let days = schedule.free_days(from, until, given.now, asker);
            prop_assert_eq!(days.len(), 9);
            for (date, free) in &days {
                let slots = schedule.slots_on(*date, given.now, asker);
                prop_assert_eq!(*free, !slots.slots().is_empty(), "on {}", date);
            }
            let first = days.iter().find(|(_, free)| *free).map(|(date, _)| *date);
            prop_assert_eq!(schedule.next_free_day(from, until, given.now, asker), first);
            Ok(())
        })?;
    }

    /// Breaks take out exactly their minutes.
    #[test]
    fn breaks_take_out_their_minutes(open in some_ranges(), breaks in some_ranges()) {
        for open in open {
            let inside = |range: &TimeRange, minute: u16| {
                let from = range.start().minutes();
                let until = from + range.length();
                (from..until).contains(&minute) || (from..until).contains(&(minute + 1440))
            };
            let left = open.without(&breaks);
            for minute in 0..1440 {
                let want = inside(&open, minute) && !breaks.iter().any(|one| inside(one, minute));
                prop_assert_eq!(left.iter().any(|one| inside(one, minute)), want);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    /// Every seventh minute of three days: a patient can book exactly what is offered, and staff exactly
    /// what the definition allows.
    #[test]
    fn booking_agrees_with_the_offer_and_the_definition(given in given()) {
        given.with(|schedule| {
            for day in given.dates() {
                let offer = schedule.slots_on(day, given.now, Asker::Patient);
                let mut at = day.to_zoned(schedule.zone.clone()).unwrap().timestamp();
                let next = day.tomorrow().unwrap().to_zoned(schedule.zone.clone()).unwrap();
                while at < next.timestamp() {
                    let can = schedule.can_book(at, given.now, Asker::Patient).is_ok();
                    let is = offer.slots().iter().any(|slot| slot.start == at);
                    prop_assert_eq!(can, is, "at {}", at);
                    let end = at + i64::from(given.timing.duration_min).minutes();
                    let from = at - i64::from(given.timing.before_min).minutes();
                    let until = end + i64::from(given.timing.after_min).minutes();
                    let free = !given.occupied.iter().any(|one| one.overlaps(from, until));
                    let can = schedule.can_book(at, given.now, Asker::Staff).is_ok();
                    prop_assert_eq!(can, free && held(schedule, at, end), "staff at {}", at);
                    at += 7.minutes();
                }
            }
            Ok(())
        })?;
    }
}
