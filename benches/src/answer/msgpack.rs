//! Answers in msgpack: the maps and lists of the JSON, typed values. The server puts the tags in an order that changes from series to
//! series; here they are sorted.

use super::Loads;

const COLUMNS: [&str; 9] =
    ["time", "load1", "status", "temp_c", "throttled", "uptime", "usage_idle", "usage_system", "usage_user"];

/// The whole document.
pub(super) fn answer(loads: &Loads) -> Vec<u8> {
    let mut out = Vec::new();
    map(&mut out, 1);
    string(&mut out, "results");
    array(&mut out, 1);
    map(&mut out, if loads.series.is_empty() { 1 } else { 2 });
    string(&mut out, "statement_id");
    integer(&mut out, 0);
    if loads.series.is_empty() {
        return out;
    }
    string(&mut out, "series");
    array(&mut out, loads.series.len());
    for series in &loads.series {
        map(&mut out, 4);
        string(&mut out, "name");
        string(&mut out, "cpu");
        string(&mut out, "tags");
        map(&mut out, 3);
        for text in ["host", &series.host, "rack", &series.rack, "region", &series.region] {
            string(&mut out, text);
        }
        string(&mut out, "columns");
        array(&mut out, COLUMNS.len());
        for name in COLUMNS {
            string(&mut out, name);
        }
        string(&mut out, "values");
        array(&mut out, series.rows.len());
        for row in &series.rows {
            array(&mut out, COLUMNS.len());
            time(&mut out, row.time);
            float(&mut out, row.load1);
            string(&mut out, row.status);
            float(&mut out, row.temp_c);
            out.push(if row.throttled { 0xc3 } else { 0xc2 });
            integer(&mut out, row.uptime);
            float(&mut out, row.usage_idle);
            float(&mut out, row.usage_system);
            float(&mut out, row.usage_user);
        }
    }
    out
}

fn map(out: &mut Vec<u8>, pairs: u8) {
    out.push(0x80 | pairs);
}

fn array(out: &mut Vec<u8>, count: usize) {
    match count {
        0..16 => out.push(0x90 | count as u8),
        16..0x1_0000 => {
            out.push(0xdc);
            out.extend_from_slice(&(count as u16).to_be_bytes());
        }
        _ => {
            out.push(0xdd);
            out.extend_from_slice(&(count as u32).to_be_bytes());
        }
    }
}

fn string(out: &mut Vec<u8>, text: &str) {
    match text.len() {
        len @ 0..32 => out.push(0xa0 | len as u8),
        len => out.extend_from_slice(&[0xd9, u8::try_from(len).expect("a short text")]),
    }
    out.extend_from_slice(text.as_bytes());
}

/// In as few bytes as hold the value and its sign. No value here is negative.
fn integer(out: &mut Vec<u8>, value: i64) {
    if let Ok(value @ 0..) = i8::try_from(value) {
        out.push(value as u8);
    } else if let Ok(value) = i16::try_from(value) {
        out.push(0xd1);
        out.extend_from_slice(&value.to_be_bytes());
    } else if let Ok(value) = i32::try_from(value) {
        out.push(0xd2);
        out.extend_from_slice(&value.to_be_bytes());
    } else {
        out.push(0xd3);
        out.extend_from_slice(&value.to_be_bytes());
    }
}

fn float(out: &mut Vec<u8>, value: f64) {
    out.push(0xcb);
    out.extend_from_slice(&value.to_be_bytes());
}

/// Of the type 5: 8 bytes of seconds, 4 bytes of nanoseconds.
fn time(out: &mut Vec<u8>, nanos: i64) {
    out.extend_from_slice(&[0xc7, 12, 5]);
    out.extend_from_slice(&nanos.div_euclid(1_000_000_000).to_be_bytes());
    out.extend_from_slice(&(nanos.rem_euclid(1_000_000_000) as i32).to_be_bytes());
}
