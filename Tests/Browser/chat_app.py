#!/usr/bin/env python3
"""A small chat app, served the way a bundler's are, whose page checks by itself what reaches it.

    Tests/Browser/chat_app.py --port PORT

It listens on localhost. The page sends a message and reads the streamed answer, opens a WebSocket, tries what else
such apps rely on, shows all of it, and reports each check to /api/report. /api/seen answers with the report and with
what the app saw. Python standard library only.
"""

import argparse
import asyncio
import base64
import errno
import gzip
import hashlib
import json
import re
import socket
import struct
import sys
import zlib
from http import HTTPStatus

PIECE_S = 0.1
PIECES = ["This answer", " comes in pieces,", " each an event of its own,", " a tenth of a second",
          " after the one before.", " Whatever", " is between us", " should hand them on", " one by one", " – as soon as", " they are there,",
          " naïvely and in order ✓"]
COOKIES = ["chat_session=5f2c9a; Path=/; SameSite=Lax",
           # The comma in the date shows when somebody joined the two lines into one.
           "chat_theme=auto; Path=/; Expires=Tue, 19 Jan 2038 03:14:07 GMT"]
LONGEST_S = 90  # for what waits for the page

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
CONTINUATION = 0
SUBPROTOCOL = "chat-live"
FRAGMENT = 40_000  # a longer message goes out in several frames
PUSHES = 3

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Loopback chat</title>
<link rel="icon" href="/favicon.ico">
<link rel="stylesheet" href="{css}">
<script type="module" src="{js}"></script>
</head>
<body>
<header>
  <img src="/favicon.ico" alt="" width="28" height="28">
  <h1>Loopback chat</h1>
  <span id="live" class="pill">connecting</span>
</header>
<main>
  <section id="chat" aria-label="Conversation">
    <ol id="messages" aria-live="polite"></ol>
    <form id="composer">
      <input id="text" placeholder="Write a message" aria-label="Message" autocomplete="off">
      <button>Send</button>
    </form>
  </section>
  <aside aria-label="Checks">
    <h2>Checks <span id="tally"></span></h2>
    <ul id="checks"></ul>
  </aside>
