//! Administration: the statements that are sent, recorded answers read into rows, and what is refused before anything is sent.

use std::path::Path;
use std::time::{Duration, SystemTime};

use influx_client::admin::{Admin, FieldType, Privilege};
use influx_client::test_util::{Expect, Reply, Server};
use influx_client::{Client, Error, OwnedValue};

const DONE: &str = r#"{"results":[{"statement_id":0}]}"#;

async fn start() -> (Server, Client) {
    let server = Server::start().await.unwrap();
    let client = Client::v1(server.url()).database("d").build().unwrap();
    (server, client)
}

fn text_of(request: &influx_client::test_util::Request) -> String {
    request.param("q").unwrap_or_default().to_owned()
}

/// A server that gives this recorded answer to this statement.
async fn replay(folder: &str, file: &str, statement: &str) -> (Server, Admin) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(folder).join(file);
    let body = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let (server, client) = start().await;
    server.expect(Expect::query().param("q", statement), Reply::json(body));
    (server, client.admin())
}

#[tokio::test]
async fn statements_are_quoted_and_change_by_post() {
    let (server, client) = start().await;
    server.expect(Expect::query().any_times(), Reply::json(DONE));
    let admin = client.admin();
    let hour = Duration::from_secs(3_600);
    let hostile = "a\"; DROP DATABASE \"b\\\n";
    let since = SystemTime::UNIX_EPOCH - Duration::from_nanos(5);
    admin.create_database(hostile).await.unwrap();
    admin.create_database("x").duration(24 * hour).replication(2).shard_duration(hour).await.unwrap();
    admin.create_database("x").retention_policy("p q").duration(None).await.unwrap();
    admin.drop_database("x").await.unwrap();
    admin.drop_measurement("m").await.unwrap();
    admin.drop_series().measurement("m").measurement_matching("^a/b$").tag("k", "it's").await.unwrap();
    admin.drop_series().tag_not("k", "").tag_matching("l", "a").tag_not_matching("m", "b\\").await.unwrap();
    admin.delete_points().measurement("m").tag("k", "v").since(since).before(7_i64).await.unwrap();
    admin.create_retention_policy("r", Duration::from_millis(5_400_001)).make_default().await.unwrap();
    admin.create_retention_policy("r", None).replication(3).shard_duration(2 * hour).await.unwrap();
    admin.alter_retention_policy("r").duration(None).make_default().await.unwrap();
    admin.database("o\"d").drop_retention_policy("r").await.unwrap();
    admin.drop_user("u").await.unwrap();
    admin.grant(Privilege::Read, "d", "u").await.unwrap();
    admin.revoke(Privilege::All, "d", "u").await.unwrap();
    admin.grant_all_privileges("u").await.unwrap();
    admin.revoke_all_privileges("u").await.unwrap();
    let select = "SELECT mean(f) INTO x FROM m GROUP BY time(1h); ";
    admin.create_continuous_query("c", select).resample_every(hour).resample_for(2 * hour).await.unwrap();
    admin.drop_continuous_query("c").await.unwrap();
    admin.kill_query(7).await.unwrap();
    let sent: Vec<String> = server.requests().iter().map(text_of).collect();
    assert_eq!(
        sent,
        [
            "CREATE DATABASE \"a\\\"; DROP DATABASE \\\"b\\\\\\n\"",
            "CREATE DATABASE \"x\" WITH DURATION 1d REPLICATION 2 SHARD DURATION 1h",
            "CREATE DATABASE \"x\" WITH DURATION INF NAME \"p q\"",
            "DROP DATABASE \"x\"",
            "DROP MEASUREMENT \"m\"",
            "DROP SERIES FROM \"m\", /^a\\/b$/ WHERE \"k\" = 'it\\'s'",
            "DROP SERIES WHERE \"k\" != '' AND \"l\" =~ /a/ AND \"m\" !~ /(?:b\\)/",
            "DELETE FROM \"m\" WHERE \"k\" = 'v' AND time >= -5 AND time < 7",
            "CREATE RETENTION POLICY \"r\" ON \"d\" DURATION 5400001ms REPLICATION 1 DEFAULT",
            "CREATE RETENTION POLICY \"r\" ON \"d\" DURATION INF REPLICATION 3 SHARD DURATION 2h",
            "ALTER RETENTION POLICY \"r\" ON \"d\" DURATION INF DEFAULT",
            "DROP RETENTION POLICY \"r\" ON \"o\\\"d\"",
            "DROP USER \"u\"",
            "GRANT READ ON \"d\" TO \"u\"",
            "REVOKE ALL ON \"d\" FROM \"u\"",
            "GRANT ALL PRIVILEGES TO \"u\"",
            "REVOKE ALL PRIVILEGES FROM \"u\"",
            "CREATE CONTINUOUS QUERY \"c\" ON \"d\" RESAMPLE EVERY 1h FOR 2h BEGIN SELECT mean(f) INTO x FROM m GROUP BY time(1h)\nEND",
            "DROP CONTINUOUS QUERY \"c\" ON \"d\"",
            "KILL QUERY 7",
        ]
    );
    assert!(server.requests().iter().all(|request| request.method() == "POST"));
}

