//! What a writer was asked for.

use crate::dialect::Dialect;
use crate::precision::Precision;

/// What to do with a float that is NaN or infinite, which line protocol cannot say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Nan {
    /// The point is an error.
    #[default]
    Error,
    /// The field is left out of its point.
    Skip,
}

/// What the parts of a line ask of their writer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Config {
    pub(crate) dialect: Dialect,
    pub(crate) precision: Precision,
    pub(crate) nan: Nan,
    pub(crate) max_text: usize,
    pub(crate) max_key: usize,
    pub(crate) max_unsigned: u64,
    pub(crate) unsigned_suffix: u8,
    pub(in crate::encode) time_range: (i64, i64),
    /// What is written is no line yet: a line is looked at when it is whole.
    pub(in crate::encode) apart: bool,
}

impl Config {
    pub(crate) const fn new(dialect: Dialect) -> Config {
        let unsigned = dialect.has_unsigned();
        Config {
            dialect,
            precision: Precision::Ns,
            nan: Nan::Error,
            max_text: dialect.max_text(),
            max_key: dialect.max_key(),
            max_unsigned: if unsigned { u64::MAX } else { i64::MAX as u64 },
            unsigned_suffix: if unsigned { b'u' } else { b'i' },
            time_range: dialect.time_range(),
            apart: false,
        }
    }

    /// The instant in whole units of the precision, if the server can store it.
    #[inline(never)]
    pub(in crate::encode) fn units(&self, nanos: i64) -> Option<i64> {
        let (min, max) = self.time_range;
        let units = self.precision.floor(nanos);
        // rounding down must not leave the range
        let floor = self.precision.to_nanos(units)?;
        (floor >= min && nanos <= max).then_some(units)
    }
}
