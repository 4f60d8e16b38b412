//! Messages are one line that can be read, and short, whatever the names, values and server texts in them are.

use std::fmt::Display;

use influx_core::decode::{Scratch, influxql::iterpoints, line_protocol};
use influx_core::{
    AnyRow, Dialect, FromRow, LineProtocol, LineWriter, Mismatch, OwnedRow, Point, Precision, TagStr,
    Timestamp, TimestampError, ValueRef, lines,
};

const MAX: usize = 4_096;

/// Texts that break a line, hide or turn what follows, or are long.
fn hostile() -> Vec<String> {
    let unseen = "\n\r\t\0\u{1b}[31m\u{7f}\u{85}\u{a0}\u{ad}\u{200b}\u{200d}\u{200e}\u{2028}\u{2029}\u{202a}\u{202e}\u{2060}\u{2066}\u{2069}\u{3164}\u{feff}\u{e0001}";
    let mut texts =
        vec!["a\nERROR forged".to_owned(), format!("x{unseen}\"'`\\"), format!("{unseen}x").repeat(400)];
    texts.extend(unseen.chars().map(|c| format!("a{c}b")));
    texts.push("ä".repeat(100_000));
    texts.push("\u{10ffff}".repeat(20_000));
    texts
}

fn readable(error: &(impl Display + std::fmt::Debug)) {
    for message in [error.to_string(), format!("{error:?}")] {
        assert!(message.len() <= MAX, "{} bytes: {message}", message.len());
        let unseen =
            |c: char| c.is_control() || (!c.is_ascii() && c.escape_debug().count() > 1) || c == '\u{3164}';
        assert!(!message.contains(unseen), "{message}");
    }
}

#[test]
fn encode_errors() {
    let texts = hostile();
    let write = |dialect, point: &Point| {
        if let Err(error) = LineWriter::new(dialect).write(point) {
            readable(&error.with_index(usize::MAX));
        }
    };
    for text in &texts {
        for dialect in [Dialect::V1, Dialect::V2, Dialect::V3] {
            let nan = f64::NAN;
            write(dialect, &Point::new(text).field("f", 1));
            write(dialect, &Point::new("m").tag(text, "a").field("f", 1));
            write(dialect, &Point::new("m").tag("t", text).field("f", 1));
            write(dialect, &Point::new("m").field(text, 1));
            write(dialect, &Point::new("m").field(text, nan));
            write(dialect, &Point::new("m").field("f", text.as_str()).tag("f", "a"));
            write(dialect, &Point::new("m").field("f", 1).timestamp(text.as_str()));
            let plain: String = text.chars().filter(|c| !c.is_control()).collect();
            write(dialect, &Point::new("m").tag(&plain, "a").field(&plain, 1));
            write(dialect, &Point::new("m").tag(&plain, "a").tag(&plain, "b").field("f", 1));
            write(dialect, &Point::new("m").field(&plain, 1).field(&plain, 2));
            write(dialect, &Point::new("m").field(&plain, nan));
            write(dialect, &Point::new("m").tag(&plain, text).field("f", 1));
            if let Err(error) = LineWriter::new(dialect).default_tag(text, text.as_str()) {
                readable(&error);
            }
        }
        if let Err(error) = TagStr::new(text.as_str()) {
            readable(&error);
        }
        readable(&text.as_str().unix_nanos().unwrap_err());
        readable(&TimestampError::out_of_range(text));
    }
}

