//! Names and ids, and whose a thing is.

use influx_client::Client;
use influx_client::admin::v2::{Admin, Id};
use influx_client::test_util::{Expect, Reply, Server};
use serde_json::{Value, json};

use crate::{DESK, Exchange, client};

const OTHER: &str = "d00559bc97299fe7";
const MARKET: &str = "a46ecb92ee0b6995";

fn bucket(name: &str, id: &str, org: &str) -> Value {
    json!({"id": id, "orgID": org, "name": name, "retentionRules": [], "more": {"of": ["the", "future"]}})
}

fn buckets(all: &[Value]) -> Reply {
    Reply::json(json!({"links": {"self": "/api/v2/buckets"}, "buckets": all}).to_string())
}

async fn answering(reply: Reply) -> (Server, Admin) {
    let server = Server::start().await.unwrap();
    server.expect(Expect::path("/api/v2/buckets").any_times(), reply);
    server.expect(Expect::path("/api/v2/orgs").any_times(), Exchange::named("v2/237_orgs_by_name").reply());
    let admin = client(&server).v2();
    (server, admin)
}

/// What a server answers to `?name=x`.
#[tokio::test]
async fn a_bucket_is_found_by_name_and_organization() {
    let (tasks, monitoring) =
        (bucket("_tasks", "00000000000000a1", DESK), bucket("_monitoring", "00000000000000a2", DESK));
    let (ours, others) = (bucket("x", "00000000000000a3", DESK), bucket("x", "00000000000000a4", OTHER));
    for (answer, found) in [
        (vec![tasks.clone(), monitoring.clone()], None),
        (vec![others.clone(), ours.clone()], Some("00000000000000a3")),
        (vec![ours.clone(), others.clone()], Some("00000000000000a3")),
        (vec![others.clone()], None),
        (vec![bucket("X", "00000000000000a5", DESK)], None),
        (vec![bucket("x ", "00000000000000a6", DESK)], None),
        (vec![tasks, ours], Some("00000000000000a3")),
        (vec![], None),
    ] {
        let (_server, admin) = answering(buckets(&answer)).await;
        let bucket = admin.find_bucket("x").await.unwrap();
        assert_eq!(bucket.as_ref().map(|bucket| bucket.id.as_str()), found, "{answer:?}");
    }
}

#[tokio::test]
async fn a_name_that_looks_like_an_id_is_a_name() {
    let named = bucket(MARKET, "00000000000000b1", DESK);
    let server = Server::start().await.unwrap();
    server.expect(Expect::path("/api/v2/buckets").param("name", MARKET).any_times(), buckets(&[named]));
    server.expect(
        Expect::path(format!("/api/v2/buckets/{MARKET}")),
        Reply::json(bucket("market", MARKET, DESK).to_string()),
    );
    server.expect(Expect::path("/api/v2/orgs").any_times(), Exchange::named("v2/237_orgs_by_name").reply());
    server.expect(
        Expect::path("/api/v2/delete").param("org", "desk").param("bucketID", "00000000000000b1"),
        Reply::status(204),
    );
    server.expect(
        Expect::path("/api/v2/delete").param("org", "desk").param("bucketID", MARKET),
        Reply::status(204),
    );
    let admin = client(&server).v2();
    assert_eq!(admin.find_bucket(MARKET).await.unwrap().unwrap().id, "00000000000000b1");
    assert_eq!(admin.find_bucket(Id::from(MARKET)).await.unwrap().unwrap().name, "market");
    admin.delete_points().bucket(MARKET).measurement("m").await.unwrap();
    admin.delete_points().bucket(Id::from(MARKET)).measurement("m").await.unwrap();
}

#[tokio::test]
async fn an_organization_is_asked_for_once() {
    let server = Server::start().await.unwrap();
    server.expect(
        Expect::path("/api/v2/orgs").param("org", "desk"),
        Exchange::named("v2/237_orgs_by_name").reply(),
    );
    server.expect(
        Expect::path("/api/v2/labels").param("orgID", DESK).times(3),
        Exchange::named("v2/226_labels").reply(),
    );
    let client = client(&server);
    client.v2().labels().await.unwrap();
    client.clone().v2().labels().await.unwrap();
    client.v2().org("desk").labels().await.unwrap();
    server.verify();
    // renamed: it is asked for again
    let server = Server::start().await.unwrap();
    server.expect(
        Expect::path("/api/v2/orgs").param("org", "desk").times(2),
        Exchange::named("v2/237_orgs_by_name").reply(),
    );
    server.expect(Expect::path("/api/v2/labels").times(2), Exchange::named("v2/226_labels").reply());
    server.expect(Expect::path(format!("/api/v2/orgs/{OTHER}")), Exchange::named("v2/241_org_patch").reply());
    let admin = crate::client(&server).v2();
    admin.labels().await.unwrap();
    admin.update_org(OTHER).name("third").await.unwrap();
    admin.labels().await.unwrap();
}

