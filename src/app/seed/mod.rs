//! The believable clinic of the demonstration, the tests and the benchmark.
//!
//! The same plan on the same day gives the same clinic, identifiers included: chance comes from the
//! plan's seed and time from the clinic's clock. The hour of the day decides only how far today has
//! come, and whether an extra session is needed so that there is a day to look at.

mod board;
mod chance;
mod mail;
mod names;
mod people;
mod practice;
mod session;
mod story;
#[cfg(test)]
mod tests;
mod visits;

use data_encoding::BASE64URL_NOPAD;
use jiff::Timestamp;
use jiff::civil::Date;
use sha2::{Digest, Sha256};

use self::chance::{Chance, Stream};
use self::people::{Maker, Person};
use self::practice::Practice;
use self::visits::Book;
use super::{Answer, Clinic, Current};
use crate::domain::account::{Link, LinkPurpose, Login, LoginState, Role, Session};
use crate::domain::appointment::{Appointment, Doer, NewAppointment, after};
use crate::domain::audit::Action;
use crate::domain::id::{Id, LoginId, PatientId, PractitionerId, RequestId, ServiceId};
use crate::domain::patient::{Patient, PatientState};
use crate::domain::person::{Email, HumanName};
use crate::domain::refusal::Refused;
use crate::domain::request::{RegistrationRequest, RequestState};
use crate::store::{
    Change, Failure, Tx, access, appointments, notices, patients, requests, settings,
};

/// Rows that one command writes at most.
const CHUNK: usize = 4_000;
/// How long the ready sign-in links last, in minutes: longer than any demonstration.
const LINK_MIN: i64 = 366 * 24 * 60;

/// How large a clinic is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// How many patients; at least 26, so that those known by name have company.
    pub patients: usize,
    /// How many visits in all; `None` for six months behind and six weeks ahead. A number is
    /// reached by going further back, or cut at the oldest.
    pub visits: Option<usize>,
    /// Decides everything that is left to chance.
    pub seed: u64,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            patients: 400,
            visits: None,
            seed: 1,
        }
    }
}

/// The services of the clinic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Services {
    /// 20 minutes, booked at once.
    pub check_up: ServiceId,
    /// 40 minutes, by request.
    pub new_patient: ServiceId,
    /// 15 minutes, booked at once.
    pub follow_up: ServiceId,
    /// 10 minutes, booked by staff only.
    pub blood_test: ServiceId,
    /// 10 minutes, booked at once.
    pub vaccination: ServiceId,
    /// 45 minutes with buffers, booked at once.
    pub physiotherapy: ServiceId,
}

/// What was made, as far as callers need to know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seeded {
    /// The plan.
    pub plan: Plan,
    /// The access of the owner, Helena Marsh.
    pub owner: LoginId,
    /// The access of the front desk, Grace Okafor.
    pub front_desk: LoginId,
    /// The access of the practitioner, Dr Ana Silva.
    pub practitioner: LoginId,
    /// The access of billing, Tom Whitfield.
    pub billing: LoginId,
    /// The access that only reads, Priya Nair.
    pub read_only: LoginId,
    /// Amira Haddad: the patient whom everything is shown with.
    pub amira: PatientId,
    /// Her access.
    pub amira_login: LoginId,
    /// Winifred Ashdown, 80, without e-mail and without access.
    pub elder: PatientId,
    /// Daniel Brightwell, who also looks after Lily.
    pub parent: PatientId,
    /// His access.
    pub parent_login: LoginId,
    /// Lily Brightwell, a child whose contacts are her father's.
    pub child: PatientId,
    /// Someone whose name fills two lines.
    pub long_name: PatientId,
    /// Someone whose name is in Arabic script.
    pub arabic_name: PatientId,
    /// The open request of Noor van Dijk, who is not known here.
    pub stranger: RequestId,
    /// Her access; it is pending.
    pub stranger_login: LoginId,
    /// Those who care: Dr Silva, Dr Roy, Jonas Lind, then others.
    pub practitioners: Vec<PractitionerId>,
    /// What can be booked.
    pub services: Services,
    /// How many charts there are, the stranger's not counted.
    pub patients: usize,
    /// How many visits there are, the stranger's not counted.
    pub visits: usize,
}

