"""The programs that are measured: built, or installed into virtual environments. Python standard library only."""

import os
import subprocess
import sys
from pathlib import Path

from harness import Failure

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent


def say(text):
    """Progress, apart from the results."""
    print(text, file=sys.stderr, flush=True)


def swift():
    """The folder of the Swift toolchain."""
    found = subprocess.run([ROOT / "Scripts/find-swift"], stdout=subprocess.PIPE, text=True)
    if found.returncode:
        raise Failure("no swift found; run `make setup`")
    return Path(found.stdout.strip())


def build(scratch):
    """Builds the package of the benchmarks for release; the folder of its executables."""
    command = [swift() / "swift", "build", "-c", "release", "--package-path", HERE, "--scratch-path", scratch]
    say(f"building (release) in {scratch}")
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True)
    if done.returncode:
        raise Failure(f"{done.stdout}\nthe build failed")
    shown = subprocess.run([*command, "--show-bin-path"], stdout=subprocess.PIPE, text=True, check=True)
    return Path(shown.stdout.strip())


def peer_python(peer, variable, requirements, size):
    """An interpreter that has what a peer needs, or None; `say` tells why.

    The environment variable names one; otherwise a virtual environment is made beside this file, once for each list
    of requirements.
    """
    if given := os.environ.get(variable):
        return os.path.abspath(given)
    wanted = HERE / "peers" / requirements
    folder = HERE / f".venv-{wanted.stem}"
    python, made = folder / "bin/python", folder / "requirements.txt"
    if python.exists() and made.exists() and made.read_text() == wanted.read_text():
        return python
    say(f"installing {peer} into Benchmarks/{folder.name} (about {size})")
    # The list goes in last: an environment without it is not whole.
    for command in ([sys.executable, "-m", "venv", "--clear", folder],
                    [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", wanted]):
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True)
        if done.returncode:
            lines = done.stdout.strip().splitlines() or ["no output"]
            say(f"{peer} is left out: `{' '.join(map(str, command[:4]))} …` failed: {lines[-1]}")
            return None
    made.write_text(wanted.read_text())
    return python


def mlflow():
    """The command of the echo agent on MLflow's server, or None."""
    python = peer_python("MLflow", "MLFLOW_PYTHON", "mlflow.txt", "900 MB")
    return python and uvicorn(python, "mlflow_echo:app")


def azure():
    """The command of the echo agent on Microsoft's server, or None."""
    python = peer_python("azure-ai-agentserver-responses", "AZURE_PYTHON", "azure.txt", "80 MB")
    return python and uvicorn(python, "azure_echo:app")


def uvicorn(python, app):
    """An app of the folder `peers` on one worker of uvicorn, as fast as it goes."""
    return [python, "-m", "uvicorn", app, "--app-dir", HERE / "peers", "--host", "127.0.0.1", "--port", "{port}",
            "--loop", "uvloop", "--http", "httptools", "--workers", "1", "--no-access-log", "--log-level", "warning"]
