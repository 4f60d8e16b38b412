#!/usr/bin/env bash
# The table of the writers, with the Python client, whose package goes into a virtual environment below the target folder.
set -euo pipefail
cd "$(dirname "$0")"
cargo build --quiet --release --locked --bin writers
source ./environment.sh
exec "$target/release/writers" --python "$python" "$@"
