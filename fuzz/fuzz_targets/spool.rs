//! Whatever bytes the segments of a spool hold, it opens, gives back records whose CRCs fit, and loses none of them from there.
//!
//! The first two bytes of an input say how the spool is used, the rest are files with their lengths.
#![no_main]

use influx_fuzz::spooled;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| spooled::check(input));
