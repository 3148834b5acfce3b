//! Answers for a public authority that looks whether a name is ours.
//!
//! It asks for a file over plain HTTP (HTTP-01), or shakes hands in a protocol of its own over TLS
//! (TLS-ALPN-01). Both are answered on the listeners that serve the clinic, and only while an order
//! waits for it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use rcgen::{
    CertificateParams, CustomExtension, DistinguishedName, KeyPair, PKCS_ECDSA_P256_SHA256,
};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::sign::CertifiedKey;

use super::tls::CertificateProblem;

/// The protocol in which an authority shakes hands to see a certificate that only we could make.
pub(super) const ALPN: &[u8] = b"acme-tls/1";
/// Where an authority looks for a file.
const FOLDER: &str = "/.well-known/acme-challenge/";

/// What is answered at the moment. All listeners share it.
#[derive(Default)]
pub struct Challenges {
    /// The content of each file, by its name.
    files: Mutex<BTreeMap<String, String>>,
    /// The certificate for each host.
    certificates: Mutex<BTreeMap<String, Arc<CertifiedKey>>>,
}

impl fmt::Debug for Challenges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Challenges").finish_non_exhaustive()
    }
}

impl Challenges {
    /// The file that an authority asks for at `path`, if an order waits for it.
    pub fn file(&self, path: &str) -> Option<Bytes> {
        let token = path.strip_prefix(FOLDER)?;
        let files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.get(token).map(|text| Bytes::from(text.clone()))
    }

    /// Answers for a file until the next [`Challenges::clear`].
    pub(super) fn show_file(&self, token: &str, text: &str) {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.insert(token.to_owned(), text.to_owned());
    }

    /// The certificate for an authority that shakes hands and names `host`.
    pub(super) fn certificate(&self, host: &str) -> Option<Arc<CertifiedKey>> {
        let all = &self.certificates;
        let all = all.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(host).cloned()
    }

    /// Answers for a host until the next [`Challenges::clear`]; `digest` is the SHA-256 of the key
    /// authorization.
    ///
    /// # Errors
    /// When a key or the certificate cannot be made.
    pub(super) fn show_certificate(
        &self,
        host: &str,
        digest: &[u8; 32],
    ) -> Result<(), CertificateProblem> {
        let making = |error: rcgen::Error| CertificateProblem::Making(error.to_string());
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(making)?;
        let mut params = CertificateParams::new([host.to_owned()]).map_err(making)?;
        params.distinguished_name = DistinguishedName::new();
        params.custom_extensions = vec![CustomExtension::new_acme_identifier(digest)];
        let certificate = params.self_signed(&key).map_err(making)?;
        // Not through the usual check: the critical extension is unknown to it, as it should be.
        let der = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let signing = aws_lc_rs::sign::any_supported_type(&der)
            .map_err(|_| CertificateProblem::UnknownKey)?;
        let pair = CertifiedKey::new(vec![certificate.der().clone()], signing);
        let all = &self.certificates;
        let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(host.to_owned(), Arc::new(pair));
        Ok(())
    }

    /// Nothing is answered any more.
    pub(super) fn clear(&self) {
        let files = &self.files;
        files.lock().unwrap_or_else(PoisonError::into_inner).clear();
        let all = &self.certificates;
        all.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

#[cfg(test)]
mod tests {
    use super::super::tls;
    use super::*;

    #[test]
    fn answers_only_what_waits() {
        let challenges = Challenges::default();
        let path = "/.well-known/acme-challenge/abc";
        assert_eq!(challenges.file(path), None);
        challenges.show_file("abc", "abc.thumb");
        challenges
            .show_certificate("clinic.example", &[7; 32])
            .unwrap();
        assert_eq!(challenges.file(path).unwrap(), "abc.thumb");
        for other in [
            "/abc",
            "/.well-known/acme-challenge/",
            "/.well-known/acme-challenge/ab",
        ] {
            assert_eq!(challenges.file(other), None, "{other}");
        }
        let shown = challenges.certificate("clinic.example").unwrap();
        let leaf = tls::parse(shown.cert.first().unwrap()).unwrap();
        let oid = x509_parser::oid_registry::asn1_rs::oid!(1.3.6.1.5.5.7.1.31);
        let extension = leaf.get_extension_unique(&oid).unwrap().unwrap();
        // An octet string in DER: its tag, its length, the digest.
        assert_eq!(extension.value, [&[4, 32][..], &[7; 32]].concat());
        assert!(extension.critical);
        assert!(challenges.certificate("other.example").is_none());
        challenges.clear();
        assert_eq!(challenges.file(path), None);
        assert!(challenges.certificate("clinic.example").is_none());
    }
}
