//! Conversions of cells into field types.
