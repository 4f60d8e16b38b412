//! Documents made at random: as the crate `csv` and the reference read them, however they are split.

use influx_core::decode::annotated_csv::Options;
use proptest::prelude::*;

use crate::recorded::records;
use crate::reference::{events, records as naive_records};
use crate::support::{rows, tables, with_rows};

#[derive(Debug, Clone)]
struct Column {
    name: String,
    datatype: &'static str,
    group: bool,
    default: String,
}

const DATATYPES: [&str; 9] = [
    "boolean",
    "long",
    "unsignedLong",
    "double",
    "string",
    "dateTime:RFC3339",
    "dateTime:RFC3339Nano",
    "duration",
    "base64Binary",
];

fn text() -> BoxedStrategy<String> {
    prop_oneof![
        3 => "[a-z]{1,9}",
        2 => Just(String::new()),
        2 => "[a-zé\\u{1f600} ,\"\\n#]{0,40}",
        1 => "[0-9a-f]{30,80}",
        1 => Just("a\r\nb\r\n".to_owned()),
    ]
    .boxed()
}

fn value(datatype: &str) -> BoxedStrategy<String> {
    let value = match datatype {
        "boolean" => "true|false".boxed(),
        "long" => any::<i64>().prop_map(|v| v.to_string()).boxed(),
        "unsignedLong" => any::<u64>().prop_map(|v| v.to_string()).boxed(),
        "double" => prop_oneof![
            any::<f64>().prop_filter("finite", |v| v.is_finite()).prop_map(|v| v.to_string()),
            "-?[0-9]{1,3}(\\.[0-9]{1,6})?",
            "NaN|\\+Inf|-Inf|-0|0",
        ]
        .boxed(),
        "dateTime:RFC3339" | "dateTime:RFC3339Nano" => {
            "20[0-9][0-9]-0[1-9]-[12][0-9]T[01][0-9]:[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?(Z|\\+01:00)"
                .boxed()
        }
        "duration" => "[1-9][0-9]{0,3}(ns|ms|s|h)".boxed(),
        "base64Binary" => "[A-Za-z0-9+/]{4,12}".boxed(),
        _ => return text(),
    };
    prop_oneof![6 => value, 1 => Just(String::new())].boxed()
}

fn column() -> impl Strategy<Value = Column> {
    let datatype = prop::sample::select(&DATATYPES[..]);
    datatype.prop_flat_map(|datatype| {
        let default = prop_oneof![5 => Just(String::new()).boxed(), 1 => value(datatype)];
        let name = "[a-z]{1,3}|_time|_measurement|result|table|error|a\"b|a,b";
        (name, any::<bool>(), default).prop_map(move |(name, group, default)| Column {
            name,
            datatype,
            group,
            default,
        })
    })
}

/// A block of annotations, a header and rows.
fn block() -> impl Strategy<Value = Vec<Vec<String>>> {
    let columns = prop::collection::vec(column(), 0..5);
    let named = ("[a-z]{0,3}", prop_oneof![4 => Just(String::new()), 1 => "[0-9]"], any::<bool>());
    (columns, named, Just([0, 1, 2]).prop_shuffle()).prop_flat_map(
        |(columns, (result, number, unknown), order)| {
            let row: Vec<_> = columns.iter().map(|column| value(column.datatype)).collect();
            let rows = prop::collection::vec((0_u8..3, row), 0..8);
            rows.prop_map(move |rows| {
                let line = |first: [&str; 3], of: fn(&Column) -> String| -> Vec<String> {
                    first.into_iter().map(Into::into).chain(columns.iter().map(of)).collect()
                };
                let annotations = [
                    line(["#datatype", "string", "long"], |column| column.datatype.into()),
                    line(["#group", "false", "false"], |column| column.group.to_string()),
                    line(["#default", &result, &number], |column| column.default.clone()),
                ];
                let mut lines: Vec<_> = order.iter().map(|&at| annotations[at].clone()).collect();
                if unknown {
                    lines.insert(1, vec!["#unknown".into(), "x".into()]);
                }
                lines.push(line(["", "result", "table"], |column| column.name.clone()));
                let mut last = 0;
                for (step, row) in &rows {
                    last += u32::from(*step / 2);
                    lines.push(
                        ["".into(), "".into(), last.to_string()].into_iter().chain(row.clone()).collect(),
                    );
                }
                lines
            })
        },
    )
}

fn written(blocks: &[Vec<Vec<String>>], crlf: bool, always: bool) -> Vec<u8> {
    let mut body = Vec::new();
    for block in blocks {
        let mut builder = csv::WriterBuilder::new();
        builder.flexible(true);
        builder.quote_style(if always { csv::QuoteStyle::Always } else { csv::QuoteStyle::Necessary });
        builder.terminator(if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') });
        let mut writer = builder.from_writer(&mut body);
        block.iter().for_each(|line| writer.write_record(line).unwrap());
        writer.flush().unwrap();
        drop(writer);
        body.extend_from_slice(if crlf { b"\r\n" } else { b"\n" });
    }
    body
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_500) })]

    #[test]
    fn as_the_csv_crate_and_the_reference_read_them(
        blocks in prop::collection::vec(block(), 0..4),
        crlf in any::<bool>(),
        always in any::<bool>(),
        size in 1_usize..40,
    ) {
        let body = written(&blocks, crlf, always);
        let shown = String::from_utf8_lossy(&body).into_owned();
        let by_crate = records(&body, b',');
        let naive = naive_records(&shown);
        prop_assert_eq!(Some(&by_crate), naive.as_ref(), "{}", &shown);
        let expected = events(&by_crate).expect("a good document");
        let whole = tables(&[&body], Options::new());
        prop_assert_eq!(&whole.failures, &[""; 0], "{}", &shown);
        prop_assert_eq!(&whole.events, &expected, "{}", &shown);
        let pieces: Vec<_> = body.chunks(size).collect();
        prop_assert_eq!(tables(&pieces, Options::new()), whole, "in pieces of {}: {}", size, &shown);
        prop_assert_eq!(rows(&pieces, Options::new()).events, with_rows(&expected), "in pieces of {}: {}", size, &shown);
    }

    /// Whatever the bytes are: never a panic, and the same however they are split.
    #[test]
    fn any_text_is_the_same_however_it_is_split(
        pieces in prop::collection::vec(prop_oneof![
            Just("#datatype,string,long,double\r\n#group,false,false,true\r\n#default,_result,,\r\n,result,table,f\r\n"),
            Just(",,0,1.5\r\n"), Just(",,1,\r\n"), Just(",,0,x\n"), Just("\r\n"), Just(",error,reference\r\n"), Just(",boom,897\r\n"),
            Just("\""), Just(","), Just("\n"), Just("\r"), Just("#default,,,,\n"), Just("1"), Just("<html>"),
        ], 0..12),
        size in 1_usize..9,
    ) {
        let body = pieces.concat();
        let chunks: Vec<_> = body.as_bytes().chunks(size).collect();
        let (whole, split) = (rows(&[body.as_bytes()], Options::new()), rows(&chunks, Options::new()));
        prop_assert_eq!(whole.events, split.events, "{:?}", body);
        prop_assert_eq!(whole.failures.len(), split.failures.len(), "{:?}", body);
    }
}
