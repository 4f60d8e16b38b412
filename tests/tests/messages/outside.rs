//! What servers say, to every verb and with every kind of credentials.

use super::forbidden::*;
use super::log::*;
use super::*;

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
    check("statements", query().fetch_statements::<((i64, bool), ())>().await.err());
    check("series", query().series::<(i64, bool)>().all().await.err());
    check("point", query().fetch_all::<Point>().await.err());
    check("create_user", client.v1().create_user("x", PASSWORD).await.err());
    check("show_databases", client.v1().show_databases().await.err());
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
