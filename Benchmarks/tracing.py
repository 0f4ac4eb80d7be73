#!/usr/bin/env python3
"""Measure what traces cost, and that nobody waits for where they go; write TRACING.md.

    tracing.py                      # some minutes, after the build
    tracing.py --quick              # one short round; does not touch TRACING.md

Requests come at a fixed rate. The tracking server and the collector are scripted (peers/tracker.py): they take traces
and count them. Needs Python's venv for MLflow (`make bench` sees to it). How it measures: README.md. With --strict, exits
with 2 when a bound is missed or not measured.
"""

import argparse
import contextlib
import http.client
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path

import report
from harness import SYNC_TEXT, Failure, Server, choose_cores, memory_mib
from programs import HERE, ROOT, build, mlflow, say, swift
from report import Bound, cell, median, micro

RATE, COLLECTOR_RATE = 1_000, 2_000


@contextlib.contextmanager
def tracker(*options):
    """A scripted tracking server; its port."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    process = subprocess.Popen([sys.executable, HERE / "peers/tracker.py", str(port), *options],
                               stdin=subprocess.DEVNULL)
    try:
        for _ in range(200):
            with contextlib.suppress(OSError):
                counts(port)
                break
            time.sleep(0.05)
        yield port
    finally:
        process.kill()
        process.wait()


def counts(port):
    """What the scripted server has got."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/counts", headers={"Content-Length": "0"})
        return json.loads(connection.getresponse().read())
    finally:
        connection.close()


def steady(server, rate, seconds):
    """One load at a fixed rate on a fresh process, and how many requests it has answered since its start."""
    server.start()
    server.steady(SYNC_TEXT, rate, 2)  # to warm up
    row = server.steady(SYNC_TEXT, rate, seconds)
    row["mib"] = max(row["mib"], memory_mib(server.process.pid))
    return row, 1 + 2 * rate + row["count"]


def round_of(servers, seconds):
    """One round of all ways."""
    rows = {}
    untraced, kept, traced, collected, peer = servers

    def measure(server, rate, port=None, counted=None):
        try:
            row, sent = steady(server, rate, seconds)
            server.stop()  # which sends what is left
            if counted:
                row["missing"] = sent - counts(port)[counted]
            rows[server.name] = row
        finally:
            server.stop()

    measure(untraced, RATE)
    measure(kept, RATE)
    with tracker() as port:
        traced.env = {"MLFLOW_TRACKING_URI": f"http://127.0.0.1:{port}"}
        measure(traced, RATE, port, "infos")
    with tracker() as port:
        collected.env = {"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{port}"}
        measure(collected, COLLECTOR_RATE, port, "spans")
    with tracker("hang") as port:
        for name, place in (("hanging", port), ("gone", 9)):  # nobody listens on the latter
            server = Server(name, "", traced.command, {"MLFLOW_TRACKING_URI": f"http://127.0.0.1:{place}",
                                                       "AGENT_SERVER_DRAIN_TIMEOUT": "1"})
            server.core = traced.core
            measure(server, RATE)
    if peer:
        try:
            peer.start()
            rows["mlflow"] = peer.load(SYNC_TEXT, False, seconds)
        finally:
            peer.stop()
    return rows | {"load": os.getloadavg()[0]}


def run(args):
    """Everything: the rounds and the conditions."""
    binaries = build(args.scratch_path) if not args.no_build else args.scratch_path / "release"
    echo = [binaries / "echo-agent", "--host", "127.0.0.1", "--port", "{port}"]
    servers = [
        Server("untraced", "", [*echo, "--keep-traces", "0"]), Server("kept", "", echo), Server("traced", "", echo),
        Server("collected", "", echo),
    ]
    command = mlflow()
    servers.append(Server("mlflow", "", command) if command else None)
    server_core, load_core = choose_cores()
    os.sched_setaffinity(0, {load_core})
    for server in servers:
        if server:
            server.core = server_core
    rows = []
    for number in range(1, args.rounds + 1):
        rows.append(round_of(servers, args.seconds))
        costs = {name: f"{row['cpu_ms'] * 1e3:.0f}" for name, row in rows[-1].items() if name != "load"}
        say(f"round {number} of {args.rounds}: CPU µs {costs}, load average {rows[-1]['load']:.1f}")
    conditions = report.Conditions(swift=swift(), root=ROOT, server_core=server_core, load_core=load_core,
                                   rounds=args.rounds, seconds=args.seconds, starts=args.rounds, answer_bytes=0,
                                   built=not args.no_build)
    return rows, conditions


