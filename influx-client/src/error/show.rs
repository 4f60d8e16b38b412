//! The error as text.

use std::error::Error as StdError;
use std::fmt::{self, Write};

use super::{Error, Kind};
use crate::message;
use crate::message::{SERVER_TEXT, line, shown};

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&line(&self.text()?))
    }
}

impl Error {
    /// The error and its causes in one text, joined by `: `.
    ///
    /// ```
    /// let error = influx_client::Client::v1("ftp://db").build().unwrap_err();
    /// assert_eq!(error.report(), error.to_string());
    /// ```
    pub fn report(&self) -> String {
        let mut text = self.to_string();
        let mut next = self.source();
        while let Some(cause) = next {
            let below = cause.to_string();
            if !text.ends_with(&below) {
                text.push_str(": ");
                text.push_str(&below);
            }
            next = cause.source();
        }
        line(&text)
    }

    /// The message before it is made presentable.
    fn text(&self) -> Result<String, fmt::Error> {
        let inner = &*self.0;
        let mut text = String::new();
        let mut part = |part: fmt::Arguments<'_>| {
            let sep = if text.is_empty() { "" } else { ": " };
            write!(text, "{sep}{part}")
        };
        if let Some(request) = &inner.request {
            part(format_args!("{}", shown(request, message::MAX / 4)))?;
        }
        if let Some(status) = inner.status {
            part(format_args!("HTTP {status}{}", reason(status)))?;
        }
        if !inner.message.is_empty() {
            part(format_args!("{}", shown(&inner.message, message::MAX / 2)))?;
        }
        match &inner.server_message {
            Some(words) if !inner.words_shown => part(format_args!("{}", shown(words, SERVER_TEXT)))?,
            None if inner.kind == Kind::Status && inner.message.is_empty() => {
                part(format_args!("the server sent no message"))?
            }
            _ => {}
        }
        if inner.points_written > 0 {
            write!(text, " ({} points were written before)", inner.points_written)?;
        }
        Ok(text)
    }
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

/// How many refused points `Debug` shows.
const POINTS_SHOWN: usize = 3;

impl fmt::Debug for Error {
    /// One line, whatever the flags.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        let mut text = format!("Error {{ kind: {:?}, message: \"{self}\"", inner.kind);
        if let Some(status) = inner.status {
            write!(text, ", status: {status}")?;
        }
        if let Some(delivery) = inner.delivery {
            write!(text, ", delivery: {delivery:?}")?;
        }
        if let Some(source) = &inner.source {
            write!(text, ", source: {source:?}")?;
        }
        if !inner.rejected.is_empty() {
            write!(text, ", rejected: [")?;
            let mut sep = "";
            for one in inner.rejected.iter().take(POINTS_SHOWN) {
                write!(text, "{sep}{one}")?;
                sep = ", ";
            }
            match inner.rejected.len().saturating_sub(POINTS_SHOWN) {
                0 => text.push(']'),
                more => write!(text, "{sep}and {more} more]")?,
            }
        }
        text.push_str(" }");
        f.write_str(&line(&text))
    }
}

#[cfg(test)]
mod tests {
    use crate::error::delivery::Rejected;
    use crate::error::{Error, Kind};
    use crate::message::secrets::Secrets;

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
    fn secrets_are_taken_out_of_what_others_said() {
        for (password, text, clean) in [
            (
                "hunter2",
                "cannot run CREATE USER x WITH PASSWORD 'hunter2'",
                "cannot run CREATE USER x WITH PASSWORD '***'",
            ),
            ("it's", "cannot run 'it\\'s'", "cannot run '***'"),
            ("a\\\"b", "cannot run \"a\\\\\\\"b\"", "cannot run \"***\""),
            ("user", "user not found", "*** not found"),
            ("use", "user not found", "user not found"),
            ("", "user not found", "user not found"),
        ] {
            let mut secrets = Secrets::default();
            secrets.add(password);
            let io = std::io::Error::other(text);
            let error = Error::status_answer(400, text.into()).with_source(io).without(&secrets);
            assert_eq!(error.server_message(), Some(clean), "{password}");
            assert_eq!(error.to_string(), format!("HTTP 400 Bad Request: {clean}"));
            assert_eq!(error.report(), error.to_string());
            assert!(format!("{error:?}").contains(clean));
        }
        let mut secrets = Secrets::default();
        secrets.add("listening");
        let own = Error::new(Kind::Connect, "cannot connect; is a server listening there?").without(&secrets);
        assert!(own.to_string().contains("listening"), "the gap would tell the secret");
    }

    #[test]
    fn nothing_is_longer_than_4_kib() {
        let long = "é\u{202e}\n".repeat(20_000);
        let many = (0..500).map(|n| Rejected::new(Some(n), Some(long.as_bytes()), long.as_str())).collect();
        let error = Error::status_answer(400, long.clone()).with_rejected(many, None).with_points_written(7);
        let error =
            error.with_source(std::io::Error::other(long.clone())).at(long).without(&Secrets::default());
        let texts = [error.to_string(), error.report(), format!("{error:?}"), format!("{error:#?}")];
        for text in texts.into_iter().chain(error.rejected()[..3].iter().map(ToString::to_string)) {
            assert!(text.len() <= 4_096 && !text.contains(['\n', '\u{202e}']), "{} {text}", text.len());
        }
        assert!(
            format!("{error:?}").contains("HTTP 400") && error.to_string().contains("7 points were written")
        );
        assert!(error.server_message().unwrap().len() <= 64 << 10);
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
