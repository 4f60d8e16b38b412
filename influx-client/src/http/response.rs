//! The head of an answer, and its body as it comes.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;

use crate::error::{Error, Kind, Result};
use crate::http::answer::{Answer, text_of};
use crate::http::coding::Coding;
use crate::http::retry_after::retry_after;
use crate::http::runtime;
use crate::message::secrets::Secrets;

/// Longest time for the body of an answer of which the status is all that matters.
const BODY_LIMIT: Duration = Duration::from_secs(5);

pub(crate) struct Response {
    pub(super) inner: reqwest::Response,
    pub(super) coding: Coding,
    pub(super) shown: String,
    pub(super) read_limit: Duration,
    pub(super) secrets: Arc<Secrets>,
}

impl Response {
    pub(crate) fn status(&self) -> u16 {
        self.inner.status().as_u16()
    }

    pub(crate) fn is_success(&self) -> bool {
        self.inner.status().is_success()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        text_of(self.inner.headers(), name)
    }

    /// Whether HTTP tells where the body ends. What ends with the connection may have been cut.
    pub(crate) fn is_framed(&self) -> bool {
        let framed = ["content-length", "transfer-encoding"].iter().any(|name| self.header(name).is_some());
        framed || self.status() == 204 || self.inner.version() >= reqwest::Version::HTTP_2
    }

    /// The request without credentials and parameters, for messages.
    pub(crate) fn shown(&self) -> &str {
        &self.shown
    }

    /// What must not appear in any message.
    pub(crate) fn secrets(&self) -> &Arc<Secrets> {
        &self.secrets
    }

    /// The next piece of the body, unpacked; `None` at its end.
    pub(crate) async fn chunk(&mut self) -> Result<Option<Bytes>> {
        loop {
            let piece = self.wire_chunk().await?;
            let last = piece.is_none();
            let unpacked = match piece {
                Some(bytes) => self.coding.push(bytes),
                None => self.coding.finish(),
            };
            let unpacked = unpacked.map_err(|error| error.at(&self.shown))?;
            if !unpacked.is_empty() {
                return Ok(Some(unpacked));
            }
            if last {
                return Ok(None);
            }
        }
    }

    async fn wire_chunk(&mut self) -> Result<Option<Bytes>> {
        let chunk = runtime::timeout(self.read_limit, self.inner.chunk()).await;
        match chunk.map_err(|error| error.at(&self.shown))? {
            Some(Ok(chunk)) => Ok(chunk),
            Some(Err(error)) => Err(Error::new(Kind::Incomplete, "the answer ended before it was complete")
                .with_source(error.without_url())
                .at(&self.shown)
                .without(&self.secrets)),
            None => {
                let text = format!("no more of the answer within {:?} (read timeout)", self.read_limit);
                Err(Error::new(Kind::Timeout, text).at(&self.shown))
            }
        }
    }

    /// The whole body.
    pub(crate) async fn bytes(&mut self) -> Result<Vec<u8>> {
        let mut body = Vec::new();
        while let Some(chunk) = self.chunk().await? {
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    /// The head and the begin of the body, at most `limit` bytes and for at most [`BODY_LIMIT`]: the status is known already.
    pub(crate) async fn answer(mut self, limit: usize) -> Answer {
        let mut body = Vec::new();
        let all = async {
            while body.len() <= limit {
                match self.chunk().await {
                    Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                    Ok(None) => return true,
                    // the status says more than the cut of its text
                    Err(_) => return false,
                }
            }
            false
        };
        let whole = matches!(runtime::timeout(BODY_LIMIT, all).await, Ok(Some(true)));
        body.truncate(limit);
        if let Some(why) = self.coding.unreadable() {
            body = why.into_bytes();
        }
        let asked = self.header("retry-after").and_then(|value| retry_after(value, SystemTime::now()));
        Answer {
            status: self.status(),
            headers: std::mem::take(self.inner.headers_mut()),
            retry_after: asked,
            request: self.shown,
            body,
            whole,
        }
    }
}
