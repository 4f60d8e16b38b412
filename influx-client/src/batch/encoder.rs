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
    #[allow(clippy::vec_box, reason = "they come and go in their boxes")]
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

#[cfg(test)]
mod tests {
    use influx_core::{Dialect, Point, Precision};

    use super::*;

    fn encoding(precision: Precision) -> Encoding {
        Encoding::new(WriteConfig { precision, ..WriteConfig::new(Dialect::V1) }).unwrap()
    }

    fn line(encoding: &Encoding) -> (String, *const LineWriter) {
        let mut encoder = encoding.encoder().unwrap();
        assert!(encoder.bytes().is_empty() && encoder.ends().is_empty());
        encoder.write(&Point::new("m").field("f", 1).timestamp(2_000_000_000)).unwrap();
        encoder.append(b"n f=1 1\n");
        assert_eq!(encoder.ends(), [encoder.bytes().len() - 8, encoder.bytes().len()]);
        let line = String::from_utf8(encoder.bytes().to_vec()).unwrap();
        let place = &raw const encoder.writer;
        encoder.put_back();
        (line, place)
    }

    #[test]
    fn each_target_has_an_encoder_of_its_own_that_serves_again() {
        let all = [Precision::Ns, Precision::Ms, Precision::S].map(encoding);
        let first = all.each_ref().map(line);
        for _ in 0..10 {
            assert_eq!(all.each_ref().map(line), first);
        }
        let times = ["2000000000", "2000", "2"];
        for ((line, _), time) in first.iter().zip(times) {
            assert_eq!(*line, format!("m f=1i {time}\nn f=1 1\n"));
        }
    }

    #[test]
    fn of_many_targets_some_are_kept() {
        let all: Vec<Encoding> = (0..20).map(|_| encoding(Precision::Ns)).collect();
        for _ in 0..3 {
            assert!(all.iter().all(|one| line(one).0 == "m f=1i 2000000000\nn f=1 1\n"));
        }
        OTHERS.with_borrow(|others| assert!(others.len() <= KEPT));
    }

    #[test]
    fn what_is_in_use_is_nobody_elses() {
        let encoding = encoding(Precision::Ns);
        let mut outer = encoding.encoder().unwrap();
        outer.append(b"a f=1 1\n");
        line(&encoding);
        assert_eq!(outer.bytes(), b"a f=1 1\n");
        outer.put_back();
        line(&encoding);
    }

    #[test]
    fn a_point_that_cannot_be_encoded_adds_nothing_and_long_memory_is_not_kept() {
        let encoding = encoding(Precision::Ns);
        let mut encoder = encoding.encoder().unwrap();
        encoder.append(b"a f=1 1\n");
        assert!(encoder.write(&Point::new("m").field("f", f64::NAN)).is_err());
        assert_eq!((encoder.bytes(), encoder.ends()), (&b"a f=1 1\n"[..], &[8][..]));
        encoder.append(&vec![b'x'; 2 * KEPT_BYTES]);
        encoder.put_back();
        line(&encoding);
    }
}
