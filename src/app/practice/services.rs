//! What can be booked.

use crate::app::{Answer, Caller, Clinic};
use crate::domain::audit::Action;
use crate::domain::id::{PractitionerId, ServiceId};
use crate::domain::money::Money;
use crate::domain::policy::Permission;
use crate::domain::refusal::Refused;
use crate::domain::schedule::ServiceTiming;
use crate::domain::service::{OnlineBooking, Service};
use crate::store::{Change, hours};

/// What a person says about a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceDraft {
    /// What patients read.
    pub name: String,
    /// One sentence for those who do not know what it is.
    pub description: String,
    /// Duration, buffers, grid, lead time and horizon.
    pub timing: ServiceTiming,
    /// Minutes before the start until which cancelling is not late.
    pub cancel_notice_min: u32,
    /// Minutes before the start until which a patient may move the visit.
    pub move_notice_min: u32,
    /// How patients get a time online.
    pub online: OnlineBooking,
    /// Who offers it; empty for everybody.
    pub practitioners: Vec<PractitionerId>,
    /// What it costs, where the clinic says so.
    pub price: Option<Money>,
    /// Whether it is offered at all.
    pub active: bool,
}

impl ServiceDraft {
    /// What a service says now.
    pub fn of(service: &Service) -> Self {
        Self {
            name: service.name.clone(),
            description: service.description.clone(),
            timing: service.timing,
            cancel_notice_min: service.cancel_notice_min,
            move_notice_min: service.move_notice_min,
            online: service.online,
            practitioners: service.practitioners.clone(),
            price: service.price,
            active: service.active,
        }
    }

    /// A service of this length that nobody has said more about: bookable online until 2 hours
    /// before, 60 days ahead, on a grid of 10 minutes (of its length when that is shorter), with a
    /// day's notice for cancelling and moving.
    pub fn usual(name: &str, minutes: u16) -> Self {
        Self {
            name: name.to_owned(),
            description: String::new(),
            timing: ServiceTiming {
                duration_min: minutes,
                before_min: 0,
                after_min: 0,
                step_min: minutes.clamp(5, 10),
                lead_min: 120,
                horizon_days: 60,
            },
            cancel_notice_min: 24 * 60,
            move_notice_min: 24 * 60,
            online: OnlineBooking::Instant,
            practitioners: Vec::new(),
            price: None,
            active: true,
        }
    }

    /// The service, at a position of the list.
    pub fn into_service(self, id: ServiceId, position: u16) -> Service {
        Service {
            id,
            name: self.name,
            description: self.description,
            timing: self.timing,
            cancel_notice_min: self.cancel_notice_min,
            move_notice_min: self.move_notice_min,
            online: self.online,
            practitioners: self.practitioners,
            price: self.price,
            active: self.active,
            position,
        }
    }
}

/// Every service, those that are not offered too, in the clinic's order.
pub fn services(clinic: &Clinic, caller: &Caller) -> Answer<Vec<Service>> {
    caller.must(Permission::ViewSchedule)?;
    Ok(clinic.store.read(|rows| hours::services(rows))?)
}

/// One service.
pub fn service(clinic: &Clinic, caller: &Caller, id: ServiceId) -> Answer<Service> {
    caller.must(Permission::ViewSchedule)?;
    let found = clinic.store.read(|rows| hours::service(rows, id))?;
    Ok(found.ok_or(Refused::NotFound)?)
}

/// Adds a service at the end of the list.
pub fn add_service(clinic: &Clinic, caller: &Caller, draft: ServiceDraft) -> Answer<Service> {
    caller.must(Permission::ManageServices)?;
    let id: ServiceId = clinic.new_id();
    let cause = clinic.cause(caller, Action::ServiceChange);
    clinic.store.write(cause, move |tx| {
        let last = hours::services(tx)?.last().map(|s| s.position);
        let position = last.map_or(0, |p| p.saturating_add(1));
        let service = draft.clone().into_service(id, position);
        tx.put(&service)?;
        tx.object(id);
        tx.detail("added");
        tx.changed(Change::Services);
        Ok(service)
    })
}

/// Changes a service. Visits that are booked keep the length they were booked with.
pub fn change_service(
    clinic: &Clinic,
    caller: &Caller,
    id: ServiceId,
    draft: ServiceDraft,
) -> Answer<Service> {
    caller.must(Permission::ManageServices)?;
    let cause = clinic.cause(caller, Action::ServiceChange);
    clinic.store.write(cause, move |tx| {
        let before = hours::service(tx, id)?.ok_or(Refused::NotFound)?;
        let detail = changed_fields(&ServiceDraft::of(&before), &draft);
        let service = draft.clone().into_service(id, before.position);
        tx.put(&service)?;
        tx.object(id);
        tx.detail(detail);
        tx.changed(Change::Services);
        Ok(service)
    })
}

fn changed_fields(before: &ServiceDraft, after: &ServiceDraft) -> String {
    let differs = [
        ("name", before.name != after.name),
        ("description", before.description != after.description),
        ("timing", before.timing != after.timing),
        (
            "cancel-notice",
            before.cancel_notice_min != after.cancel_notice_min,
        ),
        (
            "move-notice",
            before.move_notice_min != after.move_notice_min,
        ),
        ("online", before.online != after.online),
        ("practitioners", before.practitioners != after.practitioners),
        ("price", before.price != after.price),
        ("active", before.active != after.active),
    ];
    let names: Vec<&str> = differs
        .into_iter()
        .filter_map(|(name, differs)| differs.then_some(name))
        .collect();
    names.join(" ")
}

/// Where a service goes in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// One place up.
    Up,
    /// One place down.
    Down,
}

/// Moves a service by one place. At the end of the list nothing happens.
pub fn move_service(
    clinic: &Clinic,
    caller: &Caller,
    id: ServiceId,
    direction: Direction,
) -> Answer<()> {
    caller.must(Permission::ManageServices)?;
    let cause = clinic.cause(caller, Action::ServiceChange);
    clinic.store.write(cause, move |tx| {
        let mut all = hours::services(tx)?;
        let at = all
            .iter()
            .position(|s| s.id == id)
            .ok_or(Refused::NotFound)?;
        let other = match direction {
            Direction::Up => at.checked_sub(1),
            Direction::Down => Some(at + 1).filter(|to| *to < all.len()),
        };
        if let Some(other) = other {
            all.swap(at, other);
        }
        for (position, service) in (0_u16..).zip(&mut all) {
            if service.position != position {
                service.position = position;
                tx.put(service)?;
            }
        }
        tx.object(id);
        tx.detail("position");
        tx.changed(Change::Services);
        Ok(())
    })
}
