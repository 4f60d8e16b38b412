//! A batch writer whose runtime ends, or does not run.

use super::*;

fn point(n: i64) -> Point {
    Point::new("m").field("f", n).timestamp(n)
}

/// A writer on this runtime whose batches have one point, and what was dropped of it.
fn writer(runtime: &Runtime, server: &Server) -> (BatchWriter, mpsc::Receiver<DropReason>) {
    let (dropped, drops) = mpsc::channel();
    let client = client(server);
    let builder =
        client.batch_writer().batch_points(1).batch_bytes(20).queue_bytes(60).retry(RetryPolicy::new());
    let builder = builder.on_event(move |event| {
        if let BatchEvent::Dropped { why, .. } = event {
            let _ = dropped.send(*why);
        }
    });
    let _within = runtime.enter();
    (builder.build().unwrap(), drops)
}

fn adds_up(report: &Report) {
    let stats = report.stats;
    let unsent: usize = report.unsent.iter().map(|unsent| unsent.points).sum();
    assert_eq!(stats.given, stats.written + stats.rejected + stats.dropped + stats.spooled, "{stats:?}");
    assert_eq!((stats.dropped, stats.pending), (unsent as u64, 0), "{stats:?}");
}

#[track_caller]
fn ended(error: &Error) {
    assert!(error.is_closed() && error.to_string().contains("its Tokio runtime has ended"), "{error}");
}

/// Gives points until the queue is full.
fn fill(writer: &BatchWriter) -> u64 {
    (1..).find(|n| writer.try_write(&point(*n)).is_err()).unwrap().cast_unsigned() - 1
}

#[test]
fn a_writer_whose_runtime_has_ended_gives_errors() {
    let (_running, server) = server(Reply::silence());
    for runtime in [current_thread(), multi_thread(2)] {
        let (writer, drops) = writer(&runtime, &server);
        let given = fill(&writer);
        runtime.block_on(async { tokio::time::sleep(Duration::from_millis(20)).await });
        runtime.shutdown_background();
        let other = writer.clone();
        elsewhere(move || {
            ended(&plain(other.write(&point(1))).unwrap_err());
            ended(&other.try_write(&point(1)).unwrap_err());
            ended(&other.write_blocking(&point(1)).unwrap_err());
            ended(&plain(other.write_all(&[point(1)])).unwrap_err());
            ended(&other.write_all_blocking(&[point(1)]).unwrap_err());
            ended(&plain(other.write_lines("m f=1 1")).unwrap_err());
            ended(&other.write_lines_blocking("m f=1 1").unwrap_err());
            ended(&plain(other.flush()).unwrap_err());
            ended(&other.flush_blocking().unwrap_err());
            ended(&other.to_database("other").unwrap_err());
        });
        let report = elsewhere(move || plain(writer.close(Duration::from_secs(3_600))));
        adds_up(&report);
        assert_eq!((report.stats.given, report.stats.dropped), (given, given));
        assert!(drops.try_iter().all(|why| why == DropReason::NoRuntime));
    }
}

#[test]
fn the_end_of_a_runtime_wakes_all_who_wait() {
    let (_running, server) = server(Reply::silence());
    let runtime = multi_thread(2);
    let (writer, _drops) = writer(&runtime, &server);
    fill(&writer);
    let (told, tells) = mpsc::channel::<(&str, Result<()>)>();
    let wait = |name, work: fn(&BatchWriter) -> Result<()>| {
        let (writer, told) = (writer.clone(), told.clone());
        thread::spawn(move || told.send((name, work(&writer))));
    };
    wait("write", |writer| plain(writer.write(&point(1))));
    wait("write_blocking", |writer| writer.write_blocking(&point(1)));
    wait("write_all", |writer| plain(writer.write_all(&[point(1)])));
    wait("write_all_blocking", |writer| writer.write_all_blocking(&[point(1)]));
    wait("write_lines", |writer| plain(writer.write_lines("m f=1 1")));
    wait("write_lines_blocking", |writer| writer.write_lines_blocking("m f=1 1"));
    wait("flush", |writer| plain(writer.flush()));
    wait("flush_blocking", BatchWriter::flush_blocking);
    thread::sleep(Duration::from_millis(100));
    assert!(tells.try_recv().is_err(), "all wait");
    runtime.shutdown_background();
    for _ in 0..8 {
        let (name, result) = tells.recv_timeout(LONG).unwrap();
        ended(&result.expect_err(name));
    }
    adds_up(&elsewhere(move || writer.close_blocking(LONG)));
}

#[test]
fn the_end_of_a_runtime_ends_a_close() {
    let (_running, server) = server(Reply::silence());
    type Close = fn(BatchWriter) -> Report;
    let closes: [Close; 2] =
        [|writer| plain(writer.close(LONG * 9)), |writer| writer.close_blocking(LONG * 9)];
    for close in closes {
        let runtime = multi_thread(1);
        let (writer, _drops) = writer(&runtime, &server);
        fill(&writer);
        thread::spawn(move || {
            thread::sleep(Duration::from_millis(50));
            runtime.shutdown_background();
        });
        adds_up(&elsewhere(move || close(writer)));
    }
}

