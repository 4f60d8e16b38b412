//! A million rows to a file, in the memory of one piece of the answer, and a search that stops.

use std::io::{BufWriter, Write};
use std::ops::ControlFlow;

use influx_client::{FromRow, LineProtocol};
use influx_tests::support::with_database;

#[derive(LineProtocol, FromRow)]
#[measurement("sample")]
struct Sample {
    #[timestamp]
    time: i64,
    value: i64,
}

const ROWS: i64 = 1_000_000;

#[tokio::test]
async fn a_million_rows_to_a_file() {
    with_database("export", |client| async move {
        client.write_iter((0..ROWS).map(|i| Sample { time: i * 1_000, value: i })).await.unwrap();

        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("samples.csv");
        let mut file = BufWriter::new(std::fs::File::create(&path).unwrap());
        let exported: std::io::Result<()> = client
            .influxql("SELECT value FROM sample")
            .try_for_each_row::<Sample, _>(|row| writeln!(file, "{},{}", row.time, row.value))
            .await;
        exported.unwrap();
        file.flush().unwrap();
        drop(file);
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text.lines().count(), ROWS as usize);
        assert_eq!(text.lines().last(), Some("999999000,999999"));

        // The first row that is looked for ends the query.
        let mut seen = 0;
        let found = client
            .influxql("SELECT value FROM sample")
            .try_for_each_row::<Sample, _>(|row| {
                seen += 1;
                match row.value >= 1_234 {
                    true => ControlFlow::Break(row.time),
                    false => ControlFlow::Continue(()),
                }
            })
            .await
            .unwrap();
        assert_eq!((found, seen), (ControlFlow::Break(1_234_000), 1_235));

        // The same with a stream of rows that are owned.
        let mut rows = client.influxql("SELECT value FROM sample").fetch::<Sample>();
        let mut sum = 0;
        while let Some(row) = rows.next().await {
            sum += row.unwrap().value;
            if sum > 1_000 {
                break;
            }
        }
        assert_eq!(sum, 1_035);
    })
    .await;
}
