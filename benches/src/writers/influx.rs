//! influx-client's batch writer, from a task and from plain threads. It sends from a thread of its own.

use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

use influx_client::batch::{BatchWriter, BatchWriterBuilder};
use influx_client::{Client, Fsync, SpoolSettings};
use tokio::runtime::{Builder, Runtime};

use super::{BATCH, Giving, Server, Writer};
use crate::data::Trade;

/// The writer and the runtime that its requests run on.
struct Sender {
    writer: BatchWriter,
    runtime: Runtime,
}

impl Sender {
    fn new(server: &Server) -> Sender {
        Sender::with(server, |builder| builder)
    }

    fn with(server: &Server, set: impl FnOnce(BatchWriterBuilder) -> BatchWriterBuilder) -> Sender {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
        let client = Client::v1(server.url()).database("d").build().expect("a client");
        let _within = runtime.enter();
        let builder = set(client.batch_writer().batch_points(BATCH));
        let writer = builder.build().expect("a writer");
        Sender { writer, runtime }
    }

    fn flush(&self) {
        self.runtime.block_on(self.writer.flush()).expect("a runtime that lasts");
    }
}

/// `write(..).await` in a task.
pub(super) struct Task {
    sender: Sender,
    runtime: Runtime,
}

impl Task {
    pub(super) fn new(server: &Server) -> Task {
        let runtime = Builder::new_current_thread().build().expect("a runtime");
        Task { sender: Sender::new(server), runtime }
    }
}

impl Writer for Task {
    fn name(&self) -> &str {
        "influx, `write` in a task"
    }

    fn give(&mut self, points: &Arc<[Trade]>, passes: usize) -> Giving {
        let (writer, points) = (self.sender.writer.clone(), Arc::clone(points));
        let task = self.runtime.spawn(async move {
            for _ in 0..passes {
                for point in points.iter() {
                    writer.write(point).await.expect("a point that can be written");
                }
            }
        });
        let giving = Giving::by(|| self.runtime.block_on(task).expect("a task that ends"));
        self.sender.flush();
        giving
    }
}

/// `write_all(..).await` of a slice in a task.
pub(super) struct Together(Task);

impl Together {
    pub(super) fn new(server: &Server) -> Together {
        Together(Task::new(server))
    }
}

impl Writer for Together {
    fn name(&self) -> &str {
        "influx, `write_all` in a task"
    }

    fn give(&mut self, points: &Arc<[Trade]>, passes: usize) -> Giving {
        let (writer, points) = (self.0.sender.writer.clone(), Arc::clone(points));
        let task = self.0.runtime.spawn(async move {
            for _ in 0..passes {
                writer.write_all(points.iter()).await.expect("points that can be written");
            }
        });
        let giving = Giving::by(|| self.0.runtime.block_on(task).expect("a task that ends"));
        self.0.sender.flush();
        giving
    }
}

/// `write_all(..).await` of some points at a time, in a task, with a spool that survives the process.
pub(super) struct Spooled {
    task: Task,
    folder: PathBuf,
}

impl Spooled {
    /// Points that are given at a time.
    const TOGETHER: usize = 100;

    pub(super) fn new(server: &Server) -> Spooled {
        let folder = std::env::temp_dir().join(format!("influx-benches-{}", std::process::id()));
        let spool = SpoolSettings::new(&folder).fsync(Fsync::Never);
        let sender = Sender::with(server, |builder| builder.spool(spool));
        let runtime = Builder::new_current_thread().build().expect("a runtime");
        Spooled { task: Task { sender, runtime }, folder }
    }
}

impl Writer for Spooled {
    fn name(&self) -> &str {
        "influx, `write_all` of 100 points, with a spool (`Fsync::Never`)"
    }

    fn give(&mut self, points: &Arc<[Trade]>, passes: usize) -> Giving {
        let (writer, points) = (self.task.sender.writer.clone(), Arc::clone(points));
        let task = self.task.runtime.spawn(async move {
            for _ in 0..passes {
                for some in points.chunks(Self::TOGETHER) {
                    writer.write_all(some).await.expect("points that can be written");
                }
            }
        });
        let giving = Giving::by(|| self.task.runtime.block_on(task).expect("a task that ends"));
        self.task.sender.flush();
        giving
    }
}

impl Drop for Spooled {
    fn drop(&mut self) {
        // a folder that stays is no harm
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// `write_blocking` in so many threads.
pub(super) struct Threads {
    sender: Sender,
    count: usize,
    name: String,
}

impl Threads {
    pub(super) fn new(server: &Server, count: usize) -> Threads {
        let plural = if count == 1 { "" } else { "s" };
        let name = format!("influx, `write_blocking` in {count} thread{plural}");
        Threads { sender: Sender::new(server), count, name }
    }
}

impl Writer for Threads {
    fn name(&self) -> &str {
        &self.name
    }

    fn give(&mut self, points: &Arc<[Trade]>, passes: usize) -> Giving {
        let writer = &self.sender.writer;
        let share = &|points: &[Trade]| {
            Giving::by(|| {
                for _ in 0..passes {
                    for point in points {
                        writer.write_blocking(point).expect("a point that can be written");
                    }
                }
            })
        };
        let giving = thread::scope(|scope| {
            let shares = points.chunks(points.len().div_ceil(self.count));
            let threads: Vec<_> = shares.map(|points| scope.spawn(move || share(points))).collect();
            threads.into_iter().map(|thread| thread.join().expect("a thread that ends")).sum()
        });
        self.sender.flush();
        giving
    }
}
