//! The clinic's own certificate authority.
//!
//! A clinic without a public domain cannot get a public certificate, so the server makes an
//! authority that staff devices and kiosks trust once. Its certificate is name-constrained: it
//! can sign for local names and for the names given at set-up, and for nothing else, so trusting
//! it costs a device very little. A name outside needs a new authority and trusting it again.
//!
//! Everything here is a function of its inputs and of fresh key material; the caller brings the
//! time and keeps [`KeptAuthority`] in the store.

use std::collections::BTreeSet;
use std::fmt;
use std::net::IpAddr;
use std::time::{Duration, SystemTime};

use jiff::{SignedDuration, Timestamp};
use rcgen::string::Ia5String;
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    NameConstraints, PKCS_ECDSA_P256_SHA256, SanType,
};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::sign::CertifiedKey;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;

use super::name::{Name, Realm};
use super::tls::{self, CertificateProblem};

const DAY_H: i64 = 24;
/// Ten years, with the leap days.
const CA_LIFE: SignedDuration = SignedDuration::from_hours(3653 * DAY_H);
const LEAF_LIFE: SignedDuration = SignedDuration::from_hours(90 * DAY_H);
const RENEW_BELOW: SignedDuration = SignedDuration::from_hours(30 * DAY_H);
/// Devices in a clinic have clocks that are a little slow.
const CLOCK_SLACK: SignedDuration = SignedDuration::from_hours(1);
/// X.520 ends a common name at 64 characters; the rest is for the date and the product's name.
const CLINIC_NAME_CHARS: usize = 40;

/// The authority and its current server certificate, as the store keeps them.
///
/// It holds private keys: it belongs into the store and nowhere else. `Debug` leaves them out.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptAuthority {
    /// The authority's certificate, PEM. This part is public.
    pub ca_cert_pem: String,
    /// The authority's private key, PKCS#8 PEM.
    pub ca_key_pem: String,
    /// The server's certificate, PEM.
    pub leaf_cert_pem: String,
    /// The server's private key, PKCS#8 PEM.
    pub leaf_key_pem: String,
}

impl fmt::Debug for KeptAuthority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeptAuthority")
            .field("ca_cert_pem", &self.ca_cert_pem)
            .field("leaf_cert_pem", &self.leaf_cert_pem)
            .finish_non_exhaustive()
    }
}

/// An authority that has been read and checked, ready to answer questions and to sign.
#[derive(Debug, Clone)]
pub struct Authority {
    kept: KeptAuthority,
    ca_der: CertificateDer<'static>,
    realms: Vec<Realm>,
    ca_ends: Timestamp,
    leaf_ends: Timestamp,
    leaf_names: BTreeSet<Name>,
}

impl Authority {
    /// Makes a new authority for local names and `names`, and a server certificate for `names`.
    ///
    /// The authority lives ten years, the server certificate 90 days.
    ///
    /// # Errors
    /// [`CertificateProblem::NoNames`] without a name; `Making` when a key cannot be made.
    pub fn create(
        clinic_name: &str,
        names: &[Name],
        now: Timestamp,
    ) -> Result<KeptAuthority, CertificateProblem> {
        let ca_key =
            KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(|error| making(&error))?;
        let mut params = CertificateParams::default();
        set_life(&mut params, now, CA_LIFE)?;
        params.distinguished_name = authority_name(clinic_name, now);
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params.name_constraints = Some(NameConstraints {
            permitted_subtrees: realms_for(names).into_iter().filter_map(subtree).collect(),
            excluded_subtrees: Vec::new(),
        });
        let ca = params
            .self_signed(&ca_key)
            .map_err(|error| making(&error))?;
        let (leaf_cert_pem, leaf_key_pem) = issue(&Issuer::new(params, &ca_key), names, now)?;
        Ok(KeptAuthority {
            ca_cert_pem: ca.pem(),
            ca_key_pem: ca_key.serialize_pem(),
            leaf_cert_pem,
            leaf_key_pem,
        })
    }

    /// Reads what the store kept.
    ///
    /// # Errors
    /// When a certificate in it cannot be read.
    pub fn open(kept: KeptAuthority) -> Result<Self, CertificateProblem> {
        let ca_der = first_certificate(&kept.ca_cert_pem)?;
        let (realms, ca_ends) = {
            let ca = tls::parse(&ca_der)?;
            let constraints = ca
                .name_constraints()
                .map_err(|_| CertificateProblem::NoCertificate)?;
            let realms = constraints.map_or_else(Vec::new, |found| Realm::permitted(found.value));
            (realms, tls::ends(&ca)?)
        };
        let leaf_der = first_certificate(&kept.leaf_cert_pem)?;
        let leaf = tls::parse(&leaf_der)?;
        let (leaf_ends, leaf_names) = (tls::ends(&leaf)?, names_of(&leaf));
        Ok(Self {
            kept,
            ca_der,
            realms,
            ca_ends,
            leaf_ends,
            leaf_names,
        })
    }

