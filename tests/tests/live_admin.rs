//! Administration of a real InfluxDB 1.x: what is created is found again, whatever its name.

use std::collections::BTreeSet;
use std::time::{Duration, SystemTime};

use influx_client::admin::v1::{FieldType, Privilege};
use influx_client::{Client, FromRow, Identifier, OwnedValue, Point};
use influx_tests::support::with_v1_database;

const HOUR: Duration = Duration::from_secs(3_600);

/// Names that break out of quotes, where quoting is wrong.
const HOSTILE: [&str; 16] = [
    "plain",
    "\"",
    "\\",
    "a\\",
    "\\\"; DROP DATABASE x; --",
    "a\"b\\\"c\\\\\"d",
    "'; DROP DATABASE x; --",
    "' OR '1' = '1",
    "a\nb",
    "\n",
    "a\tb\u{1}\u{7f}\u{85}",
    "\u{feff}\u{2028}é 漢字 🦀",
    "/* a */ -- b",
    "$x",
    "time",
    "a.b,c=d e",
];

/// All control characters that a statement can say.
fn controls() -> String {
    (1..=0x9f).map(char::from).filter(|c: &char| c.is_control() && *c != '\r').collect()
}

async fn count(client: &Client, text: &str) -> i64 {
    #[derive(FromRow)]
    struct Count {
        count: i64,
    }
    client.influxql(text).fetch_optional::<Count>().await.unwrap().map_or(0, |row| row.count)
}

async fn fill(client: &Client) {
    let points: Vec<Point> = (0..6_i64)
        .map(|i| {
            let host = if i % 2 == 0 { "a" } else { "b" };
            Point::new("cpu").tag("host", host).field("usage", 0.5).field("n", i).timestamp(i * 1_000)
        })
        .collect();
    client.write(&points).await.unwrap();
    let mem = Point::new("mem").tag("host", "a").tag("region", "eu");
    client.write(mem.field("text", "t").field("ok", true).timestamp(1_i64)).await.unwrap();
}

#[tokio::test]
async fn schemas_are_listed() {
    with_v1_database("schemas", |client| async move {
        fill(&client).await;
        let admin = client.v1();
        assert!(
            admin.show_databases().await.unwrap().iter().any(|name| Some(name.as_str()) == client.database())
        );
        assert_eq!(admin.show_measurements().await.unwrap(), ["cpu", "mem"]);
        assert_eq!(admin.show_measurements().matching("^m").await.unwrap(), ["mem"]);
        assert_eq!(admin.show_measurements().tag("region", "eu").await.unwrap(), ["mem"]);
        assert_eq!(admin.show_measurements().limit(1).offset(1).await.unwrap(), ["mem"]);
        let keys = admin.show_tag_keys().measurement("mem").await.unwrap();
        assert_eq!(keys.iter().map(|key| key.key.as_str()).collect::<Vec<_>>(), ["host", "region"]);
        let keys = admin.show_tag_keys().measurement("cpu").measurement("mem").limit(1).await.unwrap();
        assert_eq!(keys.len(), 2);
        let pairs = admin.show_tag_values("host").key("region").await.unwrap();
        let pairs: Vec<_> =
            pairs.iter().map(|p| format!("{},{}={}", p.measurement, p.key, p.value)).collect();
        assert_eq!(pairs, ["cpu,host=a", "cpu,host=b", "mem,host=a", "mem,region=eu"]);
        let pairs = admin.show_tag_values_matching("h|r").measurement_matching("c").tag_not("host", "a");
        assert_eq!(pairs.await.unwrap()[0].value, "b");
        let pairs =
            admin.show_tag_values("host").tag_matching("host", "^a").measurement("cpu").await.unwrap();
        assert_eq!(pairs.len(), 1);
        let fields = admin.show_field_keys().await.unwrap();
        let fields: Vec<_> =
            fields.iter().map(|f| (f.measurement.as_str(), f.key.as_str(), f.kind)).collect();
        assert_eq!(
            fields,
            [
                ("cpu", "n", FieldType::Integer),
                ("cpu", "usage", FieldType::Float),
                ("mem", "ok", FieldType::Boolean),
                ("mem", "text", FieldType::String),
            ]
        );
        let series = admin.show_series().tag_not("region", "").await.unwrap();
        assert_eq!(series.len(), 1);
        assert_eq!((series[0].measurement.as_str(), series[0].tags.len()), ("mem", 2));
        assert_eq!(admin.show_series_cardinality().await.unwrap(), 3);
        let counts = admin.show_exact_series_cardinality().measurement("cpu").await.unwrap();
        assert_eq!((counts.len(), counts[0].count), (1, 2));
        // More rows than fit into one piece of an answer.
        let many = (0..12_000_i64).map(|i| Point::new("many").tag("i", i).field("f", 1.0).timestamp(i));
        client.write_iter(many).await.unwrap();
        assert_eq!(admin.show_tag_values("i").await.unwrap().len(), 12_000);
        assert_eq!(admin.show_series().measurement("many").await.unwrap().len(), 12_000);
    })
    .await;
}

