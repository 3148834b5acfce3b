//! A clinic for tests: a real store in memory, and a clock that stands still until it is moved.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;
use jiff::civil::{Date, date};

use super::clock::{Clock, SystemRandom};
use super::visitor::Visitor;
use super::{Caller, Clinic, secret};
use crate::domain::account::{Actor, Link, LinkPurpose, Login, Role};
use crate::domain::appointment::{Appointment, Doer, NewAppointment, after};
use crate::domain::audit::Action;
use crate::domain::id::{NoticeId, PatientId};
use crate::domain::notice::{Notice, NoticeKind, NoticeState, NoticeSubject};
use crate::domain::patient::Patient;
use crate::domain::person::{Email, HumanName};
use crate::domain::practitioner::Practitioner;
use crate::domain::refusal::Refused;
use crate::domain::schedule::ServiceTiming;
use crate::domain::service::{OnlineBooking, Service};
use crate::domain::settings::SetupStep;
use crate::store::{Stop, Store, access, appointments, notices, settings};

/// A clock that stands still until it is moved.
pub struct StillClock(AtomicI64);

impl StillClock {
    /// Moves it.
    pub fn forward_min(&self, minutes: i64) {
        self.0.fetch_add(minutes * 60, Ordering::SeqCst);
    }
}

impl Clock for StillClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

/// A clinic in which a test plays.
pub struct Stage {
    /// The clinic, open for patients.
    pub clinic: Arc<Clinic>,
    /// Its clock.
    pub clock: Arc<StillClock>,
}

/// The birth date of every patient on stage, unless it says otherwise.
pub const BORN: Date = date(1984, 5, 17);

/// Someone at a door, always in the same browser.
pub fn visitor() -> Visitor {
    Visitor {
        request: 7,
        browser: [7; 32],
        network: "192.0.2.7".to_owned(),
        device: "Firefox on Linux".to_owned(),
        language: None,
    }
}

/// An address.
pub fn email(text: &str) -> Email {
    Email::try_from(text).unwrap()
}

/// The refusal that a verb ended with.
pub fn no<T: std::fmt::Debug>(answer: Result<T, Stop>) -> Refused {
    match answer {
        Err(Stop::Refused(refused)) => refused,
        other => panic!("not refused: {other:?}"),
    }
}

impl Stage {
    /// In memory.
    pub fn new() -> Self {
        Self::on(Store::in_memory().unwrap())
    }

    /// On a store.
    pub fn on(store: Store) -> Self {
        let clock = Arc::new(StillClock(AtomicI64::new(1_795_000_000)));
        let address = "https://clinic.local:8443";
        let clinic = Clinic::open(store, clock.clone(), Arc::new(SystemRandom), address).unwrap();
        let mut open = clinic.current().settings.clone();
        open.setup = SetupStep::Done;
        let cause = clinic.own_cause("test", Action::SettingsChange);
        clinic
            .store
            .write(cause, move |tx| Ok(settings::put(tx, &open)?))
            .unwrap();
        Self { clinic, clock }
    }

    /// A chart.
    pub fn patient(&self, name: &str, mail: Option<&str>, born: Option<Date>) -> Patient {
        let id = self.clinic.new_id();
        let mut patient = Patient::new(id, HumanName::from_full(name), self.clinic.now());
        patient.email = mail.map(email);
        patient.birth_date = born;
        let kept = patient.clone();
        let cause = self.clinic.own_cause("test", Action::PatientRegister);
        self.clinic
            .store
            .write(cause, move |tx| Ok(tx.put(&kept)?))
            .unwrap();
        patient
    }

    /// A chart as it is now.
    pub fn chart(&self, id: PatientId) -> Patient {
        let found = self
            .clinic
            .store
            .read(|rows| crate::store::patients::find(rows, id));
        found.unwrap().unwrap()
    }

    /// A patient's access as it is now.
    pub fn login_of(&self, id: PatientId) -> Option<Login> {
        self.clinic
            .store
            .read(|rows| access::login_of_patient(rows, id))
            .unwrap()
    }

    /// Someone who works here, without a password.
    pub fn staff(&self, name: &str, role: Role, mail: &str) -> Login {
        let id = self.clinic.new_id();
        let mut login = Login::new(id, role, name, self.clinic.now());
        login.email = Some(email(mail));
        self.keep(&login);
        login
    }

