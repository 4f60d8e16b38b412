//! Spans of `tracing`: one for each batch, and within it one for each request. One test, so that no other makes spans in its process.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use influx_client::batch::RetryPolicy;
use influx_client::test_util::{Expect, Reply, Server};
use influx_client::{Client, Point};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// Notes spans as they are made, with the span they are in, and events.
#[derive(Clone, Default)]
struct Notes {
    lines: Arc<Mutex<Vec<String>>>,
    within: Arc<Mutex<Vec<Id>>>,
    last: Arc<AtomicU64>,
}

struct Fields(String);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        if field.name() != "message" {
            self.0.push_str(&format!(" {field}={value:?}"));
        }
    }
}

impl Notes {
    fn note(&self, what: &str, fields: impl FnOnce(&mut Fields)) {
        let mut text = Fields(format!("{}{what}", "> ".repeat(self.within.lock().unwrap().len())));
        fields(&mut text);
        self.lines.lock().unwrap().push(text.0);
    }
}

impl Subscriber for Notes {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("influx_client")
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        self.note(span.metadata().name(), |fields| span.record(fields));
        Id::from_u64(self.last.fetch_add(1, Ordering::Relaxed) + 1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        self.note(event.metadata().level().as_str(), |fields| event.record(fields));
    }

    fn enter(&self, span: &Id) {
        self.within.lock().unwrap().push(span.clone());
    }

    fn exit(&self, span: &Id) {
        self.within.lock().unwrap().retain(|id| id != span);
    }
}

#[tokio::test]
async fn a_batch_and_its_requests_have_spans() {
    let notes = Notes::default();
    tracing::subscriber::set_global_default(notes.clone()).unwrap();
    let server = Server::start().await.unwrap();
    server.expect(Expect::write(), Reply::status(503));
    server.expect(Expect::write(), Reply::status(204));
    let client = Client::v1(server.url()).database("d").build().unwrap();
    let retry = RetryPolicy::new().base(Duration::from_millis(1));
    let writer = client.batch_writer().retry(retry).build().unwrap();
    writer.write_all(&[100, 101].map(|n| Point::new("m").field("f", n).timestamp(n))).await.unwrap();
    writer.flush().await.unwrap();
    let lines = notes.lines.lock().unwrap().clone();
    assert_eq!(lines[0], "influx_batch target=d batch=0", "{lines:#?}");
    assert_eq!(lines[1], "> influx_write points=2 bytes=26");
    assert!(lines[2].starts_with("> WARN target=d failures=1 delay="), "{lines:#?}");
    assert_eq!(lines[3..], ["> influx_write points=2 bytes=26", "> DEBUG target=d points=2 bytes=26"]);
}
