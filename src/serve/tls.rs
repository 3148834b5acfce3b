//! Certificates as TLS serves them: read from PEM, checked, and exchanged while running.

use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arc_swap::{ArcSwap, ArcSwapOption};
use jiff::Timestamp;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert, ServerConfig};
use rustls::sign::CertifiedKey;
use rustls::version::{TLS12, TLS13};
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::FromDer;

use super::challenge::{self, Challenges};
use super::name::Name;
use crate::domain::certificate::{Shown, Source};

/// Why a certificate cannot be made or used. Each prints as one sentence for the operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CertificateProblem {
    /// No name was given.
    NoNames,
    /// The authority may not sign for this name.
    Outside(Name),
    /// The PEM text holds no certificate that can be read.
    NoCertificate,
    /// The PEM text holds no private key that can be read.
    NoKey,
    /// The private key is encrypted.
    LockedKey,
    /// The private key is of a kind that the TLS library does not know.
    UnknownKey,
    /// The private key belongs to another certificate.
    OtherKey,
    /// The certificate is not valid before this time.
    NotYet(Timestamp),
    /// The certificate ended at this time.
    Ended(Timestamp),
    /// The certificate does not stand for this host.
    OtherName(String),
    /// The file could not be read; the reason is the system's.
    File(PathBuf, String),
    /// Making keys or signing failed; the reason is the library's.
    Making(String),
}

impl fmt::Display for CertificateProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoNames => f.write_str("A certificate needs at least one name or address."),
            Self::Outside(name) => {
                write!(
                    f,
                    "This clinic's certificate authority does not cover {name}."
                )
            }
            Self::NoCertificate => f.write_str("There is no readable certificate in this file."),
            Self::NoKey => f.write_str("There is no readable private key in this file."),
            Self::LockedKey => f.write_str("The private key is locked with a password."),
            Self::UnknownKey => f.write_str("Anteroom cannot use this kind of private key."),
            Self::OtherKey => f.write_str("The private key does not fit the certificate."),
            Self::NotYet(from) => write!(f, "The certificate is valid only from {from}."),
            Self::Ended(at) => write!(f, "The certificate ended at {at}."),
            Self::OtherName(host) => write!(f, "The certificate is not for {host}."),
            Self::File(path, why) => {
                write!(f, "The file {} is not readable: {why}.", path.display())
            }
            Self::Making(why) => write!(f, "The certificate could not be made: {why}."),
        }
    }
}

impl std::error::Error for CertificateProblem {}

/// The certificates in use. All connections share them; they are exchanged without a restart, and
/// connections that are already open keep the old one.
///
/// There are two: one that the clinic's devices know, for whoever comes by address or by a local
/// name, and a chosen one (public, or the owner's files) for whoever asks for a name in it.
pub struct Certificates {
    base: ArcSwap<CertifiedKey>,
    chosen: ArcSwapOption<Chosen>,
    challenges: Arc<Challenges>,
}

struct Chosen {
    hosts: Vec<String>,
    key: Arc<CertifiedKey>,
}

impl Certificates {
    /// Serves `first` until it is replaced.
    pub fn new(first: CertifiedKey) -> Arc<Self> {
        Arc::new(Self {
            base: ArcSwap::from_pointee(first),
            chosen: ArcSwapOption::empty(),
            challenges: Arc::default(),
        })
    }

    /// New connections get `next`.
    pub fn replace(&self, next: CertifiedKey) {
        self.base.store(Arc::new(next));
    }

    /// New connections that ask for a name in `next` get it; `None` goes back to the other one.
    pub fn choose(&self, next: Option<CertifiedKey>) {
        let chosen = next.map(|key| Chosen {
            hosts: hosts_of(&key),
            key: Arc::new(key),
        });
        self.chosen.store(chosen.map(Arc::new));
    }

    /// What an authority is answered that looks whether a name is ours.
    pub fn challenges(&self) -> &Arc<Challenges> {
        &self.challenges
    }

    fn for_host(&self, host: Option<&str>) -> Arc<CertifiedKey> {
        if let Some(chosen) = self.chosen.load().as_ref()
            && let Some(host) = host
            && chosen.hosts.iter().any(|pattern| fits(pattern, host))
        {
            return Arc::clone(&chosen.key);
        }
        // A client that names a host we do not know gets a certificate all the same: devices in a
        // clinic come by address, without any name.
        self.base.load_full()
    }
}

impl fmt::Debug for Certificates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificates").finish_non_exhaustive()
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let host = hello.server_name();
        let is_challenge = hello
            .alpn()
            .is_some_and(|mut protocols| protocols.all(|protocol| protocol == challenge::ALPN));
        if is_challenge {
            return self.challenges.certificate(host?);
        }
        Some(self.for_host(host))
    }
}

