//! One row of a `values` array, each cell read once, straight to what the plan wants of it.

use super::{blank, quick, string, string_end};
use crate::decode::cells::near::{self, Near};
use crate::decode::cells::{Quick, Values};
use crate::decode::number;
use crate::decode::plan::want::Want;
use crate::decode::plan::{Plan, Target};
use crate::decode::scratch::Arena;
use crate::decode::stop::Stop;
use crate::decode::value_ref::ValueRef;

/// Values as JSON writes them, between commas.
pub(crate) enum Json {}

impl Quick for Json {
    /// Numbers are read from their ends.
    const BEFORE: usize = near::BEFORE;
    const AFTER: usize = quick::AFTER;

    #[inline(always)]
    unsafe fn quick<'b>(
        near: Near<'b>,
        b: &'b [u8],
        target: &Target,
        plan: &Plan,
        cells: &mut [ValueRef<'b>],
        arena: &mut Arena<'b>,
    ) -> Option<Near<'b>> {
        // SAFETY: promised by the caller.
        let end = unsafe { quick::value(near, b, target, plan, cells, arena) }?;
        (end.byte(0) == target.end).then(|| end.behind(1))
    }
}

impl Values for Json {
    /// Reads any value, white space around it, and the comma or bracket that follows it.
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

    fn nothing(b: &[u8], at: usize) -> Result<usize, Stop> {
        end(b, at)
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
            Ok((if want == Want::Time { ValueRef::instant(text) } else { ValueRef::Str(text) }, end))
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::decode::cells::near::BEFORE;
    use crate::decode::cells::row;
    use crate::decode::cells::testing::{WANTS, careful_row, plan};
    use crate::decode::scratch::Scratch;
    use crate::precision::Precision;

    fn value() -> impl Strategy<Value = String> {
        prop_oneof![
            "-?[0-9]{1,21}",
            "-?[0-9]{1,5}\\.[0-9]{0,20}",
            "-?(0|[1-9][0-9]{0,3})\\.[0-9]{1,18}",
            "-?[0-9]{1,3}(\\.[0-9]{1,9})?[eE][+-]?[0-9]{1,2}",
            any::<i64>().prop_map(|v| v.to_string()),
            any::<f64>().prop_filter("finite", |v| v.is_finite()).prop_map(|v| v.to_string()),
            "[a-zé\\u{1f600} ,\\]]{0,70}".prop_map(|text| format!("\"{text}\"")),
            "\"[a-z]{0,40}(\\\\\"|\\\\u003c|\\\\x|\\\\)[a-z]{0,3}\"",
            "\"2024-02-[0-9]{2}T10:11:12(\\.[0-9]{1,9})?(Z|\\+01:00)?\"",
            Just("null".to_owned()),
            "true|false|tru|nul|falsy| 1|1 |-|\\[|",
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

        /// The usual values are read as the careful reader reads them, and the others are left to it.
        #[test]
        #[cfg_attr(miri, ignore = "slow there")]
        fn quick_and_careful_agree(
            wants in prop::array::uniform3(prop::sample::select(&WANTS[..])),
            values in prop::collection::vec(value(), 2..5),
            epoch in prop::option::of(prop::sample::select(&[Precision::Ns, Precision::S][..])),
            padding in 0_usize..50,
        ) {
            let plan = plan(&wants, epoch);
            let text = format!("{}[{}]{}", " ".repeat(BEFORE), values.join(","), " ".repeat(padding));
            let (mut scratch, mut other) = (Scratch::new(), Scratch::new());
            let (mut cells, mut expected) = (Vec::new(), Vec::new());
            plan.fill(&mut cells, plan.columns());
            plan.fill(&mut expected, plan.columns());
            let found = row::<Json>(text.as_bytes(), BEFORE + 1, &plan, &mut cells, &mut scratch.arena());
            let end = careful_row::<Json>(text.as_bytes(), BEFORE + 1, &plan, &mut expected, &mut other.arena());
            prop_assert_eq!(found, end, "{}", text);
            if end.is_ok() {
                prop_assert_eq!(format!("{cells:?}"), format!("{expected:?}"), "{}", text);
            }
        }
    }
}
