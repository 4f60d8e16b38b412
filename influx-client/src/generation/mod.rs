//! What differs between the server generations: paths and parameters, the shapes of error answers, what their words mean for
//! points, and what is tried again.

pub(crate) mod document;
pub(crate) mod retry;
pub(crate) mod tsdb;
pub(crate) mod v1;
pub(crate) mod v2;
mod v3;
pub(crate) mod words;

use influx_core::{Dialect, Precision};

use crate::config::writes::WriteConfig;
use crate::error::Result;
use document::{Answered, Document};
use words::{Cause, Others, Refusal, Words};

/// What to use instead of a handle, such as `client.v1()`, that a client of another generation was asked for. `None`: it is its own.
pub(crate) fn instead_of(handle: Dialect, client: Dialect) -> Option<String> {
    let number = |dialect| match dialect {
        Dialect::V1 => 1,
        Dialect::V2 => 2,
        Dialect::V3 => 3,
    };
    let (asked, own) = (number(handle), number(client));
    (asked != own).then(|| {
        format!(
            "client.v{asked}() is for InfluxDB {asked}.x, and this client is one of {own}.x: use client.v{own}(), or build the \
             client by Client::v{asked}(url)"
        )
    })
}

/// Where lines go: the path, and the parameters of the URL.
#[derive(Debug, Clone)]
pub(crate) struct Route {
    pub(crate) path: &'static str,
    pub(crate) params: Vec<(&'static str, String)>,
}

/// Where lines go by these settings.
///
/// # Errors
///
/// Something that the server must know is not said.
pub(crate) fn write_route(config: &WriteConfig) -> Result<Route> {
    Ok(match config.dialect {
        Dialect::V2 => Route { path: "/api/v2/write", params: v2::write_params(config)? },
        Dialect::V1 | Dialect::V3 => Route { path: "/write", params: v1::write_params(config)? },
    })
}

/// The unit that lines are written in.
pub(crate) fn wire_precision(dialect: Dialect, precision: Precision) -> Precision {
    match dialect {
        Dialect::V2 => precision,
        Dialect::V1 | Dialect::V3 => v1::wire_precision(precision),
    }
}

/// The database's own words about a write, if it says any that are known. The shape of the document says whose they are:
/// a 2.x answers in its own shape on the endpoints of 1.x, too.
pub(crate) fn words(answered: &Answered) -> Option<Words<'_>> {
    match &answered.document {
        Document::Blank => None,
        Document::Error { data: Some(data), text } => v3::line_words(text, data),
        Document::Error { text, data: None } => v1::words::words(text).or_else(|| v3::words(text)),
        Document::Code { code, text, line } => v2::words::words(code, text, *line),
        // its end may be missing, and the ends of lines are: it tells what happened, and not to which lines
        Document::Header(text) => match v1::words::words(text)? {
            Words::Points(_) => {
                let cause = Cause::Other(text);
                Some(Words::Points(Refusal { others: Others::Unknown, dropped: None, cause }))
            }
            other => Some(other),
        },
        // most errors of 3.x are plain text
        Document::Other(text) if answered.is_signed() || v3::is_plain_text(text) => v3::words(text),
        Document::Other(_) => None,
    }
}
