//! Where a server's program is: named by the environment, installed, fetched before, or fetched now from the
//! distribution's archive, without root.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

/// A server's program and where it comes from.
#[derive(Debug, Clone, Copy)]
pub struct Program {
    /// The environment variable that names its path.
    pub variable: &'static str,
    /// The file's name.
    pub binary: &'static str,
    /// The Debian package that has it.
    pub package: &'static str,
}

/// InfluxDB 1.x.
pub const INFLUXD: Program = Program { variable: "INFLUXD", binary: "influxd", package: "influxdb" };

/// VictoriaMetrics, which takes InfluxDB's line protocol.
pub const VICTORIA_METRICS: Program =
    Program { variable: "VICTORIA_METRICS", binary: "victoria-metrics", package: "victoria-metrics" };

impl Program {
    /// The program's path.
    ///
    /// # Errors
    ///
    /// It is nowhere and cannot be fetched; the text says what was tried.
    pub fn find(&self) -> Result<PathBuf, String> {
        if let Some(path) = std::env::var_os(self.variable).filter(|path| !path.is_empty()) {
            let path = PathBuf::from(path);
            return if path.is_file() {
                Ok(path)
            } else {
                Err(format!("{} names {}, which is no file", self.variable, path.display()))
            };
        }
        let on_path = std::env::var_os("PATH").unwrap_or_default();
        if let Some(found) =
            std::env::split_paths(&on_path).map(|dir| dir.join(self.binary)).find(|p| p.is_file())
        {
            return Ok(found);
        }
        self.fetched().map_err(|why| {
            format!(
                "{} is not on the PATH and cannot be fetched ({why}): install it, set {} to its path, or set \
                 INFLUX_TESTS_OFFLINE=1 to leave the tests out that need it",
                self.binary, self.variable
            )
        })
    }

    /// From the folder of fetched servers, where the first who needs it puts it.
    fn fetched(&self) -> Result<PathBuf, String> {
        let program = Path::new("usr/bin").join(self.binary);
        Ok(fetched(self.package, &program, |work| self.fetch(work))?.join(program))
    }

    fn fetch(&self, work: &Path) -> Result<(), String> {
        let state = work.join("apt");
        for dir in ["state/lists/partial", "cache/archives/partial"] {
            fs::create_dir_all(state.join(dir)).map_err(|error| error.to_string())?;
        }
        if let Err(first) = apt(work, None, &["download", self.package]) {
            // Without package lists, or not allowed to use the system's: lists of our own.
            apt(work, Some(&state), &["update"])
                .and_then(|()| apt(work, Some(&state), &["download", self.package]))
                .map_err(|second| format!("{first}; with lists of its own: {second}"))?;
        }
        let files = fs::read_dir(work).map_err(|error| error.to_string())?;
        let mut packages =
            files.flatten().map(|file| file.path()).filter(|p| p.extension().is_some_and(|e| e == "deb"));
        let package = packages.next().ok_or("apt-get download left no package")?;
        run(Command::new("dpkg-deb").arg("-x").arg(package).arg(work.join("root")))
    }
}

/// The folder of something that is fetched by the first who needs it: `fetch` puts it into `root` of the folder that it is given, and
/// `file` is in it then.
pub(super) fn fetched(
    name: &str,
    file: &Path,
    fetch: impl FnOnce(&Path) -> Result<(), String>,
) -> Result<PathBuf, String> {
    let home = target_dir().join("influx-servers");
    let folder = home.join(name);
    let text = |error: io::Error| error.to_string();
    fs::create_dir_all(&home).map_err(text)?;
    let lock = home.join(format!("{name}.lock"));
    let deadline = Instant::now() + Duration::from_secs(300);
    loop {
        if folder.join(file).is_file() {
            return Ok(folder);
        }
        match fs::OpenOptions::new().write(true).create_new(true).open(&lock) {
            Ok(_) => break,
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(text(error)),
            Err(_) if Instant::now() > deadline => {
                return Err(format!("another process holds {}", lock.display()));
            }
            Err(_) => {
                remove_if_stale(&lock);
                std::thread::sleep(Duration::from_millis(200));
            }
        }
    }
    let work = home.join(format!("{name}.{}", std::process::id()));
    let done = fetch(&work).and_then(|()| fs::rename(work.join("root"), &folder).map_err(text));
    let _ = fs::remove_dir_all(&work);
    let _ = fs::remove_file(&lock);
    done?;
    if folder.join(file).is_file() { Ok(folder) } else { Err(format!("{name} has no {}", file.display())) }
}

fn apt(work: &Path, state: Option<&Path>, args: &[&str]) -> Result<(), String> {
    let mut command = Command::new("apt-get");
    command.current_dir(work).args(["-q", "-y"]);
    if let Some(state) = state {
        command.arg("-o").arg(format!("Dir::State={}", state.join("state").display()));
        command.arg("-o").arg(format!("Dir::Cache={}", state.join("cache").display()));
        command.args(["-o", "Dir::State::status=/var/lib/dpkg/status", "-o", "Debug::NoLocking=1"]);
    }
    run(command.args(args))
}

pub(super) fn run(command: &mut Command) -> Result<(), String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output().map_err(|error| format!("{name}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&output.stderr);
    let last = text
        .lines()
        .rev()
        .find(|line| line.starts_with("E:") || line.starts_with("ERROR:"))
        .or(text.lines().last())
        .unwrap_or("no message");
    Err(format!("{name}: {last}"))
}

/// A lock whose owner was killed must not stop everybody for ever.
fn remove_if_stale(lock: &Path) {
    let age = fs::metadata(lock)
        .and_then(|meta| meta.modified())
        .ok()
        .and_then(|at| SystemTime::now().duration_since(at).ok());
    if age.is_some_and(|age| age > Duration::from_secs(240)) {
        let _ = fs::remove_file(lock);
    }
}

/// Cargo's target folder, in which this program lies.
pub(crate) fn target_dir() -> PathBuf {
    let exe = std::env::current_exe().unwrap_or_default();
    match exe.ancestors().find(|dir| dir.join("CACHEDIR.TAG").is_file()) {
        Some(dir) => dir.to_owned(),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../target"),
    }
}
