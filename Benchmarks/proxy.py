#!/usr/bin/env python3
"""Measure the chat proxy beside nginx as a proxy, before the same app, and write PROXY.md.

    proxy.py                        # about three minutes, after the build
    proxy.py --quick                # one short round

Needs wrk and nginx (`make bench` sees to both). Measured twice: as they come, where one process of ours and one worker
process of nginx each share all cores with the load and the app; and with one core to each proxy, ours with one event loop,
and another core for load and app. The app is an nginx of its own, which costs the least. Ours is the program that
`make release` packs.
Exits with 0 when everything was measured; with --strict, only when all bounds hold too.
"""

import argparse
import datetime
import getpass
import http.client
import os
import platform
import re
import shutil
import signal
import socket
import socketserver
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from harness import Failure, HighestMemory, choose_cores, cpu_s, memory_mib

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
CONNECTIONS = 64
WARM_UP_S = 2
LEAST_RATE = 0.6  # of nginx's requests per second
MOST_GROWTH_MIB = 32  # of our memory while a gibibyte streams through
GIB = 1 << 30

APP = """
user {user}; worker_processes 1; daemon off; pid app.pid; error_log app.log;
events {{ worker_connections 4096; }}
http {{
    access_log off; client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path f; uwsgi_temp_path u;
    scgi_temp_path s; keepalive_requests 1000000000; sendfile on;
    server {{
        listen 127.0.0.1:{port} backlog=1024; root .; default_type application/json;
        location /api/small {{ return 200 '{{"text":"{text}"}}'; }}
    }}
}}
"""

PROXY = """
worker_processes 1; daemon off; pid proxy.pid; error_log proxy.log;
events {{ worker_connections 4096; }}
http {{
    access_log off; client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path f; uwsgi_temp_path u;
    scgi_temp_path s; keepalive_requests 1000000000;
    upstream app {{ server 127.0.0.1:{app}; keepalive 64; keepalive_requests 1000000000; }}
    server {{
        listen 127.0.0.1:{port} backlog=1024;
        location / {{
            proxy_pass http://app; proxy_http_version 1.1; proxy_set_header Connection "";
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            proxy_set_header X-Forwarded-Proto $scheme; proxy_set_header X-Forwarded-Host $host;
        }}
    }}
}}
"""


class Sink(socketserver.StreamRequestHandler):
    """Takes a request with a body to its end before it answers; nginx, asked for a fixed answer, does not."""

    def handle(self):
        length = 0
        while (line := self.rfile.readline().strip()):
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        while length > 0 and (piece := self.rfile.read1(1 << 20)):
            length -= len(piece)
        self.wfile.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")


