//! Any bytes can be read as annotated CSV without a panic, split anywhere with the same tables and errors, whatever type is asked for; and
//! what a naive reader takes for annotated CSV is what it finds there.
//!
//! The first byte of an input are the options and the types, the second says how the rest is split.
#![no_main]

use influx_core::decode::annotated_csv::Options;
use influx_fuzz::csv::{lines, reference};
use influx_fuzz::response::splits;
use influx_fuzz::typed;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let [flags, split, body @ ..] = data else { return };
    let options = Options::new().open_end(flags & 1 == 1);
    let splits = splits(body, *split);
    let whole = lines(&[body], options);
    for pieces in &splits {
        assert_eq!(
            lines(pieces, options),
            whole,
            "in pieces of {:?}",
            pieces.iter().map(|piece| piece.len()).collect::<Vec<_>>()
        );
    }
    if let Some(expected) = reference(body) {
        assert_eq!(whole.events, expected);
        assert_eq!(whole.failures, 0, "{:?}", whole.last);
    }
    // the last group is of what does not know its types
    typed::read((flags >> 5) % (typed::GROUPS - 1), body, &splits, options);
});
