"""Servers under measurement, the load on them, and what /proc says of them. Python standard library only."""

import contextlib
import http.client
import json
import os
import re
import resource
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
TICK = os.sysconf("SC_CLK_TCK")

SYNC_TEXT = "hello there"
STREAM_TEXT = " ".join(f"word{i}" for i in range(100))
CONNECTIONS = 32
WARM_UP_S = 2
SPARE_FILES = 500
START_LIMIT_S = 120


class Failure(Exception):
    """A measurement that cannot be made or must not be believed."""


def body(text, stream=False, **fields):
    """A request that all kinds of server understand."""
    item = {"type": "message", "role": "user", "content": text}
    return json.dumps({"input": [item], **({"stream": True} if stream else {}), **fields})


# ---------------------------------------------------------------- cores


def choose_cores():
    """(core of the servers, core of the load): two that share no physical core; the same one if there is no other."""
    allowed = sorted(os.sched_getaffinity(0))
    server = allowed[0]
    try:
        topology = Path(f"/sys/devices/system/cpu/cpu{server}/topology/thread_siblings_list").read_text()
        siblings = {int(n) for part in topology.split(",") for n in span(part)}
    except OSError:
        siblings = set()
    others = [c for c in allowed if c != server and c not in siblings] or [c for c in allowed if c != server]
    return server, (others or [server])[0]


def span(text):
    """The numbers of `3` or `0-3`."""
    first, _, last = text.strip().partition("-")
    return range(int(first), int(last or first) + 1)


@contextlib.contextmanager
def on_core(core):
    """Has what is started in a `with` block run on one core, without a program in between."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def allow_files(servers):
    """Allows as many open files as the idle connections of the servers need, or has them hold fewer."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = max((count for server in servers for count in server.holds), default=0) + SPARE_FILES
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard) if hard < 0 or hard >= needed else (needed, needed))
    except (ValueError, OSError):
        print(f"only {hard} open files are allowed (`ulimit -Hn`): fewer idle connections are held", file=sys.stderr)
        for server in servers:
            server.holds = tuple(count for count in server.holds if count + SPARE_FILES <= hard)


# ---------------------------------------------------------------- /proc


def family(pid):
    """A process and its descendants."""
    pids, todo = [], [pid]
    while todo:
        pids.append(todo.pop())
        try:
            for task in Path(f"/proc/{pids[-1]}/task").iterdir():
                todo += [int(child) for child in (task / "children").read_text().split()]
        except OSError:
            pass
    return pids


def cpu_s(pid):
    """User and system time that a process tree has used."""
    ticks = 0
    for member in family(pid):
        try:
            fields = Path(f"/proc/{member}/stat").read_text().rsplit(")", 1)[1].split()
            ticks += int(fields[11]) + int(fields[12])
        except OSError:
            pass
    return ticks / TICK


def memory_mib(pid):
    """Resident memory of a process tree."""
    kib = 0
    for member in family(pid):
        try:
            kib += int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{member}/status").read_text())[1])
        except (OSError, TypeError):
            pass
    return kib / 1024


class HighestMemory:
    """The most memory that a process tree was seen to have while a `with` block ran."""

    def __init__(self, pid):
        self.pid, self.mib, self.done = pid, 0.0, threading.Event()
        self.thread = threading.Thread(target=self.watch)

    def watch(self):
        while not self.done.wait(0.25):
            self.mib = max(self.mib, memory_mib(self.pid))

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.done.set()
        self.thread.join()


# ---------------------------------------------------------------- load
# wrk and streams.py run where this process does: on the core that choose_cores() gave to the load.


def milliseconds(text):
    """wrk's `1.25ms` as a number."""
    value, unit = re.fullmatch(r"([\d.]+)(us|ms|s|m)", text).groups()
    return float(value) * {"us": 1e-3, "ms": 1, "s": 1e3, "m": 6e4}[unit]


