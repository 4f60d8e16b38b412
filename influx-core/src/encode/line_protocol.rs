//! Points: what can be written as one line.

use std::rc::Rc;
use std::sync::Arc;

use crate::encode::line::dynamic::Line;
use crate::encode::line::writer::LineWriter;
use crate::error::{EncodeError, Place, Reason};
use crate::schema::Schema;

/// A point: one line of line protocol.
///
/// Derive it; [`Point`](crate::Point) is for names known only at run time. By hand:
///
/// ```
/// use influx_core::{Dialect, EncodeError, LineProtocol, LineWriter};
///
/// struct Heartbeat<'a>(&'a str);
/// impl LineProtocol for Heartbeat<'_> {
///     fn encode(&self, writer: &mut LineWriter) -> Result<(), EncodeError> {
///         let mut line = writer.line();
///         line.tag("host", self.0)?.field("alive", true)?;
///         line.finish("heartbeat", None::<i64>)
///     }
/// }
/// let mut writer = LineWriter::new(Dialect::V1);
/// writer.write(&Heartbeat("a"))?;
/// assert_eq!(writer.as_bytes(), b"heartbeat,host=a alive=true\n");
/// # Ok::<(), EncodeError>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be written as an InfluxDB point",
    label = "not a point",
    note = "for a struct of your own, add `#[derive(LineProtocol)]`; for names known only at run time, use `Point`"
)]
pub trait LineProtocol {
    /// Appends exactly one line.
    ///
    /// # Errors
    /// If something of the point cannot be written. [`LineWriter::write`] then takes back what was appended.
    fn encode(&self, writer: &mut LineWriter) -> Result<(), EncodeError>;

    /// Adds the point's tags, fields and time to a line that another point opened: what `flatten` asks for.
    ///
    /// # Errors
    /// If a column cannot be written, or the impl was written by hand without this method.
    fn columns(&self, line: &mut Line<'_>) -> Result<(), EncodeError> {
        let _ = line;
        Err(EncodeError::new(Place::Line, None, None, Reason::NotFlattenable))
    }

    /// What is known of the columns at compile time; `None` for points of any columns.
    fn schema(&self) -> Option<&'static Schema> {
        None
    }
}

macro_rules! through_deref {
    ($($t:ty),*) => { $(
        impl<T: LineProtocol + ?Sized> LineProtocol for $t {
            #[inline(always)]
            fn encode(&self, writer: &mut LineWriter) -> Result<(), EncodeError> {
                (**self).encode(writer)
            }
            fn columns(&self, line: &mut Line<'_>) -> Result<(), EncodeError> {
                (**self).columns(line)
            }
            fn schema(&self) -> Option<&'static Schema> {
                (**self).schema()
            }
        }
    )* };
}
through_deref!(&T, &mut T, Box<T>, Rc<T>, Arc<T>);

/// What `#[derive(LineProtocol)]` knows of a struct.
#[doc(hidden)]
pub trait Derived {
    const SCHEMA: &'static Schema;
}

impl LineWriter {
    /// Appends a point as one line.
    ///
    /// # Errors
    /// If something of the point cannot be written; the buffer is then as it was. The error's index counts the calls
    /// since the writer was made or cleared.
    pub fn write<P: LineProtocol + ?Sized>(&mut self, point: &P) -> Result<(), EncodeError> {
        let start = self.begin_point();
        match point.encode(self) {
            Ok(()) => Ok(()),
            Err(error) => Err(self.take_back(start, error)),
        }
    }

    /// Appends all points, or none.
    ///
    /// # Errors
    /// At the first point that cannot be written; the buffer is then as it was before the call.
    ///
    /// ```
    /// use influx_core::{Dialect, LineWriter, Point};
    /// let mut writer = LineWriter::new(Dialect::V1);
    /// writer.write_all([&Point::new("m").field("f", true), &Point::new("m").field("f", false)])?;
    /// assert_eq!(writer.as_bytes(), b"m f=true\nm f=false\n");
    /// # Ok::<(), influx_core::EncodeError>(())
    /// ```
    pub fn write_all<'p, P: LineProtocol + ?Sized + 'p>(
        &mut self,
        points: impl IntoIterator<Item = &'p P>,
    ) -> Result<(), EncodeError> {
        let start = self.len();
        for point in points {
            if let Err(error) = self.write(point) {
                self.truncate(start);
                return Err(error);
            }
        }
        Ok(())
    }
}
