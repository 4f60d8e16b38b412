//! What a fuzzer can say of a writer and its points.

use arbitrary::Arbitrary;
use influx_core::{Dialect, EncodeError, LineWriter, Nan, Point, Precision, Value};

/// [`Dialect`].
#[derive(Arbitrary, Clone, Copy, Debug)]
pub enum Server {
    V1,
    V2,
    V3,
}

impl From<Server> for Dialect {
    fn from(server: Server) -> Self {
        match server {
            Server::V1 => Dialect::V1,
            Server::V2 => Dialect::V2,
            Server::V3 => Dialect::V3,
        }
    }
}

/// [`Precision`].
#[derive(Arbitrary, Clone, Copy, Debug)]
pub enum Unit {
    Ns,
    Us,
    Ms,
    S,
}

impl From<Unit> for Precision {
    fn from(unit: Unit) -> Self {
        match unit {
            Unit::Ns => Precision::Ns,
            Unit::Us => Precision::Us,
            Unit::Ms => Precision::Ms,
            Unit::S => Precision::S,
        }
    }
}

/// A text: arbitrary, or made of the pieces in which escaping goes wrong.
#[derive(Arbitrary, Clone, Debug)]
pub enum Text {
    Any(String),
    Hostile(Vec<Piece>),
}

#[derive(Arbitrary, Clone, Copy, Debug)]
pub enum Piece {
    Backslash,
    Comma,
    Equals,
    Blank,
    Quote,
    LineFeed,
    Letter,
    Hash,
    TwoBytes,
    SixteenLetters,
}

impl Text {
    pub fn text(&self) -> String {
        match self {
            Text::Any(text) => text.clone(),
            Text::Hostile(pieces) => pieces.iter().map(|piece| piece.text()).collect(),
        }
    }
}

impl Piece {
    fn text(self) -> &'static str {
        match self {
            Piece::Backslash => "\\",
            Piece::Comma => ",",
            Piece::Equals => "=",
            Piece::Blank => " ",
            Piece::Quote => "\"",
            Piece::LineFeed => "\n",
            Piece::Letter => "a",
            Piece::Hash => "#",
            Piece::TwoBytes => "\u{e9}",
            Piece::SixteenLetters => "abcdefghijklmnop",
        }
    }
}

/// [`Value`].
#[derive(Arbitrary, Clone, Debug)]
pub enum FieldInput {
    F64(f64),
    /// A float with few decimals.
    Decimal(i32, u8),
    F32(f32),
    I64(i64),
    U64(u64),
    Bool(bool),
    Str(Text),
}

impl FieldInput {
    pub fn value(&self) -> Value {
        match self {
            FieldInput::F64(v) => Value::F64(*v),
            FieldInput::Decimal(digits, decimals) => {
                Value::F64(f64::from(*digits) / 10_f64.powi(i32::from(decimals % 10)))
            }
            FieldInput::F32(v) => Value::F32(*v),
            FieldInput::I64(v) => Value::I64(*v),
            FieldInput::U64(v) => Value::U64(*v),
            FieldInput::Bool(v) => Value::Bool(*v),
            FieldInput::Str(text) => Value::Str(text.text().into()),
        }
    }
}

#[derive(Arbitrary, Clone, Debug)]
pub struct PointInput {
    measurement: Text,
    tags: Vec<(Text, Text)>,
    fields: Vec<(Text, FieldInput)>,
    time: Option<i64>,
}

impl PointInput {
    pub fn point(&self) -> Point {
        let point = Point::new(self.measurement.text());
        let point = self.tags.iter().fold(point, |point, (key, value)| point.tag(key.text(), value.text()));
        let add = |point: Point, (key, field): &(Text, FieldInput)| point.field(key.text(), field.value());
        self.fields.iter().fold(point, add).timestamp(self.time)
    }
}

/// Settings of a writer.
#[derive(Arbitrary, Clone, Debug)]
pub struct WriterInput {
    server: Server,
    unit: Unit,
    skip_nan: bool,
    default_tags: Vec<(Text, Text)>,
}

impl WriterInput {
    pub fn dialect(&self) -> Dialect {
        self.server.into()
    }

    pub fn precision(&self) -> Precision {
        self.unit.into()
    }

    pub fn skips_nan(&self) -> bool {
        self.skip_nan
    }

    /// The writer, and the default tags that it took.
    pub fn writer(&self) -> (LineWriter, Vec<(String, String)>) {
        let nan = if self.skip_nan { Nan::Skip } else { Nan::Error };
        let mut writer = LineWriter::new(self.dialect()).precision(self.precision()).nan(nan);
        let mut taken = Vec::new();
        for (key, value) in &self.default_tags {
            let (key, value) = (key.text(), value.text());
            let done: Result<(), EncodeError> = writer.default_tag(&key, &value);
            if done.is_ok() && !value.is_empty() {
                taken.push((key, value));
            }
        }
        (writer, taken)
    }
}
