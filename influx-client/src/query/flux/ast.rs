//! Bound values as Flux takes them beside a query: a file of the syntax tree, in JSON (`extern`), or plain JSON (`params` of Cloud).
//!
//! Source: answers of influxd 2.7.12, 2.9.1 and 1.12.4 to each kind of node; `params` by Cloud's documentation.

use influx_core::rfc3339::to_exact_text;
use serde_json::{Map, Value as Json, json};

use crate::error::{Error, Result};
use crate::query::bind::{Bind, Value, named};
use crate::query::duration::FluxDuration;

/// What a query is told beside its text.
#[derive(Debug, Default)]
pub(super) struct Outside<'a> {
    /// The names that its text has, and their values.
    pub(super) binds: &'a [(String, Bind)],
    /// Whether the record `params` has them, too.
    pub(super) record: bool,
    /// The profilers that are switched on.
    pub(super) profilers: &'a [&'static str],
}

impl Outside<'_> {
    /// The file; `None` when there is nothing to tell.
    pub(super) fn file(&self) -> Result<Option<Json>> {
        let named = identifiers(self.binds)?;
        let mut body = Vec::new();
        let mut imports = Vec::new();
        for (name, value) in &named {
            body.push(option(name, node(name, value)?));
        }
        if self.record && !named.is_empty() && named.iter().all(|(name, _)| *name != "params") {
            let members = named.iter().map(|(name, value)| Ok(property(name, node(name, value)?)));
            body.push(option("params", record(members.collect::<Result<_>>()?)));
        }
        if !self.profilers.is_empty() {
            imports.push(json!({"type": "ImportDeclaration", "path": text("profiler")}));
            let member = json!({
                "type": "MemberExpression",
                "object": identifier("profiler"),
                "property": identifier("enabledProfilers"),
            });
            let profilers = array(self.profilers.iter().map(|name| text(name)).collect());
            let assigned = json!({"type": "MemberAssignment", "member": member, "init": profilers});
            body.push(json!({"type": "OptionStatement", "assignment": assigned}));
        }
        let file = json!({"type": "File", "package": null, "imports": imports, "body": body});
        Ok((!body.is_empty()).then_some(file))
    }

    /// The object of `params`. It has texts, numbers and booleans; times and durations are texts, of which `time(v: params.x)` and
    /// `duration(v: params.x)` make what they were.
    pub(super) fn params(&self) -> Result<Option<Json>> {
        let mut params = Map::new();
        for (name, value) in identifiers(self.binds)? {
            params.insert(name.to_owned(), param(name, value)?);
        }
        Ok((!params.is_empty()).then_some(Json::Object(params)))
    }
}

/// The names, which must be such as Flux has.
fn identifiers(binds: &[(String, Bind)]) -> Result<Vec<(&str, &Value)>> {
    let named = named(binds)?;
    match named.iter().find(|(name, _)| name.starts_with(char::is_numeric)) {
        Some((name, _)) => {
            Err(Error::config(format!("{name:?} is not a name that Flux has: begin it with a letter or _")))
        }
        None => Ok(named),
    }
}

fn node(name: &str, value: &Value) -> Result<Json> {
    Ok(match value {
        Value::Text(value) => text(value),
        Value::Int(int) => json!({"type": "IntegerLiteral", "value": int.to_string()}),
        Value::Uint(int) => json!({"type": "UnsignedIntegerLiteral", "value": int.to_string()}),
        // the sign of a literal 0 is lost
        Value::Float(float) if *float == 0.0 && float.is_sign_negative() => {
            negative(json!({"type": "FloatLiteral", "value": 0.0}))
        }
        Value::Float(float) if float.is_finite() => json!({"type": "FloatLiteral", "value": float}),
        Value::Float(float) => not_finite(*float),
        Value::Bool(bool) => json!({"type": "BooleanLiteral", "value": bool}),
        Value::Time(nanos) => json!({"type": "DateTimeLiteral", "value": to_exact_text(*nanos)}),
        Value::Duration(duration) => literal(&FluxDuration::exact(*duration))?,
        Value::FluxDuration(duration) => literal(duration)?,
        Value::Regex(pattern) => json!({"type": "RegexpLiteral", "value": pattern}),
        Value::Array(values) => array(values.iter().map(|value| node(name, value)).collect::<Result<_>>()?),
        Value::Record(members) => {
            let members = members.iter().map(|(key, value)| Ok(property(key, node(name, value)?)));
            record(members.collect::<Result<_>>()?)
        }
        Value::Identifier(_) => return Err(no_names(name)),
    })
}

