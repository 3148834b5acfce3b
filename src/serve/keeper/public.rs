//! The public certificate: when it is due, one try at a time, and what comes of it.

use std::sync::PoisonError;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rustls::pki_types::CertificateDer;
use rustls::sign::CertifiedKey;

use super::{Keeper, NoCertificate, stopped};
use crate::app::certificate::{self, Part};
use crate::app::{Failure, Stop};
use crate::domain::certificate::{Failed, Proof, Record, Source, agreed, public_host, within};
use crate::serve::acme::{Begun, Customer, Issued, KeptAccount, Next, Trouble};
use crate::serve::tls::{self, CertificateProblem};

/// How long one try may take.
const TRY_FOR: Duration = Duration::from_mins(6);
/// How long an authority may ask us to wait before its opinion on renewals is asked for again.
const OPINION_MOST: SignedDuration = SignedDuration::from_hours(24);
/// How long is waited where it said nothing, or could not be asked (RFC 9773, 4.3.3).
const OPINION_AGAIN: SignedDuration = SignedDuration::from_hours(6);

/// When the authority would like to renew which certificate.
#[derive(Clone, Debug)]
pub(super) struct Opinion {
    leaf: CertificateDer<'static>,
    at: Option<Timestamp>,
    ask_again: Timestamp,
}

impl Keeper {
    /// The kept public certificate, if it still holds for the clinic's address.
    pub(super) fn public(&self) -> Result<Option<(Issued, CertifiedKey)>, NoCertificate> {
        let kept: Option<Issued> = certificate::find(&self.clinic, Part::Public)?;
        let address = self.clinic.current().settings.address.clone();
        Ok(kept.zip(public_host(&address)).and_then(|(issued, host)| {
            let pair = usable(&issued, host, self.clinic.now()).ok()?;
            Some((issued, pair))
        }))
    }

    /// Gets or renews the public certificate when that is due.
    pub(super) async fn tend_public(&self, proof: Proof) -> Result<(), NoCertificate> {
        let now = self.clinic.now();
        let report = certificate::report(&self.clinic)?;
        let address = self.clinic.current().settings.address.clone();
        let Some(host) = public_host(&address) else {
            return Ok(());
        };
        // Waiting for a person, or for the time to try again.
        let waits = report
            .record
            .as_ref()
            .is_some_and(|record| !record.is_there);
        let asked = report.next.is_some_and(|next| next <= now);
        let later = report.next.is_some_and(|next| next > now);
        if waits && !asked || later {
            return Ok(());
        }
        let current = self.public()?;
        let leaf = current.as_ref().and_then(|(_, pair)| pair.cert.first());
        if let Some((_, pair)) = &current
            && !asked
            && self.due(pair).await? > now
        {
            return Ok(());
        }
        let trying = self.get(proof, host, leaf, report.record.as_ref());
        let got = tokio::time::timeout(TRY_FOR, trying).await;
        let got = got.unwrap_or_else(|_elapsed| {
            self.live.challenges().clear();
            Err(Trouble {
                failed: Failed::Away,
                words: "The authority took too long.".to_owned(),
            })
        });
        match got {
            Ok(Some(issued)) => self.take(&issued, host),
            Ok(None) => Ok(()),
            Err(trouble) => {
                tracing::warn!("no public certificate for {host}: {trouble}");
                self.trouble(trouble.words, Some(trouble.failed))
            }
        }
    }

    /// When a public certificate is to be renewed: when its authority says so, else when a third
    /// of its life is left.
    async fn due(&self, pair: &CertifiedKey) -> Result<Timestamp, NoCertificate> {
        let now = self.clinic.now();
        let shown = tls::shown(pair, Source::Public)?;
        let Some(leaf) = pair.cert.first() else {
            return Ok(agreed(shown.starts, shown.ends, None));
        };
        let known = self
            .opinion
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let known = known.filter(|o| o.leaf == *leaf);
        let opinion = match known {
            Some(opinion) if opinion.ask_again > now => opinion,
            known => {
                let before = known.and_then(|o| o.at);
                let opinion = self.opinion_on(leaf, before, now).await;
                let mut kept = self.opinion.lock().unwrap_or_else(PoisonError::into_inner);
                *kept = Some(opinion.clone());
                opinion
            }
        };
        Ok(agreed(shown.starts, shown.ends, opinion.at))
    }

