//! Patients of all ages, and the few whom everybody knows by name.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use super::Plan;
use super::chance::{Chance, Stream};
use super::names::{POOLS, Pool, STREETS};
use crate::app::Current;
use crate::domain::account::{Login, LoginState, Role, ThemeMode};
use crate::domain::appointment::after;
use crate::domain::id::Id;
use crate::domain::patient::{Patient, PatientState};
use crate::domain::person::{Address, Email, Gender, HumanName, Identifier, NameUse, age_years};
use crate::domain::search;

const DAY_MIN: i64 = 24 * 60;

/// A patient, and what decides about their visits.
#[derive(Debug)]
pub(super) struct Person {
    pub patient: Patient,
    pub login: Option<Login>,
    /// How often they come, compared with others.
    pub weight: usize,
    /// From then on they have no visits.
    pub gone: Option<Timestamp>,
    pub age: i16,
}

impl Person {
    /// Whether they use the portal.
    pub(super) fn is_online(&self) -> bool {
        self.login
            .as_ref()
            .is_some_and(|l| l.state == LoginState::Active)
    }
}

/// Places of those whom everybody knows by name.
pub(super) const AMIRA: usize = 0;
pub(super) const ELDER: usize = 1;
pub(super) const PARENT: usize = 2;
pub(super) const CHILD: usize = 3;
pub(super) const LONG_NAME: usize = 4;
pub(super) const ARABIC: usize = 5;
/// How many they are.
pub(super) const KNOWN: usize = 6;

/// Given and family name, birth (years ago, month, day), days since the first visit, gender, phone,
/// e-mail, whether they use the portal, language.
type Known = (
    &'static str,
    &'static str,
    (i16, i8, i8),
    i64,
    Gender,
    &'static str,
    &'static str,
    bool,
    &'static str,
);

const WANTED: [Known; KNOWN] = [
    (
        "Amira",
        "Haddad",
        (34, 3, 12),
        900,
        Gender::Female,
        "+447700900777",
        "amira.haddad@example.org",
        true,
        "en",
    ),
    (
        "Winifred",
        "Ashdown",
        (80, 1, 2),
        2_600,
        Gender::Female,
        "+442079460801",
        "",
        false,
        "en",
    ),
    (
        "Daniel",
        "Brightwell",
        (39, 6, 4),
        1_500,
        Gender::Male,
        "+447700900731",
        "daniel.brightwell@example.org",
        true,
        "en",
    ),
    (
        "Lily",
        "Brightwell",
        (6, 5, 21),
        1_400,
        Gender::Female,
        "+447700900731",
        "daniel.brightwell@example.org",
        false,
        "en",
    ),
    (
        "Maximiliana Theodora Alexandrina",
        "von Hohenfels-Wetterstein-Rothenburg zu Oberlauterbach",
        (52, 9, 9),
        700,
        Gender::Female,
        "+447700900742",
        "maximiliana@example.com",
        true,
        "de",
    ),
    (
        "عبد الرحمن",
        "الأنصاري",
        (45, 1, 17),
        820,
        Gender::Male,
        "+447700900753",
        "alansari@example.org",
        true,
        "ar",
    ),
];

/// What makes people, and when.
#[derive(Clone, Copy, Debug)]
pub(super) struct Maker<'a> {
    pub plan: &'a Plan,
    pub current: &'a Current,
    pub today: Date,
}

