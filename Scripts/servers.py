"""Starting and stopping servers for the checks in this folder. Python standard library only."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
START_S = 60  # a debug build on a slow, busy machine
STOP_S = 10

# Prefixes of what a developer's shell may hold and a server under check must not see.
FOREIGN = ("AGENT_SERVER_", "CHAT_PROXY_", "CHAT_APP_PORT", "DATABRICKS_", "MLFLOW_", "LOG_LEVEL")


def build(product, configuration="debug"):
    """Builds an executable product; its path."""
    swift = subprocess.run([ROOT / "Scripts/find-swift"], stdout=subprocess.PIPE, text=True)
    if swift.returncode:
        sys.exit("no swift found; run `make setup`")
    command = [f"{swift.stdout.strip()}/swift", "build", "--package-path", ROOT, "-c", configuration]
    done = subprocess.run([*command, "--product", product], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        sys.exit(f"{done.stdout}\nbuilding {product} failed")
    folder = subprocess.run([*command, "--show-bin-path"], stdout=subprocess.PIPE, text=True, check=True).stdout
    return Path(folder.strip()) / product


def free_ports(count):
    """Ports that nobody listens on, all different."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for s in sockets:
            s.bind(("127.0.0.1", 0))
        return [s.getsockname()[1] for s in sockets]
    finally:
        for s in sockets:
            s.close()


def memory_mib(pid):
    """The memory a process has in use."""
    return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1]) / 1024


def open_files(pid):
    """How many files and sockets a process has open."""
    return len(os.listdir(f"/proc/{pid}/fd"))


def clean_environment(**extra):
    """The environment without what would change how a server behaves, and with `extra`."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(FOREIGN)}
    return kept | extra


class Servers:
    """Servers that run while a `with` block does, their logs in a temporary folder.

    The folder is removed at the end unless `keep_logs` was called or the block was left by an error.
    """

    def __init__(self, purpose):
        self.logs = Path(tempfile.mkdtemp(prefix=f"{purpose}-"))
        self.running = {}
        self.health = {}
        self.keeping = False

    def __enter__(self):
        # A terminated check must still stop its servers.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        return self

    def __exit__(self, kind, *_):
        self.stop()
        if self.keeping or kind is not None:
            print(f"the servers' logs are in {self.logs}", file=sys.stderr)
        else:
            shutil.rmtree(self.logs, ignore_errors=True)

    def start(self, name, command, port, cwd=None, health="/health", **extra):
        """Starts a server that will listen on `port`, in a folder of its own or a given one; does not wait for it.

        It is ready when it answers a GET of `health`.
        """
        folder = cwd or self.logs / f"{name}.work"
        folder.mkdir(exist_ok=True)
        with open(self.log(name), "wb") as log:
            # In a session of its own, so that Ctrl-C reaches the check first.
            process = subprocess.Popen([str(word) for word in command], cwd=folder, stdin=subprocess.DEVNULL,
                                       stdout=log, stderr=log, env=clean_environment(**extra),
                                       start_new_session=True)
        self.running[name] = (process, port)
        self.health[name] = health
        return process

    def log(self, name):
        """Where a server's output goes."""
        return self.logs / f"{name}.log"

    def wait(self):
        """Returns when all servers answer /health; exits when one does not in time."""
        deadline = time.monotonic() + START_S
        for name, (process, port) in self.running.items():
            while not healthy(port, self.health[name]):
                if process.poll() is not None:
                    self.fail(f"server {name} ended with status {process.returncode} before it answered", name)
                if time.monotonic() > deadline:
                    self.fail(f"server {name} did not answer {self.health[name]} within {START_S} s", name)
                time.sleep(0.05)

    def fail(self, message, name):
        """Ends the check with a server's last words."""
        words = self.log(name).read_text("utf-8", "replace").splitlines()[-20:]
        sys.exit("\n".join([f"{message}; its last words:", *(f"    {line}" for line in words)]))

    def keep_logs(self):
        """Keeps the logs for the developer to read."""
        self.keeping = True

    def dead(self):
        """(name, exit status) of the servers that ended by themselves."""
        return [(n, p.returncode) for n, (p, _) in self.running.items() if p.poll() is not None]

    def stop(self):
        """Stops what still runs, and only that: one after the other, for the later ones may need the earlier to end well."""
        processes = [(n, p) for n, (p, _) in self.running.items() if p.poll() is None]
        for name, process in reversed(processes):
            process.terminate()
            try:
                process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                print(f"server {name} did not stop within {STOP_S} s of SIGTERM; killed", file=sys.stderr)
                self.keep_logs()
                process.kill()
                process.wait()
        self.running = {}


def healthy(port, path="/health"):
    """Whether the server on `port` answers a path with 200."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False
