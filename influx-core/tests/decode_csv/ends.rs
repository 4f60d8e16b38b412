//! Where a body ends, and what it costs to find the end of a long row.

use std::time::{Duration, Instant};

use influx_core::OwnedRow;
use influx_core::decode::annotated_csv::{Options, iterpoints_with};
use influx_core::decode::{Rows, Scratch};

/// Where nothing else tells that a body is complete, the empty line does that is behind each result.
#[test]
fn a_body_that_the_connection_ends() {
    let head =
        "#datatype,string,long,long\r\n#group,false,false,false\r\n#default,_result,,\r\n,result,table,a\r\n";
    let rows = format!("{head},,0,1\r\n,,0,2\r\n");
    let read = |body: &str, options: Options| -> Result<usize, bool> {
        let mut scratch = Scratch::new();
        let rows = iterpoints_with::<OwnedRow>(body.as_bytes(), &mut scratch, options);
        let rows: Result<Vec<_>, _> = rows.collect();
        rows.map(|rows| rows.len()).map_err(|error| error.is_truncated())
    };
    for (body, expected) in [
        (format!("{rows}\r\n"), Ok(2)),
        (format!("{rows}\n"), Ok(2)),
        (format!("{head}\r\n"), Ok(0)),
        ("\r\n".to_owned(), Ok(0)),
        (rows.clone(), Err(true)),
        (head.to_owned(), Err(true)),
        (format!("{rows}\r\n{head}"), Err(true)),
        (String::new(), Err(true)),
    ] {
        assert_eq!(read(&body, Options::new().empty_line_ends(true)), expected, "{body:?}");
        assert!(read(&body, Options::new()).is_ok(), "{body:?}");
    }
}

/// What arrives in small pieces is not looked through from its start for each of them.
#[test]
#[cfg_attr(miri, ignore = "slow there")]
fn the_cost_of_a_long_row_grows_as_its_length() {
    const HEAD: &[u8] = b"#datatype,string,long,string,string\n#group,false,false,false,false\n#default,_result,,,\n,result,table,a,b\n,,0,x,y\n";
    for (first, piece, last) in [
        (&b",,0,\""[..], b"\"\"".repeat(512), &b"\",b\n"[..]),
        (b",,0,\"", b"x".repeat(1_024), b"\",b\n"),
        (b",,0,\"", b"\r\n".repeat(512), b"\",b\n"),
        (b",,0,a,", b"x".repeat(1_024), b"\n"),
    ] {
        let mut rows = Rows::<(String, i64, String, String)>::new(Options::new());
        let mut lengths = Vec::new();
        let begun = Instant::now();
        for piece in [HEAD, first].into_iter().chain((0..8_192).map(|_| &*piece)).chain([last]) {
            rows.push(piece.to_vec());
            while let Some(row) = rows.next_row() {
                let (_, _, a, b) = row.unwrap();
                lengths.push(a.len() + b.len());
            }
            assert!(begun.elapsed() < Duration::from_secs(30), "{first:?}");
        }
        rows.finish();
        assert!(rows.next_row().is_none());
        let text = piece.iter().filter(|byte| **byte == b'x').count().max(512) * 8_192;
        assert_eq!(lengths, [2, text + 1]);
    }
}
