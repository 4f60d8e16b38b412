use proptest::prelude::*;

use super::naive;
use super::scanner::{Fault, Kind, Scanner, Token};
use super::{only_reads, single_statement};

#[test]
fn reads() {
    for text in [
        "SELECT * FROM cpu",
        "  select a from b; SHOW DATABASES ;",
        "SELECT \"into\" FROM 'x; DROP DATABASE y'",
        "-- a comment\nSELECT 1",
        "-- a comment\rSELECT 1",
        "/* DROP */ explain analyze SELECT 1",
        "/*/ DROP /*/ SELECT 1",
        "SELECT a FROM \"b\\\"; DROP\" WHERE c = 'it\\'s; DROP'",
        "SELECT intox FROM into_y",
        "SELECT a FROM /x; DROP y/",
        "SELECT a / 2, b FROM c WHERE d =~ /INTO e/",
        "SELECT a FROM b WHERE time > now() - 1INTO",
        "SHOW TAG VALUES FROM /a--b/ WITH KEY =~ /c\\/;d/",
        "",
    ] {
        assert!(only_reads(text), "{text}");
    }
}

#[test]
fn changes() {
    for text in [
        "CREATE DATABASE x",
        "SELECT * INTO a FROM b",
        "SELECT *\ninto a FROM b",
        "SELECT * -- c\rINTO a FROM b",
        "SELECT * FROM /a--b/ INTO c",
        "SELECT 1.INTO a FROM b",
        "SELECT a/2 INTO b FROM c WHERE d / 3 > 1",
        "SHOW DATABASES; DROP DATABASE x",
        "SHOW DATABASES -- c\r; DROP DATABASE x",
        "SHOW DATABASES -- c\0; DROP DATABASE x",
        "SELECT 'a'; delete from x",
        "EXPLAIN ANALYZE SELECT * INTO a FROM b",
        "-- SELECT\nDROP DATABASE x",
        "/* a */DROP DATABASE x",
        "/*/ SELECT */ DROP DATABASE x",
        "WITH x",
        "SELECT * FROM /x'/; DROP MEASUREMENT y",
        "SELECT 'never closed",
        "SELECT /* never closed",
    ] {
        assert!(!only_reads(text), "{text}");
    }
}

#[test]
fn one_statement() {
    for (text, single) in [
        ("SELECT 1", "SELECT 1"),
        (" SELECT 1 ;; ", "SELECT 1"),
        (";\r\n-- c\nSELECT 1 -- d;", "SELECT 1"),
        ("SELECT 'a;b', \"c;\" FROM d /* ; */ WHERE e", "SELECT 'a;b', \"c;\" FROM d /* ; */ WHERE e"),
        ("SELECT a FROM /b'c;--/ -- d", "SELECT a FROM /b'c;--/"),
        ("SELECT a FROM b WHERE c =~ /\\/;/;", "SELECT a FROM b WHERE c =~ /\\/;/"),
    ] {
        assert_eq!(single_statement(text).unwrap(), single);
    }
}

#[test]
fn what_is_not_one_statement() {
    for (text, says) in [
        ("SELECT 1; DROP DATABASE x", "is several statements: give one"),
        ("SELECT 'a' ; SELECT 'b'", "is several statements: give one"),
        ("SELECT 1 -- c\r; DROP DATABASE x", "is several statements: give one"),
        ("SELECT 1 -- c\r\n; DROP DATABASE x", "is several statements: give one"),
        ("SELECT 1 /*/ c */; DROP DATABASE x", "is several statements: give one"),
        ("SELECT a FROM /b'/; DROP DATABASE x -- '", "is several statements: give one"),
        ("SELECT a FROM /b--/; DROP DATABASE x", "is several statements: give one"),
        ("SELECT a / b; DROP DATABASE x -- /", "is several statements: give one"),
        ("SELECT 1 \0; DROP DATABASE x", "has NUL"),
        ("SELECT 'a;", "has a quote that is not closed in its line, at byte 7, and is not sent"),
        ("SELECT 'a\r'; DROP DATABASE x -- '", "has a quote that is not closed in its line"),
        ("SELECT a FROM /b\n/; DROP DATABASE x", "has a regular expression that is not closed in its line"),
        ("SELECT '\\r'", "has an escape that InfluxQL does not know, at byte 8"),
        ("SELECT 1 /* ; */ /*", "has a comment that is never closed, at byte 17"),
        ("SELECT ä", "has a character that InfluxQL has only between quotes, at byte 7"),
        (" ; ", "the query is empty"),
        ("-- c", "the query is empty"),
        ("", "the query is empty"),
    ] {
        let error = single_statement(text).unwrap_err();
        assert!(error.is_config() && error.to_string().contains(says), "{text:?}: {error}");
    }
}

