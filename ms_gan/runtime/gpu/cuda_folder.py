"""The libraries of CUDA 11 and cuDNN 8, wherever they are, and the CUDA folder that MindSpore wants to see.

MindSpore loads its GPU plugin only where CUDA_HOME names a folder whose bin/nvcc tells a release that it knows, and
reads the versions of CUDA and cuDNN out of the names of the files in lib64. The wheels of setup.py's extra `gpu` hold
every library, but scattered over folders, under short names, and without nvcc.
"""

import os
import re
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Dict, Iterable, Optional, Tuple

from ms_gan.errors import GanError
from ms_gan.files import whole_file
from ms_gan.runtime.paths import cache_dir

# What the plugin loads, each behind what it needs itself.
CUDA = (
    "libcudart.so.11.0", "libnvrtc.so.11.2", "libcublasLt.so.11", "libcublas.so.11", "libcurand.so.10",
    "libcufft.so.10", "libcusparse.so.11", "libcusolver.so.11",
)  # fmt: skip
CUDNN = ("libcudnn.so.8",) + tuple(
    f"libcudnn_{part}.so.8" for part in ("ops_infer", "cnn_infer", "adv_infer", "ops_train", "cnn_train", "adv_train")
)

SYSTEM_FOLDERS = tuple(Path("/usr/local") / name for name in ("cuda-11.6", "cuda-11.7", "cuda-11.8", "cuda"))
SYSTEM_LIBRARIES = (Path("/usr/lib/x86_64-linux-gnu"), Path("/usr/lib64"))
RELEASES = ("11.6", "11.7", "11.8")  # whose nvcc makes MindSpore choose its plugin for 11.6
# Wheels that put other libraries under the same names into the same folders.
OVERWRITERS = ("nvidia-cusolver-cu12", "nvidia-curand-cu12")

FOLDER = "cuda-11"
NVCC = """\
#!/bin/sh
# Stands in for CUDA's compiler, which no wheel brings. MindSpore asks it for its release and nothing else.
echo "Cuda compilation tools, release 11.6, V11.6.124"
"""
# MindSpore reads versions out of these names. It knows CUDA 11.6; 11.8 is the same to whoever was built with 11.6.
LONG_NAMES = {"libcudart.so.11.6.124": "libcudart.so.11.0", "libcudnn.so.8.9.6": "libcudnn.so.8"}


@dataclass(frozen=True)
class Libraries:
    """The libraries of CUDA 11 and cuDNN 8.

    Attributes:
        origin: which they are and where they come from, for people.
        files: by the name under which the plugin asks for them, in the order in which they can be loaded.
        missing: the names that were not found. Only a set without any can be used.
        home: the complete CUDA folder that they belong to; None: one must be laid out.
        overwritten_by: an installed wheel that has put libraries of another CUDA in their place, or "".
    """

    origin: str
    files: Dict[str, Path]
    missing: Tuple[str, ...] = ()
    home: Optional[Path] = None
    overwritten_by: str = ""

    @property
    def usable(self) -> bool:
        """Whether the set is complete and of one CUDA."""
        return not self.missing and not self.overwritten_by


def find_libraries() -> Libraries:
    """A complete CUDA 11.6 to 11.8 of the machine where it has one, otherwise what wheels have brought."""
    named = [Path(os.environ[name]) for name in ("CUDA_HOME", "CUDA_PATH") if os.environ.get(name)]
    listed = [Path(entry) for entry in os.environ.get("LD_LIBRARY_PATH", "").split(os.pathsep) if entry]
    return in_system([*named, *SYSTEM_FOLDERS], [*listed, *SYSTEM_LIBRARIES]) or in_wheels(map(Path, sys.path))


def in_system(homes: Iterable[Path], elsewhere: Iterable[Path]) -> Optional[Libraries]:
    """The first complete CUDA 11.6 to 11.8 with cuDNN 8, or None.

    Args:
        homes: CUDA's folders.
        elsewhere: folders of libraries in which cuDNN may be, where it is not in CUDA's own.
    """
    elsewhere = list(elsewhere)
    for home in homes:
        libraries = home / "lib64"
        release = _release(libraries / "libcudart.so.11.0")
        if release not in RELEASES or not os.access(home / "bin" / "nvcc", os.X_OK):
            continue
        for folder in (libraries, *elsewhere):
            files = {name: libraries / name for name in CUDA}
            files.update({name: folder / name for name in CUDNN})
            if all(map(os.path.isfile, files.values())):
                return Libraries(f"CUDA {release} in {home}", files, home=home)
    return None


def in_wheels(packages: Iterable[Path]) -> Libraries:
    """What wheels have brought.

    Args:
        packages: folders of Python packages, in the order in which Python searches them.
    """
    found: Dict[str, Path] = {}
    for folder in packages:
        for path in sorted(folder.glob("nvidia/*/lib/lib*.so.*")):
            found.setdefault(path.name, path)
    files = {name: found[name] for name in (*CUDA, *CUDNN) if name in found}
    missing = tuple(name for name in (*CUDA, *CUDNN) if name not in found)
    # Loaded by libnvrtc itself, from beside it.
    files.update({name: path for name, path in found.items() if name.startswith("libnvrtc-builtins.so.11.")})
    return Libraries("CUDA 11.8 from pip", files, missing, overwritten_by="" if missing else _overwriter())


def lay_out(libraries: Libraries) -> Path:
    """The CUDA folder of a set of libraries, made or mended where need be: CUDA_HOME for MindSpore.

    It is made in the environment, or in the user's cache where that cannot be written. Several processes may do so at
    once.

    Raises:
        GanError: it can be made nowhere.
    """
    if libraries.home:
        return libraries.home
    complaint = ""
    for folder in (Path(sys.prefix) / FOLDER, cache_dir() / FOLDER):
        try:
            fill(folder, libraries.files)
        except GanError as error:
            complaint = complaint or str(error)
        else:
            return folder
    raise GanError(
        f"{complaint}; run bash scripts/setup_env.sh gpu as a user who may, or set MS_GAN_CACHE", code="unwritable"
    )


def fill(folder: Path, files: Dict[str, Path]) -> None:
    """Give a folder a bin/nvcc and links to libraries in lib64; what is right already is not touched.

    Raises:
        GanError: it cannot be written.
    """
    compiler = folder / "bin" / "nvcc"
    if not (os.access(compiler, os.X_OK) and compiler.read_text(encoding="utf-8") == NVCC):
        with whole_file(compiler) as path:
            path.write_text(NVCC, encoding="utf-8")
            path.chmod(0o755)
    links = {**files, **{long: files[short] for long, short in LONG_NAMES.items()}}
    for name, target in links.items():
        link = folder / "lib64" / name
        if not (link.is_symlink() and os.readlink(link) == os.fspath(target)):
            with whole_file(link) as path:
                path.symlink_to(target)


def _release(cudart: Path) -> str:
    """CUDA's release, which the full name of its runtime library tells: libcudart.so.11.6.55."""
    found = re.fullmatch(r"libcudart\.so\.(\d+\.\d+)\.\d+", cudart.resolve().name)
    return found.group(1) if found else ""


def _overwriter() -> str:
    for name in OVERWRITERS:
        try:
            metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
        return name
    return ""
