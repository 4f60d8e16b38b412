//! The one error of this crate.

mod answered;
pub(crate) mod delivery;
mod io;
pub(crate) mod problem;
mod show;

use std::error::Error as StdError;
use std::time::Duration;

use influx_core::{DecodeError, EncodeError};

use crate::message;
use crate::message::cause::Cause;
use crate::message::secrets::Secrets;
use delivery::{Delivery, Rejected};

/// `Result` with this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Most bytes that are kept of a server's text.
const SERVER_TEXT: usize = 64 << 10;

/// What went wrong, where, and what is known about the data.
///
/// `Display` is one line with the most specific fact; [`source`](StdError::source) has the cause below it and
/// [`report`](Error::report) prints both.
///
/// What kind of error it is, questions tell: [`is_connect`](Error::is_connect) and [`is_timeout`](Error::is_timeout) (the server is away),
/// [`is_auth`](Error::is_auth) (a bad password), [`is_conflict`](Error::is_conflict) and [`is_not_found`](Error::is_not_found) (something
/// is there already, or is not), [`status`](Error::status) (`Some(404)` of a write: no such database),
/// [`is_statement`](Error::is_statement) (of a query: no such database or function), [`is_decode`](Error::is_decode) (another type or
/// column), [`is_encode`](Error::is_encode) (a point that cannot be written), [`is_config`](Error::is_config) (a wrong setting). Whether to try
/// again, [`is_retryable`](Error::is_retryable) says; what became of points, [`delivery`](Error::delivery) and
/// [`rejected`](Error::rejected).
///
/// # Texts from outside
///
/// A server's words, names, values and the causes of other libraries are shown as one line of at most 4 KiB, `Debug` and
/// `report` included; what cannot be seen (controls, marks of direction, characters without width) is escaped, and line breaks
/// become ` | `. The client's own password, token, shared secret and certificate never appear, however they are spelled: plain,
/// percent-encoded, quoted, or in base64 with the user's name. `***` stands for them. A secret of fewer than four characters is
/// taken out where it is a word of its own: that of one letter would leave nothing of any text.
///
/// ```
/// let error = influx_client::Client::v1("localhost:8086").build().unwrap_err();
/// assert!(error.is_config());
/// assert_eq!(error.to_string(), "the URL \"localhost:8086\" has no scheme: write http://localhost:8086");
/// ```
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: Kind,
    /// `POST http://host:8086/write`, without credentials and parameters.
    request: Option<String>,
    message: String,
    source: Option<Cause>,
    encode: Option<EncodeError>,
    decode: Option<DecodeError>,
    status: Option<u16>,
    server_message: Option<String>,
    /// The word of 2.x for what went wrong.
    code: Option<Box<str>>,
    /// The message has the server's words, too.
    words_shown: bool,
    retry_after: Option<Duration>,
    /// What an answer says of another try.
    retryable: Option<bool>,
    rejected: Vec<Rejected>,
    dropped: Option<u64>,
    delivery: Option<Delivery>,
    points_written: u64,
    points_taken: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A setting, an argument or a URL.
    Config,
    /// A point that the wire cannot carry.
    Encode,
    /// An answer that is not what was asked for.
    Decode,
    /// No connection.
    Connect,
    /// No connection in time.
    ConnectTimeout,
    /// No answer, or no more of it, in time.
    Timeout,
    /// The connection was lost.
    Connection,
    /// The answer ended early.
    Incomplete,
    /// An HTTP status that is not success.
    Status,
    /// An error inside of a successful answer.
    Statement,
    /// One row was asked for and none came.
    NoRows,
    /// One row was asked for and more came.
    TooManyRows,
    /// The queue of a batch writer has no room.
    Full,
    /// A batch writer takes no more points.
    Closed,
    /// The disk spool of a batch writer.
    #[cfg(feature = "spool")]
    Spool,
}

impl Error {
    pub(crate) fn new(kind: Kind, message: impl Into<String>) -> Self {
        Error(Box::new(Inner {
            kind,
            request: None,
            message: message.into(),
            source: None,
            encode: None,
            decode: None,
            status: None,
            server_message: None,
            code: None,
            words_shown: false,
            retry_after: None,
            retryable: None,
            rejected: Vec::new(),
            dropped: None,
            delivery: None,
            points_written: 0,
            points_taken: 0,
        }))
    }

