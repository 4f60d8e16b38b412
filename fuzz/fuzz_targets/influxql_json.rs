//! Any bytes can be read as a response of InfluxQL without a panic, split anywhere with the same rows and errors, whatever type is
//! asked for; and what is JSON in the form of the servers is read as serde_json reads it.
//!
//! The first byte of an input are the options and the types, the second says how the rest is split.
#![no_main]

use influx_core::decode::influxql::Format;
use influx_fuzz::json::{cell, reference};
use influx_fuzz::response::{Asked, decode_split, splits};
use influx_fuzz::typed;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let [flags, split, body @ ..] = data else { return };
    let asked = Asked::new(Format::Json, *flags);
    let splits = splits(body, *split);
    let decoded = decode_split(body, &splits, asked.options(), cell);
    if let Some(expected) = reference(body, asked) {
        assert_eq!(decoded.events, expected);
    }
    typed::read(flags >> 5, body, &splits, asked.options());
});
