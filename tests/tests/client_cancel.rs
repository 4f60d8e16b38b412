//! Leaving a query in the middle: the connection is closed, so that the server stops working for nobody.

use std::io;
use std::ops::ControlFlow;
use std::time::Duration;

use influx_client::test_util::{Expect, Reply, Server};
use influx_client::{AnyRow, Client};
use influx_tests::rows::Usage;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

const HEAD: &str = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
const START: &str = r#"{"results":[{"series":[{"name":"cpu","columns":["time","host","usage"],"values":["#;

/// A server whose answer never ends. Its task ends when the client has closed the connection.
async fn endless() -> (Client, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = Client::v1(format!("http://{}", listener.local_addr().unwrap())).build().unwrap();
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        while !read_some(&mut stream).await.ends_with(b"\r\n\r\n") {}
        stream.write_all(HEAD.as_bytes()).await.unwrap();
        let mut piece = START.to_owned();
        while stream.write_all(format!("{:x}\r\n{piece}\r\n", piece.len()).as_bytes()).await.is_ok() {
            piece = r#"[1,"a",0.5],"#.repeat(100);
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    });
    (client, server)
}

async fn read_some(stream: &mut TcpStream) -> Vec<u8> {
    let mut bytes = vec![0; 4096];
    let count = stream.read(&mut bytes).await.unwrap();
    assert!(count > 0, "the client went away before it had sent its request");
    bytes.truncate(count);
    bytes
}

async fn ends(server: JoinHandle<()>) {
    let ended = tokio::time::timeout(Duration::from_secs(10), server).await;
    ended.expect("the connection is still open, 10 s after the query was left").unwrap();
}

#[tokio::test]
async fn dropping_a_stream_closes_its_connection() {
    let (client, server) = endless().await;
    let mut rows = client.influxql("SELECT * FROM cpu").fetch::<Usage>();
    for _ in 0..1_000 {
        rows.next().await.unwrap().unwrap();
    }
    assert!(!server.is_finished(), "the answer has not ended");
    drop(rows);
    ends(server).await;
}

#[tokio::test]
async fn dropping_a_future_closes_its_connection() {
    let (client, server) = endless().await;
    let mut seen = 0;
    let rows = client.influxql("SELECT * FROM cpu").for_each_row::<AnyRow<'_>>(|_| seen += 1);
    assert!(tokio::time::timeout(Duration::from_millis(300), rows).await.is_err(), "the answer has no end");
    assert!(seen > 0);
    ends(server).await;
}

#[tokio::test]
async fn a_closure_that_stops_or_fails_closes_its_connection() {
    let (client, server) = endless().await;
    let query = client.influxql("SELECT * FROM cpu");
    let mut seen = 0;
    let mut count = move || {
        seen += 1;
        seen
    };
    let stopped = query.try_for_each_row::<AnyRow<'_>, _>(|_| match count() {
        1_000 => ControlFlow::Break("enough"),
        _ => ControlFlow::Continue(()),
    });
    assert_eq!(stopped.await.unwrap(), ControlFlow::Break("enough"));
    ends(server).await;

    let (client, server) = endless().await;
    let query = client.influxql("SELECT * FROM cpu");
    let failed = query.try_for_each_row::<AnyRow<'_>, _>(|_| io::Result::<()>::Err(io::Error::other("full")));
    assert_eq!(failed.await.unwrap_err().to_string(), "full");
    ends(server).await;
}

#[tokio::test]
async fn who_comes_back_to_a_query_goes_on_waiting() {
    const BODY: &str = r#"{"results":[{"series":[{"name":"cpu","columns":["time","host","usage"],"values":[[1,"a",0.5]]}]}]}"#;
    let server = Server::start().await.unwrap();
    let client = Client::v1(server.url()).build().unwrap();
    let late = Reply::json(BODY).delay(Duration::from_millis(200));
    server.expect(Expect::query().times(1), late);
    let mut batches = client.influxql("SELECT * FROM cpu").batches::<Usage>();
    assert!(tokio::time::timeout(Duration::from_millis(20), batches.next()).await.is_err());
    let mut rows = 0;
    while let Some(batch) = batches.next().await {
        rows += batch.unwrap().count();
    }
    assert_eq!((rows, server.requests().len()), (1, 1));
    server.verify();
}
