//! A full queue, stamps, threads, and mistakes.

use super::*;

#[tokio::test]
async fn a_full_queue_makes_writes_wait() {
    let (server, builder) = start().await;
    server.expect(Expect::write().any_times(), Reply::status(204).delay(Duration::from_millis(50)));
    let writer = builder.batch_points(10).batch_bytes(100).queue_bytes(300).build().unwrap();
    let mut most = 0;
    for n in 0..200 {
        writer.write(&point(n)).await.unwrap();
        most = most.max(writer.stats().pending_bytes);
        adds_up(&writer.stats());
    }
    assert!((250..=330).contains(&most), "{most}");
    assert!(writer.clone().close(30 * SECOND).await.is_complete());
    assert_eq!(server.lines(), (0..200).map(line).collect::<Vec<_>>());
    assert!(writer.write(&point(1)).await.unwrap_err().is_closed());
}

#[tokio::test]
async fn a_full_queue_can_refuse_or_drop_the_oldest() {
    let (server, builder) = start().await;
    server.expect(Expect::write().any_times(), Reply::silence());
    let small = |builder: BatchWriterBuilder| builder.batch_points(10).batch_bytes(100).queue_bytes(300);
    let writer = small(builder).when_full(WhenFull::Reject).build().unwrap();
    let mut taken = 0;
    let error = loop {
        match writer.write(&point(taken)).await {
            Ok(()) => taken += 1,
            Err(error) => break error,
        }
    };
    assert!(error.is_full() && error.to_string().contains("the queue of d is full"), "{error}");
    assert!(writer.try_write(&point(0)).unwrap_err().is_full());
    let error = writer.write_all(&[point(1)]).await.unwrap_err();
    assert_eq!(error.points_taken(), 0);
    assert_eq!(writer.stats().given, taken as u64);

    let (server, builder) = start().await;
    server.expect(Expect::write().any_times(), Reply::silence());
    let seen = Seen::default();
    let writer = seen.listen(small(builder).when_full(WhenFull::DropOldest)).build().unwrap();
    // the first batch is on its way and stays
    give(&writer, 0..10).await;
    while server.requests().is_empty() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    give(&writer, 10..100).await;
    let stats = writer.stats();
    adds_up(&stats);
    assert!(stats.dropped > 50 && stats.pending_bytes < 330, "{stats:?}");
    assert!(seen.all().iter().all(|event| event.ends_with(": the queue was full")), "{:?}", seen.all());
    let report = writer.close(Duration::ZERO).await;
    let left: Vec<_> = report.unsent.iter().flat_map(|unsent| unsent.lines.to_vec()).collect();
    let left: Vec<_> = std::str::from_utf8(&left).unwrap().lines().map(str::to_owned).collect();
    assert_eq!(left[0], line(0));
    assert_eq!(left.last(), Some(&line(99)), "the newest points are kept");
}

#[tokio::test]
async fn points_without_a_timestamp_are_stamped_when_they_are_given() {
    #[derive(LineProtocol)]
    struct Beat {
        alive: bool,
    }
    let (server, builder) = start().await;
    server.expect(Expect::write(), Reply::cut());
    server.expect(Expect::write().any_times(), Reply::status(204));
    let writer = builder.build().unwrap();
    writer.write(&Beat { alive: true }).await.unwrap();
    writer.write(&Point::new("p").field("f", 1)).await.unwrap();
    writer.write_lines("raw f=1\n# a comment\n\nraw f=\"x 1\"\nraw f=2 77").await.unwrap();
    let before = std::time::SystemTime::now();
    assert!(writer.close(SECOND).await.is_complete());
    let requests = server.requests();
    assert_eq!(requests[0].body(), requests[1].body(), "what is sent again is the same");
    let points = requests[0].points();
    let times: Vec<_> = points.iter().map(|point| point.unix_nanos().unwrap()).collect();
    assert_eq!((times.len(), times[4]), (5, 77));
    assert!(times[..4].is_sorted_by(|a, b| a < b), "{times:?}");
    let now = before.duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos() as i64;
    assert!((now - 5_000_000_000..=now).contains(&times[0]), "{times:?} {now}");
}

