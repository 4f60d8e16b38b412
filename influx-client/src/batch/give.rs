//! The verbs that give points, and what they wait for.

use std::sync::Arc;

use bytes::Bytes;
use influx_core::{EncodeError, LineProtocol};

use crate::batch::encoder::Encoder;
use crate::batch::event::{BatchEvent, DropReason};
use crate::batch::lane::{Lane, Offered, Taken};
use crate::batch::port::{self, Port};
use crate::batch::settings::WhenFull;
use crate::batch::waiting::block;
use crate::batch::writer::BatchWriter;
use crate::config::times::Untimed;
use crate::config::writes::WriteConfig;
use crate::error::{Error, Result};
use crate::write::raw::prepare;

impl BatchWriter {
    /// Gives a point. It is encoded at once; when the queue is full, this waits, drops or fails as
    /// [`when_full`](super::BatchWriterBuilder::when_full) says.
    ///
    /// # Errors
    ///
    /// A point that line protocol cannot carry, a writer that is closed, and a full queue with [`WhenFull::Reject`]; the point is
    /// not taken then. With a spool: [`is_spool`](crate::Error::is_spool) when the point was taken, and cannot be put on disk.
    #[inline]
    pub async fn write<P: LineProtocol + ?Sized>(&self, point: &P) -> Result<()> {
        loop {
            match self.offer(point)? {
                Offered::Taken { end, .. } => return self.kept(end).await,
                refused => self.room(&refused).await?,
            }
        }
    }

    /// Gives points, in their order.
    ///
    /// # Errors
    ///
    /// Those of [`write`](Self::write), at the first point that has one; the points before it were taken:
    /// [`Error::points_taken`](crate::Error::points_taken).
    pub async fn write_all<'p, P: LineProtocol + 'p>(
        &self,
        points: impl IntoIterator<Item = &'p P>,
    ) -> Result<()> {
        self.write_lot(Lot::new(points.into_iter())).await
    }

    /// Gives lines that are line protocol already; blank lines and comments are left out, lines without a timestamp are stamped
    /// in the unit of the target.
    ///
    /// # Errors
    ///
    /// Text without a point, lines that end in CR LF, and those of [`write_all`](Self::write_all).
    pub async fn write_lines(&self, lines: &str) -> Result<()> {
        let lines = self.stamped(lines)?;
        self.write_lot(Lot::new(lines.iter())).await
    }

    /// As [`write`](Self::write), but fails where that would wait.
    ///
    /// # Errors
    ///
    /// A point that line protocol cannot carry, a writer that is closed, and a full queue. With a spool that is full:
    /// [`is_spool`](crate::Error::is_spool); the point was taken, and waits in memory alone.
    pub fn try_write<P: LineProtocol + ?Sized>(&self, point: &P) -> Result<()> {
        match self.offer(point)? {
            Offered::Taken { end, .. } => match &self.engine.durable {
                None => Ok(()),
                Some(durable) => durable.try_keep(&self.engine.shared, &self.port, end),
            },
            Offered::Closed => Err(self.port.closed()),
            Offered::Full => Err(port::full(&self.port.target)),
        }
    }

