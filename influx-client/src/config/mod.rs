//! Settings: of a client, and of the writes that can have their own.

mod auth;
pub(crate) mod common;
mod pem;
mod proxy;
pub(crate) mod session;
pub(crate) mod setters;
pub(crate) mod times;
mod tls;
pub(crate) mod v1;
pub(crate) mod v2;
pub(crate) mod writes;
