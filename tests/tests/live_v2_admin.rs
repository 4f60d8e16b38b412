//! Administration of a real InfluxDB 2.x: what is created is found again, whatever its name.

use std::slice;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use influx_client::admin::v2::{
    Admin, Bucket, HealthStatus, Id, Permission, Resource, ResourceType, Role, Run, RunStatus, Status, Token,
};
use influx_client::{Client, ClientBuilder, OwnedRow, Point, V2};
use influx_tests::support::{left_out, v1_url, v2_server};

const HOUR: Duration = Duration::from_secs(3_600);

/// Texts that break out of quotes, where quoting is wrong.
const HOSTILE: [&str; 30] = [
    "plain",
    "°C",
    "(New)",
    "a b",
    " ",
    "a\"b",
    "\"",
    "\"\"",
    "a'b",
    "a\\b",
    "a\\\\b",
    "x\" AND y=\"z",
    "x\" OR \"y\"=\"z",
    "\\\" OR \"t\"=\"other",
    "' OR '1' = '1",
    "a,b=c d",
    "/* a */ -- b",
    "/x/",
    "=~/.*/",
    "AND",
    "or",
    "true",
    "1",
    "-1",
    "$x",
    "${x}",
    "%22",
    "\u{feff}\u{2028}é 漢字 🦀",
    "*",
    "null",
];

/// A name that nobody else uses.
fn unique(name: &str) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos();
    format!("{name} {now} {}", std::process::id())
}

/// A client of the server without a token.
fn nobody() -> ClientBuilder<V2> {
    Client::v2(std::env::var("INFLUX_V2_URL").unwrap())
}

/// A bucket for the test alone, which goes again with it, however it ends.
async fn with_bucket<F>(test: &str, work: impl FnOnce(Client, Bucket) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let Some(server) = v2_server(test).await else { return };
    let (client, name) = (server.clone().build().unwrap(), unique(test));
    let bucket = client.v2().create_bucket(&name).await.unwrap();
    let outcome = tokio::spawn(work(server.bucket(&name).build().unwrap(), bucket.clone())).await;
    let deleted = client.v2().delete_bucket(&bucket).await;
    if let Err(error) = outcome {
        std::panic::resume_unwind(error.into_panic());
    }
    deleted.unwrap();
}

async fn count(client: &Client, bucket: &Bucket) -> usize {
    let asked = client.influxql("SELECT * FROM /.*/").database(&bucket.name);
    asked.fetch_all::<OwnedRow>().await.unwrap().len()
}

#[tokio::test]
async fn what_the_server_says_of_itself() {
    let Some(server) = v2_server("health").await else { return };
    let client = server.build().unwrap();
    assert!(client.ping().await.unwrap().version().unwrap().starts_with("2."));
    assert_eq!(client.ping().await.unwrap().build(), Some("OSS"));
    let nobody = nobody().build().unwrap();
    let health = nobody.v2().health().await.unwrap();
    assert_eq!(
        (health.name.as_deref(), &health.status),
        (Some("influxdb"), &HealthStatus::Pass),
        "{health:?}"
    );
    assert!(health.version.unwrap().starts_with("v2."));
    let ready = nobody.v2().ready().await.unwrap();
    assert_eq!(ready.status, "ready");
    assert!(ready.started.unwrap() < SystemTime::now() + HOUR);
    assert!(!nobody.v2().is_setup_allowed().await.unwrap());
    let error = nobody.v2().setup("root", "12345678", "desk", "market").await.unwrap_err();
    assert!(error.is_conflict() && !error.report().contains("12345678"), "{error:?}");
    let error = nobody.v2().me().await.unwrap_err();
    assert!(error.is_auth() && error.code() == Some("unauthorized"), "{error:?}");
}