fn param(name: &str, value: &Value) -> Result<Json> {
    let refused = |what: &str| {
        Err(Error::config(format!(
            "{name} is {what}, which params of Cloud cannot carry: write it into the query's text"
        )))
    };
    match value {
        Value::Text(value) => Ok(json!(value)),
        Value::Int(int) => Ok(json!(int)),
        Value::Uint(int) => Ok(json!(int)),
        Value::Float(float) if float.is_finite() => Ok(json!(float)),
        Value::Float(_) => refused("no finite number"),
        Value::Bool(bool) => Ok(json!(bool)),
        Value::Time(nanos) => Ok(json!(to_exact_text(*nanos))),
        Value::Duration(duration) => Ok(json!(spelled(&FluxDuration::exact(*duration))?)),
        Value::FluxDuration(duration) => Ok(json!(spelled(duration)?)),
        Value::Regex(_) => refused("a regular expression"),
        Value::Array(_) => refused("an array"),
        Value::Record(_) => refused("a record"),
        Value::Identifier(_) => Err(no_names(name)),
    }
}

fn no_names(name: &str) -> Error {
    Error::config(format!(
        "{name} is an Identifier, which Flux does not have: bind the column's name as a text, and write r[{name}]"
    ))
}

/// `1mo2s`, as Flux writes it.
fn spelled(duration: &FluxDuration) -> Result<String> {
    let sign = if duration.is_negative() { "-" } else { "" };
    let parts = duration.parts()?.into_iter().map(|(count, unit)| format!("{count}{unit}"));
    Ok(format!("{sign}{}", parts.collect::<String>()))
}

fn literal(duration: &FluxDuration) -> Result<Json> {
    let parts = duration.parts()?.into_iter().map(|(count, unit)| json!({"magnitude": count, "unit": unit}));
    let positive = json!({"type": "DurationLiteral", "values": parts.collect::<Vec<_>>()});
    Ok(match duration.is_negative() {
        true => negative(positive),
        false => positive,
    })
}

fn negative(positive: Json) -> Json {
    json!({"type": "UnaryExpression", "operator": "-", "argument": positive})
}

/// NaN and the infinities have no literal, but are quotients. Functions could have been given another meaning by a name that is bound.
fn not_finite(float: f64) -> Json {
    let literal = |float: f64| json!({"type": "FloatLiteral", "value": float});
    let quotient =
        |left| json!({"type": "BinaryExpression", "operator": "/", "left": left, "right": literal(0.0)});
    match float {
        f64::INFINITY => quotient(literal(1.0)),
        f64::NEG_INFINITY => quotient(negative(literal(1.0))),
        _ => quotient(literal(0.0)),
    }
}

fn text(value: &str) -> Json {
    json!({"type": "StringLiteral", "value": value})
}

fn identifier(name: &str) -> Json {
    json!({"type": "Identifier", "name": name})
}

fn array(elements: Vec<Json>) -> Json {
    json!({"type": "ArrayExpression", "elements": elements})
}

fn record(properties: Vec<Json>) -> Json {
    json!({"type": "ObjectExpression", "properties": properties})
}

fn property(key: &str, value: Json) -> Json {
    json!({"type": "Property", "key": text(key), "value": value})
}

fn option(name: &str, value: Json) -> Json {
    let assigned = json!({"type": "VariableAssignment", "id": identifier(name), "init": value});
    json!({"type": "OptionStatement", "assignment": assigned})
}

#[cfg(test)]
mod tests;
