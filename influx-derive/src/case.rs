//! `rename_all`: the usual spellings of a name.

/// A rule of `rename_all`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Case {
    Lower,
    Upper,
    Pascal,
    Camel,
    Snake,
    ScreamingSnake,
    Kebab,
    ScreamingKebab,
}

const CASES: [(&str, Case); 8] = [
    ("lowercase", Case::Lower),
    ("UPPERCASE", Case::Upper),
    ("PascalCase", Case::Pascal),
    ("camelCase", Case::Camel),
    ("snake_case", Case::Snake),
    ("SCREAMING_SNAKE_CASE", Case::ScreamingSnake),
    ("kebab-case", Case::Kebab),
    ("SCREAMING-KEBAB-CASE", Case::ScreamingKebab),
];

impl Case {
    pub(crate) fn parse(text: &str) -> Result<Case, String> {
        match CASES.iter().find(|(name, _)| *name == text) {
            Some((_, case)) => Ok(*case),
            None => {
                let names: Vec<_> = CASES.iter().map(|(name, _)| format!("\"{name}\"")).collect();
                Err(format!("unknown case \"{text}\", expected one of: {}", names.join(", ")))
            }
        }
    }

    /// Renames a field (`snake_case`) or a variant (`PascalCase`).
    pub(crate) fn apply(self, name: &str) -> String {
        let words = words(name);
        let joined = |separator: &str, word: fn(&str) -> String| {
            words.iter().map(|w| word(w)).collect::<Vec<_>>().join(separator)
        };
        match self {
            Case::Lower => joined("", |w| w.to_lowercase()),
            Case::Upper => joined("", |w| w.to_uppercase()),
            Case::Pascal => joined("", capital),
            Case::Camel => {
                let text = joined("", capital);
                let mut chars = text.chars();
                chars.next().map_or(String::new(), |first| first.to_lowercase().chain(chars).collect())
            }
            Case::Snake => joined("_", |w| w.to_lowercase()),
            Case::ScreamingSnake => joined("_", |w| w.to_uppercase()),
            Case::Kebab => joined("-", |w| w.to_lowercase()),
            Case::ScreamingKebab => joined("-", |w| w.to_uppercase()),
        }
    }
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or(String::new(), |first| {
        first.to_uppercase().chain(chars.flat_map(char::to_lowercase)).collect()
    })
}

/// Words end at underscores and before capitals that follow a small letter or digit.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = '_';
    for c in name.chars() {
        let starts = c == '_' || (c.is_uppercase() && !before.is_uppercase());
        if starts && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        if c != '_'
            && let Some(word) = words.last_mut()
        {
            word.push(c);
        }
        before = c;
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_and_variants() {
        let all = |name: &str| CASES.map(|(_, case)| case.apply(name));
        let want =
            ["tradeid", "TRADEID", "TradeId", "tradeId", "trade_id", "TRADE_ID", "trade-id", "TRADE-ID"];
        assert_eq!(all("trade_id"), want);
        assert_eq!(all("TradeId"), want);
        assert_eq!(Case::Upper.apply("Buy"), "BUY");
        assert_eq!(Case::Snake.apply("usage2User"), "usage2_user");
        assert_eq!(Case::Kebab.apply("__x"), "x");
    }

    #[test]
    fn unknown_case() {
        assert!(Case::parse("Snake").is_err_and(|e| e.contains("\"snake_case\"")));
    }
}
