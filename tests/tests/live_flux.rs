//! Flux on a real 2.x: what is written comes back equal, values never change what a query means, and errors arrive behind the rows.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{DateTime, TimeZone, Utc};
use influx_client::{
    Bind, Client, Flux, FluxDuration, FromRow, LineProtocol, OwnedRow, OwnedValue, Point, Query, Regex,
    TagValue,
};
use influx_tests::support::{left_out, with_bucket, with_v1_database};

const START: i64 = 1_700_000_000_000_000_000;

#[derive(TagValue, Debug, Clone, Copy, PartialEq)]
#[tag_value(rename_all = "UPPERCASE")]
enum Side {
    Buy,
    Sell,
}

#[derive(LineProtocol, FromRow, Debug, Clone, PartialEq)]
#[measurement("trades")]
struct Trade {
    #[timestamp]
    time: DateTime<Utc>,
    #[tag]
    instrument: String,
    #[tag]
    side: Side,
    price: f64,
    size: i64,
    count: u32,
    open: bool,
    trade_id: Option<String>,
}

fn trade(n: i64) -> Trade {
    Trade {
        time: Utc.timestamp_nanos(START + n),
        instrument: format!("i{}", n % 7),
        side: if n % 2 == 0 { Side::Buy } else { Side::Sell },
        price: 0.1 * n as f64,
        size: i64::MAX - n,
        count: u32::MAX,
        open: n % 3 == 0,
        trade_id: (n % 5 == 0).then(|| format!("x\"y\\z\n,= é {n}")),
    }
}

/// All of the bucket.
fn all(client: &Client) -> Query<Flux> {
    let text = "from(bucket: b) |> range(start: 1677-09-21T00:12:43.145224194Z, stop: 2262-04-11T23:47:16.854775806Z)";
    client.flux(text).bind("b", client.bucket().unwrap())
}

fn with(client: &Client, steps: &str) -> Query<Flux> {
    let text = "from(bucket: b) |> range(start: 1677-09-21T00:12:43.145224194Z, stop: 2262-04-11T23:47:16.854775806Z)";
    client.flux(format!("{text} {steps}")).bind("b", client.bucket().unwrap())
}

#[tokio::test]
async fn structs_come_back_equal() {
    with_bucket("flux structs", |client| async move {
        let trades: Vec<Trade> = (0..2_500).map(trade).collect();
        client.write(&trades).await.unwrap();
        for gzip in [false, true] {
            let mut back: Vec<Trade> = all(&client).pivot().gzip(gzip).fetch_all().await.unwrap();
            back.sort_by_key(|trade| trade.time);
            assert_eq!(back, trades);
        }
        // in the order of time, and lent
        let sorted = r#"|> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value") |> group() |> sort(columns: ["_time"])"#;
        let mut n = 0;
        with(&client, sorted)
            .for_each_row::<Trade>(|row| {
                assert_eq!(row, trades[n]);
                n += 1;
            })
            .await
            .unwrap();
        assert_eq!(n, trades.len());
        // each table is a series
        let series = all(&client).pivot().series::<Trade>().all().await.unwrap();
        let names: BTreeSet<_> = series.iter().map(|one| one.columns.tag("instrument").unwrap().to_owned()).collect();
        assert_eq!((series.len(), names.len()), (14, 7));
        assert!(series.iter().all(|one| one.columns.name() == Some("trades")));
        assert_eq!(series.iter().map(|one| one.rows.len()).sum::<usize>(), trades.len());
    })
    .await;
}

#[derive(FromRow, Debug, PartialEq)]
struct Field {
    #[measurement]
    measurement: String,
    #[timestamp]
    time: i64,
    _field: String,
    _value: OwnedValue,
}

#[tokio::test]
async fn rows_of_one_field_each() {
    with_bucket("flux fields", |client| async move {
        client.write(&trade(0)).await.unwrap();
        let mut fields: Vec<Field> = all(&client).fetch_all().await.unwrap();
        fields.sort_by(|a, b| a._field.cmp(&b._field));
        let names: Vec<_> = fields.iter().map(|field| &*field._field).collect();
        assert_eq!(names, ["count", "open", "price", "size", "trade_id"]);
        assert!(fields.iter().all(|field| field.measurement == "trades" && field.time == START));
        assert_eq!(fields[1]._value, OwnedValue::Bool(true));
        assert_eq!(fields[2]._value, OwnedValue::F64(0.0));
        assert_eq!(fields[3]._value, OwnedValue::I64(i64::MAX));
        assert_eq!(fields[4]._value, OwnedValue::Str("x\"y\\z\n,= é 0".into()));
        let error = all(&client).fetch_all::<Trade>().await.unwrap_err();
        assert!(error.is_decode() && error.to_string().contains(".pivot()"), "{error}");
    })
    .await;
}

