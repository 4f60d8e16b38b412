//! Tables: headers, defaults, switches, empty ones, and what the header of a table tells.

use influx_core::decode::annotated_csv::{Options, Profiles};
use influx_core::decode::{Scratch, WholeSeries, annotated_csv};
use influx_core::{AnyRow, ColumnRole, OwnedRow, SeriesRow, ValueRef};

use crate::support::{rows, table, tables};

fn of(body: &str) -> Vec<influx_core::decode::Series<OwnedRow>> {
    let mut tables = WholeSeries::<OwnedRow, &[u8]>::new(Options::new());
    tables.push(body.as_bytes());
    tables.finish();
    std::iter::from_fn(|| tables.next_series()).collect::<Result<_, _>>().unwrap()
}

/// `result/number: rows` of each.
fn outline(body: &str) -> Vec<String> {
    let outline = |table: influx_core::decode::Series<OwnedRow>| {
        let (result, number) = (table.columns.result().unwrap().to_owned(), table.columns.table().unwrap());
        format!("{result}/{number}: {}", table.rows.len())
    };
    of(body).into_iter().map(outline).collect()
}

const CPU: [(&str, &str, bool); 5] = [
    ("_start", "dateTime:RFC3339", true),
    ("_time", "dateTime:RFC3339", false),
    ("_measurement", "string", true),
    ("host", "string", true),
    ("usage", "double", false),
];

#[test]
fn what_a_header_tells() {
    let body = table(&CPU, &["3,1970-01-01T00:00:00Z,1970-01-01T00:00:01Z,cpu,a,0.5"]);
    let [table] = &of(&body)[..] else { panic!("one table") };
    let header = &table.columns;
    assert_eq!((header.result(), header.table(), header.statement_id()), (Some("_result"), Some(3), None));
    assert_eq!(
        (header.name(), header.tag("host"), header.to_string().as_str()),
        (Some("cpu"), Some("a"), "cpu,host=a")
    );
    let key: Vec<_> = header.group_key().collect();
    assert_eq!(
        key,
        [("_start", ValueRef::Time(0)), ("_measurement", ValueRef::Str("cpu")), ("host", ValueRef::Str("a"))]
    );
    let column = &header.columns()[0];
    assert_eq!(
        (&*column.name, column.datatype.as_deref(), column.default.as_deref()),
        ("result", Some("string"), Some("_result"))
    );
    let roles: Vec<_> = header.columns().iter().map(|column| column.role).collect();
    assert_eq!(
        roles,
        [
            ColumnRole::Table,
            ColumnRole::Table,
            ColumnRole::Table,
            ColumnRole::Time,
            ColumnRole::Measurement,
            ColumnRole::Tag,
            ColumnRole::Field
        ]
    );
    let groups: Vec<_> = header.columns().iter().map(|column| column.group).collect();
    assert_eq!(groups, [false, false, true, false, true, true, false]);
    let row = &table.rows[0];
    assert_eq!(row.get("result").unwrap().to_string(), "_result", "the default");
    assert_eq!(row.get("table").unwrap().get::<i64>(), Ok(3));
    assert_eq!(row.get("host").unwrap().to_string(), "a");
    assert_eq!(row.values().len(), 7);
}

#[test]
fn tables_follow_each_other() {
    let one =
        |number: u32, host: &str| format!("{number},1970-01-01T00:00:00Z,1970-01-01T00:00:01Z,cpu,{host},1");
    let body = table(&CPU, &[&one(0, "a"), &one(0, "a"), &one(1, "b"), &one(2, "c")]);
    assert_eq!(outline(&body), ["_result/0: 2", "_result/1: 1", "_result/2: 1"]);
    let tags: Vec<_> = of(&body).iter().map(|table| table.columns.tag("host").unwrap().to_owned()).collect();
    assert_eq!(tags, ["a", "b", "c"]);
    // numbers begin anew in the next result
    let second = body.replace("#default,_result", "#default,mean");
    assert_eq!(
        outline(&(body.clone() + &second)),
        ["_result/0: 2", "_result/1: 1", "_result/2: 1", "mean/0: 2", "mean/1: 1", "mean/2: 1"]
    );
    // annotations begin a table, whatever its number
    assert_eq!(outline(&(body.clone() + &body)).len(), 6);
    // the name of the result in the rows, when nobody asked for defaults of it
    let named =
        body.replace("#default,_result", "#default,").replace(",,0,", ",x,0,").replace(",,1,", ",y,1,");
    assert_eq!(outline(&named)[..2], ["x/0: 2", "y/1: 1"]);
}

#[test]
fn a_value_of_the_group_key_that_changes_begins_a_table() {
    let one = |host: &str| format!("0,1970-01-01T00:00:00Z,1970-01-01T00:00:01Z,cpu,{host},1");
    let body = table(&CPU, &[&one("a"), &one("b"), &one("\"b\""), &one("a")]);
    let tags: Vec<_> = of(&body)
        .iter()
        .map(|table| (table.columns.tag("host").unwrap().to_owned(), table.rows.len()))
        .collect();
    assert_eq!(tags, [("a".into(), 1), ("b".into(), 2), ("a".into(), 1)], "quotes change nothing");
}

