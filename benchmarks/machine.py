"""What a benchmark ran on: figures of one processor say little about another."""

import os
import platform
from importlib import metadata
from pathlib import Path
from typing import List

SETS = ("sse4_2", "avx2", "fma", "avx512f", "avx512_vnni", "avx512_bf16", "amx_tile", "amx_bf16")
LIBRARIES = ("mindspore", "numpy", "torch", "onnxruntime")


def described(cpuinfo: str, cores: int, versions: List[str]) -> str:
    """A line on a processor and the libraries.

    Args:
        cpuinfo: the text of /proc/cpuinfo; "" where there is none.
        cores: that this process may use.
        versions: of libraries, as "numpy 1.26.4".
    """
    lines = [line.partition(":") for line in cpuinfo.splitlines()]
    about = {key.strip(): value.strip() for key, _, value in reversed(lines)}
    flags = about.get("flags", "").split()
    sets = " ".join(name for name in SETS if name in flags) or "instruction sets not known"
    name = about.get("model name", platform.processor() or platform.machine())
    return f"machine: {name}, {cores} core{'s' if cores > 1 else ''}, {sets}; {', '.join(versions)}"


def announce() -> None:
    """Print the line for this machine and this Python."""
    path = Path("/proc/cpuinfo")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    versions = [f"Python {platform.python_version()}"]
    for library in LIBRARIES:
        try:
            versions.append(f"{library} {metadata.version(library)}")
        except metadata.PackageNotFoundError:
            continue
    print(described(path.read_text() if path.is_file() else "", cores, versions), flush=True)
