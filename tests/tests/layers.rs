//! The client's modules import downward only, and no file grows without end.

use std::fs;
use std::path::{Path, PathBuf};

/// From the bottom to the top; modules of one line know nothing of each other.
const LAYERS: [&[&str]; 12] = [
    &["message", "retry", "secret", "spool", "stamp"],
    &["delivery"],
    &["error", "jwt"],
    &["auth", "endpoint", "runtime", "tls"],
    &["config"],
    &["generation"],
    &["inflate"],
    &["http"],
    &["session"],
    &["query", "write"],
    &["admin", "batch"],
    &["client", "test_util"],
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&module))
}

#[test]
fn imports_run_downward_and_files_are_short() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../influx-client/src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    assert!(files.len() > 20, "{files:?}");
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let name = file.strip_prefix(&root).unwrap().with_extension("");
        let module = name.iter().next().unwrap().to_str().unwrap();
        assert!(text.lines().count() <= 400, "{} has more than 400 lines: split it", name.display());
        if module == "lib" {
            continue;
        }
        let own = layer(module).unwrap_or_else(|| panic!("{module} has no layer: give it one in this test"));
        for import in text.lines().filter_map(|line| line.trim().strip_prefix("use crate::")) {
            let used = import.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap();
            let below = layer(used).is_some_and(|used| used < own) || used == module;
            assert!(below, "{} imports {used}, which is not below it", name.display());
        }
        let http =
            text.lines().any(|line| line.contains("reqwest::") && !line.trim_start().starts_with("//"));
        assert!(!http || module == "http", "{} names the HTTP library: only http.rs may", name.display());
    }
}
