//! What a column holds, in structs that are written and in results.

/// What a column is known to hold.
///
/// ```
/// use influx_core::{ColumnKind, LineProtocol};
///
/// #[derive(LineProtocol)]
/// struct Cpu {
///     #[tag]
///     host: String,
///     usage: Option<f64>,
///     count: u32,
/// }
/// let schema = Cpu { host: String::new(), usage: None, count: 0 }.schema().unwrap();
/// let kinds: Vec<_> = schema.columns().iter().map(|column| column.kind()).collect();
/// assert_eq!(kinds, [ColumnKind::Str, ColumnKind::Float, ColumnKind::Uint]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum ColumnKind {
    /// It is not known: of a result whose format does not say (InfluxQL JSON), of a field that is a
    /// [`Value`](crate::Value).
    #[default]
    Unknown,
    /// Booleans.
    Bool,
    /// Signed integers.
    Int,
    /// Unsigned integers; 1.x stores them as signed ones.
    Uint,
    /// Floats.
    Float,
    /// Texts; tags are texts.
    Str,
    /// Instants.
    Time,
}