/// The client's organization is an id where there is one, as the server has it; one that is told is what it is told to be.
#[tokio::test]
async fn the_clients_organization_is_a_name_or_an_id() {
    let labels = || Exchange::named("v2/226_labels").reply();
    let of = |server: &Server| Client::v2(server.url()).org(OTHER).token("t").build().unwrap().v2();
    let there = Exchange::named("v2/242_org_get");
    let gone = || Reply::status(404).body(r#"{"code":"not found","message":"organization not found"}"#);
    let may_not =
        || Reply::status(401).body(r#"{"code":"unauthorized","message":"read:orgs is unauthorized"}"#);
    for reply in [there.reply(), may_not()] {
        let server = Server::start().await.unwrap();
        server.expect(Expect::path(format!("/api/v2/orgs/{OTHER}")), reply);
        server.expect(Expect::path("/api/v2/labels").param("orgID", OTHER).times(2), labels());
        let admin = of(&server);
        admin.labels().await.unwrap();
        admin.labels().await.unwrap();
    }
    let server = Server::start().await.unwrap();
    server.expect(Expect::path(format!("/api/v2/orgs/{OTHER}")), gone());
    let named = json!({"links": {}, "orgs": [{"id": DESK, "name": OTHER}]}).to_string();
    server.expect(Expect::path("/api/v2/orgs").param("org", OTHER).times(2), Reply::json(named));
    server.expect(Expect::path("/api/v2/labels").param("orgID", DESK).times(2), labels());
    server.expect(Expect::path("/api/v2/labels").param("orgID", OTHER), labels());
    let admin = of(&server);
    admin.labels().await.unwrap();
    admin.org(OTHER).labels().await.unwrap();
    admin.org(Id::from(OTHER)).labels().await.unwrap();
}

/// A token of some buckets sees no organization, but theirs.
#[tokio::test]
async fn an_organization_that_may_not_be_seen() {
    let none = || Reply::json(r#"{"links":{},"orgs":[]}"#);
    let server = Server::start().await.unwrap();
    server.expect(Expect::path("/api/v2/orgs"), none());
    server
        .expect(Expect::path("/api/v2/buckets").param("org", "desk"), buckets(&[bucket("x", MARKET, DESK)]));
    server.expect(
        Expect::path("/api/v2/labels").param("orgID", DESK),
        Exchange::named("v2/226_labels").reply(),
    );
    client(&server).v2().labels().await.unwrap();
    let server = Server::start().await.unwrap();
    server.expect(Expect::path("/api/v2/orgs"), none());
    server.expect(Expect::path("/api/v2/buckets"), buckets(&[]));
    let error = client(&server).v2().labels().await.unwrap_err();
    assert!(error.is_not_found() && error.to_string().contains("matter of rights"), "{error}");
}

#[tokio::test]
async fn an_unknown_organization_is_no_missing_bucket() {
    let server = Server::start().await.unwrap();
    let gone = r#"{"code":"not found","message":"organization name \"desk\" not found"}"#;
    for path in ["/api/v2/buckets", "/api/v2/orgs"] {
        server.expect(Expect::path(path).any_times(), Reply::status(404).body(gone));
    }
    let error = client(&server).v2().find_bucket("x").await.unwrap_err();
    assert!(error.to_string().contains("no organization is named \"desk\""), "{error}");
    // a 404 of somebody else says nothing about buckets
    let server = Server::start().await.unwrap();
    server.expect(Expect::any().any_times(), Reply::status(404).body("404 page not found\n"));
    let admin = client(&server).v2();
    for error in
        [admin.find_bucket("x").await.unwrap_err(), admin.find_user("x").await.map(drop).unwrap_err()]
    {
        assert!(
            error.is_not_found() && error.server_message() == Some("404 page not found\n".trim_end()),
            "{error:?}"
        );
    }
    assert!(admin.find_bucket(Id::from(MARKET)).await.unwrap_err().is_not_found());
}

/// One that somebody else created anew has another id.
#[tokio::test]
async fn an_organization_that_is_not_there_any_more_is_asked_for_again() {
    let server = Server::start().await.unwrap();
    let gone = Reply::status(404).body(r#"{"code":"not found","message":"organization not found"}"#);
    server.expect(Expect::path("/api/v2/orgs").times(2), Exchange::named("v2/237_orgs_by_name").reply());
    server.expect(Expect::path("/api/v2/labels"), gone);
    server.expect(Expect::path("/api/v2/labels"), Exchange::named("v2/226_labels").reply());
    let admin = client(&server).v2();
    assert!(admin.labels().await.unwrap_err().is_not_found());
    assert_eq!(admin.labels().await.unwrap().len(), 1);
}

/// No name is every organization to the server.
#[tokio::test]
async fn an_organization_without_a_name_is_none() {
    let server = Server::start().await.unwrap();
    let admin = client(&server).v2().org("");
    for error in
        [admin.labels().await.map(drop).unwrap_err(), admin.buckets().all().await.map(drop).unwrap_err()]
    {
        assert!(error.is_config() && error.to_string().contains("no organization is named"), "{error}");
    }
    assert!(server.requests().is_empty());
    // buckets of several: nobody knows whose name it is
    let server = Server::start().await.unwrap();
    server.expect(Expect::path("/api/v2/orgs"), Reply::json(r#"{"links":{},"orgs":[]}"#));
    let both = [bucket("x", MARKET, DESK), bucket("x", "00000000000000a4", OTHER)];
    server.expect(Expect::path("/api/v2/buckets"), buckets(&both));
    assert!(client(&server).v2().labels().await.unwrap_err().is_not_found());
}
