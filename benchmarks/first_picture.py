"""From a clone to the first picture, step by step: python -m benchmarks.first_picture [--device CPU].

Clones this repository into a new folder, calls the README's first command there as a user with an empty home, and
prints when each thing was there, in seconds since the command. The training is stopped after its first picture.
MindSpore and the other packages are downloaded, 3 GB; the whole takes minutes.
"""

import argparse
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Dict

from benchmarks import machine

ROOT = Path(__file__).resolve().parents[1]
LONGEST = 1800  # seconds
# What the command prints, and what it then has done.
LINES = {
    r"setting up ": "command",
    r"set up in ": "environment set up",
    r"data +MNIST": "data found or fetched",
    r"run +": "run folder made, compilation begins",
}


def main() -> int:
    """The command; returns its exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", default="CPU")
    device = parser.parse_args().device
    machine.announce()
    with tempfile.TemporaryDirectory(prefix="ms_gan-first-picture-") as place:
        clone = Path(place) / "ms_gan"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        (Path(place) / "home").mkdir()
        seen = watch(clone, Path(place) / "home", device)
    if "first picture" not in seen:
        print("no picture was made", file=sys.stderr)
        return 1
    for what, seconds in seen.items():
        print(f"{seconds:8.1f} s  {what}")
    compiled = seen["first picture"] - seen["run folder made, compilation begins"]
    print(f"{compiled:8.1f} s  from the beginning of compilation to the first picture")
    return 0


def watch(clone: Path, home: Path, device: str) -> Dict[str, float]:
    """Call the README's first command in a clone; returns when each thing was there, in seconds since the call."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "http_proxy", "https_proxy") if name in os.environ}
    config = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "NPM_CONFIG_"))}
    command = ["bash", "scripts/run_train.sh", "--device", device, "--epochs", "20"]
    started, seen = time.monotonic(), {}
    process = subprocess.Popen(
        command, cwd=clone, env={**kept, **config, "HOME": str(home)}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, start_new_session=True,
    )  # fmt: skip
    reader = threading.Thread(target=_read, args=(process, started, seen), daemon=True)
    reader.start()
    while process.poll() is None and time.monotonic() - started < LONGEST:
        pictures = [path for path in clone.glob("runs/*/samples/*.png") if re.match(r"(step|epoch)-", path.name)]
        if pictures:
            seen["first picture"] = time.monotonic() - started
            break
        time.sleep(0.05)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
    process.wait()
    reader.join()
    return seen


def _read(process: subprocess.Popen, started: float, seen: Dict[str, float]) -> None:
    for line in process.stdout:
        sys.stdout.write(line)
        sys.stdout.flush()
        for pattern, what in LINES.items():
            if re.match(pattern, line):
                seen.setdefault(what, time.monotonic() - started)


if __name__ == "__main__":
    sys.exit(main())
