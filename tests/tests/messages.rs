//! Errors and log lines that are made of hostile texts, in every position and with every kind of credentials: no character that is
//! not seen, no secret in any spelling, no message above 4 KiB.

use std::error::Error as _;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use influx_client::batch::{BatchEvent, RetryPolicy};
use influx_client::test_util::{Expect, Reply, Server};
use influx_client::{Client, ClientBuilder, Error, Nan, OwnedRow, Point, V1};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

const USER: &str = "bob";
/// With all that the spellings differ in.
const PASSWORD: &str = "p/w'\"é+&7 \\x\u{1f980}";
/// Fits into a header.
const TOKEN: &str = "t0k/en~'+&%41";
/// Forges log lines, hides, reorders, rings.
const HOSTILE: &str =
    "a\r\nERROR forged\u{1b}[2J\u{85}\u{2028}\u{2029}\u{200b}\u{202e}\u{2066}\u{feff}\u{ad}\u{0}\u{7}";

/// The secret as programs write it.
fn spellings(secret: &str) -> Vec<String> {
    let percent = |kept: fn(u8) -> bool, upper: bool| -> String {
        secret
            .bytes()
            .map(|b| match (kept(b), upper) {
                (true, _) => char::from(b).to_string(),
                (_, true) => format!("%{b:02X}"),
                (_, false) => format!("%{b:02x}"),
            })
            .collect()
    };
    let few = |b: u8| b.is_ascii_alphanumeric();
    let units: String = secret.encode_utf16().map(|unit| format!("\\u{unit:04X}")).collect();
    let ascii: String = secret
        .encode_utf16()
        .map(|unit| match u8::try_from(unit) {
            Ok(b) if b.is_ascii_alphanumeric() => char::from(b).to_string(),
            _ => format!("\\u{unit:04x}"),
        })
        .collect();
    let json = serde_json::to_string(secret).unwrap();
    let json = json.trim_start_matches('"').strip_suffix('"').unwrap().to_owned();
    let debug = format!("{secret:?}");
    let html = secret.replace('&', "&amp;").replace('"', "&quot;").replace('\'', "&#39;");
    let all = percent(|_| false, true);
    vec![
        secret.to_owned(),
        percent(few, true),
        percent(few, false),
        percent(few, true).replace("%20", "+"),
        percent(|b| b.is_ascii_graphic() && b != b'%' && b != b'+', true),
        all.replace('%', "%25"),
        all,
        json.replace('/', "\\/"),
        serde_json::to_string(&json).unwrap(),
        json,
        debug[1..debug.len() - 1].to_owned(),
        secret.replace('\\', "\\\\").replace('\'', "\\'"),
        units,
        ascii,
        html,
    ]
}

/// With the user's name in base64.
fn basics(secret: &str) -> Vec<String> {
    let both = format!("{USER}:{secret}");
    let codes = [
        STANDARD.encode(&both),
        STANDARD_NO_PAD.encode(&both),
        URL_SAFE.encode(&both),
        URL_SAFE_NO_PAD.encode(&both),
    ];
    codes.into()
}

fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// What no message may hold.
struct Forbidden(Vec<String>);

impl Forbidden {
    #[track_caller]
    fn check_secrets(&self, text: &str, at: &str) {
        let lower = text.to_ascii_lowercase();
        for secret in &self.0 {
            assert!(!lower.contains(&secret.to_ascii_lowercase()), "{at}: {secret} in {text}");
        }
    }

    #[track_caller]
    fn check(&self, text: &str, at: &str) {
        assert!(!text.chars().any(is_hidden), "{at}: {text:?}");
        assert!(text.len() <= 4_096, "{at}: {} bytes", text.len());
        self.check_secrets(text, at);
    }

    #[track_caller]
    fn check_error(&self, error: &Error, at: &str) {
        for text in [error.to_string(), format!("{error:?}"), format!("{error:#?}"), error.report()] {
            self.check(&text, at);
        }
        let mut next = error.source();
        while let Some(cause) = next {
            self.check(&cause.to_string(), at);
            self.check(&format!("{cause:?}"), at);
            next = cause.source();
        }
        for one in error.rejected() {
            self.check(&one.to_string(), at);
            self.check(&format!("{one}"), at);
            self.check_secrets(one.reason(), at);
        }
        let words = error.server_message().unwrap_or_default();
        assert!(words.len() <= 64 << 10);
        self.check_secrets(words, at);
    }
}

