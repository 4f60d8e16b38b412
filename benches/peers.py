"""Rows of the table for the Python clients: nanoseconds per point and, in brackets, the ratio to the derive."""

import subprocess
import sys
import time
from typing import NamedTuple

from aioinflux import FLOAT, INT, MEASUREMENT, STR, TAG, TIMEINT, lineprotocol
from influxdb_client import Point

from points import parse

SHAPES = ["trade", "cpu_f64", "cpu_i64", "esc"]
COUNT = 10_000
ROUNDS = 5


def aioinflux_points(points):
    """One class of the decorator, with the columns of the points."""
    name, tags, fields, _ = points[0]
    kinds = {float: FLOAT, int: INT, str: STR}
    columns = {"timestamp": TIMEINT, "measurement": MEASUREMENT}
    columns |= {key: TAG for key in tags} | {key: kinds[type(v)] for key, v in fields.items()}
    kind = lineprotocol(NamedTuple("Shape", list(columns.items())))
    return [kind(stamp, name, *tags.values(), *fields.values()) for _, tags, fields, stamp in points]


def aioinflux(objects):
    return [point.to_lineprotocol() for point in objects]


def influxdb_client(points):
    lines = []
    for name, tags, fields, stamp in points:
        point = Point(name)
        for key, text in tags.items():
            point.tag(key, text)
        for key, content in fields.items():
            point.field(key, content)
        lines.append(point.time(stamp).to_line_protocol())
    return lines


def measure(encode, objects):
    times = []
    for _ in range(ROUNDS):
        start = time.thread_time_ns()
        lines = encode(objects)
        times.append((time.thread_time_ns() - start) / len(objects))
    return sorted(times)[ROUNDS // 2], lines


def first_wrong(lines, points):
    for line, point in zip(lines, points):
        line = line.decode() if isinstance(line, bytes) else line
        try:
            if parse(line) == point:
                continue
        except (AttributeError, ValueError):
            pass
        return f"no: `{line[:60]}..`"
    return "yes"


def main():
    cells = {"aioinflux 0.9 (Python)": [], "influxdb-client 1.50 `Point` (Python)": []}
    correct = dict.fromkeys(cells, "yes")
    for shape in SHAPES:
        output = subprocess.run([sys.argv[1], shape, str(COUNT)], check=True, capture_output=True, text=True).stdout
        first, *lines = output.splitlines()
        ours = float(first[2:])
        points = [parse(line) for line in lines]
        runs = [(aioinflux, aioinflux_points(points)), (influxdb_client, points)]
        for name, (encode, objects) in zip(cells, runs):
            nanos, encoded = measure(encode, objects)
            cells[name].append(f"{nanos:.0f} ({nanos / ours:.0f})")
            if correct[name] == "yes":
                correct[name] = first_wrong(encoded, points)
    for name, row in cells.items():
        print(f"| {name} | {' | '.join(row)} | | {correct[name]} |")


main()