/// Fills an empty clinic.
///
/// # Errors
/// [`Refused::Duplicate`] when it has patients already.
pub fn seed(clinic: &Clinic, plan: &Plan) -> Answer<Seeded> {
    if !clinic
        .store
        .read(|rows| patients::by_name(rows, None, 1))?
        .is_empty()
    {
        return Err(Refused::Duplicate.into());
    }
    let now = clinic.now();
    let mut profile = clinic.current().settings.clone();
    "Europe/London".clone_into(&mut profile.profile.zone);
    let current = Current::of(profile);
    let mut practice = Practice::new(plan, &current, now);
    let today = current.date(now);
    let mut people = Maker {
        plan,
        current: &current,
        today,
    }
    .everybody();
    let mut book = Book::new(plan, &mut practice, &mut people, &current, now);
    book.fill();
    board::run(&mut book);
    let mail = mail::all(&book);
    let stranger = stranger(&book, &current).ok_or(Refused::NotFound)?;
    let visits: Vec<Appointment> = {
        let placed = std::mem::take(&mut book.placed);
        for placed in &placed {
            seen(book.people, placed.person, &placed.visit, now);
        }
        placed.into_iter().map(|p| p.visit).collect()
    };
    let seeded = name(plan, &practice, &people, &stranger, visits.len());
    let seeded = seeded.ok_or(Refused::NotFound)?;
    write_practice(clinic, practice, plan.seed)?;
    let device = device(plan, seeded.amira_login, now);
    write_people(clinic, people, device)?;
    write_chunks(clinic, Action::Book, visits, |tx, visit| {
        appointments::put(tx, visit)
    })?;
    write_chunks(clinic, Action::Outbox, mail, |tx, notice| {
        notices::enqueue(tx, notice).map(drop)
    })?;
    write_stranger(clinic, stranger)?;
    Ok(seeded)
}

/// Name and role of a person, and the token of their sign-in link.
pub type DemoLink = (String, Role, String);

/// Ready sign-in links, one per kind of person: name, role and the token of a
/// [`LinkPurpose::Demo`] link. Its key is the SHA-256 of the token as text. The same seed gives the
/// same tokens, so they are for a clinic of made-up people that nobody else can reach.
pub fn demo_links(clinic: &Clinic, seeded: &Seeded) -> Answer<Vec<DemoLink>> {
    let mut chance = Chance::new(seeded.plan.seed, Stream::Links, 0);
    hand_out(clinic, seeded, || chance.bytes())
}

/// The same with tokens that nobody can foresee: for a demonstration that others can reach.
pub fn secret_demo_links(clinic: &Clinic, seeded: &Seeded) -> Answer<Vec<DemoLink>> {
    hand_out(clinic, seeded, || clinic.random())
}

fn hand_out(
    clinic: &Clinic,
    seeded: &Seeded,
    mut secret: impl FnMut() -> [u8; 16],
) -> Answer<Vec<DemoLink>> {
    let now = clinic.now();
    let logins = [
        seeded.owner,
        seeded.front_desk,
        seeded.practitioner,
        seeded.billing,
        seeded.read_only,
        seeded.amira_login,
    ];
    let tokens = logins.map(|id| (id, BASE64URL_NOPAD.encode(&secret())));
    let cause = clinic.own_cause("demo", Action::Invite);
    clinic.store.write(cause, move |tx| {
        let mut links = Vec::new();
        for (id, token) in &tokens {
            let login = access::login(tx, *id)?.ok_or(Refused::NotFound)?;
            let link = Link {
                key: Sha256::digest(token.as_bytes()).into(),
                purpose: LinkPurpose::Demo(*id),
                code: None,
                browser: None,
                email: None,
                created_at: now,
                expires_at: after(now, LINK_MIN),
                used_at: None,
                tries_left: u8::MAX,
            };
            access::put_link(tx, &link)?;
            links.push((login.name, login.role, token.clone()));
        }
        Ok(links)
    })
}

fn days_between(from: Date, until: Date) -> i64 {
    (until - from).get_days().into()
}

