use jiff::civil::{Date, Weekday, date};

use super::*;
use crate::app::booking::{self, Wish};
use crate::app::practice_world::{caller_of, front_desk, owner, world};
use crate::app::{Caller, Clinic};
use crate::domain::account::Role;
use crate::domain::appointment::after;
use crate::domain::id::{HoursId, Id, PatientId, PractitionerId, ServiceId};
use crate::domain::patient::Patient;
use crate::domain::person::HumanName;
use crate::domain::practitioner::Practitioner;
use crate::domain::schedule::{Closure, HoursRule, TimeRange, WeeklyHours};

const WEEKDAYS: [Weekday; 5] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
];

fn draft(name: &str) -> PractitionerDraft {
    PractitionerDraft {
        title: "Dr".into(),
        name: name.into(),
        role: "GP".into(),
        hue: 3,
        active: true,
    }
}

fn week(from: u16, until: u16) -> HoursRule {
    let open = TimeRange::minutes(from * 60, until * 60).unwrap();
    let lunch = TimeRange::minutes(12 * 60, 13 * 60).unwrap();
    HoursRule {
        effective_from: None,
        effective_until: None,
        hours: WeeklyHours::opening(&WEEKDAYS, open, &[lunch]),
    }
}

/// A practitioner with hours 9 to 5 and a service of 30 minutes.
fn open(clinic: &Clinic) -> (Practitioner, ServiceId, HoursId) {
    let who = add_practitioner(clinic, &owner(), &draft("Ana Silva")).unwrap();
    let what = add_service(clinic, &owner(), ServiceDraft::usual("Check-up", 30)).unwrap();
    let id = set_hours(clinic, &owner(), who.id, None, week(9, 17)).unwrap();
    (who, what.id, id)
}

/// What patients will see next of a service with someone, as it is kept.
fn next_of(clinic: &Clinic, service: ServiceId, who: PractitionerId) -> Next {
    preview(clinic, &owner(), Some(service), Some(who), Trial::default()).unwrap()
}

/// Books the first time that is offered, and tells when that is.
fn book_first(clinic: &Clinic, service: ServiceId, who: PractitionerId) -> jiff::Timestamp {
    book_later(clinic, service, who, 0)
}

/// The same so many weeks later.
fn book_later(
    clinic: &Clinic,
    service: ServiceId,
    who: PractitionerId,
    weeks: i64,
) -> jiff::Timestamp {
    let id = PatientId::from_bytes([5; 16]);
    let cause = clinic.cause(&owner(), crate::domain::audit::Action::PatientRegister);
    let now = clinic.now();
    clinic
        .store
        .write(cause, move |tx| {
            let name = HumanName::from_full("Jan Nowak");
            Ok(tx.put(&Patient::new(id, name, now))?)
        })
        .unwrap();
    let mut patient: Caller = caller_of(Role::Patient, 5);
    patient.actor.patient = Some(id);
    let next = next_of(clinic, service, who);
    let start = after(next.slots.first().unwrap().start, weeks * 7 * 24 * 60);
    let wish = Wish {
        service,
        practitioner: Some(who),
        start,
    };
    let hold = booking::hold(clinic, &patient, wish).unwrap();
    booking::book(clinic, &patient, hold.id, "").unwrap();
    start
}

#[test]
fn after_practitioner_service_and_hours_the_first_time_can_be_booked() {
    let clinic = world();
    let (who, service, _) = open(&clinic);
    let next = preview(&clinic, &owner(), None, Some(who.id), Trial::default()).unwrap();
    assert_eq!(next.service, "Check-up");
    assert_eq!(next.slots.len(), 6);
    let first = next.slots.first().unwrap().start;
    // It is 8:00, and two hours before is the latest.
    assert_eq!(first.to_string(), "2026-11-23T10:00:00Z");
    assert_eq!(book_first(&clinic, service, who.id), first);
}

#[test]
fn hours_are_tried_before_they_are_published() {
    let clinic = world();
    let (who, service, hours) = open(&clinic);
    let later = week(14, 17);
    let instead = Trial {
        week: Some((Some(hours), &later)),
        ..Trial::default()
    };
    let tried = preview(&clinic, &owner(), Some(service), Some(who.id), instead).unwrap();
    assert_eq!(
        tried.slots.first().unwrap().start.to_string(),
        "2026-11-23T14:00:00Z"
    );
    let kept = next_of(&clinic, service, who.id);
    assert_ne!(kept, tried);
    // One that starts later hides nothing of what holds until then.
    let mut from_june = week(14, 17);
    from_june.effective_from = Some(date(2027, 6, 1));
    let beside = Trial {
        week: Some((None, &from_june)),
        ..Trial::default()
    };
    let both = preview(&clinic, &owner(), Some(service), Some(who.id), beside).unwrap();
    assert_eq!(both, kept);
}

