//! Which points of 2.x are deleted: the text of a predicate.
//!
//! Measured on 2.7.12 and 2.9.1: conditions are joined by AND alone, names and values are read as InfluxQL's identifiers, between
//! double quotes. `!=` finds series that have the tag, with another value. Silently nothing is found by `!=` of a measurement and
//! by `=` beside an empty value, so that neither can be said here; a condition on a field is answered with 501, and one on `_value` is
//! taken for a tag.

use crate::error::{Error, Result};
use crate::generation::v1::quote;

/// Names that the server takes for something else than a tag, and what to say of them.
const NO_TAGS: [(&str, &str); 4] = [
    ("_measurement", "is no tag: use .measurement(..)"),
    ("_field", "names the field, and 2.x cannot delete by field: delete whole points"),
    (
        "_value",
        "is the value of a field, and 2.x cannot delete by value: delete whole points, by tags and time",
    ),
    ("_time", "is no tag: use .since(..) and .before(..)"),
];

/// Conditions of which all must hold.
#[derive(Debug, Default)]
pub(crate) struct Predicate {
    measurement: Option<String>,
    conditions: Vec<(String, Comparison, String)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Is,
    IsNot,
}

impl Predicate {
    pub(crate) fn measurement(&mut self, name: &str) -> Result<()> {
        if name.is_empty() {
            return Err(Error::config("the measurement's name is empty: give one"));
        }
        if self.measurement.as_ref().is_some_and(|other| other != name) {
            return Err(Error::config(format!(
                "no point is of two measurements, here {:?} and {name:?}, and 2.x knows no OR: delete from one after the other",
                self.measurement.as_deref().unwrap_or_default(),
            )));
        }
        self.measurement = Some(name.to_owned());
        Ok(())
    }

    pub(crate) fn tag(&mut self, key: &str, comparison: Comparison, value: &str) -> Result<()> {
        if key.is_empty() {
            return Err(Error::config("a tag's key is empty: give one"));
        }
        if let Some((_, why)) = NO_TAGS.iter().find(|(name, _)| *name == key) {
            return Err(Error::config(format!("`{key}` {why}")));
        }
        if comparison == Comparison::Is {
            if value.is_empty() {
                return Err(Error::config(format!(
                    "2.x finds no points without the tag {key:?} by an empty value: use .tag_not({key:?}, ..) or another tag"
                )));
            }
            let is = self.conditions.iter().find(|(name, how, _)| name == key && *how == Comparison::Is);
            if let Some((_, _, other)) = is.filter(|(_, _, other)| other != value) {
                return Err(Error::config(format!(
                    "no point has two values of the tag {key:?}, here {other:?} and {value:?}, and 2.x knows no OR: delete one after \
                     the other"
                )));
            }
        }
        self.conditions.push((key.to_owned(), comparison, value.to_owned()));
        Ok(())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.measurement.is_none() && self.conditions.is_empty()
    }

    /// `_measurement="m" AND "host"="a" AND "region"!="eu"`.
    pub(crate) fn text(&self) -> Result<String> {
        let measurement = self.measurement.iter().map(|name| Ok(format!("_measurement={}", quoted(name)?)));
        let tags = self.conditions.iter().map(|(key, comparison, value)| {
            let operator = match comparison {
                Comparison::Is => "=",
                Comparison::IsNot => "!=",
            };
            Ok(format!("{}{operator}{}", quoted(key)?, quoted(value)?))
        });
        Ok(measurement.chain(tags).collect::<Result<Vec<_>>>()?.join(" AND "))
    }
}

fn quoted(text: &str) -> Result<String> {
    quote::quoted(text, '"').map_err(|bad| {
        Error::config(format!(
            "{text:?} holds {bad:?}, which a predicate cannot express: delete by another tag, or by time"
        ))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn predicate(measurement: &str, tags: &[(&str, Comparison, &str)]) -> Result<String> {
        let mut predicate = Predicate::default();
        predicate.measurement(measurement)?;
        for (key, comparison, value) in tags {
            predicate.tag(key, *comparison, value)?;
        }
        predicate.text()
    }

    #[test]
    fn texts() {
        use Comparison::{Is, IsNot};
        assert_eq!(predicate("m", &[]).unwrap(), "_measurement=\"m\"");
        assert_eq!(
            predicate("°C", &[("host", Is, "x\" AND y=\"z"), ("a b", IsNot, "C:\\dir\n")]).unwrap(),
            "_measurement=\"°C\" AND \"host\"=\"x\\\" AND y=\\\"z\" AND \"a b\"!=\"C:\\\\dir\\n\""
        );
        // points that have the tag at all
        assert_eq!(predicate("m", &[("t", IsNot, "")]).unwrap(), "_measurement=\"m\" AND \"t\"!=\"\"");
        assert!(predicate("m", &[("t", Is, "a"), ("t", Is, "a"), ("t", IsNot, "b")]).is_ok());
    }

    #[test]
    fn what_the_server_cannot_do() {
        use Comparison::{Is, IsNot};
        for (tags, says) in [
            (&[("_field", Is, "f")][..], "cannot delete by field"),
            (&[("_value", IsNot, "1")], "cannot delete by value"),
            (&[("_measurement", IsNot, "m")], ".measurement("),
            (&[("_time", Is, "1")], ".since("),
            (&[("", Is, "x")], "key is empty"),
            (&[("t", Is, "")], "by an empty value"),
            (&[("t", Is, "a"), ("t", Is, "b")], "knows no OR"),
            (&[("t", Is, "a\rb")], "cannot express"),
            (&[("a\0b", Is, "x")], "cannot express"),
        ] {
            let error = predicate("m", tags).unwrap_err();
            assert!(error.is_config() && error.to_string().contains(says), "{error}");
        }
        let mut two = Predicate::default();
        two.measurement("a").unwrap();
        two.measurement("a").unwrap();
        assert!(two.measurement("b").unwrap_err().to_string().contains("knows no OR"));
        assert!(Predicate::default().measurement("").unwrap_err().is_config());
    }

    /// The server's scanner: the text between double quotes, and what follows.
    fn scan(text: &str) -> Option<(String, &str)> {
        let mut chars = text.strip_prefix('"')?.char_indices();
        let mut out = String::new();
        loop {
            match chars.next()? {
                (at, '"') => return Some((out, &text[at + 2..])),
                (_, '\n' | '\r' | '\0') => return None,
                (_, '\\') => out.push(match chars.next()?.1 {
                    'n' => '\n',
                    c @ ('\\' | '"' | '\'') => c,
                    _ => return None,
                }),
                (_, c) => out.push(c),
            }
        }
    }

    proptest! {
        #[test]
        fn texts_never_become_conditions(key in ".{1,9}", value in "[\"\\\\\n a=AND!é'()]{1,12}|.{1,9}") {
            prop_assume!(!NO_TAGS.iter().any(|(name, _)| *name == key));
            match predicate("m", &[(&key, Comparison::Is, &value)]) {
                Ok(text) => {
                    let rest = text.strip_prefix("_measurement=\"m\" AND ").unwrap();
                    let (read, rest) = scan(rest).unwrap();
                    prop_assert_eq!(read, key);
                    let (read, rest) = scan(rest.strip_prefix('=').unwrap()).unwrap();
                    prop_assert_eq!(read, value);
                    prop_assert_eq!(rest, "");
                }
                Err(_) => prop_assert!([key, value].iter().any(|text| text.contains(['\r', '\0']))),
            }
        }
    }
}
