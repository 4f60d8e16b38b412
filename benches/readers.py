"""Row of the table of readers for Python: `json.loads` and aioinflux's `iterpoints`, with the ratio to the first row."""

import json
import subprocess
import sys
import time

from loads import add, loads, verdict

COUNT = 100_000
ROUNDS = 5


def read(body):
    rows = 0
    for _ in loads(json.loads(body)):
        rows += 1
    return rows


def main():
    output = subprocess.run([sys.argv[1], str(COUNT)], check=True, capture_output=True).stdout
    head, body = output.split(b"\n", 1)
    ours, expected = float(head.split()[1]), int(head.split()[2])
    times = []
    for _ in range(ROUNDS):
        start = time.thread_time_ns()
        rows = read(body)
        times.append((time.thread_time_ns() - start) / COUNT)
    nanos = sorted(times)[ROUNDS // 2]
    answer = json.loads(body)
    right = rows == COUNT and sum(map(add, loads(answer))) % 2**64 == expected
    correct = verdict(answer, COUNT) if right else "no: other values"
    speed = len(body) / COUNT / nanos * 1000
    print(f"| aioinflux 0.9, `iterpoints` (Python) | json | {speed:.0f} | {nanos:.1f} | {nanos / ours:.2f} | | {correct} |")


main()
