//! Lists: page by page, to their end and no further.

use influx_client::admin::v2::{Admin, Id};
use influx_client::test_util::{Expect, Reply, Server};
use serde_json::{Value, json};

use crate::{DESK, client};

fn id(n: usize) -> String {
    format!("{n:016x}")
}

fn bucket(n: usize) -> Value {
    json!({"id": id(n), "orgID": DESK, "name": format!("b{n}"), "retentionRules": []})
}

fn page(key: &str, values: Vec<Value>, next: Option<&str>) -> Reply {
    let mut page = json!({"links": {"self": "/api/v2/x"}});
    page[key] = Value::Array(values);
    if let Some(next) = next {
        page["links"]["next"] = next.into();
    }
    Reply::json(page.to_string())
}

async fn start() -> (Server, Admin) {
    let server = Server::start().await.unwrap();
    let admin = client(&server).v2();
    (server, admin)
}

fn buckets() -> Expect {
    Expect::path("/api/v2/buckets").param("org", "desk").param("limit", "100")
}

#[tokio::test]
async fn the_next_page_begins_behind_the_last_one() {
    let (server, admin) = start().await;
    // 2.x answers a page behind `after` with a link that has both
    let both = format!("/api/v2/buckets?after={}&limit=100&offset=100&org=desk", id(99));
    server.expect(
        buckets(),
        page("buckets", (0..100).map(bucket).collect(), Some("/api/v2/buckets?limit=100&offset=100")),
    );
    server.expect(
        buckets().param("after", id(99)),
        page("buckets", (100..200).map(bucket).collect(), Some(&both)),
    );
    server.expect(buckets().param("after", id(199)), page("buckets", (200..205).map(bucket).collect(), None));
    let names: Vec<_> = admin.buckets().all().await.unwrap().into_iter().map(|bucket| bucket.name).collect();
    assert_eq!(names, (0..205).map(|n| format!("b{n}")).collect::<Vec<_>>());
    assert!(server.requests().iter().all(|request| request.param("offset").is_none()));
}

/// One is kept back until the next page is there: 2.x finds nothing behind a bucket that is gone.
#[tokio::test]
async fn what_is_handed_out_can_be_deleted() {
    let (server, admin) = start().await;
    server.expect(buckets(), page("buckets", (0..100).map(bucket).collect(), None));
    server.expect(buckets().param("after", id(99)), page("buckets", vec![bucket(100)], None));
    let mut list = admin.buckets();
    for n in 0..99 {
        assert_eq!(list.next().await.unwrap().unwrap().id, *id(n));
    }
    assert_eq!(server.requests().len(), 1, "asked for as it is read");
    assert_eq!(list.next().await.unwrap().unwrap().id, *id(99));
    assert_eq!(server.requests().len(), 2);
    assert_eq!(list.next().await.unwrap().unwrap().id, *id(100));
    assert!(list.next().await.is_none() && list.next().await.is_none());
}

#[tokio::test]
async fn a_page_that_is_full_and_the_last_one() {
    let (server, admin) = start().await;
    server.expect(buckets(), page("buckets", (0..100).map(bucket).collect(), None));
    server.expect(buckets().param("after", id(99)), page("buckets", vec![], None));
    assert_eq!(admin.buckets().all().await.unwrap().len(), 100);
    // no pages at all, as 1.8 has it
    let (server, admin) = start().await;
    let all: Vec<Value> = (0..100).map(bucket).collect();
    server.expect(buckets(), Reply::json(json!({"buckets": all}).to_string()));
    assert_eq!(admin.buckets().all().await.unwrap().len(), 100);
    let (server, admin) = start().await;
    server.expect(buckets(), page("buckets", vec![], None));
    assert_eq!(admin.buckets().all().await.unwrap(), []);
}

#[tokio::test]
async fn a_server_that_pages_forever_is_stopped() {
    for next in [None, Some("/api/v2/buckets?limit=100&offset=100")] {
        let (server, admin) = start().await;
        server.expect(buckets().any_times(), page("buckets", (0..100).map(bucket).collect(), next));
        server.expect(
            Expect::path("/api/v2/buckets").any_times(),
            page("buckets", (0..100).map(bucket).collect(), next),
        );
        let mut list = admin.buckets();
        for n in 0..100 {
            assert_eq!(list.next().await.unwrap().unwrap().id, *id(n), "what came before is handed out");
        }
        let error = list.next().await.unwrap().unwrap_err();
        assert!(error.is_decode() && error.to_string().contains("does not end"), "{error}");
        assert!(list.next().await.is_none());
        assert!(server.requests().len() <= 3, "{}", server.requests().len());
    }
    // two pages by turns
    let (server, admin) = start().await;
    server.expect(
        buckets().param("after", id(99)).any_times(),
        page("buckets", (100..200).map(bucket).collect(), None),
    );
    server.expect(buckets().any_times(), page("buckets", (0..100).map(bucket).collect(), None));
    let error = admin.buckets().all().await.unwrap_err();
    assert!(error.to_string().contains("does not end") && server.requests().len() == 3, "{error}");
}

