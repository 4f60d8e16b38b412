//! Settings: points without a time, and points that share one.

/// What becomes of points without a timestamp in a write.
///
/// A server gives all of them in one request the same time, so that of several of one series only one is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Untimed {
    /// The client stamps each with its clock, no two alike: all are stored, and a write that is sent again is the same.
    #[default]
    Stamp,
    /// They are errors; nothing is sent.
    Refuse,
    /// They go without a time, and the server gives them its own. Of several of one series in a request see [`SameTime`].
    Server,
}

/// What becomes of points of one series that share a time and give a field different values: a server stores one value of them.
/// Times can meet by a coarse [precision](crate::ClientBuilder::precision), too.
///
/// Where the points have different fields, or the same values, nothing is lost, and they are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum SameTime {
    /// They are errors; nothing is sent.
    #[default]
    Refuse,
    /// The last value is stored, as the server does it.
    Overwrite,
}
