//! Rows lent to closures that stop and fail, rows of several statements, and values that are bound.

use std::io::{self, Write};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use influx_client::test_util::{Expect, Reply, Server};
use influx_client::{
    Client, Format, FromRow, InfluxQl, Language, OwnedRow, Point, Query, SeriesRow, TagValue,
};
use influx_tests::rows::{Usage, usage};

const THREE: &str = r#"{"results":[{"statement_id":0,"series":[{"name":"cpu","columns":["time","host","usage"],"values":[[1,"a",0.5],[2,"b",1.5],[3,"c",2.5]]}]}]}"#;

#[derive(FromRow)]
struct Host<'r> {
    host: &'r str,
    usage: f64,
}

/// An error type of somebody's own, without a box.
#[derive(Debug)]
enum Failed {
    Query(influx_client::Error),
    TooMuch(f64),
}

impl From<influx_client::Error> for Failed {
    fn from(error: influx_client::Error) -> Self {
        Failed::Query(error)
    }
}

async fn start() -> (Server, Client) {
    let server = Server::start().await.unwrap();
    let client = Client::v1(server.url()).database("d").build().unwrap();
    (server, client)
}

/// A client of a server that gives this answer as often as it is asked.
async fn answering(body: impl Into<String>) -> (Server, Client) {
    let (server, client) = start().await;
    server.expect(Expect::query().any_times(), Reply::json(body.into()));
    (server, client)
}

#[tokio::test]
async fn a_closure_fails_with_an_error_of_its_own() {
    let (_server, client) = answering(THREE).await;
    let mut seen = String::new();
    let query = client.influxql("SELECT * FROM cpu");
    let failed = query.clone().try_for_each_row::<Host<'_>, _>(|row| {
        seen += row.host;
        if row.usage > 1.0 { Err(Failed::TooMuch(row.usage)) } else { Ok(()) }
    });
    assert!(matches!(failed.await, Err(Failed::TooMuch(1.5))));
    assert_eq!(seen, "ab", "nothing is lent behind the error");
    let passed = query.try_for_each_row::<Host<'_>, _>(|row| {
        if row.usage > 9.0 { Err(Failed::TooMuch(row.usage)) } else { Ok(()) }
    });
    assert!(passed.await.is_ok());
}

#[tokio::test]
async fn the_querys_error_becomes_the_closures() {
    let cut = THREE.replace(r#",[3,"c",2.5]"#, r#",[3,"c",null]"#);
    let (_server, client) = answering(cut).await;
    let query = || client.influxql("SELECT * FROM cpu");
    let mut seen = 0;
    let failed = query().try_for_each_row::<Host<'_>, _>(|_| {
        seen += 1;
        Ok::<(), Failed>(())
    });
    let Err(Failed::Query(error)) = failed.await else { panic!("the third row is null") };
    assert!(error.is_decode() && seen == 2, "{error:?}");
    // and one that is there before any row
    let failed = query().bind("x", f64::NAN).try_for_each_row::<Host<'_>, _>(|_| Ok::<(), Failed>(()));
    assert!(matches!(failed.await, Err(Failed::Query(error)) if error.is_config()));
}

