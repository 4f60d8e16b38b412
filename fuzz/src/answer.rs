//! Answers of a server, made up by the fuzzer: as MessagePack, and what must come out of them.

use std::rc::Rc;

use arbitrary::Arbitrary;
use influx_core::{FromTimestamp, Moment, Precision};

use crate::msgpack::{Cell, Expected, Rest, as_time};
use crate::pack::Pack;
use crate::response::{Asked, Decoded, Event, Header, Note};

/// The columns that the row types of [`typed`](crate::typed) know.
pub const COLUMNS: [&str; 10] = ["time", "host", "region", "n", "big", "ok", "s", "usage", "small", "other"];

#[derive(Arbitrary, Debug)]
pub struct Answer {
    /// Chooses among the forms of lengths and numbers.
    forms: u32,
    documents: Vec<Document>,
}

#[derive(Arbitrary, Debug)]
struct Document {
    results: Vec<Outcome>,
    error: Option<Words>,
    error_first: bool,
    extra: Option<Junk>,
}

/// What a statement resulted in.
#[derive(Arbitrary, Debug)]
struct Outcome {
    statement: Option<u16>,
    messages: Option<Vec<(Words, Words)>>,
    series: Option<Vec<Series>>,
    partial: Option<bool>,
    error: Option<Words>,
    extra: Option<Junk>,
}

#[derive(Arbitrary, Debug)]
struct Series {
    order: u8,
    name: Option<Words>,
    tags: Option<Vec<(Column, Words)>>,
    columns: Vec<Column>,
    /// The cells of all rows.
    values: Option<Vec<Input>>,
    partial: Option<bool>,
    extra: Option<Junk>,
}

#[derive(Arbitrary, Debug)]
enum Column {
    Known(u8),
    Any(Words),
}

/// A text, some of them of a length that needs another form.
#[derive(Arbitrary, Debug)]
enum Words {
    Any(String),
    Short(u8),
    Long(u16, bool),
}

#[derive(Arbitrary, Debug)]
enum Input {
    Nil,
    Bool(bool),
    Small(i8),
    Signed(i64),
    Unsigned(u64),
    Float(f64),
    ShortFloat(f32),
    Text(Words),
    Time(i64),
    /// A time as a text.
    TimeText(i64),
}

/// The value of a key that nobody knows.
#[derive(Arbitrary, Debug)]
enum Junk {
    Value(Input),
    Binary(Vec<u8>),
    Extension(i8, Vec<u8>),
    Long(u16),
    List(Vec<Junk>),
    Map(Vec<(Junk, Junk)>),
}

/// The orders of a series' keys that can be read: the values last of the header, or before it all.
const ORDERS: [[&str; 5]; 5] = [
    ["name", "tags", "columns", "values", "partial"],
    ["columns", "tags", "partial", "name", "values"],
    ["values", "columns", "tags", "name", "partial"],
    ["partial", "name", "values", "tags", "columns"],
    ["tags", "values", "partial", "columns", "name"],
];

impl Column {
    fn name(&self) -> String {
        match self {
            Column::Known(which) => COLUMNS[usize::from(*which) % COLUMNS.len()].into(),
            Column::Any(words) => words.text(),
        }
    }
}

impl Words {
    fn text(&self) -> String {
        match self {
            Words::Any(text) => text.clone(),
            Words::Short(length) => "abcdefgh".chars().cycle().take(usize::from(length % 40)).collect(),
            Words::Long(length, ascii) => {
                let end = if *ascii { "" } else { "\u{e9}" };
                "x".repeat(usize::from(length % 700)) + end
            }
        }
    }
}

impl Input {
    fn write(&self, pack: &mut Pack) {
        match self {
            Input::Nil => pack.nil(),
            Input::Bool(value) => pack.boolean(*value),
            Input::Small(value) => pack.signed((*value).into()),
            Input::Signed(value) => pack.signed(*value),
            Input::Unsigned(value) => pack.unsigned(*value),
            Input::Float(value) => pack.float(*value),
            Input::ShortFloat(value) => pack.short_float(*value),
            Input::Text(words) => pack.text(&words.text()),
            Input::Time(nanos) => pack.time(*nanos),
            Input::TimeText(nanos) => pack.text(&time_text(*nanos)),
        }
    }

