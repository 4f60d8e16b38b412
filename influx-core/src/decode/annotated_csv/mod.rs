//! Answers to Flux, as `/api/v2/query` of 2.x, 1.8 and later and Cloud writes them: annotated CSV.
//!
//! All tables of all results are read. An error that the server wrote behind the rows, as a table of its own, comes out as an error after
//! them; so does a body that ends inside of a row. Memory is bounded by the largest row and what was pushed last.
//!
//! - [`iterpoints`] reads a complete body; rows can borrow from it.
//! - [`Rows`](crate::decode::Rows) takes bytes as they arrive and gives owned rows.
//! - [`WholeSeries`](crate::decode::WholeSeries) takes bytes as they arrive and gives tables with all their rows.
//! - [`Decoder`](crate::decode::Decoder) takes bytes as they arrive and lends rows that borrow from them.
//!
//! # What a table says
//!
//! The server must be asked for the annotations `datatype`, `group` and `default` and for the header row: without them nobody knows what the
//! cells are, which is an error.
//!
//! Every column is one of the row, those of the group key and the two that the format puts first included: `result`, the name of the `yield`,
//! and `table`, a number that counts from 0 in each result. Where the data have a column of such a name, too, a struct that asks for it gets
//! an error, since either could be meant; [`AnyRow::get`](crate::AnyRow::get) gives the first, the format's, and each can be had by its position.
//!
//! The header, [`Columns`](crate::Columns), tells of every column the datatype, whether it is in the group key, and the default; result and number
//! of the table; the group key with its values. Its name and its tags are those of the group key: `_measurement`, and the other texts.
//!
//! `#[timestamp]` is `_time`, whatever the member is called, and `#[measurement]` is `_measurement`. A table that is not pivoted has one row
//! for each field, `_field` and `_value`: a struct with a member for each field gets an error that says so.
//!
//! # Null and the empty text
//!
//! They are the same on the wire: an empty cell, whose value is the column's default, and null where it has none. An `Option` is `None`
//! then, and so is an `Option<String>` that was written as an empty text. Types that know no null give an error, except for texts: a
//! `String` or `&str` is the empty text, as it may have been written. Of a tag, which cannot be empty, an empty cell says that the row
//! lacks it: an error for a `String` with `#[tag]`.
//!
//! A line end within a text arrives as CR LF and is read as LF. The server drops other carriage returns of a text; only JSON, by
//! InfluxQL, has them.

mod foreign;
mod header;
mod options;
mod quick;
mod response;
mod row;
mod scan;
mod walk;

pub use options::{Options, Profiles};

use crate::decode::from_row::FromRow;
use crate::decode::push::machine::Syntax;
use crate::decode::push::points::Points;
use crate::decode::scratch::Scratch;

impl From<Options> for Syntax {
    fn from(options: Options) -> Syntax {
        Syntax(Box::new(walk::Walk::new(options)))
    }
}

/// The rows of all tables of a complete answer, as `T`. Texts are borrowed from the body; those with quotes or line ends in them from
/// `scratch`, which must live as long and can be used again afterwards.
///
/// ```
/// use influx_core::FromRow;
/// use influx_core::decode::{Scratch, annotated_csv::iterpoints};
///
/// #[derive(FromRow)]
/// struct Load<'r> {
///     #[timestamp]
///     time: i64, // `_time`
///     #[tag]
///     host: &'r str,
///     usage: Option<f64>,
///     note: &'r str,
/// }
///
/// let body = b"\
/// #datatype,string,long,dateTime:RFC3339,string,double,string\r
/// #group,false,false,false,true,false,false\r
/// #default,_result,,,,,\r
/// ,result,table,_time,host,usage,note\r
/// ,,0,1970-01-01T00:00:01Z,a,0.5,\"to b, or not\"\r
/// ,,0,1970-01-01T00:00:02Z,a,,\r
/// \r
/// ";
/// let mut scratch = Scratch::new();
/// let rows: Vec<Load<'_>> = iterpoints(body, &mut scratch).collect::<Result<_, _>>()?;
/// assert_eq!((rows[0].time, rows[0].host, rows[0].usage), (1_000_000_000, "a", Some(0.5)));
/// assert_eq!((rows[0].note, rows[1].usage, rows[1].note), ("to b, or not", None, ""));
/// # Ok::<(), influx_core::DecodeError>(())
/// ```
pub fn iterpoints<'b, T: FromRow<'b>>(body: &'b [u8], scratch: &'b mut Scratch) -> Points<'b, T> {
    iterpoints_with(body, scratch, Options::new())
}

/// As [`iterpoints`], for an answer that is to be read in that way.
///
/// ```
/// use influx_core::OwnedRow;
/// use influx_core::decode::{Scratch, annotated_csv::{Options, iterpoints_with}};
///
/// let body = b"#datatype,string,long,long\n#group,false,false,false\n#default,_result,,\n,result,table,n\n,,0,7";
/// let mut scratch = Scratch::new();
/// let rows: Vec<OwnedRow> =
///     iterpoints_with(body, &mut scratch, Options::new().open_end(true)).collect::<Result<_, _>>()?;
/// assert_eq!(rows[0].get("n").unwrap().get::<i64>(), Ok(7));
/// assert_eq!((rows[0].columns().result(), rows[0].columns().table()), (Some("_result"), Some(0)));
/// # Ok::<(), influx_core::DecodeError>(())
/// ```
pub fn iterpoints_with<'b, T: FromRow<'b>>(
    body: &'b [u8],
    scratch: &'b mut Scratch,
    options: Options,
) -> Points<'b, T> {
    Points::new(body, scratch, options)
}
