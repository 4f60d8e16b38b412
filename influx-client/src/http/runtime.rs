//! What the client needs of Tokio, and whether it is there: the one place of this rule.
//!
//! Requests need a runtime with I/O and time. Whether a runtime has them Tokio tells by a panic alone, so each runtime is tried
//! once, within `catch_unwind`, and what was found is remembered. Where something is missing, the program's panic hook prints
//! Tokio's own words once, and the caller gets an error; the hook itself is the program's and stays as it is. (A program that is
//! built with `panic = "abort"` still ends there.)
//!
//! A task that does nothing tells whether the runtime has ended: it is dropped with it.

use std::cell::RefCell;
use std::future::{Future, pending, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::runtime::{Handle, Id};

use crate::error::{Error, Kind, Result};

/// What a runtime was found to lack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lack {
    Nothing,
    Time,
    Io,
    TimeAndIo,
}

/// A runtime that was looked at. Its number may be another's once it has ended.
#[derive(Debug, Clone)]
struct Known {
    id: Id,
    lack: Lack,
    /// Held by a task of it.
    alive: Weak<()>,
}

impl Known {
    fn is(&self, id: Id) -> bool {
        self.id == id && self.alive.strong_count() > 0
    }
}

static KNOWN: Mutex<Vec<Known>> = Mutex::new(Vec::new());

thread_local! {
    /// The runtime that this thread asked for last.
    static LAST: RefCell<Option<Known>> = const { RefCell::new(None) };
}

/// An error, unless this code runs within a Tokio runtime that has I/O and time.
pub(crate) fn check() -> Result<()> {
    let Ok(handle) = Handle::try_current() else {
        return Err(Error::config(
            "this needs a Tokio runtime with I/O and time, and runs outside of any: use #[tokio::main], or block_on of a \
             runtime that tokio::runtime::Builder made with enable_all()",
        ));
    };
    let id = handle.id();
    let known = |last: &RefCell<Option<Known>>| {
        last.borrow().as_ref().filter(|known| known.is(id)).map(|known| known.lack)
    };
    // a thread that ends has none any more
    let lack = match LAST.try_with(known) {
        Ok(Some(lack)) => lack,
        _ => {
            let known = look_up(&handle);
            if known.alive.strong_count() == 0 {
                return Err(Error::new(Kind::Connect, "the Tokio runtime that this runs in has ended"));
            }
            let lack = known.lack;
            let _ = LAST.try_with(|last| last.replace(Some(known)));
            lack
        }
    };
    let (what, built) = match lack {
        Lack::Nothing => return Ok(()),
        Lack::Time => ("time", "enable_time()"),
        Lack::Io => ("I/O", "enable_io()"),
        Lack::TimeAndIo => ("time and I/O", "enable_time() and enable_io()"),
    };
    Err(Error::config(format!(
        "this needs a Tokio runtime with I/O and time, and the one that it runs in was built without {what}: call \
         enable_all(), or {built}, on its tokio::runtime::Builder"
    )))
}

/// The result of `work`, or `None` after `limit`; an error instead of a panic where the runtime lacks something.
pub(crate) async fn timeout<T>(limit: Duration, work: impl Future<Output = T>) -> Result<Option<T>> {
    check()?;
    let mut work = pin!(tokio::time::timeout(limit, work));
    // it may be polled from elsewhere than at first, or when the runtime has ended
    poll_fn(|cx| match check() {
        Ok(()) => work.as_mut().poll(cx).map(|done| Ok(done.ok())),
        Err(error) => {
            let text = "the Tokio runtime is gone in which the request was made";
            Poll::Ready(Err(Error::new(Kind::Connection, text).with_source(error)))
        }
    })
    .await
}

fn look_up(handle: &Handle) -> Known {
    let id = handle.id();
    let known = || KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(found) = known().iter().find(|known| known.is(id)) {
        return found.clone();
    }
    // not within the lock: a panic hook may want to know, too
    let found = look_at(handle);
    let mut known = known();
    known.retain(|known| known.alive.strong_count() > 0);
    known.push(found.clone());
    found
}

fn look_at(handle: &Handle) -> Known {
    let life = Arc::new(());
    let alive = Arc::downgrade(&life);
    handle.spawn(async move {
        let _life = life;
        pending::<()>().await;
    });
    // of a runtime that has ended, the task is gone at once
    let lack = match alive.strong_count() > 0 {
        true => what_lacks(),
        false => Lack::Nothing,
    };
    Known { id: handle.id(), lack, alive }
}

fn what_lacks() -> Lack {
    let time = catch_unwind(AssertUnwindSafe(|| {
        let mut sleep = pin!(tokio::time::sleep(Duration::from_secs(3_600)));
        let _ = sleep.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    }));
    let io = catch_unwind(AssertUnwindSafe(register_socket));
    match (time.is_ok(), io.is_ok()) {
        (true, true) => Lack::Nothing,
        (false, true) => Lack::Time,
        (true, false) => Lack::Io,
        (false, false) => Lack::TimeAndIo,
    }
}

/// A socket that is bound to nothing. Where the system gives none, the request will say why.
#[cfg(unix)]
fn register_socket() {
    if let Ok(socket) = std::os::unix::net::UnixDatagram::unbound()
        && socket.set_nonblocking(true).is_ok()
    {
        drop(tokio::net::UnixDatagram::from_std(socket));
    }
}

/// A socket on loopback. Where the system gives none, the request will say why.
#[cfg(not(unix))]
fn register_socket() {
    if let Ok(socket) = std::net::UdpSocket::bind((std::net::Ipv4Addr::LOCALHOST, 0))
        && socket.set_nonblocking(true).is_ok()
    {
        drop(tokio::net::UdpSocket::from_std(socket));
    }
}

#[cfg(test)]
mod tests {
    use tokio::runtime::Builder;

    use super::*;

    fn said(runtime: &tokio::runtime::Runtime) -> String {
        runtime.block_on(async { check() }).unwrap_err().to_string()
    }

    #[test]
    fn what_is_missing_is_named() {
        let outside = check().unwrap_err();
        assert!(outside.is_config() && outside.to_string().contains("outside of any"), "{outside}");
        for runtime in [
            Builder::new_current_thread().enable_all().build(),
            Builder::new_multi_thread().enable_all().build(),
        ] {
            runtime.unwrap().block_on(async { check() }).unwrap();
        }
        let mut builder = Builder::new_current_thread();
        let bare = builder.build().unwrap();
        assert!(said(&bare).contains("without time and I/O"), "{}", said(&bare));
        let timed = builder.enable_time().build().unwrap();
        assert!(said(&timed).contains("without I/O: call enable_all(), or enable_io()"), "{}", said(&timed));
        let mut builder = Builder::new_multi_thread();
        let io = builder.enable_io().build().unwrap();
        assert!(said(&io).contains("without time: call enable_all(), or enable_time()"), "{}", said(&io));
    }

    #[test]
    fn a_runtime_that_has_ended_is_told() {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let handle = runtime.handle().clone();
        let _entered = handle.enter();
        check().unwrap();
        runtime.shutdown_background();
        let started = std::time::Instant::now();
        while check().is_ok() {
            assert!(started.elapsed() < Duration::from_secs(10));
            std::thread::yield_now();
        }
        let ended = check().unwrap_err();
        assert!(ended.to_string().contains("has ended") && ended.is_retryable(), "{ended}");
    }
}