#[tokio::test]
async fn data_is_deleted() {
    with_v1_database("deleting", |client| async move {
        fill(&client).await;
        let admin = client.v1();
        let cpu = "SELECT count(n) FROM cpu";
        let early = SystemTime::UNIX_EPOCH + Duration::from_nanos(1_500);
        admin.delete_points().measurement("cpu").tag("host", "a").before(early).await.unwrap();
        assert_eq!(count(&client, cpu).await, 5);
        admin.delete_points().since(4_000_i64).before(5_000_i64).await.unwrap();
        assert_eq!(count(&client, cpu).await, 4);
        // In each retention policy, whichever is named.
        admin.create_retention_policy("other", None).await.unwrap();
        client
            .write(Point::new("cpu").tag("host", "b").field("n", 1).timestamp(1_i64))
            .retention_policy("other")
            .await
            .unwrap();
        admin.drop_series().measurement("cpu").tag("host", "b").await.unwrap();
        assert_eq!(count(&client, cpu).await, 1);
        let database = client.database().unwrap();
        assert_eq!(count(&client, &format!("SELECT count(n) FROM \"{database}\".other.cpu")).await, 0);
        admin.drop_measurement("cpu").await.unwrap();
        admin.drop_measurement("cpu").await.unwrap();
        assert_eq!(admin.show_measurements().await.unwrap(), ["mem"]);
        // A field is not a tag: no series has one of that name.
        admin.delete_points().measurement("mem").tag("text", "t").await.unwrap();
        assert_eq!(count(&client, "SELECT count(text) FROM mem").await, 1);
    })
    .await;
}

#[tokio::test]
async fn retention_policies_are_created_altered_and_dropped() {
    with_v1_database("policies", |client| async move {
        let admin = client.v1();
        let odd = 90 * HOUR + Duration::from_nanos(1);
        admin.create_retention_policy("a\"b", odd).shard_duration(2 * HOUR).make_default().await.unwrap();
        admin.create_retention_policy("week", 168 * HOUR).await.unwrap();
        let list = admin.show_retention_policies().await.unwrap();
        let find = |name: &str| list.iter().find(|policy| policy.name == name).unwrap();
        assert_eq!((find("a\"b").duration, find("a\"b").shard_duration), (Some(odd), 2 * HOUR));
        assert!(find("a\"b").is_default && !find("autogen").is_default);
        assert_eq!((find("autogen").duration, find("week").replication), (None, 1));
        admin
            .alter_retention_policy("week")
            .duration(None)
            .shard_duration(24 * HOUR)
            .make_default()
            .await
            .unwrap();
        admin.drop_retention_policy("a\"b").await.unwrap();
        let list = admin.show_retention_policies().await.unwrap();
        let week = list.iter().find(|policy| policy.name == "week").unwrap();
        assert_eq!((list.len(), week.duration, week.shard_duration), (2, None, 24 * HOUR));
        assert!(week.is_default);
        let error = admin.create_retention_policy("short", HOUR / 2).await.unwrap_err();
        assert!(error.server_message().unwrap().contains("must be at least 1h"), "{error}");
        let error = admin.alter_retention_policy("nope").duration(HOUR).await.unwrap_err();
        assert!(error.is_statement(), "{error:?}");
        let name = format!("{}_with", client.database().unwrap());
        let other = admin.database(&name);
        admin
            .create_database(&name)
            .duration(48 * HOUR)
            .shard_duration(HOUR)
            .retention_policy("two days")
            .await
            .unwrap();
        let list = other.show_retention_policies().await.unwrap();
        assert_eq!((list.len(), list[0].name.as_str(), list[0].duration), (1, "two days", Some(48 * HOUR)));
        assert_eq!((list[0].shard_duration, list[0].is_default), (HOUR, true));
        admin.drop_database(&name).await.unwrap();
        assert!(other.show_retention_policies().await.unwrap_err().is_statement());
    })
    .await;
}

