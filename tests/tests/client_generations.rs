//! Queries to other servers than 1.6 by the same endpoints: what 2.x and 3.x answer to them, recorded and scripted.

use std::path::Path;

use influx_client::test_util::{Expect, Reply, Server};
use influx_client::{Client, Format, OwnedRow, Point};
use influx_tests::rows::{Usage, usage};

async fn start() -> (Server, Client) {
    let server = Server::start().await.unwrap();
    let client = Client::v1(server.url()).database("d").build().unwrap();
    (server, client)
}

/// An answer that was recorded, with its status and those of its headers that a client looks at.
fn recorded(folder: &str, file: &str) -> Reply {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(folder);
    let index: serde_json::Value =
        serde_json::from_slice(&std::fs::read(folder.join("index.json")).unwrap()).unwrap();
    let entry = index.as_array().unwrap().iter().find(|entry| entry["file"] == file).unwrap();
    let status = entry["response"]["status"].as_u64().unwrap();
    let reply = Reply::status(status.try_into().unwrap()).body(std::fs::read(folder.join(file)).unwrap());
    let headers = entry["response"]["headers"].as_object().unwrap();
    let told = headers.iter().filter(|(name, _)| {
        !["content-length", "transfer-encoding", "date"].contains(&name.to_ascii_lowercase().as_str())
    });
    told.fold(reply, |reply, (name, value)| reply.header(name, value.as_str().unwrap()))
}

/// The heads of databases' own answers that have no body: 2.7.12, 2.9.1 and 3.10.1, and each header alone.
fn empty() -> Vec<Reply> {
    let json = || Reply::status(200).header("Content-Type", "application/json");
    let v2 = |version| json().header("X-Influxdb-Build", "OSS").header("X-Influxdb-Version", version);
    vec![
        v2("v2.7.12"),
        v2("v2.9.1"),
        json().header("cluster-uuid", "5b101409-bb46-49c0-a90a-a783a7e4ac72"),
        json().header("X-Influxdb-Version", "3.10.1"),
        json().header("x-influxdb-build", "Core"),
        Reply::status(200)
            .header("Content-Type", "application/x-msgpack")
            .header("x-influxdb-version", "v2.9.1"),
    ]
}

#[tokio::test]
async fn an_empty_body_of_the_database_has_no_rows() {
    let (server, client) = start().await;
    let query = || client.influxql("SELECT * FROM cpu");
    for reply in empty() {
        for reply in [reply.clone().body(""), reply.clone().chunks([""]), reply.body("\n")] {
            server.expect(Expect::query().times(8), reply);
            assert!(query().fetch_all::<Usage>().await.unwrap().is_empty());
            assert_eq!(query().fetch_optional::<Usage>().await.unwrap(), None);
            assert!(query().fetch_one::<Usage>().await.unwrap_err().is_no_rows());
            assert!(query().series::<Usage>().all().await.unwrap().is_empty());
            query().for_each_row::<Usage>(|row| panic!("{row:?}")).await.unwrap();
            assert!(query().format(Format::Msgpack).fetch_all::<OwnedRow>().await.unwrap().is_empty());
            client.v1().drop_measurement("cpu").await.unwrap();
            client.v1().delete_points().measurement("cpu").before(5_i64).await.unwrap();
        }
    }
    server.verify();
}

#[tokio::test]
async fn an_empty_body_of_somebody_else_or_a_cut_one_is_an_error() {
    let (server, client) = start().await;
    let mut replies = vec![
        Reply::status(200),
        Reply::json(""),
        Reply::json(" \n"),
        Reply::json("").chunks([""]),
        Reply::status(200).header("Server", "nginx").header("X-Request-Id", "7"),
    ];
    for reply in empty() {
        replies.push(reply.clone().body("").cut_after(0));
        replies.push(reply.clone().chunks([""]).cut_after(0));
        // an answer that begins is no empty one
        replies.push(reply.body("{\"results\":["));
    }
    for reply in replies {
        server.expect(Expect::query().times(2), reply.clone());
        let error = client.influxql("SELECT * FROM cpu").fetch_all::<Usage>().await.unwrap_err();
        assert!(error.is_incomplete() || error.is_statement(), "{reply:?}: {error:?}");
        let error = client.v1().drop_measurement("cpu").await.unwrap_err();
        assert!(error.is_incomplete() || error.is_statement(), "{reply:?}: {error:?}");
    }
}

