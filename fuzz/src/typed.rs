//! A response read into types: the same rows and errors however it is split and whatever reads it, and what a type tells the
//! decoder changes no value.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::Arc;
use std::time::SystemTime;

use influx_core::decode::{Decoder, Points, Rows, Scratch, Series, Syntax, WholeSeries};
use influx_core::{
    DecodeError, FromRow, OwnedValue, Planner, Point, Row, RowFamily, Serde, SeriesRow, ValueRef, Want,
};
use serde::Deserialize;

use crate::answer::COLUMNS;

/// Borrows what can be borrowed; most of it may be missing.
#[derive(FromRow, Debug)]
#[expect(dead_code, reason = "shown by Debug")]
struct Lent<'r> {
    #[timestamp]
    time: Option<SystemTime>,
    #[tag]
    host: Option<&'r str>,
    #[tag]
    region: Option<Cow<'r, str>>,
    #[field]
    n: Option<i32>,
    #[field]
    big: Option<u64>,
    #[field]
    ok: Option<bool>,
    #[field]
    s: Option<&'r str>,
    #[field]
    usage: f64,
}

/// Owns its texts; much of it must be there.
#[derive(FromRow, Debug)]
#[expect(dead_code, reason = "shown by Debug")]
struct Owned {
    #[measurement]
    name: Option<String>,
    #[timestamp(unit = "ms")]
    time: i64,
    #[tag(shared)]
    host: Arc<str>,
    #[tag(shared)]
    region: Option<Arc<str>>,
    #[tag]
    small: u8,
    #[field(default)]
    s: String,
    #[field(as = f64)]
    n: Option<i16>,
    #[field]
    usage: Option<f32>,
}

#[derive(FromRow, Debug)]
#[expect(dead_code, reason = "shown by Debug")]
struct Part {
    n: i64,
    usage: f64,
}

/// Some columns are known, the others go into maps.
#[derive(FromRow, Debug)]
#[expect(dead_code, reason = "shown by Debug")]
struct Mixed {
    #[field(flatten)]
    part: Option<Part>,
    #[tag(flatten)]
    tags: BTreeMap<String, String>,
    #[field]
    ok: Option<bool>,
    #[field(flatten)]
    fields: Vec<(String, OwnedValue)>,
}

#[derive(Deserialize, Debug)]
#[expect(dead_code, reason = "shown by Debug")]
struct BySerde {
    time: Option<String>,
    host: Option<String>,
    n: Option<u32>,
    usage: f64,
    #[serde(flatten)]
    rest: BTreeMap<String, serde_json::Value>,
}

#[derive(Deserialize, Debug)]
#[expect(dead_code, reason = "shown by Debug")]
struct LentBySerde<'r> {
    host: Option<&'r str>,
    #[serde(borrow)]
    s: Option<Cow<'r, str>>,
    big: Option<i128>,
    ok: Option<bool>,
    usage: Option<f32>,
}

struct LentFamily;

impl RowFamily for LentFamily {
    type Row<'r> = Serde<LentBySerde<'r>>;
}

/// A row with the header of its series. What the header says of the rows behind this one is left out: it depends on how far the
/// decoder has come.
struct Headed<T>(SeriesRow<T>);

impl<'r, T: FromRow<'r>> FromRow<'r> for Headed<T> {
    const SLOTS: usize = T::SLOTS;

    fn plan(planner: &mut Planner<'_>) -> Result<(), DecodeError> {
        SeriesRow::<T>::plan(planner)
    }

    fn from_row(row: &Row<'_, 'r>) -> Result<Self, DecodeError> {
        SeriesRow::from_row(row).map(Headed)
    }
}

impl<T: RowFamily> RowFamily for Headed<T> {
    type Row<'r> = Headed<T::Row<'r>>;
}

impl<T: Debug> Debug for Headed<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let SeriesRow { series, row, .. } = &self.0;
        write!(f, "{:?} {series} {row:?}", series.statement_id())
    }
}

const WANTS: [Want; 7] = [Want::Any, Want::Int, Want::Uint, Want::Float, Want::Str, Want::Bool, Want::Skip];

/// The columns of [`COLUMNS`], read with the want of that number; floats by their bits.
#[derive(PartialEq)]
struct Hinted<const WANT: usize>(Vec<Reading>);

#[derive(PartialEq, Debug, Clone)]
struct Reading {
    null: bool,
    time: bool,
    signed: Option<i64>,
    unsigned: Option<u64>,
    float: Option<u64>,
    short_float: Option<u32>,
    text: Option<String>,
    boolean: Option<bool>,
}

