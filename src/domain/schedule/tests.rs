//! Examples and properties of the slot rules.

use jiff::civil::{Date, Weekday, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::*;

mod properties;
mod values;
mod zones;

const WEEK: [Weekday; 7] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
    Weekday::Saturday,
    Weekday::Sunday,
];

/// Long before every date used here.
fn long_ago() -> Timestamp {
    "2020-01-01T00:00:00Z".parse().unwrap()
}

fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn range(text: &str) -> TimeRange {
    let (start, end) = text.split_once('-').unwrap();
    TimeRange::new(start.parse().unwrap(), end.parse().unwrap()).unwrap()
}

fn ranges(text: &str) -> Vec<TimeRange> {
    text.split_whitespace().map(range).collect()
}

/// The same hours every day.
fn daily(hours: &str) -> Vec<HoursRule> {
    let hours = WeeklyHours(std::array::from_fn(|_| ranges(hours)));
    vec![HoursRule {
        effective_from: None,
        effective_until: None,
        hours,
    }]
}

fn timing(duration_min: u16, step_min: u16) -> ServiceTiming {
    ServiceTiming {
        duration_min,
        before_min: 0,
        after_min: 0,
        step_min,
        lead_min: 0,
        horizon_days: u16::MAX,
    }
}

fn visit(start: &str, end: &str) -> Occupied {
    Occupied::new(OccupiedKind::Appointment, at(start), at(end))
}

/// A schedule in UTC unless changed.
fn plain<'a>(
    rules: &'a [HoursRule],
    timing: ServiceTiming,
    occupied: &'a [Occupied],
) -> Schedule<'a> {
    Schedule {
        zone: &UTC,
        rules,
        exceptions: &[],
        closures: &[],
        timing,
        online: true,
        occupied,
    }
}

/// The wall times offered to a patient, with the offset in hours where the clock repeats.
fn offered(schedule: &Schedule<'_>, date: Date) -> Vec<String> {
    schedule
        .slots_on(date, long_ago(), Asker::Patient)
        .slots()
        .iter()
        .map(|slot| {
            let clock = schedule.zone.to_datetime(slot.start);
            let label = if slot.repeated {
                format!("/{}", slot.offset_s)
            } else {
                String::new()
            };
            format!("{:02}:{:02}{label}", clock.hour(), clock.minute())
        })
        .collect()
}

static UTC: TimeZone = TimeZone::UTC;

const DAY: Date = date(2026, 6, 3);

#[test]
fn ends_are_exclusive() {
    let rules = daily("09:00-10:30");
    assert_eq!(
        offered(&plain(&rules, timing(30, 30), &[]), DAY),
        ["09:00", "09:30", "10:00"]
    );
    assert_eq!(
        offered(&plain(&rules, timing(45, 15), &[]), DAY),
        ["09:00", "09:15", "09:30", "09:45"]
    );
}

#[test]
fn partial_overlap_is_an_overlap_and_touching_is_not() {
    let rules = daily("09:00-11:00");
    let busy = [visit("2026-06-03T09:29:00Z", "2026-06-03T10:00:00Z")];
    let schedule = plain(&rules, timing(30, 30), &busy);
    assert_eq!(offered(&schedule, DAY), ["10:00", "10:30"]);
    let start = at("2026-06-03T09:00:00Z");
    let refused = schedule.can_book(start, long_ago(), Asker::Patient);
    assert_eq!(refused, Err(WhyNot::Taken { by: busy[0] }));
}

#[test]
fn buffers_reach_into_closing_time_and_add_up_between_neighbours() {
    let rules = daily("09:00-12:00");
    let mine = ServiceTiming {
        before_min: 5,
        after_min: 10,
        ..timing(30, 5)
    };
    assert_eq!(
        offered(&plain(&rules, mine, &[]), DAY).first().unwrap(),
        "09:00"
    );
    assert_eq!(
        offered(&plain(&rules, mine, &[]), DAY).last().unwrap(),
        "11:30"
    );
    // The visit 10:00–10:30 keeps 09:45–10:50; with its own 10 after, ours must end by 09:35.
    let (kind, from, until) = (
        OccupiedKind::Appointment,
        at("2026-06-03T10:00:00Z"),
        at("2026-06-03T10:30:00Z"),
    );
    let busy = [Occupied::buffered(kind, from, until, 15, 20)];
    let times = offered(&plain(&rules, mine, &busy), DAY);
    assert_eq!(times[..3], ["09:00", "09:05", "10:55"]);
}

