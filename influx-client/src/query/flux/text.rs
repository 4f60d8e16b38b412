//! What stands in the text of a query in Flux, outside of its comments and texts.

/// Whether the text calls a function.
pub(super) fn calls(text: &str, function: &str) -> bool {
    code(text).any(|(before, rest)| {
        let behind = rest.strip_prefix(function).filter(|_| !is_name(before));
        behind.is_some_and(|behind| behind.trim_start().starts_with('('))
    })
}

/// Whether the text has a name behind a `$`, as InfluxQL and SQL write what is bound. Within a text `${name}` is Flux.
pub(super) fn has_dollar(text: &str, name: &str) -> bool {
    code(text).any(|(_, rest)| {
        let behind = rest.strip_prefix('$').and_then(|rest| rest.strip_prefix(name));
        behind.is_some_and(|behind| !behind.starts_with(is_name))
    })
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Each place that is code: the character before it, and the text from there on.
fn code(text: &str) -> impl Iterator<Item = (char, &str)> {
    let (mut rest, mut before) = (text, ' ');
    std::iter::from_fn(move || {
        loop {
            if let Some(comment) = rest.strip_prefix("//") {
                rest = comment.find('\n').map_or("", |end| &comment[end..]);
                before = ' ';
            } else if let Some(text) = rest.strip_prefix('"') {
                rest = behind_text(text);
                before = '"';
            } else {
                break;
            }
        }
        let c = rest.chars().next()?;
        let place = (before, rest);
        (before, rest) = (c, &rest[c.len_utf8()..]);
        Some(place)
    })
}

/// What follows the quote that ends a text.
fn behind_text(text: &str) -> &str {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return &text[at + 1..],
            _ => {}
        }
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_behind_a_dollar() {
        for text in ["from(bucket: $b)", "\"\" $b", "// $b\n$b", "$b", "r._value==$b"] {
            assert!(has_dollar(text, "b"), "{text}");
        }
        for text in ["from(bucket: b)", "\"$b ${b}\"", "// $b", "$bc", "$ b", "", "\"$b"] {
            assert!(!has_dollar(text, "b"), "{text}");
        }
    }
}
