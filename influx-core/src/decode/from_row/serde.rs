//! Rows through serde.

use core::fmt;

use serde::Deserialize;
use serde::de::value::StrDeserializer;
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor,
};

use super::{FromRow, RowFamily};
use crate::decode::columns::Columns;
use crate::decode::error::{DecodeError, Owner};
use crate::decode::mismatch::Mismatch;
use crate::decode::number::is_number;
use crate::decode::owned_value::OwnedValue;
use crate::decode::plan::planner::Planner;
use crate::decode::plan::want::Want;
use crate::decode::row::Row;
use crate::decode::value_ref::ValueRef;
use crate::rfc3339;

/// A row as any type that serde can deserialize: a struct or map of the columns and the series' tags, or a tuple of the columns
/// in their order.
///
/// Numbers are read exactly into the type that is asked for; where a type takes anything, JSON's `12` is an integer. Times are nanoseconds where an
/// integer is asked for, and RFC 3339 otherwise. Null and an empty tag are `None`. Two columns of one name, or a column and a tag, are an error for
/// what is read by name.
/// A struct that derives [`FromRow`](macro@crate::FromRow) is read faster, and finds missing columns before the first row.
///
/// ```
/// use influx_core::Serde;
/// use influx_core::decode::{Scratch, influxql::iterpoints};
///
/// #[derive(serde::Deserialize)]
/// struct Load {
///     host: String,
///     #[serde(rename = "usage")]
///     percent: f64,
/// }
///
/// let body = br#"{"results":[{"series":[{"tags":{"host":"a"},"columns":["usage"],"values":[[12]]}]}]}"#;
/// let rows: Result<Vec<Serde<Load>>, _> = iterpoints(body, &mut Scratch::new()).collect();
/// let Serde(load) = &rows?[0];
/// assert_eq!((load.host.as_str(), load.percent), ("a", 12.0));
/// # Ok::<(), influx_core::DecodeError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Serde<T>(pub T);

impl<'r, T: Deserialize<'r>> FromRow<'r> for Serde<T> {
    const SLOTS: usize = 1;

    fn plan(planner: &mut Planner<'_>) -> Result<(), DecodeError> {
        planner.rest_all(Want::Any);
        Ok(())
    }

    fn from_row(row: &Row<'_, 'r>) -> Result<Self, DecodeError> {
        T::deserialize(RowReader(*row)).map(Serde).map_err(|fault| {
            let error = match &fault.cell {
                _ if fault.repeated => DecodeError::duplicate(NOBODY).in_column(&fault.text),
                Some((column, value)) => {
                    row.mismatch_of(0, value.value(), Mismatch::invalid(fault.text)).in_column(column)
                }
                None => DecodeError::whole_row(fault.text),
            };
            error.in_series(row.columns()).in_row(row.number())
        })
    }
}

impl<T: DeserializeOwned> RowFamily for Serde<T> {
    type Row<'r> = Serde<T>;
}

/// Why a type refused a row, and the cell that it was about.
#[derive(Debug)]
struct Fault {
    text: String,
    cell: Option<(Box<str>, OwnedValue)>,
    /// The text is a name that several columns have.
    repeated: bool,
}

impl Fault {
    fn repeated(name: &str) -> Self {
        Fault { text: name.to_owned(), cell: None, repeated: true }
    }
}

const NOBODY: Owner = Owner { strukt: "row", field: "", column: "" };

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl core::error::Error for Fault {}

impl de::Error for Fault {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Fault { text: message.to_string(), cell: None, repeated: false }
    }
}

struct RowReader<'c, 'r>(Row<'c, 'r>);

impl<'r> RowReader<'_, 'r> {
    fn cells(&self) -> Cells<'_, 'r, impl Iterator<Item = (&str, ValueRef<'r>, bool)>> {
        Cells { cells: self.0.rest(0), value: None, columns: self.0.columns() }
    }

    /// Where the rows are one for each field, a struct that names none of the columns for that would be left empty.
    fn unpivoted(&self, fields: &[&'static str]) -> Option<String> {
        let columns = self.0.columns();
        if !columns.is_unpivoted() || fields.contains(&"_field") || fields.contains(&"_value") {
            return None;
        }
        let missing = fields.iter().find(|name| columns.position(name).is_none())?;
        let owner = Owner { strukt: "row", field: "", column: missing };
        Some(DecodeError::missing(owner, columns).to_string())
    }
}

impl<'r> Deserializer<'r> for RowReader<'_, 'r> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'r>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0.repeated() {
            Some(name) => Err(Fault::repeated(name)),
            None => visitor.visit_map(self.cells()),
        }
    }

    fn deserialize_option<V: Visitor<'r>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'r>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'r>>(self, visitor: V) -> Result<V::Value, Fault> {
        let columns = self.0.columns();
        visitor.visit_seq(Cells { cells: self.0.rest(0).filter(|(_, _, tag)| !tag), value: None, columns })
    }

    fn deserialize_tuple<V: Visitor<'r>>(self, length: usize, visitor: V) -> Result<V::Value, Fault> {
        let columns = self.0.columns().columns().len();
        if columns != length {
            return Err(de::Error::invalid_length(columns, &visitor));
        }
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'r>>(
        self,
        _: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.deserialize_tuple(length, visitor)
    }

    fn deserialize_unit<V: Visitor<'r>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }

    fn deserialize_struct<V: Visitor<'r>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match self.0.repeated() {
            Some(name) if fields.contains(&name) => Err(Fault::repeated(name)),
            _ => match self.unpivoted(fields) {
                Some(missing) => Err(de::Error::custom(missing)),
                None => visitor.visit_map(self.cells()),
            },
        }
    }

    serde::forward_to_deserialize_any! {
        <V: Visitor<'r>>
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit_struct map enum
        identifier ignored_any
    }
}