</main>
<!-- Answered once the report is there, so that the load event, and with it a screenshot, waits for the checks. -->
<img src="/api/hold" alt="" hidden>
</body>
</html>
"""

STYLE = """:root {
  --stylesheet: applied;
  --ground: #f4f5f8; --surface: #ffffff; --text: #1b1d26; --quiet: #666b7c; --line: #e0e3ea;
  --accent: #4338ca; --on-accent: #ffffff; --bubble: #eceef4;
  --good: #14804a; --good-ground: #dcf5e6; --bad: #b42318; --bad-ground: #fde4e1;
  color-scheme: light dark;
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #101218; --surface: #191c25; --text: #e7e9f0; --quiet: #969cb0; --line: #2a2e3b;
    --accent: #7c83ff; --on-accent: #0e1018; --bubble: #252936;
    --good: #5fd394; --good-ground: #153425; --bad: #ff8f84; --bad-ground: #44201d;
  }
}
* { box-sizing: border-box; margin: 0; }
[hidden] { display: none; }
body {
  height: 100vh; display: grid; grid-template-rows: auto minmax(0, 1fr); background: var(--ground); color: var(--text);
}
header {
  display: flex; align-items: center; gap: 12px; padding: 12px 24px;
  background: var(--surface); border-bottom: 1px solid var(--line);
}
h1 { font-size: 17px; font-weight: 600; flex: 1; }
h2 { font-size: 13px; font-weight: 600; color: var(--quiet); display: flex; justify-content: space-between; }
.pill {
  display: inline-flex; align-items: center; gap: 7px; padding: 3px 12px; border-radius: 99px;
  font-size: 13px; color: var(--quiet); background: var(--bubble);
}
.pill::before { content: ""; width: 8px; height: 8px; border-radius: 50%; background: currentColor; }
.pill.on { color: var(--good); background: var(--good-ground); }
main {
  display: grid; grid-template-columns: minmax(0, 1fr) 400px; gap: 20px; padding: 20px 24px;
  width: 100%; max-width: 1280px; margin: 0 auto;
}
#chat, aside { min-height: 0; background: var(--surface); border: 1px solid var(--line); border-radius: 16px; }
#chat { display: flex; flex-direction: column; overflow: hidden; }
#messages {
  flex: 1; overflow-y: auto; list-style: none; padding: 24px;
  display: flex; flex-direction: column; align-items: flex-start; gap: 6px;
}
#messages > li { max-width: min(85%, 34rem); }
.said {
  padding: 10px 16px; border-radius: 18px; background: var(--bubble);
  overflow-wrap: anywhere; white-space: pre-wrap; width: fit-content; max-width: 100%;
}
.you .said { background: var(--accent); color: var(--on-accent); border-bottom-right-radius: 5px; }
.app .said { border-bottom-left-radius: 5px; }
.said:empty::after { content: "…"; color: var(--quiet); }
#messages > .you { align-self: flex-end; }
#messages > .note { align-self: center; text-align: center; }
.note, .about { font-size: 12.5px; color: var(--quiet); }
.about { padding: 2px 16px 10px; min-height: 1.5em; }
.note { padding: 3px 0; }
#composer { display: flex; gap: 10px; padding: 14px; border-top: 1px solid var(--line); }
#composer input {
  flex: 1; min-width: 0; padding: 10px 18px; font: inherit; color: inherit;
  background: var(--ground); border: 1px solid var(--line); border-radius: 99px;
}
#composer button {
  padding: 10px 22px; font: inherit; font-weight: 600; color: var(--on-accent);
  background: var(--accent); border: 0; border-radius: 99px; cursor: pointer;
}
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
aside { padding: 16px 18px; overflow-y: auto; }
#checks { list-style: none; padding: 6px 0 0; }
#checks li {
  display: grid; grid-template-columns: 20px minmax(0, 1fr); padding: 4px 0; font-size: 13px; line-height: 1.35;
}
#checks li::before { content: "·"; font-weight: 700; color: var(--quiet); }
#checks .passed::before { content: "✓"; color: var(--good); }
#checks .failed::before { content: "✗"; color: var(--bad); }
#checks small { grid-column: 2; color: var(--quiet); font-size: 12px; overflow-wrap: anywhere; }
#checks .failed small { color: var(--bad); }
#tally.good { color: var(--good); }
#tally.bad { color: var(--bad); }
@media (max-width: 760px) {
  body { height: auto; min-height: 100vh; }
  main { grid-template-columns: minmax(0, 1fr); padding: 12px; gap: 12px; }
  #messages { min-height: 40vh; padding: 16px; }
}
"""

SCRIPT = r"""const LIMIT_MS = 6000; // for one check
const PIECE_MS = 100; // between two pieces of an answer, as the app sends them
const MANY = 100_000;

const one = (selector) => document.querySelector(selector);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const thousands = (count) => count.toLocaleString("en-GB");
const same = (a, b) => a.length === b.length && a.every((byte, index) => byte === b[index]);

function expect(condition, problem) {
  if (!condition) throw new Error(problem);
}

// What `look` finds, once it finds something.
async function until(what, look) {
  const deadline = performance.now() + LIMIT_MS - 500;
  for (;;) {
    const found = await look();
    if (found) return found;
    expect(performance.now() < deadline, `${what} did not come in time`);
    await pause(20);
  }
}

function element(tag, className, text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

const results = [];
const told = [];

// Tells the app one check by one, so that it knows some when the page does not get to the end.
function tell(what) {
  const sent = fetch("/api/report", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(what),
  });
  told.push(sent.catch((error) => console.error(`not reported: ${error.message}`)));
}

async function check(name, body) {
  const row = element("li", "", name);
  const small = element("small", "");
  row.append(small);
  one("#checks").append(row);
  const late = pause(LIMIT_MS).then(() => { throw new Error(`not done after ${LIMIT_MS / 1000} s`); });
  let passed = true;
  let detail;
  try {
    detail = (await Promise.race([body(), late])) ?? "";
  } catch (error) {
    passed = false;
    detail = String(error?.message ?? error);
  }
  results.push(passed);
  tell({ [name]: { passed, detail } });
  row.className = passed ? "passed" : "failed";
  small.textContent = detail;
  const good = results.filter(Boolean).length;
  one("#tally").textContent = `${good} of ${results.length} passed`;
  one("#tally").className = good === results.length ? "good" : "bad";
  row.scrollIntoView({ block: "nearest" });
}

function bubble(who, text) {
  const row = element("li", who);
  const said = element("div", "said", text);
  const about = element("div", "about");
  row.append(said);
  if (who === "app") row.append(about);
  one("#messages").append(row);
  row.scrollIntoView({ block: "nearest" });
  return { said, about, row };
}

function note(text) {
  const row = element("li", "note", text);
  one("#messages").append(row);
  row.scrollIntoView({ block: "nearest" });
}

