//! The derive alone, into one buffer: what every other row pays on top of.

use std::hint::black_box;
use std::sync::Arc;

use influx_core::{Dialect, LineWriter};

use super::{BATCH, Giving, Writer};
use crate::data::Trade;

pub(super) struct Alone {
    writer: LineWriter,
}

impl Default for Alone {
    fn default() -> Self {
        Alone { writer: LineWriter::new(Dialect::V1) }
    }
}

impl Writer for Alone {
    fn name(&self) -> &str {
        "influx, encoded and thrown away"
    }

    fn give(&mut self, points: &Arc<[Trade]>, passes: usize) -> Giving {
        Giving::by(|| {
            for _ in 0..passes {
                for batch in points.chunks(BATCH) {
                    for point in batch {
                        self.writer.write(point).expect("a point that can be written");
                    }
                    black_box(self.writer.as_bytes());
                    self.writer.truncate(0);
                }
            }
        })
    }

    fn sends(&self) -> bool {
        false
    }
}
