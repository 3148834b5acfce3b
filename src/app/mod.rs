//! What one may do: one file per area, one function per verb.
//!
//! Every verb takes the [`Clinic`] and the [`Caller`], asks [`policy::may`](crate::domain::policy)
//! before it loads anything, decides with the pure rules of `domain`, and writes in one command of
//! the store. It returns what was done, or a [`Stop`]: refused, or failed.

pub mod action_link;
pub mod attempts;
pub mod audit_log;
pub mod availability;
pub mod backups;
pub mod blocks;
pub mod booking;
pub mod certificate;
pub mod charts;
pub mod clinic_settings;
pub mod clock;
pub mod contact;
pub mod desk;
pub mod desk_booking;
pub mod device;
pub mod engagement;
pub mod enrolment;
pub mod exporting;
pub mod finding;
pub mod health;
pub mod importing;
pub mod invitations;
pub mod jobs;
pub mod mail_sign_in;
pub mod me;
pub mod merging;
pub mod notices;
pub mod outbox;
pub mod outside;
pub mod password;
pub mod people;
mod post;
pub mod practice;
#[cfg(test)]
pub(crate) mod practice_world;
pub mod proof;
pub mod registration;
pub mod requests;
pub mod second_factor;
pub mod secret;
pub mod seed;
pub mod sessions;
pub mod setup;
pub mod staff_access;
#[cfg(test)]
pub(crate) mod stage;
pub mod status;
pub mod visitor;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use arc_swap::{ArcSwap, ArcSwapOption};
use data_encoding::HEXLOWER;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, civil::Date};
use sha2::{Digest as _, Sha256};
use tokio::sync::broadcast;

pub use crate::store::measure::{Counted, Durations};
pub use crate::store::{Change, Failure, Standing, Stop, Store, Why};

use self::clock::{Clock, Random};
use crate::domain::account::Actor;
use crate::domain::audit::{Action, AuditActor, Cause};
use crate::domain::id::{Id, PatientId};
use crate::domain::local_name::Announced;
use crate::domain::policy::{self, Permission};
use crate::domain::refusal::Refused;
use crate::domain::settings::Settings;
use crate::store::settings as kept;
use crate::store::table::Read as _;
use crate::text::phone;

/// What a verb ends with.
pub type Answer<T> = Result<T, Stop>;

/// The settings as of the last commit, with what follows from them.
#[derive(Debug)]
pub struct Current {
    /// The settings.
    pub settings: Settings,
    /// The clinic's time zone.
    pub zone: TimeZone,
    /// The clinic's phone number, as people write it: found out when a page first shows it.
    phone: OnceLock<Option<String>>,
    /// The mark of the clinic's logo, found out when a page first shows it.
    logo: OnceLock<Option<String>>,
}

impl Current {
    fn of(settings: Settings) -> Self {
        // A zone that left the database with an update must not keep the clinic shut.
        let zone = TimeZone::get(&settings.profile.zone).unwrap_or(TimeZone::UTC);
        Self {
            settings,
            zone,
            phone: OnceLock::new(),
            logo: OnceLock::new(),
        }
    }

    /// The clinic's phone number, as people write it.
    pub fn phone(&self) -> Option<&str> {
        let written = || {
            let profile = &self.settings.profile;
            let number = profile.phone.as_ref()?;
            Some(phone::format(number, &profile.country))
        };
        self.phone.get_or_init(written).as_deref()
    }

    /// What tells the clinic's logo from the ones before it, if it has one.
    pub fn logo(&self) -> Option<&str> {
        let mark = || {
            let logo = self.settings.profile.logo.as_ref()?;
            let hash = Sha256::digest(&logo.bytes);
            Some(HEXLOWER.encode(hash.get(..8)?))
        };
        self.logo.get_or_init(mark).as_deref()
    }

    /// The date on the clinic's wall.
    pub fn date(&self, at: Timestamp) -> Date {
        self.zone.to_datetime(at).date()
    }

    /// The first instant of a date on the clinic's wall.
    pub fn midnight(&self, date: Date) -> Timestamp {
        self.zone
            .to_ambiguous_zoned(date.at(0, 0, 0, 0))
            .compatible()
            .map_or(Timestamp::UNIX_EPOCH, |z| z.timestamp())
    }
}

