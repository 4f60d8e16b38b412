//! Every recorded answer, by the requests that have no type.

use influx_client::admin::v2::{HealthStatus, RawRequest, Resource};
use influx_client::test_util::{Expect, Reply, Server};

use crate::{Exchange, client};

#[tokio::test]
async fn whatever_was_asked_for_is_answered() {
    let server = Server::start().await.unwrap();
    let (admin, mut count) = (client(&server).v2(), 0);
    for exchange in Exchange::all() {
        let (name, path) = (exchange.name(), exchange.path());
        let is_json = serde_json::from_str::<serde_json::Value>(exchange.text("body")).is_ok();
        if !path.starts_with("/api/v2/") || !(is_json || exchange.text("body").is_empty()) {
            continue;
        }
        server.expect(Expect::path(path), exchange.reply());
        let request = match exchange.text("method") {
            "GET" => admin.get(path),
            "POST" => admin.post(path),
            "PUT" => admin.put(path),
            "PATCH" => admin.patch(path),
            "DELETE" => admin.delete(path),
            other => panic!("{name}: {other}"),
        };
        let request =
            exchange.params().into_iter().fold(request, |request, (key, value)| request.param(key, value));
        let request: RawRequest = match exchange.text("body") {
            "" => request,
            json => request.json(json),
        };
        let answer = request.await;
        let sent = &server.requests()[count];
        assert_eq!(sent.text(), exchange.text("body"), "{name}");
        assert_eq!(sent.params(), exchange.params(), "{name}");
        if exchange.status() < 300 {
            assert_eq!(answer.unwrap(), exchange.text("answer"), "{name}");
        } else {
            let error = answer.unwrap_err();
            assert_eq!(error.status(), Some(exchange.status()), "{name}");
            // one endpoint answers two documents: the first counts
            let first = serde_json::Deserializer::from_str(exchange.text("answer"))
                .into_iter::<serde_json::Value>()
                .next();
            let document = first.and_then(Result::ok).filter(serde_json::Value::is_object);
            let document = document
                .unwrap_or_else(|| serde_json::json!({"message": exchange.text("answer").trim_end()}));
            let says = document["message"].as_str().or(document["error"].as_str());
            assert_eq!(error.server_message(), says, "{name}");
            assert_eq!(error.code(), document["code"].as_str(), "{name}");
            assert_eq!(error.is_conflict(), document["code"] == "conflict", "{name}");
            assert_eq!(error.is_not_found(), exchange.status() == 404, "{name}");
            assert!(!error.is_retryable(), "{name}");
        }
        count += 1;
    }
    assert!(count > 130, "{count}");
}

/// What is recorded of a reader's token is an error of rights, or says that it may be one.
#[tokio::test]
async fn rights() {
    for (name, status) in
        [("v2/271_bucket_create_forbidden", 401), ("v2/272_delete_forbidden", 403), ("v2/010_auth_none", 401)]
    {
        let exchange = Exchange::named(name);
        let server = Server::start().await.unwrap();
        server.expect(Expect::path(exchange.path()), exchange.reply());
        let error = client(&server).v2().post(exchange.path()).json("{}").await.unwrap_err();
        assert!(error.is_auth() && error.status() == Some(status), "{name}: {error:?}");
    }
    for name in ["v2/208_buckets_by_name_none", "v2/223_bucket_get_unknown", "v2/204_delete_unknown_bucket"] {
        let exchange = Exchange::named(name);
        let server = Server::start().await.unwrap();
        server.expect(Expect::path(exchange.path()), exchange.reply());
        let error = client(&server).v2().get(exchange.path()).await.unwrap_err();
        assert!(
            error.is_not_found() && error.to_string().contains("this token may not read it"),
            "{name}: {error}"
        );
    }
}

/// 2.x calls a member that is one already an internal error.
#[tokio::test]
async fn a_member_that_is_one_already() {
    let server = Server::start().await.unwrap();
    let text = "Unexpected error when assigning user to a resource: mapping for user 11b1609c085a3000 already exists";
    let body = format!(r#"{{"code":"internal error","message":"{text}"}}"#);
    server.expect(Expect::any(), Reply::status(500).body(body));
    let member =
        client(&server).v2().add_member(Resource::task("11b12af25100e000"), "11b12af20fba2000").await;
    assert!(member.unwrap_err().is_conflict());
}

/// A server that is not well is one; a proxy that is not is none.
#[tokio::test]
async fn health_of_a_server_that_is_not_well() {
    let server = Server::start().await.unwrap();
    let body = r#"{"name":"influxdb","message":"out of order","status":"fail","checks":[]}"#;
    server.expect(Expect::path("/health"), Reply::status(503).body(body));
    let health = client(&server).v2().health().await.unwrap();
    assert_eq!((health.status, health.message.as_deref()), (HealthStatus::Fail, Some("out of order")));
    for (status, body) in
        [(503, "<html>busy</html>"), (500, body), (503, "{}"), (200, "<html>"), (200, "{}"), (200, "")]
    {
        let server = Server::start().await.unwrap();
        server.expect(Expect::path("/health"), Reply::status(status).body(body));
        let error = client(&server).v2().health().await.unwrap_err();
        assert_eq!(
            (error.status(), error.is_retryable()),
            (Some(status), status == 503),
            "{body}: {error:?}"
        );
    }
}
