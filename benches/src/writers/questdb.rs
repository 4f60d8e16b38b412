//! Crate `questdb-rs` 7: its buffer and its sender over TCP, which blocks: each batch is flushed by the thread that fills it. Nothing
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
}

impl Flushed {
    pub(super) fn new(server: &Server) -> Flushed {
        let settings = format!("tcp::addr={};protocol_version=1;", server.plain_address());
        let sender = Sender::from_conf(settings).expect("a sender");
        Flushed { sender, buffer: Buffer::new(ProtocolVersion::V1), seen: server.seen() }
    }
}

impl Writer for Flushed {
    fn name(&self) -> &str {
        "questdb-rs 7, each batch flushed over TCP"
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
