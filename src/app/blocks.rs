//! Time that a practitioner is not free, for a reason that is no visit.

use jiff::Timestamp;

use super::{Answer, Caller, Clinic};
use crate::domain::appointment::{Block, Status, after};
use crate::domain::audit::Action;
use crate::domain::id::{BlockId, PractitionerId};
use crate::domain::policy::Permission;
use crate::domain::practitioner::Practitioner;
use crate::domain::refusal::Refused;
use crate::store::appointments::Taken;
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

/// How many visits lie in blocked time, wholly or in part, and are still to take place.
pub fn visits_in(clinic: &Clinic, caller: &Caller, block: &Block) -> Answer<usize> {
    caller.must(Permission::ViewSchedule)?;
    let early = after(block.start, -appointments::LONGEST_MIN);
    let taken = clinic
        .store
        .read(|rows| appointments::taken(rows, block.practitioner, early, block.end))?;
    let lies_in = |start: Timestamp, taken: &Taken| {
        let ahead = taken.status.occupies() && taken.status != Status::Fulfilled;
        ahead && after(start, i64::from(taken.duration_min)) > block.start
    };
    let visits = taken
        .iter()
        .filter(|(_, start, taken)| lies_in(*start, taken));
    Ok(visits.count())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::stage::{BORN, Stage};
    use crate::domain::account::Role;
    use crate::domain::appointment::Doer;

    #[test]
    fn visits_that_lie_in_blocked_time_are_counted() {
        let stage = Stage::new();
        let clinic = &stage.clinic;
        let desk = stage.caller(Role::FrontDesk);
        let patient = stage.patient("Amira Haddad", None, Some(BORN)).id;
        let (visit, _) = stage.visit(patient);
        let lies_in = |from: i64, until: i64| {
            let new = NewBlock {
                practitioner: visit.practitioner,
                start: after(visit.start, from),
                end: after(visit.start, until),
                note: String::new(),
            };
            let block = block(clinic, &desk, new).unwrap();
            visits_in(clinic, &desk, &block).unwrap()
        };
        // The visit is 20 minutes long.
        assert_eq!(lies_in(-60, 0), 0);
        assert_eq!(lies_in(-60, 1), 1);
        assert_eq!(lies_in(19, 60), 1);
        assert_eq!(lies_in(20, 60), 0);
        let gone = visit.cancel(Doer::System, "", false, clinic.now()).unwrap();
        let cause = clinic.own_cause("test", Action::Cancel);
        let kept = clinic
            .store
            .write(cause, move |tx| Ok(appointments::put(tx, &gone)?));
        kept.unwrap();
        assert_eq!(lies_in(-60, 60), 0, "nobody comes");
    }
}
