//! The values of fields.

use super::cursor::{Cursor, Parsed};
use crate::dialect::Dialect;
use crate::point::Value;

pub(super) fn value(cursor: &mut Cursor<'_>, dialect: Dialect) -> Parsed<Value> {
    if cursor.take(b'"') {
        return string(cursor);
    }
    let text = core::str::from_utf8(cursor.while_not(b", \n")).map_err(|_| "text that is not UTF-8")?;
    match text {
        "t" | "T" | "true" | "True" | "TRUE" => return Ok(Value::Bool(true)),
        "f" | "F" | "false" | "False" | "FALSE" => return Ok(Value::Bool(false)),
        _ => {}
    }
    let number = || -> Option<Value> {
        if let Some(digits) = text.strip_suffix('i') {
            return is_integer(digits).then(|| digits.parse().ok().map(Value::I64))?;
        }
        if let Some(digits) = text.strip_suffix('u') {
            let unsigned = dialect.has_unsigned() && digits.bytes().all(|byte| byte.is_ascii_digit());
            return unsigned.then(|| digits.parse().ok().map(Value::U64))?;
        }
        let float: f64 = is_float(text, dialect).then(|| text.parse().ok())??;
        float.is_finite().then_some(Value::F64(float))
    };
    number().ok_or_else(|| no_number(text, dialect))
}

/// What is wrong with a value that is none.
#[cold]
fn no_number(text: &str, dialect: Dialect) -> &'static str {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let number = digits.strip_suffix(['i', 'u']).unwrap_or(digits);
    let is_named = |names: [&str; 3]| names.iter().any(|name| digits.eq_ignore_ascii_case(name));
    match text.as_bytes().last() {
        None => "a missing value; leave the field out",
        _ if is_named(["nan", "inf", "infinity"]) => {
            "line protocol has no NaN and no infinity; leave the field out"
        }
        Some(b'u') if is_integer(number) && !dialect.has_unsigned() => {
            "InfluxDB 1.x has no unsigned integers; write it with an `i`, as a float or as a string"
        }
        Some(b'i' | b'u') if is_integer(number) => {
            "an integer that 64 bits do not hold; write it as a string or as a float"
        }
        _ if is_float(text, Dialect::V3) && text.parse::<f64>().is_ok() => {
            "a float that 64 bits do not hold, which servers refuse or take for infinite; leave the field out"
        }
        _ => {
            "an invalid number or boolean; write 1.5, 1i, true, and strings in double quotes, and escape spaces in keys and tags"
        }
    }
}

pub(super) fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// What Rust reads as a float without a plus sign in front, names and other oddities; v3 wants digits around the point.
fn is_float(text: &str, dialect: Dialect) -> bool {
    let allowed = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-');
    let digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
    let around = text
        .find('.')
        .is_none_or(|at| digit(text.as_bytes()[..at].last()) && digit(text.as_bytes().get(at + 1)));
    !text.starts_with('+') && text.bytes().all(allowed) && (around || dialect != Dialect::V3)
}

fn string(cursor: &mut Cursor<'_>) -> Parsed<Value> {
    let mut out = Vec::new();
    loop {
        out.extend_from_slice(cursor.while_not(b"\"\\"));
        match (cursor.peek(), cursor.text.get(cursor.at + 1)) {
            (Some(b'"'), _) => {
                cursor.at += 1;
                let text = String::from_utf8(out).map_err(|_| "text that is not UTF-8")?;
                return Ok(Value::Str(text.into()));
            }
            (Some(b'\\'), Some(next @ (b'"' | b'\\'))) => {
                out.push(*next);
                cursor.at += 2;
            }
            (Some(byte), _) => {
                out.push(byte);
                cursor.at += 1;
            }
            (None, _) => {
                return Err(
                    "unbalanced quotes; a string ends in a double quote, those within it are escaped",
                );
            }
        }
    }
}