/// The cells of a row, one after the other.
struct Cells<'c, 'r, I> {
    cells: I,
    value: Option<(&'c str, ValueRef<'r>, bool)>,
    columns: &'c Columns,
}

impl<'r> Cells<'_, 'r, ()> {
    fn read<S: DeserializeSeed<'r>>(
        (name, value, tag): (&str, ValueRef<'r>, bool),
        columns: &Columns,
        seed: S,
    ) -> Result<S::Value, Fault> {
        let empty = value.is_null() && columns.position(name).is_some_and(|at| columns.may_be_empty(at));
        seed.deserialize(Cell { value, tag, empty }).map_err(|mut fault| {
            fault.cell.get_or_insert_with(|| (name.into(), value.into()));
            fault
        })
    }
}

impl<'c, 'r, I: Iterator<Item = (&'c str, ValueRef<'r>, bool)>> MapAccess<'r> for Cells<'c, 'r, I> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'r>>(&mut self, seed: K) -> Result<Option<K::Value>, Fault> {
        // a missing tag is not there, which servers write as the empty text
        let missing = |value: &ValueRef<'_>| matches!(value, ValueRef::Null | ValueRef::Str(""));
        self.value = self.cells.by_ref().find(|(_, value, tag)| !(*tag && missing(value)));
        let Some((name, ..)) = self.value else { return Ok(None) };
        let name: StrDeserializer<'_, Fault> = name.into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'r>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        match self.value.take() {
            Some(cell) => Cells::read(cell, self.columns, seed),
            None => Err(de::Error::custom("a value was asked for before its key")),
        }
    }
}

impl<'c, 'r, I: Iterator<Item = (&'c str, ValueRef<'r>, bool)>> SeqAccess<'r> for Cells<'c, 'r, I> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'r>>(&mut self, seed: T) -> Result<Option<T::Value>, Fault> {
        self.cells.next().map(|cell| Cells::read(cell, self.columns, seed)).transpose()
    }
}

struct Cell<'r> {
    value: ValueRef<'r>,
    tag: bool,
    /// Null that may have been written as the empty text.
    empty: bool,
}

impl<'r> Cell<'r> {
    /// The value as a number: tags are texts, whatever was written.
    fn number(&self) -> ValueRef<'r> {
        match self.value {
            ValueRef::Str(text) if self.tag && is_number(text) => ValueRef::Number(text),
            ValueRef::Time(nanos) => ValueRef::I64(nanos),
            value => value,
        }
    }

    fn integer<V: Visitor<'r>>(self, visitor: V) -> Result<V::Value, Fault> {
        let number = self.number();
        match (number.get::<i64>(), number.get::<u64>()) {
            (Ok(value), _) => visitor.visit_i64(value),
            (_, Ok(value)) => visitor.visit_u64(value),
            _ => self.deserialize_any(visitor),
        }
    }

    fn float<V: Visitor<'r>>(self, visitor: V) -> Result<V::Value, Fault> {
        match (self.value, self.number().get::<f64>()) {
            (ValueRef::Time(_), _) | (_, Err(_)) => self.deserialize_any(visitor),
            (_, Ok(value)) => visitor.visit_f64(value),
        }
    }
}

macro_rules! forward {
    ($($method:ident => $to:ident),*) => { $(
        fn $method<V: Visitor<'r>>(self, visitor: V) -> Result<V::Value, Fault> {
            self.$to(visitor)
        }
    )* };
}

impl<'r> Deserializer<'r> for Cell<'r> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'r>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.value {
            ValueRef::Null => visitor.visit_unit(),
            ValueRef::Bool(value) => visitor.visit_bool(value),
            ValueRef::I64(value) => visitor.visit_i64(value),
            ValueRef::U64(value) => visitor.visit_u64(value),
            ValueRef::F64(value) => visitor.visit_f64(value),
            ValueRef::Number(text) => match (self.value.get::<i64>(), self.value.get::<u64>()) {
                (Ok(value), _) => visitor.visit_i64(value),
                (_, Ok(value)) => visitor.visit_u64(value),
                _ => match self.value.get::<f64>() {
                    Ok(value) => visitor.visit_f64(value),
                    Err(_) => visitor.visit_borrowed_str(text),
                },
            },
            ValueRef::Str(text) => visitor.visit_borrowed_str(text),
            ValueRef::Time(nanos) => visitor.visit_string(rfc3339::to_text(nanos)),
        }
    }

    fn deserialize_bool<V: Visitor<'r>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.value {
            ValueRef::Str("true") if self.tag => visitor.visit_bool(true),
            ValueRef::Str("false") if self.tag => visitor.visit_bool(false),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'r>>(self, visitor: V) -> Result<V::Value, Fault> {
        if self.value.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'r>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'r>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match self.value {
            ValueRef::Str(text) => visitor.visit_enum(text.into_deserializer()),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'r>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }

    fn deserialize_str<V: Visitor<'r>>(self, visitor: V) -> Result<V::Value, Fault> {
        if self.empty { visitor.visit_borrowed_str("") } else { self.deserialize_any(visitor) }
    }

    forward! {
        deserialize_string => deserialize_str,
        deserialize_i8 => integer, deserialize_i16 => integer, deserialize_i32 => integer,
        deserialize_i64 => integer, deserialize_i128 => integer, deserialize_u8 => integer,
        deserialize_u16 => integer, deserialize_u32 => integer, deserialize_u64 => integer,
        deserialize_u128 => integer, deserialize_f32 => float, deserialize_f64 => float
    }

    serde::forward_to_deserialize_any! {
        <V: Visitor<'r>>
        char bytes byte_buf unit unit_struct seq tuple tuple_struct map struct identifier
    }
}