fn json(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

#[derive(FromRow, Debug)]
#[allow(dead_code)]
struct Wanted {
    #[timestamp]
    time: i64,
    #[tag]
    host: String,
    usage: f64,
}

fn first_error<T: for<'r> FromRow<'r>>(body: &str) {
    if let Some(Err(error)) = iterpoints::<T>(body.as_bytes(), &mut Scratch::new()).find(Result::is_err) {
        readable(&error);
    }
}

#[test]
fn decode_errors() {
    for text in hostile() {
        let short: String = text.chars().take(3_000).collect();
        let name = json(&short);
        let many = vec![&*name; 100].join(",");
        for body in [
            format!(r#"{{"results":[{{"error":{}}}]}}"#, json(&text)),
            format!(r#"{{"error":{name}}}"#),
            format!(
                r#"{{"results":[{{"series":[{{"name":{name},"tags":{{{name}:{name}}},"columns":["time",{many}],"values":[[1]]}}]}}]}}"#
            ),
            format!(
                r#"{{"results":[{{"series":[{{"name":{name},"columns":["time","host","usage"],"values":[[1,"a",{name}]]}}]}}]}}"#
            ),
            format!(
                r#"{{"results":[{{"series":[{{"name":{name},"columns":["time","host","usage"],"values":[[{name},"a",1]]}}]}}]}}"#
            ),
            format!(
                r#"{{"results":[{{"series":[{{"name":"m","columns":[{name},{name}],"values":[["x",1]]}}]}}]}}"#
            ),
            format!(r#"{{{name}:1}}"#),
            text.clone(),
            format!("{{{text}"),
        ] {
            first_error::<Wanted>(&body);
            first_error::<Point>(&body);
            first_error::<OwnedRow>(&body);
            first_error::<(f64, f64)>(&body);
            first_error::<std::collections::HashMap<String, bool>>(&body);
            #[cfg(feature = "serde")]
            first_error::<influx_core::Serde<std::collections::HashMap<String, bool>>>(&body);
            if let Some(Err(error)) = iterpoints::<AnyRow<'_>>(body.as_bytes(), &mut Scratch::new()).last() {
                readable(&error);
            }
        }
        readable(&Mismatch::invalid(text.clone()));
        readable(&Mismatch::expected(text.clone()));
        if let Err(error) = ValueRef::Str(&text).get::<i64>() {
            readable(&error);
        }
    }
}

#[test]
fn line_errors() {
    for text in hostile() {
        for line in [
            text.clone(),
            format!("m {text}=x"),
            format!("m f=\"{text}"),
            format!("m,{text}=1 f=1,f=2"),
            format!("m f={text}"),
        ] {
            for dialect in [Dialect::V1, Dialect::V2, Dialect::V3] {
                line_protocol::points(&line, dialect, Precision::Ns)
                    .filter_map(Result::err)
                    .for_each(|e| readable(&e));
                lines::check(line.as_bytes(), dialect, Precision::Ns)
                    .filter_map(Result::err)
                    .for_each(|e| readable(&e));
            }
        }
    }
}

#[test]
fn the_number_shown_is_the_number_given() {
    #[derive(LineProtocol)]
    struct Count {
        #[field(as = f64)]
        n: u64,
        #[field(as = i64)]
        m: u64,
    }
    let message = |n, m| LineWriter::new(Dialect::V2).write(&Count { n, m }).unwrap_err().to_string();
    assert!(message((1 << 53) + 1, 0).contains("\"9007199254740993\""));
    assert!(message(u64::MAX, 0).contains("\"18446744073709551615\""));
    assert!(message(0, u64::MAX).contains("\"18446744073709551615\""));
}

#[cfg(feature = "rust_decimal")]
#[test]
fn a_decimal_that_is_no_float_is_an_error_with_its_own_digits() {
    use rust_decimal::Decimal;
    let given: Decimal = "0.12345678901234567".parse().unwrap();
    // kept in a point before it is written
    let error = LineWriter::new(Dialect::V1).write(&Point::new("m").field("f", given)).unwrap_err();
    assert!(error.to_string().contains("field `f` \"0.12345678901234567\": is no exact"), "{error}");
}

#[test]
fn a_text_that_did_not_fit_is_an_error_in_a_point_too() {
    use influx_core::{FieldValue, TagValue, Text};
    struct Long;
    impl TagValue for Long {
        type Wire<'a> = Text<2>;
        fn wire(&self) -> Text<2> {
            Text::new(format_args!("{}{}", "ab", "cd"))
        }
    }
    impl FieldValue for Long {
        type Wire<'a> = Text<2>;
        fn wire(&self) -> Text<2> {
            TagValue::wire(self)
        }
    }
    for point in [Point::new("m").tag("t", Long).field("f", 1), Point::new("m").field("f", Long)] {
        let error = LineWriter::new(Dialect::V1).write(&point).unwrap_err().to_string();
        assert!(error.contains("was formatted into a `Text<2>`"), "{error}");
    }
}

#[test]
fn advice_can_be_followed() {
    struct ByHand;
    impl LineProtocol for ByHand {
        fn encode(&self, writer: &mut LineWriter) -> Result<(), influx_core::EncodeError> {
            let mut line = writer.line();
            line.field("f", 1)?;
            line.finish("m", None::<i64>)
        }
    }
    #[derive(LineProtocol)]
    struct Outer {
        #[field(flatten)]
        inner: ByHand,
    }
    let message = LineWriter::new(Dialect::V1).write(&Outer { inner: ByHand }).unwrap_err().to_string();
    assert!(message.contains("method `columns`") && !message.contains("`Columns`"), "{message}");
    let message =
        LineWriter::new(Dialect::V1).write(&Point::new("m").field("f", f64::NAN)).unwrap_err().to_string();
    assert!(message.contains("nan = \"skip\"") && message.contains(".nan(Nan::Skip)"), "{message}");
}
