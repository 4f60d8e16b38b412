"""Gives points to influxdb-client's batching writer: their lines first, then `give` for each time. Answers with the nanoseconds that the
giving thread and the whole process ran."""

import sys
import time

from influxdb_client import InfluxDBClient, Point, WriteOptions

from points import parse


def give(client, options, points):
    thread, process = time.thread_time_ns(), time.process_time_ns()
    # its flush does nothing: only close waits
    with client.write_api(write_options=options) as writer:
        for name, tags, fields, stamp in points:
            point = Point(name)
            for key, text in tags.items():
                point.tag(key, text)
            for key, content in fields.items():
                point.field(key, content)
            writer.write("d", "o", point.time(stamp))
        giving = time.thread_time_ns() - thread
    return giving, time.process_time_ns() - process


def main():
    url, batch = sys.argv[1:]
    points = [parse(line.rstrip("\n")) for line in iter(sys.stdin.readline, "\n")]
    with InfluxDBClient(url, "t", org="o", timeout=60_000) as client:
        options = WriteOptions(batch_size=int(batch), flush_interval=1_000)
        while sys.stdin.readline():
            print(*give(client, options, points), flush=True)


main()
