//! Refused writes as a real server recorded them: status, text, and which lines they are about.

use std::collections::BTreeMap;
use std::path::Path;

use influx_client::test_util::{Expect, Reply, Server};
use influx_client::{Client, Delivery, Error, SameTime, Untimed};

/// A recorded answer, given to a write of these lines.
async fn replay(folder: &str, file: &str, status: u16, lines: &str) -> Error {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(folder).join(file);
    let body = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let server = Server::start().await.unwrap();
    server.expect(Expect::write().any_times(), Reply::status(status).body(body));
    let client = Client::v1(server.url()).database("d").build().unwrap();
    let write = client.write_lines(lines).check_lines(false);
    write.untimed(Untimed::Server).same_time(SameTime::Overwrite).await.unwrap_err()
}

/// The status that was recorded with a body.
fn recorded(folder: &str) -> BTreeMap<String, u16> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(folder).join("index.json");
    let index: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let entries = index.as_array().unwrap().iter();
    let entry = |e: &serde_json::Value| {
        (e["file"].as_str().unwrap().to_owned(), e["response"]["status"].as_u64().unwrap() as u16)
    };
    entries.map(entry).collect()
}

#[tokio::test]
async fn which_lines_were_refused() {
    let statuses = recorded("v1");
    // the line that was sent is in the answer alone
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/v1/042_write_too_long_key.json");
    let long = std::fs::read_to_string(path).unwrap();
    let long = long.split('\'').nth(1).unwrap();
    let cases: [(&str, &str, Delivery, &[Option<usize>]); 9] = [
        ("034_write_parse_err_all.json", "bad line here", Delivery::Rejected, &[Some(0)]),
        ("035_write_parse_err_two.json", "bad1\nbad2", Delivery::Rejected, &[Some(0), Some(1)]),
        ("036_write_parse_partial.json", "m f=1\nbad line\nm f=2", Delivery::Partial, &[Some(1)]),
        ("037_write_conflict.json", "cpu usage=\"x\" 1", Delivery::Rejected, &[Some(0)]),
        (
            "038_write_conflict_partial.json",
            "cpu usage=1 1\ncpu usage=\"x\" 2",
            Delivery::Partial,
            &[Some(1)],
        ),
        ("039_write_conflict_in_batch.json", "newm f=1i 1\nnewm f=1 2", Delivery::Partial, &[Some(1)]),
        ("041_write_beyond_rp.json", "m f=1 1\nm f=2", Delivery::Partial, &[None]),
        ("045_write_values_limit_tag.json", "m f=1 1\nm,time=x f=2", Delivery::Partial, &[Some(1)]),
        ("042_write_too_long_key.json", long, Delivery::Rejected, &[Some(0)]),
    ];
    for (file, lines, delivery, indices) in cases {
        let error = replay("v1", file, statuses[file], lines).await;
        assert_eq!(error.status(), Some(400), "{file}");
        assert_eq!(error.delivery(), Some(delivery), "{file}: {error:?}");
        let found: Vec<_> = error.rejected().iter().map(|rejected| rejected.index()).collect();
        assert_eq!(found, indices, "{file}: {error:?}");
        assert!(error.rejected().iter().all(|rejected| rejected.is_certain()), "{file}");
        assert!(error.rejected().iter().all(|rejected| rejected.to_string().len() < 4_096), "{file}");
        assert!(error.to_string().len() < 700 && !error.to_string().contains('\n'), "{file}");
    }
}

#[tokio::test]
async fn refusals_of_the_whole_write() {
    let statuses = recorded("v1");
    for (file, says) in [
        ("024_write_consistency_bad.json", "invalid consistency level"),
        ("027_write_gzip_bad.json", "unexpected EOF"),
        ("029_write_no_db.json", "database is required"),
        ("030_write_db_missing.json", "database not found: \"nope\""),
        ("031_write_rp_missing.json", "retention policy not found: nope"),
        ("040_write_get.json", "Method Not Allowed"),
        ("043_write_413.json", "Request Entity Too Large"),
    ] {
        let error = replay("v1", file, statuses[file], "m f=1 1").await;
        assert_eq!((error.status(), error.server_message()), (Some(statuses[file]), Some(says)), "{file}");
        assert_eq!(error.delivery(), Some(Delivery::Rejected), "{file}: {error:?}");
        assert!(!error.is_retryable(), "{file}");
    }
    let statuses = recorded("v1auth");
    for (file, says) in [
        ("014_write_noauth.json", "unable to parse authentication credentials"),
        ("015_write_forbidden.json", "\"bob\" user is not authorized to write to database \"d\""),
    ] {
        let error = replay("v1auth", file, statuses[file], "m f=1 1").await;
        assert!(error.is_auth() && !error.is_retryable(), "{file}: {error:?}");
        assert_eq!(error.server_message(), Some(says), "{file}");
    }
}