#[test]
fn breaks_stop_visits_but_not_buffers() {
    let hours = WeeklyHours::opening(&WEEK, range("09:00-13:00"), &ranges("10:00-11:00"));
    assert_eq!(hours.on(Weekday::Friday), ranges("09:00-10:00 11:00-13:00"));
    let rules = [HoursRule {
        effective_from: None,
        effective_until: None,
        hours,
    }];
    let mine = ServiceTiming {
        before_min: 30,
        after_min: 30,
        ..timing(60, 60)
    };
    assert_eq!(
        offered(&plain(&rules, mine, &[]), DAY),
        ["09:00", "11:00", "12:00"]
    );
}

#[test]
fn breaks_are_cut_from_night_shifts() {
    let left = range("22:00-06:00").without(&ranges("01:30-02:00 23:00-00:30"));
    assert_eq!(left, ranges("22:00-23:00 00:30-01:30 02:00-06:00"));
    let left = range("09:00-17:00").without(&ranges("08:00-09:30 16:00-18:00 18:00-19:00"));
    assert_eq!(left, ranges("09:30-16:00"));
    assert_eq!(range("09:00-17:00").without(&ranges("00:00-24:00")), []);
    assert_eq!(
        range("00:00-24:00").without(&ranges("12:00-13:00")),
        ranges("00:00-12:00 13:00-24:00")
    );
}

#[test]
fn the_grid_realigns_after_an_appointment_off_it() {
    let rules = daily("09:00-12:00");
    let off = [visit("2026-06-03T09:10:00Z", "2026-06-03T09:40:00Z")];
    let times = offered(&plain(&rules, timing(30, 30), &off), DAY);
    assert_eq!(times, ["09:40", "10:10", "10:40", "11:10"]);
    // One that begins on the grid leaves the grid alone, however long it takes.
    let on = [visit("2026-06-03T09:30:00Z", "2026-06-03T10:10:00Z")];
    let times = offered(&plain(&rules, timing(30, 30), &on), DAY);
    assert_eq!(times, ["09:00", "10:30", "11:00", "11:30"]);
    // A buffer does not make an appointment lie off the grid.
    let start = at("2026-06-03T10:00:00Z");
    let buffered = [Occupied::buffered(
        OccupiedKind::Hold,
        start,
        start + 30.minutes(),
        5,
        10,
    )];
    let times = offered(&plain(&rules, timing(30, 30), &buffered), DAY);
    assert_eq!(times, ["09:00", "11:00", "11:30"]);
}

#[test]
fn an_exception_replaces_the_weekly_rule_of_its_date() {
    let rules = daily("09:00-17:00");
    let exceptions = [
        DateException {
            date: DAY,
            windows: ranges("14:00-15:00"),
            note: "Training".into(),
        },
        DateException {
            date: date(2026, 6, 4),
            windows: vec![],
            note: "Day off".into(),
        },
    ];
    let schedule = Schedule {
        exceptions: &exceptions,
        ..plain(&rules, timing(30, 30), &[])
    };
    assert_eq!(offered(&schedule, DAY), ["14:00", "14:30"]);
    let next = schedule.slots_on(date(2026, 6, 4), long_ago(), Asker::Patient);
    assert_eq!(next, DayAnswer::Empty(EmptyDay::NonePublished));
    let why = schedule.explain(at("2026-06-04T10:00:00Z"), long_ago(), Asker::Staff);
    assert_eq!(why.outcome, Err(WhyNot::NonePublished));
    assert_eq!(
        why.hours,
        HoursSource::Exception {
            note: "Day off".into()
        }
    );
}

#[test]
fn the_rule_that_came_into_effect_last_decides() {
    let mut rules = daily("09:00-10:00");
    rules.push(HoursRule {
        effective_from: Some(DAY),
        ..daily("13:00-14:00").remove(0)
    });
    rules.push(HoursRule {
        effective_from: Some(date(2026, 6, 5)),
        effective_until: Some(date(2026, 6, 5)),
        hours: WeeklyHours::default(),
    });
    let schedule = plain(&rules, timing(60, 60), &[]);
    assert_eq!(offered(&schedule, date(2026, 6, 2)), ["09:00"]);
    assert_eq!(offered(&schedule, DAY), ["13:00"]);
    assert_eq!(offered(&schedule, date(2026, 6, 5)), Vec::<String>::new());
    assert_eq!(offered(&schedule, date(2026, 6, 6)), ["13:00"]);
}

