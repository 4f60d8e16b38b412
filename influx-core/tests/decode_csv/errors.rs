//! Errors: the server's own, those of values and of malformed bytes, and answers that are none of Flux.

use influx_core::decode::annotated_csv::Options;
use influx_core::decode::{Scratch, annotated_csv};
use influx_core::{DecodeError, FromRow, OwnedRow};

use crate::reference::Event;
use crate::support::{rows, table, tables, whole};

fn errors(body: &str) -> Vec<DecodeError> {
    let mut scratch = Scratch::new();
    let rows = annotated_csv::iterpoints::<OwnedRow>(body.as_bytes(), &mut scratch);
    rows.filter_map(Result::err).collect()
}

fn good() -> String {
    table(&[("n", "long", false)], &["0,1", "0,2"])
}

#[test]
fn errors_of_the_server() {
    let told = "#datatype,string,string\r\n#group,true,true\r\n#default,,\r\n,error,reference\r\n,boom,\r\n";
    let found = whole(&format!("{}{told}", good()));
    assert_eq!(found.events.len(), 4, "{found:?}");
    assert_eq!(found.events[3], Event::Server { message: "boom".into(), reference: String::new() });
    for body in [
        told.to_owned(),
        format!("\r\n{told}"),
        ",error,reference\r\n,boom,\r\n".into(),
        format!("{}\r\n{told}\r\n", good()),
    ] {
        let [error] = &errors(&body)[..] else { panic!("one error of {body}") };
        assert!(error.is_server_error() && !error.is_syntax());
        assert_eq!((error.server_message(), error.server_reference()), (Some("boom"), None));
        assert_eq!(error.to_string(), "the server reported: boom");
    }
    let numbered = told.replace("boom,", "\"boom,\r\nsaid \"\"it\"\"\u{1b}\",897");
    let [error] = &errors(&numbered)[..] else { panic!("one error") };
    assert_eq!(
        (error.server_message(), error.server_reference()),
        (Some("boom,\nsaid \"it\"\u{1b}"), Some("897"))
    );
    assert_eq!(error.to_string(), "the server reported: boom,\\nsaid \"it\"\\u{1b} (reference 897)");
    // without words
    assert_eq!(
        errors(&told.replace("boom", ""))[0].to_string(),
        "the server reported: an error without words"
    );
    assert!(errors(&told.replace(",boom,\r\n", ""))[0].is_truncated());
    // nothing is lost behind it
    let between = whole(&format!("{told}\r\n{}", good()));
    assert_eq!((between.events.len(), between.failures.len()), (4, 0));
}

#[test]
fn one_bad_value_leaves_the_other_rows() {
    let body = table(
        &[("host", "string", true), ("n", "long", false), ("f", "double", false)],
        &["0,a,1,1", "0,a,x,2", "0,a,3,1e5x", "0,a,4,4"],
    );
    let found = rows(&[body.as_bytes()], Options::new());
    assert_eq!(found.events.len(), 3, "a header and two rows: {found:?}");
    let [first, second] = &found.failures[..] else { panic!("{found:?}") };
    assert_eq!(
        first,
        "the response is malformed at byte 142: column \"n\" holds \"x\" where a long was expected \
         (result _result, table 0, series (no name),host=a, row 2)"
    );
    assert!(second.contains("column \"f\" holds \"1e5x\" where a double was expected"), "{second}");
    assert!(second.ends_with("row 3)"), "{second}");
    // what nobody asks for is not looked at
    #[derive(FromRow)]
    struct F {
        f: f64,
    }
    let mut scratch = Scratch::new();
    let floats = annotated_csv::iterpoints::<F>(body.as_bytes(), &mut scratch)
        .filter_map(|row| row.ok().map(|row| row.f));
    assert_eq!(floats.collect::<Vec<_>>(), [1.0, 2.0, 4.0]);
}

#[test]
fn texts_that_are_not_utf8() {
    let body =
        table(&[("host", "string", true), ("s", "string", false)], &["0,a,x", "0,a,y", "1,z,w", "2,b,v"]);
    let mut bytes = body.into_bytes();
    let place = |bytes: &[u8], byte| bytes.iter().rposition(|known| *known == byte).unwrap();
    let (y, z) = (place(&bytes, b'y'), place(&bytes, b'z'));
    (bytes[y], bytes[z]) = (0xff, 0xff);
    for size in [1, 5, bytes.len()] {
        let pieces: Vec<_> = bytes.chunks(size).collect();
        let found = rows(&pieces, Options::new());
        assert_eq!(found.events.len(), 4, "two tables with a row each: {found:?}");
        assert_eq!(found.failures.len(), 2, "{found:?}");
        assert!(
            found.failures[0].contains("column \"s\" holds \"\u{fffd}\" where it is not UTF-8"),
            "{found:?}"
        );
        assert!(found.failures[1].contains("column \"host\" holds \"\u{fffd}\""), "{found:?}");
    }
}

