//! A test's function in place of the network. Without sockets the clock can stand still: it moves only when all tasks wait for it.

use std::future::Future;
use std::pin::Pin;

use bytes::Bytes;

use crate::error::Result;

/// A request as it would leave.
#[derive(Debug)]
pub(crate) struct Sent {
    pub(crate) params: Vec<(String, String)>,
    pub(crate) body: Bytes,
}

/// An answer as it would come.
#[derive(Debug, Clone, Default)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) retry_after: Option<String>,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
}

type Answering = Pin<Box<dyn Future<Output = Result<Answer>> + Send>>;

/// What answers the requests; an error is one of the transport.
pub(crate) struct Script(Box<dyn Fn(Sent) -> Answering + Send + Sync>);

impl Script {
    pub(crate) fn new<F>(answer: impl Fn(Sent) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<Answer>> + Send + 'static,
    {
        Script(Box::new(move |sent| Box::pin(answer(sent))))
    }

    pub(super) async fn answer(&self, request: reqwest::Request) -> Result<reqwest::Response> {
        let body = request.body().and_then(reqwest::Body::as_bytes);
        let sent = Sent {
            params: request.url().query_pairs().into_owned().collect(),
            body: Bytes::copy_from_slice(body.unwrap_or_default()),
        };
        let answer = (self.0)(sent).await?;
        let mut head = ::http::Response::builder().status(answer.status);
        if let Some(after) = answer.retry_after {
            head = head.header("Retry-After", after);
        }
        for (name, value) in answer.headers {
            head = head.header(name, value);
        }
        Ok(head.body(answer.body).expect("a status and a header that HTTP can carry").into())
    }
}
