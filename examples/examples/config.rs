//! Settings from outside of the program: the environment, files, a line of text; and what mistakes in them look like.
//!
//! ```text
//! cargo run -p influx-examples --example config
//! ```
//!
//! No server is needed. With `INFLUX_URL` or `INFLUXDB_V2_URL`, and what belongs to it, it shows the settings of your environment.
#![allow(clippy::print_stdout)]

use std::path::PathBuf;

use influx_client::test_util::{Expect, Reply, Server};
use influx_client::{Client, ClientConfig};

type Failure = Box<dyn std::error::Error>;

const FILES: [(&str, &str); 3] = [
    (
        "settings.toml",
        r#"[influx2]
url = "http://localhost:8086"
org = "desk"
bucket = "market"
token = "secret"      # texts stand in quotes
timeout = "10s"

[tags]
zone = "eu"
program = "${env.CARGO_PKG_NAME}"
"#,
    ),
    (
        "settings.ini",
        "[influx2]\nurl=http://localhost:8086\norg=desk\nbucket=market\ntoken=secret\ntimeout=10000\n[tags]\nzone=eu\n",
    ),
    (
        "settings.json",
        r#"{"influx1": {"url": "http://localhost:8086", "database": "market", "username": "ann", "password": "secret"}}"#,
    ),
];

const MISTAKES: [&str; 4] = [
    "http://localhost:8086?org=desk&bucket=market&tokn=secret",
    "http://localhost:8086?bucket=market&database=market",
    "http://localhost:8086",
    "localhost:8086?token=secret",
];

#[tokio::main]
async fn main() -> Result<(), Failure> {
    println!("the environment:");
    match Client::from_env() {
        Ok(config) => show(&config),
        Err(error) => println!("  {error}"),
    }

    let folder = Folder::new()?;
    for (name, text) in FILES {
        println!("\n{name}:\n{}", indented(text));
        let path = folder.0.join(name);
        std::fs::write(&path, text)?;
        match Client::from_config_file(&path) {
            Ok(config) => show(&config),
            Err(error) => println!("  {error}"),
        }
    }

    println!("\na line of text:");
    let line = "http://localhost:8086?org=desk&bucket=market&token=secret&timeout=10s&tags.zone=eu";
    let config = Client::from_connection_string(line)?;
    show(&config);
    // The builder is there for what only the program knows.
    let client = config.v2()?.bucket("other").default_tag("host", "a").build()?;
    println!("  the program chose the bucket {:?}", client.bucket());

    println!("\nmistakes:");
    for text in MISTAKES {
        match Client::from_connection_string(text).and_then(|config| config.build()) {
            Ok(client) => println!("  {client:?}"),
            Err(error) => println!("  {error}"),
        }
    }
    ask().await
}

/// Settings that do not say which generation of InfluxDB is meant: the server is asked.
async fn ask() -> Result<(), Failure> {
    let server = Server::start().await?;
    let pong = |version| Reply::status(204).header("X-Influxdb-Version", version);
    server.expect(Expect::ping(), pong("v2.9.1"));
    server.expect(Expect::ping(), pong("1.12.4"));
    println!("\nasked:");
    for _ in 0..2 {
        let config =
            Client::from_connection_string(format!("{}?username=ann&password=secret", server.url()))?;
        let generation = config.detect_generation().await?;
        println!("  the settings say {:?}, the server {generation:?}", config.generation());
    }
    Ok(())
}

/// What was found, and the client that it makes. Secrets are not shown.
fn show(config: &ClientConfig) {
    println!("  {config:?}");
    match config.build() {
        Ok(client) => {
            let place = client.bucket().or(client.database());
            println!(
                "  a client for {:?} of {:?}",
                place.unwrap_or("nothing"),
                client.org().unwrap_or("no organization")
            );
        }
        Err(error) => println!("  no client: {error}"),
    }
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("    {line}\n")).collect()
}

/// A folder of this run alone, removed at its end.
struct Folder(PathBuf);

impl Folder {
    fn new() -> std::io::Result<Folder> {
        let path = std::env::temp_dir().join(format!("influx-config-{}", std::process::id()));
        std::fs::create_dir(&path)?;
        Ok(Folder(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
