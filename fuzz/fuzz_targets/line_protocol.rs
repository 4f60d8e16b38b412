//! Any text can be read as line protocol of each dialect without a panic, and each point that is read can be written again and is
//! then read as the same, or is refused.
#![no_main]

use influx_core::decode::line_protocol::points;
use influx_core::{Dialect, LineWriter, Precision};
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
        let expected = Line::written(&point, &[], dialect, precision);
        assert_eq!(read(written, dialect, precision), [expected], "{text:?} written as {written:?}");
    }
}

fuzz_target!(|text: &str| {
    for dialect in [Dialect::V1, Dialect::V2, Dialect::V3] {
        for precision in [Precision::Ns, Precision::Us, Precision::Ms, Precision::S] {
            round_trip(text, dialect, precision);
        }
    }
});
