#!/usr/bin/env python3
"""Measure `/responses`, stored and not, beside `/invocations`, MLflow and another server; write RESPONSES.md.

    responses.py                    # about ten minutes, after the build
    responses.py --quick            # one short round: is anything badly off?

Needs wrk, and Python's venv for the peers (`make bench` sees to both). How it measures: README.md.
Exits with 0 when everything was measured; with --strict, only when all bounds hold too.
"""

import argparse
import os
import shutil
import signal
import sys
from pathlib import Path

import report
from harness import STREAM_TEXT, SYNC_TEXT, Failure, Server, allow_files, choose_cores, memory_mib
from programs import HERE, ROOT, azure, build, mlflow, say, swift
from report import Bound, cell, median, micro, ratio, show, values

SOCKETS = (1_000, 10_000)
CALLERS = 64
LEAST_STORED_PER_S = 3_000
STORED = "stored"


def servers(args):
    """The servers to compare, in the order of a round."""
    binaries = build(args.scratch_path) if not args.no_build else args.scratch_path / "release"
    # Without traces: the others have none either, or are compared in tracing.py.
    echo = [binaries / "echo-agent", "--host", "127.0.0.1", "--port", "{port}", "--keep-traces", "0"]
    found = [
        Server("invocations", "ours, `/invocations`", echo),
        Server("responses", "ours, `/responses`, `store: false`", echo, path="/responses", fields={"store": False},
               holds=SOCKETS, sockets=True),
        Server(STORED, "ours, `/responses`, stored", echo, path="/responses"),
    ]
    if command := mlflow():
        found.append(Server("mlflow-untraced", "MLflow, `/invocations`, tracing off", command, {"TRACING": "0"}))
    if command := azure():
        found.append(Server("azure", "azure-ai-agentserver-responses, `store: false`", command, path="/responses",
                            fields={"store": False}, sentinel=False))
    return found


def measure(server, seconds):
    """One round of one server: a fresh process for the loads, another one for the idle WebSockets."""
    row = {}
    try:
        row["starts"] = [server.start()]
        server.check()
        row["idle_mib"] = memory_mib(server.process.pid)
        row["sync"] = server.load(SYNC_TEXT, False, seconds)
        row["stream"] = server.load(STREAM_TEXT, True, seconds)
        server.stop()
        if server.name == STORED:  # from an empty store
            server.start()
            row["sustained"] = server.load(SYNC_TEXT, False, 3 * seconds, CALLERS)
            row["steady"] = server.steady(SYNC_TEXT, LEAST_STORED_PER_S / 2, 2 * seconds)
            server.stop()
        if server.holds:
            server.start()
            row["holds"] = server.hold()
        row["load"] = os.getloadavg()[0]
    finally:
        server.stop()
    return row


def run(args):
    """Everything: the servers, what was measured of each, the conditions."""
    chosen = servers(args)
    allow_files(chosen)
    server_core, load_core = choose_cores()
    os.sched_setaffinity(0, {load_core})
    for server in chosen:
        server.core = server_core
    runs = {server.name: [] for server in chosen}
    for number in range(1, args.rounds + 1):
        for server in chosen:
            row = measure(server, args.seconds)
            runs[server.name].append(row)
            more = f", {row['sustained']['per_s']:,.0f} stored/s" if "sustained" in row else ""
            say(f"round {number} of {args.rounds}, {server.name}: sync {row['sync']['cpu_ms'] * 1e3:.1f} µs CPU, "
                f"stream {row['stream']['cpu_ms'] * 1e3:.0f} µs{more}, load average {row['load']:.1f}")
    return chosen, runs, report.Conditions(
        swift=swift(), root=ROOT, server_core=server_core, load_core=load_core, rounds=args.rounds,
        seconds=args.seconds, starts=args.rounds, answer_bytes=0, built=not args.no_build)