impl<'r, const WANT: usize> FromRow<'r> for Hinted<WANT> {
    const SLOTS: usize = COLUMNS.len();

    fn plan(planner: &mut Planner<'_>) -> Result<(), DecodeError> {
        COLUMNS.iter().try_for_each(|name| planner.field(name, name, WANTS[WANT], true))
    }

    fn from_row(row: &Row<'_, 'r>) -> Result<Self, DecodeError> {
        Ok(Hinted((0..COLUMNS.len()).map(|slot| reading(row.value(slot))).collect()))
    }
}

fn reading(value: ValueRef<'_>) -> Reading {
    Reading {
        null: value.is_null(),
        time: matches!(value, ValueRef::Time(_)),
        signed: value.get().ok(),
        unsigned: value.get().ok(),
        float: value.get::<f64>().ok().map(f64::to_bits),
        short_float: value.get::<f32>().ok().map(f32::to_bits),
        text: value.get().ok(),
        boolean: value.get().ok(),
    }
}

/// What a row shows: as it prints itself, or the error. Malformed or without an end: which of the two it is may depend on the
/// pieces.
type Shown = Option<Result<String, String>>;

fn show<T: Debug>(row: Result<T, DecodeError>) -> Shown {
    match row {
        Ok(row) => Some(Ok(format!("{row:?}"))),
        Err(error) if error.is_syntax() || error.is_truncated() => None,
        Err(error) => Some(Err(error.to_string())),
    }
}

fn whole<T: RowFamily>(body: &[u8], options: impl Into<Syntax> + Copy) -> Vec<Shown>
where
    for<'r> T::Row<'r>: Debug,
{
    let mut scratch = Scratch::new();
    Points::<T::Row<'_>>::new(body, &mut scratch, options).map(show).collect()
}

