//! Waiting for the tasks of a writer from any thread: none waits for ever for what cannot come.

use std::future::{Future, poll_fn};
use std::panic::catch_unwind;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::task::block_in_place;

use crate::error::{Error, Kind};
use crate::http::runtime;

/// How long the writer's runtime may not run before a call that blocks in it takes itself for the reason.
const STUCK: Duration = Duration::from_secs(2);

/// The result of `work`, or `None` after `limit`. Where no runtime has a clock, a thread is it.
pub(super) async fn within<T>(limit: Duration, work: impl Future<Output = T>) -> Option<T> {
    if runtime::check().is_ok() {
        return tokio::time::timeout(limit, work).await.ok();
    }
    let mut work = pin!(work);
    let mut alarm = None;
    poll_fn(|cx| match work.as_mut().poll(cx) {
        Poll::Ready(done) => Poll::Ready(Some(done)),
        Poll::Pending => alarm.get_or_insert_with(|| Alarm::after(limit)).poll(cx).map(|()| None),
    })
    .await
}

/// Rings after a while.
struct Alarm(Arc<Clock>);

#[derive(Default)]
struct Clock {
    state: Mutex<ClockState>,
    stopped: Condvar,
}

#[derive(Default)]
struct ClockState {
    rung: bool,
    stopped: bool,
    waker: Option<Waker>,
}

impl Clock {
    fn state(&self) -> MutexGuard<'_, ClockState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self, limit: Duration) {
        let waited = self.stopped.wait_timeout_while(self.state(), limit, |state| !state.stopped);
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        state.rung = true;
        if let Some(waker) = state.waker.take() {
            waker.wake();
        }
    }
}

impl Alarm {
    fn after(limit: Duration) -> Alarm {
        let clock = Arc::new(Clock::default());
        let running = Arc::clone(&clock);
        let started =
            thread::Builder::new().name("influx-deadline".to_owned()).spawn(move || running.run(limit));
        if started.is_err() {
            // better too early than never
            clock.state().rung = true;
        }
        Alarm(clock)
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = self.0.state();
        if state.rung {
            return Poll::Ready(());
        }
        state.waker = Some(cx.waker().clone());
        Poll::Pending
    }
}

impl Drop for Alarm {
    fn drop(&mut self) {
        self.0.state().stopped = true;
        self.0.stopped.notify_one();
    }
}

/// How long a thread goes on waiting.
pub(super) struct Blocking {
    started: Instant,
    limit: Option<Duration>,
    /// Turns true when the writer's runtime runs; `None`: it does not hang on this thread.
    pulse: Option<Arc<AtomicBool>>,
}

impl Blocking {
    fn new(limit: Option<Duration>) -> Self {
        Blocking { started: Instant::now(), limit, pulse: None }
    }

    /// How long to wait now; `None`: no longer.
    pub(super) fn left(&self) -> Option<Duration> {
        const LONG: Duration = Duration::from_secs(3_600);

        let limit =
            if self.runs() { self.limit } else { Some(self.limit.map_or(STUCK, |limit| limit.min(STUCK))) };
        let left = limit.map_or(LONG, |limit| limit.saturating_sub(self.started.elapsed()));
        (!left.is_zero()).then_some(left.min(LONG))
    }

    /// Whether the writer's runtime runs while this thread waits, as far as is known.
    pub(super) fn runs(&self) -> bool {
        self.pulse.as_ref().is_none_or(|pulse| pulse.load(Ordering::Acquire))
    }
}

/// Lets a call block this thread until tasks of that runtime have done something. Of a thread of a multi-threaded runtime
/// others take over what it has to do; that of a single-threaded one has nobody, which is found out by a task that does not run.
pub(super) fn block<T>(of: &Handle, limit: Option<Duration>, wait: impl FnOnce(Blocking) -> T) -> T {
    if !Handle::try_current().is_ok_and(|here| here.id() == of.id()) {
        return wait(Blocking::new(limit));
    }
    // Tokio refuses it within a `LocalSet`
    let in_place = || catch_unwind(|| block_in_place(|| ())).is_ok();
    if of.runtime_flavor() == RuntimeFlavor::MultiThread && in_place() {
        return block_in_place(|| wait(Blocking::new(limit)));
    }
    let pulse = Arc::new(AtomicBool::new(false));
    let beats = Arc::clone(&pulse);
    of.spawn(async move { beats.store(true, Ordering::Release) });
    wait(Blocking { pulse: Some(pulse), ..Blocking::new(limit) })
}

pub(super) fn stuck() -> Error {
    Error::new(
        Kind::Config,
        "the batch writer's Tokio runtime does not run while this call blocks its only thread: await the call without \
         _blocking, or make this one within tokio::task::spawn_blocking",
    )
}
