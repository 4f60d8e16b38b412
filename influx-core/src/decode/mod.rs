//! Push decoders: bytes in as they arrive, rows out. No I/O here.
//!
//! [`Decoder`], [`Rows`], [`WholeSeries`] and [`Points`] are the same for every format; [`Syntax`] says which one an answer is in.

// What a format brings; all else is there:
//  1. a folder with its options, a public type that becomes a `Syntax` by `From`;
//  2. a `push::machine::Machine`: where in the bytes it stands, the next event, the rows behind each other, the end;
//  3. in its `step`, headers as `Columns`: names and tags, for each column what is known of kind and role, the unit of times;
//  4. `cells::Values`: how a value is read quickly where it is written as servers write it, and with care where not;
//  5. of those, `quick` on `cells::near::Near`, which says how many bytes it needs around a value, and nothing else unsafe;
//  6. errors of the server as events, and of malformed bytes with their place; nothing may pass for a complete answer;
//  7. `rows_end`: behind which place no row can be complete, so that none is begun in vain;
//  8. for InfluxQL only a `Notation`: objects, lists and values of a document that `influxql::walk` goes through;
//  9. tests: its recorded answers whole, split at every byte and cut at every byte, quick against careful, a fuzz target;
// 10. a reader in `benches/` and its figure in `instructions.txt`.

mod ahead;
mod cells;
pub(crate) mod column;
pub(crate) mod columns;
mod decimal;
mod digits;
pub(crate) mod error;
mod foreign;
pub(crate) mod from_row;
pub(crate) mod from_timestamp;
pub(crate) mod from_value;
mod json;
pub(crate) mod mismatch;
mod msgpack;
mod number;
pub(crate) mod owned_value;
pub(crate) mod plan;
pub(crate) mod push;
pub(crate) mod reads;
pub(crate) mod row;
mod scratch;
mod shared;
mod stop;
mod typed;
pub(crate) mod value_ref;

pub mod annotated_csv;
pub mod influxql;
pub mod line_protocol;

pub use push::{Decoder, LentRows, Message, Points, Rows, Series, Syntax, WholeSeries};
pub use scratch::Scratch;