#[test]
fn what_a_runtime_leaves_stays_in_the_spool() {
    let folder = tempfile::tempdir().unwrap();
    let (_running, silent) = server(Reply::silence());
    let (runtime, client) = (multi_thread(1), client(&silent));
    let spool = || SpoolSettings::new(folder.path());
    let writer = {
        let _within = runtime.enter();
        client.batch_writer().spool(spool().fsync(influx_client::Fsync::Always)).build().unwrap()
    };
    plain(writer.write_all(&[point(1), point(2)])).unwrap();
    runtime.shutdown_background();
    // it ends by and by, and takes points until then
    let more = (3..).find_map(|n| {
        thread::sleep(Duration::from_millis(5));
        plain(writer.write(&point(n))).err().map(|error| (n, error))
    });
    let (end, error) = more.unwrap();
    ended(&error);
    let report = elsewhere(move || plain(writer.close(LONG)));
    adds_up(&report);
    assert_eq!((report.stats.given, report.stats.spooled), (end as u64 - 1, end as u64 - 1));

    let (runtime, server) = server(Reply::status(204));
    let client = Client::v1(server.url()).database("d").build().unwrap();
    let _within = runtime.enter();
    let next = client.batch_writer().spool(spool()).build().unwrap();
    next.flush_blocking().unwrap();
    assert_eq!(server.lines(), (1..end).map(|n| format!("m f={n}i {n}")).collect::<Vec<_>>());
    assert!(elsewhere(move || next.close_blocking(LONG)).is_complete());
}

#[test]
fn plain_threads_flush_and_close() {
    let (_running, server) = server(Reply::status(204));
    let runtime = multi_thread(1);
    type Finish = fn(BatchWriter) -> Report;
    let finishes: [Finish; 2] = [
        |writer| {
            plain(writer.flush()).unwrap();
            plain(writer.close(LONG))
        },
        |writer| {
            writer.flush_blocking().unwrap();
            writer.close_blocking(LONG)
        },
    ];
    for finish in finishes {
        let (writer, _drops) = writer(&runtime, &server);
        let report = elsewhere(move || {
            // more than the queue holds
            for n in 0..50 {
                writer.write_blocking(&point(n)).unwrap();
                plain(writer.write(&point(100 + n))).unwrap();
            }
            finish(writer)
        });
        assert!(report.is_complete() && report.stats.given == 100, "{report:?}");
    }
}

#[test]
fn close_keeps_its_deadline_in_plain_threads() {
    let (_running, server) = server(Reply::silence());
    let deadline = Duration::from_millis(200);
    type Close = fn(BatchWriter, Duration) -> Report;
    let closes: [Close; 2] = [|writer, time| plain(writer.close(time)), BatchWriter::close_blocking];
    for close in closes {
        // the single-threaded one is driven by nobody
        for runtime in [multi_thread(1), current_thread()] {
            let (writer, drops) = writer(&runtime, &server);
            let given = fill(&writer);
            let started = Instant::now();
            let report = elsewhere(move || close(writer, deadline));
            assert!(started.elapsed() >= deadline && report.stats.dropped == given, "{report:?}");
            adds_up(&report);
            assert!(drops.try_iter().all(|why| why == DropReason::Deadline));
        }
    }
}

#[test]
fn blocking_calls_in_async_code() {
    let (_running, server) = server(Reply::status(204));
    let flush_and_close = |writer: BatchWriter| {
        writer.write_blocking(&point(1)).unwrap();
        writer.flush_blocking().unwrap();
        assert!(writer.close_blocking(LONG).is_complete());
    };
    // threads that may block
    for runtime in [current_thread(), multi_thread(1)] {
        let (writer, _drops) = writer(&runtime, &server);
        elsewhere(move || {
            runtime
                .block_on(async { tokio::task::spawn_blocking(move || flush_and_close(writer)).await })
                .unwrap()
        });
    }
    // the only worker: others take over
    let runtime = multi_thread(1);
    let (first, _drops) = writer(&runtime, &server);
    let (second, _drops) = writer(&runtime, &server);
    let (third, _drops) = writer(&runtime, &server);
    elsewhere(move || {
        runtime.block_on(runtime.spawn(async move { flush_and_close(first) })).unwrap();
        runtime.block_on(async move { flush_and_close(second) });
        runtime.block_on(tokio::task::LocalSet::new().run_until(async move { flush_and_close(third) }));
    });
}

#[test]
fn a_blocked_runtime_is_no_deadlock() {
    let (_running, server) = server(Reply::status(204));
    let runtime = current_thread();
    let (writer, drops) = writer(&runtime, &server);
    let given = fill(&writer);
    let report = elsewhere(move || {
        runtime.block_on(async move {
            for blocked in [writer.flush_blocking(), writer.write_blocking(&point(1))] {
                let error = blocked.unwrap_err();
                assert!(error.is_config() && error.to_string().contains("spawn_blocking"), "{error}");
            }
            writer.close_blocking(LONG * 9)
        })
    });
    adds_up(&report);
    assert_eq!(report.stats.dropped, given);
    assert!(drops.try_iter().all(|why| why == DropReason::NoRuntime));
}

#[test]
fn the_last_handle_may_go_anywhere() {
    let (_running, server) = server(Reply::silence());
    let runtime = multi_thread(1);
    let (writer, drops) = writer(&runtime, &server);
    let given = fill(&writer);
    let alive = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&alive);
    elsewhere(move || {
        drop(writer);
        seen.store(true, Ordering::Release);
    });
    assert!(alive.load(Ordering::Acquire));
    assert_eq!(drops.try_iter().filter(|why| *why == DropReason::NotClosed).count() as u64, given);
}
