"""The log of a run: one JSON object per line in log.jsonl, and a progress line for people."""

import contextlib
import json
import math
import os
import sys
import time
from pathlib import Path
from typing import Any, Callable, Dict, List, TextIO

from tqdm import tqdm

from ms_gan.files import CannotWrite, why, write_text
from ms_gan.runs.thinning import thin_records

LOG_BYTES = 16_000_000  # of a log, about 60,000 records


class EventLog:
    """Appends records to a file, each whole, each at once. Where the file has become large older records are thinned.

    Args:
        path: the file; records that follow `step` are dropped from it, because training repeats those steps.
        step: the step from which training goes on.

    Attributes:
        listener: is called with each record once it is written.
    """

    def __init__(self, path: Path, step: int = 0):
        self._path = path
        self._failed = False  # whether the last record could not be written
        self._largest = LOG_BYTES
        self.listener: Callable[[Dict[str, Any]], None] = lambda record: None
        if step and path.exists():
            kept = [record for record in read_events(path) if record.get("step", 0) <= step]
            self._replace(kept)

    def write(self, event: str, **values: Any) -> Dict[str, Any]:
        """Append a record. Where the file cannot be written a warning says so, and the record is lost."""
        record = {"event": event, "time": round(time.time(), 3), **values}
        try:
            with open(self._path, "a", encoding="utf-8") as file:
                # What was cut short before ends there.
                file.write("\n" * self._failed + json.dumps(record) + "\n")
                size = file.tell()
            self._failed = False
            if size > self._largest:
                self._thin()
        except OSError as error:
            if not self._failed:
                say(f"warning: {self._path}: cannot be written ({why(error, self._path)}); training goes on without it")
            self._failed = True
        self.listener(record)
        return record

    def _thin(self) -> None:
        """Thin what is in the file, and wait until it is large again."""
        with contextlib.suppress(CannotWrite):  # the file is as it was
            self._replace(thin_records(read_events(self._path)))
        size = self._path.stat().st_size
        self._largest = LOG_BYTES if size < 0.75 * LOG_BYTES else 2 * size

    def _replace(self, records: List[Dict[str, Any]]) -> None:
        write_text(self._path, "".join(json.dumps(record) + "\n" for record in records))


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


BAR = "{desc} {percentage:3.0f}%|{bar}| ETA {remaining}{postfix}"
LINE_SHARE = 0.01  # of the time that has passed must pass again before the next line


class Progress:
    """Shows a person how training goes: a bar on a terminal, anywhere else a line now and then.

    The lines become rarer, so that days of training do not fill a file: at first at most one a second, after an hour
    one in 36 seconds, and never less than one a minute where there is something to tell.

    Args:
        in_words: a record's statistics for a person: `Task.in_words`.
        steps_per_epoch, total_steps: of the run.
        step: where it starts.
    """

    def __init__(self, in_words: Callable[[Dict[str, Any]], str], steps_per_epoch: int, total_steps: int, step: int):
        self._in_words = in_words
        self._steps_per_epoch = steps_per_epoch
        self._total = total_steps
        self._epochs = math.ceil(total_steps / steps_per_epoch)
        self._first = self._last = step
        self._started = time.monotonic()
        self._printed = -math.inf
        self._bar = None
        if _has_width(sys.stderr):
            self._bar = tqdm(total=total_steps, initial=step, bar_format=BAR, dynamic_ncols=True, smoothing=0.05)

    def update(self, step: int, record: Dict[str, Any]) -> None:
        """Show a training record, written at `step`."""
        epoch = math.ceil(step / self._steps_per_epoch)
        now = time.monotonic()
        if self._bar is not None:
            self._bar.set_description_str(f"epoch {epoch}/{self._epochs}", refresh=False)
            self._bar.set_postfix_str(self._summary(record), refresh=False)
            self._bar.update(step - self._last)
        elif now - self._printed >= min(max(1, LINE_SHARE * (now - self._started)), 60) or step == self._total:
            left = (now - self._started) / (step - self._first) * (self._total - step)
            print(
                f"epoch {epoch}/{self._epochs}  step {step:,}  {self._summary(record)}  ETA {_clock(left)}", flush=True
            )
            self._printed = now
        self._last = step

    def _summary(self, record: Dict[str, Any]) -> str:
        return f"{self._in_words(record)}  {record['images_per_second']:,.0f} images/s"

    def close(self) -> None:
        """The bar stays on the screen as it is."""
        if self._bar is not None:
            self._bar.close()


def _has_width(stream: TextIO) -> bool:
    """Whether a stream is a terminal that shows a bar: some containers' have 0 columns, where it would be empty."""
    if not stream.isatty():
        return False
    try:
        return os.get_terminal_size(stream.fileno()).columns > 0
    except OSError:  # it cannot be asked, and tqdm takes a width of its own
        return True


def _clock(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"
