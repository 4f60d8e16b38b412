//! Runnable examples of influx-client: see the folder `examples/`.
#![allow(clippy::print_stdout)] // printing is what they are for

use influx_client::test_util::{Expect, Reply, Server};
use influx_tests::support::{Influxd, InfluxdOptions};

/// Where an example runs.
#[derive(Debug)]
pub enum Place {
    /// The server that `INFLUX_URL` names.
    Named(String),
    /// A real InfluxDB 1.x that was found or fetched, and was started for the example.
    Started(Influxd),
    /// No real server: a scripted one, which answers what the example tells it to.
    Scripted(Server),
}

impl Place {
    /// The server of `INFLUX_URL`, else a real one that is found or fetched, else a scripted one.
    ///
    /// # Errors
    ///
    /// Not even loopback can be listened on.
    pub async fn find() -> std::io::Result<Place> {
        if let Some(url) = std::env::var("INFLUX_URL").ok().filter(|url| !url.is_empty()) {
            println!("server: {}", shown(&url));
            return Ok(Place::Named(url));
        }
        match Influxd::start(InfluxdOptions::default()) {
            Ok(server) => {
                println!("server: a real InfluxDB 1.x, started for this example at {}", server.url());
                Ok(Place::Started(server))
            }
            Err(why) => {
                println!("server: scripted, as there is no real one: {why}");
                Ok(Place::Scripted(Server::start().await?))
            }
        }
    }

    /// The server's URL.
    pub fn url(&self) -> &str {
        match self {
            Place::Named(url) => url,
            Place::Started(server) => server.url(),
            Place::Scripted(server) => server.url(),
        }
    }

    /// Tells a scripted server to take statements and writes, and to answer a `SELECT` with `rows`: it stores nothing. Says so.
    pub fn script(&self, rows: String) {
        if let Place::Scripted(server) = self {
            println!("the scripted server stores nothing: its answer was prepared by this example");
            server.expect(Expect::write(), Reply::status(204));
            server.expect(
                Expect::query().param("q", "CREATE DATABASE \"influx_quickstart\""),
                Reply::json(r#"{"results":[{}]}"#),
            );
            server.expect(Expect::query(), Reply::json(rows));
        }
    }
}

/// The URL without user and password.
fn shown(url: &str) -> String {
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}://{host}"),
        _ => url.to_owned(),
    }
}
