//! Certificates as the caller gives them: PEM texts.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use crate::error::{Error, Result};
use crate::message::secret::Secret;

/// The certificates of a PEM text, one or more.
pub(super) fn roots(pem: &[u8]) -> Result<Vec<Vec<u8>>> {
    Ok(certificates(pem, "root certificate")?.iter().map(|certificate| certificate.to_vec()).collect())
}

/// A certificate, with those that lead to its authority if there are such, and its private key: the key and all certificates
/// in PEM, without anything else that the texts hold.
pub(super) fn identity(certificate: &[u8], key: &[u8]) -> Result<Secret> {
    let certificates = certificates(certificate, "client certificate")?;
    let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| {
        Error::config(
            "the client certificate's key holds no private key in PEM: give the text that begins with \
             -----BEGIN PRIVATE KEY----- (not encrypted)",
        )
    })?;
    let kind = match &key {
        PrivateKeyDer::Pkcs1(_) => "RSA PRIVATE KEY",
        PrivateKeyDer::Sec1(_) => "EC PRIVATE KEY",
        _ => "PRIVATE KEY",
    };
    let certificates = certificates.iter().map(|certificate| pem("CERTIFICATE", certificate));
    let all: String = std::iter::once(pem(kind, key.secret_der())).chain(certificates).collect();
    Ok(Secret::new(all))
}

fn pem(kind: &str, der: &[u8]) -> String {
    format!("-----BEGIN {kind}-----\n{}\n-----END {kind}-----\n", STANDARD.encode(der))
}

fn certificates(pem: &[u8], what: &str) -> Result<Vec<CertificateDer<'static>>> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    found.ok().filter(|found| !found.is_empty()).ok_or_else(|| not_pem(what))
}

fn not_pem(what: &str) -> Error {
    Error::config(format!(
        "the {what} holds no certificate in PEM: give the bytes of a file that begins with -----BEGIN CERTIFICATE-----"
    ))
}
