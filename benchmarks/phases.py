"""train.py with a clock between its phases: python -m benchmarks.phases MARKS TRAIN_OPTIONS...

Writes to the file MARKS, as JSON, when each phase was reached, in seconds as time.time() has them.
"""

import json
import runpy
import sys
import time
from pathlib import Path

from benchmarks.worker import ROOT


def main() -> None:
    """Run the command with marks around what it calls before the first step."""
    marks = {}
    from ms_gan import data, runtime

    def timed(function, name):
        def call(*arguments, **options):
            marks[f"before {name}"] = time.time()
            result = function(*arguments, **options)
            marks[f"after {name}"] = time.time()
            return result

        return call

    data.load = timed(data.load, "data")
    runtime.start = timed(runtime.start, "runtime")
    path, *options = sys.argv[1:]
    sys.argv = [str(ROOT / "train.py"), *options]
    try:
        runpy.run_path(sys.argv[0], run_name="__main__")
    finally:
        Path(path).write_text(json.dumps(marks))


if __name__ == "__main__":
    main()
