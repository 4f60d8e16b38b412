use proptest::prelude::*;

use super::*;
use crate::encode::config::Nan;
use crate::point::Point;
use crate::testing::scaled;

const DIALECTS: [Dialect; 3] = [Dialect::V1, Dialect::V2, Dialect::V3];

fn refused(text: &[u8], dialect: Dialect) -> Option<LineError> {
    check(text, dialect, Precision::Ns).find_map(Result::err)
}

/// Without the quick way.
fn carefully(text: &[u8], dialect: Dialect, precision: Precision) -> Vec<Result<RawLine<'_>, LineError>> {
    let mut lines = check(text, dialect, precision);
    core::iter::from_fn(|| lines.carefully()).collect()
}

#[test]
fn what_servers_refuse_or_alter() {
    for (line, says) in [
        ("m time=1,v=2 1", "line 0, field key \"time\": `time` is the timestamp column"),
        ("m,time=a v=2 1", "time"),
        ("m,v=x v=2", "line 0, field `v`: is both a tag and a field"),
        ("m,a=1,a=2 v=2", "a duplicate tag"),
        ("m v=1,w=2,v=3", "line 0, field `v`: "),
        ("m", "missing fields"),
        ("m,t=a", "missing fields"),
        ("m,t= f=1", "an empty tag value"),
        ("m,=a f=1", "a missing tag key"),
        (",t=a f=1", "a missing measurement"),
        ("m =1", "a missing field key"),
        ("m f=", "line 0, field `f`: a missing value"),
        ("m f=NaN", "line 0, field `f`: line protocol has no NaN"),
        ("m f=-inf", "no infinity"),
        ("m f=1e400", "a float that 64 bits do not hold"),
        ("m f=9223372036854775808i", "an integer that 64 bits do not hold"),
        ("m f=18446744073709551616u", "integer"),
        ("m f=1_000", "an invalid number or boolean"),
        ("m f=+1", "an invalid number or boolean"),
        ("m f=yes", "an invalid number or boolean"),
        ("m f=a b", "an invalid number or boolean"),
        ("m f=\"a", "unbalanced quotes"),
        ("m f=1 1.5", "an invalid timestamp"),
        ("m f=1 +1", "an invalid timestamp"),
        ("m f=1 9223372036854775808", "an invalid timestamp"),
        ("m f=1 1 1", "text behind the timestamp"),
        ("m f=1\r", "ends in CR LF"),
        ("m f=\"x\"\r\n", "ends in CR LF"),
        ("m f=1 1\r\nm f=2 2\n", "line 0: ends in CR LF"),
        ("m\tn f=1", "contains a tab"),
        ("m,t=a\x01 f=1", "line 0, tag `t`"),
        ("m,t=a\\ f=1", "line 0: "),
        ("m f\\=1", "a missing field key"),
        ("\u{feff}m f=1", "a byte order mark"),
        ("# a comment\\\nm f=1", "this comment hides the line below it"),
        ("# a b=\"c\nm f=1", "this comment hides the line below it"),
        ("m f=1\nm", "line 1: missing fields"),
        ("\n# c\n\nm f=\"a\nb\"\nm f=tru", "line 4, field `f`"),
    ] {
        for dialect in DIALECTS {
            let error = refused(line.as_bytes(), dialect).unwrap_or_else(|| panic!("{dialect}: {line:?}"));
            assert!(error.to_string().contains(says), "{dialect}: {error}");
        }
    }
}

#[test]
fn what_one_generation_refuses() {
    use Dialect::{V1, V2, V3};
    for (line, dialects) in [
        ("m f=1u", &[V1][..]),
        ("_tagKeys f=1", &[V1]),
        ("m _name=1", &[V1]),
        ("m,_field=a f=1", &[V2]),
        ("m,_measurement=a f=1", &[V2]),
        ("m,_value=a f=1", &[V2]),
        ("m,_time=a f=1", &[V2]),
        ("m,_start=a f=1", &[V2]),
        ("m,_stop=a f=1", &[V2]),
        ("m __chunk_order=1", &[V3]),
        ("m f=.5", &[V3]),
        ("m f=1.", &[V3]),
        ("m f=1 ", &[V3]),
        ("m,t=a=b f=1", &[V1, V2]),
        ("m f=1 9223372036854775807", &[V1, V2]),
        ("m,t\u{80}=a f=1", &[V3]),
        (r"a\\,b f=1", &[V1, V2, V3]),
    ] {
        for dialect in DIALECTS {
            let error = refused(line.as_bytes(), dialect);
            assert_eq!(error.is_some(), dialects.contains(&dialect), "{dialect} {line}: {error:?}");
        }
    }
}

