//! Whatever comes back: no point is counted as written or refused but by the database's own word, and the counts add up.

use std::sync::{Arc, Mutex};

use proptest::prelude::*;

use super::*;
use crate::batch::builder::BatchWriterBuilder;
use crate::batch::event::BatchEvent;
use crate::batch::retry::RetryPolicy;
#[cfg(feature = "spool")]
use crate::spool::settings::{Fsync, SpoolSettings};

/// An answer as it comes from a wire.
#[derive(Debug, Clone)]
struct Came {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Came {
    /// Whether it says that the lines are stored: a second reading, by the rule alone.
    fn is_success(&self) -> bool {
        (200..300).contains(&self.status) && self.body.iter().all(u8::is_ascii_whitespace)
    }

    /// Whether it may be the database's word about points.
    fn speaks_of_points(&self) -> bool {
        let mut text = String::from_utf8_lossy(&self.body).into_owned();
        self.headers.iter().for_each(|(_, value)| text += value);
        let words =
            ["unable to parse", "partial write", "field type conflict", "hinted handoff", "Entity Too Large"];
        // a line that goes alone can be too large
        self.status == 413 || words.iter().any(|words| text.contains(words))
    }
}

fn came() -> impl Strategy<Value = Came> {
    let texts = [
        "",
        "\r\n",
        "<html>",
        r#"{"links":{}}"#,
        r#"{"error":"x"}"#,
        r#"{"error":"timeout"}"#,
        r#"{"error":"database not found: \"d\""}"#,
        r#"{"error":"field type conflict"}"#,
        r#"{"error":"partial write: why dropped=1"}"#,
        r#"{"error":"unable to parse 'm f=1i 1': why"}"#,
        r#"{"error":"partial write: unable to parse 'm f=2i 2': why dropped=0"}"#,
        r#"{"error":"hinted handoff queue not empty"}"#,
        r#"{"error":"Request Entity Too Large"}"#,
        r#"{"code":"invalid","message":"unable to parse 'm f=3i 3': why"}"#,
    ];
    let text = prop::sample::select(texts.to_vec()).prop_map(|text| text.as_bytes().to_vec());
    let body = prop_oneof![4 => text, 1 => prop::collection::vec(any::<u8>(), 0..30)];
    let header = prop_oneof![
        Just(("X-Influxdb-Version", "1.8.10".to_owned())),
        Just(("X-Influxdb-Error", "timeout".to_owned())),
        Just(("Location", "http://elsewhere/write?p=secret".to_owned())),
        Just(("Content-Type", "application/x-msgpack".to_owned())),
        Just(("Retry-After", "3".to_owned())),
        Just(("Retry-After", "-1".to_owned())),
        ("[a-zA-Z-]{1,8}", "[ -~]{0,20}").prop_map(|(_, value)| ("X-Other", value)),
    ];
    let status =
        prop_oneof![2 => 100_u16..=599, 1 => prop::sample::select(vec![200_u16, 204, 400, 422, 500])];
    (status, prop::collection::vec(header, 0..3), body).prop_map(|(status, headers, body)| Came {
        status,
        headers,
        body,
    })
}

/// What the events said: numbers of points that are written, and refused.
#[derive(Default)]
struct Said {
    written: Vec<i64>,
    rejected: Vec<i64>,
}

async fn deliver(
    answers: Vec<Came>,
    points: i64,
    batch: usize,
    setup: impl Fn(BatchWriterBuilder) -> BatchWriterBuilder,
) {
    // whose points some answer spoke for or against
    let spoken = Arc::new(Mutex::new((Vec::new(), Vec::new())));
    let (heard, mut next, mut doubted) = (Arc::clone(&spoken), answers.clone().into_iter(), Vec::new());
    let server = Server::new(move |request| {
        let mut heard = heard.lock().unwrap();
        let Some(came) = next.next() else {
            heard.0.extend(request.numbers());
            return Reply::stored();
        };
        if came.is_success() || came.speaks_of_points() {
            heard.0.extend(request.numbers());
        }
        if came.speaks_of_points() {
            heard.1.extend(request.numbers());
        }
        // a line alone, twice in words that nobody knows
        if let (400 | 422, &[alone]) = (came.status, &*request.numbers()) {
            if doubted.contains(&alone) {
                heard.1.push(alone);
            }
            doubted.push(alone);
        }
        Reply::answer(came.status, came.headers, came.body)
    });
    let said = Arc::new(Mutex::new(Said::default()));
    let told = Arc::clone(&said);
    let retry = RetryPolicy::new().base(ms(10)).max_delay(SECOND);
    let builder = server.writer().batch_points(batch).retry(retry).on_event(move |event| {
        let mut said = told.lock().unwrap();
        match event {
            BatchEvent::Written { lines, .. } => said.written.extend(numbers(lines)),
            BatchEvent::Rejected { lines, .. } => said.rejected.extend(numbers(lines)),
            BatchEvent::Dropped { .. } => panic!("{event:?}"),
            _ => {}
        }
    });
    let writer = setup(builder).build().unwrap();
    give(&writer, 0..points).await;
    let (report, _) = timed(writer.close(LONG)).await;
    let stats = report.stats;
    adds_up(&stats);
    assert_eq!((stats.pending, stats.dropped, stats.spooled), (0, 0, 0), "{report:?}");
    let Said { mut written, mut rejected } = std::mem::take(&mut *said.lock().unwrap());
    assert_eq!((stats.written, stats.rejected), (written.len() as u64, rejected.len() as u64));
    let (for_them, against_them) = std::mem::take(&mut *spoken.lock().unwrap());
    assert!(written.iter().all(|n| for_them.contains(n)), "written without a word: {written:?} {answers:?}");
    assert!(
        rejected.iter().all(|n| against_them.contains(n)),
        "refused without a word: {rejected:?} {answers:?}"
    );
    written.append(&mut rejected);
    written.sort_unstable();
    assert_eq!(written, (0..points).collect::<Vec<_>>(), "each once");
}

fn run(work: impl Future<Output = ()>) {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    runtime.block_on(work);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn any_answers(answers in prop::collection::vec(came(), 0..12), points in 1_i64..12, batch in 1_usize..6) {
        run(deliver(answers, points, batch, |builder| builder));
    }
}

#[cfg(feature = "spool")]
proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(60) })]

    #[test]
    fn any_answers_with_a_spool(answers in prop::collection::vec(came(), 0..12), points in 1_i64..12, batch in 1_usize..6) {
        let folder = tempfile::tempdir().unwrap();
        let spool = || SpoolSettings::new(folder.path()).fsync(Fsync::Never);
        run(deliver(answers, points, batch, |builder| builder.spool(spool())));
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_at_fault_costs_few_requests() {
    for (status, body) in [
        (400, "{\"error\":\"what nobody knows\"}"),
        (400, "{\"message\":\"Bad Request, number #\"}"),
        (422, "{\"error\":\"upstream #: cannot forward\"}"),
        (400, "<html>Your browser sent an invalid request.</html>"),
        (400, "Client sent an HTTP request to an HTTPS server.\n"),
        (413, "<html>Request Entity Too Large</html>"),
        (404, "404 page not found\n"),
        (301, ""),
    ] {
        let mut at = 0;
        let server = Server::new(move |request| match request.at {
            // a gateway numbers what it says
            0..60_000 => {
                at += 1;
                Reply::answer(status, Vec::new(), body.replace('#', &at.to_string()))
            }
            _ => Reply::stored(),
        });
        let retry = RetryPolicy::new().base(30 * SECOND).factor(1.0);
        let writer = server.writer().batch_points(1_000).retry(retry).build().unwrap();
        give(&writer, 0..1_000).await;
        let report = writer.close(LONG).await;
        assert!(report.is_complete(), "{status} {body}: {report:?}");
        let wrong = server.requests().iter().filter(|request| !request.written).count();
        assert!(wrong < 40, "{status} {body}: {wrong}");
    }
}

/// What ends while it is looked for costs no line, and the lines keep their order.
#[tokio::test(start_paused = true)]
async fn a_fault_that_ends_refuses_no_line() {
    for wrong in 1..12 {
        let server = Server::script(vec![Reply::error(400, "what nobody knows"); wrong]);
        let writer = server.writer().batch_points(7).build().unwrap();
        give(&writer, 0..7).await;
        let report = writer.close(LONG).await;
        assert!(report.is_complete(), "{wrong}: {report:?}");
        let stored = server.requests().into_iter().filter(|request| request.written);
        let stored: Vec<i64> = stored.flat_map(|request| request.numbers()).collect();
        let last = |n| stored.iter().rposition(|stored| *stored == n);
        assert!((0..7).map(last).is_sorted() && last(0).is_some(), "{wrong}: {stored:?}");
    }
}

/// The database refuses one line in words that nobody knows: it is found, as the others are taken.
#[tokio::test(start_paused = true)]
async fn a_line_refused_in_unknown_words_is_found() {
    for bad in 0..7 {
        let server = Server::new(move |request| match request.numbers().contains(&bad) {
            true => Reply::error(400, "what nobody knows"),
            false => Reply::stored(),
        });
        let writer = server.writer().batch_points(7).build().unwrap();
        give(&writer, 0..7).await;
        let report = writer.close(LONG).await;
        assert_eq!((report.stats.written, report.stats.rejected), (6, 1), "{bad}: {report:?}");
        assert_eq!(report.rejected[0].line(), Some(&*format!("m f={bad}i {bad}")));
        let stored = server.requests().into_iter().filter(|request| request.written);
        let stored: Vec<i64> = stored.flat_map(|request| request.numbers()).collect();
        assert!(stored.is_sorted(), "{stored:?}");
    }
}