#[tokio::test]
async fn users_and_grants() {
    with_v1_database("users", |client| async move {
        let admin = client.v1();
        let database = client.database().unwrap();
        // Users are the server's, not the database's: each test has names of its own.
        let hostile = HOSTILE.map(str::to_owned).into_iter().chain([controls()]);
        let mut names: BTreeSet<String> = hostile.map(|name| format!("{database}{name}")).collect();
        for name in &names {
            admin.create_user(name, "it's \"\\\n\r\0 secret").await.unwrap();
            admin.grant(Privilege::Write, database, name).await.unwrap();
            let grants = admin.show_grants(name).await.unwrap();
            assert_eq!(
                (grants[0].database.as_str(), grants[0].privilege),
                (database, Some(Privilege::Write))
            );
            admin.set_password(name, "other").await.unwrap();
        }
        let own = async || -> BTreeSet<String> {
            let users = admin.show_users().await.unwrap();
            users.into_iter().map(|user| user.name).filter(|name| name.starts_with(database)).collect()
        };
        assert_eq!(own().await, names);
        let boss = format!("{database}boss");
        admin.create_admin_user(&boss, "x").await.unwrap();
        let is_admin =
            async || admin.show_users().await.unwrap().iter().any(|u| u.name == boss && u.is_admin);
        assert!(is_admin().await);
        admin.revoke_all_privileges(&boss).await.unwrap();
        assert!(!is_admin().await);
        admin.grant_all_privileges(&boss).await.unwrap();
        assert!(is_admin().await);
        let privilege = async || admin.show_grants(&boss).await.unwrap()[0].privilege;
        for (granted, revoked, left) in [
            (Privilege::All, Privilege::Write, Some(Privilege::Read)),
            (Privilege::Read, Privilege::Read, None),
            (Privilege::All, Privilege::All, None),
        ] {
            admin.grant(granted, database, &boss).await.unwrap();
            assert_eq!(privilege().await, Some(granted));
            admin.revoke(revoked, database, &boss).await.unwrap();
            assert_eq!(privilege().await, left);
        }
        let error = admin.create_user(&boss, "hunter2").await.unwrap_err();
        assert_eq!(error.server_message(), Some("user already exists"), "{error:?}");
        names.insert(boss);
        for name in &names {
            admin.drop_user(name).await.unwrap();
        }
        assert!(own().await.is_empty());
        let error = admin.set_password("nobody at all", "hunter2").await.unwrap_err();
        assert!(error.is_statement() && !format!("{error:?}").contains("hunter2"), "{error:?}");
    })
    .await;
}

/// Stores a measurement by a query, which takes more names than line protocol can say, finds it and drops it.
async fn measurement_is_found(client: &Client, name: &str) {
    let admin = client.v1();
    client.write(Point::new("src").tag("t", "v").field("f", 1.0).timestamp(1_i64)).await.unwrap();
    let copy = client.influxql("SELECT f INTO $m FROM src GROUP BY *").bind("m", Identifier(name.into()));
    copy.execute().await.unwrap();
    let pattern = format!("^\\Q{}\\E$", name.replace("\\E", "\\E\\\\E\\Q"));
    let measurements = admin.show_measurements().await.unwrap();
    assert_eq!(measurements.iter().filter(|other| *other == name).count(), 1, "{name:?}: {measurements:?}");
    let fields = admin.show_field_keys().measurement(name).await.unwrap();
    assert_eq!((fields.len(), fields[0].measurement.as_str()), (1, name), "{name:?}");
    if !name.contains('\n') {
        let found = admin.show_measurements().matching(&pattern).await.unwrap();
        assert_eq!(found, [name], "{pattern:?}");
    }
    admin.drop_measurement(name).await.unwrap();
    assert_eq!(admin.show_measurements().await.unwrap(), ["src"], "{name:?}");
}

#[tokio::test]
async fn hostile_names_are_found_again() {
    with_v1_database("admin names", |client| async move {
        let admin = client.v1();
        let mut stored = 0;
        for name in HOSTILE {
            // Measurements with a backslash at their end or before a quote the server itself loses.
            if !name.ends_with('\\') && !name.contains("\\\"") {
                measurement_is_found(&client, name).await;
            }
            let point = Point::new("m").tag("k", name).field("f", 1.0).timestamp(1_i64);
            match client.write(&point).await {
                Err(error) if error.is_encode() => continue,
                written => written.unwrap(),
            };
            stored += 1;
            let pairs = admin.show_tag_values("k").tag("k", name).await.unwrap();
            assert_eq!((pairs.len(), pairs[0].value.as_str()), (1, name));
            let series = admin.show_series().tag("k", name).await.unwrap();
            assert_eq!(series[0].tags, [("k".to_owned(), name.to_owned())]);
            admin.drop_series().tag("k", name).await.unwrap();
            assert!(admin.show_series().measurement("m").await.unwrap().is_empty(), "{name:?}");
        }
        assert!(stored >= 9, "{stored}");
        // Other clients may have written what this one refuses to.
        let value = controls().replace('\n', "");
        client.write_lines(format!("m,k={value} f=1 1")).check_lines(false).await.unwrap();
        let pairs = admin.show_tag_values("k").tag("k", &value).await.unwrap();
        assert_eq!((pairs.len(), &pairs[0].value), (1, &value));
    })
    .await;
}

