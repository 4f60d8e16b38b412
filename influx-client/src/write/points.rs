//! What `write` takes, and its way into bodies.

use std::collections::VecDeque;

use influx_core::{EncodeError, LineProtocol, LineWriter};

use crate::config::times::Untimed;
use crate::config::writes::WriteConfig;
use crate::generation::wire_precision;
use crate::write::body::Body;
use crate::write::stamp;

/// One point, or many: a `&T`, `T`, `&[T]`, `&Vec<T>`, `Vec<T>`, array, or any iterator of those, where `T` has
/// [`LineProtocol`] (derived, or a [`Point`](influx_core::Point)).
///
/// The parameter only tells the two apart and is always inferred; nothing implements this trait but what is listed.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be written to InfluxDB",
    label = "not a point",
    note = "write takes a point, a slice, Vec or array of points, or an iterator of points",
    note = "a struct becomes a point with `#[derive(LineProtocol)]`; text is written with `write_lines`"
)]
pub trait Points<Kind> {
    #[doc(hidden)]
    fn encode(self, bodies: &mut Bodies) -> Result<(), EncodeError>;
}

/// Marks a single point; see [`Points`].
#[derive(Debug, Clone, Copy)]
pub enum One {}

/// Marks several points; see [`Points`].
#[derive(Debug, Clone, Copy)]
pub enum Many {}

impl<P: LineProtocol> Points<One> for P {
    fn encode(self, bodies: &mut Bodies) -> Result<(), EncodeError> {
        bodies.push(&self)
    }
}

impl<I> Points<Many> for I
where
    I: IntoIterator,
    I::Item: LineProtocol,
{
    fn encode(self, bodies: &mut Bodies) -> Result<(), EncodeError> {
        self.into_iter().try_for_each(|point| bodies.push(&point))
    }
}

/// An encoder by the settings.
pub(crate) fn writer(config: &WriteConfig) -> Result<LineWriter, EncodeError> {
    let mut writer = LineWriter::new(config.dialect)
        .precision(wire_precision(config.dialect, config.precision))
        .nan(config.nan);
    if config.untimed == Untimed::Stamp {
        writer = writer.clock(stamp::now);
    }
    for (key, value) in &config.default_tags {
        writer.default_tag(key, value)?;
    }
    Ok(writer)
}

/// Encodes points and cuts them into bodies by number and bytes.
#[derive(Debug)]
pub struct Bodies {
    writer: LineWriter,
    ends: Vec<usize>,
    /// The index of the next point.
    next: usize,
    max_points: usize,
    max_bytes: usize,
    full: VecDeque<Body>,
}

impl Bodies {
    pub(crate) fn new(config: &WriteConfig) -> Result<Self, EncodeError> {
        Ok(Bodies {
            writer: writer(config)?,
            ends: Vec::new(),
            next: 0,
            max_points: config.batch_points,
            max_bytes: config.batch_bytes,
            full: VecDeque::new(),
        })
    }

    pub(crate) fn push<P: LineProtocol + ?Sized>(&mut self, point: &P) -> Result<(), EncodeError> {
        loop {
            let start = self.writer.len();
            self.writer.write(point).map_err(|error| error.with_index(self.next))?;
            if self.takes(start) {
                return Ok(());
            }
        }
    }

    /// Whether the line from `start` on is in a body. If not, the body stays without this line, which opens the next one; encoding it
    /// again is cheaper than moving it.
    fn takes(&mut self, start: usize) -> bool {
        if self.writer.len() > self.max_bytes && start > 0 {
            self.cut(start);
            return false;
        }
        self.next += 1;
        self.ends.push(self.writer.len());
        if self.ends.len() >= self.max_points || self.writer.len() >= self.max_bytes {
            self.cut(self.writer.len());
        }
        true
    }

    /// The lines up to `len` bytes become a body.
    fn cut(&mut self, len: usize) {
        let mut bytes = self.writer.take();
        bytes.truncate(len);
        let ends = std::mem::take(&mut self.ends);
        if !ends.is_empty() {
            let first = self.next - ends.len();
            self.full.push_back(Body::new(bytes, ends, first));
        }
    }

    /// Bodies that are full.
    pub(crate) fn pop(&mut self) -> Option<Body> {
        self.full.pop_front()
    }

    /// All bodies, the last one as full as it is.
    pub(crate) fn finish(mut self) -> VecDeque<Body> {
        self.cut(self.writer.len());
        self.full
    }
}

#[cfg(test)]
mod tests {
    use influx_core::{Dialect, Point};

    use super::*;

    fn config(batch_points: usize, batch_bytes: usize) -> WriteConfig {
        let untimed = Untimed::Server;
        WriteConfig { untimed, batch_points, batch_bytes, ..WriteConfig::new(Dialect::V1) }
    }

    fn bodies<K>(points: impl Points<K>, config: &WriteConfig) -> Vec<Body> {
        let mut bodies = Bodies::new(config).unwrap();
        points.encode(&mut bodies).unwrap();
        bodies.finish().into()
    }

    fn points(count: usize) -> Vec<Point> {
        (0..count).map(|i| Point::new("m").field("f", i as i64)).collect()
    }

    #[test]
    fn split_by_points_and_by_bytes_loses_nothing() {
        let points = points(25);
        let whole: Vec<u8> = bodies(&points, &config(100, 1 << 20))[0].bytes().to_vec();
        for (max_points, max_bytes) in
            [(1, 1000), (7, 1000), (25, 1000), (100, 1), (100, 20), (100, 21), (3, 27)]
        {
            let bodies = bodies(&points, &config(max_points, max_bytes));
            let mut next = 0;
            for body in &bodies {
                assert_eq!(body.indices().start, next);
                next = body.indices().end;
                assert!(body.lines() <= max_points);
                assert!(body.bytes().len() <= max_bytes || body.lines() == 1, "{max_points} {max_bytes}");
            }
            assert_eq!(next, 25);
            assert_eq!(bodies.iter().flat_map(|b| b.bytes().to_vec()).collect::<Vec<_>>(), whole);
        }
    }

    #[test]
    fn everything_that_holds_points() {
        let (list, config) = (points(3), config(100, 1000));
        let three = bodies(&list, &config)[0].bytes().clone();
        assert_eq!(bodies(&list[..], &config)[0].bytes(), &three);
        assert_eq!(bodies(list.iter(), &config)[0].bytes(), &three);
        assert_eq!(bodies(list.clone(), &config)[0].bytes(), &three);
        assert_eq!(bodies([&list[0], &list[1], &list[2]], &config)[0].bytes(), &three);
        assert_eq!(bodies(list.chunks(1).map(|chunk| &chunk[0]), &config)[0].bytes(), &three);
        let one = bodies(&list[0], &config);
        assert_eq!(one[0].bytes(), "m f=0i\n");
        assert_eq!(bodies(list[0].clone(), &config)[0].bytes(), one[0].bytes());
        assert_eq!(bodies(Box::new(list[0].clone()), &config)[0].bytes(), one[0].bytes());
        assert!(bodies(&[] as &[Point], &config).is_empty());
    }

    #[test]
    fn an_error_names_the_index_in_the_whole_call() {
        let mut points = points(9);
        points.push(Point::new(""));
        for max_points in [1, 2, 4, 100] {
            let mut bodies = Bodies::new(&config(max_points, 1000)).unwrap();
            assert_eq!(Points::encode(&points, &mut bodies).unwrap_err().index(), Some(9));
        }
    }
}