#[tokio::test]
async fn listings_are_narrowed() {
    let (server, client) = start().await;
    server.expect(Expect::query().any_times(), Reply::json(DONE));
    let admin = client.admin();
    assert!(admin.show_measurements().matching("^c").tag("k", "v").limit(1).await.unwrap().is_empty());
    assert!(admin.show_tag_keys().measurement("m").offset(3).limit(1).limit(2).await.unwrap().is_empty());
    assert!(admin.show_tag_values("a").key("b\"").measurement("m").tag("k", "v").await.unwrap().is_empty());
    assert!(admin.show_tag_values_matching("a|b").await.unwrap().is_empty());
    assert!(admin.show_field_keys().measurement_matching("x").await.unwrap().is_empty());
    assert!(admin.retention_policy("week").show_series().measurement("m").await.unwrap().is_empty());
    assert!(admin.database("e").show_exact_series_cardinality().tag("k", "v").await.unwrap().is_empty());
    let sent: Vec<String> = server.requests().iter().map(text_of).collect();
    assert_eq!(
        sent,
        [
            "SHOW MEASUREMENTS WITH MEASUREMENT =~ /^c/ WHERE \"k\" = 'v' LIMIT 1",
            "SHOW TAG KEYS FROM \"m\" LIMIT 2 OFFSET 3",
            "SHOW TAG VALUES FROM \"m\" WITH KEY IN (\"a\", \"b\\\"\") WHERE \"k\" = 'v'",
            "SHOW TAG VALUES WITH KEY =~ /a|b/",
            "SHOW FIELD KEYS FROM /x/",
            "SHOW SERIES FROM \"m\"",
            "SHOW SERIES EXACT CARDINALITY WHERE \"k\" = 'v'",
        ]
    );
    let requests = server.requests();
    let where_to = |at: usize| (requests[at].param("db"), requests[at].param("rp"));
    assert_eq!(where_to(0), (Some("d"), None));
    assert_eq!(where_to(5), (Some("d"), Some("week")));
    assert_eq!(where_to(6), (Some("e"), None));
}

#[tokio::test]
async fn another_database_does_not_take_the_clients_retention_policy_along() {
    let (server, _) = start().await;
    server.expect(Expect::query().any_times(), Reply::json(DONE));
    let client = Client::v1(server.url()).database("d").retention_policy("week").build().unwrap();
    client.admin().show_series().await.unwrap();
    client.admin().database("e").show_series().await.unwrap();
    let policies: Vec<_> = server.requests().iter().map(|r| r.param("rp").map(str::to_owned)).collect();
    assert_eq!(policies, [Some("week".to_owned()), None]);
}

