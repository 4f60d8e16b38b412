//! Which statements only read, and whether a text is a single one. Errs towards writing and towards several: a read that is
//! sent as a change does no harm.

use crate::error::{Error, Result};

/// Whether all statements of the text only read, so that they may go as `GET`.
pub(crate) fn only_reads(text: &str) -> bool {
    if may_hide(text) {
        return false;
    }
    let mut words = Words { rest: text, unclosed: false };
    let (mut first, mut in_select) = (true, false);
    for word in &mut words {
        match word {
            ";" => (first, in_select) = (true, false),
            _ if first => {
                let is = |name| word.eq_ignore_ascii_case(name);
                in_select = is("SELECT") || is("EXPLAIN");
                if !in_select && !is("SHOW") {
                    return false;
                }
                first = false;
            }
            _ if in_select && word.eq_ignore_ascii_case("INTO") => return false,
            _ => {}
        }
    }
    !words.unclosed
}

/// The text without a semicolon at its end, if it is one statement.
pub(crate) fn single_statement(text: &str) -> Result<&str> {
    let text = text.trim().trim_end_matches(|c: char| c == ';' || c.is_whitespace());
    if text.is_empty() {
        return Err(Error::config("the query is empty"));
    }
    if text.contains(';') {
        let mut words = Words { rest: text, unclosed: false };
        if may_hide(text) || words.any(|word| word == ";") || words.unclosed {
            return Err(Error::config(format!("the query {text:?} may be several statements: give one")));
        }
    }
    Ok(text)
}

/// Whether a regular expression may hide the end of a statement: in it, quotes and semicolons mean nothing, and telling its
/// slash from a division takes a parser.
fn may_hide(text: &str) -> bool {
    text.replace("/*", "").replace("*/", "").contains('/') && text.contains(['\'', '"', ';'])
}

/// The bare words and semicolons of InfluxQL; texts, quoted names and comments are passed over.
struct Words<'a> {
    rest: &'a str,
    /// A text or quoted name had no end.
    unclosed: bool,
}

impl<'a> Iterator for Words<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        loop {
            let first = self.rest.chars().next()?;
            let len = match first {
                '\'' | '"' => quoted_len(self.rest, first).unwrap_or_else(|| {
                    self.unclosed = true;
                    self.rest.len()
                }),
                '-' if self.rest.starts_with("--") => self.rest.find('\n').unwrap_or(self.rest.len()),
                '/' if self.rest.starts_with("/*") => {
                    self.rest.find("*/").map_or(self.rest.len(), |at| at + 2)
                }
                ';' => return Some(self.take(1)),
                c if is_word(c) => {
                    let len = self.rest.find(|c| !is_word(c)).unwrap_or(self.rest.len());
                    return Some(self.take(len));
                }
                c => c.len_utf8(),
            };
            self.take(len);
        }
    }
}

impl<'a> Words<'a> {
    fn take(&mut self, len: usize) -> &'a str {
        let (head, tail) = self.rest.split_at(len);
        self.rest = tail;
        head
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn quoted_len(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return Some(at + 1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{only_reads, single_statement};

    #[test]
    fn reads() {
        for text in [
            "SELECT * FROM cpu",
            "  select a from b; SHOW DATABASES ;",
            "SELECT \"into\" FROM 'x; DROP DATABASE y'",
            "-- a comment\nSELECT 1",
            "/* DROP */ explain analyze SELECT 1",
            "SELECT a FROM \"b\\\"; DROP\" WHERE c = 'it\\'s; DROP'",
            "SELECT intox FROM into_y",
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
            "SHOW DATABASES; DROP DATABASE x",
            "SELECT 'a'; delete from x",
            "EXPLAIN ANALYZE SELECT * INTO a FROM b",
            "-- SELECT\nDROP DATABASE x",
            "/* a */DROP DATABASE x",
            "WITH x",
            "SELECT * FROM /x'/; DROP MEASUREMENT y",
            "SELECT 'never closed",
        ] {
            assert!(!only_reads(text), "{text}");
        }
    }

    #[test]
    fn single_statements() {
        for (text, single) in [
            ("SELECT 1", "SELECT 1"),
            (" SELECT 1 ;; ", "SELECT 1"),
            ("SELECT 'a;b', \"c;\" FROM d -- e;", "SELECT 'a;b', \"c;\" FROM d -- e"),
            ("SELECT a FROM /b'c/", "SELECT a FROM /b'c/"),
        ] {
            assert_eq!(single_statement(text).unwrap(), single);
        }
        for text in [
            "SELECT 1; DROP DATABASE x",
            "SELECT 'a' ; SELECT 'b'",
            "SELECT a FROM /b'/; DROP DATABASE x -- '",
            "SELECT 'a;",
            " ; ",
            "",
        ] {
            let single = single_statement(text);
            // What is never closed is the server's to refuse: it is one statement at most.
            assert!(single.is_err() || !single.unwrap().contains(';'), "{text}");
        }
    }
}
