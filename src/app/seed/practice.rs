//! The clinic itself: its name, who works in it, when, and what can be booked.

use std::collections::BTreeMap;

use jiff::civil::{Date, Weekday};
use jiff::{Timestamp, ToSpan};

use super::chance::{Chance, Stream};
use super::{Plan, days_between, instant};
use crate::app::Current;
use crate::domain::account::{Login, Role};
use crate::domain::appointment::{Block, after};
use crate::domain::country::Country;
use crate::domain::holiday::holidays;
use crate::domain::id::{Id, LoginId, PractitionerId, ServiceId};
use crate::domain::local_name::LocalName;
use crate::domain::money::Money;
use crate::domain::person::{Email, HumanName};
use crate::domain::practitioner::Practitioner;
use crate::domain::schedule::{
    Closure, DateException, HoursRule, ServiceTiming, TimeRange, WeeklyHours,
};
use crate::domain::service::{OnlineBooking, Service};
use crate::domain::settings::{ClinicKind, Settings, SetupStep};
use crate::store::hours::{KeptClosure, KeptException, KeptHours};

/// Patients whom one practitioner cares for, beyond the first three.
const PATIENTS_EACH: usize = 2_000;

/// One who cares, with the hours.
#[derive(Debug)]
pub(super) struct Carer {
    pub who: Practitioner,
    pub rules: Vec<HoursRule>,
    pub exceptions: Vec<DateException>,
    /// Places in [`Practice::services`], each as often as it is wanted.
    pub offers: Vec<usize>,
}

/// Everything about the clinic but its patients.
#[derive(Debug)]
pub(super) struct Practice {
    pub settings: Settings,
    pub carers: Vec<Carer>,
    pub services: Vec<Service>,
    pub closures: Vec<Closure>,
    pub blocks: Vec<Block>,
    pub staff: Vec<Login>,
    opened: Timestamp,
}

/// Places in [`Practice::services`].
pub(super) const CHECK_UP: usize = 0;
pub(super) const NEW_PATIENT: usize = 1;
pub(super) const FOLLOW_UP: usize = 2;
pub(super) const BLOOD_TEST: usize = 3;
pub(super) const VACCINATION: usize = 4;
pub(super) const PHYSIOTHERAPY: usize = 5;

