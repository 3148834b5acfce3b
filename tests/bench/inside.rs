//! What is asked of the verbs themselves: free times, and how many rows a booking writes.

use std::time::Instant;

use anteroom::app::availability::{self, Except};
use anteroom::app::booking::{self, Wish};
use anteroom::app::seed::{Plan, Seeded};
use anteroom::app::{Caller, Clinic, Failure};
use anteroom::domain::account::{Actor, LoginState, Role};
use anteroom::domain::appointment::Status;
use anteroom::domain::id::{PractitionerId, ServiceId};
use anteroom::domain::service::Service;
use anteroom::store::table::{Read, Rows};
use anteroom::store::{appointments, hours, schema};
use jiff::ToSpan;
use jiff::civil::Date;

use crate::support::server;
use crate::{Times, line, ms, per_second};

/// Days of which the free times of one practitioner are found per second.
fn free_days_per_s(clinic: &Clinic, seeded: &Seeded) -> f64 {
    let (current, now) = (clinic.current(), clinic.now());
    let today = current.date(now);
    let mut nth = 0_i64;
    per_second(|| {
        nth += 1;
        let day = today.saturating_add((1 + nth % 20).days());
        let who = seeded.practitioners[nth as usize % 3];
        let found = clinic.store.read(|rows| {
            let service = hours::service(rows, seeded.services.check_up)?.expect("a service");
            let (with, span) = (Some(who), (day, day));
            availability::offers(rows, &current, &service, with, span, now, Except::default())
        });
        assert_eq!(found.expect("a read").len(), 1);
    })
}

/// Free times of a day and of a month.
pub fn slots(clinic: &Clinic, seeded: &Seeded) {
    let small_dir = tempfile::tempdir().expect("a directory");
    let plan = Plan {
        patients: 400,
        visits: Some(1_000),
        seed: 1,
    };
    let (small, small_seeded) = server::seeded(small_dir.path(), plan);
    let at_small = free_days_per_s(&small, &small_seeded);
    let large = free_days_per_s(clinic, seeded);
    line(
        "free times of a day, one practitioner, per s (app)",
        &format!("{large:.0}"),
        "≥ 15,000",
        Some(large >= 15_000.0),
    );
    let ratio = large / at_small;
    let wanted = format!("≥ 0.8 × {at_small:.0} at 1,000 visits");
    line(
        "  of the figure in a small clinic",
        &format!("{ratio:.2}"),
        &wanted,
        Some(ratio >= 0.8),
    );
    let (current, now) = (clinic.current(), clinic.now());
    let today = current.date(now);
    let span = (
        today.saturating_add(1.days()),
        today.saturating_add(30.days()),
    );
    let mut times = Vec::new();
    for nth in 0..200_usize {
        let who = seeded.practitioners[nth % 3];
        let since = Instant::now();
        let found = clinic.store.read(|rows| {
            let service = hours::service(rows, seeded.services.check_up)?.expect("a service");
            availability::offers(
                rows,
                &current,
                &service,
                Some(who),
                span,
                now,
                Except::default(),
            )
        });
        times.push(since.elapsed());
        assert_eq!(found.expect("a read").len(), 30);
    }
    let p50 = ms(Times(times).at(0.5));
    line(
        "free days of a month, p50 ms (app)",
        &format!("{p50:.2}"),
        "≤ 2",
        Some(p50 <= 2.0),
    );
}

/// A week of the calendar with about as many visits as are wanted: its first day, whose it is, and
/// how many there are.
pub fn week_of(clinic: &Clinic, wanted: usize) -> (Date, PractitionerId, usize) {
    let current = clinic.current();
    let today = current.date(clinic.now());
    let into = i64::from(today.weekday().to_monday_zero_offset());
    let monday = today.saturating_sub(into.days());
    let weeks = (-20_i64..4).map(|n| monday.saturating_add((7 * n).days()));
    let found = clinic.store.read(|rows| {
        let mut best: Option<(Date, PractitionerId, usize)> = None;
        for first in weeks.clone() {
            let span = (
                current.midnight(first),
                current.midnight(first.saturating_add(7.days())),
            );
            for who in hours::practitioners(rows)? {
                let visits = appointments::of_practitioner(rows, who.id, span.0, span.1)?;
                // Cancelled visits are not drawn in a week.
                let count = visits
                    .iter()
                    .filter(|v| v.status != Status::Cancelled)
                    .count();
                if best.is_none_or(|(.., c)| count.abs_diff(wanted) < c.abs_diff(wanted)) {
                    best = Some((first, who.id, count));
                }
            }
        }
        Ok::<_, Failure>(best)
    });
    found.expect("a read").expect("a week")
}

/// Rows that the confirming step writes or removes, counted in a small clinic.
pub fn rows_per_booking() -> usize {
    let dir = tempfile::tempdir().expect("a directory");
    let plan = Plan {
        patients: 60,
        visits: Some(200),
        seed: 1,
    };
    let (clinic, seeded) = server::seeded(dir.path(), plan);
    let actor = Actor {
        login: Some(seeded.amira_login),
        role: Role::Patient,
        state: LoginState::Active,
        patient: Some(seeded.amira),
        practitioner: None,
        name: "Amira".to_owned(),
    };
    let caller = Caller { actor, request: 1 };
    let (service, start) = wishes(&clinic).pop().expect("a free time");
    let (second, who) = start.split_once('.').expect("a time");
    let start = jiff::Timestamp::from_second(second.parse().expect("seconds")).expect("a time");
    let wish = Wish {
        service,
        practitioner: who.parse().ok(),
        start,
    };
    let hold = booking::hold(&clinic, &caller, wish).expect("a hold");
    let before = count(&clinic);
    booking::book(&clinic, &caller, hold.id, "").expect("a visit");
    // Its hold was removed, and where the log ends was written over.
    count(&clinic) - before + 1 + 2
}

fn count(clinic: &Clinic) -> usize {
    let rows = clinic.store.read(|rows| {
        let mut all = 0;
        for table in schema::NAMES {
            rows.walk(table, &[], None, false, &mut |_| {
                all += 1;
                Ok(std::ops::ControlFlow::Continue(()))
            })?;
        }
        Ok::<_, Failure>(all)
    });
    rows.expect("a read")
}

/// Free times, as forms send them, each of them once.
pub fn wishes(clinic: &Clinic) -> Vec<(ServiceId, String)> {
    let (current, now) = (clinic.current(), clinic.now());
    let today = current.date(now);
    let span = (
        today.saturating_add(2.days()),
        today.saturating_add(27.days()),
    );
    let found = clinic.store.read(|rows| {
        let services: Vec<Service> = rows.all(&schema::SERVICES)?;
        let mut found = Vec::new();
        let mut taken = std::collections::BTreeMap::new();
        for service in services.iter().filter(|s| s.is_online()) {
            let days =
                availability::offers(rows, &current, service, None, span, now, Except::default())?;
            for offer in days.into_iter().flat_map(|d| d.offers) {
                for who in offer.with {
                    // None may touch one that is wished for already: two hours are enough.
                    let second = offer.slot.start.as_second();
                    let near: &mut Vec<i64> = taken.entry(who).or_default();
                    if near.iter().all(|other| (other - second).abs() >= 3_600) {
                        near.push(second);
                        found.push((service.id, format!("{second}.{who}")));
                    }
                }
            }
        }
        Ok::<_, Failure>(found)
    });
    found.expect("a read")
}