    /// Keeps an access as it is.
    pub fn keep(&self, login: &Login) {
        let kept = login.clone();
        let cause = self.clinic.own_cause("test", Action::LoginChange);
        self.clinic
            .store
            .write(cause, move |tx| Ok(tx.put(&kept)?))
            .unwrap();
    }

    /// An access as it is now.
    pub fn login(&self, login: &Login) -> Login {
        let found = self.clinic.store.read(|rows| access::login(rows, login.id));
        found.unwrap().unwrap()
    }

    /// Someone as a caller.
    pub fn as_caller(login: &Login) -> Caller {
        Caller {
            actor: Actor::of(login),
            request: 1,
        }
    }

    /// A caller of a role.
    pub fn caller(&self, role: Role) -> Caller {
        let login = Login::new(self.clinic.new_id(), role, "Someone", self.clinic.now());
        Self::as_caller(&login)
    }

    /// A visit in ten hours, and the secret of the link about it.
    pub fn visit(&self, patient: PatientId) -> (Appointment, String) {
        let (now, token) = (self.clinic.now(), secret::for_link(&self.clinic));
        let service = Service {
            id: self.clinic.new_id(),
            name: "Check-up".to_owned(),
            description: String::new(),
            timing: ServiceTiming {
                duration_min: 20,
                before_min: 0,
                after_min: 0,
                step_min: 20,
                lead_min: 0,
                horizon_days: 30,
            },
            cancel_notice_min: 0,
            move_notice_min: 0,
            online: OnlineBooking::Instant,
            practitioners: Vec::new(),
            price: None,
            active: true,
            position: 0,
        };
        let doctor = Practitioner {
            id: self.clinic.new_id(),
            name: HumanName::from_full("Rosa Silva"),
            role: String::new(),
            hue: 0,
            active: true,
            identifiers: Vec::new(),
        };
        let new = NewAppointment {
            id: self.clinic.new_id(),
            reference: "ABC234".to_owned(),
            patient,
            practitioner: doctor.id,
            start: after(now, 600),
            by: Doer::System,
            at: now,
            pending: false,
        };
        let visit = Appointment::new(new, &service);
        let link = Link {
            key: secret::key_of(&token),
            purpose: LinkPurpose::Visit(visit.id),
            code: None,
            browser: None,
            email: None,
            created_at: now,
            expires_at: visit.start,
            used_at: None,
            tries_left: 1,
        };
        let kept = visit.clone();
        let cause = self.clinic.own_cause("test", Action::Book);
        self.clinic
            .store
            .write(cause, move |tx| {
                tx.put(&service)?;
                tx.put(&doctor)?;
                appointments::put(tx, &kept)?;
                access::put_link(tx, &link)?;
                Ok(())
            })
            .unwrap();
        (visit, token)
    }

    /// A message that waits, about the visit of a number.
    pub fn message(&self, patient: &Patient, number: u32) -> NoticeId {
        let now = self.clinic.now();
        let (visit, _) = self.visit(patient.id);
        let notice = Notice {
            id: self.clinic.new_id(),
            kind: NoticeKind::Booked,
            subject: NoticeSubject::Visit(visit.id, visit.sequence),
            patient: Some(patient.id),
            to: patient.email.as_ref().unwrap().as_str().to_owned(),
            language: "en".to_owned(),
            due: after(now, i64::from(number)),
            next_at: now,
            state: NoticeState::Queued,
            attempts: 0,
            reply: String::new(),
            token: None,
            code: None,
            created_at: now,
            changed_at: now,
        };
        let id = notice.id;
        let cause = self.clinic.own_cause("test", Action::Outbox);
        let kept = self
            .clinic
            .store
            .write(cause, move |tx| Ok(notices::put(tx, &notice)?));
        kept.unwrap();
        id
    }

    /// Messages of a kind, oldest first.
    pub fn letters(&self, kind: NoticeKind) -> Vec<Notice> {
        let read = |rows: &crate::store::Reader| {
            notices::newest(rows, None, 1000, &|n: &Notice| n.kind == kind)
        };
        let mut found = self.clinic.store.read(read).unwrap();
        found.reverse();
        found
    }
}
