//! Recorded answers, read into rows.

use super::*;

/// A server that gives this recorded answer to this statement.
async fn replay(folder: &str, file: &str, statement: &str) -> (Server, Admin) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(folder).join(file);
    let body = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let (server, client) = start().await;
    server.expect(Expect::query().param("q", statement), Reply::json(body));
    (server, client.v1())
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
    let admin = client.v1();
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
    let stats = client.v1().show_stats().await.unwrap();
    assert_eq!(stats[0].get("NumGC").unwrap().get::<i64>(), Ok(2));
    assert_eq!(stats[1].tags, [("database".to_owned(), "d".to_owned()), ("id".to_owned(), "1".to_owned())]);
    assert_eq!(stats[1].get("rate").unwrap().get::<f64>(), Ok(0.5));
    assert_eq!(stats[1].get("big").unwrap().get::<u64>(), Ok(u64::MAX));
    let modules = client.v1().show_diagnostics().await.unwrap();
    assert_eq!(modules.len(), 4);
    assert_eq!(modules[2].get("bind-address"), Some(&OwnedValue::Str("127.0.0.1:0".into())));
    assert_eq!((modules[2].values.len(), modules[2].get("nothing")), (3, None));
    assert_eq!(modules[3].get("enabled"), Some(&OwnedValue::Bool(true)));
    client.v1().show_stats_for("it's").await.unwrap();
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
    let error = client.v1().show_field_keys().await.unwrap_err();
    assert!(error.is_decode() && error.to_string().contains("complex"), "{error}");
    let columns = r#"["name","duration","shardGroupDuration","replicaN","default"]"#;
    rows(columns, r#"["r","7 days","1h",1,true]"#);
    let error = client.v1().show_retention_policies().await.unwrap_err();
    assert!(error.is_decode() && error.to_string().contains("a duration such as 1h30m"), "{error}");
    rows(r#"["database","privilege"]"#, r#"["d","SOME"]"#);
    let error = client.v1().show_grants("u").await.unwrap_err();
    assert!(error.is_decode() && error.to_string().contains("NO PRIVILEGES"), "{error}");
    let refused = r#"{"results":[{"statement_id":0,"error":"user not found"}]}"#;
    server.expect(Expect::query(), Reply::json(refused));
    let error = client.v1().show_grants("u").await.unwrap_err();
    assert_eq!((error.is_statement(), error.server_message()), (true, Some("user not found")));
}
