//! A server in this process that reads each request, counts its lines and answers 204 at once.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{
    AtomicU64,
    Ordering::{Acquire, Release},
};
use std::thread;
use std::time::Duration;

use crate::measure::thread_time;

pub struct Server {
    address: SocketAddr,
    plain_address: SocketAddr,
    seen: Arc<Seen>,
}

/// What the server has seen and done so far.
#[derive(Default)]
pub struct Seen {
    lines: AtomicU64,
    /// In nanoseconds.
    time: AtomicU64,
}

impl Seen {
    /// How many lines have arrived.
    pub fn lines(&self) -> u64 {
        self.lines.load(Acquire)
    }

    /// How long the server ran on a processor.
    pub fn time(&self) -> Duration {
        Duration::from_nanos(self.time.load(Acquire))
    }

    /// Notes lines, and what this thread ran since.
    fn add(&self, lines: u64, since: &mut Duration) {
        let now = thread_time();
        self.time.fetch_add((now - *since).as_nanos() as u64, Release);
        self.lines.fetch_add(lines, Release);
        *since = now;
    }
}

impl Server {
    /// Starts it on free ports of loopback; a thread for each connection, which lives as long as that.
    pub fn start() -> std::io::Result<Server> {
        let seen = Arc::default();
        let address = listen(&seen, serve)?;
        let plain_address = listen(&seen, take)?;
        Ok(Server { address, plain_address, seen })
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where lines are taken without HTTP and nothing is answered.
    pub fn plain_address(&self) -> SocketAddr {
        self.plain_address
    }

    pub fn seen(&self) -> Arc<Seen> {
        Arc::clone(&self.seen)
    }
}

fn listen(seen: &Arc<Seen>, serve: fn(&TcpStream, &Seen)) -> std::io::Result<SocketAddr> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let address = listener.local_addr()?;
    let seen = Arc::clone(seen);
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let seen = Arc::clone(&seen);
            thread::spawn(move || serve(&stream, &seen));
        }
    });
    Ok(address)
}

/// Reads and counts lines until the connection ends.
fn take(stream: &TcpStream, seen: &Seen) {
    let mut reader = BufReader::with_capacity(256 << 10, stream);
    let mut since = thread_time();
    while let Ok(bytes) = reader.fill_buf()
        && !bytes.is_empty()
    {
        let (length, lines) = (bytes.len(), line_feeds(bytes));
        reader.consume(length);
        seen.add(lines, &mut since);
    }
}

fn line_feeds(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|byte| **byte == b'\n').count() as u64
}

/// Until the client closes the connection, or it breaks.
fn serve(stream: &TcpStream, seen: &Seen) {
    let mut reader = BufReader::with_capacity(256 << 10, stream);
    let mut since = thread_time();
    while let Ok(Some(length)) = head(&mut reader) {
        let Ok(lines) = body(&mut reader, length) else { return };
        seen.add(lines, &mut since);
        let mut answer = stream;
        if answer.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").is_err() {
            return;
        }
    }
}

/// Reads a request's head and gives the length of its body; `None` at the end of the connection.
fn head(reader: &mut impl BufRead) -> std::io::Result<Option<usize>> {
    let (mut length, mut line) = (0, String::new());
    loop {
        line.clear();
        if reader.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        if line.trim_end().is_empty() {
            return Ok(Some(length));
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().map_err(std::io::Error::other)?;
        }
    }
}

/// Reads a body and counts its lines; the last one may lack its line feed.
fn body(reader: &mut impl BufRead, mut length: usize) -> std::io::Result<u64> {
    let (mut lines, mut last) = (0, b'\n');
    while length > 0 {
        let bytes = reader.fill_buf()?;
        let bytes = &bytes[..bytes.len().min(length)];
        let Some(end) = bytes.last() else { return Err(std::io::ErrorKind::UnexpectedEof.into()) };
        last = *end;
        lines += line_feeds(bytes);
        let count = bytes.len();
        length -= count;
        reader.consume(count);
    }
    Ok(lines + u64::from(last != b'\n'))
}
