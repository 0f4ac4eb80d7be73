#!/usr/bin/env python3
"""Open many event streams, or WebSockets, and keep them open, in one process of its own.

    streams.py --url http://127.0.0.1:8000/invocations --counts 1000,10000
    streams.py --websocket --url http://127.0.0.1:8000/responses --counts 1000,10000

Each stream is a connection that has sent its request and has received its first event; each WebSocket one that has had
a turn, up to its last event, and is idle. When all of a count are open,
a line of JSON says so: {"open": 1000, "broken": 0, "seconds": 0.4}. The next line on standard input, or its end,
goes on to the next count; after the last one, everything is closed. Exits 1 when a stream could not be opened or did
not stay open. Python standard library only.
"""

import argparse
import json
import resource
import selectors
import socket
import sys
import time
from urllib.parse import urlsplit

HOLD = {"stream": True, "input": [{"role": "user", "content": "hold 600"}]}
TURN = {"type": "response.create", "store": False, "input": "hello there"}


class Streams:
    """Connections to one server, each with a stream that has begun."""

    status, begins = b"HTTP/1.1 200", b"data: "

    def __init__(self, url, body, at_once):
        parts = urlsplit(url)
        self.address = (parts.hostname, parts.port or 80)
        self.request = self.bytes(parts, body)
        self.at_once = at_once
        self.selector = selectors.DefaultSelector()
        self.begun = {}  # socket: what it has received; None once the first event is there
        self.opening = 0
        self.open = 0
        self.broken = 0
        self.first_problem = None

    def bytes(self, parts, body):
        """What a connection sends."""
        return (
            f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        ).encode() + body

    def connect(self):
        """Begins one stream."""
        sock = socket.socket()
        sock.setblocking(False)
        sock.connect_ex(self.address)
        self.begun[sock] = b""
        self.opening += 1
        self.selector.register(sock, selectors.EVENT_WRITE)

    def step(self, timeout):
        """Handles what has happened on the connections; whether `hold`'s file has something to say."""
        said = False
        for key, _ in self.selector.select(timeout):
            sock = key.fileobj
            try:
                if key.data == "until":
                    said = True
                elif key.events == selectors.EVENT_WRITE:
                    if error := sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                        raise OSError(error, "could not connect")
                    sock.sendall(self.request)
                    self.selector.modify(sock, selectors.EVENT_READ)
                else:
                    self.receive(sock, sock.recv(1 << 16))
            except OSError as error:
                self.give_up(sock, str(error))
        return said

    def receive(self, sock, data):
        """Looks for the first event in what has come so far."""
        so_far = self.begun[sock]
        if not data:
            self.give_up(sock, f"closed by the server after {(so_far or b'')[:300]!r}")
        elif so_far is not None:
            so_far += data
            if not so_far.startswith(self.status[: len(so_far)]):
                self.give_up(sock, f"answered {so_far[:300]!r}")
            elif self.begins in so_far:
                self.begun[sock] = None
                self.opening -= 1
                self.open += 1
            else:
                self.begun[sock] = so_far

    def give_up(self, sock, problem):
        """Counts a stream that could not be opened or did not stay open."""
        self.first_problem = self.first_problem or problem
        if self.begun.pop(sock) is None:
            self.open -= 1
        else:
            self.opening -= 1
        self.broken += 1
        self.selector.unregister(sock)
        sock.close()

    def reach(self, count, timeout):
        """Opens streams until there are `count`."""
        deadline = time.monotonic() + timeout
        while self.open + self.broken < count and time.monotonic() < deadline:
            while self.opening < self.at_once and self.open + self.broken + self.opening < count:
                self.connect()
            self.step(0.1)
        if self.open + self.broken < count:
            self.first_problem = self.first_problem or f"not all open within {timeout} s"

    def hold(self, until):
        """Reads on until there is a line on a pipe or terminal, or its end."""
        self.selector.register(until, selectors.EVENT_READ, "until")
        while not self.step(None):
            pass
        self.selector.unregister(until)
        until.readline()


class WebSockets(Streams):
    """WebSockets, each with one turn behind it.

    The turn is sent with the handshake, without waiting for the answer; the mask is zero, so the text stays readable.
    """

    status, begins = b"HTTP/1.1 101", b'"type":"response.completed"'

    def bytes(self, parts, body):
        """The handshake and one frame of text."""
        size = bytes([0x80 | len(body)]) if len(body) < 126 else b"\xfe" + len(body).to_bytes(2, "big")
        return (
            f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        ).encode() + b"\x81" + size + bytes(4) + body


def main():
    """Open, report, hold."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", required=True)
    parser.add_argument("--counts", default="1000", help="how many streams, in steps: 1000,10000")
    parser.add_argument("--websocket", action="store_true", help="open WebSockets instead")
    parser.add_argument("--body", help="the JSON to send; at most 64 KiB on a WebSocket")
    parser.add_argument("--at-once", type=int, default=200, help="how many to open at once; mind the listen backlog")
    parser.add_argument("--timeout", type=float, default=120, help="seconds for each step")
    args = parser.parse_args()
    counts = [int(count) for count in args.counts.split(",")]

    raise_file_limit(max(counts) + 100)
    body = args.body or json.dumps(TURN if args.websocket else HOLD)
    streams = (WebSockets if args.websocket else Streams)(args.url, body.encode(), args.at_once)
    for count in counts:
        began = time.monotonic()
        streams.reach(count, args.timeout)
        seconds = round(time.monotonic() - began, 3)
        print(json.dumps({"open": streams.open, "broken": streams.broken, "seconds": seconds}), flush=True)
        if streams.open < count:
            break
        streams.hold(sys.stdin.buffer)
    if streams.first_problem:
        print(f"streams.py: {streams.broken} broken; the first: {streams.first_problem}", file=sys.stderr)
        return 1
    return 0


def raise_file_limit(wanted):
    """Allows this process and its children so many open files."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return
    if hard != resource.RLIM_INFINITY:
        hard = max(hard, wanted)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    except (ValueError, OSError):
        sys.exit(f"{wanted} open files are needed; the limit is {hard} (`ulimit -Hn`)")


if __name__ == "__main__":
    sys.exit(main())
