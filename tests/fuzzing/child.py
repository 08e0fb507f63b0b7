"""python -m tests.fuzzing.child FORMAT COUNT: reads so many damaged files of a format, in a process of its own.

Ends with exit code 0 where every one of them was read, or refused in one line, within the format's time and memory,
and with nothing started, connected to or unpickled.
"""

import argparse
import json
import os
import resource
import signal
import sys
import tempfile
import warnings
from pathlib import Path
from unicodedata import category

import hypothesis
from hypothesis import HealthCheck, Phase

from ms_gan.errors import GanError
from tests.fuzzing.formats import FORMATS

FORBIDDEN = ("subprocess.Popen", "os.system", "os.posix_spawn", "os.exec", "pickle.find_class", "socket.connect")
LONGEST_MESSAGE = 1500  # characters
OWN = 32_768  # bytes of memory that hypothesis takes for each file


class Content(bytes):
    """A file's content, shown in short."""

    def __repr__(self):
        return f"{len(self):,} bytes, {bytes(self[:40])!r} ..."


class TooSlow(BaseException):
    """A file took more of the processor's time than its format may."""


class Forbidden(BaseException):
    """Reading a file did what no reading needs."""


def main(argv=None):
    parser = argparse.ArgumentParser(prog="python -m tests.fuzzing.child", description=__doc__)
    parser.add_argument("format", choices=FORMATS)
    parser.add_argument("count", type=int, help="how many files")
    parser.add_argument("--seed", type=int, help="other files than those of every run without it")
    parser.add_argument("--keep", type=Path, help="where to keep the file that was read last")
    given = parser.parse_args(argv)
    form, keep = FORMATS[given.format], given.keep and given.keep.absolute()
    settings = hypothesis.settings(
        max_examples=given.count, derandomize=given.seed is None, database=None, deadline=None,
        suppress_health_check=list(HealthCheck), phases=[Phase.generate, Phase.shrink],
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)  # where MindSpore leaves what it could not compile
        place = Path(folder, given.format)
        place.mkdir()
        contents, consume = form.prepare(place)
        tally = {"format": given.format, "read": 0, "refused": 0, "memory": 0}
        limit = _address_space() + 2 * form.memory + OWN * given.count
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        test = settings(hypothesis.given(contents.map(Content))(_watched(form, consume, tally, keep)))
        (test if given.seed is None else hypothesis.seed(given.seed)(test))()
    print(json.dumps(tally))
    return 0


def _watched(form, consume, tally, keep):
    """Reads one content, and raises where that was not as it should be."""
    signal.signal(signal.SIGPROF, _stop)
    sys.addaudithook(_refuse)

    def watched(content):
        if keep:
            keep.write_bytes(content)
        before = _largest()
        signal.setitimer(signal.ITIMER_PROF, form.seconds)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                consume(content)
            tally["read"] += 1
        except GanError as error:
            controls = {category(character) for character in str(error)} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
            assert str(error) and not controls and len(str(error)) < LONGEST_MESSAGE, repr(str(error))
            tally["refused"] += 1
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        taken = _largest() - before
        assert taken < form.memory, f"took {taken:,} bytes of memory"
        tally["memory"] = max(tally["memory"], taken)

    return watched


def _stop(*_):
    raise TooSlow


def _refuse(event, arguments):
    if event in FORBIDDEN:
        raise Forbidden(f"{event} {arguments}")


def _largest():
    """The most memory that this process has had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _address_space():
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


if __name__ == "__main__":
    sys.exit(main())
