//! Time that a practitioner is not free, for a reason that is no visit.

use jiff::Timestamp;

use super::{Answer, Caller, Clinic};
use crate::domain::appointment::Block;
use crate::domain::audit::Action;
use crate::domain::id::{BlockId, PractitionerId};
use crate::domain::policy::Permission;
use crate::domain::practitioner::Practitioner;
use crate::domain::refusal::Refused;
use crate::store::row::Row as _;
use crate::store::{Change, appointments, hours};

/// Time to block.
#[derive(Clone, Debug)]
pub struct NewBlock {
    /// Whose time.
    pub practitioner: PractitionerId,
    /// From.
    pub start: Timestamp,
    /// Until: exclusive, and at most a day later.
    pub end: Timestamp,
    /// What staff read on it.
    pub note: String,
}

/// Blocks time. Visits that are in it stay as they are.
pub fn block(clinic: &Clinic, caller: &Caller, new: NewBlock) -> Answer<Block> {
    caller.must(Permission::ManageVisits)?;
    let id: BlockId = clinic.new_id();
    clinic
        .store
        .write(clinic.cause(caller, Action::BlockChange), move |tx| {
            hours::practitioner(tx, new.practitioner)?.ok_or(Refused::NotFound)?;
            let minutes = (new.end.as_second() - new.start.as_second()) / 60;
            if !(1..=appointments::LONGEST_MIN).contains(&minutes) {
                return Err(Refused::Overlap(None).into());
            }
            let block = Block {
                id,
                practitioner: new.practitioner,
                start: new.start,
                end: new.end,
                note: new.note.clone(),
            };
            tx.object(id);
            tx.changed(Change::Visits);
            tx.put(&block)?;
            Ok(block)
        })
}

/// Frees blocked time, and gives what was freed. Freeing it twice is freeing it once.
pub fn unblock(clinic: &Clinic, caller: &Caller, id: BlockId) -> Answer<Option<Block>> {
    caller.must(Permission::ManageVisits)?;
    clinic
        .store
        .write(clinic.cause(caller, Action::BlockChange), move |tx| {
            let block = appointments::find_block(tx, id)?;
            if let Some(block) = &block {
                tx.object(id);
                tx.changed(Change::Visits);
                tx.delete::<Block>(&block.key())?;
            }
            Ok(block)
        })
}

/// Blocked time and whose it is.
pub fn find(clinic: &Clinic, caller: &Caller, id: BlockId) -> Answer<(Block, Practitioner)> {
    caller.must(Permission::ViewSchedule)?;
    clinic.store.read(|rows| {
        let block = appointments::find_block(rows, id)?.ok_or(Refused::NotFound)?;
        let whose = hours::practitioner(rows, block.practitioner)?.ok_or(Refused::NotFound)?;
        Ok((block, whose))
    })
}