type Shift = (&'static [Weekday], (u16, u16), Option<(u16, u16)>);

use Weekday::{Friday, Monday, Saturday, Thursday, Tuesday, Wednesday};

const FULL_WEEK: &[Shift] = &[
    (&[Monday, Tuesday, Thursday], (510, 1050), Some((750, 795))),
    (&[Friday], (510, 990), Some((750, 795))),
];
const LATE_WEEK: &[Shift] = &[
    (&[Monday, Wednesday, Friday], (540, 1080), Some((795, 840))),
    (&[Tuesday], (660, 1170), Some((840, 885))),
    (&[Saturday], (540, 720), None),
];
const PART_TIME: &[Shift] = &[
    (&[Tuesday, Thursday], (480, 900), Some((720, 750))),
    (&[Friday], (780, 1080), None),
];

const EXTRA_GIVEN: &[&str] = &[
    "Nadia", "Peter", "Yusuf", "Clare", "Mei", "Owen", "Ingrid", "Samuel", "Leila", "Marek",
    "Joan", "Ravi",
];
const EXTRA_FAMILY: &[&str] = &[
    "Whitcombe",
    "Osei",
    "Farrow",
    "Delacroix",
    "Tan",
    "Pryce",
    "Holm",
    "Adeyemi",
    "Sayed",
    "Nowak",
    "Tierney",
    "Menon",
];

impl Practice {
    pub(super) fn new(plan: &Plan, current: &Current, now: Timestamp) -> Self {
        let mut chance = Chance::new(plan.seed, Stream::Practice, 0);
        let today = current.date(now);
        // Long ago, so that every chart is younger than the clinic.
        let opened = current.midnight(today.saturating_sub(12.years()));
        let mut carers = three(&mut chance, opened);
        let more = plan.patients.saturating_sub(400) / PATIENTS_EACH;
        for index in 0..more.min(20) {
            carers.push(another(&mut chance, opened, index));
        }
        let services = services(&mut chance, opened, &carers);
        let staff = staff(&mut chance, opened, now, carers.first().map(|c| c.who.id));
        let mut practice = Self {
            settings: settings(current),
            carers,
            services,
            closures: closures(today),
            blocks: Vec::new(),
            staff,
            opened,
        };
        practice.days_ahead(&mut chance, current, today);
        practice
    }

    /// The whole days off and the blocked hour in the next two weeks.
    fn days_ahead(&mut self, chance: &mut Chance, current: &Current, today: Date) {
        if let Some(day) = self.working_day(1, today.saturating_add(8.days()))
            && let Some(carer) = self.carers.get_mut(1)
        {
            carer.exceptions.push(DateException {
                date: day,
                windows: Vec::new(),
                note: "Training day".to_owned(),
            });
        }
        if let Some(day) = self.working_day(0, today.saturating_add(3.days()))
            && let Some(carer) = self.carers.first()
        {
            let start = instant(current, day, 930);
            self.blocks.push(Block {
                id: Id::new(after(current.midnight(today), -3 * 24 * 60), chance.bytes()),
                practitioner: carer.who.id,
                start,
                end: after(start, 60),
                note: "Team meeting".to_owned(),
            });
        }
    }

    /// The first date from a date on that has weekly hours of a carer.
    pub(super) fn working_day(&self, carer: usize, from: Date) -> Option<Date> {
        let carer = self.carers.get(carer)?;
        let mut date = from;
        for _ in 0..21 {
            let open = !self.closures.iter().any(|c| c.covers(date));
            let off = carer.exceptions.iter().any(|e| e.date == date);
            let works = carer
                .rules
                .iter()
                .any(|r| !r.hours.on(date.weekday()).is_empty());
            if open && works && !off {
                return Some(date);
            }
            date = date.tomorrow().ok()?;
        }
        None
    }

    pub(super) fn service(&self, index: usize) -> Option<&Service> {
        self.services.get(index)
    }

    /// The access of the front desk.
    pub(super) fn desk(&self) -> LoginId {
        let desk = self.staff.iter().find(|l| l.role == Role::FrontDesk);
        desk.map_or_else(|| Id::from_bytes([0; 16]), |l| l.id)
    }

    /// The rows of hours and closures.
    pub(super) fn hours(
        &self,
        seed: u64,
    ) -> (Vec<KeptHours>, Vec<KeptException>, Vec<KeptClosure>) {
        let mut chance = Chance::new(seed, Stream::Practice, 1);
        let opened = self.opened;
        let mut hours = Vec::new();
        let mut exceptions = Vec::new();
        for carer in &self.carers {
            hours.extend(carer.rules.iter().map(|rule| KeptHours {
                id: Id::new(opened, chance.bytes()),
                practitioner: carer.who.id,
                rule: rule.clone(),
            }));
            exceptions.extend(carer.exceptions.iter().map(|exception| KeptException {
                practitioner: carer.who.id,
                exception: exception.clone(),
            }));
        }
        let closures = self.closures.iter().map(|closure| KeptClosure {
            id: Id::new(opened, chance.bytes()),
            closure: closure.clone(),
        });
        (hours, exceptions, closures.collect())
    }
}

fn settings(current: &Current) -> Settings {
    let mut settings = current.settings.clone();
    settings.setup = SetupStep::Done;
    // Mail stays in the outbox.
    settings.mail = None;
    // Nothing is announced to a network that did not ask for a demonstration.
    settings.local_name = LocalName::Off;
    let profile = &mut settings.profile;
    "Riverside Clinic".clone_into(&mut profile.name);
    profile.kind = ClinicKind::General;
    "GB".clone_into(&mut profile.country);
    "en".clone_into(&mut profile.language);
    "GBP".clone_into(&mut profile.currency);
    "Europe/London".clone_into(&mut profile.zone);
    profile.phone = Some("+442079460100".to_owned());
    profile.address = vec![
        "14 Wharf Road".to_owned(),
        "London".to_owned(),
        "E14 0XX".to_owned(),
    ];
    "999".clone_into(&mut profile.emergency);
    "Care by the river. We are glad to see you.".clone_into(&mut profile.welcome);
    "#0b7285".clone_into(&mut profile.brand);
    settings
}

fn week(shifts: &[Shift]) -> WeeklyHours {
    let mut week = WeeklyHours::default();
    for (days, open, pause) in shifts {
        let Ok(open) = TimeRange::minutes(open.0, open.1) else {
            continue;
        };
        let pause = pause.and_then(|p| TimeRange::minutes(p.0, p.1).ok());
        for day in *days {
            week.set(*day, open.without(pause.as_slice()));
        }
    }
    week
}

fn carer(
    chance: &mut Chance,
    opened: Timestamp,
    (prefix, given, family, role): (&str, &str, &str, &str),
    hue: u8,
    shifts: &[Shift],
    offers: Vec<usize>,
) -> Carer {
    Carer {
        who: Practitioner {
            id: Id::new(after(opened, i64::from(hue)), chance.bytes()),
            name: HumanName {
                prefix: prefix.to_owned(),
                given: given.to_owned(),
                family: family.to_owned(),
                ..HumanName::default()
            },
            role: role.to_owned(),
            hue,
            active: true,
            identifiers: Vec::new(),
        },
        rules: vec![HoursRule {
            effective_from: None,
            effective_until: None,
            hours: week(shifts),
        }],
        exceptions: Vec::new(),
        offers,
    }
}

/// What a doctor does, each as often as it is wanted.
fn medicine() -> Vec<usize> {
    let often = [
        (CHECK_UP, 9),
        (NEW_PATIENT, 3),
        (FOLLOW_UP, 9),
        (BLOOD_TEST, 5),
        (VACCINATION, 4),
    ];
    often
        .into_iter()
        .flat_map(|(service, n)| std::iter::repeat_n(service, n))
        .collect()
}

fn three(chance: &mut Chance, opened: Timestamp) -> Vec<Carer> {
    vec![
        carer(
            chance,
            opened,
            ("Dr", "Ana", "Silva", "General practitioner"),
            1,
            FULL_WEEK,
            medicine(),
        ),
        carer(
            chance,
            opened,
            ("Dr", "Dev", "Roy", "General practitioner"),
            4,
            LATE_WEEK,
            medicine(),
        ),
        carer(
            chance,
            opened,
            ("", "Jonas", "Lind", "Physiotherapist"),
            6,
            PART_TIME,
            vec![PHYSIOTHERAPY],
        ),
    ]
}

fn another(chance: &mut Chance, opened: Timestamp, index: usize) -> Carer {
    let given = EXTRA_GIVEN
        .get(index % EXTRA_GIVEN.len())
        .copied()
        .unwrap_or_default();
    let family = EXTRA_FAMILY
        .get((index * 5 + index / 12) % EXTRA_FAMILY.len())
        .copied()
        .unwrap_or_default();
    let hue = u8::try_from(index % 8).unwrap_or(0) + 1;
    let opened = after(opened, i64::try_from(index).unwrap_or(0) + 60);
    let shifts = if index.is_multiple_of(2) {
        LATE_WEEK
    } else {
        FULL_WEEK
    };
    if index % 4 == 3 {
        let who = ("", given, family, "Physiotherapist");
        carer(chance, opened, who, hue, shifts, vec![PHYSIOTHERAPY])
    } else {
        let who = ("Dr", given, family, "General practitioner");
        carer(chance, opened, who, hue, shifts, medicine())
    }
}

/// Name, sentence, minutes, buffers before and after, step, online, price in pence.
type Menu = (
    &'static str,
    &'static str,
    u16,
    (u16, u16),
    u16,
    OnlineBooking,
    i64,
);

const MENU: [Menu; 6] = [
    (
        "Check-up",
        "A look at how you are, and time for your questions.",
        20,
        (0, 0),
        10,
        OnlineBooking::Instant,
        6_000,
    ),
    (
        "New patient visit",
        "Your first visit. We get to know you and your history.",
        40,
        (0, 5),
        20,
        OnlineBooking::Request,
        9_500,
    ),
    (
        "Follow-up",
        "A short visit after an earlier one.",
        15,
        (0, 0),
        5,
        OnlineBooking::Instant,
        4_500,
    ),
    (
        "Blood test",
        "A blood sample that your doctor has asked for.",
        10,
        (0, 0),
        10,
        OnlineBooking::Off,
        3_000,
    ),
    (
        "Vaccination",
        "Flu, travel and childhood vaccinations.",
        10,
        (0, 5),
        5,
        OnlineBooking::Instant,
        2_500,
    ),
    (
        "Physiotherapy",
        "Treatment for joints, muscles and the back.",
        45,
        (5, 10),
        15,
        OnlineBooking::Instant,
        7_000,
    ),
];

fn services(chance: &mut Chance, opened: Timestamp, carers: &[Carer]) -> Vec<Service> {
    let currency = country().map(Country::currency);
    let mut services = Vec::new();
    for (index, (name, description, minutes, buffers, step, online, pence)) in
        MENU.into_iter().enumerate()
    {
        let position = u16::try_from(index).unwrap_or(u16::MAX);
        let id: ServiceId = Id::new(after(opened, i64::from(position)), chance.bytes());
        services.push(Service {
            id,
            name: name.to_owned(),
            description: description.to_owned(),
            timing: ServiceTiming {
                duration_min: minutes,
                before_min: buffers.0,
                after_min: buffers.1,
                step_min: step,
                lead_min: 120,
                horizon_days: 60,
            },
            cancel_notice_min: 24 * 60,
            move_notice_min: 24 * 60,
            online,
            practitioners: who_offers(carers, index),
            price: currency.map(|currency| Money::new(pence, currency)),
            active: true,
            position,
        });
    }
    services
}

fn who_offers(carers: &[Carer], service: usize) -> Vec<PractitionerId> {
    let offer = |c: &&Carer| c.offers.contains(&service);
    carers.iter().filter(offer).map(|c| c.who.id).collect()
}

fn country() -> Option<Country> {
    "GB".parse().ok()
}

/// Public holidays a year back and a year ahead. Not today's: a demonstration wants an open clinic.
fn closures(today: Date) -> Vec<Closure> {
    let mut closures: BTreeMap<Date, String> = BTreeMap::new();
    if let Some(country) = country() {
        for year in [today.year() - 1, today.year(), today.year() + 1] {
            for holiday in holidays(country, year) {
                if holiday.date != today && days_between(today, holiday.date).abs() <= 366 {
                    closures
                        .entry(holiday.date)
                        .or_insert_with(|| holiday.name.to_owned());
                }
            }
        }
    }
    let closure = |(date, name)| Closure {
        from: date,
        until: date,
        name,
    };
    closures.into_iter().map(closure).collect()
}

const STAFF: [(Role, &str, &str); 5] = [
    (Role::Owner, "Helena Marsh", "helena.marsh@example.com"),
    (Role::FrontDesk, "Grace Okafor", "grace.okafor@example.com"),
    (Role::Practitioner, "Ana Silva", "ana.silva@example.com"),
    (Role::Billing, "Tom Whitfield", "tom.whitfield@example.com"),
    (Role::ReadOnly, "Priya Nair", "priya.nair@example.com"),
];

fn staff(
    chance: &mut Chance,
    opened: Timestamp,
    now: Timestamp,
    carer: Option<PractitionerId>,
) -> Vec<Login> {
    let mut staff = Vec::new();
    for (role, name, email) in STAFF {
        let mut login = Login::new(Id::new(opened, chance.bytes()), role, name, opened);
        login.email = Email::try_from(email).ok();
        login.seen_at = Some(after(now, -chance.between(2, 300)));
        if role == Role::Practitioner {
            login.practitioner = carer;
        }
        staff.push(login);
    }
    staff
}
