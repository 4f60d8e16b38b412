//! InfluxDB 2.x and Cloud: where writes go, and what they need.

pub(super) mod way_out;
pub(super) mod words;

use crate::config::writes::WriteConfig;
use crate::error::{Error, Result};

/// The parameters of `/api/v2/write`. An id is taken where a name is.
pub(super) fn write_params(config: &WriteConfig) -> Result<Vec<(&'static str, String)>> {
    let org = org(config.org.as_deref())?;
    let Some(bucket) = &config.database else {
        return Err(Error::config(
            "no bucket is named: give one to the client (Client::v2(url).bucket(\"..\")) or to the write (.bucket(\"..\"))",
        ));
    };
    Ok(vec![
        ("org", org.to_owned()),
        ("bucket", bucket.clone()),
        ("precision", config.precision.as_str().to_owned()),
    ])
}

/// The organization, which servers other than Cloud do not guess.
pub(crate) fn org(org: Option<&str>) -> Result<&str> {
    org.ok_or_else(|| {
        Error::config(
            "no organization is named: give one to the client (Client::v2(url).org(\"..\")) or to the request (.org(\"..\"))",
        )
    })
}
