//! Which statements are run again by themselves, and after which errors. No clock, no I/O.

use std::time::Duration;

use crate::error::Error;
use crate::generation::retry;

/// The statements that come to the same when they are run twice, by how they begin. Others may have been half done: a user that
/// exists, a query that was killed are errors the second time.
const REPEATABLE: [&str; 6] =
    ["SHOW ", "DELETE ", "DROP SERIES ", "DROP MEASUREMENT ", "DROP DATABASE ", "DROP RETENTION POLICY "];

/// How long to wait before the next try, each time twice as long; a shard is closed and gone within a fraction of a second.
const PAUSES: [Duration; 6] = {
    let ms = Duration::from_millis;
    [ms(10), ms(20), ms(50), ms(100), ms(300), ms(1_000)]
};

/// How long to wait before this statement is run again, after that many tries; `None`: the error stands.
pub(super) fn pause(statement: &str, error: &Error, tries: usize) -> Option<Duration> {
    let safe = REPEATABLE.iter().any(|begin| statement.starts_with(begin));
    // 1.x says it in an answer of status 200, 2.x may say it by its status
    let of_server = error.is_statement() || error.status() == Some(500);
    let passes = error.server_message().is_some_and(retry::statement_is_retryable);
    if safe && of_server && passes { PAUSES.get(tries).copied() } else { None }
}

#[cfg(test)]
mod tests {
    use influx_core::decode::Scratch;
    use influx_core::decode::influxql::iterpoints;

    use super::*;

    fn says(text: &str) -> Error {
        let body = serde_json::json!({"results": [{"statement_id": 0, "error": text}]}).to_string();
        let mut scratch = Scratch::new();
        let cause = iterpoints::<()>(body.as_bytes(), &mut scratch).find_map(Result::err);
        Error::decode(cause.unwrap())
    }

    #[test]
    fn what_passes_is_tried_again_where_that_is_safe() {
        let closed = says("engine is closed");
        for statement in [
            "SHOW SERIES",
            "SHOW TAG VALUES WITH KEY IN (\"a\")",
            "DELETE FROM \"m\"",
            "DROP SERIES FROM \"m\"",
            "DROP MEASUREMENT \"m\"",
            "DROP DATABASE \"d\"",
            "DROP RETENTION POLICY \"r\" ON \"d\"",
        ] {
            let pauses: Vec<_> = (0..9).map_while(|tries| pause(statement, &closed, tries)).collect();
            assert_eq!(pauses, PAUSES, "{statement}");
        }
        for statement in [
            "CREATE USER \"u\" WITH PASSWORD $password",
            "DROP USER \"u\"",
            "GRANT ALL PRIVILEGES TO \"u\"",
            "KILL QUERY 7",
            "CREATE CONTINUOUS QUERY \"c\" ON \"d\" BEGIN SELECT 1\nEND",
            "ALTER RETENTION POLICY \"r\" ON \"d\" DURATION INF",
            "SELECT mean(f) INTO x FROM m",
            "SHOWX",
        ] {
            assert_eq!(pause(statement, &closed, 0), None, "{statement}");
        }
        assert!(PAUSES.iter().sum::<Duration>() < Duration::from_secs(2));
        let by_status = Error::status_answer(500, "internal error: engine is closed".into());
        assert_eq!(pause("SHOW SERIES", &by_status, 0), Some(PAUSES[0]));
    }

    #[test]
    fn other_errors_stand() {
        for text in
            ["database not found: nope", "timeout", "measurement not found", "engine is a steam engine", ""]
        {
            assert_eq!(pause("DELETE FROM \"m\"", &says(text), 0), None, "{text}");
        }
        for error in [
            Error::status_answer(400, "engine is closed".into()),
            Error::status_answer(500, "out of luck".into()),
            Error::status_answer(503, String::new()),
            Error::new(crate::error::Kind::Connect, "cannot connect"),
        ] {
            assert_eq!(pause("SHOW SERIES", &error, 0), None, "{error}");
        }
    }
}
