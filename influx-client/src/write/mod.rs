//! Writing: a request that is configured, then awaited.

mod body;
mod gzip;
mod lines;
mod points;
mod raw;
mod refusal;
mod rules;
mod send;
mod verdict;

use std::collections::VecDeque;
use std::fmt;
use std::future::{Future, IntoFuture};
use std::marker::PhantomData;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;

use bytes::Bytes;
use influx_core::{LineProtocol, Nan, Precision};

use crate::config::{Consistency, SameTime, Untimed, WriteConfig};
use crate::delivery::Delivery;
use crate::error::{Error, Result};
use crate::generation::v1;
use crate::session::Session;
use body::Body;
use points::Bodies;
use send::{Sending, Target};

pub(crate) use body::Body as LinesBody;
pub(crate) use lines::line_ends;
pub use points::{Many, One, Points};
pub(crate) use raw::prepare as prepare_lines;
pub(crate) use rules::overwriting;
pub(crate) use send::{Outcome, Target as WriteTarget, post};
pub(crate) use verdict::{Refused, Verdict};

/// What a write did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Written {
    /// Points, of raw text: lines, that the server answered with success.
    pub points: u64,
    /// Bytes of those lines, before compression.
    pub bytes: u64,
    /// Requests that were sent; more than one for large writes, none for an empty one.
    pub requests: u64,
    /// What the server remarked of points that it stored: that a node of a cluster gets them later, that it left a field called
    /// `time` out.
    pub remark: Option<Arc<str>>,
}

/// A write, to be configured and awaited: what [`Client::write`](crate::Client::write) and its sisters return.
///
/// ```no_run
/// # async fn run(client: influx_client::Client, points: Vec<influx_client::Point>) -> influx_client::Result<()> {
/// use influx_client::Precision;
///
/// let written = client.write(&points).database("market").precision(Precision::Ms).await?;
/// assert_eq!(written.points, points.len() as u64);
/// # Ok(())
/// # }
/// ```
#[must_use = "a write is sent when it is awaited"]
pub struct WriteRequest<S> {
    session: Arc<Session>,
    config: WriteConfig,
    problem: Option<Error>,
    source: S,
}

/// Points that are encoded before anything is sent.
pub struct Given<P, K>(P, PhantomData<fn() -> K>);

/// Points that are encoded while others are sent.
pub struct Streamed<'a, I>(I, PhantomData<fn() -> &'a ()>);

/// Lines that are sent as they are.
pub struct RawLines(Bytes);

pub(crate) fn given<P: Points<K>, K>(session: &Arc<Session>, points: P) -> WriteRequest<Given<P, K>> {
    WriteRequest::new(session, Given(points, PhantomData))
}

pub(crate) fn streamed<'a, I: 'a>(session: &Arc<Session>, points: I) -> WriteRequest<Streamed<'a, I>> {
    WriteRequest::new(session, Streamed(points, PhantomData))
}

pub(crate) fn raw(session: &Arc<Session>, lines: String) -> WriteRequest<RawLines> {
    WriteRequest::new(session, RawLines(lines.into()))
}

impl<S> WriteRequest<S> {
    fn new(session: &Arc<Session>, source: S) -> Self {
        let config = session.config.write.clone();
        WriteRequest { session: Arc::clone(session), config, problem: None, source }
    }

    /// The database of this write.
    pub fn database(mut self, name: impl Into<String>) -> Self {
        let name = name.into();
        self.check(!name.is_empty(), "the database's name is empty: leave .database(..) out or name one");
        self.config.database = Some(name);
        self
    }

    /// The retention policy of this write.
    pub fn retention_policy(mut self, name: impl Into<String>) -> Self {
        let name = name.into();
        self.check(
            !name.is_empty(),
            "the retention policy's name is empty: leave .retention_policy(..) out or name one",
        );
        self.config.retention_policy = Some(name);
        self
    }

    /// The unit in which the timestamps of this write are sent, see
    /// [`V1Builder::precision`](crate::V1Builder::precision); of raw lines: the unit that their timestamps have.
    pub fn precision(mut self, precision: Precision) -> Self {
        self.config.precision = precision;
        self
    }

    /// What becomes of floats of this write that are NaN or infinite, see [`V1Builder::nan`](crate::V1Builder::nan).
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
    /// use influx_client::{Nan, Point};
    /// client.write(Point::new("cpu").field("usage", 0.5).field("load", f64::NAN)).nan(Nan::Skip).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn nan(mut self, nan: Nan) -> Self {
        self.config.nan = nan;
        self
    }

    /// What becomes of points of this write without a timestamp, see [`V1Builder::untimed`](crate::V1Builder::untimed).
    pub fn untimed(mut self, untimed: Untimed) -> Self {
        self.config.untimed = untimed;
        self
    }

    /// What becomes of points of this write that overwrite one another, see
    /// [`V1Builder::same_time`](crate::V1Builder::same_time).
    pub fn same_time(mut self, same_time: SameTime) -> Self {
        self.config.same_time = same_time;
        self
    }

    /// How many nodes of an Enterprise cluster must store this write.
    pub fn consistency(mut self, consistency: Consistency) -> Self {
        self.config.consistency = Some(consistency);
        self
    }

    /// Most points in one request.
    pub fn batch_points(mut self, points: usize) -> Self {
        self.check(points > 0, "batch_points(0) would write nothing: give 1 or more");
        self.config.batch_points = points.max(1);
        self
    }

    /// Most bytes of lines in one request before compression; a single longer line goes alone.
    pub fn batch_bytes(mut self, bytes: usize) -> Self {
        self.check(bytes > 0, "batch_bytes(0) would write nothing: give 1 or more");
        self.config.batch_bytes = bytes.max(1);
        self
    }

    /// Whether the bodies of this write are compressed.
    pub fn gzip(mut self, gzip: bool) -> Self {
        self.config.gzip = gzip;
        self
    }

    fn check(&mut self, ok: bool, problem: &str) {
        if !ok && self.problem.is_none() {
            self.problem = Some(Error::config(problem));
        }
    }

    /// The client, the request's parameters, and the points.
    fn ready(self) -> Result<(Arc<Session>, Target, WriteConfig, S)> {
        let checked = match self.problem {
            Some(problem) => Err(problem),
            None => v1::write_params(&self.config),
        };
        let params = checked.map_err(|error| error.delivered(Delivery::NotSent))?;
        let target = Target { params, gzip: self.config.gzip };
        Ok((self.session, target, self.config, self.source))
    }
}

