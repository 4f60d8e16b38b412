//! What comes out of annotated CSV, read naively: records of texts first, then tables of them.

use std::time::SystemTime;

use influx_core::ValueRef;

/// One thing that comes out.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Event {
    Table {
        result: String,
        number: i64,
        names: Vec<String>,
        /// The values of the group key.
        key: Vec<(String, Cell)>,
    },
    /// The values of all columns, those of the format included.
    Row(Vec<Cell>),
    Server {
        message: String,
        reference: String,
    },
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    Null,
    Bool(bool),
    I64(i64),
    U64(u64),
    /// By its bits, so that the zeros differ.
    F64(u64),
    Str(String),
    Time(i64),
}

pub(crate) fn float(value: f64) -> Cell {
    Cell::F64(if value.is_nan() { f64::NAN } else { value }.to_bits())
}

/// The value that a text is in a column of that datatype; `None` if it is none.
fn cell(text: &str, datatype: &str) -> Option<Cell> {
    if text.is_empty() {
        return Some(Cell::Null);
    }
    Some(match datatype {
        "boolean" => match text {
            "true" | "t" | "T" | "TRUE" | "True" | "1" => Cell::Bool(true),
            "false" | "f" | "F" | "FALSE" | "False" | "0" => Cell::Bool(false),
            _ => return None,
        },
        "long" => Cell::I64(text.parse().ok()?),
        "unsignedLong" => Cell::U64(text.parse().ok()?),
        "double" => float(text.parse().ok()?),
        "dateTime" | "dateTime:RFC3339" | "dateTime:RFC3339Nano" => time(text),
        _ => Cell::Str(text.into()),
    })
}

/// The reading of times has tests of its own.
fn time(text: &str) -> Cell {
    let nanos = ValueRef::Str(text).get::<SystemTime>().ok().and_then(|time| {
        i64::try_from(match time.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(since) => since.as_nanos().cast_signed(),
            Err(before) => -before.duration().as_nanos().cast_signed(),
        })
        .ok()
    });
    nanos.map_or_else(|| Cell::Str(text.into()), Cell::Time)
}

#[derive(Default)]
struct Schema {
    names: Vec<String>,
    datatypes: Vec<String>,
    groups: Vec<bool>,
    defaults: Vec<String>,
}

#[derive(Default)]
struct Block {
    datatype: Option<Vec<String>>,
    group: Option<Vec<String>>,
    default: Option<Vec<String>>,
}

impl Block {
    fn schema(&self, header: &[String]) -> Option<Schema> {
        let schema = Schema {
            names: header[1..].to_vec(),
            datatypes: self.datatype.clone()?,
            groups: self.group.as_ref()?.iter().map(|group| group == "true").collect(),
            defaults: self.default.clone()?,
        };
        let width = schema.names.len();
        let same = [schema.datatypes.len(), schema.groups.len(), schema.defaults.len()] == [width; 3];
        let groups = self.group.as_ref()?.iter().all(|group| ["true", "false", ""].contains(&group.as_str()));
        let typed =
            schema.defaults.iter().zip(&schema.datatypes).all(|(text, kind)| cell(text, kind).is_some());
        let number = schema.defaults.get(1)?;
        let number = number.is_empty() || number.parse::<i64>().is_ok();
        (same && groups && typed && number && !header[2].is_empty() && header[2].parse::<i64>().is_err())
            .then_some(schema)
    }
}

impl Schema {
    fn key(&self, texts: &[String]) -> Option<Vec<(String, Cell)>> {
        let columns = (2..self.names.len()).filter(|&at| self.groups[at]);
        columns.map(|at| Some((self.names[at].clone(), cell(&texts[at], &self.datatypes[at])?))).collect()
    }

    fn table(&self, texts: &[String]) -> Option<Event> {
        let key = self.key(texts)?;
        Some(Event::Table {
            result: texts[0].clone(),
            number: texts[1].parse().ok()?,
            names: self.names.clone(),
            key,
        })
    }

    fn empty(&self) -> Option<Event> {
        if self.defaults[1].is_empty() { None } else { self.table(&self.defaults) }
    }
}

