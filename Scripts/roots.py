"""Bare Debian roots in temporary folders, and programs that run in them as in a container.

Needs root and debootstrap (`Scripts/setup release`). Python standard library only.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SUITE = "bookworm"
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

# A process namespace ends with its first process, whatever that started, and a mount namespace takes its mounts along:
# no process and no mount is left behind, even when this script is killed.
APART = ["unshare", "--mount", "--pid", "--fork", "--kill-child"]


def possible():
    """What a root cannot be made for; empty when it can."""
    if os.geteuid():
        return "only root can make a root"
    if not shutil.which("debootstrap", path=PATH):
        return "there is no debootstrap; run `Scripts/setup release`"
    return ""


def debian_mirror():
    """The mirror that apt on this machine is configured with."""
    fields = "$(ORIGIN)|$(LABEL)|$(CODENAME)|$(REPO_URI)"
    command = ["apt-get", "indextargets", "--format", fields, "Created-By: Packages"]
    lines = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
    found = [line.split("|") for line in lines if line.startswith("Debian|Debian|")]
    # A mirror has all suites, so that of another one does too.
    found.sort(key=lambda fields: fields[2] != SUITE)
    if not found:
        sys.exit("apt on this machine knows no mirror of Debian; if it should, run `apt-get update`")
    return found[0][3]


def download_environment():
    """This machine's environment, with the proxy that apt uses."""
    command = ["apt-config", "shell", "proxy", "Acquire::http::Proxy"]
    line = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    proxy = line.strip().removeprefix("proxy=").strip("'")
    return os.environ | {"PATH": PATH, "LC_ALL": "C"} | ({"http_proxy": proxy} if proxy else {})


class DebianRoot:
    """The smallest Debian there is, in a folder that is removed when the `with` block ends."""

    def __init__(self, purpose, include=()):
        self.folder = Path(tempfile.mkdtemp(prefix=f"{purpose}-"))
        self.include = include

    def __enter__(self):
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # a terminated check must still remove its root
        try:
            self.make()
        except BaseException:
            self.remove()
            raise
        return self

    def __exit__(self, *_):
        self.remove()

    def make(self):
        """Fills the folder."""
        if problem := possible():
            sys.exit(problem)
        # Others than root must get at what is in it.
        self.folder.chmod(0o755)
        command = [*APART, "--mount-proc", "debootstrap", "--variant=minbase"]
        if self.include:
            command.append(f"--include={','.join(self.include)}")
        done = subprocess.run([*command, SUITE, self.folder, debian_mirror()], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
                              env=download_environment())
        if done.returncode:
            last = "\n".join(done.stdout.splitlines()[-20:])
            sys.exit(f"{last}\ndebootstrap failed with status {done.returncode}")

    def remove(self):
        """Removes the folder, unless something is mounted there after all."""
        if f" {self.folder}/" in Path("/proc/self/mountinfo").read_text():
            sys.exit(f"something is mounted below {self.folder}, which is left as it is")
        try:
            shutil.rmtree(self.folder)
        except OSError:
            time.sleep(1)  # what was killed a moment ago may still have written
            shutil.rmtree(self.folder)

    def command(self, words, environment=None, user="root", cwd="/", own_network=False):
        """The command line that runs a program in the root, as the first process of a namespace of its own.

        With a network of its own, it has none: not even the loopback interface is up.
        """
        variables = {"PATH": PATH} | (environment or {})
        apart = [*APART, f"--mount-proc={self.folder}/proc", *(["--net"] if own_network else [])]
        inside = ["chroot", f"--userspec={user}", self.folder, "env", "--ignore-environment", f"--chdir={cwd}",
                  *(f"{name}={value}" for name, value in variables.items()),
                  # Asked for before, but forgotten with the change of the user.
                  "setpriv", "--pdeathsig", "KILL"]
        return [str(word) for word in [*apart, *inside, *words]]

    def run(self, words, **options):
        """Runs a program to its end; what it said, and its exit status."""
        return subprocess.run(self.command(words, **options), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, errors="replace")


def first_process(process):
    """The id, on this machine, of the program that a process started with `command` runs."""
    return int(Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()[0])


def memory_mib(pid):
    """The memory a process has in use, and of it what is no part of a file."""
    status = Path(f"/proc/{pid}/status").read_text()
    return tuple(int(re.search(rf"{name}:\s+(\d+)", status)[1]) / 1024 for name in ("VmRSS", "RssAnon"))
