//! What is on the server in the end, beside what must be.

use std::collections::BTreeSet;

use influx_client::{Client, FromRow};

use super::{BASE, is_poison, value};

/// What was found.
#[derive(Debug, Default)]
pub struct Found {
    /// Points with the right values.
    pub points: u64,
    /// Points that are not there.
    pub losses: u64,
    /// Points that nobody gave, or twice.
    pub duplicates: u64,
    /// Points with other values.
    pub altered: u64,
}

#[derive(FromRow)]
struct Row {
    #[timestamp]
    time: i64,
    #[tag]
    thread: u32,
    n: i64,
    x: f64,
}

/// Compares all points on the server with those that were given.
///
/// # Errors
///
/// The query fails.
pub async fn compare(client: &Client, threads: u32, end: i64) -> influx_client::Result<Found> {
    let mut found = Found::default();
    for thread in 0..threads {
        let mut missing: BTreeSet<i64> = (0..end).filter(|n| !is_poison(*n)).collect();
        let query =
            client.influxql("SELECT * FROM soak WHERE thread = $thread").bind("thread", thread.to_string());
        let query = query.for_each_row::<Row>(|row| {
            if row.time != BASE + row.n || row.x != value(thread, row.n) || row.thread != thread {
                found.altered += 1;
            } else if missing.remove(&row.n) {
                found.points += 1;
            } else {
                found.duplicates += 1;
            }
        });
        query.await?;
        found.losses += missing.len() as u64;
    }
    Ok(found)
}
