//! Recorded exchanges by the methods that they belong to: the same request, and the answer in its type.

use std::slice;
use std::time::{Duration, SystemTime};

use influx_client::admin::v2::{
    Action, BucketKind, HealthStatus, Id, NameOrId, Permission, Resource, ResourceType, Role, RunStatus,
    ScriptLanguage, Status,
};

use influx_client::test_util::{Expect, Reply, Server};

use crate::{DESK, client, replay};

const HOUR: Duration = Duration::from_secs(3_600);
const BUCKET: &str = "64db26059b3088c5";
const MARKET: &str = "a46ecb92ee0b6995";
const LABEL: &str = "11b12af1f6ba2000";
const SECOND: &str = "d00559bc97299fe7";
const ANN: &str = "11b12af20fba2000";
const AUTH: &str = "11b12af231ba2000";
const TASK: &str = "11b12af25100e000";
const RUN: &str = "11b12af25f40e000";
const DBRP: &str = "11b12af4743a2000";

#[tokio::test]
async fn the_server_itself() {
    let it = replay("v2/002_health").await;
    let health = it.admin.health().await.unwrap();
    it.sent();
    assert_eq!((health.status, health.version.as_deref()), (HealthStatus::Pass, Some("v2.7.12")));
    let it = replay("v2new/001_health").await;
    assert_eq!(it.admin.health().await.unwrap().version.as_deref(), Some("v2.9.1"));
    let it = replay("v1new/001_health").await;
    assert_eq!(it.admin.health().await.unwrap().version.as_deref(), Some("1.12.4"));
    let it = replay("v2/003_ready").await;
    let ready = it.admin.ready().await.unwrap();
    it.sent();
    assert_eq!((&*ready.status, ready.up.as_deref()), ("ready", Some("4.01406406s")));
    let it = replay("v1new/002_ready").await;
    assert!(it.admin.ready().await.unwrap_err().is_not_found());
    for (name, allowed) in [("v2/004_setup_allowed", true), ("v2/009_setup_done", false)] {
        let it = replay(name).await;
        assert_eq!(it.admin.is_setup_allowed().await.unwrap(), allowed);
        it.sent();
    }
    let it = replay("v2/007_setup").await;
    let made =
        it.admin.setup("root", "root-password", "desk", "market").token("fixture-token").await.unwrap();
    it.sent();
    assert_eq!((&*made.user.name, &*made.org.name, &*made.bucket.name), ("root", "desk", "market"));
    assert_eq!((made.token(), made.auth.org_id.clone()), ("fixture-token", Some(Id::from(DESK))));
    let it = replay("v2/008_setup_again").await;
    let error = it.admin.setup("root", "root-password", "desk", "market").await.unwrap_err();
    it.sent();
    assert!(error.is_conflict(), "{error:?}");
}

