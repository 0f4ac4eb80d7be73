"""Virtual environments for the checks in this folder. Python standard library only."""

import shutil
import subprocess
import sys

from servers import ROOT


def environment(name, requirements):
    """The interpreter of the virtual environment `.venv-NAME`, which is made once for each list of requirements."""
    folder = ROOT / f".venv-{name}"
    python, made = folder / "bin/python", folder / "requirements.txt"
    if python.exists() and made.exists() and made.read_text() == requirements.read_text():
        return python
    print(f"installing {requirements.relative_to(ROOT)} into {folder.name}", flush=True)
    # The list goes in last: an environment without it is not whole.
    for command in ([sys.executable, "-m", "venv", "--clear", folder],
                    [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements]):
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True)
        if done.returncode:
            sys.exit(f"{done.stdout}\n`{' '.join(map(str, command[:4]))} …` failed")
    shutil.copyfile(requirements, made)
    return python
