//! Certificates of connections, and what to do when a handshake fails.

use std::fmt;

use crate::error::{Error, Result};
use crate::message::secret::Secret;

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

/// A client that trusts whom the caller trusts, and says who the caller is.
pub(super) fn with_certificates(
    builder: reqwest::ClientBuilder,
    tls: &Tls,
) -> Result<reqwest::ClientBuilder> {
    if tls.only_roots && tls.roots.is_empty() {
        return Err(Error::config(
            "neither the system's authorities nor any other are trusted: give one by .root_certificate(..)",
        ));
    }
    let unfit = |what: &str, error: reqwest::Error| {
        Error::config(format!("the {what} cannot be used")).with_source(error.without_url())
    };
    let roots = tls.roots.iter().map(|der| reqwest::Certificate::from_der(der));
    let roots: Vec<_> = roots.collect::<Result<_, _>>().map_err(|error| unfit("root certificate", error))?;
    let builder = match (tls.only_roots, roots.is_empty()) {
        (true, _) => builder.tls_certs_only(roots),
        (false, false) => builder.tls_certs_merge(roots),
        (false, true) => builder,
    };
    let Some(pem) = &tls.identity else { return Ok(builder) };
    let identity = reqwest::Identity::from_pem(pem.expose().as_bytes());
    Ok(builder.identity(identity.map_err(|error| unfit("client certificate", error))?))
}

/// The way out of a failed handshake, by the texts of the TLS library: its types are not this crate's to name.
pub(super) fn way_out(causes: &str) -> Option<&'static str> {
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