/// The texts of the corpora that a tag of 2.x can be, and some that are about Flux.
fn hostile() -> Vec<String> {
    let mut texts: Vec<String> = [
        "${1+1}",
        "${buckets()}",
        "a\" or true or \"",
        "\\",
        "\\\\",
        "\\${x}",
        "$${y}",
        "\") |> drop(columns: [\"x\"]) //",
        "'",
        "/",
        "//",
        "r._value",
        "\u{feff}x",
        "🦀",
        "a b,c=d",
        "true",
        "1",
        "-1h",
        "2020-01-01T00:00:00Z",
        "é",
        "e\u{301}",
    ]
    .map(str::to_owned)
    .into();
    let cases = include_str!("../data/corpora/lp_encoder_expectations.json");
    let cases: serde_json::Value = serde_json::from_str(cases).unwrap();
    fn strings(value: &serde_json::Value, found: &mut BTreeSet<String>) {
        match value {
            serde_json::Value::String(text) => drop(found.insert(text.clone())),
            serde_json::Value::Array(all) => all.iter().for_each(|value| strings(value, found)),
            serde_json::Value::Object(all) => all.values().for_each(|value| strings(value, found)),
            _ => {}
        }
    }
    let mut found = BTreeSet::new();
    strings(&cases, &mut found);
    texts.extend(found);
    let unique: BTreeSet<String> = texts.into_iter().collect();
    let taken = |text: &String| {
        let mut writer = influx_client::LineWriter::new(influx_client::Dialect::V2);
        !text.is_empty() && writer.write(&Point::new("m").tag("t", &**text).field("f", 1)).is_ok()
    };
    unique.into_iter().filter(taken).collect()
}

