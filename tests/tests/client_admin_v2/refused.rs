//! What is refused before anything is sent.

use std::time::Duration;

use influx_client::admin::v2::{Id, Permission, ResourceType};
use influx_client::test_util::Server;
use influx_client::{Client, Error};

use crate::client;

const HOUR: Duration = Duration::from_secs(3_600);
const ID: &str = "a46ecb92ee0b6995";

fn says(error: &Error, what: &str) {
    assert!(error.is_config() && error.to_string().contains(what), "{what}: {error}");
}

#[tokio::test]
async fn names_that_the_server_would_take_or_refuse_later() {
    let server = Server::start().await.unwrap();
    let admin = client(&server).v2();
    for name in ["", " ", "\t"] {
        says(&admin.create_bucket(name).await.unwrap_err(), "bucket's name is empty");
        says(&admin.update_bucket(ID).name(name).await.unwrap_err(), "bucket's name is empty");
        says(&admin.create_org(name).await.unwrap_err(), "organization's name is empty");
        says(&admin.create_user(name).await.unwrap_err(), "user's name is empty");
        says(&admin.create_label(name).await.unwrap_err(), "label's name is empty");
        says(&admin.create_dbrp(ID, name, "rp").await.unwrap_err(), "database's name is empty");
        says(&admin.create_dbrp(ID, "db", name).await.unwrap_err(), "retention policy's name is empty");
        says(&admin.create_task_every(name, "x = 1", HOUR).await.unwrap_err(), "task's name is empty");
        says(&admin.create_script(name, "x = 1").await.unwrap_err(), "script's name is empty");
        says(&admin.set_secret(name, "x").await.unwrap_err(), "secret's name is empty");
        says(&admin.setup("u", "password", "o", name).await.unwrap_err(), "bucket's name is empty");
        says(&admin.setup(name, "password", "o", "b").await.unwrap_err(), "user's name is empty");
        says(&admin.setup("u", "password", name, "b").await.unwrap_err(), "organization's name is empty");
    }
    says(&admin.create_bucket("_x").await.unwrap_err(), "begins with _");
    says(&admin.create_bucket("a\"b").await.unwrap_err(), "quotation mark");
    says(&admin.update_bucket(ID).name("_x").await.unwrap_err(), "begins with _");
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn spans_and_passwords() {
    let server = Server::start().await.unwrap();
    let admin = client(&server).v2();
    for keep in [Duration::from_secs(60), Duration::from_secs(3_599), Duration::from_nanos(1)] {
        assert!(admin.create_bucket("b").retention(keep).await.unwrap_err().is_config());
        assert!(admin.update_bucket(ID).retention(keep).await.unwrap_err().is_config());
        assert!(admin.create_bucket("b").shard_group_duration(keep).await.unwrap_err().is_config());
        assert!(admin.setup("u", "password", "o", "b").retention(keep).await.unwrap_err().is_config());
    }
    says(
        &admin.create_bucket("b").retention(HOUR).shard_group_duration(2 * HOUR).await.unwrap_err(),
        "longer than the retention",
    );
    says(
        &admin.create_bucket("b").shard_group_duration(2 * HOUR).retention(HOUR).await.unwrap_err(),
        "longer than the retention",
    );
    says(
        &admin.create_task_every("t", "x = 1", Duration::from_millis(500)).await.unwrap_err(),
        "number of seconds",
    );
    for password in ["", "1234567", &"x".repeat(73)] {
        says(&admin.set_password(ID, password).await.unwrap_err(), "takes 8 to 72");
        says(&admin.set_my_password(password).await.unwrap_err(), "takes 8 to 72");
        says(&admin.setup("u", password, "o", "b").await.unwrap_err(), "takes 8 to 72");
    }
    says(&admin.setup("u", "password", "o", "b").token("a b").await.unwrap_err(), "visible ASCII");
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn ids_of_another_form() {
    let server = Server::start().await.unwrap();
    let admin = client(&server).v2();
    for id in [
        "",
        "market",
        "A46ECB92EE0B6995",
        "a46ecb92ee0b699",
        "../../query",
        "a46ecb92ee0b6995/x",
        "a46ecb92ee0b6995?x",
    ] {
        for error in [
            admin.find_bucket(Id::from(id)).await.unwrap_err(),
            admin.update_bucket(id).name("x").await.unwrap_err(),
            admin.delete_bucket(id).await.unwrap_err(),
            admin.find_org(Id::from(id)).await.unwrap_err(),
            admin.delete_org(id).await.unwrap_err(),
            admin.find_user(Id::from(id)).await.unwrap_err(),
            admin.set_password(id, "password").await.unwrap_err(),
            admin.delete_user(id).await.unwrap_err(),
            admin.find_authorization(id).await.unwrap_err(),
            admin.delete_authorization(id).await.unwrap_err(),
            admin.create_authorization().permission(Permission::read_bucket(id)).await.unwrap_err(),
            admin
                .create_authorization()
                .permission(Permission::read(ResourceType::Tasks).of_org(id))
                .await
                .unwrap_err(),
            admin.create_authorization().permission(Permission::read_bucket(ID)).user(id).await.unwrap_err(),
            admin.delete_label(id).await.unwrap_err(),
            admin.find_task(id).await.unwrap_err(),
            admin.delete_task(id).await.unwrap_err(),
            admin.run_task(id).await.unwrap_err(),
            admin.runs(id).all().await.unwrap_err(),
            admin.cancel_run(ID, id).await.unwrap_err(),
            admin.tasks().user(id).all().await.unwrap_err(),
            admin.delete_dbrp(id).await.unwrap_err(),
            admin.create_dbrp(id, "db", "rp").await.unwrap_err(),
            admin.invoke_script(id).await.unwrap_err(),
            admin.delete_points().bucket(Id::from(id)).measurement("m").await.unwrap_err(),
            admin.org(Id::from(id)).labels().await.unwrap_err(),
            admin.members(influx_client::admin::v2::Resource::task(id)).await.unwrap_err(),
        ] {
            says(&error, "16 lower-case hex digits");
        }
    }
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn nothing_to_change_and_nothing_named() {
    let server = Server::start().await.unwrap();
    let admin = client(&server).v2();
    for error in [
        admin.update_bucket(ID).await.unwrap_err(),
        admin.update_org(ID).await.unwrap_err(),
        admin.update_user(ID).await.unwrap_err(),
        admin.update_label(ID).await.unwrap_err(),
        admin.update_task(ID).await.unwrap_err(),
        admin.update_dbrp(ID).await.unwrap_err(),
        admin.update_script(ID).await.unwrap_err(),
        admin.update_authorization(ID).await.unwrap_err(),
    ] {
        says(&error, "is changed: name what is to be different");
    }
    says(&admin.create_authorization().await.unwrap_err(), "name a permission");
    says(&admin.delete_secrets(Vec::<String>::new()).await.unwrap_err(), "no secret is named");
    let nobody = Client::v2(server.url()).token("t").build().unwrap().v2();
    says(&nobody.labels().await.unwrap_err(), "no organization is named");
    says(&nobody.buckets().all().await.unwrap_err(), "no organization is named");
    says(&nobody.create_bucket("b").await.unwrap_err(), "no organization is named");
    says(&nobody.org("desk").delete_points().measurement("m").await.unwrap_err(), "no bucket is named");
    says(&admin.get("variables").await.unwrap_err(), "not below /api/v2/");
    says(&admin.post("/api/v2/../query").json("{}").await.unwrap_err(), "is no path");
    says(&admin.get("/api/v2/variables").json("{}").await.unwrap_err(), "a GET has no body");
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn what_is_deleted_is_said() {
    let server = Server::start().await.unwrap();
    let admin = client(&server).v2();
    let delete = || admin.delete_points();
    let some = || delete().measurement("m");
    says(&delete().await.unwrap_err(), "use delete_all_points()");
    says(&delete().since(1).before(2).await.unwrap_err(), "use delete_all_points()");
    says(&admin.delete_all_points().measurement("m").await.unwrap_err(), "use delete_points()");
    says(&some().since(2).before(2).await.unwrap_err(), "nothing lies between");
    says(&some().since(3).before(2).await.unwrap_err(), "nothing lies between");
    says(&admin.delete_all_points().since(3).before(2).await.unwrap_err(), "nothing lies between");
    for time in [i64::MIN, i64::MIN + 1, i64::MAX] {
        says(&some().since(time).await.unwrap_err(), "outside of the times");
        says(&some().before(time).await.unwrap_err(), "outside of the times");
    }
    says(&some().since(None::<i64>).await.unwrap_err(), "a time in the request is missing");
    says(&some().tag("_field", "f").await.unwrap_err(), "cannot delete by field");
    says(&some().tag_not("_value", "1").await.unwrap_err(), "cannot delete by value");
    says(&some().tag("_measurement", "m").await.unwrap_err(), "use .measurement(");
    says(&some().measurement("n").await.unwrap_err(), "knows no OR");
    says(&some().tag("t", "a").tag("t", "b").await.unwrap_err(), "knows no OR");
    says(&some().tag("t", "").await.unwrap_err(), "by an empty value");
    says(&some().tag("t", "a\rb").await.unwrap_err(), "cannot express");
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_server_of_another_generation() {
    let server = Server::start().await.unwrap();
    let admin = Client::v1(server.url()).database("d").build().unwrap().v2();
    for error in [
        admin.create_bucket("b").await.unwrap_err(),
        admin.buckets().all().await.unwrap_err(),
        admin.find_org("o").await.map(drop).unwrap_err(),
        admin.delete_points().measurement("m").await.unwrap_err(),
        admin.health().await.map(drop).unwrap_err(),
        admin.setup("u", "password", "o", "b").await.map(drop).unwrap_err(),
        admin.sign_out().await.unwrap_err(),
        admin.get("/api/v2/variables").await.map(drop).unwrap_err(),
        admin.org("o").labels().await.map(drop).unwrap_err(),
    ] {
        says(&error, "client.v2() is for InfluxDB 2.x, and this client is one of 1.x: use client.v1()");
    }
    assert!(server.requests().is_empty());
}
