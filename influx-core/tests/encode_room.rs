//! What a derived struct writes straight into reserved room is what a point built at run time gives, in a buffer that has
//! exactly the room asked for: texts of every length around the blocks of 16 bytes, with a special character at each
//! kind of place. Miri runs this, too.

use influx_core::{Dialect, EncodeError, LineProtocol, LineWriter, Nan, Point, TagStr};

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

/// Nothing but characters to escape, which doubles a text.
#[test]
fn texts_that_double() {
    let lengths: Vec<usize> = if cfg!(miri) { vec![1, 7, 8, 16, 17] } else { (1..=70).collect() };
    for length in lengths {
        for special in [" ", ",", "\"", "\\", ",x", "\\,"] {
            let text = special.repeat(length);
            let zone = Some(text.as_str());
            both_ways_agree(&Room {
                time: None,
                host: &text,
                zone,
                text: &text,
                usage: 0.5,
                count: 1,
                good: None,
            });
        }
    }
}

/// The key of a line is counted with all that is in it.
#[test]
fn keys_of_almost_the_longest_length() {
    if cfg!(miri) {
        return;
    }
    for length in (65_400..65_540).chain([32_700, 70_000, 200_000]) {
        let text = "x".repeat(length);
        both_ways_agree(&Room {
            time: Some(1),
            host: &text,
            zone: Some("z"),
            text: &text,
            usage: 0.5,
            count: 1,
            good: None,
        });
    }
}

/// The calls of a derive in no order of a line, more of them than were announced: no good line, and no harm.
#[test]
fn calls_in_any_order() {
    let room = Room { time: None, host: "h", zone: None, text: "", usage: 0.0, count: 0, good: None };
    let schema = room.schema().expect("derived");
    static LONG: [u8; 3_000] = [b'k'; 3_000];
    let text = text(40, 3, ',');
    let tag = TagStr::new("\u{e4},".repeat(60)).expect("a tag");
    let mut writer = LineWriter::new(Dialect::V2);
    writer.default_tag("rack", "7").expect("a tag");
    let (mut written, rounds) = (0, 40);
    for round in 0..rounds {
        let mut line = writer.derived(schema);
        line.fields();
        for at in 0..round {
            line.field(b"=", i64::MIN);
            line.tag(&LONG[..at * 70], at * 9, text.as_str());
            line.measurement(&LONG[..at]);
            line.field(&LONG[at..], f64::MIN_POSITIVE);
            line.extra_tag(b",e=x", 1);
            line.tag(b",", 0, &tag);
            line.measurement_and_tag(b"m,h=", 300, u64::MAX);
            line.measurement_from(&text);
            line.fields();
        }
        written += usize::from(line.end(Ok(Some(i64::MAX - 2))));
    }
    assert!((1..rounds).contains(&written), "no field, and too long a key: {written}");
    // and a line after them is a line
    let len = writer.len();
    writer.write(&room).expect("a line");
    assert_eq!(&writer.as_bytes()[len..], b"room,host=h,rack=7 text=\"\",usage=0,count=0i\n");
}

/// A point that is flattened into one without columns of its own.
struct Slowly<'p>(&'p Point);

impl LineProtocol for Slowly<'_> {
    fn encode(&self, writer: &mut LineWriter) -> Result<(), EncodeError> {
        let mut line = writer.line();
        self.0.columns(&mut line)?;
        line.finish(self.0.measurement(), None::<i64>)
    }
}

/// Points of many names in turn, some of which cannot be written: as in a writer of their own.
#[test]
fn points_of_many_names() {
    let names = if cfg!(miri) { 3 } else { 40 };
    let point = |n: usize, round: usize| {
        let text = text(1 + round % 37, round % 41, ',');
        let point = Point::new(format!("m {n}")).field("g", round as f64 / 7.0).tag("z", &text);
        let point = point.tag(format!("k={n}"), round).field("text", &text).tag("a", n);
        match (n + round) % 9 {
            0 => point.tag("a", "twice"),
            1 => point.field("a", true),
            2 => point.tag("time", 1),
            3 => point.field("nan", f64::NAN),
            4 => point.tag("bad", "line\nfeed"),
            5 => point.field("u", u64::MAX).timestamp(i64::MAX),
            _ => point.field("u", 7_u64).timestamp(round as i64 * 1_000_000_007),
        }
    };
    let writers = [(Dialect::V1, vec![]), (Dialect::V2, vec!["q"]), (Dialect::V3, vec!["zz", "a", "0"])];
    for (dialect, defaults) in writers.into_iter().chain([(Dialect::V2, vec!["g"])]) {
        let new = || {
            let mut writer = LineWriter::new(dialect);
            defaults.iter().for_each(|key| writer.default_tag(key, "7 a").expect("a tag"));
            writer
        };
        let mut writer = new();
        for round in 0..if cfg!(miri) { 4 } else { 30 } {
            for n in 0..names {
                let start = writer.len();
                let here = writer.write(&point(n, round)).map_err(|error| error.with_index(0));
                let mut alone = new();
                // column by column
                let there = alone.write(&Slowly(&point(n, round)));
                assert_eq!((&here, &writer.as_bytes()[start..]), (&there, alone.as_bytes()));
            }
        }
    }
}
