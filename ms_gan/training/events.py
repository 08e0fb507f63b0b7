"""What a run tells: one JSON object a line in log.jsonl, and a progress line for the person."""

import json
import math
import sys
import time
from pathlib import Path
from typing import Any, Dict, List

from tqdm import tqdm

from ms_gan.errors import GanError
from ms_gan.files import write_text


class EventLog:
    """Appends records to a file, each whole, each at once.

    Args:
        path: the file; records that follow `step` are dropped from it, because training repeats those steps.
        step: the step from which training goes on.
    """

    def __init__(self, path: Path, step: int = 0):
        self._path = path
        if step and path.exists():
            kept = [record for record in read_events(path) if record.get("step", 0) <= step]
            write_text(path, "".join(json.dumps(record) + "\n" for record in kept))

    def write(self, event: str, **values: Any) -> Dict[str, Any]:
        """Append a record. Raises GanError where the file cannot be written."""
        record = {"event": event, "time": round(time.time(), 3), **values}
        try:
            with open(self._path, "a", encoding="utf-8") as file:
                file.write(json.dumps(record) + "\n")
        except OSError as error:
            raise GanError(f"{self._path}: cannot be written ({error.strerror})") from None
        return record


def read_events(path: Path) -> List[Dict[str, Any]]:
    """The records of a log; what is no record is left out, such as a last line that a crash cut short."""
    records = []
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            for line in file:
                try:
                    record = json.loads(line)
                except (ValueError, RecursionError):
                    continue
                if _is_record(record):
                    records.append(record)
    except FileNotFoundError:
        pass
    return records


def _is_record(value: Any) -> bool:
    """Whether a JSON value is what `EventLog.write` writes, as far as reading it relies on that."""
    return (
        isinstance(value, dict)
        and isinstance(value.get("event"), str)
        and isinstance(value.get("step", 0), (int, float))
    )


def say(text: str) -> None:
    """Print a line for a person, above the bar where there is one."""
    tqdm.write(text)
    sys.stdout.flush()


class Progress:
    """Shows a person how training goes: a bar on a terminal, at most a line a second anywhere else.

    Args:
        steps_per_epoch, total_steps: of the run.
        step: where it starts.
    """

    def __init__(self, steps_per_epoch: int, total_steps: int, step: int):
        self._steps_per_epoch = steps_per_epoch
        self._total = total_steps
        self._first = self._last = step
        self._started = time.monotonic()
        self._printed = -math.inf
        self._bar = None
        if sys.stderr.isatty():
            self._bar = tqdm(total=total_steps, initial=step, unit="step", dynamic_ncols=True, smoothing=0.05)

    def update(self, step: int, record: Dict[str, Any]) -> None:
        """Show a training record, written at `step`."""
        epoch = math.ceil(step / self._steps_per_epoch)
        now = time.monotonic()
        if self._bar is not None:
            self._bar.set_description(f"epoch {epoch}", refresh=False)
            self._bar.set_postfix_str(_summary(record), refresh=False)
            self._bar.update(step - self._last)
        elif now - self._printed >= 1 or step == self._total:
            left = (now - self._started) / (step - self._first) * (self._total - step)
            epochs = math.ceil(self._total / self._steps_per_epoch)
            print(f"epoch {epoch}/{epochs}  step {step:,}  {_summary(record)}  ETA {_clock(left)}", flush=True)
            self._printed = now
        self._last = step

    def close(self) -> None:
        """The bar stays on the screen as it is."""
        if self._bar is not None:
            self._bar.close()


def _summary(record: Dict[str, Any]) -> str:
    return (
        f"loss D {record['loss_d']:.3f} G {record['loss_g']:.3f}  D(x) {record['d_real']:.2f} "
        f"D(G(z)) {record['d_fake']:.2f}  {record['images_per_second']:,.0f} images/s"
    )


def _clock(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"