/// Where `after` is passed over, the server's own links lead on.
#[tokio::test]
async fn links_are_followed_where_nothing_else_helps() {
    let (server, admin) = start().await;
    let pages = |n: usize| {
        page(
            "buckets",
            (n..n + 2).map(bucket).collect(),
            Some("/api/v2/buckets?offset=2&limit=2&org=desk").filter(|_| n == 0),
        )
    };
    server.expect(Expect::path("/api/v2/buckets").param("offset", "2"), pages(2));
    server.expect(buckets().any_times(), pages(0));
    assert_eq!(admin.buckets().all().await.unwrap().len(), 4);
}

#[tokio::test]
async fn organizations_are_counted() {
    let org = |n: usize| json!({"id": id(n), "name": format!("o{n}")});
    let orgs = || Expect::path("/api/v2/orgs").param("limit", "100");
    let (server, admin) = start().await;
    // the last one comes again, as a sign that the list is the same still
    server.expect(orgs(), page("orgs", (0..100).map(org).collect(), None));
    server.expect(orgs().param("offset", "99"), page("orgs", (99..199).map(org).collect(), None));
    server.expect(orgs().param("offset", "198"), page("orgs", (198..203).map(org).collect(), None));
    let ids: Vec<_> = admin.orgs().all().await.unwrap().into_iter().map(|org| org.id).collect();
    assert_eq!(ids, (0..203).map(|n| Id::from(id(n))).collect::<Vec<_>>());
    // somebody deleted the first one meanwhile: o100 would be passed over
    let (server, admin) = start().await;
    server.expect(orgs(), page("orgs", (0..100).map(org).collect(), None));
    server.expect(orgs().param("offset", "99"), page("orgs", (100..200).map(org).collect(), None));
    let error = admin.orgs().all().await.unwrap_err();
    assert!(error.is_retryable() && error.to_string().contains("the list changed"), "{error}");
}

#[tokio::test]
async fn runs_of_one_time_are_not_lost_between_pages() {
    let task = id(7);
    let run = |n: usize| json!({"id": id(1_000 + n), "taskID": task, "status": "success", "scheduledFor": format!("2026-01-01T{:02}:00:00Z", 20 - n / 300)});
    let runs = || Expect::path(format!("/api/v2/tasks/{task}/runs")).param("limit", "500");
    let (server, admin) = start().await;
    server.expect(runs(), page("runs", (0..500).map(run).collect(), None));
    // those of 19 h were cut in two: all of them come again
    server.expect(
        runs().param("beforeTime", "2026-01-01T19:00:01Z"),
        page("runs", (300..700).map(run).collect(), None),
    );
    let ids: Vec<_> = admin.runs(&*task).all().await.unwrap().into_iter().map(|run| run.id).collect();
    assert_eq!(ids, (0..700).map(|n| Id::from(id(1_000 + n))).collect::<Vec<_>>());
    let (server, admin) = start().await;
    server.expect(runs().any_times(), page("runs", (0..500).map(run).collect(), None));
    let error = admin.runs(&*task).all().await.unwrap_err();
    assert!(error.to_string().contains("does not end") && server.requests().len() == 2, "{error}");
}

#[tokio::test]
async fn an_error_comes_behind_what_came_before() {
    let (server, admin) = start().await;
    server.expect(buckets(), page("buckets", (0..100).map(bucket).collect(), None));
    server.expect(buckets().param("after", id(99)), Reply::status(503).retry_after(7).body("busy"));
    let mut list = admin.buckets();
    for _ in 0..100 {
        list.next().await.unwrap().unwrap();
    }
    let error = list.next().await.unwrap().unwrap_err();
    assert!(error.is_retryable() && error.retry_after().is_some(), "{error:?}");
    assert!(list.next().await.is_none());
    for body in [r#"{"links":{}}"#, r#"{"links":{},"buckets":null}"#] {
        let (server, admin) = start().await;
        server.expect(buckets(), Reply::json(body));
        assert_eq!(admin.buckets().all().await.unwrap(), [], "{body}");
    }
    for (body, says) in [
        (r#"{"links":{},"buckets":{}}"#, "an object at `buckets` where a list"),
        (r#"{"links":{},"buckets":[{"name":"secret"}]}"#, "nothing at `[0].id`"),
        ("[]", "a list where an object"),
        ("<html>", "<html>"),
        ("", "without the document"),
        (r#"{"links":{},"buckets":[{"#, "broken or cut short"),
    ] {
        let (server, admin) = start().await;
        server.expect(buckets(), Reply::json(body));
        let error = admin.buckets().all().await.unwrap_err();
        assert!(
            error.is_decode() && error.to_string().contains(says) && !error.to_string().contains("secret"),
            "{body}: {error}"
        );
    }
}