#[tokio::test]
async fn raw_lines_are_stamped_in_the_unit_of_the_target() {
    let (server, builder) = start().await;
    server.expect(Expect::write().param("precision", "s"), Reply::status(204));
    let writer = builder.build().unwrap().with_precision(Precision::S).unwrap();
    writer.write_lines("raw f=1").await.unwrap();
    assert!(writer.close(SECOND).await.is_complete());
    let time: u64 = server.lines()[0].rsplit(' ').next().unwrap().parse().unwrap();
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
    assert!((now - 5..=now).contains(&time), "{time}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_threads_and_tasks_give_at_once() {
    let (server, builder) = start().await;
    server.expect(Expect::write().any_times(), Reply::status(204));
    let writer = builder.batch_points(50).batch_bytes(1_000).queue_bytes(3_000).build().unwrap();
    let threads: Vec<_> = (0..4)
        .map(|thread| {
            let writer = writer.clone();
            std::thread::spawn(move || {
                let points: Vec<_> = (0..500).map(|n| point(thread * 1_000 + n)).collect();
                writer.write_all_blocking(&points).unwrap();
            })
        })
        .collect();
    give(&writer, 9_000..9_500).await;
    for thread in threads {
        tokio::task::spawn_blocking(|| thread.join().unwrap()).await.unwrap();
    }
    assert!(writer.close(20 * SECOND).await.is_complete());
    let mut lines = server.lines();
    let of = |lines: &[String], thread: i64| -> Vec<String> {
        let own = |line: &&String| line.rsplit(' ').next().unwrap().parse::<i64>().unwrap() / 1_000 == thread;
        lines.iter().filter(own).cloned().collect()
    };
    for thread in [0, 1, 2, 3, 9] {
        assert_eq!(of(&lines, thread), (thread * 1_000..thread * 1_000 + 500).map(line).collect::<Vec<_>>());
    }
    lines.dedup();
    assert_eq!(lines.len(), 2_500);
}

#[tokio::test]
async fn mistakes_are_found_when_it_is_built_or_given_points() {
    let client = Client::v1("http://localhost:1").build().unwrap();
    let error = client.batch_writer().build().unwrap_err();
    assert!(error.to_string().contains("no database is named"), "{error}");
    let builder = || client.batch_writer().database("d");
    for (builder, says) in [
        (builder().batch_points(0), "batch_points(0)"),
        (builder().batch_bytes(0), "batch_bytes(0)"),
        (builder().max_in_flight(0), "max_in_flight takes 1 to 256"),
        (builder().queue_bytes(1_000), "queue_bytes must hold"),
        (builder().default_tag("a", "b\nc"), "the default tag \"a\" cannot be written"),
        (builder().request_timeout(Duration::ZERO), "a request timeout of 0"),
    ] {
        let error = builder.build().unwrap_err();
        assert!(error.is_config() && error.to_string().contains(says), "{error}");
    }
    let writer = builder().default_tag("host", "a").build().unwrap();
    let error = writer.write(&Point::new("m").field("f", f64::NAN)).await.unwrap_err();
    assert!(error.is_encode(), "{error}");
    assert!(writer.write_lines("m f=1\r\n").await.unwrap_err().is_encode());
    assert!(writer.to_database("").unwrap_err().is_config());
    assert_eq!(writer.stats(), Stats::default());
    let outside = std::thread::spawn(move || builder_outside().build().unwrap_err()).join().unwrap();
    assert!(outside.to_string().contains("needs a Tokio runtime"), "{outside}");
}

fn builder_outside() -> BatchWriterBuilder {
    Client::v1("http://localhost:1").database("d").build().unwrap().batch_writer()
}
