"""A whole query by aioinflux: seconds to the first row and to the last, the sum of all values, whether it is right."""

import asyncio
import sys
import time
from urllib.parse import urlsplit

from aioinflux import InfluxDBClient

from loads import add, loads, verdict


async def main():
    url, database, query = sys.argv[1:]
    place = urlsplit(url)
    async with InfluxDBClient(host=place.hostname, port=place.port, db=database) as client:
        await client.ping()
        start = time.perf_counter()
        answer = await client.query(query)
        first, rows = None, 0
        for _ in loads(answer):
            first = first or time.perf_counter() - start
            rows += 1
        last = time.perf_counter() - start
        total = sum(map(add, loads(answer))) % 2**64
        print(first, last, total, verdict(answer, rows))


asyncio.run(main())
