//! The verdict on any line: by the parser of the dialect, and by the encoder, which knows what must not be sent.

use super::bounds;
use super::error::Fault;
use crate::decode::line_protocol;
use crate::dialect::Dialect;
use crate::encode::line::writer::LineWriter;
use crate::precision::Precision;

/// A blank line or a comment, without its line feed.
pub(super) fn nothing(line: &[u8]) -> Result<(), Fault> {
    if line.contains(&b'\n') { Err(Fault::LongComment) } else { Ok(()) }
}

/// A line with a point, without its line feed: its timestamp as it is written. `writer` is of the same dialect.
pub(super) fn point(
    line: &[u8],
    dialect: Dialect,
    precision: Precision,
    writer: &mut LineWriter,
) -> Result<Option<i64>, Fault> {
    if line.last() == Some(&b'\r') {
        return Err(Fault::CrLf);
    }
    let line = &line[bounds::begin(line).unwrap_or(0)..];
    if line.starts_with("\u{feff}".as_bytes()) {
        return Err(Fault::ByteOrderMark);
    }
    let point = line_protocol::one(line, dialect, precision).map_err(Fault::Parser)?;
    writer.clear();
    writer.write(&point).map_err(Fault::Point)?;
    Ok(point.unix_nanos().map(|nanos| precision.floor(nanos)))
}
