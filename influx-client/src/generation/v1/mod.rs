//! InfluxDB 1.x: parameters and spellings.

pub(crate) mod duration;
pub(crate) mod quote;
pub(crate) mod words;

use influx_core::Precision;

use crate::config::writes::WriteConfig;
use crate::error::{Error, Result};

/// The unit that lines are written in. 1.6 takes `us` for nanoseconds and 2.x takes `u` for them, so microseconds are
/// never sent.
pub(crate) fn wire_precision(precision: Precision) -> Precision {
    match precision {
        Precision::Us => Precision::Ns,
        other => other,
    }
}

/// The parameters of `/write`.
pub(crate) fn write_params(config: &WriteConfig) -> Result<Vec<(&'static str, String)>> {
    let Some(database) = &config.database else {
        return Err(Error::config(
            "no database is named: give one to the client (Client::v1(url).database(\"..\")) or to the write (.database(\"..\"))",
        ));
    };
    let mut params = vec![("db", database.clone())];
    if let Some(policy) = &config.retention_policy {
        params.push(("rp", policy.clone()));
    }
    params.push(("precision", wire_precision(config.precision).as_str().to_owned()));
    if let Some(consistency) = config.consistency {
        params.push(("consistency", consistency.as_str().to_owned()));
    }
    Ok(params)
}

/// The `epoch` of a query. The server knows microseconds as `u`; `us` would mean nanoseconds to it.
pub(crate) fn epoch(precision: Precision) -> &'static str {
    match precision {
        Precision::Us => "u",
        other => other.as_str(),
    }
}

/// A `v` in front of a version is left out: `v2.7.12` is `2.7.12`.
pub(crate) fn plain_version(version: &str) -> &str {
    match version.strip_prefix('v') {
        Some(rest) if rest.starts_with(|c: char| c.is_ascii_digit()) => rest,
        _ => version,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_and_units() {
        assert_eq!(plain_version("v2.7.12"), "2.7.12");
        assert_eq!(plain_version("1.6.7~rc0"), "1.6.7~rc0");
        assert_eq!(plain_version("vanilla"), "vanilla");
        assert_eq!(wire_precision(Precision::Us), Precision::Ns);
        assert_eq!(wire_precision(Precision::S), Precision::S);
        assert_eq!(
            [Precision::Ns, Precision::Us, Precision::Ms, Precision::S].map(epoch),
            ["ns", "u", "ms", "s"]
        );
    }
}