    /// As [`write`](Self::write), for plain threads: it blocks where that would wait.
    ///
    /// In async code it holds up its thread. On a single-threaded runtime nobody could make room then: where this call finds
    /// that it blocks the writer's own runtime, it fails after two seconds.
    ///
    /// ```no_run
    /// # fn run(writer: influx_client::batch::BatchWriter) {
    /// use influx_client::Point;
    /// std::thread::spawn(move || writer.write_blocking(&Point::new("m").field("f", 1)));
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`write`](Self::write), and a call that blocks the writer's runtime.
    #[inline]
    pub fn write_blocking<P: LineProtocol + ?Sized>(&self, point: &P) -> Result<()> {
        loop {
            match self.offer(point)? {
                Offered::Taken { end, .. } => return self.kept_blocking(end),
                refused => self.room_blocking(&refused)?,
            }
        }
    }

    /// As [`write_all`](Self::write_all), for plain threads.
    ///
    /// # Errors
    ///
    /// Those of [`write_all`](Self::write_all).
    pub fn write_all_blocking<'p, P: LineProtocol + 'p>(
        &self,
        points: impl IntoIterator<Item = &'p P>,
    ) -> Result<()> {
        self.write_lot_blocking(Lot::new(points.into_iter()))
    }

    /// As [`write_lines`](Self::write_lines), for plain threads.
    ///
    /// # Errors
    ///
    /// Those of [`write_lines`](Self::write_lines).
    pub fn write_lines_blocking(&self, lines: &str) -> Result<()> {
        let lines = self.stamped(lines)?;
        self.write_lot_blocking(Lot::new(lines.iter()))
    }

    async fn write_lot<T: Item, I: Iterator<Item = T>>(&self, mut lot: Lot<I, T>) -> Result<()> {
        while let Some(refused) = lot.give(self)? {
            self.room(&refused).await.map_err(|error| lot.name_taken(error))?;
        }
        self.kept(lot.end).await
    }

    fn write_lot_blocking<T: Item, I: Iterator<Item = T>>(&self, mut lot: Lot<I, T>) -> Result<()> {
        while let Some(refused) = lot.give(self)? {
            self.room_blocking(&refused).map_err(|error| lot.name_taken(error))?;
        }
        self.kept_blocking(lot.end)
    }

    #[inline]
    fn offer<P: LineProtocol + ?Sized>(&self, point: &P) -> Result<Offered> {
        self.port.offer(point).map_err(|error| self.engine.shared.not_encoded(error))
    }

    /// Returns when there may be room for a point that was refused. With a spool there is, once the points before are on disk.
    #[cold]
    async fn room(&self, refused: &Offered) -> Result<()> {
        if self.must_wait(refused)? {
            match self.engine.durable {
                None => self.port.room().await,
                Some(_) => {
                    let end = self.port.lane().end();
                    self.kept(end).await?;
                }
            }
        }
        Ok(())
    }

    #[cold]
    fn room_blocking(&self, refused: &Offered) -> Result<()> {
        if self.must_wait(refused)? {
            match self.engine.durable {
                None => {
                    block(&self.engine.shared.runtime, None, |patience| self.port.room_blocking(&patience))?
                }
                Some(_) => {
                    let end = self.port.lane().end();
                    self.kept_blocking(end)?;
                }
            }
        }
        Ok(())
    }

    /// Whether a point that was refused has to wait. It has not when an old batch makes room, where that was chosen.
    fn must_wait(&self, refused: &Offered) -> Result<bool> {
        match (refused, self.engine.shared.settings.when_full, &self.engine.durable) {
            (Offered::Closed, ..) => Err(self.port.closed()),
            // with a spool it is full only as long as others are being written
            (_, WhenFull::Reject, None) => Err(port::full(&self.port.target)),
            (_, WhenFull::Reject, Some(_)) if self.port.lane().finds_no_room_on_disk() => {
                Err(port::full(&self.port.target))
            }
            (_, WhenFull::DropOldest, None) => {
                self.drop_oldest();
                Ok(false)
            }
            _ => Ok(true),
        }
    }

    /// Returns when the points below that number are on disk, if they are to be.
    #[inline]
    async fn kept(&self, end: u64) -> Result<()> {
        match &self.engine.durable {
            None => Ok(()),
            Some(durable) => {
                Arc::clone(durable).keep(Arc::clone(&self.engine.shared), Arc::clone(&self.port), end).await
            }
        }
    }

    #[inline]
    fn kept_blocking(&self, end: u64) -> Result<()> {
        match &self.engine.durable {
            None => Ok(()),
            Some(durable) => durable.keep_blocking(&self.engine.shared, &self.port, end),
        }
    }

    fn drop_oldest(&self) {
        let dropped = self.port.lane().drop_oldest();
        if let Some(lines) = dropped {
            self.port.tell_settled();
            let (target, why) = (&self.port.target, DropReason::QueueFull);
            self.engine.shared.teller.tell(&BatchEvent::Dropped {
                target,
                why,
                points: lines.points,
                lines: &lines.bytes,
            });
        }
    }

    /// The points among raw lines, each with a timestamp and its line feed.
    fn stamped(&self, text: &str) -> Result<Stamped> {
        let precision = self.port.target.precision;
        let config = WriteConfig { precision, untimed: Untimed::Stamp, ..self.engine.shared.writes.clone() };
        let raw = prepare(&Bytes::copy_from_slice(text.as_bytes()), &config, true)?;
        Ok(Stamped { text: raw.text, ends: raw.ends })
    }
}

/// Lines with a timestamp each.
struct Stamped {
    text: Bytes,
    ends: Vec<usize>,
}