    /// What the store should keep.
    pub fn kept(&self) -> &KeptAuthority {
        &self.kept
    }

    /// Whether a certificate for `name` would be honoured by a device that trusts this authority.
    pub fn covers(&self, name: &Name) -> bool {
        self.realms.iter().any(|realm| realm.holds(name))
    }

    /// Whether the server certificate should be re-issued: fewer than 30 days are left, or it
    /// does not carry exactly the `wanted` names.
    pub fn needs_renewal(&self, wanted: &[Name], now: Timestamp) -> bool {
        self.leaf_ends.duration_since(now) < RENEW_BELOW
            || self.leaf_names != wanted.iter().cloned().collect()
    }

    /// A new server certificate with a new key, for `names`; the authority stays the same.
    ///
    /// # Errors
    /// [`CertificateProblem::Outside`] when the authority does not cover a name.
    pub fn reissue(&self, names: &[Name], now: Timestamp) -> Result<Self, CertificateProblem> {
        if let Some(outside) = names.iter().find(|name| !self.covers(name)) {
            return Err(CertificateProblem::Outside(outside.clone()));
        }
        let key =
            KeyPair::from_pem(&self.kept.ca_key_pem).map_err(|_| CertificateProblem::NoKey)?;
        let issuer =
            Issuer::from_ca_cert_der(&self.ca_der, &key).map_err(|error| making(&error))?;
        let (leaf_cert_pem, leaf_key_pem) = issue(&issuer, names, now)?;
        Self::open(KeptAuthority {
            leaf_cert_pem,
            leaf_key_pem,
            ..self.kept.clone()
        })
    }

    /// The server certificate in the form that [`tls::Certificates`] serves.
    ///
    /// # Errors
    /// When the kept key does not fit the kept certificate.
    pub fn certified_key(&self) -> Result<CertifiedKey, CertificateProblem> {
        tls::pair(
            self.kept.leaf_cert_pem.as_bytes(),
            self.kept.leaf_key_pem.as_bytes(),
        )
    }

    /// SHA-256 of the authority's certificate as `AA:BB:…`, for comparing by eye.
    pub fn fingerprint(&self) -> String {
        let digest = Sha256::digest(&self.ca_der);
        let pairs: Vec<String> = digest.iter().map(|byte| format!("{byte:02X}")).collect();
        pairs.join(":")
    }

    /// The authority's certificate in DER, as phones and browsers import it.
    pub fn ca_der(&self) -> &[u8] {
        &self.ca_der
    }

    /// When devices stop trusting the authority itself.
    pub fn ca_ends(&self) -> Timestamp {
        self.ca_ends
    }

    /// When the server certificate ends.
    pub fn leaf_ends(&self) -> Timestamp {
        self.leaf_ends
    }

    /// The names in the server certificate.
    pub fn leaf_names(&self) -> &BTreeSet<Name> {
        &self.leaf_names
    }
}

fn making(error: &rcgen::Error) -> CertificateProblem {
    CertificateProblem::Making(error.to_string())
}

fn first_certificate(pem: &str) -> Result<CertificateDer<'static>, CertificateProblem> {
    CertificateDer::from_pem_slice(pem.as_bytes()).map_err(|_| CertificateProblem::NoCertificate)
}

/// Two authorities of one clinic must not share a name: a device tells issuers apart by it. The
/// day does that, and tells people which of two entries in a trust list is the newer one.
fn authority_name(clinic_name: &str, now: Timestamp) -> DistinguishedName {
    let clinic: String = clinic_name.chars().take(CLINIC_NAME_CHARS).collect();
    let day = now.strftime("%Y-%m-%d");
    let mut name = DistinguishedName::new();
    name.push(DnType::OrganizationName, clinic.clone());
    name.push(DnType::CommonName, format!("{clinic} (Anteroom {day})"));
    name
}

fn issue(
    issuer: &Issuer<'_, &KeyPair>,
    names: &[Name],
    now: Timestamp,
) -> Result<(String, String), CertificateProblem> {
    if names.is_empty() {
        return Err(CertificateProblem::NoNames);
    }
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(|error| making(&error))?;
    let mut params = CertificateParams::default();
    set_life(&mut params, now, LEAF_LIFE)?;
    // A space keeps OpenSSL from reading the common name as a host outside the constraints.
    params.distinguished_name = DistinguishedName::new();
    params
        .distinguished_name
        .push(DnType::CommonName, "Anteroom server");
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    let unique: BTreeSet<&Name> = names.iter().collect();
    params.subject_alt_names = unique
        .into_iter()
        .map(|name| match name {
            Name::Host(host) => Ia5String::try_from(host.as_str())
                .map(SanType::DnsName)
                .map_err(|error| making(&error)),
            Name::Address(address) => Ok(SanType::IpAddress(*address)),
        })
        .collect::<Result<_, _>>()?;
    let leaf = params
        .signed_by(&key, issuer)
        .map_err(|error| making(&error))?;
    Ok((leaf.pem(), key.serialize_pem()))
}

