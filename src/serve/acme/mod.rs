//! Public certificates over ACME (RFC 8555): an order, a proof that the name is ours, a certificate.
//!
//! Nothing here decides when: the keeper does. Nothing here keeps anything either: accounts, orders
//! and certificates are handed back as text.

mod client;

use std::error::Error as StdError;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use instant_acme::{
    Account, AccountCredentials, AuthorizationStatus, CertificateIdentifier, ChallengeType, Error,
    Identifier, NewAccount, NewOrder, Order, OrderStatus, RetryPolicy,
};
use jiff::Timestamp;
use rcgen::{CertificateParams, DistinguishedName, KeyPair, PKCS_ECDSA_P256_SHA256};
use rustls::pki_types::CertificateDer;
use serde::{Deserialize, Serialize};

use super::challenge::Challenges;
use crate::domain::certificate::Failed;
use client::Client;

/// Let's Encrypt: free, and trusted by every browser.
pub const LETS_ENCRYPT: &str = instant_acme::LetsEncrypt::Production.url();

/// How often a request is made anew when its number was not taken.
const NONCE_TRIES: u32 = 20;
/// How long an authority may take to look, or to sign.
const POLLING: RetryPolicy = RetryPolicy::new()
    .initial_delay(Duration::from_millis(500))
    .backoff(1.5)
    .timeout(Duration::from_mins(2));

/// Asks again while the authority only dislikes the number of the request, which it may do at any
/// time. What is asked may be asked twice.
macro_rules! again {
    ($request:expr) => {{
        let mut left = NONCE_TRIES;
        loop {
            match $request.await {
                Err(error) if left > 0 && is_about(&error, "badNonce") => left -= 1,
                other => break other,
            }
        }
    }};
}

/// A public authority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authority {
    /// The address of its directory.
    pub directory: String,
    /// The one root that its own TLS is trusted by; none for the roots of this system.
    pub root: Option<PathBuf>,
}

impl Default for Authority {
    fn default() -> Self {
        Self {
            directory: LETS_ENCRYPT.to_owned(),
            root: None,
        }
    }
}

/// Why there is no certificate, in the words of whoever said no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Whether nobody answered, or the answer was no.
    pub failed: Failed,
    /// In one sentence or more.
    pub words: String,
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

impl Trouble {
    fn refused(words: impl Into<String>) -> Self {
        Self {
            failed: Failed::Refused,
            words: words.into(),
        }
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        if let Error::Api(problem) = &error {
            return Self::refused(words_of(problem));
        }
        // What was behind it says more than what was in front.
        let mut words = error.to_string();
        let mut cause: Option<&dyn StdError> = error.source();
        while let Some(deeper) = cause {
            words = format!("{words}: {deeper}");
            cause = deeper.source();
        }
        Self {
            failed: Failed::Away,
            words,
        }
    }
}

fn words_of(problem: &instant_acme::Problem) -> String {
    let kind = problem.r#type.as_deref().unwrap_or("");
    let kind = kind.rsplit(':').next().unwrap_or(kind);
    let mut words = match &problem.detail {
        Some(detail) => format!("{detail} ({kind})"),
        None => kind.to_owned(),
    };
    for part in problem.subproblems.iter().filter_map(|p| p.detail.as_ref()) {
        words.push_str("; ");
        words.push_str(part);
    }
    words
}

fn is_about(error: &Error, kind: &str) -> bool {
    let Error::Api(problem) = error else {
        return false;
    };
    let found = problem.r#type.as_deref();
    found.is_some_and(|found| found.rsplit(':').next() == Some(kind))
}

/// A public certificate with its key, as the store keeps it. `Debug` leaves the key out.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issued {
    /// The chain, PEM, the server's own certificate first.
    pub cert_pem: String,
    /// The private key, PKCS#8 PEM.
    pub key_pem: String,
}

impl fmt::Debug for Issued {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Issued")
            .field("cert_pem", &self.cert_pem)
            .finish_non_exhaustive()
    }
}

/// An account with an authority, as the store keeps it. It holds a private key.
#[derive(Serialize, Deserialize)]
pub struct KeptAccount {
    directory: String,
    credentials: serde_json::Value,
}

/// A proof by TXT record that has been begun.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Begun {
    /// The address of the order.
    pub order: String,
    /// The host that it is for.
    pub host: String,
    /// The value of the record.
    pub value: String,
}

/// What an order for a proof by TXT record comes to.
pub(super) enum Next {
    /// The authority remembers an earlier proof: here is the certificate.
    Issued(Issued),
    /// A person has to put a record into the zone.
    Record(Begun),
}

