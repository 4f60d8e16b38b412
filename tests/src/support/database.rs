//! A database of its own for each live test.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use influx_client::{Client, ClientBuilder, V2};

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

/// The InfluxDB 2.x server of the live suite, as `INFLUX_V2_URL` and its sisters name it, with a token that may do everything. `None`
/// where there is none: 2.x is no package that could be fetched. A server that was never set up is set up.
///
/// # Panics
///
/// When the variables do not say all that is needed, or the server cannot be set up.
pub async fn v2_server(test: &str) -> Option<ClientBuilder<V2>> {
    static SET_UP: tokio::sync::OnceCell<String> = tokio::sync::OnceCell::const_new();
    let given = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let Some(url) = given("INFLUX_V2_URL") else {
        left_out(&format!("{test} on InfluxDB 2.x"), "INFLUX_V2_URL is not set");
        return None;
    };
    let org = given("INFLUX_V2_ORG").unwrap_or_else(|| "influx_test".to_owned());
    let token = match given("INFLUX_V2_TOKEN") {
        Some(token) => token,
        None => SET_UP.get_or_init(|| set_up(&url, &org)).await.clone(),
    };
    Some(Client::v2(&url).org(org).token(token))
}

/// The first user's token.
async fn set_up(url: &str, org: &str) -> String {
    let client = Client::v2(url).build().expect("INFLUX_V2_URL is good");
    let made = client.v2().setup("influx_test", "influx_test", org, "influx_test").await;
    let made = made.expect("INFLUX_V2_TOKEN is not set, and a server that was set up before needs it");
    made.token().to_owned()
}

/// Runs a test on each generation that is there: with a client of 1.x whose database is new, and with one of 2.x whose bucket is.
///
/// # Panics
///
/// When the test does, or when there is no server of 1.x (see [`v1_url`]).
pub async fn with_database<F>(test: &str, body: impl Fn(Client) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    with_v1_database(test, &body).await;
    with_bucket(test, body).await;
}

/// Runs a test with a client of 1.x whose database is new, and drops the database when the test is over, however it ends.
///
/// # Panics
///
/// When the test does, or when there is no server (see [`v1_url`]).
pub async fn with_v1_database<F>(test: &str, body: impl FnOnce(Client) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let Some(url) = v1_url(test) else { return };
    let name = new_name();
    let client = Client::v1(&url).database(&name).build().expect("the server's URL is good");
    client.v1().create_database(&name).await.expect("the test's database can be created");
    let outcome = tokio::spawn(body(client.clone())).await;
    let dropped = client.v1().drop_database(&name).await;
    if let Err(error) = outcome {
        std::panic::resume_unwind(error.into_panic());
    }
    dropped.expect("the test's database can be dropped");
}

/// Runs a test with a client of 2.x whose bucket is new, and deletes the bucket when the test is over, however it ends.
///
/// # Panics
///
/// When the test does. Where there is no server the test is left out (see [`v2_server`]).
pub async fn with_bucket<F>(test: &str, body: impl FnOnce(Client) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let Some(server) = v2_server(test).await else { return };
    let admin = server.clone().build().expect("the variables INFLUX_V2_.. are good");
    let bucket = admin.v2().create_bucket(new_name()).await.expect("the test's bucket can be created");
    let client = server.bucket(&bucket.name).build().expect("the bucket's name is good");
    let outcome = tokio::spawn(body(client)).await;
    let deleted = admin.v2().delete_bucket(&bucket).await;
    if let Err(error) = outcome {
        std::panic::resume_unwind(error.into_panic());
    }
    deleted.expect("the test's bucket can be deleted");
}

fn new_name() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos());
    format!("influx_test_{now}_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
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
