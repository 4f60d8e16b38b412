//! The verdict on every recorded answer to a write, and on every answer there can be.

use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::http::answer::Answer;

mod recorded;
use recorded::RECORDED;

/// What was sent, and what was answered.
struct Recorded {
    id: String,
    sent: String,
    compressed: bool,
    answer: Answer,
}

fn recorded() -> Vec<Recorded> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/data/writes.json");
    let list: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let one = |entry: &Value| {
        let header = |name: &str| {
            let mut headers = entry["headers"].as_object().unwrap().iter();
            headers.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| text(value))
        };
        let status = entry["status"].as_u64().unwrap().try_into().unwrap();
        Recorded {
            id: text(&entry["id"]),
            sent: text(&entry["sent"]),
            compressed: entry["encoding"].is_string(),
            answer: ["content-type", "x-influxdb-error", "x-influxdb-version"]
                .into_iter()
                .filter_map(|name| Some((name, header(name)?)))
                .fold(Answer::of(status, text(&entry["body"])), |answer, (name, value)| {
                    answer.with_header(name, &value)
                }),
        }
    };
    list.iter().map(one).collect()
}

/// The lines; also those that this client would not send.
fn body(sent: &str) -> Body {
    let mut end = 0;
    let ends = sent.split_inclusive('\n').map(|line| {
        end += line.len();
        end
    });
    let ends = ends.collect();
    Body::new(sent.as_bytes().to_vec(), ends, 0)
}

/// The verdict in a few words: `refused 1,2? of 3, others stored`; a `?` is behind a line that is not certain.
fn words_of(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Stored(None) => "stored".into(),
        Verdict::Stored(Some(_)) => "stored, with a remark".into(),
        Verdict::Refused(refused) => {
            let name = |one: &Rejected| {
                let mark = if one.is_certain() { "" } else { "?" };
                one.index().map_or("?".to_owned(), |index| format!("{index}{mark}"))
            };
            let named: Vec<_> = refused.named.iter().map(name).collect();
            let others = match refused.others {
                _ if refused.is_total() => "no others",
                Others::Stored => "others stored",
                Others::StoredOrHidden => "others stored or hidden",
                Others::NotStored => "others not stored",
                Others::Unknown => "others unknown",
            };
            format!("refused {} of {}, {others}", named.join(","), refused.points)
        }
        Verdict::Request(delivery) => format!("request: {delivery}"),
        other => format!("{other:?}").to_lowercase(),
    }
}

