"""Points from their lines."""

import re


def unescape(text):
    return re.sub(r"\\([,= ])", r"\1", text)


def value(text):
    if text.startswith('"'):
        return re.sub(r'\\(["\\])', r"\1", text[1:-1])
    return int(text[:-1]) if text.endswith("i") else float(text)


def parse(line):
    """A line of these shapes: measurement, tags, fields, time."""
    head, fields, stamp = re.fullmatch(r"((?:\\.|[^ \\])+) (.*) (\d+)", line, re.S).groups()
    name, *tags = re.split(r"(?<!\\),", head)
    tags = dict(map(unescape, re.split(r"(?<!\\)=", tag, maxsplit=1)) for tag in tags)
    pairs = re.findall(r'(?:^|,)(\w+)=("(?:\\.|[^"\\])*"|[^,]+)', fields, re.S)
    return name, tags, {key: value(text) for key, text in pairs}, int(stamp)
