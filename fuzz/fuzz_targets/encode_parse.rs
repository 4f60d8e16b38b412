//! What a writer writes is read back as the point that was given to it; what it refuses leaves its buffer alone; and the derive
//! writes the bytes that `Point` writes.
#![no_main]

use arbitrary::Arbitrary;
use influx_core::{Dialect, LineProtocol, LineWriter, Point};
use influx_fuzz::input::{PointInput, Text, WriterInput};
use influx_fuzz::model::{Line, is_plain, read, read_as_v3};
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
struct Input {
    writer: WriterInput,
    points: Vec<PointInput>,
    derived: Vec<DerivedInput>,
}

#[derive(Arbitrary, Debug)]
struct DerivedInput {
    measurement: Text,
    tag: Text,
    optional_tag: Option<Text>,
    number_tag: u16,
    float: f64,
    short_float: Option<f32>,
    integer: i64,
    unsigned: u64,
    boolean: Option<bool>,
    string: Text,
    time: Option<i64>,
}

/// Keys that need escaping, too, tags in an order that is not the keys'.
#[derive(LineProtocol)]
struct Derived {
    #[measurement]
    measurement: String,
    #[tag(rename = "z, =\u{e9}")]
    tag: String,
    #[tag(rename = "a\\b")]
    optional_tag: Option<String>,
    #[tag]
    number_tag: u16,
    #[field(rename = "f, =\u{e9}")]
    float: f64,
    #[field]
    short_float: Option<f32>,
    #[field]
    integer: i64,
    #[field]
    unsigned: u64,
    #[field]
    boolean: Option<bool>,
    #[field]
    string: String,
    #[timestamp]
    time: Option<i64>,
}

impl From<&DerivedInput> for Derived {
    fn from(input: &DerivedInput) -> Self {
        Derived {
            measurement: input.measurement.text(),
            tag: input.tag.text(),
            optional_tag: input.optional_tag.as_ref().map(Text::text),
            number_tag: input.number_tag,
            float: input.float,
            short_float: input.short_float,
            integer: input.integer,
            unsigned: input.unsigned,
            boolean: input.boolean,
            string: input.string.text(),
            time: input.time,
        }
    }
}

impl Derived {
    fn point(&self) -> Point {
        Point::new(&self.measurement)
            .tag("z, =\u{e9}", &self.tag)
            .tag("a\\b", &self.optional_tag)
            .tag("number_tag", self.number_tag)
            .field("f, =\u{e9}", self.float)
            .field("short_float", self.short_float)
            .field("integer", self.integer)
            .field("unsigned", self.unsigned)
            .field("boolean", self.boolean)
            .field("string", &self.string)
            .timestamp(self.time)
    }
}

/// Writes one point after what is there; `None` when it is refused.
fn write(writer: &mut LineWriter, point: &impl LineProtocol) -> Option<String> {
    let before = writer.as_bytes().to_vec();
    match writer.write(point) {
        Ok(()) => {
            let line = writer.as_bytes().strip_prefix(before.as_slice()).expect("the lines before are kept");
            Some(String::from_utf8(line.to_vec()).expect("a line is UTF-8"))
        }
        Err(error) => {
            assert_eq!(writer.as_bytes(), before, "the buffer is as it was");
            assert!(!error.to_string().is_empty());
            None
        }
    }
}

fuzz_target!(|input: Input| {
    let (dialect, precision) = (input.writer.dialect(), input.writer.precision());
    let (mut writer, defaults) = input.writer.writer();
    let mut expected = Vec::new();
    for point in input.points.iter().map(PointInput::point) {
        match write(&mut writer, &point) {
            Some(_) => expected.push(Line::written(&point, &defaults, dialect, precision)),
            None => assert!(!is_plain(&point, &defaults, dialect), "refused: {point:?}"),
        }
    }
    for derived in input.derived.iter().map(Derived::from) {
        let point = derived.point();
        let by_derive = write(&mut writer, &derived);
        assert_eq!(by_derive, write(&mut writer, &point), "the derive and {point:?}");
        if by_derive.is_some() {
            let line = Line::written(&point, &defaults, dialect, precision);
            expected.extend([line.clone(), line]);
        }
    }
    let text = std::str::from_utf8(writer.as_bytes()).expect("lines are UTF-8");
    assert_eq!(read(text, dialect, precision), expected, "{text}");
    if dialect == Dialect::V3 {
        assert_eq!(read_as_v3(text), expected, "{text}");
    }
});
