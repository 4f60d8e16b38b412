#!/usr/bin/env bash
# The Python clients beside the derives, on the same points and answers: more rows of the tables. Their packages go into a virtual
# environment below the target folder.
set -euo pipefail
cd "$(dirname "$0")"
cargo build --quiet --release --locked --no-default-features --bin points --bin answer
source ./environment.sh
"$python" -W ignore peers.py "$target/release/points"
"$python" -W ignore readers.py "$target/release/answer"
