//! What a derived struct writes straight into reserved room is what a point built at run time gives, in a buffer that has
//! exactly the room asked for: texts of every length around the blocks of 16 bytes, with a special character at each
//! kind of place. Miri runs this, too.

use influx_core::{Dialect, EncodeError, LineProtocol, LineWriter, Nan, Point};

#[derive(LineProtocol)]
#[measurement("room")]
struct Room<'a> {
    #[timestamp]
    time: Option<i64>,
    #[tag]
    host: &'a str,
    #[tag]
    zone: Option<&'a str>,
    #[field]
    text: &'a str,
    #[field]
    usage: f64,
    #[field]
    count: i64,
    #[field]
    good: Option<bool>,
}

impl Room<'_> {
    fn point(&self) -> Point {
        let point = Point::new("room").tag("host", self.host).tag("zone", self.zone);
        let point = point.field("text", self.text).field("usage", self.usage).field("count", self.count);
        let point = point.field("good", self.good);
        self.time.into_iter().fold(point, Point::timestamp)
    }
}

/// One line, written where nothing was.
fn line(dialect: Dialect, default: Option<&str>, point: &impl LineProtocol) -> Result<String, EncodeError> {
    let mut writer = LineWriter::with_buffer(dialect, Vec::new()).nan(Nan::Skip);
    if let Some(value) = default {
        writer.default_tag("rack", value)?;
    }
    writer.write(point)?;
    Ok(String::from_utf8(writer.take()).expect("UTF-8"))
}

fn both_ways_agree(room: &Room<'_>) {
    for dialect in [Dialect::V1, Dialect::V2, Dialect::V3] {
        for default in [None, Some("7 a")] {
            let [derived, dynamic] =
                [line(dialect, default, room), line(dialect, default, &room.point())].map(Result::ok);
            assert_eq!(derived, dynamic, "{dialect} {default:?}");
        }
    }
}

/// A text of `length` bytes with `special` at `place`.
fn text(length: usize, place: usize, special: char) -> String {
    (0..length).map(|at| if at == place { special } else { char::from(b'a' + (at % 26) as u8) }).collect()
}

#[test]
fn texts_of_every_length() {
    // around the sixteen bytes that are copied at once
    let lengths: Vec<usize> = if cfg!(miri) { vec![1, 15, 16, 33] } else { (1..=50).collect() };
    for length in lengths {
        for place in [0, length / 2, length.saturating_sub(2), length - 1, length] {
            for special in [' ', '"', '\\'] {
                let text = text(length, place, special);
                both_ways_agree(&Room {
                    time: Some(1_700_000_000_000_000_000 + length as i64),
                    host: &text,
                    zone: (length % 2 == 0).then_some(&text),
                    text: &text,
                    usage: length as f64 / 100.0,
                    count: -(length as i64),
                    good: (length % 3 == 0).then_some(true),
                });
            }
        }
    }
}

#[test]
fn numbers_of_every_length() {
    let floats =
        [0.0, -0.0, 1.0 / 3.0, 99.99, 1e16, 1e300, f64::MAX, f64::MIN_POSITIVE, 5e-324, -1.5e-300, f64::NAN];
    let integers = (0..19).map(|digits| 10_i64.pow(digits)).chain([i64::MIN, i64::MAX, -1]);
    for (at, count) in integers.enumerate() {
        let usage = floats[at % floats.len()];
        for time in [None, Some(count / 2), Some(count.saturating_sub(7) / -3)] {
            both_ways_agree(&Room { time, host: "h", zone: None, text: "", usage, count, good: None });
        }
    }
}

/// Line after line into one buffer that grows.
#[test]
fn lines_follow_each_other() {
    let lines = if cfg!(miri) { 20 } else { 2_000 };
    for dialect in [Dialect::V1, Dialect::V2, Dialect::V3] {
        let (mut derived, mut dynamic) = (LineWriter::new(dialect), LineWriter::new(dialect));
        for n in 0..lines {
            let text = text(1 + n % 41, n % 53, ',');
            let room = Room {
                time: Some(n as i64 * 999_999_937),
                host: &text,
                zone: Some("z"),
                text: &text,
                usage: n as f64 * 0.37,
                count: n as i64,
                good: Some(n % 2 == 0),
            };
            derived.write(&room).expect("a line");
            dynamic.write(&room.point()).expect("a line");
        }
        assert_eq!(derived.as_bytes(), dynamic.as_bytes());
    }
}