#[test]
fn what_servers_take_as_it_is_meant() {
    for line in [
        "m f=1",
        "m f=1 1",
        "m f=1 -1",
        "m f=1i,g=t,h=False,i=\"\",j=-0.0,k=1e5,l=1E-7 1",
        "m,t=a f=007",
        "  m f=1",
        "m  f=1  1",
        "m,t=a\\ b,u\\,=\\= f=\"a\\\"b\\\\\" 1",
        "m,T=ä f=\"\u{85}\"",
        "m,a=1,b=1 c=1\n\n",
        "",
        "# c\r\n",
        "m f=\"x\ny\" 1\nm f=\"\\n\"",
        "m f=-9223372036854775808i",
        "m f=1 9223372036854775806",
        "m\"a,t=\"x f=1",
    ] {
        for dialect in DIALECTS {
            assert_eq!(refused(line.as_bytes(), dialect), None, "{dialect}: {line:?}");
        }
    }
    assert_eq!(check(b"m f=1 5", Dialect::V1, Precision::S).next().unwrap().unwrap().timestamp(), Some(5));
    assert!(check(b"m f=1 9223372037", Dialect::V3, Precision::S).next().unwrap().is_err());
}

#[test]
fn bytes_that_are_no_text() {
    let lines: Vec<_> =
        check(b"m f=1\nm f=\"\xff\"\nm f=\"\xc3\xa4\"\nm\xff f=1\nm f=1", Dialect::V1, Precision::Ns)
            .map(|line| line.map_err(|error| (error.line(), error.to_string())))
            .collect();
    assert_eq!(lines.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, false, true, false, true]);
    let (line, text) = lines[3].as_ref().unwrap_err();
    assert!(*line == 3 && text.starts_with("line 3: is not UTF-8"), "{text}");
}

#[test]
fn parts_of_lines() {
    let text = b"cpu,host=a usage=0.5 10\n\n # c\n m\\ x,t=\\  f=\"a\nb\"\nn f=1 -7";
    let parts = |lines: Vec<RawLine<'_>>| {
        let part = |line: &RawLine<'_>| {
            let series = String::from_utf8(line.series().to_vec()).unwrap();
            (line.number(), line.range(), line.is_point(), series, line.timestamp())
        };
        lines.iter().map(part).collect::<Vec<_>>()
    };
    let want = vec![
        (0, 0..24, true, "cpu,host=a".to_owned(), Some(10)),
        (1, 24..25, false, String::new(), None),
        (2, 25..30, false, String::new(), None),
        (3, 30..49, true, "m\\ x,t=\\ ".to_owned(), None),
        (4, 49..57, true, "n".to_owned(), Some(-7)),
    ];
    assert_eq!(parts(split(text).collect()), want);
    assert_eq!(parts(check(text, Dialect::V1, Precision::Ns).map(Result::unwrap).collect()), want);
}

#[test]
fn messages_are_short_lines() {
    let long = "x\u{202e}\u{200b}".repeat(scaled(5_000, 300));
    for text in [
        format!("m,{long}=1,{long}=2 f=1"),
        format!("m {long}=NaN"),
        format!("m time=1,{long}=1"),
        format!("m,{long}=a {long}=1"),
        long.clone(),
        format!("m f=\"{long}"),
        format!("# \\\n{long}"),
        format!("m f=1\u{7f}{long}\r"),
    ] {
        for message in [refused(text.as_bytes(), Dialect::V1).unwrap()]
            .map(|e| [e.to_string(), format!("{e:?}")])
            .concat()
        {
            assert!(message.len() <= crate::shown::MESSAGE, "{}", message.len());
            assert!(!message.contains(['\n', '\r', '\u{202e}', '\u{200b}', '\u{7f}']), "{message}");
        }
    }
}

fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => "[a-c_]{1,3}",
        2 => "[a-z]{15,18}",
        2 => Just("time".to_owned()),
        1 => Just("_field".to_owned()),
        1 => Just("_name".to_owned()),
        2 => r##"[a ,=\\"#\t\r\x00äß\u{85}]{1,3}"##,
    ]
}

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        "-?[0-9]{1,20}[iu]?",
        r"-?[0-9]{0,3}\.?[0-9]{0,17}([eE][+-]?[0-9]{0,4})?",
        any::<f64>().prop_map(|v| v.to_string()),
        "(t|T|true|True|TRUE|f|F|false|False|FALSE|tRUE|truee|NaN|inf|1_0|0x1)",
        r#""[a-z ,=\\"\n]{0,20}""#,
        r#""([a-z ,=\n]|\\"|\\\\|\\n){0,20}""#,
    ]
}