class Process:
    """A server in a folder of its own, on some cores."""

    def __init__(self, name, cores, command, files=None, env=None):
        self.name = name
        self.folder = Path(tempfile.mkdtemp(prefix=f"bench-{name}-"))
        for file, text in (files or {}).items():
            (self.folder / file).write_text(text)
        foreign = ("AGENT_SERVER_", "CHAT_", "DATABRICKS_")
        env = {k: v for k, v in os.environ.items() if not k.startswith(foreign)} | (env or {})
        before = os.sched_getaffinity(0)
        os.sched_setaffinity(0, cores)
        with open(self.folder / "log", "wb") as log:
            self.process = subprocess.Popen([str(word) for word in command], cwd=self.folder, env=env,
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        os.sched_setaffinity(0, before)

    def wait(self, port, path):
        """Returns when it answers 200."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            try:
                connection.request("GET", path)
                if connection.getresponse().status == 200:
                    return
            except (OSError, http.client.HTTPException):
                pass
            finally:
                connection.close()
            if self.process.poll() is not None:
                break
            time.sleep(0.01)
        words = (self.folder / "log").read_text("utf-8", "replace").splitlines()[-20:]
        raise Failure("\n    ".join([f"{self.name} does not answer {path}; its last words:", *words]))

    def stop(self):
        """Ends it."""
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def free_ports(count):
    """Ports that nobody listens on, all different."""
    sockets = [socket.socket() for _ in range(count)]
    for s in sockets:
        s.bind(("127.0.0.1", 0))
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


def wrk(url, seconds):
    """One run of wrk."""
    done = subprocess.run(["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", url], capture_output=True,
                          text=True)
    out = done.stdout
    bad = sum(int(n) for n in re.findall(r"Non-2xx or 3xx responses: (\d+)", out))
    bad += sum(int(n) for n in re.findall(r"(?:connect|read|write|timeout) (\d+)", out))
    if done.returncode or bad:
        raise Failure(f"requests to {url} went wrong:\n{out}{done.stderr}")
    count = int(re.search(r"(\d+) requests in", out)[1])
    per_s = float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1])
    p50, p99 = (re.search(rf"^\s+{p}%\s+(\S+)", out, re.M)[1] for p in (50, 99))
    return count, per_s, p50, p99


def load(process, port, seconds):
    """Small GETs: per second, CPU µs each, latencies."""
    url = f"http://127.0.0.1:{port}/api/small"
    wrk(url, WARM_UP_S)
    before = cpu_s(process.process.pid)
    count, per_s, p50, p99 = wrk(url, seconds)
    used = cpu_s(process.process.pid) - before
    return {"per_s": per_s, "cpu_us": used * 1e6 / count, "p50": p50, "p99": p99}


def large(start, app_port, app):
    """Memory while a gibibyte streams down at full speed, down to a slow reader, and up to an app of its own."""
    (port,) = free_ports(1)
    process = start(port, app_port)
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Sink) as sink:
        threading.Thread(target=sink.serve_forever, daemon=True).start()
        (upload_port,) = free_ports(1)
        upload = start(upload_port, sink.server_address[1])
        try:
            process.wait(port, "/api/small")
            upload.wait(upload_port, "/health")
            return carry(process, port, upload, upload_port, app)
        finally:
            process.stop()
            upload.stop()
            sink.shutdown()


def carry(process, port, upload, upload_port, app):
    """The requests of `large`."""
    pid = process.process.pid
    rows = {}
    before = memory_mib(pid)

    def curl(what, *options, pid=pid, before=before):
        with HighestMemory(pid) as memory:
            began = time.monotonic()
            done = subprocess.run(["curl", "--silent", "--show-error", "--output", "/dev/null", "--write-out",
                                   "%{http_code} %{size_download} %{size_upload}", *options], capture_output=True,
                                  text=True)
            took = time.monotonic() - began
        code, down, up = done.stdout.split()
        if not code.startswith("2") and done.returncode != 28:
            raise Failure(f"{what}: {done.stdout} {done.stderr}")
        rows[what] = {"mib": memory.mib, "growth": memory.mib - before, "bytes": max(int(down), int(up)), "s": took}

    address = f"http://127.0.0.1:{port}"
    other = upload.process.pid
    curl("down, as fast as it goes", f"{address}/assets/gibibyte.bin")
    curl("down, read at 20 MB/s for 10 s", "--limit-rate", "20M", "--max-time", "10", f"{address}/assets/gibibyte.bin")
    curl("up, as fast as it goes", "--upload-file", app.folder / "assets/gibibyte.bin", "--header", "Expect:",
         f"http://127.0.0.1:{upload_port}/api/take", pid=other, before=memory_mib(other))
    for what, row in rows.items():
        if "10 s" not in what and row["bytes"] != GIB:
            raise Failure(f"{what}: {row['bytes']} bytes of {GIB}")
    return before, rows


def build():
    """The server, as it is released."""
    print("building (release)", file=sys.stderr, flush=True)
    done = subprocess.run([ROOT / "Scripts/release"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise Failure(f"{done.stdout}\nthe build failed")
    return ROOT / ".build-static/release/agent-server"


def measure(binary, rounds, seconds):
    """Alternating rounds both ways, then the large bodies: {way: {name: rows}}, memory."""
    everywhere = os.sched_getaffinity(0)
    proxy_core, load_core = choose_cores()
    runs = {}

    def start(name, port, app_port, cores):
        one = {"NIO_SINGLETON_GROUP_LOOP_COUNT": "1"} if len(cores) == 1 else {}
        if name == "ours":
            return Process(name, cores, [binary, "--port", port, "--chat-proxy", "--chat-app-port", app_port], env=one)
        return Process(name, cores, ["nginx", "-p", ".", "-c", "nginx.conf"],
                       {"nginx.conf": PROXY.format(port=port, app=app_port)})

    for way, proxy_cores, other_cores in (("as they come", everywhere, everywhere),
                                          ("one core each", {proxy_core}, {load_core})):
        os.sched_setaffinity(0, other_cores)
        (app_port,) = free_ports(1)
        app = Process("app", other_cores, ["nginx", "-p", ".", "-c", "nginx.conf"],
                      {"nginx.conf": APP.format(user=getpass.getuser(), port=app_port, text="x" * 300)})
        runs[way] = {"ours": [], "nginx": []}
        try:
            (app.folder / "assets").mkdir()
            with open(app.folder / "assets/gibibyte.bin", "wb") as file:
                file.truncate(GIB)
            app.wait(app_port, "/api/small")
            for number in range(1, rounds + 1):
                for name, rows in runs[way].items():
                    (port,) = free_ports(1)
                    process = start(name, port, app_port, proxy_cores)
                    try:
                        process.wait(port, "/api/small")
                        rows.append(load(process, port, seconds))
                    finally:
                        process.stop()
                    print(f"{way}, round {number} of {rounds}, {name}: {rows[-1]['per_s']:.0f}/s, "
                          f"{rows[-1]['cpu_us']:.1f} µs CPU", file=sys.stderr, flush=True)
            if way == "one core each":
                memory = large(lambda port, to: start("ours", port, to, proxy_cores), app_port, app)
        finally:
            app.stop()
    return runs, memory


def markdown(runs, memory, rounds, seconds):
    """The report, and whether the bounds hold."""
    def rate(way):
        pairs = zip(runs[way]["ours"], runs[way]["nginx"])
        return statistics.median(ours["per_s"] / nginx["per_s"] for ours, nginx in pairs)

    shipped, alone = rate("as they come"), rate("one core each")
    idle, rows = memory
    growth = max(row["growth"] for row in rows.values())
    commit = subprocess.run(["git", "-C", ROOT, "rev-parse", "--short", "HEAD"], stdout=subprocess.PIPE, text=True)
    lines = [
        "# The chat proxy beside nginx", "",
        "Written by `Benchmarks/proxy.py`, which says how it measures.", "",
        f"- {datetime.datetime.now(datetime.timezone.utc):%Y-%m-%d %H:%M} UTC, commit {commit.stdout.strip()}",
        f"- {platform.system()} {platform.release()}, {os.cpu_count()} cores; load average {os.getloadavg()[0]:.1f}",
        f"- {rounds} alternating rounds, {seconds} s of load with {CONNECTIONS} connections; medians", "",
        "| | at least | measured | |", "|---|---:|---:|---|",
        f"| small GETs per second, to nginx, as they come | {LEAST_RATE:.2f} × | {shipped:.2f} × | "
        f"{'ok' if shipped >= LEAST_RATE else '**missed**'} |",
        f"| the same with one core each | – | {alone:.2f} × | |", "",
        "| | at most | measured | |", "|---|---:|---:|---|",
        f"| growth of memory while 1 GiB streams | {MOST_GROWTH_MIB} MiB | {growth:.1f} MiB | "
        f"{'ok' if growth <= MOST_GROWTH_MIB else '**missed**'} |", "",
        "## Small GETs", "", "An answer of 311 bytes, from an app that keeps its connections open.", "",
        "| | per second | CPU µs | p50 | p99 |", "|---|---:|---:|---:|---:|",
    ]
    for way, of_way in runs.items():
        for name, these in of_way.items():
            middle = sorted(these, key=lambda r: r["per_s"])[len(these) // 2]
            lines.append(f"| {name}, {way} | {statistics.median(r['per_s'] for r in these):,.0f} | "
                         f"{statistics.median(r['cpu_us'] for r in these):.1f} | {middle['p50']} | {middle['p99']} |")
    lines += ["", "## A gibibyte", "", f"Memory before: {idle:.1f} MiB.", "",
              "| | MiB carried | seconds | highest memory, MiB |", "|---|---:|---:|---:|"]
    lines += [f"| {what} | {row['bytes'] / (1 << 20):,.0f} | {row['s']:.1f} | {row['mib']:.1f} |"
              for what, row in rows.items()]
    return "\n".join(lines) + "\n", shipped >= LEAST_RATE and growth <= MOST_GROWTH_MIB


def main():
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=6)
    parser.add_argument("--quick", action="store_true", help="one round of 3 s; does not touch PROXY.md")
    parser.add_argument("--strict", action="store_true", help="exit with 2 when a bound is missed")
    parser.add_argument("--binary", type=Path, help="an agent-server that is built already")
    args = parser.parse_args()
    if args.quick:
        args.rounds, args.seconds = 1, 3
    for command in ("wrk", "nginx", "curl"):
        if not shutil.which(command):
            raise Failure(f"no {command} found; `Scripts/setup bench` installs it where it can")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    binary = (args.binary or build()).resolve()
    text, held = markdown(*measure(binary, args.rounds, args.seconds), args.rounds, args.seconds)
    print(text)
    if not args.quick:
        (HERE / "PROXY.md").write_text(text)
    return 2 if args.strict and not held else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failure as failure:
        sys.exit(f"proxy.py: {failure}")
    except KeyboardInterrupt:
        sys.exit(130)
