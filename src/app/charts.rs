//! Charts as those who work here look at them: the list, and everything about one patient.

use jiff::Timestamp;

use super::booking::{self, Detailed};
use super::{Answer, Caller, Clinic, Failure, finding, registration};
use crate::domain::account::{LinkPurpose, LoginState};
use crate::domain::appointment::{Appointment, Status, after};
use crate::domain::audit::AuditEvent;
use crate::domain::encounter::Encounter;
use crate::domain::id::PatientId;
use crate::domain::merge::MergeRecord;
use crate::domain::notice::Notice;
use crate::domain::patient::{Likeness, Patient, PatientState};
use crate::domain::policy::Permission;
use crate::domain::refusal::Refused;
use crate::store::table::Rows;
use crate::store::{access, appointments, audit, merges, notices, patients};
use crate::text::Text;

/// How a patient's portal stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Portal {
    /// Nobody invited them.
    Never,
    /// Invited then, not opened yet, good until then.
    Invited {
        /// When the invitation was made.
        at: Timestamp,
        /// From then on it is nothing.
        until: Timestamp,
    },
    /// Invited then; nobody opened it in time.
    Lapsed {
        /// When the invitation was made.
        at: Timestamp,
    },
    /// They asked to be a patient and wait for an answer.
    Asked,
    /// They use it.
    Active {
        /// When they were last there.
        seen: Option<Timestamp>,
    },
    /// Closed by the clinic.
    Closed,
}

/// How a patient's portal stands, in the middle of a look or a command.
pub(super) fn portal_of(
    rows: &dyn Rows,
    patient: &Patient,
    now: Timestamp,
) -> Result<Portal, Failure> {
    let invitation = access::link_for(rows, LinkPurpose::Invitation(patient.id))?;
    let invited = invitation.as_ref().map(|link| {
        let (at, until) = (link.created_at, link.expires_at);
        if link.is_live(now) {
            Portal::Invited { at, until }
        } else {
            Portal::Lapsed { at }
        }
    });
    let Some(login) = access::login_of_patient(rows, patient.id)? else {
        return Ok(invited.unwrap_or(Portal::Never));
    };
    Ok(match login.state {
        LoginState::Active => Portal::Active {
            seen: login.seen_at,
        },
        LoginState::Pending if patient.state == PatientState::Provisional => Portal::Asked,
        LoginState::Pending => invited.unwrap_or(Portal::Lapsed {
            at: login.created_at,
        }),
        // Whoever is invited again may come back.
        LoginState::Disabled => match invited {
            Some(Portal::Invited { at, until }) => Portal::Invited { at, until },
            _ => Portal::Closed,
        },
    })
}

/// Which charts a list shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Filter {
    /// Every chart in use.
    #[default]
    All,
    /// Nobody invited them.
    NeverInvited,
    /// Invited, not opened.
    Invited,
    /// They use the portal.
    Active,
    /// Put away, or deceased.
    Archived,
}

impl Filter {
    /// Every filter, in the order of the page.
    pub const ALL: [Self; 5] = [
        Self::All,
        Self::NeverInvited,
        Self::Invited,
        Self::Active,
        Self::Archived,
    ];

    /// The word in URLs.
    pub fn code(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::NeverInvited => "never-invited",
            Self::Invited => "invited",
            Self::Active => "active",
            Self::Archived => "archived",
        }
    }

    /// From its word; every chart when it is none of them.
    pub fn from_code(code: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|f| f.code() == code)
            .unwrap_or_default()
    }

    fn lets_through(self, patient: &Patient, portal: Portal) -> bool {
        let in_use = patient.is_active();
        match self {
            Self::All => in_use,
            Self::NeverInvited => in_use && portal == Portal::Never,
            Self::Invited => {
                in_use && matches!(portal, Portal::Invited { .. } | Portal::Lapsed { .. })
            }
            Self::Active => in_use && matches!(portal, Portal::Active { .. }),
            Self::Archived => !in_use,
        }
    }
}

/// Which part of the list is asked for.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// What someone typed; empty for the whole list.
    pub typed: String,
    /// Which charts.
    pub filter: Filter,
    /// Only charts after this one, by name.
    pub after: Option<PatientId>,
}

/// A line of the list.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Whose chart.
    pub patient: Patient,
    /// How their portal stands.
    pub portal: Portal,
    /// When they were last here.
    pub last: Option<Timestamp>,
    /// When they come next.
    pub next: Option<Timestamp>,
}

/// A part of the list.
#[derive(Clone, Debug)]
pub struct Listing {
    /// By name; of a search, the latest seen first.
    pub rows: Vec<Listed>,
    /// Whether there is more behind it.
    pub more: bool,
}

/// Lines on a page of the list.
pub const PAGE: usize = 50;
/// Hits of a search.
const HITS: usize = 20;
/// Charts read at once while a filter looks for the lines of a page.
const STEP: usize = 200;

