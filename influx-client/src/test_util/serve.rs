//! HTTP/1.1 by hand, so that it can be broken at any place.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::test_util::expect::Expect;
use crate::test_util::reply::End;
use crate::test_util::reply::Reply;
use crate::test_util::request::Request;

/// What is expected and what came.
#[derive(Debug, Default)]
pub(super) struct Script(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    steps: Vec<(Expect, Reply, usize)>,
    requests: Vec<Request>,
    unexpected: Vec<String>,
}

impl Script {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn add(&self, expect: Expect, reply: Reply) {
        self.state().steps.push((expect, reply, 0));
    }

    pub(super) fn requests(&self) -> Vec<Request> {
        self.state().requests.clone()
    }

    pub(super) fn complaints(&self) -> Vec<String> {
        let state = self.state();
        let missing = state.steps.iter().filter_map(|(expect, _, used)| expect.complaint(*used));
        state.unexpected.iter().cloned().chain(missing).collect()
    }

    /// The reply to a request whose body is not read yet, if the script wants that.
    fn early(&self, request: &Request) -> Option<Reply> {
        let mut state = self.state();
        let step = state
            .steps
            .iter_mut()
            .find(|(expect, _, used)| expect.has_room(*used) && expect.fits(request))
            .filter(|(_, reply, _)| reply.early)?;
        step.2 += 1;
        let reply = step.1.clone();
        state.requests.push(request.clone());
        Some(reply)
    }

    fn reply(&self, request: Request) -> Reply {
        let mut state = self.state();
        let step =
            state.steps.iter_mut().find(|(expect, _, used)| expect.has_room(*used) && expect.fits(&request));
        let reply = match step {
            Some((_, reply, used)) => {
                *used += 1;
                reply.clone()
            }
            None => {
                let text =
                    format!("unexpected {} {} {:?}", request.method(), request.path(), request.params());
                state.unexpected.push(text.clone());
                Reply::error(500, &text)
            }
        };
        state.requests.push(request);
        reply
    }
}

/// Takes connections until it is stopped; those that are open stop with it.
pub(super) async fn accept(listener: TcpListener, script: Arc<Script>) {
    let mut open = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let script = Arc::clone(&script);
        open.spawn(async move {
            // A client that goes away is the client's business.
            let _ = connection(stream, &script).await;
        });
    }
}

async fn connection(stream: TcpStream, script: &Script) -> io::Result<()> {
    // Pieces are to arrive as pieces.
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    while let Some(head) = read_head(&mut stream).await? {
        let without_body = Request::new(&head.method, &head.target, head.headers.clone(), Vec::new());
        let reply = match script.early(&without_body) {
            Some(reply) => reply,
            None => {
                let body = read_body(&mut stream, &head).await?;
                script.reply(Request::new(&head.method, &head.target, head.headers, body))
            }
        };
        if !answer(stream.get_mut(), &reply).await? {
            break;
        }
    }
    Ok(())
}

struct Head {
    method: String,
    target: String,
    headers: Vec<(String, String)>,
}

impl Head {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

async fn read_head(stream: &mut BufReader<TcpStream>) -> io::Result<Option<Head>> {
    let mut line = String::new();
    if stream.read_line(&mut line).await? == 0 {
        return Ok(None);
    }
    let mut words = line.split_whitespace();
    let (Some(method), Some(target)) = (words.next(), words.next()) else {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "not a request line"));
    };
    let mut head = Head { method: method.to_owned(), target: target.to_owned(), headers: Vec::new() };
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(None);
        }
        let Some((name, value)) = line.trim_end().split_once(':') else { return Ok(Some(head)) };
        head.headers.push((name.to_owned(), value.trim().to_owned()));
    }
}

async fn read_body(stream: &mut BufReader<TcpStream>, head: &Head) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    if head.header("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked")) {
        loop {
            let mut line = String::new();
            stream.read_line(&mut line).await?;
            let size = usize::from_str_radix(line.trim(), 16)
                .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "not a chunk's size"))?;
            let start = body.len();
            body.resize(start + size, 0);
            stream.read_exact(&mut body[start..]).await?;
            stream.read_line(&mut line).await?;
            if size == 0 {
                return Ok(body);
            }
        }
    }
    let length = head.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    body.resize(length, 0);
    stream.read_exact(&mut body).await?;
    Ok(body)
}

/// Whether the connection goes on.
async fn answer(stream: &mut TcpStream, reply: &Reply) -> io::Result<bool> {
    tokio::time::sleep(reply.delay).await;
    match reply.end {
        End::NoAnswer => return Ok(false),
        End::Silence => std::future::pending().await,
        End::Whole | End::Cut | End::Stall => {}
    }
    stream.write_all(reply.head().as_bytes()).await?;
    for piece in &reply.pieces {
        tokio::time::sleep(reply.piece_delay).await;
        let framed = match reply.chunked {
            true => [format!("{:x}\r\n", piece.len()).as_bytes(), piece, b"\r\n"].concat(),
            false => piece.clone(),
        };
        stream.write_all(&framed).await?;
        stream.flush().await?;
    }
    match reply.end {
        End::Stall => std::future::pending().await,
        End::Whole => {}
        End::Cut | End::NoAnswer | End::Silence => return Ok(false),
    }
    if reply.chunked {
        stream.write_all(b"0\r\n\r\n").await?;
    }
    stream.flush().await?;
    Ok(!reply.early)
}
