//! How long functions are.

/// The functions of a text without comments and literals: their names, and how many lines each has. A function whose body is one
/// `match` is not among them: it is as long as there are cases.
pub(crate) fn functions(code: &str) -> Vec<(String, usize)> {
    let (mut found, mut from) = (Vec::new(), 0);
    while let Some(at) = code[from..].find("fn ").map(|at| from + at) {
        from = at + 3;
        let is_word = code[..at].chars().next_back().is_none_or(|c| c.is_whitespace() || c == '(');
        let name: String = code[from..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        let Some(open) = code[from..].find(['{', ';']).map(|open| from + open) else { break };
        if !is_word || name.is_empty() || code[open..].starts_with(';') {
            continue;
        }
        let body = body(&code[open..]);
        if !is_match(body) {
            found.push((name, code[at..open].lines().count() + body.lines().count() - 1));
        }
    }
    found
}

/// The text from a brace to the one that closes it.
fn body(code: &str) -> &str {
    let mut depth = 0;
    for (at, c) in code.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &code[..=at];
        }
    }
    code
}

fn is_match(body: &str) -> bool {
    let inner = body.trim_start_matches('{').trim_end_matches('}').trim();
    let Some(open) = inner.find('{').filter(|_| inner.starts_with("match ")) else { return false };
    body_is_all(&inner[open..])
}

fn body_is_all(code: &str) -> bool {
    body(code).len() == code.len()
}

#[test]
fn lengths() {
    let code = "fn a() {\n    b;\n}\nfn c(\n    x: X,\n) -> Y {\n    match x {\n    }\n}\nconst D: fn () = e;\nfn f() -> G {\n    match x {\n    }\n    y\n}\n";
    assert_eq!(functions(code), [("a".to_owned(), 3), ("f".to_owned(), 5)]);
}
