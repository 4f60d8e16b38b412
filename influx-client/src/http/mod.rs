//! The transport: requests to a server and its answers, whatever they are about. The only folder that names the HTTP library.

pub(crate) mod answer;
pub(crate) mod auth;
mod coding;
mod cookie;
pub(crate) mod endpoint;
mod inflate;
mod jwt;
pub(crate) mod proxy;
pub(crate) mod request;
pub(crate) mod response;
mod retry_after;
pub(crate) mod runtime;
#[cfg(test)]
pub(crate) mod scripted;
mod signin;
pub(crate) mod tls;
pub(crate) mod transport;
