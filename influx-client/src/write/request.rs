//! A write: configured, then awaited.

use std::collections::VecDeque;
use std::fmt;
use std::future::{Future, IntoFuture, ready};
use std::marker::PhantomData;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;

use bytes::Bytes;
use influx_core::{EncodeError, LineProtocol};

use crate::config::session::Session;
use crate::config::setters::write_setters;
use crate::config::writes::{WriteConfig, WriteSettings};
use crate::error::delivery::Delivery;
use crate::error::{Error, Result};
use crate::generation::write_route;
use crate::write::body::Body;
use crate::write::points::{Bodies, Points};
use crate::write::send::{Sending, Target};
use crate::write::written::Written;
use crate::write::{raw, rules};

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
    writes: WriteSettings,
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
        let writes = WriteSettings::new(session.writes.clone());
        WriteRequest { session: Arc::clone(session), writes, source }
    }

    write_setters! { "this write":
        database
        retention_policy
        bucket
        org
        precision
        nan
        untimed
        same_time
        consistency
        batch_points
        batch_bytes
        gzip
    }

    /// The client, the request's parameters, and the points.
    fn ready(self) -> Result<(Arc<Session>, Target, WriteConfig, S)> {
        let (target, config) = prepared(self.writes)?;
        Ok((self.session, target, config, self.source))
    }
}

fn prepared(writes: WriteSettings) -> Result<(Target, WriteConfig)> {
    let WriteSettings { config, problem, .. } = writes;
    let route = problem.result().and_then(|()| write_route(&config));
    let route = route.map_err(|error| error.delivered(Delivery::NotSent))?;
    Ok((Target { route, gzip: config.is_gzipped() }, config))
}

impl WriteRequest<RawLines> {
    write_setters! { "this write": check_lines }
}

impl<S> fmt::Debug for WriteRequest<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WriteRequest")
            .field("endpoint", &self.session.http.connection().endpoint)
            .field("config", &self.writes.config)
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
        let WriteRequest { session, writes, source } = self;
        match Encoding::begin(session, writes) {
            Ok(mut encoding) => {
                let encoded = source.0.encode(&mut encoding.bodies);
                encoding.send(encoded)
            }
            Err(error) => Box::pin(ready(Err(error))),
        }
    }
}

/// A write whose points are being encoded: what does not depend on their type, and is compiled once.
struct Encoding {
    session: Arc<Session>,
    target: Target,
    config: WriteConfig,
    bodies: Bodies,
}

impl Encoding {
    fn begin(session: Arc<Session>, writes: WriteSettings) -> Result<Encoding> {
        let (target, config) = prepared(writes)?;
        match Bodies::new(&config) {
            Ok(bodies) => Ok(Encoding { session, target, config, bodies }),
            Err(error) => Err(Error::encode(error).without(session.http.secrets())),
        }
    }

    fn send(self, encoded: Result<(), EncodeError>) -> WriteFuture<'static> {
        let Encoding { session, target, config, bodies } = self;
        let encoded = match encoded {
            Ok(()) => {
                let bodies = bodies.finish();
                rules::check(&bodies, &config).map(|()| bodies)
            }
            Err(error) => Err(Error::encode(error).without(session.http.secrets())),
        };
        Box::pin(async move { send_all(&session, target, encoded?).await })
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
