//! One row of a `values` array in MessagePack, each cell read once.

use super::{TIME, Token, token};
use crate::block::Block;
use crate::decode::plan::Kind;
use crate::decode::plan::Target;
use crate::decode::plan::{Plan, Want};
use crate::decode::scratch::Arena;
use crate::decode::stop::Stop;
use crate::decode::value_ref::ValueRef;
use crate::rfc3339;

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
    let short =
        targets.len() < 16 && b.get(at).is_some_and(|&first| usize::from(first ^ 0x90) == targets.len());
    let mut at = if short { at + 1 } else { begin(b, at, targets.len())? };
    let mut column = 0;
    loop {
        (column, at) = quick(b, at, column, plan, cells);
        let Some(target) = targets.get(column) else { break };
        let Some(cell) = cells.get_mut(target.cell()) else { break };
        at = careful(b, at, target, plan.unit(), cell, arena)?;
        column += 1;
    }
    if !plan.is_simple() {
        plan.copy(cells);
    }
    Ok(at)
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

/// The bytes from a value on.
type Near = [u8; NEAR];

/// As many as the longest value that is read from them: a marker and a text of 31 bytes, in two blocks.
const NEAR: usize = 33;

/// Reads values as servers write them, from that of `column` at `b[at]` on, into the cells of the columns: those of the kind that is
/// wanted, in short. Gives the first column that is no matter for here, and its place; all columns are read when there is none. As
/// in JSON, the branches on what is wanted are foreseen.
#[inline(always)]
fn quick<'b>(
    b: &'b [u8],
    mut at: usize,
    column: usize,
    plan: &Plan,
    cells: &mut [ValueRef<'b>],
) -> (usize, usize) {
    let Some(last) = b.len().checked_sub(NEAR) else { return (column, at) };
    let mut targets = plan.targets().get(column..).unwrap_or_default().iter();
    while let Some(target) = targets.as_slice().first() {
        let Some(cell) = cells.get_mut(target.cell()) else { break };
        if at > last {
            break;
        }
        // SAFETY: `at` is at most `last`, behind which there are `NEAR` bytes.
        let near: &'b Near = unsafe { &*b.as_ptr().add(at).cast() };
        let kind = target.kind;
        let length = if kind.is(Kind::FLOAT) {
            float(near, cell)
        } else if kind.is(Kind::STR) {
            text(near, cell)
        } else if kind.is(Kind::INT | Kind::UINT) {
            integer(near, cell)
        } else if kind.is(Kind::TIME) {
            instant(near, plan.unit(), cell)
        } else if kind.is(Kind::BOOL) {
            boolean(near, cell)
        } else {
            other(near, kind, cell)
        };
        if length == 0 {
            break;
        }
        at += length;
        targets.next();
    }
    (plan.targets().len() - targets.len(), at)
}

/// Eight bytes behind a marker, the first the highest.
#[inline(always)]
fn word(near: &Near, at: usize) -> u64 {
    near.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |eight| u64::from_be_bytes(*eight))
}

#[inline(always)]
fn float(near: &Near, cell: &mut ValueRef<'_>) -> usize {
    if near[0] != 0xcb {
        return 0;
    }
    *cell = ValueRef::F64(f64::from_bits(word(near, 1)));
    9
}

#[inline(always)]
fn boolean(near: &Near, cell: &mut ValueRef<'_>) -> usize {
    if near[0] | 1 != 0xc3 {
        return 0;
    }
    *cell = ValueRef::Bool(near[0] == 0xc3);
    1
}

/// An integer in the range of `i64`: the width is computed, not branched on.
#[inline(always)]
fn integer(near: &Near, cell: &mut ValueRef<'_>) -> usize {
    // 0xcc ..= 0xcf: unsigned, of 1, 2, 4, 8 bytes; 0xd0 ..= 0xd3: signed
    let code = near[0].wrapping_sub(0xcc);
    if code < 8 {
        let bytes = 1_usize << (code & 3);
        let (word, unused) = (word(near, 1), 64 - 8 * bytes);
        let value = if code < 4 { (word >> unused) as i64 } else { word as i64 >> unused };
        if code == 3 && value < 0 {
            return 0;
        }
        *cell = ValueRef::I64(value);
        return 1 + bytes;
    }
    let value = near[0] as i8;
    if value < -32 {
        return 0;
    }
    *cell = ValueRef::I64(value.into());
    1
}