#[test]
fn annotations_in_every_order_and_others() {
    let body = table(&[("n", "long", false)], &["0,1"]);
    let mut lines: Vec<_> = body.split_inclusive("\r\n").collect();
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let mut body: String = order.iter().map(|&at| lines[at]).collect();
        body += "#units,,,\r\n";
        body += &lines[3..].concat();
        assert_eq!(outline(&body), ["_result/0: 1"], "{body}");
    }
    // the last block before a header row counts
    let other = "#datatype,string,long,double\r\n#group,false,false,true\r\n#default,x,,\r\n\r\n";
    assert_eq!(outline(&(other.to_owned() + &body)), ["_result/0: 1"]);
    // LF alone, a byte order mark, empty lines, and no empty line at the end
    lines.pop();
    let plain = format!("\u{feff}\n\r\n{}", lines.concat().replace("\r\n", "\n"));
    assert_eq!(outline(&plain), ["_result/0: 1"]);
}

#[test]
fn a_header_row_without_annotations_takes_those_before_it() {
    let body = table(&[("n", "long", false)], &["0,1"]);
    let body = format!("{body},result,table,m\r\n,,0,2\r\n\r\n");
    let found = of(&body);
    assert_eq!(
        (found[0].rows[0].get("n").is_some(), found[1].rows[0].get("m").unwrap().get::<i64>()),
        (true, Ok(2))
    );
    let wider = format!("{body},result,table,m,o\r\n,,0,2,3\r\n");
    let wider = rows(&[wider.as_bytes()], Options::new());
    assert_eq!(wider.events.len(), 4);
    assert!(wider.failures[0].contains("another number of cells"), "{wider:?}");
}

#[test]
fn empty_tables() {
    let empty =
        table(&CPU, &[]).replace("#default,_result,,,,,,", "#default,_result,4,1970-01-01T00:00:00Z,,cpu,a,");
    assert_eq!(outline(&empty), ["_result/4: 0"]);
    let found = of(&empty);
    assert_eq!((found[0].columns.name(), found[0].columns.tag("host")), (Some("cpu"), Some("a")));
    let full = table(&[("n", "long", false)], &["0,1"]);
    assert_eq!(outline(&format!("{empty}{full}{empty}")), ["_result/4: 0", "_result/0: 1", "_result/4: 0"]);
    // one whose number nobody says is none
    assert_eq!(outline(&table(&CPU, &[])), [""; 0]);
    // nothing but the columns of the format
    assert_eq!(outline(&table(&[], &["0", "0", "1"])), ["_result/0: 2", "_result/1: 1"]);
    for nothing in ["", "\r\n", "\r\n\r\n", "\n"] {
        assert_eq!(outline(nothing), [""; 0], "{nothing:?}");
    }
}

#[test]
fn names_that_the_format_has_too() {
    let columns = [
        ("result", "string", false),
        ("table", "long", false),
        ("error", "string", false),
        ("n", "long", false),
    ];
    let body = table(&columns, &["0,r,7,e,1"]);
    let mut scratch = Scratch::new();
    for row in annotated_csv::iterpoints::<AnyRow<'_>>(body.as_bytes(), &mut scratch) {
        let row = row.unwrap();
        // by name the format's own come first
        assert_eq!(row.get("result").unwrap(), ValueRef::Str("_result"));
        assert_eq!(row.get("table").unwrap(), ValueRef::I64(0));
        assert_eq!(
            row.values()[2..],
            [ValueRef::Str("r"), ValueRef::I64(7), ValueRef::Str("e"), ValueRef::I64(1)]
        );
    }
    // a table, not an error: that stands in other places
    let body = table(&[("error", "string", false), ("reference", "string", false)], &["0,boom,897"]);
    assert_eq!(outline(&body), ["_result/0: 1"]);
}

#[test]
fn profiles() {
    let rows = table(&[("n", "long", false)], &["0,1", "1,2"]);
    let profile =
        table(&[("TotalDuration", "long", false), ("plan", "string", false)], &["0,5,\"a\r\nb\"", "0,6,"])
            .replace("#default,_result", "#default,_profiler");
    let body = format!("{rows}{profile}");
    for (profiles, expected) in [(Profiles::Rows, 7), (Profiles::LeftOut, 4), (Profiles::Only, 3)] {
        for size in [1, 7, body.len()] {
            let pieces: Vec<_> = body.as_bytes().chunks(size).collect();
            let found = tables(&pieces, Options::new().profiles(profiles));
            assert_eq!((found.events.len(), found.failures.len()), (expected, 0), "{profiles:?}: {found:?}");
        }
    }
    // what is left out can be cut unnoticed, but not between
    let cut = tables(&[&body.as_bytes()[..body.len() - 8]], Options::new().profiles(Profiles::LeftOut));
    assert!(cut.truncated, "{cut:?}");
}

#[test]
fn rows_and_the_header_of_their_table() {
    let body = table(
        &CPU,
        &[
            "0,1970-01-01T00:00:00Z,1970-01-01T00:00:01Z,cpu,a,1",
            "1,1970-01-01T00:00:00Z,1970-01-01T00:00:01Z,cpu,b,2",
        ],
    );
    let rows: Vec<SeriesRow<OwnedRow>> =
        annotated_csv::iterpoints(body.as_bytes(), &mut Scratch::new()).collect::<Result<_, _>>().unwrap();
    let tables: Vec<_> = rows.iter().map(|row| (row.series.table(), row.series.tag("host"))).collect();
    assert_eq!(tables, [(Some(0), Some("a")), (Some(1), Some("b"))]);
}
