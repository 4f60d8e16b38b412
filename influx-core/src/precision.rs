//! The unit of integer timestamps, its conversion by floor division, and its spelling per API.

use core::fmt;

/// The unit in which timestamps are written to, or asked from, a server.
///
/// The encoder always knows instants in nanoseconds and converts them by floor division, so that an instant before 1970
/// moves to the unit's start and not towards zero.
///
/// ```
/// use influx_core::Precision;
/// assert_eq!(Precision::Ms.floor(-1), -1);
/// assert_eq!(Precision::S.floor(1_700_000_000_999_999_999), 1_700_000_000);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Precision {
    /// Nanoseconds: the unit that all servers store and that every endpoint understands.
    #[default]
    Ns,
    /// Microseconds. On 1.x `us` and `u` each mean nanoseconds somewhere, so clients convert instead of asking for it.
    Us,
    /// Milliseconds.
    Ms,
    /// Seconds.
    S,
}

impl Precision {
    /// Nanoseconds in one unit.
    ///
    /// ```
    /// assert_eq!(influx_core::Precision::Us.nanos(), 1_000);
    /// ```
    pub const fn nanos(self) -> i64 {
        match self {
            Precision::Ns => 1,
            Precision::Us => 1_000,
            Precision::Ms => 1_000_000,
            Precision::S => 1_000_000_000,
        }
    }

    /// Nanoseconds since 1970 as a number of whole units, rounded down.
    ///
    /// ```
    /// assert_eq!(influx_core::Precision::Us.floor(-1), -1);
    /// ```
    pub const fn floor(self, nanos: i64) -> i64 {
        match self {
            Precision::Ns => nanos,
            Precision::Us => nanos.div_euclid(1_000),
            Precision::Ms => nanos.div_euclid(1_000_000),
            Precision::S => nanos.div_euclid(1_000_000_000),
        }
    }

    /// A number of units since 1970 in nanoseconds; `None` when that is outside of `i64`.
    ///
    /// ```
    /// use influx_core::Precision;
    /// assert_eq!(Precision::S.to_nanos(-2), Some(-2_000_000_000));
    /// assert_eq!(Precision::S.to_nanos(i64::MAX), None);
    /// ```
    pub const fn to_nanos(self, units: i64) -> Option<i64> {
        units.checked_mul(self.nanos())
    }

    /// The usual short name: `ns`, `us`, `ms`, `s`.
    ///
    /// ```
    /// assert_eq!(influx_core::Precision::Ms.as_str(), "ms");
    /// ```
    pub const fn as_str(self) -> &'static str {
        match self {
            Precision::Ns => "ns",
            Precision::Us => "us",
            Precision::Ms => "ms",
            Precision::S => "s",
        }
    }
}

impl fmt::Display for Precision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