#[tokio::test]
async fn mistakes_send_nothing() {
    let (server, client) = start().await;
    let admin = client.admin();
    let nowhere = Client::v1(server.url()).build().unwrap().admin();
    let hour = Duration::from_secs(3_600);
    let says = |error: Error, says: &str| {
        assert!(error.is_config(), "{error:?}");
        assert!(error.to_string().contains(says), "{error}");
    };
    says(admin.create_database("").await.unwrap_err(), "a name in a statement is empty");
    says(admin.create_database("a\rb").await.unwrap_err(), "holds '\\r', which InfluxQL cannot express");
    says(
        admin.create_database("a").duration(Duration::ZERO).await.unwrap_err(),
        "give None if that is meant",
    );
    says(admin.create_database("a").duration(Duration::MAX).await.unwrap_err(), "longer than the 292 years");
    says(admin.create_database("a").replication(0).await.unwrap_err(), "give 1 or more");
    says(admin.create_database("a").shard_duration(Duration::ZERO).await.unwrap_err(), "leave it out");
    says(admin.drop_series().await.unwrap_err(), "DROP SERIES of everything");
    says(admin.delete_points().await.unwrap_err(), "DELETE of everything");
    says(admin.drop_series().tag("time", "x").await.unwrap_err(), "`time` is not a tag");
    says(admin.drop_series().tag("k", "a\0").await.unwrap_err(), "bind it");
    says(admin.drop_series().measurement_matching("*").await.unwrap_err(), "begins with *");
    says(admin.delete_points().since(None::<i64>).await.unwrap_err(), "time in the request is missing");
    says(admin.alter_retention_policy("r").await.unwrap_err(), "nothing to alter");
    says(admin.show_series().limit(0).await.unwrap_err(), "a limit of 0");
    says(admin.show_tag_values_matching("a").key("b").await.unwrap_err(), "do one of both");
    let several = "SELECT 1; DROP DATABASE d";
    says(admin.create_continuous_query("c", several).await.unwrap_err(), "several statements");
    says(client.influxql(several).explain().await.unwrap_err(), "several statements");
    says(client.influxql(several).explain_analyze().await.unwrap_err(), "several statements");
    says(nowhere.show_measurements().await.unwrap_err(), "no database is named");
    says(nowhere.drop_measurement("m").await.unwrap_err(), "client.admin().database(");
    says(nowhere.create_retention_policy("r", hour).await.unwrap_err(), "no database is named");
    says(nowhere.show_retention_policies().await.unwrap_err(), "no database is named");
    says(nowhere.delete_points().before(1_i64).await.unwrap_err(), "no database is named");
    server.verify();
}

#[tokio::test]
async fn recorded_schemas() {
    let (_server, admin) = replay("v1", "088_show_dbs.json", "SHOW DATABASES").await;
    assert!(admin.show_databases().await.unwrap().contains(&"cap".to_owned()));
    let (_server, admin) = replay("v1", "089_show_meas.json", "SHOW MEASUREMENTS").await;
    assert!(admin.show_measurements().await.unwrap().contains(&"cpu".to_owned()));
    let (_server, admin) = replay("v1", "090_show_tagkeys.json", "SHOW TAG KEYS").await;
    let keys: Vec<_> =
        admin.show_tag_keys().await.unwrap().into_iter().map(|k| (k.measurement, k.key)).collect();
    let expected = [("cpu", "host"), ("cpu", "region"), ("mem", "host"), ("prec", "p")];
    assert_eq!(keys, expected.map(|(m, k)| (m.to_owned(), k.to_owned())));
    let (_server, admin) = replay("v1", "091_show_fieldkeys.json", "SHOW FIELD KEYS").await;
    let fields = admin.show_field_keys().await.unwrap();
    let kind = |m: &str, key: &str| fields.iter().find(|f| f.measurement == m && f.key == key).unwrap().kind;
    assert_eq!(fields.len(), 14);
    assert_eq!(kind("cpu", "big"), FieldType::Integer);
    assert_eq!(kind("cpu", "ok"), FieldType::Boolean);
    assert_eq!(kind("cpu", "s"), FieldType::String);
    assert_eq!(kind("cpu", "usage"), FieldType::Float);
    let text = "SHOW TAG VALUES WITH KEY IN (\"host\")";
    let (_server, admin) = replay("v1", "092_show_tagvalues.json", text).await;
    let pairs: Vec<_> = admin.show_tag_values("host").await.unwrap();
    let pairs: Vec<_> =
        pairs.iter().map(|p| (p.measurement.as_str(), p.key.as_str(), p.value.as_str())).collect();
    let expected =
        [("cpu", "a"), ("cpu", "b"), ("cpu", "rp"), ("mem", "a"), ("mem", "b")].map(|(m, v)| (m, "host", v));
    assert_eq!(pairs, expected);
    let (_server, admin) = replay("v1", "093_show_series.json", "SHOW SERIES").await;
    let series = admin.show_series().await.unwrap();
    assert_eq!(series.len(), 24);
    assert_eq!((series[0].measurement.as_str(), series[0].tags.len()), ("cns", 0));
    assert_eq!(series[2].text, "cpu,host=a,region=us\\ west");
    assert_eq!(series[2].tags[1], ("region".to_owned(), "us west".to_owned()));
    let text = "SHOW SERIES EXACT CARDINALITY";
    let (_server, admin) = replay("v1", "100_show_series_card.json", text).await;
    let counts = admin.show_exact_series_cardinality().await.unwrap();
    assert_eq!((counts.len(), counts[1].measurement.as_str(), counts[1].count), (9, "cpu", 4));
}

