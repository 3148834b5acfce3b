//! The certificate: what the owner wants, and how it stands.
//!
//! Keys and accounts are kept as secrets, as JSON that newer versions can add to. The server writes
//! how it stands; pages read it, and say when a person has done their part.

use data_encoding::BASE64;
use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer as _;

use super::{Answer, Caller, Clinic, Failure};
use crate::domain::audit::Action;
use crate::domain::certificate::{Plan, Report, Source, public_host};
use crate::domain::policy::Permission;
use crate::domain::refusal::Refused;
use crate::store::settings as kept;
use crate::store::table::Rows;
use crate::store::{Change, Tx};

/// What is kept about certificates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The clinic's own authority and its server certificate.
    Authority,
    /// What the owner wants: a [`Plan`].
    Plan,
    /// How it stands: a [`Report`].
    Report,
    /// The account with a public authority.
    Account,
    /// The order that waits for a person.
    Order,
    /// The public certificate with its key.
    Public,
}

impl Part {
    fn name(self) -> &'static str {
        match self {
            Self::Authority => "authority",
            Self::Plan => "certificate-plan",
            Self::Report => "certificate-report",
            Self::Account => "acme-account",
            Self::Order => "acme-order",
            Self::Public => "certificate-public",
        }
    }
}

/// Reads a part; `None` when there is none, or when it is not what this version expects: then it is
/// made anew.
fn read<T: DeserializeOwned>(rows: &dyn Rows, part: Part) -> Result<Option<T>, Failure> {
    let bytes = kept::secret(rows, part.name())?;
    Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
}

fn put<T: Serialize>(tx: &mut Tx<'_>, part: Part, value: &T) -> Result<(), Failure> {
    // These shapes have text keys and finite numbers only, so that writing them cannot fail.
    let bytes = serde_json::to_vec(value).unwrap_or_default();
    kept::put_secret(tx, part.name(), &bytes)
}

/// What is kept of a part.
pub fn find<T: DeserializeOwned>(clinic: &Clinic, part: Part) -> Result<Option<T>, Failure> {
    clinic.store.read(|rows| read(rows, part))
}

/// Keeps a part in the name of Anteroom itself; `detail` says in the log what happened.
pub fn keep<T: Serialize>(
    clinic: &Clinic,
    part: Part,
    value: &T,
    detail: &'static str,
) -> Answer<()> {
    let bytes = serde_json::to_vec(value).unwrap_or_default();
    let cause = clinic.own_cause("certificate", Action::SettingsChange);
    clinic.store.write(cause, move |tx| {
        tx.detail(detail);
        Ok(kept::put_secret(tx, part.name(), &bytes)?)
    })
}

/// What the owner wants.
pub fn plan(clinic: &Clinic) -> Result<Plan, Failure> {
    Ok(find(clinic, Part::Plan)?.unwrap_or_default())
}

/// How it stands.
pub fn report(clinic: &Clinic) -> Result<Report, Failure> {
    Ok(find(clinic, Part::Report)?.unwrap_or_default())
}

/// The same, for whoever has the rows.
pub(super) fn report_in(rows: &dyn Rows) -> Result<Report, Failure> {
    Ok(read(rows, Part::Report)?.unwrap_or_default())
}

/// Changes how it stands, in the name of Anteroom itself. Writes nothing when nothing changes.
pub fn note(
    clinic: &Clinic,
    detail: &'static str,
    change: impl Fn(&mut Report) + Send + 'static,
) -> Answer<()> {
    let before = report(clinic)?;
    let mut after = before.clone();
    change(&mut after);
    if after == before {
        return Ok(());
    }
    let cause = clinic.own_cause("certificate", Action::SettingsChange);
    clinic.store.write(cause, move |tx| {
        let mut report: Report = read(tx, Part::Report)?.unwrap_or_default();
        change(&mut report);
        tx.detail(detail);
        Ok(put(tx, Part::Report, &report)?)
    })
}

/// Chooses where the certificate comes from. What went wrong before is forgotten, and the next try
/// is due at once.
///
/// A public certificate needs an address with a public name: [`Refused::NotFound`] otherwise.
pub fn set_plan(clinic: &Clinic, caller: &Caller, plan: Plan) -> Answer<()> {
    caller.must(Permission::ManageSettings)?;
    let is_public = public_host(&clinic.current().settings.address).is_some();
    if matches!(plan, Plan::Public(_)) && !is_public {
        return Err(Refused::NotFound.into());
    }
    let cause = clinic.cause(caller, Action::SettingsChange);
    clinic.store.write(cause, move |tx| {
        let report: Report = read(tx, Part::Report)?.unwrap_or_default();
        tx.detail("certificate plan");
        put(tx, Part::Plan, &plan)?;
        put(tx, Part::Order, &Option::<()>::None)?;
        let fresh = Report {
            shown: report.shown,
            ..Report::default()
        };
        put(tx, Part::Report, &fresh)?;
        tx.changed(Change::Settings);
        Ok(())
    })
}

/// Asks for the next try now, whatever was waited for.
pub fn try_now(clinic: &Clinic, caller: &Caller) -> Answer<()> {
    caller.must(Permission::ManageSettings)?;
    change(clinic, caller, "certificate: try now", |report, now| {
        report.next = Some(now);
    })
}

