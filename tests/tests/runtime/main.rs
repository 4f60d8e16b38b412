//! Every verb in every kind of runtime, and in none: an error that says what is missing, and no panic; and what becomes of a batch
//! writer whose runtime ends.

mod verbs;
mod writer;

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use influx_client::batch::{BatchEvent, BatchWriter, DropReason, Report, RetryPolicy};
use influx_client::test_util::{Expect, Reply, Server};
use influx_client::{Client, Error, OwnedRow, Point, Result, SpoolSettings};
use tokio::runtime::{Builder, Runtime};

/// Longer than anything here takes, and shorter than a test runner's patience.
const LONG: Duration = Duration::from_secs(30);

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// An executor that is not Tokio's.
fn plain<T>(work: impl Future<Output = T>) -> T {
    let mut work = pin!(work);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    loop {
        if let Poll::Ready(done) = work.as_mut().poll(&mut Context::from_waker(&waker)) {
            return done;
        }
        thread::park();
    }
}

fn multi_thread(workers: usize) -> Runtime {
    Builder::new_multi_thread().worker_threads(workers).enable_all().build().unwrap()
}

fn current_thread() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

const ROW: &str = r#"{"results":[{"series":[{"name":"m","columns":["time","f"],"values":[[1,2]]}]}]}"#;

/// A server in a runtime of its own, which answers all.
fn server(write: Reply) -> (Runtime, Server) {
    let runtime = multi_thread(1);
    let server = runtime.block_on(Server::start()).unwrap();
    server.expect(Expect::write().any_times(), write);
    server.expect(Expect::ping().any_times(), Reply::status(204));
    server.expect(Expect::query().any_times(), Reply::json(ROW));
    (runtime, server)
}

/// Does it in a thread of its own, and fails if that takes too long.
#[track_caller]
fn elsewhere<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let (done, result) = mpsc::channel();
    thread::spawn(move || done.send(work()));
    result.recv_timeout(LONG).expect("no panic, and an end")
}

fn client(server: &Server) -> Client {
    Client::v1(server.url()).database("d").build().unwrap()
}