    fn cell(&self) -> Cell {
        match self {
            Input::Nil => Cell::Null,
            Input::Bool(value) => Cell::Bool(*value),
            Input::Small(value) => Cell::I64((*value).into()),
            Input::Signed(value) => Cell::I64(*value),
            Input::Unsigned(value) => i64::try_from(*value).map_or(Cell::U64(*value), Cell::I64),
            Input::Float(value) => Cell::F64(value.to_bits()),
            Input::ShortFloat(value) => Cell::F64(f64::from(*value).to_bits()),
            Input::Text(words) => Cell::Str(words.text()),
            Input::Time(nanos) => Cell::Time(*nanos),
            Input::TimeText(nanos) => Cell::Str(time_text(*nanos)),
        }
    }
}

fn time_text(nanos: i64) -> String {
    String::from_moment(Moment { nanos, offset: 0 }).expect("any nanoseconds are a time in UTC")
}

impl Junk {
    fn write(&self, pack: &mut Pack) {
        match self {
            Junk::Value(value) => value.write(pack),
            Junk::Binary(bytes) => pack.binary(bytes),
            Junk::Extension(kind, bytes) => pack.extension(*kind, bytes),
            Junk::Long(length) => pack.extension(1, &vec![0xc1; usize::from(length % 700)]),
            Junk::List(items) => {
                pack.array(items.len());
                items.iter().for_each(|item| item.write(pack));
            }
            Junk::Map(pairs) => {
                pack.map(pairs.len());
                for (key, value) in pairs {
                    key.write(pack);
                    value.write(pack);
                }
            }
        }
    }
}

/// A map's pairs, each written by a function.
type Pairs<'w> = Vec<(&'static str, Box<dyn Fn(&mut Pack) + 'w>)>;

fn write_map(pack: &mut Pack, pairs: &Pairs<'_>) {
    pack.map(pairs.len());
    for (key, write) in pairs {
        pack.text(key);
        write(pack);
    }
}

fn add<'w, T>(
    pairs: &mut Pairs<'w>,
    key: &'static str,
    value: &'w Option<T>,
    write: impl Fn(&T, &mut Pack) + 'w,
) {
    if let Some(value) = value {
        pairs.push((key, Box::new(move |pack| write(value, pack))));
    }
}

fn write_text(words: &Words, pack: &mut Pack) {
    pack.text(&words.text());
}

fn write_list<T>(items: &[T], pack: &mut Pack, write: impl Fn(&T, &mut Pack)) {
    pack.array(items.len());
    items.iter().for_each(|item| write(item, pack));
}

impl Answer {
    pub fn write(&self) -> Vec<u8> {
        let mut pack = Pack::new(self.forms);
        self.documents.iter().for_each(|document| document.write(&mut pack));
        pack.bytes
    }

    /// What must come out of the answer.
    pub fn expected(&self, asked: Asked) -> Expected {
        let (mut events, mut notes, mut open) = (Vec::new(), Vec::new(), false);
        // a document follows upon another in chunks alone
        let most = if asked.chunked { self.documents.len() } else { 1 };
        for document in self.documents.iter().take(most) {
            for result in &document.results {
                result.expected(asked, &mut events, &mut notes);
                let series = result.series.as_ref().and_then(|series| series.last());
                let go_on = [result.partial, series.and_then(|series| series.partial)];
                open = result.error.is_none() && go_on.contains(&Some(true));
            }
            if let Some(words) = &document.error {
                open = false;
                events.push(Event::Server { statement: None, message: words.text() });
            }
        }
        if self.documents.is_empty() || (asked.chunked && open) {
            events.push(Event::Truncated);
        }
        let rest = if self.documents.len() > most { Rest::Text } else { Rest::Nothing };
        Expected { sure: Decoded { events, notes }, rest }
    }
}

impl Document {
    fn write(&self, pack: &mut Pack) {
        let mut pairs = Pairs::new();
        pairs.push(("results", Box::new(|pack| write_list(&self.results, pack, Outcome::write))));
        add(&mut pairs, "error", &self.error, write_text);
        if self.error_first {
            pairs.reverse();
        }
        add(&mut pairs, "extra", &self.extra, Junk::write);
        write_map(pack, &pairs);
    }
}

