//! An answer as data: its head, as far as it decides anything, and the begin of its body.

use std::borrow::Cow;
use std::time::Duration;

use influx_core::decode::Scratch;
use influx_core::decode::influxql::{Format, Options, iterpoints_with};
use serde_json::Value;

use crate::error::Error;

/// What this client says of a success that InfluxDB would not answer so.
pub(crate) const NOT_INFLUXDB: &str =
    "success, but with a document that is not InfluxDB's: does the URL lead there?";

/// Whether an answer is the database's own, by a header that nobody between it and the client sends. 3.10 has `cluster-uuid` on all
/// answers and the version and build on those to `/ping` alone; errors of 1.x and 2.x have headers of their own.
pub(crate) fn is_databases_own<'h>(header: impl Fn(&str) -> Option<&'h str>) -> bool {
    ["x-influxdb-version", "x-influxdb-build", "cluster-uuid", "x-influxdb-error", "x-platform-error-code"]
        .iter()
        .any(|name| header(name).is_some())
}

/// What came back for a request, read to its end or to a limit.
#[derive(Debug, Clone, Default)]
pub(crate) struct Answer {
    /// The request without credentials and parameters, for messages.
    pub(crate) request: String,
    pub(crate) status: u16,
    pub(crate) content_type: Option<String>,
    /// `X-Influxdb-Error`: the first 1,024 bytes of the message, its line feeds as spaces.
    pub(crate) error_header: Option<String>,
    /// One of the headers that InfluxDB puts on its answers: it is not a proxy that speaks.
    pub(crate) signed: bool,
    pub(crate) retry_after: Option<Duration>,
    /// Where a redirect points to, without credentials and parameters.
    pub(crate) location: Option<String>,
    pub(crate) body: Vec<u8>,
    /// The body ended as HTTP wants it, before any limit.
    pub(crate) whole: bool,
}

/// What a body is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Document<'a> {
    /// Nothing, or white space.
    Blank,
    /// `{"error": text}` of 1.x and 3.x; in 3.x perhaps with `data` about lines, which may be `null`.
    Error { text: Cow<'a, str>, data: Option<Value> },
    /// `{"code": .., "message": text}` of 2.x, Cloud and the 2.x endpoint of 3.x; Cloud may add `line`.
    Code { code: String, text: String, line: Option<u64> },
    /// No text of the body can be told, but the header has the begin of one.
    Header(&'a str),
    /// Anything else: plain text, a page, other JSON, bytes.
    Other(Cow<'a, str>),
}

impl Document<'_> {
    /// The text to show; empty when there is none.
    pub(crate) fn text(&self) -> &str {
        match self {
            Document::Blank => "",
            Document::Error { text, .. } | Document::Other(text) => text,
            Document::Code { text, .. } => text,
            Document::Header(text) => text,
        }
    }
}

impl Answer {
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Whether the body says nothing: how writes are answered with success. Proxies make 200 and blanks of 204.
    pub(crate) fn is_blank(&self) -> bool {
        self.whole && self.body.trim_ascii().is_empty()
    }

    /// Whether the database itself speaks, and not a proxy before it: by its headers, or by the shape of its errors.
    pub(crate) fn is_own(&self) -> bool {
        self.signed || matches!(self.document(), Document::Error { .. } | Document::Code { .. })
    }

    /// The version in a body such as `{"version":"3.6.0", ..}`.
    pub(crate) fn version(&self) -> Option<String> {
        let body: Value = serde_json::from_slice(&self.body).ok()?;
        Some(body.get("version")?.as_str()?.to_owned())
    }

    /// How the body is written.
    fn format(&self) -> Format {
        self.content_type.as_deref().map_or(Format::Json, Format::of_content_type)
    }

    /// The body taken apart, whichever shape the server gave it.
    pub(crate) fn document(&self) -> Document<'_> {
        let header = || self.error_header.as_deref().filter(|text| !text.trim().is_empty());
        if self.format() == Format::Msgpack {
            let text =
                msgpack_error(&self.body).map(|text| Document::Error { text: text.into(), data: None });
            return text.or_else(|| header().map(Document::Header)).unwrap_or(Document::Blank);
        }
        // one endpoint of 2.x sends two documents: only the first is looked at
        let first = serde_json::Deserializer::from_slice(&self.body).into_iter::<Value>().next();
        if let Some(Ok(Value::Object(mut map))) = first {
            let text = |value: Option<Value>| match value {
                Some(Value::String(text)) => Some(text),
                _ => None,
            };
            if let Some(error) = text(map.remove("error")) {
                return Document::Error { text: error.into(), data: map.remove("data") };
            }
            if let Some(message) = text(map.remove("message")) {
                let code = text(map.remove("code")).unwrap_or_default();
                let line = map.get("line").and_then(Value::as_u64);
                return Document::Code { code, text: message, line };
            }
        }
        if let Some(text) = header() {
            return Document::Header(text);
        }
        match String::from_utf8_lossy(self.body.trim_ascii()) {
            text if text.is_empty() => Document::Blank,
            text => Document::Other(text),
        }
    }

    /// The error that this answer stands for.
    pub(crate) fn error(&self) -> Error {
        let message = match &self.location {
            Some(to) if (300..400).contains(&self.status) => {
                format!("redirected to {to}: give that address to the client")
            }
            _ => self.document().text().to_owned(),
        };
        let error = Error::status_answer(self.status, message).with_retry_after(self.retry_after);
        if self.request.is_empty() { error } else { error.at(&*self.request) }
    }
}

