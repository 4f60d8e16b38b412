//! Types of the encoder that are read back, too: the one place that knows both ways.

use crate::decode::from_value::FromValue;
use crate::decode::mismatch::Mismatch;
use crate::decode::plan::want::Want;
use crate::decode::value_ref::ValueRef;
use crate::encode::tag_str::TagStr;

impl<'r> FromValue<'r> for TagStr {
    const WANT: Want = Want::Str;

    fn from_value(value: ValueRef<'r>) -> Result<Self, Mismatch> {
        TagStr::new(<&str>::from_value(value)?).map_err(|why| Mismatch::invalid(why.to_string()))
    }
}