// Sends a message and shows the answer as it arrives; when each piece was there, and in how many reads.
async function chat(text, { endless = false, stopAfter = Infinity } = {}) {
  bubble("you", text);
  const { said, about, row } = bubble("app", "");
  const stop = new AbortController();
  const asked = performance.now();
  const response = await fetch("/api/chat", {
    method: "POST",
    headers: { "content-type": "application/json", accept: "text/event-stream" },
    body: JSON.stringify({ text, endless }),
    signal: stop.signal,
  });
  const type = response.headers.get("content-type") ?? "";
  expect(response.ok && type.startsWith("text/event-stream"), `status ${response.status}, ${type || "no type"}`);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  const arrivals = [];
  let [reads, rest, ended] = [0, "", false];
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    reads += 1;
    const events = (rest + value).split("\n\n");
    rest = events.pop();
    for (const event of events) {
      const data = event.replace(/^data: /, "");
      if (data === "[DONE]") {
        ended = true;
      } else {
        arrivals.push(performance.now());
        said.textContent += JSON.parse(data).delta;
      }
    }
    row.scrollIntoView({ block: "nearest" });
    if (arrivals.length >= stopAfter) {
      stop.abort();
      about.textContent = `stopped after ${arrivals.length} pieces`;
      return { arrivals, reads, ended, text: said.textContent };
    }
  }
  const spread = arrivals.length ? arrivals.at(-1) - arrivals[0] : 0;
  const first = (arrivals[0] ?? performance.now()) - asked;
  const over = (spread / 1000).toFixed(1);
  about.textContent = `${arrivals.length} pieces over ${over} s, the first after ${first.toFixed(0)} ms`;
  return { arrivals, reads, ended, spread, text: said.textContent };
}

// A WebSocket whose messages can be waited for.
class Live {
  constructor(path, protocols) {
    this.socket = new WebSocket(`ws://${location.host}${path}`, protocols);
    this.socket.binaryType = "arraybuffer";
    this.inbox = [];
    this.opened = false;
    this.closed = null;
    this.socket.onopen = () => { this.opened = true; };
    this.socket.onclose = (event) => { this.closed = event; };
    this.socket.onmessage = (event) => {
      this.inbox.push(typeof event.data === "string" ? event.data : new Uint8Array(event.data));
    };
  }

  async open() {
    await until("the connection", () => this.opened || this.closed);
    expect(this.opened, `the connection was refused with code ${this.closed?.code}`);
  }

  // The first message that `wanted` accepts, taken out of the others.
  next(what, wanted) {
    expect(this.opened, "there is no connection");
    return until(what, () => {
      const index = this.inbox.findIndex(wanted);
      expect(index >= 0 || !this.closed, `closed with code ${this.closed?.code} before ${what}`);
      return index >= 0 && { message: this.inbox.splice(index, 1)[0] };
    });
  }

  async echo(sent) {
    expect(this.opened, "there is no connection");
    this.socket.send(sent);
    const isText = typeof sent === "string";
    await this.next("the echo", (got) => (isText ? got === sent : typeof got !== "string" && same(got, sent)));
  }

  end() {
    return until("the close", () => this.closed);
  }
}

const seen = async () => (await fetch("/api/seen", { cache: "no-store" })).json();

