//! One row of a `values` array in MessagePack, each cell read once.

use super::json::Stop;
use super::json_row::time;
use super::msgpack::{Token, token};
use super::scratch::Arena;
use crate::plan::Target;
use crate::{Plan, ValueRef, Want, rfc3339};

/// Reads the row whose array begins at `b[at]` into the plan's cells; gives the place behind it.
#[inline]
pub(crate) fn row<'b>(
    b: &'b [u8],
    at: usize,
    plan: &Plan,
    cells: &mut [ValueRef<'b>],
    arena: &mut Arena<'b>,
) -> Result<usize, Stop> {
    let targets = plan.targets();
    let (first, mut place) = token(b, at)?;
    match first {
        Token::Array(values) if values as usize == targets.len() => {}
        Token::Array(values) if (values as usize) < targets.len() => {
            return Err(Stop::Bad(at, "a row has fewer values than the header has columns"));
        }
        Token::Array(_) => return Err(Stop::Bad(at, "a row has more values than the header has columns")),
        _ => return Err(Stop::Bad(at, "a row was expected")),
    }
    for target in targets {
        let Some(cell) = cells.get_mut(target.cell) else { break };
        if let Some((value, end)) = usual(b, place, target.want) {
            (*cell, place) = (value, end);
            continue;
        }
        let (token, end) = token(b, place)?;
        *cell = value(token, target, plan.unit(), arena).map_err(|what| Stop::Bad(place, what))?;
        place = end;
    }
    for &(from, to) in plan.copies() {
        if let Some(&value) = cells.get(from)
            && let Some(cell) = cells.get_mut(to)
        {
            *cell = value;
        }
    }
    Ok(place)
}

/// What stands in most cells: floats, and short texts of ASCII. A column is of one kind in all rows, so the branches are foreseen.
#[inline(always)]
fn usual(b: &[u8], at: usize, want: Want) -> Option<(ValueRef<'_>, usize)> {
    let (first, rest) = b.get(at..)?.split_first()?;
    match want {
        Want::Float if *first == 0xcb => {
            let bytes = rest.first_chunk()?;
            Some((ValueRef::F64(f64::from_be_bytes(*bytes)), at + 9))
        }
        Want::Str if first & 0xe0 == 0xa0 => {
            let raw = rest.get(..usize::from(first & 0x1f))?;
            if !raw.is_ascii() {
                return None;
            }
            // SAFETY: ASCII is UTF-8.
            Some((ValueRef::Str(unsafe { str::from_utf8_unchecked(raw) }), at + 1 + raw.len()))
        }
        _ => None,
    }
}

#[inline(never)]
fn value<'b>(
    token: Token<'b>,
    target: &Target,
    unit: Option<i64>,
    arena: &mut Arena<'b>,
) -> Result<ValueRef<'b>, &'static str> {
    Ok(match token {
        Token::Array(_) | Token::Map(_) => {
            return Err("a value is an array or an object; rows hold plain values only");
        }
        _ if target.want == Want::Skip => ValueRef::Null,
        Token::Float(value) => ValueRef::F64(value),
        Token::Str(bytes) => match str::from_utf8(bytes) {
            Ok(text) if target.want == Want::Time => time(text),
            Ok(text) => ValueRef::Str(text),
            Err(_) => return Err("a string is not UTF-8"),
        },
        Token::Time(nanos) if target.want == Want::Str => ValueRef::Str(arena.copy(&rfc3339::to_text(nanos))),
        Token::Time(nanos) => ValueRef::Time(nanos),
        Token::Int(value) if target.want == Want::Time => match unit.and_then(|unit| value.checked_mul(unit))
        {
            Some(nanos) => ValueRef::Time(nanos),
            None => ValueRef::I64(value),
        },
        Token::Int(value) => ValueRef::I64(value),
        Token::Uint(value) => ValueRef::U64(value),
        Token::Bool(value) => ValueRef::Bool(value),
        Token::Nil => ValueRef::Null,
    })
}