impl Maker<'_> {
    /// Everybody: those known by name, then as many as the plan wants.
    pub(super) fn everybody(&self) -> Vec<Person> {
        let mut people = self.known();
        let wanted = self.plan.patients.max(KNOWN + 20);
        let doubles = [wanted - 1, wanted - 2, wanted - 3];
        for index in KNOWN..wanted {
            let mut person = self.person(index);
            if let Some(n) = doubles.iter().position(|d| *d == index)
                && let Some(twin) = people.get(KNOWN + 3 * n)
            {
                twice(&mut person.patient, &twin.patient, n);
                person.weight = 1;
                person.login = None;
            }
            people.push(person);
        }
        people
    }

    fn person(&self, index: usize) -> Person {
        let number = u64::try_from(index).unwrap_or(u64::MAX);
        let mut chance = Chance::new(self.plan.seed, Stream::Person, number);
        let pool = pool(&mut chance);
        let (name, gender) = name(&mut chance, pool);
        let age = age(&mut chance);
        let born = self
            .today
            .saturating_sub(age.years())
            .saturating_sub(chance.between(0, 364).days());
        // Four of five were here before the last half year.
        let days = if chance.per_cent(80) {
            chance.between(200, 3_000)
        } else {
            chance.between(2, 200)
        };
        // A newborn's chart is no older than the child.
        let created = self
            .ago(days, &mut chance)
            .max(self.current.midnight(born.saturating_add(1.days())));
        let mut patient = Patient::new(Id::new(created, chance.bytes()), name, created);
        patient.birth_date = (!chance.per_cent(3)).then_some(born);
        patient.gender = Some(gender);
        contacts(&mut chance, &mut patient, index);
        if chance.per_cent(40) || pool.language == "en" {
            patient.language = Some(pool.language.to_owned());
        }
        patient.reminders = !chance.per_cent(4);
        if chance.per_cent(5) {
            "Prefers a call in the afternoon.".clone_into(&mut patient.desk_note);
        }
        let gone = self.state(&mut chance, &mut patient, created);
        let age = age_years(born, self.today).unwrap_or(0);
        let login = self.login(&mut chance, &patient, age);
        let weight = match age {
            0..=4 | 65.. => 4,
            40..=64 => 3,
            _ => 2,
        };
        let weight = weight + chance.index(3);
        Person {
            patient,
            login,
            weight,
            gone,
            age,
        }
    }

    /// An instant some days before today, in office hours.
    fn ago(&self, days: i64, chance: &mut Chance) -> Timestamp {
        let midnight = self
            .current
            .midnight(self.today.saturating_sub(days.days()));
        after(midnight, chance.between(8 * 60, 18 * 60))
    }

    /// Some charts are put away; some people have died.
    fn state(
        &self,
        chance: &mut Chance,
        patient: &mut Patient,
        created: Timestamp,
    ) -> Option<Timestamp> {
        let roll = chance.below(100);
        let day = chance.between(20, 160);
        let at = self.ago(day, chance);
        if roll >= 5 || at <= created {
            return None;
        }
        patient.state = if roll < 3 {
            let reason = chance.word(&[
                "Moved away",
                "Changed to another clinic",
                "Asked us to close the chart",
            ]);
            PatientState::Archived {
                reason: reason.to_owned(),
            }
        } else {
            PatientState::Deceased {
                on: Some(self.current.date(at)),
            }
        };
        Some(at)
    }

    fn login(&self, chance: &mut Chance, patient: &Patient, age: i16) -> Option<Login> {
        let roll = chance.below(100);
        let id = chance.bytes();
        let theme = chance.below(10);
        let delay = chance.between(10, 3 * DAY_MIN);
        let seen = chance.between(1, 40);
        if age < 16 || roll >= 58 || (patient.email.is_none() && patient.phones.is_empty()) {
            return None;
        }
        let yesterday = after(self.current.midnight(self.today), -60);
        let at = after(patient.created_at, delay).min(yesterday);
        let mut login = Login::new(Id::new(at, id), Role::Patient, &patient.name().full(), at);
        login.patient = Some(patient.id);
        login.language.clone_from(&patient.language);
        login.state = match roll {
            _ if !patient.is_active() => LoginState::Disabled,
            0..=46 => LoginState::Active,
            47..=55 => LoginState::Pending,
            _ => LoginState::Disabled,
        };
        if login.state == LoginState::Active {
            login.seen_at = Some(after(yesterday, -seen * DAY_MIN / 2).max(at));
            login.theme = match theme {
                0 => ThemeMode::Dark,
                1 => ThemeMode::Light,
                _ => ThemeMode::Auto,
            };
        }
        Some(login)
    }

    /// Those whom everybody knows by name.
    fn known(&self) -> Vec<Person> {
        let mut people = Vec::new();
        for (index, (given, family, (years, m, d), days, gender, phone, mail, online, language)) in
            WANTED.into_iter().enumerate()
        {
            let number = u64::try_from(index).unwrap_or(u64::MAX);
            let mut chance = Chance::new(self.plan.seed, Stream::People, number);
            let created = self.ago(days, &mut chance);
            let mut full = HumanName::from_full(family);
            given.clone_into(&mut full.given);
            family.clone_into(&mut full.family);
            let mut patient = Patient::new(Id::new(created, chance.bytes()), full, created);
            patient.birth_date = Date::new(self.today.year() - years, m, d).ok();
            contacts(&mut chance, &mut patient, index);
            patient.gender = Some(gender);
            patient.phones = vec![phone.to_owned()];
            patient.email = Email::try_from(mail).ok();
            patient.language = Some(language.to_owned());
            let age = patient
                .birth_date
                .and_then(|b| age_years(b, self.today))
                .unwrap_or(0);
            let mut login = online.then(|| {
                let at = after(created, 2 * DAY_MIN);
                let mut login = Login::new(
                    Id::new(at, chance.bytes()),
                    Role::Patient,
                    &patient.name().full(),
                    at,
                );
                login.patient = Some(patient.id);
                login
            });
            if let Some(login) = &mut login {
                login.seen_at = Some(after(self.current.midnight(self.today), -5 * 60));
            }
            people.push(Person {
                patient,
                login,
                weight: 2,
                gone: None,
                age,
            });
        }
        people
    }
}