impl Outcome {
    fn write(&self, pack: &mut Pack) {
        let mut pairs = Pairs::new();
        add(&mut pairs, "statement_id", &self.statement, |id, pack| pack.signed((*id).into()));
        add(&mut pairs, "extra", &self.extra, Junk::write);
        add(&mut pairs, "messages", &self.messages, |messages, pack| {
            write_list(messages, pack, |(level, text), pack| {
                let mut pairs = Pairs::new();
                pairs.push(("level", Box::new(|pack| write_text(level, pack))));
                add(&mut pairs, "extra", &self.extra, Junk::write);
                pairs.push(("text", Box::new(|pack| write_text(text, pack))));
                write_map(pack, &pairs);
            });
        });
        add(&mut pairs, "series", &self.series, |series, pack| write_list(series, pack, Series::write));
        add(&mut pairs, "partial", &self.partial, |partial, pack| pack.boolean(*partial));
        add(&mut pairs, "error", &self.error, write_text);
        write_map(pack, &pairs);
    }

    fn expected(&self, asked: Asked, events: &mut Vec<Event<Cell>>, notes: &mut Vec<Note>) {
        let statement = self.statement.map(u64::from);
        for (level, text) in self.messages.iter().flatten() {
            notes.push((statement, level.text(), text.text()));
        }
        for series in self.series.iter().flatten() {
            events.extend(series.expected(statement, asked.epoch));
        }
        let cut = || self.series.iter().flatten().any(|series| series.partial == Some(true));
        match &self.error {
            Some(words) => events.push(Event::Server { statement, message: words.text() }),
            // the limit of rows, which chunks don't have
            None if !asked.chunked && cut() => events.push(Event::Truncated),
            None => {}
        }
    }
}

impl Series {
    /// The cells of each row; of rows without columns there is one for each cell.
    fn rows(&self) -> Vec<&[Input]> {
        let values = self.values.as_deref().unwrap_or_default();
        match self.columns.len() {
            0 => values.iter().map(|_| &values[..0]).collect(),
            width => values.chunks_exact(width).collect(),
        }
    }

    fn write(&self, pack: &mut Pack) {
        let mut pairs = Pairs::new();
        add(&mut pairs, "extra", &self.extra, Junk::write);
        for key in ORDERS[usize::from(self.order) % ORDERS.len()] {
            match key {
                "name" => add(&mut pairs, key, &self.name, write_text),
                "tags" => add(&mut pairs, key, &self.tags, |tags, pack| {
                    pack.map(tags.len());
                    for (key, value) in tags {
                        pack.text(&key.name());
                        write_text(value, pack);
                    }
                }),
                "columns" => pairs.push((
                    key,
                    Box::new(|pack| {
                        write_list(&self.columns, pack, |column, pack| pack.text(&column.name()));
                    }),
                )),
                "values" => add(&mut pairs, key, &self.values, |_, pack| {
                    write_list(&self.rows(), pack, |row, pack| write_list(row, pack, Input::write));
                }),
                _ => add(&mut pairs, key, &self.partial, |partial, pack| pack.boolean(*partial)),
            }
        }
        write_map(pack, &pairs);
    }

    fn expected(&self, statement: Option<u64>, epoch: Option<Precision>) -> Vec<Event<Cell>> {
        let tags = self.tags.iter().flatten().map(|(key, value)| (key.name(), value.text()));
        let header = Header {
            statement,
            name: self.name.as_ref().map(Words::text),
            tags: tags.collect(),
            columns: self.columns.iter().map(Column::name).collect(),
        };
        let header = Rc::new(header);
        let timed = header.columns.first().is_some_and(|name| name == "time");
        let cells = |row: &[Input]| {
            let mut cells: Vec<_> = row.iter().map(Input::cell).collect();
            if timed {
                cells[0] = as_time(cells[0].clone(), epoch);
            }
            cells
        };
        self.rows().into_iter().map(|row| Event::Row(Rc::clone(&header), cells(row))).collect()
    }
}
