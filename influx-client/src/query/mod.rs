//! Queries: text, values and options become a request; the verbs that run it, and its answer as it arrives.

pub(crate) mod batches;
pub(crate) mod bind;
mod explain;
pub(crate) mod influxql;
mod request;
pub(crate) mod statement;
pub(crate) mod stream;
mod verbs;