/// The clinic: its data, its clock, its settings.
pub struct Clinic {
    /// The data.
    pub store: Store,
    /// What is known of the backups.
    pub backups: backups::Board,
    /// The name that its own network has taken; none while nothing is announced.
    pub local_name: ArcSwapOption<Announced>,
    /// The jobs that run by themselves.
    pub jobs: jobs::Jobs,
    /// How long pages and forms took.
    pub pages: Durations,
    opened: (Instant, Timestamp),
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    current: Arc<ArcSwap<Current>>,
    changes: broadcast::Sender<Change>,
    /// Devices that were used while nothing could be written, and when last.
    seen: Mutex<HashMap<[u8; 32], Timestamp>>,
    /// When the last identifier was made, and how many were in that millisecond.
    last_id: Mutex<(Timestamp, u16)>,
}

/// Devices whose use is remembered while nothing can be written: far more than a clinic has.
const MOST_SEEN: usize = 4_096;
/// How many identifiers one millisecond can tell apart: 12 bits.
const MAX_PER_MILLISECOND: u16 = 0x0fff;

impl Clinic {
    /// Opens a clinic on its data; a new one gets settings with this address
    /// (`https://host[:port]`).
    pub fn open(
        store: Store,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        address: &str,
    ) -> Result<Arc<Self>, Failure> {
        let settings = match store.read(|rows| kept::find(rows))? {
            Some(settings) => settings,
            None => create(&store, clock.now(), address)?,
        };
        let current = Arc::new(ArcSwap::from_pointee(Current::of(settings)));
        let (changes, _) = broadcast::channel(64);
        let clinic = Arc::new(Self {
            backups: backups::Board::open(&store)?,
            local_name: ArcSwapOption::empty(),
            store,
            jobs: jobs::Jobs::default(),
            pages: Durations::default(),
            opened: (Instant::now(), clock.now()),
            clock,
            random,
            current,
            changes,
            seen: Mutex::default(),
            last_id: Mutex::new((Timestamp::MIN, 0)),
        });
        let weak = Arc::downgrade(&clinic);
        clinic.store.on_commit(move |changes| {
            let Some(clinic) = weak.upgrade() else { return };
            if changes.contains(&Change::Settings) {
                clinic.reload();
            }
            if changes.contains(&Change::Backups) {
                clinic.backups.reload(&clinic.store);
            }
            if changes.contains(&Change::Standing) && clinic.read_only().is_none() {
                // The next use of each device is written down again.
                clinic
                    .seen
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .clear();
            }
            for change in changes {
                // No open screen listens: nobody to tell.
                let _ = clinic.changes.send(*change);
            }
        });
        Ok(clinic)
    }

    /// Takes the kept settings as the current ones.
    fn reload(&self) {
        match self.store.read(|rows| kept::find(rows)) {
            Ok(Some(settings)) => self.current.store(Arc::new(Current::of(settings))),
            Ok(None) => {}
            Err(e) => tracing::error!("settings could not be read again: {e}"),
        }
    }

    /// Why nothing can be written just now; `None` when everything can.
    pub fn read_only(&self) -> Option<Why> {
        self.store.standing().read_only.clone()
    }

