//! `true` and `false`.

use crate::decode::cells::near::Near;

/// A boolean, and what is behind it.
#[inline(always)]
pub(crate) fn boolean(near: Near<'_>) -> Option<(bool, Near<'_>)> {
    if near.four(0) == *b"true" {
        Some((true, near.behind(4)))
    } else if near.four(1) == *b"alse" && near.byte(0) == b'f' {
        Some((false, near.behind(5)))
    } else {
        None
    }
}
