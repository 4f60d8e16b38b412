//! How fast reading can be: a reader written by hand for the columns of [`Load`] in the order of the answer, unsafe, with nothing that
//! a library must do on top. It takes a whole body, knows one measurement, and checks no number's range.
//!
//! The rule behind every `unsafe` here: the cursor stays within the answer or at its end, and [`Answer::PADDING`] bytes behind the
//! end can be read. A cell is read in blocks that begin within the answer and are not larger than that; only what was met within the
//! answer moves the cursor, as the padding holds neither digits nor quotes.

mod cursor;
mod float;

use crate::answer::{Answer, Load, Visit};
use cursor::Cursor;

const START: &[u8] = br#"{"results":[{"statement_id":0,"series":["#;
const HOST: &[u8] = br#"{"name":"cpu","tags":{"host":""#;
const RACK: &[u8] = br#","rack":""#;
const REGION: &[u8] = br#","region":""#;
const COLUMNS: &[u8] = br#"},"columns":["time","load1","status","temp_c","throttled","uptime","usage_idle","usage_system","usage_user"],"values":["#;

/// Reads an answer that has at least one row in each series; `None` when it is another.
#[inline(never)]
pub fn read(answer: &Answer, to: &mut impl Visit) -> Option<()> {
    let mut cursor = Cursor::new(answer);
    let mut scratch = Vec::new();
    cursor.literal(START)?;
    loop {
        cursor.literal(HOST)?;
        let host = cursor.tag()?;
        cursor.literal(RACK)?;
        let rack = cursor.tag()?;
        cursor.literal(REGION)?;
        let region = cursor.tag()?;
        cursor.literal(COLUMNS)?;
        loop {
            cursor.byte(b'[')?;
            let time = cursor.integer()?;
            cursor.byte(b',')?;
            let load1 = cursor.float()?;
            cursor.byte(b',')?;
            let status = cursor.string(&mut scratch)?;
            cursor.byte(b',')?;
            let temp_c = cursor.float()?;
            cursor.byte(b',')?;
            let throttled = cursor.boolean()?;
            cursor.byte(b',')?;
            let uptime = cursor.integer()?;
            cursor.byte(b',')?;
            let usage_idle = cursor.float()?;
            cursor.byte(b',')?;
            let usage_system = cursor.float()?;
            cursor.byte(b',')?;
            let usage_user = cursor.float()?;
            cursor.byte(b']')?;
            to.visit(&Load {
                time,
                host,
                rack,
                region,
                load1,
                status,
                temp_c,
                throttled,
                uptime,
                usage_idle,
                usage_system,
                usage_user,
            });
            if !cursor.goes_on()? {
                break;
            }
        }
        cursor.byte(b'}')?;
        if !cursor.goes_on()? {
            return cursor.literal(b"}]}\n");
        }
    }
}
