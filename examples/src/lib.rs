//! Runnable examples of influx-client: see the folder `examples/`.
#![allow(clippy::print_stdout)] // printing is what they are for

use influx_client::test_util::{Expect, Reply, Server};
use influx_client::{Client, Dialect, Point, Value};
use influx_tests::support::{Influxd, InfluxdOptions};
use serde_json::Value as Json;

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
        if let Some(place) = Place::named() {
            return Ok(place);
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

    /// The server of `INFLUX_URL`, else a scripted one: for what the servers that can be found do not have.
    ///
    /// # Errors
    ///
    /// Not even loopback can be listened on.
    pub async fn named_or_scripted() -> std::io::Result<Place> {
        if let Some(place) = Place::named() {
            return Ok(place);
        }
        println!("server: scripted, as INFLUX_URL names none");
        Ok(Place::Scripted(Server::start().await?))
    }

    fn named() -> Option<Place> {
        let url = std::env::var("INFLUX_URL").ok().filter(|url| !url.is_empty())?;
        println!("server: {}", shown(&url));
        Some(Place::Named(url))
    }

    /// The server's URL.
    pub fn url(&self) -> &str {
        match self {
            Place::Named(url) => url,
            Place::Started(server) => server.url(),
            Place::Scripted(server) => server.url(),
        }
    }

    /// A client of the server: with the settings of the environment if that names it, else for 1.x. Where nobody names a bucket or
    /// database it is this one, which is created on 1.x.
    ///
    /// # Errors
    ///
    /// Settings that are wrong, a server that does not answer, or one of 3.x.
    pub async fn client(&self, database: &str) -> influx_client::Result<Client> {
        let client = match self {
            Place::Named(_) => {
                let config = Client::from_env()?;
                match config.detect_generation().await? {
                    Dialect::V2 => return config.v2()?.build(),
                    _ if std::env::var_os("INFLUX_DATABASE").is_some() => config.v1()?.build()?,
                    _ => config.v1()?.database(database).build()?,
                }
            }
            Place::Started(_) | Place::Scripted(_) => Client::v1(self.url()).database(database).build()?,
        };
        client.v1().create_database(client.database().unwrap_or(database)).await?;
        Ok(client)
    }

    /// Tells a scripted server to take statements and writes; real servers need no telling.
    pub fn prepare(&self) {
        if let Place::Scripted(server) = self {
            server.expect(Expect::write().any_times(), Reply::status(204));
            server.expect(
                Expect::query().param("q", "CREATE DATABASE \"influx_quickstart\""),
                Reply::json(r#"{"results":[{}]}"#),
            );
        }
    }

    /// Tells a scripted server to answer the next query with the points that it was sent, as it stores and selects nothing.
    /// Says so.
    pub fn answer_with_what_was_written(&self) {
        if let Place::Scripted(server) = self {
            println!(
                "\n(the scripted server knows no queries: its answer is made of the points it was sent)"
            );
            server.expect(Expect::query(), Reply::json(answer(&server.points())));
        }
    }
}

/// The rows that a server would answer a `SELECT *` with.
fn answer(points: &[Point]) -> String {
    let mut columns = vec!["time"];
    for name in points.iter().flat_map(|p| p.tags().map(|(key, _)| key).chain(p.fields().map(|(key, _)| key)))
    {
        if !columns.contains(&name) {
            columns.push(name);
        }
    }
    let cell = |point: &Point, column: &str| -> Json {
        let tag = point.tags().find(|(key, _)| *key == column).map(|(_, value)| value.into());
        let field = || point.fields().find(|(key, _)| *key == column).map(|(_, value)| json(&value));
        let time = || (column == "time").then(|| point.unix_nanos().into());
        tag.or_else(field).or_else(time).unwrap_or(Json::Null)
    };
    let row = |point| columns.iter().map(|column| cell(point, column)).collect::<Json>();
    let values: Json = points.iter().map(row).collect();
    let name = points.first().map(Point::measurement);
    serde_json::json!({"results": [{"series": [{"name": name, "columns": columns, "values": values}]}]})
        .to_string()
}

fn json(value: &Value) -> Json {
    match value {
        Value::F64(float) => (*float).into(),
        Value::F32(float) => (*float).into(),
        Value::I64(int) => (*int).into(),
        Value::U64(int) => (*int).into(),
        Value::Bool(bool) => (*bool).into(),
        Value::Str(text) => (**text).into(),
        _ => Json::Null,
    }
}

/// The URL without user and password.
fn shown(url: &str) -> String {
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}://{host}"),
        _ => url.to_owned(),
    }
}
