//! The server: started for this program, with the rows in it.

use std::io::{Read, Write};
use std::net::TcpStream;

use influx_client::Client;
use influx_tests::support::{Influxd, InfluxdOptions};
use tokio::runtime::{Builder, Runtime};

use super::QUERY;
use crate::answer::{Answer, Format, Loads};
use crate::reader::Reader;
use crate::readers::rmp_serde;

/// A running server that has the rows.
pub struct Place {
    /// One thread, as the server needs the others.
    pub(super) runtime: Runtime,
    server: Influxd,
    pub(super) client: Client,
}

impl Place {
    pub(super) const DATABASE: &'static str = "influx_benches";

    /// Starts a server, which is found or fetched, and writes the rows.
    pub fn with(loads: &Loads) -> Result<Place, Box<dyn std::error::Error>> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let server = Influxd::start(InfluxdOptions::default())?;
        let client = Client::v1(server.url()).database(Place::DATABASE).build()?;
        runtime.block_on(async {
            client.v1().create_database(Place::DATABASE).await?;
            client.write_iter(loads.iter()).await
        })?;
        Ok(Place { runtime, server, client })
    }

    pub(super) fn url(&self) -> &str {
        self.server.url()
    }

    /// What the server calls itself.
    pub fn version(&self) -> Result<String, influx_client::Error> {
        let pong = self.runtime.block_on(self.client.ping())?;
        Ok(pong.version().unwrap_or("unknown").to_owned())
    }

    /// Whether the server's answer is the one that the readers are measured with: in JSON byte for byte; in msgpack the tags of each
    /// series come in an order that changes, so there the length and all values.
    pub fn answers_as_generated(&self, loads: &Loads, format: Format) -> std::io::Result<bool> {
        let (answer, generated) = (self.answer(format)?, Answer::new(loads, format));
        Ok(match format {
            Format::Json => answer.bytes() == generated.bytes(),
            Format::Msgpack => {
                let values = Reader::of::<rmp_serde::Borrowed>().check;
                answer.bytes().len() == generated.bytes().len() && values(&answer, loads) == "yes"
            }
            // another language
            Format::Csv => false,
        })
    }

    /// The body in one document, by HTTP 1.0, which knows no chunks.
    fn answer(&self, format: Format) -> std::io::Result<Answer> {
        let (accept, epoch) = match format {
            Format::Json => ("application/json", "&epoch=ns"),
            Format::Msgpack => ("application/x-msgpack", ""),
            Format::Csv => ("application/csv", ""),
        };
        let query = QUERY.replace(' ', "+");
        let host = self.url().trim_start_matches("http://");
        let mut stream = TcpStream::connect(host)?;
        write!(
            stream,
            "GET /query?db={}{epoch}&q={query} HTTP/1.0\r\nHost: {host}\r\nAccept: {accept}\r\n\r\n",
            Place::DATABASE
        )?;
        let mut response = Vec::new();
        stream.read_to_end(&mut response)?;
        let head = response.windows(4).position(|end| end == b"\r\n\r\n").map_or(0, |at| at + 4);
        Ok(Answer::of(response.split_off(head), format))
    }
}
