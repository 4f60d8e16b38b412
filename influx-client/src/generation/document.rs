//! The document that an answer is, whichever shape the server gave it.

use influx_core::decode::Scratch;
use influx_core::decode::influxql::{Format, Options, iterpoints_with};
use serde_json::Value;

use crate::error::Error;
use crate::generation::retry::status_is_retryable;
use crate::generation::v2::way_out::way_out;
use crate::http::answer::{Answer, TEXT_LIMIT};
use crate::http::response::Response;

/// What this client says of a success that InfluxDB would not answer so.
pub(crate) const NOT_INFLUXDB: &str =
    "success, but with a document that is not InfluxDB's: does the URL lead there?";

/// The first 1,024 bytes of an error's message, its line feeds as spaces.
const ERROR: &str = "x-influxdb-error";

/// Headers that nobody between the database and the client sends. 3.10 has `cluster-uuid` on all answers and the version and build on
/// those to `/ping` alone; errors of 1.x and 2.x have headers of their own.
const OWN: [&str; 5] =
    ["x-influxdb-version", "x-influxdb-build", "cluster-uuid", ERROR, "x-platform-error-code"];

/// What a body is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Document {
    /// Nothing, or white space.
    Blank,
    /// `{"error": text}` of 1.x and 3.x; in 3.x perhaps with `data` about lines, which may be `null`.
    Error { text: String, data: Option<Value> },
    /// `{"code": .., "message": text}` of 2.x, Cloud and the 2.x endpoint of 3.x; Cloud may add `line`.
    Code { code: String, text: String, line: Option<u64> },
    /// No text of the body can be told, but the header has the begin of one.
    Header(String),
    /// Anything else: plain text, a page, other JSON, bytes.
    Other(String),
}

impl Document {
    /// The body taken apart.
    fn of(answer: &Answer) -> Document {
        let header = || answer.header(ERROR).filter(|text| !text.trim().is_empty());
        if answer.header("content-type").map(Format::of_content_type) == Some(Format::Msgpack) {
            let text = msgpack_error(&answer.body).map(|text| Document::Error { text, data: None });
            let header = || header().map(|text| Document::Header(text.to_owned()));
            return text.or_else(header).unwrap_or(Document::Blank);
        }
        if let Some(document) = json_error(&answer.body) {
            return document;
        }
        if let Some(text) = header() {
            return Document::Header(text.to_owned());
        }
        match String::from_utf8_lossy(answer.body.trim_ascii()) {
            text if text.is_empty() => Document::Blank,
            text => Document::Other(text.into_owned()),
        }
    }

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

/// An answer, and the document that it is: a body is taken apart once.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) answer: Answer,
    pub(crate) document: Document,
}

impl From<Answer> for Answered {
    fn from(answer: Answer) -> Self {
        Answered { document: Document::of(&answer), answer }
    }
}

impl Answered {
    /// One of the headers that InfluxDB puts on its answers: it is not a proxy that speaks.
    pub(crate) fn is_signed(&self) -> bool {
        is_databases_own(|name| self.answer.header(name))
    }

    /// Whether the database itself speaks, and not a proxy before it: by its headers, or by the shape of its errors.
    pub(crate) fn is_own(&self) -> bool {
        self.is_signed() || matches!(self.document, Document::Error { .. } | Document::Code { .. })
    }

    /// The version in a body such as `{"version":"3.6.0", ..}`.
    pub(crate) fn version(&self) -> Option<String> {
        let body: Value = serde_json::from_slice(&self.answer.body).ok()?;
        Some(body.get("version")?.as_str()?.to_owned())
    }

    /// The error that this answer stands for.
    pub(crate) fn error(&self) -> Error {
        let Answer { status, request, retry_after, .. } = &self.answer;
        let message = match self.answer.redirected_to() {
            Some(to) => format!("redirected to {to}: give that address to the client"),
            None => self.document.text().to_owned(),
        };
        let retryable = status_is_retryable(*status, &message);
        let mut error =
            Error::status_answer(*status, message).retryable(retryable).with_retry_after(*retry_after);
        if let Document::Code { code, text, .. } = &self.document {
            error = error.with_code(code);
            error = way_out(*status, text, request).into_iter().fold(error, Error::because);
        }
        if request.is_empty() { error } else { error.at(&**request) }
    }
}

/// Whether an answer is the database's own, by its headers.
fn is_databases_own<'h>(header: impl Fn(&str) -> Option<&'h str>) -> bool {
    OWN.iter().any(|name| header(name).is_some())
}

/// Whether an empty body is an answer without rows, as 2.x and 3.x give it: the database's own, and its end told by HTTP.
pub(crate) fn may_be_empty(response: &Response) -> bool {
    response.is_framed() && is_databases_own(|name| response.header(name))
}

/// The error that an answer without success stands for.
pub(crate) async fn error_of(response: Response) -> Error {
    let secrets = response.secrets().clone();
    Answered::from(response.answer(TEXT_LIMIT).await).error().without(&secrets)
}

/// The error that a text of JSON is. One endpoint of 2.x sends two documents: only the first is looked at.
fn json_error(body: &[u8]) -> Option<Document> {
    let first = serde_json::Deserializer::from_slice(body).into_iter::<Value>().next();
    let Some(Ok(Value::Object(mut map))) = first else { return None };
    let text = |value: Option<Value>| match value {
        Some(Value::String(text)) => Some(text),
        _ => None,
    };
    if let Some(text) = text(map.remove("error")) {
        return Some(Document::Error { text, data: map.remove("data") });
    }
    let message = text(map.remove("message"))?;
    let code = text(map.remove("code")).unwrap_or_default();
    Some(Document::Code { code, text: message, line: map.get("line").and_then(Value::as_u64) })
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
        let answer = Answer::of(400, body).with_header("content-type", format);
        let answer = header.into_iter().fold(answer, |answer, text| answer.with_header(ERROR, text));
        Document::of(&answer).text().to_owned()
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
        let of = |body: &str, header| Answered::from(Answer::of(400, body).with_header(header, "x"));
        assert!(of("<html>", "cluster-uuid").is_own() && of("{\"error\":\"x\"}", "server").is_own());
        for body in ["<html>", "", "{\"errors\":1}"] {
            assert!(!of(body, "server").is_own());
        }
        let blank = Answer::of(204, " \n");
        assert!(blank.is_blank() && !Answer::of(204, "{}").is_blank());
        assert!(!blank.ended(false).is_blank());
    }
}