impl Stamped {
    fn iter(&self) -> impl Iterator<Item = Line<'_>> {
        let mut start = 0;
        self.ends.iter().map(move |end| Line(&self.text[std::mem::replace(&mut start, *end)..*end]))
    }
}

/// What can be given: a point, or a line.
trait Item: Copy {
    /// Into the lane, in place.
    fn offer(self, lane: &mut Lane) -> Result<Offered, EncodeError>;

    /// Before the lane is held.
    fn encode(self, encoder: &mut Encoder) -> Result<(), EncodeError>;
}

impl<P: LineProtocol> Item for &P {
    #[inline]
    fn offer(self, lane: &mut Lane) -> Result<Offered, EncodeError> {
        lane.offer(self)
    }

    #[inline]
    fn encode(self, encoder: &mut Encoder) -> Result<(), EncodeError> {
        encoder.write(self)
    }
}

/// A line with its line feed.
#[derive(Clone, Copy)]
struct Line<'l>(&'l [u8]);

impl Item for Line<'_> {
    fn offer(self, lane: &mut Lane) -> Result<Offered, EncodeError> {
        Ok(lane.offer_line(self.0))
    }

    fn encode(self, encoder: &mut Encoder) -> Result<(), EncodeError> {
        encoder.append(self.0);
        Ok(())
    }
}

/// How many points are given while the lane is held once.
const TOGETHER: usize = 32;

/// Points that are given one after the other. Some are taken out of the iterator before the lane is held, as it may be code
/// that uses the writer.
struct Lot<I, T> {
    items: I,
    next: [Option<T>; TOGETHER],
    at: usize,
    taken: u64,
    /// The number behind the last point that was taken.
    end: u64,
}

impl<T: Item, I: Iterator<Item = T>> Lot<I, T> {
    fn new(items: I) -> Self {
        Lot { items, next: [None; TOGETHER], at: TOGETHER, taken: 0, end: 0 }
    }

    /// Gives points until one is refused, or none is left.
    fn give(&mut self, writer: &BatchWriter) -> Result<Option<Offered>> {
        loop {
            if self.at == TOGETHER {
                self.next.fill_with(|| self.items.next());
                self.at = 0;
            }
            if self.next[self.at].is_none() {
                return Ok(None);
            }
            let refused = self.give_some(&writer.port);
            let refused =
                refused.map_err(|error| self.name_taken(writer.engine.shared.not_encoded(error)))?;
            if refused.is_some() {
                return Ok(refused);
            }
        }
    }

    /// Gives those that were taken out of the iterator; all before one that cannot be encoded are in.
    fn give_some(&mut self, port: &Port) -> Result<Option<Offered>> {
        let (taken, failed) = match port.lane_alone() {
            Some(mut lane) => self.offer(&mut lane),
            None => self.offer_among_others(port)?,
        };
        let Taken { count, wake, end, refused } = taken;
        if wake {
            port.wake();
        }
        if count > 0 {
            (self.at, self.taken, self.end) = (self.at + count, self.taken + count as u64, end);
        }
        match (refused, failed) {
            // as many were taken before it as it is behind the first of this call
            (None, Some(error)) => Err(Error::encode(error.with_index(self.taken as usize))),
            (refused, _) => Ok(refused),
        }
    }

    fn items(&self) -> impl Iterator<Item = T> {
        self.next[self.at..].iter().map_while(|item| *item)
    }

    /// Until one is refused or cannot be encoded.
    fn offer(&self, lane: &mut Lane) -> (Taken, Option<EncodeError>) {
        let mut taken = Taken::default();
        for item in self.items() {
            match item.offer(lane) {
                Ok(offered) => taken.add(offered),
                Err(error) => return (taken, Some(error)),
            }
            if taken.refused.is_some() {
                break;
            }
        }
        (taken, None)
    }

    fn offer_among_others(&self, port: &Port) -> Result<(Taken, Option<EncodeError>)> {
        let mut encoder = port.encoding.encoder().map_err(Error::encode)?;
        let failed = self.items().find_map(|item| item.encode(&mut encoder).err());
        let mut lane = port.lane_among_others(encoder.ends().len());
        let taken = lane.offer_lines(encoder.bytes(), encoder.ends());
        drop(lane);
        encoder.put_back();
        Ok((taken, failed))
    }

    fn name_taken(&self, error: Error) -> Error {
        error.with_points_taken(self.taken)
    }
}