#[tokio::test]
async fn recorded_policies_users_and_queries() {
    let text = "SHOW RETENTION POLICIES ON \"d\"";
    let (_server, admin) = replay("v1", "094_show_rp.json", text).await;
    let policies = admin.show_retention_policies().await.unwrap();
    let hour = Duration::from_secs(3_600);
    assert_eq!((policies[0].name.as_str(), policies[0].duration), ("autogen", None));
    assert_eq!((policies[0].shard_duration, policies[0].replication), (168 * hour, 1));
    assert_eq!((policies[1].name.as_str(), policies[1].duration), ("two w", Some(336 * hour)));
    assert_eq!(policies.iter().map(|p| p.is_default).collect::<Vec<_>>(), [true, false]);
    let (_server, admin) = replay("v1", "095_show_users.json", "SHOW USERS").await;
    assert!(admin.show_users().await.unwrap().is_empty());
    let (_server, admin) = replay("v1auth", "022_show_users.json", "SHOW USERS").await;
    let users: Vec<_> = admin.show_users().await.unwrap().into_iter().map(|u| (u.name, u.is_admin)).collect();
    assert_eq!(users, [("root".to_owned(), true), ("bob".to_owned(), false)]);
    let (_server, admin) = replay("v1auth", "023_show_grants.json", "SHOW GRANTS FOR \"bob\"").await;
    let grants = admin.show_grants("bob").await.unwrap();
    assert_eq!((grants[0].database.as_str(), grants[0].privilege), ("d", Some(Privilege::Read)));
    let (_server, admin) = replay("v1", "099_show_queries.json", "SHOW QUERIES").await;
    let queries = admin.show_queries().await.unwrap();
    assert_eq!((queries[0].id, queries[0].query.as_str()), (2572, "SHOW QUERIES"));
    assert_eq!((queries[0].duration, queries[0].status.as_str()), (Duration::from_micros(4), "running"));
}

/// Answers of 1.12.4, which has columns and an empty text that 1.6.7 has not.
#[tokio::test]
async fn policies_shards_and_queries_of_1_12() {
    let (server, client) = start().await;
    let admin = client.admin();
    let hour = Duration::from_secs(3_600);
    let next = |body: &str| server.expect(Expect::query(), Reply::json(body));
    next(
        r#"{"results":[{"statement_id":0,"series":[{"columns":["name","duration","shardGroupDuration","replicaN","futureWriteLimit","pastWriteLimit","default"],
        "values":[["autogen","0s","168h0m0s",1,"0s","0s",true],["lim","24h0m0s","1h0m0s",1,"12h0m0s","1h30m0s",false]]}]}]}"#,
    );
    let policies = admin.show_retention_policies().await.unwrap();
    let limits: Vec<_> = policies.iter().map(|p| (p.future_write_limit, p.past_write_limit)).collect();
    assert_eq!(limits, [(None, None), (Some(12 * hour), Some(hour + hour / 2))]);
    assert_eq!(
        (policies[1].duration, policies[1].shard_duration, policies[0].is_default),
        (Some(24 * hour), hour, true)
    );
    let shards = |first: &str| {
        format!(
            r#"{{"results":[{{"statement_id":0,"series":[{{"name":"rec","columns":["id","database","retention_policy","shard_group","start_time","end_time","expiry_time","owners"],
            "values":[[69,"rec","autogen",69,"2026-11-23T00:00:00Z","2026-11-30T00:00:00Z","{first}",""],[70,"rec","lim",70,"2026-11-26T01:00:00Z","2026-11-26T02:00:00Z","2026-11-27T02:00:00Z","3,4"]]}}]}}]}}"#
        )
    };
    // 1.12.4 and 1.6.7
    for never in ["", "2026-11-30T00:00:00Z"] {
        next(&shards(never));
        let shards = admin.show_shards().await.unwrap();
        assert_eq!((shards[0].id, shards[0].expiry, shards[0].owners.len()), (69, None, 0), "{never:?}");
        assert_eq!(
            (shards[1].expiry, shards[1].owners.as_slice()),
            (Some(shards[1].end + 24 * hour), &[3, 4][..])
        );
    }
    next(&shards("soon"));
    let error = admin.show_shards().await.unwrap_err();
    assert!(error.is_decode() && error.to_string().contains("expiry_time"), "{error}");
    for (user, told) in [("", None), ("bob", Some("bob".to_owned()))] {
        next(&format!(
            r#"{{"results":[{{"statement_id":0,"series":[{{"columns":["qid","query","database","duration","status","user"],"values":[[1135,"SHOW QUERIES","","22µs","running","{user}"]]}}]}}]}}"#
        ));
        assert_eq!(admin.show_queries().await.unwrap()[0].user, told);
    }
    server.verify();
}

