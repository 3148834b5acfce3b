//! The outbox as staff see it: every message with its state and what the server said, and the few
//! things one may do about it. Sending itself is the delivery loop's.

mod material;

use jiff::Timestamp;

pub use self::material::Material;
use super::{Answer, Caller, Clinic, Failure, secret};
use crate::domain::appointment::{Appointment, EventKind, Status, after};
use crate::domain::audit::Action;
use crate::domain::id::{AppointmentId, NoticeId, PatientId};
use crate::domain::notice::{Notice, NoticeKind, NoticeState, NoticeSubject};
use crate::domain::policy::Permission;
use crate::domain::refusal::Refused;
use crate::store::table::Rows;
use crate::store::{Tx, appointments, notices, patients};

/// Minutes that a message may be late before the outbox says that it waits.
const LATE_MIN: i64 = 2;
/// Waiting messages that are looked at to say since when they wait.
const LOOK: usize = 200;

/// What stands in a link whose secret is not drawn yet.
const NO_TOKEN: &str = "…";

/// Which messages one wants to see. Everything that is set must hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// In this state.
    pub state: Option<NoticeState>,
    /// Of this kind.
    pub kind: Option<NoticeKind>,
    /// About this patient.
    pub patient: Option<PatientId>,
    /// Refused or uncertain.
    pub needs_a_look: bool,
}

impl Filter {
    fn lets_through(&self, notice: &Notice) -> bool {
        self.state.is_none_or(|s| s == notice.state)
            && self.kind.is_none_or(|k| k == notice.kind)
            && self.patient.is_none_or(|p| Some(p) == notice.patient)
            && (!self.needs_a_look || notice.state.needs_a_look())
    }
}

/// A page of the list, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The messages, without their secrets.
    pub notices: Vec<Notice>,
    /// Where the next page begins; `None` on the last one.
    pub next: Option<NoticeId>,
}

/// How the outbox stands, for the banner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Messages that someone should look at.
    pub need_a_look: usize,
    /// Messages that should have left by now; at most the first few hundred are counted.
    pub late: usize,
    /// Since when the first of those waits, and what the mail server said last. An empty answer
    /// means that no server was asked.
    pub waiting_since: Option<(Timestamp, String)>,
}

/// How a person delivered a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByHand {
    /// Copied as text.
    Copied,
    /// Sent from a phone as SMS.
    Sms,
}

impl ByHand {
    /// The word in forms, and in the message's last answer.
    pub fn code(self) -> &'static str {
        match self {
            Self::Copied => "copied",
            Self::Sms => "sms",
        }
    }

    /// From its word.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Copied, Self::Sms]
            .into_iter()
            .find(|h| h.code() == code)
    }
}

/// What the page shows: no link or code of anybody else.
fn without_secrets(mut notice: Notice) -> Notice {
    notice.token = None;
    notice.code = None;
    notice
}

/// A page of the messages that a filter lets through, written before an identifier (`None` for the
/// first page).
pub fn list(
    clinic: &Clinic,
    caller: &Caller,
    filter: Filter,
    before: Option<NoticeId>,
    limit: usize,
) -> Answer<Page> {
    caller.must(Permission::ViewOutbox)?;
    let wanted = |notice: &Notice| filter.lets_through(notice);
    let mut found = clinic
        .store
        .read(|rows| find_page(rows, filter, before, limit + 1, &wanted))?;
    let more = found.len() > limit;
    found.truncate(limit);
    Ok(Page {
        next: found.last().filter(|_| more).map(|n| n.id),
        notices: found.into_iter().map(without_secrets).collect(),
    })
}