def bounds(runs):
    """What must hold, each with what was measured."""
    def cpu(what, most, other, kind):
        return Bound(f"CPU of {what}", most, ratio(runs, "responses", other, kind), "×")

    return [
        cpu("a sync echo, `store: false`, to `/invocations`", 1.5, "invocations", "sync"),
        cpu("a stream of 100 deltas, `store: false`, to MLflow's bare one, untraced", 1 / 4, "mlflow-untraced", "stream"),
        cpu("a stream of 100 deltas, `store: false`, to azure-ai-agentserver-responses", 1 / 15, "azure", "stream"),
        Bound("stored responses per second", LEAST_STORED_PER_S, median(runs, STORED, "sustained", "per_s"), "/s",
              least=True),
        Bound(f"p99 of stored responses at {LEAST_STORED_PER_S // 2:,}/s", 50, median(runs, STORED, "steady", "p99"),
              "ms"),
        Bound("memory with 10,000 idle WebSockets", 400, median(runs, "responses", "holds", 10_000, "mib"), "MiB"),
    ]


# ---------------------------------------------------------------- Markdown


def loads(chosen, runs, kind):
    """The rows of one kind of load."""
    yield "| | per second | CPU µs | least | to `/invocations` | p50 ms | p99 ms | highest MiB |"
    yield "|---|---:|---:|---:|---:|---:|---:|---:|"
    for s in chosen:
        cpu = values(runs, s.name, kind, "cpu_ms")
        cells = [cell(median(runs, s.name, kind, "per_s")), cell(micro(median(runs, s.name, kind, "cpu_ms")), 1),
                 cell(micro(min(cpu)), 1), show(ratio(runs, s.name, "invocations", kind), "×")]
        cells += [cell(median(runs, s.name, kind, p), 2) for p in ("p50", "p99")]
        yield f"| {s.label} | {' | '.join(cells)} | {cell(median(runs, s.name, kind, 'mib'), 1)} |"


def stored(runs):
    """The rows of storing."""
    yield "| | per second | CPU µs | p50 ms | p99 ms | highest MiB |"
    yield "|---|---:|---:|---:|---:|---:|"
    names = {"sustained": f"as many as {CALLERS} callers can", "steady": "at a fixed rate"}
    for kind, label in names.items():
        cells = [cell(median(runs, STORED, kind, "per_s")), cell(micro(median(runs, STORED, kind, "cpu_ms")), 1)]
        cells += [cell(median(runs, STORED, kind, p), 2) for p in ("p50", "p99")]
        yield f"| {label} | {' | '.join(cells)} | {cell(median(runs, STORED, kind, 'mib'), 1)} |"


def markdown(chosen, runs, checked, conditions):
    """The whole report."""
    return "\n\n".join([
        "# `/responses`\n\nWritten by `Benchmarks/responses.py`. The method is in [README.md](README.md).",
        "\n".join(report.machine(conditions, runs)),
        "## What must hold\n\n" + report.bounds_table(checked),
        "## One message in, one out\n\n" + "\n".join(loads(chosen, runs, "sync")),
        "## A stream of 100 deltas\n\n" + "\n".join(loads(chosen, runs, "stream")),
        "## Stored, each on disk before its answer\n\n" + "\n".join(stored(runs)),
        "## Idle WebSockets\n\n" + "\n".join(report.held_open(chosen, runs)),
    ]) + "\n"


def main():
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=6, help="of each load, after 2 s of warming up")
    parser.add_argument("--quick", action="store_true", help="one round of 3 s; does not touch RESPONSES.md")
    parser.add_argument("--strict", action="store_true", help="exit with 2 when a bound is missed or not measured")
    parser.add_argument("--no-build", action="store_true", help="measure what is built already")
    parser.add_argument("--scratch-path", type=Path, default=HERE / ".build", help="where to build")
    args = parser.parse_args()
    if args.quick:
        args.rounds, args.seconds = 1, 3
    args.scratch_path = args.scratch_path.resolve()
    if sys.platform != "linux" or not shutil.which("wrk"):
        raise Failure("this needs Linux and wrk; `make bench` installs wrk where it can")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that no server is left behind
    chosen, runs, conditions = run(args)
    checked = bounds(runs)
    text = markdown(chosen, runs, checked, conditions)
    print(text)
    if not args.quick:
        (HERE / "RESPONSES.md").write_text(text)
    return 2 if args.strict and not all(bound.held for bound in checked) else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failure as failure:
        sys.exit(f"responses.py: {failure}")
    except KeyboardInterrupt:
        sys.exit(130)
