//! A point as the corpora write it down.

use influx_core::{Dialect, Point, Value as Field};
use serde_json::Value;

/// Tags and fields in the order of the corpus.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Model {
    pub(super) measurement: String,
    pub(super) tags: Vec<(String, String)>,
    pub(super) fields: Vec<(String, Field)>,
    pub(super) time: Option<i64>,
}

/// `None` where a text is not UTF-8, which no Rust `String` can hold.
pub(super) fn text(json: &Value) -> Option<String> {
    json.as_str().map(str::to_owned)
}

fn number<T: std::str::FromStr>(json: &Value) -> Option<T> {
    match json {
        Value::Number(number) => number.to_string().parse().ok(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

fn field(json: &Value) -> Option<(String, Field)> {
    let [key, kind, value] = json.as_array()?.as_slice() else { return None };
    let value = match kind.as_str()? {
        "f64" | "float" => Field::F64(number(value)?),
        "i64" | "int" => Field::I64(number(value)?),
        "u64" | "uint" => Field::U64(number(value)?),
        "bool" => Field::Bool(value.as_bool().or_else(|| value.as_str()?.parse().ok())?),
        "str" => Field::Str(text(value)?.into()),
        _ => return None,
    };
    Some((text(key)?, value))
}

fn tags(json: &Value) -> Option<Vec<(String, String)>> {
    match json {
        Value::Array(pairs) => pairs.iter().map(|pair| Some((text(&pair[0])?, text(&pair[1])?))).collect(),
        Value::Object(map) => map.iter().map(|(key, value)| Some((key.clone(), text(value)?))).collect(),
        _ => Some(Vec::new()),
    }
}

impl Model {
    pub(super) fn from_json(json: &Value) -> Option<Model> {
        let time = if json["time"].is_null() { &json["t"] } else { &json["time"] };
        Some(Model {
            measurement: text(&json["m"])?,
            tags: tags(&json["tags"])?,
            fields: json["fields"].as_array()?.iter().map(field).collect::<Option<_>>()?,
            time: number(time),
        })
    }

    pub(super) fn point(&self) -> Point {
        let mut point = Point::new(&*self.measurement).timestamp(self.time);
        for (key, value) in &self.tags {
            point = point.tag(key, value);
        }
        for (key, value) in &self.fields {
            point = point.field(key, value);
        }
        point
    }

    /// The point as it is after a way through the wire: tags sorted, and unsigned integers signed on 1.x.
    pub(super) fn sent(mut self, dialect: Dialect) -> Model {
        self.tags.retain(|(_, value)| !value.is_empty());
        self.tags.sort();
        for (_, value) in &mut self.fields {
            if let (Dialect::V1, Field::U64(unsigned)) = (dialect, &*value)
                && let Ok(signed) = i64::try_from(*unsigned)
            {
                *value = Field::I64(signed);
            }
        }
        self
    }

    pub(super) fn of_point(point: &Point) -> Model {
        Model {
            measurement: point.measurement().to_owned(),
            tags: point.tags().map(|(key, value)| (key.to_owned(), value.to_owned())).collect(),
            fields: point.fields().map(|(key, value)| (key.to_owned(), value)).collect(),
            time: point.unix_nanos(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_the_nearest_to_their_text() {
        for text in
            ["1.7976931348623157e53", "8.41e21", "4.9e-324", "2.2250738585072011e-308", "9007199254740993.0"]
        {
            let json: Value = serde_json::from_str(text).unwrap();
            assert_eq!(number::<f64>(&json), text.parse().ok(), "{text}");
        }
    }
}
