"""The rows of an answer as aioinflux gives them, and the sum of their values as the Rust side makes it."""

import struct
from typing import NamedTuple

from aioinflux import iterpoints


class Load(NamedTuple):
    time: int
    load1: float
    status: str
    temp_c: float
    throttled: bool
    uptime: int
    usage_idle: float
    usage_system: float
    usage_user: float
    tags: dict


def parser(*row, meta):
    return Load(*row, meta["tags"])


def loads(answer):
    """All rows. `iterpoints` ends after one series, so it is called for each."""
    for statement in answer["results"]:
        for series in statement["series"]:
            yield from iterpoints({"results": [{**statement, "series": [series]}]}, parser)


def add(row):
    """The part of a row in the sum of all values."""
    floats = struct.pack("<5d", row.load1, row.temp_c, row.usage_idle, row.usage_system, row.usage_user)
    texts = [text.encode() for text in (*row.tags.values(), row.status)]
    numbers = row.time + row.uptime + row.throttled + sum(struct.unpack("<5Q", floats))
    return numbers + sum(len(text) + text[-1] for text in texts)


def verdict(answer, count):
    """Whether `iterpoints` alone would do."""
    read = sum(1 for _ in iterpoints(answer))
    return "yes" if read == count else f"no: `iterpoints` gives {read} of {count} rows; called for each series here"