/// The text of an error in the msgpack of InfluxDB 1.x.
fn msgpack_error(body: &[u8]) -> Option<String> {
    let mut scratch = Scratch::new();
    let mut rows = iterpoints_with::<()>(body, &mut scratch, Options::new().format(Format::Msgpack));
    let error = rows.find_map(Result::err)?;
    error.server_message().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(body: &[u8], format: &str, header: Option<&str>) -> String {
        let answer = Answer {
            content_type: Some(format.to_owned()),
            error_header: header.map(str::to_owned),
            body: body.to_vec(),
            whole: true,
            ..Answer::default()
        };
        answer.document().text().to_owned()
    }

    #[test]
    fn all_shapes() {
        const JSON: &str = "application/json";
        const MSGPACK: &str = "application/x-msgpack";
        for (body, format, header, expected) in [
            (&b"{\"error\":\"a \\\"b\\\"\"}\n"[..], JSON, None, "a \"b\""),
            (b"{\"code\":\"invalid\",\"message\":\"m\"}", JSON, Some("h"), "m"),
            (b"{\"code\":\"x\",\"message\":\"m\"}{\"code\":\"y\",\"message\":\"n\"}", JSON, None, "m"),
            (b"404 page not found\n", "text/plain", None, "404 page not found"),
            (b"", JSON, Some("from the header"), "from the header"),
            (b"", JSON, None, ""),
            (b" \r\n", JSON, Some(" "), ""),
            (b"{\"error\":", JSON, None, "{\"error\":"),
            (b"{\"error\":\"cut ..", JSON, Some("whole"), "whole"),
            (b"{\"errors\":[]}", JSON, None, "{\"errors\":[]}"),
            (b"\xff", JSON, None, "\u{fffd}"),
            (b"\x81\xa5error\xa3why", MSGPACK, None, "why"),
            (b"\x81", MSGPACK, Some("from the header"), "from the header"),
            (b"\x81", MSGPACK, None, ""),
        ] {
            assert_eq!(text(body, format, header), expected, "{}", String::from_utf8_lossy(body));
        }
    }

    #[test]
    fn the_databases_own_answers() {
        let has = |name: &'static str| is_databases_own(|wanted| (wanted == name).then_some("x"));
        assert!(
            has("x-influxdb-version")
                && has("x-influxdb-build")
                && has("cluster-uuid")
                && has("x-influxdb-error")
        );
        assert!(!has("server") && !is_databases_own(|_| None));
    }

    #[test]
    fn who_speaks() {
        let of = |body: &str, signed| Answer { body: body.into(), signed, whole: true, ..Answer::default() };
        assert!(of("<html>", true).is_own() && of("{\"error\":\"x\"}", false).is_own());
        assert!(
            !of("<html>", false).is_own() && !of("", false).is_own() && !of("{\"errors\":1}", false).is_own()
        );
        assert!(of(" \n", false).is_blank() && !of("{}", false).is_blank());
        assert!(!Answer { whole: false, ..of("", false) }.is_blank());
    }
}