    /// What the authority thinks now; what it thought before, while it cannot be asked.
    async fn opinion_on(
        &self,
        leaf: &CertificateDer<'_>,
        before: Option<Timestamp>,
        now: Timestamp,
    ) -> Opinion {
        let asked = self.ask_opinion(leaf).await;
        let random = u32::from_le_bytes(self.clinic.random());
        let wait = asked.and_then(|(_, wait)| SignedDuration::try_from(wait).ok());
        let wait = wait.map_or(OPINION_AGAIN, |wait| {
            wait.clamp(SignedDuration::from_mins(1), OPINION_MOST)
        });
        Opinion {
            leaf: leaf.clone().into_owned(),
            at: asked.map_or(before, |((start, end), _)| within(start, end, random)),
            ask_again: now.checked_add(wait).unwrap_or(now),
        }
    }

    async fn ask_opinion(
        &self,
        leaf: &CertificateDer<'_>,
    ) -> Option<((Timestamp, Timestamp), Duration)> {
        let kept: KeptAccount = certificate::find(&self.clinic, Part::Account)
            .ok()
            .flatten()?;
        let asking = async {
            let (customer, _) = Customer::of(&self.given.public, Some(kept)).await.ok()?;
            customer.window(leaf).await
        };
        tokio::time::timeout(TRY_FOR, asking).await.ok().flatten()
    }

    /// One try. `None` means that a person has to do something first.
    async fn get(
        &self,
        proof: Proof,
        host: &str,
        replaces: Option<&CertificateDer<'_>>,
        record: Option<&Record>,
    ) -> Result<Option<Issued>, Trouble> {
        let kept =
            certificate::find(&self.clinic, Part::Account).map_err(|failure| stored(&failure))?;
        let (customer, new) = Customer::of(&self.given.public, kept).await?;
        if let Some(account) = new {
            let kept = certificate::keep(&self.clinic, Part::Account, &account, "public account");
            kept.map_err(refused)?;
        }
        // Who knows the old certificate and has an opinion on it also wants to hear what follows.
        let has_opinion = {
            let kept = self.opinion.lock().unwrap_or_else(PoisonError::into_inner);
            kept.as_ref().is_some_and(|opinion| opinion.at.is_some())
        };
        let replaces = replaces.filter(|_| has_opinion);
        if proof == Proof::Visit {
            let challenges = self.live.challenges();
            return customer.issue(host, challenges, replaces).await.map(Some);
        }
        let order: Option<Option<Begun>> =
            certificate::find(&self.clinic, Part::Order).map_err(|failure| stored(&failure))?;
        let order = order.flatten().filter(|begun| begun.host == host);
        if let (Some(begun), Some(record)) = (order, record)
            && record.is_there
        {
            return customer.go_on(&begun).await.map(Some);
        }
        match customer.begin(host, replaces).await? {
            Next::Issued(issued) => Ok(Some(issued)),
            Next::Record(begun) => {
                certificate::keep(&self.clinic, Part::Order, &begun, "public order")
                    .map_err(refused)?;
                let record = Record {
                    name: format!("_acme-challenge.{host}"),
                    value: begun.value,
                    is_there: false,
                };
                let noted = certificate::note(&self.clinic, "record is wanted", move |report| {
                    report.record = Some(record.clone());
                    report.next = None;
                });
                noted.map_err(refused)?;
                Ok(None)
            }
        }
    }

    /// Keeps a new public certificate and shows it from now on.
    fn take(&self, issued: &Issued, host: &str) -> Result<(), NoCertificate> {
        let pair = match usable(issued, host, self.clinic.now()) {
            Ok(pair) => pair,
            Err(problem) => return self.trouble(problem.to_string(), Some(Failed::Refused)),
        };
        certificate::keep(&self.clinic, Part::Public, issued, "public certificate")
            .map_err(stopped)?;
        certificate::keep(&self.clinic, Part::Order, &None::<Begun>, "public order")
            .map_err(stopped)?;
        self.report_shown(&pair, Source::Public)?;
        self.live.choose(Some(pair));
        self.well()
    }
}

/// A public certificate that may be shown for `host` now.
fn usable(issued: &Issued, host: &str, now: Timestamp) -> Result<CertifiedKey, CertificateProblem> {
    let pair = tls::usable(issued.cert_pem.as_bytes(), issued.key_pem.as_bytes(), now)?;
    if tls::stands_for(&pair, host) {
        Ok(pair)
    } else {
        Err(CertificateProblem::OtherName(host.to_owned()))
    }
}

fn stored(failure: &Failure) -> Trouble {
    Trouble {
        failed: Failed::Away,
        words: failure.to_string(),
    }
}

fn refused(stop: Stop) -> Trouble {
    Trouble {
        failed: Failed::Away,
        words: stopped(stop).to_string(),
    }
}
