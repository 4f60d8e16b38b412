//! Writing: points and lines into bodies, bodies to the server, and what its answers say of the points.

pub(crate) mod body;
mod gzip;
pub(crate) mod lines;
pub(crate) mod points;
pub(crate) mod raw;
mod refusal;
pub(crate) mod request;
pub(crate) mod rules;
pub(crate) mod send;
mod stamp;
pub(crate) mod verdict;
pub(crate) mod written;