#[test]
fn a_closure_shuts_its_dates_whatever_crosses_midnight() {
    let rules = daily("22:00-02:00");
    let closures = [Closure {
        from: DAY,
        until: DAY,
        name: "Fair day".into(),
    }];
    let schedule = Schedule {
        closures: &closures,
        ..plain(&rules, timing(60, 60), &[])
    };
    assert_eq!(
        offered(&schedule, date(2026, 6, 2)),
        ["00:00", "01:00", "22:00", "23:00"]
    );
    let shut = schedule.slots_on(DAY, long_ago(), Asker::Staff);
    assert_eq!(
        shut,
        DayAnswer::Empty(EmptyDay::Closed {
            name: "Fair day".into()
        })
    );
    assert_eq!(offered(&schedule, date(2026, 6, 4)), ["22:00", "23:00"]);
    let why = schedule.can_book(at("2026-06-03T00:30:00Z"), long_ago(), Asker::Staff);
    assert_eq!(
        why,
        Err(WhyNot::Closed {
            name: "Fair day".into(),
            from: DAY,
            until: DAY
        })
    );
}

#[test]
fn hours_cross_midnight_and_slots_belong_to_the_date_on_the_clock() {
    let rules = daily("22:30-01:30");
    let schedule = plain(&rules, timing(60, 30), &[]);
    let times = ["00:00", "00:30", "22:30", "23:00", "23:30"];
    assert_eq!(offered(&schedule, DAY), times);
}

#[test]
fn round_the_clock_ends_at_24_00_and_goes_on() {
    let rules = daily("00:00-24:00");
    let schedule = plain(&rules, timing(45, 30), &[]);
    let times = offered(&schedule, DAY);
    assert_eq!((times.len(), times[47].as_str()), (48, "23:30"));
    // The last evening before a closure has nowhere to go on to.
    let closures = [Closure {
        from: date(2026, 6, 4),
        until: date(2026, 6, 9),
        name: "Move".into(),
    }];
    let schedule = Schedule {
        closures: &closures,
        ..schedule
    };
    assert_eq!(offered(&schedule, DAY).last().unwrap(), "23:00");
    let why = schedule.can_book(at("2026-06-03T23:30:00Z"), long_ago(), Asker::Staff);
    assert_eq!(
        why,
        Err(WhyNot::RunsPastEnd {
            closes: at("2026-06-04T00:00:00Z")
        })
    );
}

#[test]
fn lead_compares_instants_and_the_horizon_includes_its_last_day() {
    let rules = daily("09:00-17:00");
    let mine = ServiceTiming {
        lead_min: 90,
        horizon_days: 2,
        ..timing(60, 60)
    };
    let schedule = Schedule {
        zone: &zone("Asia/Tokyo"),
        ..plain(&rules, mine, &[])
    };
    // 09:30 on 3 June in Tokyo, still the evening of 2 June in New York.
    let now = at("2026-06-03T00:30:00Z");
    let first = schedule.slots_on(DAY, now, Asker::Patient).slots()[0].start;
    assert_eq!(first, at("2026-06-03T02:00:00Z"));
    let last = schedule.slots_on(date(2026, 6, 5), now, Asker::Patient);
    assert_eq!(last.slots().len(), 8);
    let beyond = schedule.slots_on(date(2026, 6, 6), now, Asker::Patient);
    assert_eq!(
        beyond.why_empty(),
        Some(&EmptyDay::BeyondHorizon {
            last: date(2026, 6, 5)
        })
    );
    let exact = at("2026-06-03T00:30:00Z") + 90.minutes();
    assert_eq!(schedule.can_book(exact, now, Asker::Patient), Ok(()));
    let late = schedule.can_book(exact, now + 1.second(), Asker::Patient);
    assert_eq!(
        late,
        Err(WhyNot::TooSoon {
            earliest: exact + 1.second()
        })
    );
    assert_eq!(schedule.slots_on(DAY, now, Asker::Staff).slots().len(), 8);
}

