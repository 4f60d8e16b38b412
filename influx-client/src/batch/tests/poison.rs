//! Lines that the server refuses: each is found, and none holds up or hides another. All patterns of small batches.

use std::sync::{Arc, Mutex};

use super::storage::{Fate, Storage};
use super::*;

/// Gives lines of these fates as one batch; gives how many requests that took.
async fn deliver(fates: &[Fate]) -> u64 {
    let storage = Arc::new(Mutex::new(Storage::default()));
    let stored = Arc::clone(&storage);
    let server = Server::new(move |request| stored.lock().unwrap().handle(&request.database, &request.lines));
    let writer = server.writer().batch_points(fates.len()).build().unwrap();
    let lines: Vec<String> = fates.iter().enumerate().map(|(n, fate)| fate.line(n as i64)).collect();
    writer.write_lines(&lines.join("\n")).await.unwrap();
    // and one behind them
    writer.write_lines(&Fate::Stored.line(1_000)).await.unwrap();
    let (report, took) = timed(writer.close(LONG)).await;
    assert_eq!(took, 0, "{fates:?}");

    let of = |stored: bool| (0..fates.len()).filter(move |n| (fates[*n] == Fate::Stored) == stored);
    let good: Vec<i64> = of(true).map(|n| n as i64).chain([1_000]).collect();
    assert_eq!(storage.lock().unwrap().points("d"), good, "{fates:?}");
    let mut rejected = report.rejected;
    rejected.sort_by_key(|one| one.index());
    assert_eq!(
        rejected.iter().map(|one| one.index()).collect::<Vec<_>>(),
        of(false).map(Some).collect::<Vec<_>>(),
        "{fates:?}"
    );
    for (n, one) in of(false).zip(&rejected) {
        assert_eq!(one.line(), Some(&*lines[n]));
        assert!(one.is_certain() && one.reason().contains(fates[n].reason()), "{fates:?}: {one}");
    }
    let stats = report.stats;
    assert_eq!((stats.written, stats.rejected), (good.len() as u64, rejected.len() as u64), "{fates:?}");
    adds_up(&stats);
    assert_eq!((stats.pending, stats.dropped, report.unsent.len()), (0, 0, 0));
    stats.requests - 1
}

/// All sequences of `length` fates.
fn patterns(of: &[Fate], length: u32) -> impl Iterator<Item = Vec<Fate>> {
    let digits = of.len();
    (0..digits.pow(length))
        .map(move |number| (0..length).map(|at| of[number / digits.pow(at) % digits]).collect())
}

#[tokio::test(start_paused = true)]
async fn every_pattern_of_lines_that_nobody_names() {
    for length in 1..=5 {
        for fates in patterns(&[Fate::Stored, Fate::Mute], length) {
            let bad = fates.iter().filter(|fate| **fate == Fate::Mute).count() as u64;
            let requests = deliver(&fates).await;
            // each refused line costs at most one halving on each level
            let levels = u64::from(length.next_power_of_two().trailing_zeros());
            assert!(
                requests <= 1 + 2 * bad * levels && requests > bad.saturating_sub(1),
                "{fates:?}: {requests}"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn every_pattern_of_reasons() {
    for length in 1..=4 {
        for fates in patterns(&Fate::ALL, length) {
            deliver(&fates).await;
        }
    }
}
