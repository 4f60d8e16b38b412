//! The paths that a file uses, and the files that they lead to.

use std::collections::{HashMap, HashSet};

use crate::source::Source;

/// A path within the crate.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Import {
    /// The module that it leads to; empty: the crate's root.
    pub(crate) module: Vec<String>,
    /// What it takes from there; `None`: the module itself.
    pub(crate) name: Option<String>,
    /// Only handed on, by `pub use`.
    pub(crate) handed_on: bool,
    /// Of the tests within the file.
    pub(crate) in_tests: bool,
}

/// The modules of a crate.
pub(crate) struct Modules<'s>(HashMap<&'s [String], &'s Source>);

impl<'s> Modules<'s> {
    pub(crate) fn new(sources: &'s [Source]) -> Self {
        Modules(sources.iter().map(|source| (&source.module[..], source)).collect())
    }

    pub(crate) fn get(&self, module: &[String]) -> Option<&'s Source> {
        self.0.get(module).copied()
    }

    /// All paths of a file that stay in the crate, each once.
    pub(crate) fn imports(&self, source: &Source) -> Vec<Import> {
        let mut all = Vec::new();
        for (code, in_tests) in [(source.own(), false), (source.tests(), true)] {
            for (path, handed_on) in paths(code) {
                if let Some(mut import) = self.resolve(source, &path, in_tests) {
                    import.handed_on = handed_on;
                    all.push(import);
                }
            }
        }
        let mut seen = HashSet::new();
        all.retain(|import| seen.insert((import.module.clone(), import.name.clone(), import.in_tests)));
        all
    }

    fn resolve(&self, source: &Source, path: &[String], in_tests: bool) -> Option<Import> {
        let mut base = source.module.clone();
        let mut rest = path;
        match path.first()?.as_str() {
            "crate" => (base, rest) = (Vec::new(), &path[1..]),
            "super" => {
                // tests stand in a module of their own
                if in_tests {
                    rest = &rest[1..];
                }
                while rest.first().is_some_and(|part| part == "super") {
                    base.pop();
                    rest = &rest[1..];
                }
            }
            "self" => rest = &path[1..],
            // a module that the file declares
            first => {
                let child = [&base[..], &[first.to_owned()]].concat();
                self.get(&child)?;
            }
        }
        while let Some(part) = rest.first() {
            let below = [&base[..], std::slice::from_ref(part)].concat();
            if self.get(&below).is_none() {
                break;
            }
            (base, rest) = (below, &rest[1..]);
        }
        let name = rest.first().filter(|name| *name != "self" && *name != "*").cloned();
        Some(Import { module: base, name, handed_on: false, in_tests })
    }

    /// What a file hands on that is not its own.
    pub(crate) fn handed_on(&self, source: &Source) -> HashSet<String> {
        let imports = self.imports(source).into_iter();
        imports.filter(|import| import.handed_on).filter_map(|import| import.name).collect()
    }
}

/// The paths of `use` and of expressions, and whether they are only handed on.
fn paths(code: &str) -> Vec<(Vec<String>, bool)> {
    let (mut found, mut rest, mut before) = (Vec::new(), code, String::new());
    while let Some(at) = rest.find(|c: char| c.is_alphabetic() || c == '_') {
        let gap = &rest[..at];
        let word_len = rest[at..].find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len() - at);
        let (word, behind) = rest[at..].split_at(word_len);
        if word == "use" && behind.starts_with(' ') {
            let (tree, behind) = behind.split_once(';').unwrap_or((behind, ""));
            // `pub use`, or the end of `pub(crate) use` and its sisters
            let handed_on = before == "pub" || gap.trim_start().starts_with(')');
            expand(&[], tree, &mut |path| found.push((path, handed_on)));
            (rest, before) = (behind, String::new());
            continue;
        }
        let begins = !gap.ends_with("::");
        if begins && behind.starts_with("::") {
            let end =
                behind.find(|c: char| !c.is_alphanumeric() && c != '_' && c != ':').unwrap_or(behind.len());
            let whole = &rest[at..at + word_len + end];
            found.push((parts(whole.trim_end_matches(':')), false));
        }
        (rest, before) = (behind, word.to_owned());
    }
    found
}

fn parts(path: &str) -> Vec<String> {
    path.split("::").map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// The paths of a tree such as `a::{b, c::{self, d as e}}`.
fn expand(before: &[String], tree: &str, each: &mut impl FnMut(Vec<String>)) {
    let tree = tree.trim();
    let Some((head, inner)) = tree.split_once('{') else {
        let path = tree.split(" as ").next().unwrap_or_default();
        if !path.is_empty() {
            each([before, &parts(path)].concat());
        }
        return;
    };
    let before = [before, &parts(head)].concat();
    let inner = inner.trim_end().strip_suffix('}').unwrap_or(inner);
    let (mut depth, mut start) = (0, 0);
    for (at, c) in inner.char_indices().chain([(inner.len(), ',')]) {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                expand(&before, &inner[start..at], each);
                start = (at + 1).min(inner.len());
            }
            _ => {}
        }
    }
}

#[test]
fn paths_of_uses_and_expressions() {
    let of = |code: &str| -> Vec<String> {
        let joined = |(path, on): (Vec<String>, bool)| path.join("::") + if on { " on" } else { "" };
        paths(code).into_iter().map(joined).collect()
    };
    assert_eq!(
        of("use crate::a::{b, c::{self, D as E}};"),
        ["crate::a::b", "crate::a::c::self", "crate::a::c::D"]
    );
    assert_eq!(of("pub use a::B; pub(crate) use c::D;"), ["a::B on", "c::D on"]);
    assert_eq!(of("let x = crate::a::f(super::B::new());"), ["crate::a::f", "super::B::new"]);
}
