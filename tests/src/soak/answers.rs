//! What servers and proxies answer instead of taking lines: none of it is a word about points.

use std::time::Duration;

/// An answer that is not the database's word about points.
#[derive(Debug, Clone, Copy)]
pub struct Answer {
    /// What it is called in the table of faults.
    pub kind: &'static str,
    status: &'static str,
    headers: &'static str,
    body: Body,
    /// How long the server stays so.
    pub lasts: Duration,
}

#[derive(Debug, Clone, Copy)]
enum Body {
    Text(&'static str),
    /// A page of 400 KiB.
    LongPage,
}

/// A piece of time between the bytes of a body that drips.
pub const DRIP: Duration = Duration::from_millis(100);

const PAGE: Body =
    Body::Text("<html>\r\n<head><title>nginx</title></head><body>unavailable</body></html>\r\n");
const NOTHING: Body = Body::Text("");
const JSON: &str = "Content-Type: application/json\r\n";
const HTML: &str = "Content-Type: text/html\r\n";

const fn answer(kind: &'static str, status: &'static str, headers: &'static str, body: Body) -> Answer {
    Answer { kind, status, headers, body, lasts: Duration::ZERO }
}

const fn for_a_while(answer: Answer) -> Answer {
    Answer { lasts: Duration::from_millis(1_500), ..answer }
}

/// All of them.
pub const ANSWERS: [Answer; 19] = [
    answer("503", "503 Service Unavailable", "", NOTHING),
    answer("429 with Retry-After", "429 Too Many Requests", "Retry-After: 1\r\n", NOTHING),
    answer("503 with Retry-After: 0", "503 Service Unavailable", "Retry-After: 0\r\n", NOTHING),
    answer("500 timeout", "500 Internal Server Error", "X-Influxdb-Error: timeout\r\n", NOTHING),
    answer("500 with a page", "500 Internal Server Error", HTML, PAGE),
    answer("500 without a body", "500 Internal Server Error", "", NOTHING),
    answer("507", "507 Insufficient Storage", "", NOTHING),
    answer("520 with a page", "520 Unknown", HTML, PAGE),
    answer("200 with a page", "200 OK", HTML, PAGE),
    answer("400 with a page", "400 Bad Request", HTML, PAGE),
    answer(
        "400 in words that nobody knows",
        "400 Bad Request",
        JSON,
        Body::Text("{\"error\":\"not in the mood\"}"),
    ),
    answer(
        "500 cache full, of 2.x",
        "500 Internal Server Error",
        JSON,
        Body::Text(
            "{\"code\":\"internal error\",\"message\":\"unexpected error writing points to database: engine: cache-max-memory-size exceeded: (2/1)\"}",
        ),
    ),
    answer("301", "301 Moved Permanently", "Location: https://elsewhere.example/write\r\n", NOTHING),
    answer("308", "308 Permanent Redirect", "Location: /elsewhere\r\n", NOTHING),
    answer("404 with a page of 400 KiB", "404 Not Found", HTML, Body::LongPage),
    for_a_while(answer(
        "404 database not found, for seconds",
        "404 Not Found",
        JSON,
        Body::Text("{\"error\":\"database not found: \\\"soak\\\"\"}"),
    )),
    for_a_while(answer(
        "401, for seconds",
        "401 Unauthorized",
        JSON,
        Body::Text("{\"error\":\"authorization failed\"}"),
    )),
    for_a_while(answer(
        "404 bucket not found, for seconds",
        "404 Not Found",
        JSON,
        Body::Text("{\"code\":\"not found\",\"message\":\"bucket \\\"soak\\\" not found\"}"),
    )),
    for_a_while(answer(
        "401 of 2.x, for seconds",
        "401 Unauthorized",
        JSON,
        Body::Text("{\"code\":\"unauthorized\",\"message\":\"unauthorized access\"}"),
    )),
];

impl Answer {
    /// As it goes over the wire.
    pub fn bytes(&self) -> Vec<u8> {
        let body = match self.body {
            Body::Text(text) => text.to_owned(),
            Body::LongPage => "<p>not here</p>\r\n".repeat((400 << 10) / 17),
        };
        let (status, headers) = (self.status, self.headers);
        format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
    }
}

/// The begin of an answer of which the rest drips, byte by byte, and never ends in time.
pub const DRIPS: &[u8] = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 100000\r\n\r\n";