/// The instant at which the clinic's wall clock shows a minute of a date.
fn instant(current: &Current, date: Date, minute: i64) -> Timestamp {
    let (hour, minute) = (minute / 60, minute % 60);
    let time = i8::try_from(hour).ok().zip(i8::try_from(minute).ok());
    let (hour, minute) = time.unwrap_or((12, 0));
    let ambiguous = current.zone.to_ambiguous_zoned(date.at(hour, minute, 0, 0));
    ambiguous
        .compatible()
        .map_or_else(|_| current.midnight(date), |z| z.timestamp())
}

/// Someone who was here is found first.
fn seen(people: &mut [Person], person: usize, visit: &Appointment, now: Timestamp) {
    if visit.start <= now
        && visit.cancellation.is_none()
        && let Some(person) = people.get_mut(person)
    {
        person.patient.seen_at = person.patient.seen_at.max(Some(visit.start));
    }
}

fn name(
    plan: &Plan,
    practice: &Practice,
    people: &[Person],
    stranger: &Stranger,
    visits: usize,
) -> Option<Seeded> {
    let staff = |role| practice.staff.iter().find(|l| l.role == role).map(|l| l.id);
    let patient = |index| people.get(index).map(|p: &Person| p.patient.id);
    let login = |index| {
        people
            .get(index)
            .and_then(|p: &Person| p.login.as_ref())
            .map(|l| l.id)
    };
    let service = |index| practice.service(index).map(|s| s.id);
    Some(Seeded {
        plan: *plan,
        owner: staff(Role::Owner)?,
        front_desk: staff(Role::FrontDesk)?,
        practitioner: staff(Role::Practitioner)?,
        billing: staff(Role::Billing)?,
        read_only: staff(Role::ReadOnly)?,
        amira: patient(people::AMIRA)?,
        amira_login: login(people::AMIRA)?,
        elder: patient(people::ELDER)?,
        parent: patient(people::PARENT)?,
        parent_login: login(people::PARENT)?,
        child: patient(people::CHILD)?,
        long_name: patient(people::LONG_NAME)?,
        arabic_name: patient(people::ARABIC)?,
        stranger: stranger.request.id,
        stranger_login: stranger.login.id,
        practitioners: practice.carers.iter().map(|c| c.who.id).collect(),
        services: Services {
            check_up: service(practice::CHECK_UP)?,
            new_patient: service(practice::NEW_PATIENT)?,
            follow_up: service(practice::FOLLOW_UP)?,
            blood_test: service(practice::BLOOD_TEST)?,
            vaccination: service(practice::VACCINATION)?,
            physiotherapy: service(practice::PHYSIOTHERAPY)?,
        },
        patients: people.len(),
        visits,
    })
}

/// Someone not known here, with all that she left.
#[derive(Clone, Debug)]
struct Stranger {
    chart: Patient,
    login: Login,
    request: RegistrationRequest,
    visit: Option<Appointment>,
}

fn stranger(book: &Book<'_>, current: &Current) -> Option<Stranger> {
    let mut chance = Chance::new(book.plan.seed, Stream::People, 99);
    let at = after(current.midnight(book.today), -163);
    let name = HumanName {
        given: "Noor".to_owned(),
        family: "van Dijk".to_owned(),
        ..HumanName::default()
    };
    let email = Email::try_from("noor.vandijk@example.com").ok()?;
    let born = Date::new(book.today.year() - 28, 8, 19).unwrap_or(book.today);
    let mut chart = Patient::new(Id::new(at, chance.bytes()), name.clone(), at);
    chart.state = PatientState::Provisional;
    chart.birth_date = Some(born);
    chart.email = Some(email.clone());
    chart.phones = vec!["+447700900764".to_owned()];
    let mut login = Login::new(Id::new(at, chance.bytes()), Role::Patient, &name.full(), at);
    login.state = LoginState::Pending;
    login.patient = Some(chart.id);
    let visit = book
        .offer(practice::NEW_PATIENT, 5)
        .zip(book.practice.service(practice::NEW_PATIENT))
        .map(|((practitioner, start), service)| {
            let new = NewAppointment {
                id: Id::new(after(at, 2), chance.bytes()),
                reference: chance.reference(),
                patient: chart.id,
                practitioner,
                start,
                by: Doer::Patient,
                at: after(at, 2),
                pending: true,
            };
            Appointment::new(new, service)
        });
    let request = RegistrationRequest {
        id: Id::new(at, chance.bytes()),
        login: login.id,
        name,
        birth_date: born,
        email,
        phone: chart.phones.first().cloned(),
        chart: chart.id,
        visit: visit.as_ref().map(|v| v.id),
        state: RequestState::Open,
        created_at: at,
    };
    Some(Stranger {
        chart,
        login,
        request,
        visit,
    })
}

