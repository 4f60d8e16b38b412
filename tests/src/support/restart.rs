//! An InfluxDB 1.x or 2.x that can be killed and started again with what it had stored.

use std::ffi::OsString;
use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::find::INFLUXD;
use super::process::{InfluxdOptions, answers, config_text, free_port, new_folder};

/// A server that keeps its folder and its port when it dies.
#[derive(Debug)]
pub struct MortalInfluxd {
    program: PathBuf,
    args: Vec<OsString>,
    folder: PathBuf,
    port: u16,
    child: Option<Child>,
}

impl MortalInfluxd {
    /// Finds and starts a server of 1.x.
    ///
    /// # Errors
    ///
    /// There is none, or it does not start.
    pub fn start() -> Result<MortalInfluxd, String> {
        let text = |error: std::io::Error| error.to_string();
        let program = INFLUXD.find()?;
        let folder = new_folder().map_err(text)?;
        let port = free_port().map_err(text)?;
        let config = config_text(&folder, port, &folder.join("unused.sock"), &InfluxdOptions::default());
        fs::write(folder.join("influxdb.conf"), config).map_err(text)?;
        let args = vec!["run".into(), "-config".into(), folder.join("influxdb.conf").into()];
        MortalInfluxd { program, args, folder, port, child: None }.started()
    }

    /// Starts a server of 2.x, which nobody set up yet: the program that `INFLUXD_V2` names, as no package has it.
    ///
    /// # Errors
    ///
    /// There is none, or it does not start.
    pub fn start_v2() -> Result<MortalInfluxd, String> {
        let text = |error: std::io::Error| error.to_string();
        let program =
            std::env::var_os("INFLUXD_V2").ok_or("INFLUXD_V2 does not name the influxd of a 2.x")?;
        let folder = new_folder().map_err(text)?;
        let port = free_port().map_err(text)?;
        let of = |name: &str, value: OsString| [OsString::from(name), value];
        let args = [
            of("--bolt-path", folder.join("bolt").into()),
            of("--sqlite-path", folder.join("sqlite").into()),
            of("--engine-path", folder.join("engine").into()),
            of("--http-bind-address", format!("127.0.0.1:{port}").into()),
        ];
        let mut args = args.concat();
        args.push("--reporting-disabled".into());
        MortalInfluxd { program: program.into(), args, folder, port, child: None }.started()
    }

    fn started(mut self) -> Result<MortalInfluxd, String> {
        self.revive()?;
        Ok(self)
    }

    /// Starts the server again and waits until it answers.
    ///
    /// # Errors
    ///
    /// It does not start.
    pub fn revive(&mut self) -> Result<(), String> {
        let text = |error: std::io::Error| error.to_string();
        let log = File::options().create(true).append(true).open(self.folder.join("log")).map_err(text)?;
        let child = Command::new(&self.program)
            .args(&self.args)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .map_err(text)?;
        self.child = Some(child);
        let deadline = Instant::now() + Duration::from_secs(60);
        while !answers(self.port, false) {
            if Instant::now() > deadline {
                return Err(format!(
                    "influxd does not answer again; its log is in {}",
                    self.folder.display()
                ));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// Kills the server as if the power were cut to it alone.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// `http://127.0.0.1:port`.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for MortalInfluxd {
    fn drop(&mut self) {
        self.kill();
        let _ = fs::remove_dir_all(&self.folder);
    }
}
