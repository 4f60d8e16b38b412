//! Settings: the way to the server.

use crate::config::common::ClientBuilder;
use crate::http::proxy::ProxyChoice;

/// Proxies. By default those of the environment (`HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY`, but for the servers of `NO_PROXY`); a server on
/// this machine is reached straight. Errors name the proxy that a request went through.
impl<G> ClientBuilder<G> {
    /// Goes through this proxy, `http://` or `https://`, whatever the environment says and wherever the server is. User and password may stand
    /// in the URL.
    ///
    /// ```
    /// use influx_client::Client;
    /// let client = Client::v1("http://db.example.com:8086").proxy("http://me:secret@proxy.example.com:3128").build()?;
    /// assert!(!format!("{client:?}").contains("secret"));
    /// # Ok::<(), influx_client::Error>(())
    /// ```
    pub fn proxy(mut self, url: impl AsRef<str>) -> Self {
        self.proxy = self.writes.problem.keep(ProxyChoice::given(url.as_ref()));
        self
    }

    /// Goes straight to the server, whatever proxy the environment names.
    ///
    /// ```
    /// use influx_client::Client;
    /// let client = Client::v1("http://db.example.com:8086").no_proxy().build()?;
    /// # Ok::<(), influx_client::Error>(())
    /// ```
    pub fn no_proxy(mut self) -> Self {
        self.proxy = ProxyChoice::Direct;
        self
    }
}