async function carried() {
  const script = import.meta.url;
  const style = one("link[rel=stylesheet]").href;

  await check("the script arrives compressed", async () => {
    const [entry] = performance.getEntriesByName(script);
    expect(entry.encodedBodySize > 0 && entry.encodedBodySize < entry.decodedBodySize,
      `${entry.encodedBodySize} bytes carried, ${entry.decodedBodySize} unpacked`);
    return `${thousands(entry.encodedBodySize)} bytes carried, ${thousands(entry.decodedBodySize)} unpacked`;
  });
  await check("the stylesheet applies", async () => {
    await until("the stylesheet", () => {
      return getComputedStyle(document.documentElement).getPropertyValue("--stylesheet").trim() === "applied";
    });
  });
  await check("the icon can be drawn", async () => {
    const icon = new Image();
    icon.src = "/favicon.ico";
    await icon.decode();
    expect(icon.naturalWidth === 32, `it is ${icon.naturalWidth} pixels wide`);
  });
  await check("an asset is revalidated", async () => {
    const before = (await seen()).not_modified;
    const response = await fetch(style, { cache: "no-cache" });
    const { length } = await response.text();
    const after = (await seen()).not_modified;
    expect(length > 0 && after > before, `${length} characters, ${after - before} answers 304`);
    return "304, and its text from the browser's cache";
  });
  await check("/ping and a deep link are the app's", async () => {
    const ping = await (await fetch("/ping")).text();
    expect(ping === "pong from the chat app", `/ping: ${ping}`);
    const deep = await (await fetch("/chat/42")).text();
    expect(deep.includes("<title>Loopback chat</title>"), `/chat/42: ${deep.slice(0, 60)}`);
  });
  await check("path and query arrive as sent", async () => {
    const sent = "/api/echo/caf%C3%A9%20au%20lait?q=1+1%3D2&q=&empty&n=%26";
    const { target } = await (await fetch(sent)).json();
    expect(target === sent, target);
    return target;
  });
  await check("DELETE is answered 204", async () => {
    const response = await fetch("/api/chat", { method: "DELETE" });
    expect(response.status === 204, `status ${response.status}`);
  });
  await check("an error keeps its status and body", async () => {
    const response = await fetch("/api/teapot");
    const { error } = await response.json();
    expect(response.status === 418 && error === "short and stout", `status ${response.status}, ${error}`);
  });
  await check("an attachment arrives whole", async () => {
    const bytes = Uint8Array.from({ length: 3 * MANY }, (_, index) => (index * 31) % 251);
    const response = await fetch("/api/upload", { method: "POST", body: bytes });
    const { sha256 } = await response.json();
    const own = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    expect(sha256 === Array.from(own, (byte) => byte.toString(16).padStart(2, "0")).join(""), "another digest");
    return `${thousands(bytes.length)} bytes`;
  });
}

async function talked() {
  let answer;
  await check("the streamed answer arrives whole", async () => {
    answer = await chat("Does this reach you in one piece?");
    expect(answer.ended, "the last event is missing");
    expect(answer.text.startsWith("This answer comes in pieces") && answer.text.endsWith("naïvely and in order ✓"),
      answer.text);
    return `${answer.arrivals.length} pieces`;
  });
  await check("its pieces arrive apart in time", async () => {
    expect(answer, "there was no answer");
    const least = ((answer.arrivals.length - 1) * PIECE_MS) / 2;
    const how = `${answer.reads} reads over ${answer.spread.toFixed(0)} ms`;
    // Half of the time and a third of the pieces, because a busy machine bunches some.
    expect(answer.spread >= least && answer.reads >= answer.arrivals.length / 3, how);
    return how;
  });
  await check("both cookies are set", async () => {
    const cookies = document.cookie;
    expect(cookies.includes("chat_session=5f2c9a") && cookies.includes("chat_theme=auto"), cookies || "none");
    return cookies;
  });
  await check("both cookies go back", async () => {
    const { cookie } = await (await fetch("/api/echo")).json();
    expect(cookie.includes("chat_session=5f2c9a") && cookie.includes("chat_theme=auto"), cookie || "none");
  });
  await check("stopping an answer reaches the app", async () => {
    const before = (await seen()).streams_left;
    const { arrivals } = await chat("Count, and do not stop by yourself.", { endless: true, stopAfter: 3 });
    const stopped = performance.now();
    await until("the end of the stream at the app", async () => (await seen()).streams_left > before);
    return `after ${arrivals.length} pieces; known there within ${(performance.now() - stopped).toFixed(0)} ms`;
  });
}

