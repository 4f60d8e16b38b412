//! Source files, and what of them is code.

use std::fs;
use std::path::{Path, PathBuf};

/// A file of a crate.
pub(crate) struct Source {
    /// Below the crate's `src`.
    pub(crate) name: PathBuf,
    /// `["write", "body"]` for `write/body.rs`; empty for the crate's root.
    pub(crate) module: Vec<String>,
    /// Its text, comments and literals blanked out: every line is where it was.
    pub(crate) code: String,
    /// Where its tests begin, which stand behind the rest.
    tests: usize,
}

impl Source {
    /// The code that is built into the crate.
    pub(crate) fn own(&self) -> &str {
        &self.code[..self.tests]
    }

    /// The code of the tests within the file.
    pub(crate) fn tests(&self) -> &str {
        &self.code[self.tests..]
    }

    /// Whether the file has tests alone.
    pub(crate) fn is_test(&self) -> bool {
        self.module.iter().skip(1).any(|part| part == "tests")
    }
}

/// All files of a crate, by name.
pub(crate) fn sources(root: &Path) -> Vec<Source> {
    let mut names = Vec::new();
    find(root, &mut names);
    names.sort_unstable();
    let read = |path: PathBuf| {
        let code = blanked(&fs::read_to_string(&path).unwrap());
        let tests = code.find("#[cfg(test)]\nmod tests {").unwrap_or(code.len());
        let name = path.strip_prefix(root).unwrap().to_owned();
        Source { module: module_of(&name), name, code, tests }
    };
    names.into_iter().map(read).collect()
}

fn find(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            find(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn module_of(name: &Path) -> Vec<String> {
    let mut parts: Vec<String> =
        name.with_extension("").iter().map(|part| part.to_str().unwrap().to_owned()).collect();
    if parts.last().is_some_and(|last| last == "mod" || last == "lib") {
        parts.pop();
    }
    parts
}

/// The text with spaces for comments and the insides of literals.
fn blanked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let len = not_code(rest).unwrap_or(0);
        if len == 0 {
            // a name is taken whole: the r of `for` begins no raw text
            let name = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            let (code, behind) = rest.split_at(name.max(first.len_utf8()));
            out.push_str(code);
            rest = behind;
        } else {
            let (gone, behind) = rest.split_at(len);
            out.extend(gone.chars().map(|c| if c == '\n' { c } else { ' ' }));
            rest = behind;
        }
    }
    out
}

/// The length of the comment or literal that the text begins with.
fn not_code(text: &str) -> Option<usize> {
    let upto = |end: &str, from: usize| text[from..].find(end).map_or(text.len(), |at| from + at + end.len());
    if text.starts_with("//") {
        return Some(text.find('\n').unwrap_or(text.len()));
    }
    if text.starts_with("/*") {
        return Some(upto("*/", 2));
    }
    let raw = text.trim_start_matches(['b', 'r']);
    let prefix = text.len() - raw.len();
    let hashes = raw.len() - raw.trim_start_matches('#').len();
    if (1..=2).contains(&prefix) && text[..prefix].ends_with('r') && raw[hashes..].starts_with('"') {
        return Some(upto(&format!("\"{}", "#".repeat(hashes)), prefix + hashes + 1));
    }
    let plain = text.strip_prefix('b').unwrap_or(text);
    let prefix = text.len() - plain.len();
    if plain.starts_with('"') {
        return Some(prefix + quoted(plain, '"'));
    }
    // a lifetime has no quote behind its first character
    let second = plain.strip_prefix('\'')?.chars().next()?;
    let is_char = second == '\\' || plain[1 + second.len_utf8()..].starts_with('\'');
    is_char.then(|| prefix + quoted(plain, '\''))
}

fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[test]
fn what_is_not_code_is_blank() {
    for (text, code) in [
        ("a // b\nc", "a     \nc"),
        ("a /* b\n */ c", "a     \n    c"),
        ("f(\"a\\\"b\", x)", "f(      , x)"),
        ("f(r#\"a\"b\"#, x)", "f(        , x)"),
        ("for x in r { b'\"' }", "for x in r {      }"),
        ("fn f<'a>(x: &'a str, c: '\\'')", "fn f<'a>(x: &'a str, c:     )"),
    ] {
        assert_eq!(blanked(text), code);
    }
}
