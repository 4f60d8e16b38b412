//! Spans of `tracing`: one for each batch, and within it one for each request.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use super::*;

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

#[tokio::test(start_paused = true)]
async fn a_batch_and_its_requests_have_spans() {
    let notes = Notes::default();
    let _default = tracing::subscriber::set_default(notes.clone());
    let server = Server::script([Reply::busy(1)]);
    let writer = server.writer().build().unwrap();
    give(&writer, 100..102).await;
    writer.flush().await;
    let lines = notes.lines.lock().unwrap().clone();
    assert_eq!(lines[0], "influx_batch target=d batch=0", "{lines:#?}");
    assert_eq!(lines[1], "> influx_write points=2 bytes=26");
    assert!(lines[2].starts_with("> WARN target=d failures=1 delay="), "{lines:#?}");
    assert_eq!(lines[3..], ["> influx_write points=2 bytes=26", "> DEBUG target=d points=2 bytes=26"]);
}
