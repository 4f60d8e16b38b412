//! Crate `influxdb2` 0.5: its iterator over the records of an answer, and `derive(FromDataPoint)`.
//!
//! It reads only what comes by HTTP: the answer is fetched from this program once and kept, and that is not measured.

use std::cell::RefCell;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use chrono::{DateTime, FixedOffset, Utc};
use fallible_iterator::FallibleIterator;
use influxdb2::api::query::QueryTableIter;
use influxdb2::models::Query;
use influxdb2_derive::FromDataPoint;
use influxdb2_structmap::FromMap;

use crate::answer::{Answer, Format, Load, Visit};
use crate::reader::Read;

#[derive(FromDataPoint)]
struct Row {
    time: DateTime<FixedOffset>,
    host: String,
    rack: String,
    region: String,
    load1: f64,
    status: String,
    temp_c: f64,
    throttled: bool,
    uptime: i64,
    usage_idle: f64,
    usage_system: f64,
    usage_user: f64,
}

impl Default for Row {
    fn default() -> Self {
        Row {
            time: DateTime::<Utc>::UNIX_EPOCH.into(),
            host: String::new(),
            rack: String::new(),
            region: String::new(),
            load1: 0.0,
            status: String::new(),
            temp_c: 0.0,
            throttled: false,
            uptime: 0,
            usage_idle: 0.0,
            usage_system: 0.0,
            usage_user: 0.0,
        }
    }
}

impl Row {
    fn as_load(&self) -> Load<'_> {
        Load {
            time: self.time.timestamp_nanos_opt().expect("a time of this century"),
            host: &self.host,
            rack: &self.rack,
            region: &self.region,
            load1: self.load1,
            status: &self.status,
            temp_c: self.temp_c,
            throttled: self.throttled,
            uptime: self.uptime,
            usage_idle: self.usage_idle,
            usage_system: self.usage_system,
            usage_user: self.usage_user,
        }
    }
}

thread_local! {
    /// The answer that was fetched last, by its place in memory.
    static FETCHED: RefCell<Option<(*const u8, QueryTableIter)>> = const { RefCell::new(None) };
}

fn with_records(answer: &Answer, each: impl FnMut(Row)) {
    let place = answer.bytes().as_ptr();
    FETCHED.with_borrow_mut(|fetched| {
        if fetched.as_ref().is_none_or(|(known, _)| *known != place) {
            *fetched = Some((place, fetch(answer.bytes())));
        }
        if let Some((_, table)) = fetched {
            let rows = table.result().map(|record| Ok(Row::from_genericmap(record.values)));
            rows.for_each(each_ok(each)).expect("a good answer");
        }
    });
}

fn each_ok<E>(mut each: impl FnMut(Row)) -> impl FnMut(Row) -> Result<(), E> {
    move |row| {
        each(row);
        Ok(())
    }
}

/// Gives the body to the crate by HTTP.
fn fetch(body: &[u8]) -> QueryTableIter {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let (mut stream, _) = listener.accept().expect("a connection");
            let mut request = Vec::new();
            while !request.ends_with(b"}") {
                let mut piece = [0; 4096];
                let length = stream.read(&mut piece).expect("a request");
                request.extend_from_slice(&piece[..length]);
            }
            let head =
                format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
            stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body)).expect("an answer");
        });
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let client = influxdb2::Client::new(url, "o", "t");
        runtime.block_on(client.query_raw_iter(Some(Query::new("q".into())))).expect("a good answer")
    })
}

pub struct Dropped;

impl Read for Dropped {
    const NAME: &'static str = "influxdb2 0.5, rows dropped";

    const FORMAT: Format = Format::Csv;

    fn read(answer: &Answer, to: &mut impl Visit) {
        with_records(answer, |row| to.visit(&row.as_load()));
    }
}

pub struct Collected;

impl Read for Collected {
    const NAME: &'static str = "influxdb2 0.5, collected in a `Vec`";

    const FORMAT: Format = Format::Csv;

    fn read(answer: &Answer, to: &mut impl Visit) {
        let mut rows = Vec::new();
        with_records(answer, |row| rows.push(row));
        rows.iter().for_each(|row| to.visit(&row.as_load()));
    }
}
