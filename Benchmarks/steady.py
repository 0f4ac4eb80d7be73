#!/usr/bin/env python3
"""Send requests at a fixed rate, whether earlier ones are answered or not, and print their latencies as JSON.

    steady.py --url URL --body JSON --rate 1500 --seconds 10 --connections 64

A latency counts from the moment when the request was due, not from when a connection was free for it: a server that
falls behind cannot hide that. Python standard library only.
"""

import argparse
import asyncio
import json
import time
import urllib.parse


async def answer(reader):
    """Reads one answer; its status."""
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.decode("latin-1").lower().split("\r\n")
    length = next(int(line.partition(":")[2]) for line in lines if line.startswith("content-length:"))
    await reader.readexactly(length)
    return int(lines[0].split()[1])


async def connection(place, request, due, latencies, faults):
    """Takes due requests, one after the other, on one connection."""
    reader, writer = await asyncio.open_connection(*place)
    while (moment := await due.get()) is not None:
        writer.write(request)
        if await answer(reader) != 200:
            faults.append(1)
        latencies.append(time.monotonic() - moment)
    writer.close()


async def run(args):
    """The latencies of all requests, in seconds, and how many went wrong."""
    parts = urllib.parse.urlsplit(args.url)
    body = args.body.encode()
    request = (f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: application/json\r\n"
               f"Content-Length: {len(body)}\r\n\r\n").encode() + body
    due, latencies, faults = asyncio.Queue(), [], []
    place = (parts.hostname, parts.port)
    clients = [asyncio.create_task(connection(place, request, due, latencies, faults)) for _ in range(args.connections)]
    began, sent, total = time.monotonic(), 0, int(args.rate * args.seconds)
    while sent < total:
        now = time.monotonic()
        while sent < total and (moment := began + sent / args.rate) <= now:
            due.put_nowait(moment)
            sent += 1
        await asyncio.sleep(0.0005)
    for _ in clients:
        due.put_nowait(None)
    await asyncio.gather(*clients)
    return sorted(latencies), len(faults), time.monotonic() - began


def main():
    """Send and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", required=True)
    parser.add_argument("--body", required=True)
    parser.add_argument("--rate", type=float, required=True)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--connections", type=int, default=64)
    args = parser.parse_args()
    latencies, faults, seconds = asyncio.run(run(args))
    def at(share):
        return latencies[min(len(latencies) - 1, int(share * len(latencies)))] * 1e3
    print(json.dumps({"count": len(latencies), "faults": faults, "per_s": len(latencies) / seconds,
                      "p50": at(0.5), "p99": at(0.99), "max": latencies[-1] * 1e3}))


if __name__ == "__main__":
    main()
