//! Statements that are run again by themselves.

use super::*;

const CLOSED: &str = r#"{"results":[{"statement_id":0,"error":"engine is closed"}]}"#;

#[tokio::test]
async fn what_a_busy_server_says_of_itself_for_a_moment_is_tried_again_where_that_is_safe() {
    let (server, client) = start().await;
    let admin = client.v1();
    let closed = |times| server.expect(Expect::query().times(times), Reply::json(CLOSED));
    let then = |body: &str| server.expect(Expect::query(), Reply::json(body));
    closed(2);
    then(DONE);
    admin.drop_series().measurement("m").await.unwrap();
    closed(1);
    then(DONE);
    admin.delete_points().before(5_i64).await.unwrap();
    closed(1);
    then(r#"{"results":[{"statement_id":0,"series":[{"columns":["key"],"values":[["cpu,host=a"]]}]}]}"#);
    assert_eq!(admin.show_series().await.unwrap().len(), 1);
    closed(1);
    then(
        r#"{"results":[{"statement_id":0,"series":[{"name":"runtime","columns":["Alloc"],"values":[[1]]}]}]}"#,
    );
    assert_eq!(admin.show_stats().await.unwrap().len(), 1);
    let sent: Vec<String> = server.requests().iter().map(text_of).collect();
    assert!(sent[0] == sent[1] && sent[1] == sent[2] && sent.len() == 9, "{sent:?}");
    server.verify();
}

#[tokio::test]
async fn what_is_not_safe_or_does_not_pass_is_not_tried_again() {
    let (server, client) = start().await;
    let admin = client.v1();
    server.expect(Expect::query().times(4), Reply::json(CLOSED));
    for error in [
        admin.create_user("u", "x").await.unwrap_err(),
        admin.kill_query(7).await.unwrap_err(),
        admin.create_continuous_query("c", "SELECT 1").await.unwrap_err(),
        // the caller's own statements are the caller's to repeat
        client.influxql("DROP SERIES FROM m").execute().await.unwrap_err(),
    ] {
        assert!(error.is_statement() && error.is_retryable(), "{error:?}");
    }
    assert_eq!(server.requests().len(), 4);
    let other = r#"{"results":[{"statement_id":0,"error":"database not found: d"}]}"#;
    server.expect(Expect::query(), Reply::json(other));
    let error = admin.drop_series().measurement("m").await.unwrap_err();
    assert!(error.is_statement() && !error.is_retryable() && server.requests().len() == 5, "{error:?}");
    server.expect(Expect::query().any_times(), Reply::json(CLOSED));
    let error = admin.drop_measurement("m").await.unwrap_err();
    assert_eq!((error.server_message(), error.is_retryable()), (Some("engine is closed"), true));
    assert!((3..20).contains(&(server.requests().len() - 5)), "{}", server.requests().len());
}
