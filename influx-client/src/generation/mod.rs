//! What differs between the server generations, one file each.

pub(crate) mod v1;

use influx_core::decode::Scratch;
use influx_core::decode::influxql::{Format, Options, iterpoints_with};

/// The text of an error answer, whichever shape the server gave it: `{"error": ..}`, `{"code": .., "message": ..}`, that in
/// msgpack, or plain text; `header` is `X-Influxdb-Error`, for bodies that were left out.
pub(crate) fn error_text(body: &[u8], format: Format, header: Option<&str>) -> String {
    if format == Format::Msgpack {
        let mut scratch = Scratch::new();
        let mut rows = iterpoints_with::<()>(body, &mut scratch, Options::new().format(format));
        let error = rows.find_map(Result::err);
        let message = error.as_ref().and_then(|error| error.server_message());
        return message.or(header).unwrap_or_default().to_owned();
    }
    let text = String::from_utf8_lossy(body);
    let text = text.trim();
    if let Ok(serde_json::Value::Object(map)) = serde_json::from_str(text) {
        for key in ["error", "message"] {
            if let Some(serde_json::Value::String(message)) = map.get(key) {
                return message.clone();
            }
        }
    }
    if text.is_empty() { header.unwrap_or_default().to_owned() } else { text.to_owned() }
}

/// Whether an answer is the database's own, by a header that nobody between it and the client sends. 3.10 has `cluster-uuid` on all
/// answers and the others on those to `/ping` alone.
pub(crate) fn is_databases_own<'h>(header: impl Fn(&str) -> Option<&'h str>) -> bool {
    ["x-influxdb-version", "x-influxdb-build", "cluster-uuid"].iter().any(|name| header(name).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_databases_own_answers() {
        let has = |name: &'static str| is_databases_own(|wanted| (wanted == name).then_some("x"));
        assert!(has("x-influxdb-version") && has("x-influxdb-build") && has("cluster-uuid"));
        assert!(!has("server") && !has("x-influxdb-error") && !is_databases_own(|_| None));
    }

    #[test]
    fn all_shapes() {
        assert_eq!(error_text(b"{\"error\":\"a \\\"b\\\"\"}\n", Format::Json, None), "a \"b\"");
        assert_eq!(error_text(b"{\"code\":\"invalid\",\"message\":\"m\"}", Format::Json, Some("h")), "m");
        assert_eq!(error_text(b"404 page not found\n", Format::Json, None), "404 page not found");
        assert_eq!(error_text(b"", Format::Json, Some("from the header")), "from the header");
        assert_eq!(error_text(b"", Format::Json, None), "");
        assert_eq!(error_text(b"{\"error\":", Format::Json, None), "{\"error\":");
        assert_eq!(error_text(b"{\"errors\":[]}", Format::Json, Some("h")), "{\"errors\":[]}");
        assert_eq!(error_text(b"\xff", Format::Json, None), "\u{fffd}");
        assert_eq!(error_text(b"\x81\xa5error\xa3why", Format::Msgpack, None), "why");
        assert_eq!(error_text(b"\x81", Format::Msgpack, Some("from the header")), "from the header");
    }
}