#[tokio::test]
async fn recorded_plans() {
    for (file, verb) in [("097_explain.json", "EXPLAIN"), ("098_explain_analyze.json", "EXPLAIN ANALYZE")] {
        let body = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("data/v1").join(file)).unwrap();
        let (server, client) = start().await;
        let text = format!("{verb} SELECT usage FROM cpu WHERE host = $h");
        server.expect(Expect::query().param("q", text), Reply::json(body));
        let query = client.influxql("SELECT usage FROM cpu WHERE host = $h; ").bind("h", "a");
        let lines =
            if verb == "EXPLAIN" { query.explain().await } else { query.explain_analyze().await }.unwrap();
        if verb == "EXPLAIN" {
            assert_eq!(lines[0], "EXPRESSION: <nil>");
            assert_eq!(lines.len(), 8);
        } else {
            assert_eq!((lines[1].as_str(), lines.len()), ("└── select", 30));
        }
        assert_eq!(server.requests()[0].param("params"), Some("{\"h\":\"a\"}"));
        server.verify();
    }
}

#[tokio::test]
async fn modules_of_any_shape() {
    let (server, client) = start().await;
    let body = r#"{"results":[{"statement_id":0,"series":[
        {"name":"runtime","columns":["Alloc","NumGC"],"values":[[2342360,2]]},
        {"name":"shard","tags":{"database":"d","id":"1"},"columns":["diskBytes","rate","big"],"values":[[102,0.5,18446744073709551615]]},
        {"name":"config","columns":["bind-address","enabled","nothing"],"values":[["127.0.0.1:0",false,null],["x",true,1]]}]}]}"#;
    server.expect(Expect::query().times(3), Reply::json(body));
    let stats = client.admin().show_stats().await.unwrap();
    assert_eq!(stats[0].get("NumGC").unwrap().get::<i64>(), Ok(2));
    assert_eq!(stats[1].tags, [("database".to_owned(), "d".to_owned()), ("id".to_owned(), "1".to_owned())]);
    assert_eq!(stats[1].get("rate").unwrap().get::<f64>(), Ok(0.5));
    assert_eq!(stats[1].get("big").unwrap().get::<u64>(), Ok(u64::MAX));
    let modules = client.admin().show_diagnostics().await.unwrap();
    assert_eq!(modules.len(), 4);
    assert_eq!(modules[2].get("bind-address"), Some(&OwnedValue::Str("127.0.0.1:0".into())));
    assert_eq!((modules[2].values.len(), modules[2].get("nothing")), (3, None));
    assert_eq!(modules[3].get("enabled"), Some(&OwnedValue::Bool(true)));
    client.admin().show_stats_for("it's").await.unwrap();
    assert_eq!(server.requests()[2].param("q"), Some("SHOW STATS FOR 'it\\'s'"));
}

