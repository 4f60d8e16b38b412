//! What a scripted server answers, and how it misbehaves.

use std::time::Duration;

use influx_core::Point;

use super::select;

/// An answer of a [`Server`](crate::test_util::Server).
///
/// ```
/// use std::time::Duration;
/// use influx_client::test_util::Reply;
///
/// let overloaded = Reply::status(503).retry_after(5);
/// let slow = Reply::json(r#"{"results":[]}"#).delay(Duration::from_secs(1));
/// let broken = Reply::json(r#"{"results":[]}"#).cut_after(7);
/// # let _ = (overloaded, slow, broken);
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Reply {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) pieces: Vec<Vec<u8>>,
    pub(super) chunked: bool,
    pub(super) delay: Duration,
    pub(super) piece_delay: Duration,
    pub(super) early: bool,
    pub(super) end: End,
}

/// What happens after the pieces of the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// The body ends as HTTP wants it; the connection stays.
    Whole,
    /// The connection is closed before the body's end.
    Cut,
    /// Nothing more comes, and the connection stays open.
    Stall,
    /// The connection is closed without any answer.
    NoAnswer,
    /// The connection stays open without any answer.
    Silence,
}

impl Reply {
    /// This status and an empty body.
    pub fn status(status: u16) -> Self {
        Reply {
            status,
            headers: Vec::new(),
            pieces: Vec::new(),
            chunked: false,
            delay: Duration::ZERO,
            piece_delay: Duration::ZERO,
            early: false,
            end: End::Whole,
        }
    }

    /// Status 200 and this JSON, whole:
    /// `{"results":[{"statement_id":0,"series":[{"name":"cpu","columns":["time","mean"],"values":[[0,0.5]]}]}]}`.
    pub fn json(body: impl Into<Vec<u8>>) -> Self {
        Reply::status(200).header("Content-Type", "application/json").body(body)
    }

    /// Status 200 and this annotated CSV, as InfluxDB 2.x answers a query in Flux. What a real server sends is got by
    /// [`Query::raw`](crate::Query::raw).
    pub fn csv(body: impl Into<Vec<u8>>) -> Self {
        Reply::status(200).header("Content-Type", "text/csv; charset=utf-8").body(body)
    }

    /// Status 200 and these points, as InfluxDB 1.x answers `SELECT *` of their measurements: the columns are the time in nanoseconds (0
    /// where a point has none), and tags and fields in the order of their names, null where a point has none of that name. What a query
    /// makes of points, aggregates or groups, is for [`json`](Reply::json).
    ///
    /// ```
    /// # use influx_client::test_util::{Expect, Reply, Server};
    /// # use influx_client::{Client, Point};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let server = Server::start().await?;
    /// let cpu = Point::new("cpu").tag("host", "a").field("usage", 0.5).timestamp(7);
    /// server.expect(Expect::query().param("q", "SELECT * FROM cpu"), Reply::points([cpu]));
    ///
    /// let client = Client::v1(server.url()).database("market").build()?;
    /// let rows: Vec<(i64, String, f64)> = client.influxql("SELECT * FROM cpu").fetch_all().await?;
    /// assert_eq!(rows, [(7, "a".to_owned(), 0.5)]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn points(points: impl AsRef<[Point]>) -> Self {
        Reply::json(select::body(points.as_ref()))
    }

    /// This status and an error as InfluxDB 1.x sends it.
    pub fn error(status: u16, message: &str) -> Self {
        let body = serde_json::json!({ "error": message }).to_string() + "\n";
        Reply::status(status).header("Content-Type", "application/json").body(body)
    }

    /// The connection is closed without an answer.
    pub fn cut() -> Self {
        Reply { end: End::NoAnswer, ..Reply::status(0) }
    }

    /// No answer ever comes, and the connection stays open.
    pub fn silence() -> Self {
        Reply { end: End::Silence, ..Reply::status(0) }
    }

    /// Adds a header.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// `Retry-After` in seconds.
    pub fn retry_after(self, seconds: u64) -> Self {
        self.header("Retry-After", seconds.to_string())
    }

    /// The body, with its length in the head.
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.pieces = vec![body.into()];
        self.chunked = false;
        self
    }

    /// The body in pieces (HTTP chunks), each sent on its own.
    pub fn chunks<P: Into<Vec<u8>>>(mut self, pieces: impl IntoIterator<Item = P>) -> Self {
        self.pieces =
            pieces.into_iter().map(Into::into).filter(|piece: &Vec<u8>| !piece.is_empty()).collect();
        self.chunked = true;
        self
    }

    /// Waits before the answer.
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Waits before each piece of the body.
    pub fn piece_delay(mut self, delay: Duration) -> Self {
        self.piece_delay = delay;
        self
    }

    /// Closes the connection after `bytes` of the body, or at its end where the last chunk should follow.
    pub fn cut_after(mut self, bytes: usize) -> Self {
        self.truncate(bytes);
        self.end = End::Cut;
        self
    }

    /// Sends nothing more after `bytes` of the body, and keeps the connection open.
    pub fn stall_after(mut self, bytes: usize) -> Self {
        self.truncate(bytes);
        self.end = End::Stall;
        self
    }

    /// Answers when the head of the request is there, without reading its body, and closes the connection: what
    /// InfluxDB 1.x does to a body that is too large.
    pub fn before_body(mut self) -> Self {
        self.early = true;
        self
    }

    fn truncate(&mut self, bytes: usize) {
        // A cut body must not look whole: its head promises more than comes.
        if !self.chunked {
            let length: usize = self.pieces.iter().map(Vec::len).sum();
            self.headers.push(("Content-Length".to_owned(), length.max(bytes + 1).to_string()));
        }
        let mut left = bytes;
        for piece in &mut self.pieces {
            piece.truncate(left);
            left -= piece.len();
        }
        self.pieces.retain(|piece| !piece.is_empty());
    }

    /// The status line and headers.
    pub(super) fn head(&self) -> String {
        let mut head = format!("HTTP/1.1 {} Scripted\r\n", self.status);
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        let sized = self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-length"));
        if self.chunked {
            head += "Transfer-Encoding: chunked\r\n";
        } else if !sized && self.status != 204 {
            head += &format!("Content-Length: {}\r\n", self.pieces.iter().map(Vec::len).sum::<usize>());
        }
        if self.early {
            head += "Connection: close\r\n";
        }
        head + "\r\n"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A body behind pieces is no chunk: an empty one would end them twice.
    #[test]
    fn the_last_body_counts() {
        let head = Reply::status(200).chunks(["a"]).body("").head();
        assert!(head.contains("Content-Length: 0\r\n") && !head.contains("chunked"), "{head}");
        let head = Reply::status(200).body("a").chunks(["b"]).head();
        assert!(head.contains("chunked") && !head.contains("Content-Length"), "{head}");
    }
}
