//! Every answer that was recorded from a real server is what the crate `csv` and the reference make of it: whole, split at every byte, and
//! cut at every byte.

use std::path::{Path, PathBuf};

use influx_core::decode::annotated_csv::Options;

use crate::reference::{Event, events};
use crate::support::{rows, tables, with_rows};

/// The records that the crate `csv` finds.
pub(crate) fn records(body: &[u8], delimiter: u8) -> Vec<Vec<String>> {
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(body);
    let text = |cell: &str| cell.replace("\r\n", "\n");
    reader.records().map(|record| record.unwrap().iter().map(text).collect()).collect()
}

fn files() -> Vec<PathBuf> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/data");
    let folders = ["v1new", "v2", "v2new", "corpora/annotated_csv"];
    let mut files: Vec<_> = folders
        .iter()
        .flat_map(|folder| std::fs::read_dir(data.join(folder)).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "csv"))
        .collect();
    files.sort();
    files
}

/// What the recorded answers are that were asked for without all that is needed, or of another API.
fn says(name: &str) -> Option<&'static str> {
    Some(match name {
        "084_q_all_types_no_dialect.csv"
        | "088_q_annotations_none.csv"
        | "092_q_vnd_flux.csv"
        | "268_query_as_reader.csv" => "has no annotations datatype, group, default",
        "085_q_annotations_datatype.csv" | "089_q_no_header.csv" => "has no annotations group, default",
        "086_q_annotations_group.csv" => "has no annotations datatype, default",
        "087_q_annotations_default.csv" => "has no annotations datatype, group",
        "343_v1_q_csv.csv" | "344_v1_q_csv_app.csv" => "CSV without annotations",
        "117_q_gzip.csv" => "packed by gzip",
        "own_mid_stream_error_no_annotations.csv" => "has no annotations",
        "own_truncated_row.csv" => "fewer cells",
        "029_flux_unknown_bucket.csv" => "failed to initialize execute state: no database",
        _ => return None,
    })
}

#[test]
fn recorded_answers() {
    let (mut read, mut refused) = (0, 0);
    for path in files() {
        let name = path.file_name().unwrap().to_str().unwrap();
        let body = std::fs::read(&path).unwrap();
        let delimiter = if name.contains("semicolon") { b';' } else { b',' };
        let options = Options::new().delimiter(delimiter);
        let whole = tables(&[&body], options);
        let lent = rows(&[&body], options);
        if let Some(says) = says(name) {
            let told = match whole.events.last() {
                Some(Event::Server { message, .. }) => message,
                _ => whole.failures.last().unwrap_or_else(|| panic!("{name}: {whole:?}")),
            };
            assert!(told.contains(says), "{name}: {whole:?}");
            refused += 1;
        } else {
            assert_eq!(whole.failures, [""; 0], "{name}");
            let expected = events(&records(&body, delimiter))
                .unwrap_or_else(|| panic!("{name} is not as the reference expects it"));
            assert_eq!(whole.events, expected, "{name}");
            assert_eq!(lent.events, with_rows(&expected), "{name}");
            read += 1;
        }
        for at in 0..=body.len() {
            let pieces = [&body[..at], &body[at..]];
            assert_eq!(tables(&pieces, options), whole, "{name} split at {at}");
        }
        for size in [1, 2, 3, 7, 16, 64] {
            let pieces: Vec<_> = body.chunks(size).collect();
            assert_eq!(rows(&pieces, options), lent, "{name} in pieces of {size}");
        }
    }
    assert!(read > 70 && refused > 9, "{read} read, {refused} refused");
}

/// An answer that is cut is an error, unless it is cut between two lines: then it lacks rows, which the transport must tell.
#[test]
fn cut_answers() {
    for path in files() {
        let body = std::fs::read(&path).unwrap();
        let name = path.display();
        let whole = rows(&[&body], Options::new());
        if !whole.failures.is_empty() || body.starts_with(b"{") {
            continue;
        }
        for at in 0..body.len() {
            let cut = rows(&[&body[..at]], Options::new());
            assert!(whole.events.starts_with(&cut.events), "{name} cut at {at}: {cut:?}");
            let is_between = at == 0
                || body[..at].ends_with(b"\n")
                || body[..at].ends_with(b"\n\r")
                || &body[..at] == b"\r";
            assert!(cut.truncated || is_between, "{name} cut at {at}: {cut:?}");
            assert!(cut.failures.len() == usize::from(cut.truncated), "{name} cut at {at}: {cut:?}");
        }
    }
}
