"""A device tried out in a separate process: a process can start one device only, and a crash there does no harm."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, Optional

from ms_gan.errors import GanError
from ms_gan.runtime.device import WHOLE_TABLE, start

ROOT = Path(__file__).resolve().parents[2]
# Seconds. A GPU may compile its kernels at its first start, and an Ascend loads its operators.
PATIENCE_SECONDS = {"CPU": 120.0, "GPU": 600.0, "Ascend": 300.0}
ANSWER = "ms_gan trial: "
TABLE_HINT = f"; {WHOLE_TABLE}"
SIDE = 64


@dataclass(frozen=True)
class Trial:
    """What became of a device that was tried.

    Attributes:
        loads: whether MindSpore started on it.
        runs: whether it multiplied two matrices rightly.
        error: one line; "" where both are so.
        seconds: how long it took.
        convolution, precision: the lines of ms_gan.runtime.Device of these names.
    """

    loads: bool
    runs: bool
    error: str
    seconds: float
    convolution: str = ""
    precision: str = ""


def try_out(device: str, patience: Optional[float] = None) -> Trial:
    """Start MindSpore on a device and multiply two matrices there, in another process.

    Args:
        device: CPU, GPU or Ascend.
        patience: seconds after which the process is ended; PATIENCE_SECONDS's by default.
    """
    patience = PATIENCE_SECONDS[device] if patience is None else patience
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    started = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "ms_gan.runtime.trial", device],
        env={**os.environ, "PYTHONPATH": path}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, errors="replace", start_new_session=True,
    )  # fmt: skip
    try:
        out, errors = process.communicate(timeout=patience)
        error = _complaint(process.returncode, errors)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)  # with the processes that it may have started
        out, _ = process.communicate()
        error = f"it did not answer within {patience:g} seconds"
    answers = _answers(out)
    runs = bool(answers.get("runs"))
    if "loads" in answers and not (runs or error):
        error = "it multiplies two matrices incorrectly"
    seconds = round(time.monotonic() - started, 1)
    lines = {name: answers.get(name, "") for name in ("convolution", "precision")}
    return Trial("loads" in answers, runs, "" if runs else error, seconds, **lines)


def _complaint(code: int, errors: str) -> str:
    """Why a process ended badly, in one line."""
    if code == 0:
        return ""
    if code < 0:
        return f"the process crashed ({signal.Signals(-code).name})"
    lines = [line.strip() for line in errors.splitlines() if line.strip()]
    told = [line[len("error: ") :] for line in lines if line.startswith("error: ")]
    last = (told or lines or [f"the process ended with exit code {code}"])[-1]
    # Whoever tries a device out is about to show that table.
    return last[: -len(TABLE_HINT)] if last.endswith(TABLE_HINT) else last


def _answers(out: str) -> Dict[str, object]:
    answers = {}
    for line in out.splitlines():
        if line.startswith(ANSWER):
            answers.update(json.loads(line[len(ANSWER) :]))
    return answers


def main(device: str) -> int:
    """What the other process does; it answers line by line, since it may crash after the first."""
    try:
        started = start(device)
    except GanError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    _answer(loads=True, convolution=started.convolution, precision=started.precision)
    import mindspore as ms

    product = ms.ops.matmul(ms.ops.ones((SIDE, SIDE), ms.float32), ms.ops.ones((SIDE, SIDE), ms.float32))
    _answer(runs=bool((product.asnumpy() == SIDE).all()))
    return 0


def _answer(**told: object) -> None:
    print(ANSWER + json.dumps(told), flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
