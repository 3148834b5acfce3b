//! What the delivery loop writes down. A message becomes *sending* in the last moment before its
//! text is handed over, so whatever a dead process left as *sending* may have arrived, and whatever
//! it left as waiting has not.

use jiff::{SignedDuration, Timestamp};

use crate::app::outbox::Material;
use crate::app::secret;
use crate::app::{Answer, Clinic, Failure, Stop};
use crate::domain::appointment::after;
use crate::domain::audit::Action;
use crate::domain::id::NoticeId;
use crate::domain::notice::{Notice, NoticeState, retry_after_min};
use crate::store::table::Rows;
use crate::store::{Tx, notices};

/// How a try ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// The server took it; what it said.
    Accepted(String),
    /// It will never be taken.
    Refused(String),
    /// Not this time.
    Later(String),
    /// It may have arrived.
    Uncertain(String),
}

/// What became of a claim.
#[derive(Clone, Debug)]
pub enum Claim {
    /// The message is ours; its text may be handed over.
    Ours(Box<Material>),
    /// What it was about is no longer so; it is suppressed.
    Suppressed,
    /// It no longer waits: someone stopped it, or another try has it.
    Gone,
}

fn put(tx: &mut Tx<'_>, notice: &Notice) -> Result<(), Failure> {
    notice.patient.iter().for_each(|p| tx.about(*p));
    tx.object(notice.id);
    tx.detail(notice.state.code());
    notices::put(tx, notice)
}

fn command<T: Send + 'static>(
    clinic: &Clinic,
    f: impl Fn(&mut Tx<'_>) -> Answer<T> + Send + 'static,
) -> Result<T, Failure> {
    let cause = clinic.own_cause("outbox", Action::Outbox);
    match clinic.store.write(cause, f) {
        Ok(value) => Ok(value),
        Err(Stop::Failed(failure)) => Err(failure),
        Err(Stop::Refused(refused)) => Err(Failure::Other(format!("{refused:?}"))),
    }
}

/// Messages that wait and whose next try is at or before an instant, earliest first.
pub fn due(clinic: &Clinic, until: Timestamp, limit: usize) -> Result<Vec<Notice>, Failure> {
    clinic.store.read(|rows| notices::due(rows, until, limit))
}

/// A waiting message, or none if it no longer waits. One that says what is no longer so is
/// suppressed here, before a server is bothered.
pub fn look(clinic: &Clinic, id: NoticeId) -> Result<Option<Notice>, Failure> {
    let (now, current) = (clinic.now(), clinic.current());
    let (notice, holds) = clinic.store.read(|rows| {
        let Some(notice) = notices::find(rows, id)?.filter(|n| n.state.is_waiting()) else {
            return Ok::<_, Failure>((None, true));
        };
        let material = Material::load(rows, current.clone(), notice)?;
        let holds = can_leave(&material, rows, now)?;
        Ok((Some(material.notice), holds))
    })?;
    if holds {
        return Ok(notice);
    }
    let to = notice.map(|n| n.to).unwrap_or_default();
    match claim(clinic, id, &to)? {
        // It was changed back in this very moment: the next round sends it.
        Claim::Ours(_) => settle(clinic, id, &End::Later(String::new())).map(|()| None),
        Claim::Suppressed | Claim::Gone => Ok(None),
    }
}

fn can_leave(material: &Material, rows: &dyn Rows, now: Timestamp) -> Result<bool, Failure> {
    let may = material.has_recipient() && material.is_wanted();
    Ok(may && material.is_still_true(rows, now)?)
}

/// Makes a message ours in the last moment before its text is handed over, and makes the link that
/// it carries. `to` is whom the server was told; a message that goes elsewhere by now stays waiting.
pub fn claim(clinic: &Clinic, id: NoticeId, to: &str) -> Result<Claim, Failure> {
    let (now, current, token) = (clinic.now(), clinic.current(), secret::for_link(clinic));
    let to = to.to_owned();
    command(clinic, move |tx| {
        let Some(notice) = notices::find(tx, id)?.filter(|n| n.state.is_waiting()) else {
            return Ok(Claim::Gone);
        };
        let mut material = Material::load(tx, current.clone(), notice)?;
        if !can_leave(&material, tx, now)? {
            let gone = material.notice.become_(NoticeState::Suppressed, "", now);
            put(tx, &gone)?;
            return Ok(Claim::Suppressed);
        }
        if material.notice.to != to {
            return Ok(Claim::Gone);
        }
        material.make_visit_link(tx, &token, now)?;
        let said = material.notice.reply.clone();
        put(
            tx,
            &material.notice.become_(NoticeState::Sending, &said, now),
        )?;
        Ok(Claim::Ours(Box::new(material)))
    })
}

/// Writes down how a try ended. A message that someone stopped meanwhile stays stopped, unless its
/// text was handed over.
pub fn settle(clinic: &Clinic, id: NoticeId, end: &End) -> Result<(), Failure> {
    let (now, end) = (clinic.now(), end.clone());
    command(clinic, move |tx| {
        let Some(notice) = notices::find(tx, id)? else {
            return Ok(());
        };
        if !notice.state.is_waiting() && notice.state != NoticeState::Sending {
            return Ok(());
        }
        let next = settled(&notice, &end, now);
        Ok(put(tx, &next)?)
    })
}

/// The message after a try.
fn settled(notice: &Notice, end: &End, now: Timestamp) -> Notice {
    let attempts = notice.attempts.saturating_add(1);
    let (state, reply) = match end {
        End::Accepted(reply) => (NoticeState::Accepted, reply),
        End::Refused(reply) => (NoticeState::Refused, reply),
        End::Uncertain(reply) => (NoticeState::Uncertain, reply),
        End::Later(reply) => (NoticeState::Queued, reply),
    };
    let mut next = notice.become_(state, reply, now);
    next.attempts = attempts;
    if state == NoticeState::Queued {
        match retry_after_min(attempts) {
            Some(minutes) => next.next_at = after(now, minutes),
            None => next.state = NoticeState::Refused,
        }
    }
    next
}

/// What a process that died left as *sending* may have arrived: it becomes uncertain and is not
/// sent again by itself. How many there were.
pub fn recover(clinic: &Clinic) -> Result<usize, Failure> {
    let left = clinic.store.read(|rows| {
        notices::newest_in_state(rows, NoticeState::Sending, None, usize::MAX, &|_| true)
    })?;
    for notice in &left {
        settle(clinic, notice.id, &End::Uncertain(notice.reply.clone()))?;
    }
    Ok(left.len())
}

/// How long until an instant, by the clinic's clock; nothing if it is past.
pub fn until(at: Timestamp, now: Timestamp) -> std::time::Duration {
    let left: SignedDuration = at.duration_since(now);
    std::time::Duration::try_from(left).unwrap_or_default()
}