#[test]
fn days_are_tried_from_the_first_of_them_on_before_they_are_kept() {
    let clinic = world();
    let (who, service, _) = open(&clinic);
    let first_of = |trial: Trial<'_>, with| {
        let next = preview(&clinic, &owner(), Some(service), with, trial).unwrap();
        let start = next.slots.first().map(|slot| slot.start.to_string());
        (next.from, start.unwrap_or_default())
    };
    let kept = next_of(&clinic, service, who.id);
    let (monday, wednesday) = (date(2026, 11, 23), date(2026, 11, 25));
    let afternoon = crate::text::hours::parse("14-15").unwrap();
    for (days, windows, from, start) in [
        // Today: from now on.
        (
            (monday, monday),
            &afternoon[..],
            None,
            "2026-11-23T14:00:00Z",
        ),
        ((monday, monday), &[], None, "2026-11-24T09:00:00Z"),
        (
            (wednesday, wednesday),
            &afternoon[..],
            Some(wednesday),
            "2026-11-25T14:00:00Z",
        ),
        (
            (wednesday, date(2026, 11, 26)),
            &[],
            Some(wednesday),
            "2026-11-27T09:00:00Z",
        ),
        // Nobody can book that far ahead, so nothing changes for patients yet.
        (
            (date(2027, 11, 23), date(2027, 11, 23)),
            &[],
            None,
            "2026-11-23T10:00:00Z",
        ),
    ] {
        let trial = Trial {
            days: Some((days, windows)),
            ..Trial::default()
        };
        let expected = (from, start.to_owned());
        assert_eq!(first_of(trial, Some(who.id)), expected, "{days:?}");
    }
    // What is tried comes in place of what is kept about the same day, and closures beat both.
    let days = (wednesday, wednesday);
    set_exception(&clinic, &owner(), who.id, days, Vec::new(), "").unwrap();
    let trial = Trial {
        days: Some((days, &afternoon)),
        ..Trial::default()
    };
    let (_, start) = first_of(trial, Some(who.id));
    assert_eq!(start, "2026-11-25T14:00:00Z");
    let closure = Closure {
        from: monday,
        until: date(2026, 11, 24),
        name: String::new(),
    };
    let trial = Trial {
        closure: Some(&closure),
        ..Trial::default()
    };
    assert_eq!(
        first_of(trial, None),
        (None, "2026-11-26T09:00:00Z".to_owned())
    );
    drop_exception(&clinic, &owner(), who.id, wednesday).unwrap();
    assert_eq!(
        next_of(&clinic, service, who.id),
        kept,
        "trying keeps nothing"
    );
}

#[test]
fn a_service_is_tried_before_it_is_saved() {
    let clinic = world();
    let (who, service, _) = open(&clinic);
    let kept = preview(&clinic, &owner(), Some(service), None, Trial::default()).unwrap();
    let found = super::service(&clinic, &owner(), service).unwrap();
    let mut later = ServiceDraft::of(&found);
    later.timing.lead_min = 24 * 60;
    later.name = "Long talk".to_owned();
    let with = |id| Trial {
        service: Some((id, &later)),
        ..Trial::default()
    };
    for id in [Some(service), None] {
        let tried = preview(&clinic, &owner(), id, Some(who.id), with(id)).unwrap();
        assert_eq!(tried.service, "Long talk");
        assert!(tried.slots.first().unwrap().start > kept.slots.first().unwrap().start);
    }
    let still = preview(&clinic, &owner(), Some(service), None, Trial::default()).unwrap();
    assert_eq!(still, kept, "nothing was saved");
}

#[test]
fn who_is_inactive_is_offered_to_nobody() {
    let clinic = world();
    let (who, service, _) = open(&clinic);
    let mut away = draft("Ana Silva");
    away.active = false;
    change_practitioner(&clinic, &owner(), who.id, away).unwrap();
    let next = next_of(&clinic, service, who.id);
    assert!(next.slots.is_empty());
    assert!(!practitioner(&clinic, &owner(), who.id).unwrap().active);
}

#[test]
fn a_change_lists_the_visits_left_outside_and_cancels_none() {
    let clinic = world();
    let (who, service, hours) = open(&clinic);
    let start = book_first(&clinic, service, who.id);
    assert!(left_outside(&clinic, &owner(), None).unwrap().is_empty());

    set_hours(&clinic, &owner(), who.id, Some(hours), week(14, 17)).unwrap();
    let left = left_outside(&clinic, &owner(), Some(who.id)).unwrap();
    assert_eq!(left.len(), 1);
    let one = left.first().unwrap();
    assert_eq!(
        (one.visit.start, one.patient.as_str()),
        (start, "Jan Nowak")
    );
    assert!(one.visit.status.is_open());

    set_hours(&clinic, &owner(), who.id, Some(hours), week(9, 17)).unwrap();
    assert!(left_outside(&clinic, &owner(), None).unwrap().is_empty());
    let day = closure(date(2026, 11, 23), date(2026, 11, 23));
    close(&clinic, &owner(), vec![day]).unwrap();
    assert_eq!(left_outside(&clinic, &owner(), None).unwrap().len(), 1);
    let id = closures(&clinic, &owner()).unwrap().first().unwrap().id;
    open_again(&clinic, &owner(), id).unwrap();
    assert!(left_outside(&clinic, &owner(), None).unwrap().is_empty());
}

