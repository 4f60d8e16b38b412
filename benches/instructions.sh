#!/usr/bin/env bash
# Instructions per point of our encoders and of the passes over encoded lines, per row of our readers, and of the limits, counted by
# valgrind, compared with the figures in instructions.txt.
# Fails when one is more than 3 % above its figure. `instructions.sh --record` writes the figures anew.
set -euo pipefail
cd "$(dirname "$0")"

figures=instructions.txt
points=500
# two series; four frames of 64 KiB
rows=2000
few=2
many=6

case "${1-}" in
    "" | --record) ;;
    *) echo "usage: instructions.sh [--record]" >&2; exit 2 ;;
esac
if ! command -v valgrind >/dev/null; then
    echo "instructions.sh: valgrind is not installed, and nothing else counts instructions here (Debian: apt-get install valgrind)" >&2
    exit 1
fi
if [ "$(uname -m)" != x86_64 ]; then
    echo "instructions.sh: the figures are for x86_64, this is $(uname -m)" >&2
    exit 1
fi

# the other crates are not needed, and slow to build
cargo build --quiet --release --locked --no-default-features --bin instructions
program=$(cargo metadata --format-version 1 --no-deps | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')/release/instructions

# instructions NAME KIND COUNT REPEATS: of the whole program
instructions() {
    local report count
    report=$(valgrind --tool=callgrind --callgrind-out-file=/dev/null "$program" "$@" 2>&1) || {
        echo "$report" >&2
        exit 1
    }
    count=$(sed -n 's/.*Collected : \([0-9]*\).*/\1/p' <<<"$report")
    if [ -z "$count" ]; then
        echo "$report" >&2
        echo "instructions.sh: no count in valgrind's report" >&2
        exit 1
    fi
    echo "$count"
}

# per_point ENCODER SHAPE or READER FORMAT: the start and the first runs, which let buffers grow, cancel out
per_point() {
    local low high count=$points
    case "$2" in json | msgpack | csv) count=$rows ;; esac
    low=$(instructions "$1" "$2" "$count" "$few")
    high=$(instructions "$1" "$2" "$count" "$many")
    echo $(((high - low) / ((many - few) * count)))
}

if [ "${1-}" = --record ]; then
    new=$(mktemp)
    trap 'rm -f "$new"' EXIT
    {
        echo "# encoder, shape, instructions per point; reader, format, instructions per row; written by instructions.sh --record with $(rustc --version)"
        for encoder in influx default_tags point check repeats limit; do
            for shape in trade cpu_f64 cpu_i64 esc; do
                echo "$encoder $shape $(per_point "$encoder" "$shape")"
            done
        done
        for reader in lent small borrowed owned limit; do
            echo "$reader json $(per_point "$reader" json)"
        done
        echo "msgpack msgpack $(per_point msgpack msgpack)"
        for reader in csv csv_small csv_borrowed; do
            echo "$reader csv $(per_point "$reader" csv)"
        done
    } | tee "$new"
    cp "$new" "$figures"
    exit
fi

slower=0 faster=0 compared=0
while read -r encoder shape figure; do
    case "$encoder" in "" | "#"*) continue ;; esac
    count=$(per_point "$encoder" "$shape")
    compared=$((compared + 1))
    verdict=ok
    if [ $((count * 100)) -gt $((figure * 103)) ]; then
        verdict="MORE than 3 % above"
        slower=$((slower + 1))
    elif [ $((count * 100)) -lt $((figure * 97)) ]; then
        verdict="more than 3 % below"
        faster=$((faster + 1))
    fi
    printf '%-14s %-8s %6d  recorded %6d  %s\n' "$encoder" "$shape" "$count" "$figure" "$verdict"
done <"$figures"

if [ "$compared" -eq 0 ]; then
    echo "instructions.sh: $figures holds no figures; record them with: benches/instructions.sh --record" >&2
    exit 1
fi
if [ "$faster" -gt 0 ]; then
    echo "$faster of $compared are more than 3 % below their figures: record the new ones with benches/instructions.sh --record and commit $figures"
fi
if [ "$slower" -gt 0 ]; then
    echo "$slower of $compared are more than 3 % above their figures in benches/$figures ($(head -n 1 "$figures" | sed 's/.*with //')); this is $(rustc --version)" >&2
    exit 1
fi