def bounds(rows):
    """What must hold, each with what was measured."""
    def of(name, key):
        found = [row[name][key] for row in rows if name in row]
        return statistics.median(found) if found else None

    def against(name, other, combine):
        found = [combine(row[name]["cpu_ms"], row[other]["cpu_ms"]) for row in rows if name in row and other in row]
        return statistics.median(found) if found else None

    return [
        Bound("CPU of a trace sent to a tracking server, both requests", 40,
              micro(against("traced", "untraced", lambda a, b: a - b)), "µs"),
        Bound("CPU of a traced request, to MLflow as it traces by default", 1 / 50,
              against("traced", "mlflow", lambda a, b: a / b), "×"),
        Bound(f"traces lost at {RATE:,}/s, to a tracking server", 0, of("traced", "missing"), "traces"),
        Bound(f"traces lost at {COLLECTOR_RATE:,}/s, to a collector", 0, of("collected", "missing"), "traces"),
    ]


LABELS = {
    "untraced": "no traces", "kept": "kept in the store", "traced": "to a tracking server",
    "hanging": "to a tracking server that hangs", "gone": "to a tracking server that is down",
    "collected": f"to a collector, at {COLLECTOR_RATE:,}/s",
}


def markdown(rows, checked, conditions):
    """The whole report."""
    runs = {name: [row[name] for row in rows if name in row] for name in LABELS}
    table = ["| traces | CPU µs | p50 ms | p99 ms | highest MiB |", "|---|---:|---:|---:|---:|"]
    for name, label in LABELS.items():
        keyed = {name: [{"row": row} for row in runs[name]]}
        cells = [cell(micro(median(keyed, name, "row", "cpu_ms")), 1)]
        cells += [cell(median(keyed, name, "row", key), 2) for key in ("p50", "p99")]
        cells += [cell(median(keyed, name, "row", "mib"), 1)]
        table.append(f"| {label} | {' | '.join(cells)} |")
    loads = {"all": [{"load": row["load"]} for row in rows]}
    return "\n\n".join([
        "# What traces cost\n\nWritten by `Benchmarks/tracing.py`. The method is in [README.md](README.md).",
        "\n".join(report.machine(conditions, loads)),
        "## What must hold\n\n" + report.bounds_table(checked),
        f"## Sync echoes at {RATE:,} requests/s\n\nCPU is the whole server's, divided by the requests: at this rate it is "
        "idle in between, which costs more a request than full load does.\n\n" + "\n".join(table),
    ]) + "\n"


def main():
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=8, help="of each load, after 2 s of warming up")
    parser.add_argument("--quick", action="store_true", help="one round of 4 s; does not touch TRACING.md")
    parser.add_argument("--strict", action="store_true", help="exit with 2 when a bound is missed or not measured")
    parser.add_argument("--no-build", action="store_true", help="measure what is built already")
    parser.add_argument("--scratch-path", type=Path, default=HERE / ".build", help="where to build")
    args = parser.parse_args()
    if args.quick:
        args.rounds, args.seconds = 1, 4
    args.scratch_path = args.scratch_path.resolve()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that no server is left behind
    rows, conditions = run(args)
    checked = bounds(rows)
    text = markdown(rows, checked, conditions)
    print(text)
    if not args.quick:
        (HERE / "TRACING.md").write_text(text)
    return 2 if args.strict and not all(bound.held for bound in checked) else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failure as failure:
        sys.exit(f"tracing.py: {failure}")
    except KeyboardInterrupt:
        sys.exit(130)
