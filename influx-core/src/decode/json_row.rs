//! One row of a `values` array, each cell read once, straight to what the plan wants of it.

use super::json::{Stop, blank, string, string_end};
use super::scratch::Arena;
use super::{number, quick};
use crate::plan::Target;
use crate::{Plan, ValueRef, Want, rfc3339};

/// Reads the row whose `[` is at `b[at]` into the plan's cells; gives the place behind its `]`.
pub(crate) fn row<'b>(
    b: &'b [u8],
    at: usize,
    plan: &Plan,
    cells: &mut [ValueRef<'b>],
    arena: &mut Arena<'b>,
) -> Result<usize, Stop> {
    let (mut column, mut at) = (0, at + 1);
    loop {
        (column, at) = quick::values(b, at, column, plan, cells, arena);
        let Some(target) = plan.targets().get(column) else { break };
        let Some(cell) = cells.get_mut(target.cell) else { break };
        at = careful(b, at, target, plan.unit(), cell, arena)?;
        column += 1;
    }
    if plan.targets().is_empty() {
        at = end(b, at)?;
    }
    for &(from, to) in plan.copies() {
        if let Some(&value) = cells.get(from)
            && let Some(cell) = cells.get_mut(to)
        {
            *cell = value;
        }
    }
    Ok(at)
}

/// Reads any value, white space around it, and the comma or bracket that follows it; gives the place behind that.
#[cold]
#[inline(never)]
fn careful<'b>(
    b: &'b [u8],
    at: usize,
    target: &Target,
    unit: Option<i64>,
    cell: &mut ValueRef<'b>,
    arena: &mut Arena<'b>,
) -> Result<usize, Stop> {
    let (value, at) = value(b, blank(b, at), target.want, unit, arena)?;
    *cell = value;
    if target.end == b']' {
        return end(b, at);
    }
    let at = blank(b, at);
    match b.get(at) {
        Some(b',') => Ok(at + 1),
        Some(b']') => Err(Stop::Bad(at, "a row has fewer values than the header has columns")),
        _ => Err(Stop::unless_at_end(b, at, "a comma was expected between two values")),
    }
}

/// The place behind the end of a row.
fn end(b: &[u8], at: usize) -> Result<usize, Stop> {
    let at = blank(b, at);
    match b.get(at) {
        Some(b']') => Ok(at + 1),
        Some(b',') => Err(Stop::Bad(at, "a row has more values than the header has columns")),
        _ => Err(Stop::unless_at_end(b, at, "the end of a row was expected")),
    }
}

#[inline]
fn value<'b>(
    b: &'b [u8],
    at: usize,
    want: Want,
    unit: Option<i64>,
    arena: &mut Arena<'b>,
) -> Result<(ValueRef<'b>, usize), Stop> {
    match b.get(at) {
        Some(b'"') if want == Want::Skip => Ok((ValueRef::Null, string_end(b, at)?.0 + 1)),
        Some(b'"') => {
            let (text, end) = string(b, at, arena)?;
            Ok((if want == Want::Time { time(text) } else { ValueRef::Str(text) }, end))
        }
        Some(b'-' | b'0'..=b'9') => numeric(b, at, want, unit),
        Some(b'n') => literal(b, at, b"null", ValueRef::Null),
        Some(b't') => {
            literal(b, at, b"true", if want == Want::Skip { ValueRef::Null } else { ValueRef::Bool(true) })
        }
        Some(b'f') => {
            literal(b, at, b"false", if want == Want::Skip { ValueRef::Null } else { ValueRef::Bool(false) })
        }
        Some(b'[' | b'{') => {
            Err(Stop::Bad(at, "a value is an array or an object; rows hold plain values only"))
        }
        _ => Err(Stop::unless_at_end(b, at, "a value was expected")),
    }
}

#[inline]
fn numeric<'b>(b: &'b [u8], at: usize, want: Want, unit: Option<i64>) -> Result<(ValueRef<'b>, usize), Stop> {
    let number = number::scan(b, at)?;
    let text = &b[at..number.end];
    let value = match want {
        Want::Skip => Some(ValueRef::Null),
        Want::Int => number.as_i64().map(ValueRef::I64),
        Want::Float => number.as_f64(text).map(ValueRef::F64),
        Want::Time => {
            let nanos = unit.and_then(|unit| number.as_i64()?.checked_mul(unit));
            nanos.map(ValueRef::Time)
        }
        Want::Uint => {
            number.as_u64().map(|value| i64::try_from(value).map_or(ValueRef::U64(value), ValueRef::I64))
        }
        _ => None,
    };
    match value {
        Some(value) => Ok((value, number.end)),
        // digits, signs, points: always UTF-8
        None => Ok((ValueRef::Number(str::from_utf8(text).unwrap_or_default()), number.end)),
    }
}

/// An instant; a text with an offset, or that is no instant, is left to the field's type.
pub(super) fn time(text: &str) -> ValueRef<'_> {
    match rfc3339::parse(text.as_bytes()) {
        Some(rfc3339::Parsed { nanos, offset: Some(0) }) => ValueRef::Time(nanos),
        _ => ValueRef::Str(text),
    }
}

#[inline]
fn literal<'b>(
    b: &[u8],
    at: usize,
    word: &'static [u8],
    value: ValueRef<'b>,
) -> Result<(ValueRef<'b>, usize), Stop> {
    let end = at + word.len();
    match b.get(at..end) {
        Some(found) if found == word => Ok((value, end)),
        Some(_) => Err(Stop::Bad(at, "a value was expected")),
        None if word.starts_with(&b[at..]) => Err(Stop::More),
        None => Err(Stop::Bad(at, "a value was expected")),
    }
}