/// What the records of a document are; `None` if it is not what servers or other makers write.
pub(crate) fn events(records: &[Vec<String>]) -> Option<Vec<Event>> {
    let (mut events, mut block, mut used) = (Vec::new(), Block::default(), false);
    let mut schema: Option<Schema> = None;
    let (mut rows, mut errors, mut fresh) = (0, None, true);
    let mut last: Option<(Vec<String>, Vec<bool>)> = None;
    for record in records {
        let first = &record[0];
        let is_annotation = first.starts_with('#');
        let names = (record.get(1).map(String::as_str), record.get(2).map(String::as_str));
        let is_header = names == (Some("error"), Some("reference"))
            || names == (Some("result"), Some("table"))
            || (!is_annotation && fresh);
        if (is_annotation || is_header) && rows == 0 {
            events.extend(schema.take().and_then(|schema| schema.empty()));
        }
        if is_annotation {
            let row = Some(record[1..].to_vec());
            if std::mem::take(&mut used) {
                block = Block::default();
            }
            let slot = |block: &Block| match first.as_str() {
                "#datatype" => block.datatype.is_some(),
                "#group" => block.group.is_some(),
                "#default" => block.default.is_some(),
                _ => false,
            };
            if slot(&block) {
                block = Block::default();
            }
            match first.as_str() {
                "#datatype" => block.datatype = row,
                "#group" => block.group = row,
                "#default" => block.default = row,
                _ => {}
            }
            (fresh, schema, errors) = (true, None, None);
            continue;
        }
        if !first.is_empty() {
            return None;
        }
        if names == (Some("error"), Some("reference")) {
            (used, fresh, schema, errors) = (true, false, None, Some(0));
            rows = 1;
            continue;
        }
        if is_header {
            if record.len() < 3 {
                return None;
            }
            schema = Some(block.schema(record)?);
            (used, fresh, rows, errors, last) = (true, false, 0, None, None);
            continue;
        }
        if let Some(told) = &mut errors {
            *told += 1;
            let text = |at: usize| record.get(at).cloned().unwrap_or_default();
            let message = if text(1).is_empty() { "an error without words".into() } else { text(1) };
            events.push(Event::Server { message, reference: text(2) });
            continue;
        }
        let schema = schema.as_ref()?;
        if record.len() - 1 != schema.names.len() {
            return None;
        }
        let texts: Vec<String> = record[1..]
            .iter()
            .zip(&schema.defaults)
            .map(|(text, default)| if text.is_empty() { default.clone() } else { text.clone() })
            .collect();
        let shared: Vec<bool> = (0..texts.len()).map(|at| at < 2 || schema.groups[at]).collect();
        let same = last
            .as_ref()
            .is_some_and(|(known, _)| (0..texts.len()).all(|at| !shared[at] || known[at] == texts[at]));
        if !same {
            events.push(schema.table(&texts)?);
        }
        let cells = texts
            .iter()
            .zip(&schema.datatypes)
            .map(|(text, kind)| cell(text, kind))
            .collect::<Option<_>>()?;
        events.push(Event::Row(cells));
        rows += 1;
        last = Some((texts, shared));
    }
    if errors == Some(0) || fresh && !records.is_empty() {
        return None;
    }
    if rows == 0 {
        events.extend(schema.and_then(|schema| schema.empty()));
    }
    Some(events)
}

/// The records of a text, read naively; `None` if a quote is where none may be. Each record ends with a line end.
#[allow(dead_code, reason = "for the fuzzer")]
pub(crate) fn records(body: &str) -> Option<Vec<Vec<String>>> {
    let (mut records, mut rest) = (Vec::new(), body);
    while !rest.is_empty() {
        if let Some(behind) = rest.strip_prefix('\n').or(rest.strip_prefix("\r\n")) {
            rest = behind;
            continue;
        }
        let mut record = Vec::new();
        loop {
            let (text, behind) =
                if let Some(quoted) = rest.strip_prefix('"') { in_quotes(quoted)? } else { plain(rest)? };
            record.push(text);
            rest = behind;
            if let Some(behind) = rest.strip_prefix(',') {
                rest = behind;
                continue;
            }
            rest = rest.strip_prefix('\n').or(rest.strip_prefix("\r\n"))?;
            break;
        }
        records.push(record);
    }
    Some(records)
}

fn plain(text: &str) -> Option<(String, &str)> {
    let end = text.find([',', '\n'])?;
    let cell = &text[..end];
    let cell = if text[end..].starts_with('\n') { cell.strip_suffix('\r').unwrap_or(cell) } else { cell };
    Some((cell.into(), &text[cell.len()..]))
}

fn in_quotes(mut text: &str) -> Option<(String, &str)> {
    let mut cell = String::new();
    loop {
        let (piece, rest) = text.split_once('"')?;
        cell.push_str(piece);
        match rest.strip_prefix('"') {
            Some(rest) => {
                cell.push('"');
                text = rest;
            }
            None => return Some((cell.replace("\r\n", "\n"), rest)),
        }
    }
}
