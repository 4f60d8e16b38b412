//! Passwords, tokens and secrets appear nowhere.

use influx_client::admin::v2::{Id, Permission};
use influx_client::test_util::{Expect, Reply, Server};
use serde_json::json;

use crate::{DESK, Exchange, client};

const ID: &str = "a46ecb92ee0b6995";
const SECRET: &str = "correct horse battery";

/// A server that repeats what it was sent.
async fn echoing(status: u16) -> Server {
    let server = Server::start().await.unwrap();
    server.expect(Expect::path("/api/v2/orgs").any_times(), Exchange::named("v2/237_orgs_by_name").reply());
    let text = format!("cannot store {{\"password\":\"{SECRET}\"}} for the token fixture-token");
    let body = json!({"code": "internal error", "message": text}).to_string();
    server.expect(Expect::any().any_times(), Reply::status(status).body(body));
    server
}

#[tokio::test]
async fn what_the_server_repeats_is_taken_out() {
    for status in [400, 500] {
        let server = echoing(status).await;
        let admin = client(&server).v2();
        for error in [
            admin.set_password(ID, SECRET).await.unwrap_err(),
            admin.set_secret("key", SECRET).await.unwrap_err(),
            admin.setup("u", SECRET, "o", "b").await.map(drop).unwrap_err(),
            admin
                .setup("u", "password", "o", "b")
                .token(SECRET.replace(' ', "-"))
                .await
                .map(drop)
                .unwrap_err(),
        ] {
            for text in [
                error.to_string(),
                format!("{error:?}"),
                error.report(),
                error.server_message().unwrap().to_owned(),
            ] {
                assert!(!text.contains("fixture-token") && text.contains("***"), "{text}");
            }
        }
        let error = admin.set_password(ID, SECRET).await.unwrap_err();
        assert!(!format!("{error:?} {error}").contains("horse"), "{error:?}");
    }
}

#[tokio::test]
async fn requests_and_answers_do_not_print_them() {
    let server = Server::start().await.unwrap();
    let admin = client(&server).v2();
    let setup = admin.setup("u", SECRET, "o", "b").token("a-new-token");
    assert!(
        !format!("{setup:?} {admin:?}").contains("horse") && !format!("{setup:?}").contains("a-new-token")
    );
    assert!(!format!("{admin:?}").contains("fixture-token"));
    let raw =
        admin.post("/api/v2/x").param("password", SECRET).json(format!("{{\"password\": \"{SECRET}\"}}"));
    assert!(!format!("{raw:?}").contains("horse"), "{raw:?}");
    // answers that end in the middle of a token
    for body in [
        r#"{"id": "11b12af231ba2000", "token": "a-new-tok"#,
        r#"[{"token": "a-new-token"}]"#,
        r#"{"id": {"token": "a-new-token"}}"#,
    ] {
        let server = Server::start().await.unwrap();
        server.expect(Expect::any(), Reply::status(201).body(body));
        let admin = client(&server).v2().org(Id::from(DESK));
        let create = admin.create_authorization().permission(Permission::read_bucket(ID));
        let error = create.await.unwrap_err();
        assert!(
            error.is_decode() && !format!("{error} {error:?} {}", error.report()).contains("a-new-tok"),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn a_password_by_two_requests() {
    let server = Server::start().await.unwrap();
    server.expect(Expect::path("/api/v2/me"), Exchange::named("v2/260_me").reply());
    server.expect(
        Expect::path("/api/v2/users/11b12aefdfba2000/password").body_contains(SECRET),
        Reply::status(204),
    );
    client(&server).v2().set_my_password(SECRET).await.unwrap();
    // two documents in one body
    let it = Exchange::named("v2/261_me_password_by_token");
    let server = Server::start().await.unwrap();
    server.expect(Expect::path(it.path()), it.reply());
    let error = client(&server).v2().put(it.path()).json(it.text("body")).await.unwrap_err();
    assert_eq!(error.server_message(), Some("error decoding password reset request: invalid basic auth"));
}
