//! Why a piece of an answer could not be read.

/// Why a piece of an answer could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The bytes end before it does.
    More,
    /// It is malformed there, for this reason.
    Bad(usize, &'static str),
}

impl Stop {
    /// Malformed, or cut off if the bytes end there.
    #[cold]
    pub(crate) fn unless_at_end(b: &[u8], at: usize, what: &'static str) -> Stop {
        if at >= b.len() { Stop::More } else { Stop::Bad(at, what) }
    }
}
