//! Random responses, written as text, decode as serde_json reads them, however they are split; and what a field's type tells the
//! decoder never changes what the field becomes.

mod decode_support;

use decode_support::{Event, decode, decode_breaking, decode_whole, options, reference};
use influx_core::decode::Scratch;
use influx_core::decode::influxql::iterpoints;
use influx_core::{DecodeError, FromRow, Planner, Row, Want};
use proptest::prelude::*;

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases) }
}

/// White space where JSON allows it.
fn gap() -> impl Strategy<Value = String> {
    prop_oneof![6 => Just(String::new()), 1 => Just(" ".into()), 1 => "[ \n\r\t]{0,4}"]
}

/// A text as a JSON string, some characters escaped that need not be.
fn quoted() -> impl Strategy<Value = String> {
    let letter = prop_oneof![
        8 => any::<char>().prop_map(|c| serde_json::to_string(&c).expect("a string").trim_matches('"').replace('\u{0}', "")),
        4 => "[a-z]".prop_map(|c| c),
        1 => Just("\\\"".to_owned()),
        1 => any::<char>().prop_map(|c| {
            let mut units = [0; 2];
            c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")).collect()
        }),
        1 => Just("\\/".to_owned()),
        1 => Just("\\u003C".to_owned()),
        1 => Just("]}".to_owned()),
    ];
    proptest::collection::vec(letter, 0..12).prop_map(|letters| {
        // a lone quote of `to_string("\"")` was trimmed away with the quotes around it
        let text = letters.concat();
        let valid = serde_json::from_str::<String>(&format!("\"{text}\"")).is_ok();
        format!("\"{}\"", if valid { &text } else { "" })
    })
}

fn number() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<i64>().prop_map(|v| v.to_string()),
        any::<u64>().prop_map(|v| v.to_string()),
        (-1000_i32..1000).prop_map(|v| v.to_string()),
        any::<f64>().prop_filter("finite", |v| v.is_finite()).prop_map(|v| v.to_string()),
        any::<f64>().prop_filter("finite", |v| v.is_finite()).prop_map(|v| format!("{v:e}")),
        any::<f32>().prop_filter("finite", |v| v.is_finite()).prop_map(|v| format!("{v:?}")),
        "-?(0|[1-9][0-9]{0,21})(\\.[0-9]{1,20})?([eE][+-]?[0-9]{1,2})?",
        Just("-0".to_owned()),
        Just("1e+21".to_owned()),
    ]
}

fn cell() -> impl Strategy<Value = String> {
    prop_oneof![4 => number(), 3 => quoted(), 1 => Just("null".to_owned()), 1 => any::<bool>().prop_map(|v| v.to_string())]
}

/// Any JSON: the value of a key that nobody knows.
fn junk() -> impl Strategy<Value = String> {
    cell().prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(|items| format!("[{}]", items.join(","))),
            proptest::collection::vec((quoted(), inner), 0..4).prop_map(|items| {
                let items: Vec<_> = items.into_iter().map(|(key, value)| format!("{key}:{value}")).collect();
                format!("{{ {} }}", items.join(" ,"))
            }),
        ]
    })
}

fn list(items: Vec<(String, String)>, open: char, close: char) -> String {
    let items: Vec<_> = items.into_iter().map(|(gap, item)| format!("{gap}{item}{gap}")).collect();
    format!("{open}{}{close}", items.join(","))
}

fn object(members: Vec<(&str, String)>, gap: &str) -> String {
    let members: Vec<_> =
        members.iter().map(|(key, value)| format!("{gap}\"{key}\"{gap}:{gap}{value}{gap}")).collect();
    format!("{{{}}}", members.join(","))
}

/// The orders of a series' keys that can be read: the values last of the header, or before it all.
const ORDERS: [[&str; 5]; 5] = [
    ["name", "tags", "columns", "values", "partial"],
    ["columns", "tags", "partial", "name", "values"],
    ["values", "columns", "tags", "name", "partial"],
    ["partial", "name", "values", "tags", "columns"],
    ["tags", "values", "partial", "columns", "name"],
];

