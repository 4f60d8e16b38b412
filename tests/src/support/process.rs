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
    fn start(
        program: &Path,
        scheme: &str,
        args: impl Fn(&Path, u16) -> io::Result<Vec<String>>,
    ) -> Result<Server, String> {
        let mut problem = String::new();
        // A port that was free may be taken when the server gets to it.
        for _ in 0..5 {
            match Server::try_start(program, scheme, &args) {
                Ok(server) => return Ok(server),
                Err(error) => problem = error,
            }
        }
        Err(format!("{} does not start: {problem}", program.display()))
    }

    fn try_start(
        program: &Path,
        scheme: &str,
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
        let mut server = Server { child, url: format!("{scheme}://127.0.0.1:{port}") };
        let deadline = Instant::now() + Duration::from_secs(60);
        while !answers(port, scheme == "https") {
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

pub(super) fn new_folder() -> io::Result<PathBuf> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let folder = target_dir().join("influx-servers/run").join(format!("{}-{number}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

pub(super) fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// Whether `/ping` is answered with success; behind TLS, whether anybody listens.
pub(super) fn answers(port: u16, tls: bool) -> bool {
    let ask = || -> io::Result<bool> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        if tls {
            return Ok(true);
        }
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        stream.write_all(b"GET /ping HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        let mut head = [0; 12];
        stream.read_exact(&mut head)?;
        Ok(head.starts_with(b"HTTP/1.1 2"))
    };
    ask().unwrap_or(false)
}

/// How an InfluxDB 1.x server is set up.
#[derive(Debug, Clone, Default)]
pub struct InfluxdOptions {
    /// Whether users must name themselves.
    pub auth: bool,
    /// Largest body of a write; 0 is no limit, `None` the server's own.
    pub max_body_size: Option<u64>,
    /// Most rows of an answer without chunks; `None` is no limit.
    pub max_row_limit: Option<u64>,
    /// The secret of JSON web tokens.
    pub shared_secret: Option<String>,
    /// Certificate and private key in PEM, with which the server speaks TLS.
    pub https: Option<(String, String)>,
    /// Whether the server listens on a Unix socket, too.
    pub unix_socket: bool,
}

/// A running InfluxDB 1.x.
#[derive(Debug)]
pub struct Influxd {
    server: Server,
    socket: PathBuf,
}

impl Influxd {
    /// Finds and starts a server.
    ///
    /// # Errors
    ///
    /// There is none, or it does not start.
    pub fn start(options: InfluxdOptions) -> Result<Influxd, String> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let program = INFLUXD.find()?;
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        // Not in the server's folder, whose path may be longer than a socket's can be.
        let socket = std::env::temp_dir().join(format!("influxd-{}-{number}.sock", std::process::id()));
        let scheme = if options.https.is_some() { "https" } else { "http" };
        let server = Server::start(&program, scheme, |folder, port| {
            let config = folder.join("influxdb.conf");
            if let Some((certificate, key)) = &options.https {
                fs::write(folder.join("certificate.pem"), certificate)?;
                fs::write(folder.join("key.pem"), key)?;
            }
            fs::write(&config, config_text(folder, port, &socket, &options))?;
            Ok(vec!["run".to_owned(), "-config".to_owned(), config.display().to_string()])
        })?;
        Ok(Influxd { server, socket })
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

    /// `http://127.0.0.1:port`, or `https`.
    pub fn url(&self) -> &str {
        &self.server.url
    }

    /// `unix:///path/of/socket`; there is one if the options said so.
    pub fn socket_url(&self) -> String {
        format!("unix://{}", self.socket.display())
    }
}

impl Drop for Influxd {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.socket);
    }
}

pub(super) fn config_text(folder: &Path, port: u16, socket: &Path, options: &InfluxdOptions) -> String {
    let folder = folder.display();
    let mut http = format!("auth-enabled = {}\n", options.auth);
    if let Some(size) = options.max_body_size {
        http += &format!("max-body-size = {size}\n");
    }
    if let Some(rows) = options.max_row_limit {
        http += &format!("max-row-limit = {rows}\n");
    }
    if let Some(secret) = &options.shared_secret {
        http += &format!("shared-secret = \"{secret}\"\n");
    }
    if options.https.is_some() {
        http += &format!(
            "https-enabled = true\nhttps-certificate = \"{folder}/certificate.pem\"\n\
             https-private-key = \"{folder}/key.pem\"\n"
        );
    }
    if options.unix_socket {
        http += &format!("unix-socket-enabled = true\nbind-socket = \"{}\"\n", socket.display());
    }
    format!(
        "reporting-disabled = true\n\
         bind-address = \"127.0.0.1:0\"\n\
         [meta]\ndir = \"{folder}/meta\"\nlogging-enabled = false\n\
         [data]\ndir = \"{folder}/data\"\nwal-dir = \"{folder}/wal\"\nquery-log-enabled = false\n\
         [monitor]\nstore-enabled = false\n\
         [logging]\nlevel = \"error\"\nsuppress-logo = true\n\
         [http]\nbind-address = \"127.0.0.1:{port}\"\nlog-enabled = false\n{http}"
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
        Server::start(&program, "http", |folder, port| {
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