#[tokio::test]
async fn statements_without_rows() {
    for (folder, file) in [
        ("v2", "354_v1_q_drop_measurement.json"),
        ("v2", "355_v1_q_delete.json"),
        ("v1new", "024_drop_measurement.json"),
        ("v1new", "025_drop_measurement_chunked.json"),
        ("v3new", "140_v1q_nomeas.json"),
    ] {
        let (server, client) = start().await;
        server.expect(Expect::query().times(2), recorded(folder, file));
        client.influxql("DROP MEASUREMENT m").chunked(false).execute().await.unwrap();
        assert!(client.influxql("SELECT * FROM m").fetch_all::<Usage>().await.unwrap().is_empty(), "{file}");
        server.verify();
    }
    let (server, client) = start().await;
    server.expect(Expect::query(), recorded("v2", "353_v1_q_create_db.json"));
    let error = client.v1().create_database("x").await.unwrap_err();
    assert_eq!(error.server_message(), Some("not implemented: CREATE DATABASE"), "{error:?}");
}

#[tokio::test]
async fn points_need_a_msgpack_that_tells_types() {
    let (server, client) = start().await;
    server.expect(Expect::query(), recorded("v2", "342_v1_q_msgpack.msgpack"));
    let points: Vec<Point> = client.influxql("SELECT * FROM cpu").fetch_all().await.unwrap();
    assert_eq!(points.len(), 1);
    // 3.x: named, never shown, and a way out that works
    server.expect(Expect::query().times(2), recorded("v3new", "136_v1q_msgpack.msgpack"));
    let says = "this server's msgpack is not that of InfluxDB 1.x: use Format::Json";
    let error = client.influxql("SELECT * FROM cpu").fetch_all::<Point>().await.unwrap_err();
    assert!(error.is_decode() && error.server_message().is_none(), "{error:?}");
    assert!(error.to_string().contains(says) && error.to_string().contains("read a struct"), "{error}");
    let query = client.influxql("SELECT * FROM cpu").format(Format::Msgpack);
    let error = query.fetch_all::<OwnedRow>().await.unwrap_err();
    assert!(error.to_string().contains(says) && error.is_decode(), "{error:?}");
    server.expect(Expect::query().times(2), recorded("v3new", "133_v1q_chunked.json"));
    let rows: Vec<OwnedRow> =
        client.influxql("SELECT usage FROM cpu").format(Format::Json).fetch_all().await.unwrap();
    assert_eq!(rows.len(), 4);
    let error = client.influxql("SELECT usage FROM cpu").format(Format::Json).fetch_all::<Point>().await;
    let error = error.unwrap_err().to_string();
    assert!(error.contains("JSON does not tell which") && error.contains("read a struct"), "{error}");
}

#[tokio::test]
async fn documents_without_a_line_end_between_them() {
    let (server, client) = start().await;
    server.expect(Expect::query(), recorded("v3new", "132_v1q_group.json"));
    let hosts: Vec<Option<String>> = {
        let rows = client.influxql("SELECT usage FROM cpu GROUP BY host").series::<OwnedRow>().all().await;
        let series = rows.unwrap();
        series.iter().map(|one| one.columns.tags().next().map(|(_, value)| value.to_owned())).collect()
    };
    assert!(hosts.len() > 1, "{hosts:?}");
    let documents = r#"{"results":[{"statement_id":0,"series":[{"name":"cpu","columns":["time","host","usage"],"values":[[1,"a",0.5]],"partial":true}],"partial":true}]}"#;
    let last = documents.replace(r#","partial":true"#, "").replace(r#""a",0.5"#, r#""b",2"#);
    server.expect(Expect::query(), Reply::json(format!("{documents}{last}")));
    let rows: Vec<Usage> = client.influxql("SELECT * FROM cpu").fetch_all().await.unwrap();
    assert_eq!(rows, [usage("a", 0.5), usage("b", 2.0)]);
}

#[tokio::test]
async fn listings_of_2_and_3() {
    let (server, client) = start().await;
    let admin = client.v1();
    let next = |folder, file| server.expect(Expect::query(), recorded(folder, file));
    next("v2", "346_v1_q_field_keys.json");
    let kinds: Vec<_> = admin.show_field_keys().await.unwrap().into_iter().map(|field| field.kind).collect();
    use influx_client::admin::v1::FieldType::{Boolean, Float, Integer, String, Unsigned};
    assert_eq!(kinds, [Integer, Boolean, String, Unsigned, Float]);
    next("v2", "350_v1_q_series.json");
    assert_eq!(admin.show_series().await.unwrap().len(), 4);
    next("v2", "351_v1_q_databases.json");
    assert!(admin.show_databases().await.unwrap().contains(&"market".to_owned()));
    next("v2", "352_v1_q_rps.json");
    let policies = admin.show_retention_policies().await.unwrap();
    assert_eq!(
        (policies[0].name.as_str(), policies[0].duration, policies[0].is_default),
        ("autogen", None, true)
    );
    assert_eq!((policies[0].future_write_limit, policies[0].past_write_limit), (None, None));
    next("v2", "357_v1_q_users.json");
    assert!(admin.show_users().await.unwrap_err().is_statement());
    next("v3new", "145_v1q_showdb.json");
    assert!(admin.show_databases().await.unwrap().contains(&"d/myrp".to_owned()));
    server.verify();
}