#[tokio::test]
async fn a_bound_text_is_never_anything_else() {
    with_bucket("flux hostile", |client| async move {
        let texts = hostile();
        assert!(texts.len() > 100, "{}", texts.len());
        let points: Vec<Point> = (0_i64..)
            .zip(&texts)
            .map(|(n, text)| Point::new("m").tag("t", &**text).field("n", n).timestamp(START))
            .collect();
        client.write(&points).await.unwrap();
        for (n, text) in (0_i64..).zip(&texts) {
            let query = with(&client, r#"|> filter(fn: (r) => r._measurement == "m" and r.t == text)"#)
                .bind("text", text);
            let rows: Vec<(String, i64)> = query
                .clone()
                .fetch_all::<One>()
                .await
                .unwrap()
                .into_iter()
                .map(|one| (one.t, one._value))
                .collect();
            // a carriage return alone does not come back in CSV
            let expected = text.replace("\r\n", "\n").replace('\r', "");
            assert_eq!(rows, [(expected, n)], "{text:?}");
        }
        // as a bucket, none of them is anything but a name
        for text in ["${buckets()}", "a\" or true or \"", "\\", "x\") |> yield() //"] {
            let error = client
                .flux("from(bucket: b) |> range(start: 0)")
                .bind("b", text)
                .execute()
                .await
                .unwrap_err();
            assert_eq!(error.status(), Some(404), "{text}: {error}");
        }
    })
    .await;
}

#[derive(FromRow, Debug)]
struct One {
    #[tag]
    t: String,
    _value: i64,
}

#[derive(FromRow, Debug, PartialEq)]
struct Kinds {
    text: String,
    int: i64,
    unsigned: u64,
    float: f64,
    nan: f64,
    infinite: f64,
    zero: f64,
    flag: bool,
    old: DateTime<Utc>,
    span: String,
    months: String,
    matches: bool,
    second: i64,
    member: String,
    empty: i64,
}

#[tokio::test]
async fn every_kind_of_value_is_bound() {
    with_bucket("flux kinds", |client| async move {
        let text = "import \"array\"\narray.from(rows: [{text: text, int: int, unsigned: unsigned, float: float, nan: nan, \
                    infinite: infinite, zero: zero, flag: flag, old: old, span: string(v: span), months: string(v: months), \
                    matches: \"a/b\" =~ re, second: ints[1], member: rec.name, empty: length(arr: none)}])";
        let oldest = Utc.timestamp_nanos(i64::MIN + 2);
        let query = client
            .flux(text)
            .bind("text", "a\"b\\c\n${1}")
            .bind("int", i64::MIN)
            .bind("unsigned", u64::MAX)
            .bind("float", 5e-324)
            .bind("nan", f64::NAN)
            .bind("infinite", f64::NEG_INFINITY)
            .bind("zero", -0.0)
            .bind("flag", true)
            .bind_time("old", oldest)
            .bind("span", -FluxDuration::exact(Duration::from_nanos(3_600_000_000_001)))
            .bind("months", FluxDuration::months(14))
            .bind("re", Regex("^a/b$".into()))
            .bind("ints", vec![1, 2])
            .bind("rec", Bind::record([("name", "x")].map(|(key, value)| (key, Bind::from(value)))))
            .bind("none", Vec::<i64>::new());
        let one: Kinds = query.fetch_one().await.unwrap();
        assert_eq!(one.text, "a\"b\\c\n${1}");
        assert_eq!((one.int, one.unsigned, one.float), (i64::MIN, u64::MAX, 5e-324));
        assert!(one.nan.is_nan() && one.infinite == f64::NEG_INFINITY && one.zero.is_sign_negative() && one.flag);
        assert_eq!(one.old, oldest);
        assert_eq!((&*one.span, &*one.months), ("-1h1ns", "1y2mo"));
        assert_eq!((one.matches, one.second, &*one.member, one.empty), (true, 2, "x", 0));
        // what is bound has the name that Cloud has for it, too
        let both = "import \"array\"\narray.from(rows: [{a: x, b: params.x}])";
        let row: (i64, i64) = client.flux(both).bind("x", 7).fetch_one::<Pair>().await.map(|pair| (pair.a, pair.b)).unwrap();
        assert_eq!(row, (7, 7));
    })
    .await;
}

#[derive(FromRow, Debug)]
struct Pair {
    a: i64,
    b: i64,
}

#[tokio::test]
async fn times_are_exact() {
    with_bucket("flux times", |client| async move {
        let t = DateTime::parse_from_rfc3339("1998-03-04T07:06:07.000008009+02:00").unwrap();
        let nanos = t.timestamp_nanos_opt().unwrap();
        let points = [nanos, nanos + 1].map(|time| Point::new("m").field("n", time).timestamp(time));
        client.write(&points).await.unwrap();
        let query = client
            .flux("from(bucket: b) |> range(start: start, stop: stop)")
            .bind("b", client.bucket().unwrap());
        let rows: Vec<Field> =
            query.bind_time("start", t).bind_time("stop", nanos + 1).fetch_all().await.unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!((rows[0].time, &rows[0]._value), (nanos, &OwnedValue::I64(nanos)));
        // relative times count from what now() is said to be
        let query =
            client.flux("from(bucket: b) |> range(start: -every)").bind("b", client.bucket().unwrap());
        let query = query.bind("every", Duration::from_nanos(2)).now(nanos + 2);
        assert_eq!(query.fetch_all::<OwnedRow>().await.unwrap().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn several_results_and_errors_behind_rows() {
    with_bucket("flux results", |client| async move {
        client.write(&[trade(0), trade(1)]).await.unwrap();
        let text = r#"
            data = from(bucket: b) |> range(start: 0)
            data |> filter(fn: (r) => r._field == "size") |> yield(name: "sizes")
            data |> filter(fn: (r) => r._field == "none") |> yield(name: "none")
            data |> filter(fn: (r) => r._field == "open") |> yield(name: "opens")"#;
        let rows: Vec<OwnedRow> =
            client.flux(text).bind("b", client.bucket().unwrap()).fetch_all().await.unwrap();
        // in any order, and without those that have no rows
        let mut results: Vec<_> = rows.iter().map(|row| row.columns().result().unwrap()).collect();
        results.sort_unstable();
        assert_eq!(results, ["opens", "opens", "sizes", "sizes"]);
        // of two types in one column: an error table behind the begin of the answer, or an error in its place
        let error = with(&client, "|> group()").fetch_all::<OwnedRow>().await.unwrap_err();
        assert!(error.to_string().contains("schema collision"), "{error}");
        let error = client.flux("from(bucket: ").fetch_all::<OwnedRow>().await.unwrap_err();
        assert_eq!(error.status(), Some(400), "{error}");
        let error = client.flux("from(bucket: \"no such\") |> range(start: 0)").execute().await.unwrap_err();
        assert!(error.to_string().contains("or this token may not read it"), "{error}");
        let error = with(&client, "").org("no such organization").execute().await.unwrap_err();
        assert_eq!(error.status(), Some(400), "{error}");
    })
    .await;
}

#[tokio::test]
async fn a_query_is_profiled() {
    with_bucket("flux profile", |client| async move {
        client.write(&[trade(0), trade(1)]).await.unwrap();
        let (rows, profile) = all(&client).pivot().profile::<Trade>().await.unwrap();
        let profile = profile.unwrap();
        assert_eq!(rows.len(), 2);
        assert!(profile.total > Duration::ZERO && profile.execute > Duration::ZERO, "{profile:?}");
        assert!(profile.plan_graph.as_deref().unwrap().contains("digraph"), "{profile:?}");
        assert!(
            !profile.operators.is_empty() && profile.operators.iter().all(|one| one.count > 0),
            "{profile:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn the_body_as_it_came() {
    with_bucket("flux raw", |client| async move {
        let trades: Vec<Trade> = (0..2_000).map(trade).collect();
        client.write(&trades).await.unwrap();
        let whole = all(&client).raw().await.unwrap();
        assert!(whole.starts_with(b"#datatype,string,long,"));
        let (mut pieces, mut count) = (Vec::new(), 0);
        let mut stream = all(&client).raw_stream();
        while let Some(piece) = stream.next().await {
            pieces.extend_from_slice(&piece.unwrap());
            count += 1;
        }
        assert_eq!(pieces.len(), whole.len());
        assert!(count > 1);
        let plain = influx_client::CsvDialect::new().annotations(false).delimiter(';');
        let text = all(&client).dialect(plain.clone()).raw().await.unwrap();
        assert!(text.starts_with(b";result;table;"));
        let error = all(&client).dialect(plain).fetch_all::<OwnedRow>().await.unwrap_err();
        assert!(error.to_string().contains("annotations"), "{error}");
    })
    .await;
}

/// 1.8 and later speak Flux where `flux-enabled` is set; a bucket is a database and its retention policy there.
#[tokio::test]
async fn flux_of_1x() {
    with_v1_database("Flux of 1.x", |client| async move {
        let trades: Vec<Trade> = (0..50).map(trade).collect();
        client.write(&trades).await.unwrap();
        let bucket = format!("{}/autogen", client.database().unwrap());
        let text = r#"from(bucket: b) |> range(start: 0) |> filter(fn: (r) => r.instrument == i)"#;
        let query = client.flux(text).bind("b", bucket).bind("i", "i3").pivot();
        let mut back: Vec<Trade> = match query.clone().fetch_all().await {
            Err(error) if matches!(error.status(), Some(403 | 404)) => {
                return left_out("Flux of 1.x", &format!("the server does not speak it: {error}"));
            }
            back => back.unwrap(),
        };
        back.sort_by_key(|trade| trade.time);
        let expected: Vec<_> = trades.into_iter().filter(|trade| trade.instrument == "i3").collect();
        assert_eq!(back, expected);
        // it has no profilers
        let (rows, profile) = query.profile::<Trade>().await.unwrap();
        assert_eq!((rows.len(), profile), (expected.len(), None));
        let error = client.flux("from(bucket: ").execute().await.unwrap_err();
        assert!(error.status() == Some(500) && !error.is_retryable(), "{error:?}");
    })
    .await;
}

/// Who stops reading stops the server.
#[tokio::test]
async fn rows_that_nobody_waits_for() {
    with_bucket("flux drop", |client| async move {
        let trades: Vec<Trade> = (0..20_000).map(trade).collect();
        client.write(&trades).await.unwrap();
        for _ in 0..5 {
            let mut rows = all(&client).pivot().fetch::<Trade>();
            for _ in 0..3 {
                rows.next().await.unwrap().unwrap();
            }
            drop(rows);
        }
        assert_eq!(all(&client).pivot().fetch_all::<Trade>().await.unwrap().len(), trades.len());
    })
    .await;
}
