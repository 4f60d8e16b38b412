//! Settings: certificates.

use crate::config::common::ClientBuilder;
use crate::config::pem;

/// Certificates of `https://` connections.
impl<G> ClientBuilder<G> {
    /// The certificate of an authority to be trusted beside the system's, in PEM: for servers whose certificates are signed
    /// by themselves or by an authority of one's own. Several in one text, or by several calls, are all trusted.
    ///
    /// ```no_run
    /// # fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// let authority = std::fs::read("/etc/ssl/own-ca.pem")?;
    /// let client = influx_client::Client::v1("https://db.example.com:8086").root_certificate(authority).build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn root_certificate(mut self, pem: impl AsRef<[u8]>) -> Self {
        let roots = self.writes.problem.keep(pem::roots(pem.as_ref()));
        self.tls.roots.extend(roots);
        self
    }

    /// Whether the system's authorities are trusted beside those of
    /// [`root_certificate`](ClientBuilder::root_certificate); default `true`.
    ///
    /// ```
    /// use influx_client::Client;
    /// // Nobody would be trusted.
    /// assert!(Client::v1("https://localhost:8086").system_roots(false).build().unwrap_err().is_config());
    /// ```
    pub fn system_roots(mut self, trusted: bool) -> Self {
        self.tls.only_roots = !trusted;
        self
    }

    /// The certificate that says who this client is, for servers and proxies that ask for one (mutual TLS): the certificate,
    /// followed by those that lead to its authority if there are such, and its private key, both in PEM.
    ///
    /// ```no_run
    /// # fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// let (certificate, key) = (std::fs::read("client.pem")?, std::fs::read("client.key")?);
    /// let client = influx_client::Client::v1("https://db.example.com").client_certificate(certificate, key).build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn client_certificate(mut self, certificate: impl AsRef<[u8]>, key: impl AsRef<[u8]>) -> Self {
        let identity = pem::identity(certificate.as_ref(), key.as_ref()).map(Some);
        self.tls.identity = self.writes.problem.keep(identity);
        self
    }
}