/// Every event and span as a line.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

struct Fields(String);

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        let _ = write!(self.0, " {field}={value}");
    }

    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        let _ = write!(self.0, " {field}={value:?}");
    }
}

impl Log {
    fn add(&self, metadata: &Metadata<'_>, record: impl FnOnce(&mut Fields)) {
        let mut fields = Fields(format!("{} {}", metadata.level(), metadata.name()));
        record(&mut fields);
        self.0.lock().unwrap().push(fields.0);
    }
}

impl Subscriber for Log {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        self.add(span.metadata(), |fields| span.record(fields));
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        self.add(event.metadata(), |fields| event.record(fields));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

type Login = fn(ClientBuilder<V1>) -> ClientBuilder<V1>;

/// Every way to say who one is, and what must not be told then.
fn logins() -> Vec<(&'static str, Login, Vec<String>)> {
    let password = || [spellings(PASSWORD), basics(PASSWORD)].concat();
    let token = || [spellings(TOKEN), basics(TOKEN)].concat();
    vec![
        ("basic", |b| b.basic_auth(USER, PASSWORD), password()),
        ("url", |b| b.url_auth(USER, PASSWORD), password()),
        ("token", |b| b.token_auth(USER, TOKEN), token()),
        ("bearer", |b| b.bearer_token(TOKEN), spellings(TOKEN)),
        ("jwt", |b| b.jwt_auth(USER, PASSWORD), spellings(PASSWORD)),
    ]
}

/// Answers that tell what a proxy or a server could know, in every position; their HTML has that many lines.
fn answers(text: &str, pages: usize) -> Vec<(&'static str, Reply)> {
    let json = |reply: Reply, body: serde_json::Value| {
        reply.header("Content-Type", "application/json").body(body.to_string())
    };
    let html =
        |status: u16, body: String| Reply::status(status).header("Content-Type", "text/html").body(body);
    let page = format!("<html>{}{text}</html>", "<p>\u{1f}nothing\u{200b} here</p>\n".repeat(pages));
    let visible: String = text.chars().filter(|c| c.is_ascii_graphic() || *c == ' ').collect();
    let series = |name: &str, column: &str, value: &str| {
        let series = serde_json::json!({"name": name, "tags": {name: column}, "columns": ["time", column], "values": [[1, value]]});
        serde_json::json!({"results": [{"series": [series]}]})
    };
    let packed = |text: &str| {
        let long = u32::try_from(text.len()).unwrap().to_be_bytes();
        [b"\x81\xa5error\xdb", &long[..], text.as_bytes()].concat()
    };
    let mut binary: Vec<u8> = (0..=255).collect();
    binary.extend_from_slice(text.as_bytes());
    vec![
        ("400 json", Reply::error(400, text)),
        ("401 json", Reply::error(401, text)),
        ("500 json", Reply::error(500, text)),
        (
            "400 parse",
            Reply::error(400, &format!("partial write: unable to parse '{text}': {text} dropped=0")),
        ),
        (
            "400 conflict",
            Reply::error(
                400,
                &format!(
                    "partial write: field type conflict: input field \"{text}\" on measurement \"m\" is type float, already exists as type string dropped=1"
                ),
            ),
        ),
        (
            "422 code",
            json(Reply::status(422), serde_json::json!({"code": "unprocessable entity", "message": text})),
        ),
        ("404 page", html(404, page.clone())),
        ("502 page", html(502, page.clone())),
        ("200 page", html(200, page)),
        ("503 plain", Reply::status(503).body(text)),
        ("400 plain", Reply::status(400).body(text)),
        ("500 binary", Reply::status(500).body(binary.clone())),
        ("200 binary", Reply::status(200).body(binary)),
        (
            "400 msgpack",
            Reply::status(400).header("Content-Type", "application/x-msgpack").body(packed(text)),
        ),
        ("400 header", Reply::status(400).header("X-Influxdb-Error", &visible)),
        (
            "301",
            Reply::status(301).header("Location", format!("http://{USER}:{visible}@h/write?p={visible}")),
        ),
        (
            "308 relative",
            Reply::status(308).header("Location", format!("/login/{visible}?u={USER}&p={visible}")),
        ),
        (
            "200 statement",
            json(Reply::status(200), serde_json::json!({"results": [{"statement_id": 0, "error": text}]})),
        ),
        ("200 error", json(Reply::status(200), serde_json::json!({"error": text}))),
        ("200 column", json(Reply::status(200), series(text, text, text))),
        ("200 cut", json(Reply::status(200), series(text, text, text)).cut_after(40)),
        ("200 malformed", Reply::json(format!("{{\"results\":[{{{text}"))),
        ("200 gzip", Reply::status(200).header("Content-Encoding", "gzip").body(text)),
    ]
}

/// Bodies in which all that must not be told is told, in every spelling.
fn told(secrets: &[String]) -> String {
    format!("{HOSTILE} for \"POST /write?u=bob&p={}&db=x\" {HOSTILE}", secrets.join(" | p="))
}

#[derive(Debug, influx_client::FromRow)]
struct Wanted {
    #[allow(dead_code)]
    missing: f64,
}

async fn all_verbs(client: &Client, forbidden: &Forbidden, at: &str) {
    let check = |what: &str, error: Option<Error>| {
        if let Some(error) = error {
            forbidden.check_error(&error, &format!("{at}, {what}"));
        }
    };
    let query = || client.influxql("SELECT * FROM m").database("d");
    check("ping", client.ping().await.err());
    check("raw", query().raw().await.err());
    check("fetch_all", query().fetch_all::<OwnedRow>().await.err());
    check("missing", query().fetch_all::<Wanted>().await.err());
    check("mismatch", query().fetch_all::<(i64, f64)>().await.err());
    check("lent", query().for_each_row::<(i64, bool)>(|_| ()).await.err());
    check("series", query().series::<(i64, bool)>().all().await.err());
    check("point", query().fetch_all::<Point>().await.err());
    check("create_user", client.admin().create_user("x", PASSWORD).await.err());
    check("show_databases", client.admin().show_databases().await.err());
    let points: Vec<Point> = (0..40).map(|n| Point::new("m").field("f", n).timestamp(n)).collect();
    check("write", client.write(&points).await.err());
    check("write_iter", client.write_iter(&points).await.err());
    check("write_lines", client.write_lines("m f=1 1\nm f=2 2").await.err());
}

#[tokio::test]
async fn nothing_hostile_gets_into_messages() {
    let log = Log::default();
    tracing::subscriber::set_global_default(log.clone()).unwrap();
    for (login, set, secrets) in logins() {
        let forbidden = Forbidden(secrets);
        for (name, reply) in answers(&told(&forbidden.0), if login == "url" { 14_000 } else { 100 }) {
            let at = format!("{login}, {name}");
            let server = Server::start().await.unwrap();
            server.expect(Expect::any().any_times(), reply);
            let client = set(Client::v1(server.url()).database("d")).build().unwrap();
            all_verbs(&client, &forbidden, &at).await;
            batch_writer(&client, &Forbidden(forbidden.0.clone()), &at).await;
            assert!(!format!("{client:?}").contains(PASSWORD) && !format!("{client:?}").contains(TOKEN));
            for line in log.0.lock().unwrap().drain(..) {
                forbidden.check(&line, &at);
            }
            server.verify();
        }
    }
}

/// A batch writer that gives up at once, and what it tells.
async fn batch_writer(client: &Client, forbidden: &Forbidden, at: &str) {
    let told = Arc::new(Mutex::new(Vec::new()));
    let tells = Arc::clone(&told);
    let builder =
        client.batch_writer().database(HOSTILE).retry(RetryPolicy::never()).on_event(move |event| {
            let mut told = tells.lock().unwrap();
            match event {
                BatchEvent::Retry { target, error, .. } => {
                    told.extend([target.to_string(), error.to_string(), format!("{error:?}")])
                }
                BatchEvent::Rejected { target, rejected, error, .. } => {
                    told.extend([target.to_string(), error.report(), format!("{error:?}")]);
                    told.extend(rejected.iter().map(ToString::to_string));
                }
                BatchEvent::Dropped { target, why, .. } => told.push(format!("{target} {why}")),
                _ => {}
            }
        });
    let writer = builder.build().unwrap();
    writer.write_lines("m f=1 1\nm f=2 2\n").await.unwrap();
    let report = writer.close(Duration::from_secs(20)).await;
    for text in told
        .lock()
        .unwrap()
        .iter()
        .chain(&report.rejected.iter().map(ToString::to_string).collect::<Vec<_>>())
    {
        forbidden.check(text, at);
    }
    for one in &report.rejected {
        forbidden.check_secrets(one.reason(), at);
    }
}

#[tokio::test]
async fn names_and_values_of_the_caller() {
    let forbidden = Forbidden(spellings(PASSWORD));
    let name = format!("{HOSTILE}{PASSWORD}{}", "x".repeat(100_000));
    let name = name.as_str();
    let client = Client::v1("http://127.0.0.1:9").basic_auth(USER, PASSWORD).database(name).build().unwrap();
    let points = [
        Point::new("m").field(name, f64::NAN),
        Point::new("m").tag(name, "b").field("f", 1),
        Point::new("m").tag("t", name).field("f", 1),
        Point::new(name).field("f", 1),
        Point::new("m").field("f", name).field("f", 1),
    ];
    let writer = client.batch_writer().build().unwrap();
    for (n, point) in points.iter().enumerate() {
        for error in [
            client.write(point).await.unwrap_err(),
            client.write_iter([point]).await.unwrap_err(),
            writer.write(point).await.unwrap_err(),
            writer.write_all([point]).await.unwrap_err(),
        ] {
            assert!(error.is_encode());
            forbidden.check_error(&error, &n.to_string());
        }
    }
    let others = [
        client.write_lines(format!("m f=1 1\r\n{name}")).await.err(),
        client.influxql(name).bind(name, name).fetch_all::<OwnedRow>().await.err(),
        client.admin().database(name).show_measurements().await.err(),
        client.admin().create_database(name).await.err(),
        client.admin().drop_user(name).await.err(),
        client.admin().show_tag_keys().measurement(name).await.err(),
        Client::v1("http://h").default_tag(name, name).build().err(),
        Client::v1("http://h").user_agent(name).build().err(),
        Client::v1(format!("http://{USER}:{PASSWORD}@h/{HOSTILE}?p={PASSWORD}")).build().err(),
        Client::v1(format!("{USER}:{PASSWORD}@h")).build().err(),
        Client::v1(format!("ftp://{USER}:{PASSWORD}@{HOSTILE}")).build().err(),
        client.batch_writer().default_tag(name, name).build().err(),
    ];
    for (n, error) in others.into_iter().enumerate() {
        if let Some(error) = error {
            for text in [error.to_string(), format!("{error:?}"), error.report()] {
                assert!(!text.chars().any(is_hidden) && text.len() <= 4_096, "{n}: {text:?}");
                assert!(!(8..11).contains(&n) || !text.contains("é+&7"), "{n}: {text}");
            }
        }
    }
    assert!(writer.to_database(name).unwrap().target().to_string().len() < 400);
    drop(writer);
}

#[tokio::test]
async fn a_client_certificate_is_not_told() {
    let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (pem, key) = (own.cert.pem(), own.signing_key.serialize_pem());
    let client = |url: &str| Client::v1(url).database("d").client_certificate(&pem, &key).build().unwrap();
    let lines: Vec<String> = key.lines().filter(|line| !line.starts_with('-')).map(str::to_owned).collect();
    let forbidden = Forbidden([lines.clone(), vec![lines.concat()]].concat());
    for told in [key.clone(), key.replace('\n', "\\n"), lines.concat(), key.replace('\n', "\r\n ")] {
        let server = Server::start().await.unwrap();
        server.expect(Expect::any(), Reply::error(400, &format!("bad key {told}.")));
        let error = client(server.url()).ping().await.unwrap_err();
        forbidden.check_error(&error, &told);
        assert!(error.to_string().contains("bad key"), "{error}");
    }
}

#[tokio::test]
async fn signed_tokens_are_not_told() {
    let server = Server::start().await.unwrap();
    server.expect(Expect::ping(), Reply::status(204));
    let client = Client::v1(server.url()).jwt_auth(USER, "shared secret").build().unwrap();
    client.ping().await.unwrap();
    let header = server.requests()[0].header("authorization").unwrap().to_owned();
    let token = header.strip_prefix("Bearer ").unwrap();
    server.expect(Expect::ping(), Reply::error(401, &format!("{HOSTILE}: {header} is not valid")));
    let error = client.ping().await.unwrap_err();
    let signature = token.rsplit('.').next().unwrap().to_owned();
    Forbidden(vec![token.to_owned(), signature]).check_error(&error, "jwt");
    assert!(error.to_string().ends_with(": Bearer *** is not valid"), "{error}");
}

#[tokio::test]
async fn what_is_no_secret_stays_as_the_server_said_it() {
    let server = Server::start().await.unwrap();
    let words = "error parsing query: found FRM, expected FROM at line 1, char 10 (100% of \\d+ &c)";
    server.expect(Expect::query(), Reply::error(400, words));
    let client = Client::v1(server.url()).basic_auth("a", "e").build().unwrap();
    let error = client.influxql("SELECT 1 FRM x").execute().await.unwrap_err();
    assert_eq!(error.server_message(), Some(words));
    assert_eq!(error.to_string(), format!("GET {}/query: HTTP 400 Bad Request: {words}", server.url()));
}

#[tokio::test]
async fn the_advice_about_nan_can_be_followed() {
    let server = Server::start().await.unwrap();
    server.expect(Expect::write().any_times(), Reply::status(204));
    let point = Point::new("m").field("f", f64::NAN).field("g", 1.5).timestamp(1);
    let client = |nan| Client::v1(server.url()).database("d").nan(nan).build().unwrap();
    let strict = client(Nan::Error);
    let error = strict.write(&point).await.unwrap_err();
    assert!(error.to_string().contains("Nan::Skip"), "{error}");
    strict.write(&point).nan(Nan::Skip).await.unwrap();
    strict.write_iter([&point]).nan(Nan::Skip).await.unwrap();
    let lenient = client(Nan::Skip);
    lenient.write(&point).await.unwrap();
    assert!(lenient.write(&point).nan(Nan::Error).await.unwrap_err().is_encode());
    for builder in [strict.batch_writer().nan(Nan::Skip), lenient.batch_writer()] {
        let writer = builder.build().unwrap();
        writer.write(&point).await.unwrap();
        assert!(writer.close(Duration::from_secs(20)).await.is_complete());
    }
    assert!(strict.batch_writer().build().unwrap().try_write(&point).is_err());
    assert!(lenient.batch_writer().nan(Nan::Error).build().unwrap().try_write(&point).is_err());
    assert_eq!(server.lines(), ["m g=1.5 1"; 5]);
    // nothing is left of it then
    assert!(lenient.write(Point::new("m").field("f", f64::INFINITY)).await.unwrap_err().is_encode());
}

#[tokio::test]
async fn a_batch_writer_counts_what_a_call_was_given() {
    let client = Client::v1("http://127.0.0.1:9").database("d").build().unwrap();
    let writer = client.batch_writer().build().unwrap();
    let (good, bad) = (Point::new("m").field("f", 1), Point::new("m").field("f", f64::NAN));
    #[track_caller]
    fn names(error: &Error, index: usize) {
        assert_eq!(error.encode_error().unwrap().index(), Some(index), "{error}");
        assert_eq!(error.rejected()[0].index(), Some(index));
        assert!(error.to_string().starts_with(&format!("point {index}, ")), "{error}");
        assert_eq!(error.points_taken(), index as u64);
    }
    for _ in 0..3 {
        writer.write_all(&[good.clone(), good.clone()]).await.unwrap();
        names(&writer.write_all(&[good.clone(), bad.clone(), good.clone()]).await.unwrap_err(), 1);
        names(&writer.write_all_blocking(&[good.clone(), good.clone(), bad.clone()]).unwrap_err(), 2);
        let many = std::iter::repeat_n(&good, 100).chain([&bad]);
        names(&writer.write_all(many).await.unwrap_err(), 100);
        names(&writer.write(&bad).await.unwrap_err(), 0);
        names(&writer.try_write(&bad).unwrap_err(), 0);
        names(&writer.write_blocking(&bad).unwrap_err(), 0);
    }
}
