//! Package `influxdb-client` 1.50 for Python and its batching writer, in a process of its own that takes the times itself.

use std::io::{BufRead, BufReader, Lines, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use influx_core::{Dialect, LineWriter};

use super::{BATCH, Giving, Server, Writer};
use crate::data::Trade;

const PROGRAM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/writers.py");

pub(super) struct Batching {
    process: Child,
    to: ChildStdin,
    from: Lines<BufReader<ChildStdout>>,
}

impl Batching {
    pub(super) fn new(server: &Server, points: &[Trade], python: &str) -> Batching {
        let mut process = Command::new(python)
            .args(["-W", "ignore", PROGRAM, &server.url(), &BATCH.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Python");
        let mut to = process.stdin.take().expect("a pipe");
        let from = BufReader::new(process.stdout.take().expect("a pipe")).lines();
        let mut lines = LineWriter::new(Dialect::V1);
        lines.write_all(points).expect("points that can be written");
        to.write_all(lines.as_bytes()).and_then(|()| writeln!(to)).expect("a process that reads");
        Batching { process, to, from }
    }
}

impl Writer for Batching {
    fn name(&self) -> &str {
        "influxdb-client 1.50 (Python), batching"
    }

    fn passes(&self, _: usize) -> usize {
        1
    }

    fn counts_allocations(&self) -> bool {
        false
    }

    fn give(&mut self, _: &Arc<[Trade]>, _: usize) -> Giving {
        writeln!(self.to, "give").expect("a process that reads");
        let answer = self.from.next().expect("an answer").expect("text");
        let mut times =
            answer.split(' ').map(|nanos| Duration::from_nanos(nanos.parse().expect("nanoseconds")));
        let (time, elsewhere) = (times.next().expect("a time"), times.next().expect("a time"));
        Giving { time, allocations: 0, elsewhere }
    }
}

impl Drop for Batching {
    fn drop(&mut self) {
        // it ends by itself when nobody asks any more; a second way does no harm
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
