//! With whom this machine speaks: all that Anteroom ever connects to by itself. Nothing else is fetched
//! while it runs; who adds a connection adds it here.

use super::{Answer, Caller, Clinic, certificate};
use crate::domain::certificate::{Plan, Source};
use crate::domain::policy::Permission;
use crate::domain::settings::MailServer;

/// One with whom the machine speaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outside {
    /// The mail server: addresses of patients, and when their visits are.
    Mail(MailServer),
    /// The public authority that signs the certificate: the clinic's web address.
    Authority,
    /// Every device on the clinic's own network: the name under which it is found there.
    Neighbours(String),
    /// A place for backups: its name, and where it is. What is mounted there may be another machine's.
    Backups(String, String),
}

/// Everyone with whom the machine speaks as it is set up now.
pub fn all(clinic: &Clinic, caller: &Caller) -> Answer<Vec<Outside>> {
    caller.must(Permission::ManageSettings)?;
    let shown = certificate::report(clinic)?.shown;
    // Files named at the start come before every plan.
    let fixed = shown.is_some_and(|shown| shown.source == Source::StartFiles);
    let public = !fixed && matches!(certificate::plan(clinic)?, Plan::Public(_));
    let mail = clinic.current().settings.mail.clone();
    let name = clinic.local_name.load_full();
    let known = clinic.backups.known();
    let places = known.targets.iter().filter(|t| t.chosen);
    let places = places.map(|t| Outside::Backups(t.name.clone(), t.to.shown().to_owned()));
    let all = [
        mail.map(Outside::Mail),
        public.then_some(Outside::Authority),
        name.map(|name| Outside::Neighbours(name.address())),
    ];
    Ok(all.into_iter().flatten().chain(places).collect())
}