/// The host names of a certificate, lower case; one may begin with `*.`.
fn hosts_of(key: &CertifiedKey) -> Vec<String> {
    let Some(leaf) = key.cert.first().and_then(|der| parse(der).ok()) else {
        return Vec::new();
    };
    let Ok(Some(names)) = leaf.subject_alternative_name() else {
        return Vec::new();
    };
    let names = names.value.general_names.iter();
    names
        .filter_map(|name| {
            let GeneralName::DNSName(host) = name else {
                return None;
            };
            Some(host.to_ascii_lowercase())
        })
        .collect()
}

/// Whether a name in a certificate stands for `host`; a star stands for exactly one label.
fn fits(pattern: &str, host: &str) -> bool {
    if let Some(parent) = pattern.strip_prefix("*.") {
        return host
            .split_once('.')
            .is_some_and(|(first, rest)| !first.is_empty() && rest.eq_ignore_ascii_case(parent));
    }
    pattern.eq_ignore_ascii_case(host)
}

/// Whether a certificate stands for `host`.
pub(super) fn stands_for(key: &CertifiedKey, host: &str) -> bool {
    hosts_of(key).iter().any(|pattern| fits(pattern, host))
}

/// TLS 1.2 and 1.3, HTTP/2 before HTTP/1.1, with whatever `certificates` holds at the time.
///
/// # Errors
/// Only when the TLS library refuses its own defaults.
pub fn server_config(
    certificates: Arc<Certificates>,
) -> Result<Arc<ServerConfig>, CertificateProblem> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&TLS13, &TLS12])
        .map_err(|error| CertificateProblem::Making(error.to_string()))?
        .with_no_client_auth()
        .with_cert_resolver(certificates);
    // The strongest cipher first, whatever a client would rather have.
    config.ignore_client_order = true;
    config.alpn_protocols = vec![
        b"h2".to_vec(),
        b"http/1.1".to_vec(),
        challenge::ALPN.to_vec(),
    ];
    Ok(Arc::new(config))
}

/// Reads an operator's own certificate chain and key from two PEM files and checks them.
///
/// # Errors
/// A file that cannot be read, a key that does not fit, a certificate out of its time.
pub fn read_files(
    cert_path: &Path,
    key_path: &Path,
    now: Timestamp,
) -> Result<CertifiedKey, CertificateProblem> {
    let read = |path: &Path| {
        std::fs::read(path)
            .map_err(|error| CertificateProblem::File(path.to_owned(), error.to_string()))
    };
    usable(&read(cert_path)?, &read(key_path)?, now)
}

/// A chain and its key, both PEM, that may be served now.
///
/// # Errors
/// A key that does not fit, a certificate out of its time.
pub fn usable(
    cert_pem: &[u8],
    key_pem: &[u8],
    now: Timestamp,
) -> Result<CertifiedKey, CertificateProblem> {
    let certified = pair(cert_pem, key_pem)?;
    let leaf = certified
        .cert
        .first()
        .ok_or(CertificateProblem::NoCertificate)?;
    let leaf = parse(leaf)?;
    let starts = starts(&leaf)?;
    if now < starts {
        return Err(CertificateProblem::NotYet(starts));
    }
    let ends = ends(&leaf)?;
    if now >= ends {
        return Err(CertificateProblem::Ended(ends));
    }
    Ok(certified)
}

/// Names and life of a certificate, for people.
///
/// # Errors
/// When it cannot be read.
pub(super) fn shown(key: &CertifiedKey, source: Source) -> Result<Shown, CertificateProblem> {
    let leaf = key.cert.first().ok_or(CertificateProblem::NoCertificate)?;
    let leaf = parse(leaf)?;
    let names = leaf.subject_alternative_name().ok().flatten();
    let names = names.iter().flat_map(|found| &found.value.general_names);
    let names = names.filter_map(|name| {
        if let GeneralName::DNSName(host) = name {
            return Some((*host).to_owned());
        }
        let GeneralName::IPAddress(bytes) = name else {
            return None;
        };
        let v4 = <[u8; 4]>::try_from(*bytes).map(IpAddr::from);
        let v6 = || <[u8; 16]>::try_from(*bytes).map(IpAddr::from);
        v4.or_else(|_| v6()).ok().map(|ip| ip.to_string())
    });
    Ok(Shown {
        source,
        names: names.collect(),
        starts: starts(&leaf)?,
        ends: ends(&leaf)?,
    })
}

/// A certificate chain (the server's own certificate first) and its key, both PEM.
pub(super) fn pair(cert_pem: &[u8], key_pem: &[u8]) -> Result<CertifiedKey, CertificateProblem> {
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(cert_pem)
        .collect::<Result<_, _>>()
        .map_err(|_| CertificateProblem::NoCertificate)?;
    let leaf = chain.first().ok_or(CertificateProblem::NoCertificate)?;
    parse(leaf)?;
    let key = PrivateKeyDer::from_pem_slice(key_pem).map_err(|_| {
        let text = String::from_utf8_lossy(key_pem);
        if text.contains("ENCRYPTED") {
            CertificateProblem::LockedKey
        } else {
            CertificateProblem::NoKey
        }
    })?;
    let key =
        aws_lc_rs::sign::any_supported_type(&key).map_err(|_| CertificateProblem::UnknownKey)?;
    let certified = CertifiedKey::new(chain, key);
    certified
        .keys_match()
        .map_err(|_| CertificateProblem::OtherKey)?;
    Ok(certified)
}

