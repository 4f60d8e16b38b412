//! Queries: text, values and options become a request; the verbs that run it, and its answer as it arrives.

// What a language brings, in a file of its own; the verbs, the streams and what all queries can be told are there:
//  1. a type with its settings, that of the `L` in `Query<L>`: `InfluxQl` has the epoch, the format, the chunks, the database;
//  2. `Spoken` for it: what it takes from the client (`of`), the request for the client's generation (`request`), and the
//     `influx_core::decode::Syntax` that reads the answer (`syntax`);
//  3. how it writes the values that were bound, which `bind::named` gives: `params` does it for InfluxQL; what a language has no
//     word for is an error;
//  4. `impl Query<ThatType>` with the setters that no other language has;
//  5. `Client::that_language`, one line, and the type among the crate's names.

pub(crate) mod batches;
pub(crate) mod bind;
pub(crate) mod builder;
pub(crate) mod duration;
mod explain;
mod feed;
pub(crate) mod flux;
pub(crate) mod influxql;
pub(crate) mod language;
pub(crate) mod outcome;
mod params;
pub(crate) mod raw;
mod request;
pub(crate) mod statement;
pub(crate) mod statements;
pub(crate) mod stream;
mod verbs;
