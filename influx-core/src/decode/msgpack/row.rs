//! One row of a `values` array in MessagePack, each cell read once.

use super::{TIME, Token, token};
use crate::block::Block;
use crate::decode::cells::near::Near;
use crate::decode::cells::{self, Quick, Values};
use crate::decode::plan::want::{Kind, Want};
use crate::decode::plan::{Plan, Target};
use crate::decode::scratch::Arena;
use crate::decode::stop::Stop;
use crate::decode::value_ref::ValueRef;
use crate::rfc3339;

/// Reads the row whose array begins at `b[at]` into the plan's cells; gives the place behind it.
#[inline(always)]
pub(crate) fn row<'b>(
    b: &'b [u8],
    at: usize,
    plan: &Plan,
    cells: &mut [ValueRef<'b>],
    arena: &mut Arena<'b>,
) -> Result<usize, Stop> {
    let columns = plan.targets().len();
    let short = columns < 16 && b.get(at).is_some_and(|&first| usize::from(first ^ 0x90) == columns);
    let at = if short { at + 1 } else { begin(b, at, columns)? };
    cells::row::<Msgpack>(b, at, plan, cells, arena)
}

/// The place of the first of a row's values.
#[cold]
#[inline(never)]
fn begin(b: &[u8], at: usize, columns: usize) -> Result<usize, Stop> {
    match token(b, at)? {
        (Token::Array(values), end) if values as usize == columns => Ok(end),
        (Token::Array(values), _) if (values as usize) < columns => {
            Err(Stop::Bad(at, "a row has fewer values than the header has columns"))
        }
        (Token::Array(_), _) => Err(Stop::Bad(at, "a row has more values than the header has columns")),
        _ => Err(Stop::Bad(at, "a row was expected")),
    }
}

/// Values as MessagePack writes them, one behind the other.
enum Msgpack {}

impl Quick for Msgpack {
    const BEFORE: usize = 0;

    /// A marker and a text of 31 bytes, in two blocks.
    const AFTER: usize = 33;

    /// Values of the kind that is wanted, in short. As in JSON, the branches on what is wanted are foreseen.
    #[inline(always)]
    unsafe fn quick<'b>(
        near: Near<'b>,
        _: &'b [u8],
        target: &Target,
        plan: &Plan,
        cells: &mut [ValueRef<'b>],
        _: &mut Arena<'b>,
    ) -> Option<Near<'b>> {
        let kind = target.kind;
        let (value, length) = if kind.is(Kind::FLOAT) {
            float(near)?
        } else if kind.is(Kind::STR) {
            text(near)?
        } else if kind.is(Kind::INT | Kind::UINT) {
            let (value, length) = integer(near)?;
            (ValueRef::I64(value), length)
        } else if kind.is(Kind::TIME) {
            instant(near, plan.unit())?
        } else if kind.is(Kind::BOOL) {
            boolean(near)?
        } else {
            other(near, kind)?
        };
        // SAFETY: promised by the caller.
        unsafe { *target.of(cells) = value };
        Some(near.behind(length))
    }
}

impl Values for Msgpack {
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
        let (token, end) = token(b, at)?;
        *cell = value(token, target, unit, arena).map_err(|what| Stop::Bad(at, what))?;
        Ok(end)
    }

    fn nothing(_: &[u8], at: usize) -> Result<usize, Stop> {
        Ok(at)
    }
}

#[inline(always)]
fn float(near: Near<'_>) -> Option<(ValueRef<'_>, usize)> {
    (near.byte(0) == 0xcb).then(|| (ValueRef::F64(f64::from_bits(near.big_word(1))), 9))
}

#[inline(always)]
fn boolean(near: Near<'_>) -> Option<(ValueRef<'_>, usize)> {
    (near.byte(0) | 1 == 0xc3).then(|| (ValueRef::Bool(near.byte(0) == 0xc3), 1))
}

/// An integer in the range of `i64`: the width is computed, not branched on.
#[inline(always)]
fn integer(near: Near<'_>) -> Option<(i64, usize)> {
    // 0xcc ..= 0xcf: unsigned, of 1, 2, 4, 8 bytes; 0xd0 ..= 0xd3: signed
    let code = near.byte(0).wrapping_sub(0xcc);
    if code < 8 {
        let bytes = 1_usize << (code & 3);
        let (word, unused) = (near.big_word(1), 64 - 8 * bytes);
        let value = if code < 4 { (word >> unused) as i64 } else { word as i64 >> unused };
        return (code != 3 || value >= 0).then_some((value, 1 + bytes));
    }
    let value = near.byte(0) as i8;
    (value >= -32).then(|| (value.into(), 1))
}

/// The server's own type of times, or a number whose unit is known.
#[inline(always)]
fn instant<'b>(near: Near<'b>, unit: Option<i64>) -> Option<(ValueRef<'b>, usize)> {
    let (nanos, length) = if near.four(0)[..3] == [0xc7, 12, TIME] {
        let (seconds, nanos) = (near.big_word(3) as i64, (near.big_word(11) as i64) >> 32);
        // before 1970 the product may overflow where the sum does not
        (seconds.checked_mul(1_000_000_000)?.checked_add(nanos)?, 15)
    } else {
        let (value, length) = integer(near)?;
        (value.checked_mul(unit?)?, length)
    };
    Some((ValueRef::Time(nanos), length))
}

