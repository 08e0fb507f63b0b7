"""python -m ms_gan.cli.doctor: which parts of this machine a run can use, and what to do about the others.

Nothing is installed, downloaded or changed. MindSpore is imported only in other processes, so that a missing or
crashing MindSpore becomes a line of the table.
"""

import dataclasses
import json
import shutil
import sys
import textwrap
from dataclasses import dataclass
from typing import Any, Iterator, List, Optional, Sequence

from ms_gan import __version__
from ms_gan.config.device_names import device_name, split_name
from ms_gan.config.help import Parser, as_called, choices
from ms_gan.config.paths import refused
from ms_gan.errors import GanError, UsageError
from ms_gan.runtime import checkup, trial
from ms_gan.runtime.ascend.examine import examine_ascend
from ms_gan.runtime.cards import take_card
from ms_gan.runtime.cpu.kernels import convolutions_as_products
from ms_gan.runtime.finding import Finding
from ms_gan.runtime.gpu.cuda import examine_gpu
from ms_gan.runtime.run_command import run_command
from ms_gan.runtime.trial import Trial

PROGRAM = "python -m ms_gan.cli.doctor"
ABOUT = """\
Show what a run can use on this machine, and what to do about the rest: versions, devices, threads, memory, disks, \
data sets. Nothing is installed, downloaded or changed. Exits with 0 if the device can be used, else with 1."""
EXAMPLES = f"""\
  {PROGRAM}                      every device, tried
  {PROGRAM} --device GPU         exit code 0 where a GPU works
  {PROGRAM} --quick --json       for programs, in a second"""
DEVICES = ("Ascend", "GPU", "CPU")  # in the order in which --device auto takes them
NARROWEST, WIDEST = 60, 120  # columns
OWN_LINES = ("Python", "mindspore", "numpy")


@dataclass(frozen=True)
class Examined:
    """A device: what it looks like, and the result of trying it; None: it was not tried."""

    finding: Finding
    trial: Optional[Trial] = None

    @property
    def starts(self) -> bool:
        """Whether --device auto would stop at this one."""
        return self.finding.usable and (self.trial is None or self.trial.loads)

    @property
    def works(self) -> bool:
        """Whether a run can use this device."""
        return self.starts and (self.trial is None or self.trial.runs)

    @property
    def why(self) -> str:
        """What stands in the way; "" where nothing does."""
        if self.finding.why or self.trial is None:
            return self.finding.why
        # A run's complaint begins with the device and what was found of it; so does this row of the table.
        name, found = self.finding.device, self.finding.found
        return self.trial.error.removeprefix(f"--device {name} ({found}): ").removeprefix(f"--device {name}: ")


@dataclass(frozen=True)
class Diagnosis:
    """All that the table shows; the fields are the keys of --json.

    Attributes:
        version: of ms_gan.
        python: the Python that runs this.
        usable: whether the device that was asked for can be used.
        device: the one that would be taken; "" where none can.
        packages, devices, threads, memory, disks: see ms_gan.runtime.checkup.
        convolution, arithmetic: one line each about the processor's kernels.
        data: ms_gan.data.whereabouts of the data sets, or one line that says why that is unknown.
    """

    version: str
    python: str
    usable: bool
    device: str
    packages: List[checkup.Package]
    devices: List[Examined]
    convolution: str
    arithmetic: str
    threads: checkup.Threads
    memory: checkup.Memory
    disks: Sequence[checkup.Disk]
    data: Any


def main(argv: Optional[List[str]] = None) -> int:
    """The command; returns its exit code: 0 where the device can be used, 1 where not, 2 for wrong usage."""
    return run_command(_doctor, argv)


def _doctor(argv: List[str]) -> int:
    # Not jsonargparse, which may be what is missing.
    parser = Parser(PROGRAM, ABOUT, EXAMPLES)
    about = "the device that the exit code is about; auto: the one that a run would use (default: auto)"
    names = "{" + ",".join(device_name.names) + "}"
    parser.add_argument("--device", type=_device, metavar=names, default="auto", help=about)
    parser.add_argument("--quick", action="store_true", help="only look: do not start MindSpore on any device")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    given = parser.parse_args(argv)
    name, number = split_name(given.device)
    if number is not None:
        take_card(name, number)
    diagnosis = examine(given.device, given.quick)
    if given.json:
        print(json.dumps(dataclasses.asdict(diagnosis), indent=2, default=str))
    else:
        width = min(max(shutil.get_terminal_size().columns, NARROWEST), WIDEST)
        print("\n".join(lines_of(diagnosis, given.device, width)))
    return 0 if diagnosis.usable else 1


def _device(text: str) -> str:
    try:
        return device_name(text)
    except ValueError:
        raise UsageError(f"--device: {text!r} is not allowed; {choices(text, device_name.names)}") from None


def examine(device: str, quick: bool) -> Diagnosis:
    """Look at everything, and try the devices that look usable unless `quick`."""
    found = {finding.device: finding for finding in (examine_ascend(), examine_gpu(), checkup.examine_cpu())}
    devices = [Examined(found[name], None if quick else _tried(found[name])) for name in DEVICES]
    asked = [one for one in devices if split_name(device)[0] in ("auto", one.finding.device)]
    taken = next((one for one in asked if one.starts), None)
    return Diagnosis(
        version=__version__,
        python=sys.executable,
        usable=taken is not None and taken.works,
        device=taken.finding.device if taken else "",
        packages=checkup.packages(),
        devices=devices,
        convolution=convolutions_as_products("CPU")[1].split(": ", 1)[1],
        arithmetic=checkup.arithmetic(),
        threads=checkup.threads(),
        memory=checkup.memory(),
        disks=checkup.disks(),
        data=_data(),
    )


