#!/usr/bin/env python3
"""A tracking server, or a collector, that takes traces and only counts them.

    tracker.py PORT [hang]

Answers what an exporter of traces asks of MLflow; GET /counts tells how many spans and infos came. With `hang`, requests
with traces get no answer for 30 seconds. Python standard library only.
"""

import asyncio
import gzip
import json
import sys

COUNTS = {"spans": 0, "infos": 0, "requests": 0}
HANGS = "hang" in sys.argv[2:]


def fields(data):
    """The fields of a message of Protocol Buffers: number and bytes of those that have a length."""
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(data):
        key = varint()
        kind = key & 7
        if kind == 2:
            size = varint()
            yield key >> 3, data[at:at + size]
            at += size
        elif kind == 0:
            varint()
        else:
            at += 8 if kind == 1 else 4


def count_spans(body):
    """How many spans an OTLP request holds."""
    return sum(1 for n, resource in fields(body) if n == 1
               for n, scope in fields(resource) if n == 2
               for n, _ in fields(scope) if n == 2)


def reply(method, path, headers, body):
    """What a healthy server says."""
    if path == "/v1/traces":
        COUNTS["requests"] += 1
        COUNTS["spans"] += count_spans(gzip.decompress(body) if b"content-encoding: gzip" in headers else body)
        return b""
    if path == "/api/3.0/mlflow/traces":
        COUNTS["infos"] += 1
        return b'{"trace":{"trace_info":{"tags":{}}}}'
    if path == "/counts":
        return json.dumps(COUNTS).encode()
    return b'{"experiment":{"experiment_id":"1","lifecycle_stage":"active"}}'


async def serve(reader, writer):
    """One connection."""
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = head.partition(b"content-length:")[2].split(b"\r\n", 1)[0].strip()
            body = await reader.readexactly(int(length)) if length else b""
            method, path, _ = head.split(b" ", 2)
            path = path.decode()
            if HANGS and path in ("/v1/traces", "/api/3.0/mlflow/traces"):
                await asyncio.sleep(30)
            answer = reply(method, path, head, body)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(answer)
                         + answer)
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", int(sys.argv[1]), limit=1 << 24)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
