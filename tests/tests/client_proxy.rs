//! Proxies: of the environment, given, and forbidden; this machine is reached straight.

use std::process::Command;

use influx_client::test_util::{Expect, Reply, Server};
use influx_client::{Client, Point};

const FAR: &str = "http://db.example.com:8086";

#[tokio::test]
async fn a_given_proxy_takes_all_requests() {
    let proxy = Server::start().await.unwrap();
    let path = format!("{FAR}/query");
    let credentials = Expect::path(path).header("proxy-authorization", "Basic bWU6aHVudGVyMg==").any_times();
    proxy.expect(credentials, Reply::json(r#"{"results":[{"statement_id":0}]}"#));
    let url = proxy.url().replace("http://", "http://me:hunter2@");
    let client = Client::v1(FAR).proxy(url).build().unwrap();
    client.influxql("SHOW DATABASES").execute().await.unwrap();
    client.influxql("DROP DATABASE d").execute().await.unwrap();
    proxy.verify();
}

#[tokio::test]
async fn errors_name_the_proxy() {
    let proxy = Server::start().await.unwrap();
    proxy.expect(Expect::any().any_times(), Reply::status(407).body("who is bWU6aHVudGVyMg== ?"));
    let url = proxy.url().replace("http://", "http://me:hunter2@");
    let client = Client::v1(FAR).database("d").proxy(&url).build().unwrap();
    for error in [
        client.influxql("SHOW DATABASES").execute().await.unwrap_err(),
        client.write(&Point::new("m").field("f", 1.5)).await.map(|_| ()).unwrap_err(),
    ] {
        let text = error.to_string();
        assert!(
            text.contains(&format!("{FAR}/")) && text.contains(&format!("through the proxy {}", proxy.url())),
            "{text}"
        );
        assert!(
            text.contains("407") && !text.contains("hunter2") && !text.contains("bWU6aHVudGVyMg"),
            "{text}"
        );
    }
    let nobody = Client::v1(FAR).proxy("http://me:hunter2@127.0.0.1:1").build().unwrap();
    let error = nobody.ping().await.unwrap_err();
    let text = error.report();
    assert!(
        text.contains("is the proxy http://127.0.0.1:1 listening") && text.contains("given by .proxy(..)"),
        "{text}"
    );
    assert!(!text.contains("is a server listening there") && !text.contains("hunter2"), "{text}");
    assert!(error.is_retryable() && !format!("{nobody:?}").contains("hunter2"));
}

#[test]
fn what_cannot_be_a_proxy() {
    for (url, proxy, says) in [
        (FAR, "socks5://p", "the proxy \"socks5://p\" is of a kind that is not known"),
        (FAR, "p:3128", "the proxy \"p:3128\" is no URL"),
        ("unix:///run/influxdb.sock", "http://p", "a Unix socket is reached without a proxy"),
    ] {
        let error = Client::v1(url).proxy(proxy).build().unwrap_err();
        assert!(error.is_config() && error.to_string().starts_with(says), "{error}");
    }
}

/// What the environment says cannot be changed for one test of several: the test runs itself.
#[test]
fn the_environments_proxies() {
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "within_an_environment_of_proxies", "--ignored", "--nocapture"])
        .env("HTTP_PROXY", "http://me:hunter2@127.0.0.1:1")
        .env("ALL_PROXY", "http://127.0.0.1:2")
        .env("NO_PROXY", "taken-out.invalid")
        .env_remove("REQUEST_METHOD")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&child.stdout);
    assert!(
        child.status.success() && said.contains("1 passed"),
        "{said}{}",
        String::from_utf8_lossy(&child.stderr)
    );
}

#[tokio::test]
#[ignore = "run by the test above"]
async fn within_an_environment_of_proxies() {
    let server = Server::start().await.unwrap();
    server.expect(Expect::ping().any_times(), Reply::status(204).header("X-Influxdb-Version", "1.8.10"));
    let port = server.url().rsplit(':').next().unwrap().to_owned();
    for host in ["127.0.0.1", "localhost"] {
        Client::v1(format!("http://{host}:{port}")).build().unwrap().ping().await.unwrap();
    }
    let far = || Client::v1("http://far.invalid:8086");
    let error = far().build().unwrap().ping().await.unwrap_err().report();
    assert!(error.contains("is the proxy http://127.0.0.1:1 listening"), "{error}");
    assert!(error.contains("named by the environment") && error.contains(".no_proxy()"), "{error}");
    assert!(!error.contains("hunter2"), "{error}");
    for straight in [far().no_proxy(), Client::v1("http://taken-out.invalid:8086")] {
        let error = straight.build().unwrap().ping().await.unwrap_err().report();
        assert!(!error.contains("proxy"), "{error}");
    }
}
