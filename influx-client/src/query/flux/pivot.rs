//! The server's own `pivot`, added to a query.

use crate::error::{Error, Result};
use crate::query::flux::text::calls;

/// As the server's documentation has it for fields of one time in one row. It begins a line of its own: the text may end in a comment.
const PIVOT: &str = "\n|> pivot(rowKey: [\"_time\"], columnKey: [\"_field\"], valueColumn: \"_value\")";

/// The query with `pivot` at its end.
pub(super) fn pivoted(text: &str) -> Result<String> {
    if calls(text, "yield") {
        return Err(Error::config(
            "the query names its results by yield(..), behind which .pivot() would stand: leave .pivot() out, and write \
             pivot(rowKey: [\"_time\"], columnKey: [\"_field\"], valueColumn: \"_value\") in front of each yield",
        ));
    }
    Ok(format!("{text}{PIVOT}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yields_are_found_where_they_are_called() {
        for text in [
            "from(bucket: b) |> yield(name: \"x\")",
            "a |> yield ()",
            "yield(tables: a)",
            "\"\\\"\" |> yield()",
            "// no\n |> yield()",
        ] {
            let error = pivoted(text).unwrap_err();
            assert!(error.is_config() && error.to_string().contains("yield(..)"), "{text}");
        }
        for text in [
            "from(bucket: \"yield()\")",
            "a // yield()",
            "a |> my_yield()",
            "yields()",
            "r.yield == 1",
            "\"\\\"yield()\"",
            "\"open yield()",
            "",
        ] {
            assert_eq!(pivoted(text).unwrap(), format!("{text}{PIVOT}"));
        }
    }
}
