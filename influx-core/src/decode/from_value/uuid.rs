//! UUIDs, written as strings.

use ::uuid::Uuid;

use super::{FromValue, Mismatch};
use crate::decode::plan::want::Want;
use crate::decode::value_ref::ValueRef;

impl<'r> FromValue<'r> for Uuid {
    const WANT: Want = Want::Str;

    fn from_value(value: ValueRef<'r>) -> Result<Self, Mismatch> {
        let text = <&str>::from_value(value).map_err(|_| Mismatch::expected("a UUID"))?;
        Uuid::try_parse(text).map_err(|_| Mismatch::expected("a UUID"))
    }
}
