//! Answers to Flux as InfluxDB 2.x spells them: pivoted, one table for each series.

use std::io::Write;

use super::Loads;

const HEAD: &str = "\
#datatype,string,long,dateTime:RFC3339,dateTime:RFC3339,dateTime:RFC3339,string,string,string,string,double,string,double,boolean,long,double,double,double\r
#group,false,false,true,true,false,true,true,true,true,false,false,false,false,false,false,false,false\r
#default,_result,,,,,,,,,,,,,,,,\r
,result,table,_start,_stop,_time,_measurement,host,rack,region,load1,status,temp_c,throttled,uptime,usage_idle,usage_system,usage_user\r
";

/// The whole answer, with the empty line behind it.
pub(super) fn answer(loads: &Loads) -> Vec<u8> {
    let mut out = HEAD.as_bytes().to_vec();
    for (number, series) in loads.series.iter().enumerate() {
        for row in &series.rows {
            show(&mut out, format_args!(",,{number},2023-11-14T22:13:20Z,2023-11-15T07:56:40Z,"));
            time(&mut out, row.time);
            show(&mut out, format_args!(",cpu,{},{},{},", series.host, series.rack, series.region));
            float(&mut out, row.load1);
            out.push(b',');
            text(&mut out, row.status);
            out.push(b',');
            float(&mut out, row.temp_c);
            show(&mut out, format_args!(",{},{}", row.throttled, row.uptime));
            for value in [row.usage_idle, row.usage_system, row.usage_user] {
                out.push(b',');
                float(&mut out, value);
            }
            out.extend_from_slice(b"\r\n");
        }
    }
    out.extend_from_slice(b"\r\n");
    out
}

fn show(out: &mut Vec<u8>, value: impl std::fmt::Display) {
    write!(out, "{value}").expect("memory takes all");
}

/// Plain decimals, never an exponent.
fn float(out: &mut Vec<u8>, value: f64) {
    show(out, value);
}

/// RFC 3339 without trailing zeros; the times are all of 2023 and later.
fn time(out: &mut Vec<u8>, nanos: i64) {
    let text = influx_core::ValueRef::Time(nanos).to_string();
    out.extend_from_slice(text.as_bytes());
}

/// In quotes where it holds a comma, a quote or a line end, or begins with a space.
fn text(out: &mut Vec<u8>, text: &str) {
    if !text.starts_with(' ') && !text.contains([',', '"', '\r', '\n']) {
        return out.extend_from_slice(text.as_bytes());
    }
    out.push(b'"');
    out.extend_from_slice(text.replace('"', "\"\"").as_bytes());
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_quoted_where_they_must_be() {
        for (value, expected) in
            [("ok", "ok"), ("a, b", "\"a, b\""), ("\"a\"", "\"\"\"a\"\"\""), (" a", "\" a\"")]
        {
            let mut out = Vec::new();
            text(&mut out, value);
            assert_eq!(String::from_utf8(out).expect("text"), expected);
        }
    }
}
