//! What the calendar shows: visits, blocks and hours of several days.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use super::super::{Answer, Caller, Clinic, Current, Failure};
use super::{Named, shown};
use crate::domain::appointment::{Appointment, Block, Hold, after};
use crate::domain::id::{PatientId, PractitionerId};
use crate::domain::policy::Permission;
use crate::domain::practitioner::Practitioner;
use crate::domain::schedule::{Closure, Schedule, ServiceTiming, Window};
use crate::store::table::Rows;
use crate::store::{appointments, hours};

/// Which days of whom.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    /// The first date.
    pub from: Date,
    /// The last date.
    pub until: Date,
    /// Whose; `None` for everyone.
    pub with: Option<PractitionerId>,
}

/// A visit in the calendar.
#[derive(Clone, Debug)]
pub struct Chip {
    /// The visit.
    pub visit: Appointment,
    /// The chart in use.
    pub patient: PatientId,
    /// The name as lists sort it: "Haddad, Amira".
    pub name: String,
    /// What it is for.
    pub service: String,
}

/// One day of one practitioner.
#[derive(Clone, Debug)]
pub struct Column {
    /// The date on the clinic's wall.
    pub date: Date,
    /// Whose day.
    pub practitioner: PractitionerId,
    /// Calendar colour, 1 to 8.
    pub hue: u8,
    /// The hours that begin on the date, after closures.
    pub windows: Vec<Window>,
    /// Visits that start on the date, in order; cancelled ones too.
    pub chips: Vec<Chip>,
    /// Blocked time that touches the date.
    pub blocks: Vec<Block>,
    /// Times that someone is choosing right now.
    pub holds: Vec<Hold>,
}

/// Several days.
#[derive(Clone, Debug)]
pub struct Week {
    /// Everyone who can be chosen.
    pub who: Vec<Practitioner>,
    /// Those shown.
    pub shown: Vec<Practitioner>,
    /// The dates with the name of the closure, where the clinic is closed.
    pub days: Vec<(Date, Option<String>)>,
    /// By date, then by practitioner in the order of `shown`.
    pub columns: Vec<Column>,
}

/// The days of a span.
pub fn week(clinic: &Clinic, caller: &Caller, span: Span) -> Answer<Week> {
    caller.must(Permission::ViewSchedule)?;
    let (current, now) = (clinic.current(), clinic.now());
    clinic
        .store
        .read(|rows| Ok(load(rows, &current, now, span)?))
}

fn load(rows: &dyn Rows, current: &Current, now: Timestamp, span: Span) -> Result<Week, Failure> {
    let (who, shown) = shown(rows, span.with)?;
    let closures: Vec<Closure> = hours::closures(rows)?
        .into_iter()
        .map(|k| k.closure)
        .collect();
    let mut days = Vec::new();
    let mut date = span.from;
    while date <= span.until {
        let closed = closures.iter().find(|c| c.covers(date));
        days.push((date, closed.map(|c| c.name.clone())));
        let Ok(next) = date.checked_add(1.day()) else {
            break;
        };
        date = next;
    }
    let mut named = Named::new(rows)?;
    let mut columns = Vec::new();
    for practitioner in &shown {
        columns.extend(of(
            &mut named,
            current,
            practitioner,
            &closures,
            &days,
            now,
        )?);
    }
    // Practitioners were added in order, and the sort keeps it.
    columns.sort_by_key(|c| c.date);
    Ok(Week {
        who,
        shown,
        days,
        columns,
    })
}

/// The days of one practitioner.
fn of(
    named: &mut Named<'_>,
    current: &Current,
    practitioner: &Practitioner,
    closures: &[Closure],
    days: &[(Date, Option<String>)],
    now: Timestamp,
) -> Result<Vec<Column>, Failure> {
    let (Some((first, _)), Some((last, _))) = (days.first(), days.last()) else {
        return Ok(Vec::new());
    };
    let rows = named.rows;
    let start = current.midnight(*first);
    let end = current.midnight(last.saturating_add(1.day()));
    let early = after(start, -appointments::LONGEST_MIN);
    let rules: Vec<_> = hours::rules(rows, practitioner.id)?
        .into_iter()
        .map(|k| k.rule)
        .collect();
    let exceptions: Vec<_> = hours::exceptions(rows, practitioner.id)?
        .into_iter()
        .map(|k| k.exception)
        .collect();
    let schedule = Schedule {
        zone: &current.zone,
        rules: &rules,
        exceptions: &exceptions,
        closures,
        // Hours are the same for every service.
        timing: ServiceTiming {
            duration_min: 0,
            before_min: 0,
            after_min: 0,
            step_min: 0,
            lead_min: 0,
            horizon_days: 0,
        },
        online: false,
        occupied: &[],
    };
    let mut chips = Vec::new();
    for visit in appointments::of_practitioner(rows, practitioner.id, start, end)? {
        let service = named.service(visit.service).to_owned();
        let patient = named.patient(visit.patient)?;
        chips.push(Chip {
            patient: patient.map_or(visit.patient, |p| p.id),
            name: patient.map(|p| p.name().sorted()).unwrap_or_default(),
            service,
            visit,
        });
    }
    let blocks = appointments::blocks_of(rows, practitioner.id, start, end)?;
    let mut holds = appointments::holds_of(rows, practitioner.id, early, end)?;
    holds.retain(|h| h.is_live(now));
    let column = |date: Date| {
        let midnight = current.midnight(date);
        let next = current.midnight(date.saturating_add(1.day()));
        let on = |at: Timestamp| midnight <= at && at < next;
        Column {
            date,
            practitioner: practitioner.id,
            hue: practitioner.hue,
            windows: schedule.windows_on(date),
            chips: chips
                .iter()
                .filter(|c| on(c.visit.start))
                .cloned()
                .collect(),
            blocks: blocks
                .iter()
                .filter(|b| b.start < next && midnight < b.end)
                .cloned()
                .collect(),
            holds: holds.iter().filter(|h| on(h.start)).cloned().collect(),
        }
    };
    Ok(days.iter().map(|(date, _)| column(*date)).collect())
}
