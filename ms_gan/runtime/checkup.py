"""What a run depends on beside its device: versions, the processor, threads, memory, disks. Imports nothing heavy."""

import importlib.util
import math
import os
import platform
import re
import runpy
import shutil
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import List, Optional, Tuple

from ms_gan.runtime.cpu.kernels import X86
from ms_gan.runtime.environment import maths_mode
from ms_gan.runtime.finding import Finding
from ms_gan.runtime.paths import cache_dir

SETUP = Path(__file__).resolve().parents[2] / "setup.py"
REMEDY = "run bash scripts/setup_env.sh"
# Of a processor, those that decide which kernels compute: their names in /proc/cpuinfo, and what people call them.
EXTENSIONS = {
    "avx2": "AVX2", "avx512f": "AVX-512", "avx512_bf16": "AVX-512 BF16", "amx_tile": "AMX", "amx_bf16": "AMX BF16",
}  # fmt: skip


@dataclass(frozen=True)
class Package:
    """Something that setup.py asks for.

    Attributes:
        name: as in setup.py, or Python.
        version: the installed one; "" where there is none.
        allowed: the range that setup.py names; "" where it could not be read.
        fits: whether the version is in it.
    """

    name: str
    version: str
    allowed: str
    fits: bool


def packages(setup: Path = SETUP) -> List[Package]:
    """Python, then each package that the project requires, by their metadata: nothing is imported."""
    python, lines = _required(setup)
    found = [_compared("Python", platform.python_version(), python)]
    for line in lines:
        name, allowed = re.match(r"([\w.-]+)\s*(?:\[[^]]*\])?\s*([^;]*?)\s*(?:;|$)", line).groups()
        try:
            version = metadata.version(name)
        except metadata.PackageNotFoundError:
            version = ""
        found.append(_compared(name, version, allowed))
    return found


def _required(setup: Path) -> Tuple[str, List[str]]:
    """The range of Pythons, and the lines of the required packages, from setup.py or from the installed metadata."""
    if setup.is_file():
        asked = runpy.run_path(str(setup))
        return asked["PYTHON"], list(asked["REQUIREMENTS"])
    try:
        about = metadata.metadata("ms_gan")
    except metadata.PackageNotFoundError:
        return "", []
    lines = about.get_all("Requires-Dist") or []
    return about.get("Requires-Python") or "", [line for line in lines if "extra ==" not in line]


def _compared(name: str, version: str, allowed: str) -> Package:
    try:
        from packaging.specifiers import SpecifierSet
    except ImportError:  # MindSpore brings it: where it is missing, the rest is missing too
        return Package(name, version, allowed, bool(version))
    return Package(name, version, allowed, bool(version) and SpecifierSet(allowed).contains(version, prereleases=True))


def examine_cpu() -> Finding:
    """Whether MindSpore can be started on the processor, without starting it."""
    found = f"{_model()}, {_cores()} core{'' if _cores() == 1 else 's'}"
    if importlib.util.find_spec("mindspore") is None:
        return Finding("CPU", found, False, "MindSpore is not installed", REMEDY)
    return Finding("CPU", found, True)


def _model() -> str:
    found = re.search(r"^model name\s*:\s*(.+)$", _read("/proc/cpuinfo"), re.MULTILINE)
    return found.group(1).strip() if found else platform.processor() or platform.machine()


def _cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def extensions(cpuinfo: Optional[str] = None) -> Tuple[str, ...]:
    """What the processor has of EXTENSIONS, for people.

    Args:
        cpuinfo: the text of /proc/cpuinfo; this machine's by default.
    """
    text = _read("/proc/cpuinfo") if cpuinfo is None else cpuinfo
    flags = re.search(r"^flags\s*:(.*)$", text, re.MULTILINE)
    present = set(flags.group(1).split()) if flags else set()
    return tuple(spoken for name, spoken in EXTENSIONS.items() if name in present)


def arithmetic() -> str:
    """One line: what the processor has for matrix products, and what the environment says about it."""
    has = platform.machine()
    if has in X86:
        has = ", ".join(extensions()) or f"none of {', '.join(EXTENSIONS.values())}"
    limit = "ONEDNN_MAX_CPU_ISA"
    variables = [f"{name}={value}" for name, value in (maths_mode(), (limit, os.environ.get(limit))) if value]
    return f"{has}; {', '.join(variables) or 'no mode of oneDNN set: float32'}"


@dataclass(frozen=True)
class Threads:
    """How many threads may compute.

    Attributes:
        cores: that this process may use.
        limit: cores' worth of time that a container may take, or None.
        omp: OMP_NUM_THREADS; "" where it is not set.
    """

    cores: int
    limit: Optional[float]
    omp: str


def threads(system: Path = Path("/")) -> Threads:
    """This process's; `system` is the root of the file system."""
    return Threads(_cores(), _core_limit(system), os.environ.get("OMP_NUM_THREADS", ""))


def _core_limit(system: Path) -> Optional[float]:
    """What the container may take, by cgroups of version 2 or 1."""
    quota, _, period = _read(system / "sys/fs/cgroup/cpu.max").partition(" ")
    if not period:
        folder = system / "sys/fs/cgroup/cpu"
        quota, period = _read(folder / "cpu.cfs_quota_us"), _read(folder / "cpu.cfs_period_us")
    try:
        limit = int(quota) / int(period)
    except (ValueError, ZeroDivisionError):  # "max", or no such file
        return None
    return limit if limit > 0 else None


def usable_cores(system: Path = Path("/")) -> int:
    """The cores that this process may keep busy: a batch system or a container may leave it few of many."""
    limit = _core_limit(system)
    return _cores() if limit is None else max(1, min(_cores(), math.ceil(limit)))


@dataclass(frozen=True)
class Memory:
    """In bytes; None where it cannot be told.

    Attributes:
        total, free: the machine's; free: what programs could still get.
        limit: what a container may take.
    """

    total: Optional[int]
    free: Optional[int]
    limit: Optional[int]


def memory(system: Path = Path("/")) -> Memory:
    """This machine's; `system` is the root of the file system."""
    told = dict(re.findall(r"^(\w+):\s+(\d+) kB$", _read(system / "proc/meminfo"), re.MULTILINE))
    total, free = (int(told[name]) << 10 if name in told else None for name in ("MemTotal", "MemAvailable"))
    texts = [_read(system / "sys/fs/cgroup" / name) for name in ("memory.max", "memory/memory.limit_in_bytes")]
    limits = [int(text) for text in texts if text.strip().isdecimal()]
    # Without a limit the older cgroups name a number beyond all memories.
    limit = min(limits, default=math.inf)
    return Memory(total, free, limit if limit < (total or math.inf) else None)


@dataclass(frozen=True)
class Disk:
    """A folder that need not exist yet, and the free bytes where it would be."""

    folder: Path
    free: int


def disks() -> Tuple[Disk, Disk]:
    """Of the cache and of the runs' folder, which is made in the present one."""
    return _disk(cache_dir()), _disk(Path("runs").absolute())


def _disk(folder: Path) -> Disk:
    there = next(place for place in (folder, *folder.parents) if os.path.exists(place))
    return Disk(folder, shutil.disk_usage(there).free)


def _read(path) -> str:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