fn find_page(
    rows: &dyn Rows,
    filter: Filter,
    before: Option<NoticeId>,
    limit: usize,
    wanted: &dyn Fn(&Notice) -> bool,
) -> Result<Vec<Notice>, Failure> {
    if let Some(patient) = filter.patient {
        let mut found = notices::of_patient(rows, patient)?;
        found.sort_by_key(|n| std::cmp::Reverse(n.id));
        found.retain(|n| before.is_none_or(|b| n.id < b) && wanted(n));
        found.truncate(limit);
        return Ok(found);
    }
    let states: &[NoticeState] = match filter.state {
        Some(state) if state.is_waiting() => return notices::newest(rows, before, limit, wanted),
        Some(state) => &[state],
        None if filter.needs_a_look => &[NoticeState::Refused, NoticeState::Uncertain],
        None => return notices::newest(rows, before, limit, wanted),
    };
    let mut found = Vec::new();
    for state in states {
        found.extend(notices::newest_in_state(
            rows, *state, before, limit, wanted,
        )?);
    }
    found.sort_by_key(|n| std::cmp::Reverse(n.id));
    found.truncate(limit);
    Ok(found)
}

/// One message, without its secrets.
pub fn find(clinic: &Clinic, caller: &Caller, id: NoticeId) -> Answer<Notice> {
    caller.must(Permission::ViewOutbox)?;
    let found = clinic.store.read(|rows| notices::find(rows, id))?;
    Ok(found.map(without_secrets).ok_or(Refused::NotFound)?)
}

/// What a message is written from, for whoever wants to read it before it leaves or after. Its
/// secrets are for its reader alone: in their place stands `mask`, and only in the demonstration,
/// where nothing leaves, the secrets themselves (`None`).
pub fn material(
    clinic: &Clinic,
    caller: &Caller,
    id: NoticeId,
    mask: Option<&str>,
) -> Answer<Material> {
    caller.must(Permission::ViewOutbox)?;
    let (current, now) = (clinic.current(), clinic.now());
    clinic.store.read(|rows| {
        let mut notice = notices::find(rows, id)?.ok_or(Refused::NotFound)?;
        if let Some(mask) = mask {
            let covered = |secret: Option<String>| secret.map(|_| mask.to_owned());
            notice.token = covered(notice.token);
            notice.code = covered(notice.code);
        }
        let mut material = Material::load(rows, current.clone(), notice)?;
        if material.wants_visit_link(now) {
            // It is made when the message leaves.
            material.token = Some(mask.unwrap_or(NO_TOKEN).to_owned());
        }
        Ok(material)
    })
}

/// The messages about a visit, oldest first, for whoever sees the visit.
pub fn of_visit(clinic: &Clinic, caller: &Caller, visit: AppointmentId) -> Answer<Vec<Notice>> {
    caller.must(Permission::ViewSchedule)?;
    let found = clinic.store.read(|rows| notices::of_visit(rows, visit))?;
    Ok(found.into_iter().map(without_secrets).collect())
}

/// How the outbox stands.
pub fn counts(clinic: &Clinic, caller: &Caller) -> Answer<Counts> {
    caller.must(Permission::ViewOutbox)?;
    let now = clinic.now();
    Ok(clinic.store.read(|rows| standing(rows, now))?)
}

/// The same, for whoever has the rows.
pub(super) fn standing(rows: &dyn Rows, now: Timestamp) -> Result<Counts, Failure> {
    let late = after(now, -LATE_MIN);
    let need_a_look = notices::count_failed(rows)?;
    // A message that was tried waits for its next try, which is in the future; it is late by
    // when it should have left.
    let horizon = after(late, 7 * 60);
    let waiting: Vec<Notice> = notices::due(rows, horizon, LOOK)?
        .into_iter()
        .filter(|n| n.due <= late && (n.next_at <= late || n.attempts > 0) && n.created_at <= late)
        .collect();
    let first = waiting.iter().min_by_key(|n| n.due);
    let said = waiting
        .iter()
        .filter(|n| !n.reply.is_empty())
        .max_by_key(|n| n.changed_at);
    Ok(Counts {
        need_a_look,
        late: waiting.len(),
        waiting_since: first.map(|n| (n.due, said.map(|n| n.reply.clone()).unwrap_or_default())),
    })
}

