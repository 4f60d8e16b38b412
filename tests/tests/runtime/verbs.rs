//! Every verb in every kind of runtime, and in none.

use super::*;

type Verb = (&'static str, Pin<Box<dyn Future<Output = Result<()>> + Send>>);

/// What a client can do, each at its beginning.
fn verbs(client: &Client) -> Vec<Verb> {
    fn verb<T>(name: &'static str, work: impl Future<Output = Result<T>> + Send + 'static) -> Verb {
        (name, Box::pin(async move { work.await.map(drop) }))
    }
    fn some<T>(next: Option<Result<T>>) -> Result<()> {
        next.expect("a row or an error").map(drop)
    }
    let point = || Point::new("m").field("f", 1).timestamp(1);
    let query = || client.influxql("SELECT f FROM m");
    let (admin, c) = (client.v1(), client.clone());
    let (mut rows, mut batches, mut series) =
        (query().fetch::<OwnedRow>(), query().batches::<OwnedRow>(), query().series::<OwnedRow>());
    let (a, b, d, e) = (admin.clone(), admin.clone(), admin.clone(), admin);
    vec![
        verb("ping", async move { c.ping().await }),
        verb("write", client.write(point()).into_future()),
        verb("write of many", client.write(vec![point(), point()]).into_future()),
        verb("write, compressed", client.write(point()).gzip(true).into_future()),
        verb("write_iter", client.write_iter([point()]).into_future()),
        verb("write_lines", client.write_lines("m f=1 1").into_future()),
        verb("fetch", async move { some(rows.next().await) }),
        verb("fetch_all", query().fetch_all::<OwnedRow>()),
        verb("fetch_one", query().fetch_one::<OwnedRow>()),
        verb("fetch_optional", query().fetch_optional::<OwnedRow>()),
        verb("for_each_row", query().for_each_row::<OwnedRow>(|_| ())),
        verb("try_for_each_row", query().try_for_each_row::<OwnedRow, _>(|_| influx_client::Result::Ok(()))),
        verb("fetch_statements", query().fetch_statements::<(OwnedRow,)>()),
        verb("batches", async move { some(batches.next().await.map(|batch| batch.map(drop))) }),
        verb("series", async move { some(series.next().await) }),
        verb("all series", query().series::<OwnedRow>().all()),
        verb("execute", query().execute()),
        verb("raw", query().raw()),
        verb("explain", query().explain()),
        verb("create_database", async move { a.create_database("d").await }),
        verb("drop_user", async move { b.drop_user("u").await }),
        verb("create_user", async move { d.create_user("u", "p").await }),
        verb("show_databases", async move { e.show_databases().await }),
        verb("show_measurements", client.v1().show_measurements().into_future()),
        verb("delete_points", client.v1().delete_points().measurement("m").into_future()),
    ]
}

#[track_caller]
fn lacks(name: &str, error: &Error, what: &str) {
    let text = error.to_string();
    assert!(error.is_config() && !error.is_retryable(), "{name}: {error:?}");
    assert!(text.contains("needs a Tokio runtime with I/O and time"), "{name}: {text}");
    assert!(text.contains(what) && text.contains("enable_all()"), "{name}: {text}");
}

#[test]
fn without_a_runtime() {
    let (_running, server) = server(Reply::status(204));
    let client = client(&server);
    for (name, verb) in verbs(&client) {
        lacks(name, &plain(verb).expect_err(name), "outside of any");
    }
    lacks("build", &client.batch_writer().build().unwrap_err(), "outside of any");
    let error = plain(Server::start()).unwrap_err();
    assert!(error.to_string().contains("needs a Tokio runtime"), "{error}");
    assert!(server.requests().is_empty());
}

#[test]
fn in_runtimes_that_lack_a_driver() {
    let (_running, server) = server(Reply::status(204));
    let client = client(&server);
    type Set = fn(&mut Builder) -> &mut Builder;
    let sets: [(&str, Set); 3] = [
        ("without time:", |builder| builder.enable_io()),
        ("without I/O:", |builder| builder.enable_time()),
        ("without time and I/O:", |builder| builder),
    ];
    for (what, set) in sets {
        for mut builder in [Builder::new_current_thread(), Builder::new_multi_thread()] {
            let runtime = set(&mut builder).build().unwrap();
            for (name, verb) in verbs(&client) {
                lacks(name, &runtime.block_on(verb).expect_err(name), what);
            }
            let building = client.clone();
            let error = runtime.block_on(async move { building.batch_writer().build() }).unwrap_err();
            lacks("build", &error, what);
            let error = runtime.block_on(Server::start()).unwrap_err();
            assert!(error.to_string().contains(what), "{error}");
        }
    }
    assert!(server.requests().is_empty());
}

#[test]
fn in_whole_runtimes() {
    let (_running, server) = server(Reply::status(204));
    let client = client(&server);
    for runtime in [current_thread(), multi_thread(2)] {
        for (name, verb) in verbs(&client) {
            if let Err(error) = runtime.block_on(verb) {
                // the row is none of these
                assert!(
                    error.is_decode() && (name.starts_with("show") || name == "explain"),
                    "{name}: {error}"
                );
            }
        }
        let report = runtime.block_on(async {
            let writer = client.batch_writer().build().unwrap();
            writer.write(&Point::new("m").field("f", 1)).await.unwrap();
            writer.flush().await.unwrap();
            writer.close(LONG).await
        });
        assert!(report.is_complete(), "{report:?}");
    }
}

#[test]
fn a_client_outlives_its_runtime() {
    let (_running, server) = server(Reply::silence());
    let client = client(&server);
    let first = multi_thread(1);
    let handle = first.handle().clone();
    first.block_on(client.ping()).unwrap();
    let waiting: Vec<_> = verbs(&client).into_iter().map(|(_, verb)| first.spawn(verb)).collect();
    // a stream that was begun there
    let mut rows = client.influxql("SELECT f FROM m").fetch::<OwnedRow>();
    first.block_on(rows.next()).unwrap().unwrap();
    let started = Instant::now();
    while !server.requests().iter().any(|request| request.path() == "/write") {
        assert!(started.elapsed() < LONG);
        thread::yield_now();
    }
    first.shutdown_background();
    for verb in waiting {
        // those with an answer have ended, the others were stopped
        let _ = elsewhere(move || plain(verb));
    }
    let _ = elsewhere(move || plain(rows.next()));
    for (name, verb) in verbs(&client) {
        let handle = handle.clone();
        let error = elsewhere(move || handle.block_on(verb)).expect_err(name);
        assert!(
            error.to_string().contains("the Tokio runtime that this runs in has ended"),
            "{name}: {error}"
        );
    }
    current_thread().block_on(client.ping()).unwrap();
}
