//! A database of its own for each live test.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use influx_client::Client;

use super::{Influxd, InfluxdOptions, left_out, offline};

/// The InfluxDB 1.x server of the live suite: that of `INFLUX_V1_URL`, or one that is started for this test program.
/// `None` when there is none and `INFLUX_TESTS_OFFLINE=1` allows that.
///
/// # Panics
///
/// When there is none, so that a missing server is never taken for success.
pub fn v1_url(test: &str) -> Option<String> {
    if let Some(url) = std::env::var("INFLUX_V1_URL").ok().filter(|url| !url.is_empty()) {
        return Some(url);
    }
    match Influxd::shared() {
        Ok(server) => Some(server.url().to_owned()),
        Err(why) if offline() => {
            left_out(test, &why);
            None
        }
        Err(why) => panic!("{test} needs a real InfluxDB 1.x server: {why}"),
    }
}

/// Runs a test with a client whose database is new, and drops the database when the test is over, however it ends.
///
/// # Panics
///
/// When the test does, or when there is no server (see [`v1_url`]).
pub async fn with_database<F>(test: &str, body: impl FnOnce(Client) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let Some(url) = v1_url(test) else { return };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos());
    let name = format!("influx_test_{now}_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let client = Client::v1(&url).database(&name).build().expect("the server's URL is good");
    client.v1().create_database(&name).await.expect("the test's database can be created");
    let outcome = tokio::spawn(body(client.clone())).await;
    let dropped = client.v1().drop_database(&name).await;
    if let Err(error) = outcome {
        std::panic::resume_unwind(error.into_panic());
    }
    dropped.expect("the test's database can be dropped");
}

/// An InfluxDB 1.x server of the test's own; `None` when there is none and `INFLUX_TESTS_OFFLINE=1` allows that.
///
/// # Panics
///
/// When there is none, so that a missing server is never taken for success.
pub fn own_influxd(test: &str, options: InfluxdOptions) -> Option<Influxd> {
    match Influxd::start(options) {
        Ok(server) => Some(server),
        Err(why) if offline() => {
            left_out(test, &why);
            None
        }
        Err(why) => panic!("{test} needs a real InfluxDB 1.x server: {why}"),
    }
}
