//! Decimals, written as float fields.

use rust_decimal::Decimal;

use super::{FromValue, Mismatch};
use crate::decode::value_ref::ValueRef;

impl<'r> FromValue<'r> for Decimal {
    fn from_value(value: ValueRef<'r>) -> Result<Self, Mismatch> {
        let exact = |text: &str| match text.contains(['e', 'E']) {
            true => Decimal::from_scientific(text).ok(),
            false => Decimal::from_str_exact(text).ok(),
        };
        let number = match value {
            ValueRef::I64(v) => Some(v.into()),
            ValueRef::U64(v) => Some(v.into()),
            ValueRef::Number(text) => exact(text),
            // the shortest text that gives this float is what the decimal was written as
            ValueRef::F64(v) => exact(&format!("{v:?}")),
            _ => None,
        };
        number.ok_or_else(|| Mismatch::expected("a number that a Decimal holds exactly"))
    }
}