fn scanned(text: &str) -> Result<Vec<Token>, Fault> {
    Scanner::new(text).collect()
}

/// The token as the naive scanner has it.
fn as_naive(text: &str, token: Token, like: &naive::Tok) -> naive::Tok {
    use naive::Tok;
    let own = &text[token.from..token.to];
    match (token.kind, like) {
        (Kind::Word, Tok::Keyword(_)) => Tok::Keyword(own.to_ascii_uppercase()),
        (Kind::Word, _) => Tok::Ident(own.to_owned()),
        // what is between the quotes does not matter here
        (Kind::Name, Tok::Ident(name)) => Tok::Ident(name.clone()),
        (Kind::Name, _) => Tok::Ident(String::new()),
        (Kind::Text | Kind::Number, _) => Tok::Literal,
        (Kind::Regex, _) => Tok::Regex,
        (Kind::Parameter, _) => Tok::Param,
        (Kind::Semicolon, _) => Tok::Semi,
        (Kind::Sign, _) => Tok::Other(own.to_owned()),
    }
}

const PIECES: [&str; 52] = [
    "SELECT ",
    "FROM ",
    "INTO ",
    "BY ",
    "WHERE ",
    "SHOW ",
    "DROP ",
    "select",
    "cpu",
    "into_x",
    "true",
    "field",
    "distinct ",
    "a",
    "x1",
    "_",
    "\"",
    "'",
    "/",
    "\\",
    "\\/",
    "--",
    "/*",
    "*/",
    "*",
    "-",
    ";",
    "; ",
    "\n",
    "\r",
    "\r\n",
    " ",
    "\t",
    "=~ ",
    "!~",
    "=",
    "!",
    "<>",
    "::",
    ":",
    ".",
    ",",
    "(",
    ")",
    "$",
    "$p",
    "1",
    "1.5",
    ".5",
    "2h",
    "1µ",
    "n",
];

fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        30 => proptest::sample::select(PIECES.to_vec()).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
        1 => Just("\0".to_owned()),
    ];
    prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 20_000 } else { 500_000 }))]

    /// Where influxd reads a text, the same tokens are found in it; what may hide behind NUL is refused.
    #[test]
    fn the_scanner_agrees_with_influxds(text in hostile()) {
        let own = scanned(&text);
        if text.contains('\0') {
            prop_assert!(own.is_err());
            return Ok(());
        }
        let Some(naive) = naive::tokens(&text) else { return Ok(()) };
        prop_assert!(own.is_ok(), "{:?} is {:?}", own, naive);
        let own = own.unwrap();
        prop_assert_eq!(own.len(), naive.len(), "{:?} {:?}", own, naive);
        for (token, like) in own.into_iter().zip(&naive) {
            prop_assert_eq!(&as_naive(&text, token, like), like);
        }
    }

    /// A statement alone is one to influxd, too, and nothing of the text is left out but what runs nothing.
    #[test]
    fn nothing_hides_in_a_single_statement(text in hostile()) {
        let Ok(single) = single_statement(&text) else { return Ok(()) };
        if let Some(all) = naive::tokens(&text) {
            let meant: Vec<_> = all.into_iter().filter(|token| *token != naive::Tok::Semi).collect();
            prop_assert_eq!(naive::tokens(single), Some(meant));
        }
    }
}
