//! Settings of a file.

use std::path::Path;

use influx_core::Dialect;
use serde_json::Value as Json;

use crate::error::{Error, Result};
use crate::message;
use crate::setup::config::ClientConfig;
use crate::setup::ini;
use crate::setup::key::{given, unknown};

const TAGS: &str = "tags";

/// The tables that settings may stand in, and the generation that each says.
const TABLES: [(&str, Option<Dialect>); 3] =
    [("influx1", Some(Dialect::V1)), ("influx2", Some(Dialect::V2)), ("influx", None)];

/// A setting, with the table that it stands in: none at the top.
struct Entry {
    table: Option<String>,
    key: String,
    value: String,
}

pub(super) fn read(path: &Path) -> Result<ClientConfig> {
    let fail = |what: String| Error::config(format!("the settings of {}: {what}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| fail(format!("cannot be read: {error}")))?;
    let form = path.extension().and_then(|name| name.to_str()).unwrap_or_default().to_ascii_lowercase();
    of(&text, &form).map_err(|error| fail(error.to_string()))
}

/// The settings of a text in the form of files with this extension.
fn of(text: &str, form: &str) -> Result<ClientConfig> {
    // some editors write a mark before the text
    let text = text.trim_start_matches('\u{feff}');
    let entries = match form {
        "toml" => toml(text)?,
        "json" => json(text)?,
        _ => ini(text)?,
    };
    let (mut settings, mut tags, mut table) =
        (Vec::new(), Vec::new(), None::<(Option<String>, Option<Dialect>)>);
    for entry in entries {
        if entry.table.as_deref() == Some(TAGS) {
            tags.push((entry.key, entry.value));
            continue;
        }
        let generation = generation(entry.table.as_deref())?;
        if table.as_ref().is_some_and(|(name, _)| *name != entry.table) {
            return Err(Error::config("settings stand in two tables: put all of them into one"));
        }
        table = Some((entry.table, generation));
        settings.push(given(&entry.key, &entry.key, entry.value)?);
    }
    ClientConfig::new(table.and_then(|(_, generation)| generation), settings, tags)
}

fn generation(table: Option<&str>) -> Result<Option<Dialect>> {
    let Some(name) = table else { return Ok(None) };
    TABLES.iter().find(|(known, _)| *known == name).map(|(_, generation)| *generation).ok_or_else(|| {
        Error::config(format!(
            "the table {} is not known: influx1, influx2, influx and tags are",
            message::name(name)
        ))
    })
}

fn ini(text: &str) -> Result<Vec<Entry>> {
    let entry = |line: &ini::Line<'_>| Entry {
        table: (!line.section.is_empty()).then(|| line.section.to_owned()),
        key: line.key.to_owned(),
        value: line.value.to_owned(),
    };
    Ok(ini::lines(text)?.iter().map(entry).collect())
}

fn json(text: &str) -> Result<Vec<Entry>> {
    match serde_json::from_str(text) {
        Ok(document) => match repeated(text) {
            Some(key) => Err(Error::config(format!("sets {} again", message::name(&key)))),
            None => tree(&document),
        },
        // its own words tell the place, and no values
        Err(error) => Err(Error::config(format!("is not JSON: {error}"))),
    }
}

/// A key that an object of this JSON has twice: the parser would take the last.
fn repeated(text: &str) -> Option<String> {
    let (mut objects, mut rest) = (Vec::<Vec<String>>::new(), text);
    while let Some(at) = rest.find(['{', '}', '"']) {
        let (mark, behind) = rest[at..].split_at(1);
        rest = behind;
        match mark {
            "{" => objects.push(Vec::new()),
            "}" => _ = objects.pop(),
            _ => {
                let end = end_of_text(rest)?;
                let key = &rest[..end];
                rest = &rest[end + 1..];
                if rest.trim_start().starts_with(':') {
                    let key: String = serde_json::from_str(&format!("\"{key}\"")).ok()?;
                    let known = objects.last_mut()?;
                    if known.contains(&key) {
                        return Some(key);
                    }
                    known.push(key);
                }
            }
        }
    }
    None
}

/// Where the quote stands that ends a text of JSON.
fn end_of_text(text: &str) -> Option<usize> {
    let mut escaped = false;
    text.bytes().position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    })
}

#[cfg(feature = "toml")]
fn toml(text: &str) -> Result<Vec<Entry>> {
    match toml::from_str::<Json>(text) {
        Ok(document) => tree(&document),
        // `Display` quotes the line, which may hold a token
        Err(error) => {
            let line = error.span().map_or(1, |span| text[..span.start].matches('\n').count() + 1);
            Err(Error::config(format!(
                "line {line} is not TOML: {} (texts stand in quotes; a file without them is INI, and is named .ini)",
                error.message()
            )))
        }
    }
}

#[cfg(not(feature = "toml"))]
fn toml(_: &str) -> Result<Vec<Entry>> {
    Err(Error::config(
        "TOML is read with the feature toml of influx-client: switch it on, or write INI or JSON",
    ))
}

/// The settings of a document: those at the top, and those in tables.
fn tree(document: &Json) -> Result<Vec<Entry>> {
    let Json::Object(top) = document else { return Err(Error::config("holds no table of settings")) };
    let mut all = Vec::new();
    for (key, value) in top {
        match value {
            Json::Object(table) => {
                for (inner, value) in table {
                    all.push(entry(Some(key), inner, value)?);
                }
            }
            value => all.push(entry(None, key, value)?),
        }
    }
    Ok(all)
}