#[tokio::test]
async fn answers_of_another_kind_are_errors() {
    let (server, client) = start().await;
    let rows = |columns: &str, row: &str| {
        let body = format!(
            r#"{{"results":[{{"statement_id":0,"series":[{{"name":"m","columns":{columns},"values":[{row}]}}]}}]}}"#
        );
        server.expect(Expect::query(), Reply::json(body));
    };
    rows(r#"["fieldKey","fieldType"]"#, r#"["f","complex"]"#);
    let error = client.admin().show_field_keys().await.unwrap_err();
    assert!(error.is_decode() && error.to_string().contains("complex"), "{error}");
    let columns = r#"["name","duration","shardGroupDuration","replicaN","default"]"#;
    rows(columns, r#"["r","7 days","1h",1,true]"#);
    let error = client.admin().show_retention_policies().await.unwrap_err();
    assert!(error.is_decode() && error.to_string().contains("a duration such as 1h30m"), "{error}");
    rows(r#"["database","privilege"]"#, r#"["d","SOME"]"#);
    let error = client.admin().show_grants("u").await.unwrap_err();
    assert!(error.is_decode() && error.to_string().contains("NO PRIVILEGES"), "{error}");
    let refused = r#"{"results":[{"statement_id":0,"error":"user not found"}]}"#;
    server.expect(Expect::query(), Reply::json(refused));
    let error = client.admin().show_grants("u").await.unwrap_err();
    assert_eq!((error.is_statement(), error.server_message()), (true, Some("user not found")));
}

#[tokio::test]
async fn passwords_travel_beside_the_statement_and_are_never_shown() {
    let (server, client) = start().await;
    let password = "hun\"ter'2\r\\";
    let quoted = "CREATE USER u WITH PASSWORD 'hun\"ter\\'2\r\\\\'";
    let refused = serde_json::json!({"results": [{"statement_id": 0, "error": quoted}]}).to_string();
    server.expect(Expect::query(), Reply::json(DONE));
    server.expect(Expect::query(), Reply::error(400, &format!("error parsing query: {quoted}")));
    server.expect(Expect::query(), Reply::json(refused));
    let admin = client.admin();
    admin.create_user("u", password).await.unwrap();
    let first = &server.requests()[0];
    assert_eq!(
        (first.method(), first.param("q")),
        ("POST", Some("CREATE USER \"u\" WITH PASSWORD $password"))
    );
    let params: serde_json::Value = serde_json::from_str(first.param("params").unwrap()).unwrap();
    assert_eq!(params["password"], password);
    for error in [
        admin.create_admin_user("u", password).await.unwrap_err(),
        admin.set_password("u", password).await.unwrap_err(),
    ] {
        let all = format!("{error}{error:?}{}{:?}", error.report(), error.server_message());
        assert!(!all.contains("hun") && all.contains("***"), "{all}");
        assert!(error.is_statement() || error.status() == Some(400), "{error:?}");
    }
    let sent: Vec<String> = server.requests().iter().map(text_of).collect();
    assert_eq!(sent[1], "CREATE USER \"u\" WITH PASSWORD $password WITH ALL PRIVILEGES");
    assert_eq!(sent[2], "SET PASSWORD FOR \"u\" = $password");
    server.verify();
}

const CLOSED: &str = r#"{"results":[{"statement_id":0,"error":"engine is closed"}]}"#;

#[tokio::test]
async fn what_a_busy_server_says_of_itself_for_a_moment_is_tried_again_where_that_is_safe() {
    let (server, client) = start().await;
    let admin = client.admin();
    let closed = |times| server.expect(Expect::query().times(times), Reply::json(CLOSED));
    let then = |body: &str| server.expect(Expect::query(), Reply::json(body));
    closed(2);
    then(DONE);
    admin.drop_series().measurement("m").await.unwrap();
    closed(1);
    then(DONE);
    admin.delete_points().before(5_i64).await.unwrap();
    closed(1);
    then(r#"{"results":[{"statement_id":0,"series":[{"columns":["key"],"values":[["cpu,host=a"]]}]}]}"#);
    assert_eq!(admin.show_series().await.unwrap().len(), 1);
    closed(1);
    then(
        r#"{"results":[{"statement_id":0,"series":[{"name":"runtime","columns":["Alloc"],"values":[[1]]}]}]}"#,
    );
    assert_eq!(admin.show_stats().await.unwrap().len(), 1);
    let sent: Vec<String> = server.requests().iter().map(text_of).collect();
    assert!(sent[0] == sent[1] && sent[1] == sent[2] && sent.len() == 9, "{sent:?}");
    server.verify();
}

#[tokio::test]
async fn what_is_not_safe_or_does_not_pass_is_not_tried_again() {
    let (server, client) = start().await;
    let admin = client.admin();
    server.expect(Expect::query().times(4), Reply::json(CLOSED));
    for error in [
        admin.create_user("u", "x").await.unwrap_err(),
        admin.kill_query(7).await.unwrap_err(),
        admin.create_continuous_query("c", "SELECT 1").await.unwrap_err(),
        // the caller's own statements are the caller's to repeat
        client.influxql("DROP SERIES FROM m").execute().await.unwrap_err(),
    ] {
        assert!(error.is_statement() && error.is_retryable(), "{error:?}");
    }
    assert_eq!(server.requests().len(), 4);
    let other = r#"{"results":[{"statement_id":0,"error":"database not found: d"}]}"#;
    server.expect(Expect::query(), Reply::json(other));
    let error = admin.drop_series().measurement("m").await.unwrap_err();
    assert!(error.is_statement() && !error.is_retryable() && server.requests().len() == 5, "{error:?}");
    server.expect(Expect::query().any_times(), Reply::json(CLOSED));
    let error = admin.drop_measurement("m").await.unwrap_err();
    assert_eq!((error.server_message(), error.is_retryable()), (Some("engine is closed"), true));
    assert!((3..20).contains(&(server.requests().len() - 5)), "{}", server.requests().len());
}
