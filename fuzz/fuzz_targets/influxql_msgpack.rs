//! Any bytes can be read as a MessagePack response of InfluxQL without a panic, split anywhere with the same rows and errors,
//! whatever type is asked for; and what is in the form of the servers is read as rmpv reads it.
//!
//! The first byte of an input are the options and the types, the second says how the rest is split. The rest is the body, or, if the
//! options say so, what an answer is made up of: what comes out of that is known without any reader. It is then also cut, and
//! changed in one place.
#![no_main]

use arbitrary::{Arbitrary, Unstructured};
use influx_core::decode::influxql::Format;
use influx_fuzz::answer::Answer;
use influx_fuzz::msgpack::{Rest, cell, reference};
use influx_fuzz::response::{Asked, decode, decode_split, splits};
use influx_fuzz::typed;
use libfuzzer_sys::fuzz_target;

fn check(body: &[u8], asked: Asked, split: u8) {
    let decoded = decode_split(body, &splits(body, split), asked.options(), cell);
    reference(body, asked).check(&decoded);
}

fn check_made_up(input: &[u8], asked: Asked, split: u8, group: u8) -> arbitrary::Result<()> {
    let mut input = Unstructured::new(input);
    let (at, by) = (usize::from(u16::arbitrary(&mut input)?), u8::arbitrary(&mut input)?);
    let answer = Answer::arbitrary_take_rest(input)?;
    let mut body = answer.write();
    let expected = answer.expected(asked);
    expected.check(&decode(&[&body], asked.options(), cell));
    let read = reference(&body, asked);
    if read.rest != Rest::Unknown {
        assert_eq!(read, expected, "the reference itself");
    }
    check(&body, asked, split);
    if !body.is_empty() && by != 0 {
        let at = at % body.len();
        check(&body[..at], asked, split);
        body[at] ^= by;
        check(&body, asked, split);
    }
    typed::read(group, &body, &splits(&body, split), asked.options());
    Ok(())
}

fuzz_target!(|data: &[u8]| {
    let [flags, split, body @ ..] = data else { return };
    let (asked, group) = (Asked::new(Format::Msgpack, *flags), flags >> 5);
    if flags & 2 == 2 {
        // too few bytes for an answer: nothing to check
        let _ = check_made_up(body, asked, *split, group);
    } else {
        check(body, asked, *split);
        typed::read(group, body, &splits(body, *split), asked.options());
    }
});
