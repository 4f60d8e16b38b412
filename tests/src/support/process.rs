//! A server in a process of its own, on free ports, with a folder of its own.

use std::fs;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use super::find::{INFLUXD, VICTORIA_METRICS, target_dir};

/// A running server; it stops, and its folder goes, when this is dropped or when this process ends in whatever way.
#[derive(Debug)]
struct Server {
    child: Child,
    url: String,
}

impl Server {
    /// Starts `program` with the arguments that `args` makes of a folder and a port, and waits until it answers.
    fn start(program: &Path, args: impl Fn(&Path, u16) -> io::Result<Vec<String>>) -> Result<Server, String> {
        let mut problem = String::new();
        // A port that was free may be taken when the server gets to it.
        for _ in 0..5 {
            match Server::try_start(program, &args) {
                Ok(server) => return Ok(server),
                Err(error) => problem = error,
            }
        }
        Err(format!("{} does not start: {problem}", program.display()))
    }

    fn try_start(
        program: &Path,
        args: &impl Fn(&Path, u16) -> io::Result<Vec<String>>,
    ) -> Result<Server, String> {
        let text = |error: io::Error| error.to_string();
        let folder = new_folder().map_err(text)?;
        let port = free_port().map_err(text)?;
        let args = args(&folder, port).map_err(text)?;
        // The shell ends the server when its input closes, which happens however this process ends.
        const SCRIPT: &str = r#"folder=$1; shift
            "$@" >"$folder/log" 2>&1 </dev/null & pid=$!
            (wait_gone() { while kill -0 $pid 2>/dev/null; do sleep 0.2; done; }; wait_gone; kill $$ 2>/dev/null) &
            trap 'kill -9 $pid 2>/dev/null; rm -rf "$folder"; exit' EXIT TERM
            read -r _"#;
        let child = Command::new("sh")
            .args(["-c", SCRIPT, "server"])
            .arg(&folder)
            .arg(program)
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(text)?;
        let mut server = Server { child, url: format!("http://127.0.0.1:{port}") };
        let deadline = Instant::now() + Duration::from_secs(60);
        while !answers(port) {
            if server.child.try_wait().map_err(text)?.is_some() {
                return Err("it ended at once".to_owned());
            }
            if Instant::now() > deadline {
                return Err("it does not answer within 60 s".to_owned());
            }
            std::thread::sleep(Duration::from_millis(30));
        }
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

fn new_folder() -> io::Result<PathBuf> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let folder = target_dir().join("influx-servers/run").join(format!("{}-{number}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// Whether `/ping` is answered with success.
fn answers(port: u16) -> bool {
    let ask = || -> io::Result<bool> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        stream.write_all(b"GET /ping HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        let mut head = [0; 12];
        stream.read_exact(&mut head)?;
        Ok(head.starts_with(b"HTTP/1.1 2"))
    };
    ask().unwrap_or(false)
}

/// How an InfluxDB 1.x server is set up.
#[derive(Debug, Clone, Copy, Default)]
pub struct InfluxdOptions {
    /// Whether users must name themselves.
    pub auth: bool,
    /// Largest body of a write; 0 is no limit, `None` the server's own.
    pub max_body_size: Option<u64>,
}

/// A running InfluxDB 1.x.
#[derive(Debug)]
pub struct Influxd(Server);

impl Influxd {
    /// Finds and starts a server.
    ///
    /// # Errors
    ///
    /// There is none, or it does not start.
    pub fn start(options: InfluxdOptions) -> Result<Influxd, String> {
        let program = INFLUXD.find()?;
        Server::start(&program, |folder, port| {
            let config = folder.join("influxdb.conf");
            fs::write(&config, config_text(folder, port, options))?;
            Ok(vec!["run".to_owned(), "-config".to_owned(), config.display().to_string()])
        })
        .map(Influxd)
    }

    /// One server for all tests of this program.
    ///
    /// # Errors
    ///
    /// There is none, or it does not start.
    pub fn shared() -> Result<&'static Influxd, String> {
        static SHARED: OnceLock<Result<Influxd, String>> = OnceLock::new();
        SHARED.get_or_init(|| Influxd::start(InfluxdOptions::default())).as_ref().map_err(Clone::clone)
    }

    /// `http://127.0.0.1:port`.
    pub fn url(&self) -> &str {
        &self.0.url
    }
}

fn config_text(folder: &Path, port: u16, options: InfluxdOptions) -> String {
    let folder = folder.display();
    let size = options.max_body_size.map(|size| format!("max-body-size = {size}")).unwrap_or_default();
    format!(
        "reporting-disabled = true\n\
         bind-address = \"127.0.0.1:0\"\n\
         [meta]\ndir = \"{folder}/meta\"\nlogging-enabled = false\n\
         [data]\ndir = \"{folder}/data\"\nwal-dir = \"{folder}/wal\"\nquery-log-enabled = false\n\
         [monitor]\nstore-enabled = false\n\
         [logging]\nlevel = \"error\"\nsuppress-logo = true\n\
         [http]\nbind-address = \"127.0.0.1:{port}\"\nlog-enabled = false\nauth-enabled = {}\n{size}\n",
        options.auth
    )
}

/// A running VictoriaMetrics: for writes alone, as it answers no InfluxQL.
#[derive(Debug)]
pub struct VictoriaMetrics(Server);

impl VictoriaMetrics {
    /// Finds and starts a server.
    ///
    /// # Errors
    ///
    /// There is none, or it does not start.
    pub fn start() -> Result<VictoriaMetrics, String> {
        let program = VICTORIA_METRICS.find()?;
        Server::start(&program, |folder, port| {
            Ok(vec![
                format!("-storageDataPath={}", folder.join("data").display()),
                format!("-httpListenAddr=127.0.0.1:{port}"),
                "-retentionPeriod=100y".to_owned(),
                "-loggerLevel=ERROR".to_owned(),
            ])
        })
        .map(VictoriaMetrics)
    }

    /// `http://127.0.0.1:port`.
    pub fn url(&self) -> &str {
        &self.0.url
    }
}
