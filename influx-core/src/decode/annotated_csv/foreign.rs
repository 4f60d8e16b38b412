//! What an answer is that is no annotated CSV, or lacks what says what its cells are.

use crate::decode::error::DecodeError;
use crate::decode::foreign::{Instead, KEPT, NO_ANNOTATIONS};
use crate::decode::influxql::iterpoints;
use crate::decode::scratch::Scratch;

/// The error that a text is in place of annotated CSV. Servers write errors as documents of JSON.
#[cold]
pub(super) fn error_of(text: &[u8]) -> DecodeError {
    if text.first() == Some(&b'{')
        && text.len() < KEPT
        && let Some(Err(error)) = iterpoints::<()>(text, &mut Scratch::new()).next()
        && error.is_server_error()
    {
        return error;
    }
    crate::decode::foreign::error_of(text, Instead::OfCsv)
}

/// The error of a header row that lacks annotations: these.
#[cold]
pub(super) fn no_annotations(missing: &str) -> DecodeError {
    DecodeError::foreign(format!(
        "the answer has no annotations {missing}, without which nobody knows what its cells are{NO_ANNOTATIONS}"
    ))
}

/// The error of annotations behind which rows come at once.
#[cold]
pub(super) fn no_header() -> DecodeError {
    DecodeError::foreign(
        "the answer has no header row, without which nobody knows what its columns are; ask for it, in the query's dialect: \"header\": true",
    )
}
