//! Clients in other languages, which are asked what they send and read.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::find::{fetched, run};

/// The official client of 2.x for Python, which is installed into a folder of its own.
const CLIENT: &str = "influxdb-client==1.50.0";

/// A Python that has a client.
#[derive(Debug)]
pub struct Python {
    interpreter: PathBuf,
    packages: PathBuf,
}

impl Python {
    /// Finds Python (`python3`, or what `INFLUX_TESTS_PYTHON` names), and fetches the client by `pip`.
    ///
    /// # Errors
    ///
    /// There is no Python, or the client cannot be fetched.
    pub fn with_client() -> Result<Python, String> {
        let interpreter: PathBuf =
            std::env::var_os("INFLUX_TESTS_PYTHON").unwrap_or_else(|| "python3".into()).into();
        run(Command::new(&interpreter).arg("--version"))?;
        let packages = fetched("python", Path::new("influxdb_client/__init__.py"), |work| {
            let pip = ["-m", "pip", "install", "-q", "--disable-pip-version-check", "--target"];
            run(Command::new(&interpreter).args(pip).arg(work.join("root")).arg(CLIENT))
        })?;
        Ok(Python { interpreter, packages })
    }

    /// What a script prints; `args` are its arguments, `input` is what it reads.
    ///
    /// # Errors
    ///
    /// It fails: what it said in the end.
    pub fn run(&self, script: &str, args: &[&str], input: &[u8]) -> Result<String, String> {
        let text = |error: std::io::Error| error.to_string();
        let mut child = Command::new(&self.interpreter)
            .env("PYTHONPATH", &self.packages)
            .arg("-c")
            .arg(script)
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(text)?;
        let mut stdin = child.stdin.take().ok_or("no input")?;
        stdin.write_all(input).map_err(text)?;
        drop(stdin);
        let output = child.wait_with_output().map_err(text)?;
        match output.status.success() {
            true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
            false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
        }
    }
}
