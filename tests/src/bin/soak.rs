//! `cargo run --release -p influx-tests --bin soak -- [--seconds N] [--points N] [--threads N] [--seed N]`
//! `[--keep-writer] [--server v2]`
//!
//! Writes points through a proxy that misbehaves to a real InfluxDB 1.x that is killed and started again (`--server v2`: one of 2.x, of which
//! `INFLUXD_V2` names the program); the process that writes is
//! killed, too, and goes on with its spool (not with `--keep-writer`, which does without a spool). In the end what is on the server
//! is compared with what was given. Fails when a point is lost, altered or there twice.
#![allow(clippy::print_stdout, reason = "a program")]

use std::collections::BTreeSet;
use std::process::{ExitCode, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use influx_client::Client;
use influx_tests::soak::{Chance, NAME, check, is_poison, proxy::Proxy, writer};
use influx_tests::support::MortalInfluxd;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// What was asked for.
#[derive(Debug, Clone)]
struct Options {
    seconds: u64,
    points: i64,
    threads: u32,
    seed: u64,
    /// The token of a server of 2.x.
    token: Option<String>,
    /// Where the writing process keeps what is not delivered; it is killed now and then if there is one.
    spool: Option<std::path::PathBuf>,
}

fn option<T: std::str::FromStr>(name: &str, default: T) -> Result<T, String> {
    let mut args = std::env::args().skip_while(|arg| arg != name);
    match (args.next(), args.next()) {
        (None, _) => Ok(default),
        (Some(_), Some(value)) => value.parse().map_err(|_| format!("{name} {value}: not a number")),
        (Some(_), None) => Err(format!("{name} needs a value")),
    }
}

/// What the writing processes said so far.
#[derive(Debug, Default)]
struct Said {
    /// The number behind the last one that was taken, by thread.
    from: Vec<i64>,
    rejected: BTreeSet<String>,
    closed: Option<String>,
    /// The most points that waited on disk alone, and the most bytes in memory.
    most: (u64, u64),
}

#[tokio::main]
async fn main() -> ExitCode {
    let run = if std::env::args().any(|arg| arg == "--write") { write().await } else { soak().await };
    match run {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("soak: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The process that writes.
async fn write() -> Result<bool, Failure> {
    let from: String = option("--from", String::new())?;
    let orders = writer::Orders {
        url: option("--url", String::new())?,
        token: Some(option("--token", String::new())?).filter(|token| !token.is_empty()),
        from: from.split(',').map(str::parse).collect::<Result<_, _>>()?,
        end: option("--end", 0)?,
        rate: option("--rate", 0)?,
        spool: Some(option("--spool", String::new())?).filter(|folder| !folder.is_empty()).map(Into::into),
    };
    writer::run(orders).await?;
    Ok(true)
}

/// The server, a client of it, and its token if it has one.
async fn server() -> Result<(MortalInfluxd, Client, Option<String>), Failure> {
    match &*option("--server", "v1".to_owned())? {
        "v1" => {
            let server = MortalInfluxd::start()?;
            let client = Client::v1(server.url()).database(NAME).build()?;
            client.v1().create_database(NAME).await?;
            Ok((server, client, None))
        }
        "v2" => {
            let server = MortalInfluxd::start_v2()?;
            let new = Client::v2(server.url()).org(NAME).bucket(NAME);
            let made = new.clone().build()?.v2().setup(NAME, "soak_soak", NAME, NAME).await?;
            let token = made.token().to_owned();
            Ok((server, new.token(&token).build()?, Some(token)))
        }
        other => Err(format!("--server {other}: v1 and v2 are there").into()),
    }
}

async fn soak() -> Result<bool, Failure> {
    let (mut server, client, token) = server().await?;
    let options = Options {
        token,
        seconds: option("--seconds", 120)?,
        points: option("--points", 1_000_000)?,
        threads: option("--threads", 4)?,
        seed: option("--seed", 7)?,
        spool: match std::env::args().any(|arg| arg == "--keep-writer") {
            true => None,
            false => Some(std::env::temp_dir().join(format!("influx-soak-{}", std::process::id()))),
        },
    };
    let proxy = Proxy::start(server.port(), options.seed).await?;
    let end = options.points / i64::from(options.threads);
    let said = Arc::new(Mutex::new(Said { from: vec![0; options.threads as usize], ..Said::default() }));
    let started = Instant::now();
    let mut child = start_writer(&options, &proxy, &said, end)?;

    // the server dies and comes back while there are points to write
    let stop = Arc::new(AtomicBool::new(false));
    let killer = {
        let (stop, seed) = (Arc::clone(&stop), options.seed);
        tokio::task::spawn_blocking(move || {
            let (mut chance, mut deaths) = (Chance::new(seed ^ 0xdead), 0);
            while !stop.load(Ordering::Relaxed) {
                std::thread::sleep(Duration::from_millis(2_000 + chance.below(4_000)));
                if stop.load(Ordering::Relaxed) {
                    break;
                }
                server.kill();
                deaths += 1;
                std::thread::sleep(Duration::from_millis(chance.below(1_500)));
                server.revive()?;
            }
            Ok::<_, String>((server, deaths))
        })
    };
    let mut chance = Chance::new(options.seed ^ 0xbeef);
    let mut next_word = Instant::now() + Duration::from_secs(10);
    let (mut writer_deaths, mut next_death) = (0, Instant::now() + Duration::from_secs(3));
    while said.lock().unwrap().from.iter().any(|from| *from < end) {
        tokio::time::sleep(Duration::from_millis(50)).await;
        if let Some(status) = child.try_wait()? {
            return Err(format!("the writing process ended early: {status}").into());
        }
        if Instant::now() > next_word {
            let taken: i64 = said.lock().unwrap().from.iter().sum();
            eprintln!("{:.0} s: {taken} points taken", started.elapsed().as_secs_f64());
            next_word += Duration::from_secs(10);
        }
        if options.spool.is_some() && Instant::now() > next_death {
            child.kill().await?;
            writer_deaths += 1;
            // what it said before must be heard
            tokio::time::sleep(Duration::from_millis(200)).await;
            child = start_writer(&options, &proxy, &said, end)?;
            next_death = Instant::now() + Duration::from_millis(3_000 + chance.below(6_000));
        }
    }
    proxy.behave();
    stop.store(true, Ordering::Relaxed);
    let (server, deaths) = killer.await??;
    let status = child.wait().await?;
    // its last words may still be on their way
    tokio::time::sleep(Duration::from_millis(200)).await;
    let taken = started.elapsed();
    let found = check::compare(&client, options.threads, end).await?;
    drop(server);
    let left = match &options.spool {
        Some(folder) => {
            let left = spool_bytes(folder);
            let _ = std::fs::remove_dir_all(folder);
            left
        }
        None => 0,
    };

    let said = said.lock().unwrap();
    let poison = (0..end).filter(|n| is_poison(*n)).count() as u64 * u64::from(options.threads);
    println!("seconds: {:.0}", taken.as_secs_f64());
    println!("faults injected:");
    println!("  the server was killed and started again: {deaths}");
    println!("  the writing process was killed and started again: {writer_deaths}");
    for (kind, times) in proxy.faults() {
        println!("  {kind}: {times}");
    }
    println!("the writer: {}", said.closed.as_deref().unwrap_or("said nothing in the end"));
    println!("waiting at most: {} points on disk alone, {} bytes in memory", said.most.0, said.most.1);
    println!("points given: {}, of them {poison} that no server takes", end * i64::from(options.threads));
    println!("refused and reported: {}, bytes of the spool in the end: {left}", said.rejected.len());
    println!(
        "on the server: {}, duplicates: {}, altered: {}, losses: {}",
        found.points, found.duplicates, found.altered, found.losses
    );
    let good = status.success()
        && found.losses + found.duplicates + found.altered == 0
        && said.rejected.len() as u64 == poison
        && said.closed.is_some();
    println!("{}", if good { "every point is on the server exactly once, or reported" } else { "FAILED" });
    Ok(good)
}

fn spool_bytes(folder: &std::path::Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.metadata().ok()).map(|metadata| metadata.len()).sum()
}

fn start_writer(
    options: &Options,
    proxy: &Proxy,
    said: &Arc<Mutex<Said>>,
    end: i64,
) -> Result<Child, Failure> {
    let from = said.lock().unwrap().from.iter().map(i64::to_string).collect::<Vec<_>>().join(",");
    let rate = options.points as u64 / options.seconds.max(1);
    let mut child = Command::new(std::env::current_exe()?)
        .args(["--write", "--url", &proxy.url(), "--from", &from])
        .args(["--end", &end.to_string(), "--rate", &rate.to_string()])
        .args(options.token.iter().flat_map(|token| ["--token", token]))
        .args(options.spool.iter().flat_map(|folder| [std::ffi::OsStr::new("--spool"), folder.as_os_str()]))
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let output = child.stdout.take().ok_or("no output")?;
    let said = Arc::clone(said);
    tokio::spawn(async move {
        let mut lines = BufReader::new(output).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            let mut said = said.lock().unwrap();
            match line.split(' ').collect::<Vec<_>>()[..] {
                ["taken", thread, number] => {
                    if let (Ok(thread), Ok(number)) = (thread.parse::<usize>(), number.parse::<i64>()) {
                        said.from[thread] = number + 1;
                    }
                }
                ["waits", on_disk, in_memory] => {
                    let (on_disk, in_memory) = (on_disk.parse().unwrap_or(0), in_memory.parse().unwrap_or(0));
                    said.most = (said.most.0.max(on_disk), said.most.1.max(in_memory));
                }
                ["rejected", ..] => drop(said.rejected.insert(line)),
                ["closed", ..] => said.closed = Some(line),
                _ => eprintln!("the writer: {line}"),
            }
        }
    });
    Ok(child)
}
