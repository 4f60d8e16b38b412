//! Every JSON answer that was recorded from real servers decodes as serde_json reads it, however it is split.

mod decode_support;

use std::path::PathBuf;

use decode_support::{Event, decode, decode_whole, options, reference};
use serde_json::Value;

struct Fixture {
    name: String,
    status: u64,
    chunked: bool,
    body: Vec<u8>,
}

fn folder(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "..", "tests", "data", name].iter().collect()
}

/// All uncompressed `.json` answers of a folder.
fn fixtures(name: &str) -> Vec<Fixture> {
    let index = std::fs::read(folder(name).join("index.json")).expect("index.json");
    let index: Vec<Value> = serde_json::from_slice(&index).expect("index.json");
    let mut fixtures = Vec::new();
    for entry in &index {
        let file = entry["file"].as_str().expect("file");
        // what is compressed is inflated before it comes to the decoder
        if !file.ends_with(".json") || entry["response"]["headers"]["Content-Encoding"] == "gzip" {
            continue;
        }
        let request = format!("{} {}", entry["request"]["target"], entry["request"]["body"]);
        fixtures.push(Fixture {
            name: format!("{name}/{file}"),
            status: entry["response"]["status"].as_u64().expect("status"),
            chunked: request.contains("chunked=true"),
            body: std::fs::read(folder(name).join(file)).expect("body"),
        });
    }
    fixtures
}

fn all() -> Vec<Fixture> {
    let all: Vec<_> = ["v1", "v1auth"].into_iter().flat_map(fixtures).collect();
    assert_eq!(all.len(), 154, "the fixtures are complete");
    all
}

/// What is to come out: as serde_json reads it, or one error with the text that is no JSON.
fn expected(fixture: &Fixture) -> Vec<Event> {
    if fixture.body.is_empty() {
        return vec![Event::Truncated];
    }
    if !fixture.body.starts_with(b"{") && !fixture.body.starts_with(b"json: error") {
        let message = String::from_utf8_lossy(&fixture.body).trim().to_owned();
        return vec![Event::Server { statement: None, message }];
    }
    let (mut events, open) = reference(&fixture.body, fixture.chunked);
    if fixture.chunked && open {
        events.push(Event::Truncated);
    }
    events
}

#[test]
fn whole_bodies() {
    let (mut rows, mut errors) = (0, 0);
    for fixture in all() {
        let events = decode_whole(&fixture.body, options(fixture.chunked));
        assert_eq!(events, expected(&fixture), "{}", fixture.name);
        if fixture.status >= 400 {
            assert!(matches!(&events[..], [Event::Server { .. }]), "{}: {events:?}", fixture.name);
        }
        rows += events.iter().filter(|event| matches!(event, Event::Row { .. })).count();
        errors += events.iter().filter(|event| matches!(event, Event::Server { .. })).count();
    }
    assert!(rows > 20_000, "{rows} rows");
    assert!(errors > 40, "{errors} errors");
}

#[test]
fn pieces_of_one_and_seven_bytes() {
    for fixture in all() {
        let expected = expected(&fixture);
        for size in [1, 7, 1460] {
            let events = decode(fixture.body.chunks(size), options(fixture.chunked));
            assert!(events == expected, "{} in pieces of {size}", fixture.name);
        }
    }
}

#[test]
fn two_pieces_at_every_byte() {
    for fixture in all() {
        let expected = expected(&fixture);
        let step = if fixture.body.len() > 4_000 { fixture.body.len() / 5 } else { 1 };
        for at in (0..=fixture.body.len()).step_by(step) {
            let (a, b) = fixture.body.split_at(at);
            let events = decode([a, b], options(fixture.chunked));
            assert!(events == expected, "{} split at {at}: {events:?}", fixture.name);
        }
    }
}

#[test]
fn a_body_cut_at_any_byte_never_passes_for_a_complete_one() {
    for fixture in all().iter().filter(|fixture| fixture.body.starts_with(b"{")) {
        let full = expected(fixture);
        let step = if fixture.body.len() > 4_000 { fixture.body.len() / 5 } else { 1 };
        for end in (0..fixture.body.len()).step_by(step) {
            let cut = &fixture.body[..end];
            let events = decode_whole(cut, options(fixture.chunked));
            let documents = serde_json::Deserializer::from_slice(cut).into_iter::<Value>();
            let complete = documents.map(|document| document.is_ok()).collect::<Vec<_>>();
            let (before, last) = match events.split_last() {
                Some((Event::Truncated, before)) => (before, true),
                _ => (&events[..], false),
            };
            assert!(full.starts_with(before), "{} cut at {end}: {events:?}", fixture.name);
            let whole = !complete.is_empty() && complete.iter().all(|&ok| ok);
            if whole {
                // the limit of rows is told in complete answers, too
                let open = match fixture.chunked {
                    true => reference(cut, true).1,
                    false => full.last() == Some(&Event::Truncated),
                };
                assert_eq!(last, open, "{} cut at {end}", fixture.name);
            } else {
                assert!(last, "{} cut at {end}: {events:?}", fixture.name);
            }
        }
    }
}

#[test]
fn text_bodies_cut_or_split_anywhere_are_errors() {
    for fixture in all().iter().filter(|fixture| !fixture.body.starts_with(b"{")) {
        for end in 0..fixture.body.len() {
            let events = decode(fixture.body[..end].chunks(5), options(fixture.chunked));
            assert!(!events.is_empty(), "{} cut at {end}", fixture.name);
        }
    }
}
