//! The option in a task's text that has its name and its times.

/// The text of a task that runs every so many seconds. The option stands behind, as nothing may stand before imports.
pub(crate) fn with_every(flux: &str, name: &str, seconds: u64) -> String {
    format!("{flux}\noption task = {{name: {}, every: {seconds}s}}", text(name))
}

/// The text of a task that runs when cron says so.
pub(crate) fn with_cron(flux: &str, name: &str, cron: &str) -> String {
    format!("{flux}\noption task = {{name: {}, cron: {}}}", text(name), text(cron))
}

/// A text as Flux has it: nothing in it ends it, or is taken for an expression.
fn text(value: &str) -> String {
    let mut out = String::with_capacity(value.len() + 2);
    out.push('"');
    let mut chars = value.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => out.push_str("\\\\"),
            '"' => out.push_str("\\\""),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '$' if chars.peek() == Some(&'{') => out.push_str("\\$"),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts() {
        assert_eq!(
            with_every("x = 1 // y", "a\"b\\${c} $d\n", 90),
            "x = 1 // y\noption task = {name: \"a\\\"b\\\\\\${c} $d\\n\", every: 90s}"
        );
        assert_eq!(with_cron("x", "n", "0 * * * *"), "x\noption task = {name: \"n\", cron: \"0 * * * *\"}");
    }
}
