//! What needs a hand: everything that is wrong with the machine or its jobs, and the token with which
//! a program may read the figures.

use jiff::Timestamp;
use subtle::ConstantTimeEq as _;

use super::jobs::Job;
use super::{Answer, Caller, Clinic, Failure, certificate, outbox, secret};
use crate::domain::appointment::after;
use crate::domain::audit::Action;
use crate::domain::backup::plan as backup;
use crate::domain::certificate as tls;
use crate::domain::policy::Permission;
use crate::store::{Why, audit, settings};

/// Minutes that a message may be late before the owner is told.
const MAIL_LATE_MIN: i64 = 15;
/// Minutes by which the clock may stand before the last line of the log.
const CLOCK_SLACK_MIN: i64 = 5;
/// The name under which the hash of the token is kept.
const TOKEN: &str = "metrics-token";

/// Something that needs a hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Need {
    /// Nothing can be written.
    ReadOnly(Why),
    /// So many bytes are left on the disk.
    DiskLow(u64),
    /// The clock stands before what is in the log already: the latest instant there.
    ClockBack(Timestamp),
    /// Backups fail, or are old.
    Backup(backup::Alarm),
    /// Nothing is backed up at all.
    NoBackups,
    /// The certificate ends.
    Certificate(tls::Alarm),
    /// Messages should have left at this instant; whether there is a mail server.
    MailWaits(Timestamp, bool),
    /// A job should have run by now; when it last did.
    JobLate(Job, Option<Timestamp>),
}

impl Need {
    /// Whether the owner is told on every page.
    pub fn is_urgent(&self) -> bool {
        *self != Self::NoBackups
    }
}

/// Everything that needs a hand, the most urgent first.
///
/// # Errors
/// When the store does not even read.
pub fn needs(clinic: &Clinic) -> Result<Vec<Need>, Failure> {
    let now = clinic.now();
    let mut needs = Vec::new();
    let read_only = clinic.read_only();
    let room = clinic.store.room().filter(|room| room.is_low());
    let is_full = read_only == Some(Why::Full);
    needs.extend(read_only.map(Need::ReadOnly));
    needs.extend(
        room.filter(|_| !is_full)
            .map(|room| Need::DiskLow(room.free)),
    );
    let (latest, late) = clinic.store.read(|rows| {
        let latest = audit::latest(rows)?;
        let late = outbox::standing(rows, now)?.waiting_since;
        Ok::<_, Failure>((latest, late))
    })?;
    let is_ahead = |at: &Timestamp| *at > after(now, CLOCK_SLACK_MIN);
    needs.extend(latest.filter(is_ahead).map(Need::ClockBack));
    let known = clinic.backups.known();
    if known.plan.sheet_checked_at.is_none() || !known.targets.iter().any(|t| t.chosen) {
        needs.push(Need::NoBackups);
    }
    needs.extend(clinic.backups.alarm(now).map(Need::Backup));
    let alarm = certificate::report(clinic)?.alarm(now);
    needs.extend(alarm.map(Need::Certificate));
    // Where nothing is sent, as in the demonstration, nothing is late.
    if clinic.jobs.has(Job::Delivery)
        && let Some((since, _)) = late
        && since < after(now, -MAIL_LATE_MIN)
    {
        let has_server = clinic.current().settings.mail.is_some();
        needs.push(Need::MailWaits(since, has_server));
    }
    let late = clinic.jobs.all().into_iter().filter(|(.., late)| *late);
    needs.extend(late.map(|(job, run, _)| Need::JobLate(job, run.last)));
    Ok(needs)
}

/// Whether a program has a token with which it may read the figures.
pub fn has_token(clinic: &Clinic, caller: &Caller) -> Answer<bool> {
    caller.must(Permission::ManageSettings)?;
    Ok(!kept(clinic)?.is_empty())
}