/// A page of charts: by name, or those that a search finds, in which a month may be typed in the
/// words of `text`.
pub fn list(clinic: &Clinic, caller: &Caller, text: Text, asked: &Asked) -> Answer<Listing> {
    caller.must(Permission::ViewPatients)?;
    let now = clinic.now();
    clinic.store.read(|rows| {
        let mut listing = Listing {
            rows: Vec::new(),
            more: false,
        };
        if !asked.typed.is_empty() {
            let readings = finding::readings(clinic, text, &asked.typed);
            for patient in patients::search(rows, &readings, HITS)? {
                let portal = portal_of(rows, &patient, now)?;
                // Whoever searches wants that person, put away or not.
                if asked.filter == Filter::All || asked.filter.lets_through(&patient, portal) {
                    listing.rows.push(listed(rows, patient, portal, now)?);
                }
            }
            return Ok(listing);
        }
        let mut after = match asked.after {
            Some(id) => patients::find(rows, id)?,
            None => None,
        };
        loop {
            let some = patients::by_name(rows, after.as_ref(), STEP)?;
            let last = some.len() < STEP;
            after = some.last().cloned();
            for patient in some {
                let portal = portal_of(rows, &patient, now)?;
                if !asked.filter.lets_through(&patient, portal) {
                    continue;
                }
                if listing.rows.len() == PAGE {
                    listing.more = true;
                    return Ok(listing);
                }
                listing.rows.push(listed(rows, patient, portal, now)?);
            }
            if last {
                return Ok(listing);
            }
        }
    })
}

fn listed(
    rows: &dyn Rows,
    patient: Patient,
    portal: Portal,
    now: Timestamp,
) -> Result<Listed, Failure> {
    let kept = |v: &Appointment| v.status == Status::Fulfilled;
    let behind = appointments::of_patient_before(rows, patient.id, now, 5)?;
    let last = behind.iter().find(|v| kept(v)).map(|v| v.start);
    let ahead = appointments::of_patient_from(rows, patient.id, now, 10)?;
    let next = ahead.iter().find(|v| v.status.occupies()).map(|v| v.start);
    Ok(Listed {
        last: last.max(patient.seen_at),
        patient,
        portal,
        next,
    })
}

/// A chart that may be of the same person.
#[derive(Clone, Debug)]
pub struct Alike {
    /// The other chart.
    pub patient: Patient,
    /// What speaks for it.
    pub why: Likeness,
}

/// Everything about one patient.
#[derive(Clone, Debug)]
pub struct Chart {
    /// Who.
    pub patient: Patient,
    /// The chart that holds everything, when this one was merged away.
    pub merged_into: Option<Patient>,
    /// How their portal stands.
    pub portal: Portal,
    /// Visits ahead, the next one first.
    pub ahead: Vec<Detailed>,
    /// Visits behind or cancelled, the latest first.
    pub behind: Vec<Detailed>,
    /// Visits according to imported records, latest first.
    pub encounters: Vec<Encounter>,
    /// Messages, newest first.
    pub messages: Vec<Notice>,
    /// What was done and who looked, newest first.
    pub activity: Vec<AuditEvent>,
    /// Charts that may be of the same person, the likeliest first.
    pub alike: Vec<Alike>,
    /// The last merge into this chart, which can be undone.
    pub merged: Option<MergeRecord>,
}

/// Visits behind, encounters, messages and lines of activity on a page.
const SHOWN: usize = 50;

/// Everything about one patient. Nobody's provisional chart: that is part of a request.
pub fn find(clinic: &Clinic, caller: &Caller, id: PatientId) -> Answer<Chart> {
    caller.must(Permission::ViewPatients)?;
    let now = clinic.now();
    clinic.store.read(|rows| {
        let patient = existing(rows, id)?;
        let merged_into = match patient.state {
            PatientState::Merged { into } => patients::find(rows, into)?,
            PatientState::Active
            | PatientState::Provisional
            | PatientState::Archived { .. }
            | PatientState::Deceased { .. } => None,
        };
        let (ahead, behind) = visits(rows, id, now)?;
        let mut encounters = patients::encounters(rows, id)?;
        encounters.truncate(SHOWN);
        let mut messages = notices::of_patient(rows, id)?;
        messages.truncate(SHOWN);
        let alike = if patient.is_active() {
            registration::alike_in(rows, &patient)?
        } else {
            Vec::new()
        };
        Ok(Chart {
            portal: portal_of(rows, &patient, now)?,
            merged_into,
            ahead,
            behind,
            encounters,
            messages,
            activity: audit::about(rows, id, 0, SHOWN)?,
            alike,
            merged: merges::into_chart(rows, id)?.pop(),
            patient,
        })
    })
}

/// A chart that staff may open by its identifier.
pub(super) fn existing(rows: &dyn Rows, id: PatientId) -> Answer<Patient> {
    let patient = patients::find(rows, id)?.ok_or(Refused::NotFound)?;
    if patient.state == PatientState::Provisional {
        return Err(Refused::NotFound.into());
    }
    Ok(patient)
}

/// A patient alone, without what hangs on them.
pub fn patient(clinic: &Clinic, caller: &Caller, id: PatientId) -> Answer<Patient> {
    caller.must(Permission::ViewPatients)?;
    clinic.store.read(|rows| existing(rows, id))
}

fn visits(
    rows: &dyn Rows,
    id: PatientId,
    now: Timestamp,
) -> Answer<(Vec<Detailed>, Vec<Detailed>)> {
    let early = after(now, -appointments::LONGEST_MIN);
    let (ahead, gone): (Vec<_>, Vec<_>) = appointments::of_patient_from(rows, id, early, 200)?
        .into_iter()
        .partition(|v| v.end() > now && v.status.occupies());
    let mut behind = appointments::of_patient_before(rows, id, early, SHOWN)?;
    behind.extend(gone);
    behind.sort_by_key(|v| std::cmp::Reverse(v.start));
    behind.truncate(SHOWN);
    let all = |visits: Vec<Appointment>| {
        visits
            .into_iter()
            .map(|v| booking::detail(rows, v))
            .collect::<Answer<Vec<_>>>()
    };
    Ok((all(ahead)?, all(behind)?))
}