#[tokio::test]
async fn buckets() {
    let it = replay("v2/213_bucket_create").await;
    let create =
        it.admin.create_bucket("hourly").description("d").retention(24 * HOUR).shard_group_duration(HOUR);
    let bucket = create.await.unwrap();
    it.sent();
    assert_eq!((bucket.id.as_str(), bucket.org_id, &*bucket.name), (BUCKET, Some(Id::from(DESK)), "hourly"));
    assert_eq!((bucket.retention.keep, bucket.retention.shard_group), (Some(24 * HOUR), Some(HOUR)));
    assert_eq!((bucket.kind, bucket.description.as_deref()), (Some(BucketKind::User), Some("d")));
    let nanos = bucket.created_at.unwrap().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    assert_eq!(nanos, Duration::new(1_795_643_302, 833_203_371));
    let it = replay("v2/214_bucket_create_dup").await;
    assert!(it.admin.create_bucket("hourly").await.unwrap_err().is_conflict());
    it.sent();
    let it = replay("v2/219_bucket_get").await;
    assert_eq!(it.admin.find_bucket(Id::from(BUCKET)).await.unwrap().unwrap().name, "hourly");
    it.sent();
    let it = replay("v2/220_bucket_patch").await;
    assert_eq!(
        it.admin.update_bucket(BUCKET).name("hourly2").description("e").await.unwrap().name,
        "hourly2"
    );
    it.sent();
    let it = replay("v2/221_bucket_patch_forever").await;
    assert_eq!(it.admin.update_bucket(BUCKET).retention(None).await.unwrap().retention.keep, None);
    it.sent();
    let it = replay("v2/223_bucket_get_unknown").await;
    assert_eq!(it.admin.find_bucket(Id::from("0000000000000001")).await.unwrap(), None);
    it.sent();
    let it = replay("v2/234_bucket_delete").await;
    it.admin.delete_bucket(BUCKET).await.unwrap();
    it.sent();
    let it = replay("v2/235_bucket_delete_again").await;
    assert!(it.admin.delete_bucket(BUCKET).await.unwrap_err().is_not_found());
    let it = replay("v2/206_buckets").await;
    let names: Vec<_> =
        it.admin.buckets().all().await.unwrap().into_iter().map(|b| (b.name, b.kind.unwrap())).collect();
    it.sent();
    assert!(names.contains(&("market".to_owned(), BucketKind::User)), "{names:?}");
    assert!(names.contains(&("_tasks".to_owned(), BucketKind::System)), "{names:?}");
    let it = replay("v2/207_buckets_by_name").await;
    assert_eq!(it.admin.find_bucket("market").await.unwrap().unwrap().id, MARKET);
    let it = replay("v2/208_buckets_by_name_none").await;
    assert_eq!(it.admin.find_bucket("nope").await.unwrap(), None);
    let it = replay("v2/270_buckets_as_reader").await;
    assert_eq!(it.admin.buckets().of_all_orgs().all().await.unwrap().len(), 1);
    it.sent();
}

