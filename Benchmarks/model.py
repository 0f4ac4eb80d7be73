#!/usr/bin/env python3
"""Measure what the server adds on the way from a model to a client, for each token; write MODEL.md.

    model.py                        # about four minutes, after the build
    model.py --quick                # one round; does not touch MODEL.md

The endpoint of the model and the clients are one program (Sources/model-load): each token is the time at which it is sent,
and one clock reads it. How it measures: README.md. With --strict, exits with 2 when a bound is missed or not measured.
"""

import argparse
import contextlib
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
from pathlib import Path

import proxy
import report
from harness import Failure, HighestMemory, Server, choose_cores, cpu_s
from programs import HERE, ROOT, build, say, swift
from report import Bound, cell
from streams import raise_file_limit

DELTAS, INTERVAL_MS = 50, 50
# How many streams at once, and how often each, so that there are enough tokens for a p99.
LOADS = {1: 8, 100: 2, 1_000: 1}
BOUND_STREAMS = 100
KINDS = {"delta": "a token", "first": "the first token, from the request"}


class Endpoint:
    """The process that is the model's endpoint and its clients."""

    def __init__(self, program):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
        self.process = subprocess.Popen([program, "--port", str(self.port)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.heard("ready\n")

    def heard(self, wanted=None):
        """The next line that it prints."""
        line = self.process.stdout.readline()
        if wanted and line != wanted:
            raise Failure(f"model-load says {line!r}")
        return line

    def load(self, streams, repeats, port, path, deltas=DELTAS):
        """What so many clients see of a port."""
        self.process.stdin.write(f"{streams} {repeats} {deltas} {INTERVAL_MS} {port} {path}\n")
        self.process.stdin.flush()
        line = self.heard()
        try:
            row = json.loads(line)
        except ValueError:
            raise Failure(f"model-load says {line!r}") from None
        if row["faults"]:
            raise Failure(f"{row['faults']} of {streams * repeats} streams at {path} were not whole")
        return row

    def direct(self, streams, repeats):
        """What they see of the endpoint itself."""
        return self.load(streams, repeats, self.port, "/v1/chat/completions")

    def stop(self):
        self.process.kill()
        self.process.wait()


@contextlib.contextmanager
def running(thing):
    """Stops it, whatever happens."""
    try:
        yield thing
    finally:
        thing.stop()


def round_of(programs, core, loads):
    """One round: a fresh server, each number of streams directly and by way of it."""
    rows = {}
    with running(Endpoint(programs["model-load"])) as endpoint:
        command = [programs["agent-server"], "--host", "127.0.0.1", "--port", "{port}", "--model-url",
                   f"http://127.0.0.1:{endpoint.port}/v1", "--model", "bench", "--model-api", "chat"]
        with running(Server("agent-server", "", command, path="/v1/responses", fields={"store": False})) as server:
            server.core = core
            server.start()
            endpoint.load(10, 1, server.port, server.path, deltas=10)  # to warm up
            for streams, repeats in loads.items():
                direct = endpoint.direct(streams, repeats)
                with HighestMemory(server.process.pid) as memory:
                    before = cpu_s(server.process.pid)
                    through = endpoint.load(streams, repeats, server.port, server.path)
                    used = cpu_s(server.process.pid) - before
                added = {key: through[key] - direct[key] for key in direct if key not in ("count", "faults")}
                rows[streams] = {"direct": direct, "through": through, "added": added,
                                 "cpu_us": used * 1e6 / through["count"], "mib": memory.mib}
    return rows | {"load": os.getloadavg()[0]}


def run(args):
    """Everything: the rounds and the conditions."""
    built = args.scratch_path / "release" if args.no_build else build(args.scratch_path)
    server = args.binary or (ROOT / ".build-static/release/agent-server" if args.no_build else proxy.build())
    programs = {"model-load": built / "model-load", "agent-server": server.resolve()}
    raise_file_limit(3 * max(args.loads) + 100)
    server_core, load_core = choose_cores()
    os.sched_setaffinity(0, {load_core})
    rows = []
    for number in range(1, args.rounds + 1):
        rows.append(round_of(programs, server_core, args.loads))
        found = {streams: f"{rows[-1][streams]['added']['delta_p99']:.2f}" for streams in args.loads}
        say(f"round {number} of {args.rounds}: ms added at p99 {found}, load average {rows[-1]['load']:.1f}")
    what = (f"{args.rounds} rounds, each with a fresh server; streams of {DELTAS} tokens, {1000 // INTERVAL_MS} a second, "
            "directly and then by way of the server; medians")
    conditions = report.Conditions(swift=swift(), root=ROOT, server_core=server_core, load_core=load_core,
                                   rounds=args.rounds, seconds=0, starts=args.rounds, answer_bytes=0,
                                   built=not args.no_build and not args.binary, load=what)
    return rows, conditions


def middle(rows, streams, *keys):
    """The median of a figure over the rounds, or None."""
    found = []
    for row in rows:
        for key in (streams, *keys):
            row = row.get(key) if row else None
        if row is not None:
            found.append(row)
    return statistics.median(found) if found else None


def bounds(rows):
    """What must hold, each with what was measured."""
    return [Bound(f"p99 added to a token at {BOUND_STREAMS} streams", 1,
                  middle(rows, BOUND_STREAMS, "added", "delta_p99"), "ms")]


# ---------------------------------------------------------------- Markdown


def times(rows, loads, kind):
    """The rows of one kind of time."""
    yield "| streams | p50 ms, direct | by way of the server | added | p99 ms, direct | by way of the server | added |"
    yield "|---:|---:|---:|---:|---:|---:|---:|"
    for streams in loads:
        cells = [cell(middle(rows, streams, way, f"{kind}_{share}"), 2)
                 for share in ("p50", "p99") for way in ("direct", "through", "added")]
        yield f"| {streams:,} | {' | '.join(cells)} |"


def costs(rows, loads):
    """The rows of what it takes."""
    yield "| streams | CPU µs a token | highest MiB |"
    yield "|---:|---:|---:|"
    for streams in loads:
        yield f"| {streams:,} | {cell(middle(rows, streams, 'cpu_us'), 1)} | {cell(middle(rows, streams, 'mib'), 1)} |"


def markdown(rows, loads, checked, conditions):
    """The whole report."""
    averages = {"all": [{"load": row["load"]} for row in rows]}
    return "\n\n".join([
        "# What the server adds to a model\n\nWritten by `Benchmarks/model.py`. The method is in [README.md](README.md).",
        "\n".join(report.machine(conditions, averages)),
        "## What must hold\n\n" + report.bounds_table(checked),
        *(f"## The time of {what}\n\n" + "\n".join(times(rows, loads, kind)) for kind, what in KINDS.items()),
        "## What it takes\n\n" + "\n".join(costs(rows, loads)),
    ]) + "\n"


def main():
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="one round, up to 100 streams; does not touch MODEL.md")
    parser.add_argument("--strict", action="store_true", help="exit with 2 when a bound is missed or not measured")
    parser.add_argument("--no-build", action="store_true", help="measure what is built already")
    parser.add_argument("--binary", type=Path, help="an agent-server that is built already")
    parser.add_argument("--scratch-path", type=Path, default=HERE / ".build", help="where to build")
    args = parser.parse_args()
    args.loads = LOADS
    if args.quick:
        args.rounds, args.loads = 1, {streams: repeats for streams, repeats in LOADS.items() if streams <= BOUND_STREAMS}
    args.scratch_path = args.scratch_path.resolve()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that no server is left behind
    rows, conditions = run(args)
    checked = bounds(rows)
    text = markdown(rows, args.loads, checked, conditions)
    print(text)
    if not args.quick:
        (HERE / "MODEL.md").write_text(text)
    return 2 if args.strict and not all(bound.held for bound in checked) else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failure as failure:
        sys.exit(f"model.py: {failure}")
    except KeyboardInterrupt:
        sys.exit(130)
