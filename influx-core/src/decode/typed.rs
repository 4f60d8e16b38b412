//! A text as the value of a column of which it is known what it holds.

use crate::decode::plan::want::Kind;
use crate::decode::value_ref::ValueRef;
use crate::rfc3339;

impl Kind {
    /// The value that a text is; `None` if it is none of that kind.
    pub(crate) fn read(self, text: &str) -> Option<ValueRef<'_>> {
        if self.is(Kind::INT) {
            let value: i64 = text.parse().ok()?;
            return Some(if self.is(Kind::FLOAT) {
                ValueRef::F64(value as f64)
            } else if self.is(Kind::TIME) {
                ValueRef::Time(value)
            } else {
                ValueRef::I64(value)
            });
        }
        if self.is(Kind::UINT) {
            let value: u64 = text.parse().ok()?;
            return Some(if self.is(Kind::FLOAT) {
                ValueRef::F64(value as f64)
            } else if self.is(Kind::ANY) {
                ValueRef::U64(value)
            } else {
                i64::try_from(value).map_or(ValueRef::U64(value), ValueRef::I64)
            });
        }
        if self.is(Kind::FLOAT) {
            // `NaN`, `+Inf` and `-Inf`, too
            return text.parse().ok().map(ValueRef::F64);
        }
        if self.is(Kind::BOOL) {
            // all that Go takes for one
            return match text {
                "true" | "t" | "T" | "TRUE" | "True" | "1" => Some(ValueRef::Bool(true)),
                "false" | "f" | "F" | "FALSE" | "False" | "0" => Some(ValueRef::Bool(false)),
                _ => None,
            };
        }
        if !self.is(Kind::TIME) {
            return Some(ValueRef::Str(text));
        }
        Some(match rfc3339::parse_nanos(text) {
            Some(nanos) if self.is(Kind::ANY) => ValueRef::Time(nanos),
            _ => ValueRef::instant(text),
        })
    }

    /// As [`read`](Self::read), of a text that was looked at before.
    pub(crate) fn read_or_text(self, text: &str) -> ValueRef<'_> {
        self.read(text).unwrap_or(ValueRef::Str(text))
    }

    /// What a value of that kind is, in the words of messages.
    pub(crate) fn name(self) -> &'static str {
        if self.is(Kind::INT) {
            "a long was expected"
        } else if self.is(Kind::UINT) {
            "an unsignedLong was expected"
        } else if self.is(Kind::FLOAT) {
            "a double was expected"
        } else if self.is(Kind::BOOL) {
            "a boolean was expected"
        } else {
            "a text was expected"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::plan::want::Want;
    use crate::kind::ColumnKind;

    #[test]
    fn by_what_the_column_holds() {
        let read = |want, kind, text| Kind::of_column(want, kind).read(text);
        for (want, kind, text, value) in [
            (Want::Any, ColumnKind::Int, "-9223372036854775808", ValueRef::I64(i64::MIN)),
            (Want::Float, ColumnKind::Int, "12", ValueRef::F64(12.0)),
            (Want::Time, ColumnKind::Int, "12", ValueRef::Time(12)),
            (Want::Any, ColumnKind::Uint, "1", ValueRef::U64(1)),
            (Want::Uint, ColumnKind::Uint, "1", ValueRef::I64(1)),
            (Want::Uint, ColumnKind::Uint, "18446744073709551615", ValueRef::U64(u64::MAX)),
            (Want::Float, ColumnKind::Uint, "3", ValueRef::F64(3.0)),
            (Want::Any, ColumnKind::Float, "1", ValueRef::F64(1.0)),
            (Want::Float, ColumnKind::Float, "+Inf", ValueRef::F64(f64::INFINITY)),
            (Want::Float, ColumnKind::Float, "-Inf", ValueRef::F64(f64::NEG_INFINITY)),
            (Want::Any, ColumnKind::Bool, "true", ValueRef::Bool(true)),
            (Want::Any, ColumnKind::Str, "12", ValueRef::Str("12")),
            (Want::Int, ColumnKind::Str, "12", ValueRef::Str("12")),
            (Want::Time, ColumnKind::Str, "1970-01-01T00:00:01Z", ValueRef::Time(1_000_000_000)),
            (Want::Any, ColumnKind::Time, "1970-01-01T00:00:01.5Z", ValueRef::Time(1_500_000_000)),
            (Want::Str, ColumnKind::Time, "1970-01-01T00:00:01Z", ValueRef::Str("1970-01-01T00:00:01Z")),
        ] {
            assert_eq!(read(want, kind, text), Some(value), "{want:?} of {kind:?} {text}");
        }
        assert!(
            matches!(read(Want::Any, ColumnKind::Float, "NaN"), Some(ValueRef::F64(nan)) if nan.is_nan())
        );
        for (kind, text) in [
            (ColumnKind::Int, "1.5"),
            (ColumnKind::Int, "9223372036854775808"),
            (ColumnKind::Uint, "-1"),
            (ColumnKind::Float, "x"),
            (ColumnKind::Bool, "yes"),
        ] {
            assert_eq!(read(Want::Any, kind, text), None, "{kind:?} {text}");
        }
    }
}