#[tokio::test]
async fn buckets() {
    let Some(server) = v2_server("buckets").await else { return };
    let (admin, name) = (server.build().unwrap().v2(), unique("buckets"));
    let made = admin
        .create_bucket(&name)
        .retention(48 * HOUR)
        .shard_group_duration(2 * HOUR)
        .description("of a test")
        .await
        .unwrap();
    assert_eq!((made.retention.keep, made.retention.shard_group), (Some(48 * HOUR), Some(2 * HOUR)));
    assert_eq!((&*made.name, made.description.as_deref()), (&*name, Some("of a test")));
    assert!(made.id.is_valid() && made.created_at.is_some(), "{made:?}");
    let error = admin.create_bucket(&name).await.unwrap_err();
    assert!(error.is_conflict() && error.code() == Some("conflict"), "{error:?}");
    assert_eq!(admin.find_bucket(&name).await.unwrap().as_ref(), Some(&made));
    assert_eq!(admin.find_bucket(&made.id).await.unwrap().as_ref(), Some(&made));
    for none in [name.to_uppercase(), format!("{name} "), "\u{fffd}".to_owned(), made.id.to_string()] {
        assert_eq!(admin.find_bucket(&none).await.unwrap(), None, "{none:?}");
    }
    assert_eq!(admin.find_bucket(Id::from("0000000000000001")).await.unwrap(), None);
    // what is not named stays as it is
    let changed = admin.update_bucket(&made).shard_group_duration(HOUR).await.unwrap();
    assert_eq!((changed.retention.keep, changed.retention.shard_group), (Some(48 * HOUR), Some(HOUR)));
    let changed = admin.update_bucket(&made).retention(None).name(format!("{name}!")).await.unwrap();
    assert_eq!((changed.retention.keep, changed.retention.shard_group), (None, Some(HOUR)));
    assert_eq!((&*changed.name, changed.description.as_deref()), (&*format!("{name}!"), Some("of a test")));
    admin.delete_bucket(&made).await.unwrap();
    assert_eq!(admin.find_bucket(&made).await.unwrap(), None);
    let error = admin.delete_bucket(&made).await.unwrap_err();
    assert!(error.is_not_found() && error.to_string().contains("may not read it"), "{error}");
}

/// The one that was meant, where a bucket is named like the id of another.
#[tokio::test]
async fn a_bucket_that_is_named_like_an_id() {
    with_bucket("ids", |client, bucket| async move {
        let admin = client.v2();
        let named = admin.create_bucket(bucket.id.as_str()).await.unwrap();
        assert_eq!(admin.find_bucket(bucket.id.as_str()).await.unwrap().unwrap().id, named.id);
        assert_eq!(admin.find_bucket(&bucket.id).await.unwrap().unwrap().id, bucket.id);
        let point = || Point::new("m").tag("t", "a").field("f", 1).timestamp(1);
        client.write(point()).await.unwrap();
        // an id goes before a name where the server decides
        client.write(point()).bucket(named.id.to_string()).await.unwrap();
        admin.delete_points().bucket(bucket.id.as_str()).measurement("m").await.unwrap();
        assert_eq!(count(&client, &bucket).await, 1, "of the one that was named");
        admin.delete_points().bucket(&bucket).measurement("m").await.unwrap();
        assert_eq!(count(&client, &bucket).await, 0);
        let error = admin.delete_points().bucket("00000000000000ff").measurement("m").await.unwrap_err();
        assert!(error.is_not_found(), "{error:?}");
        admin.delete_bucket(&named).await.unwrap();
    })
    .await;
}

/// More than fit into a page, deleted as they are read.
#[tokio::test]
async fn lists_are_read_page_by_page() {
    let Some(server) = v2_server("pages").await else { return };
    let (admin, name) = (server.build().unwrap().v2(), unique("pages"));
    let org = admin.create_org(&name).await.unwrap();
    let of_org = admin.org(&org);
    for n in 0..205 {
        of_org.create_bucket(format!("b{n:03}")).await.unwrap();
    }
    let all = of_org.buckets().all().await.unwrap();
    let mine: Vec<_> = all.iter().map(|b| &*b.name).filter(|name| !name.starts_with('_')).collect();
    assert_eq!(mine, (0..205).map(|n| format!("b{n:03}")).collect::<Vec<_>>());
    let everywhere = admin.buckets().of_all_orgs().all().await.unwrap();
    assert!(all.iter().all(|bucket| everywhere.contains(bucket)), "{}", everywhere.len());
    let (mut list, mut deleted) = (of_org.buckets(), 0);
    while let Some(bucket) = list.next().await {
        let bucket = bucket.unwrap();
        if !bucket.name.starts_with('_') {
            of_org.delete_bucket(&bucket).await.unwrap();
            deleted += 1;
        }
    }
    assert_eq!(deleted, 205);
    admin.delete_org(&org).await.unwrap();
}