fn line() -> impl Strategy<Value = String> {
    let tags = proptest::collection::vec((piece(), piece()), 0..3);
    let fields = proptest::collection::vec((piece(), value()), 0..4);
    let end = prop_oneof![4 => Just(String::new()), 8 => " -?[0-9]{1,20}", 1 => "[ \\r0-9]{0,3}"];
    let blanks = prop_oneof![9 => Just(" "), 1 => Just(""), 1 => Just("  ")];
    (piece(), tags, blanks, fields, end).prop_map(|(name, tags, blank, fields, end)| {
        let tags: String = tags.iter().map(|(key, value)| format!(",{key}={value}")).collect();
        let fields: Vec<_> = fields.iter().map(|(key, value)| format!("{key}={value}")).collect();
        format!("{name}{tags}{blank}{}{end}\n", fields.join(","))
    })
}

fn text() -> impl Strategy<Value = String> {
    let other =
        prop_oneof![r##"[a-b ,=#\\"\n\r\t0-9äi.-]{0,30}"##, Just("\n".to_owned()), Just("# c\n".to_owned())];
    let lines = proptest::collection::vec(prop_oneof![8 => line(), 1 => other], 0..6);
    // some of them twice, so that their names are known
    (lines, 0..3_usize).prop_map(|(lines, more)| lines.concat().repeat(1 + more))
}

fn dialect() -> impl Strategy<Value = Dialect> {
    prop_oneof![Just(Dialect::V1), Just(Dialect::V2), Just(Dialect::V3)]
}

fn precision() -> impl Strategy<Value = Precision> {
    prop_oneof![Just(Precision::Ns), Just(Precision::Us), Just(Precision::Ms), Just(Precision::S)]
}

#[test]
fn the_order_of_tags_makes_no_other_series() {
    let found = |text: &str| repeats(text.as_bytes()).map(|r| (r.earlier, r.later)).collect::<Vec<_>>();
    for (first, second, same) in [
        ("m,a=1,b=2", "m,b=2,a=1", true),
        (r"m,a=\,1,b=2,c=3", r"m,c=3,a=\,1,b=2", true),
        ("m,a=1,b=2", "m,a=2,b=1", false),
        (r"m,a=1\,b=2,c=3", r"m,a=1,b=2\,c=3", false),
        (r"m\,a=1,b=2", r"m\,b=2,a=1", false),
        ("m,b=2", "b=2,m", false),
    ] {
        let text = format!("{first} f=1 5\n{second} f=2 5\n");
        assert_eq!(found(&text), if same { vec![(0, 1)] } else { vec![] }, "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    #[cfg_attr(miri, ignore = "slow there")]
    fn the_quick_way_is_the_careful_way(text in text(), dialect in dialect(), precision in precision()) {
        let quickly: Vec<_> = check(text.as_bytes(), dialect, precision).collect();
        prop_assert_eq!(quickly, carefully(text.as_bytes(), dialect, precision));
    }

    #[test]
    #[cfg_attr(miri, ignore = "slow there")]
    fn checked_lines_are_those_that_are_split(bytes in proptest::collection::vec(any::<u8>(), 0..80), text in text()) {
        for text in [&bytes, text.as_bytes()] {
            let ranges = split(text).map(|line| (line.number(), line.range(), line.is_point()));
            let checked = check(text, Dialect::V2, Precision::Ns).zip(split(text)).map(|(checked, line)| match checked {
                Ok(checked) => (checked.number(), checked.range(), checked.is_point()),
                Err(error) => (error.line(), error.range(), line.is_point()),
            });
            prop_assert!(ranges.eq(checked));
            prop_assert_eq!(split(text).count(), check(text, Dialect::V2, Precision::Ns).count());
        }
    }

    #[test]
    #[cfg_attr(miri, ignore = "slow there")]
    fn what_the_encoder_writes_passes(
        points in proptest::collection::vec((piece(), piece(), piece(), piece(), any::<f64>(), any::<u64>(), any::<i64>()), 1..6),
        shift in 0_u32..64,
        dialect in dialect(),
        precision in precision(),
    ) {
        let mut writer = LineWriter::new(dialect).precision(precision).nan(Nan::Skip);
        let mut timed = Vec::new();
        for (measurement, key, value, field, float, integer, time) in &points {
            let time = (time % 3 != 0).then_some(time >> shift);
            let point = Point::new(measurement)
                .tag(key, value)
                .field(field, value)
                .field("n", integer >> shift)
                .field("x", *float)
                .timestamp(time);
            if writer.write(&point).is_ok() {
                timed.push(time.is_some());
            }
        }
        let checked: Result<Vec<_>, _> = check(writer.as_bytes(), dialect, precision).collect();
        let checked = checked.map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert!(checked.iter().all(RawLine::is_point));
        prop_assert_eq!(checked.iter().map(RawLine::has_timestamp).collect::<Vec<_>>(), timed);
    }

    #[test]
    #[cfg_attr(miri, ignore = "slow there")]
    fn lines_in_order_repeat_nothing(lines in proptest::collection::vec((r#"[a ="\n0-9]{0,6}"#, 0..12_i64), 0..5), stamped: bool) {
        let mut text = String::new();
        let mut times: Vec<i64> = Vec::new();
        for (field, step) in &lines {
            let field = field.replace('"', "\\\"");
            let time = times.last().copied().unwrap_or_default() + step;
            let tail = if stamped { format!(" {time}") } else { String::new() };
            text.push_str(&format!("m f=\"{field}\"{tail}\n"));
            times.push(time);
        }
        let increasing = stamped && times.is_sorted_by(|a, b| a < b);
        if in_order([text.as_bytes()]) {
            prop_assert!(increasing || times.is_empty(), "{text}");
            prop_assert_eq!(repeats(text.as_bytes()).count(), 0);
        } else {
            // texts of one line each are judged in full
            prop_assert!(!increasing || lines.iter().any(|(field, _)| field.contains('\n')), "{text}");
        }
    }

    #[test]
    #[cfg_attr(miri, ignore = "slow there")]
    fn repeats_are_those_of_a_map(lines in proptest::collection::vec((0..3_u8, 0..3_u8, 0..3_u8, proptest::option::of(0..3_u8)), 0..200)) {
        let mut text = String::new();
        for (tag, field, value, time) in &lines {
            let time = time.map_or(String::new(), |time| format!(" {time}"));
            text.push_str(&format!("m,t={tag} f{field}={value},g=1{time}\n"));
        }
        let mut first = std::collections::HashMap::new();
        let mut values = std::collections::HashMap::new();
        let mut want = Vec::new();
        for (number, (tag, field, value, time)) in lines.iter().enumerate() {
            let overwrites = values.insert((tag, time, field), value).is_some_and(|before| before != value);
            let earlier = *first.entry((tag, time)).or_insert(number);
            if earlier != number {
                want.push((earlier, number, overwrites));
            }
        }
        let got: Vec<_> = repeats(text.as_bytes()).map(|r| (r.earlier, r.later, r.overwrites)).collect();
        prop_assert_eq!(got, want);
    }
}

/// In tags a backslash hides no other one: `\` and a space behind it are two bytes of a value, and the tags go on.
#[test]
fn the_series_goes_on_behind_backslashes() {
    let text = b"m,t=\\\\  n=1 5\nm,t=\\\\ \\\\=\\\\, n=2 5\nm,t=\\\\  n=3 5\n";
    let found: Vec<_> = repeats(text).map(|repeat| (repeat.earlier, repeat.later)).collect();
    assert_eq!(found, [(0, 2)]);
    assert_eq!(split(text).next().unwrap().series(), b"m,t=\\\\ ");
}

/// Two backslashes before a space hide each other from the scanner of 1.x and 2.x, and a quote behind it would go on to another line.
#[test]
#[cfg_attr(miri, ignore = "slow there")]
fn no_tag_hides_where_its_line_ends() {
    const TEXTS: [&str; 6] = ["a", "\\ ", "x\\ y", "q\"", "\\ \\=\"", "\\\\ \""];
    let mut refused = [0, 0, 0];
    for (at, dialect) in [Dialect::V1, Dialect::V2, Dialect::V3].into_iter().enumerate() {
        let every = || TEXTS.into_iter().flat_map(|a| TEXTS.into_iter().map(move |b| (a, b)));
        for ((key, value), (other, default)) in every().flat_map(|one| every().map(move |two| (one, two))) {
            let mut writer = LineWriter::new(dialect);
            writer.default_tag("d", default).unwrap();
            let point = Point::new("m").tag(key, value).tag("z", other).field("f", "a \"b\", c=d");
            let results = [(); 3].map(|()| writer.write(&point));
            for error in results.iter().filter_map(|result| result.as_ref().err()) {
                assert!(error.to_string().contains("does not see where the line ends"), "{error}");
                refused[at] += 1;
            }
            let written = results.iter().filter(|result| result.is_ok()).count();
            assert!(written % 3 == 0, "the same point, and other results");
            let text = writer.as_bytes();
            let points = check(text, dialect, Precision::Ns).map(|line| line.map(|line| line.is_point()));
            let points: Result<Vec<_>, _> = points.collect();
            assert_eq!(points.unwrap_or_else(|error| panic!("{error}")), vec![true; written]);
        }
    }
    assert!(refused[0] > 0 && refused[0] == refused[1], "{refused:?}");
    assert_eq!(refused[2], 0);
}
