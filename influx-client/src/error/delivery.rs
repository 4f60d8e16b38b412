//! What a failed write says about the points it carried.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use crate::message;
use crate::message::secrets::Secrets;

/// What is known about the points of a write that failed.
///
/// ```
/// use influx_client::Delivery;
/// assert_eq!(Delivery::NotSent.to_string(), "nothing was sent");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Delivery {
    /// Nothing left this process: no point is stored.
    NotSent,
    /// The request was sent, at least in part, and no answer came, or one that says nothing about the points: they may or may not
    /// be stored. Points that carry timestamps can be written again without harm.
    Unknown,
    /// The server refused the points: none is stored.
    Rejected,
    /// Some points are stored and some are not: [`Error::rejected`](crate::Error::rejected) and
    /// [`Error::points_written`](crate::Error::points_written) tell which as far as the server does.
    Partial,
}

impl fmt::Display for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Delivery::NotSent => "nothing was sent",
            Delivery::Unknown => "it is unknown whether the points are stored",
            Delivery::Rejected => "no point is stored",
            Delivery::Partial => "some points are stored",
        })
    }
}

/// A point that the server refused.
///
/// ```no_run
/// # async fn run(client: influx_client::Client, points: Vec<influx_client::Point>) {
/// if let Err(error) = client.write(&points).await {
///     for rejected in error.rejected() {
///         match rejected.index() {
///             Some(index) => eprintln!("{:?}: {}", points[index], rejected.reason()),
///             None => eprintln!("{rejected}"),
///         }
///     }
/// }
/// # }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Rejected {
    pub(crate) index: Option<usize>,
    pub(crate) line: Option<Box<str>>,
    pub(crate) reason: Arc<str>,
    pub(crate) certain: bool,
}

impl Rejected {
    /// Longest piece of a line that is shown, in bytes.
    const MAX_SHOWN: usize = 256;

    /// The line may have its line feed.
    pub(crate) fn new(index: Option<usize>, line: Option<&[u8]>, reason: impl Into<Arc<str>>) -> Self {
        let line = line.map(|line| String::from_utf8_lossy(line.strip_suffix(b"\n").unwrap_or(line)).into());
        Rejected { index, line, reason: reason.into(), certain: true }
    }

    /// With the begin of its line.
    pub(crate) fn shortened(mut self) -> Self {
        self.line = self.line.map(|line| message::cut(&line, Self::MAX_SHOWN).into());
        self
    }

    /// The same without these secrets in the server's words; a line that was sent is the caller's, and stays. A reason that is
    /// shared stays so.
    pub(crate) fn all_without(mut all: Vec<Rejected>, secrets: &Secrets) -> Vec<Rejected> {
        let mut last: Option<(Arc<str>, Arc<str>)> = None;
        for one in &mut all {
            let known = last.as_ref().filter(|(as_said, _)| Arc::ptr_eq(as_said, &one.reason));
            let clean = match known {
                Some((_, clean)) => Arc::clone(clean),
                None => match secrets.taken_out(&one.reason) {
                    Cow::Borrowed(_) => Arc::clone(&one.reason),
                    Cow::Owned(clean) => clean.into(),
                },
            };
            let as_said = std::mem::replace(&mut one.reason, Arc::clone(&clean));
            last = Some((as_said, clean));
            if let (Some(line), None) = (&mut one.line, one.index)
                && let Cow::Owned(clean) = secrets.taken_out(line)
            {
                *line = clean.into();
            }
        }
        all
    }

    pub(crate) fn uncertain(mut self) -> Self {
        self.certain = false;
        self
    }

    /// The place of the point in what the caller gave to `write`, counted from 0; of raw lines: the line's number,
    /// counted from 0. `None` when the server did not say enough to find it.
    pub fn index(&self) -> Option<usize> {
        self.index
    }

    /// The line as it was sent, whole. `None` when the server did not say enough to find it.
    pub fn line(&self) -> Option<&str> {
        self.line.as_deref()
    }

    /// The server's reason.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// Whether this very point was refused. `false`: it is one of several that fit the server's words, of which
    /// [`Error::dropped`](crate::Error::dropped) were refused.
    pub fn is_certain(&self) -> bool {
        self.certain
    }
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let possibly = if self.certain { "" } else { "possibly " };
        let reason = message::shown(&self.reason, message::SERVER_TEXT);
        match (self.index, self.line.as_deref().map(|line| message::shown(line, Self::MAX_SHOWN))) {
            (Some(index), Some(line)) => write!(f, "{possibly}point {index} ({line}): {reason}"),
            (Some(index), None) => write!(f, "{possibly}point {index}: {reason}"),
            (None, Some(line)) => write!(f, "{possibly}{line}: {reason}"),
            (None, None) => write!(f, "{possibly}{reason}"),
        }
    }
}

impl fmt::Debug for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rejected({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_cut_between_characters() {
        let line = format!("{}ééé", "x".repeat(255));
        let kept = Rejected::new(Some(3), Some(line.as_bytes()), "why");
        assert_eq!(kept.line(), Some(line.as_str()), "whole for who writes it again");
        assert!(kept.to_string().starts_with("point 3 (xxx"), "{kept}");
        assert!(kept.to_string().ends_with("..): why"), "{kept}");
    }

    #[test]
    fn secrets_are_the_servers_words_alone() {
        let mut secrets = Secrets::default();
        secrets.add("hunter2");
        let reason: Arc<str> = "said hunter2".into();
        let of = |index, line: &'static str| Rejected::new(index, Some(line.as_bytes()), Arc::clone(&reason));
        let clean =
            Rejected::all_without(vec![of(Some(0), "hunter2 f=1"), of(None, "hunter2 f=1")], &secrets);
        assert_eq!(clean[0].to_string(), "point 0 (hunter2 f=1): said ***");
        assert_eq!(clean[1].to_string(), "*** f=1: said ***");
        assert!(Arc::ptr_eq(&clean[0].reason, &clean[1].reason));
    }

    #[test]
    fn a_candidate_says_so() {
        let one = Rejected::new(Some(0), None, "conflict").uncertain();
        assert_eq!(one.to_string(), "possibly point 0: conflict");
    }
}