/// We, as the authority knows us.
pub(super) struct Customer(Account);

impl Customer {
    /// Comes back with a kept account, or opens a new one; the second is what to keep then.
    pub(super) async fn of(
        authority: &Authority,
        kept: Option<KeptAccount>,
    ) -> Result<(Self, Option<KeptAccount>), Trouble> {
        let client = Client::new(authority.root.as_deref()).map_err(Error::Other)?;
        let builder = || Account::builder_with_http(Box::new(client.clone()));
        let kept = kept.filter(|kept| kept.directory == authority.directory);
        let known = kept
            .and_then(|kept| serde_json::from_value::<AccountCredentials>(kept.credentials).ok());
        if let Some(credentials) = known {
            let account = builder().from_credentials(credentials).await?;
            return Ok((Self(account), None));
        }
        let new = NewAccount {
            contact: &[],
            terms_of_service_agreed: true,
            only_return_existing: false,
        };
        let directory = &authority.directory;
        let (account, credentials) = again!(builder().create(&new, directory.clone(), None))?;
        let kept = KeptAccount {
            directory: directory.clone(),
            credentials: serde_json::to_value(credentials).map_err(Error::from)?,
        };
        Ok((Self(account), Some(kept)))
    }

    /// When the authority would like its certificate to be renewed (ARI), and when to ask again;
    /// none when it has no opinion.
    pub(super) async fn window(
        &self,
        leaf: &CertificateDer<'_>,
    ) -> Option<((Timestamp, Timestamp), Duration)> {
        let id = CertificateIdentifier::try_from(leaf).ok()?;
        let (info, again) = self.0.renewal_info(&id).await.ok()?;
        let window = info.suggested_window;
        let start = Timestamp::from_second(window.start.unix_timestamp()).ok()?;
        let end = Timestamp::from_second(window.end.unix_timestamp()).ok()?;
        Some(((start, end), again))
    }

    async fn order(
        &self,
        host: &str,
        replaces: Option<&CertificateDer<'_>>,
    ) -> Result<Order, Error> {
        let names = [Identifier::Dns(host.to_owned())];
        let new = NewOrder::new(&names);
        if let Some(id) = replaces.and_then(|leaf| CertificateIdentifier::try_from(leaf).ok()) {
            let renewing = NewOrder::new(&names).replaces(id);
            // An authority may not know the old certificate any more; that is no reason to stop.
            if let Ok(order) = again!(self.0.new_order(&renewing)) {
                return Ok(order);
            }
        }
        again!(self.0.new_order(&new))
    }

    /// A certificate for `host`, proven on our own listeners: over TLS first, as the clinic needs
    /// that port anyway, then over plain HTTP. `replaces` is the one that it follows, where the
    /// authority wants to know.
    pub(super) async fn issue(
        &self,
        host: &str,
        challenges: &Challenges,
        replaces: Option<&CertificateDer<'_>>,
    ) -> Result<Issued, Trouble> {
        let over_tls = self.prove(host, challenges, replaces, ChallengeType::TlsAlpn01);
        let refused = match over_tls.await {
            Err(trouble) if trouble.failed == Failed::Refused => trouble,
            other => return other,
        };
        let over_http = self.prove(host, challenges, replaces, ChallengeType::Http01);
        over_http.await.map_err(|trouble| Trouble {
            failed: trouble.failed,
            words: if trouble == refused {
                trouble.words
            } else {
                format!("TLS-ALPN-01: {} HTTP-01: {}", refused.words, trouble.words)
            },
        })
    }

    async fn prove(
        &self,
        host: &str,
        challenges: &Challenges,
        replaces: Option<&CertificateDer<'_>>,
        kind: ChallengeType,
    ) -> Result<Issued, Trouble> {
        let mut order = self.order(host, replaces).await?;
        let result = async {
            if let Some(proof) = proof(&mut order, kind.clone()).await? {
                if kind == ChallengeType::Http01 {
                    challenges.show_file(&proof.token, &proof.text);
                } else {
                    let shown = challenges.show_certificate(host, &proof.digest);
                    shown.map_err(|e| Trouble::refused(e.to_string()))?;
                }
                ready(&mut order, &kind).await?;
            }
            finish(&mut order, host).await
        };
        let result = result.await;
        challenges.clear();
        result
    }

