//! A real InfluxDB 1.x that asks who is there.

use influx_client::{Client, ClientBuilder, Error, Point, V1};
use influx_tests::support::{Influxd, InfluxdOptions, own_influxd};

const SHARED: &str = "a shared secret";

fn client(server: &Influxd, way: impl FnOnce(ClientBuilder<V1>) -> ClientBuilder<V1>) -> Client {
    way(Client::v1(server.url()).database("d")).build().unwrap()
}

/// Writes, reads and changes something.
async fn use_it(client: &Client) -> Result<(), Error> {
    client.write(Point::new("m").field("f", 1.0).timestamp(1_i64)).await?;
    client.influxql("SELECT * FROM m").execute().await?;
    client.v1().create_database("e").await
}

#[tokio::test]
async fn every_way_is_let_in_and_strangers_are_not() {
    let options =
        InfluxdOptions { auth: true, shared_secret: Some(SHARED.to_owned()), ..InfluxdOptions::default() };
    let Some(server) = own_influxd("every way", options) else { return };
    let (user, password) = ("ro:ot é", "it's \"a\" \\ pass&word=%41+/:@");
    client(&server, |b| b).v1().create_admin_user("root", password).await.unwrap();
    client(&server, |b| b.basic_auth("root", password)).v1().create_admin_user(user, password).await.unwrap();
    client(&server, |b| b.basic_auth("root", password)).v1().create_database("d").await.unwrap();

    use_it(&client(&server, |b| b.basic_auth("root", password))).await.unwrap();
    use_it(&client(&server, |b| b.url_auth(user, password))).await.unwrap();
    use_it(&client(&server, |b| b.jwt_auth(user, SHARED))).await.unwrap();

    // The server quotes the statement that is not allowed.
    let root = client(&server, |b| b.basic_auth("root", password));
    root.v1().create_user("bob", "x").await.unwrap();
    let bob = client(&server, |b| b.basic_auth("bob", "x"));
    for error in [
        bob.v1().create_user("eve", "hunter2").await.unwrap_err(),
        bob.v1().set_password("root", "hunter2").await.unwrap_err(),
    ] {
        assert!(error.is_auth() && error.status() == Some(403), "{error:?}");
        assert!(error.to_string().contains("[REDACTED]"), "{error}");
        assert!(!format!("{error:?}{}", error.report()).contains("hunter2"), "{error:?}");
    }

    let wrong = |b: ClientBuilder<V1>| b.basic_auth("root", "hunter2");
    for (stranger, says) in [
        (client(&server, |b| b), "unable to parse authentication credentials"),
        (client(&server, wrong), "authorization failed"),
        (client(&server, |b| b.url_auth(user, "hunter2")), "authorization failed"),
        (client(&server, |b| b.jwt_auth(user, "hunter2")), "signature is invalid"),
        (client(&server, |b| b.jwt_auth("nobody", SHARED)), "user not found"),
        (client(&server, |b| b.bearer_token("a.hunter2.b")), "illegal base64"),
    ] {
        let error = use_it(&stranger).await.unwrap_err();
        assert!(error.is_auth() && error.status() == Some(401), "{error:?}");
        assert!(error.server_message().unwrap().contains(says), "{says}: {error}");
        assert!(!format!("{error:?}{}", error.report()).contains("hunter2"), "{error:?}");
    }
}

#[tokio::test]
async fn tokens_that_others_sign() {
    let options =
        InfluxdOptions { auth: true, shared_secret: Some(SHARED.to_owned()), ..InfluxdOptions::default() };
    let Some(server) = own_influxd("tokens", options) else { return };
    let root = client(&server, |b| b.jwt_auth("root", SHARED));
    client(&server, |b| b).v1().create_admin_user("root", "x").await.unwrap();
    root.v1().create_database("d").await.unwrap();
    // Signed by another program: {"username":"root"} and `exp` in 2100, in 1970 and without.
    for (token, says) in
        [(GOOD, None), (EXPIRED, Some("expired")), (ENDLESS, Some("token expiration required"))]
    {
        let outcome = use_it(&client(&server, |b| b.bearer_token(token))).await;
        match (outcome, says) {
            (Ok(()), None) => {}
            (Err(error), Some(says)) => {
                assert!(error.is_auth(), "{error:?}");
                assert!(error.server_message().unwrap().contains(says), "{error}");
                assert!(!format!("{error:?}").contains(token), "{error:?}");
            }
            (outcome, says) => panic!("{outcome:?} where {says:?} was expected"),
        }
    }
}

const GOOD: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ1c2VybmFtZSI6InJvb3QiLCJleHAiOjQxMDI0NDQ4MDB9.U6qkVjUbL0F55RmrU7uUH3c9bJ9HSMLexaWLjgh22KY";
const EXPIRED: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ1c2VybmFtZSI6InJvb3QiLCJleHAiOjF9.6LlMZQwHpxcTbV9n2ivyIXhYhYQOq6pCc2vH-JEEP1M";
const ENDLESS: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ1c2VybmFtZSI6InJvb3QifQ.NqXNx0XnRV-46cg-O55AoSZ25IBAwpmX4gDu9zkZmrA";