#[tokio::test]
async fn points_are_deleted() {
    with_bucket("deleting", |client, bucket| async move {
        let admin = client.v2();
        let point = |host: &str, n: i64| Point::new("cpu").tag("host", host).field("n", n).timestamp(n);
        let points: Vec<Point> = (0..10)
            .flat_map(|n| [point("a", n), point("b", n)])
            .chain([Point::new("mem").field("n", 1).timestamp(5)])
            .collect();
        client.write(&points).await.unwrap();
        // the end of the time is exclusive here, and inclusive on the wire
        admin.delete_points().measurement("cpu").tag("host", "a").since(2).before(4).await.unwrap();
        assert_eq!(count(&client, &bucket).await, 19);
        admin.delete_points().tag_not("host", "a").before(1).await.unwrap();
        assert_eq!(count(&client, &bucket).await, 18, "host=b at 0, and nothing that has no host");
        admin.delete_points().measurement("cpu").tag("host", "nobody").await.unwrap();
        assert_eq!(count(&client, &bucket).await, 18);
        admin.delete_points().tag_not("host", "").await.unwrap();
        assert_eq!(count(&client, &bucket).await, 1, "mem has no host");
        admin.delete_all_points().since(6).await.unwrap();
        assert_eq!(count(&client, &bucket).await, 1);
        client.write(&[point("a", i64::MIN + 2), point("b", i64::MAX - 1)]).await.unwrap();
        assert_eq!(count(&client, &bucket).await, 3);
        admin.delete_all_points().bucket(&bucket).await.unwrap();
        assert_eq!(count(&client, &bucket).await, 0);
        let error = admin.delete_points().bucket("there is none").measurement("m").await.unwrap_err();
        assert!(error.is_not_found() && error.to_string().contains("may not read it"), "{error}");
    })
    .await;
}

/// Exactly the points of this measurement, tag or value, whatever they are called.
#[tokio::test]
async fn hostile_names_and_values_are_deleted_exactly() {
    with_bucket("hostile", |client, bucket| async move {
        let admin = client.v2();
        for text in HOSTILE {
            let other = [
                Point::new("other").tag("t", "other").tag("y", "z").field("f", 1).timestamp(1),
                Point::new("other").tag("key", "x").field("f", 1).timestamp(1),
            ];
            let as_value = Point::new("other").tag("t", text).field("f", 1).timestamp(1);
            let as_key = Point::new("other").tag(text, "x").field("f", 1).timestamp(1);
            let as_name = Point::new(text).tag("t", "other").field("f", 1).timestamp(1);
            let mut known = 0;
            for (point, delete) in [
                (as_value, admin.delete_points().tag("t", text)),
                (as_key, admin.delete_points().tag(text, "x")),
                (as_name, admin.delete_points().measurement(text)),
            ] {
                client.write(&other).await.unwrap();
                // some texts cannot be written in every place
                if client.write(&point).await.is_err() {
                    continue;
                }
                assert_eq!(count(&client, &bucket).await, 3, "{point:?}");
                delete.await.unwrap_or_else(|error| panic!("{text:?}: {error}"));
                assert_eq!(count(&client, &bucket).await, 2, "{point:?}");
                known += 1;
            }
            assert!(known > 1, "{text:?}");
            admin.delete_all_points().await.unwrap();
        }
    })
    .await;
}

