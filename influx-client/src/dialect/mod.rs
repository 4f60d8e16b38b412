//! What differs between the server generations, one file each.

pub(crate) mod v1;

/// The text of an error answer, whichever shape the server gave it: `{"error": ..}`, `{"code": .., "message": ..}` or
/// plain text; `header` is `X-Influxdb-Error`, for bodies that were left out.
pub(crate) fn error_text(body: &[u8], header: Option<&str>) -> String {
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

#[cfg(test)]
mod tests {
    use super::error_text;

    #[test]
    fn all_shapes() {
        assert_eq!(error_text(b"{\"error\":\"a \\\"b\\\"\"}\n", None), "a \"b\"");
        assert_eq!(error_text(b"{\"code\":\"invalid\",\"message\":\"m\"}", Some("h")), "m");
        assert_eq!(error_text(b"404 page not found\n", None), "404 page not found");
        assert_eq!(error_text(b"", Some("from the header")), "from the header");
        assert_eq!(error_text(b"", None), "");
        assert_eq!(error_text(b"{\"error\":", None), "{\"error\":");
        assert_eq!(error_text(b"{\"errors\":[]}", Some("h")), "{\"errors\":[]}");
        assert_eq!(error_text(b"\xff", None), "\u{fffd}");
    }
}
