//! What a field can want of a cell.

use crate::kind::ColumnKind;

/// What a field wants of a cell, so that the decoder reads it straight to that type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Want {
    /// Nothing: the cell is passed over.
    #[default]
    Skip,
    /// Whatever it is; numbers stay text.
    Any,
    /// A signed integer.
    Int,
    /// An unsigned integer.
    Uint,
    /// A float.
    Float,
    /// A text.
    Str,
    /// A boolean.
    Bool,
    /// An instant.
    Time,
}

impl Want {
    pub(super) fn merge(self, other: Want) -> Want {
        match (self, other) {
            (Want::Skip, want) | (want, Want::Skip) => want,
            (a, b) if a == b => a,
            _ => Want::Any,
        }
    }

    /// The kind's name when a column of that kind can never give this.
    pub(crate) fn refuses(self, kind: ColumnKind) -> Option<&'static str> {
        let name = match kind {
            ColumnKind::Unknown => return None,
            ColumnKind::Bool => "boolean",
            ColumnKind::Int => "integer",
            ColumnKind::Uint => "unsigned integer",
            ColumnKind::Float => "float",
            ColumnKind::Str => "string",
            ColumnKind::Time => "time",
        };
        let fits = match self {
            Want::Skip | Want::Any => true,
            Want::Int | Want::Uint => matches!(kind, ColumnKind::Int | ColumnKind::Uint),
            Want::Float => matches!(kind, ColumnKind::Int | ColumnKind::Uint | ColumnKind::Float),
            Want::Str => matches!(kind, ColumnKind::Str | ColumnKind::Time),
            Want::Bool => kind == ColumnKind::Bool,
            Want::Time => matches!(kind, ColumnKind::Time | ColumnKind::Str | ColumnKind::Int),
        };
        (!fits).then_some(name)
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Want::Skip | Want::Any => "any value",
            Want::Int => "an integer",
            Want::Uint => "an unsigned integer",
            Want::Float => "a float",
            Want::Str => "a string",
            Want::Bool => "a boolean",
            Want::Time => "a time",
        }
    }
}

/// What is wanted of a column, a bit each. A row's columns follow in the same order again and again, so branches on what is wanted are
/// foreseen; a jump through a table would not be on every processor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kind(u8);

impl Kind {
    pub(crate) const FLOAT: u8 = 1;
    pub(crate) const STR: u8 = 2;
    pub(crate) const INT: u8 = 4;
    pub(crate) const UINT: u8 = 8;
    pub(crate) const TIME: u8 = 16;
    pub(crate) const BOOL: u8 = 32;
    pub(crate) const ANY: u8 = 64;

    pub(crate) fn of(want: Want) -> Kind {
        Kind(match want {
            Want::Float => Kind::FLOAT,
            Want::Str => Kind::STR,
            Want::Int => Kind::INT,
            Want::Uint => Kind::UINT,
            Want::Time => Kind::TIME,
            Want::Bool => Kind::BOOL,
            Want::Any => Kind::ANY,
            Want::Skip => 0,
        })
    }

    /// As [`of`](Self::of), where it is known what the column holds: then that says how its values are read, and `want` what becomes of
    /// them. Two bits are an integer that becomes a float or a time, or that stays unsigned, and a time whose offset does not matter.
    pub(crate) fn of_column(want: Want, column: ColumnKind) -> Kind {
        Kind(match (column, want) {
            (ColumnKind::Unknown, want) => return Kind::of(want),
            (_, Want::Skip) => 0,
            (ColumnKind::Bool, _) => Kind::BOOL,
            (ColumnKind::Int, Want::Float) => Kind::INT | Kind::FLOAT,
            (ColumnKind::Int, Want::Time) => Kind::INT | Kind::TIME,
            (ColumnKind::Int, _) => Kind::INT,
            (ColumnKind::Uint, Want::Float) => Kind::UINT | Kind::FLOAT,
            (ColumnKind::Uint, Want::Any) => Kind::UINT | Kind::ANY,
            (ColumnKind::Uint, _) => Kind::UINT,
            (ColumnKind::Float, _) => Kind::FLOAT,
            (ColumnKind::Str | ColumnKind::Time, Want::Time) => Kind::TIME,
            (ColumnKind::Time, Want::Any) => Kind::TIME | Kind::ANY,
            (ColumnKind::Str | ColumnKind::Time, _) => Kind::STR,
        })
    }

    #[inline(always)]
    pub(crate) fn is(self, bits: u8) -> bool {
        self.0 & bits != 0
    }

    /// Whether it is these bits and no others.
    #[inline(always)]
    pub(crate) fn is_just(self, bits: u8) -> bool {
        self.0 == bits
    }
}
