//! A crate's modules import downward only, from the module that owns a name, and without circles; no file and no function grows
//! without end.

mod functions;
mod imports;
mod source;

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::io::Write;
use std::path::Path;

use functions::functions;
use imports::Modules;
use source::{Source, sources};

/// What holds for a crate.
struct Rules {
    name: &'static str,
    /// Its modules from the bottom to the top; those of one line know nothing of each other.
    layers: &'static [&'static [&'static str]],
    /// Crates that one module alone may name.
    owners: &'static [(&'static str, &'static str)],
    /// Functions that may be longer than others, each with the reason.
    long: &'static [(&'static str, &'static str)],
}

const CLIENT: Rules = Rules {
    name: "influx-client",
    layers: &[
        &["message", "spool"],
        &["error"],
        &["http"],
        &["config"],
        &["generation"],
        &["query", "write"],
        &["admin", "batch"],
        &["client", "test_util"],
        &["setup"],
    ],
    owners: &[("reqwest", "http")],
    long: &[],
};

/// A vocabulary, and two wings that do not know each other.
const CORE: Rules = Rules {
    name: "influx-core",
    layers: &[
        &["testing"],
        &["block", "dialect", "kind", "precision", "rfc3339", "shown"],
        &["error", "scan", "schema"],
        &["point"],
        &["decode", "encode"],
        &["lines", "two_way"],
    ],
    owners: &[],
    long: &[],
};

/// Most lines of a file.
const FILE: usize = 400;
/// Most lines of a function.
const FUNCTION: usize = 60;

/// Imports that run against the grain, by kind.
#[derive(Default)]
struct Against {
    /// Of a module that is not below.
    upward: Vec<String>,
    /// From the crate's root.
    from_root: Vec<String>,
    /// Of a name that another module hands on.
    handed_on: Vec<String>,
    /// Between files that need each other.
    in_circles: Vec<String>,
}

impl fmt::Display for Against {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.upward.len() + self.from_root.len() + self.handed_on.len() + self.in_circles.len();
        write!(
            f,
            "{count} against the grain: {} upward, {} from the root, {} of names that are handed on, {} in circles",
            self.upward.len(),
            self.from_root.len(),
            self.handed_on.len(),
            self.in_circles.len(),
        )
    }
}

impl Rules {
    fn layer(&self, module: &str) -> usize {
        let layer = self.layers.iter().position(|layer| layer.contains(&module));
        layer.unwrap_or_else(|| panic!("{}: {module} has no layer: give it one in this test", self.name))
    }

    fn sources(&self) -> Vec<Source> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(self.name).join("src");
        let sources = sources(&root);
        assert!(sources.len() > 20, "{}", root.display());
        sources
    }

    fn against(&self, sources: &[Source]) -> (usize, Against) {
        let modules = Modules::new(sources);
        let (mut count, mut against, mut edges) = (0, Against::default(), Vec::new());
        for source in sources {
            let Some(top) = source.module.first() else { continue };
            for import in modules.imports(source) {
                if import.module == source.module {
                    continue;
                }
                count += 1;
                let shown = || {
                    let path = [&import.module[..], import.name.as_slice()].concat().join("::");
                    format!("{} uses crate::{path}", source.name.display())
                };
                match import.module.first() {
                    None => against.from_root.push(shown()),
                    Some(used) if used != top && self.layer(used) >= self.layer(top) => {
                        against.upward.push(shown());
                    }
                    Some(_) => {}
                }
                if let (Some(name), Some(target)) = (&import.name, modules.get(&import.module))
                    && !target.module.is_empty()
                    && !target.module.starts_with(&source.module)
                    && modules.handed_on(target).contains(name)
                {
                    against.handed_on.push(shown());
                }
                if !import.handed_on && !import.in_tests && !source.is_test() && !import.module.is_empty() {
                    edges.push((&source.module[..], import.module.clone(), shown()));
                }
            }
        }
        let mut uses: HashMap<&[String], HashSet<&[String]>> = HashMap::new();
        for (from, to, _) in &edges {
            uses.entry(from).or_default().insert(to);
        }
        let leads = |from: &[String], to: &[String]| {
            let (mut seen, mut todo) = (HashSet::new(), vec![from]);
            while let Some(at) = todo.pop() {
                if at == to {
                    return true;
                }
                if seen.insert(at) {
                    todo.extend(uses.get(at).into_iter().flatten());
                }
            }
            false
        };
        let circles = edges.iter().filter(|(from, to, _)| leads(to, from)).map(|(.., shown)| shown.clone());
        against.in_circles = circles.collect();
        (count, against)
    }

    fn check_imports(&self) {
        let sources = self.sources();
        let (count, against) = self.against(&sources);
        // Not by `eprintln!`, which the test harness keeps to itself when a test passes.
        let _ = writeln!(std::io::stderr(), "{}: {count} imports within the crate, {against}", self.name);
        let Against { upward, from_root, handed_on, in_circles } = against;
        let kinds = [
            ("not below", upward),
            ("from the crate's root: name the module that owns it", from_root),
            ("handed on: name the module that owns it", handed_on),
            ("in a circle", in_circles),
        ];
        let wrong = kinds
            .into_iter()
            .flat_map(|(what, found)| found.into_iter().map(move |one| format!("{one} ({what})")));
        let wrong: Vec<_> = wrong.collect();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    fn check_owners(&self) {
        for source in self.sources() {
            for (name, owner) in self.owners {
                let names = source.code.contains(&format!("{name}::"));
                let own = source.module.first().is_some_and(|top| top == owner);
                assert!(own || !names, "{} names {name}: only {owner} may", source.name.display());
            }
        }
    }

    fn check_lengths(&self) {
        let mut long = Vec::new();
        for source in self.sources() {
            let lines = source.code.lines().count();
            if lines > FILE {
                long.push(format!("{} has {lines} lines", source.name.display()));
            }
            for (name, lines) in functions(&source.code) {
                let known = self.long.iter().any(|(known, _)| *known == name);
                if lines > FUNCTION && !known {
                    long.push(format!("{}: {name} has {lines} lines", source.name.display()));
                }
            }
        }
        assert!(long.is_empty(), "split them:\n{}", long.join("\n"));
    }
}

#[test]
fn imports_of_the_client_run_downward() {
    CLIENT.check_imports();
}

#[test]
fn crates_of_the_client_have_one_owner() {
    CLIENT.check_owners();
}

#[test]
fn files_and_functions_of_the_client_are_short() {
    CLIENT.check_lengths();
}

#[test]
fn imports_of_the_core_run_downward() {
    CORE.check_imports();
}

#[test]
fn files_and_functions_of_the_core_are_short() {
    CORE.check_lengths();
}
