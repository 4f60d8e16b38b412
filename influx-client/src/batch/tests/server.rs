//! A server that is a function, and remembers what it was sent and when.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::{LONG, numbers};
use crate::batch::builder::BatchWriterBuilder;
use crate::batch::retry::RetryPolicy;
use crate::config::common::ClientBuilder;
use crate::config::session::Session;
use crate::error::{Error, Kind};
use crate::http::scripted::{Answer, Script, Sent};
use crate::http::transport::Http;

/// What the server was sent.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Request {
    /// Milliseconds since the server started.
    pub(super) at: u64,
    pub(super) database: String,
    pub(super) lines: Vec<String>,
    /// Whether the answer is, or will be, success.
    pub(super) written: bool,
}

impl Request {
    pub(super) fn numbers(&self) -> Vec<i64> {
        numbers(self.lines.join("\n").as_bytes())
    }
}

/// What the server does about a request.
#[derive(Debug, Clone)]
pub(super) struct Reply {
    delay: Duration,
    /// `None`: it never answers.
    answer: Option<Result<Answer, Kind>>,
}

impl Reply {
    pub(super) fn stored() -> Reply {
        Reply::error(204, "")
    }

    pub(super) fn status(status: u16) -> Reply {
        Reply::error(status, "")
    }

    pub(super) fn error(status: u16, text: &str) -> Reply {
        let body =
            if text.is_empty() { String::new() } else { serde_json::json!({ "error": text }).to_string() };
        Reply::answer(status, Vec::new(), body)
    }

    /// 503, and the header `Retry-After`.
    pub(super) fn busy(retry_after: impl ToString) -> Reply {
        let answer = Answer { status: 503, retry_after: Some(retry_after.to_string()), ..Answer::default() };
        Reply::of(Some(Ok(answer)))
    }

    /// The header `Retry-After`, too.
    pub(super) fn asking(mut self, seconds: u64) -> Reply {
        if let Some(Ok(answer)) = &mut self.answer {
            answer.retry_after = Some(seconds.to_string());
        }
        self
    }

    pub(super) fn silence() -> Reply {
        Reply::of(None)
    }

    /// No answer, but an error of the transport.
    pub(super) fn lost(kind: Kind) -> Reply {
        Reply::of(Some(Err(kind)))
    }

    /// Any answer.
    pub(super) fn answer(
        status: u16,
        headers: Vec<(&'static str, String)>,
        body: impl Into<Vec<u8>>,
    ) -> Reply {
        Reply::of(Some(Ok(Answer { status, headers, body: body.into(), ..Answer::default() })))
    }

    fn of(answer: Option<Result<Answer, Kind>>) -> Reply {
        Reply { delay: Duration::ZERO, answer }
    }

    pub(super) fn after(mut self, delay: Duration) -> Reply {
        self.delay = delay;
        self
    }
}

/// A model of a server.
#[derive(Clone)]
pub(super) struct Server {
    session: Arc<Session>,
    log: Arc<Mutex<Log>>,
}

#[derive(Default)]
struct Log {
    requests: Vec<Request>,
    /// For each database: how many requests are on their way, and how many were at once.
    on_their_way: HashMap<String, (usize, usize)>,
}

impl Server {
    /// A server that answers by a function.
    pub(super) fn new(answer: impl FnMut(&Request) -> Reply + Send + 'static) -> Server {
        let started = Instant::now();
        let log = Arc::new(Mutex::new(Log::default()));
        let (answer, known) = (Mutex::new(answer), Arc::clone(&log));
        let script = Script::new(move |sent: Sent| {
            let at = u64::try_from(started.elapsed().as_millis()).unwrap();
            let database = sent.params.iter().find(|(key, _)| key == "db").unwrap().1.clone();
            let lines = std::str::from_utf8(&sent.body).unwrap().lines().map(str::to_owned).collect();
            let mut request = Request { at, database, lines, written: false };
            let reply = (answer.lock().unwrap())(&request);
            request.written = matches!(&reply.answer, Some(Ok(Answer { status: 204, .. })));
            let on_its_way = OnItsWay::new(&known, &request.database);
            known.lock().unwrap().requests.push(request);
            async move {
                let _on_its_way = on_its_way;
                sleep(reply.delay).await;
                match reply.answer {
                    Some(answer) => answer.map_err(|kind| Error::new(kind, "scripted")),
                    None => std::future::pending().await,
                }
            }
        });
        let (connection, writes) = ClientBuilder::v1("http://localhost:8086").database("d").finish().unwrap();
        Server { session: Arc::new(Session::new(Http::scripted(connection, script), writes)), log }
    }

    /// A server that gives these answers, one after the other, and stores everything then.
    pub(super) fn script(replies: impl IntoIterator<Item = Reply>) -> Server {
        let mut replies = replies.into_iter().collect::<Vec<_>>().into_iter();
        Server::new(move |_| replies.next().unwrap_or_else(Reply::stored))
    }

    /// Batches leave only when they are full or asked for, and are tried again at once.
    pub(super) fn writer(&self) -> BatchWriterBuilder {
        let retry = RetryPolicy::new().base(Duration::ZERO);
        BatchWriterBuilder::new(&self.session).flush_interval(LONG).retry(retry)
    }

    pub(super) fn requests(&self) -> Vec<Request> {
        self.log.lock().unwrap().requests.clone()
    }

    /// When each request came, in milliseconds, and with which points.
    pub(super) fn seen(&self) -> Vec<(u64, Vec<i64>)> {
        self.requests().iter().map(|request| (request.at, request.numbers())).collect()
    }

    /// When each request came, in milliseconds.
    pub(super) fn times(&self) -> Vec<u64> {
        self.requests().iter().map(|request| request.at).collect()
    }

    /// How many requests to a database are on their way, and how many were at once.
    pub(super) fn on_their_way(&self, database: &str) -> (usize, usize) {
        self.log.lock().unwrap().on_their_way.get(database).copied().unwrap_or_default()
    }
}

/// Is dropped when the answer is there, or nobody waits for it any more.
struct OnItsWay {
    log: Arc<Mutex<Log>>,
    database: String,
}

impl OnItsWay {
    fn new(log: &Arc<Mutex<Log>>, database: &str) -> Self {
        let mut known = log.lock().unwrap();
        let (now, most) = known.on_their_way.entry(database.to_owned()).or_default();
        *now += 1;
        *most = (*most).max(*now);
        OnItsWay { log: Arc::clone(log), database: database.to_owned() }
    }
}

impl Drop for OnItsWay {
    fn drop(&mut self) {
        let mut known = self.log.lock().unwrap();
        if let Some((now, _)) = known.on_their_way.get_mut(&self.database) {
            *now -= 1;
        }
    }
}