#[test]
fn every_recorded_answer() {
    let expected = |id: &str| {
        let (folder, name) = id.split_once('/').unwrap();
        let (_, rows) = RECORDED.iter().find(|(of, _)| *of == folder).unwrap();
        rows.iter().find(|(of, _)| *of == name).map_or("stored", |(_, words)| words)
    };
    let (mut wrong, mut refusals) = (Vec::new(), 0);
    for Recorded { id, sent, compressed, answer } in recorded() {
        let body = body(&sent);
        let answered = Answered::from(answer);
        let found = words_of(&verdict(&answered, compressed, body.lines(), || body.clone()));
        refusals += usize::from(found != "stored");
        if found != expected(&id) {
            wrong.push(format!("{id}: {found}, not {}: {}", expected(&id), answered.document.text()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(refusals, RECORDED.iter().map(|(_, rows)| rows.len()).sum::<usize>());
}

/// An answer, with a header of the database's own if it is signed.
fn answered(status: u16, text: &str, signed: bool) -> Answered {
    let answer = Answer::of(status, text);
    if signed { answer.with_header("x-influxdb-version", "v1.8.10") } else { answer }.into()
}

/// An answer of something between, or of an InfluxDB.
fn answers() -> impl Strategy<Value = Answer> {
    let texts = prop::sample::select(&TEXTS[..]).prop_map(|text| text.as_bytes().to_vec());
    let body = prop_oneof![texts, prop::collection::vec(any::<u8>(), 0..40)];
    let header = prop_oneof![Just("timeout"), Just("partial write: x"), Just("y")];
    let formats = ["application/json", "text/html", "application/x-msgpack"];
    let format = prop::option::of(prop::sample::select(formats.to_vec()));
    let header = prop::option::weighted(0.2, header);
    (100_u16..=599, body, header, format, any::<bool>(), any::<bool>()).prop_map(
        |(status, body, header, content_type, signed, whole)| {
            let signature = signed.then_some("v1.8.10");
            [("x-influxdb-error", header), ("content-type", content_type), ("x-influxdb-version", signature)]
                .into_iter()
                .filter_map(|(name, value)| Some((name, value?)))
                .fold(Answer::of(status, body).ended(whole), |answer, (name, value)| {
                    answer.with_header(name, value)
                })
        },
    )
}

const TEXTS: [&str; 17] = [
    "",
    " \r\n",
    "{}",
    "null",
    "<html><body>502</body></html>",
    r#"{"error":"timeout"}"#,
    r#"{"error":"x"}"#,
    r#"{"error":"field type conflict"}"#,
    r#"{"error":"partial write: why dropped=1"}"#,
    r#"{"error":"partial write: why dropped=9"}"#,
    r#"{"error":"unable to parse 'a f=1 1': why"}"#,
    r#"{"error":"unable to parse 'z': why"}"#,
    r#"{"error":"hinted handoff queue not empty"}"#,
    r#"{"error":"line protocol parsing error","data":{"line_number":2,"error_message":"e"}}"#,
    r#"{"code":"invalid","message":"unable to parse 'b f=2 2': why"}"#,
    r#"{"code":"internal error","message":"cache-max-memory-size exceeded"}"#,
    "max request size (1 bytes) exceeded",
];

/// Whether the database says this of points: a second reading of the answer, by its text alone.
fn speaks_of_points(answer: &Answer) -> bool {
    let header = answer.header("x-influxdb-error").unwrap_or_default();
    let text = String::from_utf8_lossy(&answer.body) + header;
    let words = ["unable to parse", "partial write", "field type conflict", "line protocol parsing error"];
    words.iter().any(|words| text.contains(words))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    /// A status alone decides nothing.
    #[test]
    fn points_are_stored_or_refused_by_words_alone(answer in answers(), compressed: bool) {
        let body = body("a f=1 1\nb f=2 2\nc f=3 3\n");
        let answered = Answered::from(answer);
        let verdict = verdict(&answered, compressed, 3, || body.clone());
        let answer = &answered.answer;
        let success = (200..300).contains(&answer.status);
        match &verdict {
            Verdict::Stored(None) => {
                prop_assert!(success && answer.whole && answer.body.iter().all(u8::is_ascii_whitespace));
            }
            Verdict::Stored(Some(remark)) => {
                let known = success || matches!(answer.status, 400 | 422 | 500);
                prop_assert!(known && remark.contains("hinted handoff"));
            }
            Verdict::Refused(refused) => {
                prop_assert!(speaks_of_points(answer) && (success || matches!(answer.status, 400 | 422)));
                prop_assert!(refused.named.iter().all(|one| one.index().is_none_or(|index| index < 3)));
            }
            Verdict::TooLarge => prop_assert!(matches!(answer.status, 400 | 413 | 500)),
            Verdict::Plain => prop_assert!(compressed),
            Verdict::Suspect => prop_assert!(matches!(answer.status, 400 | 422)),
            Verdict::Wait | Verdict::Request(_) | Verdict::Unknown => {}
        }
        let error = error(&answered, &verdict);
        prop_assert_eq!(error.is_retryable(), matches!(verdict, Verdict::Wait | Verdict::Unknown));
    }
}

#[test]
fn a_page_instead_of_an_answer() {
    let of = |status, text: &str, signed| {
        let answered = answered(status, text, signed);
        let body = body("a f=1 1\nb f=2 2\n");
        let verdict = verdict(&answered, false, 2, || body);
        (words_of(&verdict), error(&answered, &verdict).to_string())
    };
    for status in [200, 201, 206, 207] {
        for text in ["<html>welcome</html>", r#"{"links":{}}"#, r#"{"error":"x"}"#, "ok"] {
            let (verdict, error) = of(status, text, false);
            assert_eq!(verdict, "unknown", "{status} {text}");
            assert!(error.contains("does the URL lead there?"), "{error}");
        }
        assert_eq!(of(status, "\r\n", false).0, "stored");
    }
    let (none, unknown) =
        ("request: no point is stored", "request: it is unknown whether the points are stored");
    for (status, text, expected) in [
        (301, "", none),
        (307, "<html>", none),
        (400, "<html>Your browser sent an invalid request.</html>", unknown),
        (400, "Client sent an HTTP request to an HTTPS server.\n", unknown),
        (403, "<html>", none),
        (407, "", none),
        (413, "<html>", "toolarge"),
        (429, "", "wait"),
        (500, "", "unknown"),
        (500, "<html>", "unknown"),
        (502, "<html>", "unknown"),
        (504, "", "unknown"),
        (507, "", "unknown"),
        (520, "<html>", "unknown"),
        (524, "<html>", "unknown"),
        (500, r#"{"error":"engine: error writing WAL entry: write /w: no space left on device"}"#, "unknown"),
        (500, r#"{"error":"hinted handoff queue not empty"}"#, "stored, with a remark"),
        (400, r#"{"error":"what nobody knows"}"#, "suspect"),
    ] {
        assert_eq!(of(status, text, false).0, expected, "{status} {text}");
    }
    assert_eq!(of(400, "what nobody knows", true).0, "suspect", "the headers are the database's");
}

/// Points are refused by what the database says of them, and not of others.
#[test]
fn an_answer_to_another_request() {
    let of = |status, text: &str| {
        let body = body("a f=1 1\nb f=2 2\n");
        words_of(&verdict(&answered(status, text, false), false, 2, || body))
    };
    for text in [
        r#"{"error":"partial write: unable to parse 'z f=1': why dropped=0"}"#,
        r#"{"error":"unable to parse 'z f=1': why"}"#,
        r#"{"error":"partial write: points beyond retention policy dropped=3"}"#,
        r#"{"error":"partial write: points beyond retention policy dropped=18446744073709551615"}"#,
        r#"{"error":"x","data":[{"line_number":3,"error_message":"e"}]}"#,
    ] {
        assert_eq!((of(400, text), of(200, text)), ("suspect".into(), "unknown".into()), "{text}");
    }
    let some = r#"{"error":"unable to parse 'a f=1 1': why\nunable to parse 'z': why"}"#;
    assert_eq!(of(400, some), "refused 0,? of 2, others not stored");
}

/// What a gateway calls too large says nothing of a short line.
#[test]
fn a_short_line_is_too_large_for_the_database_alone() {
    let of =
        |text: &str, signed| words_of(&verdict(&answered(413, text, signed), false, 1, || body("a f=1 1\n")));
    for text in [r#"{"message":"Request Too Long"}"#, r#"{"error":"too large"}"#, "<html>"] {
        assert_eq!(of(text, false), "request: no point is stored", "{text}");
    }
    assert_eq!(of("Request Entity Too Large", true), "refused 0 of 1, no others");
    assert_eq!(of(r#"{"error":"Request Entity Too Large"}"#, false), "refused 0 of 1, no others");
    let code = r#"{"code":"request too large","message":"unable to read data: points batch is too large"}"#;
    assert_eq!(of(code, false), "refused 0 of 1, no others");
}

#[test]
fn compressed_bodies() {
    let of = |status, text: &str| {
        let body = body("a f=1 1\nb f=2 2\n");
        words_of(&verdict(&answered(status, text, false), true, 2, || body))
    };
    for (status, text) in [
        (400, "invalid utf-8"),
        (400, r#"{"error":"invalid utf-8"}"#),
        (400, r#"{"error":"gzip: invalid header"}"#),
        (400, r#"{"error":"unable to parse '\u001f\ufffd\b': missing fields"}"#),
        (415, ""),
        (500, r#"{"code":"internal error","message":"An internal error has occurred - check server logs"}"#),
    ] {
        assert_eq!(of(status, text), "plain", "{status} {text}");
    }
    let named = r#"{"error":"unable to parse 'a f=1 1': why"}"#;
    assert_eq!(of(400, named), "refused 0 of 2, others not stored");
    assert_eq!(of(413, ""), "toolarge");
}