/// Makes a token, which replaces the one before. It is shown once; only its hash is kept.
pub fn new_token(clinic: &Clinic, caller: &Caller) -> Answer<String> {
    let token = secret::for_cookie(clinic);
    keep(
        clinic,
        caller,
        secret::key_of(&token).to_vec(),
        "metrics token made",
    )?;
    Ok(token)
}

/// Ends the token.
pub fn end_token(clinic: &Clinic, caller: &Caller) -> Answer<()> {
    keep(clinic, caller, Vec::new(), "metrics token ended")
}

fn keep(clinic: &Clinic, caller: &Caller, hash: Vec<u8>, detail: &'static str) -> Answer<()> {
    caller.must(Permission::ManageSettings)?;
    let cause = clinic.cause(caller, Action::SettingsChange);
    clinic.store.write(cause, move |tx| {
        tx.detail(detail);
        Ok(settings::put_secret(tx, TOKEN, &hash)?)
    })
}

fn kept(clinic: &Clinic) -> Result<Vec<u8>, Failure> {
    let kept: Option<Vec<u8>> = clinic.store.read(|rows| settings::secret(rows, TOKEN))?;
    Ok(kept.unwrap_or_default())
}

/// Whether a token is the one that was made last.
pub fn is_token(clinic: &Clinic, token: &str) -> Result<bool, Failure> {
    let kept = kept(clinic)?;
    let given = secret::key_of(token);
    Ok(bool::from(kept.as_slice().ct_eq(&given)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Store;
    use crate::app::stage::{Stage, no};
    use crate::domain::account::Role;
    use crate::domain::refusal::Refused;
    use crate::store::disk::LEAST_FREE_BYTES;
    use crate::store::tests::faulty::{Disk, Fault};

    #[test]
    fn a_clock_before_the_log_and_a_full_disk_need_a_hand() {
        let dir = tempfile::tempdir().unwrap();
        Store::open(dir.path(), 1 << 20).unwrap().close();
        let disk = Disk::new(dir.path(), Fault::Once, u64::MAX);
        let stage = Stage::on(disk.store().unwrap());
        let clinic = &stage.clinic;
        assert_eq!(needs(clinic).unwrap(), [Need::NoBackups]);
        let at = clinic.now();
        stage.clock.forward_min(-24 * 60);
        let all = needs(clinic).unwrap();
        assert_eq!(all, [Need::ClockBack(at), Need::NoBackups]);
        assert!(all[0].is_urgent() && !all[1].is_urgent());
        stage.clock.forward_min(24 * 60);
        disk.set_free(LEAST_FREE_BYTES + 1);
        let low = Need::DiskLow(LEAST_FREE_BYTES + 1);
        assert_eq!(needs(clinic).unwrap(), [low, Need::NoBackups]);
        disk.set_free(1);
        let since = std::time::Instant::now();
        while clinic.read_only().is_none() {
            assert!(since.elapsed().as_secs() < 30, "never read-only");
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        let all = needs(clinic).unwrap();
        assert_eq!(all, [Need::ReadOnly(Why::Full), Need::NoBackups]);
    }

    #[test]
    fn a_token_is_kept_as_a_hash_and_holds_until_it_is_ended() {
        let stage = Stage::new();
        let (clinic, owner) = (&stage.clinic, stage.caller(Role::Owner));
        let desk = stage.caller(Role::FrontDesk);
        assert_eq!(no(new_token(clinic, &desk)), Refused::NotFound);
        assert_eq!(no(has_token(clinic, &desk)), Refused::NotFound);
        assert!(!is_token(clinic, "").unwrap() && !has_token(clinic, &owner).unwrap());
        let first = new_token(clinic, &owner).unwrap();
        let second = new_token(clinic, &owner).unwrap();
        assert!(is_token(clinic, &second).unwrap() && !is_token(clinic, &first).unwrap());
        assert!(!kept(clinic).unwrap().ends_with(second.as_bytes()));
        end_token(clinic, &owner).unwrap();
        assert!(!is_token(clinic, &second).unwrap() && !is_token(clinic, "").unwrap());
    }
}
