#!/usr/bin/env python3
"""What a struct costs to compile: crates of N structs of ten members, written and read, by this project and by serde.

    benches/compile.py [--structs N] [--profile debug|release] [--only TEXT] [--rounds N]

Each crate is built without a struct first, with everything that it depends on; then the crate itself with N structs. CPU is the time of all
of the compiler's and linker's threads for that; memory is the most that one of their processes held; size is what each struct adds to the
stripped program. Nothing is incremental. Ratios are to serde with serde_json.
"""

import argparse
import os
import pathlib
import resource
import shutil
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent

FIELDS = [("host", "String"), ("rack", "String"), ("region", "String"), ("load1", "f64"), ("temp_c", "f64"),
          ("usage", "f64"), ("uptime", "i64"), ("throttled", "bool"), ("status", "Option<String>")]

INFLUX = """
#[derive(influx_core::LineProtocol, influx_core::FromRow)]
pub struct S{n} {{
    #[timestamp] time: i64,
    #[tag] {tags}
    {fields}
}}
"""
INFLUX_USE = """
pub fn s{n}(body: &[u8], out: &mut influx_core::LineWriter) -> Result<(), Box<dyn std::error::Error>> {{
    {read}
    {write}
    Ok(())
}}
"""
INFLUX_READ = """let mut scratch = influx_core::decode::Scratch::new();
    let rows: Vec<S{n}> = influx_core::decode::influxql::iterpoints(body, &mut scratch).collect::<Result<_, _>>()?;
    std::hint::black_box(&rows);"""
INFLUX_WRITE = "out.write_all(unsafe {{ std::slice::from_raw_parts(body.as_ptr().cast::<S{n}>(), 1) }})?;"
BOTH_WRITE = "out.write_all(&rows)?;"

SERDE = """
#[derive(serde::Serialize, serde::Deserialize)]
pub struct S{n} {{ time: i64, {tags} {fields} }}
"""
SERDE_USE = """
pub fn s{n}(body: &[u8], out: &mut Vec<u8>) -> Result<(), Box<dyn std::error::Error>> {{
    let rows: Vec<S{n}> = serde_json::from_slice(body)?;
    serde_json::to_writer(out, &rows)?;
    Ok(())
}}
"""
CLIENT_USE = """
pub async fn s{n}(client: &influx_client::Client) -> Result<(), Box<dyn std::error::Error>> {{
    let rows: Vec<S{n}> = client.influxql("SELECT * FROM s").fetch_all().await?;
    client.write(&rows).await?;
    Ok(())
}}
"""


def members(sep, tag):
    tags = [(name, ty) for name, ty in FIELDS[:3]]
    return (tag.join(f"{name}: {ty}, " for name, ty in tags), " ".join(f"{name}: {ty}," for name, ty in FIELDS[3:]))


def structs(template, use, count, tag, **parts):
    tags, fields = members("", tag)
    text = "#![allow(dead_code)]\n"
    for n in range(count):
        text += template.format(n=n, tags=tags, fields=fields)
        text += use.format(n=n, **{key: part.format(n=n) for key, part in parts.items()})
    return text


def influx(count, read, write):
    text = structs(INFLUX, INFLUX_USE, count, "#[tag] ", read=read, write=write)
    calls = "".join(f"s{n}(&body, &mut out)?;" for n in range(count))
    return text + f"""fn main() -> Result<(), Box<dyn std::error::Error>> {{
    let body = std::fs::read(std::env::args().nth(1).unwrap_or_default())?;
    let mut out = influx_core::LineWriter::new(influx_core::Dialect::V2);
    {calls}
    println!("{{}}", out.len() + body.len());
    Ok(())
}}
"""


def serde(count):
    text = structs(SERDE, SERDE_USE, count, "")
    calls = "".join(f"s{n}(&body, &mut out)?;" for n in range(count))
    return text + f"""fn main() -> Result<(), Box<dyn std::error::Error>> {{
    let body = std::fs::read(std::env::args().nth(1).unwrap_or_default())?;
    let mut out = Vec::<u8>::new();
    let _ = serde_json::from_slice::<serde_json::Value>(&body)?;
    {calls}
    println!("{{}}", out.len());
    Ok(())
}}
"""