fn set_life(
    params: &mut CertificateParams,
    now: Timestamp,
    life: SignedDuration,
) -> Result<(), CertificateProblem> {
    let out_of_range = |error: jiff::Error| CertificateProblem::Making(error.to_string());
    let starts = now.checked_sub(CLOCK_SLACK).map_err(out_of_range)?;
    let ends = now.checked_add(life).map_err(out_of_range)?;
    let since_1970 = |time: Timestamp| {
        SystemTime::from(time)
            .duration_since(SystemTime::UNIX_EPOCH)
            .map(|gap| Duration::from_secs(gap.as_secs()))
            .map_err(|error| CertificateProblem::Making(error.to_string()))
    };
    let epoch = rcgen::date_time_ymd(1970, 1, 1);
    params.not_before = epoch + since_1970(starts)?;
    params.not_after = epoch + since_1970(ends)?;
    Ok(())
}

fn realms_for(names: &[Name]) -> Vec<Realm> {
    let mut realms = Realm::local();
    for name in names {
        if !realms.iter().any(|realm| realm.holds(name)) {
            realms.push(Realm::of(name));
        }
    }
    realms
}

fn subtree(realm: Realm) -> Option<GeneralSubtree> {
    match realm {
        Realm::Below(host) => Some(GeneralSubtree::DnsName(host)),
        Realm::Subnet { base, mask } => {
            let v4 = base
                .as_slice()
                .try_into()
                .ok()
                .zip(mask.as_slice().try_into().ok());
            let v6 = base
                .as_slice()
                .try_into()
                .ok()
                .zip(mask.as_slice().try_into().ok());
            v4.map(|(base, mask)| CidrSubnet::V4(base, mask))
                .or_else(|| v6.map(|(base, mask)| CidrSubnet::V6(base, mask)))
                .map(GeneralSubtree::IpAddress)
        }
    }
}