    pub(crate) fn config(message: impl Into<String>) -> Self {
        Error::new(Kind::Config, message)
    }

    pub(crate) fn encode(error: EncodeError) -> Self {
        let rejected = Rejected::new(error.index(), None, error.to_string());
        let mut refused = Error::unfit(error.to_string(), rejected);
        refused.0.encode = Some(error);
        refused
    }

    /// A point that this client does not send.
    pub(crate) fn unfit(message: impl Into<String>, rejected: Rejected) -> Self {
        let error = Error::new(Kind::Encode, message).delivered(Delivery::NotSent);
        error.with_rejected(vec![rejected], None)
    }

    /// An answer with an error status; `message` is the server's own text, empty when it sent none.
    pub(crate) fn status_answer(status: u16, message: String) -> Self {
        let mut error = Error::new(Kind::Status, String::new());
        error.0.status = Some(status);
        error.0.server_message = (!message.is_empty()).then_some(message);
        error
    }

    pub(crate) fn decode(cause: DecodeError) -> Self {
        let kind = match () {
            () if cause.is_server_error() => Kind::Statement,
            () if cause.is_truncated() => Kind::Incomplete,
            () => Kind::Decode,
        };
        let mut error = Error::new(kind, cause.to_string());
        if cause.is_row_limit() {
            // the same rows would be left out the next time
            error.0.retryable = Some(false);
        }
        error.0.decode = Some(cause);
        error
    }

    /// The same error without these secrets in what others said. What this crate says of itself stays: a secret that happens to
    /// be one of its words could be guessed from the gap.
    pub(crate) fn without(mut self, secrets: &Secrets) -> Self {
        let inner = &mut *self.0;
        let clean = |text: &str| message::cut(&secrets.taken_out(text), SERVER_TEXT).into_owned();
        if inner.encode.is_some() || inner.decode.is_some() {
            inner.message = clean(&inner.message);
        }
        if let Some(cause) = inner.decode.take_if(|cause| tells(secrets, cause)) {
            inner.server_message = cause.server_message().map(clean);
            // its words stand in the message already
            inner.words_shown = true;
        } else {
            inner.server_message = inner.server_message.as_deref().map(clean);
        }
        inner.source = inner.source.take().map(|source| source.without(secrets));
        let rejected = std::mem::take(&mut inner.rejected);
        inner.rejected = Rejected::all_without(rejected, secrets);
        self
    }

    /// Keeps the text of a cause, and of those below it.
    pub(crate) fn with_source(mut self, source: impl StdError + 'static) -> Self {
        self.0.source = Some(Cause::of(&source));
        self
    }

    pub(crate) fn at(mut self, request: impl Into<String>) -> Self {
        self.0.request = Some(request.into());
        self
    }

    pub(crate) fn delivered(mut self, delivery: Delivery) -> Self {
        self.0.delivery = Some(delivery);
        self
    }

    pub(crate) fn with_retry_after(mut self, after: Option<Duration>) -> Self {
        self.0.retry_after = after;
        self
    }

    /// Whether the same request may succeed later, where the answer tells.
    pub(crate) fn retryable(mut self, retryable: bool) -> Self {
        self.0.retryable = Some(retryable);
        self
    }

    /// What this client has to say before the server's words.
    pub(crate) fn because(mut self, message: impl Into<String>) -> Self {
        self.0.message = message.into();
        self
    }

    pub(crate) fn with_rejected(mut self, rejected: Vec<Rejected>, dropped: Option<u64>) -> Self {
        self.0.rejected = rejected;
        self.0.dropped = dropped;
        self
    }

    pub(crate) fn with_points_written(mut self, points: u64) -> Self {
        self.0.points_written = points;
        self
    }

    pub(crate) fn with_points_taken(mut self, points: u64) -> Self {
        self.0.points_taken = points;
        self
    }

    pub(crate) fn kind(&self) -> Kind {
        self.0.kind
    }

    /// A setting, an argument or a URL is wrong; nothing was sent.
    pub fn is_config(&self) -> bool {
        self.0.kind == Kind::Config
    }

    /// A point cannot be carried by the wire; nothing of it was sent.
    pub fn is_encode(&self) -> bool {
        self.0.kind == Kind::Encode
    }

