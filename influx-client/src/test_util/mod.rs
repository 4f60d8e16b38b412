//! A scripted server on loopback, for tests of code that uses this crate.
//!
//! It is a real TCP server that answers what the script says, keeps what it was sent, and can stall, cut and break off.
//! Dropping it fails the test if a request came that no expectation fits, or an expected one never came.
//!
//! ```
//! use influx_client::test_util::{Expect, Reply, Server};
//! use influx_client::{Client, Point};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let server = Server::start().await?;
//! server.expect(Expect::write().param("db", "market"), Reply::status(204));
//!
//! let client = Client::v1(server.url()).database("market").build()?;
//! client.write(Point::new("cpu").field("usage", 0.5).timestamp(1_i64)).await?;
//!
//! assert_eq!(server.lines(), ["cpu usage=0.5 1"]);
//! assert_eq!(server.points(), [Point::new("cpu").field("usage", 0.5).timestamp(1_i64)]);
//! server.verify();
//! # Ok(())
//! # }
//! ```
//!
//! A client of 2.x is served, too:
//!
//! ```
//! use influx_client::test_util::{Expect, Reply, Server};
//! use influx_client::{Client, Point};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let server = Server::start().await?;
//! server.expect(Expect::write().param("bucket", "market"), Reply::status(204));
//! server.expect(
//!     Expect::flux().body_contains("from(bucket"),
//!     Reply::csv(
//!         "#datatype,string,long,dateTime:RFC3339,double,string\r\n#group,false,false,false,false,true\r\n\
//!          #default,_result,,,,\r\n,result,table,_time,usage,host\r\n,,0,1970-01-01T00:00:00.000000001Z,0.5,a\r\n\r\n",
//!     ),
//! );
//!
//! let client = Client::v2(server.url()).org("desk").bucket("market").token("t").build()?;
//! let point = Point::new("cpu").tag("host", "a").field("usage", 0.5).timestamp(1_i64);
//! client.write(&point).await?;
//! assert_eq!(server.points(), [point]);
//!
//! #[derive(influx_client::FromRow)]
//! struct Load {
//!     usage: f64,
//! }
//! let load: Load = client.flux("from(bucket: \"market\") |> range(start: -1h)").pivot().fetch_one().await?;
//! assert_eq!(load.usage, 0.5);
//! server.verify();
//! # Ok(())
//! # }
//! ```

mod expect;
mod reply;
mod request;
mod select;
mod serve;

use std::io;
use std::sync::Arc;

use influx_core::Point;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::http::runtime;

pub use expect::Expect;
pub use reply::Reply;
pub use request::Request;
use serve::Script;

/// A server that follows a script.
#[derive(Debug)]
pub struct Server {
    url: String,
    script: Arc<Script>,
    accepting: JoinHandle<()>,
    verified: bool,
}

impl Server {
    /// Starts a server on a free port of 127.0.0.1. It runs until it is dropped.
    ///
    /// # Errors
    ///
    /// Loopback cannot be listened on, or this runs outside of a Tokio runtime with I/O and time.
    pub async fn start() -> io::Result<Server> {
        runtime::check().map_err(io::Error::other)?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let script = Arc::new(Script::default());
        let accepting = tokio::spawn(serve::accept(listener, Arc::clone(&script)));
        Ok(Server { url, script, accepting, verified: false })
    }

    /// `http://127.0.0.1:port`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Adds to the script: a request that fits gets the reply. Of several expectations that fit, the first that still
    /// waits for a request is taken.
    pub fn expect(&self, expect: Expect, reply: Reply) {
        self.script.add(expect, reply);
    }

    /// The requests so far, in the order of their arrival, also those that fitted nothing.
    pub fn requests(&self) -> Vec<Request> {
        self.script.requests()
    }

    /// The lines of all writes so far, in the order of their arrival, also of those that were answered with an error.
    pub fn lines(&self) -> Vec<String> {
        self.requests().iter().filter(|request| request.is_write()).flat_map(Request::lines).collect()
    }

    /// The points of all writes so far, in the order of their arrival, also of those that were answered with an error. As a
    /// [reply](Reply::points) they are what a query finds.
    ///
    /// # Panics
    ///
    /// On a line that the server would refuse.
    #[track_caller]
    pub fn points(&self) -> Vec<Point> {
        self.requests().iter().filter(|request| request.is_write()).flat_map(Request::points).collect()
    }

    /// What does not agree with the script: requests that fitted nothing, expected ones that never came.
    pub fn complaints(&self) -> Vec<String> {
        self.script.complaints()
    }

    /// Checks the script and stops the server.
    ///
    /// # Panics
    ///
    /// When there are [`complaints`](Server::complaints).
    #[track_caller]
    pub fn verify(mut self) {
        self.check();
    }

    #[track_caller]
    fn check(&mut self) {
        if !std::mem::replace(&mut self.verified, true) {
            let complaints = self.complaints();
            assert!(complaints.is_empty(), "the scripted server complains: {}", complaints.join("; "));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
        // A second panic would abort the whole test program and hide the first.
        if !std::thread::panicking() {
            self.check();
        }
    }
}
