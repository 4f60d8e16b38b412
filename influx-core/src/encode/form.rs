//! The closed set of forms in which values reach a line, as one type: for all that is not a line's fast way.

use core::fmt::Write;

use crate::encode::config::{Config, Nan};
use crate::error::Reason;

/// A value as it will be written.
#[doc(hidden)]
#[derive(Debug, Clone)]
pub enum Form<'a> {
    /// There is none: the column is left out.
    Absent,
    F64(f64),
    F32(f32),
    I64(i64),
    U64(u64),
    Bool(bool),
    Char(char),
    Str(&'a str),
    /// A value of which this is not all, and why.
    Lost(Box<(String, Reason)>),
}

macro_rules! each {
    ($form:expr, $v:ident => $e:expr, $absent:expr, $lost:pat => $of_lost:expr) => {
        match $form {
            Form::Absent => $absent,
            Form::F64($v) => $e,
            Form::F32($v) => $e,
            Form::I64($v) => $e,
            Form::U64($v) => $e,
            Form::Bool($v) => $e,
            Form::Char($v) => $e,
            Form::Str($v) => $e,
            Form::Lost($lost) => $of_lost,
        }
    };
}

impl Form<'_> {
    pub(crate) fn lost(text: impl ToString, reason: Reason) -> Self {
        Form::Lost(Box::new((text.to_string(), reason)))
    }

    /// An empty tag is left out.
    pub(crate) fn is_tag(&self) -> bool {
        !matches!(self, Form::Absent | Form::Str(""))
    }

    /// Why the server could not take the field.
    pub(crate) fn fault(&self, config: &Config) -> Option<Reason> {
        match self {
            Form::F64(v) if !v.is_finite() => Some(Reason::NonFinite),
            Form::F32(v) if !v.is_finite() => Some(Reason::NonFinite),
            Form::U64(v) if *v > config.max_unsigned => Some(Reason::Unsigned),
            Form::Str(text) if text.len() > config.max_text => {
                Some(Reason::TooLong { len: text.len(), max: config.max_text, dialect: config.dialect })
            }
            Form::Lost(lost) => Some(lost.1),
            _ => None,
        }
    }

    /// Whether the field is left out, as it is none or is to be skipped.
    pub(crate) fn is_left_out(&self, config: &Config) -> bool {
        let skips = config.nan == Nan::Skip;
        match self {
            Form::Absent => true,
            Form::F64(v) => skips && !v.is_finite(),
            Form::F32(v) => skips && !v.is_finite(),
            _ => false,
        }
    }

    /// Appends the value as it was given.
    pub(crate) fn append(&self, text: &mut String) {
        match self {
            Form::Str(v) => text.push_str(v),
            Form::Char(v) => text.push(*v),
            Form::I64(v) => text.push_str(itoa::Buffer::new().format(*v)),
            Form::U64(v) => text.push_str(itoa::Buffer::new().format(*v)),
            // a String takes all
            form => drop(each!(form, v => write!(text, "{v}"), Ok(()), lost => text.write_str(&lost.0))),
        }
    }

    /// The value as errors show it.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        self.append(&mut text);
        text
    }
}