fn names_of(certificate: &X509Certificate<'_>) -> BTreeSet<Name> {
    let Ok(Some(alternatives)) = certificate.subject_alternative_name() else {
        return BTreeSet::new();
    };
    let general = alternatives.value.general_names.iter();
    general
        .filter_map(|name| {
            if let GeneralName::DNSName(host) = name {
                return Some(Name::Host((*host).to_owned()));
            }
            let GeneralName::IPAddress(bytes) = name else {
                return None;
            };
            let v4 = <[u8; 4]>::try_from(*bytes).map(IpAddr::from);
            v4.or_else(|_| <[u8; 16]>::try_from(*bytes).map(IpAddr::from))
                .ok()
                .map(Name::Address)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rustls::RootCertStore;
    use rustls::client::WebPkiServerVerifier;
    use rustls::client::danger::ServerCertVerifier;
    use rustls::crypto::aws_lc_rs::default_provider;
    use rustls::pki_types::{ServerName, UnixTime};

    use super::*;

    fn now() -> Timestamp {
        "2026-11-23T09:00:00Z".parse().unwrap()
    }

    fn days(count: i64) -> SignedDuration {
        SignedDuration::from_hours(24 * count)
    }

    fn names(texts: &[&str]) -> Vec<Name> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    fn authority(texts: &[&str]) -> Authority {
        Authority::open(Authority::create("Riverside Clinic", &names(texts), now()).unwrap())
            .unwrap()
    }

    /// Whether a device that trusts only this authority accepts `leaf_pem` for `host`.
    fn trusts(authority: &Authority, leaf_pem: &str, host: &str) -> bool {
        let mut roots = RootCertStore::empty();
        roots.add(authority.ca_der.clone()).unwrap();
        let verifier =
            WebPkiServerVerifier::builder_with_provider(roots.into(), Arc::new(default_provider()))
                .build()
                .unwrap();
        let seconds = u64::try_from(now().as_second()).unwrap();
        verifier
            .verify_server_cert(
                &first_certificate(leaf_pem).unwrap(),
                &[],
                &ServerName::try_from(host.to_owned()).unwrap(),
                &[],
                UnixTime::since_unix_epoch(Duration::from_secs(seconds)),
            )
            .is_ok()
    }

    #[test]
    fn the_authority_is_narrow() {
        let authority = authority(&["clinic.example", "203.0.113.7"]);
        let ca = tls::parse(&authority.ca_der).unwrap();
        let basic = ca.basic_constraints().unwrap().unwrap();
        assert!(basic.critical && basic.value.ca);
        assert_eq!(basic.value.path_len_constraint, Some(0));
        assert!(ca.name_constraints().unwrap().unwrap().critical);
        let usage = ca.key_usage().unwrap().unwrap().value;
        assert!(usage.key_cert_sign() && !usage.digital_signature());
        let point = ca.public_key().parsed().unwrap().key_size();
        assert_eq!(point, 256);
        assert_eq!(authority.ca_ends.duration_since(now()), days(3653));

        let mut expected = Realm::local();
        expected.push(Realm::Below("clinic.example".to_owned()));
        expected.push(Realm::of(&"203.0.113.7".parse().unwrap()));
        assert_eq!(authority.realms, expected);
        for (text, covered) in [
            ("box.local", true),
            ("portal.clinic.example", true),
            ("203.0.113.7", true),
            ("203.0.113.8", false),
            ("bank.example", false),
        ] {
            assert_eq!(authority.covers(&text.parse().unwrap()), covered, "{text}");
        }
    }

    #[test]
    fn the_server_certificate_is_for_90_days_and_these_names() {
        let wanted = names(&["localhost", "clinic.local", "127.0.0.1", "fd00::5"]);
        let authority = authority(&["localhost", "clinic.local", "127.0.0.1", "fd00::5"]);
        assert_eq!(authority.leaf_names, wanted.into_iter().collect());
        assert_eq!(authority.leaf_ends.duration_since(now()), days(90));
        let der = first_certificate(&authority.kept.leaf_cert_pem).unwrap();
        let leaf = tls::parse(&der).unwrap();
        let usage = leaf.extended_key_usage().unwrap().unwrap().value;
        assert!(usage.server_auth && !usage.client_auth && !usage.any);
        assert!(!leaf.is_ca());
        for host in ["localhost", "clinic.local", "127.0.0.1", "fd00::5"] {
            assert!(
                trusts(&authority, &authority.kept.leaf_cert_pem, host),
                "{host}"
            );
        }
        assert!(!trusts(
            &authority,
            &authority.kept.leaf_cert_pem,
            "other.local"
        ));
    }

    #[test]
    fn a_stolen_authority_cannot_stand_in_for_other_sites() {
        let authority = authority(&["clinic.local"]);
        let key = KeyPair::from_pem(&authority.kept.ca_key_pem).unwrap();
        let thief = Issuer::from_ca_cert_der(&authority.ca_der, &key).unwrap();
        let (inside, _) = issue(&thief, &names(&["other.local"]), now()).unwrap();
        assert!(trusts(&authority, &inside, "other.local"));
        for outside in ["bank.example", "8.8.8.8"] {
            let (leaf, _) = issue(&thief, &names(&[outside]), now()).unwrap();
            assert!(!trusts(&authority, &leaf, outside), "{outside}");
        }
    }

    #[test]
    fn renewal_follows_time_and_names() {
        let wanted = names(&["clinic.local", "192.168.1.5"]);
        let authority = authority(&["192.168.1.5", "clinic.local"]);
        assert!(!authority.needs_renewal(&wanted, now() + days(60)));
        assert!(authority.needs_renewal(&wanted, now() + days(61)));
        let moved = names(&["clinic.local", "192.168.1.9"]);
        assert!(authority.needs_renewal(&moved, now()));

        let renewed = authority.reissue(&moved, now() + days(61)).unwrap();
        assert_eq!(renewed.fingerprint(), authority.fingerprint());
        assert!(!renewed.needs_renewal(&moved, now() + days(61)));
        assert_ne!(renewed.kept.leaf_key_pem, authority.kept.leaf_key_pem);
        let again = authority.reissue(&moved, now()).unwrap();
        assert!(trusts(&authority, &again.kept.leaf_cert_pem, "192.168.1.9"));
        renewed.certified_key().unwrap();
    }

    #[test]
    fn names_outside_need_a_new_authority() {
        let authority = authority(&["clinic.local"]);
        let refused = authority.reissue(&names(&["clinic.example"]), now());
        assert_eq!(
            refused.unwrap_err().to_string(),
            "This clinic's certificate authority does not cover clinic.example."
        );
        assert_eq!(
            Authority::create("C", &[], now()).unwrap_err(),
            CertificateProblem::NoNames
        );
    }

    #[test]
    fn prints_its_fingerprint_and_not_its_keys() {
        let authority = authority(&["clinic.local"]);
        let print = authority.fingerprint();
        assert_eq!(print.len(), 32 * 3 - 1);
        assert!(
            print
                .split(':')
                .all(|pair| u8::from_str_radix(pair, 16).is_ok())
        );
        assert!(!format!("{authority:?}").contains("PRIVATE"));
        assert!(authority.kept.ca_key_pem.contains("PRIVATE"));
    }
}