def client(count):
    text = structs(INFLUX, CLIENT_USE, count, "#[tag] ").replace("influx_core::", "influx_client::")
    calls = "".join(f"s{n}(&client).await?;" for n in range(count))
    return text + f"""#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {{
    let client = influx_client::Client::v1("http://localhost:8086").database("d").build()?;
    client.ping().await?;
    {calls}
    Ok(())
}}
"""


CORE = f'influx-core = {{ path = "{HERE.parent}/influx-core" }}'
CONTENDERS = [
    ("serde with serde_json", 'serde = { version = "1", features = ["derive"] }\nserde_json = "1"', serde),
    ("influx: write_all, iterpoints", CORE, lambda count: influx(count, INFLUX_READ, BOTH_WRITE)),
    ("influx: iterpoints alone", CORE, lambda count: influx(count, INFLUX_READ, "")),
    ("influx: write_all alone", CORE, lambda count: influx(count, "", INFLUX_WRITE)),
    ("influx: client.write, fetch_all", f'influx-client = {{ path = "{HERE.parent}/influx-client", default-features = false }}\n'
     'tokio = { version = "1", features = ["rt", "macros"] }', client),
]


def build(folder, profile, source):
    """CPU seconds and the most MiB of one process."""
    (folder / "src/main.rs").write_text(source)
    args = ["cargo", "build", "--quiet", "--offline"] + (["--release"] if profile == "release" else [])
    env = dict(os.environ, CARGO_INCREMENTAL="0", CARGO_TARGET_DIR=str(folder.parent / "target"))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    watch = ["/usr/bin/time", "-f", "%M"] if shutil.which("/usr/bin/time") else []
    run = subprocess.run(watch + args, cwd=folder, env=env, capture_output=True, text=True)
    if run.returncode != 0:
        sys.exit(run.stderr)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    memory = int(run.stderr.split()[-1]) / 1024 if watch else 0
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, memory


def size(folder, profile):
    program = folder.parent / "target" / profile / folder.name
    stripped = program.with_suffix(".stripped")
    subprocess.run(["strip", "-o", stripped, program], check=True)
    return stripped.stat().st_size


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--structs", type=int, default=50)
    parser.add_argument("--profile", action="append", choices=["debug", "release"])
    parser.add_argument("--only", default="")
    parser.add_argument("--rounds", type=int, default=1)
    options = parser.parse_args()
    metadata = subprocess.run(["cargo", "metadata", "--format-version", "1", "--no-deps"], cwd=HERE, capture_output=True, text=True)
    target = metadata.stdout.split('"target_directory":"')[1].split('"')[0]
    work = pathlib.Path(target) / "compile"
    for profile in options.profile or ["debug", "release"]:
        base = None
        print(f"{options.structs} structs of ten members, {profile}")
        print(f"{'':36}{'CPU s':>8}{'ratio':>7}{'MiB':>6}{'KiB a struct':>14}")
        for at, (name, dependencies, source) in enumerate(CONTENDERS):
            if options.only not in name and at > 0:
                continue
            folder = work / f"contender{at}"
            (folder / "src").mkdir(parents=True, exist_ok=True)
            (folder / "Cargo.toml").write_text(
                f'[package]\nname = "{folder.name}"\nversion = "0.0.0"\nedition = "2024"\n[dependencies]\n{dependencies}\n[workspace]\n')
            if not (folder / "Cargo.lock").exists():
                shutil.copy(HERE / "Cargo.lock", folder / "Cargo.lock")
                (folder / "src/main.rs").write_text("fn main() {}")
                subprocess.run(["cargo", "update", "--workspace", "--quiet"], cwd=folder, check=True)
            figures = []
            for _ in range(options.rounds):
                build(folder, profile, source(0))
                least = size(folder, profile)
                figures.append(build(folder, profile, source(options.structs)))
            each = (size(folder, profile) - least) / options.structs / 1024
            cpu, memory = statistics.median(cpu for cpu, _ in figures), max(memory for _, memory in figures)
            base = base or cpu
            print(f"{name:36}{cpu:8.2f}{cpu / base:7.2f}{memory:6.0f}{each:14.1f}", flush=True)


if __name__ == "__main__":
    main()
