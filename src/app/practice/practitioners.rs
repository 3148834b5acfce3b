//! Who cares for people.

use crate::app::{Answer, Caller, Clinic};
use crate::domain::audit::Action;
use crate::domain::id::PractitionerId;
use crate::domain::person::HumanName;
use crate::domain::policy::Permission;
use crate::domain::practitioner::Practitioner;
use crate::domain::refusal::Refused;
use crate::store::{Change, hours};

/// Calendar colours there are.
const HUES: u8 = 8;

/// What a person says about a practitioner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PractitionerDraft {
    /// Title before the name, such as "Dr"; may be empty.
    pub title: String,
    /// The full name.
    pub name: String,
    /// What patients read below the name; may be empty.
    pub role: String,
    /// Calendar colour, 1 to 8; anything else becomes 1.
    pub hue: u8,
    /// Whether visits can be booked.
    pub active: bool,
}

impl PractitionerDraft {
    fn write_to(&self, one: &mut Practitioner) {
        if self.name != one.name.full() {
            one.name = HumanName::from_full(&self.name);
        }
        one.name.prefix.clone_from(&self.title);
        one.role.clone_from(&self.role);
        one.hue = if (1..=HUES).contains(&self.hue) {
            self.hue
        } else {
            1
        };
        one.active = self.active;
    }
}

/// Every practitioner, those who cannot be booked too, in the order in which they were added.
pub fn practitioners(clinic: &Clinic, caller: &Caller) -> Answer<Vec<Practitioner>> {
    caller.must(Permission::ViewSchedule)?;
    Ok(clinic.store.read(|rows| hours::practitioners(rows))?)
}

/// One practitioner.
pub fn practitioner(clinic: &Clinic, caller: &Caller, id: PractitionerId) -> Answer<Practitioner> {
    caller.must(Permission::ViewSchedule)?;
    let found = clinic.store.read(|rows| hours::practitioner(rows, id))?;
    Ok(found.ok_or(Refused::NotFound)?)
}

/// The calendar colour that the fewest have.
pub fn next_hue(practitioners: &[Practitioner]) -> u8 {
    let uses = |hue: u8| {
        practitioners
            .iter()
            .filter(|p| p.active && p.hue == hue)
            .count()
    };
    (1..=HUES).min_by_key(|hue| (uses(*hue), *hue)).unwrap_or(1)
}

/// Adds a practitioner. They have no hours yet.
pub fn add_practitioner(
    clinic: &Clinic,
    caller: &Caller,
    draft: PractitionerDraft,
) -> Answer<Practitioner> {
    caller.must(Permission::ManageServices)?;
    let mut new = Practitioner {
        id: clinic.new_id(),
        name: HumanName::default(),
        role: String::new(),
        hue: 1,
        active: true,
        identifiers: Vec::new(),
    };
    draft.write_to(&mut new);
    let cause = clinic.cause(caller, Action::PractitionerChange);
    clinic.store.write(cause, move |tx| {
        tx.put(&new)?;
        tx.object(new.id);
        tx.detail("added");
        tx.changed(Change::Services);
        Ok(new.clone())
    })
}

/// Changes a practitioner. One who becomes inactive keeps their visits and gets no new ones.
pub fn change_practitioner(
    clinic: &Clinic,
    caller: &Caller,
    id: PractitionerId,
    draft: PractitionerDraft,
) -> Answer<Practitioner> {
    caller.must(Permission::ManageServices)?;
    let cause = clinic.cause(caller, Action::PractitionerChange);
    clinic.store.write(cause, move |tx| {
        let before = hours::practitioner(tx, id)?.ok_or(Refused::NotFound)?;
        let mut after = before.clone();
        draft.write_to(&mut after);
        let mut fields = Vec::new();
        if before.name != after.name {
            fields.push("name");
        }
        if before.role != after.role {
            fields.push("role");
        }
        if before.hue != after.hue {
            fields.push("hue");
        }
        if before.active != after.active {
            fields.push("active");
        }
        tx.put(&after)?;
        tx.object(id);
        tx.detail(fields.join(" "));
        tx.changed(Change::Services);
        Ok(after)
    })
}