#[tokio::test]
async fn a_question_mark_works_inside_and_outside() {
    async fn parsed(client: &Client) -> Result<i64, Box<dyn std::error::Error + Send + Sync>> {
        let mut sum = 0;
        let query = client.influxql("SELECT * FROM cpu");
        query
            .try_for_each_row::<(i64, String, f64), _>(|(_, host, _)| {
                sum += host.parse::<i64>()?;
                Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())
            })
            .await?;
        Ok(sum)
    }
    let numbered = THREE.replace(r#""a""#, r#""40""#).replace(r#""b""#, r#""2""#);
    let (_server, client) = answering(numbered.replace(r#""c""#, r#""0""#)).await;
    assert_eq!(parsed(&client).await.unwrap(), 42);
    let (_server, client) = answering(numbered).await;
    assert!(parsed(&client).await.unwrap_err().to_string().contains("invalid digit"));
}

#[tokio::test]
async fn rows_are_written_to_a_file_as_they_come() {
    async fn copy(client: &Client, to: &mut impl Write) -> io::Result<()> {
        let query = client.influxql("SELECT * FROM cpu");
        query.try_for_each_row::<Host<'_>, _>(|row| writeln!(to, "{} {}", row.host, row.usage)).await
    }
    let (_server, client) = answering(THREE).await;
    let mut file = Vec::new();
    copy(&client, &mut file).await.unwrap();
    assert_eq!(file, b"a 0.5\nb 1.5\nc 2.5\n");
    let mut full = io::Cursor::new([0_u8; 8]);
    assert_eq!(
        copy(&client, &mut full.get_mut().as_mut_slice()).await.unwrap_err().kind(),
        io::ErrorKind::WriteZero
    );
    let nobody = Client::v1("http://127.0.0.1:1").build().unwrap();
    let error = copy(&nobody, &mut file).await.unwrap_err();
    let inner = error.get_ref().unwrap().downcast_ref::<influx_client::Error>().unwrap();
    assert!(inner.is_connect(), "{error:?}");
}

#[tokio::test]
async fn a_closure_stops() {
    let (_server, client) = answering(THREE).await;
    let query = || client.influxql("SELECT * FROM cpu");
    let mut seen = 0;
    let mut look_for = |host: &'static str| {
        seen += 1;
        query().try_for_each_row::<Host<'_>, _>(move |row| {
            if row.host == host { ControlFlow::Break(row.usage) } else { ControlFlow::Continue(()) }
        })
    };
    assert_eq!(look_for("b").await.unwrap(), ControlFlow::Break(1.5));
    assert_eq!(look_for("x").await.unwrap(), ControlFlow::Continue(()));
    // both: stop, or fail
    let both = |least: f64| {
        query().try_for_each_row::<Host<'_>, _>(move |row| {
            if row.usage > 2.0 {
                return Err(Failed::TooMuch(row.usage));
            }
            Ok(if row.usage > least {
                ControlFlow::Break(row.host.to_owned())
            } else {
                ControlFlow::Continue(())
            })
        })
    };
    assert_eq!(both(1.0).await.unwrap(), ControlFlow::Break("b".to_owned()));
    assert!(matches!(both(1.5).await, Err(Failed::TooMuch(2.5))));
    // and neither
    query().try_for_each_row::<Usage, _>(|_| ()).await.unwrap();
}