fn series() -> impl Strategy<Value = String> {
    (0_usize..5).prop_flat_map(|width| {
        let row = proptest::collection::vec((gap(), cell()), width).prop_map(|cells| list(cells, '[', ']'));
        let tags = proptest::collection::btree_map("[a-z]{1,4}", quoted(), 0..3);
        (
            proptest::option::of(quoted()),
            proptest::option::of(tags),
            proptest::collection::vec((gap(), quoted()), width),
            proptest::option::weighted(0.9, proptest::collection::vec((gap(), row), 0..6)),
            proptest::option::of(any::<bool>()),
            proptest::option::weighted(0.2, junk()),
            (0..ORDERS.len(), gap()),
        )
            .prop_map(|(name, tags, columns, values, partial, junk, (order, gap))| {
                let tags = tags.map(|tags| {
                    let tags: Vec<_> =
                        tags.iter().map(|(key, value)| (key.as_str(), value.clone())).collect();
                    object(tags, "")
                });
                let columns = Some(list(columns, '[', ']'));
                let values = values.map(|rows| list(rows, '[', ']'));
                let partial = partial.map(|partial| partial.to_string());
                let mut members = Vec::new();
                members.extend(junk.map(|junk| ("xyz", junk)));
                for key in ORDERS[order] {
                    let value = match key {
                        "name" => &name,
                        "tags" => &tags,
                        "columns" => &columns,
                        "values" => &values,
                        _ => &partial,
                    };
                    members.extend(value.clone().map(|value| (key, value)));
                }
                object(members, &gap)
            })
    })
}

fn result() -> impl Strategy<Value = String> {
    (
        proptest::option::of(0_u32..20),
        proptest::option::weighted(0.8, proptest::collection::vec((gap(), series()), 0..3)),
        proptest::option::weighted(0.2, quoted()),
        proptest::option::weighted(0.2, any::<bool>()),
        proptest::option::weighted(0.2, junk()),
        gap(),
    )
        .prop_map(|(id, series, error, partial, junk, gap)| {
            let mut members = Vec::new();
            members.extend(id.map(|id| ("statement_id", id.to_string())));
            members.extend(junk.map(|junk| ("extra", junk)));
            members.extend(series.map(|series| ("series", list(series, '[', ']'))));
            members.extend(partial.map(|partial| ("partial", partial.to_string())));
            members.extend(error.map(|error| ("error", error)));
            object(members, &gap)
        })
}

fn body() -> impl Strategy<Value = String> {
    let document = (
        proptest::collection::vec((gap(), result()), 0..3),
        proptest::option::weighted(0.1, quoted()),
        prop_oneof![Just("\n"), Just("\r\n"), Just("")],
        gap(),
    )
        .prop_map(|(results, error, end, gap)| {
            let mut members = vec![("results", list(results, '[', ']'))];
            members.extend(error.map(|error| ("error", error)));
            object(members, &gap) + end
        });
    proptest::collection::vec(document, 1..4).prop_map(|documents| documents.concat())
}

/// The first document: the only one of an answer without chunks.
fn first(body: &str) -> &str {
    let mut documents = serde_json::Deserializer::from_str(body).into_iter::<serde_json::Value>();
    documents.next();
    &body[..documents.byte_offset()]
}

proptest! {
    #![proptest_config(config(64))]

    #[test]
    fn any_response_decodes_as_serde_json_reads_it(body in body(), chunked: bool) {
        let body = if chunked { &body } else { first(&body) };
        let (mut expected, open) = reference(body.as_bytes(), chunked);
        if chunked && open {
            expected.push(Event::Truncated);
        }
        let whole = decode_whole(body.as_bytes(), options(chunked));
        prop_assert_eq!(&whole, &expected, "{}", body);
        for size in [1, 2, 7] {
            prop_assert!(decode(body.as_bytes().chunks(size), options(chunked)) == expected, "pieces of {}: {}", size, body);
        }
        for at in 0..body.len() {
            let (a, b) = body.as_bytes().split_at(at);
            prop_assert!(decode([a, b], options(chunked)) == expected, "split at {}: {}", at, body);
        }
    }

    #[test]
    fn breaking_off_loses_nothing(body in body(), size in 1_usize..600, nth in 1_usize..4) {
        let whole = decode_whole(body.as_bytes(), options(true));
        prop_assert_eq!(decode_breaking(body.as_bytes(), size, nth, options(true)), whole);
    }

    #[test]
    fn a_cut_response_is_an_error(body in body(), at: prop::sample::Index) {
        let body = first(&body);
        let full = decode_whole(body.as_bytes(), options(false));
        let cut = &body.as_bytes()[..at.index(body.len())];
        let events = decode_whole(cut, options(false));
        let mut documents = serde_json::Deserializer::from_slice(cut).into_iter::<serde_json::Value>().peekable();
        let complete = documents.peek().is_some() && documents.all(|document| document.is_ok());
        if complete {
            prop_assert!(full.starts_with(&events));
        } else {
            let (last, before) = events.split_last().expect("an error");
            prop_assert_eq!(last, &Event::Truncated);
            prop_assert!(full.starts_with(before));
        }
    }

    #[test]
    fn bytes_of_any_kind_neither_panic_nor_hang(body in body(), at: prop::sample::Index, junk: Vec<u8>, size in 1_usize..9) {
        let mut bytes = body.into_bytes();
        let at = at.index(bytes.len());
        let end = (at + junk.len()).min(bytes.len());
        bytes.splice(at..end, junk);
        let whole = decode_whole(&bytes, options(true));
        let pieces = decode(bytes.chunks(size), options(true));
        // malformed or without an end: which of the two shows first depends on the pieces
        let shape = |events: &[Event]| events.iter().map(|event| match event {
            Event::Other(_) | Event::Truncated => None,
            event => Some(event.clone()),
        }).collect::<Vec<_>>();
        prop_assert_eq!(shape(&whole), shape(&pieces));
    }
}