/// A text of at most 31 bytes, all ASCII.
#[inline(always)]
fn text(near: Near<'_>) -> Option<(ValueRef<'_>, usize)> {
    let length = usize::from(near.byte(0) ^ 0xa0);
    if length > 31 {
        return None;
    }
    let begin = near.behind(1);
    let at = begin.blocks();
    // SAFETY: 32 bytes are there.
    let (first, second) = unsafe { (Block::load(at), Block::load(at.add(16))) };
    let beyond = first.beyond_ascii() | second.beyond_ascii() << 16;
    // SAFETY: ASCII is UTF-8.
    let text = || unsafe { str::from_utf8_unchecked(begin.until(begin.behind(length))) };
    (beyond & ((1 << length) - 1) == 0).then(|| (ValueRef::Str(text()), 1 + length))
}

/// A value where any is wanted, or none.
#[inline(never)]
fn other<'b>(near: Near<'b>, kind: Kind) -> Option<(ValueRef<'b>, usize)> {
    let integer = || integer(near).map(|(value, length)| (ValueRef::I64(value), length));
    let found = float(near).or_else(integer).or_else(|| text(near)).or_else(|| boolean(near));
    let (value, length) = found.or_else(|| instant(near, None))?;
    Some((if kind.is(Kind::ANY) { value } else { ValueRef::Null }, length))
}

#[inline]
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
            Ok(text) if target.want == Want::Time => ValueRef::instant(text),
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::decode::cells::testing::{WANTS, careful_row, plan};
    use crate::decode::scratch::Scratch;
    use crate::precision::Precision;

    fn text(text: &[u8]) -> Vec<u8> {
        let length = text.len() as u8;
        let head = if length < 32 { vec![0xa0 | length] } else { vec![0xd9, length] };
        [&head, text].concat()
    }

    /// A value with any marker, or no value at all.
    fn value() -> impl Strategy<Value = Vec<u8>> {
        let behind = |markers: &[u8], bytes: Vec<u8>| [markers, &bytes].concat();
        let bytes = prop::collection::vec(any::<u8>(), 16);
        prop_oneof![
            any::<f64>().prop_map(move |v| behind(&[0xcb], v.to_be_bytes().into())),
            (0xcc_u8..0xd4, bytes.clone()).prop_map(move |(marker, mut bytes)| {
                bytes.truncate(1 << ((marker - 0xcc) & 3));
                behind(&[marker], bytes)
            }),
            any::<u8>().prop_map(|byte| vec![byte]),
            "[a-z ]{0,70}".prop_map(|v| text(v.as_bytes())),
            "[a-zé\\u{1f600}]{0,20}".prop_map(|v| text(v.as_bytes())),
            prop::collection::vec(any::<u8>(), 0..40).prop_map(|v| text(&v)),
            Just(text(b"2024-02-03T10:11:12Z")),
            (-9_300_000_000_i64..9_300_000_000, any::<i32>()).prop_map(move |(seconds, nanos)| {
                behind(&[0xc7, 12, TIME], [&seconds.to_be_bytes()[..], &nanos.to_be_bytes()].concat())
            }),
            Just(
                [&[0xc7, 12, TIME], &(-9_223_372_037_i64).to_be_bytes()[..], &145_224_192_i32.to_be_bytes()]
                    .concat()
            ),
            bytes.prop_map(move |bytes| behind(&[0xc7], bytes)),
            Just(vec![0xc0]),
            (0xc2_u8..=0xc3).prop_map(|marker| vec![marker]),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(4_000) })]

        /// The usual values are read as the careful reader reads them, and the others are left to it.
        #[test]
        #[cfg_attr(miri, ignore = "slow there")]
        fn quick_and_careful_agree(
            wants in prop::array::uniform3(prop::sample::select(&WANTS[..])),
            values in prop::array::uniform3(value()),
            count in prop_oneof![9 => Just(3_u8), 1 => 0_u8..20],
            epoch in prop::option::of(prop::sample::select(&[Precision::Ns, Precision::S][..])),
            padding in 0_usize..50,
        ) {
            let plan = plan(&wants, epoch);
            let head = if count < 16 { vec![0x90 | count] } else { vec![0xdc, 0, count] };
            let bytes = [head, values.concat(), vec![0xc1; padding]].concat();
            let (mut scratch, mut other) = (Scratch::new(), Scratch::new());
            let (mut cells, mut expected) = (Vec::new(), Vec::new());
            plan.fill(&mut cells, plan.columns());
            plan.fill(&mut expected, plan.columns());
            let found = row(&bytes, 0, &plan, &mut cells, &mut scratch.arena());
            let end = begin(&bytes, 0, plan.targets().len()).and_then(|at| {
                careful_row::<Msgpack>(&bytes, at, &plan, &mut expected, &mut other.arena())
            });
            prop_assert_eq!(found, end, "{:x?}", bytes);
            if end.is_ok() {
                prop_assert_eq!(format!("{cells:?}"), format!("{expected:?}"), "{:x?}", bytes);
            }
        }
    }
}
