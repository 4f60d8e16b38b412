//! The error as text.

use std::fmt;

use super::{Error, Kind};
use crate::delivery::shorten;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        /// Longest server text that is shown, in bytes.
        const MAX_SHOWN: usize = 500;

        let inner = &*self.0;
        let mut sep = "";
        let mut part = |f: &mut fmt::Formatter<'_>, text: &dyn fmt::Display| {
            let written = write!(f, "{sep}{text}");
            sep = ": ";
            written
        };
        if let Some(request) = &inner.request {
            part(f, request)?;
        }
        if let Some(status) = inner.status {
            part(f, &format_args!("HTTP {status}{}", reason(status)))?;
        }
        if !inner.message.is_empty() {
            part(f, &inner.message)?;
        }
        match &inner.server_message {
            Some(message) => part(f, &one_line(&shorten(message, MAX_SHOWN)))?,
            None if inner.kind == Kind::Status && inner.message.is_empty() => {
                part(f, &"the server sent no message")?
            }
            None => {}
        }
        if inner.points_written > 0 {
            write!(f, " ({} points were written before)", inner.points_written)?;
        }
        Ok(())
    }
}

/// Errors are one line: breaks in a server's text become ` | `.
pub(super) fn one_line(text: &str) -> String {
    text.trim_end().replace("\r\n", "\n").replace('\n', " | ")
}

/// Whether the text holds the word, plain or with quotes and backslashes escaped, and no letters or digits around it.
pub(super) fn has_word(text: &str, word: &str) -> bool {
    let escaped = |quote: char| word.replace('\\', "\\\\").replace(quote, &format!("\\{quote}"));
    let debug = format!("{word:?}");
    let spellings = [word, &escaped('\''), &escaped('"'), debug.trim_matches('"')];
    let found = |word: &str| {
        let is_edge = |c: Option<char>| !c.is_some_and(char::is_alphanumeric);
        text.match_indices(word).any(|(at, _)| {
            is_edge(text[..at].chars().next_back()) && is_edge(text[at + word.len()..].chars().next())
        })
    };
    spellings.into_iter().any(|word| !word.is_empty() && found(word))
}

fn reason(status: u16) -> &'static str {
    match status {
        400 => " Bad Request",
        401 => " Unauthorized",
        403 => " Forbidden",
        404 => " Not Found",
        405 => " Method Not Allowed",
        408 => " Request Timeout",
        413 => " Payload Too Large",
        422 => " Unprocessable Entity",
        429 => " Too Many Requests",
        500 => " Internal Server Error",
        502 => " Bad Gateway",
        503 => " Service Unavailable",
        504 => " Gateway Timeout",
        _ => "",
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        f.debug_struct("Error")
            .field("kind", &inner.kind)
            .field("message", &self.to_string())
            .field("status", &inner.status)
            .field("delivery", &inner.delivery)
            .field("rejected", &inner.rejected)
            .field("source", &inner.source)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use crate::error::{Error, Kind};
    use crate::secret::Secret;

    #[test]
    fn is_one_word_and_can_cross_threads() {
        fn check<T: Send + Sync + 'static>() {}
        check::<Error>();
        assert_eq!(size_of::<Error>(), size_of::<usize>());
    }

    #[test]
    fn one_line_with_the_most_specific_fact() {
        let error = Error::status_answer(400, "unable to parse 'a': x\nunable to parse 'b': y\n".into())
            .at("POST http://h/write");
        assert_eq!(
            error.to_string(),
            "POST http://h/write: HTTP 400 Bad Request: unable to parse 'a': x | unable to parse 'b': y"
        );
        let silent = Error::status_answer(401, String::new());
        assert_eq!(silent.to_string(), "HTTP 401 Unauthorized: the server sent no message");
        assert!(silent.is_auth());
        assert_eq!(silent.server_message(), None);
    }

    #[test]
    fn long_server_text_is_cut_in_display_only() {
        let text = "é".repeat(5_000);
        let error = Error::status_answer(500, text.clone());
        assert!(error.to_string().len() < 600);
        assert_eq!(error.server_message(), Some(text.as_str()));
    }

    #[test]
    fn a_password_in_the_servers_words_is_left_out_with_them() {
        for (password, text, hidden) in [
            ("hunter2", "cannot run CREATE USER x WITH PASSWORD 'hunter2'", true),
            ("it's", "cannot run 'it\\'s'", true),
            ("a\\\"b", "cannot run \"a\\\\\\\"b\"", true),
            ("user", "user not found", true),
            ("use", "user not found", false),
            ("", "user not found", false),
        ] {
            let error = Error::status_answer(400, text.into()).hiding(&Secret::new(password));
            assert_eq!(error.server_message().is_none(), hidden, "{password}");
            assert_eq!(error.to_string().contains("is left out, as it tells a password"), hidden, "{error}");
        }
    }

    #[test]
    fn report_prints_the_chain_once() {
        let io = std::io::Error::new(std::io::ErrorKind::ConnectionRefused, "refused");
        let error = Error::new(Kind::Connect, "cannot connect").at("GET http://h/ping").with_source(io);
        assert_eq!(error.to_string(), "GET http://h/ping: cannot connect");
        assert_eq!(error.report(), "GET http://h/ping: cannot connect: refused");
        assert!(error.is_connect() && error.is_retryable() && !error.is_timeout());
    }
}