    /// Remembers that a device was used, while that cannot be written down.
    fn seen_meanwhile(&self, session: [u8; 32], at: Timestamp) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() < MOST_SEEN || seen.contains_key(&session) {
            seen.insert(session, at);
        }
    }

    /// When a device was used that could not be written down; long ago for any other.
    fn last_seen(&self, session: &[u8; 32]) -> Timestamp {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.get(session).copied().unwrap_or(Timestamp::MIN)
    }

    /// How long the clinic has been open. A clock that is set does not change it.
    pub fn uptime(&self) -> Duration {
        self.opened.0.elapsed()
    }

    /// By how much the clock was set since the clinic was opened: forward, or back when negative.
    pub fn clock_set(&self) -> SignedDuration {
        let by_clock = self.now().duration_since(self.opened.1);
        by_clock - SignedDuration::try_from(self.uptime()).unwrap_or_default()
    }

    /// Now, by the clinic's clock.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The settings as of the last commit.
    pub fn current(&self) -> Arc<Current> {
        self.current.load_full()
    }

    /// Changes as they are committed.
    pub fn watch(&self) -> broadcast::Receiver<Change> {
        self.changes.subscribe()
    }

    /// The version of the data, read from the data.
    pub fn schema(&self) -> Result<u32, Failure> {
        self.store.read(|rows| {
            let key = crate::store::key::Key::new().text("schema");
            Ok(rows
                .find(&crate::store::schema::META, &key)?
                .unwrap_or_default())
        })
    }

    /// Random bytes.
    pub fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.random.fill(&mut bytes);
        bytes
    }

    /// A new identifier, after every other that this process gave: those of one millisecond are
    /// told apart by a counter in the bits behind it (RFC 9562 §6.2, method 1).
    pub fn new_id<I: Id>(&self) -> I {
        let mut random: [u8; 10] = self.random();
        let now = self.now();
        // A poisoned counter is still a counter.
        let mut last = self.last_id.lock().unwrap_or_else(PoisonError::into_inner);
        *last = if now > last.0 {
            (now, 0)
        } else if last.1 < MAX_PER_MILLISECOND {
            (last.0, last.1 + 1)
        } else {
            (
                last.0
                    .saturating_add(SignedDuration::from_millis(1))
                    .unwrap_or(now),
                0,
            )
        };
        let (at, count) = *last;
        let [r0, r1, ..] = &mut random;
        [*r0, *r1] = count.to_be_bytes();
        I::new(at, random)
    }

    /// Six letters and digits that are hard to confuse, for saying a visit on the phone.
    pub fn new_reference(&self) -> String {
        const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
        self.random::<6>()
            .iter()
            .filter_map(|b| LETTERS.get(usize::from(b % 32)))
            .map(|b| char::from(*b))
            .collect()
    }

    /// Why something is about to be written.
    pub fn cause(&self, caller: &Caller, action: Action) -> Cause {
        Cause {
            actor: AuditActor::from(&caller.actor),
            action,
            request: caller.request,
            at: self.now(),
        }
    }

    /// Why Anteroom itself is about to write something.
    pub fn own_cause(&self, part: &str, action: Action) -> Cause {
        Cause {
            actor: AuditActor::system(part),
            action,
            request: 0,
            at: self.now(),
        }
    }

    /// Writes down that a page was shown: which one, and every patient on it.
    pub fn note_view(&self, caller: &Caller, page: &str, about: Vec<PatientId>) {
        self.store
            .note_view(self.cause(caller, Action::PageView), about, page.to_owned());
    }
}

/// A clinic about which nothing is known yet.
fn create(store: &Store, now: Timestamp, address: &str) -> Result<Settings, Failure> {
    let settings = Settings::unnamed(address);
    let keep = settings.clone();
    let actor = AuditActor::system("start");
    let cause = Cause {
        actor,
        action: Action::ClinicCreate,
        request: 0,
        at: now,
    };
    match store.write(cause, move |tx| Ok(kept::put(tx, &keep)?)) {
        Ok(()) => Ok(settings),
        Err(Stop::Failed(failure)) => Err(failure),
        Err(Stop::Refused(_)) => Err(Failure::Stopped),
    }
}

/// Who calls a verb, and in which request.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Who.
    pub actor: Actor,
    /// The request, as the log of the server names it.
    pub request: u64,
}

impl Caller {
    /// Refuses as if the thing did not exist, unless the caller may do it.
    pub fn must(&self, permission: Permission) -> Result<(), Refused> {
        if policy::may(&self.actor, permission) {
            Ok(())
        } else {
            Err(Refused::NotFound)
        }
    }

    /// The caller's own chart, or refused as if there were none.
    pub fn own_chart(&self) -> Result<PatientId, Refused> {
        self.actor.patient.ok_or(Refused::NotFound)
    }

    /// Refuses unless the caller may touch a patient's chart.
    pub fn must_touch(&self, patient: PatientId) -> Result<(), Refused> {
        if policy::may_touch(&self.actor, patient) {
            Ok(())
        } else {
            Err(Refused::NotFound)
        }
    }
}