/// A device on which Amira is signed in already, so that her list of devices is not empty.
fn device(plan: &Plan, login: LoginId, now: Timestamp) -> Session {
    let mut chance = Chance::new(plan.seed, Stream::People, 98);
    let at = after(now, -9 * 24 * 60);
    Session {
        key: chance.bytes(),
        id: Id::new(at, chance.bytes()),
        login,
        device: "Safari on iPhone".to_owned(),
        created_at: at,
        seen_at: after(now, -26 * 60),
        expires_at: after(at, 90 * 24 * 60),
        proven_at: at,
        locked: false,
    }
}

fn write_practice(clinic: &Clinic, practice: Practice, seed: u64) -> Answer<()> {
    let (hours, exceptions, closures) = practice.hours(seed);
    let cause = clinic.own_cause("demo", Action::ClinicCreate);
    clinic.store.write(cause, move |tx| {
        tx.changed(Change::Services);
        settings::put(tx, &practice.settings)?;
        practice.carers.iter().try_for_each(|c| tx.put(&c.who))?;
        practice.services.iter().try_for_each(|s| tx.put(s))?;
        practice.staff.iter().try_for_each(|l| tx.put(l))?;
        practice.blocks.iter().try_for_each(|b| tx.put(b))?;
        hours.iter().try_for_each(|h| tx.put(h))?;
        exceptions.iter().try_for_each(|e| tx.put(e))?;
        closures.iter().try_for_each(|c| tx.put(c))?;
        Ok(())
    })
}

/// Charts get their numbers here, in the order in which they were opened.
fn write_people(clinic: &Clinic, mut people: Vec<Person>, device: Session) -> Answer<()> {
    people.sort_by_key(|p| p.patient.id);
    write_chunks(clinic, Action::PatientRegister, people, |tx, person| {
        number(tx, &person.patient)?;
        person.login.iter().try_for_each(|l| tx.put(l))
    })?;
    let cause = clinic.own_cause("demo", Action::SignIn);
    clinic.store.write(cause, move |tx| Ok(tx.put(&device)?))
}

/// Keeps a chart under the next number.
fn number(tx: &mut Tx<'_>, patient: &Patient) -> Result<(), Failure> {
    let mut patient = patient.clone();
    patient.chart = u32::try_from(tx.next_number("chart")?).unwrap_or(u32::MAX);
    tx.about(patient.id);
    tx.put(&patient)
}

/// Writes rows, some thousand in a command.
fn write_chunks<R: Send + 'static>(
    clinic: &Clinic,
    action: Action,
    rows: Vec<R>,
    write: fn(&mut Tx<'_>, &R) -> Result<(), Failure>,
) -> Answer<()> {
    let mut rows = rows.into_iter();
    loop {
        let chunk: Vec<R> = rows.by_ref().take(CHUNK).collect();
        if chunk.is_empty() {
            return Ok(());
        }
        let cause = clinic.own_cause("demo", action);
        clinic.store.write(cause, move |tx| {
            chunk.iter().try_for_each(|row| write(tx, row))?;
            tx.object(format!("{} rows", chunk.len()));
            Ok(())
        })?;
    }
}

fn write_stranger(clinic: &Clinic, stranger: Stranger) -> Answer<()> {
    let cause = clinic.own_cause("demo", Action::Registration);
    clinic.store.write(cause, move |tx| {
        number(tx, &stranger.chart)?;
        tx.put(&stranger.login)?;
        if let Some(visit) = &stranger.visit {
            appointments::put(tx, visit)?;
        }
        tx.object(stranger.request.id);
        Ok(requests::put(tx, &stranger.request)?)
    })
}
