//! What lies below an error.

use std::error::Error as StdError;
use std::fmt;

use super::secrets::Secrets;
use super::{cut, line};

/// How far down causes are followed.
const DEPTH: usize = 16;

/// Most bytes that are kept of a cause's text.
const KEPT: usize = 64 << 10;

/// An error of another library as text, and the causes of it: its own type would show what it likes.
pub(crate) struct Cause {
    text: Box<str>,
    below: Option<Box<Cause>>,
}

impl Cause {
    pub(crate) fn of(error: &(dyn StdError + 'static)) -> Cause {
        Cause::to_depth(error, DEPTH)
    }

    fn to_depth(error: &(dyn StdError + 'static), depth: usize) -> Cause {
        let below = error.source().filter(|_| depth > 0);
        let below = below.map(|below| Box::new(Cause::to_depth(below, depth - 1)));
        Cause { text: cut(&error.to_string(), KEPT).into(), below }
    }

    /// The same without these secrets.
    pub(crate) fn without(mut self, secrets: &Secrets) -> Cause {
        self.text = secrets.taken_out(&self.text).into();
        self.below = self.below.map(|below| Box::new(below.without(secrets)));
        self
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&line(&self.text))
    }
}

impl fmt::Debug for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&line(&self.text))?;
        self.below.iter().try_for_each(|below| write!(f, ": {below:?}"))
    }
}

impl StdError for Cause {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.below.as_deref().map(|below| below as &(dyn StdError + 'static))
    }
}
