//! Points become lines in the memory of the thread that gives them: a lane is held only while they are copied.

use std::cell::{Cell, RefCell};
use std::sync::atomic::{AtomicU64, Ordering};

use influx_core::{EncodeError, LineProtocol, LineWriter};

use crate::config::writes::WriteConfig;
use crate::write::points;

/// How many encoders a thread keeps: targets that are written to in turn.
const KEPT: usize = 4;

/// Longest memory of an encoder that is kept.
const KEPT_BYTES: usize = 64 << 10;

thread_local! {
    /// The encoder that this thread used last.
    static LAST: Cell<Option<Box<Encoder>>> = const { Cell::new(None) };
    /// Others that it used before.
    static OTHERS: RefCell<Vec<Box<Encoder>>> = const { RefCell::new(Vec::new()) };
}

/// How the points of a target are encoded.
#[derive(Debug)]
pub(super) struct Encoding {
    id: u64,
    config: WriteConfig,
}

/// The encoder of a thread for a target, while it is in use. Nobody else has it: a point may itself use the writer.
#[derive(Debug)]
pub(super) struct Encoder {
    id: u64,
    writer: LineWriter,
    /// Where each line ends.
    ends: Vec<usize>,
}

impl Encoding {
    /// # Errors
    ///
    /// A default tag that cannot be written.
    pub(super) fn new(config: WriteConfig) -> Result<Self, EncodeError> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        points::writer(&config)?;
        Ok(Encoding { id: NEXT.fetch_add(1, Ordering::Relaxed), config })
    }

    /// An encoder without lines; it is to be [put back](Encoder::put_back).
    #[inline]
    pub(super) fn encoder(&self) -> Result<Box<Encoder>, EncodeError> {
        match LAST.try_with(Cell::take) {
            Ok(Some(last)) if last.id == self.id => Ok(last),
            last => self.other_encoder(last.ok().flatten()),
        }
    }

    /// One that was used before the last one, or a new one.
    #[cold]
    fn other_encoder(&self, last: Option<Box<Encoder>>) -> Result<Box<Encoder>, EncodeError> {
        let known = OTHERS.try_with(|others| {
            let mut others = others.borrow_mut();
            let known = others.iter().position(|one| one.id == self.id).map(|at| others.remove(at));
            if let Some(last) = last {
                if others.len() >= KEPT {
                    others.remove(0);
                }
                others.push(last);
            }
            known
        });
        match known {
            Ok(Some(encoder)) => Ok(encoder),
            _ => {
                Ok(Box::new(Encoder { id: self.id, writer: points::writer(&self.config)?, ends: Vec::new() }))
            }
        }
    }
}

impl Encoder {
    /// Adds a line.
    #[inline]
    pub(super) fn write<P: LineProtocol + ?Sized>(&mut self, point: &P) -> Result<(), EncodeError> {
        self.writer.write(point)?;
        self.ends.push(self.writer.len());
        Ok(())
    }

    /// Adds a line that is line protocol already, its line feed included.
    pub(super) fn append(&mut self, line: &[u8]) {
        self.writer.append_lines(line);
        self.ends.push(self.writer.len());
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.writer.as_bytes()
    }

    pub(super) fn ends(&self) -> &[usize] {
        &self.ends
    }

    /// Where the next point of this thread finds it. Who forgets it costs the next one the making of another.
    #[inline]
    pub(super) fn put_back(mut self: Box<Self>) {
        if self.writer.len() > KEPT_BYTES {
            drop(self.writer.take());
        }
        self.writer.clear();
        self.ends.clear();
        // a thread that ends keeps nothing
        let _ = LAST.try_with(|last| last.set(Some(self)));
    }
}