def _tried(finding: Finding) -> Optional[Trial]:
    if not finding.usable:
        return None
    if sys.stderr.isatty():
        print(f"trying {finding.device} ...", file=sys.stderr)
    return trial.try_out(finding.device)


def _data() -> Any:
    try:
        from ms_gan.data.whereabouts import whereabouts

        return whereabouts()
    except ImportError as error:
        return f"unknown: {error}"
    except GanError as error:
        return str(error)
    except OSError as error:
        return str(refused(error))


def lines_of(diagnosis: Diagnosis, asked: str, width: int) -> Iterator[str]:
    """The report as lines for people.

    Args:
        asked: the device that was asked for.
        width: columns of the screen.
    """
    yield f"ms_gan {diagnosis.version} on {diagnosis.python}"
    for title, lines in (
        ("versions", _versions(diagnosis.packages, width)),
        ("devices", _devices(diagnosis.devices, width)),
        ("kernels of the CPU", _kernels(diagnosis, width)),
        ("machine", _machine(diagnosis, width)),
        ("data sets", _sources(diagnosis.data, width)),
    ):
        yield from ("", title)
        yield from lines
    yield ""
    verdict = f"takes {diagnosis.device}" if diagnosis.device else "cannot be used here"
    yield f"--device {asked} {verdict}" + ("" if diagnosis.usable or not diagnosis.device else ", which fails")


def _row(label: str, text: str, width: int, column: int) -> Iterator[str]:
    """A label and a text that begins at a column and is wrapped below itself."""
    first = f"  {label}".ljust(column - 1) + " "
    yield from textwrap.wrap(
        as_called(text),
        width,
        initial_indent=first,
        subsequent_indent=" " * column,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _versions(packages: Sequence[checkup.Package], width: int) -> Iterator[str]:
    shown = [package for package in packages if package.name in OWN_LINES or not package.fits]
    for package in shown:
        verdict = "ok" if package.fits else "no"
        allowed = f", allowed: {package.allowed}" if package.allowed else ""
        yield from _row(package.name, f"{verdict}  {package.version or 'missing'}{allowed}", width, 16)
    if len(shown) < len(packages):
        yield from _row("the others", "ok", width, 16)
    if not all(package.fits for package in packages):
        yield from _row("remedy", checkup.REMEDY, width, 16)


def _devices(devices: Sequence[Examined], width: int) -> Iterator[str]:
    yield "  device  loads  runs  found"
    for one in devices:
        tried = one.trial
        loads, runs = ("-", "-") if tried is None else ("yes" if fact else "no" for fact in (tried.loads, tried.runs))
        took = f" (tried in {tried.seconds:g} s)" if tried else ""
        label = f"{one.finding.device:<8}{loads:<7}{runs:<4}"
        yield from _row(label, (one.finding.found or "nothing") + took, width, 24)
        told = [("why", one.why), ("remedy", one.finding.remedy), *(("note", text) for text in one.finding.notices)]
        for name, text in told:
            if text:
                yield from _row(f"        {name}", text, width, 18)


def _kernels(diagnosis: Diagnosis, width: int) -> Iterator[str]:
    yield from _row("convolution", diagnosis.convolution, width, 16)
    yield from _row("arithmetic", diagnosis.arithmetic, width, 16)
    precision = next(
        (one.trial.precision for one in diagnosis.devices if one.trial and one.finding.device == "CPU"), ""
    )
    if precision:
        yield from _row("precision", precision, width, 16)


def _machine(diagnosis: Diagnosis, width: int) -> Iterator[str]:
    found = diagnosis.threads
    limit = "" if found.limit is None else f"; a container's limit of {found.limit:g}"
    omp = f"OMP_NUM_THREADS={found.omp}" if found.omp else "OMP_NUM_THREADS not set"
    yield from _row("threads", f"cores: {found.cores}{limit}; {omp}", width, 16)
    memory = diagnosis.memory
    limit = "" if memory.limit is None else f"; a container's limit of {_size(memory.limit)}"
    yield from _row("memory", f"{_size(memory.free)} free of {_size(memory.total)}{limit}", width, 16)
    for name, disk in zip(("cache", "runs"), diagnosis.disks):
        yield from _row(name, f"{_size(disk.free)} free for {disk.folder}", width, 16)


def _size(count: Optional[int]) -> str:
    """Bytes for people."""
    return "an unknown amount" if count is None else f"{count / 1e9:,.1f} GB"


def _sources(data: Any, width: int) -> Iterator[str]:
    if isinstance(data, str):
        yield from textwrap.wrap(data, width, initial_indent="  ", subsequent_indent="  ")
        return
    for one in data:
        text = f"in {one.folder}" if one.folder else f"not here; would be downloaded from {' or '.join(one.ways)}"
        yield from _row(one.source, text, width, 17)


if __name__ == "__main__":
    sys.exit(main())