/// Phones, e-mail, address and the record number.
fn contacts(chance: &mut Chance, patient: &mut Patient, index: usize) {
    // The ranges that the regulator keeps for stories.
    let number = (index * 7 + 13) % 1_000;
    let mobile = format!("+447700900{number:03}");
    let landline = format!("+442079460{:03}", (index * 11 + 5) % 1_000);
    match chance.below(100) {
        0..=3 => {}
        4..=14 => patient.phones.push(landline),
        15..=22 => patient.phones.extend([mobile, landline]),
        _ => patient.phones.push(mobile),
    }
    if chance.per_cent(75) || patient.phones.is_empty() {
        patient.email = email(patient.name(), index, chance);
    }
    let street = chance.word(STREETS);
    patient.address = Some(Address {
        lines: vec![format!("{} {street}", chance.between(1, 180))],
        city: "London".to_owned(),
        region: String::new(),
        postal_code: format!("E{} {}XX", chance.between(1, 18), chance.between(0, 9)),
        country: "GB".to_owned(),
    });
    // Unlike any other text in the clinic: where it turns up, this patient does.
    patient.identifiers.push(Identifier {
        system: "https://riverside.example.org/record".to_owned(),
        value: format!("RC{:08}{}", index, chance.reference()),
    });
}

/// The same person once more, as a front desk under pressure writes them down.
fn twice(second: &mut Patient, first: &Patient, how: usize) {
    second.birth_date = first.birth_date;
    second.gender = first.gender;
    second.state = PatientState::Active;
    let mut name = first.name().clone();
    match how {
        0 => {}
        1 => {
            name = HumanName {
                given: name.family,
                family: name.given,
                ..HumanName::default()
            };
            second.birth_date = None;
        }
        _ => {
            second.phones.clone_from(&first.phones);
            second.email.clone_from(&first.email);
        }
    }
    name.usage = NameUse::Usual;
    second.names = vec![name];
}

fn pool(chance: &mut Chance) -> &'static Pool {
    let all: u64 = POOLS.iter().map(|p| p.share).sum();
    let mut at = chance.below(all);
    for pool in POOLS {
        match at.checked_sub(pool.share) {
            Some(rest) => at = rest,
            None => return pool,
        }
    }
    let [first, ..] = POOLS;
    first
}

fn name(chance: &mut Chance, pool: &Pool) -> (HumanName, Gender) {
    let woman = chance.per_cent(52);
    let (given, families) = match (woman, pool.men_families.is_empty()) {
        (true, _) => (pool.women, pool.families),
        (false, true) => (pool.men, pool.families),
        (false, false) => (pool.men, pool.men_families),
    };
    let mut name = HumanName {
        given: chance.word(given).to_owned(),
        family: chance.word(families).to_owned(),
        ..HumanName::default()
    };
    if chance.per_cent(9) {
        let second = chance.word(given);
        if second != name.given {
            name.given = format!("{} {second}", name.given);
        }
    }
    let gender = match (chance.below(60), woman) {
        (0, _) => Gender::Other,
        (_, true) => Gender::Female,
        (_, false) => Gender::Male,
    };
    (name, gender)
}

/// 0 to 96, with the young and the old as a clinic sees them.
fn age(chance: &mut Chance) -> i64 {
    match chance.below(100) {
        0..=11 => chance.between(0, 9),
        12..=21 => chance.between(10, 19),
        22..=47 => chance.between(20, 39),
        48..=71 => chance.between(40, 59),
        72..=89 => chance.between(60, 79),
        _ => chance.between(80, 95),
    }
}

fn email(name: &HumanName, index: usize, chance: &mut Chance) -> Option<Email> {
    let ascii = |text: &str| {
        let words = search::words(text);
        words.into_iter().find(|w| w.is_ascii()).unwrap_or_default()
    };
    let (given, family) = (ascii(&name.given), ascii(&name.family));
    let host = chance.word(&["example.org", "example.com"]);
    let text = match chance.below(3) {
        0 => format!("{given}.{family}{index}@{host}"),
        1 => format!("{family}{index}@{host}"),
        _ => format!("{given}{index}@{host}"),
    };
    Email::try_from(text.as_str()).ok()
}
