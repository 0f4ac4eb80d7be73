"""What was measured, as Markdown, and the bounds that must hold."""

import dataclasses
import datetime
import os
import platform
import re
import statistics
import subprocess
from pathlib import Path


@dataclasses.dataclass
class Conditions:
    """How and where it was measured."""

    swift: Path
    root: Path
    server_core: int
    load_core: int
    rounds: int
    seconds: int
    starts: int
    answer_bytes: int
    built: bool  # by this run, and so from the commit that is named
    load: str | None = None  # what a round is, where it is not what the others are


@dataclasses.dataclass
class Bound:
    """One thing that must hold, at most or, with `least`, at least; `value` is None where it could not be measured."""

    what: str
    limit: float
    value: float | None
    unit: str
    least: bool = False

    @property
    def held(self):
        if self.value is None:
            return False
        return self.value >= self.limit if self.least else self.value <= self.limit

    def row(self):
        measured = "not measured" if self.value is None else show(self.value, self.unit)
        verdict = "ok" if self.held else "–" if self.value is None else "**missed**"
        limit = f"{'at least' if self.least else 'at most'} {show(self.limit, self.unit)}"
        return f"| {self.what} | {limit} | {measured} | {verdict} |"


def show(value, unit):
    """A figure with its unit; a small ratio as a fraction."""
    if unit == "×":
        return f"{value:.2f} ×" if value >= 0.5 else f"1/{1 / value:.1f}"
    return f"{value:,.0f}{unit}" if unit == "/s" else f"{value:.1f} {unit}"


def bounds_table(checked):
    """What must hold, as a table."""
    return "| | bound | measured | |\n|---|---:|---:|---|\n" + "\n".join(bound.row() for bound in checked)


def values(runs, name, *keys):
    """A figure of each round of a server; nothing for rounds without it."""
    found = []
    for row in runs.get(name, []):
        for key in keys:
            row = row.get(key) if row else None
        if row is not None:
            found.append(row)
    return found


def median(runs, name, *keys):
    """The median of a figure over the rounds, or None."""
    found = values(runs, name, *keys)
    return statistics.median(found) if found else None


def ratio(runs, name, other, kind):
    """CPU per request against another server's: the median of the rounds' ratios.

    The two were measured one after the other within a round, so what else the machine did weighs on both.
    """
    pairs = zip(values(runs, name, kind, "cpu_ms"), values(runs, other, kind, "cpu_ms"))
    ratios = [mine / its for mine, its in pairs]
    return statistics.median(ratios) if ratios else None


def start_ms(runs, name):
    """The median time from the start of a process to its first 200, in ms."""
    found = [s for row in runs.get(name, []) for s in row["starts"]]
    return statistics.median(found) * 1e3 if found else None


def bounds(runs):
    """The bounds, each with what was measured."""
    def cpu(what, most, name, other, kind):
        value = ratio(runs, name, other, kind)
        return Bound(f"CPU of a {what}", most, value, "×")

    return [
        cpu("sync echo, to plain Hummingbird", 1.35, "pool", "ceiling", "sync"),
        cpu("sync echo on the connection's loop, to plain Hummingbird", 1.25, "connection", "ceiling", "sync"),
        cpu("sync echo, to MLflow untraced", 1 / 7, "pool", "mlflow-untraced", "sync"),
        cpu("sync echo, to MLflow as it traces by default", 1 / 80, "pool", "mlflow", "sync"),
        cpu("stream of 100 deltas, to MLflow untraced", 1 / 6, "pool", "mlflow-untraced", "stream"),
        Bound("memory, idle", 40, median(runs, "pool", "idle_mib"), "MiB"),
        Bound("memory with 10,000 idle streams", 400, median(runs, "pool", "holds", 10_000, "mib"), "MiB"),
        Bound("start to first 200", 60, start_ms(runs, "pool"), "ms"),
    ]


# ---------------------------------------------------------------- Markdown


def cell(value, digits=0):
    """A figure, or a dash."""
    return "–" if value is None else f"{value:,.{digits}f}"


def micro(value):
    """Milliseconds as microseconds."""
    return None if value is None else value * 1e3


