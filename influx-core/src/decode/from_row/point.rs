//! Rows as points, to be written again.

use super::{FromRow, RowFamily};
use crate::decode::column::{Column, ColumnRole};
use crate::decode::columns::repeated;
use crate::decode::error::{DecodeError, Owner};
use crate::decode::mismatch::Mismatch;
use crate::decode::plan::planner::Planner;
use crate::decode::row::Row;
use crate::decode::value_ref::ValueRef;
use crate::point::{Point, Value};

const OWNER: Owner = Owner { strukt: "Point", field: "field", column: "" };

/// A row as a point that can be written again: the name of the series, its tags, the column `time`, and the other columns as fields,
/// null ones left out.
///
/// **`SELECT *` alone turns tags into fields.** InfluxQL does not say which of its columns are tags, so that a point read in that way and
/// written again is another series with more fields. Write `SELECT * FROM m GROUP BY *`: then the tags are those of the series, and the
/// points are what was stored. Two columns of one name, or a column and a tag, are an error. JSON does
/// not say whether `12` is an integer or a float, so such a number is an error in it; the msgpack of 1.x and 2.x does, and the client
/// asks for that when points are fetched. 3.x has another msgpack, which does not: a struct is read from there, whose fields tell.
///
/// Flux says of every column what it holds. The tags are the texts of the group key, so that rows behind a `group(..)` of the query's own have tags
/// as fields; rows may be pivoted, or one for each field. **A field that holds the empty text is null there**, and is not in the point.
///
/// ```
/// use influx_core::{Dialect, LineWriter, Point};
/// use influx_core::decode::{Scratch, influxql::iterpoints};
///
/// let body = br#"{"results":[{"series":[{"name":"cpu","tags":{"host":"a"},"columns":["time","usage"],
///     "values":[["2024-01-01T00:00:00Z",0.5]]}]}]}"#;
/// let points: Result<Vec<Point>, _> = iterpoints(body, &mut Scratch::new()).collect();
/// let mut writer = LineWriter::new(Dialect::V1);
/// writer.write(&points?[0])?;
/// assert_eq!(writer.as_bytes(), b"cpu,host=a usage=0.5 1704067200000000000\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl<'r> FromRow<'r> for Point {
    const SLOTS: usize = 0;
    const TYPED: bool = true;

    fn plan(planner: &mut Planner<'_>) -> Result<(), DecodeError> {
        planner.everything();
        let columns = planner.columns();
        let measured = columns.columns().iter().any(|column| column.role == ColumnRole::Measurement);
        if columns.name().is_none() && !measured {
            return Err(DecodeError::no_measurement());
        }
        let of_point = columns.columns().iter().filter(|column| column.role != ColumnRole::Table);
        match repeated(of_point.map(|column| &*column.name).chain(columns.other_tags().map(|(key, _)| key))) {
            Some(name) => Err(DecodeError::duplicate(OWNER).in_column(name)),
            None => Ok(()),
        }
    }

    fn from_row(row: &Row<'_, 'r>) -> Result<Self, DecodeError> {
        let columns = row.columns();
        let text = |at| if let ValueRef::Str(text) = row.cell(at) { Some(text) } else { None };
        let measurement = || columns.columns().iter().position(|one| one.role == ColumnRole::Measurement);
        let name = columns
            .name()
            .or_else(|| measurement().and_then(text))
            .ok_or_else(|| DecodeError::no_measurement().in_series(columns).in_row(row.number()))?;
        let mut point = Point::new(name);
        for (key, value) in columns.other_tags() {
            point.push_tag(key, value);
        }
        // a row of one field has its name beside it
        let field = columns.position("_field").filter(|_| columns.is_unpivoted()).and_then(text);
        for (at, column) in columns.columns().iter().enumerate() {
            let name = match (field, &*column.name) {
                (Some(_), "_field") => continue,
                (Some(field), "_value") => field,
                (_, name) => name,
            };
            add(&mut point, at, column, (name, row.cell(at))).map_err(|why| {
                let error = DecodeError::value(OWNER, row.cell(at), why).in_column(&column.name);
                error.in_series(columns).in_row(row.number())
            })?;
        }
        Ok(point)
    }
}

fn add(
    point: &mut Point,
    at: usize,
    column: &Column,
    (name, value): (&str, ValueRef<'_>),
) -> Result<(), Mismatch> {
    match (column.role, value) {
        (ColumnRole::Table | ColumnRole::Measurement, _) => return Ok(()),
        (ColumnRole::Tag, ValueRef::Str(text)) => {
            point.push_tag(name, text);
            return Ok(());
        }
        _ => {}
    }
    let value = match value {
        ValueRef::Null => return Ok(()),
        ValueRef::Time(nanos) if at == 0 || name == "time" || column.role == ColumnRole::Time => {
            point.set_time(Ok(Some(nanos)));
            return Ok(());
        }
        ValueRef::Time(_) => return Err(Mismatch::invalid("a time, which no field can hold")),
        ValueRef::Bool(value) => Value::Bool(value),
        ValueRef::I64(value) => Value::I64(value),
        ValueRef::U64(value) => Value::U64(value),
        ValueRef::F64(value) => Value::F64(value),
        ValueRef::Str(text) => Value::Str(text.into()),
        ValueRef::Number(text) if text.contains(['.', 'e', 'E']) => Value::F64(value.get()?),
        ValueRef::Number(_) => {
            return Err(Mismatch::invalid(
                "an integer or a whole float: JSON does not tell which; ask for msgpack, which does on 1.x and 2.x, or read a struct, \
                 whose fields do",
            ));
        }
    };
    point.push_field(name, value);
    Ok(())
}

impl RowFamily for Point {
    type Row<'r> = Point;
}