fn entry(table: Option<&String>, key: &str, value: &Json) -> Result<Entry> {
    let value = match value {
        Json::String(text) => text.clone(),
        Json::Bool(bool) => bool.to_string(),
        // 1.10 would become 1.1, and an integer of many digits another one, where no other crate has the parser keep their digits
        Json::Number(number) if !number.is_i64() && !number.is_u64() => {
            return Err(Error::config(format!(
                "{} is a number that may be read as another one: write it as a text, in quotes",
                message::name(key)
            )));
        }
        Json::Number(number) => number.to_string(),
        Json::Null | Json::Array(_) | Json::Object(_) => {
            return Err(match table {
                None => unknown(key),
                Some(_) => {
                    Error::config(format!("{} is neither a text, a number nor a boolean", message::name(key)))
                }
            });
        }
    };
    Ok(Entry { table: table.cloned(), key: key.to_owned(), value })
}

#[cfg(test)]
mod tests {
    use super::*;

    const INI: &str =
        "[influx2]\nurl=http://localhost:8086\norg=desk\ntoken=a#b\ntimeout=6000\n[tags]\nId = 132-987\n";
    const TOML: &str = "[influx2]\nurl = \"http://localhost:8086\" # here\norg = 'desk'\ntoken = \"a#b\"\ntimeout = 6000\n\n[tags]\nId = \"132-987\"\n";
    const JSON: &str = r#"{"url": "http://localhost:8086", "org": "desk", "token": "a#b", "timeout": 6000, "version": 2, "tags": {"Id": "132-987"}}"#;

    #[test]
    fn three_forms_say_the_same() {
        let forms = [(INI, "ini"), (JSON, "json"), (TOML, "toml")];
        for (text, form) in forms.into_iter().filter(|(_, form)| cfg!(feature = "toml") || *form != "toml") {
            let config = of(text, form).unwrap();
            assert_eq!(config.generation(), Some(Dialect::V2), "{form}");
            // the case of a tag's name stays
            assert_eq!(config.tags, [("Id".to_owned(), "132-987".to_owned())], "{form}");
            let client = config.build().unwrap();
            assert_eq!(client.org(), Some("desk"), "{form}");
            assert!(format!("{client:?}").contains("request: 6s"), "{client:?}");
        }
    }

    #[test]
    fn mistakes_show_no_values() {
        for (text, form, says) in [
            (
                "[influx2]\nurl=http://h\nsecret_tokn=hidden",
                "ini",
                "secret_tokn is no setting that is known: url, ",
            ),
            ("[mine]\nurl=http://h\ntoken=hidden", "ini", "the table mine is not known"),
            ("url=http://h\n[influx2]\ntoken=hidden", "ini", "two tables"),
            ("[tags]\na=hidden", "ini", "name no server"),
            ("{\"url\": \"http://h\", \"token\": \"hidden\"", "json", "is not JSON"),
            ("[\"hidden\"]", "json", "no table of settings"),
            ("{\"url\": [\"hidden\"]}", "json", "url is no setting"),
            ("{\"influx2\": {\"url\": null}}", "json", "url is neither a text"),
            ("[influx2]\nurl=http://h\ntoken=\"hidden\" # mine", "ini", "line 3 has a value"),
            (
                "{\"url\": \"http://h\", \"token\": \"hidden\", \"tok\\u0065n\": \"hidden\"}",
                "json",
                "sets token again",
            ),
            (
                "{\"url\": \"http://h\", \"tags\": {\"a\": \"}\\\"{\"}, \"tags\": {}}",
                "json",
                "sets tags again",
            ),
            ("{\"url\": \"http://h\", \"tags\": {\"a\": 1.10}}", "json", "a is a number that"),
            ("{\"url\": \"http://h\", \"org\": 12345678901234567890123}", "json", "org is a number that"),
            ("url=http://h\nversion=hidden", "ini", "version is not what it should be: give 1 or 2"),
            ("url=http://h\nbucket=b\norg=desk-${env.HOME}", "ini", "org has ${env."),
            ("[influx2]\nurl=http://h\nverify_ssl=false\ntoken=hidden", "ini", "verify_ssl"),
        ] {
            let error = of(text, form).and_then(|config| config.build()).unwrap_err();
            assert!(error.is_config() && error.to_string().contains(says), "{text}: {error}");
            assert!(!format!("{error:?}").contains("hidden"), "{error:?}");
        }
        assert!(
            read(Path::new("/nowhere/a.ini"))
                .unwrap_err()
                .to_string()
                .contains("/nowhere/a.ini: cannot be read")
        );
    }

    #[test]
    fn a_mark_before_the_text_is_none_of_it() {
        for (text, form) in [(INI, "ini"), (JSON, "json"), (TOML, "toml")] {
            if cfg!(feature = "toml") || form != "toml" {
                assert_eq!(
                    of(&format!("\u{feff}{text}"), form).unwrap().build().unwrap().org(),
                    Some("desk"),
                    "{form}"
                );
            }
        }
        // one key in two objects
        assert!(
            of(r#"{"url": "http://h", "bucket": "b", "tags": {"url": "x", "b\"": "\\"}}"#, "json").is_ok()
        );
    }

    #[cfg(feature = "toml")]
    #[test]
    fn toml_has_lines() {
        let error = of("[influx2]\nurl = http://h\ntoken = \"hidden\"", "toml").unwrap_err().to_string();
        assert!(error.starts_with("line 2 is not TOML") && !error.contains("hidden"), "{error}");
    }
}