#[tokio::test]
async fn databases_with_hostile_names() {
    with_v1_database("database names", |client| async move {
        let admin = client.v1();
        for name in HOSTILE {
            let name = format!("{}{name}", client.database().unwrap());
            match admin.create_database(&name).await {
                Ok(()) => {}
                // The server's own rule: it makes folders of these names.
                Err(error) => {
                    assert_eq!(error.server_message(), Some("invalid name"), "{name:?}: {error:?}");
                    let unfit = |c: char| matches!(c, '/' | '\\' | '\u{feff}' | '\u{2028}') || c.is_control();
                    assert!(name.contains(unfit), "{name:?}");
                    continue;
                }
            }
            assert!(admin.show_databases().await.unwrap().contains(&name), "{name:?}");
            let inside = admin.database(&name);
            client.write(Point::new("m").field("f", 1.5)).database(&name).await.unwrap();
            assert_eq!(inside.show_measurements().await.unwrap(), ["m"]);
            inside.create_retention_policy(&name, 2 * HOUR).await.unwrap();
            let policies = inside.show_retention_policies().await.unwrap();
            assert!(policies.iter().any(|policy| policy.name == name), "{policies:?}");
            let select = "SELECT mean(f) INTO x FROM m GROUP BY time(1h) -- on and on";
            inside.create_continuous_query(&name, select).resample_every(HOUR).await.unwrap();
            let all = admin.show_continuous_queries().await.unwrap();
            let own: Vec<_> = all.iter().filter(|query| query.database == name).collect();
            assert_eq!((own.len(), own[0].name.as_str()), (1, name.as_str()));
            assert!(own[0].query.contains("RESAMPLE EVERY 1h"), "{}", own[0].query);
            inside.drop_continuous_query(&name).await.unwrap();
            let all = admin.show_continuous_queries().await.unwrap();
            assert!(!all.iter().any(|query| query.database == name));
            inside.drop_retention_policy(&name).await.unwrap();
            admin.drop_database(&name).await.unwrap();
            assert!(!admin.show_databases().await.unwrap().contains(&name));
        }
    })
    .await;
}

#[tokio::test]
async fn the_server_tells_of_itself() {
    with_v1_database("server", |client| async move {
        fill(&client).await;
        let admin = client.v1();
        let shards = admin.show_shards().await.unwrap();
        let shard = shards.iter().find(|shard| Some(shard.database.as_str()) == client.database()).unwrap();
        assert_eq!(shard.retention_policy, "autogen");
        assert!(shard.start <= SystemTime::UNIX_EPOCH && shard.end > SystemTime::UNIX_EPOCH);
        // It keeps its points for ever.
        assert_eq!((shard.expiry, shard.owners.len()), (None, 0));
        let queries = admin.show_queries().await.unwrap();
        let own = queries.iter().find(|query| query.query == "SHOW QUERIES").unwrap();
        assert!(own.id > 0 && own.duration < Duration::from_secs(60), "{own:?}");
        let error = admin.kill_query(u64::MAX).await.unwrap_err();
        assert_eq!(error.server_message(), Some("no such query id: 18446744073709551615"));
        let stats = admin.show_stats().await.unwrap();
        let database = |tags: &[(String, String)]| {
            tags.iter().any(|(_, value)| Some(value.as_str()) == client.database())
        };
        let own = stats.iter().find(|stat| stat.name == "database" && database(&stat.tags)).unwrap();
        assert_eq!(own.get("numSeries").unwrap().get::<i64>(), Ok(3));
        let runtime = admin.show_stats_for("runtime").await.unwrap();
        assert!(runtime[0].get("Alloc").unwrap().get::<u64>().unwrap() > 0, "{runtime:?}");
        let modules = admin.show_diagnostics().await.unwrap();
        let build = modules.iter().find(|module| module.name == "build").unwrap();
        let version = client.ping().await.unwrap().version().unwrap().to_owned();
        assert_eq!(build.get("Version"), Some(&OwnedValue::Str(version.into())));
    })
    .await;
}

#[tokio::test]
async fn plans_are_explained() {
    with_v1_database("plans", |client| async move {
        fill(&client).await;
        let query =
            || client.influxql("SELECT mean(n) FROM cpu WHERE host = $h GROUP BY host;").bind("h", "a");
        let plan = query().explain().await.unwrap();
        assert!(plan.iter().any(|line| line == "NUMBER OF SERIES: 1"), "{plan:?}");
        let tree = query().explain_analyze().await.unwrap();
        assert!(tree.iter().any(|line| line.contains("total_time")), "{tree:?}");
        client.influxql("SELECT * INTO copy FROM cpu").explain_analyze().await.unwrap();
        assert_eq!(client.v1().show_measurements().await.unwrap(), ["cpu", "mem"]);
        let error = client.influxql("SHOW DATABASES").explain().await.unwrap_err();
        assert_eq!((error.status(), error.is_statement()), (Some(400), false), "{error:?}");
    })
    .await;
}