impl WriteRequest<RawLines> {
    /// Whether raw lines are judged as points are before they are sent, see
    /// [`V1Builder::check_lines`](crate::V1Builder::check_lines).
    pub fn check_lines(mut self, check: bool) -> Self {
        self.config.check_lines = check;
        self
    }
}

impl<S> fmt::Debug for WriteRequest<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WriteRequest")
            .field("endpoint", &self.session.config.endpoint)
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

/// The future of a write.
pub type WriteFuture<'a> = Pin<Box<dyn Future<Output = Result<Written>> + Send + 'a>>;

impl<P: Points<K>, K> IntoFuture for WriteRequest<Given<P, K>> {
    type Output = Result<Written>;
    type IntoFuture = WriteFuture<'static>;

    /// Encodes all points; the future only sends.
    fn into_future(self) -> Self::IntoFuture {
        let encoded = self.ready().and_then(|(session, target, config, source)| {
            let failed = |error| Error::encode(error).without(session.http.secrets());
            let mut bodies = Bodies::new(&config).map_err(failed)?;
            source.0.encode(&mut bodies).map_err(failed)?;
            let bodies = bodies.finish();
            rules::check(&bodies, &config)?;
            Ok((session, target, bodies))
        });
        Box::pin(async move {
            let (session, target, bodies) = encoded?;
            send_all(&session, target, bodies).await
        })
    }
}

impl IntoFuture for WriteRequest<RawLines> {
    type Output = Result<Written>;
    type IntoFuture = WriteFuture<'static>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let (session, target, config, lines) = self.ready()?;
            let bodies = raw_bodies(&lines.0, &config).map_err(|error| error.delivered(Delivery::NotSent))?;
            send_all(&session, target, bodies).await
        })
    }
}

impl<'a, I> IntoFuture for WriteRequest<Streamed<'a, I>>
where
    I: Iterator + Send + 'a,
    I::Item: LineProtocol,
{
    type Output = Result<Written>;
    type IntoFuture = WriteFuture<'a>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let (session, target, config, mut source) = self.ready()?;
            let mut bodies = Bodies::new(&config).map_err(Error::encode)?;
            let mut sending = Sending::new(&session, target);
            let mut next = next_body(&mut source.0, &mut bodies);
            loop {
                let body = match next.and_then(|body| checked(body, &config)) {
                    Ok(Some(body)) => body,
                    Ok(None) => break,
                    Err(error) => return Err(sending.stop_at(error.without(session.http.secrets()))),
                };
                let mut send = pin!(sending.send(body));
                // The first poll puts the body on its way; the next one is encoded meanwhile.
                let started = std::future::poll_fn(|cx| Poll::Ready(send.as_mut().poll(cx))).await;
                next = next_body(&mut source.0, &mut bodies);
                match started {
                    Poll::Ready(sent) => sent?,
                    Poll::Pending => send.await?,
                }
            }
            match checked(bodies.finish().pop_front(), &config) {
                Ok(None) => {}
                Ok(Some(last)) => sending.send(last).await?,
                Err(error) => return Err(sending.stop_at(error)),
            }
            sending.finish()
        })
    }
}

/// The next full body of a stream of points; `None` when the rest does not fill one.
fn next_body<I>(points: &mut I, bodies: &mut Bodies) -> Result<Option<Body>>
where
    I: Iterator,
    I::Item: LineProtocol,
{
    loop {
        if let Some(body) = bodies.pop() {
            return Ok(Some(body));
        }
        match points.next() {
            Some(point) => bodies.push(&point).map_err(Error::encode)?,
            None => return Ok(None),
        }
    }
}

/// A body of a stream, of which only its own points are compared: the others are gone.
fn checked(body: Option<Body>, config: &WriteConfig) -> Result<Option<Body>> {
    rules::check(&body, config)?;
    Ok(body)
}

async fn send_all(session: &Session, target: Target, bodies: VecDeque<Body>) -> Result<Written> {
    let mut sending = Sending::new(session, target);
    for body in bodies {
        sending.send(body).await?;
    }
    sending.finish()
}

/// Raw text as bodies of whole lines.
fn raw_bodies(text: &Bytes, config: &WriteConfig) -> Result<VecDeque<Body>> {
    let raw::Raw { text, ends } = raw::prepare(text, config, false)?;
    let mut bodies = VecDeque::new();
    let (mut start, mut first) = (0, 0);
    while first < ends.len() {
        let by_points = (first + config.batch_points).min(ends.len());
        let by_bytes = ends[first..by_points].partition_point(|end| end - start <= config.batch_bytes);
        let next = first + by_bytes.max(1);
        let end = ends[next - 1];
        let cuts = ends[first..next].iter().map(|end| end - start).collect();
        bodies.push_back(Body::new(text.slice(start..end), cuts, first));
        (start, first) = (end, next);
    }
    rules::check(&bodies, config)?;
    Ok(bodies)
}
