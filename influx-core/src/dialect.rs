//! What the encoder must know of a server generation, and only that.

use core::fmt;

/// The server generation that line protocol is written for.
///
/// The three read the same bytes differently: v3 turns `\\` in names and tags into one backslash, v1 and v2 keep both;
/// released v1 servers know no unsigned integers; each has limits of its own.
///
/// ```
/// use influx_core::Dialect;
/// assert_eq!(Dialect::V3.to_string(), "InfluxDB 3.x");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// InfluxDB 1.x.
    V1,
    /// InfluxDB 2.x.
    V2,
    /// InfluxDB 3.x.
    V3,
}

impl Dialect {
    /// Names and tags: v3 unescapes `\\`, v1 and v2 don't.
    pub(crate) const fn unescapes_backslash(self) -> bool {
        matches!(self, Dialect::V3)
    }

    /// The `u` suffix: compiled out of the released 1.x servers.
    pub(crate) const fn has_unsigned(self) -> bool {
        !matches!(self, Dialect::V1)
    }

    /// Longest string field value, tag value or name in bytes; v1 and v2 only limit the whole series key.
    pub(crate) const fn max_text(self) -> usize {
        match self {
            Dialect::V1 | Dialect::V2 => usize::MAX,
            Dialect::V3 => 65_536,
        }
    }

    /// Longest series key (escaped measurement and tags) together with a field key and 4 bytes between them.
    pub(crate) const fn max_key(self) -> usize {
        match self {
            Dialect::V1 | Dialect::V2 => 65_535,
            Dialect::V3 => usize::MAX,
        }
    }

    /// The storable timestamps in nanoseconds, both inclusive.
    pub(crate) const fn time_range(self) -> (i64, i64) {
        match self {
            Dialect::V1 | Dialect::V2 => (i64::MIN + 2, i64::MAX - 1),
            Dialect::V3 => (i64::MIN, i64::MAX),
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Dialect::V1 => "InfluxDB 1.x",
            Dialect::V2 => "InfluxDB 2.x",
            Dialect::V3 => "InfluxDB 3.x",
        })
    }
}
