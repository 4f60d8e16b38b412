//! The statements that are sent, and what is refused before anything is.

use super::*;

#[tokio::test]
async fn statements_are_quoted_and_change_by_post() {
    let (server, client) = start().await;
    server.expect(Expect::query().any_times(), Reply::json(DONE));
    let admin = client.v1();
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
    let admin = client.v1();
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
    client.v1().show_series().await.unwrap();
    client.v1().database("e").show_series().await.unwrap();
    let policies: Vec<_> = server.requests().iter().map(|r| r.param("rp").map(str::to_owned)).collect();
    assert_eq!(policies, [Some("week".to_owned()), None]);
}

#[tokio::test]
async fn mistakes_send_nothing() {
    let (server, client) = start().await;
    let admin = client.v1();
    let nowhere = Client::v1(server.url()).build().unwrap().v1();
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
    says(nowhere.drop_measurement("m").await.unwrap_err(), "client.v1().database(");
    says(nowhere.create_retention_policy("r", hour).await.unwrap_err(), "no database is named");
    says(nowhere.show_retention_policies().await.unwrap_err(), "no database is named");
    says(nowhere.delete_points().before(1_i64).await.unwrap_err(), "no database is named");
    server.verify();
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
    let admin = client.v1();
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
