//! The front desk's day.

use super::{Answer, Caller, Clinic};
use crate::domain::policy::Permission;
use crate::store::{appointments, notices, requests};

/// What waits for someone, as the rail counts it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Requests for visits and of persons not known here.
    pub requests: u32,
    /// Messages that someone should look at.
    pub failed: u32,
}

/// What waits for someone.
pub fn waiting(clinic: &Clinic, caller: &Caller) -> Answer<Waiting> {
    caller.must(Permission::ViewSchedule)?;
    clinic.store.read(|rows| {
        let asked = appointments::pending(rows)?;
        let strangers = requests::open(rows)?;
        // A stranger's visit is part of the stranger's request.
        let visits = asked
            .iter()
            .filter(|v| !strangers.iter().any(|r| r.chart == v.patient))
            .count();
        let requests = u32::try_from(visits + strangers.len()).unwrap_or(u32::MAX);
        let failed = u32::try_from(notices::count_failed(rows)?).unwrap_or(u32::MAX);
        Ok(Waiting { requests, failed })
    })
}