#[tokio::test]
async fn the_verbs_are_those_of_any_language() {
    async fn count<L: Language>(query: Query<L>) -> influx_client::Result<usize> {
        Ok(query
            .timeout(Duration::from_secs(5))
            .gzip(false)
            .bind("x", 1)
            .fetch_all::<OwnedRow>()
            .await?
            .len())
    }
    let (server, client) = answering(THREE).await;
    let query: Query<InfluxQl> = client.influxql("SELECT * FROM cpu WHERE x = $x");
    assert_eq!(count(query).await.unwrap(), 3);
    assert_eq!(server.requests()[0].param("params"), Some(r#"{"x":1}"#));
}

#[derive(FromRow, Debug, PartialEq)]
struct Mean {
    mean: f64,
}

#[derive(FromRow, Debug, PartialEq)]
struct Database {
    name: String,
}

/// An answer as 1.x gives it in pieces: one document for each series or part of one.
fn pieces(results: &[&str]) -> String {
    results.iter().map(|result| format!("{{\"results\":[{result}]}}\n")).collect()
}

const CPU: &str = r#"{"statement_id":0,"series":[{"name":"cpu","tags":{"host":"a"},"columns":["time","usage"],"values":[[1,0.5]],"partial":true}],"partial":true}"#;
const CPU_MORE: &str = r#"{"statement_id":0,"series":[{"name":"cpu","tags":{"host":"a"},"columns":["time","usage"],"values":[[2,1.5]]}],"partial":true}"#;
const CPU_B: &str = r#"{"statement_id":0,"series":[{"name":"cpu","tags":{"host":"b"},"columns":["time","usage"],"values":[[1,2.5]]}]}"#;
const MEAN: &str =
    r#"{"statement_id":1,"series":[{"name":"cpu","columns":["time","mean"],"values":[[0,1.5]]}]}"#;
const NOTHING: &str = r#"{"statement_id":2}"#;
const NAMES: &str =
    r#"{"statement_id":3,"series":[{"name":"databases","columns":["name"],"values":[["d"],["e"]]}]}"#;

#[tokio::test]
async fn each_statement_has_rows_of_its_own_type() {
    type Rows = (Vec<Usage>, Vec<Mean>, Vec<Usage>, Vec<Database>);
    let expected = || -> Rows {
        let cpu = vec![usage("a", 0.5), usage("a", 1.5), usage("b", 2.5)];
        let names = ["d", "e"].map(|name| Database { name: name.to_owned() });
        (cpu, vec![Mean { mean: 1.5 }], vec![], names.into())
    };
    let chunked = pieces(&[CPU, CPU_MORE, CPU_B, MEAN, NOTHING, NAMES]);
    let whole = format!("{{\"results\":[{}]}}", [CPU_B, MEAN, NOTHING, NAMES].join(","));
    let (server, client) = start().await;
    let query = || client.influxql("SELECT 1; SELECT 2; SELECT 3; SHOW DATABASES");
    for at in 1..chunked.len() {
        let (head, tail) = chunked.as_bytes().split_at(at);
        server.expect(Expect::query(), Reply::json("").chunks([head, tail]));
        let rows = query().fetch_statements::<(Usage, Mean, Usage, Database)>().await.unwrap();
        assert_eq!(rows, expected(), "split at {at}");
    }
    server.expect(Expect::query(), Reply::json(whole));
    let (cpu, means, none, names) =
        query().chunked(false).fetch_statements::<(Usage, Mean, (), (String,))>().await.unwrap();
    assert_eq!((cpu, means), (vec![usage("b", 2.5)], vec![Mean { mean: 1.5 }]));
    assert_eq!((none, names), (vec![], vec![("d".to_owned(),), ("e".to_owned(),)]));
}

#[tokio::test]
async fn parts_of_all_kinds_stand_side_by_side() {
    // types of many members and of none, maps, and rows that share the header of their series
    type Parts = (SeriesRow<Usage>, std::collections::BTreeMap<String, f64>, (), OwnedRow);
    let mean = MEAN.replace("[\"time\",\"mean\"]", "[\"mean\"]").replace("[[0,1.5]]", "[[1.5]]");
    let body = pieces(&[CPU_B, &mean, NOTHING, NAMES]);
    let (_server, client) = answering(body).await;
    let query = client.influxql("SELECT 1; SELECT 2; SELECT 3; SHOW DATABASES");
    let (cpu, means, none, names) = query.fetch_statements::<Parts>().await.unwrap();
    assert_eq!((cpu[0].series.to_string().as_str(), &cpu[0].row), ("cpu,host=b", &usage("b", 2.5)));
    assert_eq!(means, [std::collections::BTreeMap::from([("mean".to_owned(), 1.5)])]);
    assert!(none.is_empty());
    assert_eq!(
        names.iter().map(|row| row.get("name").unwrap().get().unwrap()).collect::<Vec<&str>>(),
        ["d", "e"]
    );
}

#[tokio::test]
async fn a_part_that_needs_types_asks_for_them() {
    let (server, client) = answering(pieces(&[CPU_B, MEAN])).await;
    let query = || client.influxql("SELECT 1; SELECT 2");
    // what becomes of the answer does not matter here
    let _ = query().fetch_statements::<(Usage, Point)>().await;
    let _ = query().fetch_statements::<(Usage, Mean)>().await;
    let _ = query().format(Format::Json).fetch_statements::<(Point, Mean)>().await;
    let accepted: Vec<_> = server
        .requests()
        .iter()
        .map(|request| request.header("accept") == Some("application/x-msgpack"))
        .collect();
    assert_eq!(accepted, [true, false, false]);
}

#[tokio::test]
async fn the_error_of_a_statement_names_it() {
    let bad = r#"{"statement_id":1,"error":"database not found: nope"}"#;
    let masked = r#"{"statement_id":1,"error":"not executed"}"#;
    for (results, says) in [
        (&[CPU_B, bad, masked][..], "database not found: nope"),
        (&[CPU_B, masked], "an earlier statement of the same request failed"),
        (&[CPU_B, &MEAN.replace("1.5", "\"x\"")], "Mean.mean: column \"mean\" holds string"),
        (&[CPU_B, &MEAN.replace("mean", "max")], "Mean.mean: the result has no column \"mean\""),
    ] {
        let (_server, client) = answering(pieces(results)).await;
        let error =
            client.influxql("SELECT 1; SELECT 2").fetch_statements::<(Usage, Mean)>().await.unwrap_err();
        assert!(error.to_string().contains(says) && error.to_string().contains("(statement 1"), "{error}");
        assert!(error.to_string().starts_with("GET http://"), "{error}");
        assert_eq!(error.decode_error().unwrap().statement_id(), Some(1));
    }
}

#[tokio::test]
async fn more_or_fewer_statements_than_parts_are_an_error() {
    let unnumbered = MEAN.replace("\"statement_id\":1,", "");
    for (results, answered) in [
        (&[][..], "answered 0 statements, and rows of 2 were asked for"),
        (&[CPU_B], "answered 1 statement, and rows of 2 were asked for"),
        (&[CPU_B, MEAN, NOTHING], "answered 3 statements, and rows of 2 were asked for"),
        (&[CPU_B, MEAN, NOTHING, NAMES], "answered 4 statements"),
        (&[&CPU_B.replace("\"statement_id\":0,", "")], "answered 1 statement,"),
    ] {
        let whole = format!("{{\"results\":[{}]}}", results.join(","));
        let in_pieces = if results.is_empty() { "{}".to_owned() } else { pieces(results) };
        for body in [in_pieces, whole] {
            let (_server, client) = answering(body).await;
            let query = client.influxql("SELECT 1; SELECT 2");
            let error = query.fetch_statements::<(Usage, Mean)>().await.unwrap_err();
            assert!(error.is_decode() && error.to_string().contains(answered), "{error}");
            assert!(error.to_string().contains("one part for each statement"), "{error}");
        }
    }
    // a server that does not number its statements has one
    let (_server, client) = answering(pieces(&[&unnumbered])).await;
    let (means,) = client.influxql("SELECT 1").fetch_statements::<(Mean,)>().await.unwrap();
    assert_eq!(means, [Mean { mean: 1.5 }]);
}

#[tokio::test]
async fn a_cut_answer_of_several_statements_is_an_error() {
    let whole = pieces(&[CPU_B, MEAN]);
    let (server, client) = start().await;
    for cut in 0..whole.len() {
        server.expect(Expect::query(), Reply::json("").chunks([whole.as_str()]).cut_after(cut));
        let query = client.influxql("SELECT 1; SELECT 2");
        let error = query.fetch_statements::<(Usage, Mean)>().await.unwrap_err();
        assert!(error.is_incomplete(), "{cut}: {error:?}");
    }
}

#[tokio::test]
async fn times_are_bound_as_text_with_nine_digits() {
    let (server, client) = answering(r#"{"results":[{"statement_id":0}]}"#).await;
    let bound = async |query: Query<InfluxQl>| {
        query.execute().await.unwrap();
        server.requests().pop().unwrap().param("params").unwrap().to_owned()
    };
    let query = || client.influxql("SELECT * FROM cpu WHERE time > $t");
    let at = UNIX_EPOCH + Duration::new(1_700_000_000, 7);
    for query in [
        query().bind_time("t", at),
        query().bind_time("t", Some(at)),
        query().bind_time("t", 1_700_000_000_000_000_007_i64),
        query().bind_time("t", "2023-11-14T22:13:20.000000007Z"),
        query().bind_time("t", chrono::DateTime::from_timestamp_nanos(1_700_000_000_000_000_007)),
    ] {
        assert_eq!(bound(query).await, r#"{"t":"2023-11-14T22:13:20.000000007Z"}"#);
    }
    assert_eq!(bound(query().bind_time("t", UNIX_EPOCH)).await, r#"{"t":"1970-01-01T00:00:00.000000000Z"}"#);
    // what cannot be sent sends nothing
    for query in [query().bind_time("t", None::<SystemTime>), query().bind_time("t", "yesterday")] {
        let error = query.execute().await.unwrap_err();
        assert!(error.is_config() && error.to_string().contains("$t"), "{error}");
    }
}

#[tokio::test]
async fn all_kinds_of_texts_and_numbers_are_bound() {
    #[derive(TagValue)]
    #[tag_value(rename_all = "UPPERCASE")]
    enum Side {
        Buy,
    }
    let (server, client) = answering(r#"{"results":[{"statement_id":0}]}"#).await;
    let shared: Arc<str> = "arc".into();
    let query = client
        .influxql("SELECT 1")
        .bind("usize", vec![1, 2].len())
        .bind("isize", -1_isize)
        .bind("ref", [2.5].first().unwrap())
        .bind("char", 'c')
        .bind("arc", &shared)
        .bind("enum", Side::Buy.wire());
    query.execute().await.unwrap();
    let expected = r#"{"usize":2,"isize":-1,"ref":2.5,"char":"c","arc":"arc","enum":"BUY"}"#;
    assert_eq!(server.requests()[0].param("params"), Some(expected));
}
