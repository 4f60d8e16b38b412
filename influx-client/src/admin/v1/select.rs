//! Which measurements and series a request is about.

use influx_core::Timestamp;

use crate::error::problem::Problem;
use crate::error::{Error, Result};
use crate::generation::v1::quote;

/// The clauses that requests share, each a piece of the statement.
#[derive(Debug, Default)]
pub(super) struct Selection {
    sources: Vec<String>,
    conditions: Vec<String>,
    limit: Option<u64>,
    offset: Option<u64>,
    pub(super) problem: Problem,
}

impl Selection {
    pub(super) fn measurement(&mut self, name: &str) {
        let name = self.problem.keep(quote::identifier(name));
        self.sources.push(name);
    }

    pub(super) fn measurement_matching(&mut self, pattern: &str) {
        let pattern = self.problem.keep(quote::regex(pattern));
        self.sources.push(pattern);
    }

    /// A tag beside a text.
    pub(super) fn tag(&mut self, key: &str, operator: &str, value: &str) {
        self.condition(key, operator, quote::string(value));
    }

    /// A tag beside a regular expression.
    pub(super) fn tag_matches(&mut self, key: &str, operator: &str, pattern: &str) {
        self.condition(key, operator, quote::regex(pattern));
    }

    fn condition(&mut self, key: &str, operator: &str, value: Result<String>) {
        // The server would take it for the timestamp, whatever the quotes.
        self.problem
            .check(!key.eq_ignore_ascii_case("time"), "`time` is not a tag: use .since(..) and .before(..)");
        let key = self.problem.keep(quote::identifier(key));
        let value = self.problem.keep(value);
        self.conditions.push(format!("{key} {operator} {value}"));
    }

    pub(super) fn time(&mut self, operator: &str, time: impl Timestamp) {
        let nanos = self.problem.time(time, "a time in the request");
        self.conditions.extend(nanos.map(|nanos| format!("time {operator} {nanos}")));
    }

    pub(super) fn limit(&mut self, rows: u64) {
        self.problem.check(rows > 0, "a limit of 0 is none to the server: leave it out");
        self.limit = Some(rows);
    }

    pub(super) fn offset(&mut self, rows: u64) {
        self.offset = Some(rows);
    }

    /// `head` and the clauses, with `middle` between `FROM` and `WHERE`.
    pub(super) fn statement(self, head: &str, middle: &str) -> Result<String> {
        let from = if self.sources.is_empty() { "" } else { " FROM " };
        let sources = self.sources.join(", ");
        let filter = if self.conditions.is_empty() { "" } else { " WHERE " };
        let conditions = self.conditions.join(" AND ");
        let rows = |clause: &str, rows: Option<u64>| rows.map(|rows| format!(" {clause} {rows}"));
        let limit = rows("LIMIT", self.limit).unwrap_or_default();
        let offset = rows("OFFSET", self.offset).unwrap_or_default();
        self.problem.result()?;
        Ok(format!("{head}{from}{sources}{middle}{filter}{conditions}{limit}{offset}"))
    }

    /// As [`statement`](Self::statement), for what must not hit everything by an oversight.
    pub(super) fn narrowed_statement(self, head: &str) -> Result<String> {
        if self.sources.is_empty() && self.conditions.is_empty() && self.problem.is_none() {
            return Err(Error::config(format!(
                "{head} of everything: name a measurement or a tag, or drop the database instead"
            )));
        }
        self.statement(head, "")
    }
}

/// The methods of requests that have a field `selection`.
macro_rules! selects {
    ($request:ident: $($kind:ident)*) => {
        impl $request { $($crate::admin::v1::select::selects!(@$kind);)* }
    };
    (@measurement) => {
        /// Only this measurement; several when called several times.
        pub fn measurement(mut self, name: impl AsRef<str>) -> Self {
            self.selection.measurement(name.as_ref());
            self
        }

        /// Only measurements whose names match this regular expression (Go's syntax).
        pub fn measurement_matching(mut self, pattern: impl AsRef<str>) -> Self {
            self.selection.measurement_matching(pattern.as_ref());
            self
        }
    };
    (@tag) => {
        /// Only series with this tag; with an empty value, only series without it. All conditions must hold.
        pub fn tag(mut self, key: impl AsRef<str>, value: impl AsRef<str>) -> Self {
            self.selection.tag(key.as_ref(), "=", value.as_ref());
            self
        }

        /// Only series without this tag; with an empty value, only series that have one of this key.
        pub fn tag_not(mut self, key: impl AsRef<str>, value: impl AsRef<str>) -> Self {
            self.selection.tag(key.as_ref(), "!=", value.as_ref());
            self
        }

        /// Only series whose tag matches this regular expression (Go's syntax).
        pub fn tag_matching(mut self, key: impl AsRef<str>, pattern: impl AsRef<str>) -> Self {
            self.selection.tag_matches(key.as_ref(), "=~", pattern.as_ref());
            self
        }

        /// Only series whose tag does not match this regular expression (Go's syntax).
        pub fn tag_not_matching(mut self, key: impl AsRef<str>, pattern: impl AsRef<str>) -> Self {
            self.selection.tag_matches(key.as_ref(), "!~", pattern.as_ref());
            self
        }
    };
    (@limit) => {
        /// Most rows; of tag and field keys and values: of each measurement.
        pub fn limit(mut self, rows: u64) -> Self {
            self.selection.limit(rows);
            self
        }

        /// Rows to pass over first; of tag and field keys and values: of each measurement.
        pub fn offset(mut self, rows: u64) -> Self {
            self.selection.offset(rows);
            self
        }
    };
}
pub(super) use selects;
