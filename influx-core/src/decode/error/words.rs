//! The words of the errors.

use core::fmt;

use super::{Inner, Kind};
use crate::shown::{NAME, TEXT, quoted, shown};

impl Inner {
    pub(super) fn place(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut before = " (";
        if let Some(id) = self.statement {
            write!(f, "{before}statement {id}")?;
            before = ", ";
        }
        if let Some((result, number)) = &self.table {
            write!(f, "{before}result {}", shown(result, NAME))?;
            before = ", ";
            if let Some(number) = number {
                write!(f, "{before}table {number}")?;
            }
        }
        if let Some(series) = &self.series {
            write!(f, "{before}series {}", shown(series, NAME))?;
            before = ", ";
        }
        if let Some(row) = self.row {
            write!(f, "{before}row {row}")?;
            before = ", ";
        }
        if before == ", " { f.write_str(")") } else { Ok(()) }
    }

    fn server(&self, text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the server reported: {}{}", shown(text, TEXT), hint(text))?;
        match &self.reference {
            Some(reference) if !reference.is_empty() => write!(f, " (reference {})", shown(reference, NAME)),
            _ => Ok(()),
        }
    }

    pub(super) fn what(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (strukt, field, column) = match self.owner {
            Some(owner) => (owner.strukt, owner.field, owner.column),
            None => ("", "", ""),
        };
        let strukt = shown(strukt, NAME);
        let of = if field.is_empty() { String::new() } else { format!("{strukt}.{}: ", shown(field, NAME)) };
        let column = quoted(self.column.as_deref().unwrap_or(column), NAME);
        let (found, text) = match &self.found {
            Some(found) => (found.kind, &*found.text),
            None => ("", ""),
        };
        match &self.kind {
            Kind::Server(text) => self.server(text, f),
            Kind::Truncated(what) => write!(f, "the response is incomplete: {}", shown(what, TEXT)),
            Kind::RowLimit => f.write_str(ROW_LIMIT),
            Kind::Syntax { offset, what } => {
                write!(f, "the response is malformed at byte {offset}: {}", shown(what, TEXT))
            },
            Kind::Value(why) if found == "null" && !why.invalid => {
                write!(f, "{of}column {column} is null where {why}; make it an Option to allow null")
            }
            Kind::Value(why) if why.invalid => write!(f, "{of}column {column} holds {found} {text}: {why}"),
            Kind::Value(why) => {
                let hint = if found == "time" { TIME } else { "" };
                write!(f, "{of}column {column} holds {found} {text} where {why}{hint}")
            }
            Kind::Missing { have, unpivoted } => {
                let hint = if *unpivoted { UNPIVOTED } else { MISSING };
                write!(f, "{of}the result has no column {column}, it has: {have}; {hint}")
            }
            Kind::Width { parts, have } => write!(
                f,
                "the tuple has {parts} parts and the result has the columns: {have}; give it one part for each column"
            ),
            #[cfg(feature = "serde")]
            Kind::Row(why) => write!(f, "a row cannot become the type that was asked for: {}", shown(why, TEXT)),
            Kind::NoMeasurement => f.write_str(
                "the result's series have no name, so its rows are no points; read them as OwnedRow or as a struct",
            ),
            Kind::Duplicate => write!(
                f,
                "{of}the result has column {column} more than once; give one of them another name in \
                 the query"
            ),
            Kind::ColumnType { want } => {
                write!(
                    f,
                    "{of}column {column} holds {found} values where {want} was expected"
                )
            }
            Kind::Slots { registered, declared } => write!(
                f,
                "{strukt}: FromRow::plan registered {registered} slots, but SLOTS is {declared}; the two must agree"
            ),
            Kind::Foreign(what) => f.write_str(what),
        }
    }
}

const ROW_LIMIT: &str = "the response is incomplete: the server stopped at its limit of rows (max-row-limit), and left out what follows, other \
    series and statements included; ask for chunks, which have no limit, or for less";

const MISSING: &str = "select it, rename the field's column, or make the field an Option";

const UNPIVOTED: &str =
    "its rows are one for each field: add .pivot() to the query, or name `_field` and `_value` in the struct";

const TIME: &str =
    "; read it as a time type, an i64 (nanoseconds) or a String, and a map of the fields alone as Fields<..>";

/// What to do about errors whose words do not tell.
fn hint(message: &str) -> &'static str {
    if message == "not executed" {
        "; an earlier statement of the same request failed, and 1.x hides its error behind this one: send one statement \
         per request to see it"
    } else if message == "database name required" {
        "; give one to the client or the query, .database(\"..\"), or name it in the text: FROM db..measurement"
    } else if message.contains("json: unsupported value") {
        "; the result holds an infinite value or NaN, which JSON cannot carry: exclude it in the query, or ask for msgpack"
    } else {
        ""
    }
}
