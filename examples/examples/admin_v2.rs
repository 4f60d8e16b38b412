//! Administers an InfluxDB 2.x: a bucket, a token that may only read it, a label, a task, and points that are deleted. What it makes, it
//! removes again.
//!
//! ```text
//! INFLUX_URL=http://localhost:8086 INFLUX_ORG=desk INFLUX_BUCKET=market INFLUX_TOKEN=.. \
//!     cargo run -p influx-examples --example admin_v2
//! ```
//!
//! Without `INFLUX_URL` a scripted server answers as 2.x does.
#![allow(clippy::print_stdout)]

use std::time::Duration;

use influx_client::admin::v2::{Permission, Status};
use influx_client::test_util::{Expect, Reply, Server};
use influx_client::{Client, Point};

const DAY: Duration = Duration::from_secs(86_400);
const NAME: &str = "influx_admin_example";

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let named = std::env::var("INFLUX_URL").is_ok_and(|url| !url.is_empty());
    let scripted = if named { None } else { Some(scripted().await?) };
    let client = match &scripted {
        Some(server) => Client::v2(server.url()).org("desk").bucket("market").token("secret").build()?,
        None => Client::from_env()?.v2()?.build()?,
    };
    let admin = client.v2();
    let health = admin.health().await?;
    println!(
        "{} {}: {}",
        health.name.unwrap_or_default(),
        health.version.unwrap_or_default(),
        health.status.as_str()
    );

    // of a run that was broken off
    if let Some(left) = admin.find_bucket(NAME).await? {
        admin.delete_bucket(&left).await?;
    }
    if let Some(left) = admin.find_label(NAME).await? {
        admin.delete_label(&left).await?;
    }
    let bucket = admin.create_bucket(NAME).retention(30 * DAY).description("of an example").await?;
    println!("bucket {:?} keeps points for {:?}", bucket.name, bucket.retention.keep);
    let again = admin.create_bucket(NAME).await.unwrap_err();
    println!("once more: is_conflict() is {}: {again}", again.is_conflict());
    println!("too short: {}", admin.create_bucket("b").retention(DAY / 48).await.unwrap_err());

    let reader = admin.create_authorization().permission(Permission::read_bucket(&bucket)).await?;
    println!(
        "a token that may read it: {:?}, which has {} letters",
        reader.token,
        reader.token.as_ref().map_or(0, |t| t.expose().len())
    );

    let label = admin.create_label(NAME).property("color", "00ff00").await?;
    admin.add_label(&bucket, &label).await?;
    let mut buckets = admin.buckets();
    while let Some(bucket) = buckets.next().await.transpose()? {
        let labels: Vec<_> = bucket.labels.iter().map(|label| &*label.name).collect();
        println!("  {} {labels:?}", bucket.name);
    }

    let flux = format!("from(bucket: \"{NAME}\") |> range(start: -1h)");
    let task = admin.create_task_every(NAME, &flux, DAY).status(Status::Inactive).await?;
    println!("task {:?} every {:?}", task.name, task.every);

    let points = ["a", "b"].map(|venue| Point::new("trades").tag("venue", venue).field("price", 1.5));
    client.write(&points).bucket(NAME).await?;
    admin.delete_points().bucket(&bucket).measurement("trades").tag("venue", "a").await?;
    println!("deleted points of one venue; of all: {}", admin.delete_points().await.unwrap_err());

    admin.delete_task(&task).await?;
    admin.delete_label(&label).await?;
    admin.delete_authorization(&reader).await?;
    admin.delete_bucket(&bucket).await?;
    println!("and all of it is gone again: {:?}", admin.find_bucket(&bucket).await?);
    if let Some(server) = scripted {
        server.verify();
    }
    Ok(())
}

/// A server that says what 2.x says to this example.
async fn scripted() -> std::io::Result<Server> {
    println!("server: scripted, as INFLUX_URL names none");
    let server = Server::start().await?;
    let (org, id) = ("331757e6fce87162", "64db26059b3088c5");
    let rules = r#"[{"type":"expire","everySeconds":2592000,"shardGroupDurationSeconds":86400}]"#;
    let label = format!(r#"{{"id":"11b12af1f6ba2000","name":"{NAME}","properties":{{"color":"00ff00"}}}}"#);
    let bucket = |labels: &str| {
        format!(
            r#"{{"id":"{id}","orgID":"{org}","name":"{NAME}","retentionRules":{rules},"labels":[{labels}]}}"#
        )
    };
    let created = |body: &str| Reply::status(201).body(body);
    let gone = |what: &str| {
        Reply::status(404).body(format!(r#"{{"code":"not found","message":"{what} not found"}}"#))
    };
    let conflict = format!(r#"{{"code":"conflict","message":"bucket with name {NAME} already exists"}}"#);
    let own = |path: &str, id: &str| Expect::path(format!("/api/v2/{path}/{id}"));
    for (expect, reply) in [
        (Expect::path("/health"), Reply::json(r#"{"name":"influxdb","status":"pass","version":"v2.7.12"}"#)),
        (
            Expect::path("/api/v2/orgs").times(1),
            Reply::json(format!(r#"{{"orgs":[{{"id":"{org}","name":"desk"}}]}}"#)),
        ),
        (Expect::path("/api/v2/buckets").param("name", NAME), gone("bucket")),
        (
            Expect::path("/api/v2/buckets").param("limit", "100"),
            Reply::json(format!(r#"{{"links":{{}},"buckets":[{}]}}"#, bucket(&label))),
        ),
        (Expect::path("/api/v2/buckets"), created(&bucket(""))),
        (Expect::path("/api/v2/buckets"), Reply::status(422).body(conflict)),
        (
            Expect::path("/api/v2/authorizations"),
            created(&format!(
                r#"{{"id":"11b12af231ba2000","token":"only this once","orgID":"{org}","permissions":[]}}"#
            )),
        ),
        (Expect::path("/api/v2/labels").param("orgID", org), Reply::json(r#"{"links":{},"labels":[]}"#)),
        (Expect::path("/api/v2/labels"), created(&format!(r#"{{"links":{{}},"label":{label}}}"#))),
        (
            Expect::path(format!("/api/v2/buckets/{id}/labels")),
            created(&format!(r#"{{"links":{{}},"label":{label}}}"#)),
        ),
        (
            Expect::path("/api/v2/tasks"),
            created(&format!(
                r#"{{"id":"11b12af25100e000","name":"{NAME}","flux":"..","every":"86400s","status":"inactive"}}"#
            )),
        ),
        (Expect::path("/api/v2/write"), Reply::status(204)),
        (Expect::path("/api/v2/delete").param("bucketID", id), Reply::status(204)),
        (own("tasks", "11b12af25100e000"), Reply::status(204)),
        (own("labels", "11b12af1f6ba2000"), Reply::status(204)),
        (own("authorizations", "11b12af231ba2000"), Reply::status(204)),
        (own("buckets", id), Reply::status(204)),
        (own("buckets", id), gone("bucket")),
    ] {
        server.expect(expect, reply);
    }
    Ok(server)
}
