//! Changes of the clock.

use super::*;

/// Zone, the spring date and its starts, the autumn date and its starts, the hours.
type Case = (
    &'static str,
    Date,
    &'static [&'static str],
    Date,
    &'static [&'static str],
    &'static str,
);

const CASES: [Case; 5] = [
    (
        "Europe/London",
        date(2026, 3, 29),
        &["00:00", "00:30", "02:00", "02:30"],
        date(2026, 10, 25),
        &[
            "00:00",
            "00:30",
            "01:00/3600",
            "01:30/3600",
            "01:00/0",
            "01:30/0",
            "02:00",
            "02:30",
        ],
        "00:00-03:00",
    ),
    (
        "Europe/Berlin",
        date(2026, 3, 29),
        &["01:00", "01:30", "03:00", "03:30"],
        date(2026, 10, 25),
        &[
            "01:00",
            "01:30",
            "02:00/7200",
            "02:30/7200",
            "02:00/3600",
            "02:30/3600",
            "03:00",
            "03:30",
        ],
        "01:00-04:00",
    ),
    (
        "America/New_York",
        date(2026, 3, 8),
        &["01:00", "01:30", "03:00", "03:30"],
        date(2026, 11, 1),
        &[
            "01:00/-14400",
            "01:30/-14400",
            "01:00/-18000",
            "01:30/-18000",
            "02:00",
            "02:30",
            "03:00",
            "03:30",
        ],
        "01:00-04:00",
    ),
    (
        // Half an hour: 02:00 to 02:30 in October, 02:00 back to 01:30 in April.
        "Australia/Lord_Howe",
        date(2026, 10, 4),
        &["01:00", "01:30", "02:30", "03:00", "03:30"],
        date(2026, 4, 5),
        &[
            "01:00",
            "01:30/39600",
            "01:30/37800",
            "02:00",
            "02:30",
            "03:00",
            "03:30",
        ],
        "01:00-04:00",
    ),
    (
        // At midnight: 00:00 to 01:00 in April, 24:00 back to 23:00 in October.
        "Africa/Cairo",
        date(2026, 4, 24),
        &["01:00", "01:30", "22:30", "23:00", "23:30"],
        date(2026, 10, 29),
        &[
            "00:00",
            "00:30",
            "01:00",
            "01:30",
            "22:30",
            "23:00/10800",
            "23:30/10800",
            "23:00/7200",
            "23:30/7200",
        ],
        "00:00-02:00 22:30-24:00",
    ),
];

#[test]
fn spring_gap_is_skipped_and_autumn_fold_offered_twice() {
    for (name, spring, in_spring, autumn, in_autumn, hours) in CASES {
        let (rules, zone) = (daily(hours), zone(name));
        let schedule = Schedule {
            zone: &zone,
            ..plain(&rules, timing(30, 30), &[])
        };
        assert_eq!(offered(&schedule, spring), in_spring, "{name} in spring");
        assert_eq!(offered(&schedule, autumn), in_autumn, "{name} in autumn");
    }
}

#[test]
fn hours_wholly_in_the_gap_are_no_hours() {
    let (rules, zone) = (daily("02:15-02:45"), zone("Europe/Berlin"));
    let schedule = Schedule {
        zone: &zone,
        ..plain(&rules, timing(15, 15), &[])
    };
    assert_eq!(schedule.windows_on(date(2026, 3, 29)), []);
    let empty = schedule.slots_on(date(2026, 3, 29), long_ago(), Asker::Patient);
    assert_eq!(empty.why_empty(), Some(&EmptyDay::NonePublished));
    assert_eq!(schedule.windows_on(date(2026, 10, 25)).len(), 2);
}
