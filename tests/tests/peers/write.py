# Writes what the test writes, with the official client.
import datetime
import sys

from influxdb_client import InfluxDBClient, Point, WritePrecision
from influxdb_client.client.write_api import SYNCHRONOUS

url = sys.argv[1]
client = InfluxDBClient(url=url, token="t", org="my desk")
api = client.write_api(write_options=SYNCHRONOUS)
TIME = 1700000000123456789


def point(name):
    return Point(name).time(TIME)


api.write(bucket="b/c", record=[
    point("trades").tag("instrument", "AAPL").tag("side", "BUY").field("price", 189.25).field("size", 100),
    point("my trades,x").tag("a b", "c,d").tag("e=f", "g=h i").field("k l,m=n", 0.1),
    point("m").field("s", 'say "x" \\ and\nmore').field("t", True).field("u", False),
    point("m").tag("path", "C:\\dir\\file").field("i", -9223372036854775808).field("j", 9223372036854775807),
    point("\u6e29\u5ea6").tag("ort", "K\u00f6ln \U0001f980").field("\u00e9", -1.5),
    point("m").tag("b", "1").tag("a", "2").tag("none", None).tag("empty", "").field("f", 1e-05),
])
for precision in (WritePrecision.S, WritePrecision.MS, WritePrecision.US):
    divisor = {WritePrecision.S: 10**9, WritePrecision.MS: 10**6, WritePrecision.US: 10**3}[precision]
    api.write(bucket="b/c", write_precision=precision,
              record=Point("p").field("f", 2.5).time(TIME // divisor, precision))

parameters = {
    "text": 'a"b\\c${1}\n',
    "int": -5,
    "float": 2.5,
    "flag": True,
    "time": datetime.datetime(1998, 3, 4, 5, 6, 7, 8, tzinfo=datetime.timezone.utc),
    "list": ["x", "y"],
}
client.query_api().query("from(bucket: text)", params=parameters)