/// What 1.8 and later have of it: no organizations, and ids that are none.
#[tokio::test]
async fn databases_of_1_x_as_buckets() {
    let it = replay("v1new/040_v2_buckets").await;
    let of_v1 = it.admin.org("-");
    let buckets = of_v1.buckets().all().await.unwrap();
    assert_eq!(
        (&*buckets[0].name, buckets[0].id.as_str(), &buckets[0].org_id),
        ("market/autogen", "market/autogen", &None)
    );
    assert_eq!((buckets[0].created_at, buckets[0].retention.keep), (None, None));
    assert_eq!(of_v1.find_bucket("market/autogen").await.unwrap().as_ref(), Some(&buckets[0]));
    assert_eq!(of_v1.find_bucket("market").await.unwrap(), None);
    let it = replay("v1new/038_v2_delete").await;
    let delete = it.admin.org("-").delete_points().bucket("rec/autogen").measurement("v2");
    delete.since(0).before(1_893_456_000_000_000_001).await.unwrap();
    let sent = it.server.requests();
    assert_eq!((sent[0].param("bucket"), sent.len()), (Some("rec/autogen"), 2));
    let body = |start: &str, stop: &str| {
        format!(r#"{{"predicate":"_measurement=\"v2\"","start":"{start}","stop":"{stop}"}}"#)
    };
    // the end of the time does not belong to it there: the last nanosecond goes by a request of its own
    let last = "2030-01-01T00:00:00.000000000Z";
    assert_eq!(sent[0].text(), body("1970-01-01T00:00:00.000000000Z", last));
    assert_eq!(sent[1].text(), body(last, "2030-01-01T00:00:00.000000001Z"));
    let it = replay("v1new/039_v2_delete_bad").await;
    let error = it.admin.org("-").delete_points().bucket("rec/autogen").measurement("v2").await.unwrap_err();
    assert!(error.server_message().unwrap().contains("invalid format"), "{error:?}");
}

#[tokio::test]
async fn deleting() {
    let until_2024 = 1_704_067_200_000_000_000_i64;
    for (name, predicate) in [
        ("v2/185_delete_ok", Some(r#"_measurement="prec" AND "unit"="ns""#)),
        ("v2/189_delete_neq", Some(r#"_measurement="gz" AND "host"!="b""#)),
        ("v2/196_delete_escaped", Some(r#"_measurement="a\"b" AND "ta g"="x""#)),
        ("v2/197_delete_key_quoted", Some(r#""host"="nope""#)),
        ("v2/187_delete_no_predicate", None),
    ] {
        let it = replay(name).await;
        let some = || it.admin.delete_points();
        let delete = match name {
            "v2/185_delete_ok" => some().measurement("prec").tag("unit", "ns"),
            "v2/189_delete_neq" => some().measurement("gz").tag_not("host", "b"),
            "v2/196_delete_escaped" => some().measurement("a\"b").tag("ta g", "x"),
            "v2/197_delete_key_quoted" => some().tag("host", "nope"),
            _ => it.admin.delete_all_points().bucket("short"),
        };
        delete.since(0).before(until_2024).await.unwrap();
        let sent = &it.server.requests()[0];
        let body: serde_json::Value = serde_json::from_str(&sent.text()).unwrap();
        assert_eq!(body["predicate"].as_str(), predicate, "{name}");
        assert_eq!(body["start"], "1970-01-01T00:00:00.000000000Z");
        // the server's own end belongs to what is deleted
        assert_eq!(body["stop"], "2023-12-31T23:59:59.999999999Z");
        assert_eq!(sent.params(), it.exchange.params(), "{name}");
    }
    let it = replay("v2/201_delete_min_max").await;
    it.admin.delete_all_points().bucket("short").await.unwrap();
    it.sent();
    let it = replay("v2/205_delete_ids").await;
    let admin = it.admin.org(Id::from(DESK));
    admin.delete_points().bucket(Id::from(MARKET)).measurement("nope").since(0).before(1).await.unwrap();
    assert_eq!(it.server.requests()[0].params(), it.exchange.params());
    let it = replay("v2/272_delete_forbidden").await;
    assert!(it.admin.delete_all_points().await.unwrap_err().is_auth());
    let it = replay("v2/204_delete_unknown_bucket").await;
    let error = it.admin.delete_all_points().bucket("nope").await.unwrap_err();
    assert!(error.is_not_found() && error.to_string().contains("this token may not read it"), "{error}");
}

#[tokio::test]
async fn labels() {
    let it = replay("v2/224_label_create").await;
    let label = it.admin.create_label("red").property("color", "ff0000").await.unwrap();
    it.sent();
    assert_eq!((label.id.as_str(), &*label.name, &*label.properties["color"]), (LABEL, "red", "ff0000"));
    let it = replay("v2/225_label_dup").await;
    assert!(it.admin.create_label("red").await.unwrap_err().is_conflict());
    it.sent();
    let it = replay("v2/226_labels").await;
    assert_eq!(it.admin.labels().await.unwrap(), slice::from_ref(&label));
    it.sent();
    assert_eq!(it.admin.find_label("red").await.unwrap(), Some(label));
    assert_eq!(it.admin.find_label("Red").await.unwrap(), None);
    let it = replay("v2/227_label_patch").await;
    let label = it.admin.update_label(LABEL).name("blue").property("color", "0000ff").await.unwrap();
    it.sent();
    let it = replay("v2/228_bucket_label_add").await;
    it.admin.add_label(Resource::bucket(BUCKET), &label).await.unwrap();
    it.sent();
    let it = replay("v2/229_bucket_labels").await;
    assert_eq!(it.admin.labels_of(Resource::bucket(BUCKET)).await.unwrap(), slice::from_ref(&label));
    it.sent();
    let it = replay("v2/230_bucket_label_remove").await;
    it.admin.remove_label(Resource::bucket(BUCKET), &label).await.unwrap();
    it.sent();
    let it = replay("v2/231_label_delete").await;
    it.admin.delete_label(&label).await.unwrap();
    it.sent();
}

#[tokio::test]
async fn organizations_members_and_secrets() {
    let it = replay("v2/239_org_create").await;
    let org = it.admin.create_org("second").description("d").await.unwrap();
    it.sent();
    assert_eq!((org.id.as_str(), &*org.name, org.description.as_deref()), (SECOND, "second", Some("d")));
    let it = replay("v2/240_org_dup").await;
    assert!(it.admin.create_org("second").await.unwrap_err().is_conflict());
    it.sent();
    let it = replay("v2/236_orgs").await;
    assert_eq!(it.admin.orgs().all().await.unwrap()[0].id, DESK);
    it.sent();
    let it = replay("v2/237_orgs_by_name").await;
    let desk = it.admin.find_org("desk").await.unwrap().unwrap();
    it.sent();
    assert_eq!(it.admin.find_org("Desk").await.unwrap(), None, "it answers for another name");
    let it = replay("v2/238_orgs_by_name_none").await;
    assert_eq!(it.admin.find_org("nope").await.unwrap(), None);
    it.sent();
    let it = replay("v2/241_org_patch").await;
    assert_eq!(it.admin.update_org(&org).name("third").await.unwrap().name, "third");
    it.sent();
    let it = replay("v2/242_org_get").await;
    assert_eq!(it.admin.find_org(NameOrId::from(&org)).await.unwrap().unwrap().name, "third");
    it.sent();
    for (name, count) in [("v2/232_bucket_members", 0), ("v2/243_org_members", 0), ("v2/291_task_members", 0)]
    {
        let it = replay(name).await;
        let members = match name {
            "v2/232_bucket_members" => it.admin.members(Resource::bucket(BUCKET)).await,
            "v2/243_org_members" => it.admin.members(&org).await,
            _ => it.admin.members(Resource::task(TASK)).await,
        };
        it.sent();
        assert_eq!(members.unwrap().len(), count);
    }
    let it = replay("v2/233_bucket_owners").await;
    assert!(it.admin.owners(Resource::bucket(BUCKET)).await.unwrap().is_empty());
    it.sent();
    let it = replay("v2/256_org_member_add").await;
    let member = it.admin.add_member(&desk, ANN).await.unwrap();
    it.sent();
    assert_eq!(
        (member.role, &*member.name, member.status),
        (Some(Role::Member), "anne", Some(Status::Inactive))
    );
    let it = replay("v2/257_org_member_remove").await;
    it.admin.remove_member(&desk, ANN).await.unwrap();
    it.sent();
    let it = replay("v2/258_org_owner_add").await;
    assert_eq!(it.admin.add_owner(&desk, ANN).await.unwrap().role, Some(Role::Owner));
    it.sent();
    let it = replay("v2/259_org_owners").await;
    assert_eq!(it.admin.owners(&desk).await.unwrap().len(), 2);
    it.sent();
    let it = replay("v2/244_secrets").await;
    assert!(it.admin.org(Id::from(SECOND)).secrets().await.unwrap().is_empty());
    it.sent();
    let it = replay("v2/245_secrets_patch").await;
    it.admin.org(&org).set_secret("apikey", "abc").await.unwrap();
    it.sent();
    let it = replay("v2/246_secrets_after").await;
    assert_eq!(it.admin.org(&org).secrets().await.unwrap(), ["apikey"]);
    it.sent();
    let it = replay("v2/247_secrets_delete").await;
    it.admin.org(&org).delete_secrets(["apikey"]).await.unwrap();
    it.sent();
    let it = replay("v2/370_org_delete").await;
    it.admin.delete_org(&org).await.unwrap();
    it.sent();
}

#[tokio::test]
async fn users() {
    let it = replay("v2/249_user_create").await;
    let ann = it.admin.create_user("ann").await.unwrap();
    it.sent();
    assert_eq!((ann.id.as_str(), &*ann.name, &ann.status), (ANN, "ann", &Some(Status::Active)));
    let it = replay("v2/250_user_dup").await;
    assert!(it.admin.create_user("ann").await.unwrap_err().is_conflict());
    it.sent();
    let it = replay("v2/251_users").await;
    assert_eq!(it.admin.users().all().await.unwrap().len(), 2);
    it.sent();
    let it = replay("v2/252_users_by_name").await;
    assert_eq!(it.admin.find_user("ann").await.unwrap().as_ref(), Some(&ann));
    it.sent();
    assert_eq!(it.admin.find_user("an").await.unwrap(), None, "it answers for another name");
    let it = replay("v2/253_user_password").await;
    it.admin.set_password(&ann, "ann-password").await.unwrap();
    it.sent();
    let it = replay("v2/255_user_patch").await;
    let anne = it.admin.update_user(&ann).name("anne").status(Status::Inactive).await.unwrap();
    it.sent();
    assert_eq!(anne.status, Some(Status::Inactive));
    let it = replay("v2/260_me").await;
    assert_eq!(it.admin.me().await.unwrap().name, "root");
    it.sent();
    let it = replay("v2/369_user_delete").await;
    it.admin.delete_user(&ann).await.unwrap();
    it.sent();
}

#[tokio::test]
async fn authorizations() {
    let it = replay("v2/262_auth_create").await;
    let create = it.admin.create_authorization().description("reader");
    let made = create.permission(Permission::read_bucket(MARKET)).await.unwrap();
    it.sent();
    assert_eq!(made.token.as_ref().unwrap().expose(), "reader-token");
    assert!(!format!("{made:?} {made:#?}").contains("reader-token"));
    let permission = &made.permissions[0];
    assert_eq!((&permission.action, &permission.resource), (&Action::Read, &ResourceType::Buckets));
    assert_eq!(
        (permission.id.as_ref().unwrap().as_str(), permission.name.as_deref()),
        (MARKET, Some("market"))
    );
    assert_eq!((made.org.as_deref(), made.user.as_deref()), (Some("desk"), Some("root")));
    let it = replay("v2/265_auths").await;
    let all = it.admin.authorizations().await.unwrap();
    it.sent();
    assert!(
        all[0].permissions.len() > 20 && all[0].permissions.iter().all(Permission::is_of_all_orgs),
        "{all:?}"
    );
    assert!(
        all[0].permissions.iter().all(|one| !matches!(one.resource, ResourceType::Other(_))
            || one.resource.as_str() == "instance"
            || one.resource.as_str() == "notebooks"
            || one.resource.as_str() == "annotations"),
        "{:?}",
        all[0].permissions
    );
    let it = replay("v2/266_auth_get").await;
    assert_eq!(it.admin.find_authorization(AUTH).await.unwrap().unwrap().id, AUTH);
    it.sent();
    let it = replay("v2/273_auth_patch").await;
    let off = it.admin.update_authorization(AUTH).status(Status::Inactive).await.unwrap();
    it.sent();
    assert_eq!(off.status, Some(Status::Inactive));
    let it = replay("v2/275_auth_delete").await;
    it.admin.delete_authorization(AUTH).await.unwrap();
    it.sent();
    // 2.9 shows a token in the answer that creates it alone
    let org = Id::from("1c9b70dccf6f3370");
    let it = replay("v2new/005_auth_create").await;
    let create = it.admin.org(&org).create_authorization().description("reader");
    let made = create.permission(Permission::read_bucket("e4145d3286d57958")).await.unwrap();
    it.sent();
    assert_eq!(made.token.as_ref().unwrap().expose(), "reader-token");
    let it = replay("v2new/006_auths").await;
    assert!(it.admin.authorizations().await.unwrap().iter().all(|one| one.token.is_none()));
    let it = replay("v2new/007_auth_get").await;
    assert_eq!(it.admin.find_authorization(&made).await.unwrap().unwrap().token, None);
    it.sent();
}

#[tokio::test]
async fn tasks_and_runs() {
    let flux = "option task = {name: \"t1\", every: 1h}\nfrom(bucket:\"market\")|>range(start:-1h)|>to(bucket:\"short\",org:\"desk\")";
    let it = replay("v2/276_task_create").await;
    let task = it.admin.create_task(flux).await.unwrap();
    it.sent();
    assert_eq!(
        (task.id.as_str(), &*task.name, task.every.as_deref(), &*task.flux),
        (TASK, "t1", Some("1h"), flux)
    );
    assert_eq!((task.cron, task.labels.len(), task.last_run_status), (None, 0, None));
    for (name, flux) in [("v2/277_task_create_bad", "from("), ("v2/278_task_create_no_option", "x = 1")] {
        let it = replay(name).await;
        let error = it.admin.create_task(flux).await.unwrap_err();
        it.sent();
        assert!(error.status() == Some(400) && error.to_string().contains("invalid options"), "{error}");
    }
    let it = replay("v2/279_tasks").await;
    assert_eq!(it.admin.tasks().of_all_orgs().all().await.unwrap().len(), 1);
    it.sent();
    let it = replay("v2/280_tasks_by_name").await;
    assert_eq!(it.admin.tasks().named("t1").all().await.unwrap().len(), 1);
    it.sent();
    assert_eq!(it.admin.tasks().named("T1").all().await.unwrap(), [], "it answers for another name");
    let it = replay("v2/281_task_get").await;
    assert_eq!(it.admin.find_task(TASK).await.unwrap().unwrap().id, task.id);
    it.sent();
    let it = replay("v2/283_task_patch_cron").await;
    let patched = it.admin.update_task(TASK).cron("0 * * * *").status(Status::Active).await.unwrap();
    it.sent();
    assert_eq!((patched.cron.as_deref(), patched.every), (Some("0 * * * *"), None));
    let it = replay("v2/284_task_run").await;
    assert_eq!(it.admin.run_task(TASK).await.unwrap().status, RunStatus::Scheduled);
    it.sent();
    let it = replay("v2/285_task_runs").await;
    let runs = it.admin.runs(TASK).all().await.unwrap();
    it.sent();
    assert_eq!((runs.len(), runs[0].id.as_str(), &runs[0].status), (1, RUN, &RunStatus::Success));
    assert_eq!(runs[0].log[0].run_id, Some(Id::from(RUN)));
    let it = replay("v2/286_task_run_get").await;
    assert_eq!(it.admin.find_run(TASK, RUN).await.unwrap().as_ref(), Some(&runs[0]));
    it.sent();
    let it = replay("v2/287_task_run_logs").await;
    assert_eq!(it.admin.run_logs(TASK, RUN).await.unwrap()[1].message, "Completed(success)");
    it.sent();
    let it = replay("v2/288_task_run_retry").await;
    assert_ne!(it.admin.retry_run(TASK, RUN).await.unwrap().id, RUN);
    it.sent();
    let it = replay("v2/289_task_run_cancel").await;
    assert!(it.admin.cancel_run(TASK, RUN).await.unwrap_err().is_not_found());
    it.sent();
    let it = replay("v2/290_task_logs").await;
    assert_eq!(it.admin.task_logs(TASK).await.unwrap().len(), 2);
    it.sent();
    let it = replay("v2/292_task_delete").await;
    it.admin.delete_task(TASK).await.unwrap();
    it.sent();
    let it = replay("v2/293_task_get_deleted").await;
    assert_eq!(it.admin.find_task(TASK).await.unwrap(), None);
    it.sent();
}

#[tokio::test]
async fn mappings_and_scripts() {
    let it = replay("v2/295_dbrp_create").await;
    let made = it.admin.create_dbrp(MARKET, "db1", "rp1").make_default().await.unwrap();
    it.sent();
    assert_eq!(
        (made.id.as_str(), &*made.database, made.is_virtual, made.is_default),
        (DBRP, "db1", Some(false), true)
    );
    let it = replay("v2/296_dbrp_dup").await;
    assert!(it.admin.create_dbrp(MARKET, "db1", "rp1").make_default().await.unwrap_err().is_conflict());
    it.sent();
    let it = replay("v2/294_dbrps").await;
    assert!(
        it.admin
            .dbrps()
            .await
            .unwrap()
            .iter()
            .any(|one| one.is_virtual == Some(true) && one.database == "market")
    );
    it.sent();
    let it = replay("v2/298_dbrp_get").await;
    assert_eq!(it.admin.find_dbrp(DBRP).await.unwrap().as_ref(), Some(&made));
    it.sent();
    let it = replay("v2/299_dbrp_patch").await;
    let changed = it.admin.update_dbrp(DBRP).retention_policy("rp2").is_default(false).await.unwrap();
    it.sent();
    assert_eq!((&*changed.retention_policy, changed.is_default), ("rp2", false));
    let it = replay("v2/303_scripts_oss").await;
    let error = it.admin.scripts().next().await.unwrap().unwrap_err();
    it.sent();
    assert!(error.is_not_found() && error.to_string().contains("only InfluxDB Cloud has"), "{error}");
}

/// Cloud's scripts, by its documentation.
#[tokio::test]
async fn scripts_of_cloud() {
    let script = r#"{"id":"085a2960eaa20000","name":"getLastPoint","description":"","orgID":"331757e6fce87162",
        "script":"from(bucket: params.bucket)","language":"flux","url":"https://h/api/v2/scripts/085a2960eaa20000/invoke",
        "createdAt":"2022-02-02T02:45:25.682728162Z","updatedAt":"2022-02-02T02:45:25.682728162Z","languageVersion":"1"}"#;
    let csv = ",result,table,_time,_value\r\n,_result,0,2019-10-30T01:28:02.52716421Z,0.5\r\n\r\n";
    let server = Server::start().await.unwrap();
    let one = || Expect::path("/api/v2/scripts/085a2960eaa20000");
    for (expect, reply) in [
        (Expect::path("/api/v2/scripts"), Reply::status(201).body(script)),
        (
            Expect::path("/api/v2/scripts").param("limit", "100"),
            Reply::json(format!(r#"{{"scripts":[{script}]}}"#)),
        ),
        (one(), Reply::json(script)),
        (one(), Reply::json(script)),
        (
            Expect::path("/api/v2/scripts/085a2960eaa20000/invoke"),
            Reply::status(200).header("Content-Type", "text/csv").body(csv),
        ),
        (one(), Reply::status(204)),
        (one(), Reply::status(404).body(r#"{"code":"not found","message":"script not found"}"#)),
    ] {
        server.expect(expect, reply);
    }
    let admin = client(&server).v2();
    let made = admin.create_script("getLastPoint", "from(bucket: params.bucket)").await.unwrap();
    assert_eq!((&*made.name, &made.language), ("getLastPoint", &Some(ScriptLanguage::Flux)));
    assert_eq!(admin.scripts().all().await.unwrap(), slice::from_ref(&made));
    assert_eq!(admin.find_script(&made).await.unwrap().as_ref(), Some(&made));
    admin.update_script(&made).description("d").script("x = 1").await.unwrap();
    let invoke =
        admin.invoke_script(&made).param("bucket", "a\" b").param("n", 7).param("x", 0.5).param("on", true);
    assert_eq!(invoke.await.unwrap(), csv);
    admin.delete_script(&made).await.unwrap();
    assert_eq!(admin.find_script(&made).await.unwrap(), None);
    let sent = server.requests();
    let bodies: Vec<_> = sent
        .iter()
        .map(|request| (request.method(), request.text()))
        .filter(|(_, text)| !text.is_empty())
        .collect();
    let expected = [
        (
            "POST",
            r#"{"description":"","language":"flux","name":"getLastPoint","script":"from(bucket: params.bucket)"}"#,
        ),
        ("PATCH", r#"{"description":"d","script":"x = 1"}"#),
        ("POST", r#"{"params":{"bucket":"a\" b","n":7,"on":true,"x":0.5}}"#),
    ];
    assert_eq!(bodies, expected.map(|(method, text)| (method, text.into())));
}
