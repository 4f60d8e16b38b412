//! What the tables say beside times.

use std::process::Command;

/// Allocations per point: a few per run are none.
pub fn few(count: f64) -> String {
    if count < 0.05 { "0".to_owned() } else { format!("{count:.1}") }
}

/// Its name and version.
pub fn compiler() -> String {
    let output = Command::new("rustc").arg("--version").output();
    let version = output.ok().and_then(|output| String::from_utf8(output.stdout).ok());
    version.map_or_else(|| "rustc of unknown version".into(), |version| version.trim().to_owned())
}

/// What the program was compiled for, not what it runs on.
pub fn target() -> String {
    let vectors = if cfg!(target_feature = "avx512bw") {
        " with AVX-512"
    } else if cfg!(target_feature = "avx2") {
        " with AVX2"
    } else if cfg!(target_feature = "sse2") {
        " with SSE2, the baseline"
    } else {
        ", the baseline"
    };
    format!("compiled for {}{vectors}", std::env::consts::ARCH)
}