#[test]
fn what_a_far_day_off_or_closure_leaves_outside_is_listed_too() {
    let clinic = world();
    let (who, service, _) = open(&clinic);
    let start = book_later(&clinic, service, who.id, 3);
    assert!(left_outside(&clinic, &owner(), None).unwrap().is_empty());
    let day = date(2026, 12, 14);
    close(&clinic, &owner(), vec![closure(day, day)]).unwrap();
    let left = left_outside(&clinic, &owner(), None).unwrap();
    assert_eq!(
        left.iter().map(|l| l.visit.start).collect::<Vec<_>>(),
        [start]
    );
    let id = closures(&clinic, &owner()).unwrap().first().unwrap().id;
    open_again(&clinic, &owner(), id).unwrap();
    set_exception(&clinic, &owner(), who.id, (day, day), Vec::new(), "course").unwrap();
    assert_eq!(left_outside(&clinic, &owner(), None).unwrap().len(), 1);
}

fn closure(from: Date, until: Date) -> Closure {
    Closure {
        from,
        until,
        name: "Repairs".into(),
    }
}

#[test]
fn a_single_day_replaces_its_weekday_until_it_is_dropped() {
    let clinic = world();
    let (who, service, _) = open(&clinic);
    let monday = date(2026, 11, 23);
    let span = (monday, date(2026, 11, 25));
    let days = set_exception(&clinic, &owner(), who.id, span, Vec::new(), "course").unwrap();
    assert_eq!(days, 3);
    let first = || {
        let next = next_of(&clinic, service, who.id);
        next.slots.first().unwrap().start.to_string()
    };
    assert_eq!(first(), "2026-11-26T09:00:00Z");
    assert_eq!(exceptions(&clinic, &owner(), who.id).unwrap().len(), 3);
    drop_exception(&clinic, &owner(), who.id, monday).unwrap();
    assert!(drop_exception(&clinic, &owner(), who.id, monday).is_err());
    assert_eq!(first(), "2026-11-23T10:00:00Z");
    for bad in [(monday, date(2026, 11, 22)), (monday, date(2028, 11, 22))] {
        assert!(set_exception(&clinic, &owner(), who.id, bad, Vec::new(), "").is_err());
    }
}

#[test]
fn holidays_are_suggested_until_they_are_confirmed() {
    let clinic = world();
    let days = holiday_suggestions(&clinic, &owner()).unwrap();
    let christmas = days
        .iter()
        .find(|d| d.date == date(2026, 12, 25))
        .expect("the clinic is in Great Britain");
    let closure = Closure {
        from: christmas.date,
        until: christmas.date,
        name: christmas.name.into(),
    };
    close(&clinic, &owner(), vec![closure]).unwrap();
    let left = holiday_suggestions(&clinic, &owner()).unwrap();
    assert_eq!(left.len() + 1, days.len());
    assert!(left.iter().all(|d| d.date != date(2026, 12, 25)));
}

#[test]
fn services_keep_the_order_they_are_given() {
    let clinic = world();
    let mut ids = Vec::new();
    for name in ["A", "B", "C"] {
        ids.push(
            add_service(&clinic, &owner(), ServiceDraft::usual(name, 20))
                .unwrap()
                .id,
        );
    }
    let order = || -> String {
        services(&clinic, &owner())
            .unwrap()
            .into_iter()
            .map(|s| s.name)
            .collect()
    };
    move_service(&clinic, &owner(), ids[2], Direction::Up).unwrap();
    assert_eq!(order(), "ACB");
    move_service(&clinic, &owner(), ids[0], Direction::Up).unwrap();
    assert_eq!(order(), "ACB");
    move_service(&clinic, &owner(), ids[0], Direction::Down).unwrap();
    assert_eq!(order(), "CAB");
}

#[test]
fn only_who_may_changes_the_practice() {
    let clinic = world();
    let (who, service, hours) = open(&clinic);
    let desk = front_desk();
    let span = (date(2026, 11, 23), date(2026, 11, 23));
    assert!(add_practitioner(&clinic, &desk, &draft("X")).is_err());
    assert!(change_practitioner(&clinic, &desk, who.id, draft("X")).is_err());
    assert!(add_service(&clinic, &desk, ServiceDraft::usual("X", 5)).is_err());
    assert!(change_service(&clinic, &desk, service, ServiceDraft::usual("X", 5)).is_err());
    assert!(move_service(&clinic, &desk, service, Direction::Up).is_err());
    assert!(set_hours(&clinic, &desk, who.id, None, week(9, 10)).is_err());
    assert!(drop_hours(&clinic, &desk, who.id, hours).is_err());
    assert!(set_exception(&clinic, &desk, who.id, span, Vec::new(), "").is_err());
    assert!(close(&clinic, &desk, vec![closure(span.0, span.1)]).is_err());
    let nobody = PractitionerId::from_bytes([0; 16]);
    assert!(set_hours(&clinic, &owner(), nobody, None, week(9, 10)).is_err());
    drop_hours(&clinic, &owner(), who.id, hours).unwrap();
    assert!(weeks(&clinic, &owner(), who.id).unwrap().is_empty());
}