async function lived() {
  const live = new Live("/api/live", ["chat-other", "chat-live"]);
  await check("a WebSocket opens", async () => {
    await live.open();
    one("#live").textContent = "live";
    one("#live").classList.add("on");
    expect(live.socket.protocol === "chat-live", `subprotocol "${live.socket.protocol}"`);
    return `subprotocol ${live.socket.protocol}`;
  });
  await check("what comes right behind the handshake is not lost", async () => {
    const { message } = await live.next("the greeting", (got) => typeof got === "string" && got.includes("hello"));
    note(`Live: ${JSON.parse(message).hello}`);
  });
  await check("the app pushes by itself", async () => {
    for (let push = 1; push <= 3; push += 1) {
      await live.next(`push ${push}`, (got) => got === JSON.stringify({ push }));
    }
    return "3 messages";
  });
  await check("text and bytes are echoed", async () => {
    await live.echo("Grüße, 你好, 👋");
    await live.echo(Uint8Array.from([0, 1, 127, 128, 255]));
    await live.echo("");
    note("Live: echoed what was sent");
  });
  await check("100 kB are echoed", async () => {
    const begun = performance.now();
    await live.echo(Uint8Array.from({ length: MANY }, (_, index) => (index * 17) % 256));
    await live.echo("é".repeat(MANY / 2));
    return `as bytes and as text, in ${(performance.now() - begun).toFixed(0)} ms`;
  });
  await check("the app's ping is answered", async () => {
    await until("the pong", async () => (await seen()).sockets[0]?.pongs > 0);
  });
  await check("the cookies come with the handshake", async () => {
    const { cookie } = (await seen()).sockets[0] ?? {};
    expect(cookie?.includes("chat_session=5f2c9a") && cookie.includes("chat_theme=auto"), cookie || "none");
  });
  await check("the page closes cleanly", async () => {
    live.socket.close(1000, "done");
    const { wasClean, code } = await live.end();
    expect(wasClean && code === 1000, `code ${code}, ${wasClean ? "clean" : "not clean"}`);
    await until("the close at the app", async () => (await seen()).sockets[0]?.closed === 1000);
    return "1000 on both sides";
  });
  await check("the app closes with a code of its own", async () => {
    const other = new Live("/api/live", ["chat-live"]);
    await other.open();
    other.socket.send("close, please");
    const { wasClean, code, reason } = await other.end();
    expect(wasClean && code === 4001 && reason === "as asked", `code ${code}, "${reason}"`);
    return `${code}, “${reason}”`;
  });
  await check("a connection that the app drops ends here", async () => {
    const other = new Live("/api/live", ["chat-live"]);
    await other.open();
    other.socket.send("drop, please");
    const { wasClean, code } = await other.end();
    expect(!wasClean && code === 1006, `code ${code}, ${wasClean ? "clean" : "not clean"}`);
    return `code ${code}`;
  });
  await check("a page that goes away is noticed by the app", async () => {
    const frame = document.createElement("iframe");
    frame.hidden = true;
    document.body.append(frame);
    const before = (await seen()).sockets.length;
    const socket = new frame.contentWindow.WebSocket(`ws://${location.host}/api/live`, ["chat-live"]);
    await until("the connection", () => socket.readyState === WebSocket.OPEN);
    frame.remove();
    const end = async () => (await seen()).sockets[before]?.closed;
    return `code ${await until("the end of the connection", end)}`;
  });
  await check("a refused WebSocket fails", async () => {
    const refused = new Live("/api/no-live");
    const { code } = await refused.end();
    expect(!refused.opened && code === 1006, `code ${code}`);
  });
  one("#live").textContent = "closed";
  one("#live").classList.remove("on");
}

one("#composer").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = one("#text").value.trim();
  one("#text").value = "";
  if (text) chat(text).catch((error) => note(`No answer: ${error.message}`));
});

await carried();
await talked();
await lived();
await Promise.all(told);
await fetch("/api/report/end", { method: "POST" });
"""


def icon():
    """An .ico of one PNG: a speech bubble with three dots."""
    def pixel(x, y):
        if any((x - at) ** 2 + (y - 13) ** 2 <= 5 for at in (9, 15.5, 22)):
            return b"\xff\xff\xff\xff"
        inside = 1 <= x < 31 and 3 <= y < 24 and not (x in (1, 30) and y in (3, 23))
        tail = 24 <= y < 30 and 7 <= x < 37 - y
        return b"\x5b\x50\xe6\xff" if inside or tail else bytes(4)

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + b"".join(pixel(x, y) for x in range(32)) for y in range(32))
    png = (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 32, 32, 8, 6, 0, 0, 0))
           + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
    return struct.pack("<HHHBBBBHHII", 0, 1, 1, 32, 32, 0, 0, 1, 32, len(png), 22) + png


def asset(name, text):
    """(path, etag) of a file whose name says what is in it."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    stem, _, suffix = name.rpartition(".")
    return f"/assets/{stem}-{digest[:8]}.{suffix}", f'"{digest[:16]}"'


JS_PATH, JS_TAG = asset("app.js", SCRIPT)
CSS_PATH, CSS_TAG = asset("app.css", STYLE)


class Request:
    """What a client asked for; `headers` by name in lower case."""

    def __init__(self, method, target, headers, body):
        self.method, self.target, self.headers, self.body = method, target, headers, body
        self.path = target.partition("?")[0]

    def header(self, name):
        """A header's value, empty when it is missing."""
        return self.headers.get(name, "")

    def tokens(self, name):
        """The members of a header that is a list."""
        return [token.strip() for token in self.header(name).split(",") if token.strip()]


