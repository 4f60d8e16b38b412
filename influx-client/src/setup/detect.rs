//! Which generation a server is, by its answer to a ping.

use influx_core::Dialect;

use crate::client::Client;
use crate::error::{Error, Result};

/// Asks the server.
pub(super) async fn generation(client: &Client) -> Result<Dialect> {
    let pong = client.ping().await?;
    of_version(pong.version()).ok_or_else(|| {
        Error::config(format!(
            "the server says {}, which tells no generation of InfluxDB: give version (1 or 2) in the settings",
            pong.version().map_or("no version".to_owned(), |version| format!("version {version:?}"))
        ))
    })
}

fn of_version(version: Option<&str>) -> Option<Dialect> {
    match version?.split(['.', '-', '+']).next()? {
        "1" => Some(Dialect::V1),
        "2" => Some(Dialect::V2),
        "3" => Some(Dialect::V3),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        for (version, generation) in [
            ("1.6.7~rc0", Dialect::V1),
            ("1.12.4", Dialect::V1),
            ("2.9.1", Dialect::V2),
            ("2", Dialect::V2),
            ("3.6.0", Dialect::V3),
        ] {
            assert_eq!(of_version(Some(version)), Some(generation));
        }
        for version in [None, Some(""), Some("unknown"), Some("10.1"), Some("v")] {
            assert_eq!(of_version(version), None);
        }
    }
}
