//! Any text can be read as line protocol of each dialect without a panic, and each point that is read can be written again and is
//! then read as the same, or is refused. The check of raw lines walks over the same text, and passes what was written.
#![no_main]

use influx_core::decode::line_protocol::points;
use influx_core::{Dialect, LineWriter, Precision, lines};
use influx_fuzz::model::{Line, read};
use libfuzzer_sys::fuzz_target;

fn round_trip(text: &str, dialect: Dialect, precision: Precision) {
    for point in points(text, dialect, precision) {
        let point = match point {
            Ok(point) => point,
            Err(error) => {
                assert!(error.line() > 0 && error.line() <= text.lines().count(), "{error}");
                continue;
            }
        };
        let mut writer = LineWriter::new(dialect).precision(precision);
        if writer.write(&point).is_err() {
            assert!(writer.is_empty());
            continue;
        }
        let written = std::str::from_utf8(writer.as_bytes()).expect("lines are UTF-8");
        let wrong = lines::check(writer.as_bytes(), dialect, precision).find_map(Result::err);
        assert_eq!(wrong, None, "{text:?} written as {written:?}");
        let expected = Line::written(&point, &[], dialect, precision);
        assert_eq!(read(written, dialect, precision), [expected], "{text:?} written as {written:?}");
    }
}

/// Numbers and ranges are those of the lines, and the ranges are the text.
fn check(text: &str, dialect: Dialect, precision: Precision) {
    let mut end = 0;
    for (number, line) in lines::check(text.as_bytes(), dialect, precision).enumerate() {
        let (found, range) = match &line {
            Ok(line) => (line.number(), line.range()),
            Err(error) => {
                assert!(!error.to_string().contains(char::is_control), "{error}");
                (error.line(), error.range())
            }
        };
        assert!(found == number && range.start == end && range.end > end, "{text:?}");
        end = range.end;
    }
    assert_eq!(end, text.len());
    lines::repeats(text.as_bytes()).for_each(|repeat| assert!(repeat.earlier < repeat.later));
}

fuzz_target!(|text: &str| {
    for dialect in [Dialect::V1, Dialect::V2, Dialect::V3] {
        for precision in [Precision::Ns, Precision::Us, Precision::Ms, Precision::S] {
            round_trip(text, dialect, precision);
            check(text, dialect, precision);
        }
    }
});