#[test]
fn an_empty_day_says_why() {
    let rules = daily("09:00-10:00");
    let now = at("2026-06-03T08:30:00Z");
    let why = |schedule: &Schedule<'_>, now| {
        schedule
            .slots_on(DAY, now, Asker::Patient)
            .why_empty()
            .cloned()
    };
    let free = plain(&rules, timing(30, 30), &[]);
    assert_eq!(why(&free, now), None);
    assert_eq!(
        why(&plain(&[], timing(30, 30), &[]), now),
        Some(EmptyDay::NonePublished)
    );
    let phone = Schedule {
        online: false,
        ..free
    };
    assert_eq!(why(&phone, now), Some(EmptyDay::NotBookableOnline));
    let lead = Schedule {
        timing: ServiceTiming {
            lead_min: 120,
            ..free.timing
        },
        ..free
    };
    let last_free = at("2026-06-03T09:30:00Z");
    assert_eq!(why(&lead, now), Some(EmptyDay::TooSoon { last_free }));
    assert_eq!(why(&free, at("2026-06-03T10:00:00Z")), Some(EmptyDay::Past));
    assert_eq!(why(&free, at("2026-06-04T00:00:00Z")), Some(EmptyDay::Past));
    let full = [
        visit("2026-06-03T09:00:00Z", "2026-06-03T09:30:00Z"),
        visit("2026-06-03T09:30:00Z", "2026-06-03T10:00:00Z"),
    ];
    assert_eq!(
        why(
            &Schedule {
                occupied: &full,
                ..free
            },
            now
        ),
        Some(EmptyDay::FullyBooked)
    );
    let gap = [visit("2026-06-03T09:00:00Z", "2026-06-03T09:40:00Z")];
    let short = EmptyDay::GapTooShort { longest_min: 20 };
    assert_eq!(
        why(
            &Schedule {
                occupied: &gap,
                ..free
            },
            now
        ),
        Some(short)
    );
    let long = Schedule {
        timing: timing(90, 30),
        ..free
    };
    assert_eq!(
        why(&long, now),
        Some(EmptyDay::GapTooShort { longest_min: 60 })
    );
}

#[test]
fn a_start_off_the_grid_is_for_staff_only() {
    let rules = daily("09:00-10:30");
    let schedule = plain(&rules, timing(30, 30), &[]);
    let start = at("2026-06-03T09:40:00Z");
    assert_eq!(schedule.can_book(start, long_ago(), Asker::Staff), Ok(()));
    let why = schedule.explain(start, long_ago(), Asker::Patient);
    let (previous, next) = (at("2026-06-03T09:30:00Z"), at("2026-06-03T10:00:00Z"));
    let off = WhyNot::OffGrid {
        previous: Some(previous),
        next: Some(next),
    };
    assert_eq!(why.outcome, Err(off));
    assert_eq!(why.end, at("2026-06-03T10:10:00Z"));
    let outside = schedule.explain(at("2026-06-03T08:30:00Z"), long_ago(), Asker::Staff);
    let open = Window {
        start: at("2026-06-03T09:00:00Z"),
        end: at("2026-06-03T10:30:00Z"),
    };
    assert_eq!(
        outside.outcome,
        Err(WhyNot::OutsideHours {
            windows: vec![open]
        })
    );
}

#[test]
fn overlapping_windows_offer_no_time_twice() {
    let rules = daily("09:00-12:00 09:15-10:00 11:00-13:00");
    let times = offered(&plain(&rules, timing(30, 30), &[]), DAY);
    assert_eq!(
        times,
        [
            "09:00", "09:15", "09:45", "10:00", "10:30", "11:00", "11:30", "12:00", "12:30"
        ]
    );
}

#[test]
fn unsorted_and_empty_intervals_are_understood() {
    let rules = daily("09:00-11:00");
    let busy = [
        visit("2026-06-03T10:00:00Z", "2026-06-03T10:30:00Z"),
        visit("2026-06-03T09:00:00Z", "2026-06-03T09:30:00Z"),
        visit("2026-06-03T09:45:00Z", "2026-06-03T09:45:00Z"),
    ];
    assert_eq!(
        offered(&plain(&rules, timing(30, 30), &busy), DAY),
        ["09:30", "10:30"]
    );
}

#[test]
fn visits_left_outside_changed_hours_are_found() {
    let rules = daily("09:00-12:00 13:00-17:00");
    let schedule = plain(&rules, timing(30, 30), &[]);
    let lies = |start: &str, end: &str| {
        let day = |time: &str| at(&format!("2026-06-03T{time}:00Z"));
        schedule.lies_in_hours(day(start), day(end))
    };
    assert!(lies("09:00", "12:00"));
    assert!(lies("13:07", "14:00"));
    assert!(!lies("11:30", "12:30"));
    assert!(!lies("16:45", "17:01"));
    assert!(!lies("08:59", "09:30"));
}

#[test]
fn the_least_loaded_is_chosen_and_ties_are_stable() {
    assert_eq!(least_loaded([("c", 2), ("b", 1), ("a", 1)]), Some("a"));
    assert_eq!(least_loaded([("a", 1), ("b", 1), ("c", 2)]), Some("a"));
    assert_eq!(least_loaded([("z", 0), ("a", 1)]), Some("z"));
    assert_eq!(least_loaded::<u8>([]), None);
}