    /// The answer is not what the caller's type asks for, or not an answer of this kind of server.
    pub fn is_decode(&self) -> bool {
        self.0.kind == Kind::Decode
    }

    /// No connection could be made; nothing was sent.
    pub fn is_connect(&self) -> bool {
        matches!(self.0.kind, Kind::Connect | Kind::ConnectTimeout)
    }

    /// One of the client's time limits ran out.
    pub fn is_timeout(&self) -> bool {
        matches!(self.0.kind, Kind::Timeout | Kind::ConnectTimeout)
    }

    /// The answer ended before it was complete; the rows before its end were handed out.
    pub fn is_incomplete(&self) -> bool {
        self.0.kind == Kind::Incomplete
    }

    /// The queue of a batch writer has no room, and [`WhenFull::Reject`](crate::batch::WhenFull::Reject) was chosen or the
    /// call does not wait.
    pub fn is_full(&self) -> bool {
        self.0.kind == Kind::Full
    }

    /// The disk spool of a batch writer failed: the points wait in memory and will be sent, but would not survive a crash.
    #[cfg(feature = "spool")]
    pub fn is_spool(&self) -> bool {
        self.0.kind == Kind::Spool
    }

    /// A batch writer takes no more points: it was closed.
    pub fn is_closed(&self) -> bool {
        self.0.kind == Kind::Closed
    }

    /// Some points of the write are stored and some are not.
    pub fn is_partial(&self) -> bool {
        self.0.delivery == Some(Delivery::Partial)
    }

    /// The server took the query and reported an error of one of its statements: unknown database, unknown function ..
    pub fn is_statement(&self) -> bool {
        self.0.kind == Kind::Statement
    }

    /// A query for one row got none.
    pub fn is_no_rows(&self) -> bool {
        self.0.kind == Kind::NoRows
    }

    /// The same request may well succeed later: no connection, no answer, or words of an overloaded or restarting server.
    /// Points without their own timestamps can be stored twice when they are written again.
    pub fn is_retryable(&self) -> bool {
        if let Some(known) = self.0.retryable {
            return known;
        }
        match self.0.kind {
            Kind::Connect | Kind::ConnectTimeout | Kind::Timeout => true,
            Kind::Connection | Kind::Incomplete => true,
            // who read the answer says it
            Kind::Status | Kind::Statement => false,
            Kind::Config
            | Kind::Encode
            | Kind::Decode
            | Kind::NoRows
            | Kind::TooManyRows
            | Kind::Full
            | Kind::Closed => false,
            #[cfg(feature = "spool")]
            Kind::Spool => false,
        }
    }

    /// Which point could not be encoded, and why.
    pub fn encode_error(&self) -> Option<&EncodeError> {
        self.0.encode.as_ref()
    }

    /// What of the answer did not fit: statement, series, row, column, struct and field.
    pub fn decode_error(&self) -> Option<&DecodeError> {
        self.0.decode.as_ref()
    }

    /// The points that the server refused, as far as it told, or the one that could not be encoded. Empty when the
    /// server did not say which.
    pub fn rejected(&self) -> &[Rejected] {
        &self.0.rejected
    }

    /// How many points the server says that its storage dropped. Lines that it could not parse are not counted by
    /// it, but are in [`rejected`](Error::rejected).
    pub fn dropped(&self) -> Option<u64> {
        self.0.dropped
    }

    /// How long the server asks to wait before the next try.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// What is known about the points of a write; `None` when the error is not one of a write.
    pub fn delivery(&self) -> Option<Delivery> {
        self.0.delivery
    }

    /// How many points of this call were in requests that the server answered with success.
    pub fn points_written(&self) -> u64 {
        self.0.points_written
    }

    /// How many points of this call a batch writer took before the error: they will be delivered.
    pub fn points_taken(&self) -> u64 {
        self.0.points_taken
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_ref().map(|source| source as &(dyn StdError + 'static))
    }
}

/// Whether what is known of an answer that could not be read holds a secret.
fn tells(secrets: &Secrets, cause: &DecodeError) -> bool {
    let holds = |text: &str| secrets.taken_out(text) != text;
    holds(&cause.to_string()) || cause.server_message().is_some_and(holds)
}