def wrk(url, data, seconds, connections=CONNECTIONS):
    """One run of wrk: requests per second, count, p50 and p99 in ms."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "--latency",
               "-s", str(HERE / "peers/post.lua"), url]
    done = subprocess.run(command, env=os.environ | {"WRK_BODY": data}, capture_output=True, text=True)
    out = done.stdout
    if done.returncode:
        raise Failure(f"wrk failed for {url}: {done.stderr or out}")
    bad = sum(int(n) for n in re.findall(r"Non-2xx or 3xx responses: (\d+)", out))
    bad += sum(int(n) for n in re.findall(r"(?:connect|read|write|timeout) (\d+)", out))
    if bad:
        raise Failure(f"{bad} requests to {url} went wrong:\n{out}")
    count, length, unit = re.search(r"(\d+) requests in ([\d.]+)(s|m)", out).groups()
    p50, p99 = (re.search(rf"^\s+{p}%\s+([\d.]+\w+)", out, re.M) for p in (50, 99))
    if not (p50 and p99):
        raise Failure(f"wrk gave no latencies for {url}:\n{out}")
    per_s = int(count) / (float(length) * (60 if unit == "m" else 1))
    return {"per_s": per_s, "count": int(count), "p50": milliseconds(p50[1]), "p99": milliseconds(p99[1])}


# ---------------------------------------------------------------- servers


class Server:
    """One of the servers that are compared, and its process while it runs.

    `command` may hold {port}; `streams` says whether it answers event streams, `holds` how many idle ones to open, or
    how many `sockets`, WebSockets, instead; `path` is where it is asked and `fields` what else a request has.
    `sentinel` says whether its streams end with `[DONE]`.
    """

    def __init__(self, name, label, command, env=None, streams=True, holds=(), sockets=False, path="/invocations",
                 fields=None, sentinel=True):
        self.name, self.label, self.command, self.env = name, label, command, env or {}
        self.streams, self.holds, self.sockets, self.path, self.fields = streams, holds, sockets, path, fields or {}
        self.sentinel = sentinel
        self.core = None
        self.process = self.port = self.folder = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}{self.path}"

    def body(self, text, stream=False):
        """A request to this server."""
        return body(text, stream, **self.fields)

    def post(self, data, timeout=30):
        """The answer to a POST: status, headers, text."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request("POST", self.path, data.encode(), {"Content-Type": "application/json"})
            answer = connection.getresponse()
            return answer.status, dict((k.lower(), v) for k, v in answer.getheaders()), answer.read().decode()
        finally:
            connection.close()

    def start(self):
        """Starts a fresh process in an empty folder; seconds from there to its first 200 for an echo."""
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
        self.folder = Path(tempfile.mkdtemp(prefix=f"bench-{self.name}-"))
        foreign = ("AGENT_SERVER_", "MLFLOW_", "DATABRICKS_", "CHAT_")
        env = {k: v for k, v in os.environ.items() if not k.startswith(foreign)}
        # One loop or worker each, as all of them share one core.
        env |= {"NIO_SINGLETON_GROUP_LOOP_COUNT": "1", "MLFLOW_DISABLE_TELEMETRY": "true"} | self.env
        words = [word.replace("{port}", str(self.port)) for word in map(str, self.command)]
        data = self.body(SYNC_TEXT)
        with open(self.folder / "log", "wb") as log, on_core(self.core):
            began = time.monotonic()
            self.process = subprocess.Popen(words, cwd=self.folder, env=env, stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log, start_new_session=True)
        while time.monotonic() - began < START_LIMIT_S:
            try:
                if self.post(data)[0] == 200:
                    return time.monotonic() - began
            except (OSError, http.client.HTTPException):
                pass
            if self.process.poll() is not None:
                break
            time.sleep(0.001)
        words = (self.folder / "log").read_text("utf-8", "replace").splitlines()[-20:]
        raise Failure("\n    ".join([f"{self.name} did not answer an echo with 200; its last words:", *words]))

    def check(self):
        """Makes sure that the answers are right before anything is timed."""
        status, headers, text = self.post(self.body(SYNC_TEXT))
        answer = json.loads(text)
        self.expect(status == 200 and headers["content-type"].startswith("application/json"), text)
        if not self.streams:
            return
        self.expect([i["content"][0]["text"] for i in answer["output"]] == [SYNC_TEXT], text)
        status, headers, text = self.post(self.body(STREAM_TEXT, stream=True))
        self.expect(status == 200 and headers["content-type"].startswith("text/event-stream"), text)
        payloads = [line.removeprefix("data: ") for line in text.splitlines() if line.startswith("data: ")]
        if self.sentinel:
            self.expect(payloads.pop() == "[DONE]", text)
        events = [json.loads(payload) for payload in payloads]
        deltas = [e["delta"] for e in events if e["type"] == "response.output_text.delta"]
        self.expect(len(deltas) == 100 and "".join(deltas) == STREAM_TEXT, text)
        items = [e["item"] for e in events if e["type"] == "response.output_item.done"]
        self.expect([i["content"][0]["text"] for i in items] == [STREAM_TEXT], text)

    def expect(self, holds, text):
        if not holds:
            raise Failure(f"{self.name} answers wrongly: {text[:1000]}")

    def load(self, text, stream, seconds, connections=CONNECTIONS):
        """Loads the server: what wrk says, CPU time per request in ms, the most memory seen."""
        data = self.body(text, stream)
        wrk(self.url, data, WARM_UP_S, connections)
        return self.used(lambda: wrk(self.url, data, seconds, connections))

    def steady(self, text, rate, seconds):
        """Sends requests at a fixed rate: what steady.py says, CPU time per request in ms, the most memory seen."""
        command = [sys.executable, HERE / "steady.py", "--url", self.url, "--body", self.body(text),
                   "--rate", str(rate), "--seconds", str(seconds)]
        def send():
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode:
                raise Failure(f"steady.py failed for {self.name}: {done.stderr}")
            row = json.loads(done.stdout)
            if row["faults"]:
                raise Failure(f"{self.name}: {row['faults']} of {row['count']} requests went wrong")
            return row
        return self.used(send)

    def used(self, load):
        """What a load reports, and what the server used for it."""
        with HighestMemory(self.process.pid) as memory:
            before = cpu_s(self.process.pid)
            run = load()
            used = cpu_s(self.process.pid) - before
        return run | {"cpu_ms": used * 1e3 / run["count"], "mib": memory.mib}

    def hold(self):
        """Opens idle streams or WebSockets, in steps: {how many: memory, seconds to open them, CPU, /health}."""
        command = [sys.executable, HERE / "streams.py", *(["--websocket"] if self.sockets else []), "--url", self.url,
                   "--counts", ",".join(map(str, self.holds))]
        rows = {}
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as clients:
            try:
                for count in self.holds:
                    report = json.loads(clients.stdout.readline() or "{}")
                    if report.get("open") != count:
                        raise Failure(f"{self.name}: {report.get('open', 0)} of {count} opened")
                    time.sleep(1)  # what opening them left to do is not idling
                    cpu, began = cpu_s(self.process.pid), time.monotonic()
                    time.sleep(2)
                    cpu = (cpu_s(self.process.pid) - cpu) / (time.monotonic() - began)
                    rows[count] = {"mib": memory_mib(self.process.pid), "open_s": report["seconds"],
                                   "cpu_share": cpu, "health_ms": self.health_ms()}
                    clients.stdin.write("go on\n")
                    clients.stdin.flush()
                clients.stdin.close()
                if clients.wait(60):
                    raise Failure(f"{self.name}: not all stayed open")
            finally:
                clients.kill()
        return rows

    def health_ms(self):
        """Median time that /health takes."""
        times = []
        for _ in range(50):
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
            began = time.monotonic()
            connection.request("GET", "/health")
            connection.getresponse().read()
            times.append((time.monotonic() - began) * 1e3)
            connection.close()
        return statistics.median(times)

    def stop(self):
        """Ends the process, if there is one."""
        if not self.process:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            print(f"{self.name} did not stop within 15 s of SIGTERM; killed", file=sys.stderr)
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
        self.process = None
