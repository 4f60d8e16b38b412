# Reads the files of annotated CSV whose paths it is given, with the official client: the rows of each, and the error behind them.
import datetime
import io
import json
import sys

from influxdb_client.client.flux_csv_parser import FluxCsvParser, FluxQueryException, FluxSerializationMode
from urllib3 import HTTPResponse


def plain(value):
    if isinstance(value, datetime.datetime):
        # it has no nanoseconds
        return "time " + str(int((value - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)) / datetime.timedelta(microseconds=1)))
    if isinstance(value, float):
        return "float " + ("nan" if value != value else value.hex())
    return value


def read(path):
    with open(path, "rb") as file:
        response = HTTPResponse(io.BytesIO(file.read()), preload_content=False)
    rows, error = [], None
    try:
        with FluxCsvParser(response, FluxSerializationMode.stream) as parser:
            for record in parser.generator():
                rows.append([plain(value) for value in record.row])
    except FluxQueryException as problem:
        error = problem.message
    return {"rows": rows, "error": error}


answers = [read(path) for path in sys.stdin.read().splitlines()]
# the client prints warnings
print("\n" + json.dumps(answers))
