//! The escape contexts of line protocol, per dialect.
//!
//! Sources: the parsers of InfluxDB 1.6.7, 1.8.10, 2.7.12 and 3.6.0. A backslash before an ordinary character is an
//! ordinary byte everywhere. v3 reads `\\` in names and tags as one backslash, v1 and v2 as two. A trailing backslash
//! can be said in none of them, a control character only in some.

use crate::dialect::Dialect;
use crate::error::{Place, Reason};
use crate::schema::{Role, bit, is_flux_column, is_reserved_measurement, reserved_by};

/// Whether a byte gets a backslash in this place.
#[inline]
const fn is_special(place: Place, byte: u8) -> bool {
    match byte {
        b',' | b' ' => true,
        b'=' => !matches!(place, Place::Measurement),
        _ => false,
    }
}

/// Where escaped text goes.
pub(crate) trait Out {
    fn push(&mut self, byte: u8);
}

impl Out for Vec<u8> {
    fn push(&mut self, byte: u8) {
        Vec::push(self, byte);
    }
}

/// Appends `text` as a name or tag value, or says why it cannot be said. On error `out` holds a part of it.
///
/// At most twice the length of `text` is appended.
pub(crate) fn name(place: Place, dialect: Dialect, text: &str, out: &mut impl Out) -> Result<(), Reason> {
    check(place, dialect, text)?;
    let bytes = text.as_bytes();
    let mut i = 0;
    while i < bytes.len() {
        let byte = bytes[i];
        if byte != b'\\' {
            if is_special(place, byte) {
                out.push(b'\\');
            }
            out.push(byte);
            i += 1;
            continue;
        }
        let run = bytes[i..].iter().take_while(|b| **b == b'\\').count();
        // `check` refused a backslash at the end
        let next = bytes[i + run];
        backslashes(place, dialect, run, next, out)?;
        i += run;
    }
    Ok(())
}

/// A run of backslashes before the ordinary or special byte `next`.
fn backslashes(
    place: Place,
    dialect: Dialect,
    run: usize,
    next: u8,
    out: &mut impl Out,
) -> Result<(), Reason> {
    let times = if dialect.unescapes_backslash() {
        if run == 1 && !is_special(place, next) { 1 } else { 2 * run }
    } else {
        match place {
            // 204, and then the points can never be read: two of the server's unescape routines disagree
            Place::Measurement if matches!(next, b',' | b'=' | b' ' | b'"') => {
                return Err(Reason::BackslashBeforeSpecial(dialect));
            }
            // the field scanner skips pairs
            Place::FieldKey if run % 2 == 1 && is_special(place, next) => {
                return Err(Reason::OddBackslashes(dialect));
            }
            // `\"` in a field key loses its backslash
            Place::FieldKey if next == b'"' => run + 1,
            _ => run,
        }
    };
    for _ in 0..times {
        out.push(b'\\');
    }
    Ok(())
}

/// A measurement that begins so may be a comment, a name that a server keeps for itself, or a byte order mark.
#[inline(always)]
pub(crate) fn begins_special(first: u8) -> bool {
    matches!(first, b'#' | b'_' | 0xef)
}

/// What no escape can help.
fn check(place: Place, dialect: Dialect, text: &str) -> Result<(), Reason> {
    let bytes = text.as_bytes();
    match bytes {
        [] => return Err(Reason::Empty),
        [.., b'\\'] => return Err(Reason::TrailingBackslash),
        [b'#', ..] if place == Place::Measurement => return Err(Reason::Comment),
        [b'_', ..]
            if place == Place::Measurement && dialect == Dialect::V1 && is_reserved_measurement(text) =>
        {
            return Err(Reason::Reserved(dialect));
        }
        // at the begin of a text, it would be taken for a mark of the encoding
        [0xef, 0xbb, 0xbf, ..] if place == Place::Measurement => return Err(Reason::Control('\u{feff}')),
        _ => {}
    }
    if bytes.len() > dialect.max_text() {
        return Err(Reason::TooLong { len: bytes.len(), max: dialect.max_text(), dialect });
    }
    // the catalog of v3 refuses U+0080 to U+009F in keys, too
    let c1 = dialect == Dialect::V3 && matches!(place, Place::TagKey | Place::FieldKey);
    match text.chars().find(|c| c.is_ascii_control() || (c1 && c.is_control())) {
        Some(c) => Err(Reason::Control(c)),
        None => Ok(()),
    }
}

/// Rules for keys beside their escapes.
#[inline]
pub(crate) fn check_key(key: &str, role: Role, dialect: Dialect) -> Result<(), Reason> {
    match key.as_bytes().first() {
        Some(b't') if key == "time" && role != Role::Timestamp => return Err(Reason::ReservedTime),
        Some(b'_' | 0) => {}
        _ => return Ok(()),
    }
    match reserved_by(key, role) & bit(dialect) {
        0 => Ok(()),
        _ if dialect == Dialect::V2 && !is_flux_column(key.as_bytes()) => Err(Reason::ReservedTagKey),
        _ => Err(Reason::Reserved(dialect)),
    }
}
