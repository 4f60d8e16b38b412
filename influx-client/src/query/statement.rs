//! Which statements only read, and whether a text is a single one. What cannot be told counts as a change, and as several: a read
//! that is sent as a change does no harm.

#[cfg(test)]
mod naive;
mod scanner;
#[cfg(test)]
mod tests;

use influx_core::shown::{TEXT, quoted};

use crate::error::{Error, Result};
use scanner::{Kind, Scanner, Token};

/// Whether all statements of the text only read, so that they may go as `GET`.
pub(crate) fn only_reads(text: &str) -> bool {
    let (mut first, mut in_select) = (true, false);
    for token in Scanner::new(text) {
        // a text that influxd refuses changes nothing, but another server may read it otherwise
        let Ok(Token { kind, from, to }) = token else { return false };
        let is = |keyword| kind == Kind::Word && text[from..to].eq_ignore_ascii_case(keyword);
        if kind == Kind::Semicolon {
            (first, in_select) = (true, false);
        } else if first {
            (first, in_select) = (false, is("SELECT") || is("EXPLAIN"));
            if !in_select && !is("SHOW") {
                return false;
            }
        } else if in_select && is("INTO") {
            return false;
        }
    }
    true
}

/// Whether the parameter `$name` stands between quotes, all between them, and nowhere else.
pub(crate) fn only_between_quotes(text: &str, name: &str) -> bool {
    let mut found = false;
    for Token { kind, from, to } in Scanner::new(text).map_while(Result::ok) {
        let token = &text[from..to];
        let is = |token: &str| token.strip_prefix('$') == Some(name);
        match kind {
            Kind::Parameter if is(token) => return false,
            Kind::Text | Kind::Name => found |= is(token.trim_matches(['\'', '"'])),
            _ => {}
        }
    }
    found
}

/// The statement that the text is, without semicolons, white space and comments around it.
pub(crate) fn single_statement(text: &str) -> Result<&str> {
    let shown = || quoted(text, TEXT);
    let mut found: Option<(usize, usize)> = None;
    let mut ended = false;
    for token in Scanner::new(text) {
        let Token { kind, from, to } = token.map_err(|fault| {
            let (what, at) = (fault.what, fault.at);
            Error::config(format!("the query {} has {what}, at byte {at}, and is not sent", shown()))
        })?;
        match (kind, found) {
            (Kind::Semicolon, _) => ended = found.is_some(),
            (_, Some(_)) if ended => {
                return Err(Error::config(format!("the query {} is several statements: give one", shown())));
            }
            (_, Some((begin, _))) => found = Some((begin, to)),
            (_, None) => found = Some((from, to)),
        }
    }
    match found {
        Some((from, to)) => Ok(&text[from..to]),
        None => Err(Error::config("the query is empty")),
    }
}
