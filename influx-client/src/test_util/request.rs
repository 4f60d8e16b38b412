//! What a scripted server was sent.

use std::borrow::Cow;
use std::io::Read;

use influx_core::decode::line_protocol;
use influx_core::{Dialect, Point, Precision};

/// Where a client of 2.x writes.
const WRITE_V2: &str = "/api/v2/write";

/// Where clients write.
pub(super) const WRITES: [&str; 2] = ["/write", WRITE_V2];

/// A request that a [`Server`](crate::test_util::Server) got.
#[derive(Debug, Clone)]
pub struct Request {
    method: String,
    path: String,
    params: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    wire: Vec<u8>,
    body: Vec<u8>,
}

impl Request {
    pub(super) fn new(method: &str, target: &str, headers: Vec<(String, String)>, wire: Vec<u8>) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut request = Request {
            method: method.to_owned(),
            path: path.to_owned(),
            params: parse_params(query.as_bytes()),
            headers,
            body: wire.clone(),
            wire,
        };
        if request.header("content-encoding") == Some("gzip") {
            let mut body = Vec::new();
            // What cannot be inflated stays as it came.
            if flate2::read::GzDecoder::new(&request.wire[..]).read_to_end(&mut body).is_ok() {
                request.body = body;
            }
        }
        if request.header("content-type") == Some("application/x-www-form-urlencoded") {
            let form = parse_params(&request.body);
            request.params.extend(form);
        }
        request
    }

    /// `GET`, `POST` ..
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The path without parameters.
    pub fn path(&self) -> &str {
        &self.path
    }

    pub(super) fn is_write(&self) -> bool {
        WRITES.contains(&self.path())
    }

    /// A parameter of the URL or of a form.
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// All parameters, those of the URL first.
    pub fn params(&self) -> &[(String, String)] {
        &self.params
    }

    /// A header, whatever the case of its name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The body, inflated if it was gzip.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The body as it came.
    pub fn wire_body(&self) -> &[u8] {
        &self.wire
    }

    /// The body as text.
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }

    /// The lines of a write. A line feed within a string does not end a line.
    pub fn lines(&self) -> Vec<String> {
        let mut start = 0;
        let ends = crate::write::lines::line_ends(&self.body);
        let lines = ends.iter().map(|end| &self.body[std::mem::replace(&mut start, *end)..*end]);
        lines
            .map(|line| String::from_utf8_lossy(line.strip_suffix(b"\n").unwrap_or(line)).into_owned())
            .collect()
    }
}

impl Request {
    /// The points of a write, read as the server of that generation reads them, times by the request's `precision`.
    ///
    /// # Panics
    ///
    /// On a line that the server would refuse.
    #[track_caller]
    pub fn points(&self) -> Vec<Point> {
        let dialect = if self.path == WRITE_V2 { Dialect::V2 } else { Dialect::V1 };
        let precision = match self.param("precision") {
            None | Some("n" | "ns") => Precision::Ns,
            Some("us") if dialect == Dialect::V2 => Precision::Us,
            Some("ms") => Precision::Ms,
            Some("s") => Precision::S,
            Some(other) => panic!("the precision {other:?} means different units to different servers"),
        };
        let text = self.text();
        let points = line_protocol::points(&text, dialect, precision);
        points.map(|point| point.unwrap_or_else(|error| panic!("the server would refuse {error}"))).collect()
    }
}

fn parse_params(text: &[u8]) -> Vec<(String, String)> {
    url::form_urlencoded::parse(text).map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
}
