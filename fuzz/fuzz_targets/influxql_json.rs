//! Any bytes can be read as a response of InfluxQL without a panic, split anywhere with the same rows and errors; and what is JSON in
//! the form of the servers is read as serde_json reads it.
//!
//! The first byte of an input are the options, the second says how the rest is split.
#![no_main]

use influx_core::decode::influxql::Options;
use influx_fuzz::reference::{Event, decode, reference};
use libfuzzer_sys::fuzz_target;

/// Malformed or without an end: which of the two shows, and its words, may depend on the pieces.
fn comparable(events: &[Event]) -> Vec<Option<&Event>> {
    let known = |event| (!matches!(event, &Event::Other(_) | &Event::Truncated)).then_some(event);
    events.iter().map(known).collect()
}

/// Pieces of 1 to 16 bytes.
fn small_pieces(mut body: &[u8], seed: u8) -> Vec<&[u8]> {
    let mut random = u32::from(seed) | 0x100;
    let mut pieces = Vec::new();
    while !body.is_empty() {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let (piece, rest) = body.split_at(((random >> 28) as usize + 1).min(body.len()));
        pieces.push(piece);
        body = rest;
    }
    pieces
}

fuzz_target!(|data: &[u8]| {
    let [flags, split, body @ ..] = data else { return };
    let chunked = flags & 1 == 1;
    let options = Options::new().chunked(chunked);
    let whole = decode([body], options);
    let at = body.len() * usize::from(*split) / 256;
    for pieces in [small_pieces(body, *split), vec![&body[..at], &body[at..]]] {
        let sizes: Vec<_> = pieces.iter().map(|piece| piece.len()).collect();
        let split = decode(pieces, options);
        assert_eq!(comparable(&split), comparable(&whole), "in pieces of {sizes:?}");
    }
    if let Some(expected) = reference(body, chunked) {
        assert_eq!(whole, expected);
    }
});
