"""The client's side of a WebSocket (RFC 6455), as much as the checks need. Python standard library only."""

import json
import os
import socket

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
TERMINAL = {"error", "response.completed", "response.failed", "response.incomplete"}


def frame(payload, opcode=TEXT, *, last=True, key=None):
    """The bytes of a client's frame."""
    key = os.urandom(4) if key is None else key
    size = len(payload)
    if size < 126:
        head = bytes([opcode | (0x80 if last else 0), 0x80 | size])
    elif size < 65536:
        head = bytes([opcode | (0x80 if last else 0), 0xFE]) + size.to_bytes(2, "big")
    else:
        head = bytes([opcode | (0x80 if last else 0), 0xFF]) + size.to_bytes(8, "big")
    return head + key + bytes(byte ^ key[n % 4] for n, byte in enumerate(payload))


class WebSocket:
    """One connection. `raw` is its socket."""

    def __init__(self, port, path="/v1/responses", timeout=30):
        self.raw = socket.create_connection(("127.0.0.1", port), timeout)
        self.raw.sendall(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
        )
        self.file = self.raw.makefile("rb")
        status = self.file.readline().split()
        while self.file.readline().strip():
            pass
        if status[1:2] != [b"101"]:
            raise ConnectionError(f"no WebSocket: {status}")

    def close(self):
        """Closes without a goodbye."""
        self.file.close()
        self.raw.close()

    def read(self):
        """Opcode and payload of the server's next frame; None at the end."""
        head = self.file.read(2)
        if len(head) < 2:
            return None
        size = head[1] & 127
        if size > 125:
            size = int.from_bytes(self.file.read(2 if size == 126 else 8), "big")
        return head[0] & 15, self.file.read(size)

    def turn(self, body):
        """Asks for a response; the event that ends the turn."""
        self.raw.sendall(frame(json.dumps({"type": "response.create", **body}).encode()))
        while (got := self.read()) is not None:
            opcode, payload = got
            if opcode == PING:
                self.raw.sendall(frame(payload, PONG))
            elif opcode == TEXT and (event := json.loads(payload)).get("type") in TERMINAL:
                return event
        raise ConnectionError("the server closed within a turn")
