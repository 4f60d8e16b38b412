#!/usr/bin/env bash
# Whole queries against a real InfluxDB 1.x, which is found or fetched: wall time of this project's client and others, Python's too.
set -euo pipefail
cd "$(dirname "$0")"
cargo build --quiet --release --locked --bin queries
source ./environment.sh
exec "$target/release/queries" --python "$python" "$@"
