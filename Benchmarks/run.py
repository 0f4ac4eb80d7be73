#!/usr/bin/env python3
"""Measure this server beside plain Hummingbird and MLflow's own, and write RESULTS.md.

    run.py                          # about ten minutes, after the build
    run.py --quick                  # one short round: is anything badly off?
    run.py --only pool,ceiling

Needs wrk, and Python's venv for MLflow (`make bench` sees to both). How it measures: README.md.
Exits with 0 when everything was measured; with --strict, only when all bounds hold too.
"""

import argparse
import json
import os
import shutil
import signal
import sys
from pathlib import Path

import report
from harness import STREAM_TEXT, SYNC_TEXT, Failure, Server, allow_files, body, choose_cores, memory_mib
from programs import HERE, ROOT, build, mlflow, say, swift

IDLE_STREAMS = (1_000, 10_000)


# ---------------------------------------------------------------- what is measured


def servers(args):
    """The servers to compare, in the order of a round."""
    binaries = build(args.scratch_path) if not args.no_build else args.scratch_path / "release"
    # Without traces: the others have none either, or are compared in tracing.py.
    echo = [binaries / "echo-agent", "--host", "127.0.0.1", "--port", "{port}", "--keep-traces", "0"]
    ceiling = [binaries / "ceiling", "--port", "{port}", "--answer-bytes", "{bytes}"]
    all_of_them = [
        Server("pool", "ours, agent on the pool (default)", echo, holds=IDLE_STREAMS),
        Server("connection", "ours, agent on the connection's loop", echo, {"ECHO_EXECUTION": "connection"}),
        Server("ceiling", "plain Hummingbird, fixed answer", ceiling, streams=False),
    ]
    wanted = not args.only or any(name.startswith("mlflow") for name in args.only)
    if wanted and (command := mlflow()):
        all_of_them += [
            Server("mlflow-untraced", "MLflow, tracing off", command, {"TRACING": "0"}, holds=IDLE_STREAMS[:1]),
            Server("mlflow", "MLflow, its default tracing", command),
        ]
    chosen = [s for s in all_of_them if not args.only or s.name in args.only]
    if unknown := set(args.only) - {s.name for s in chosen}:
        raise Failure(f"--only: {', '.join(sorted(unknown))} cannot be measured")
    return chosen


# ---------------------------------------------------------------- measuring


def measure(server, seconds):
    """One round of one server: a fresh process for the loads, another one for the idle streams."""
    row = {}
    try:
        row["starts"] = [server.start()]
        server.check()
        row["idle_mib"] = memory_mib(server.process.pid)
        row["sync"] = server.load(SYNC_TEXT, False, seconds)
        if server.streams:
            row["stream"] = server.load(STREAM_TEXT, True, seconds)
        server.stop()
        if server.holds:
            row["starts"].append(server.start())
            row["holds"] = server.hold()
        row["load"] = os.getloadavg()[0]
    finally:
        server.stop()
    return row


def answer_bytes(server):
    """How long a server's answer to the sync echo is."""
    try:
        server.start()
        server.check()
        return len(server.post(body(SYNC_TEXT))[2].encode())
    finally:
        server.stop()


def starts(chosen, runs, wanted):
    """Further starts, alternating, until each server has been started so often."""
    while due := [s for s in chosen if sum(len(r["starts"]) for r in runs[s.name]) < wanted]:
        for server in due:
            try:
                runs[server.name][0]["starts"].append(server.start())
            finally:
                server.stop()


def run(args):
    """Everything: the servers, what was measured of each, the conditions."""
    chosen = servers(args)
    allow_files(chosen)

    server_core, load_core = choose_cores()
    os.sched_setaffinity(0, {load_core})
    for server in chosen:
        server.core = server_core
    ours = next((s for s in chosen if s.name in ("pool", "connection")), None)
    size = answer_bytes(ours) if ours else 400
    for server in chosen:
        server.command = [str(word).replace("{bytes}", str(size)) for word in server.command]

    runs = {server.name: [] for server in chosen}
    for number in range(1, args.rounds + 1):
        for server in chosen:
            row = measure(server, args.seconds)
            runs[server.name].append(row)
            stream = f", stream {row['stream']['cpu_ms'] * 1e3:.0f} µs" if "stream" in row else ""
            say(f"round {number} of {args.rounds}, {server.name}: sync {row['sync']['cpu_ms'] * 1e3:.1f} µs CPU"
                f"{stream}, load average {row['load']:.1f}")
    say(f"starts: {args.starts} of each")
    starts(chosen, runs, args.starts)
    conditions = report.Conditions(swift=swift(), root=ROOT, server_core=server_core, load_core=load_core,
                                   rounds=args.rounds, seconds=args.seconds, starts=args.starts, answer_bytes=size,
                                   built=not args.no_build)
    return chosen, runs, conditions


def main():
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=6, help="of each load, after 2 s of warming up")
    parser.add_argument("--starts", type=int, default=10, help="how often each server is started at least")
    parser.add_argument("--quick", action="store_true", help="one round of 3 s, 3 starts; does not touch RESULTS.md")
    parser.add_argument("--only", default="", metavar="NAME,…",
                        help="of pool, connection, ceiling, mlflow-untraced, mlflow; does not touch RESULTS.md")
    parser.add_argument("--strict", action="store_true", help="exit with 2 when a bound is missed or not measured")
    parser.add_argument("--no-build", action="store_true", help="measure what is built already")
    parser.add_argument("--scratch-path", type=Path, default=HERE / ".build", help="where to build")
    parser.add_argument("--output", type=Path, help="where to write; default: RESULTS.md beside this file")
    parser.add_argument("--json", type=Path, help="also write every single measurement here")
    args = parser.parse_args()
    args.only = [name for name in args.only.split(",") if name]
    if args.quick:
        args.rounds, args.seconds, args.starts = 1, 3, 3
    args.scratch_path = args.scratch_path.resolve()

    if sys.platform != "linux" or not shutil.which("wrk"):
        raise Failure("this needs Linux and wrk; `make bench` installs wrk where it can")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that no server is left behind
    chosen, runs, conditions = run(args)
    if args.json:
        args.json.write_text(json.dumps(runs, indent=1))
    bounds = report.bounds(runs)
    text = report.markdown(chosen, runs, bounds, conditions)
    print(text)
    partial = args.quick or args.only
    if args.output or not partial:
        (args.output or HERE / "RESULTS.md").write_text(text)
    held = all(bound.held for bound in bounds)
    return 2 if args.strict and not held else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failure as failure:
        sys.exit(f"run.py: {failure}")
    except KeyboardInterrupt:
        sys.exit(130)