#[tokio::test]
async fn organizations_members_and_secrets() {
    let Some(server) = v2_server("organizations").await else { return };
    let (admin, name) = (server.build().unwrap().v2(), unique("org"));
    let org = admin.create_org(&name).description("d").await.unwrap();
    assert!(admin.create_org(&name).await.unwrap_err().is_conflict());
    assert_eq!(admin.find_org(&name).await.unwrap().as_ref(), Some(&org));
    assert_eq!(admin.find_org(&org).await.unwrap().as_ref(), Some(&org));
    assert_eq!(admin.find_org("there is none").await.unwrap(), None);
    assert_eq!(admin.find_org(Id::from("0000000000000001")).await.unwrap(), None);
    assert!(admin.orgs().all().await.unwrap().contains(&org));

    let user = admin.create_user(&name).await.unwrap();
    assert_eq!(admin.add_member(&org, &user).await.unwrap().role, Some(Role::Member));
    let error = admin.add_member(&org, &user).await.unwrap_err();
    assert!(error.is_conflict(), "{error:?}");
    assert!(
        admin.members(&org).await.unwrap().iter().any(|member| member.id == user.id && member.name == name)
    );
    admin.remove_member(&org, &user).await.unwrap();
    assert!(admin.members(&org).await.unwrap().is_empty());
    assert_eq!(admin.add_owner(&org, &user).await.unwrap().role, Some(Role::Owner));
    assert!(
        admin.owners(Resource::organization(&org.id)).await.unwrap().iter().any(|owner| owner.id == user.id)
    );
    admin.remove_owner(&org, &user).await.unwrap();

    let of_org = admin.org(&*name);
    assert!(of_org.secrets().await.unwrap().is_empty());
    of_org.set_secret("a key/..?", "the value").await.unwrap();
    of_org.set_secret("other", "").await.unwrap();
    let mut keys = of_org.secrets().await.unwrap();
    keys.sort();
    assert_eq!(keys, ["a key/..?", "other"]);
    of_org.delete_secrets(["a key/..?", "none"]).await.unwrap();
    assert_eq!(of_org.secrets().await.unwrap(), ["other"]);

    // its id was kept under the old name
    let renamed = admin.update_org(&org).name(format!("{name}!")).await.unwrap();
    assert_eq!((renamed.id.clone(), renamed.description.as_deref()), (org.id.clone(), Some("d")));
    let error = of_org.labels().await.unwrap_err();
    assert!(error.is_not_found() && error.to_string().contains("no organization is named"), "{error}");
    admin.delete_org(&org).await.unwrap();
    admin.delete_user(&user).await.unwrap();
    assert!(admin.delete_user(&user).await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn users_and_sessions() {
    let Some(server) = v2_server("users").await else { return };
    // a session's user and password go by HTTP Basic, which has no `:` in a name
    let (admin, name) = (server.build().unwrap().v2(), unique("user"));
    let user = admin.create_user(&name).await.unwrap();
    assert!(admin.create_user(&name).await.unwrap_err().is_conflict());
    assert_eq!(admin.find_user(&name).await.unwrap().as_ref(), Some(&user));
    assert_eq!(admin.find_user(&user).await.unwrap().as_ref(), Some(&user));
    assert_eq!(admin.find_user("there is none").await.unwrap(), None);
    assert!(admin.users().all().await.unwrap().contains(&user));
    assert_ne!(admin.me().await.unwrap().id, user.id);
    let password = "correct horse battery";
    admin.set_password(&user, password).await.unwrap();
    let session = nobody().session_auth(&name, password).build().unwrap();
    assert_eq!(session.v2().me().await.unwrap(), user);
    session.v2().sign_out().await.unwrap();
    session.v2().sign_out().await.unwrap();
    assert_eq!(session.v2().me().await.unwrap(), user, "it signs in again");
    session.v2().set_my_password("another horse battery").await.unwrap();
    session.v2().sign_out().await.unwrap();
    let error = session.v2().me().await.unwrap_err();
    assert!(error.is_auth() && !format!("{error:?}").contains(password), "{error:?}");
    let inactive = admin.update_user(&user).status(Status::Inactive).name(format!("{name}!")).await.unwrap();
    assert_eq!((inactive.status, inactive.name), (Some(Status::Inactive), format!("{name}!")));
    admin.delete_user(&user).await.unwrap();
}

#[tokio::test]
async fn tokens() {
    with_bucket("tokens", |client, bucket| async move {
        let admin = client.v2();
        let other = admin.create_bucket(unique("other")).await.unwrap();
        let made = admin
            .create_authorization()
            .permission(Permission::read_bucket(&bucket))
            .permission(Permission::write_bucket(&bucket))
            .description("of a test")
            .await
            .unwrap();
        let token = made.token.clone().expect("it is shown once");
        assert!(!format!("{made:?}").contains(token.expose()), "{made:?}");
        assert_eq!(made.permissions[0].id.as_ref(), Some(&bucket.id));
        let known = admin.find_authorization(&made).await.unwrap().unwrap();
        assert_eq!((&known.permissions, &known.description), (&made.permissions, &made.description));
        assert!(admin.authorizations().await.unwrap().iter().any(|one| one.id == made.id));

        let org = client.org().unwrap();
        let of =
            |token: &Token| nobody().org(org).bucket(&*bucket.name).token(token.expose()).build().unwrap();
        let limited = of(&token);
        limited.write(Point::new("m").field("f", 1).timestamp(1)).await.unwrap();
        limited.v2().delete_points().measurement("m").await.unwrap();
        assert_eq!(limited.v2().find_bucket(&*bucket.name).await.unwrap().unwrap().id, bucket.id);
        assert_eq!(
            limited.v2().find_bucket(&*other.name).await.unwrap(),
            None,
            "what it may not read is not there"
        );
        assert_eq!(limited.v2().buckets().all().await.unwrap().len(), 1);
        let error = limited.v2().delete_points().bucket(&other).measurement("m").await.unwrap_err();
        assert!(error.is_auth() && error.status() == Some(403), "{error:?}");
        let error = limited.v2().create_bucket(unique("not allowed")).await.unwrap_err();
        assert!(error.is_auth() && error.status() == Some(401), "{error:?}");

        admin.update_authorization(&made).status(Status::Inactive).description("off").await.unwrap();
        let error = limited.v2().delete_points().measurement("m").await.unwrap_err();
        assert!(error.is_auth() || error.is_not_found(), "{error:?}");
        admin.delete_authorization(&made).await.unwrap();
        assert_eq!(admin.find_authorization(&made).await.unwrap(), None);
        // what is not named is the organization's own, and never all there is
        let wide = admin.create_authorization().permission(Permission::read(ResourceType::Buckets));
        let wide = wide.permission(Permission::read(ResourceType::Orgs)).await.unwrap();
        assert_eq!(wide.permissions[0].org_id, wide.org_id);
        let token = wide.token.clone().unwrap();
        let orgs = of(&token).v2().orgs().all().await.unwrap();
        assert_eq!(orgs.iter().map(|org| &*org.name).collect::<Vec<_>>(), [org]);
        admin.delete_authorization(&wide).await.unwrap();
        admin.delete_bucket(&other).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn labels_hang_on_buckets_and_tasks() {
    with_bucket("labels", |client, bucket| async move {
        let (admin, name) = (client.v2(), unique("label"));
        let label = admin.create_label(&name).property("color", "ff0000").property("k", "v").await.unwrap();
        assert_eq!(label.properties["color"], "ff0000");
        assert!(admin.create_label(&name).await.unwrap_err().is_conflict());
        assert_eq!(admin.find_label(&name).await.unwrap().as_ref(), Some(&label));
        let label = admin.update_label(&label).name(format!("{name}!")).property("color", "").await.unwrap();
        assert_eq!((&*label.name, label.properties.get("color")), (&*format!("{name}!"), None), "{label:?}");
        admin.add_label(&bucket, &label).await.unwrap();
        assert_eq!(admin.labels_of(&bucket).await.unwrap(), slice::from_ref(&label));
        assert_eq!(admin.find_bucket(&bucket).await.unwrap().unwrap().labels, slice::from_ref(&label));
        admin.remove_label(Resource::bucket(&bucket.id), &label).await.unwrap();
        assert!(admin.labels_of(&bucket).await.unwrap().is_empty());
        admin.delete_label(&label).await.unwrap();
        assert_eq!(admin.find_label(&label.name).await.unwrap(), None);
    })
    .await;
}

/// The run once it has ended and its logs are stored: in between the server knows nothing of it for a moment.
async fn ended(admin: &Admin, task: &Id, run: &Id) -> Run {
    for _ in 0..200 {
        let found = admin.find_run(task, run).await.unwrap().filter(|run| run.finished_at.is_some());
        let logs = admin.run_logs(task, run).await.unwrap_or_default();
        let logged = admin.task_logs(task).await.unwrap_or_default();
        match found {
            Some(found) if !logs.is_empty() && logs.iter().all(|event| logged.contains(event)) => {
                return found;
            }
            _ => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
    panic!("the run does not end");
}

#[tokio::test]
async fn tasks_and_their_runs() {
    with_bucket("tasks", |client, bucket| async move {
        let (admin, name) = (client.v2(), unique("a \"task\" ${x}\n\\"));
        let flux = format!("from(bucket: \"{}\") |> range(start: -1h) // end", bucket.name);
        let task = admin.create_task_every(&name, &flux, 2 * HOUR).description("d").await.unwrap();
        assert_eq!(
            (&*task.name, task.every.as_deref(), task.description.as_deref()),
            (&*name, Some("7200s"), Some("d"))
        );
        let inactive =
            admin.create_task_cron(&name, &flux, "0 * * * *").status(Status::Inactive).await.unwrap();
        assert_eq!(
            (inactive.cron.as_deref(), &inactive.status),
            (Some("0 * * * *"), &Some(Status::Inactive))
        );
        let named = admin.tasks().named(&name).all().await.unwrap();
        assert_eq!(named.iter().map(|task| &task.id).collect::<Vec<_>>(), [&task.id, &inactive.id]);
        let active = admin.tasks().named(&name).status(Status::Active).all().await.unwrap();
        assert_eq!(active.iter().map(|task| &task.id).collect::<Vec<_>>(), [&task.id]);
        assert!(admin.tasks().all().await.unwrap().len() >= 2);
        let changed = admin
            .update_task(&task)
            .cron("5 * * * *")
            .offset(Duration::from_secs(30))
            .name("renamed")
            .await
            .unwrap();
        assert_eq!(
            (changed.cron.as_deref(), changed.offset.as_deref(), &*changed.name),
            (Some("5 * * * *"), Some("30s"), "renamed")
        );
        let error = admin.create_task("from(").await.unwrap_err();
        assert!(error.status() == Some(400) && error.to_string().contains("invalid options"), "{error}");

        let time = UNIX_EPOCH + Duration::from_secs(1_767_225_600);
        let run = admin.run_task_for(&task, time).await.unwrap();
        assert_eq!((run.scheduled_for, &run.task_id), (Some(time), &task.id));
        let run = ended(&admin, &task.id, &run.id).await;
        assert_eq!(run.status, RunStatus::Success, "{run:?}");
        let again = admin.retry_run(&task, &run.id).await.unwrap();
        assert_eq!(again.scheduled_for, Some(time));
        ended(&admin, &task.id, &again.id).await;
        assert!(admin.cancel_run(&task, &again.id).await.unwrap_err().is_not_found());
        // it may have ended before
        let stopped = admin.run_task(&task).await.unwrap();
        match admin.cancel_run(&task, &stopped.id).await {
            Ok(()) => {
                let known = admin.find_run(&task, &stopped.id).await.unwrap();
                assert!(known.is_none_or(|run| run.status == RunStatus::Canceled));
            }
            Err(error) => assert!(error.is_not_found(), "{error:?}"),
        }
        let error = admin.run_task(&inactive).await.unwrap_err();
        assert!(error.to_string().contains("inactive task"), "{error}");
        let runs: Vec<Id> = admin.runs(&task).all().await.unwrap().into_iter().map(|run| run.id).collect();
        assert!(runs.contains(&run.id) && runs.contains(&again.id), "{runs:?}");

        let label = admin.create_label(unique("of a task")).await.unwrap();
        admin.add_label(&task, &label).await.unwrap();
        assert_eq!(admin.find_task(&task).await.unwrap().unwrap().labels, slice::from_ref(&label));
        let user = admin.create_user(unique("of a task")).await.unwrap();
        admin.add_member(&task, &user).await.unwrap();
        assert_eq!(admin.members(&task).await.unwrap()[0].id, user.id);
        admin.remove_member(&task, &user).await.unwrap();
        admin.delete_label(&label).await.unwrap();
        admin.delete_user(&user).await.unwrap();
        admin.delete_task(&task).await.unwrap();
        admin.delete_task(&inactive).await.unwrap();
        assert_eq!(admin.find_task(&task).await.unwrap(), None);
        assert!(admin.run_task(&task).await.unwrap_err().is_not_found());
    })
    .await;
}

#[tokio::test]
async fn mappings() {
    with_bucket("mappings", |client, bucket| async move {
        let (admin, database) = (client.v2(), unique("db"));
        let made = admin.create_dbrp(&bucket, &database, "rp").make_default().await.unwrap();
        assert_eq!(
            (&*made.database, &*made.retention_policy, made.is_default, made.is_virtual),
            (&*database, "rp", true, Some(false))
        );
        assert!(admin.create_dbrp(&bucket, &database, "rp").await.unwrap_err().is_conflict());
        let all = admin.dbrps().await.unwrap();
        assert!(
            all.contains(&made)
                && all.iter().any(|one| one.database == bucket.name && one.is_virtual == Some(true))
        );
        client.write(Point::new("m").field("f", 1).timestamp(1)).await.unwrap();
        let rows: Vec<OwnedRow> =
            client.influxql("SELECT * FROM m").database(&database).fetch_all().await.unwrap();
        assert_eq!(rows.len(), 1);
        let changed = admin.update_dbrp(&made).retention_policy("rp2").await.unwrap();
        assert_eq!((&*changed.retention_policy, changed.is_default), ("rp2", true));
        assert_eq!(admin.find_dbrp(&made).await.unwrap(), Some(changed));
        admin.delete_dbrp(&made).await.unwrap();
        assert_eq!(admin.find_dbrp(&made).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn what_has_no_method_and_what_oss_lacks() {
    let Some(server) = v2_server("raw").await else { return };
    let client = server.build().unwrap();
    let (admin, name) = (client.v2(), unique("variable"));
    let org = admin.find_org(client.org().unwrap()).await.unwrap().unwrap();
    let body = format!(
        r#"{{"orgID": "{}", "name": "{name}", "arguments": {{"type": "constant", "values": ["a"]}}}}"#,
        org.id
    );
    let made = admin.post("/api/v2/variables").json(body).await.unwrap();
    let id = made.split("\"id\":").nth(1).unwrap().split('"').nth(1).unwrap();
    assert!(admin.get("/api/v2/variables").param("orgID", org.id.as_str()).await.unwrap().contains(&name));
    let path = format!("/api/v2/variables/{id}");
    admin.patch(&path).json(r#"{"description": "d"}"#).await.unwrap();
    assert!(admin.get(&path).await.unwrap().contains("\"d\""));
    assert_eq!(admin.delete(&path).await.unwrap(), "");
    let error = admin.get(&path).await.unwrap_err();
    assert!(error.is_not_found() && error.code() == Some("not found"), "{error:?}");

    for error in [
        admin.scripts().all().await.unwrap_err(),
        admin.create_script("s", "x").await.unwrap_err(),
        admin.find_script(&org.id).await.unwrap_err(),
        admin.invoke_script(&org.id).await.unwrap_err(),
        admin.delete_script(&org.id).await.unwrap_err(),
    ] {
        assert!(error.is_not_found() && error.to_string().contains("Cloud"), "{error}");
    }
}

/// InfluxDB 1.8 and later have a part of the API: databases as buckets, which are deleted from.
#[tokio::test]
async fn what_1_8_has_of_it() {
    let test = "the API of 2.x on InfluxDB 1.x";
    let Some(url) = v1_url(test) else { return };
    let v1 = Client::v1(&url).build().unwrap();
    let version = v1.ping().await.unwrap().version().unwrap_or_default().to_owned();
    if version.starts_with("1.6") || version.starts_with("1.7") {
        return left_out(test, &format!("the server is {version}, and 1.8 began it"));
    }
    let name = unique("of 1.8").replace([' ', '.'], "_");
    v1.v1().create_database(&name).await.unwrap();
    let bucket = format!("{name}/autogen");
    let client = Client::v2(&url).org("-").bucket(&bucket).token("any:one").build().unwrap();
    let admin = client.v2();
    assert_eq!(admin.health().await.unwrap().version.as_deref(), Some(&*version));
    let found = admin.find_bucket(&bucket).await.unwrap().unwrap();
    assert_eq!((&*found.name, found.id.as_str(), found.org_id), (&*bucket, &*bucket, None));
    assert!(admin.buckets().all().await.unwrap().iter().any(|one| one.name == bucket));
    assert_eq!(admin.find_bucket("there is none").await.unwrap(), None);
    let point = |host: &str, n: i64| Point::new("cpu").tag("host", host).field("n", n).timestamp(n);
    client.write(&[point("a", 1), point("x\" AND y=\"z", 1), point("b", 2)]).await.unwrap();
    let count = async || {
        let asked = v1.influxql("SELECT * FROM cpu").database(&name);
        asked.fetch_all::<OwnedRow>().await.unwrap().len()
    };
    assert_eq!(count().await, 3);
    admin.delete_points().measurement("cpu").tag("host", "x\" AND y=\"z").since(0).before(2).await.unwrap();
    assert_eq!(count().await, 2);
    admin.delete_points().measurement("cpu").since(2).before(3).await.unwrap();
    assert_eq!(count().await, 1);
    admin.delete_points().measurement("cpu").await.unwrap();
    assert_eq!(count().await, 0);
    client.write(&[point("a", i64::MIN + 3), point("b", i64::MAX - 2)]).await.unwrap();
    admin.delete_all_points().await.unwrap();
    assert_eq!(count().await, 0);
    assert!(admin.labels().await.unwrap_err().is_not_found());
    v1.v1().drop_database(&name).await.unwrap();
}
