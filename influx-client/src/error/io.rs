//! The error as one of files.

use std::io;

use crate::error::Error;

/// For what reads and writes files beside: a closure of [`try_for_each_row`](crate::Query::try_for_each_row) that writes rows to
/// one, say.
///
/// ```
/// let error = influx_client::Client::v1("localhost:8086").build().unwrap_err();
/// let text = error.to_string();
/// assert_eq!(std::io::Error::from(error).to_string(), text);
/// ```
impl From<Error> for io::Error {
    fn from(error: Error) -> io::Error {
        let kind = if error.is_timeout() { io::ErrorKind::TimedOut } else { io::ErrorKind::Other };
        io::Error::new(kind, error)
    }
}
