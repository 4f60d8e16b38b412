//! Predicates: what is in a name or a value never becomes a condition.

use std::collections::BTreeSet;

use influx_client::test_util::{Expect, Reply, Server};
use serde_json::Value;

use crate::client;

/// All values of the corpus, of every position.
fn values() -> BTreeSet<String> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/data/corpora/lp_encoder_expectations.json");
    let corpus: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let values = corpus["cases"].as_array().unwrap().iter().filter_map(|case| case["value"].as_str());
    values.filter(|value| !value.is_empty()).map(str::to_owned).collect()
}

/// The server's scanner: a text between double quotes, and what follows.
fn scan(text: &str) -> Option<(String, &str)> {
    let mut chars = text.strip_prefix('"')?.char_indices();
    let mut out = String::new();
    loop {
        match chars.next()? {
            (at, '"') => return Some((out, &text[at + 2..])),
            (_, '\n' | '\r' | '\0') => return None,
            (_, '\\') => out.push(match chars.next()?.1 {
                'n' => '\n',
                c @ ('\\' | '"' | '\'') => c,
                _ => return None,
            }),
            (_, c) => out.push(c),
        }
    }
}

#[tokio::test]
async fn every_text_of_the_corpus_is_the_text_alone() {
    let server = Server::start().await.unwrap();
    server.expect(Expect::path("/api/v2/delete").any_times(), Reply::status(204));
    let admin = client(&server).v2();
    let (mut sent, mut refused) = (0, 0);
    for value in values() {
        let delete = admin.delete_points().measurement(&value).tag(&value, &value).tag_not("other", &value);
        match delete.await {
            Ok(()) => {
                let requests = server.requests();
                let body: Value = serde_json::from_str(&requests[sent].text()).unwrap();
                let mut rest = body["predicate"].as_str().unwrap().strip_prefix("_measurement=").unwrap();
                let mut next = |behind: &str| {
                    let (text, more) = scan(rest).unwrap_or_else(|| panic!("{value:?}: {body}"));
                    rest = more.strip_prefix(behind).unwrap_or_else(|| panic!("{value:?}: {body}"));
                    text
                };
                let texts = [next(" AND "), next("="), next(" AND "), next("!="), next("")];
                assert_eq!(texts, [&*value, &*value, &*value, "other", &*value]);
                assert_eq!(rest, "");
                sent += 1;
            }
            Err(error) => {
                let known = value.contains(['\r', '\0'])
                    || ["_field", "_measurement", "_value", "_time"].contains(&&*value);
                assert!(error.is_config() && known, "{value:?}: {error}");
                refused += 1;
            }
        }
    }
    assert!(sent > 250, "{sent} sent, {refused} refused");
}
