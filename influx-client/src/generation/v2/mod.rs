//! InfluxDB 2.x and Cloud: where writes go, and what they need.

pub(crate) mod option;
pub(crate) mod predicate;
pub(crate) mod rules;
pub(crate) mod way_out;
pub(super) mod words;

use crate::config::writes::WriteConfig;
use crate::error::{Error, Result};

/// The parameters of `/api/v2/write`. An id is taken where a name is.
pub(super) fn write_params(config: &WriteConfig) -> Result<Vec<(&'static str, String)>> {
    let org = org(config.org.as_deref())?;
    let bucket = config.database.as_deref().ok_or_else(|| no_bucket("write"))?;
    Ok(vec![
        ("org", org.to_owned()),
        ("bucket", bucket.to_owned()),
        ("precision", config.precision.as_str().to_owned()),
    ])
}

/// The error of a request that needs a bucket.
pub(crate) fn no_bucket(request: &str) -> Error {
    Error::config(format!(
        "no bucket is named: give one to the client (Client::v2(url).bucket(\"..\")) or to the {request} (.bucket(\"..\"))"
    ))
}

/// The organization, which servers other than Cloud do not guess.
pub(crate) fn org(org: Option<&str>) -> Result<&str> {
    org.ok_or_else(no_org)
}

pub(crate) fn no_org() -> Error {
    Error::config(
        "no organization is named: give one to the client (Client::v2(url).org(\"..\")) or to the request (.org(\"..\"))",
    )
}
