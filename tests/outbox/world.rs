//! A clinic with a clock that is set by hand, and its outbox.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use anteroom::app::clock::{Clock, SystemRandom};
use anteroom::app::notices::Pen;
use anteroom::app::{Caller, Clinic, Stop, Store};
use anteroom::domain::account::{Actor, LoginState, Role};
use anteroom::domain::appointment::{Appointment, Doer, NewAppointment};
use anteroom::domain::audit::Action;
use anteroom::domain::id::{AppointmentId, Id, NoticeId, PractitionerId, ServiceId};
use anteroom::domain::notice::{Notice, NoticeKind, NoticeState, NoticeSubject};
use anteroom::domain::patient::Patient;
use anteroom::domain::person::{Email, HumanName};
use anteroom::domain::schedule::ServiceTiming;
use anteroom::domain::service::{OnlineBooking, Service};
use anteroom::domain::settings::{MailServer, Settings};
use anteroom::outbox::smtp::{Patience, Trust};
use anteroom::outbox::{self, Options};
use anteroom::store::{Tx, appointments, notices, settings};
use jiff::Timestamp;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Seconds since 1970 of Monday 23 November 2026, 9:00 in London.
pub const MONDAY_9: i64 = 1_795_424_400;

pub struct HandClock(AtomicI64);

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

pub struct World {
    pub clinic: Arc<Clinic>,
    clock: Arc<HandClock>,
}

pub fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

/// What every visit is for.
pub fn service() -> Service {
    Service {
        id: ServiceId::from_bytes([7; 16]),
        name: "Colonoscopy".into(),
        description: "Bowel".into(),
        timing: ServiceTiming {
            duration_min: 20,
            before_min: 0,
            after_min: 0,
            step_min: 10,
            lead_min: 0,
            horizon_days: 60,
        },
        cancel_notice_min: 0,
        move_notice_min: 0,
        online: OnlineBooking::Instant,
        practitioners: Vec::new(),
        price: None,
        active: true,
        position: 0,
    }
}

impl World {
    pub fn new() -> Self {
        Self::on(Store::in_memory().unwrap())
    }

    pub fn in_directory(directory: &Path) -> Self {
        Self::on(Store::open(directory, 1 << 20).unwrap())
    }

    fn on(store: Store) -> Self {
        let clock = Arc::new(HandClock(AtomicI64::new(MONDAY_9)));
        let clinic = Clinic::open(
            store,
            clock.clone(),
            Arc::new(SystemRandom),
            "https://riverside.example:8443",
        )
        .unwrap();
        let world = Self { clinic, clock };
        world.set(|s| {
            s.profile.name = "Riverside Clinic".into();
            s.profile.phone = Some("+442079460123".into());
            s.profile.address = vec!["1 Mill Lane".into(), "London".into()];
        });
        world
    }

    pub fn with_mail(server: MailServer) -> Self {
        let world = Self::new();
        let mail = Some(server);
        world.set(|s| s.mail.clone_from(&mail));
        world
    }

    pub fn set(&self, change: impl Fn(&mut Settings)) {
        let mut kept = self.clinic.current().settings.clone();
        change(&mut kept);
        self.write(move |tx| Ok(settings::put(tx, &kept)?));
        assert_eq!(self.clinic.current().settings.profile.country, "GB");
    }

    pub fn write<T: Send + 'static>(
        &self,
        f: impl Fn(&mut Tx<'_>) -> Result<T, Stop> + Send + 'static,
    ) -> T {
        let cause = self.clinic.own_cause("test", Action::Outbox);
        self.clinic.store.write(cause, f).unwrap()
    }

    pub fn now(&self) -> Timestamp {
        self.clinic.now()
    }

    pub fn pass(&self, seconds: i64) {
        self.clock.0.fetch_add(seconds, Ordering::SeqCst);
    }

    /// A message that is always true and carries no link.
    pub fn plain_notice(&self, to: &str) -> Notice {
        Notice {
            id: self.clinic.new_id(),
            kind: NoticeKind::ContactChanged,
            subject: NoticeSubject::Stranger,
            patient: None,
            to: to.into(),
            language: "en".into(),
            due: self.now(),
            next_at: self.now(),
            state: NoticeState::Queued,
            attempts: 0,
            reply: String::new(),
            token: None,
            code: None,
            created_at: self.now(),
            changed_at: self.now(),
        }
    }