def loads(servers, runs, kind):
    """The rows of one kind of load."""
    for s in servers:
        if not values(runs, s.name, kind):
            continue
        cpu = values(runs, s.name, kind, "cpu_ms")
        cells = [cell(median(runs, s.name, kind, "per_s")), *(cell(micro(f(cpu)), 1) for f in (statistics.median, min))]
        for other in ("ceiling", "mlflow-untraced"):
            against = ratio(runs, s.name, other, kind)
            cells.append("–" if against is None else show(against, "×"))
        cells += [cell(median(runs, s.name, kind, p), 2) for p in ("p50", "p99")]
        yield f"| {s.label} | {' | '.join(cells)} |"


def memory(servers, runs):
    """The rows of memory and start."""
    for s in servers:
        load = [m for kind in ("sync", "stream") if (m := median(runs, s.name, kind, "mib")) is not None]
        held = [median(runs, s.name, "holds", count, "mib") for count in (1_000, 10_000)]
        cells = [median(runs, s.name, "idle_mib"), max(load, default=None), *held, start_ms(runs, s.name)]
        yield f"| {s.label} | {' | '.join(cell(c, 1) for c in cells)} |"


def held_open(servers, runs):
    """One line for each number of idle streams of each server."""
    for s in servers:
        for count in s.holds:
            if not values(runs, s.name, "holds", count):
                continue
            seconds, cpu, health = (median(runs, s.name, "holds", count, k)
                                    for k in ("open_s", "cpu_share", "health_ms"))
            grown = median(runs, s.name, "holds", count, "mib") - median(runs, s.name, "idle_mib")
            what = "WebSockets" if s.sockets else "streams"
            yield (f"- {s.label}, {count:,} idle {what}: {grown * 1024 / count:.1f} KiB each, the last step opened in "
                   f"{seconds:.1f} s, {cpu:.1%} of a core meanwhile, `/health` in {health:.2f} ms")


def command(*words, cwd=None):
    """The first line that a command prints; "unknown" when it fails."""
    try:
        done = subprocess.run(words, capture_output=True, text=True, check=True, cwd=cwd)
        return done.stdout.strip().splitlines()[0]
    except (OSError, subprocess.CalledProcessError, IndexError):
        return "unknown"


def machine(conditions, runs):
    """Where and how it was measured."""
    info = Path("/proc/cpuinfo").read_text()
    model = re.search(r"^(?:model name|Model)\s*:\s*(.+)$", info, re.M)
    version = re.search(r"Swift version \S+", command(conditions.swift / "swift", "--version"))
    commit = command("git", "describe", "--always", "--dirty", cwd=conditions.root)
    source = f"commit {commit}" if conditions.built else "binaries built before, of an unknown commit"
    yield f"- {datetime.datetime.now(datetime.timezone.utc):%Y-%m-%d %H:%M} UTC, {source}"
    yield f"- {model[1] if model else platform.machine()}, {os.cpu_count()} cores; Linux {platform.release()}"
    yield f"- {version[0] if version else 'Swift, version unknown'}, release build; MLflow as in peers/mlflow.txt"
    yield f"- servers on core {conditions.server_core}, load on core {conditions.load_core}, one loop or worker each"
    yield "- " + (conditions.load or f"{conditions.rounds} alternating rounds, {conditions.seconds} s of each load with 32 "
                  f"connections, at least {conditions.starts} starts; medians")
    loads = [row["load"] for rows in runs.values() for row in rows]
    yield f"- load average {min(loads):.1f} to {max(loads):.1f}; more than 2 is the work of others, and disturbs"


def markdown(servers, runs, checked, conditions):
    """The whole report."""
    head = "| | per second | CPU µs | least | to plain Hummingbird | to MLflow untraced | p50 ms | p99 ms |\n" + \
        "|---|---:|---:|---:|---:|---:|---:|---:|"
    parts = [
        "# Results\n\nWritten by `make bench`. The method is in [README.md](README.md); ratios and CPU per request are "
        "what to compare between machines.",
        "\n".join(machine(conditions, runs)),
        "## What must hold\n\n" + bounds_table(checked),
        f"## One message in, one out\n\nThe answer has {conditions.answer_bytes} bytes, plain Hummingbird's too.\n\n"
        + "\n".join([head, *loads(servers, runs, "sync")]),
        "## A stream of 100 deltas\n\n" + "\n".join([head, *loads(servers, runs, "stream")]),
        "## Memory (MiB) and start\n\n| | idle | highest under load | 1,000 idle streams | 10,000 | first 200, ms |\n"
        "|---|---:|---:|---:|---:|---:|\n" + "\n".join(memory(servers, runs)),
        "\n".join(held_open(servers, runs)),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"