class Connection:
    """One client's connection."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer

    async def request(self):
        """The next request; None when the client has left."""
        line = await self.reader.readline()
        if not line.strip():
            return None
        method, target, _ = line.decode("latin-1").split()
        headers = await self.header_lines()
        body = b""
        if headers.get("transfer-encoding", "").lower() == "chunked":
            while size := int((await self.reader.readline()).split(b";")[0], 16):
                body += await self.reader.readexactly(size)
                await self.reader.readline()
            await self.header_lines()  # trailers
        elif length := int(headers.get("content-length", 0)):
            body = await self.reader.readexactly(length)
        return Request(method, target, headers, body)

    async def header_lines(self):
        """Headers up to the empty line."""
        headers = {}
        while (line := await self.reader.readline()).strip():
            name, _, value = line.decode("latin-1").partition(":")
            name, value = name.strip().lower(), value.strip()
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        return headers

    async def head(self, status, *fields):
        """Writes a status line and headers."""
        lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", *fields, "", ""]
        self.writer.write("\r\n".join(lines).encode("latin-1"))
        await self.writer.drain()

    async def answer(self, status, body=b"", *fields):
        """Writes a whole answer. What is no bytes is written as JSON."""
        if not isinstance(body, bytes):
            body = json.dumps(body).encode()
            fields = ("content-type: application/json", "cache-control: no-store", *fields)
        if status not in (204, 304):
            fields = (*fields, f"content-length: {len(body)}")
        await self.head(status, *fields)
        self.writer.write(body)
        await self.writer.drain()

    async def chunk(self, data):
        """Writes a piece of a body whose length is not known; an empty one ends it."""
        self.writer.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        await self.writer.drain()

    def left(self):
        """Whether the client has closed its side."""
        return self.reader.at_eof() or self.writer.is_closing()


class WebSocket:
    """The app's end of a WebSocket, after the handshake."""

    def __init__(self, connection, seen):
        self.reader, self.writer, self.seen = connection.reader, connection.writer, seen
        self.closing = False

    def send(self, kind, payload, final=True):
        """Queues one frame."""
        size = len(payload)
        if size < 126:
            length = struct.pack(">B", size)
        elif size < 1 << 16:
            length = struct.pack(">BH", 126, size)
        else:
            length = struct.pack(">BQ", 127, size)
        self.writer.write(bytes([final << 7 | kind]) + length + payload)

    def send_message(self, kind, payload):
        """Queues a message; a long one in fragments, with a ping in the middle as the protocol allows."""
        pieces = [payload[at:at + FRAGMENT] for at in range(0, len(payload), FRAGMENT)] or [b""]
        for index, piece in enumerate(pieces):
            self.send(CONTINUATION if index else kind, piece, final=index == len(pieces) - 1)
            if index == 0 and len(pieces) > 1:
                self.send(PING, b"between two fragments")

    def close(self, code, reason=""):
        """Queues a close frame; nothing may follow it."""
        if not self.closing:
            self.closing = True
            self.send(CLOSE, struct.pack(">H", code) + reason.encode())

    async def frame(self):
        """(final, opcode, payload) of the next frame."""
        first, second = await self.reader.readexactly(2)
        size = second & 127
        if size == 126:
            (size,) = struct.unpack(">H", await self.reader.readexactly(2))
        elif size == 127:
            (size,) = struct.unpack(">Q", await self.reader.readexactly(8))
        if not second & 128:
            raise ConnectionError("a client's frame must be masked")
        mask = await self.reader.readexactly(4)
        payload = await self.reader.readexactly(size)
        # As one number, because a loop over the bytes would be slow.
        key = int.from_bytes((mask * (size // 4 + 1))[:size], "big")
        return first >> 7, first & 15, (int.from_bytes(payload, "big") ^ key).to_bytes(size, "big")

    async def message(self):
        """(opcode, payload) of the next whole message; None after the client's close frame."""
        kind, payload = None, b""
        while True:
            final, opcode, data = await self.frame()
            if opcode == PING:
                self.send(PONG, data)
            elif opcode == PONG:
                self.seen["pongs"] += 1
            elif opcode == CLOSE:
                self.seen["closed"] = struct.unpack(">H", data[:2])[0] if data else 1005
                self.close(1000 if self.seen["closed"] == 1005 else self.seen["closed"])
                return None
            else:
                kind, payload = opcode or kind, payload + data
                if final:
                    return kind, payload
            await self.writer.drain()

    async def push(self):
        """Sends what nobody asked for."""
        for number in range(1, PUSHES + 1):
            await asyncio.sleep(PIECE_S)
            if self.closing:
                return
            self.send(TEXT, json.dumps({"push": number}, separators=(",", ":")).encode())
            await self.writer.drain()

    async def talk(self):
        """Echoes until one side closes."""
        pushing = asyncio.ensure_future(self.push())
        try:
            while message := await self.message():
                kind, payload = message
                if payload == b"close, please":
                    self.close(4001, "as asked")
                elif payload == b"drop, please":
                    raise ConnectionError("as asked")
                elif not self.closing:
                    self.send_message(kind, payload)
                await self.writer.drain()
        finally:
            pushing.cancel()
            await asyncio.gather(pushing, return_exceptions=True)
            if self.seen["closed"] is None:
                self.seen["closed"] = 1006


class ChatApp:
    """What the app serves, and what it has seen."""

    def __init__(self):
        self.reported = asyncio.Event()
        self.seen = {"report": {}, "reported": False, "requests": [], "sockets": [], "not_modified": 0,
                     "streams_left": 0}
        self.routes = {
            ("GET", "/"): self.page,
            ("GET", JS_PATH): self.script,
            ("GET", CSS_PATH): self.style,
            ("GET", "/favicon.ico"): self.icon,
            ("GET", "/health"): self.health,
            ("GET", "/ping"): self.ping,
            ("POST", "/api/chat"): self.chat,
            ("DELETE", "/api/chat"): self.forget,
            ("POST", "/api/upload"): self.upload,
            ("GET", "/api/echo"): self.echo,
            ("GET", "/api/teapot"): self.teapot,
            ("GET", "/api/hold"): self.hold,
            ("GET", "/api/live"): self.live,
            ("POST", "/api/report"): self.report,
            ("POST", "/api/report/end"): self.end,
            ("GET", "/api/seen"): self.look,
        }

    async def serve(self, reader, writer):
        """Answers a connection's requests one after the other."""
        connection = Connection(reader, writer)
        try:
            while request := await connection.request():
                if request.path not in ("/health", "/api/seen"):  # asked again and again
                    self.seen["requests"].append({"method": request.method, "target": request.target,
                                                  "headers": request.headers})
                    print(request.method, request.target, flush=True)
                await self.route(request)(request, connection)
                if "close" in request.tokens("connection") or request.header("upgrade"):
                    break
        except (OSError, asyncio.IncompleteReadError):
            pass  # the client has left
        finally:
            writer.close()

    def route(self, request):
        """What answers a request."""
        if request.method == "GET" and request.path.startswith("/chat/"):
            return self.page
        if request.method == "GET" and request.path.startswith("/api/echo/"):
            return self.echo
        return self.routes.get((request.method, request.path), self.missing)

    async def missing(self, request, connection):
        """Answers for what there is not."""
        await connection.answer(404, {"error": f"nothing at {request.path}"})

    async def page(self, request, connection):
        """Answers with the page, whatever is open in it."""
        page = PAGE.replace("{css}", CSS_PATH).replace("{js}", JS_PATH).encode()
        await connection.answer(200, page, "content-type: text/html; charset=utf-8", "cache-control: no-cache")

    async def file(self, request, connection, data, tag, *fields):
        """Answers with a file that never changes."""
        fields = (*fields, "cache-control: public, max-age=31536000, immutable", "vary: accept-encoding",
                  f"etag: {tag}")
        if tag in request.tokens("if-none-match"):
            self.seen["not_modified"] += 1
            await connection.answer(304, b"", *fields)
        else:
            await connection.answer(200, data, *fields)

    async def script(self, request, connection):
        """Answers with the page's script, compressed when that is understood."""
        data, fields = SCRIPT.encode(), ["content-type: text/javascript; charset=utf-8"]
        if any(coding.startswith("gzip") for coding in request.tokens("accept-encoding")):
            data = gzip.compress(data, mtime=0)
            fields.append("content-encoding: gzip")
        await self.file(request, connection, data, JS_TAG, *fields)

    async def style(self, request, connection):
        """Answers with the page's stylesheet."""
        await self.file(request, connection, STYLE.encode(), CSS_TAG, "content-type: text/css; charset=utf-8")

    async def icon(self, request, connection):
        """Answers with the icon."""
        await connection.answer(200, icon(), "content-type: image/x-icon", "cache-control: max-age=3600")

    async def health(self, request, connection):
        """Tells the check that the app is up."""
        await connection.answer(200, {"status": "chat app"})

    async def ping(self, request, connection):
        """Tells the page that this is the app."""
        await connection.answer(200, b"pong from the chat app", "content-type: text/plain")

    async def chat(self, request, connection):
        """Streams an answer: the usual one, or one that only the client can end."""
        endless = json.loads(request.body).get("endless")
        cookies = [f"set-cookie: {cookie}" for cookie in COOKIES]
        await connection.head(200, "content-type: text/event-stream", "cache-control: no-cache",
                              "transfer-encoding: chunked", *cookies)
        pieces = (f"{number} " for number in range(1, int(LONGEST_S / PIECE_S))) if endless else PIECES
        try:
            for piece in pieces:
                if connection.left():
                    raise ConnectionResetError
                data = json.dumps({"delta": piece}, ensure_ascii=False)
                await connection.chunk(f"data: {data}\n\n".encode())
                await asyncio.sleep(PIECE_S)
            await connection.chunk(b"data: [DONE]\n\n")
            await connection.chunk(b"")
        except OSError:
            self.seen["streams_left"] += 1
            raise

    async def forget(self, request, connection):
        """Answers with no body."""
        await connection.answer(204)

    async def upload(self, request, connection):
        """Answers with the digest of what was sent."""
        await connection.answer(200, {"sha256": hashlib.sha256(request.body).hexdigest()})

    async def echo(self, request, connection):
        """Answers with what arrived."""
        await connection.answer(200, {"target": request.target, "cookie": request.header("cookie")})

    async def teapot(self, request, connection):
        """Answers with an error."""
        await connection.answer(418, {"error": "short and stout"})

    async def hold(self, request, connection):
        """Answers once the report is there."""
        try:
            await asyncio.wait_for(self.reported.wait(), LONGEST_S)
        except asyncio.TimeoutError:
            pass
        await connection.answer(204, b"", "cache-control: no-store")

    async def report(self, request, connection):
        """Takes some of the page's results."""
        self.seen["report"].update(json.loads(request.body))
        await connection.answer(204)

    async def end(self, request, connection):
        """Takes that there are no more results."""
        self.seen["reported"] = True
        await connection.answer(204)
        self.reported.set()

    async def look(self, request, connection):
        """Answers with what was seen."""
        await connection.answer(200, self.seen)

    async def live(self, request, connection):
        """Takes a WebSocket of the one subprotocol there is."""
        key, offered = request.header("sec-websocket-key"), request.tokens("sec-websocket-protocol")
        upgrade = "upgrade" in [token.lower() for token in request.tokens("connection")]
        if not (upgrade and request.header("upgrade").lower() == "websocket" and key
                and request.header("sec-websocket-version") == "13" and SUBPROTOCOL in offered):
            await connection.answer(400, {"error": f"a WebSocket of the subprotocol {SUBPROTOCOL} is needed"})
            return
        seen = {"offered": offered, "cookie": request.header("cookie"), "origin": request.header("origin"),
                "pongs": 0, "closed": None}
        self.seen["sockets"].append(seen)
        digest = hashlib.sha1(f"{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11".encode()).digest()
        websocket = WebSocket(connection, seen)
        # The greeting leaves together with the handshake: whoever switches protocols must not lose what follows.
        lines = ["HTTP/1.1 101 Switching Protocols", "upgrade: websocket", "connection: Upgrade",
                 f"sec-websocket-accept: {base64.b64encode(digest).decode()}", f"sec-websocket-protocol: {SUBPROTOCOL}"]
        greeting = json.dumps({"hello": "connected, the app says hello"}).encode()
        connection.writer.write("\r\n".join([*lines, "", ""]).encode() + bytes([128 | TEXT, len(greeting)]) + greeting)
        websocket.send(PING, b"are you there?")
        await connection.writer.drain()
        await websocket.talk()


async def main():
    """Listens on every address that localhost has."""
    parser = argparse.ArgumentParser(description="A small chat app whose page checks what reaches it.")
    parser.add_argument("--port", type=int, required=True)
    port = parser.parse_args().port
    app = ChatApp()
    servers = []
    found = await asyncio.get_running_loop().getaddrinfo("localhost", port, type=socket.SOCK_STREAM)
    for family, address in sorted({(family, address[0]) for family, _, _, _, address in found}):
        try:
            servers.append(await asyncio.start_server(app.serve, address, port, family=family))
        except OSError as error:
            # The names of a machine without IPv6 may still hold ::1.
            if error.errno not in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
                raise
    if not servers:
        sys.exit("localhost has no address to listen on")
    print(f"http://localhost:{port}/", flush=True)
    await asyncio.gather(*(server.serve_forever() for server in servers))


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except KeyboardInterrupt:
        sys.exit(130)