/// Says that the TXT record is in its zone, so that the authority may look.
pub fn record_is_there(clinic: &Clinic, caller: &Caller) -> Answer<()> {
    caller.must(Permission::ManageSettings)?;
    change(
        clinic,
        caller,
        "certificate: record is there",
        |report, now| {
            if let Some(record) = &mut report.record {
                record.is_there = true;
                report.next = Some(now);
            }
        },
    )
}

fn change(
    clinic: &Clinic,
    caller: &Caller,
    detail: &'static str,
    change: fn(&mut Report, Timestamp),
) -> Answer<()> {
    let now = clinic.now();
    let cause = clinic.cause(caller, Action::SettingsChange);
    clinic.store.write(cause, move |tx| {
        let mut report: Report = read(tx, Part::Report)?.unwrap_or_default();
        change(&mut report, now);
        tx.detail(detail);
        put(tx, Part::Report, &report)?;
        tx.changed(Change::Settings);
        Ok(())
    })
}

/// The public half of the clinic's own authority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnAuthority {
    /// Its certificate, PEM.
    pub pem: String,
    /// Its certificate, DER.
    pub der: Vec<u8>,
}

impl OwnAuthority {
    /// SHA-256 of the certificate.
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(&self.der).into()
    }

    /// What it is called in the lists of devices. It keeps the name that the clinic had when it was
    /// made.
    pub fn name(&self) -> Option<String> {
        let (_, certificate) = X509Certificate::from_der(&self.der).ok()?;
        let mut names = certificate.subject().iter_common_name();
        names.next()?.as_str().ok().map(str::to_owned)
    }

    /// The same as `AA:BB:…`, for comparing by eye.
    pub fn fingerprint(&self) -> String {
        let pairs: Vec<String> = self.digest().iter().map(|b| format!("{b:02X}")).collect();
        pairs.join(":")
    }
}

/// The clinic's own authority, where devices may have to trust it: not when whoever started the
/// server brought a certificate. It is not secret; its key is never read here.
pub fn own_authority(clinic: &Clinic) -> Result<Option<OwnAuthority>, Failure> {
    #[derive(Deserialize)]
    struct PublicHalf {
        ca_cert_pem: String,
    }
    let shown = report(clinic)?.shown;
    if shown.is_some_and(|shown| shown.source == Source::StartFiles) {
        return Ok(None);
    }
    let half: Option<PublicHalf> = find(clinic, Part::Authority)?;
    Ok(half.and_then(|half| {
        let lines = half.ca_cert_pem.lines();
        let text: String = lines.filter(|l| !l.starts_with("-----")).collect();
        let der = BASE64.decode(text.as_bytes()).ok()?;
        Some(OwnAuthority {
            pem: half.ca_cert_pem,
            der,
        })
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::clinic_settings::set_connection;
    use crate::app::practice_world::{front_desk, owner, world};
    use crate::domain::certificate::{Proof, Record};

    #[test]
    fn a_public_certificate_needs_a_public_name() {
        let clinic = world();
        set_connection(&clinic, &owner(), "https://box.local", false).unwrap();
        assert!(set_plan(&clinic, &owner(), Plan::Public(Proof::Visit)).is_err());
        set_connection(&clinic, &owner(), "https://clinic.example", false).unwrap();
        set_plan(&clinic, &owner(), Plan::Public(Proof::Visit)).unwrap();
        assert_eq!(plan(&clinic).unwrap(), Plan::Public(Proof::Visit));
    }

    #[test]
    fn certificates_are_the_owners() {
        let clinic = world();
        let desk = front_desk();
        assert!(set_plan(&clinic, &desk, Plan::Own).is_err());
        assert!(try_now(&clinic, &desk).is_err());
        assert!(record_is_there(&clinic, &desk).is_err());
        assert_eq!(report(&clinic).unwrap(), Report::default());
    }

    #[test]
    fn a_new_plan_forgets_what_went_wrong_and_wakes_the_server() {
        let clinic = world();
        note(&clinic, "a try", |r| {
            r.failures = 3;
            r.record = Some(Record {
                name: "n".into(),
                value: "v".into(),
                is_there: false,
            });
        })
        .unwrap();
        let mut changes = clinic.watch();
        record_is_there(&clinic, &owner()).unwrap();
        let now = report(&clinic).unwrap();
        assert!(now.record.unwrap().is_there);
        assert_eq!(now.next, Some(clinic.now()));
        set_plan(&clinic, &owner(), Plan::Own).unwrap();
        assert_eq!(report(&clinic).unwrap(), Report::default());
        assert_eq!(changes.try_recv().ok(), Some(Change::Settings));
        assert_eq!(changes.try_recv().ok(), Some(Change::Settings));
    }

    #[test]
    fn nothing_new_is_not_written() {
        let clinic = world();
        let mut changes = clinic.watch();
        note(&clinic, "nothing", |r| r.failures = 0).unwrap();
        try_now(&clinic, &owner()).unwrap();
        assert_eq!(changes.try_recv().ok(), Some(Change::Settings));
        assert!(changes.try_recv().is_err());
    }
}