#[test]
fn malformed() {
    let good = good();
    for (line, says) in [
        (",,0\r\n", "fewer cells than the header"),
        (",,0,1,2\r\n", "more cells than the header"),
        (",,0,x,2\r\n", "more cells than the header"),
        (",,0,\"x\"2\r\n", "behind a quoted cell"),
        (",,x,1\r\n", "the number of a table was expected"),
        ("x,,0,1\r\n", "a row begins with an empty cell"),
        (",,0,\"1\"2\r\n", "a comma or the end of the line was expected behind a quoted cell"),
        ("#datatype,string\r\n#group,false\r\n#default,\r\n,result,table,x\r\n", "another number of cells"),
        ("#datatype,string,long\r\n#group,x,y\r\n#default,,\r\n,result,table\r\n", "neither true nor false"),
        (
            "#datatype,string,long\r\n#group,false,false\r\n#default,,x\r\n,result,table\r\n",
            "the default of `table` is no number",
        ),
        (
            "#datatype,string,long,double\r\n#group,false,false,false\r\n#default,,,x\r\n,result,table,f\r\n",
            "a default is not of its column's type",
        ),
    ] {
        let body = format!("{}{line}", good.trim_end().to_owned() + "\r\n");
        for size in [1, 3, body.len()] {
            let pieces: Vec<_> = body.as_bytes().chunks(size).collect();
            let found = rows(&pieces, Options::new());
            assert_eq!(found.events.len(), 3, "{line}: {found:?}");
            let [failure] = &found.failures[..] else { panic!("{line}: {found:?}") };
            assert!(failure.contains(says) && failure.contains("at byte"), "{line}: {failure}");
        }
    }
}

#[test]
fn answers_that_are_none() {
    for (body, says) in [
        (
            ",result,table,_time,_value\r\n,_result,0,2024-01-01T00:00:00Z,1\r\n",
            "the answer has no annotations datatype, group, default, without which nobody knows what its cells are; ask for all of them, in \
             the query's dialect: \"annotations\": [\"datatype\", \"group\", \"default\"]",
        ),
        ("#datatype,string,long\r\n#group,false,false\r\n#default,,\r\n,,0\r\n", "has no header row"),
        ("<html><body>502 Bad Gateway</body></html>", "a page of HTML or XML: \"<html>"),
        ("{\"results\":[]}", "a document of JSON: "),
        ("{\"results\":[{\"series\":[", "a document of JSON: "),
        ("{\"code\":\"invalid\",\"message\":\"no such bucket\"}", "the server reported: no such bucket"),
        ("{\"error\":\"Flux query service disabled\"}", "the server reported: Flux query service disabled"),
        ("404 page not found\n", "the server reported: 404 page not found"),
        ("name,tags,time,f\nm,,1,2\n", "CSV without annotations"),
        ("1,2", "CSV without annotations"),
        ("null\n", "a value of JSON"),
        ("\u{feff}<html>", "a page of HTML"),
    ] {
        for size in [1, 2, body.len()] {
            let pieces: Vec<_> = body.as_bytes().chunks(size).collect();
            let found = tables(&pieces, Options::new());
            let told = match &found.events[..] {
                [Event::Server { message, .. }] => format!("the server reported: {message}"),
                _ => found.failures.join("|"),
            };
            assert!(told.contains(says), "{body}: {told}");
        }
    }
}

#[test]
fn a_body_that_ends_inside_of_something() {
    let body = good();
    let last_line = body.trim_end();
    for (body, says) in [
        (
            last_line,
            "the response is incomplete: the body ends inside of a row (byte 103) (result _result, table 0, row 2)",
        ),
        ("#datatype,string,long\r\n", "behind annotations, before their header row"),
        ("#datatype,stri", "inside of a row"),
        (",error,reference\r\n", "where the server reports an error, before its words"),
        (",error,reference\r\n,boo", "inside of a row"),
    ] {
        let errors = errors(body);
        let [error] = &errors[..] else { panic!("one error of {body}") };
        assert!(error.is_truncated() && error.to_string().contains(says), "{error}");
    }
    // files of other makers may end so
    let open = Options::new().open_end(true);
    for size in [1, 4, body.len()] {
        let pieces: Vec<_> = last_line.as_bytes().chunks(size).collect();
        let found = tables(&pieces, open);
        assert_eq!((found.events.len(), found.failures.len()), (3, 0), "{found:?}");
    }
    let quoted = format!("{last_line}\r\n,,0,\"1");
    assert!(tables(&[quoted.as_bytes()], open).truncated);
    let quoted = format!("{last_line}\r\n,,0,\"1\"");
    assert_eq!(tables(&[quoted.as_bytes()], open).events.len(), 4);
    let told = tables(&[b",error,reference\r\n,boom,"], open);
    assert_eq!(told.events.len(), 1);
}