pub(super) fn parse(der: &[u8]) -> Result<X509Certificate<'_>, CertificateProblem> {
    X509Certificate::from_der(der)
        .map(|(_, certificate)| certificate)
        .map_err(|_| CertificateProblem::NoCertificate)
}

fn starts(certificate: &X509Certificate<'_>) -> Result<Timestamp, CertificateProblem> {
    timestamp(certificate.validity().not_before.timestamp())
}

pub(super) fn ends(certificate: &X509Certificate<'_>) -> Result<Timestamp, CertificateProblem> {
    timestamp(certificate.validity().not_after.timestamp())
}

fn timestamp(seconds: i64) -> Result<Timestamp, CertificateProblem> {
    Timestamp::from_second(seconds).map_err(|_| CertificateProblem::NoCertificate)
}

#[cfg(test)]
mod tests {
    use super::super::authority::{Authority, KeptAuthority};
    use super::*;

    fn now() -> Timestamp {
        "2026-11-23T09:00:00Z".parse().unwrap()
    }

    fn kept() -> KeptAuthority {
        Authority::create("C", &["clinic.local".parse().unwrap()], now()).unwrap()
    }

    fn read(cert: &str, key: &str, at: Timestamp) -> Result<CertifiedKey, CertificateProblem> {
        let dir = tempfile::tempdir().unwrap();
        let (cert_path, key_path) = (dir.path().join("cert.pem"), dir.path().join("key.pem"));
        std::fs::write(&cert_path, cert).unwrap();
        std::fs::write(&key_path, key).unwrap();
        read_files(&cert_path, &key_path, at)
    }

    #[test]
    fn reads_an_operators_chain_and_key() {
        let kept = kept();
        let chain = format!("{}{}", kept.leaf_cert_pem, kept.ca_cert_pem);
        let certified = read(&chain, &kept.leaf_key_pem, now()).unwrap();
        assert_eq!(certified.cert.len(), 2);
    }

    #[test]
    fn each_name_gets_its_certificate() {
        let made = |name: &str| {
            let kept = Authority::create("C", &[name.parse().unwrap()], now()).unwrap();
            pair(kept.leaf_cert_pem.as_bytes(), kept.leaf_key_pem.as_bytes()).unwrap()
        };
        let live = Certificates::new(made("clinic.local"));
        live.choose(Some(made("clinic.example")));
        let first = |host: Option<&str>| hosts_of(&live.for_host(host)).remove(0);
        assert_eq!(first(Some("Clinic.Example")), "clinic.example");
        for other in [None, Some("clinic.local"), Some("www.clinic.example")] {
            assert_eq!(first(other), "clinic.local", "{other:?}");
        }
        live.choose(None);
        assert_eq!(first(Some("clinic.example")), "clinic.local");
    }

    #[test]
    fn a_star_is_one_label() {
        for (pattern, host, meant) in [
            ("*.clinic.example", "portal.clinic.example", true),
            ("*.clinic.example", "a.portal.clinic.example", false),
            ("*.clinic.example", "clinic.example", false),
            ("*.clinic.example", ".clinic.example", false),
            ("clinic.example", "CLINIC.example", true),
        ] {
            assert_eq!(fits(pattern, host), meant, "{pattern} {host}");
        }
    }

    #[test]
    fn says_what_is_wrong_with_the_files() {
        let other = kept();
        let kept = kept();
        let (cert, key) = (kept.leaf_cert_pem.as_str(), kept.leaf_key_pem.as_str());
        let locked =
            "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
        let later = now() + jiff::SignedDuration::from_hours(24 * 91);
        let earlier = now() - jiff::SignedDuration::from_hours(2);
        let said = |cert: &str, key: &str, at| read(cert, key, at).unwrap_err().to_string();
        assert_eq!(
            said("", key, now()),
            "There is no readable certificate in this file."
        );
        assert_eq!(
            said(cert, "", now()),
            "There is no readable private key in this file."
        );
        assert_eq!(
            said(cert, locked, now()),
            "The private key is locked with a password."
        );
        assert_eq!(
            said(cert, &other.leaf_key_pem, now()),
            "The private key does not fit the certificate."
        );
        assert_eq!(
            said(cert, key, later),
            "The certificate ended at 2027-02-21T09:00:00Z."
        );
        assert_eq!(
            said(cert, key, earlier),
            "The certificate is valid only from 2026-11-23T08:00:00Z."
        );
        let missing = Path::new("/nowhere/cert.pem");
        let problem = read_files(missing, missing, now()).unwrap_err();
        assert!(problem.to_string().contains("/nowhere/cert.pem"));
    }
}
