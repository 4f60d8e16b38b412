//! Tags that 1.x and 2.x take for the begin of the fields.

use super::*;
use influx_core::lines;

#[derive(LineProtocol)]
#[measurement("m")]
struct Doubtful<'a> {
    #[tag(rename = "k\\ y")]
    key: &'a str,
    #[tag]
    text: &'a str,
    #[tag]
    shared: TagStr,
    f: &'static str,
}

#[derive(LineProtocol)]
#[measurement("m")]
struct Usual<'a> {
    #[tag]
    text: &'a str,
    #[tag]
    shared: TagStr,
    f: &'static str,
}

/// A point is written so that its line ends where it should, or is an error.
#[test]
fn no_tag_hides_where_a_line_ends() {
    const TEXTS: [&str; 5] = ["a", "x\\ y", "q\"", "\\ \\=\"", "b c"];
    for dialect in [Dialect::V1, Dialect::V2, Dialect::V3] {
        let mut refused = 0;
        for (text, shared, default) in
            TEXTS.iter().flat_map(|a| TEXTS.iter().flat_map(move |b| TEXTS.iter().map(move |c| (a, b, c))))
        {
            let (f, tag) = ("a \"b\", c=d", || TagStr::new(*shared).unwrap());
            let mut writer = LineWriter::new(dialect);
            writer.default_tag("a", *default).unwrap();
            let results = [
                writer.write(&Usual { text, shared: tag(), f }),
                writer.write(&Doubtful { key: "v", text, shared: tag(), f }),
                writer.write(&Usual { text: "after", shared: tag(), f }),
            ];
            for error in results.iter().filter_map(|result| result.as_ref().err()) {
                assert!(error.to_string().contains("does not see where the line ends"), "{error}");
                refused += 1;
            }
            let written = results.iter().filter(|result| result.is_ok()).count();
            let found: Result<Vec<_>, _> = lines::check(writer.as_bytes(), dialect, Precision::Ns).collect();
            assert_eq!(found.unwrap_or_else(|error| panic!("{error}")).len(), written);
        }
        assert_eq!(refused > 0, dialect != Dialect::V3, "{dialect}");
    }
}
