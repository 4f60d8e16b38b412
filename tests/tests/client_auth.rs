//! Who the caller is: what each way puts on the wire, and that no secret is shown.

use influx_client::test_util::{Expect, Reply, Server};
use influx_client::{Client, ClientBuilder, Point, V1};

const SECRET: &str = "hunter2";

fn ways(url: &str) -> [ClientBuilder<V1>; 5] {
    let v1 = || Client::v1(url).database("d");
    [
        v1().basic_auth("me", SECRET),
        v1().url_auth("me", SECRET),
        v1().token_auth("me", SECRET),
        v1().bearer_token(format!("a.{SECRET}.b")),
        v1().jwt_auth("me", SECRET),
    ]
}

#[tokio::test]
async fn each_way_on_the_wire() {
    let server = Server::start().await.unwrap();
    server.expect(Expect::write().any_times(), Reply::status(204));
    server.expect(Expect::any().any_times(), Reply::json("{\"results\":[]}"));
    for way in ways(server.url()) {
        let client = way.build().unwrap();
        client.write(Point::new("m").field("f", 1.0)).await.unwrap();
        client.influxql("SELECT 1").execute().await.unwrap();
        client.influxql("DROP MEASUREMENT m").execute().await.unwrap();
    }
    let requests = server.requests();
    for (way, requests) in requests.chunks(3).enumerate() {
        for request in requests {
            let header = request.header("authorization");
            let params = (request.param("u"), request.param("p"));
            match way {
                0 => assert_eq!((header, params), (Some("Basic bWU6aHVudGVyMg=="), (None, None))),
                1 => assert_eq!((header, params), (None, (Some("me"), Some(SECRET)))),
                2 => assert_eq!((header, params), (Some("Token me:hunter2"), (None, None))),
                3 => assert_eq!((header, params), (Some("Bearer a.hunter2.b"), (None, None))),
                _ => {
                    assert!(header.unwrap().starts_with("Bearer eyJ"), "{header:?}");
                    assert_eq!(params, (None, None));
                }
            }
        }
    }
    assert_eq!(requests.len(), 15);
}

#[tokio::test]
async fn no_way_shows_its_secret() {
    let gone = "http://127.0.0.1:1";
    for way in ways(gone) {
        let client = way.clone().build().unwrap();
        let error = client.write(Point::new("m").field("f", 1.0)).await.unwrap_err();
        assert!(error.is_connect(), "{error:?}");
        let also = client.influxql("DROP DATABASE d").execute().await.unwrap_err();
        let all = format!(
            "{way:?}{way:#?}{client:?}{:?}{error}{error:?}{}{also:?}{}",
            client.v1(),
            error.report(),
            also.report()
        );
        assert!(!all.contains(SECRET) && !all.contains("bWU6aHVudGVyMg") && !all.contains("p="), "{all}");
    }
}

#[tokio::test]
async fn a_redirect_does_not_show_the_password() {
    let server = Server::start().await.unwrap();
    let to = format!("http://elsewhere/query?q=x&u=me&p={SECRET}");
    server.expect(Expect::query(), Reply::status(307).header("Location", &to));
    let client = Client::v1(server.url()).url_auth("me", SECRET).build().unwrap();
    let error = client.influxql("SELECT 1").execute().await.unwrap_err();
    assert!(error.to_string().contains("redirected to http://elsewhere/query"), "{error}");
    assert!(!format!("{error:?}").contains(SECRET), "{error:?}");
}

#[tokio::test]
async fn the_last_way_counts_and_wins_over_the_url() {
    let server = Server::start().await.unwrap();
    server.expect(Expect::ping(), Reply::status(204));
    let url = server.url().replace("http://", "http://me:pw@");
    let client = Client::v1(url).basic_auth("me", "x").bearer_token("a.b.c").build().unwrap();
    client.ping().await.unwrap();
    assert_eq!(server.requests()[0].header("authorization"), Some("Bearer a.b.c"));
}

#[test]
fn what_cannot_be_carried() {
    let v1 = || Client::v1("http://localhost:8086");
    for (builder, says) in [
        (v1().url_auth("", "x"), "the user's name is empty: leave .url_auth(..) out"),
        (v1().url_auth("me", ""), "the password is empty"),
        (v1().token_auth("a:b", "x"), "the user's name contains ':'"),
        (v1().token_auth("me", "a b"), "the user or password holds white space"),
        (v1().token_auth("me", "a\nb"), "the user or password holds white space"),
        (v1().bearer_token(""), "the bearer token is empty or holds more than visible ASCII"),
        (v1().bearer_token("Bearer a.b.c"), "the bearer token is empty or holds more than visible ASCII"),
        (v1().jwt_auth("", "x"), "the user's name is empty: leave .jwt_auth(..) out"),
        (v1().jwt_auth("me", ""), "the shared secret is empty"),
    ] {
        let error = builder.build().unwrap_err();
        assert!(error.is_config() && error.to_string().starts_with(says), "{error}");
    }
}
