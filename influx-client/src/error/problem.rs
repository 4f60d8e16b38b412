//! The first mistake in settings, which setters keep as they cannot fail.

use std::time::Duration;

use influx_core::Timestamp;

use crate::error::{Error, Result};

/// A time in nanoseconds; `what` is what an error calls it.
pub(crate) fn nanos(time: impl Timestamp, what: &str) -> Result<i64> {
    match time.unix_nanos() {
        Ok(Some(nanos)) => Ok(nanos),
        Ok(None) => Err(Error::config(format!("{what} is missing: give one"))),
        Err(error) => Err(Error::config(format!("{what} cannot be sent: {error}"))),
    }
}

/// The first mistake in what was set, until it is run or built.
#[derive(Debug, Clone, Default)]
pub(crate) struct Problem(Option<String>);

impl Problem {
    /// Something that must be so, or what is wrong and how to put it right.
    pub(crate) fn check(&mut self, ok: bool, problem: &str) {
        if !ok && self.0.is_none() {
            self.0 = Some(problem.to_owned());
        }
    }

    /// A name that must not be empty; `setter` is the method that takes it.
    pub(crate) fn check_name(&mut self, name: &str, of: &str, setter: &str) {
        let named = !name.is_empty();
        self.check(named, &format!("the {of}'s name is empty: leave .{setter}(..) out or name one"));
    }

    /// A time limit that can be kept.
    pub(crate) fn check_limit(&mut self, limit: Duration, of: &str) {
        self.check(!limit.is_zero(), &format!("a {of} of 0 would always run out"));
    }

    /// A number of things that hold something.
    pub(crate) fn check_count(&mut self, count: usize, setter: &str, does: &str) {
        self.check(count > 0, &format!("{setter}(0) would {does}: give 1 or more"));
    }

    /// A time in nanoseconds, or nothing and the mistake kept.
    pub(crate) fn time(&mut self, time: impl Timestamp, what: &str) -> Option<i64> {
        self.keep(nanos(time, what).map(Some))
    }

    /// The value, or nothing and the mistake kept.
    pub(crate) fn keep<T: Default>(&mut self, result: Result<T>) -> T {
        result.unwrap_or_else(|error| {
            self.check(false, &error.to_string());
            T::default()
        })
    }

    pub(crate) fn is_none(&self) -> bool {
        self.0.is_none()
    }

    /// An error of the settings, if something is wrong with them.
    pub(crate) fn result(&self) -> Result<()> {
        self.0.as_ref().map_or(Ok(()), |problem| Err(Error::config(problem)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_one_counts() {
        let mut problem = Problem::default();
        assert!(problem.result().is_ok() && problem.is_none());
        problem.check_name("d", "database", "database");
        problem.check_name("", "database", "database");
        problem.check_limit(Duration::ZERO, "timeout");
        assert_eq!(problem.keep(Err::<u8, _>(Error::config("later"))), 0);
        let error = problem.result().unwrap_err();
        assert!(error.is_config());
        assert_eq!(error.to_string(), "the database's name is empty: leave .database(..) out or name one");
    }
}
