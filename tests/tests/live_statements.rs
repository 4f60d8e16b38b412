//! Texts that hide a statement behind another one, against a real InfluxDB 1.x: what takes one statement runs no second one.

use influx_client::{Client, Point};
use influx_tests::support::with_v1_database;

/// Behind each, `CREATE DATABASE ..` would run if the client saw the end of the first statement elsewhere than the server does.
const HIDING: [&str; 13] = [
    "SELECT f FROM m -- c\r; {}",
    "SELECT f FROM m -- c\r\n; {}",
    "SELECT f FROM m -- c\0; {}",
    "SELECT f FROM m \0; {}",
    "SELECT f FROM m\0; {}",
    "SELECT f FROM /m--/; {}",
    "SELECT f FROM /m'/; {} -- '",
    "SELECT f FROM /m\"/; {} -- \"",
    "SELECT f FROM m WHERE t =~ /\\/--/; {}",
    "SELECT f / 2 FROM m; {} -- /",
    "SELECT f FROM m WHERE t = 'a\\\\'; {} -- '",
    "SELECT f FROM m WHERE t = 'a' /*/ c */; {}",
    "SELECT f\"x\" FROM m; {} -- \"",
];

async fn databases(client: &Client) -> Vec<String> {
    client.v1().show_databases().await.unwrap()
}

#[tokio::test]
async fn nothing_hidden_runs() {
    with_v1_database("hidden statements", |client| async move {
        client.write(Point::new("m").tag("t", "a").field("f", 1.5)).await.unwrap();
        let victim = format!("{}_hidden", client.database().unwrap());
        for hiding in HIDING {
            let text = hiding.replace("{}", &format!("CREATE DATABASE \"{victim}\""));
            assert!(client.influxql(&text).explain().await.is_err(), "{text:?}");
            assert!(client.influxql(&text).explain_analyze().await.is_err(), "{text:?}");
            assert!(client.v1().create_continuous_query("c", &text).await.is_err(), "{text:?}");
            assert!(!databases(&client).await.contains(&victim), "{text:?}");
        }
        let queries = client.v1().show_continuous_queries().await.unwrap();
        assert!(queries.iter().all(|query| Some(&*query.database) != client.database()), "{queries:?}");
    })
    .await;
}

/// The texts are what they are said to be: the server does run the second statement of most of them.
#[tokio::test]
async fn the_server_runs_what_the_client_refuses_to_take_for_one() {
    with_v1_database("shown statements", |client| async move {
        let victim = format!("{}_shown", client.database().unwrap());
        let mut ran = 0;
        for hiding in HIDING {
            let text = hiding.replace("{}", &format!("CREATE DATABASE \"{victim}\""));
            let _ = client.influxql(&text).execute().await;
            if databases(&client).await.contains(&victim) {
                ran += 1;
                client.v1().drop_database(&victim).await.unwrap();
            }
        }
        assert!(ran >= 7, "{ran} of {}", HIDING.len());
    })
    .await;
}

#[tokio::test]
async fn one_statement_with_what_looks_like_two_is_explained() {
    with_v1_database("one statement", |client| async move {
        client.write(Point::new("m").tag("t", "a").field("f", 1.5)).await.unwrap();
        for text in [
            "SELECT f FROM m WHERE t = 'a; b' -- c; d\n;",
            "SELECT f FROM m WHERE t =~ /a;b--/;",
            "SELECT f FROM m WHERE t =~ /a\\/;b'/ -- c\r",
            "; SELECT f / 2 FROM /m;/",
            "SELECT f FROM m WHERE t =~ /a\\\\/; DROP SERIES FROM m -- /",
        ] {
            client.influxql(text).explain().await.unwrap_or_else(|error| panic!("{text}: {error}"));
        }
        let select = "SELECT mean(f) AS f INTO n FROM m WHERE t =~ /a;b/ GROUP BY time(1h) -- END";
        client.v1().create_continuous_query("hourly", select).await.unwrap();
        let queries = client.v1().show_continuous_queries().await.unwrap();
        let own = queries.iter().find(|query| Some(&*query.database) == client.database()).unwrap();
        assert!(own.query.contains("/a;b/"), "{}", own.query);
    })
    .await;
}
