//! Crate `questdb-rs` 7: its buffer and its senders, which block: each batch is flushed by the thread that fills it. Over TCP nothing
//! answers it, so it pays for no request.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use questdb::ingress::{Buffer, ProtocolVersion, Sender};

use super::{BATCH, Giving, Seen, Server, Writer};
use crate::data::Trade;
use crate::encoders::questdb::trades;

pub(super) struct Flushed {
    sender: Sender,
    buffer: Buffer,
    seen: Arc<Seen>,
    name: &'static str,
}

impl Flushed {
    pub(super) fn tcp(server: &Server) -> Flushed {
        let settings = format!("tcp::addr={};protocol_version=1;", server.plain_address());
        Flushed::new(server, &settings, "questdb-rs 7, each batch flushed over TCP")
    }

    pub(super) fn http(server: &Server) -> Flushed {
        let settings = format!("http::addr={};protocol_version=1;", server.address());
        Flushed::new(server, &settings, "questdb-rs 7, each batch flushed over HTTP")
    }

    fn new(server: &Server, settings: &str, name: &'static str) -> Flushed {
        let sender = Sender::from_conf(settings).expect("a sender");
        Flushed { sender, buffer: Buffer::new(ProtocolVersion::V1), seen: server.seen(), name }
    }
}

impl Writer for Flushed {
    fn name(&self) -> &str {
        self.name
    }

    fn give(&mut self, points: &Arc<[Trade]>, passes: usize) -> Giving {
        let expected = self.seen.lines() + (points.len() * passes) as u64;
        let giving = Giving::by(|| {
            for _ in 0..passes {
                for batch in points.chunks(BATCH) {
                    trades(batch, &mut self.buffer).expect("points that can be written");
                    self.sender.flush(&mut self.buffer).expect("a server that reads");
                }
            }
        });
        while self.seen.lines() < expected {
            thread::sleep(Duration::from_micros(100));
        }
        giving
    }
}