    pub fn enqueue(&self, to: &str) -> NoticeId {
        let notice = self.plain_notice(to);
        let kept = notice.clone();
        assert!(self.write(move |tx| Ok(notices::enqueue(tx, &kept)?)));
        notice.id
    }

    pub fn keep(&self, notice: &Notice) {
        let notice = notice.clone();
        self.write(move |tx| Ok(notices::put(tx, &notice)?));
    }

    pub fn notice(&self, id: NoticeId) -> Notice {
        let found = self.clinic.store.read(|rows| notices::find(rows, id));
        found.unwrap().unwrap()
    }

    pub fn state(&self, id: NoticeId) -> NoticeState {
        self.notice(id).state
    }

    pub fn patient(&self, email: &str) -> Patient {
        let name = HumanName::from_full("Amira Haddad");
        let mut patient = Patient::new(self.clinic.new_id(), name, self.now());
        patient.email = Some(Email::try_from(email).unwrap());
        self.keep_patient(&patient);
        patient
    }

    pub fn keep_patient(&self, patient: &Patient) {
        let patient = patient.clone();
        self.write(move |tx| Ok(tx.put(&patient)?));
    }

    /// A visit some days ahead, told in the usual way.
    pub fn book(&self, patient: &Patient, days: i64) -> Appointment {
        let service = service();
        let new = NewAppointment {
            id: self.clinic.new_id(),
            reference: "ABC234".into(),
            patient: patient.id,
            practitioner: PractitionerId::from_bytes([8; 16]),
            start: at(self.now().as_second() + days * 86_400 + 5 * 3_600),
            by: Doer::Patient,
            at: self.now(),
            pending: false,
        };
        let visit = Appointment::new(new, &service);
        self.change_visit(&visit, NoticeKind::Booked);
        visit
    }

    pub fn change_visit(&self, visit: &Appointment, kind: NoticeKind) {
        let (pen, visit) = (Pen::new(&self.clinic), visit.clone());
        self.write(move |tx| {
            appointments::put(tx, &visit)?;
            Ok(pen.visit_changed(tx, &visit, kind, true)?)
        });
    }

    pub fn of_visit(&self, visit: AppointmentId) -> Vec<Notice> {
        let found = self
            .clinic
            .store
            .read(|rows| notices::of_visit(rows, visit));
        found.unwrap()
    }

    pub fn one(&self, visit: AppointmentId, kind: NoticeKind) -> Notice {
        let all = self.of_visit(visit);
        all.into_iter().rfind(|n| n.kind == kind).unwrap()
    }

    pub fn start(&self) -> Running {
        self.start_with(options())
    }

    pub fn start_with(&self, options: Options) -> Running {
        let stop = CancellationToken::new();
        let task = outbox::start(self.clinic.clone(), options, stop.clone());
        Running { stop, task }
    }

    /// Waits until something holds, and fails if it does not within ten seconds.
    pub async fn until(&self, what: &str, holds: impl Fn(&Self) -> bool) {
        let started = Instant::now();
        while !holds(self) {
            assert!(started.elapsed() < Duration::from_secs(10), "never: {what}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Gives the loop time to do what it must not do.
    pub async fn a_while(&self) {
        tokio::time::sleep(Duration::from_millis(400)).await;
    }
}

/// A delivery loop that looks often and loses patience soon.
pub fn options() -> Options {
    Options {
        deliver: true,
        at_once: 8,
        patience: Patience {
            connect: Duration::from_secs(2),
            command: Duration::from_secs(2),
            text: Duration::from_secs(4),
        },
        trust: Trust::default(),
        look_every: Duration::from_millis(30),
        pause: Duration::from_millis(50),
    }
}

pub struct Running {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Running {
    pub async fn end(self) {
        self.stop.cancel();
        self.task.await.unwrap();
    }
}

pub fn caller(role: Role) -> Caller {
    Caller {
        actor: Actor {
            login: None,
            role,
            state: LoginState::Active,
            patient: None,
            practitioner: None,
            name: "Kim".into(),
        },
        request: 1,
    }
}