/// The server's own type of times, or a number whose unit is known.
#[inline(always)]
fn instant(near: &Near, unit: Option<i64>, cell: &mut ValueRef<'_>) -> usize {
    if near.starts_with(&[0xc7, 12, TIME]) {
        let (seconds, nanos) = (word(near, 3) as i64, (word(near, 11) as i64) >> 32);
        // before 1970 the product may overflow where the sum does not
        let Some(nanos) = seconds.checked_mul(1_000_000_000).and_then(|time| time.checked_add(nanos)) else {
            return 0;
        };
        *cell = ValueRef::Time(nanos);
        return 15;
    }
    let mut value = ValueRef::Null;
    let length = integer(near, &mut value);
    let (ValueRef::I64(value), Some(unit)) = (value, unit) else { return 0 };
    let Some(nanos) = value.checked_mul(unit) else { return 0 };
    *cell = ValueRef::Time(nanos);
    length
}

/// A text of at most 31 bytes, all ASCII.
#[inline(always)]
fn text<'b>(near: &'b Near, cell: &mut ValueRef<'b>) -> usize {
    let length = usize::from(near[0] ^ 0xa0);
    if length > 31 {
        return 0;
    }
    let [_, text @ ..] = near;
    // SAFETY: both blocks are within the 32 bytes.
    let (first, second) = unsafe { (Block::load(text.as_ptr()), Block::load(text.as_ptr().add(16))) };
    let beyond = first.beyond_ascii() | second.beyond_ascii() << 16;
    if beyond & ((1 << length) - 1) != 0 {
        return 0;
    }
    // SAFETY: ASCII is UTF-8.
    *cell = ValueRef::Str(unsafe { str::from_utf8_unchecked(&text[..length]) });
    1 + length
}

/// A value where any is wanted, or none.
#[inline(never)]
fn other<'b>(near: &'b Near, kind: Kind, cell: &mut ValueRef<'b>) -> usize {
    let mut nothing = ValueRef::Null;
    let cell = if kind.is(Kind::ANY) { cell } else { &mut nothing };
    let mut length = float(near, cell);
    if length == 0 {
        length = integer(near, cell);
    }
    if length == 0 {
        length = text(near, cell);
    }
    if length == 0 {
        length = boolean(near, cell);
    }
    if length == 0 {
        length = instant(near, None, cell);
    }
    length
}

/// Reads any value; gives the place behind it.
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
    use crate::decode::columns::{Column, Columns};
    use crate::decode::plan::Planner;
    use crate::decode::scratch::Scratch;
    use crate::precision::Precision;

    /// As [`row`], every value by the careful reader.
    fn careful_row<'b>(
        b: &'b [u8],
        plan: &Plan,
        cells: &mut [ValueRef<'b>],
        arena: &mut Arena<'b>,
    ) -> Result<usize, Stop> {
        let start = begin(b, 0, plan.targets().len())?;
        plan.targets().iter().try_fold(start, |at, target| {
            careful(b, at, target, plan.unit(), &mut cells[target.cell()], arena)
        })
    }

    /// A plan that wants this of its columns.
    fn plan(wants: &[Want], epoch: Option<Precision>) -> Plan {
        const NAMES: [&str; 3] = ["a", "b", "c"];
        let columns = Columns::new(NAMES.map(Column::new)).with_epoch(epoch);
        let ask = |planner: &mut Planner<'_>| {
            NAMES.iter().zip(wants).try_for_each(|(name, &want)| planner.field(name, name, want, true))
        };
        Plan::with(columns.into(), ask).unwrap()
    }

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

    const WANTS: [Want; 8] =
        [Want::Skip, Want::Any, Want::Int, Want::Uint, Want::Float, Want::Str, Want::Bool, Want::Time];

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
            plan.fill(&mut cells, |_| "");
            plan.fill(&mut expected, |_| "");
            let found = row(&bytes, 0, &plan, &mut cells, &mut scratch.arena());
            let end = careful_row(&bytes, &plan, &mut expected, &mut other.arena());
            prop_assert_eq!(found, end, "{:x?}", bytes);
            if end.is_ok() {
                prop_assert_eq!(format!("{cells:?}"), format!("{expected:?}"), "{:x?}", bytes);
            }
        }
    }
}
