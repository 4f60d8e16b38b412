//! Stands between the writer and the server, and does to the requests what networks and overloaded servers do.

use std::collections::BTreeMap;
use std::io;
use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

use super::Chance;
use super::answers::{ANSWERS, Answer, DRIP, DRIPS};

/// Bodies beyond this are sometimes found too large.
const LARGE: usize = 20_000;

/// Of a thousand requests, so many get each of the answers.
const EACH: u64 = 10;

/// A running proxy.
#[derive(Debug, Clone)]
pub struct Proxy {
    port: u16,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    server: u16,
    misbehaves: AtomicBool,
    chance: Mutex<Chance>,
    faults: Mutex<BTreeMap<&'static str, u64>>,
    /// What it answers for a while, and until when.
    mood: Mutex<Option<(Answer, Instant)>>,
}

impl Proxy {
    /// Listens on a free port, for the server on that port.
    ///
    /// # Errors
    ///
    /// No port is free.
    pub async fn start(server: u16, seed: u64) -> io::Result<Proxy> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = listener.local_addr()?.port();
        let shared = Arc::new(Shared {
            server,
            misbehaves: AtomicBool::new(true),
            chance: Mutex::new(Chance::new(seed)),
            faults: Mutex::default(),
            mood: Mutex::default(),
        });
        let proxy = Proxy { port, shared: Arc::clone(&shared) };
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let shared = Arc::clone(&shared);
                // an error is the end of one connection
                tokio::spawn(async move { serve(client, &shared).await.unwrap_or_default() });
            }
        });
        Ok(proxy)
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// From now on everything is passed on.
    pub fn behave(&self) {
        self.shared.misbehaves.store(false, Ordering::Relaxed);
    }

    /// How often it misbehaved, by kind.
    pub fn faults(&self) -> BTreeMap<&'static str, u64> {
        self.shared.faults.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Shared {
    /// A number below 1,000; 999 when it behaves.
    fn roll(&self) -> u64 {
        if !self.misbehaves.load(Ordering::Relaxed) {
            return 999;
        }
        self.chance.lock().unwrap_or_else(PoisonError::into_inner).below(1_000)
    }

    /// What it answers instead of the server.
    fn answer(&self, roll: u64) -> Option<Answer> {
        let mut mood = self.mood.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((answer, _)) = mood.filter(|(_, until)| Instant::now() < *until) {
            return self.misbehaves.load(Ordering::Relaxed).then_some(answer);
        }
        let chosen = ANSWERS.get(usize::try_from(roll.checked_sub(400)? / EACH).ok()?)?;
        *mood = (!chosen.lasts.is_zero()).then(|| (*chosen, Instant::now() + chosen.lasts));
        Some(*chosen)
    }

    fn count(&self, kind: &'static str) {
        *self.faults.lock().unwrap_or_else(PoisonError::into_inner).entry(kind).or_default() += 1;
    }
}

async fn serve(mut client: TcpStream, shared: &Shared) -> io::Result<()> {
    while let Some((head, length)) = read_head(&mut client).await? {
        let roll = shared.roll();
        if roll < 30 {
            shared.count("cut before the body was read");
            return Ok(());
        }
        let mut body = vec![0; length];
        if roll < 50 {
            shared.count("cut in the middle of the body");
            client.read_exact(&mut body[..length / 2]).await?;
            return Ok(());
        }
        client.read_exact(&mut body).await?;
        if (140..340).contains(&roll) && length > LARGE {
            shared.count("413");
            client.write_all(b"HTTP/1.1 413 Request Entity Too Large\r\nContent-Length: 0\r\n\r\n").await?;
            continue;
        }
        if let Some(answer) = shared.answer(roll) {
            shared.count(answer.kind);
            client.write_all(&answer.bytes()).await?;
            continue;
        }
        if (600..606).contains(&roll) {
            shared.count("502 of which the body drips");
            client.write_all(DRIPS).await?;
            for _ in 0..100 {
                client.write_all(b"x").await?;
                sleep(DRIP).await;
            }
            return Ok(());
        }
        if (340..350).contains(&roll) {
            shared.count("no answer");
            sleep(Duration::from_secs(5)).await;
            return Ok(());
        }
        let Ok(answer) = forward(shared.server, &head, &body).await else {
            shared.count("the server is dead");
            return Ok(());
        };
        match roll {
            350..390 => {
                shared.count("stored, and cut before the answer");
                return Ok(());
            }
            390..400 => {
                shared.count("stored, and no answer");
                sleep(Duration::from_secs(5)).await;
                return Ok(());
            }
            _ => client.write_all(&answer).await?,
        }
    }
    Ok(())
}

/// The head of a request and the length of its body; `None` at the end of the connection.
async fn read_head(client: &mut TcpStream) -> io::Result<Option<(Vec<u8>, usize)>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match client.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) if head.is_empty() => return Ok(None),
            Err(error) => return Err(error),
        }
    }
    let text = String::from_utf8_lossy(&head).to_ascii_lowercase();
    let length = text.lines().find_map(|line| line.strip_prefix("content-length:"));
    let length = length.and_then(|length| length.trim().parse().ok()).unwrap_or(0);
    Ok(Some((head, length)))
}

/// The server's answer, whole, on a connection of its own.
async fn forward(port: u16, head: &[u8], body: &[u8]) -> io::Result<Vec<u8>> {
    let mut server = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
    let head = String::from_utf8_lossy(head);
    // the answer ends with the connection
    let head = head.trim_end().replace("\r\nconnection: keep-alive", "") + "\r\nConnection: close\r\n\r\n";
    server.write_all(head.as_bytes()).await?;
    server.write_all(body).await?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer).await?;
    if answer.is_empty() {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    // the client's connection goes on
    let text = String::from_utf8_lossy(&answer).replacen("\r\nConnection: close", "", 1);
    Ok(text.into_bytes())
}