    /// Begins a proof by TXT record.
    pub(super) async fn begin(
        &self,
        host: &str,
        replaces: Option<&CertificateDer<'_>>,
    ) -> Result<Next, Trouble> {
        let mut order = self.order(host, replaces).await?;
        match proof(&mut order, ChallengeType::Dns01).await? {
            None => finish(&mut order, host).await.map(Next::Issued),
            Some(proof) => Ok(Next::Record(Begun {
                order: order.url().to_owned(),
                host: host.to_owned(),
                value: proof.dns_value,
            })),
        }
    }

    /// Goes on with an order after its record was put into the zone.
    pub(super) async fn go_on(&self, begun: &Begun) -> Result<Issued, Trouble> {
        let mut order = again!(self.0.order(begun.order.clone()))?;
        if proof(&mut order, ChallengeType::Dns01).await?.is_some() {
            ready(&mut order, &ChallengeType::Dns01).await?;
        }
        finish(&mut order, &begun.host).await
    }
}

/// What proves that a name is ours.
struct Proof {
    token: String,
    text: String,
    digest: [u8; 32],
    dns_value: String,
}

/// The proof that an order asks for; none when nothing more has to be proven.
async fn proof(order: &mut Order, kind: ChallengeType) -> Result<Option<Proof>, Trouble> {
    know(order).await?;
    let mut all = order.authorizations();
    while let Some(authorization) = all.next().await {
        let mut authorization = authorization?;
        if authorization.status != AuthorizationStatus::Pending {
            continue;
        }
        let Some(challenge) = authorization.challenge(kind.clone()) else {
            return Err(Trouble::refused(format!(
                "The authority does not offer {kind:?}."
            )));
        };
        let authorization = challenge.key_authorization();
        let mut digest = [0; 32];
        for (into, from) in digest.iter_mut().zip(authorization.digest().as_ref()) {
            *into = *from;
        }
        return Ok(Some(Proof {
            token: challenge.token.clone(),
            text: authorization.as_str().to_owned(),
            digest,
            dns_value: authorization.dns_value(),
        }));
    }
    Ok(None)
}

/// Fetches all authorizations of an order, so that going through them asks nobody. One that could
/// not be fetched would be passed over otherwise.
async fn know(order: &mut Order) -> Result<(), Error> {
    again!(async {
        let mut all = order.authorizations();
        while let Some(fetched) = all.next().await {
            fetched?;
        }
        Ok::<_, Error>(())
    })
}

/// Tells the authority to look, and waits until it has.
async fn ready(order: &mut Order, kind: &ChallengeType) -> Result<(), Trouble> {
    let mut all = order.authorizations();
    while let Some(authorization) = all.next().await {
        let mut authorization = authorization?;
        if authorization.status == AuthorizationStatus::Pending
            && let Some(mut challenge) = authorization.challenge(kind.clone())
        {
            again!(challenge.set_ready())?;
        }
    }
    let polled = again!(order.poll_ready(&POLLING));
    if let Ok(OrderStatus::Ready) = polled {
        return Ok(());
    }
    // What the authority saw stands with the challenge, not with the order.
    match (why(order).await, polled) {
        (Some(words), _) => Err(Trouble::refused(words)),
        (None, Err(error)) => Err(error.into()),
        (None, Ok(status)) => Err(Trouble::refused(format!("The order is {status:?}."))),
    }
}

/// Why a challenge of an order failed.
async fn why(order: &mut Order) -> Option<String> {
    again!(order.refresh()).ok()?;
    know(order).await.ok()?;
    let mut all = order.authorizations();
    while let Some(Ok(authorization)) = all.next().await {
        let mut failed = authorization.challenges.iter();
        if let Some(problem) = failed.find_map(|challenge| challenge.error.as_ref()) {
            return Some(words_of(problem));
        }
    }
    None
}

/// A new key, and the certificate for it.
async fn finish(order: &mut Order, host: &str) -> Result<Issued, Trouble> {
    let making = |error: rcgen::Error| Trouble::refused(error.to_string());
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(making)?;
    let mut params = CertificateParams::new([host.to_owned()]).map_err(making)?;
    params.distinguished_name = DistinguishedName::new();
    let request = params.serialize_request(&key).map_err(making)?;
    // Only an order that is ready takes a request; one whose names are all proven becomes so.
    let is_ready = order.state().status == OrderStatus::Ready;
    if !is_ready && again!(order.poll_ready(&POLLING))? != OrderStatus::Ready {
        let words = why(order).await;
        let words = words.unwrap_or_else(|| "The authority ended the order.".to_owned());
        return Err(Trouble::refused(words));
    }
    again!(order.finalize_csr(request.der()))?;
    let cert_pem = again!(order.poll_certificate(&POLLING))?;
    Ok(Issued {
        cert_pem,
        key_pem: key.serialize_pem(),
    })
}
