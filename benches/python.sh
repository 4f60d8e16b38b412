#!/usr/bin/env bash
# The Python clients beside the derive, on the same points: more rows of the table. Their packages go into a virtual
# environment below the target folder.
set -euo pipefail
cd "$(dirname "$0")"
cargo build --quiet --release --locked --no-default-features --bin points
target=$(cargo metadata --format-version 1 --no-deps | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')
if [ ! -x "$target/python/bin/python" ]; then
    python3 -m venv "$target/python"
    "$target/python/bin/pip" install --quiet aioinflux==0.9.0 influxdb-client==1.50.0
fi
exec "$target/python/bin/python" -W ignore peers.py "$target/release/points"