/// At most so many rows are read of each frame at first.
fn lent<T: RowFamily>(pieces: &[&[u8]], options: impl Into<Syntax> + Copy, most: usize) -> Vec<Shown>
where
    for<'r> T::Row<'r>: Debug,
{
    let mut decoder = Decoder::new(options);
    let mut shown = Vec::new();
    for (at, piece) in pieces.iter().enumerate() {
        decoder.push(*piece);
        shown.extend(decoder.rows::<T::Row<'_>>().take(most).map(show));
        // has its own loop
        if at % 2 == 0 {
            decoder.rows::<T::Row<'_>>().for_each(|row| shown.push(show(row)));
        }
    }
    decoder.finish();
    shown.extend(decoder.rows::<T::Row<'_>>().map(show));
    shown
}

fn owned<T: for<'r> FromRow<'r> + Debug>(pieces: &[&[u8]], options: impl Into<Syntax> + Copy) -> Vec<Shown> {
    let mut rows = Rows::<T, &[u8]>::new(options);
    let mut shown = Vec::new();
    for piece in pieces {
        rows.push(*piece);
        shown.extend(std::iter::from_fn(|| rows.next_row()).map(show));
    }
    rows.finish();
    shown.extend(std::iter::from_fn(|| rows.next_row()).map(show));
    shown
}

fn series<T: for<'r> FromRow<'r> + Debug>(
    pieces: &[&[u8]],
    options: impl Into<Syntax> + Copy,
) -> Vec<(Shown, Vec<String>)> {
    let mut whole = WholeSeries::<T, &[u8]>::new(options);
    for piece in pieces {
        whole.push(*piece);
    }
    whole.finish();
    let one = |series: Result<Series<T>, DecodeError>| {
        let rows = series.iter().flat_map(|series| &series.rows).map(|row| format!("{row:?}")).collect();
        (show(series.map(|Series { columns, .. }| columns)), rows)
    };
    std::iter::from_fn(|| whole.next_series()).map(one).collect()
}

/// Rows of a family that may borrow.
fn check_lent<T: RowFamily>(
    body: &[u8],
    splits: &[Vec<&[u8]>; 2],
    options: impl Into<Syntax> + Copy,
) -> Vec<Shown>
where
    for<'r> T::Row<'r>: Debug,
{
    let expected = whole::<T>(body, options);
    let [small, two] = splits;
    assert_eq!(lent::<T>(two, options, usize::MAX), expected, "in pieces of {:?}", sizes(two));
    let few = small.len() % 4;
    assert_eq!(lent::<T>(small, options, few), expected, "{few} rows of each of {:?}", sizes(small));
    expected
}

fn sizes(pieces: &[&[u8]]) -> Vec<usize> {
    pieces.iter().map(|piece| piece.len()).collect()
}

/// Rows that own what they have.
fn check<T>(body: &[u8], splits: &[Vec<&[u8]>; 2], options: impl Into<Syntax> + Copy)
where
    T: RowFamily + for<'r> FromRow<'r> + Debug,
    for<'r> T::Row<'r>: Debug,
{
    let expected = check_lent::<T>(body, splits, options);
    let by_series = series::<T>(&[body], options);
    if expected.iter().all(|shown| matches!(shown, Some(Ok(_)))) {
        let rows = expected.iter().flatten().flatten();
        assert!(by_series.iter().flat_map(|(_, rows)| rows).eq(rows), "{by_series:?} are {expected:?}");
    }
    let [small, two] = splits;
    assert_eq!(owned::<T>(two, options), expected, "in pieces of {:?}", sizes(two));
    assert_eq!(series::<T>(small, options), by_series, "in pieces of {:?}", sizes(small));
}

fn hinted<const WANT: usize>(
    body: &[u8],
    options: impl Into<Syntax> + Copy,
) -> Vec<Result<Vec<Reading>, String>> {
    let mut scratch = Scratch::new();
    let rows = Points::<Hinted<WANT>>::new(body, &mut scratch, options);
    rows.map(|row| row.map(|row| row.0).map_err(|error| error.to_string())).collect()
}

/// What is wanted of a column does not change what a type makes of it.
fn check_hint<const WANT: usize>(body: &[u8], options: impl Into<Syntax> + Copy) {
    let (plain, hinted) = (hinted::<0>(body, options), hinted::<WANT>(body, options));
    for (plain, hinted) in plain.iter().zip(&hinted) {
        let (plain, hinted) = match (plain, hinted) {
            (Ok(plain), Ok(hinted)) => (plain, hinted),
            // what is not wanted may be malformed
            (Err(_), _) if WANTS[WANT] == Want::Skip => return,
            (plain, hinted) => {
                assert_eq!(plain.as_ref().err(), hinted.as_ref().err());
                continue;
            }
        };
        for (plain, hinted) in plain.iter().zip(hinted) {
            match WANTS[WANT] {
                Want::Int => assert_eq!(plain.signed, hinted.signed),
                Want::Uint => assert_eq!(plain.unsigned, hinted.unsigned),
                Want::Float => assert_eq!(plain.float, hinted.float),
                // a time is read as a text where one is wanted
                Want::Str if plain.time => assert!(hinted.text.is_some()),
                Want::Str => assert_eq!(plain.text, hinted.text),
                Want::Bool => assert_eq!(plain.boolean, hinted.boolean),
                Want::Skip => {}
                _ => assert_eq!(plain, hinted),
            }
        }
    }
}

/// How many groups of types there are.
pub const GROUPS: u8 = 8;

/// Reads a body into the types of one group, whole and split.
///
/// # Panics
/// If they differ.
pub fn read(group: u8, body: &[u8], splits: &[Vec<&[u8]>; 2], options: impl Into<Syntax> + Copy) {
    match group % GROUPS {
        0 => drop(check_lent::<Lent<'_>>(body, splits, options)),
        1 => check::<Headed<Owned>>(body, splits, options),
        2 => check::<Mixed>(body, splits, options),
        3 => {
            check::<(OwnedValue,)>(body, splits, options);
            check::<(Option<SystemTime>, Option<f64>)>(body, splits, options);
            check::<(OwnedValue, Option<String>, OwnedValue)>(body, splits, options);
            check_lent::<Headed<()>>(body, splits, options);
        }
        4 => {
            check::<BTreeMap<String, OwnedValue>>(body, splits, options);
            check::<Vec<(Arc<str>, Option<f64>)>>(body, splits, options);
        }
        5 => {
            check::<Serde<BySerde>>(body, splits, options);
            check_lent::<LentFamily>(body, splits, options);
        }
        6 => {
            check::<Point>(body, splits, options);
            check::<Option<Part>>(body, splits, options);
        }
        _ => {
            check_hint::<1>(body, options);
            check_hint::<2>(body, options);
            check_hint::<3>(body, options);
            check_hint::<4>(body, options);
            check_hint::<5>(body, options);
            check_hint::<6>(body, options);
        }
    }
}