const NAMES: [&str; 6] = ["c0", "c1", "c2", "c3", "c4", "c5"];
const WANTS: [Want; 7] = [Want::Any, Want::Int, Want::Uint, Want::Float, Want::Str, Want::Bool, Want::Skip];

type Readings = (Option<i64>, Option<u64>, Option<u64>, Option<u32>, Option<String>, Option<bool>);

/// Six cells, read with the want of that number.
struct Six<const WANT: usize>([Readings; 6]);

impl<'r, const WANT: usize> FromRow<'r> for Six<WANT> {
    const SLOTS: usize = 6;
    fn plan(planner: &mut Planner<'_>) -> Result<(), DecodeError> {
        NAMES.iter().try_for_each(|name| planner.field(name, name, WANTS[WANT], true))
    }
    fn from_row(row: &Row<'_, 'r>) -> Result<Self, DecodeError> {
        Ok(Six(std::array::from_fn(|slot| readings(row, slot))))
    }
}

fn read<const WANT: usize>(body: &str) -> Result<Vec<Readings>, DecodeError> {
    let rows: Result<Vec<_>, _> = iterpoints::<Six<WANT>>(body.as_bytes(), &mut Scratch::new()).collect();
    Ok(rows?.into_iter().flat_map(|row| row.0).collect())
}

/// A cell as every type, floats by their bits; `None` for what is refused.
fn readings(row: &Row<'_, '_>, slot: usize) -> Readings {
    let value = row.value(slot);
    (
        value.get().ok(),
        value.get().ok(),
        value.get::<f64>().ok().map(f64::to_bits),
        value.get::<f32>().ok().map(f32::to_bits),
        value.get().ok(),
        value.get().ok(),
    )
}

proptest! {
    #![proptest_config(config(2_000))]

    #[test]
    fn hints_change_nothing(cells in proptest::collection::vec(cell(), 6), want in 0_usize..7) {
        let columns: Vec<_> = NAMES.iter().map(|name| format!("\"{name}\"")).collect();
        let body = format!(r#"{{"results":[{{"series":[{{"columns":[{}],"values":[[{}]]}}]}}]}}"#, columns.join(","), cells.join(","));
        let read = |want: usize| {
            let read = [read::<0>, read::<1>, read::<2>, read::<3>, read::<4>, read::<5>, read::<6>][want];
            read(&body).expect("rows")
        };
        let plain = read(0);
        prop_assert_eq!(plain.len(), 6);
        for (plain, hinted) in plain.into_iter().zip(read(want)) {
            match WANTS[want] {
                Want::Any => prop_assert_eq!(plain, hinted),
                Want::Int => prop_assert_eq!(plain.0, hinted.0),
                Want::Uint => prop_assert_eq!(plain.1, hinted.1),
                Want::Float => prop_assert_eq!(plain.2, hinted.2),
                Want::Str => prop_assert_eq!(plain.4, hinted.4),
                Want::Bool => prop_assert_eq!(plain.5, hinted.5),
                _ => prop_assert_eq!(hinted, (None, None, None, None, None, None)),
            }
        }
    }

    #[test]
    fn floats_are_the_nearest_to_their_text(text in number()) {
        let body = format!(r#"{{"results":[{{"series":[{{"columns":["c0"],"values":[[{text}]]}}]}}]}}"#);
        let seen: Vec<_> = iterpoints::<(f64,)>(body.as_bytes(), &mut Scratch::new())
            .map(|row| row.ok().map(|(value,)| value.to_bits()))
            .collect();
        let std = text.parse::<f64>().expect("a number");
        prop_assert_eq!(seen, vec![std.is_finite().then(|| std.to_bits())], "{}", text);
    }
}
