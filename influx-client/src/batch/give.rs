//! The verbs that give points, and what they wait for.

use std::sync::Arc;

use bytes::Bytes;
use influx_core::LineProtocol;

use crate::batch::event::{BatchEvent, DropReason};
use crate::batch::lane::{Lane, Offered};
use crate::batch::port;
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
        let mut lot = Lot::new(points.into_iter(), encode);
        while let Some(refused) = lot.give(self)? {
            self.room(&refused).await.map_err(|error| lot.name_taken(error))?;
        }
        self.kept(lot.end).await
    }

    /// Gives lines that are line protocol already; blank lines and comments are left out, lines without a timestamp are stamped
    /// in the unit of the target.
    ///
    /// # Errors
    ///
    /// Text without a point, lines that end in CR LF, and those of [`write_all`](Self::write_all).
    pub async fn write_lines(&self, lines: &str) -> Result<()> {
        let lines = self.stamped(lines)?;
        let mut lot = Lot::new(lines.iter(), append);
        while let Some(refused) = lot.give(self)? {
            self.room(&refused).await.map_err(|error| lot.name_taken(error))?;
        }
        self.kept(lot.end).await
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
        let mut lot = Lot::new(points.into_iter(), encode);
        while let Some(refused) = lot.give(self)? {
            self.room_blocking(&refused).map_err(|error| lot.name_taken(error))?;
        }
        self.kept_blocking(lot.end)
    }

    /// As [`write_lines`](Self::write_lines), for plain threads.
    ///
    /// # Errors
    ///
    /// Those of [`write_lines`](Self::write_lines).
    pub fn write_lines_blocking(&self, lines: &str) -> Result<()> {
        let lines = self.stamped(lines)?;
        let mut lot = Lot::new(lines.iter(), append);
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
    fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let mut start = 0;
        self.ends.iter().map(move |end| &self.text[std::mem::replace(&mut start, *end)..*end])
    }
}

#[inline]
fn encode<P: LineProtocol>(lane: &mut Lane, point: &P, index: usize) -> Result<Offered> {
    lane.offer(point).map_err(|error| Error::encode(error.with_index(index)))
}

fn append(lane: &mut Lane, line: &[u8], _: usize) -> Result<Offered> {
    Ok(lane.offer_line(line))
}

/// How many points are given while the lane is held once.
const TOGETHER: usize = 32;

/// Points that are given one after the other. Some are taken out of the iterator before the lane is held, as it may be code
/// that uses the writer.
struct Lot<I, T, O> {
    items: I,
    next: [Option<T>; TOGETHER],
    at: usize,
    offer: O,
    taken: u64,
    /// The number behind the last point that was taken.
    end: u64,
}

impl<T: Copy, I: Iterator<Item = T>, O: Fn(&mut Lane, T, usize) -> Result<Offered>> Lot<I, T, O> {
    fn new(items: I, offer: O) -> Self {
        Lot { items, next: [None; TOGETHER], at: TOGETHER, offer, taken: 0, end: 0 }
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
            if let Some(refused) = self
                .give_some(writer)
                .map_err(|error| self.name_taken(writer.engine.shared.not_encoded(error)))?
            {
                return Ok(Some(refused));
            }
        }
    }

    fn give_some(&mut self, writer: &BatchWriter) -> Result<Option<Offered>> {
        let mut wakes = false;
        let mut given = || {
            let mut lane = writer.port.lane();
            while let Some(Some(item)) = self.next.get(self.at) {
                // as many were taken before it as it is behind the first of this call
                match (self.offer)(&mut lane, *item, self.taken as usize)? {
                    Offered::Taken { wake, end } => {
                        (self.end, self.taken, self.at) = (end, self.taken + 1, self.at + 1);
                        wakes |= wake;
                    }
                    refused => return Ok(Some(refused)),
                }
            }
            Ok(None)
        };
        let given = given();
        if wakes {
            writer.port.wake();
        }
        given
    }

    fn name_taken(&self, error: Error) -> Error {
        error.with_points_taken(self.taken)
    }
}