/// Changes one message in a command of its own.
fn change(
    clinic: &Clinic,
    caller: &Caller,
    id: NoticeId,
    what: &'static str,
    next: impl Fn(&mut Tx<'_>, Notice) -> Answer<Notice> + Send + 'static,
) -> Answer<Notice> {
    caller.must(Permission::ManageOutbox)?;
    let cause = clinic.cause(caller, Action::Outbox);
    clinic.store.write(cause, move |tx| {
        let notice = notices::find(tx, id)?.ok_or(Refused::NotFound)?;
        let next = next(tx, notice)?;
        next.patient.iter().for_each(|p| tx.about(*p));
        tx.object(id);
        tx.detail(what);
        notices::put(tx, &next)?;
        Ok(without_secrets(next))
    })
}

/// Lets a waiting message leave at once. What was held for a moment can no longer be taken back
/// silently.
pub fn send_now(clinic: &Clinic, caller: &Caller, id: NoticeId) -> Answer<Notice> {
    let now = clinic.now();
    change(clinic, caller, id, "send-now", move |_, notice| {
        if !notice.state.is_waiting() {
            return Err(Refused::Changed.into());
        }
        let mut next = notice.become_(NoticeState::Queued, &notice.reply, now);
        next.next_at = now;
        Ok(next)
    })
}

/// Keeps a waiting message from leaving, for good.
pub fn stop(clinic: &Clinic, caller: &Caller, id: NoticeId) -> Answer<Notice> {
    let now = clinic.now();
    change(clinic, caller, id, "stop", move |_, notice| {
        if !notice.state.is_waiting() {
            return Err(Refused::Changed.into());
        }
        Ok(notice.become_(NoticeState::Stopped, &notice.reply, now))
    })
}

/// Tries a refused message again, from the start. An uncertain one may have arrived, so it wants
/// `may_arrive_twice`: the person was warned and means it. What is about a visit goes to where the
/// patient can be reached now.
pub fn retry(
    clinic: &Clinic,
    caller: &Caller,
    id: NoticeId,
    may_arrive_twice: bool,
) -> Answer<Notice> {
    let now = clinic.now();
    change(clinic, caller, id, "retry", move |tx, notice| {
        let meant = notice.state == NoticeState::Uncertain && may_arrive_twice;
        if notice.state != NoticeState::Refused && !meant {
            return Err(Refused::Changed.into());
        }
        let mut next = notice.become_(NoticeState::Queued, &notice.reply, now);
        next.next_at = now;
        next.attempts = 0;
        if let NoticeSubject::Visit(..) = notice.subject
            && let Some(patient) = notice.patient
            && let Some(patient) = patients::follow(tx, patient)?
        {
            let email = patient.email.ok_or(Refused::NoContact)?;
            email.as_str().clone_into(&mut next.to);
        }
        Ok(next)
    })
}

/// What there is to tell about a visit by hand, where no message waits: how it stands, or, once that
/// was told, that it is coming.
pub fn to_tell(visit: &Appointment, notices: &[Notice], now: Timestamp) -> Option<NoticeKind> {
    if visit.start <= now {
        return None;
    }
    let happened = |what: fn(&EventKind) -> bool| visit.history.iter().any(|e| what(&e.kind));
    let told = |kind: NoticeKind| {
        notices.iter().any(|n| {
            n.kind == kind
                && matches!(n.state, NoticeState::Accepted | NoticeState::ByHand)
                && n.subject == NoticeSubject::Visit(visit.id, visit.sequence)
        })
    };
    let asked = happened(|kind| *kind == EventKind::Requested);
    let moved = happened(|kind| matches!(kind, EventKind::Moved { .. }));
    let booked = happened(|kind| *kind == EventKind::Booked);
    match visit.status {
        Status::Pending => Some(NoticeKind::Requested),
        Status::Booked if told(NoticeKind::Booked) || told(NoticeKind::Moved) => {
            Some(NoticeKind::Reminder2)
        }
        Status::Booked if moved => Some(NoticeKind::Moved),
        Status::Booked => Some(NoticeKind::Booked),
        Status::Cancelled if asked && !booked => Some(NoticeKind::Declined),
        Status::Cancelled => Some(NoticeKind::Cancelled),
        Status::Arrived | Status::CheckedIn | Status::Fulfilled | Status::NoShow => None,
    }
}

/// Records that a person delivers a message by hand, and gives what its text is written from; the
/// delivery loop leaves it alone from then on.
pub fn record_by_hand(
    clinic: &Clinic,
    caller: &Caller,
    id: NoticeId,
    how: ByHand,
) -> Answer<Material> {
    caller.must(Permission::ManageOutbox)?;
    let (now, current, token) = (clinic.now(), clinic.current(), secret::for_link(clinic));
    let cause = clinic.cause(caller, Action::Outbox);
    clinic.store.write(cause, move |tx| {
        let notice = notices::find(tx, id)?.ok_or(Refused::NotFound)?;
        // A code or a link that opens a person's page is for its reader's eyes alone.
        if !notice.kind.is_about_a_visit() {
            return Err(Refused::NotFound.into());
        }
        if !notice.state.is_waiting() && !notice.state.needs_a_look() {
            return Err(Refused::Changed.into());
        }
        by_hand(
            tx,
            Material::load(tx, current.clone(), notice)?,
            how,
            &token,
            now,
        )
    })
}

/// Records a message about a visit that a person delivers by hand, where there is none yet: to a
/// patient without e-mail, for example. Gives what its text is written from.
pub fn write_by_hand(
    clinic: &Clinic,
    caller: &Caller,
    visit: AppointmentId,
    kind: NoticeKind,
    how: ByHand,
) -> Answer<Material> {
    caller.must(Permission::ManageOutbox)?;
    let (now, current, token) = (clinic.now(), clinic.current(), secret::for_link(clinic));
    let id = clinic.new_id();
    if !kind.is_about_a_visit() {
        return Err(Refused::NotFound.into());
    }
    let cause = clinic.cause(caller, Action::Outbox);
    clinic.store.write(cause, move |tx| {
        let visit = appointments::find(tx, visit)?.ok_or(Refused::NotFound)?;
        let patient = patients::follow(tx, visit.patient)?.ok_or(Refused::NotFound)?;
        let language = patient.language.clone();
        let notice = Notice {
            id,
            kind,
            subject: NoticeSubject::Visit(visit.id, visit.sequence),
            patient: Some(patient.id),
            to: String::new(),
            language: language.unwrap_or_else(|| current.settings.profile.language.clone()),
            due: now,
            next_at: now,
            state: NoticeState::Held,
            attempts: 0,
            reply: String::new(),
            token: None,
            code: None,
            created_at: now,
            changed_at: now,
        };
        if !notices::enqueue(tx, &notice)? {
            return Err(Refused::Changed.into());
        }
        by_hand(
            tx,
            Material::load(tx, current.clone(), notice)?,
            how,
            &token,
            now,
        )
    })
}

fn by_hand(
    tx: &mut Tx<'_>,
    mut material: Material,
    how: ByHand,
    token: &str,
    now: Timestamp,
) -> Answer<Material> {
    if !material.is_still_true(tx, now)? {
        return Err(Refused::Changed.into());
    }
    if let Some(patient) = &material.patient {
        tx.about(patient.id);
    }
    tx.object(material.notice.id);
    tx.detail(how.code());
    material.make_visit_link(tx, token, now)?;
    let done = material
        .notice
        .become_(NoticeState::ByHand, how.code(), now);
    notices::put(tx, &done)?;
    Ok(material)
}
