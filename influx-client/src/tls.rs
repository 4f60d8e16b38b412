//! Certificates: what the caller gave, taken out of its PEM text, and what to do when a handshake fails.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use crate::error::{Error, Result};
use crate::secret::Secret;

/// Whom to trust, and who the caller is.
#[derive(Clone, Default)]
pub(crate) struct Tls {
    /// Certificates of authorities, in DER.
    pub(crate) roots: Vec<Vec<u8>>,
    /// Whether the system's authorities are not trusted.
    pub(crate) only_roots: bool,
    /// The caller's private key and certificate, in PEM.
    pub(crate) identity: Option<Secret>,
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls")
            .field("roots", &self.roots.len())
            .field("only_roots", &self.only_roots)
            .field("identity", &self.identity)
            .finish()
    }
}

/// The certificates of a PEM text, one or more.
pub(crate) fn roots(pem: &[u8]) -> Result<Vec<Vec<u8>>> {
    Ok(certificates(pem, "root certificate")?.iter().map(|certificate| certificate.to_vec()).collect())
}

/// A certificate, with those that lead to its authority if there are such, and its private key: the key and all certificates
/// in PEM, without anything else that the texts hold.
pub(crate) fn identity(certificate: &[u8], key: &[u8]) -> Result<Secret> {
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

/// The way out of a failed handshake, by the texts of the TLS library: its types are not this crate's to name.
pub(crate) fn way_out(causes: &str) -> Option<&'static str> {
    const KNOWN: [(&[&str], &str); 6] = [
        (
            &["peer certificate: UnknownIssuer", "peer certificate: BadSignature"],
            "the server's certificate is signed by nobody who is trusted here; give the certificate of its authority, or \
             of the server itself, by .root_certificate(..)",
        ),
        (
            &["CaUsedAsEndEntity"],
            "the server's certificate is an authority's (CA:TRUE), which cannot be a server's own; let it sign another",
        ),
        (
            &["peer certificate: certificate not valid for name", "NotValidForName"],
            "the server's certificate is for another name; use the name that it is for in the URL",
        ),
        (&["invalid peer certificate"], "the server's certificate is not accepted"),
        (
            &[
                "alert: CertificateRequired",
                "alert: BadCertificate",
                "alert: UnsupportedCertificate",
                "alert: CertificateUnknown",
                "alert: CertificateExpired",
                "alert: CertificateRevoked",
                "alert: UnknownCA",
                "alert: DecryptError",
                "alert: AccessDenied",
            ],
            "the server does not accept this client's certificate, or its lack; give one by .client_certificate(..)",
        ),
        (
            &["InvalidContentType", "corrupt message", "handshake eof"],
            "the server does not speak TLS there; is it http:// instead of https://?",
        ),
    ];
    let fits = |texts: &[&str]| texts.iter().any(|text| causes.contains(text));
    KNOWN.iter().find(|(texts, _)| fits(texts)).map(|(_, way_out)| *way_out)
}
